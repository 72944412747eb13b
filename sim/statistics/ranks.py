"""Rank correlation, with an interval."""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import rankdata

from sim import special
from sim.statistics.estimate import CONFIDENCE, Estimate
from sim.statistics.moments import Array

_VARIANCE_FACTOR = 1.06
"""Fieller, Hartley and Pearson (1957), doi:10.1093/biomet/44.3-4.470: variance of the transformed coefficient."""


def rank_correlation(one: Array, other: Array, confidence: float = CONFIDENCE) -> Estimate | None:
    """Spearman's coefficient of two columns, with Fisher's interval.

    Parameters
    ----------
    one, other : ndarray, shape (n,)
    confidence : float, optional

    Returns
    -------
    Estimate or None
        None where one of them does not vary, or there are fewer than 4 pairs.
    """
    n = len(one)
    if n < 4 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    coefficient = float(np.corrcoef(rankdata(one), rankdata(other))[0, 1])
    if abs(coefficient) >= 1:
        return Estimate(
            math.copysign(1.0, coefficient), math.copysign(1.0, coefficient), math.copysign(1.0, coefficient), n
        )
    reach = -float(special.ndtri((1 - confidence) / 2)) * math.sqrt(_VARIANCE_FACTOR / (n - 3))
    middle = math.atanh(coefficient)
    return Estimate(coefficient, math.tanh(middle - reach), math.tanh(middle + reach), n)
