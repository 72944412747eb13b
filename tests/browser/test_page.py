"""The page to send in a real browser: accessible, still, and no wider than its window."""

import base64
import json
import os
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.cli.commands import main

WIDTHS = (1280, 390)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}

pytestmark = pytest.mark.browser


def window():
    """A headless Chromium, or a skip that says what is missing."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="needs the extra 'browser': selenium")
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("needs chromium and its driver (Debian: apt-get install chromium chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=driver))


@pytest.fixture(scope="module")
def browser():
    opened = window()
    yield opened
    opened.quit()


def show(browser, file, width):
    """Open a file in a window whose inside is so wide; Chromium itself does not go below 500."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(file.as_uri())


def violations(browser):
    """What axe finds wrong, each with the first element; the checker comes in past the page's own ban on scripts."""
    axe = pytest.importorskip("axe_core_python", reason="needs the extra 'browser': axe-core-python")
    script = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    browser.execute_script(script)
    run = "const done = arguments[1]; axe.run(arguments[0]).then(found => done(found.violations));"
    found = browser.execute_async_script(run, RULES)
    return [f"{each['id']}: {each['nodes'][0]['html'][:100]}" for each in found]


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_has_no_fault_that_the_accessibility_checker_knows(browser, page, width):
    show(browser, page, width)
    assert violations(browser) == []


def nu_errors(file):
    """What the Nu HTML checker calls an error."""
    jar = os.environ.get("VNU_JAR")
    if jar is None or shutil.which("java") is None:
        pytest.skip("needs java and, named by VNU_JAR, the Nu HTML checker (npm: vnu-jar)")
    command = ["java", "-jar", jar, "--errors-only", "--format", "json", str(file)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False).stderr
    return [each["message"] for each in json.loads(said)["messages"]]


@pytest.mark.slow
def test_the_nu_checker_calls_nothing_an_error(page):
    explorer = files("sim.explore").joinpath("page.html")
    assert nu_errors(page) == []
    assert nu_errors(explorer) == []


@pytest.mark.slow
def test_the_nu_checker_finds_a_header_of_no_known_scope(page, tmp_path):
    broken = tmp_path / "broken.html"
    broken.write_text(page.read_text(encoding="utf-8").replace('scope="col"', 'scope="column"', 1), encoding="utf-8")
    assert any("scope" in message for message in nu_errors(broken))


@pytest.mark.slow
def test_the_checker_finds_a_missing_alt_text_and_pale_letters(browser, page, tmp_path):
    html = (
        page.read_text(encoding="utf-8").replace(' alt="', ' data-was="', 1).replace("color: #4a4f57", "color: #cccccc")
    )
    broken = tmp_path / "broken.html"
    broken.write_text(html, encoding="utf-8")
    show(browser, broken, 1280)
    found = {fault.split(":")[0] for fault in violations(browser)}
    assert {"image-alt", "color-contrast"} <= found


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page of three scenarios run here."""
    folder = tmp_path_factory.mktemp("page")
    scenarios = [f"january-2025/{name}" for name in ("baseline", "talks-start-day-4", "no-guarantors")]
    for words in (["compare", *scenarios, "-n", "200", "--out", str(folder / "out")],
                  ["report", str(folder / "out"), "--out", str(folder / "report.html")]):  # fmt: skip
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.output
    return folder / "report.html"


@pytest.mark.slow
@pytest.mark.case(
    "O9",
    before="the report's answer begins at y = 1467 of 900 pixels, 2920 of a telephone's 844; it prints on 21 pages",
    after="the answer is on the first screen of both, and with its parts folded the page prints on at most four",
)
def test_the_answer_is_on_the_first_screen_and_four_pages_are_printed(browser, page):
    where = "const b = document.querySelector('.answer table').getBoundingClientRect(); return [b.top, b.bottom]"
    for width, height in ((1280, 900), (390, 844)):
        show(browser, page, width)
        top, bottom = browser.execute_script(where)
        assert 0 < top < bottom <= height
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    sheet = {"paperWidth": 8.27, "paperHeight": 11.69, "printBackground": True}
    printed = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", sheet)["data"])
    assert 1 <= max(map(int, re.findall(rb"/Count (\d+)", printed))) <= 4


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_with_every_part_unfolded_the_checker_finds_no_fault_and_each_picture_fits(browser, page, width):
    show(browser, page, width)
    browser.execute_script("for (const d of document.querySelectorAll('details')) d.open = true")
    assert violations(browser) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    wide = "return [...document.querySelectorAll('img.fits')].map((i) => i.getBoundingClientRect().width)"
    assert all(0 < each <= width for each in browser.execute_script(wide))


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_only_figures_and_tables_scroll_sideways(browser, page, width):
    show(browser, page, width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.execute_script("return [...document.images].every(i => i.complete && i.naturalWidth > 0)")


@pytest.mark.slow
def test_the_page_asks_for_nothing_and_complains_of_nothing(browser, page):
    browser.get_log("performance")
    show(browser, page, 1280)
    sent = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [each["params"]["request"]["url"] for each in sent if each["method"] == "Network.requestWillBeSent"]
    assert page.as_uri() in asked
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
