"""The page to send: its numbers are those of the results, its HTML is valid, and hostile texts stay texts."""

import re
from dataclasses import replace
from pathlib import Path

import html5lib
import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import spearmanr

from sim.analysis.compare import stored
from sim.cli.commands import main
from sim.document.values import Source
from sim.outcomes.columns import columns
from sim.outcomes.story import story
from sim.reading.catalogue import scenarios
from sim.report import figures
from sim.report.answer import answer_of
from sim.report.figures.picture import MOST_SCENARIOS
from sim.report.numbers import in_runs, natural_frequency, with_interval
from sim.report.page import Example, PageError, Shown, comparison_page, sweep_page
from sim.report.page.assumptions import assumptions
from sim.report.page.contents import repeat
from sim.report.page.of_comparison import answer
from sim.report.words import CURVES, outcome_in_words
from sim.results.inside import influences, reached_by_last_day, typical_replicate
from sim.results.load import load
from sim.results.replay import as_written, replay
from sim.statistics.estimate import Estimate
from sim.statistics.ranks import rank_correlation
from tests.cases.folders import plain_figures

FOLDER = Path(__file__).parents[2] / "results" / "january-2025"
MAIN = "hostages_living_released"
MEGABYTE = "<b>long</b> " * 90_000


@pytest.fixture(scope="module")
def results():
    return load(FOLDER)


@pytest.fixture(scope="module")
def example(results):
    again = replay(FOLDER, 3, results.scenarios[0])
    return Example(again, figures.timeline(again, as_written(again.plan)), "It was asked for by number.")


@pytest.fixture(scope="module")
def page(results, example):
    keys = results.scenarios
    return comparison_page(
        stored(results),
        [results.document(key) for key in keys],
        results.manifest,
        influence=influences(results, keys[0], MAIN),
        reached=[reached_by_last_day(results, key) for key in keys],
        example=example,
        lead=Shown(figures.stored_outcomes(results), "Dots."),
    )


@pytest.fixture(scope="module")
def html(page):
    return page.as_html()


@pytest.fixture(scope="module")
def tree(html):
    return parsed(html)


