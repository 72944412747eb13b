"""How and when the replicates of each scramble end, for shares whose intervals come from scrambles."""

from __future__ import annotations

import numpy as np

from sim.plan.codes import End
from sim.statistics.curves import Survival
from sim.statistics.estimate import Estimate
from sim.statistics.moments import Array
from sim.statistics.scrambles import Scrambles

TRUCE_FAILS = (End.COLLAPSED, End.LAPSED)
"""Ends that count as the end of the truce; a deal completed or still standing keeps it to the horizon."""


class Endings:
    """Counts by scramble of each end, and of truces that have failed by each day.

    Parameters
    ----------
    n_scrambles : int
        Without any nothing is kept.
    n_days : int
    """

    def __init__(self, n_scrambles: int, n_days: int):
        self.n_scrambles, self.n_days = n_scrambles, n_days
        self._counts = Scrambles(n_scrambles, (len(End) + n_days + 1) if n_scrambles else 0)

    def add(self, ends_and_days: Array, first: int) -> None:
        """Count in consecutive replicates, each with its end and the day of it."""
        if not self.n_scrambles:
            return
        rows = np.zeros((len(ends_and_days), len(End) + self.n_days + 1), np.int64)
        ends, days = ends_and_days[:, 0], ends_and_days[:, 1].clip(0, self.n_days)
        rows[np.arange(len(rows)), ends] = 1
        failed = np.isin(ends, TRUCE_FAILS)
        rows[:, len(End) :] = failed[:, None] & (days[:, None] <= np.arange(self.n_days + 1))
        self._counts.add(rows, first)

    def merge(self, other: Endings) -> None:
        """Count in other replicates of the same scenario."""
        self._counts.merge(other._counts)

    def share(self, end: End, confidence: float) -> Estimate:
        """The share of replicates that end so."""
        return self._counts.share(int(end), confidence)

    def survival(self, found: Survival, confidence: float) -> Survival:
        """A curve with the intervals of scrambles, undefined on the same days."""
        failing = [self._counts.share(len(End) + day, confidence) for day in range(self.n_days + 1)]
        low, high = np.array([[1 - share.high, 1 - share.low] for share in failing]).T
        undefined = np.isnan(found.low)
        return Survival(found.share, np.where(undefined, np.nan, low), np.where(undefined, np.nan, high))
