"""A forecaster that knows nothing but the text's dates and how late people came out under other deals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.analysis.history.rows import CLASSES, Step
from sim.statistics.moments import Array

N_DRAWS = 10_000
_KEY = 21
"""Of the generator; the forecast is the same in every run."""
_HOURS = 24


def forecast(as_written: Array, width: int, steps: Sequence[Step], key: int = _KEY) -> Array:
    """Forecasts by day and cumulative count, each batch as late as a row drawn for it alone.

    Parameters
    ----------
    as_written : ndarray of int64, shape (n_days,)
        Cumulative count by day as the text has it; people due on one day are one batch.
    width : int
        Largest count + 1.
    steps : sequence of Step
        Rows of other deals, at least one.
    key : int, optional
        Of the Philox generator.

    Returns
    -------
    ndarray of int64, shape (n_days, width)
        Draws by day and count; each row adds up to `N_DRAWS`.
    """
    sizes = np.diff(as_written, prepend=0)
    due = np.flatnonzero(sizes)
    arrival = due + _lateness((N_DRAWS, len(due)), steps, key, never=len(as_written))
    return np.stack([
        np.bincount((arrival <= day) @ sizes[due], minlength=width) for day in range(len(as_written))
    ])  # fmt: skip


def days_late(step: Step) -> int | None:
    """Whole days after its date on which the last of a step came; None for one that never did.

    A step on time may have come after midnight: from twelve hours on it counts to the next day.
    """
    if step.outcome == CLASSES.index("D"):
        return None
    return round(max(0.0, step.hours_late or 0.0) / _HOURS)


def _lateness(shape: tuple[int, int], steps: Sequence[Step], key: int, never: int) -> Array:
    """Whole days late, row by row at random; `never` for what is not carried out in full."""
    generator = np.random.Generator(np.random.Philox(key=key))
    days = [days_late(step) for step in steps]
    known = np.array([never if late is None else min(late, never) for late in days], np.int64)
    return known[generator.integers(len(known), size=shape)]
