"""Draws by address, log-normal times and hazards: 'Time and chance' of the page on the model."""

from __future__ import annotations

import hashlib
import math
from functools import cache
from statistics import NormalDist
from typing import Any

from tests.oracle.reading import DAY, delay

_MASK = (1 << 64) - 1
_MULTIPLIERS = (0xD2E7470EE14C6C93, 0xCA5A826395121157)
_WEYL = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
_NORMAL = NormalDist()
_Z_95 = 1.6448536269514722
_LONGEST = 1_000_000_000
"""Minutes; no time is longer."""


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Four words of Philox 4x64-10."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        high_0, low_0 = divmod(_MULTIPLIERS[0] * c0, 1 << 64)
        high_1, low_1 = divmod(_MULTIPLIERS[1] * c2, 1 << 64)
        c0, c1, c2, c3 = high_1 ^ c1 ^ k0, low_1, high_0 ^ c3 ^ k1, low_0
        k0, k1 = (k0 + _WEYL[0]) & _MASK, (k1 + _WEYL[1]) & _MASK
    return c0, c1, c2, c3


@cache
def key_of(name: str) -> int:
    """The hash by which a decision is addressed."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def time_at(u: float, times: Any, default: str = "0 min") -> int:
    """Whole minutes at probability `u` of a time given by its median and 95th percentile."""
    median, p95 = delay(default if times is None else times)
    if median <= 0:
        return 0
    time = median * math.exp(math.log(max(1.0, p95 / median)) / _Z_95 * _NORMAL.inv_cdf(u))
    return int(min(time + 0.5, _LONGEST))


def exponential(u: float) -> float:
    """The amount that a hazard has to add up to."""
    return -math.log(1.0 - u)


def hazard_minutes(u: float, per_day: float) -> float:
    """Minutes, rounded up, to what has this hazard a day; infinite without one."""
    return math.ceil(exponential(u) / per_day * DAY) if per_day > 0 else math.inf


class Chance:
    """The uniforms of one replicate, and how often what comes up again has come up."""

    def __init__(self, seed: int, replicate: int):
        self.seed, self.replicate = seed, replicate
        self.times: dict[str, int] = {}

    def at(self, name: str, occurrence: int = 0) -> tuple[float, ...]:
        """The four uniforms of one occurrence of a decision."""
        words = philox((self.replicate, key_of(name), occurrence, 0), (self.seed, 0))
        return tuple(((word >> 12) + 0.5) * 2.0**-52 for word in words)

    def next(self, name: str) -> tuple[float, ...]:
        """The uniforms of a decision that comes up once more."""
        occurrence = self.times.get(name, 0)
        self.times[name] = occurrence + 1
        return self.at(name, occurrence)
