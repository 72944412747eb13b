"""One scenario's replicates, block by block: means, ends, root causes and curves, in memory that stays the same."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from sim.document.measured import CODES
from sim.outcomes.by_day import ByDay
from sim.outcomes.columns import end_name, is_quantity
from sim.plan.codes import End
from sim.statistics.curves import Bands, Survival, bands, kaplan_meier
from sim.statistics.endings import TRUCE_FAILS, Endings
from sim.statistics.estimate import CONFIDENCE, Estimate, share_estimate
from sim.statistics.guarantees import Violation, Violations
from sim.statistics.moments import Array, Moments
from sim.statistics.tallies import Tallies

ENDS = tuple(end for end in End if end != End.NONE)
_CODE_BITS = 20
_OFFSET = 1 << _CODE_BITS - 1
"""Codes and days lie in [-2**19, 2**19), so that two or three of them make one sortable whole number."""


class Accumulator:
    """What the replicates of one scenario add up to.

    Parameters
    ----------
    names : tuple of str
        Columns of the outcome rows, `sim.outcomes.columns.columns`.
    by_day : ByDay
        Layout of the histograms by day.
    histogram : ndarray of int64, optional
        What those are added up in, by default one of no replicates; of length 0 where that is done apart.
    n_scrambles : int, optional
        As in `Moments`.

    Notes
    -----
    Everything kept is a whole number, so blocks may come, and accumulators may be merged, in any order.
    """

    def __init__(
        self, names: tuple[str, ...], by_day: ByDay, histogram: Array | None = None, n_scrambles: int = 0
    ):  # fmt: skip
        self.names = names
        self.by_day = by_day
        self.moments = Moments(tuple(name for name in names if is_quantity(name)), n_scrambles=n_scrambles)
        self.endings = Endings(n_scrambles, by_day.n_days)
        self.ends_by_day: Counter[tuple[int, int]] = Counter()
        self.roots: Counter[tuple[int, int, int]] = Counter()
        self.histogram = by_day.empty() if histogram is None else histogram
        self.violations = Violations(names, n_scrambles)
        self.tallies = Tallies(names, by_day.midnight)
        self._measured = [i for i, name in enumerate(names) if is_quantity(name)]
        self._end_and_day = [names.index("end"), names.index("end_day")]
        self._end_and_root = [names.index(name) for name in CODES]

    @property
    def n(self) -> int:
        """Replicates so far."""
        return self.moments.n

    def add(self, outcomes: Array, histogram: Array, first: int) -> None:
        """Count in a block.

        Parameters
        ----------
        outcomes : ndarray of int64, shape (n, len(names))
            As measured.
        histogram : ndarray of int64
            Of the same replicates, laid out by `by_day`.
        first : int
            Number of the first replicate.
        """
        self.add_outcomes(outcomes, first)
        self.histogram += histogram

    def add_outcomes(self, outcomes: Array, first: int) -> None:
        """Count in a block without its histogram, which whoever has many of them adds up apart."""
        self.violations.add(outcomes, first)
        self.tallies.add(outcomes)
        self.moments.add(outcomes[:, self._measured], first)
        self.endings.add(outcomes[:, self._end_and_day], first)
        _count(self.ends_by_day, outcomes[:, self._end_and_day])
        _count(self.roots, outcomes[:, self._end_and_root])

    def merge(self, other: Accumulator) -> None:
        """Count in the replicates of another accumulator of the same scenario."""
        self.moments.merge(other.moments)
        self.ends_by_day.update(other.ends_by_day)
        self.roots.update(other.roots)
        self.histogram += other.histogram
        self.endings.merge(other.endings)
        self.violations.merge(other.violations)
        self.tallies.merge(other.tallies)

    def guarantees(self, confidence: float = CONFIDENCE) -> tuple[Violation, ...]:
        """How often each declared guarantee is violated."""
        return self.violations.found(self.n, confidence)

    def estimates(self, confidence: float = CONFIDENCE) -> dict[str, Estimate]:
        """Mean of every outcome in its published unit; codes have none."""
        return {name: self.moments.estimate(i, confidence) for i, name in enumerate(self.moments.names)}

    def count_of_end(self, end: End) -> int:
        """Replicates with this end."""
        return sum(count for (code, _), count in self.ends_by_day.items() if code == end)

    def ends(self, confidence: float = CONFIDENCE) -> dict[str, tuple[int, Estimate]]:
        """Count and share of each end, 'completed', 'collapsed', 'lapsed' and 'standing'."""
        if self.endings.n_scrambles:
            return {end_name(end): (self.count_of_end(end), self.endings.share(end, confidence)) for end in ENDS}
        counts = {end_name(end): self.count_of_end(end) for end in ENDS}
        return {name: (count, share_estimate(count, self.n, confidence)) for name, count in counts.items()}

    def incidence(self) -> dict[str, Array]:
        """Cumulative incidence of each end: share of replicates that have ended so by the end of each day.

        Returns
        -------
        dict of str to ndarray, shape (n_days + 1,)
            Competing ends: on each day they add up to the share that has ended.
        """
        by_day: dict[int, Array] = {end: np.zeros(self.by_day.n_days + 1, np.int64) for end in ENDS}
        for (code, day), count in self.ends_by_day.items():
            by_day[code][self._within(day)] += count
        return {end_name(end): np.cumsum(counts) / self.n for end, counts in by_day.items()}

    def survival(self, confidence: float = CONFIDENCE) -> Survival:
        """Share of deals whose truce still stands by day: until a collapse or a lapse, else censored at the horizon."""
        failed = np.zeros(self.by_day.n_days + 1, np.int64)
        censored = np.zeros_like(failed)
        for (code, day), count in self.ends_by_day.items():
            if code in TRUCE_FAILS:
                failed[self._within(day)] += count
            else:
                censored[-1] += count
        found = kaplan_meier(failed, censored, confidence)
        return self.endings.survival(found, confidence) if self.endings.n_scrambles else found

    def released(self, place: int) -> tuple[Bands, Array]:
        """Quantiles and means by day of cumulative releases of one list, by its place in `by_day`."""
        counts, table = self.by_day.occurring(self.histogram, place)
        return bands(table, counts), table @ counts / max(1, self.n)

    def met(self) -> dict[str, Array]:
        """By obligation, replicates by the day on which they met it, shape (n_days + 1,)."""
        return dict(zip(self.by_day.obligations, self.by_day.met(self.histogram), strict=True))

    def _within(self, day: int) -> int:
        return min(max(day, 0), self.by_day.n_days)


def _count(counter: Counter[Any], rows: Array) -> None:
    """Add the number of times that each distinct row occurs."""
    keys = rows[:, 0]
    for column in range(1, rows.shape[1]):
        keys = keys << _CODE_BITS | rows[:, column] + _OFFSET
    _, at, counts = np.unique(keys, return_index=True, return_counts=True)
    for row, count in zip(rows[at].tolist(), counts.tolist(), strict=True):
        counter[tuple(row)] += count
