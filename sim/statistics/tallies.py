"""What an answer is made of: counts crossed with ends, the days on which milestones come about, and both by pairs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from sim.document.measured import PEOPLE
from sim.outcomes.columns import REACHED
from sim.plan.codes import NONE
from sim.rules.calendar import day_at
from sim.statistics.crossed import by_end, places_of
from sim.statistics.moments import Array

COUNTED = ("delivered_", "broken_")
"""Beside people: how the names of columns begin whose values are counted one by one."""


def is_counted(name: str) -> bool:
    """Whether a column's values are kept, each with the ends that go with it."""
    return name in PEOPLE or name.startswith(COUNTED)


@dataclass(frozen=True)
class Crossing:
    """One milestone in the same runs of two scenarios.

    Attributes
    ----------
    both, only_baseline, only_variant : int
        Runs in which it comes about in both, in the first alone, in the second alone.
    later : Counter of int
        Of the runs in which it comes about in both: by how many days later in the variant, rounded; below 0 is sooner.
    """

    both: int = 0
    only_baseline: int = 0
    only_variant: int = 0
    later: Counter[int] = field(default_factory=Counter)

    def __add__(self, other: Crossing) -> Crossing:
        return Crossing(
            self.both + other.both,
            self.only_baseline + other.only_baseline,
            self.only_variant + other.only_variant,
            self.later + other.later,
        )


class Tallies:
    """Counts and days of one scenario; blocks may come, and tallies be merged, in any order.

    Parameters
    ----------
    names : tuple of str
        Columns of the outcome rows.
    midnight : int
        Minute at which the deal's first day began.
    """

    def __init__(self, names: tuple[str, ...], midnight: int):
        self.midnight = midnight
        self._end = names.index("end")
        self._counted = {name: i for i, name in enumerate(names) if is_counted(name)}
        self._reached = {name.removeprefix(REACHED): i for i, name in enumerate(names) if name.startswith(REACHED)}
        self.counts: dict[str, Array] = {name: np.zeros((1, 4), np.int64) for name in self._counted}
        self.days: dict[str, Array] = {name: np.zeros(1, np.int64) for name in self._reached}

    def add(self, outcomes: Array) -> None:
        """Count in outcome rows."""
        columns = places_of(outcomes[:, self._end])
        for name, column in self._counted.items():
            self.counts[name] = _sum(self.counts[name], by_end(outcomes[:, column], columns))
        minutes = outcomes[:, list(self._reached.values())]
        days = np.where(minutes == NONE, -1, day_at(minutes, self.midnight))
        for name, found in zip(self._reached, counted_by_column(days, days >= 0), strict=True):
            self.days[name] = _sum(self.days[name], found)

    def merge(self, other: Tallies) -> None:
        """Count in the rows of another of the same scenario."""
        self.counts = {name: _sum(table, other.counts[name]) for name, table in self.counts.items()}
        self.days = {name: _sum(table, other.days[name]) for name, table in self.days.items()}


def counted_by_column(values: Array, is_so: Array) -> list[Array]:
    """How often each whole number from 0 stands in each column, of those for which it is so.

    Parameters
    ----------
    values : ndarray of int64, shape (n, k)
    is_so : ndarray of bool, shape (n, k)

    Returns
    -------
    list of ndarray of int64
        One for each column, as long as its largest number asks for.
    """
    n_columns = values.shape[1]
    width = int(values.max(where=is_so, initial=0)) + 1
    keys = (values + width * np.arange(n_columns))[is_so]
    table = np.bincount(keys, minlength=width * n_columns).reshape(n_columns, width)
    return [row[: int(row.nonzero()[0].max(initial=0)) + 1] for row in table]


def _sum(one: Array, other: Array) -> Array:
    """Two histograms added up, the shorter one as if it went on with none."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    added = longer.copy()
    added[: len(shorter)] += shorter
    return np.asarray(added, np.int64)


class Crossings:
    """Milestones that a baseline and a variant both have, over replicates with the same numbers.

    Parameters
    ----------
    baseline, variant : tuple of str
        Columns of their outcome rows.
    """

    def __init__(self, baseline: tuple[str, ...], variant: tuple[str, ...]):
        shared = [name for name in baseline if name.startswith(REACHED) and name in variant]
        self._columns = [baseline.index(name) for name in shared], [variant.index(name) for name in shared]
        self.found = {name.removeprefix(REACHED): Crossing() for name in shared}

    def add(self, baseline: Array, variant: Array) -> None:
        """Count in the outcome rows of the same replicates."""
        before, after = baseline[:, self._columns[0]], variant[:, self._columns[1]]
        was, comes = before != NONE, after != NONE
        both = was & comes
        days = np.where(both, np.rint((after - before) / 1440), 0).astype(np.int64)
        soonest = int(days.min(initial=0))
        later = counted_by_column(days - soonest, both)
        in_both, in_first, in_second = (found.sum(0).tolist() for found in (both, was, comes))
        for place, name in enumerate(self.found):
            n = in_both[place]
            seen = {day + soonest: count for day, count in enumerate(later[place].tolist()) if count}
            self.found[name] += Crossing(n, in_first[place] - n, in_second[place] - n, Counter(seen))

    def merge(self, other: Crossings) -> None:
        """Count in the same of other replicates."""
        self.found = {name: crossing + other.found[name] for name, crossing in self.found.items()}
