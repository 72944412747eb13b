"""What a search of nine terms of January 2025 gains and costs: python tests/benchmarks/terms.py [--seeds 3] [--write].

Prints the table, and with --write puts it into docs/development/terms.md between its marks.

- The search of `ceasefire design nine-terms.yaml` with its defaults, against a Sobol design of 2,000 choices with 500
  replicates each, what the search may cost in all. Both go the same way from there on: what nothing dominates is judged
  on fresh draws, and told if it differs by a step.
- Hypervolume: of what is better than the deal as written in all three outcomes, in steps that matter, on fresh draws.
- Random deals: 2,000 choices drawn evenly, each with 2,000 replicates against each member of the front of the first
  seed, on draws that neither has seen. One dominates a member if it is better in every outcome beyond the interval of
  the paired difference (the least of its three z, one-sided), after Holm's adjustment for all pairs.
- Cost: processor time of the whole command's work, over that of a replicate of the deal as written.
- Eight behaviours: the same search for the worst of eight, in which everything may cost eight times
  that of one.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import ndtr

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sim.analysis.design.plans import Refused  # noqa: E402
from sim.analysis.design.run import AGAIN, POINTS, REPLICATES, design, prepared  # noqa: E402
from sim.analysis.design.search import Search  # noqa: E402
from sim.analysis.design.task import Task  # noqa: E402
from sim.engine.batch import simulate_block  # noqa: E402
from sim.statistics.estimate import holm  # noqa: E402
from tests.benchmarks.in_page import show  # noqa: E402

PAGE = ROOT / "docs" / "development" / "terms.md"
MARKS = ("<!-- terms -->", "<!-- end of terms -->")
SCENARIO = Path(__file__).with_name("nine-terms.yaml")
CHOICES = 2000
"""Of the Sobol design; and random deals."""
JUDGED = 2000
"""Replicates of a random deal, and of a member that it meets."""
OTHERS = (
    "no-guarantors", "coalition-veto", "pressure-fades-fast", "refuses-last-batch", "aid-withheld",
    "withdrawal-disputes-last", "strike-on-negotiators",
)  # fmt: skip
"""Of January 2025, whose behaviour each choice is tried under besides the baseline's."""
RANDOM_SEED = 2025
"""Of the random deals; the draws on which they meet the front have the seed after it."""


@dataclass
class Run:
    """One search: its front, what that gains, and what it cost."""

    content: dict[str, Any]
    volume: float
    worth: float

    @property
    def members(self) -> int:
        """How many choices are told."""
        return len(self.content["front"])

    @property
    def allowed(self) -> float:
        """What it may cost."""
        return CHOICES * REPLICATES + AGAIN * self.members


def hypervolume(points: np.ndarray, corner: np.ndarray) -> float:
    """The volume below a corner that points dominate, small being better: slices along the last outcome."""
    inside = points[np.all(points < corner, axis=1)]
    if not len(inside):
        return 0.0
    if inside.shape[1] == 1:
        return float(corner[0] - inside.min())
    inside = inside[np.argsort(inside[:, -1])]
    depths = np.diff([*inside[:, -1], corner[-1]])
    return sum(
        float(depth) * hypervolume(inside[: k + 1, :-1], corner[:-1]) for k, depth in enumerate(depths) if depth > 0
    )


def gained(content: dict[str, Any]) -> float:
    """Hypervolume of a front beyond the deal as written."""
    wanted = content["outcomes"]
    signs = np.array([1.0 if one["wanted"] == "small" else -1.0 for one in wanted])
    steps = np.array([one["step"] for one in wanted])
    points = np.array([[point["difference"][one["outcome"]]["mean"] for one in wanted] for point in content["front"]])
    return hypervolume(points.reshape(-1, len(wanted)) * signs / steps, np.zeros(len(wanted)))


def run(seed: int, *, is_even: bool, robust: str = "baseline", scenario: Path = SCENARIO) -> Run:
    """Search once, on one thread."""
    usual = Task.search
    if is_even:
        Task.search = evenly
    try:
        began = time.process_time()
        content = design(scenario, points=CHOICES if is_even else POINTS, seed=seed, robust=robust, workers=1).content
        spent = time.process_time() - began
    finally:
        Task.search = usual
    return Run(content, gained(content), spent / replicate_seconds())


