"""One choice of terms tried out: what is asked of its replicates, and what they come to."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.document.design import Designed
from sim.document.expectation import Happening, parse_expectation
from sim.engine.batch import SerializedPlan, simulate_outcomes
from sim.outcomes.columns import VIOLATED, columns, published
from sim.plan.codes import NONE, End
from sim.plan.plan import Plan

Array = np.ndarray[Any, Any]
_COMPARE: dict[str, Any] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq,
}  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """A number of each replicate: an outcome, or whether something happens.

    Attributes
    ----------
    text : str
        As written.
    name : str
        The column that is read; empty for an end or a guarantee.
    happening : Happening or None
        What is asked of it; None where the number itself counts.
    """

    text: str
    name: str
    happening: Happening | None = None

    @classmethod
    def of(cls, text: str) -> Measure:
        """What an outcome of a design, or the left side of what it requires, measures."""
        if not text.startswith("P"):
            return cls(text, text)
        happening = parse_expectation(f"{text} >= 0").happening
        assert happening is not None
        by_day = "" if happening.day is None else f" by day {happening.day}"
        return cls(text, f"{happening.outcome}{by_day}" if happening.outcome else "", happening)

    def read(self, plan: Plan, rows: Array) -> Array:
        """The number in each row, in its published unit."""
        names, asked = columns(plan), self.happening
        if asked is not None and asked.end:
            return np.equal(rows[:, names.index("end")], End[asked.end.upper()]).astype(float)
        if asked is not None and asked.violates:
            return np.not_equal(rows[:, names.index(VIOLATED + asked.violates)], NONE).astype(float)
        values = published(self.name, rows[:, names.index(self.name)])
        if asked is None:
            return np.asarray(values, float)
        return np.asarray(_COMPARE[asked.relation](values, asked.number), float)


@dataclass(frozen=True)
class Asked:
    """What is measured of every choice.

    Attributes
    ----------
    outcomes : tuple of Measure
        Those of the design.
    signs : ndarray of int64, shape (n_outcomes,)
        1 where small is wanted, -1 where large is.
    required : tuple of (Measure, str, float)
        What has to be met: a mean or chance, the relation and the bound.
    guarantees : tuple of str
        Those that must not be violated more often than in the deal as written.
    """

    outcomes: tuple[Measure, ...]
    signs: Array
    required: tuple[tuple[Measure, str, float], ...]
    guarantees: tuple[str, ...]

    @classmethod
    def of(cls, design: Designed, guarantees: Iterable[str]) -> Asked:
        """What a design asks for."""
        required = []
        for text in design.require:
            expected = parse_expectation(text)
            inside = expected.mean_of or text[: text.rindex(")") + 1]
            required.append((Measure.of(inside.strip()), expected.relation, expected.bound))
        return cls(
            tuple(Measure.of(objective.outcome) for objective in design.outcomes),
            np.array([objective.sign for objective in design.outcomes]),
            tuple(required),
            tuple(guarantees) if design.keep == "guarantees" else (),
        )

    def values_of(self, plan: Plan, rows: Array) -> Array:
        """The outcomes of the design in each row, shape (n, n_outcomes)."""
        return np.column_stack([measure.read(plan, rows) for measure in self.outcomes])

    def required_of(self, plan: Plan, rows: Array) -> Array:
        """What has to be met on average, in each row, shape (n, n_required)."""
        read = [measure.read(plan, rows) for measure, _, _ in self.required]
        return np.column_stack(read) if read else np.zeros((len(rows), 0))

    @property
    def columns(self) -> list[str]:
        """The columns that have to be there."""
        return [measure.name for measure in (*self.outcomes, *(one for one, _, _ in self.required)) if measure.name]


@dataclass(frozen=True)
class Tried:
    """What the replicates of one choice under one behaviour come to.

    Attributes
    ----------
    n : int
    values : tuple of float
        Mean of each outcome of the design.
    required : tuple of float
        Mean or chance of what has to be met.
    violated : ndarray of bool, shape (n, n_guarantees)
        By replicate.
    """

    n: int
    values: tuple[float, ...]
    required: tuple[float, ...]
    violated: Array

    def before(self, later: Tried) -> Tried:
        """With the replicates that come after these."""
        n = self.n + later.n

        def mean(one: Sequence[float], other: Sequence[float]) -> tuple[float, ...]:
            return tuple((self.n * a + later.n * b) / n for a, b in zip(one, other, strict=True))

        return Tried(
            n, mean(self.values, later.values), mean(self.required, later.required),
            np.concatenate([self.violated, later.violated]),
        )  # fmt: skip


def try_out(plan: Plan, asked: Asked, seed: int, first: int, n: int) -> Tried:
    """Run replicates of one choice; what a thread does.

    Parameters
    ----------
    plan : Plan
        With columns for all that is read.
    asked : Asked
    seed, first, n : int
    """
    rows = simulate_outcomes(plan, seed, first, n)
    names = columns(plan)
    values, required = asked.values_of(plan, rows), asked.required_of(plan, rows)
    return Tried(
        n, tuple(values.mean(axis=0).tolist()), tuple(required.mean(axis=0).tolist()),
        np.not_equal(rows[:, [names.index(f"{VIOLATED}{name}") for name in asked.guarantees]], NONE),
    )  # fmt: skip


def try_elsewhere(serialized: SerializedPlan, asked: Asked, seed: int, first: int, n: int) -> Tried:
    """As `try_out`; what a worker in another process does."""
    return try_out(serialized.load(), asked, seed, first, n)


def shortfall(value: float, relation: str, bound: float) -> float:
    """How far a value is from what is required of it; 0 where it is met."""
    if _COMPARE[relation](value, bound):
        return 0.0
    return max(abs(value - bound), 1e-12)


def is_violated_more(violated: Array, written: Array) -> Array:
    """Of each guarantee, whether it is violated in more replicates than in the deal as written, beyond chance.

    Parameters
    ----------
    violated, written : ndarray of bool, shape (n, n_guarantees)
        The same replicates.
    """
    difference = violated.astype(float) - written.astype(float)
    mean = difference.mean(axis=0)
    error = difference.std(axis=0, ddof=1) / np.sqrt(len(difference)) if len(difference) > 1 else np.zeros(len(mean))
    return np.asarray(mean > 1.96 * error)
