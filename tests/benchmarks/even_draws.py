"""What `--draws sobol` saves: `python tests/benchmarks/even_draws.py [SCENARIO ...] [--repeats N] [-n N]`.

For each scenario the same question is asked N times with independent draws and N times with Sobol numbers, each time
with another seed. Printed is the ratio of the replicates that give the same half-width (its 90 % interval is a
bootstrap over repeats; the widening by 32 scrambles is in the half-widths), and how often the interval of the Sobol run
covers the mean of all independent replicates. By default all scenarios of the catalogue.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sim.analysis.draws.ranking import ranking_of  # noqa: E402
from sim.document.measured import PEOPLE  # noqa: E402
from sim.engine.batch import simulate_outcomes  # noqa: E402
from sim.outcomes.columns import columns  # noqa: E402
from sim.plan.compile import compile_plan  # noqa: E402
from sim.plan.ranked import drawn_by  # noqa: E402
from sim.reading.catalogue import scenarios  # noqa: E402
from sim.reading.resolve import resolve  # noqa: E402
from sim.statistics.moments import Moments  # noqa: E402

FIRST_SEED = 20_261_130
OUTCOMES = (*PEOPLE, "captive_days", "end_day")
HEAD = """# What Sobol numbers save

Written by `python tests/benchmarks/even_draws.py`. Ratio: replicates with Sobol numbers for the half-width of one
independent replicate, with its 90 % interval; covered: repeats in which the 95 % interval covers
the mean of all independent ones.

| scenario | outcome | repeats of n | ratio | covered |
|---|---|---|---|---|
"""


def asked(plan, names, seed, n):
    """Means and half-widths of the outcomes in one run."""
    rows = simulate_outcomes(plan, seed, 0, n)
    moments = Moments(names, n_scrambles=plan.n_scrambles)
    moments.add(rows[:, [columns(plan).index(name) for name in names]])
    found = [moments.estimate(place) for place in range(len(names))]
    return [(one.value, one.half_width) for one in found]


def lines(scenario, repeats, n):
    """A line of the table for each outcome that varies."""
    plain = compile_plan(resolve(scenario))
    ranking = ranking_of(scenario)
    if not ranking.draws:
        return
    names = tuple(name for name in OUTCOMES if name in columns(plain))
    even = drawn_by(plain, ranking)
    seeds = range(FIRST_SEED, FIRST_SEED + repeats)
    one = np.array([asked(plain, names, seed, n) for seed in seeds])
    other = np.array([asked(even, names, seed + repeats, n) for seed in seeds])
    drawn = np.random.default_rng(1).integers(0, repeats, (2, 1000, repeats))
    for place, name in enumerate(names):
        squares = one[:, place, 1] ** 2, other[:, place, 1] ** 2
        if squares[0].max() == 0:
            continue
        ratio = squares[1].mean() / squares[0].mean()
        again = squares[1][drawn[1]].mean(1) / np.maximum(squares[0][drawn[0]].mean(1), 1e-300)
        low, high = np.quantile(again, (0.05, 0.95))
        covered = (np.abs(other[:, place, 0] - one[:, place, 0].mean()) <= other[:, place, 1]).mean()
        yield f"| {scenario} | {name} | {repeats} of {n:,} | {ratio:.2f} ({low:.2f} to {high:.2f}) | {covered:.1%} |"


def main():
    """Print the table, and write it to a page where one is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*")
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("-n", type=int, default=8192)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    found = []
    for scenario in options.scenarios or [entry.name for entry in scenarios()]:
        for line in lines(scenario, options.repeats, options.n):
            print(line, flush=True)
            found.append(line)
    if options.out:
        options.out.write_text(HEAD + "\n".join(found) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
