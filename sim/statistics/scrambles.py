"""Intervals of replicates that are not independent, but come in scrambles that are."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim import special
from sim.statistics.estimate import CONFIDENCE, Estimate, share_estimate

Array = np.ndarray[Any, Any]


class Scrambles:
    """Sums of columns by scramble: replicate r belongs to scramble r modulo their number.

    Parameters
    ----------
    n_scrambles, n_columns : int
        Without scrambles nothing is kept.

    Notes
    -----
    Everything kept is a whole number, so replicates may come in any order and split.
    """

    def __init__(self, n_scrambles: int, n_columns: int):
        self.n = np.zeros(n_scrambles, np.int64)
        self.sums = np.zeros((n_scrambles, n_columns), object)

    def __len__(self) -> int:
        return len(self.n)

    def add(self, rows: Array, first: int) -> None:
        """Count in consecutive replicates, the first of them number `first`."""
        for scramble in range(len(self)):
            mine = rows[(scramble - first) % len(self) :: len(self)]
            self.n[scramble] += len(mine)
            self.sums[scramble] += mine.sum(0).astype(object)

    def merge(self, other: Scrambles) -> None:
        """Count in other replicates."""
        self.n += other.n
        self.sums += other.sums

    def of(self, places: list[int]) -> Scrambles:
        """These columns alone."""
        found = Scrambles(len(self), len(places))
        found.n, found.sums = self.n.copy(), self.sums[:, places]
        return found

    def variance_of_mean(self, column: int) -> float:
        """Variance of the mean of a column over all replicates, in the square of its unit, from those of scrambles."""
        n, sums = int(self.n.sum()), self.sums[:, column]
        total, m = sum(sums), len(self)
        apart = sum((int(of_one) * n - int(n_one) * total) ** 2 for of_one, n_one in zip(sums, self.n, strict=True))
        return apart / n**4 * (m / (m - 1))

    def share(self, column: int, confidence: float = CONFIDENCE) -> Estimate:
        """The share of replicates in which a column of 0 and 1 is 1."""
        n, count = int(self.n.sum()), int(sum(self.sums[:, column]))
        return share_of_scrambles(count, n, self.variance_of_mean(column), len(self), confidence)


def share_of_scrambles(count: int, n: int, variance: float, m: int, confidence: float = CONFIDENCE) -> Estimate:
    """A share with the interval of a survey in clusters: exact for as many independent replicates as it is worth.

    Parameters
    ----------
    count, n : int
        Replicates in which something happens, and all.
    variance : float
        Of the share; where it is 0, as where nothing ever happens, the interval is that of independent replicates.
    m : int
        Scrambles.
    confidence : float, optional

    References
    ----------
    Korn and Graubard (1998), "Confidence intervals for proportions with small expected number of positive counts
    estimated from survey data", Survey Methodology 24.
    """
    if variance <= 0 or count in (0, n):
        return share_estimate(count, n, confidence)
    share, tail = count / n, (1 - confidence) / 2
    narrower = float(special.stdtrit(n - 1, tail) / special.stdtrit(m - 1, tail))
    worth = share * (1 - share) / variance * narrower**2
    low = float(special.betaincinv(share * worth, (1 - share) * worth + 1, tail))
    high = float(special.betaincinv(share * worth + 1, (1 - share) * worth, 1 - tail))
    return Estimate(share, low, high, n)


def variance_behind(estimate: Estimate, m: int, confidence: float) -> float:
    """Variance of a mean, given its t interval from so many scrambles."""
    reach = -float(special.stdtrit(m - 1, (1 - confidence) / 2))
    return 0.0 if math.isnan(estimate.half_width) else (estimate.half_width / reach) ** 2
