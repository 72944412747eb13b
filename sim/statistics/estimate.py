"""Estimates that carry their interval and their n: means, proportions, and Holm's adjustment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sim import special

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A value with the interval that comes with it.

    Attributes
    ----------
    value, low, high : float
        In the unit of the outcome; `low` and `high` are NaN where one replicate is all there is.
    n : int
        Replicates that it rests on.
    """

    value: float
    low: float
    high: float
    n: int

    @property
    def half_width(self) -> float:
        """Half the length of the interval."""
        return (self.high - self.low) / 2

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies on one side of 0."""
        return self.low > 0 or self.high < 0


def mean_estimate(
    mean: float, standard_error: float, n: int, confidence: float = CONFIDENCE, n_means: int | None = None
) -> Estimate:
    """A mean with its t interval.

    Parameters
    ----------
    mean, standard_error : float
        `standard_error` is that of the mean, and is not used when `n` is 1.
    n : int
        At least 1.
    confidence : float, optional
        Coverage of the interval, in (0, 1).
    n_means : int, optional
        Independent means that `standard_error` comes from; by default `n`, replicates that are independent.

    Returns
    -------
    Estimate
        Without an interval (NaN) when `n` is 1.
    """
    if n < 2:
        return Estimate(mean, math.nan, math.nan, n)
    reach = -float(special.stdtrit((n_means or n) - 1, (1 - confidence) / 2)) * standard_error
    return Estimate(mean, mean - reach, mean + reach, n)


def share_estimate(count: int, n: int, confidence: float = CONFIDENCE) -> Estimate:
    """A share with its exact interval (Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404)."""
    tail = (1 - confidence) / 2
    low = float(special.betaincinv(count, n - count + 1, tail)) if count > 0 else 0.0
    high = float(special.betaincinv(count + 1, n - count, 1 - tail)) if count < n else 1.0
    return Estimate(count / n, low, high, n)


def p_value(mean: float, standard_error: float, n: int) -> float:
    """Two-sided p-value of the t test that a mean is 0; 1 where nothing speaks against it (n of 1, all zero)."""
    if n < 2 or mean == 0:
        return 1.0
    if standard_error == 0:
        return 0.0
    return float(2 * special.stdtr(n - 1, -abs(mean) / standard_error))


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values adjusted for asking several questions at once, in the order given.

    Parameters
    ----------
    p_values : sequence of float
        One per question.

    Returns
    -------
    list of float
        Each compared with 0.05 as it is, the chance of even one false finding stays below 5 %.

    References
    ----------
    Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6.
    """
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted = [1.0] * len(p_values)
    largest = 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = largest
    return adjusted
