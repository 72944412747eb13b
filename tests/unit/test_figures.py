"""Figures: what their lines, bars and boxes stand at is what the results say."""

import json
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

import sim
from sim.analysis.compare import Design, compare, stored
from sim.analysis.history.record import RECORDED, known_record, read_record
from sim.cli.commands import main
from sim.document.machine import PhaseMachine
from sim.engine.reference import ReferenceEngine
from sim.outcomes.columns import columns
from sim.plan.compile import compile_plan
from sim.reading.resolve import resolve
from sim.report import figures
from sim.report.figures import FigureError
from sim.report.figures.differences import SHOWN
from sim.report.figures.lead import leads
from sim.report.figures.machine import phase_layout
from sim.report.figures.multiples import steps
from sim.report.figures.outcomes import compared_outcomes, lists_that_vary, middle_in_words
from sim.report.figures.response import positions
from sim.report.figures.sweep import in_words
from sim.report.figures.timeline import MOST_ROWS, Track, tracks
from sim.report.figures.timeline import _chosen as chosen
from sim.report.figures.timeline_people import released_by
from sim.report.numbers import with_interval
from sim.report.words import ENDINGS, columns_of, cut, scenarios_called
from sim.results.load import load
from sim.results.replay import Replay, as_written, replay
from sim.statistics.estimate import Estimate

FOLDER = Path(__file__).parents[2] / "results" / "january-2025"
AXES = {"behaviour.guarantors.restores": "0,1", "behaviour.mediators.settles": "0.2,0.6,1"}


@pytest.fixture(scope="module")
def results():
    return load(FOLDER)


@pytest.fixture(scope="module")
def comparison(results):
    return stored(results)


@pytest.fixture(scope="module")
def summary(results):
    """What the folder says it holds, scenario by scenario."""
    return [results.summary["baseline"], *results.summary["variants"]]


@pytest.fixture(scope="module")
def swept():
    return sim.sweep("january-2025/baseline", AXES, n=30).as_json()


@pytest.fixture(scope="module")
def baseline():
    return resolve("january-2025/baseline")


@pytest.fixture(scope="module")
def eventful(results):
    """A replicate with disputes, delays and a suspension, in the third scenario."""
    return replay(FOLDER, 802, results.scenarios[2])


def lines_of(axes, names):
    by_name = {line.get_label(): line for line in axes.get_lines()}
    return [np.asarray(by_name[name].get_ydata()) for name in names]


def test_a_comparison_is_added_up_again_from_its_tables(results, comparison):
    again = json.loads(json.dumps(comparison.as_json()))
    assert again == {name: results.summary[name] for name in again}


@pytest.mark.parametrize("narrow", [False, True])
def test_each_of_three_scenarios_has_a_panel_with_its_stored_bands(results, comparison, summary, narrow):
    deal = results.document().deal
    drawn = {
        a.get_label(): a for a in figures.release_curves(comparison, known_record([deal]), narrow=narrow).figure().axes
    }
    names = columns_of(comparison.summaries)
    for place, curve in enumerate(RECORDED):
        for number, (name, scenario) in enumerate(zip(names, summary, strict=True)):
            axes, stored_curve = drawn[f"{curve} {number}"], scenario["curves"][curve]
            (median,) = lines_of(axes, [name])
            assert median.tolist() == stored_curve["median"]
            (happened,) = lines_of(axes, ["what happened"])
            assert happened.tolist() == read_record(deal).released[place].tolist()
            for band, percent in zip(axes.collections, (90, 50), strict=True):
                corners = band.get_paths()[0].vertices[:, 1]
                low, high = stored_curve[f"low_{percent}"], stored_curve[f"high_{percent}"]
                assert set(low) | set(high) == set(corners.astype(int).tolist())
            assert f"{stored_curve['median'][-1]:,} (" in axes.get_title(loc="left")


def test_the_differences_below_are_the_stored_paired_means(comparison, summary):
    drawn = {axes.get_label(): axes for axes in figures.release_curves(comparison).figure().axes}
    names = columns_of(comparison.summaries)[1:]
    outcomes = ("hostages_living_released", "hostages_deceased_returned", "prisoners_released")
    for curve, outcome in zip(RECORDED, outcomes, strict=True):
        for line, scenario in zip(lines_of(drawn[f"{curve} difference"], names), summary[1:], strict=True):
            assert line[0] == 0
            assert line[-1] == pytest.approx(scenario["paired_difference"][outcome]["mean"])


