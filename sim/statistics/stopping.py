"""When to stop: intervals that stay honest although one looks at them again and again."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sim.statistics.estimate import CONFIDENCE, Estimate

FIRST_LOOK = 1024


@dataclass(frozen=True)
class StoppingRule:
    """Look at n_0, 2 n_0, 4 n_0, ... replicates only, with an interval that is wider at each look.

    Parameters
    ----------
    half_widths : dict of str to float
        Half-width to reach, by outcome, in its published unit.
    most : int
        Replicates after which to stop in any case; the last look.
    first : int, optional
        n_0. Large enough for the mean of this many replicates to be nearly normal, and for a rare event to be seen.
    confidence : float, optional
        Overall coverage, 1 - alpha.

    Notes
    -----
    Look k = 1, 2, ... uses intervals of coverage 1 - alpha_k with alpha_k = alpha * 6 / (pi k)**2. Over all looks,
    however many there are, these alpha_k add up to at most alpha; so by the union bound an interval misses at even one
    look with a chance of at most alpha, and the interval at the look where one stops covers with at least 1 - alpha,
    whatever made one stop. This holds for each interval by itself, as for intervals without a stopping rule, and as
    far as the t interval holds at a fixed n. The price is small, as looks are few: at the tenth (512 n_0 replicates)
    the interval is 1.8 times as wide as one that forgets the looks before it.

    A rule that stops as soon as a plain 95 % interval is narrow enough covers less than 95 %, most of all where small
    samples with a small mean have a small spread too, as counts and waiting times do.
    """

    half_widths: dict[str, float]
    most: int
    first: int = FIRST_LOOK
    confidence: float = CONFIDENCE

    def __post_init__(self) -> None:
        for name, half_width in self.half_widths.items():
            if not (half_width > 0 and math.isfinite(half_width)):
                raise ValueError(f"half-width of {name}: must be a number above 0, got {half_width}")
        if self.first < 2 or self.most < 1:
            raise ValueError(f"the first look needs 2 replicates or more and the last 1, got {self.first}, {self.most}")

    def looks(self) -> Iterator[tuple[int, float]]:
        """Replicates in all, and coverage of the intervals, at each look."""
        k, n = 1, min(self.first, self.most)
        while True:
            yield n, self.confidence_at(k)
            if n >= self.most:
                return
            k, n = k + 1, min(2 * n, self.most)

    def confidence_at(self, k: int) -> float:
        """Coverage of the intervals at look k = 1, 2, ..."""
        return 1 - (1 - self.confidence) * 6 / (math.pi * k) ** 2

    def is_met(self, estimates: Iterable[tuple[str, Estimate]]) -> bool:
        """Whether every interval of a named outcome is narrow enough; intervals not asked about may be among them."""
        return all(
            estimate.half_width <= self.half_widths[name] for name, estimate in estimates if name in self.half_widths
        )
