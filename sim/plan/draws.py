"""Chance by address: the uniforms of a decision depend on seed, replicate, decision and occurrence, on nothing else.

Philox 4x64 with ten rounds (Salmon, Moraes, Dror and Shaw 2011, doi:10.1145/2063384.2063405), the counter-based
generator of `numpy.random.Philox`. One uniform per quantity, by inverse transform, so that every quantity is monotone
in its uniform and two scenarios that share an address share their luck.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import numpy as np

from sim.native.elementary import exp, log
from sim.native.entry import entry
from sim.native.rule import multiply_wide, rule

_MULTIPLIER_0 = np.uint64(0xD2E7470EE14C6C93)
_MULTIPLIER_1 = np.uint64(0xCA5A826395121157)
_WEYL_0 = np.uint64(0x9E3779B97F4A7C15)
_WEYL_1 = np.uint64(0xBB67AE8584CAA73B)
_TO_52_BITS = np.uint64(12)
Z_95 = 1.6448536269514722
"""95th percentile of the standard normal distribution."""


def decision_key(name: str) -> int:
    """The 64-bit hash by which a decision is addressed.

    Parameters
    ----------
    name : str
        The decision's name, made of ids of the document and never of positions.

    Returns
    -------
    int
        In [0, 2**64), from BLAKE2b.
    """
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


@dataclass(frozen=True, order=True)
class Draw:
    """One uniform: which of the four of a decision, in one occurrence of it.

    Attributes
    ----------
    decision : str
        Its name, as `decision_key` takes it.
    place : int
        As in `sim.plan.uniforms`.
    occurrence : int
        From 0.
    """

    decision: str
    place: int
    occurrence: int = 0


ROW_KEY = np.uint64(decision_key("posterior row"))
"""Of the draw of a row of the scenario's table."""


@rule
def philox_block(counter_0, counter_1, counter_2, counter_3, key_0, key_1):
    """Four 64-bit words of Philox 4x64-10 for a counter and a key, all uint64."""
    for _ in range(10):
        high_0, low_0 = multiply_wide(_MULTIPLIER_0, counter_0)
        high_1, low_1 = multiply_wide(_MULTIPLIER_1, counter_2)
        counter_0, counter_1, counter_2, counter_3 = (
            high_1 ^ counter_1 ^ key_0,
            low_1,
            high_0 ^ counter_3 ^ key_1,
            low_0,
        )
        key_0, key_1 = key_0 + _WEYL_0, key_1 + _WEYL_1
    return counter_0, counter_1, counter_2, counter_3


@rule
def to_uniform(word):
    """A number strictly between 0 and 1 from the upper 52 bits; with 53, the largest would round to 1."""
    return (np.float64(word >> _TO_52_BITS) + 0.5) * 2.220446049250313e-16


@rule
def draw_branch(seed, replicate, decision, occurrence, branch):
    """The same in one of the histories that part from a replicate; branch 0 is the replicate itself."""
    a, b, c, d = philox_block(replicate, decision, occurrence, branch, seed, np.uint64(0))
    return to_uniform(a), to_uniform(b), to_uniform(c), to_uniform(d)


@rule
def draw_block(seed, replicate, decision, occurrence):
    """Four uniforms on (0, 1) for one occurrence of one decision; arguments are uint64."""
    return draw_branch(seed, replicate, decision, occurrence, np.uint64(0))


@entry("uint uint floats")
def first_uniforms(seed, decision, drawn):
    """Fill in the first uniform of a decision's first occurrence in each of the first replicates; for Python."""
    for replicate in range(len(drawn)):
        drawn[replicate], _, _, _ = draw_block(seed, np.uint64(replicate), decision, np.uint64(0))


@rule
def row_at(u, n_rows):
    """The row of a table at probability `u`."""
    return min(int(u * n_rows), n_rows - 1)


@rule
def take_row(plan, seed, replicate, table, slots):
    """Numbers that a table has take the values of this replicate's row."""
    width = len(slots)
    u, _, _, _ = draw_block(seed, replicate, ROW_KEY, np.uint64(0))
    first = row_at(u, len(table) // width) * width
    for column in range(width):
        plan.parameter[slots[column]] = table[first + column]


@entry("plans uint uint floats ints")
def take_row_once(plans, seed, replicate, table, slots):
    """The same of one replicate; for Python, on a plan of its own."""
    take_row(plans[0], seed, replicate, table, slots)


@rule
def normal_quantile(p):
    """Quantile of the standard normal distribution, to about 1e-16 relative.

    References
    ----------
    Wichura (1988), algorithm AS 241 (PPND16), doi:10.2307/2347330.
    """
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        numerator = (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
            + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
            + 133.14166789178437745) * r + 3.387132872796366608)  # fmt: skip
        denominator = (((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
            + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
            + 42.313330701600911252) * r + 1.0)  # fmt: skip
        return q * numerator / denominator
    r = math.sqrt(-log(p if q < 0 else 1.0 - p))
    if r <= 5.0:
        r -= 1.6
        numerator = (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
            + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
            + 4.6303378461565452959) * r + 1.42343711074968357734)  # fmt: skip
        denominator = (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r  # noqa: E501
            + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
            + 2.05319162663775882187) * r + 1.0)  # fmt: skip
    else:
        r -= 5.0
        numerator = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r  # noqa: E501
            + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
            + 5.4637849111641143699) * r + 6.6579046435011037772)  # fmt: skip
        denominator = (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r  # noqa: E501
            + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
            + 0.59983220655588793769) * r + 1.0)  # fmt: skip
    return -numerator / denominator if q < 0 else numerator / denominator


@rule
def spread_of(median, p95):
    """Standard deviation of the logarithm of a log-normal time with this median and this later 95th percentile."""
    return log(p95 / median) / Z_95


@rule
def lognormal_at(u, median, spread):
    """Whole minutes at probability `u` of a log-normal time with this median, in minutes, and this spread."""
    return np.int64(min(median * exp(spread * normal_quantile(u)) + 0.5, 1e9))


@rule
def exponential_days(u, per_day):
    """Time in days to the first event of a constant hazard, at probability `u`; infinite for a hazard of 0."""
    if per_day <= 0.0:
        return math.inf
    return -log(1.0 - u) / per_day