def test_two_scenarios_share_a_panel_and_their_lines_are_the_stored_medians(comparison, summary):
    two = replace(comparison, variants=comparison.variants[:1])
    panels = figures.release_curves(two).figure().axes[::2]
    names = columns_of(two.summaries)
    for axes, curve in zip(panels, RECORDED, strict=True):
        for line, scenario in zip(lines_of(axes, names), summary[:2], strict=True):
            assert line.tolist() == scenario["curves"][curve]["median"]


def drawn_dots(picture):
    """By scenario, end and column: how many dots are drawn."""
    found = {}
    for axes in picture.figure().axes:
        for line in axes.get_lines():
            if line.get_marker() == "o":
                column, _, end = line.get_label().rpartition(" ")
                found[axes.get_label(), end, column] = len(line.get_xdata())
    return found


@pytest.mark.parametrize("narrow", [False, True])
def test_dots_are_the_stored_runs_of_100_by_count_and_end(results, narrow):
    table = results.table()
    found = drawn_dots(figures.stored_outcomes(results, narrow=narrow))
    names = scenarios_called([(d.scenario, d) for d in map(results.document, results.scenarios)])
    for key, name in zip(results.scenarios, names, strict=True):
        mine = {place: dots for place, dots in found.items() if place[0] == name.replace("-", " ")}
        assert sum(mine.values()) == 100
        rows = table.filter(f"scenario = '{key}'").project('hostages_living_released, "end"').fetchall()
        for count, words in ((0, "0"), (25, "25"), (49, "49")):
            share = 100 * sum(row[0] == count for row in rows) / len(rows)
            assert abs(sum(dots for (_, _, column), dots in mine.items() if column == words) - share) <= 0.5
        for end in ("completed", "collapsed", "lapsed", "standing"):
            share = 100 * sum(row[1] == end for row in rows) / len(rows)
            assert abs(sum(dots for (_, each, _), dots in mine.items() if each == end) - share) < 1
        for _, end, column in mine:
            low, _, high = column.replace(",", "").partition("-")
            assert any(int(low) <= row[0] <= int(high or low) and row[1] == end for row in rows)


def test_dots_say_their_ends_in_words_and_what_is_seldom_is_not_left_out(results):
    picture = figures.stored_outcomes(results)
    for axes in picture.figure().axes:
        texts = [text.get_text() for text in axes.texts]
        assert {"breaks down", "expires unrenewed", "open on the last day"} <= set(texts)
        assert {"25\nphase one", "0\nnone", "49\nall"} <= set(texts)
        ends = [int(texts[place - 1]) for place, text in enumerate(texts) if text in ENDINGS.values()]
        assert sum(ends) == 100
    assert "middle run 25, 90 of 100 runs between" in picture.alt


@pytest.mark.parametrize("narrow", [False, True])
def test_a_comparison_draws_the_dots_that_its_folder_does_and_reads_no_table(results, narrow, monkeypatch):
    expected = figures.stored_outcomes(results, narrow=narrow)
    comparison, deal = stored(results), results.document().deal
    monkeypatch.setattr("sim.results.load.stored_block", None)
    picture = figures.compared_outcomes(comparison, deal, narrow=narrow)
    assert picture.alt == expected.alt
    assert drawn_dots(picture) == drawn_dots(expected)


def test_dots_are_of_a_count(results):
    with pytest.raises(FigureError, match="no dots of 'truce_days': they show a count; choose from"):
        figures.stored_outcomes(results, outcome="truce_days")


def test_a_deal_of_another_name_or_other_people_has_no_record(results):
    deal = results.document().deal
    other = resolve("october-2025/baseline").deal
    assert known_record([deal, other]) is None
    assert known_record([deal.model_copy(update={"deal": "unheard-of"})]) is None
    assert known_record([deal.model_copy(update={"stocks": other.stocks})]) is None


