"""Rules that somebody calls from Python."""

import math
import subprocess
import sys

import pytest

from tests.faults.breaking import environment

PROGRAM = """
import numpy as np
import sim.plan.draws
from sim.rules.chance import chance_under
print(sim.plan.draws.lognormal_at(0.5, 100.0, 0.3))
print(sim.plan.draws.exponential_days(0.5, 2.0))
print(chance_under(0.5, 2.0))
try:
    print(len(sim.plan.draws.draw_block(np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(0))))
except NotImplementedError as error:
    print("refused")
"""


@pytest.mark.case(
    "E18", before="a rule called from Python ended the process", after="it runs as plain Python, or says that it cannot"
)
def test_a_rule_called_from_python_does_not_end_the_process():
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment(), capture_output=True, timeout=200, check=False
    )
    assert told.returncode == 0, told.stderr
    median, days, chance, last = told.stdout.decode().split()
    assert int(median) == 100
    assert float(days) == pytest.approx(math.log(2) / 2, rel=1e-12)
    assert float(chance) == 0.75
    assert last in ("4", "refused")
