"""What is counted by day: people of each list who are out, and obligations met, as histograms over replicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.plan.codes import NONE
from sim.plan.plan import Plan
from sim.rules.calendar import day_at

Array = np.ndarray[Any, Any]
MET = "met "
"""Before the name of an obligation where lists and obligations stand in one column; no list has a space in its name."""


def counted_in(record: Any, curve: str, group: int) -> set[int]:
    """The lists that count people of a group as they come out: that of its column, and its own where several share one.

    Parameters
    ----------
    record : void
        Of a plan.
    curve : {'curve', 'remains_curve'}
        Remains of those who died in captivity, or everybody else.
    group : int
        Place of the stock.
    """
    own = int(record[curve][group])
    if own == NONE:
        return set()
    is_remains = curve == "remains_curve" or bool(record["is_deceased"][group])
    return {own, 2 * (not record["is_hostages"][group]) + is_remains}


@dataclass(frozen=True)
class ByDay:
    """Layout of the histogram by day, one flat row of whole numbers that blocks add up in.

    First each list: replicates by day and cumulative releases, as differences along the days. Then each obligation:
    replicates by the day on which it was met for good.

    Attributes
    ----------
    starts : ndarray of int64, shape (n_lists + 1,)
        Where each list begins, and behind the last one the obligations.
    widths : ndarray of int64, shape (n_lists,)
        Numbers of counts: largest count + 1.
    n_days : int
        Days run from 0 to `n_days`, the day of the horizon. What happens before day 0 counts on it.
    totals : ndarray of int64, shape (n_lists,)
        People whom each list holds as the deal begins; of the deceased there may come to be more.
    midnight : int
        Minute at which day 1 begins.
    lists, obligations : tuple of str
        Names in order, of obligations as they are run.
    """

    starts: Array
    widths: Array
    n_days: int
    totals: Array
    midnight: int = 0
    lists: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()

    @classmethod
    def of(cls, plan: Plan) -> ByDay:
        """The layout for one plan."""
        p = plan.record[0]
        n_lists, groups = len(plan.lists), range(len(plan.groups))
        totals, later = (
            np.array([sum(int(p["count"][g]) for g in groups if c in counted_in(p, of, g)) for c in range(n_lists)])
            for of in ("curve", "remains_curve")
        )
        widths = 1 + totals + later
        n_days = int(day_at(int(p["horizon"]), int(p["midnight"])))
        starts = np.concatenate([[0], np.cumsum(widths * (n_days + 1))]).astype(np.int64)
        return cls(starts, widths, n_days, totals, int(p["midnight"]), plan.lists, plan.obligations)

    def layout(self, histogram: Array) -> tuple[Any, ...]:
        """What entries take to add to a histogram: where each list is in it, and room for one number of each name."""
        return self.starts, self.widths, self.n_days, histogram, np.zeros(len(self.names), np.int64)

    @property
    def size(self) -> int:
        """How many numbers a histogram has."""
        return int(self.starts[-1]) + len(self.obligations) * (self.n_days + 1)

    def empty(self) -> Array:
        """A histogram of no replicates."""
        return np.zeros(self.size, np.int64)

    def released(self, histogram: Array, place: int) -> Array:
        """Replicates by day and cumulative count of one list, shape (n_days + 1, width)."""
        start, width = int(self.starts[place]), int(self.widths[place])
        flat = histogram[start : start + width * (self.n_days + 1)]
        return np.asarray(np.cumsum(flat.reshape(self.n_days + 1, width), axis=0))

    def occurring(self, histogram: Array, place: int) -> tuple[Array, Array]:
        """As `released`, of those counts alone that some replicate has on some day.

        Parameters
        ----------
        histogram : ndarray of int64
        place : int
            Of the list.

        Returns
        -------
        counts : ndarray of int64, shape (k,)
            Rising.
        table : ndarray of int64, shape (n_days + 1, k)
            Replicates by day and count.
        """
        start, width = int(self.starts[place]), int(self.widths[place])
        flat = histogram[start : start + width * (self.n_days + 1)]
        changes = np.flatnonzero(flat)
        day, count = np.divmod(changes, width)
        is_had = np.zeros(width, np.bool_)
        is_had[count] = True
        counts = np.flatnonzero(is_had)
        table = np.zeros((self.n_days + 1, len(counts)), np.int64)
        table[day, np.searchsorted(counts, count)] = flat[changes]
        return counts, np.cumsum(table, axis=0, out=table)

    def met(self, histogram: Array) -> Array:
        """Replicates by the day on which each obligation was met, shape (n_obligations, n_days + 1)."""
        return histogram[int(self.starts[-1]) :].reshape(len(self.obligations), self.n_days + 1)

    def read(self, places: Array) -> tuple[Array, Array, Array]:
        """What stands at places of a histogram: the place of its name in `names`, its day, and how many.

        Parameters
        ----------
        places : ndarray of int64, shape (n,)

        Returns
        -------
        what, day, count : ndarray of int64, shape (n,)
            The count of an obligation met is 1.
        """
        starts, widths = self._parts()
        what = np.searchsorted(starts, places, side="right") - 1
        day, count = np.divmod(places - starts[what], widths[what])
        return what, day, count + self._is_obligation(what)

    def places(self, what: Array, day: Array, count: Array) -> Array:
        """The places of a histogram that `read` gives so.

        Raises
        ------
        ValueError
            If there is no such place.
        """
        starts, widths = self._parts()
        count = count - self._is_obligation(what)
        if np.any((day < 0) | (day > self.n_days) | (count < 0) | (count >= widths[what])):
            raise ValueError("places")
        return np.asarray(starts[what] + day * widths[what] + count)

    def _parts(self) -> tuple[Array, Array]:
        """Where everything that has a name begins, and its numbers of counts on a day."""
        n = len(self.obligations)
        behind = self.starts[-1] + np.arange(n, dtype=np.int64) * (self.n_days + 1)
        return np.concatenate([self.starts[:-1], behind]), np.concatenate([self.widths, np.ones(n, np.int64)])

    def _is_obligation(self, what: Array) -> Array:
        return np.asarray(what >= len(self.widths), np.int64)

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that is counted by day: lists, then obligations with `MET` before them."""
        return *self.lists, *(f"{MET}{name}" for name in self.obligations)
