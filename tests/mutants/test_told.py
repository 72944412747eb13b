"""A mutant is noticed by the first deal that it tells or measures otherwise, and by none if it changes nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ASK = """
from tests.mutants.mutant import HAND, Mutant
from tests.mutants.told import can_be_put_in, noticed, replicates
from tests.builders import tiny
from tests.told.by_hand import BY_HAND
deals = list(replicates(HAND, tiny(BY_HAND["one release"]), 2))
wrong = [
    Mutant("told", "grace_ends", "due + grace", "due + grace", "nothing"),
    Mutant("told", "hand_over", "state.now + plan.transit[obligation]", "state.now", "people arrive at once"),
    Mutant("measured", "measure_replicate", "day_of($plan, $end)", "day_of($plan, $end) - 1", "the day before"),
    Mutant("class", "Activation.__init__", "1 + clock", "4096 - clock", "not a rule"),
]
for mutant in wrong:
    print(noticed(mutant, deals) if can_be_put_in(mutant) else "no rule")
"""


@pytest.mark.slow
def test_what_is_told_or_measured_otherwise_is_noticed():
    done = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, text=True, check=True)
    nothing, told, measured, no_rule = done.stdout.splitlines()
    assert nothing == "('', '')"
    assert "test_a_deal_by_hand_is_told_alike" in told
    assert "HandoverArrived" in told or "released" in told
    assert "end_day: program" in measured
    assert no_rule == "no rule"
