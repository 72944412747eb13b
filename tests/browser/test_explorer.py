"""The explorer in a real browser: it answers to sliders, marks what is wrong, and keeps to this machine."""

import json
import threading
import time
from urllib.parse import urlsplit

import pytest

pytest.importorskip("starlette", reason="needs the extra 'explore'")
pytest.importorskip("uvicorn", reason="needs the extra 'explore'")

from sim.deal.resolve import resolve
from sim.explore.server import Server, listen
from sim.explore.session import Session
from sim.report.numbers import frequency, natural_frequency, with_interval
from sim.report.words import CURVES, ENDS, outcome_in_words
from sim.study import compare
from tests.browser.test_page import WIDTHS, browser, violations

__all__ = ["browser"]
BASELINE = "january-2025/baseline"
LATE = "behaviour.parties.hamas.kinds.release.late"
LONGEST = 60.0
HOSTILE = '<img src=x onerror="document.title=1">'

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    session = Session(tmp_path_factory.mktemp("explore"), BASELINE)
    session.warm()
    made = Server(session, listen("127.0.0.1", 0))
    thread = threading.Thread(target=made.run)
    thread.start()
    yield made
    made.uvicorn.should_exit = True
    thread.join()
    session.close()


def wait(browser, script, *arguments):
    """What the script comes to, as soon as it is true."""
    until = time.monotonic() + LONGEST
    while not (found := browser.execute_script(script, *arguments)):
        assert time.monotonic() < until, f"never: {script}; {words(browser, '#failure')}"
        time.sleep(0.05)
    return found


def words(browser, selector):
    return browser.execute_script("return document.querySelector(arguments[0]).textContent", selector)


def wait_for_runs(browser, n=2000):
    wait(browser, "return (document.body.dataset.drawn || '').endsWith(':' + arguments[0])", n)


@pytest.fixture
def page(browser, server):
    """The page with its first runs drawn, 2,000 of each to go easy on the machine; at the end it must not complain."""
    show(browser, server, 1280)
    yield browser
    assert complaints(browser) == []


def show(browser, server, width):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get_log("performance")
    browser.get_log("browser")
    browser.get(server.url)
    wait_for_runs(browser, 10_000)
    choose(browser, "n", "2000")
    wait_for_runs(browser)


def choose(browser, element, value):
    script = (
        "const e = document.getElementById(arguments[0]); e.value = arguments[1]; e.dispatchEvent(new Event('change'))"
    )
    browser.execute_script(script, element, value)


def move(browser, path, *values):
    """Move a slider as a pointer would: each value an input, the last one released."""
    browser.execute_script(
        "const [path, values] = arguments; const s = document.querySelector(`[data-path='${path}']`);"
        "s.closest('details').open = true; delete document.body.dataset.drawn; s.focus();"
        "for (const value of values) { s.value = value; s.dispatchEvent(new Event('input')); }"
        "s.dispatchEvent(new Event('change'))",
        path,
        values,
    )


def edit(browser, text):
    browser.execute_script(
        "const t = document.getElementById('text'); t.value = arguments[0]; t.dispatchEvent(new Event('input'));"
        "document.getElementById('problems-status').textContent = ''",
        text,
    )
    wait(browser, "return document.getElementById('problems-status').textContent")


def click(browser, selector):
    browser.execute_script("document.querySelector(arguments[0]).click()", selector)


def asked(browser):
    sent = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [each["params"]["request"]["url"] for each in sent if each["method"] == "Network.requestWillBeSent"]