def run_robust() -> Run:
    """Search once for the worst of eight behaviours."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = Path(folder) / "nine-terms.yaml"
        listed = ", ".join(f"january-2025/{name}" for name in OTHERS)
        scenario.write_text(f"{SCENARIO.read_text()}  behaviours: [{listed}]\n")
        return run(0, is_even=False, robust="worst", scenario=scenario)


def evenly(task: Task, points: int) -> Search:
    """As many points of a Sobol sequence, and no children."""
    start = 1 << (points - 1).bit_length()
    return Search(len(task.space.scales), task.steps, task.seed, start, key=task.space.key)


def replicate_seconds(n: int = 20_000) -> float:
    """Processor time of one replicate of the deal as written."""
    plan = prepared(SCENARIO, workers=1).plans[0].plan_of({})
    simulate_block(plan, 0, 0, 100)
    began = time.process_time()
    simulate_block(plan, 0, 0, n)
    return (time.process_time() - began) / n


def dominating(content: dict[str, Any], n: int = JUDGED) -> tuple[int, int]:
    """How many random deals are deals, and how many dominate a member of a front after Holm's adjustment."""
    task = prepared(SCENARIO, workers=1)
    plans, asked = task.plans[0], task.asked

    def values(settings: dict[str, Any]) -> np.ndarray | None:
        plan = plans.plan_of(settings)
        if isinstance(plan, Refused):
            return None
        return asked.values_of(plan, simulate_block(plan, RANDOM_SEED + 1, 0, n).outcomes) * asked.signs

    members = [values(point["changes"]) for point in content["front"]]
    chance = np.random.default_rng(RANDOM_SEED)
    raw, n_sound = [], 0
    for _ in range(CHOICES):
        one = values(task.space.settings(task.space.at(chance.random(len(task.space.scales)))))
        if one is None:
            continue
        n_sound += 1
        raw.append([chance_of_none(member - one) for member in members])
    adjusted = np.array(holm([p for row in raw for p in row])).reshape(n_sound, len(members))
    return n_sound, int(np.sum((adjusted < 0.05).any(axis=1)))


def chance_of_none(gain: np.ndarray) -> float:
    """The chance of such a gain in every outcome if there were none in one of them."""
    spread = gain.std(axis=0, ddof=1)
    z = gain.mean(axis=0) / np.where(spread > 0, spread / np.sqrt(len(gain)), np.inf)
    return float(1 - ndtr(z.min()))


def table(searches: list[Run], even: list[Run], sound: int, dominated: int, robust: Run) -> str:
    """The table of what was asked, and what was found."""
    mine, theirs = (np.array([one.volume for one in runs]) for runs in (searches, even))
    rows = [
        ("hypervolume beyond the deal as written, own search, by seed", ", ".join(f"{v:.2f}" for v in mine), ""),
        ("the same, Sobol design of 2,000 choices", ", ".join(f"{v:.2f}" for v in theirs), ""),
        ("mean of the search over that of the design", f"{mine.mean() / theirs.mean():.2f}", "at least 1.25"),
        ("farthest seed from the mean", f"{np.abs(mine / mine.mean() - 1).max():.0%}", "at most 15%"),
        ("members of the fronts", ", ".join(str(one.members) for one in searches), ""),
        (f"random deals that dominate a member, of {sound:,} sound ones, {JUDGED:,} runs each", str(dominated), "0"),
        (
            "cost in replicates of the deal as written, of what is allowed",
            ", ".join(f"{one.worth:,.0f} of {one.allowed:,.0f}" for one in searches),
            f"{CHOICES:,} x {REPLICATES} + {AGAIN:,} a member",
        ),
        (
            "cost with eight behaviours, of what is allowed",
            f"{robust.worth:,.0f} of {8 * robust.allowed:,.0f}",
            "8 times that",
        ),
        ("choices tried", ", ".join(f"{one.content['points']:,}" for one in (*searches, robust)), ""),
    ]  # fmt: skip
    lines = ["| question | measured | asked |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def main() -> None:
    """Measure, and print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="put the table into its page")
    asked = parser.parse_args()
    searches, even = [], []
    for seed in range(asked.seeds):
        for runs, is_even in ((searches, False), (even, True)):
            runs.append(run(seed, is_even=is_even))
            print(seed, "even" if is_even else "own", runs[-1].volume, runs[-1].members, runs[-1].worth, flush=True)
    sound, dominated = dominating(searches[0].content)
    print(sound, dominated, flush=True)
    robust = run_robust()
    print("robust", robust.members, robust.worth, flush=True)
    show(table(searches, even, sound, dominated, robust), PAGE, MARKS)


if __name__ == "__main__":
    main()