def test_ends_by_day_are_the_stored_shares_and_add_up(comparison, summary):
    panels = figures.ends_by_day(comparison).figure().axes
    names = columns_of(comparison.summaries)
    drawn = [lines_of(axes, names) for axes in panels]
    for place, scenario in enumerate(summary):
        for lines, end in zip(drawn[:3], ("collapsed", "lapsed", "completed"), strict=True):
            assert np.allclose(lines[place][:-1] / 100, scenario["ends_by_day"][end])
        assert np.allclose(sum(lines[place] for lines in drawn), 100)
        assert drawn[3][place][-1] == pytest.approx(100 * scenario["ends"]["standing"]["share"])


def test_survival_is_the_stored_estimate(comparison, summary):
    (axes,) = figures.truce_survival(comparison).figure().axes
    names = columns_of(comparison.summaries)
    for line, scenario in zip(lines_of(axes, names), summary, strict=True):
        assert np.allclose(line[:-1] / 100, scenario["truce_survival"]["share"])
    crosses = [line.get_ydata()[0] / 100 for line in axes.get_lines() if line.get_marker() == "+"]
    assert crosses == pytest.approx([scenario["truce_survival"]["share"][-1] for scenario in summary])


def test_a_narrow_forest_has_every_mark_within_its_width(comparison):
    picture = figures.differences(comparison, narrow=True)
    drawn = picture.figure()
    for axes, outcome in zip(drawn.axes, SHOWN, strict=True):
        points = [line for line in axes.get_lines() if line.get_linestyle() == "None"]
        assert len(points) == len(comparison.variants), outcome
        low, high = axes.get_xlim()
        assert all(low < point.get_xdata()[0] < high for point in points)
        box = axes.get_position()
        assert 0 <= box.x0 < box.x1 <= 1
        for text in axes.texts:
            assert text.get_window_extent().x1 <= drawn.bbox.x1, text.get_text()


def test_forest_points_intervals_and_hollow_marks_are_the_stored_differences(comparison, summary):
    picture = figures.differences(comparison)
    hollow = 0
    for axes, outcome in zip(picture.figure().axes, SHOWN, strict=True):
        points = [line for line in axes.get_lines() if line.get_linestyle() == "None"]
        spans = [c.get_segments()[0][:, 0] for c in axes.collections if isinstance(c, LineCollection)]
        for point, span, scenario in zip(points, spans, summary[1:], strict=True):
            found = scenario["paired_difference"][outcome]
            assert point.get_xdata()[0] == found["mean"]
            assert span.tolist() == [found["low"], found["high"]]
            is_undecided = found["low"] <= 0 <= found["high"]
            assert (point.get_markerfacecolor() == "white") == is_undecided
            hollow += is_undecided
            text = with_interval(Estimate(found["mean"], found["low"], found["high"], 1000), signed=True)
            assert any(text in each.get_text() for each in axes.texts)
    assert picture.alt.count("undecided") == hollow


def test_a_forest_needs_a_variant(results):
    with pytest.raises(FigureError, match="there is no variant"):
        figures.differences(stored(results, results.scenarios[0]))


def test_heat_map_cells_are_the_means_of_the_sweep(swept, baseline):
    axes = figures.heat_map(swept, baseline, ["truce_days"]).figure().axes[0]
    (mesh,) = axes.collections
    means = np.array([cell["estimates"]["truce_days"]["mean"] for cell in swept["cells"]]).reshape(2, 3).T
    assert np.asarray(mesh.get_array()).reshape(3, 2).tolist() == means.tolist()
    assert [label.get_text() for label in axes.get_yticklabels()] == ["0.2", "0.6", "1"]


def test_response_lines_are_the_means_of_the_sweep(swept, baseline):
    axes = figures.response(swept, baseline, ["truce_days"]).figure().axes[0]
    means = np.array([cell["estimates"]["truce_days"]["mean"] for cell in swept["cells"]]).reshape(2, 3)
    drawn = lines_of(axes, [f"mediators' success {in_words(value)}" for value in (0.2, 0.6, 1)])
    assert np.array(drawn).T.tolist() == means.tolist()


