"""Which cells a sweep has: a grid, a Latin hypercube, or the points from which Sobol indices follow."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, Literal

import numpy as np
from scipy.stats import qmc

from sim.analysis.sweeps.axes import Axis
from sim.errors import DealError

Design = Literal["grid", "lhs", "sobol"]
Point = tuple[float, ...]
MOST_CELLS = 10_000
LHS_POINTS = 64
SOBOL_POINTS = 64


def points_of(
    axes: Sequence[Axis], design: Design, n_points: int | None, seed: int, most_cells: int = MOST_CELLS
) -> list[Point]:
    """The points of a design, one number for each axis.

    Parameters
    ----------
    axes : sequence of Axis
    design : {'grid', 'lhs', 'sobol'}
    n_points : int or None
        Points of a Latin hypercube, or base points (a power of 2) of a Sobol design of (axes + 2) times as many.
    seed : int
        Of the scrambling.
    most_cells : int, optional
        More are refused.

    Returns
    -------
    list of tuple of float
        Of a Sobol design: base points A, base points B, then for each axis A with that axis from B.

    Raises
    ------
    DealError
        If there would be too many, or `n_points` does not fit the design.
    """
    n_cells = _size(axes, design, n_points)
    if n_cells > most_cells:
        raise DealError(
            f"this sweep has {n_cells} cells, at most {most_cells} are allowed; take fewer values, or allow more with "
            "--max-cells"
        )
    if design == "grid":
        return list(product(*(axis.numbers for axis in axes)))
    rng = np.random.default_rng(seed)
    if design == "lhs":
        shares = qmc.LatinHypercube(len(axes), rng=rng).random(n_cells)
    else:
        shares = _saltelli(len(axes), n_points or SOBOL_POINTS, rng)
    return [tuple(axis.at(share) for axis, share in zip(axes, row, strict=True)) for row in shares.tolist()]


def _size(axes: Sequence[Axis], design: Design, n_points: int | None) -> int:
    if design == "grid":
        if n_points is not None:
            raise DealError(
                "a grid has as many cells as its axes have values; points belong to the designs lhs and sobol"
            )
        size = 1
        for axis in axes:
            size *= len(axis.numbers)
        return size
    points = n_points if n_points is not None else (LHS_POINTS if design == "lhs" else SOBOL_POINTS)
    if points < 2:
        raise DealError(f"a design needs 2 points or more, got {points}")
    if design == "lhs":
        return points
    if points & (points - 1):
        below = 1 << (points.bit_length() - 1)
        raise DealError(
            f"a Sobol design needs a power of 2 as its number of points, such as {below} or {2 * below}, got {points}"
        )
    return points * (len(axes) + 2)


def _saltelli(n_axes: int, n_points: int, rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """Shares in [0, 1), shape (n_points * (n_axes + 2), n_axes), as Saltelli et al. (2010) arrange them."""
    both = qmc.Sobol(2 * n_axes, rng=rng).random(n_points)
    a, b = both[:, :n_axes], both[:, n_axes:]
    crossed = [np.where(np.arange(n_axes) == axis, b, a) for axis in range(n_axes)]
    return np.concatenate([a, b, *crossed])


def ends_of(axes: Sequence[Axis]) -> list[tuple[Point, Point]]:
    """For each axis, its low and its high end with all others at their centre."""
    centre = [axis.centre for axis in axes]

    def with_end(place: int, number: float) -> Point:
        return (*centre[:place], number, *centre[place + 1 :])

    return [(with_end(place, axis.low), with_end(place, axis.high)) for place, axis in enumerate(axes)]
