"""Sweeps: axes as people write them, designs, and what cells, effects and indices say."""

import json

import numpy as np
import pytest

import sim
from sim.analysis.sweeps import sweep
from sim.analysis.sweeps.axes import Axis, axes_of
from sim.analysis.sweeps.design import ends_of, points_of
from sim.analysis.sweeps.sensitivity import indices_of
from sim.errors import DealError, ResultsError
from sim.plan.compile import compile_plan
from sim.reading.problem import DocumentError
from sim.reading.resolve import Documents, resolve
from sim.results.replay import replay
from sim.results.summary import accumulator_of, summary_of

BASELINE = "january-2025/baseline"
SETTLES = "behaviour.mediators.settles"
TOLERANCE = "behaviour.parties.hamas.tolerance"


@pytest.fixture(scope="module")
def baseline():
    return resolve(BASELINE)


@pytest.mark.parametrize(
    ("text", "unit", "written"),
    [
        (f"{TOLERANCE}=6 h:48 h:5", "minutes", ["6 h", "16 h 30 min", "1 d 3 h", "1 d 13 h 30 min", "2 d"]),
        (f"{SETTLES}=0:1:3", "", [0, 0.5, 1]),
        (f"{SETTLES}=0.3,0.1", "", [0.3, 0.1]),
        (f"{SETTLES}=0.3", "", [0.3]),
        ("deal.stocks.soldiers.count=1:4:2", "count", [1, 4]),
        ("deal.obligations.rashid.due=day 7:day 9:3", "day", ["day 7", "day 8", "day 9"]),
        ("horizon=60 d,0 min", "minutes", ["60 d", "0 min"]),
    ],
)
def test_an_axis_is_read_with_its_unit(baseline, text, unit, written):
    if text.startswith("deal.stocks"):
        group = next(iter(baseline.deal.stocks))
        text = text.replace("soldiers", group)
    if text.startswith("deal.obligations"):
        key = next(key for key, o in baseline.deal.obligations.items() if o.due.startswith("day "))
        text = text.replace("rashid", key)
    (axis,) = axes_of(baseline, [text])
    assert axis.unit == unit
    assert [axis.written(number) for number in axis.numbers] == written


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("settles", "an axis is written path=lo:hi:k or path=a,b,c"),
        (f"{SETTLES}=", "an axis is written path=lo:hi:k or path=a,b,c"),
        (f"{SETTLES}=1,,2", "a value is missing"),
        (f"{SETTLES}=0:1:1", "a range has 2 to 10000 values"),
        (f"{SETTLES}=0:1:99999999999999", "a range has 2 to 10000 values"),
        (f"{SETTLES}=0:1:2:3", "a range is lo:hi:k"),
        (f"{SETTLES}=often,seldom", "not a number, a duration"),
        (f"{SETTLES}=nan,1", "not a number, a duration"),
        (f"{SETTLES}=6 h,1", "the values of an axis need one unit"),
        (f"{TOLERANCE}=1:2:3", "the values of an axis need one unit, that of its path"),
        ("deal.phases.on.lasts=6 d:8 d:2", r"nearest path is deal\.phases\.one\.lasts"),
        ("deal.title=1,2", "no number, duration or day"),
        ("deal.phases=1,2", "no number, duration or day"),
    ],
)
def test_a_wrong_axis_says_what_is_wrong(baseline, text, said):
    with pytest.raises(DocumentError, match=said):
        axes_of(baseline, [text])


def test_an_axis_given_twice_is_refused(baseline):
    with pytest.raises(DocumentError, match="given twice"):
        axes_of(baseline, [f"{SETTLES}=1,2", f"{SETTLES}=3,4"])


def test_a_sweep_without_axes_is_refused(baseline):
    with pytest.raises(DocumentError, match="a sweep needs an axis"):
        axes_of(baseline, [])


