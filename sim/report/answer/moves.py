"""How a scenario stands against another in the same runs, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim import special
from sim.statistics.comparison import Variant

if TYPE_CHECKING:
    from sim.report.answer.drawn import CountRow, MilestoneRow

FEWEST = 20
"""Runs in which something must come about for its days to be told."""


@dataclass(frozen=True)
class Moved:
    """How one row of a variant stands against the first scenario, in the same runs.

    Attributes
    ----------
    key, title : str
        Of the row.
    kind : {'count', 'milestone'}
    more, fewer : int
        Runs with a larger count and a smaller one; or in which something comes about that did not, and no longer does.
    later : int or None
        Of a milestone, where it comes about in both: days later in the middle one of those runs; below 0 is sooner.
    mean : float or None
        Of a count: by how much more it is on average, over all runs; below 0 is fewer.
    is_decided : bool
        Whether chance alone seldom (1 in 20, over all rows) parts more and fewer so far.
    """

    key: str
    title: str
    kind: str
    more: int
    fewer: int
    later: int | None
    mean: float | None
    is_decided: bool

    @property
    def ways(self) -> tuple[str, str]:
        """What the runs with more and those with fewer are called."""
        return ("more", "fewer") if self.kind == "count" else ("newly", "no longer")


def moved(
    variant: Variant, n: int, counts: Sequence[CountRow], milestones: Sequence[MilestoneRow]
) -> tuple[Moved, ...]:
    """How a variant stands against its baseline in every row that both have, in the order of the rows.

    Parameters
    ----------
    variant : Variant
    n : int
        Runs of each.
    counts, milestones : sequence of CountRow and MilestoneRow
        The rows.
    """
    pairs: list[tuple[str, str, str, int, int, int | None, float | None]] = []
    for row in counts:
        if row.kind != "broken" and row.key in variant.differences:
            difference = variant.differences[row.key]
            more, fewer = round(n * difference.share_above), round(n * difference.share_below)
            pairs.append((row.key, row.title, "count", more, fewer, None, difference.estimate.value))
    for one in milestones:
        if one.key in variant.crossings:
            crossing = variant.crossings[one.key]
            newly, no_longer = crossing.only_variant, crossing.only_baseline
            pairs.append((one.key, one.title, "milestone", newly, no_longer, _middle(crossing.later), None))
    moving = sum(more + fewer > 0 for _, _, _, more, fewer, *_ in pairs)
    return tuple(Moved(*pair, is_decided=sign_test(pair[3], pair[4]) * max(1, moving) < 0.05) for pair in pairs)


def _middle(later: Mapping[int, int]) -> int | None:
    """The middle of counted numbers; None where there are too few."""
    if sum(later.values()) < FEWEST:
        return None
    left = (sum(later.values()) + 1) // 2
    for value in sorted(later):
        left -= later[value]
        if left <= 0:
            return value
    return None


def sign_test(more: int, fewer: int) -> float:
    """The chance, if more and fewer were as likely, of parting at least so far: exact, two-sided."""
    return min(1.0, 2 * float(special.bdtr(min(more, fewer), more + fewer, 0.5))) if more + fewer else 1.0
