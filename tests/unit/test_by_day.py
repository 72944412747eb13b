"""What is counted by day: people out, by list, and the day on which each obligation was met."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from sim.analysis.compare import Design, compare
from sim.cli.commands import main
from sim.engine.batch import reference_block, simulate_block
from sim.outcomes.by_day import ByDay
from sim.results.load import load
from tests.builders import plan_of, tiny

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
