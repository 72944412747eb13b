"""How much each obligation matters: in how many minimal sets it stands, and what its failing does to the chances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from sim.analysis.deviations.goals import Goal
from sim.analysis.deviations.sets import Script
from sim.engine.batch import run_blocks
from sim.plan.codes import Decision, Measure
from sim.plan.limits import MAX_PARAMETERS
from sim.plan.plan import Plan
from sim.plan.scripted import parts_of
from sim.statistics.estimate import Estimate, mean_estimate

_OF_OBLIGATIONS = (Decision.PERFORMANCE, Decision.DISPUTE, Decision.PATIENCE)


@dataclass(frozen=True)
class Importance:
    """What one obligation means for a goal.

    Attributes
    ----------
    obligation : str
    n_sets : int
        Minimal sets in which it, the dispute over it or the patience in that dispute stands.
    birnbaum : Estimate or None
        P(goal | it deviates) - P(goal | it is on time), under the scenario's chances with common draws.
    deviates, complies : float or None
        The two chances.
    """

    obligation: str
    n_sets: int
    birnbaum: Estimate | None = None
    deviates: float | None = None
    complies: float | None = None


def sets_by_obligation(minimal_sets: Iterable[Script]) -> Counter[int]:
    """In how many minimal sets each obligation stands."""
    counts: Counter[int] = Counter()
    for script in minimal_sets:
        parts = [parts_of(entry) for entry in script]
        counts.update({subject for decision, subject, _, _ in parts if decision in _OF_OBLIGATIONS})
    return counts


def forced(plan: Plan, obligation: int, *, deviates: bool) -> Plan:
    """The drawn plan in which one obligation is never on time, or always is; all else is drawn as before.

    Where it deviates, it is late or refused in the scenario's own proportion, and refused where the scenario gives
    neither a chance. Later shifts of these chances (shocks, uncertainty) do not touch a forced obligation.
    """
    record = plan.record.copy()
    p = record[0]
    late, refused = (float(p["parameter"][p[name][obligation]]) for name in ("late", "refused"))
    chances = (0.0, 0.0)
    if deviates:
        chances = (late / (late + refused), refused / (late + refused)) if late + refused > 0 else (0.0, 1.0)
    for name, chance in zip(("late", "refused"), chances, strict=True):
        slot = int(p["n_parameters"])
        if slot >= MAX_PARAMETERS:
            return plan
        p["parameter"][slot], p[name][obligation], p["n_parameters"] = chance, slot, slot + 1
    return replace(plan, record=record)


def birnbaum(
    plan: Plan, goal: Goal, obligation: int, n: int, seed: int, workers: int | None = None
) -> tuple[Estimate, float, float]:
    """Birnbaum importance of one obligation: how much more likely the goal is when it deviates than when it is on time.

    Parameters
    ----------
    plan : Plan
        Drawn, not scripted.
    goal : Goal
    obligation : int
    n, seed : int
        Replicates for each of the two, with the same draws.
    workers : int, optional

    Returns
    -------
    Estimate, float, float
        The difference with its paired interval, and the two chances.
    """
    deviates, complies = (
        np.concatenate(
            [
                goal.reached(block.outcomes)
                for block in run_blocks(forced(plan, obligation, deviates=way), seed, n, workers=workers)
            ]
        )
        for way in (True, False)
    )
    differences = deviates.astype(np.float64) - complies
    error = float(differences.std(ddof=1)) / n**0.5 if n > 1 else 0.0
    estimate = mean_estimate(float(differences.mean()), error, n)
    return estimate, float(deviates.mean()), float(complies.mean())


def importances(
    plan: Plan, goal: Goal, minimal_sets: Iterable[Script], n: int, seed: int,
    workers: int | None = None, progress: Callable[[int, int], None] = lambda *_: None,
) -> list[Importance]:  # fmt: skip
    """Every obligation by importance: first by Birnbaum's measure (if `n` > 0), then by minimal sets.

    Parameters
    ----------
    plan : Plan
        Drawn, not scripted; its obligations are numbered as those of the scripted plan.
    goal : Goal
    minimal_sets : iterable of tuple of int
    n, seed : int
        Replicates for each obligation and way; without any, only minimal sets are counted.
    workers : int, optional
    progress : callable, optional
        Told how many obligations are done, and of how many.

    Returns
    -------
    list of Importance
        Talks are left out of Birnbaum's measure: they do not fall due, so that nothing can be forced there.
    """
    counts = sets_by_obligation(minimal_sets)
    found = []
    for obligation, name in enumerate(plan.obligations):
        result = Importance(name, counts[obligation])
        if n > 0 and plan.record["measured_by"][0, obligation] != Measure.TOPIC:
            result = Importance(name, counts[obligation], *birnbaum(plan, goal, obligation, n, seed, workers))
        found.append(result)
        progress(obligation + 1, len(plan.obligations))
    return sorted(found, key=lambda i: (-i.birnbaum.value if i.birnbaum else 0.0, -i.n_sets))