def test_an_axis_of_numbers_days_or_times_has_true_distances():
    assert positions(["day 4", "day 10", "day 40"]) == [4, 10, 40]
    assert positions(["phase day 2", "day -3 12:00"]) == [2, -3]
    assert positions([0, 0.5, 2]) == [0, 0.5, 2]
    assert positions(["12 h", "2 d", "1 w"]) == [720, 2880, 10080]
    assert positions(["truce", "day 4"]) is None
    assert positions(["day 4", 7]) is None


def test_tornado_bars_are_the_effects_the_largest_first(swept, baseline):
    axes = figures.tornado(swept, baseline, ["truce_days"]).figure().axes[0]
    widths = [patch.get_width() for patch in axes.patches]
    effects = [bar["differences"]["truce_days"]["mean"] for bar in swept["tornado"]]
    assert widths == sorted(effects, key=lambda effect: -abs(effect))


def test_a_sweep_that_a_figure_cannot_show_is_refused_with_the_reason(swept, baseline):
    with pytest.raises(FigureError, match="no outcome 'peace' in this sweep; choose from"):
        figures.tornado(swept, baseline, ["peace"])
    with pytest.raises(FigureError, match="only a grid has cells side by side"):
        figures.heat_map(swept | {"design": "lhs"}, baseline)
    one_axis = swept | {"cells": [cell for cell in swept["cells"] if cell["values"][next(iter(AXES))] == 0]}
    with pytest.raises(FigureError, match="a heat map needs two axes that vary"):
        figures.heat_map(one_axis, baseline)
    path = next(iter(AXES))
    huge = [cell | {"values": cell["values"] | {path: i}} for i in range(61) for cell in swept["cells"][:2]]
    with pytest.raises(FigureError, match="an axis has 61 values: a figure has room for 60"):
        figures.heat_map(swept | {"cells": huge}, baseline)


def outcomes_of(replay):
    return dict(zip(columns(replay.plan), replay.outcomes.tolist(), strict=True))


def test_the_timeline_marks_as_met_what_the_row_counts_as_met(eventful):
    counted = outcomes_of(eventful)
    found = tracks(eventful.plan, eventful.trace)
    lasting = [o.by for o in eventful.plan.scenario.deal.obligations.values() if o.kind == "truce"]
    for party in eventful.plan.parties:
        ways = Counter(track.ending[0] for track in found if track.debtor == party and track.ending)
        # what lasts counts by how long it was kept, whenever it was begun
        kept = counted[f"on_time_{party}"] + counted[f"late_{party}"] - ways["met"]
        assert 0 <= kept <= ways["begun"]
        assert ways["begun"] == lasting.count(party)


def test_the_timeline_draws_the_days_of_truce_and_the_releases_of_the_row(eventful):
    counted = outcomes_of(eventful)
    above, middle, below = figures.timeline(eventful, as_written(eventful.plan)).figure().axes
    truce = [p for p in above.patches if p.get_y() + p.get_height() / 2 == 1 and not p.get_hatch()]
    assert sum(bar.get_width() for bar in truce) == pytest.approx(counted["truce_days"] / 1440)
    for line in below.get_legend().get_texts()[:1]:
        assert f": {counted['hostages_living_released']:,} of " in line.get_text()
    assert released_by(eventful)["hostages_living"][-1][1] == counted["hostages_living_released"]
    bars = [patch for patch in middle.patches if isinstance(patch, Rectangle)]
    assert len(bars) == sum(len(track.stretches) for track in tracks(eventful.plan, eventful.trace))


def test_the_timeline_draws_each_list_that_the_deal_holds_and_nothing_that_it_has_not():
    """Four towns: five lists, of which three share columns named after prisoners; neither truce nor incidents."""
    plan = compile_plan(resolve("four-towns-2017/as-written"))
    told = ReferenceEngine(plan).run(0, 0)
    again = Replay(plan, plan.scenario.scenario, 0, 0, told.outcomes, told.trace, np.empty((0, 3), np.int64))
    picture = figures.timeline(again, as_written(plan))
    above, _, below = picture.figure().axes
    assert [label.get_text() for label in above.get_yticklabels()] == ["phase"]
    drawn = [text.get_text() for text in below.get_legend().get_texts()]
    held = {"Northern evacuees": 8000, "Southern evacuees": 3800, "Captives released": 12, "Captives returned": 8}
    for words, total in (held | {"Detainees": 769}).items():
        (label,) = [each for each in drawn if each.startswith(words)]
        assert label.endswith(f" of {total:,}")
    assert len(drawn) == 5
    assert picture.title == "As written, replicate 0: Four towns, 2017"
    assert "suspended" not in picture.alt
    assert " 0 " not in picture.alt


