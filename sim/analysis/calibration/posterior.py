"""Posteriors in closed form, or on a grid: chances, times, rates; each as the distributions that a scenario writes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim import special
from sim.statistics.moments import Array

N_QUANTILES = 33
"""Quantiles that stand for a distribution without a short form; the outermost stand half a step inside."""
JEFFREYS = 0.5
_GRID = (241, 61)
_LATEST = 20 * 365 * 1440
_MINUTES = {"h": 60, "d": 1440}


def probabilities(n: int = N_QUANTILES) -> Array:
    """Equally spaced from 0 to 1, the two ends half a step inside."""
    return np.linspace(0, 1, n).clip(0.5 / n, 1 - 0.5 / n)


def rounded(values: Array | Sequence[float]) -> list[float]:
    """Four significant digits, which is more than any of these estimates bears."""
    return [float(f"{value:.4g}") for value in values]


@dataclass(frozen=True)
class Chance:
    """A chance with a beta distribution."""

    a: float
    b: float

    def updated(self, successes: float, failures: float) -> Chance:
        """After so many more of each."""
        return Chance(self.a + successes, self.b + failures)

    @property
    def mean(self) -> float:
        """Expected chance."""
        return self.a / (self.a + self.b)

    def quantiles(self, at: Array) -> Array:
        """Values at these probabilities."""
        return np.asarray(special.betaincinv(self.a, self.b, at))

    @property
    def written(self) -> dict[str, Any]:
        """As `uncertain` takes it."""
        return {"beta": rounded([self.a, self.b])}


@dataclass(frozen=True)
class Time:
    """Log-normal times, their mean and variance unknown: normal-inverse-gamma in the logarithm of minutes.

    Attributes
    ----------
    centre : float
        Expected mean of the logarithm.
    weight : float
        Number of times that the centre is worth.
    shape, scale : float
        Of the inverse gamma distribution of the variance.

    References
    ----------
    Murphy (2007), Conjugate Bayesian analysis of the Gaussian distribution, section 6.
    """

    centre: float
    weight: float
    shape: float
    scale: float

    def updated(self, minutes: Sequence[float]) -> Time:
        """After these times."""
        if not minutes:
            return self
        logs = np.log(np.asarray(minutes, float))
        n, mean = len(logs), float(logs.mean())
        weight = self.weight + n
        between = self.weight * n * (mean - self.centre) ** 2 / weight
        return Time(
            centre=(self.weight * self.centre + n * mean) / weight,
            weight=weight,
            shape=self.shape + n / 2,
            scale=self.scale + 0.5 * float(np.sum((logs - mean) ** 2)) + 0.5 * between,
        )

    @property
    def sigma(self) -> float:
        """Root of the expected variance; of its mode where the expectation is infinite."""
        return math.sqrt(self.scale / (self.shape - 1 if self.shape > 1 else self.shape + 1))

    def median_quantiles(self, at: Array) -> Array:
        """The unknown median, in minutes: a t distribution on the log scale."""
        reach = math.sqrt(self.scale / (self.shape * self.weight)) * special.stdtrit(2 * self.shape, at)
        return np.asarray(np.minimum(np.exp(self.centre + reach), _LATEST))


@dataclass(frozen=True)
class Rate:
    """Events a day: a gamma distribution."""

    shape: float
    days: float

    def updated(self, events: float, days: float) -> Rate:
        """After so many more events in so many more days."""
        return Rate(self.shape + events, self.days + days)

    @property
    def mean(self) -> float:
        """Expected rate."""
        return self.shape / self.days

    def quantiles(self, at: Array) -> Array:
        """Values at these probabilities."""
        return np.asarray(special.gammaincinv(self.shape, at) / self.days)


@dataclass(frozen=True)
class SearchTime:
    """Log-normal times of a search on a grid of medians and log-standard deviations, each level on a log scale.

    Attributes
    ----------
    medians : ndarray of float64, shape (n,)
        In minutes.
    sigmas : ndarray of float64, shape (k,)
    weights : ndarray of float64, shape (n, k)
        Adding up to 1.
    """

    medians: Array
    sigmas: Array
    weights: Array

    @classmethod
    def level(cls, medians: tuple[float, float], sigmas: tuple[float, float]) -> SearchTime:
        """The prior: level between the ends."""
        by_median, by_sigma = (np.geomspace(*ends, n) for ends, n in zip((medians, sigmas), _GRID, strict=True))
        return cls(by_median, by_sigma, np.full(_GRID, 1 / math.prod(_GRID)))

    def updated(self, exact: Sequence[float], at_most: Sequence[float]) -> SearchTime:
        """After times known exactly and times known to be no longer than this, in minutes."""
        mean, sigma = np.log(self.medians)[:, None], self.sigmas[None, :]
        likelihood = np.zeros(self.weights.shape)
        for minutes in exact:
            likelihood += -0.5 * ((math.log(minutes) - mean) / sigma) ** 2 - np.log(sigma)
        for minutes in at_most:
            likelihood += special.log_ndtr((math.log(minutes) - mean) / sigma)
        weights = self.weights * np.exp(likelihood - likelihood.max())
        return SearchTime(self.medians, self.sigmas, weights / weights.sum())

    def median_quantiles(self, at: Array) -> Array:
        """The unknown median, in minutes."""
        below = np.cumsum(self.weights.sum(axis=1))
        return np.asarray(np.exp(np.interp(at, below, np.log(self.medians))))

    @property
    def sigma(self) -> float:
        """Root of the expected variance."""
        return float(np.sqrt(self.weights.sum(axis=0) @ self.sigmas**2))


def minutes_of(times: Sequence[float], unit: str) -> list[float]:
    """Times in hours ('h') or days ('d') as minutes."""
    return [_MINUTES[unit] * time for time in times]
