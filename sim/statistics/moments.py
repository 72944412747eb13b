"""Exact sums of outcome columns, so that neither order nor split of the replicates changes one bit of a result."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.outcomes.columns import published
from sim.statistics.estimate import CONFIDENCE, Estimate, mean_estimate, p_value
from sim.statistics.scrambles import Scrambles

Array = np.ndarray[Any, Any]
_ROWS = 8192
_HALF = 24
"""Larger values are split at this bit: squares of either half, summed over `_ROWS`, stay inside 64 bits."""
LARGEST = 1 << 47
FAR = 0.35
"""At n = 200 a 95 % t interval covers the mean of log-normal values (sigma 1) in 92 %; this finds 9 of 10 samples."""


def exact_sums(rows: Array) -> tuple[Array, Array]:
    """Sums and sums of squares of each column, as Python integers.

    Parameters
    ----------
    rows : ndarray of int64, shape (n, k)
        All values within 2**47 of 0.

    Returns
    -------
    sums, squares : ndarray of object, shape (k,)

    Raises
    ------
    ValueError
        If a value is larger.
    """
    if not rows.size:
        return np.zeros(rows.shape[1], object), np.zeros(rows.shape[1], object)
    return _exact_sums(rows, rows.min(0), rows.max(0))


def _exact_sums(rows: Array, lowest: Array, highest: Array) -> tuple[Array, Array]:
    sums, squares = np.zeros(rows.shape[1], object), np.zeros(rows.shape[1], object)
    largest = np.maximum(highest, -lowest)
    if largest.max() >= LARGEST:
        raise ValueError(f"outcomes must lie within 2**47 of 0, got {lowest.min()} to {highest.max()}")
    wide = np.flatnonzero(largest >= 1 << _HALF)
    for start in range(0, len(rows), _ROWS):
        part = rows[start : start + _ROWS]
        sums += part.sum(0).astype(object)
        high = part[:, wide] >> _HALF
        low = part.copy()
        low[:, wide] &= (1 << _HALF) - 1
        squares += _products(low, low)
        squares[wide] += (_products(high, high) << 2 * _HALF) + (_products(high, low[:, wide]) << _HALF + 1)
    return sums, squares


def _products(one: Array, other: Array) -> Array:
    """Sum over the rows of the product, by column."""
    return np.asarray(np.einsum("ij,ij->j", one, other).astype(object))


@dataclass
class Moments:
    """Sums over replicates, by column; memory does not grow with their number.

    Attributes
    ----------
    names : tuple of str
        Columns; units follow from the name (`sim.outcomes.columns.published`).
    n : int
        Replicates so far.
    n_scrambles : int
        Independent scrambles that the replicates belong to in turn (`sim.plan.sobol`); 0 where replicates are
        independent themselves.
    sums, squares : ndarray of object, shape (k,)
        Exact, as Python integers, in the unit as measured.
    lowest, highest : ndarray of int64, shape (k,)
    n_above, n_below : ndarray of int64, shape (k,)
        Replicates in which the column lies above and below 0.
    """

    names: tuple[str, ...]
    n: int = 0
    n_scrambles: int = 0
    scrambles: Scrambles = field(init=False)
    sums: Array = field(init=False)
    squares: Array = field(init=False)
    lowest: Array = field(init=False)
    highest: Array = field(init=False)
    n_above: Array = field(init=False)
    n_below: Array = field(init=False)

    def __post_init__(self) -> None:
        k = len(self.names)
        self.sums, self.squares = np.zeros(k, object), np.zeros(k, object)
        self.lowest = np.full(k, np.iinfo(np.int64).max)
        self.highest = np.full(k, np.iinfo(np.int64).min)
        self.n_above, self.n_below = np.zeros(k, np.int64), np.zeros(k, np.int64)
        self.scrambles = Scrambles(self.n_scrambles, k)

    def add(self, rows: Array, first: int = 0) -> None:
        """Count in replicates, shape (n, k); of scrambles, the first of them is number `first`."""
        self.scrambles.add(rows, first)
        if not rows.size:
            self.n += len(rows)
            return
        lowest, highest = rows.min(0), rows.max(0)
        sums, squares = _exact_sums(rows, lowest, highest)
        self.n += len(rows)
        self.sums += sums
        self.squares += squares
        self.lowest = np.minimum(self.lowest, lowest)
        self.highest = np.maximum(self.highest, highest)
        self.n_above += (rows > 0).sum(0)
        self.n_below += (rows < 0).sum(0)

    def merge(self, other: Moments) -> None:
        """Count in what another has counted, of other replicates and the same columns.

        Raises
        ------
        ValueError
            If the columns differ.
        """
        if self.names != other.names:
            raise ValueError(
                f"columns differ: {', '.join(sorted(set(self.names) ^ set(other.names))) or 'their order'}"
            )
        self.n += other.n
        self.sums += other.sums
        self.squares += other.squares
        self.lowest = np.minimum(self.lowest, other.lowest)
        self.highest = np.maximum(self.highest, other.highest)
        self.n_above += other.n_above
        self.n_below += other.n_below
        self.scrambles.merge(other.scrambles)

    def of(self, names: tuple[str, ...]) -> Moments:
        """The same replicates, these columns alone."""
        places = [self.names.index(name) for name in names]
        found = Moments(names, self.n, self.n_scrambles)
        found.scrambles = self.scrambles.of(places)
        for each in ("sums", "squares", "lowest", "highest", "n_above", "n_below"):
            setattr(found, each, getattr(self, each)[places])
        return found

    def scatter(self, column: int) -> int:
        """Sample variance of a column times n (n - 1): a whole number, in the square of the unit as measured."""
        return int(self.n * self.squares[column] - self.sums[column] ** 2)

    def _mean_and_error(self, column: int) -> tuple[float, float]:
        mean = self.sums[column] / self.n
        if self.n_scrambles:
            variance_of_mean = self.scrambles.variance_of_mean(column)
        else:
            variance_of_mean = self.scatter(column) / (self.n**2 * max(1, self.n - 1))
        measured = np.array([mean, math.sqrt(variance_of_mean)])
        in_units = published(self.names[column], measured)
        return float(in_units[0]), float(in_units[1])

    def estimate(self, column: int, confidence: float = CONFIDENCE) -> Estimate:
        """The mean of a column in its published unit, with its t interval."""
        self._refuse_none()
        return mean_estimate(*self._mean_and_error(column), self.n, confidence, self.n_scrambles or self.n)

    def p_value(self, column: int) -> float:
        """Two-sided p-value of the t test that the mean of a column is 0."""
        self._refuse_none()
        return p_value(*self._mean_and_error(column), self.n_scrambles or self.n)

    def range(self, column: int) -> tuple[float, float]:
        """Smallest and largest value of a column in its published unit."""
        self._refuse_none()
        ends = published(self.names[column], np.array([self.lowest[column], self.highest[column]]))
        return float(ends[0]), float(ends[1])

    def rests_on_few(self, column: int) -> bool:
        """Whether so much of a column's spread comes from one replicate that its t interval covers less than it says.

        That is where the replicate farthest from the mean is more than `FAR` times √n standard deviations away.
        """
        if self.n < 2:
            return False
        mean = self.sums[column] / self.n
        farthest = max(float(self.highest[column] - mean), float(mean - self.lowest[column]))
        return farthest > FAR * math.sqrt(self.scatter(column) / max(1, self.n - 1))

    def _refuse_none(self) -> None:
        if not self.n:
            raise ValueError("no replicates have been counted yet")
