"""Curves by day: exact quantile bands of cumulative releases, and the Kaplan-Meier estimate from counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim import special
from sim.statistics.estimate import CONFIDENCE
from sim.statistics.moments import Array

PERCENTS = {"median": 50, "low_50": 25, "high_50": 75, "low_90": 5, "high_90": 95}


@dataclass(frozen=True)
class Bands:
    """Cumulative count by day: the median, and the ranges that hold 50 % and 90 % of replicates.

    Attributes
    ----------
    median, low_50, high_50, low_90, high_90 : ndarray of int64, shape (n_days + 1,)
        Number of people by day from day 0; counts that did occur, never in between.
    """

    median: Array
    low_50: Array
    high_50: Array
    low_90: Array
    high_90: Array


def bands(table: Array, counts: Array | None = None) -> Bands:
    """Exact quantiles by day.

    Parameters
    ----------
    table : ndarray of int64, shape (n_days + 1, width)
        Replicates by day and cumulative count (`sim.outcomes.by_day.ByDay.released`).
    counts : ndarray of int64, shape (width,), optional
        The counts of the columns where these are not 0, 1, 2 … (`sim.outcomes.by_day.ByDay.occurring`).

    Returns
    -------
    Bands
        The smallest count that at least this share of replicates stays at or below (`inverted_cdf` of NumPy).
    """
    rising = np.cumsum(table)  # through all days: one sorted array, in which every day is a stretch
    n_columns = table.shape[1]
    if not n_columns:  # no replicate has been counted
        return Bands(*[np.zeros(len(table), np.int64)] * len(PERCENTS))
    first = np.arange(len(table)) * n_columns
    ends = rising[first + n_columns - 1]
    n = np.diff(ends, prepend=0)
    needed = {name: ends - n + (percent * n + 99) // 100 for name, percent in PERCENTS.items()}
    places = {name: np.searchsorted(rising, at).clip(first) - first for name, at in needed.items()}
    return Bands(**(places if counts is None else {name: counts[at] for name, at in places.items()}))


@dataclass(frozen=True)
class Survival:
    """Share surviving the end of each day, with pointwise intervals.

    Attributes
    ----------
    share, low, high : ndarray of float64, shape (n_days + 1,)
        Share in [0, 1] by day from day 0; `low` and `high` are NaN where nobody or everybody has failed.
    """

    share: Array
    low: Array
    high: Array


def kaplan_meier(failed: Array, censored: Array, confidence: float = CONFIDENCE) -> Survival:
    """Share that has not failed by the end of each day.

    Parameters
    ----------
    failed, censored : ndarray of int64, shape (n_days + 1,)
        Replicates that failed on each day, and those last seen, unfailed, on it.
    confidence : float, optional
        Pointwise coverage of the exponential Greenwood interval; NaN where it is not defined (nobody, or everybody,
        has failed).

    Returns
    -------
    Survival
        Equal to `scipy.stats.ecdf` of the same times, which would need one number for every replicate.

    References
    ----------
    Kaplan and Meier (1958), doi:10.1080/01621459.1958.10501452.
    """
    left = np.cumsum(failed + censored)
    at_risk = left[-1] - left + failed + censored
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.cumprod(np.where(at_risk > 0, 1 - failed / at_risk, 1.0))
        hazard_variance = np.cumsum(np.where(failed > 0, failed / (at_risk * (at_risk - failed)), 0.0))
        reach = -special.ndtri((1 - confidence) / 2) * np.sqrt(hazard_variance) / np.abs(np.log(share))
        middle = np.log(-np.log(share))
        low, high = np.exp(-np.exp(middle + reach)), np.exp(-np.exp(middle - reach))
    defined = (share > 0) & (share < 1)
    return Survival(share, np.where(defined, low, np.nan), np.where(defined, high, np.nan))
