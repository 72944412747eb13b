"""A forecaster that knows nothing but the text's dates and how late people were released under other deals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.statistics.moments import Array

N_DRAWS = 10_000
_KEY = 21
"""Of the generator; the forecast is the same in every run."""


@dataclass(frozen=True)
class Lateness:
    """Of `count` coded obligations, how many whole days late they were met: from `first` to `last`, each as likely."""

    count: int
    first: int
    last: int


LATENESS = (Lateness(12, 0, 0), Lateness(3, 2, 3), Lateness(2, 4, 14), Lateness(1, 15, 28))
N_CODED = 21
"""Persons and remains: 12 of 21 within a day, 5 two to fourteen days late, 1 later, 3 not carried out.

Source: dated obligations of 14 comparable staged deals, coded by hand, none of them from the three deals of the
catalogue. The set is small and not random, and obligations of one deal are not independent. The late ones have a
median of 3.5 days, so that three of the six lie at two or three days. Assumption: the one later than a fortnight came
within four weeks; the set has no more than its class.
"""


def forecast(as_written: Array, width: int, key: int = _KEY) -> Array:
    """Forecasts by day and cumulative count, each batch late by a draw of its own.

    Parameters
    ----------
    as_written : ndarray of int64, shape (n_days,)
        Cumulative count by day as the text has it; people due on one day are one batch.
    width : int
        Largest count + 1.
    key : int, optional
        Of the Philox generator.

    Returns
    -------
    ndarray of int64, shape (n_days, width)
        Draws by day and count; each row adds up to `N_DRAWS`.
    """
    sizes = np.diff(as_written, prepend=0)
    due = np.flatnonzero(sizes)
    arrival = due + _lateness((N_DRAWS, len(due)), key, never=len(as_written))
    return np.stack([
        np.bincount((arrival <= day) @ sizes[due], minlength=width) for day in range(len(as_written))
    ])  # fmt: skip


def _lateness(shape: tuple[int, int], key: int, never: int) -> Array:
    """Whole days late; `never` for what is not carried out."""
    generator = np.random.Generator(np.random.Philox(key=key))
    place, within = generator.random(shape) * N_CODED, generator.random(shape)
    days = np.full(shape, never, np.int64)
    first_place = 0
    for lateness in LATENESS:
        chosen = (place >= first_place) & (place < first_place + lateness.count)
        spread = lateness.first + np.floor(within * (lateness.last - lateness.first + 1)).astype(np.int64)
        days = np.where(chosen, spread, days)
        first_place += lateness.count
    return days