def parsed(html):
    """The document, by a parser that takes no error."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def text_of(element):
    return " ".join("".join(element.itertext()).split())


def table_of(tree, caption):
    """Rows of the table whose caption begins so, by their heading."""
    (table,) = [t for t in tree.iter("table") if text_of(t.find("caption")).startswith(caption)]
    return {text_of(row[0]): [text_of(cell) for cell in row[1:]] for row in table.find("tbody")}


def section(tree, heading):
    (found,) = [s for s in tree.iter("section") if s.get("aria-labelledby") == heading]
    return found


def as_estimate(numbers, n=1000):
    low, high = (float("nan") if numbers[bound] is None else numbers[bound] for bound in ("low", "high"))
    return Estimate(numbers["mean"], low, high, n)


@pytest.mark.slow
def test_a_strict_parser_takes_the_page_and_would_not_take_a_broken_one(tree, html):
    assert tree.get("lang") == "en"
    with pytest.raises(html5lib.html5parser.ParseError, match=r".+"):
        parsed(html.replace("</table>", "</tabel>", 1))


def test_tables_of_means_and_differences_are_the_stored_ones(tree, results):
    scenarios = [results.summary["baseline"], *results.summary["variants"]]
    means = table_of(tree, "Mean of each outcome")
    for name in (MAIN, "truce_days", "disputes", "implementation_score", "aid_delivered"):
        assert means[outcome_in_words(name)] == [with_interval(as_estimate(s["estimates"][name])) for s in scenarios]
    for scenario in scenarios[1:]:
        rows = table_of(tree, f"{scenario['scenario'].split('/')[1].replace('-', ' ')} minus baseline")
        for name, found in scenario["paired_difference"].items():
            if outcome_in_words(name) in rows:
                difference, above, below, verdict = rows[outcome_in_words(name)]
                assert difference == with_interval(as_estimate(found), signed=True)
                shares = (found["share_above"], found["share_below"])
                assert (above, below) == tuple(natural_frequency(share) for share in shares)
                crosses = found["low"] is not None and found["low"] <= 0 <= found["high"]
                assert (verdict == "undecided") == (crosses and shares != (0, 0))


def test_ends_are_counts_and_natural_frequencies_of_the_stored_ones(tree, results):
    rows = table_of(tree, "How it ends")
    scenarios = [results.summary["baseline"], *results.summary["variants"]]
    ends = {"completed": "Completed", "collapsed": "Collapsed", "lapsed": "Lapsed", "standing": "Still standing"}
    occurring = {end for end in ends if any(scenario["ends"][end]["count"] for scenario in scenarios)}
    assert {end for end, words in ends.items() if words in rows} == occurring
    for place, scenario in enumerate(scenarios):
        for end, words in ((end, ends[end]) for end in occurring):
            count, share = scenario["ends"][end]["count"], scenario["ends"][end]["share"]
            cell = rows[words][place]
            assert cell.startswith(natural_frequency(share))
            assert cell.endswith(f"; {count:,} of 1,000")


def test_the_answer_is_a_table_of_what_the_answer_holds_with_dates_beside_days(tree, results):
    drawn = answer_of(stored(results))
    rows = table_of(tree, "The answer, scenario by scenario")
    for row in drawn.counts:
        if row.kind == "people":
            cells = [f"{cell.middle:,} ({cell.low:,}-{cell.high:,})" for cell in row.cells]
            assert rows[f"{row.title}, of {row.total:,}"] == cells
    (phase,) = [row for row in drawn.milestones if row.key == "phase_two"]
    for cell, told in zip(phase.cells, rows["Phase two entered"], strict=True):
        date = drawn.date_of(cell.middle)
        assert told == f"{in_runs(cell.runs, drawn.n)}, middle day {cell.middle} ({date.day} {date:%b})"
    sentences = [text_of(p) for p in section(tree, "answer").find("div").iter("p")]
    ends, *others = sentences
    assert ends.startswith("Why, in 100 runs of the baseline (odds are assumptions): 5")
    assert [sentence.split(" against ")[0] for sentence in others] == ["Talks start day 4", "No guarantors"]


def test_the_answer_in_means_is_three_sentences_with_the_stored_numbers(tree, results):
    sentences = [text_of(p) for p in section(tree, "answer").find("details").iter("p")]
    base, *variants = results.summary["baseline"], *results.summary["variants"]
    assert len(sentences) == 3
    assert f"{with_interval(as_estimate(base['estimates'][MAIN]))} of 49" in sentences[0]
    for variant in variants:
        assert with_interval(as_estimate(variant["paired_difference"][MAIN]), signed=True) in sentences[1]
    for scenario in (base, *variants):
        assert f"{natural_frequency(scenario['ends']['collapsed']['share'])} runs of" in sentences[2]


def test_a_difference_inside_its_interval_is_called_undecided(results):
    comparison = stored(results)
    variant = comparison.variants[0]
    found = variant.differences[MAIN]
    open_one = replace(found, estimate=Estimate(0.1, -0.2, 0.4, 1000))
    differences = variant.differences | {MAIN: open_one}
    variants = (replace(variant, differences=differences), *comparison.variants[1:])
    sentence = answer(replace(comparison, variants=variants), [MAIN])[1]
    assert "it is undecided whether “talks start day 4” moves 'hostages released, living': +0.10 (-0.20 to" in sentence
    assert "“no guarantors” moves 'hostages released, living' by" in sentence


def test_a_study_has_a_page_already(tmp_path):
    result = CliRunner().invoke(main, ["report", str(FOLDER.parent / "orderings"), "--out", str(tmp_path / "a.html")])
    assert result.exit_code == 2
    assert "holds a study, whose page is findings.md" in result.stderr


def test_question_answer_and_what_is_left_out_come_first_and_the_rest_is_folded(tree):
    order = [s.get("aria-labelledby") for s in tree.iter("section")]
    assert order == [
        "question", "answer", "figure", "left-out", "not-modelled", "figures", "tables", "assumptions", "never",
        "example", "again", "limits",
    ]  # fmt: skip
    for heading in order[4:]:
        (folded,) = section(tree, heading).findall("details")
        assert folded.get("open") is None
        assert folded.find("summary").find("h2").get("id") == heading
    assert section(tree, "left-out").find(".//a").get("href") == "#not-modelled"


def test_no_percentage_stands_without_its_condition(tree):
    for heading in ("answer", "tables", "never", "limits"):
        for match in re.finditer(r"(.{0,24})\d\s?%", text_of(section(tree, heading))):
            assert "intervals of" in match[1]


def test_nothing_is_asked_of_the_net_and_nothing_runs(tree, html):
    assert not list(tree.iter("script"))
    for element in tree.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            if name in ("src", "srcset", "data", "poster"):
                assert value.startswith(("data:image/svg+xml;base64,", "data:image/png;base64,"))
            if name == "href":
                assert value.startswith(("#", "https://", "http://"))
    assert not list(tree.iter("link"))
    assert "url(" not in html
    assert "@import" not in html
    assert len(html.encode()) < 3_000_000


def test_every_picture_has_an_alt_text_and_every_heading_cell_a_scope(tree):
    pictures = list(tree.iter("img"))
    assert len(pictures) == 7
    assert all(len(picture.get("alt")) > 60 for picture in pictures)
    assert {th.get("scope") for th in tree.iter("th")} == {"col", "row"}
    assert all(table.find("caption") is not None for table in tree.iter("table"))
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_what_never_happened_is_what_no_stored_replicate_did(tree, results):
    said = [text_of(item) for item in section(tree, "never").iter("li")]
    table = results.table()
    for key, name in zip(results.scenarios, ("baseline", "talks start day 4", "no guarantors"), strict=True):
        rows = table.filter(f"scenario = '{key}'")
        completed = rows.filter("\"end\" = 'completed'").count("*").fetchall()[0][0]
        assert any(s.startswith(f"{name}: no run of 1,000 ended completed") for s in said) == (completed == 0)
        most = rows.max("hostages_deceased_returned").fetchall()[0][0]
        line = f"{name}: never more than {most} of 43 in any run, {CURVES['hostages_deceased'].lower()}."
        assert (line in said) == (most < 43)


def test_the_story_is_the_replayed_one(tree, example):
    lines = story(example.replay.plan, example.replay.trace)
    (table,) = section(tree, "example").iter("table")
    told = [tuple(text_of(cell) for cell in row) for row in table.find("tbody")]
    assert told == [(str(day), when, " ".join(text.split())) for day, when, text in lines]


def test_unknowns_are_ranked_by_their_rank_correlation(results, tree):
    key = results.scenarios[0]
    found = influences(results, key, MAIN)
    sizes = [abs(estimate.value) for estimate in found.values()]
    assert sizes == sorted(sizes, reverse=True)
    rows = [text_of(row[1]) for row in section(tree, "assumptions").find(".//tbody")]
    assert [row.split(" ")[0] for row in rows[: len(found)]] == [f"{e.value:+.2f}" for e in found.values()]
    assert set(rows[len(found) :]) == {"not ranked"}


def test_a_number_that_decides_is_found_to_matter_most(results):
    found = influences(results, results.scenarios[0], "aid_delivered")
    assert next(iter(found)).endswith("aid.level")


def test_rank_correlation_agrees_with_scipy_and_knows_when_there_is_none():
    rng = np.random.default_rng(5)
    one = rng.normal(size=200)
    other = np.round(one + rng.normal(size=200))
    found = rank_correlation(one, other)
    assert found.value == pytest.approx(spearmanr(one, other).statistic)
    assert found.low < found.value < found.high
    assert rank_correlation(one, np.zeros(200)) is None
    assert rank_correlation(one[:3], other[:3]) is None


def test_the_typical_replicate_has_the_most_frequent_end_and_the_median(results):
    key = results.scenarios[0]
    number = typical_replicate(results, key, MAIN)
    (block,) = results.blocks(key)
    names = columns(results.plan(key))
    ends, values = (block.outcomes[:, names.index(name)] for name in ("end", MAIN))
    codes, counts = np.unique(ends, return_counts=True)
    assert ends[number] == codes[np.argmax(counts)]
    gaps = np.abs(values - np.median(values[ends == ends[number]]))
    assert gaps[number] == gaps[ends == ends[number]].min()


def hostile(results):
    document = results.document()
    text = "<script>alert(1)</script>"
    return document.model_copy(update={
        "title": text + MEGABYTE, "question": text + MEGABYTE,
        "deal": document.deal.model_copy(update={"title": text + MEGABYTE, "not_modelled": {text: MEGABYTE}}),
        "sources": {"RECORD": Source.model_construct(title=text, url="javascript:alert(1)")},
    })  # fmt: skip


def test_markup_in_a_document_is_text_and_a_megabyte_is_cut(results, page, monkeypatch):
    plain_figures(monkeypatch)
    document = hostile(results)
    comparison = stored(results)
    made = comparison_page(
        replace(comparison, variants=()), [document], results.manifest, influence={},
        reached=[reached_by_last_day(results, results.scenarios[0])], example=page.example,
    )  # fmt: skip
    html = made.as_html()
    tree = parsed(html)
    assert not list(tree.iter("script"))
    assert text_of(next(tree.iter("h1"))).startswith("<script>alert(1)</script><b>long</b> <b>long</b>")
    assert max(len(text_of(element)) for element in tree.iter("li")) < 1000
    assert not any("javascript:" in a.get("href") for a in tree.iter("a"))
    assert len(html.encode()) < 3_000_000


def test_only_addresses_of_the_web_become_links(results):
    rows = assumptions(hostile(results), {})
    links = [link for row in rows for link in row.sources]
    assert all(link.url.startswith(("https://", "http://")) or not link.url for link in links)
    assert any(link.title == "<script>alert(1)</script>" and not link.url for link in links)


def test_the_commands_repeat_the_run_without_the_writers_own_paths(results, example):
    manifest = results.manifest | {"command": ["compare", "one", "-n", "5", "--out", "/home/somebody/out"]}
    made, check, open_one, again = repeat(manifest, example)
    assert made == "ceasefire compare one -n 5 --out results"
    assert check == "ceasefire verify results"
    assert open_one == "ceasefire replay results --scenario 0-january-2025-baseline --replicate 3"
    assert again == "ceasefire report results"


def cells_of(n):
    estimates = {name: {"mean": 1.0, "low": 0.5, "high": 1.5} for name in (MAIN,)}
    ends = {"collapsed": {"count": 0, "share": 0.0, "low": 0.0, "high": 0.1}}
    return [{"key": f"cell-{i}", "values": {}, "estimates": estimates, "ends": ends} for i in range(n)]


def test_a_huge_sweep_is_refused_with_the_reason(results, example):
    with pytest.raises(PageError, match="this sweep has 4,096 cells: a page shows at most 600"):
        sweep_page({"cells": cells_of(4096)}, results.document(), results.manifest, example, None)


def test_too_many_scenarios_are_refused(results, example):
    comparison = stored(results)
    crowd = replace(comparison, variants=comparison.variants * 4)
    with pytest.raises(PageError, match="9 scenarios: a page shows at most 8"):
        comparison_page(crowd, [], results.manifest, influence={}, reached=[], example=example)


def test_narrow_versions_go_before_a_page_is_refused(page, monkeypatch):
    plain_figures(monkeypatch)
    alone = replace(page, pictures=[])
    both = replace(alone, lead=replace(page.lead, narrow=page.lead.picture))
    assert "data:image/png" in both.as_html()
    monkeypatch.setattr("sim.report.page.contents.MOST_BYTES", len(alone.as_html().encode()))
    assert "data:image/png" not in both.as_html()
    monkeypatch.setattr("sim.report.page.contents.MOST_BYTES", 1000)
    with pytest.raises(PageError, match=r"the page would have \d\.\d MB"):
        both.as_html()


@pytest.mark.slow
def test_a_page_has_room_for_as_many_scenarios_as_can_be_told_apart(tmp_path):
    names = [entry.name for entry in scenarios() if entry.deal == "january-2025"][:MOST_SCENARIOS]
    folder, file = tmp_path / "results", tmp_path / "page.html"
    runner = CliRunner()
    assert runner.invoke(main, ["compare", *names, "-n", "40", "--out", str(folder)]).exit_code == 0
    assert runner.invoke(main, ["report", str(folder), "--out", str(file)]).exit_code == 0
    assert len(parsed(file.read_text(encoding="utf-8")).findall(".//img")) > 5


@pytest.mark.slow
def test_the_page_of_a_sweep_says_its_own_numbers(tmp_path, monkeypatch):
    plain_figures(monkeypatch)
    axes = ["--vary", "behaviour.guarantors.restores=0,1", "--vary", "behaviour.mediators.settles=0.2,1"]
    folder, file = tmp_path / "sweep", tmp_path / "page.html"
    runner = CliRunner()
    made = runner.invoke(main, ["sweep", "january-2025/baseline", *axes, "-n", "30", "--out", str(folder)])
    assert made.exit_code == 0
    assert (folder / "tornado.svg").exists()
    assert runner.invoke(main, ["report", str(folder), "--out", str(file)]).exit_code == 0
    tree = parsed(file.read_text(encoding="utf-8"))
    summary = load(folder).summary
    cells = table_of(tree, "Mean of each cell")
    for cell in summary["cells"]:
        row = cells[cell["key"]]
        assert row[:2] == [f"{value:g}" for value in cell["values"].values()]
        assert row[2] == with_interval(as_estimate(cell["estimates"][MAIN], 30))
    bars = sorted(summary["tornado"], key=lambda bar: -abs(bar["differences"][MAIN]["mean"]))
    effects = table_of(tree, "What each axis moves")
    found = [as_estimate(bar["differences"][MAIN], 30) for bar in bars]
    assert [row[0] for row in effects.values()] == [
        with_interval(effect, signed=True) + ("" if effect.excludes_zero else ", undecided") for effect in found
    ]
    assert any(cell.endswith(", undecided") for row in effects.values() for cell in row)
    listed = table_of(tree, "What the scenario")
    influences_in_order = [cells[0] for cells in listed.values()]
    assert influences_in_order[2:] == ["not ranked"] * (len(listed) - 2)
    assert influences_in_order[:2] == [row[0] for row in effects.values()]


def test_the_command_writes_the_page_of_a_comparison(tmp_path, monkeypatch):
    plain_figures(monkeypatch)
    file = tmp_path / "page.html"
    result = CliRunner().invoke(main, ["report", str(FOLDER), "--out", str(file), "--replicate", "3"])
    assert result.exit_code == 0, result.output
    html = file.read_text(encoding="utf-8")
    assert "what happened" in html
    assert "Run 3, which ended" in html