def test_the_schedule_as_written_has_every_release_on_its_day(eventful):
    schedule = as_written(eventful.plan)
    midnight = int(eventful.plan.record["midnight"][0])
    days = [(schedule[f"batch_{i}"][0] - midnight) // 1440 + 1 for i in range(1, 8)]
    assert days == [1, 7, 14, 21, 28, 35, 42]


def test_a_step_chart_keeps_every_day_on_which_something_changes():
    low, high = np.array([0, 0, 0, 2, 2, 2, 2]), np.array([1, 1, 3, 3, 3, 4, 4])
    assert steps(low).tolist() == [0, 3, 6]
    assert steps(low, high).tolist() == [0, 2, 3, 5, 6]
    assert steps(np.array([5])).tolist() == [0]


def test_a_crowded_timeline_keeps_what_went_wrong():
    smooth = [Track(f"smooth_{i}", f"Smooth {i}", "one", [("due", 0, 1)], ("met", 1)) for i in range(MOST_ROWS)]
    wrong = Track("wrong", "Wrong", "one", [("due", 0, 1), ("late", 1, 2)], ("met", 2))
    kept = chosen([*smooth, wrong])
    assert len(kept) == MOST_ROWS
    assert wrong in kept


def test_the_largest_lead_drawn_is_the_one_of_the_row(eventful):
    counted = outcomes_of(eventful)
    one, other = eventful.plan.parties
    drawn = [lead for _, lead in leads(eventful)]
    assert max(0.0, *drawn) == pytest.approx(counted[f"largest_lead_{one}"] / 1e6)
    assert max(0.0, *(-lead for lead in drawn)) == pytest.approx(counted[f"largest_lead_{other}"] / 1e6)


def test_the_phase_machine_shows_every_state_and_every_move(results):
    deal = results.document().deal
    machine = PhaseMachine(deal)
    layout = phase_layout(deal, machine.moves["phase"])
    shown = {(arrow.source, arrow.dest) for arrow in layout.arrows}
    shown |= {(box.state, end) for box in layout.boxes.values() for end in box.ends}
    assert shown == {(move.source, move.dest) for move in machine.moves["phase"]}
    axes = figures.phase_machine(deal).figure().axes[0]
    texts = [text.get_text() for text in axes.texts]
    for region in machine.moves:
        for state in machine.states(region):
            if state not in ("completed", "collapsed", "lapsed", "standing") or region != "phase":
                assert cut(state.replace("_", " "), 22) in texts


CHECK = {
    "scenario": "a-deal/as-written", "goal": "the deal is not completed", "deviations": 2,
    "minimal_sets": [
        {"deviations": [{"words": "one refuses batch_2"}], "end_day": 9},
        {"deviations": [{"words": "one delays names_1"}, {"words": "other withholds return_1"}], "end_day": 12},
    ],
}  # fmt: skip


def test_cut_sets_join_the_deviations_of_each_set():
    axes = figures.cut_sets(CHECK).figure().axes[0]
    rows = [label.get_text() for label in axes.get_yticklabels()]
    drawn = [[rows[int(place)] for place in line.get_ydata()] for line in axes.get_lines()]
    wanted = [[d["words"].replace("_", " ") for d in each["deviations"]] for each in CHECK["minimal_sets"]]
    assert drawn == wanted
    assert [text.get_text() for text in axes.texts] == ["9", "12", "ends on day"]


def test_deviations_that_differ_at_their_end_have_rows_of_their_own_and_what_has_no_room_is_said():
    def deviations(number):
        return [{"words": f"major_incident_by_one_on_day {number} 12:15"}, {"words": f"{'the truce ' * 5}{number}"}]

    sets = [{"deviations": deviations(number), "end_day": 100 + number} for number in range(40)]
    picture = figures.cut_sets(CHECK | {"minimal_sets": sets})
    axes = picture.figure().axes[0]
    rows = [label.get_text() for label in axes.get_yticklabels()]
    assert len(rows) == len(set(rows)) == 60
    assert len(axes.get_lines()) == 30
    assert picture.alt.startswith("40 minimal sets")
    assert any("first 30 of 40 sets" in text.get_text().replace("\n", " ") for text in axes.figure.texts)
    assert {text.get_rotation() for text in axes.texts if text.get_text().isdigit()} == {90}


def test_cut_sets_need_a_check_that_found_some():
    with pytest.raises(FigureError, match="no minimal sets here: give what 'ceasefire check --json' prints"):
        figures.cut_sets({"scenario": "a-deal/as-written"})
    with pytest.raises(FigureError, match="no set of at most 2 deviations reaches"):
        figures.cut_sets(CHECK | {"minimal_sets": []})


@pytest.mark.slow
def test_the_same_data_give_the_same_bytes_and_sound_svg(comparison, swept, baseline, eventful, tmp_path):
    kinds = [
        lambda: figures.stored_outcomes(load(FOLDER)),
        lambda: figures.truce_survival(comparison),
        lambda: figures.tornado(swept, baseline, ["truce_days"]),
        lambda: figures.lead(eventful),
        lambda: figures.cut_sets(CHECK),
        lambda: figures.phase_machine(eventful.plan.scenario.deal),
    ]
    for kind in kinds:
        one, other = tmp_path / "one.svg", tmp_path / "other.svg"
        kind().save(one)
        kind().save(other)
        assert one.read_bytes() == other.read_bytes()
        assert ElementTree.parse(one).getroot().tag.endswith("svg")
        assert "Ranges under stated assumptions, not a forecast." in one.read_text(encoding="utf-8")


def test_dollar_signs_and_markup_in_names_stay_text(tmp_path):
    hostile = CHECK | {"scenario": "$x_1$ <script>alert(1)</script> " + "long " * 100}
    picture = figures.cut_sets(hostile)
    picture.save(tmp_path / "figure.svg")
    root = ElementTree.parse(tmp_path / "figure.svg").getroot()
    texts = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any("$x_1$ <script>" in text and len(text) <= 80 for text in texts)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--kind", "timeline"], "--kind timeline shows one replicate: name it with --replicate"),
        (["--kind", "tornado"], "holds no sweep, of which alone there is a tornado figure"),
        (["--kind", "ends", "--scenario", "nobody"], "holds no scenario or cell 'nobody'"),
        (["--kind", "lead", "--replicate", "1000"], "no replicate 1000"),
        (["--kind", "cutsets"], "cannot be read"),
    ],
)
def test_a_figure_that_cannot_be_had_is_refused_in_words(tmp_path, arguments, said):
    result = CliRunner().invoke(main, ["plot", str(FOLDER), *arguments, "--out", str(tmp_path / "figure.png")])
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (tmp_path / "figure.png").exists()


