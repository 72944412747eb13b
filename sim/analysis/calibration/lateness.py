"""How late the late are: two clusters, up to two weeks and beyond, each log-normal; what comes in lots or in part."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sim.analysis.calibration.posterior import Time
from sim.analysis.history.rows import CLASSES, Step
from sim.statistics.moments import Array

_DAY = 1440
ENDS = {"B": (1.0, 14.0), "C": (14.0, 20 * 365.0)}
"""Days: where each cluster begins and ends."""
_YEAR = 365.0
_WEIGHT, _SHAPE = 0.5, 1.5
"""Of the prior: worth half a step for the median, one for the spread."""
LOTS = np.array([0.25, 0.45, 0.70, 1.0])
"""A step later than two weeks comes in four equal lots, at these shares of its delay."""
NOTHING = 0.5
"""Chance that of a step never completed nothing comes; else an even share between these, on its date."""
IN_PART = (0.10, 0.84)


@dataclass(frozen=True)
class Cluster:
    """Delays of one class.

    Attributes
    ----------
    time : Time
        Median and spread, in minutes.
    ends : tuple of float
        Days.
    n : int
        Steps it rests on.
    """

    time: Time
    ends: tuple[float, float]
    n: int

    def draw(self, generator: np.random.Generator, shape: tuple[int, int]) -> Array:
        """Days late: one median for each first place, then one delay for each place."""
        logs = self._centres(generator, shape[0])[:, None] + self.time.sigma * generator.standard_normal(shape)
        return np.asarray(np.clip(np.exp(logs) / _DAY, *self.ends))

    def medians(self, generator: np.random.Generator, n: int, within: float) -> Array:
        """Minutes late of `n` deals whose steps differ by no more than this log-standard deviation."""
        between = math.sqrt(max(0.0, self.time.sigma**2 - within**2))
        logs = self._centres(generator, n) + between * generator.standard_normal(n)
        return np.asarray(np.clip(np.exp(logs), _DAY * self.ends[0], _DAY * self.ends[1]))

    def _centres(self, generator: np.random.Generator, n: int) -> Array:
        unknown = math.sqrt(self.time.scale / (self.time.shape * self.time.weight))
        return np.asarray(self.time.centre + unknown * generator.standard_t(2 * self.time.shape, n))


def cluster(steps: Iterable[Step], name: str) -> Cluster:
    """The delays of one class, 'B' or 'C', of these steps.

    The prior knows nothing but the ends of the class (a year for the open one): its median is their geometric mean, and
    four standard deviations reach from one to the other.
    """
    first, last = ENDS[name][0], min(ENDS[name][1], _YEAR)
    sigma = math.log(last / first) / 4
    prior = Time(math.log(math.sqrt(first * last) * _DAY), _WEIGHT, _SHAPE, (_SHAPE - 1) * sigma**2)
    minutes = [60 * step.hours_late for step in steps if step.outcome == CLASSES.index(name) and step.hours_late]
    return Cluster(prior.updated(minutes), ENDS[name], len(minutes))
