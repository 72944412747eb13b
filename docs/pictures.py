"""Makes the pictures of docs/pictures again: ``python docs/pictures.py`` (extras 'explore' and 'browser', Chromium).

All but the backtest's, which `ceasefire backtest january-2025 --out FOLDER` draws.
"""

from __future__ import annotations

import base64
import io
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from click.testing import CliRunner
from PIL import Image

from sim.cli.commands import main
from sim.explore.server import Server, listen
from sim.explore.session import Session
from sim.report.figures.model import model_svg
from tests.browser.test_page import window

PICTURES = Path(__file__).parent / "pictures"
RESULTS = Path(__file__).parents[1] / "results" / "january-2025"
SCENARIO = "january-2025/baseline"
SLIDER = "behaviour.talks.phase_two.fails"
GAP = 15
"""Pixels between stretches of a page that stand side by side."""
MOVE = """
const slider = document.querySelector(`[data-path='${arguments[0]}']`);
slider.focus();
slider.value = arguments[1];
slider.dispatchEvent(new Event('input'));
slider.dispatchEvent(new Event('change'));
"""


def run(*arguments: str) -> None:
    """One command, which must succeed."""
    result = CliRunner().invoke(main, list(arguments))
    if result.exit_code:
        raise SystemExit(result.output)


def keep(name: str, image: Image.Image) -> None:
    """Write a picture in 256 colours chosen so that none is far off: lines of two scenarios must not become one."""
    few = image.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(PICTURES / f"{name}.png", optimize=True)


def draw(folder: Path) -> None:
    """Figures of the reference results."""
    kinds = (("outcomes", ()), ("releases", ()), ("differences", ()), ("timeline", ("--replicate", "3")))
    for kind, more in kinds:
        file = folder / f"{kind}.png"
        run("plot", str(RESULTS), "--kind", kind, *more, "--out", str(file))
        keep(kind, Image.open(file))


def draw_model() -> None:
    """How a run goes, for a page and for a telephone."""
    for name, upright in (("model", False), ("model-upright", True)):
        (PICTURES / f"{name}.svg").write_text(model_svg(upright=upright), encoding="utf-8")


def size(browser: Any, width: int) -> None:
    """A window whose inside is so wide."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500},
    )


def photograph(browser: Any, width: int, height: int, top: int = 0) -> Image.Image:
    """A stretch of the page that is shown."""
    clip = {"x": 0, "y": top, "width": width, "height": height, "scale": 1}
    wanted = {"format": "png", "captureBeyondViewport": True, "clip": clip}
    return Image.open(io.BytesIO(base64.b64decode(browser.execute_cdp_cmd("Page.captureScreenshot", wanted)["data"])))


def show_report(browser: Any, folder: Path) -> None:
    """The page to send: its beginning, and on a telephone two stretches of it."""
    file = folder / "report.html"
    run("report", str(RESULTS), "--out", str(file))
    size(browser, 1280)
    browser.get(file.as_uri())
    keep("report-wide", photograph(browser, 1280, 2500))
    size(browser, 390)
    browser.get(file.as_uri())
    place = "return document.getElementById(arguments[0]).getBoundingClientRect().top + scrollY"
    tops = [int(browser.execute_script(place, name)) - 30 for name in ("left-out",)]
    side_by_side = Image.new("RGB", (2 * 390 + GAP, 1650), "#8C8C8C")
    for number, top in enumerate([0, *tops]):
        side_by_side.paste(photograph(browser, 390, 1650, top), (number * (390 + GAP), 0))
    keep("report-phone", side_by_side)


@contextmanager
def explorer(folder: Path) -> Iterator[str]:
    """The address of an explorer, for as long as this context lasts."""
    session = Session(folder, SCENARIO)
    session.warm()
    server = Server(session, listen("127.0.0.1", 0))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.url
    finally:
        server.uvicorn.should_exit = True
        thread.join()
        session.close()


def wait(browser: Any, before: str) -> None:
    """Until all runs of a later request are drawn."""
    until = time.monotonic() + 60
    while (drawn := browser.execute_script("return document.body.dataset.drawn || ''")) == before or not drawn.endswith(
        ":10000"
    ):
        if time.monotonic() > until:
            raise SystemExit("the explorer does not answer")
        time.sleep(0.1)


def show_explorer(browser: Any, url: str) -> None:
    """The explorer with one slider moved, wide and on a telephone."""
    for name, width, height in (("wide", 1440, 1000), ("phone", 390, 1500)):
        size(browser, width)
        browser.get(url)
        wait(browser, "")
        before = browser.execute_script("return document.body.dataset.drawn")
        browser.execute_script(MOVE, SLIDER, 0.3)
        wait(browser, before)
        browser.execute_script("document.querySelector('.column[data-number=\"5\"]').focus({preventScroll: true})")
        browser.execute_script("scrollTo(0, 0)")
        keep(f"explorer-{name}", photograph(browser, width, height))


def make() -> None:
    """All pictures."""
    draw_model()
    with tempfile.TemporaryDirectory() as folder, explorer(Path(folder)) as url:
        draw(Path(folder))
        browser = window()
        try:
            show_report(browser, Path(folder))
            show_explorer(browser, url)
        finally:
            browser.quit()


if __name__ == "__main__":
    make()
