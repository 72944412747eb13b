"""The chance of a rare goal by multilevel splitting: levels from a pilot, an estimate without bias, an example."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.analysis.deviations.goals import Goal, read_goal
from sim.analysis.rare.used import used_words
from sim.document.scenario import ResolvedScenario
from sim.engine.splitting import A_PHASE, MOST_LEVELS, split_block
from sim.errors import EngineError
from sim.native.entry import for_rules
from sim.outcomes.asked import STEPS, counted_by_day
from sim.outcomes.columns import columns
from sim.outcomes.so_far import OF_STEPS
from sim.plan.compile import compile_plan
from sim.plan.limits import MAX_EVENTS
from sim.plan.plan import NO_TABLE, Plan
from sim.plan.record import STATE
from sim.statistics.estimate import share_estimate
from sim.statistics.moments import Array

PILOT = 4000
"""Replicates of each stage of the pilot."""
PILOT_SEED = 2**63
"""Added to a run's seed, modulo 2**64: the pilot decides on levels and must not count."""
PASSED, MOST_COPIES, ROWS = 0.15, 32, 40_000
"""A level is passed by at most this share of those before it; copies at a level, and rows in memory, at most."""
HALF_WIDTH = 0.2
"""Of the estimate, relative to itself, that a run is planned for."""
MOST_WORTH = 400_000
"""Replicates' worth of work at most."""
Z = 1.96


@dataclass(frozen=True)
class Levels:
    """Where histories part.

    Attributes
    ----------
    kind, subject : int
        What is counted on the way to the goal, as in `sim.outcomes.so_far`.
    at, copies : tuple of int
        Counts, and the histories that go on from there.
    """

    kind: int
    subject: int
    at: tuple[int, ...] = ()
    copies: tuple[int, ...] = ()


@dataclass(frozen=True)
class Histories:
    """Histories of consecutive replicates: a row of each array for each history."""

    outcomes: Array
    paths: Array
    events: int

    @property
    def replicate(self) -> Array:
        """Number of the replicate that a history parts from."""
        return self.paths[:, 0]

    @property
    def level(self) -> Array:
        """Levels that it passed."""
        return self.paths[:, MOST_LEVELS + 1]

    @property
    def farthest(self) -> Array:
        """The largest count on its way."""
        return self.paths[:, MOST_LEVELS + 2]


@dataclass
class Splitter:
    """Runs replicates of one plan that part at levels."""

    plan: Plan
    _states: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        memory = np.zeros(1, STATE)
        self._states, self._words = for_rules(memory), memory.view(np.int64)
        self._segments = used_words(self.plan)
        self._size = int(self._segments[1::2].sum()) + MAX_EVENTS * 5
        self._plans = for_rules(self.plan.record if self.plan.posterior is None else self.plan.record.copy())

    def run(self, levels: Levels, seed: int, first: int, count: int) -> Histories:
        """The replicates `first` to `first` + `count` - 1 and all that part from them."""
        outcomes = np.zeros((ROWS, len(columns(self.plan))), np.int64)
        paths, parts, events = np.zeros((ROWS, MOST_LEVELS + 3), np.int64), [], 0
        kept = np.zeros(max(1, len(levels.at)) * self._size, np.int64)
        at, copies = np.array(levels.at, np.int64), np.array(levels.copies, np.int64)
        table, slots = (self.plan.posterior or NO_TABLE).arrays
        end = first + count
        while first < end:
            tallies = np.zeros(3, np.int64)
            first = split_block(
                self._plans, self._states, self._words, kept, self._segments,
                np.zeros((5, MOST_LEVELS + 1), np.int64), at, copies, levels.kind, levels.subject, np.uint64(seed),
                first, end - first, outcomes, paths, tallies, table, slots,
            )  # fmt: skip
            if first < 0:
                raise EngineError(f"seed {seed}, replicate {-1 - first}: more events than a replicate may have")
            parts.append((outcomes[: tallies[0]].copy(), paths[: tallies[0]].copy()))
            events += int(tallies[1])
        return Histories(np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts]), events)


def weights_of(levels: Levels, found: Histories) -> Array:
    """What each history counts: one over the copies of all levels that it passed."""
    return (1.0 / np.cumprod([1, *levels.copies]))[found.level]


def counted_towards(plan: Plan, goal: Goal) -> tuple[int, int]:
    """What is counted on the way to a goal: that of its first comparison which can be counted by day, else steps."""
    known = counted_by_day(plan)
    named = next((one.name for one in goal.comparisons if one.name in known and one.symbol not in "<="), STEPS)
    return known[named]


