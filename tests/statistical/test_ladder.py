"""What a calibrated scenario has of the model: how many steps of a deal are on time, in mean and in spread."""

import numpy as np
import pytest

from sim.analysis.calibration.forecast import by_model
from sim.analysis.calibration.learning import learn_for, untold
from sim.analysis.calibration.posterior import rounded
from sim.analysis.history.rows import Step, read_rows
from sim.engine.batch import simulate_block
from sim.outcomes.columns import columns
from sim.plan.compile import compile_plan
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
