"""The explorer in a real browser: it answers to sliders, marks what is wrong, and keeps to this machine."""

import json
import threading
import time
from itertools import combinations
from urllib.parse import urlsplit

import numpy as np
import pytest

pytest.importorskip("starlette", reason="needs the extra 'explore'")
pytest.importorskip("uvicorn", reason="needs the extra 'explore'")

from sim.analysis.compare import Design, compare
from sim.engine.reference import ReferenceEngine
from sim.explore.ranking import stored
from sim.explore.server import Server, listen
from sim.explore.session import Session
from sim.outcomes.columns import columns
from sim.plan.compile import compile_plan
from sim.reading.resolve import resolve
from sim.report.answer import answer_of
from sim.report.answer.text import count_in_words
from sim.report.figures.dots import by_column, columns_of, dots, named_counts
from sim.report.numbers import natural_frequency, parts_in_runs, with_interval
from sim.report.words import ENDINGS, outcome_in_words
from sim.statistics.crossed import STACK
from tests.browser.test_page import browser, violations

__all__ = ["browser"]
BASELINE, BESIDE = "january-2025/baseline", "january-2025/talks-start-day-4"
OPENED = stored()["deals"]["january-2025"]["beside"]
LATE = "behaviour.parties.hamas.kinds.release.late"
LONGEST = 60.0
WIDTHS = (390, 768, 1024, 1280, 1440, 1920)
APART = ("top", "answer", "sliders", "chart", "ends", "one", "more", "editor", "repeat")
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


def value(browser, name):
    return browser.execute_script("return document.getElementById(arguments[0]).value", name)


def wait_for_runs(browser, n=2000):
    wait(browser, "return (document.body.dataset.drawn || '').endsWith(':' + arguments[0])", n)


@pytest.fixture
def page(browser, server):
    """The page with its first runs drawn, 2,000 of each to go easy on the machine; at the end it must not complain."""
    show(browser, server, 1280)
    yield browser
    assert complaints(browser) == []


