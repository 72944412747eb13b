"""A design under way: what it reads, what it has tried, and what is to be small."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from sim.analysis.design.plans import Plans
from sim.analysis.design.search import Search
from sim.analysis.design.space import Point, Space
from sim.analysis.design.trial import Asked, Tried
from sim.document.design import Designed
from sim.engine.workers import Workers
from sim.errors import SimError
from sim.reading.resolve import Documents

Array = np.ndarray[Any, Any]
Robust = Literal["baseline", "mean", "worst", "regret"]
FIRST_LINE = "Behaviour does not answer to terms: nobody here refuses less because a deal suits them better."
"""The first line of every output."""
LEAST_IN_STAGES = 100
"""Replicates of a choice from which on a part of them goes first."""
PART_OF_FIRST = 8
"""One in so many, that is."""


class DesignError(SimError):
    """A design cannot be searched, or nothing meets what it requires."""


@dataclass(frozen=True)
class Found:
    """What a design comes to.

    Attributes
    ----------
    content : dict
        As `ceasefire design --json` prints it.
    deals : dict of str to str
        By file name: a scenario for each point, as YAML, and what they build on.
    """

    content: dict[str, Any]
    deals: dict[str, str]


@dataclass
class Archive:
    """All points that have been tried.

    Attributes
    ----------
    shares : list of ndarray
    points : list of tuple
    values : list
        By point, behaviour and outcome; empty for those that were given up, or are no deal.
    early : list
        What is to be small by behaviour and outcome, after the first stage; None for those that are no deal.
    penalties : list of float
        How far each is from what it has to meet; infinite for those that are no deal.
    reasons : list
        Of what it does not meet, or breaks.
    required : list
    checked : list of bool
        Whether it was checked as a document is.
    left_out : int
        Choices that were tried and cannot be paid for any more if they have to be told.
    is_stopped : bool
        Whether the search stopped because of what it costs.
    """

    shares: list[Array] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    values: list[list[list[float]]] = field(default_factory=list)
    early: list[Any] = field(default_factory=list)
    penalties: list[float] = field(default_factory=list)
    reasons: list[list[list[str]]] = field(default_factory=list)
    required: list[list[float]] = field(default_factory=list)
    checked: list[bool] = field(default_factory=list)
    left_out: int = 0
    is_stopped: bool = False

    def add(self, generation: Mapping[str, Any], space: Space) -> None:
        """Count in a generation, as it is kept."""
        for one in generation["points"]:
            shares = np.array(one["shares"], float)
            self.shares.append(shares)
            self.points.append(space.at(shares))
            self.penalties.append(float("inf") if one["penalty"] is None else one["penalty"])
            for part in ("values", "early", "reasons", "required", "checked"):
                getattr(self, part).append(one[part])

    def leave_out(self, count: int) -> None:
        """Take back the last points, which are counted and not told."""
        kept = len(self.points) - count
        for part in ("shares", "points", "values", "early", "penalties", "reasons", "required", "checked"):
            del getattr(self, part)[kept:]
        self.left_out += count

    @property
    def whole(self) -> Array:
        """Which points were run to the end."""
        return np.array([bool(values) for values in self.values], bool)

    @property
    def n_refused(self) -> int:
        """How many are no deal."""
        return int(np.isinf(self.penalties).sum())


@dataclass
class Task:
    """A design under way."""

    documents: Documents
    design: Designed
    space: Space
    asked: Asked
    plans: tuple[Plans, ...]
    """Of the scenario itself, then of those whose behaviour each choice is tried under too."""
    seed: int
    n: int
    again: int
    robust: Robust
    workers: Workers
    written: list[Tried] = field(default_factory=list)

    @property
    def searched(self) -> tuple[Plans, ...]:
        """Under the behaviours that the search looks at."""
        return self.plans[:1] if self.robust == "baseline" else self.plans

    @property
    def n_early(self) -> int:
        """Replicates of the first stage."""
        return self.n if self.n < LEAST_IN_STAGES else self.n // PART_OF_FIRST

    @property
    def steps(self) -> Array:
        """The difference that matters in each outcome."""
        return np.array([objective.step for objective in self.design.outcomes])

    def search(self, points: int) -> Search:
        """What decides which choices are tried."""
        start = 1 << max(2, min(7, int(np.log2(max(4, points / 4)))))
        every = self.space.every() if self.space.n_choices <= points else None
        return Search(len(self.space.scales), self.steps, self.seed, start, key=self.space.key, every=every)


def combined(robust: Robust, values: Array, floor: Array) -> Array:
    """What is to be small of each point, over behaviours.

    Parameters
    ----------
    robust : {'baseline', 'mean', 'worst', 'regret'}
    values : ndarray of float64, shape (n, n_behaviours, n_outcomes)
        Small is wanted.
    floor : ndarray of float64, shape (n_behaviours, n_outcomes)
        The smallest that any choice reaches.

    Returns
    -------
    ndarray of float64, shape (n, n_outcomes)
    """
    if robust == "regret":
        values = values - floor
    return np.asarray(values.mean(axis=1) if robust == "mean" else values.max(axis=1))


def scores(task: Task, archive: Archive) -> Array:
    """What is to be small, by point and outcome; infinite for points that were not run to the end."""
    found = np.full((len(archive.points), len(task.asked.outcomes)), np.inf)
    usable = np.flatnonzero(archive.whole)
    if len(usable):
        values = np.array([archive.values[place] for place in usable]) * task.asked.signs
        found[usable] = combined(task.robust, values, values.min(axis=0))
    return found


def penalties(archive: Archive) -> Array:
    """How far each point is from what it has to meet; infinite for those that were not run to the end."""
    return np.where(archive.whole, np.array(archive.penalties), np.inf)


def refusals(archive: Archive) -> list[dict[str, Any]]:
    """Rules that choices break, the most frequent first, each with the words for the first choice that did."""
    counts: Counter[str] = Counter()
    words: dict[str, str] = {}
    for penalty, reasons in zip(archive.penalties, archive.reasons, strict=True):
        if not np.isfinite(penalty):
            for code, text in reasons:
                counts[code] += 1
                words.setdefault(code, text)
    return [{"rule": code, "n": count, "example": words[code]} for code, count in counts.most_common()]
