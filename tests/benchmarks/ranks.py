"""Simulation-based calibration of the model in three levels: python tests/benchmarks/ranks.py [--write] [SETS].

Parameters are drawn from their priors, classes of the rows of past deals from these, and the parameters are estimated
again (Talts et al. 2018, arXiv:1804.06788). If the posterior is right, the places of the truth among its draws are
uniform: chi-square over ten bins, Holm's correction over the parameters, and ranges of 90 % that hold it in 85 to 95 of
100 sets. The key was fixed before the first run. --write puts the table into docs/development/backtest.md.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy import stats

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sim.analysis.calibration.forecast import chances  # noqa: E402
from sim.analysis.calibration.ordinal import PARAMETERS, PRIOR_MEAN, PRIOR_SD, count, sample  # noqa: E402
from sim.analysis.history.rows import Step, read_rows  # noqa: E402
from sim.statistics.estimate import holm  # noqa: E402
from tests.benchmarks.in_page import show  # noqa: E402

PAGE = ROOT / "docs" / "development" / "backtest.md"
MARKS = ("<!-- ranks -->", "<!-- end of ranks -->")
KEY = 2026
SETS = 300
BINS = 10


def draw_truth(generator: np.random.Generator) -> np.ndarray:
    """Parameters from their priors."""
    theta = generator.normal(PRIOR_MEAN, PRIOR_SD)
    theta[3:5] = np.abs(theta[3:5])
    return theta


def draw_rows(theta: np.ndarray, rows: tuple[Step, ...], generator: np.random.Generator) -> list[Step]:
    """The same steps of the same agreements and pairs, with classes that follow the model."""
    of_pair = {pair: theta[3] * generator.standard_normal() for pair in sorted({step.pair for step in rows})}
    keys = sorted({(step.pair, step.deal, step.agreement) for step in rows})
    effect = {key: of_pair[key[0]] + theta[4] * generator.standard_normal() for key in keys}
    drawn = []
    for step in rows:
        eta = np.array([effect[step.pair, step.deal, step.agreement]])
        chance = chances(theta[None], eta, is_open=step.is_open, is_one_sided=step.is_one_sided)[0]
        drawn.append(replace(step, outcome=int((np.cumsum(chance)[:-1] < generator.random()).sum())))
    return drawn


def places(sets: int, key: int = KEY) -> np.ndarray:
    """The place of each true parameter among the draws of its posterior, 0 to 1, shape (sets, 7)."""
    rows, found = read_rows().people, []
    for number in range(sets):
        generator = np.random.Generator(np.random.Philox(key=[key, number]))
        theta = draw_truth(generator)
        draws = sample(count(draw_rows(theta, rows, generator)), number)
        found.append((draws < theta).mean(axis=0))
        if sys.stderr.isatty() or number % 20 == 19:
            print(f"{number + 1} sets", file=sys.stderr, flush=True)
    return np.array(found)


def table(found: np.ndarray) -> str:
    """By parameter: chi-square of the places, its p, that of Holm, and how many ranges of 90 % hold the truth."""
    tests = [stats.chisquare(np.histogram(column, BINS, (0, 1))[0]) for column in found.T]
    adjusted = holm([float(test.pvalue) for test in tests])
    lines = [f"| parameter ({len(found)} sets) | chi-square, {BINS - 1} df | p | p after Holm | 90 % range holds |"]
    lines.append("|---|---|---|---|---|")
    for i, name in enumerate(PARAMETERS):
        held = np.mean((found[:, i] > 0.05) & (found[:, i] < 0.95))
        lines.append(
            f"| `{name}` | {tests[i].statistic:.1f} | {tests[i].pvalue:.2f} | {adjusted[i]:.2f} | {held:.1%} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the table, or write it into its page."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    show(table(places(numbers[0] if numbers else SETS)), PAGE, MARKS)


if __name__ == "__main__":
    main()