def choose_levels(splitter: Splitter, goal: Goal, seed: int) -> tuple[Levels, int, float]:
    """Levels for a goal, by a pilot in stages; the events that it took, and those of a plain replicate on average.

    Histories part where phases are entered; where there is none to enter, or people or units are counted, where few
    come. From the first level there are so many that they cost about as much as the replicates, from the last so many
    that one reaches the goal.
    """
    kind, subject = counted_towards(splitter.plan, goal)
    levels, shares = Levels(kind, subject), []
    events, plain, reaching = 0, 0.0, 0.0
    for stage in range(MOST_LEVELS + 1):
        n = PILOT if not levels.at else max(PILOT // 8, 4 * PILOT // math.prod(levels.copies))
        found = splitter.run(levels, (seed + PILOT_SEED + stage) % 2**64, 0, n)
        events += found.events
        plain = plain or found.events / n
        last = found.level == len(levels.at)
        reaching = float(goal.reached(found.outcomes)[last].mean()) if last.any() else 0.0
        following = _next_level(levels, found.farthest[last]) if last.any() else None
        if reaching >= PASSED or following is None or len(levels.at) == MOST_LEVELS:
            break
        shares.append(following[1])
        levels = Levels(kind, subject, (*levels.at, following[0]), tuple(map(_copies, shares)))
    wanted = [*shares[:-1], reaching or shares[-1]] if len(shares) > 1 else shares
    return Levels(kind, subject, levels.at, tuple(map(_copies, wanted))), events, plain


def _next_level(levels: Levels, farthest: Array) -> tuple[int, float] | None:
    """The next level and the share that comes to it; None where too few come farther than the last.

    The entry into a phase, where one is ahead; else the lowest count that few come to.
    """
    before = levels.at[-1] if levels.at else 0
    if levels.kind == OF_STEPS:
        at = (max(before, A_PHASE) // A_PHASE + 1) * A_PHASE
        share = float((farthest >= at).mean())
        if share > 0:
            return at, share
        if levels.at:
            return None
    for at in np.unique(farthest).tolist():
        share = float((farthest >= at).mean())
        if at > before and share <= PASSED:
            return at, share
    return None


def _copies(share: float) -> int:
    return max(2, min(MOST_COPIES, round(1 / share)))


@dataclass(frozen=True)
class Rare:
    """The chance of a goal.

    Attributes
    ----------
    goal : str
    estimate, low, high : float
        With its 95 % interval.
    n : int
        Replicates whose histories were followed.
    levels : Levels
    replicates_worth : float
        Work in scheduled events, pilot and copies included, over the mean of a plain replicate.
    example : str or None
        Address of a history that reaches the goal.
    verdict : {'estimated', 'never', 'always'}
        Whether it was reached by some, by none or by all.
    """

    goal: str
    estimate: float
    low: float
    high: float
    n: int
    levels: Levels
    replicates_worth: float
    example: str | None
    verdict: str

    def as_json(self) -> dict[str, Any]:
        """As it stands in `ceasefire compare --rare --json`."""
        return {
            "goal": self.goal, "estimate": float(self.estimate), "low": float(self.low), "high": float(self.high),
            "replicates_worth": round(self.replicates_worth), "example": self.example, "verdict": self.verdict,
            "n": self.n, "levels": [list(pair) for pair in zip(self.levels.at, self.levels.copies, strict=True)],
        }  # fmt: skip


def estimate_rare(scenario: ResolvedScenario, text: str, seed: int = 0) -> Rare:
    """The chance of a goal in a scenario, planned for an interval of a fifth of it on either side.

    Parameters
    ----------
    scenario : ResolvedScenario
    text : str
        As `ceasefire check --goal` takes it.
    seed : int, optional
    """
    plan = compile_plan(scenario)
    goal, splitter = read_goal(plan, text), Splitter(plan)
    levels, events, plain = choose_levels(splitter, goal, seed)
    trial = splitter.run(levels, (seed + PILOT_SEED + MOST_LEVELS + 1) % 2**64, 0, PILOT)
    events += trial.events
    found, n = trial, _planned(levels, goal, trial, plain, events)
    found = splitter.run(levels, seed, 0, n)
    worth = (events + found.events) / plain
    reached = goal.reached(found.outcomes)
    hits = np.bincount(found.replicate, weights_of(levels, found) * reached, minlength=n)
    if hits.sum() == 0 or reached.all():
        bound = share_estimate(0 if hits.sum() == 0 else n, n)
        verdict = "never" if hits.sum() == 0 else "always"
        return Rare(goal.text, bound.value, bound.low, bound.high, n, levels, worth, _example(found, reached), verdict)
    mean, error = hits.mean(), hits.std(ddof=1) / math.sqrt(n)
    spread = math.exp(Z * error / mean)
    return Rare(goal.text, mean, mean / spread, min(1.0, mean * spread), n, levels, worth,
                _example(found, reached), "estimated")  # fmt: skip


def _planned(levels: Levels, goal: Goal, trial: Histories, plain: float, spent: int) -> int:
    """Replicates for the interval that is planned for, by a trial's variance and work."""
    hits = np.bincount(trial.replicate, weights_of(levels, trial) * goal.reached(trial.outcomes), minlength=PILOT)
    most = max(PILOT, int((MOST_WORTH * plain - spent) / (trial.events / PILOT)))
    if hits.sum() == 0:
        return most
    return int(min(most, max(PILOT, hits.var() / hits.mean() ** 2 * (Z / math.log1p(HALF_WIDTH)) ** 2)))


def _example(found: Histories, reached: Array) -> str | None:
    """The address of the first history that reaches the goal: its replicate, and the copy taken at each level."""
    rows = np.flatnonzero(reached)
    return None if not rows.size else address_of(found.paths[rows[0]])


def address_of(path: Array) -> str:
    """A history's replicate and copies, such as '17.3.2'."""
    level = int(path[MOST_LEVELS + 1])
    return ".".join(str(int(number)) for number in path[: level + 1])
