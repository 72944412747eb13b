"""A design under way: what it reads, what it has tried, and what is to be small."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

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
    """All points that have been tried."""

    shares: list[Array] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    values: list[list[list[float]]] = field(default_factory=list)
    penalties: list[float] = field(default_factory=list)
    reasons: list[list[list[str]]] = field(default_factory=list)
    required: list[list[float]] = field(default_factory=list)

    def add(self, generation: Mapping[str, Any], space: Space) -> None:
        """Count in a generation, as it is kept."""
        for one in generation["points"]:
            shares = np.array(one["shares"], float)
            self.shares.append(shares)
            self.points.append(space.at(shares))
            self.values.append(one["values"])
            self.penalties.append(float("inf") if one["penalty"] is None else one["penalty"])
            self.reasons.append(one["reasons"])
            self.required.append(one["required"])


@dataclass
class Task:
    """A design under way."""

    documents: Documents
    others: tuple[Documents, ...]
    design: Designed
    space: Space
    asked: Asked
    seed: int
    n: int
    again: int
    robust: Robust
    workers: Workers
    written: list[Tried] = field(default_factory=list)

    @property
    def searched(self) -> tuple[Documents, ...]:
        """The behaviours that the search looks at."""
        return (self.documents,) if self.robust == "baseline" else (self.documents, *self.others)

    @property
    def steps(self) -> Array:
        """The difference that matters in each outcome."""
        return np.array([objective.step for objective in self.design.outcomes])

    def search(self, points: int) -> Search:
        """What decides which choices are tried."""
        start = 1 << max(2, min(7, int(np.log2(max(4, points / 4)))))
        return Search(len(self.space.scales), self.steps, self.seed, start, key=lambda shares: self.space.at(shares))


def scores(task: Task, archive: Archive) -> Array:
    """What is to be small, by point and outcome: under the one behaviour, or over all of them."""
    n_outcomes = len(task.asked.outcomes)
    scores = np.full((len(archive.points), n_outcomes), np.inf)
    usable = [place for place, penalty in enumerate(archive.penalties) if np.isfinite(penalty)]
    if not usable:
        return scores
    values = np.array([archive.values[place] for place in usable]) * task.asked.signs
    if task.robust == "regret":
        values = values - values.min(axis=0)
    scores[usable] = values.mean(axis=1) if task.robust == "mean" else values.max(axis=1)
    return scores


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
