"""The points that nothing dominates, judged again on draws that the search has not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.analysis.design.search import non_dominated
from sim.analysis.design.trial import Asked, is_violated_more, shortfall
from sim.document.measured import quantities
from sim.document.scenario import ResolvedScenario
from sim.engine.batch import run_blocks
from sim.engine.workers import Workers
from sim.outcomes.columns import VIOLATED, columns, published
from sim.plan.codes import NONE
from sim.plan.plan import Plan
from sim.statistics.accumulate import ENDS
from sim.statistics.estimate import Estimate, mean_estimate

Array = np.ndarray[Any, Any]
BESIDE = ("largest_lead", "broken", "not_met")
"""What is told of either side of every point, whether or not the design asks for it."""
FINE = 2
"""Decimals of a step: what is better by less is no better, or deals would be told for the last digits of a sum."""
LATER = 7
"""Days after which a count by the end of a day is told once more, for dates that lie on its edge."""


@dataclass(frozen=True)
class Judged:
    """A point or the deal as written, on fresh draws.

    Attributes
    ----------
    names : tuple of str
        The outcomes of the design, then those told beside them.
    rows : ndarray of float64, shape (n, n_names)
    ends : ndarray of int64, shape (n,)
    guarantees : tuple of str
    flags : ndarray of bool, shape (n, n_guarantees)
        Whether each is violated.
    required : ndarray of float64, shape (n, n_required)
        What has to be met on average.
    """

    names: tuple[str, ...]
    rows: Array
    ends: Array
    guarantees: tuple[str, ...]
    flags: Array
    required: Array

    @property
    def means(self) -> dict[str, Estimate]:
        """The mean of each outcome."""
        return {name: _mean(self.rows[:, place]) for place, name in enumerate(self.names)}

    def before(self, later: Judged) -> Judged:
        """With the replicates that come after these."""
        parts: dict[str, Any] = {
            name: np.concatenate([getattr(self, name), getattr(later, name)]) for name in _BY_REPLICATE
        }
        return replace(self, **parts)

    def first(self, n: int) -> Judged:
        """Its first replicates alone."""
        return replace(self, **{name: getattr(self, name)[:n] for name in _BY_REPLICATE})


_BY_REPLICATE = ("rows", "ends", "flags", "required")


def names_beside(scenario: ResolvedScenario, asked: Asked) -> list[str]:
    """Outcomes that are told beside those of a design: of both sides alike, by party, and by a later day.

    Parameters
    ----------
    scenario : ResolvedScenario
    asked : Asked
    """
    known, parties = quantities(scenario.deal), sorted(scenario.deal.parties)
    outcomes = [measure.text for measure in asked.outcomes]
    found = [f"{of}_{party}" for of in BESIDE for party in parties]
    for name in outcomes:
        of, by_day, day = name.partition(" by day ")
        party = next((party for party in parties if of.endswith(f"_{party}")), None)
        if party is not None:
            found += [f"{of.removesuffix(party)}{each}{by_day}{day}" for each in parties]
        if by_day and not name.startswith("P"):
            found += [f"{of} by day {int(day) + LATER}"]
    return [name for name in dict.fromkeys(found) if name not in outcomes and (name in known or " by day " in name)]


def judge(plan: Plan, asked: Asked, beside: Sequence[str], seed: int, first: int, n: int, workers: Workers) -> Judged:
    """What a point comes to on draws of another seed.

    Parameters
    ----------
    plan : Plan
        With columns for all that is read.
    asked : Asked
    beside : sequence of str
    seed, first, n : int
    workers : int or Executor
    """
    rows = np.concatenate([block.outcomes for block in run_blocks(plan, seed, n, first=first, workers=workers)])
    names = columns(plan)
    others = [published(name, rows[:, names.index(name)]).astype(float) for name in beside]
    violated = rows[:, [names.index(f"{VIOLATED}{name}") for name in asked.guarantees]]
    return Judged(
        (*(measure.text for measure in asked.outcomes), *beside),
        np.column_stack([asked.values_of(plan, rows), *others]), rows[:, names.index("end")],
        asked.guarantees, np.not_equal(violated, NONE), asked.required_of(plan, rows),
    )  # fmt: skip


def _mean(values: Array) -> Estimate:
    n = len(values)
    return mean_estimate(float(values.mean()), float(values.std(ddof=1) / np.sqrt(n)) if n > 1 else 0.0, n)


def differences(one: Judged, written: Judged) -> dict[str, Estimate]:
    """The mean difference from the deal as written in the same replicates, by outcome."""
    return {name: _mean(one.rows[:, place] - written.rows[:, place]) for place, name in enumerate(one.names)}


def is_kept(one: Judged, written: Judged, asked: Asked) -> bool:
    """Whether a point meets on fresh draws what it has to: guarantees kept as in the deal as written, and bounds."""
    is_short = any(
        shortfall(value, relation, bound)
        for value, (_, relation, bound) in zip(one.required.mean(axis=0).tolist(), asked.required, strict=True)
    )
    return not is_short and not bool(is_violated_more(one.flags, written.flags).any())


def is_clearly_worse(one: Judged, other: Judged, asked: Asked) -> bool:
    """Whether one is worse than the other in every outcome of the design, beyond the 95 % intervals of differences.

    Parameters
    ----------
    one, other : Judged
        The same replicates.
    asked : Asked
    """
    n, k = len(one.rows), len(asked.outcomes)
    difference = (one.rows[:, :k] - other.rows[:, :k]) * asked.signs
    error = difference.std(axis=0, ddof=1) / np.sqrt(n)
    return bool(np.all(difference.mean(axis=0) > 1.96 * error))


def distinct(values: Array, steps: Array) -> list[int]:
    """Points of which each differs from every other by a step in at least one outcome; the earlier ones stay.

    Parameters
    ----------
    values : ndarray of float64, shape (n, n_outcomes)
    steps : ndarray of float64, shape (n_outcomes,)
    """
    kept: list[int] = []
    for place, value in enumerate(values):
        if all(np.any(np.abs(value - values[other]) >= steps * (1 - 1e-9)) for other in kept):
            kept.append(place)
    return kept


def in_order(values: Array, places: Sequence[int]) -> list[int]:
    """The places by the first outcome, then the second and so on, smallest first: an order, and no ranking."""
    return sorted(places, key=lambda place: tuple(values[place].tolist()))


def thinned(values: Array, penalties: Array, steps: Array) -> list[int]:
    """The points that nothing dominates, without those that hardly differ from another, by outcome.

    Parameters
    ----------
    values : ndarray of float64, shape (n, n_outcomes)
        Smaller is better.
    penalties : ndarray of float64, shape (n,)
        Only points without any are taken.
    steps : ndarray of float64, shape (n_outcomes,)
    """
    usable = np.flatnonzero(penalties == 0)
    best = usable[non_dominated(np.round(values[usable] / steps, FINE))] if len(usable) else usable
    ordered = in_order(values, best.tolist())
    return [ordered[place] for place in distinct(values[ordered], steps)] if ordered else []


def plain(estimate: Estimate) -> dict[str, float | None]:
    """An estimate as JSON has it."""
    low, high = (None if bound != bound else bound for bound in (estimate.low, estimate.high))
    return {"mean": estimate.value, "low": low, "high": high}


def told(one: Judged) -> Mapping[str, Any]:
    """What is told of a point or of the deal as written, as plain data."""
    return {
        "outcomes": {name: plain(estimate) for name, estimate in one.means.items()},
        "ends": {end.name.lower(): float(np.mean(one.ends == end)) for end in ENDS},
        "violated": dict(zip(one.guarantees, one.flags.mean(axis=0).tolist(), strict=True)),
    }