def show(browser, server, width, state="n=2000"):
    size = {"width": width, "height": 844 if width < 500 else 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(server.url)
    browser.execute_script("sessionStorage.clear()")
    browser.get_log("performance")
    browser.get_log("browser")
    browser.get("about:blank")
    browser.get(f"{server.url}#scenario={BESIDE}&against={BASELINE}&{state}")
    wait_for_runs(browser)


def choose(browser, element, value):
    script = (
        "const e = document.getElementById(arguments[0]); delete document.body.dataset.drawn; e.focus();"
        "e.value = arguments[1]; e.dispatchEvent(new Event('change'))"
    )
    browser.execute_script(script, element, value)


def move(browser, path, *values):
    """Move a slider as a pointer would: each value an input, the last one released."""
    browser.execute_script(
        "const [path, values] = arguments; const s = document.querySelector(`[data-path='${path}']`);"
        "const d = s.closest('details'); if (d) d.open = true; delete document.body.dataset.drawn; s.focus();"
        "for (const value of values) { s.value = value; s.dispatchEvent(new Event('input')); }"
        "s.dispatchEvent(new Event('change'))",
        path,
        values,
    )


def write(browser, text):
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


# ---------------------------------------------------------------- the quick run: what it opens with, and a move


def test_the_page_opens_with_a_telling_pair_and_a_moved_slider_changes_the_answer(browser, server):
    size = {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(server.url)
    wait_for_runs(browser, 10_000)
    assert (value(browser, "scenario"), value(browser, "baseline")) == (OPENED, BASELINE)
    first = words(browser, "#cells")
    assert "Living hostages, of 49" in first
    assert "no difference" not in first
    assert "Ranges under stated assumptions, not a forecast." in words(browser, "#answer")
    assert words(browser, "#status").startswith("10,000 runs of each. ")
    assert words(browser, "#reading").startswith("Each dot stands for 100 of the 10,000 runs. ")
    assert browser.execute_script("return document.querySelectorAll('#first .row').length") == 8
    move(browser, LATE, 0.9)
    wait_for_runs(browser, 10_000)
    assert words(browser, "#cells") != first
    assert "Dated record of this deal" in words(browser, "#why")
    assert f"set={LATE}" in browser.current_url.replace("%3A", ":")
    click(browser, "#undo")
    wait(browser, "return document.getElementById('cells').textContent === arguments[0]", first)
    assert "set=" not in browser.current_url


# ---------------------------------------------------------------- boxes: nothing lies over anything

BOXES = """
return Object.fromEntries(arguments[0].map((id) => {
  const box = document.getElementById(id).getBoundingClientRect();
  return [id, [box.left, box.top + scrollY, box.right, box.bottom + scrollY]];
}));
"""
COVERED = """
const text = document.getElementById('text');
text.scrollIntoView({block: 'center'});
const box = text.getBoundingClientRect();
const answer = document.getElementById('answer').getBoundingClientRect();
const covered = [];
for (let x = box.left + 4; x < box.right - 4; x += 24) for (let y = box.top + 4; y < box.bottom - 4; y += 16) {
  if (y < 0 || y >= innerHeight || (y < answer.bottom && answer.top <= 0)) continue;
  const found = document.elementFromPoint(x, y);
  if (found !== text) covered.push(`${found && found.id} at ${Math.round(x)}, ${Math.round(y)}`);
}
return [covered, Math.min(answer.bottom, innerHeight) - Math.max(answer.top, 0), box.height];
"""


@pytest.mark.slow
@pytest.mark.case(
    "O13",
    before="at five desktop widths the panel of sliders lies over the editor, its errors and its buttons",
    after="at six widths no part of the page lies over another, and the answer is in view beside the editor",
)
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_lies_over_the_editor_and_the_answer_stays_in_view(browser, server, width):
    show(browser, server, width)
    click(browser, "#open-one") if width == 390 else None
    boxes = browser.execute_script(BOXES, APART)
    for (one, a), (other, b) in combinations(boxes.items(), 2):
        apart = a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 1 or b[3] <= a[1] + 1
        assert apart, f"{one} and {other} overlap at {width} px"
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    covered, in_view, height = browser.execute_script(COVERED)
    assert covered == []
    assert height > 300
    assert in_view == pytest.approx(boxes["answer"][3] - boxes["answer"][1])
    assert in_view < 0.3 * (844 if width < 500 else 900)


# ---------------------------------------------------------------- the numbers

CELLS = """
return [...document.querySelectorAll(arguments[0] + ' tbody tr')].map(
  (row) => [...row.cells].map((cell) => cell.textContent));
"""
DOTS = """
return [...document.querySelectorAll('#drawing svg')].map((chart) => [...chart.querySelectorAll('.column')].map(
  (column) => arguments[0].map((end) => column.querySelectorAll('circle.' + end).length)));
"""
ENDS_SHOWN = """
return [...document.querySelectorAll('.ends')[arguments[0]].querySelectorAll('li')].map((each) => each.textContent);
"""
LINES = """
const chart = document.querySelector('#drawing svg');
const points = (name) => [...chart.querySelector(name).getAttribute('d').matchAll(/V([0-9.]+)/g)].map((m) => +m[1]);
const ticks = [...chart.querySelectorAll('.axis line')].map((line) => +line.getAttribute('y1'));
const counts = [...chart.querySelectorAll('.axis text[text-anchor=end]')].map((t) => +t.textContent.replace(',', ''));
const count = (y) => counts.at(-1) * (ticks[0] - y) / (ticks[0] - ticks.at(-1));
return [points('.median').map(count), points('.base-median').map(count)];
"""


@pytest.mark.slow
def test_every_number_on_the_page_is_the_one_that_compare_gives(page):
    choose(page, "scenario", BASELINE)
    wait_for_runs(page)
    move(page, LATE, 0.9)
    wait_for_runs(page)
    expected = compare(Design(resolve(BASELINE), [resolve(BASELINE, {LATE: "0.9"})], n=2_000, seed=0))
    base, moved = expected.summaries
    answer = answer_of(expected)
    for row in answer.counts:
        if row.kind == "people" and not row.is_constant and "iving" in row.title:
            assert count_in_words(row.cells[1], 2000) in words(page, "#cells")
    outcome, deal = "hostages_living_released", base.document.deal
    shared = columns_of(named_counts(deal, outcome), 49, 11)
    for drawn, summary in zip(page.execute_script(DOTS, STACK), (moved, base), strict=True):
        counts = by_column(summary.counts[outcome], shared)
        assert np.array(drawn).tolist() == dots(counts, [bool(column.words) for column in shared]).tolist()
    for place, summary in enumerate((moved, base)):
        counts = [summary.ends[end][0] for end in STACK]
        told = [
            f"{runs} {ENDINGS[end]}"
            for end, n, runs in zip(STACK, counts, parts_in_runs(counts, 2000), strict=True)
            if n
        ]
        assert page.execute_script(ENDS_SHOWN, place) == told
    rows = {row[0]: row[1:] for row in page.execute_script(CELLS, "#differences")}
    assert len(rows) > 5
    by_words = {outcome_in_words(name): found for name, found in expected.variants[0].differences.items()}
    for said, cells in rows.items():
        found = by_words[said]
        shares = [f"{natural_frequency(share)} runs" for share in (found.share_above, found.share_below)]
        assert [cells[0], *cells[2:]] == [with_interval(found.estimate, signed=True), *shares]
    click(page, "[data-view=days]")
    for name in ("hostages_living", "hostages_deceased", "prisoners"):
        choose(page, "list", name)
        for line, summary in zip(page.execute_script(LINES), (moved, base), strict=True):
            curve = summary.curves[name]
            assert line == pytest.approx(curve.bands.median[1:].tolist(), abs=0.004 * curve.total)
    for name in ("batch_2", "prisoners.batch_2"):
        choose(page, "list", f"met {name}")
        for line, summary in zip(page.execute_script(LINES), (moved, base), strict=True):
            runs = 100 * np.cumsum(summary.met[name]) / summary.n
            assert line == pytest.approx(runs[1:].tolist(), abs=0.4)


@pytest.mark.slow
def test_a_burst_of_50_moves_ends_at_the_last_and_says_nothing_of_the_others(page):
    page.get_log("performance")
    move(page, LATE, *[round(0.3 + i / 100, 2) for i in range(50)])
    wait_for_runs(page)
    assert "79 of 100" in page.execute_script("return document.querySelector('.is-moved output').textContent")
    assert page.execute_script("return document.getElementById('failure').hidden")
    assert len([url for url in asked(page) if url.endswith("/run")]) <= 4
    click(page, "#undo")  # one move, one step back
    wait(page, "return document.querySelectorAll('.is-moved').length === 0")


# ---------------------------------------------------------------- read-outs


@pytest.mark.slow
def test_a_column_is_read_by_pointer_and_keys_and_a_click_opens_a_run_of_that_kind(page):
    page.execute_script("document.querySelector('.column').focus()")
    assert words(page, "#read").startswith("0, none, in runs of 100: talks start day 4: ")
    key = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: arguments[0], bubbles: true}))"
    for _ in range(5):
        page.execute_script(key, "ArrowRight")
    read = words(page, "#read")
    assert read.startswith("25, phase one, in runs of 100: talks start day 4: ")
    assert "; baseline: " in read
    page.execute_script(key, "ArrowDown")
    page.execute_script(key, "Enter")
    wait(page, "return document.getElementById('one-status').textContent.startsWith('Run ')")
    assert value(page, "of") == "baseline"
    number = int(value(page, "replicate"))
    engine = ReferenceEngine(compile_plan(resolve(BASELINE)))
    row = dict(zip(columns(engine.plan), engine.run(0, number).outcomes.tolist(), strict=True))
    assert row["hostages_living_released"] == 25


