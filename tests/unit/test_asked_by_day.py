"""Outcomes by the end of a day: the same in both engines, in the histogram by day, and at the end of the replicate."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from sim.analysis.compare import Design, Source, StudyError, compare, stored
from sim.cli.commands import main
from sim.document.measured import PEOPLE
from sim.engine.batch import reference_block, simulate_block
from sim.errors import ResultsError
from sim.outcomes.asked import asking, counted_by_day
from sim.outcomes.by_day import ByDay
from sim.outcomes.columns import columns
from sim.plan.compile import compile_plan
from sim.reading.resolve import resolve
from sim.results.folder import verify
from sim.results.load import load
from sim.results.replay import replay
from tests.builders import plan_of

KEPT = """
deal:
  groups:
    held: {side: hostages, held_by: north, count: 3}
    jailed: {side: prisoners, held_by: south, count: 9}
  obligations:
    truce: {kind: truce, by: south, due: day 1}
    first: {kind: release, by: north, amount: {held: 1}, due: day 3}
    second: {kind: release, by: north, amount: {held: 2}, due: day 8 23:59}
    rifles: {kind: arms, by: north, units: 40, due: day 9 00:00}
    back: {kind: return, by: south, amount: {jailed: 4}, due: day 5}
"""
LIVING = "hostages_living_released"


def row_of(plan, names, run=simulate_block):
    """One row's columns of these names, which replicate 0 has."""
    asked = asking(plan, names)
    (row,) = run(asked, 0, 0, 1).outcomes
    return [int(row[columns(asked).index(name)]) for name in names]


@pytest.mark.parametrize("run", [simulate_block, reference_block])
def test_what_a_kept_deal_has_done_by_each_day(run):
    plan = plan_of(KEPT)
    days = (0, 2, 3, 7, 8, 9, 10, 50, 99999)
    assert row_of(plan, [f"{LIVING} by day {day}" for day in days], run) == [0, 0, 1, 1, 3, 3, 3, 3, 3]
    assert row_of(plan, [f"released_jailed by day {day}" for day in (4, 5)], run) == [0, 4]
    assert row_of(plan, [f"delivered_rifles by day {day}" for day in (8, 9)], run) == [0, 40]
    steps = ("steps_done", "steps_done_north", "steps_done_south")
    assert row_of(plan, [f"{of} by day 8" for of in steps], run) == [4, 2, 2]  # a truce is done once it begins


@pytest.mark.parametrize(
    "name", ["january-2025/deaths-in-captivity", "november-2023/baseline", "october-2025/baseline"]
)
def test_rows_agree_with_the_histogram_by_day_and_with_the_end(name):
    plan = compile_plan(resolve(name))
    by_day = ByDay.of(plan)
    days = (1, 5, 19, 42, by_day.n_days)
    asked = asking(plan, [f"{of} by day {day}" for of in counted_by_day(plan) for day in days])
    block, names = simulate_block(asked, 3, 0, 60), columns(asked)
    plain = simulate_block(plan, 3, 0, 60)
    assert np.array_equal(block.outcomes[:, : plain.outcomes.shape[1]], plain.outcomes)  # nothing else moves
    for place, of in enumerate(PEOPLE):
        released = by_day.released(block.histogram, place)
        for day in days:
            counts = np.bincount(block.outcomes[:, names.index(f"{of} by day {day}")], minlength=released.shape[1])
            assert counts.tolist() == released[min(day, by_day.n_days)].tolist()
    for of in counted_by_day(plan):
        if of in names:
            last = block.outcomes[:, names.index(f"{of} by day {by_day.n_days}")]
            assert np.array_equal(last, block.outcomes[:, names.index(of)])
    assert np.array_equal(reference_block(asked, 3, 0, 4).outcomes, block.outcomes[:4])


def test_a_paired_interval_a_precision_and_an_example_may_be_asked_of_a_day():
    name = f"{LIVING} by day 20"
    baseline = resolve("january-2025/baseline")
    later = resolve("january-2025/baseline", {"deal.obligations.batch_2.due": "day 21"})
    found = compare(Design(baseline, [later], 400, outcomes=(name,)))
    (variant,) = found.variants
    assert variant.example_outcome == name
    assert -4 <= variant.differences[name].estimate.low <= variant.differences[name].estimate.high < -2
    precise = compare(Design(baseline, [later], 3000, precision={name: 0.5}))
    assert precise.is_precise
    with pytest.raises(StudyError, match=r"called 'hostages_living' in every scenario; did you mean hostages_living_"):
        compare(Design(baseline, [later], 10, outcomes=("hostages_living by day 20",)))


def test_a_folder_keeps_them_and_replays_them(tmp_path):
    name, folder = f"{LIVING} by day 20", tmp_path / "kept"
    pair = resolve("january-2025/baseline"), [resolve("january-2025/no-guarantors")]
    told = compare(Design(*pair, 100, outcomes=(name,)), Source(folder=folder))
    results = load(folder)
    rows = results.table().select(f'scenario, "{name}"').fetchall()
    first = [value for scenario, value in rows if scenario == results.scenarios[0]]
    assert np.mean(first) == pytest.approx(told.baseline.estimates[name].value)
    assert verify(folder) == []
    assert replay(folder, 7).outcomes.shape == (len(columns(results.plan())),)
    again = compare(Design(*pair, 100, outcomes=(name,)), Source(folder=folder, resume=True))
    assert again.as_json() == stored(results).as_json() == told.as_json()
    with pytest.raises(ResultsError, match="begun with something else"):
        compare(Design(*pair, 100), Source(folder=folder, resume=True))


def test_a_sweep_tells_its_effect_on_a_day():
    name = f"{LIVING} by day 20"
    given = ["sweep", "january-2025/baseline", "--vary", "deal.obligations.batch_2.due=day 7,day 21", "-n", "60"]
    result = CliRunner().invoke(main, [*given, "--outcome", name, "--json"])
    assert result.exit_code == 0, result.output
    (bar,) = json.loads(result.stdout)["tornado"]
    assert bar["differences"][name]["high"] < -2
    shown = CliRunner().invoke(main, [*given, "--outcome", name])
    assert "Hostages released, living, by day 20" in shown.output
    wrong = CliRunner().invoke(main, [*given, "--outcome", "hostages_living by day 20"])
    assert wrong.exit_code == 2
    assert "did you mean hostages_living_released?" in wrong.output