def test_the_command_writes_a_figure(tmp_path):
    file = tmp_path / "lead.png"
    arguments = ["plot", str(FOLDER), "--kind", "lead", "--replicate", "3", "--out", str(file)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert file.read_bytes().startswith(b"\x89PNG")


def test_the_first_list_that_is_drawn_differs_in_more_than_a_few_runs():
    """Of the deal of October 2025 all 20 living hostages are out in 99 of 100 runs; of the deceased many are not."""
    comparison = compare(
        Design(resolve("october-2025/baseline"), [resolve("october-2025/remains-slow")], n=400, seed=0)
    )
    deal = comparison.baseline.document.deal
    found = lists_that_vary(comparison.summaries, deal)
    assert found[0] == "hostages_deceased_returned"
    assert "hostages_living_released" in found[1:]
    assert "of 28" in compared_outcomes(comparison, deal).title


def test_a_count_that_nearly_all_runs_have_has_no_range():
    table = np.zeros((21, 4), int)
    table[20, 0], table[0, 1] = 99, 1
    assert middle_in_words(table) == "20 in 90 of 100 runs or more"
    table[0, 1] = 20
    assert middle_in_words(table) == "middle run 20, 90 of 100 runs between 0 and 20"
    assert middle_in_words(table, narrow=True) == "middle run 20 (90 of 100: 0-20)"