@pytest.mark.slow
def test_the_curves_are_read_at_a_day_by_keys_and_pointer(page):
    click(page, "[data-view=days]")
    page.execute_script("const d = document.getElementById('day'); d.value = 42; d.dispatchEvent(new Event('input'))")
    assert words(page, "#read").startswith("Day 42 (1 Mar 2025), hostages released, living: 25 (")
    assert "view=days" in page.current_url


@pytest.mark.slow
def test_old_numbers_are_pale_and_said_to_be_old_until_new_ones_are_there(page):
    page.execute_script(
        "window.seen = []; const o = new MutationObserver(() => seen.push([document.body.classList.contains('is-busy'),"
        "document.getElementById('answer').getAttribute('aria-busy'), document.getElementById('status').textContent]));"
        "o.observe(document.body, {attributes: true, attributeFilter: ['class']})"
    )
    move(page, LATE, 0.5)
    wait_for_runs(page)
    seen = page.execute_script("return seen")
    assert [True, "true"] in [each[:2] for each in seen]
    assert all(each[2].startswith(("Running", "2,000 runs of each. ")) for each in seen), seen
    assert not page.execute_script("return document.body.classList.contains('is-busy')")


@pytest.mark.slow
def test_a_draft_says_how_many_of_the_runs_there_are_so_far(page):
    choose(page, "n", "10000")
    wait_for_runs(page, 10_000)
    assert words(page, "#status").startswith("10,000 runs of each. ")
    hold = (
        "const s = document.querySelector(`[data-path='${arguments[0]}']`); delete document.body.dataset.drawn;"
        "const d = s.closest('details'); if (d) d.open = true; s.value = 0.5; s.dispatchEvent(new Event('input'))"
    )
    page.execute_script(hold, LATE)  # the slider is not let go of
    wait_for_runs(page, 2000)
    assert words(page, "#status").startswith("2,000 of 10,000 runs so far.")
    assert page.execute_script("return document.body.classList.contains('is-draft')")
    page.execute_script(f"{hold.partition(';')[0]}; s.dispatchEvent(new Event('change'))", LATE)
    wait_for_runs(page, 10_000)
    assert words(page, "#status").startswith("10,000 runs of each. ")
    assert not page.execute_script("return document.body.classList.contains('is-draft')")


