"""Draws and times as docs/model.md words them, from numpy and SciPy and nothing of `sim.plan.draws` or `sim.rules`."""

from __future__ import annotations

import hashlib
import math
from functools import cache

import numpy as np
from scipy.special import ndtri

from sim.document.behaviour import Delay

Four = tuple[float, float, float, float]
Z = float(ndtri(0.95))


@cache
def _key(decision: str) -> int:
    return int.from_bytes(hashlib.blake2b(decision.encode(), digest_size=8).digest(), "little")


class Chance:
    """The uniform numbers of one replicate, looked up by decision and occurrence."""

    def __init__(self, seed: int, replicate: int):
        self.seed, self.replicate = seed, replicate

    def four(self, decision: str, occurrence: int = 0) -> Four:
        """Four uniforms; numpy counts up once before its first block."""
        counter = self.replicate | _key(decision) << 64 | occurrence << 128
        words = np.random.Philox(key=self.seed, counter=(counter - 1) % 2**256).random_raw(4).tolist()
        a, b, c, d = (((word >> 12) + 0.5) / 2**52 for word in words)
        return a, b, c, d


def minutes(u: float, delay: Delay) -> int:
    """The log-normal time at probability `u`, by median and 95th percentile, in whole minutes."""
    if delay.p95 <= delay.median or delay.median <= 0:
        return int(delay.median)
    spread = math.log(delay.p95 / delay.median) / Z
    return int(min(delay.median * math.exp(spread * float(ndtri(u))) + 0.5, 1e9))


def days(u: float, per_day: float) -> float:
    """Days to the first event of a constant hazard, at probability `u`."""
    return math.inf if per_day <= 0 else -math.log(1 - u) / per_day


def at_least_once(chance: float, strength: float) -> float:
    """Chance that something succeeds when it is tried `strength` times: 1 - (1 - s)^P."""
    if chance >= 1:
        return 1.0 if strength > 0 else 0.0
    return float(1 - (1 - chance) ** strength)
