"""A small search for points that no other point is better than in everything, on the unit cube.

Points of a Sobol sequence first; then children of the points that nothing dominates, lonely ones preferred, each
coordinate from either parent, moved a little or drawn anew. Chance comes from the seed and the number of the
generation alone, so that a search can be taken up again behind any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import qmc

Array = np.ndarray[Any, Any]
GENERATION = 16
MOVES, WIDTH, ANEW = 0.35, 0.12, 0.03
"""Chance that a coordinate is moved, how far (a standard deviation), and chance that it is drawn anew."""
TRIES = 50
"""For a child that has not been tried yet."""


def non_dominated(values: Array, penalties: Array | None = None) -> Array:
    """Which points no other point dominates: nowhere worse, somewhere better; smaller is better.

    Parameters
    ----------
    values : ndarray of float64, shape (n, n_outcomes)
    penalties : ndarray of float64, shape (n,), optional
        How far each is from what it has to meet; one with less dominates one with more.

    Returns
    -------
    ndarray of bool, shape (n,)
        Of equal points all are.
    """
    kept = np.ones(len(values), bool)
    if penalties is not None and len(penalties):
        kept &= penalties <= penalties.min()
    for place in np.flatnonzero(kept):
        if kept[place]:
            worse = np.all(values >= values[place], axis=1) & np.any(values > values[place], axis=1)
            kept &= ~worse
    return kept


@dataclass(frozen=True)
class Search:
    """What decides which points are tried next.

    Attributes
    ----------
    n_terms : int
    scale : ndarray of float64, shape (n_outcomes,)
        Differences that matter, in whose terms points are near or far.
    seed : int
    n_start : int
        Points of the first generation, a power of 2.
    key : callable
        From a point of the cube to what it stands for; no two points of a search stand for the same.
    every : ndarray of float64, shape (n, n_terms), optional
        All points that there are, where these are few enough to be tried one after another.
    """

    n_terms: int
    scale: Array
    seed: int
    n_start: int = 128
    key: Callable[[Array], Hashable] = lambda shares: shares.tobytes()
    every: Array | None = None

    def sizes(self, budget: int) -> list[int]:
        """How many points each generation has."""
        budget = budget if self.every is None else min(budget, len(self.every))
        first = min(budget, self.n_start)
        left = budget - first
        return [first, *[GENERATION] * (left // GENERATION), *([left % GENERATION] if left % GENERATION else [])]

    def next(self, generation: int, count: int, tried: Array, values: Array, penalties: Array) -> Array:
        """The points of a generation; fewer where nearly all there are have been tried.

        Parameters
        ----------
        generation, count : int
        tried : ndarray of float64, shape (n, n_terms)
        values : ndarray of float64, shape (n, n_outcomes)
            Smaller is better.
        penalties : ndarray of float64, shape (n,)
            0 for those that meet everything; infinite for those that are no deal.
        """
        if self.every is not None:
            return self.every[len(tried) : len(tried) + count]
        seen = {self.key(shares) for shares in tried}
        if generation == 0:
            drawn = qmc.Sobol(self.n_terms, rng=np.random.default_rng([self.seed, 0])).random(self.n_start)[:count]
            return np.array([shares for shares in drawn if self._is_new(shares, seen)]).reshape(-1, self.n_terms)
        chance = np.random.default_rng([self.seed, generation])
        usable = np.flatnonzero(np.isfinite(penalties))
        parents = usable[non_dominated(values[usable], penalties[usable])] if len(usable) else usable
        weights = self._loneliness(values[parents])
        children = [self._child(chance, tried[parents], weights, seen) for _ in range(count)]
        return np.array([child for child in children if child is not None]).reshape(-1, self.n_terms)

    def _is_new(self, shares: Array, seen: set[Hashable]) -> bool:
        key = self.key(shares)
        is_new = key not in seen
        seen.add(key)
        return is_new

    def _loneliness(self, values: Array) -> Array:
        """Chances of being a parent: by the distance of the nearest other, up to one step that matters each."""
        if len(values) < 2:
            return np.ones(len(values))
        scaled = values / self.scale
        apart = np.linalg.norm(scaled[:, None] - scaled[None], axis=2)
        np.fill_diagonal(apart, np.inf)
        lonely = np.minimum(apart.min(axis=1), 1.0) + 1e-9
        return np.asarray(lonely / lonely.sum())

    def _child(self, chance: np.random.Generator, parents: Array, weights: Array, seen: set[Hashable]) -> Array | None:
        for _ in range(TRIES):
            if len(parents):
                one = parents[chance.choice(len(parents), p=weights / weights.sum())]
                other = parents[chance.integers(len(parents))]
                shares = np.where(chance.random(self.n_terms) < 0.5, one, other)
                moved = chance.random(self.n_terms) < MOVES
                shares = np.where(moved, shares + chance.normal(0, WIDTH, self.n_terms), shares)
                anew = chance.random(self.n_terms) < ANEW
                shares = np.clip(np.where(anew, chance.random(self.n_terms), shares), 0, 1)
            else:
                shares = chance.random(self.n_terms)
            if self._is_new(shares, seen):
                return np.asarray(shares)
        return None