# ---------------------------------------------------------------- state: address, kept cases, typed text


@pytest.mark.slow
def test_the_address_carries_the_state_over_a_reload_and_to_another_window(page, server):
    choose(page, "seed", "7")
    wait_for_runs(page)
    move(page, LATE, 0.6)
    wait_for_runs(page)
    first, address = words(page, "#cells"), page.current_url
    page.get("about:blank")
    page.get(address)
    wait(page, "return document.getElementById('cells').textContent === arguments[0]", first)
    assert value(page, "seed") == "7"
    assert page.execute_script("return document.querySelector('.is-moved input').dataset.path") == LATE


@pytest.mark.slow
def test_a_seed_that_is_none_is_refused_and_nothing_runs(page):
    page.get_log("performance")
    page.execute_script(
        "const e = document.getElementById('seed'); e.value = '-5'; e.dispatchEvent(new Event('change'))"
    )
    assert "Seed -5: a whole number from 0 is needed" in words(page, "#failure")
    assert [url for url in asked(page) if url.endswith("/run")] == []


@pytest.mark.slow
def test_cases_are_kept_side_by_side_and_come_back(page):
    click(page, "#keep")
    kept = words(page, "#cells")
    move(page, LATE, 0.9)
    wait_for_runs(page)
    for _ in range(9):
        click(page, "#keep")
    assert page.execute_script("return document.querySelectorAll('#kept tbody tr').length") == 8
    assert page.execute_script("return document.getElementById('keep').disabled")
    click(page, "#kept tbody th button")
    wait(page, "return document.getElementById('cells').textContent === arguments[0]", kept)


@pytest.mark.slow
def test_typed_text_is_kept_over_a_reload_and_never_replaced_unasked(page):
    mine = f"scenario: mine\nquestion: What if?\nbuilds_on: {BASELINE}\n"
    write(page, mine)
    choose(page, "scenario", "january-2025/no-guarantors")
    wait(page, "return document.getElementById('unsaved').open")
    click(page, "#unsaved [value=stay]")
    assert value(page, "text") == mine
    assert value(page, "scenario") == BESIDE
    page.execute_script("location.reload()")
    wait(page, "return document.getElementById('text') && document.getElementById('text').value === arguments[0]", mine)
    wait_for_runs(page)
    choose(page, "scenario", "january-2025/no-guarantors")
    wait(page, "return document.getElementById('unsaved').open")
    click(page, "#unsaved [value=discard]")
    wait(page, "return document.getElementById('scenario').value === 'january-2025/no-guarantors'")
    wait_for_runs(page)
    assert value(page, "text") != mine