@pytest.mark.parametrize(
    ("vary", "said"),
    [
        ("behaviour.parties.hams.tolerance=6 h,7 h", "did you mean hamas"),
        ("behaviour.parties.hamas.tolerence=6 h,7 h", "did you mean tolerance"),
        (f"{SETTLES}=0.5,2", r"--vary:1:1: out-of-range behaviour\.mediators\.settles"),
    ],
)
def test_a_value_that_no_document_takes_is_said_before_anything_runs(vary, said):
    with pytest.raises(DocumentError, match=said):
        sweep(BASELINE, [vary], n=10**9)


def test_no_replicates_are_refused():
    with pytest.raises(DealError, match="1 replicate or more, got 0"):
        sweep(BASELINE, {SETTLES: "0,1"}, n=0)


UNIT = Axis("x", "", (0.0, 1.0), True)
STEPS = Axis("y", "count", (1.0, 2.0, 4.0), False)


def test_a_grid_has_every_combination():
    assert points_of([UNIT, STEPS], "grid", None, 0) == [(a, b) for a in (0.0, 1.0) for b in (1.0, 2.0, 4.0)]


def test_a_latin_hypercube_has_one_point_in_each_stretch_of_each_axis():
    points = np.array(points_of([UNIT, UNIT, UNIT], "lhs", 8, 1))
    assert points.shape == (8, 3)
    for axis in points.T:
        assert sorted((axis * 8).astype(int)) == list(range(8))


def test_a_sobol_design_crosses_one_axis_at_a_time():
    points = np.array(points_of([UNIT, UNIT], "sobol", 4, 1)).reshape(4, 4, 2)
    a, b, with_first, with_second = points
    np.testing.assert_array_equal(with_first, np.stack([b[:, 0], a[:, 1]], axis=1))
    np.testing.assert_array_equal(with_second, np.stack([a[:, 0], b[:, 1]], axis=1))


def test_the_ends_of_an_axis_leave_the_others_at_their_centre():
    assert ends_of([UNIT, STEPS]) == [((0.0, 2.0), (1.0, 2.0)), ((0.5, 1.0), (0.5, 4.0))]


@pytest.mark.parametrize(
    ("design", "n_points", "said"),
    [
        ("grid", None, "10000 cells, at most 9999 are allowed; .* --max-cells"),
        ("grid", 4, "a grid has as many cells"),
        ("sobol", 12, "power of 2 .* such as 8 or 16, got 12"),
        ("lhs", 1, "2 points or more, got 1"),
        ("lhs", 10_000, "10000 cells"),
    ],
)
def test_a_design_that_cannot_be_is_refused(design, n_points, said):
    long = Axis("x", "", tuple(map(float, range(100))), True)
    with pytest.raises(DealError, match=said):
        points_of([long, long], design, n_points, 0, most_cells=9999)


def test_sobol_indices_find_the_shares_of_a_known_function():
    """f = x + 2y on the unit square: shares 1/5 and 4/5, nothing joint."""
    points = np.array(points_of([UNIT, UNIT], "sobol", 1024, 3))
    means = {"f": points @ [1.0, 2.0], "constant": np.ones(len(points))}
    found = indices_of(means, ["x", "y"], 0)
    assert list(found) == ["f"]
    for index in (found["f"].first["x"], found["f"].total["x"]):
        assert index.value == pytest.approx(0.2, abs=0.02)
        assert index.low < 0.2 < index.high
    assert found["f"].first["y"].value == pytest.approx(0.8, abs=0.02)


def test_a_cell_is_what_running_its_scenario_gives():
    result = sweep(BASELINE, {SETTLES: "0.2,0.8"}, n=60, seed=4)
    plan = compile_plan(resolve(BASELINE, {SETTLES: 0.8}))
    from sim.engine.batch import run_blocks

    accumulator = accumulator_of(plan)
    for block in run_blocks(plan, 4, 60):
        accumulator.add(block.outcomes, block.histogram, block.first)
    assert result.cells[1].values == {SETTLES: 0.8}
    assert result.cells[1].summary == summary_of(accumulator)


