"""Variant minus baseline, replicate by replicate: the difference, how far pairing sharpened it, and examples."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.outcomes.columns import is_quantity, published
from sim.statistics.estimate import CONFIDENCE, Estimate
from sim.statistics.moments import Array, Moments
from sim.statistics.tallies import Crossings

DISTINCT = 16_384
"""Distinct differences kept; up to so many replicates the example at the median is always exact."""


@dataclass(frozen=True)
class Example:
    """A replicate to open, and its difference.

    Attributes
    ----------
    replicate : int
        Its number.
    difference : float
        Variant minus baseline, in the published unit of the outcome.
    """

    replicate: int
    difference: float


@dataclass
class Examples:
    """Which replicates lie at the smallest, median and largest difference of one outcome.

    Attributes
    ----------
    name : str
        The outcome.
    width : int
        Differences are told apart up to this width, a power of two in the unit as measured.
    seen : dict of int to (int, int)
        By difference // width: number of replicates, and the first of them.

    Notes
    -----
    While there are no more than `DISTINCT` distinct differences the width is 1 and the median is exact. Beyond, the
    width doubles until there are no more; the replicate shown then lies within `width` of the (lower) median. The
    width that results depends on which differences occurred and not on their order, so merging is exact as well.
    Among equals the replicate with the smallest number is shown.
    """

    name: str
    width: int = 1
    seen: dict[int, tuple[int, int]] = field(default_factory=dict)
    lowest: tuple[int, int] | None = None
    highest: tuple[int, int] | None = None

    def add(self, differences: Array, first: int) -> None:
        """Count in the differences of consecutive replicates, of which `first` is the number of the first."""
        if not len(differences):
            return
        values, at, counts = np.unique(differences, return_index=True, return_counts=True)
        low, high = (int(values[0]), first + int(at[0])), (int(values[-1]), first + int(at[-1]))
        self._note_extremes(low, high)
        for value, place, count in zip(values.tolist(), at.tolist(), counts.tolist(), strict=True):
            self._note(value // self.width, count, first + place)
        self._coarsen()

    def merge(self, other: Examples) -> None:
        """Count in the differences of other replicates."""
        if other.lowest is None or other.highest is None:
            return
        self._note_extremes(other.lowest, other.highest)
        self._widen(max(self.width, other.width))
        ratio = self.width // other.width
        for key, (count, replicate) in other.seen.items():
            self._note(key // ratio, count, replicate)
        self._coarsen()

    def _note_extremes(self, low: tuple[int, int], high: tuple[int, int]) -> None:
        self.lowest = low if self.lowest is None else min(self.lowest, low)
        self.highest = high if self.highest is None else min(self.highest, high, key=lambda at: (-at[0], at[1]))

    def _note(self, key: int, count: int, replicate: int) -> None:
        known, earliest = self.seen.get(key, (0, replicate))
        self.seen[key] = known + count, min(earliest, replicate)

    def _coarsen(self) -> None:
        while len(self.seen) > DISTINCT:
            self._widen(2 * self.width)

    def _widen(self, width: int) -> None:
        ratio, seen = width // self.width, self.seen
        self.width, self.seen = width, {}
        for key, (count, replicate) in seen.items():
            self._note(key // ratio, count, replicate)

    def chosen(self) -> dict[str, Example]:
        """The examples: 'lowest', 'median' and 'highest' difference.

        Raises
        ------
        ValueError
            If no replicate has been counted yet.
        """
        if self.lowest is None or self.highest is None:
            raise ValueError("no replicates have been counted yet")
        rank = (sum(count for count, _ in self.seen.values()) + 1) // 2
        for key in sorted(self.seen):
            rank -= self.seen[key][0]
            if rank <= 0:
                break
        at = {"lowest": self.lowest, "median": (key * self.width, self.seen[key][1]), "highest": self.highest}
        return {
            which: Example(replicate, float(published(self.name, np.array([difference]))[0]))
            for which, (difference, replicate) in at.items()
        }


@dataclass(frozen=True)
class PairedDifference:
    """Variant minus baseline within a replicate, for one outcome.

    Attributes
    ----------
    estimate : Estimate
        Mean difference in the published unit.
    variance_ratio : float or None
        Variance of the difference had the scenarios not shared their draws, over the variance as it is; None where
        the difference is the same in every replicate.
    p_value : float
        Of the paired t test that the mean difference is 0.
    share_above, share_below : float
        Share of replicates in which the variant lies above, and below, the baseline.
    """

    estimate: Estimate
    variance_ratio: float | None
    p_value: float
    share_above: float
    share_below: float


class PairedAccumulator:
    """What the differences between two scenarios add up to, over replicates with the same numbers.

    Parameters
    ----------
    baseline, variant : tuple of str
        Columns of their outcome rows; those that both have are compared, in the order of the baseline.
    example : str
        The outcome that picks the examples to open.
    n_scrambles : int, optional
        As in `Moments`.
    """

    def __init__(self, baseline: tuple[str, ...], variant: tuple[str, ...], example: str, n_scrambles: int = 0):
        self.names = tuple(name for name in baseline if name in variant and is_quantity(name))
        if example not in self.names:
            raise ValueError(f"no outcome {example!r} in both scenarios; choose from {', '.join(self.names)}")
        self._columns = [baseline.index(n) for n in self.names], [variant.index(n) for n in self.names]
        self.baseline, self.variant = Moments(self.names), Moments(self.names)
        self.difference = Moments(self.names, n_scrambles=n_scrambles)
        self.examples = Examples(example)
        self.crossings = Crossings(baseline, variant)

    def add(self, baseline: Array, variant: Array, first: int) -> None:
        """Count in the outcome rows of the same consecutive replicates, the first of them number `first`."""
        self.add_differences(baseline, variant, first)
        self.baseline.add(baseline[:, self._columns[0]])
        self.variant.add(variant[:, self._columns[1]])

    def add_differences(self, baseline: Array, variant: Array, first: int) -> None:
        """As `add`, for whoever has the moments of both scenarios already (`count_scenarios`).

        Raises
        ------
        ValueError
            If there are not as many replicates of the one as of the other.
        """
        if len(baseline) != len(variant):
            raise ValueError(f"replicates must be the same in both scenarios, got {len(baseline)} and {len(variant)}")
        difference = variant[:, self._columns[1]] - baseline[:, self._columns[0]]
        self.difference.add(difference, first)
        self.crossings.add(baseline, variant)
        self.examples.add(difference[:, self.names.index(self.examples.name)], first)

    def count_scenarios(self, baseline: Moments, variant: Moments) -> None:
        """Take over the moments of both scenarios, of the replicates whose differences have been counted.

        Raises
        ------
        ValueError
            If these are not as many replicates as there are differences.
        """
        if not baseline.n == variant.n == self.difference.n:
            raise ValueError(
                f"replicates must be the same, got {baseline.n}, {variant.n} and {self.difference.n} differences"
            )
        self.baseline, self.variant = baseline.of(self.names), variant.of(self.names)

    def merge(self, other: PairedAccumulator) -> None:
        """Count in the same comparison over other replicates."""
        self.baseline.merge(other.baseline)
        self.variant.merge(other.variant)
        self.difference.merge(other.difference)
        self.examples.merge(other.examples)
        self.crossings.merge(other.crossings)

    def variance_ratio(self, column: int) -> float | None:
        """How many times the variance of the difference has shrunk by pairing; None if there is none left."""
        left = self.difference.scatter(column)
        return (self.baseline.scatter(column) + self.variant.scatter(column)) / left if left else None

    def differences(self, confidence: float = CONFIDENCE) -> dict[str, PairedDifference]:
        """Every common outcome: variant minus baseline."""
        n = self.difference.n
        return {
            name: PairedDifference(
                self.difference.estimate(i, confidence),
                self.variance_ratio(i),
                self.difference.p_value(i),
                int(self.difference.n_above[i]) / n,
                int(self.difference.n_below[i]) / n,
            )
            for i, name in enumerate(self.names)
        }
