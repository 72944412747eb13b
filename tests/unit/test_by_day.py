"""What is counted by day: people out, by list, and the day on which each obligation was met."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from sim.analysis.compare import Design, compare
from sim.cli.commands import main
from sim.document.measured import COUNTED_BY_DAY
from sim.engine.batch import reference_block, simulate_block
from sim.outcomes.by_day import ByDay
from sim.plan.compile import compile_plan
from sim.report.words import list_in_words
from sim.results.load import load
from tests.builders import plan_of, tiny
from tests.cases.test_lists_by_name import DEAL, SCENARIO
from tests.oracle.simulate import simulate
from tests.told.compare import by_day_otherwise, document_of

KEPT = """
deal:
  groups:
    held: {side: hostages, held_by: north, count: 3}
    bodies: {side: hostages, held_by: north, count: 2, condition: deceased}
    jailed: {side: prisoners, held_by: south, count: 9}
    buried: {side: prisoners, held_by: south, count: 4, condition: deceased}
  obligations:
    truce: {kind: truce, by: south, due: day 1}
    first: {kind: release, by: north, amount: {held: 1, bodies: 1}, due: day 3}
    second: {kind: release, by: north, amount: {held: 2, bodies: 1}, due: day 8}
    back: {kind: return, by: south, ratio: {held: {jailed: 3}}, for_each: release, due: same day}
    remains: {kind: return, by: south, amount: {buried: 4}, due: day 5}
"""


def counted(text, n=3):
    """Layout and histogram of replicates, which both engines count alike."""
    plan = plan_of(text)
    block = simulate_block(plan, 1, 0, n)
    assert np.array_equal(block.histogram, reference_block(plan, 1, 0, n).histogram)
    return ByDay.of(plan), block.histogram


def out(text, n=3):
    """By list, the count in all replicates alike on days on which it changes."""
    by_day, histogram = counted(text, n)
    found = {}
    for place, name in enumerate(by_day.lists):
        table = by_day.released(histogram, place)
        assert (table.max(axis=1) == n).all()
        counts = table.argmax(axis=1).tolist()
        found[name] = {day: count for day, count in enumerate(counts) if day and count != counts[day - 1]}
    return found


def met(text, n=3):
    """By obligation, replicates by the day on which it was met."""
    by_day, histogram = counted(text, n)
    return {
        name: {day: k for day, k in enumerate(days.tolist()) if k}
        for name, days in zip(by_day.obligations, by_day.met(histogram), strict=True)
    }


def test_each_list_comes_out_on_the_days_of_its_obligations():
    assert out(KEPT) == {
        "hostages_living": {3: 1, 8: 3},
        "hostages_deceased": {3: 1, 8: 2},
        "prisoners": {3: 3, 8: 9},
        "prisoners_deceased": {5: 4},
    }


def test_what_is_kept_is_met_on_its_date():
    assert met(KEPT) == {
        "truce": {1: 3}, "first": {3: 3}, "second": {8: 3}, "back.first": {3: 3}, "back.second": {8: 3},
        "remains": {5: 3},
    }  # fmt: skip


def test_what_is_late_is_met_when_it_is_done_and_what_is_refused_never():
    behaviour = """
behaviour:
  parties:
    north: {obligations: {first: {late: 1, delay: 50 h}, second: {refused: 1}}}
  mediators: {settles: 0}
"""
    found = met(KEPT + behaviour)
    assert found["first"] == {5: 3}  # from noon of day 3, 50 hours
    assert found["back.first"] == {5: 3}
    assert found["second"] == found["back.second"] == {}


def test_a_return_that_comes_to_owe_more_is_met_on_its_last_day():
    capacity = "behaviour: {parties: {north: {capacity: {release: 1}}}}"
    assert out(KEPT + capacity)["hostages_living"] == {3: 1, 8: 2, 9: 3}
    assert met(KEPT + capacity)["back.second"] == {9: 3}


def test_remains_of_prisoners_who_died_count_with_the_deceased():
    text = """
deal:
  groups: {jailed: {side: prisoners, held_by: south, count: 5}}
  obligations: {back: {kind: return, by: south, amount: {jailed: 5}, due: day 9}}
