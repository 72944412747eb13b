"""What a search costs, counted in replicates of the deal as written, so that it can stop before it costs too much.

Counted and not timed: a search ends at the same choice on every machine, and behind every interruption.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.analysis.design.front import thinned
from sim.analysis.design.task import Archive, Task, penalties, scores

PREPARED = 230
"""What the plan of a choice costs under one behaviour, as measured (docs/development/terms.md)."""
TOLD = 13_000
"""What a point that is told costs beside its fresh replicates, as measured: check, document, rivals."""
APART = 40_000
"""What is told whatever is found costs: the deal as written on fresh draws, what each term does alone."""
USUAL = 1_000_000
"""What the search of the defaults may cost under one behaviour: 2,000 choices with 500 replicates each."""
ALLOWED = 4 / 3
"""Of all replicates of the choices that are asked for, what a larger search may cost with everything beside them."""


def allowed(task: Task, points: int) -> float:
    """What a search may cost beside the fresh replicates of its points, over all behaviours of the design.

    Parameters
    ----------
    task : Task
    points : int
        Choices that are asked for.
    """
    return len(task.plans) * max(USUAL, ALLOWED * points * task.n)


def spent(task: Task, archive: Archive) -> float:
    """What a search has cost, and what its points will when they are told, without their fresh replicates.

    Parameters
    ----------
    task : Task
    archive : Archive
    """
    whole = archive.whole
    begun = np.array([early is not None for early in archive.early], bool)
    runs = task.n * int(whole.sum()) + task.n_early * int((begun & ~whole).sum())
    tried = PREPARED * len(archive.points) + runs + (PREPARED + task.n) * archive.left_out
    candidates = len(thinned(scores(task, archive), penalties(archive), task.steps)) if archive.points else 0
    return len(task.searched) * tried + TOLD * candidates + APART


def can_pay(task: Task, archive: Archive, points: int, count: int = 0) -> bool:
    """Whether a search has not cost too much, nor will by another so many choices.

    Parameters
    ----------
    task : Task
    archive : Archive
    points : int
        Choices that are asked for.
    count : int, optional
    """
    another = len(task.searched) * count * (PREPARED + task.n)
    return spent(task, archive) + another <= allowed(task, points)


def told_of(task: Task, archive: Archive, points: int) -> dict[str, Any]:
    """The cost of a search as it is told."""
    found = {"spent": round(spent(task, archive)), "allowed": round(allowed(task, points))}
    return {**found, "stopped": archive.is_stopped}
