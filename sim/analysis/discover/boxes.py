"""Boxes by peeling (Friedman and Fisher 1999, PRIM), and whether a limit says anything on other points.

A box is grown on some points and judged on others: those that chose a limit always speak for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from sim.statistics.estimate import holm

Array = np.ndarray[Any, Any]
Half = tuple[Array, Array]
PEELED = 0.05
"""Share of the points of a box that is cut off at a time."""
LEAST_POINTS = 20
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Box:
    """Limits on some unknowns; infinite where there is none.

    Attributes
    ----------
    low, high : ndarray of float64, shape (n_unknowns,)
    """

    low: Array
    high: Array

    @classmethod
    def whole(cls, n_unknowns: int) -> Box:
        """The box without limits."""
        return cls(np.full(n_unknowns, -np.inf), np.full(n_unknowns, np.inf))

    def holds(self, points: Array) -> Array:
        """Which points lie in it."""
        return np.asarray(np.all((points >= self.low) & (points <= self.high), axis=1))

    def limits(self) -> list[tuple[int, str]]:
        """Its limits: which unknown, and whether 'low' or 'high'."""
        ends = (("low", self.low), ("high", self.high))
        return [(int(place), name) for name, values in ends for place in np.flatnonzero(np.isfinite(values))]

    def without(self, place: int, name: str) -> Box:
        """The box without one of its limits."""
        low, high = self.low.copy(), self.high.copy()
        (low if name == "low" else high)[place] = -np.inf if name == "low" else np.inf
        return Box(low, high)


@dataclass(frozen=True)
class Fit:
    """How a box does on points.

    Attributes
    ----------
    coverage : float
        Share of all that happens that lies in it.
    density : float
        Share of the points in it in which it happens.
    mass : float
        Share of all points that lie in it.
    n : int
        Points in it.
    """

    coverage: float
    density: float
    mass: float
    n: int


def fit(box: Box, points: Array, happens: Array) -> Fit:
    """How a box does on points.

    Parameters
    ----------
    box : Box
    points : ndarray of float64, shape (n, n_unknowns)
    happens : ndarray of float64, shape (n,)
        1 where it does, else 0.
    """
    inside = box.holds(points)
    n, found = int(inside.sum()), float(happens[inside].sum())
    return Fit(found / max(float(happens.sum()), 1e-12), found / max(n, 1), n / len(points), n)


def peel(points: Array, happens: Array, least: float = 0.02) -> list[Box]:
    """Boxes from the whole on, each without a slice of the one before, the slice that leaves most to happen.

    Parameters
    ----------
    points : ndarray of float64, shape (n, n_unknowns)
    happens : ndarray of float64, shape (n,)
    least : float, optional
        Share of the points that a box keeps.
    """
    box, inside = Box.whole(points.shape[1]), np.arange(len(points))
    path = [box]
    while len(inside) > max(LEAST_POINTS, least * len(points)):
        best = _best_slice(points[inside], happens[inside])
        if best is None:
            break
        place, name, at, kept = best
        low, high = box.low.copy(), box.high.copy()
        (low if name == "low" else high)[place] = at
        box, inside = Box(low, high), inside[kept]
        path.append(box)
    return path


def _best_slice(points: Array, happens: Array) -> tuple[int, str, float, Array] | None:
    """The slice whose loss raises the share most for each point that is lost; None where none raises it."""
    best: tuple[float, int, str, float, Array] | None = None
    mean = float(happens.mean())
    for place in range(points.shape[1]):
        column = points[:, place]
        for name in ("low", "high"):
            edge = np.quantile(column, PEELED if name == "low" else 1 - PEELED)
            kept = column > edge if name == "low" else column < edge
            n = int(kept.sum())
            if not 0 < n < len(points):
                continue
            gain = (float(happens[kept].mean()) - mean) / (len(points) - n)
            if gain > 0 and (best is None or gain > best[0]):
                at = float(column[kept].min() if name == "low" else column[kept].max())
                best = (gain, place, name, at, kept)
    return None if best is None else best[1:]


def quasi_p(box: Box, points: Array, happens: Array) -> dict[tuple[int, str], float]:
    """For each limit, the chance of so much in the box if the limit said nothing (Bryant and Lempert 2010), after Holm.

    Parameters
    ----------
    box : Box
    points, happens : ndarray
        Points that did not choose the box.
    """
    inside = box.holds(points)
    n, found = int(inside.sum()), int(happens[inside].sum())
    limits = box.limits()
    raw = []
    for place, name in limits:
        wider = box.without(place, name).holds(points)
        share = float(happens[wider].mean()) if wider.any() else 0.0
        raw.append(_at_least(found, n, share))
    return dict(zip(limits, holm(raw) if raw else [], strict=True))


def _at_least(found: int, n: int, share: float) -> float:
    """The chance of so many or more in n, each with this chance."""
    if found <= 0 or share >= 1:
        return 1.0
    return 0.0 if share <= 0 else float(special.betainc(found, n - found + 1, share))


def pruned(box: Box, points: Array, happens: Array) -> Box:
    """The box without limits that say nothing on points that did not choose it, the idlest first.

    Parameters
    ----------
    box : Box
    points, happens : ndarray
        Points that did not choose the box.
    """
    while limits := quasi_p(box, points, happens):
        (place, name), p = max(limits.items(), key=lambda item: (item[1], item[0]))
        if p < SIGNIFICANT:
            return box
        box = box.without(place, name)
    return box


def chosen(path: Sequence[Box], points: Array, happens: Array, coverage: float) -> Box:
    """Of a path, the densest box that still covers so much.

    Parameters
    ----------
    path : sequence of Box
    points, happens : ndarray
        Those of the path.
    coverage : float
    """
    fits = [(fit(box, points, happens), place) for place, box in enumerate(path)]
    return path[max((one.density, place) for one, place in fits if one.coverage >= coverage)[1]]


def is_worth_telling(found: Fit, base: float) -> bool:
    """Whether a box is denser than the whole by more than chance and by a quarter, on points that did not choose it."""
    error = float(np.sqrt(base * (1 - base) / max(found.n, 1)))
    return found.n > 0 and found.density >= 1.25 * base and found.density >= base + 3 * error


def box_of(one: Half, other: Half, coverage: float) -> tuple[Box, Fit, bool]:
    """A box chosen by one half of the points and judged by the other: it, how it does there, whether that says much.

    Parameters
    ----------
    one, other : tuple of ndarray
        Points, and where it happens.
    coverage : float
        Share of all that happens that the box is to hold.
    """
    box = pruned(chosen(peel(*one), *one, coverage), *other)
    found = fit(box, *other)
    return box, found, bool(box.limits()) and is_worth_telling(found, float(other[1].mean()))
