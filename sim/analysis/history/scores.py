"""How well a range by day agrees with what was observed: coverage, CRPS, bias and ranks, exact from counts.

All functions take `counts`, an ndarray of int64 of shape (n_days, width): forecasts by day and cumulative number of
people; and `observed`, shape (n_days,), each below `width`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.statistics.curves import bands
from sim.statistics.moments import Array

N_RANKS = 10
_RANK_KEY = 2023
"""Of the one generator that breaks ties between forecasts equal to what was observed."""


@dataclass(frozen=True)
class Agreement:
    """How one forecast agrees with the record of one curve.

    Attributes
    ----------
    coverage_50, coverage_90 : float
        Share of days on which the observed count lies in the band, its edges included.
    width_50, width_90 : float
        People from the lower to the upper edge, mean over days.
    crps : float
        People; mean over days.
    bias : float
        People; mean of forecast minus observed, so above 0 where too many are released too early.
    ranks : tuple of int
        Days by tenth of the forecast in which the observed count lies; level where the forecast is calibrated.
    """

    coverage_50: float
    coverage_90: float
    width_50: float
    width_90: float
    crps: float
    bias: float
    ranks: tuple[int, ...]


def agreement(counts: Array, observed: Array) -> Agreement:
    """All scores of one forecast."""
    band = bands(counts)
    return Agreement(
        coverage_50=coverage(band.low_50, band.high_50, observed),
        coverage_90=coverage(band.low_90, band.high_90, observed),
        width_50=float(np.mean(band.high_50 - band.low_50)),
        width_90=float(np.mean(band.high_90 - band.low_90)),
        crps=crps(counts, observed),
        bias=bias(counts, observed),
        ranks=ranks(counts, observed),
    )


def coverage(low: Array, high: Array, observed: Array) -> float:
    """Share of days on which the observed count lies in a band, its edges included."""
    return float(np.mean((low <= observed) & (observed <= high)))


def crps(counts: Array, observed: Array) -> float:
    """Continuous ranked probability score, mean over days; for a point forecast the absolute error.

    The integral over x of (F(x) - 1{x >= observed})², which for whole numbers is a sum.

    References
    ----------
    Gneiting and Raftery (2007), doi:10.1198/016214506000001437.
    """
    reached = np.arange(counts.shape[1]) >= observed[:, None]
    return float(np.mean(np.sum((_cumulative(counts) - reached) ** 2, axis=1)))


def crps_of_draws(drawn: Array, observed: Array) -> Array:
    """The same score by day of draws of shape (n, n_days), which need not be whole numbers.

    The mean distance from what was observed, less half the mean distance between two draws.
    """
    n = len(drawn)
    ordered = np.sort(drawn, axis=0)
    rank = (2 * np.arange(1, n + 1) - n - 1)[:, None]
    return np.asarray(np.abs(drawn - observed).mean(axis=0) - (rank * ordered).sum(axis=0) / n**2)


def bias(counts: Array, observed: Array) -> float:
    """Mean of the forecast minus what was observed, mean over days."""
    means = counts @ np.arange(counts.shape[1]) / counts.sum(axis=1)
    return float(np.mean(means - observed))


def ranks(counts: Array, observed: Array) -> tuple[int, ...]:
    """Days by tenth of the forecast in which the observed count lies (a histogram of randomised PIT values).

    Where forecasts equal the observed count, its place among them is drawn, with the same draws in every call.

    References
    ----------
    Czado, Gneiting and Held (2009), doi:10.1111/j.1541-0420.2009.01191.x.
    """
    days = np.arange(len(observed))
    at_or_below = _cumulative(counts)[days, observed]
    equal = counts[days, observed] / counts.sum(axis=1)
    drawn = np.random.Generator(np.random.Philox(key=_RANK_KEY)).random(len(observed))
    places = at_or_below - drawn * equal
    tenths = np.clip((N_RANKS * places).astype(np.int64), 0, N_RANKS - 1)
    return tuple(int(n) for n in np.bincount(tenths, minlength=N_RANKS))


def _cumulative(counts: Array) -> Array:
    """Share of forecasts at or below each number of people."""
    at_or_below = np.cumsum(counts, axis=1)
    return np.asarray(at_or_below / at_or_below[:, -1:])