def complaints(browser):
    """What the console says; reading it empties it."""
    return [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


def test_a_moved_slider_changes_chart_ends_and_differences_and_shows_its_source(page):
    first = words(page, "#differences tbody")
    assert "no difference in any run" in first
    assert "Ranges under stated assumptions, not a forecast." in words(page, "header")
    chart = page.execute_script("return document.getElementById('chart').innerHTML")
    move(page, LATE, 0.9)
    wait_for_runs(page)
    assert words(page, "#differences tbody") != first
    assert page.execute_script("return document.getElementById('chart').innerHTML") != chart
    assert "of 100 runs" in words(page, "#ends tbody")
    assert "higher" in words(page, "#differences tbody")
    assert "Dated record of this deal" in words(page, "#why")
    title = "return document.querySelector(`[data-path='${arguments[0]}']`).closest('.slider').title"
    assert "Dated record of this deal" in page.execute_script(title, LATE)
    click(page, "#reset")
    wait(page, "return document.querySelector('#differences tbody').textContent === arguments[0]", first)


CELLS = """
return [...document.querySelectorAll(arguments[0] + ' tbody tr')].map(
  (row) => [...row.cells].map((cell) => cell.textContent));
"""
LINES = """
return [...document.querySelectorAll('#chart svg')].map((chart) => {
  const points = (name) => [...chart.querySelector(name).getAttribute('d').matchAll(/V([0-9.]+)/g)].map((m) => +m[1]);
  const ticks = [...chart.querySelectorAll('.axis line')].map((line) => +line.getAttribute('y1'));
  const counts = [...chart.querySelectorAll('.axis text[text-anchor=end]')].map((t) => +t.textContent.replace(',', ''));
  const count = (y) => counts.at(-1) * (ticks[0] - y) / (ticks[0] - ticks.at(-1));
  return [points('.median').map(count), points('.base-median').map(count)];
});
"""


def test_every_number_on_the_page_is_the_one_that_compare_gives(page):
    move(page, LATE, 0.9)
    wait_for_runs(page)
    expected = compare(resolve(BASELINE), [resolve(BASELINE, {LATE: "0.9"})], n=2_000, seed=0)
    base, moved = expected.summaries
    rows = {row[0]: row[1:] for row in page.execute_script(CELLS, "#ends")}
    for end, words in ENDS.items():
        assert rows[words][:2] == [frequency(summary.ends[end][1], " runs") for summary in (moved, base)]
    rows = {row[0]: row[1:] for row in page.execute_script(CELLS, "#differences")}
    assert len(rows) > 5
    by_words = {outcome_in_words(name): found for name, found in expected.variants[0].differences.items()}
    for words, cells in rows.items():
        found = by_words[words]
        shares = [f"{natural_frequency(share)} runs" for share in (found.share_above, found.share_below)]
        assert [cells[0], *cells[2:]] == [with_interval(found.estimate, signed=True), *shares]
    for drawn, name in zip(page.execute_script(LINES), CURVES, strict=True):
        for line, summary in zip(drawn, (moved, base), strict=True):
            curve = summary.curves[name]
            assert line == pytest.approx(curve.bands.median[1:].tolist(), abs=0.004 * curve.total)


def test_a_burst_of_50_moves_ends_at_the_last_and_says_nothing_of_the_others(page):
    move(page, LATE, *[round(0.3 + i / 100, 2) for i in range(50)])
    wait_for_runs(page)
    assert "79 of 100" in page.execute_script("return document.querySelector('.is-moved output').textContent")
    assert page.execute_script("return document.getElementById('failure').hidden")
    assert len([url for url in asked(page) if url.endswith("/run")]) <= 2 + 4


def test_a_wrong_line_is_marked_and_a_mended_text_runs(page):
    text = f"scenario: mine\nquestion: What if?\nbuilds_on: {BASELINE}\nbehavior: {{}}\n"
    edit(page, text)
    assert words(page, "#gutter .is-error") == "! 4"
    assert page.execute_script("return document.querySelector('#marks .is-error').dataset.line") == "4"
    assert "did you mean behaviour?" in words(page, "#problems")
    assert page.execute_script("return document.getElementById('use').disabled")
    edit(page, text.replace("behavior: {}", f"title: '{HOSTILE}'"))
    assert words(page, "#problems") == ""
    click(page, "#use")
    wait(page, "return document.getElementById('question').textContent.includes('onerror')")
    assert HOSTILE in words(page, "#question")
    assert page.execute_script("return document.querySelectorAll('img[src=x]').length") == 0
    edit(page, "scenario: mine\nquestion: What?\nbuilds_on: ../../etc/passwd\n")
    assert "entries of the catalogue only" in words(page, "#problems")


def test_a_replicate_opens_with_timeline_and_story(page):
    click(page, "#examples button")
    wait(page, "return !document.getElementById('one-shown').hidden")
    wait(page, "const i = document.getElementById('timeline'); return i.complete && i.naturalWidth > 0")
    assert page.execute_script("return document.querySelectorAll('#story tbody tr').length") > 10
    assert "Timeline of one replicate" in page.execute_script("return document.getElementById('timeline').alt")
    assert words(page, "#one-status").startswith("Run ")


def test_each_file_can_be_downloaded(page, tmp_path):
    page.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    move(page, LATE, 0.9)
    wait_for_runs(page)
    begins = {"explored.yaml": b"scenario: explored", "releases.svg": b"<?xml", "releases.png": b"\x89PNG",
              "differences.png": b"\x89PNG", "timeline.svg": b"<?xml", "command.txt": b"ceasefire compare"}  # fmt: skip
    buttons = [f"#keep-heading ~ p button:nth-of-type({place})" for place in range(1, 6)]
    for selector, name in zip([*buttons, "#save-command"], begins, strict=True):
        click(page, selector)
        wait_for_file(tmp_path / name)
    for name, begin in begins.items():
        assert (tmp_path / name).read_bytes().startswith(begin), name
    assert f"{LATE}: 0.9" in (tmp_path / "explored.yaml").read_text(encoding="utf-8")


def wait_for_file(file):
    until = time.monotonic() + LONGEST
    while not (file.exists() and file.stat().st_size):
        assert time.monotonic() < until, f"no {file.name}"
        time.sleep(0.05)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_is_accessible_fits_its_window_and_asks_no_other_machine(browser, server, width):
    show(browser, server, width)
    click(browser, "#examples button")
    wait(browser, "return !document.getElementById('one-shown').hidden")
    urls = asked(browser)
    assert server.url in urls
    own = urlsplit(server.url).netloc
    assert [url for url in urls if not url.startswith((f"http://{own}/", f"blob:http://{own}/", "data:"))] == []
    assert complaints(browser) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    browser.execute_cdp_cmd("Page.setBypassCSP", {"enabled": True})
    assert violations(browser) == []


def test_the_checker_sees_a_slider_without_a_label(page):
    page.execute_script("document.querySelector('.slider label').remove()")
    assert any(fault.startswith("label:") for fault in violations(page))