def test_a_sweep_is_a_table_of_cells_and_outcomes():
    result = sweep(BASELINE, {SETTLES: "0.2,0.8", "deal.obligations.batch_2.due": "day 4,day 7"}, n=1)
    table = result.table()
    assert table.columns == [
        "cell", SETTLES, "deal.obligations.batch_2.due", "outcome", "mean", "low", "high", "n",
    ]  # fmt: skip
    rows = table.filter("outcome = 'end_day'").fetchall()
    means = [cell.summary["estimates"]["end_day"]["mean"] for cell in result.cells]
    assert rows[1] == ("cell-00001", 0.2, "day 7", "end_day", means[1], None, None, 1)
    assert [row[4] for row in rows] == means
    assert len(table) == 4 * len(result.cells[0].summary["estimates"])


def test_effects_are_the_difference_of_the_cells_at_the_ends():
    result = sweep(BASELINE, {SETTLES: "0:1:2"}, n=60, seed=4)
    low, high = (cell.summary["estimates"]["truce_days"]["mean"] for cell in result.cells)
    (effect,) = result.effects
    assert effect.differences["truce_days"]["mean"] == pytest.approx(high - low)
    assert effect.differences["truce_days"]["low"] < effect.differences["truce_days"]["high"]


def test_the_scenario_brings_its_own_axes():
    result = sweep("january-2025/talks-start-day-4", n=2)
    assert [cell.values["behaviour.talks.phase_two.opens"] for cell in result.cells][:2] == ["day 4", "day 10"]


@pytest.mark.slow
def test_a_sobol_sweep_reports_indices_and_progress_in_plain_data():
    seen = []
    result = sweep(
        BASELINE, [f"{SETTLES}=0.1:0.9", "behaviour.parties.hamas.complains=0:1"],
        design="sobol", points=4, n=20, progress=lambda done, total: seen.append((done, total)),
    )  # fmt: skip
    data = json.loads(json.dumps(result.as_json(), allow_nan=False))
    assert len(data["cells"]) == 16
    assert set(data["sobol"]["truce_days"]) == {SETTLES, "behaviour.parties.hamas.complains"}
    assert [done for done, _ in seen] == list(range(1, seen[-1][1] + 1))


def test_a_stored_sweep_is_read_resumed_and_replayed(tmp_path):
    vary = {TOLERANCE: "6 h:48 h:2", SETTLES: "0.2,0.8"}
    first = sweep(BASELINE, vary, n=30, folder=tmp_path / "results")
    again = sweep(BASELINE, vary, n=30, folder=tmp_path / "results", resume=True)
    assert again == first
    assert first.cells == sweep(BASELINE, vary, n=30).cells
    results = sim.load(tmp_path / "results")
    rows = results.table().fetchnumpy()
    chosen = (rows[TOLERANCE] == 2880) & (rows[SETTLES] == 0.2)
    assert chosen.sum() == 30
    cell = next(c for c in first.cells if c.values == {TOLERANCE: "2 d", SETTLES: 0.2})
    assert rows["truce_days"][chosen].mean() == pytest.approx(cell.summary["estimates"]["truce_days"]["mean"])
    assert results.estimates[cell.key] == cell.summary
    assert replay(tmp_path / "results", 7, cell.key).scenario == cell.key


def test_a_sweep_over_other_values_does_not_continue(tmp_path):
    sweep(BASELINE, {SETTLES: "0.2,0.8"}, n=5, folder=tmp_path / "results")
    with pytest.raises(ResultsError, match=r"extra\.axes\.0\.numbers\.1 was 0.8, is 0.9"):
        sweep(BASELINE, {SETTLES: "0.2,0.9"}, n=5, folder=tmp_path / "results", resume=True)


def test_documents_read_once_resolve_as_files_read_anew():
    documents = Documents.of(BASELINE)
    for settings in ({SETTLES: 0.3}, {"deal.phases.one.lasts": "40 d"}, {}):
        assert documents.resolve(settings) == resolve(BASELINE, settings)
