"""Shares of a whole as whole numbers that add up to it."""

from __future__ import annotations

import numpy as np

from sim.statistics.moments import Array


def apportioned(counts: Array, together: int) -> Array:
    """Shares of a whole as whole numbers that add up to it, by largest remainder."""
    exact = np.asarray(counts) * together / max(1, np.sum(counts))
    return rounded(exact, np.zeros(len(exact), bool), together)


def rounded(exact: Array, is_named: Array, together: int) -> Array:
    """Named numbers rounded, the others by largest remainder, all adding up."""
    whole = np.floor(exact + np.where(is_named, 0.5, 1e-9)).astype(np.int64)
    missing = together - int(whole.sum())
    remainder = exact - np.floor(exact + 1e-9)
    if missing > 0:
        free = np.flatnonzero((exact > 0) & (whole <= exact))
        order = sorted(free, key=lambda place: (is_named[place], -remainder[place]))
        whole[order[:missing]] += 1
    elif missing < 0:
        raised = np.flatnonzero(whole > exact)
        whole[sorted(raised, key=lambda place: remainder[place])[:-missing]] -= 1
    return np.asarray(whole)
