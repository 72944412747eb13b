"""What a calibrated scenario has of the model: how many steps of a deal are on time, in mean and in spread."""

import numpy as np
import pytest

from sim.analysis.calibration.forecast import by_model
from sim.analysis.calibration.learning import learn_for, untold
from sim.analysis.calibration.posterior import rounded
from sim.analysis.calibration.run import calibrate
from sim.analysis.history.rows import Step, read_rows
from sim.engine.batch import simulate_block
from sim.outcomes.columns import columns
from sim.plan.compile import compile_plan
from sim.reading.resolve import resolve
from tests.builders import tiny

N_STEPS, N = 8, 4000
LADDER = "\n".join(
    f"    r{i}: {{kind: release, by: north, due: day {2 * i}, amount: {{held: 1}}}}" for i in range(1, N_STEPS + 1)
)


def ladder(told):
    """Eight releases without gates, whose debtor has these chances; nobody complains."""
    at = "parties.north.kinds.release"
    return tiny(f"""
deal:
  stocks: {{held: {{list: hostages, of: people, held_by: north, count: {N_STEPS}}}}}
  obligations:
{LADDER}
behaviour:
  parties:
    north: {{kinds: {{release: {{late: 0.1, refused: 0.1, delay: {{median: 3 d, p95: 9 d}}}}}}}}
    south: {{complains: 0.0}}
uncertain:
  {at}.refused: {{quantiles: {rounded(told.refused)}}}
  {at}.late: {{quantiles: {rounded(told.late)}, moves_with: {at}.refused}}
""")


DEAL = f"""
deal: ladder
title: Eight releases
starts: 2024-03-01T00:00+00:00
parties: {{north: The North, south: The South}}
stocks: {{held: {{of: people, held_by: north, count: {N_STEPS}, list: hostages, assumption: a}}}}
phases: {{one: {{lasts: 60 d, assumption: a}}}}
obligations:
{LADDER.replace("    r", "  r").replace("1}}", "1}, assumption: a}")}
"""
LATENESS_ALONE = {
    "behaviour.incidents": {},
    "behaviour.parties.south.complains": 0.0,
    "behaviour.parties.north.kinds.release.ahead": 0.0,
}
"""Nothing ends the truce, nobody complains, and no step brings the next one forward, of which rows do not tell."""


@pytest.mark.slow
@pytest.mark.statistical
@pytest.mark.parametrize("pair", [None, "israel-hamas", "yemen"])
def test_the_written_table_gives_the_variance_of_the_model(pair, tmp_path):
    """The file that `calibrate` writes, run through the engine: the number on time in mean and variance."""
    file = tmp_path / "deal.yaml"
    file.write_text(DEAL + (f"pair: {pair}\n" if pair else ""))
    calibration = calibrate([], file, draws=100)
    table = calibration.calibrated.write(tmp_path / "behaviour.yaml")
    assert table == tmp_path / "behaviour.csv"
    scenario = resolve(tmp_path / "behaviour.yaml", LATENESS_ALONE)
    assert "parties.north.kinds.release.late" in scenario.posterior.columns
    plan = compile_plan(scenario)
    found = simulate_block(plan, 5, 0, N).outcomes[:, columns(plan).index("on_time_north")]
    steps = [Step("d", "p", "a", "s", 0, False, False, None, ()) for _ in range(N_STEPS)]
    generator = np.random.Generator(np.random.Philox(key=9))
    expected = (by_model(calibration.learning.people, steps, pair, generator) == 0).sum(axis=1)
    assert found.mean() == pytest.approx(expected.mean(), abs=4 * 3.5 * np.sqrt(2 / N))
    # the variance of a sample variance is below 2/N of a normal one: both are samples, bounded in 0 to 8
    assert found.var() == pytest.approx(expected.var(), rel=0.15)
    assert found.var() > 1.5 * N_STEPS * 0.25 * (pair is None)


@pytest.mark.slow
@pytest.mark.statistical
@pytest.mark.parametrize("pair", [None, "israel-hamas", "yemen"])
def test_as_many_steps_of_a_ladder_are_on_time_as_in_the_model(pair):
    rows = read_rows()
    learning = learn_for(ladder(untold("people")).deal.model_copy(update={"pair": pair}), rows)
    plan = compile_plan(ladder(learning.told("people")))
    found = simulate_block(plan, 5, 0, N).outcomes[:, columns(plan).index("on_time_north")]
    steps = [Step("d", "p", "a", "s", 0, False, False, None, ()) for _ in range(N_STEPS)]
    generator = np.random.Generator(np.random.Philox(key=9))
    expected = (by_model(learning.people, steps, pair, generator) == 0).sum(axis=1)
    # both are samples of 4,000 of a number with a standard deviation of at most 3.5
    assert found.mean() == pytest.approx(expected.mean(), abs=4 * 3.5 * np.sqrt(2 / N))
    assert found.std() == pytest.approx(expected.std(), rel=0.08)
    assert found.var() > 1.5 * N_STEPS * 0.25 * (pair is None)