behaviour: {deaths: {south: {per_day: 1000}}}
"""
    assert out(text)["prisoners_deceased"] == {9: 5}
    assert out(text)["prisoners"] == {}


@pytest.mark.parametrize(("day", "verdict"), [(5, "holds"), (4, "fails")])
def test_an_expectation_may_speak_of_remains_of_prisoners_by_a_day(day, verdict):
    scenario = tiny(f"{KEPT}expects: ['P(prisoners_deceased_returned >= 4 by day {day}) >= 0.9']")
    assert compare(Design(scenario, n=40, seed=1)).baseline.expectations[0].verdict == verdict


def test_a_folder_keeps_it_and_the_printed_comparison_says_it(tmp_path):
    words = ["compare", "november-2023/baseline", "-n", "50", "--json", "--out", str(tmp_path / "out")]
    printed = CliRunner().invoke(main, words)
    assert printed.exit_code == 0, printed.output
    told = json.loads(printed.stdout)["baseline"]["obligations"]
    stored = load(tmp_path / "out").met_by_day()
    assert list(told) == list(stored)
    assert any(one["runs"] for one in told.values())
    for name, one in told.items():
        assert one["by_day"] == [[day, n] for day, n in enumerate(stored[name].tolist()) if n]


THREE = """
deal:
  stocks:
    held: {of: people, list: hostages, held_by: north, count: 3}
    jailed: {of: people, list: prisoners, held_by: south, count: 9}
    camp: {of: people, list: detainees, held_by: south, count: 5}
    buried: {of: remains, list: detainees, held_by: south, count: 4}
  obligations:
    truce: {kind: truce, by: south, due: day 1}
    first: {kind: release, by: north, amount: {held: 3}, due: day 2}
    jail: {kind: return, by: south, amount: {jailed: 9}, due: day 3}
    open: {kind: return, by: south, amount: {camp: 2, buried: 4}, due: day 5}
    rest: {kind: return, by: south, amount: {camp: 3}, due: day 8}
"""


def test_lists_that_share_a_column_have_curves_of_their_own_beside_that_of_the_column():
    assert out(THREE) == {
        "hostages_living": {2: 3}, "hostages_deceased": {}, "prisoners": {3: 9, 5: 11, 8: 14},
        "prisoners_deceased": {5: 4}, "prisoners.people": {3: 9}, "prisoners.remains": {},
        "detainees.people": {5: 2, 8: 5}, "detainees.remains": {5: 4},
    }  # fmt: skip
    by_day = ByDay.of(plan_of(THREE))
    assert by_day.totals.tolist() == [3, 0, 14, 4, 9, 0, 5, 4]


def test_of_two_lists_each_has_its_column_and_no_curve_beside():
    assert ByDay.of(plan_of(THREE.replace("detainees", "prisoners"))).lists == COUNTED_BY_DAY
    assert ByDay.of(plan_of(KEPT)).lists == COUNTED_BY_DAY


DEATHS = "behaviour: {deaths: {south: {per_day: 0.03}}, parties: {south: {default: {late: 0.5, delay: 3 d}}}}"


def test_the_oracle_counts_a_third_list_alike():
    scenario = tiny(THREE + DEATHS)
    plan, document = compile_plan(scenario), document_of(scenario)
    for replicate in range(20):
        block = simulate_block(plan, 5, replicate, 1)
        assert by_day_otherwise(plan, block, simulate(document, 5, replicate)) == []


def test_a_third_list_is_called_by_its_name():
    deal = tiny(THREE).deal
    assert list_in_words("detainees.people", deal) == "Detainees released, living"
    assert list_in_words("detainees.remains", deal) == "Detainees returned, deceased"
    assert list_in_words("prisoners", deal) == "Prisoners and detainees released, living"


@pytest.mark.slow
def test_a_folder_keeps_a_third_list(tmp_path):
    more = "southerners: {of: people, held_by: north, count: 390, title: Southern soldiers, source: t}"
    third = "guides: {of: people, held_by: north, count: 7, source: t}"
    deal = DEAL.replace(more, f"{more}\n  {third}").replace("{southerners: 390}", "{southerners: 390, guides: 7}")
    (tmp_path / "exchange.yaml").write_text(deal)
    (tmp_path / "late.yaml").write_text(SCENARIO)
    words = ["compare", str(tmp_path / "late.yaml"), "-n", "30", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    kept = load(tmp_path / "out").histograms()
    both, guides, soldiers = (kept[name] for name in ("prisoners", "guides.people", "southerners.people"))
    assert (guides.sum(axis=1) == 30).all()
    assert guides.shape[1] == 8
    means = [table[-1] @ range(table.shape[1]) for table in (both, guides, soldiers)]
    assert means[0] == means[1] + means[2] > 0
