"""A hundred runs that stand for all: counts in columns, each run one dot, coloured by how it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from sim.document.deal import Deal
from sim.document.measured import PEOPLE, SIDES, list_name, places_of_lists
from sim.document.milestones import owed_by_phase
from sim.document.names import phase_called
from sim.report.numbers import of_runs, part_in_runs
from sim.report.words import cut
from sim.statistics.apportion import apportioned, rounded
from sim.statistics.moments import Array

MOST_NAMED = 4
"""Numbers of a deal that get a column of their own; of a longer ladder the first step alone, with none and all."""


@dataclass(frozen=True)
class Column:
    """A stretch of counts that share a column; a number that the deal itself names has one of its own.

    Attributes
    ----------
    low, high : int
    words : str
        What the deal calls it: 'none', 'phase one', 'all'; else empty.
    """

    low: int
    high: int
    words: str = ""

    @property
    def label(self) -> str:
        """'25', '1-6', with thousands marked."""
        return f"{self.low:,}" if self.low == self.high else f"{self.low:,}-{self.high:,}"


def groups_of(deal: Deal, outcome: str) -> list[str]:
    """The stocks whose people an outcome counts; none for what is no count of people."""
    if outcome.startswith("released_"):
        return [key for key in deal.people if key == outcome.removeprefix("released_")]
    if outcome not in PEOPLE:
        return []
    column, places = PEOPLE.index(outcome), places_of_lists(deal)
    return [
        key for key, stock in deal.people.items()
        if (places[list_name(deal, key)], stock.of) == (column // 2, SIDES[column][1])
    ]  # fmt: skip


def named_counts(deal: Deal, outcome: str) -> dict[int, str]:
    """The counts that a deal names itself, with their words: none, what is owed by the end of each phase, all.

    Parameters
    ----------
    deal : Deal
    outcome : str
        A count of people; anything else has no such counts.
    """
    groups = groups_of(deal, outcome)
    total = sum(deal.stocks[key].count for key in groups)
    if not total:
        return {}
    steps = _owed_by_phase(deal, groups)
    named = {count: words for count, words in steps.items() if 0 < count < total}
    if len(named) > MOST_NAMED - 2:
        named = dict([min(named.items())])
    return {0: "none", **dict(sorted(named.items())), total: "all"}


def _owed_by_phase(deal: Deal, groups: Sequence[str]) -> dict[int, str]:
    """Numbers owed by the end of each phase, as milestones have them."""
    steps = list(owed_by_phase(deal, groups))
    reached = accumulate(sum(owed.values()) for _, owed in steps)
    return {count: cut(phase_called(deal, phase), 24) for count, (phase, _) in zip(reached, steps, strict=True)}


def columns_of(named: Mapping[int, str], largest: int, most: int) -> list[Column]:
    """At most about so many columns from 0 to the largest count.

    Parameters
    ----------
    named : mapping of int to str
        Counts that have a column of their own, with words.
    largest : int
        That occurs or could.
    most : int
    """
    named = dict(sorted(named.items()))
    edges = [-1, *named, max(largest, max(named, default=0)) + 1]
    gaps = [(low + 1, high - 1) for low, high in pairwise(edges) if high - low > 1]
    room = max(len(gaps), most - len(named))
    length = sum(high - low + 1 for low, high in gaps)
    between = [_split(low, high, max(1, round(room * (high - low + 1) / length))) for low, high in gaps]
    own = [Column(count, count, words) for count, words in named.items()]
    return sorted([*own, *(column for part in between for column in part)], key=lambda column: column.low)


def _split(low: int, high: int, parts: int) -> list[Column]:
    edges = np.linspace(low, high + 1, min(parts, high - low + 1) + 1).round().astype(int)
    return [Column(int(a), int(b) - 1) for a, b in pairwise(edges)]


def shared_columns(named: Mapping[int, str], tables: Sequence[Array], most: int) -> list[Column]:
    """The columns of several scenarios drawn over one another: up to the largest count that any of them has."""
    return columns_of(named, max(len(table) for table in tables) - 1, most)


def by_column(table: Array, columns: Sequence[Column]) -> Array:
    """Replicates by column and end, shape (n_columns, n_ends).

    Parameters
    ----------
    table : ndarray
        As `sim.statistics.crossed.crossed` gives it.
    columns : sequence of Column
    """
    return np.array([table[column.low : column.high + 1].sum(axis=0) for column in columns])


def dots(counts: Array, is_named: Sequence[bool]) -> Array:
    """Whole dots for counts of replicates by column and end: 100 together, or as many as there are replicates.

    Parameters
    ----------
    counts : ndarray of int64, shape (n_columns, n_ends)
    is_named : sequence of bool
        Columns whose dots are their share rounded, as a text says it; the others share what is left.

    Returns
    -------
    ndarray of int64, shape (n_columns, n_ends)
        Each end has the dots of `apportioned`; nothing that did not happen has any.
    """
    n = int(counts.sum())
    together = min(100, n)
    exact = counts * together / n
    in_columns = rounded(exact.sum(axis=1), np.asarray(is_named), together)
    in_ends = apportioned(counts.sum(axis=0), together)
    whole = np.floor(exact + 1e-9).astype(np.int64)
    return whole + _rest(exact - whole, in_columns - whole.sum(axis=1), in_ends - whole.sum(axis=0))


def _rest(remainder: Array, of_columns: Array, of_ends: Array) -> Array:
    """The dots that are left after rounding down, where most of a dot is missing; both margins come out."""
    from scipy.optimize import linear_sum_assignment

    rows, ends = np.repeat(np.arange(len(of_columns)), of_columns), np.repeat(np.arange(len(of_ends)), of_ends)
    cost = np.where(remainder > 1e-9, -remainder, 100.0)[np.ix_(rows, ends)]
    found = np.zeros(remainder.shape, np.int64)
    for row, end in zip(*linear_sum_assignment(cost), strict=True):
        found[rows[row], ends[end]] += 1
    return found


def of_100(count: int, whole: int, n: int) -> str:
    """Its dots in words, as `sim.report.numbers.part_in_runs` has them; nothing for never.

    Parameters
    ----------
    count, n : int
        Replicates in which it happened, and all.
    whole : int
        Its dots.
    """
    return part_in_runs(count, whole, n, of_runs(n)) if count else ""
