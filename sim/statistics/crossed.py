"""How often each value of an outcome comes about together with each end."""

from __future__ import annotations

import numpy as np

from sim.plan.codes import End
from sim.statistics.moments import Array

STACK = ("collapsed", "lapsed", "standing", "completed")
"""Ends in the order of the columns."""
_PLACES = np.array([STACK.index(end.name.lower()) if end else 0 for end in End])


def percentile(counts: Array, percent: int) -> int:
    """The smallest count that at least this share of replicates stays at or below: one that some replicate has.

    Parameters
    ----------
    counts : ndarray of int64, shape (largest count + 1,)
        Replicates by count.
    percent : int
    """
    rising = np.cumsum(counts)
    return int(np.searchsorted(rising, -(-percent * int(rising[-1]) // 100)))


def crossed(values: Array, ends: Array) -> Array:
    """Replicates by count and end.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Whole numbers from 0.
    ends : ndarray of int64, shape (n,)
        Codes of `End`.

    Returns
    -------
    ndarray of int64, shape (largest value + 1, len(STACK))
        Ends in the order of `STACK`.
    """
    return by_end(np.rint(values).astype(np.int64), places_of(ends))


def places_of(ends: Array) -> Array:
    """The column of `STACK` for each code of `End`."""
    return np.asarray(_PLACES[ends])


def by_end(values: Array, places: Array) -> Array:
    """As `crossed`, of whole numbers and of columns for their ends."""
    keys = values * len(STACK) + places
    width = len(STACK) * (int(keys.max(initial=0)) // len(STACK) + 1)
    return np.bincount(keys, minlength=width).reshape(-1, len(STACK))
