"""What an event costs, against another commit: python tests/benchmarks/rules.py COMMIT [SCENARIO...].

Both run in processes of their own, each from its own tree and compiled in its own way, and take turns on the same
replicates. Histories of two commits may differ, so that time is divided by the lines of their traces. The ratio is the
median of the turns, with the order statistics that hold it in nine of ten cases.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.regression.moved import checked_out  # noqa: E402

SCENARIOS = ("january-2025/baseline", "november-2023/baseline", "october-2025/baseline")
TURNS, LOW, HIGH = 21, 6, 14
"""Of 21 values the seventh and the fifteenth hold the median in 92 of 100 cases."""
COUNTED = 100
"""Replicates of which the lines of the traces are counted."""
SECONDS = 0.4
"""Processor time of a turn, about."""
WORKER = """
import sys, time
try:
    from sim.reading.resolve import resolve
except ImportError:  # an earlier commit
    from sim.deal.resolve import resolve
from sim.engine.batch import simulate_block
from sim.engine.reference import ReferenceEngine
from sim.plan.compile import compile_plan

def timed(n):
    start = time.process_time()
    simulate_block(plan, 0, 0, n)
    return time.process_time() - start

plan = compile_plan(resolve(sys.argv[1]))
counted = int(sys.argv[2])
events = sum(len(ReferenceEngine(plan).run(0, replicate).trace) for replicate in range(counted)) / counted
timed(10)
n = max(counted, int(1000 * float(sys.argv[3]) / timed(1000)))
print(events, n, flush=True)
for line in sys.stdin:
    print(timed(n) / (n * events), flush=True)
"""


class Engine:
    """The batch engine of one tree in a process of its own."""

    def __init__(self, tree: Path, scenario: str):
        command = [sys.executable, "-c", WORKER, scenario, str(COUNTED), str(SECONDS)]
        self._process = subprocess.Popen(
            command, cwd=tree, env=os.environ | {"PYTHONPATH": str(tree)}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.events = float(self._read().split()[0])

    def _read(self) -> str:
        assert self._process.stdout is not None
        if line := self._process.stdout.readline():
            return line
        raise SystemExit("a process that measures has ended early")

    def turn(self) -> float:
        """Seconds an event in one turn."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        return float(self._read())

    def close(self) -> None:
        """Let the process end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def compare(before: Path, now: Path, scenario: str) -> str:
    """One line: nanoseconds an event on both sides, and their ratio with its interval."""
    engines = Engine(before, scenario), Engine(now, scenario)
    turns = [(engines[0].turn(), engines[1].turn()) for _ in range(TURNS)]
    for engine in engines:
        engine.close()
    ratios = sorted(new / old for old, new in turns)
    old, new = (1e9 * statistics.median(turn[side] for turn in turns) for side in (0, 1))
    lines = f"{engines[0].events:.0f} and {engines[1].events:.0f} events a replicate"
    interval = f"{ratios[LOW]:.3f} to {ratios[HIGH]:.3f}"
    return f"{scenario:28s} {old:6.1f} ns, now {new:6.1f} ns: {statistics.median(ratios):.3f} ({interval}); {lines}"


def main(arguments: list[str]) -> int:
    """Compare this tree with a commit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commit")
    parser.add_argument("scenario", nargs="*", default=SCENARIOS)
    asked = parser.parse_intermixed_args(arguments)
    with checked_out(asked.commit) as tree:
        for scenario in asked.scenario or SCENARIOS:
            print(compare(tree, ROOT, scenario), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
