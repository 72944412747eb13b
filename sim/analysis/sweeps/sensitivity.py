"""Which axis matters: Sobol indices of a design made for them, and the effect of each axis from end to end."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import sobol_indices

from sim.statistics.estimate import CONFIDENCE

RESAMPLES = 999


@dataclass(frozen=True)
class Index:
    """A sensitivity index with its bootstrap interval.

    Attributes
    ----------
    value, low, high : float
        Share of the variance, without unit; its interval may reach below 0 or above 1.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Indices:
    """How the variance of one outcome's mean over the axes is shared among them.

    Attributes
    ----------
    first : dict of str to Index
        By path: the share that disappears when this axis alone is known.
    total : dict of str to Index
        By path: the share that remains when all others are known, interactions included.
    """

    first: dict[str, Index]
    total: dict[str, Index]


def indices_of(means: Mapping[str, np.ndarray[Any, Any]], paths: Sequence[str], seed: int) -> dict[str, Indices]:
    """First- and total-order Sobol indices of every outcome that varies.

    Parameters
    ----------
    means : mapping of str to ndarray, shape (n_points * (n_axes + 2),)
        By outcome: its mean at the points of a Sobol design, in their order.
    paths : sequence of str
        The axes.
    seed : int
        Of the bootstrap.

    Returns
    -------
    dict of str to Indices
        Without the outcomes that do not vary.

    References
    ----------
    Saltelli et al. (2010), doi:10.1016/j.cpc.2009.09.018, as `scipy.stats.sobol_indices` computes them.
    """
    names = [name for name, values in means.items() if np.ptp(values.reshape(len(paths) + 2, -1)[:2]) > 0]
    if not names:
        return {}
    stacked = np.stack([means[name].reshape(len(paths) + 2, -1) for name in names])
    values = {"f_A": stacked[:, 0], "f_B": stacked[:, 1], "f_AB": stacked[:, 2:].transpose(1, 0, 2)}
    indices = sobol_indices(func=values, n=stacked.shape[2], rng=np.random.default_rng(seed))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a resample in which nothing varies
        interval = indices.bootstrap(CONFIDENCE, RESAMPLES)
    first = _by_path(paths, indices.first_order, interval.first_order.confidence_interval)
    total = _by_path(paths, indices.total_order, interval.total_order.confidence_interval)
    return {name: Indices(first[place], total[place]) for place, name in enumerate(names)}


def _by_path(paths: Sequence[str], values: Any, interval: Any) -> list[dict[str, Index]]:
    """For each outcome, an index for each path; the arrays have the shape (n_outcomes, n_axes)."""
    shape = (-1, len(paths))
    triples = np.stack([np.reshape(part, shape) for part in (values, interval.low, interval.high)], axis=-1)
    return [{path: Index(*triple) for path, triple in zip(paths, row, strict=True)} for row in triples.tolist()]


def finite(index: Index) -> dict[str, float | None]:
    """The index as plain data; None for an end that cannot be had."""
    return {
        "value": index.value,
        "low": index.low if math.isfinite(index.low) else None,
        "high": index.high if math.isfinite(index.high) else None,
    }