@pytest.mark.slow
def test_a_search_finds_numbers_by_what_they_are_about(page):
    script = (
        "const s = document.getElementById('search'); s.value = arguments[0]; s.dispatchEvent(new Event('input'));"
        "return [...document.querySelectorAll('.row')].filter((row) => row.checkVisibility()).map((r) => r.textContent)"
    )
    found = page.execute_script(script, "hamas refusal")
    assert found
    assert all("refusal" in each.lower() and "Hamas" in each for each in found)


@pytest.mark.slow
def test_a_wrong_line_is_marked_and_a_mended_text_runs(page):
    text = f"scenario: mine\nquestion: What if?\nbuilds_on: {BASELINE}\nbehavior: {{}}\n"
    write(page, text)
    assert words(page, "#gutter .is-error") == "! 4"
    assert page.execute_script("return document.querySelector('#marks .is-error').dataset.line") == "4"
    assert "did you mean behaviour?" in words(page, "#problems")
    assert page.execute_script("return document.getElementById('use').disabled")
    write(page, text.replace("behavior: {}", f"title: '{HOSTILE}'"))
    assert words(page, "#problems") == ""
    click(page, "#use")
    wait(page, "return document.getElementById('question').textContent.includes('onerror')")
    wait_for_runs(page)
    assert HOSTILE in words(page, "#question")
    assert page.execute_script("return document.querySelectorAll('img[src=x]').length") == 0
    write(page, "scenario: mine\nquestion: What?\nbuilds_on: ../../etc/passwd\n")
    assert "entries of the catalogue only" in words(page, "#problems")


# ---------------------------------------------------------------- one run, files


@pytest.mark.slow
def test_a_replicate_opens_with_timeline_and_story(page):
    click(page, "#examples button")
    wait(page, "return !document.getElementById('one-shown').hidden")
    wait(page, "const i = document.getElementById('timeline'); return i.complete && i.naturalWidth > 0")
    assert page.execute_script("return document.querySelectorAll('#story tbody tr').length") > 10
    assert "Timeline of one replicate" in page.execute_script("return document.getElementById('timeline').alt")
    assert words(page, "#one-status").startswith("Run ")


@pytest.mark.slow
def test_each_file_can_be_downloaded(page, tmp_path):
    page.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    move(page, LATE, 0.9)
    wait_for_runs(page)
    begins = {"explored.yaml": b"scenario: explored", "outcomes.svg": b"<?xml", "releases.svg": b"<?xml",
              "releases.png": b"\x89PNG", "differences.png": b"\x89PNG", "timeline.svg": b"<?xml",
              "command.txt": b"ceasefire compare"}  # fmt: skip
    buttons = [f"#repeat-heading ~ p button:nth-of-type({place})" for place in range(1, 7)]
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


@pytest.mark.slow
@pytest.mark.parametrize("view", ["end", "days"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_accessible_fits_its_window_and_asks_no_other_machine(browser, server, width, view):
    show(browser, server, width, f"n=2000&view={view}")
    browser.execute_script("for (const d of document.querySelectorAll('details')) d.open = true")
    click(browser, "#keep")
    click(browser, "#examples button")
    wait(browser, "return !document.getElementById('one-shown').hidden")
    urls = asked(browser)
    own = urlsplit(server.url).netloc
    assert any(url.startswith(server.url) for url in urls)
    assert [
        url for url in urls if not url.startswith((f"http://{own}/", f"blob:http://{own}/", "data:", "about:"))
    ] == []
    assert complaints(browser) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    browser.execute_cdp_cmd("Page.setBypassCSP", {"enabled": True})
    assert violations(browser) == []


@pytest.mark.slow
def test_the_checker_sees_a_slider_without_a_label(page):
    page.execute_script("document.querySelector('.slider input').removeAttribute('aria-labelledby');"
                        "document.querySelector('.slider label').remove()")  # fmt: skip
    assert any(fault.startswith("label:") for fault in violations(page))
