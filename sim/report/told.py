"""Which outcomes are told: those that are asked for, else those that can vary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sim.document.measured import HELD_BACK, LATE_BY, PEOPLE
from sim.report.words import deals_of
from sim.statistics.comparison import Comparison, Summary

PER_GROUP = (
    "released_", "delivered_", HELD_BACK, *LATE_BY, "on_time_", "late_", "not_met_", "largest_lead_", "broken_",
    "void_", "not_due_", "ends:", "reaches:", "violates:",
)  # fmt: skip
"""How names of outcomes of one group or party begin, and of shares; they are told where they are asked for."""
FIRST = (*PEOPLE, "implementation_score")
"""What a first sentence is about: the first of these that varies."""


def can_vary(summaries: Sequence[Summary], name: str) -> bool:
    """Whether an outcome differs between runs, or between scenarios; with one run of each, whether nothing is known."""
    if any(summary.n < 2 for summary in summaries):
        return True
    known = [summary.ranges[name] for summary in summaries if name in summary.ranges]
    return not known or len({bound for ends in known for bound in ends}) > 1


def told_of(comparison: Comparison, asked: Sequence[str] = ()) -> list[str]:
    """The outcomes that tables tell.

    Parameters
    ----------
    comparison : Comparison
    asked : sequence of str, optional
        Told whether they vary or not.
    """
    names = dict.fromkeys(name for summary in comparison.summaries for name in summary.estimates)
    names |= dict.fromkeys(name for variant in comparison.variants for name in variant.differences)
    if asked:
        return [name for name in asked if name in names]
    return [name for name in names if not name.startswith(PER_GROUP) and can_vary(comparison.summaries, name)]


def same_for_all(comparison: Comparison) -> dict[str, float]:
    """Outcomes that are the same in every run of every scenario, and not 0."""
    summaries = comparison.summaries
    shared = [name for name in comparison.baseline.estimates if all(name in s.estimates for s in summaries)]
    values = {name: comparison.baseline.estimates[name].value for name in shared if not name.startswith(PER_GROUP)}
    if not any(deal.has_truce for deal in deals_of(summaries)):
        values.pop("pre_truce_days", None)
    return {name: value for name, value in values.items() if value and not can_vary(summaries, name)}


def first_of(comparison: Comparison, asked: Sequence[str] = (), otherwise: str = FIRST[0]) -> list[str]:
    """The outcomes that the answer is about: those asked for, else the first that can vary.

    Parameters
    ----------
    comparison : Comparison
    asked : sequence of str, optional
    otherwise : str, optional
        Where none can vary.
    """
    if asked:
        return told_of(comparison, asked)
    shared = [name for name in FIRST if all(name in summary.estimates for summary in comparison.summaries)]
    varying = [name for name in (*shared, *told_of(comparison)) if can_vary(comparison.summaries, name)]
    everywhere = [name for name in varying if all(name in s.estimates for s in comparison.summaries)]
    return everywhere[:1] or [otherwise]


def told_of_cells(cells: Sequence[Mapping[str, Any]], usual: Iterable[str], most: int = 4) -> list[str]:
    """The outcomes that a sweep tells: the usual ones that can vary, filled up with others that can.

    Parameters
    ----------
    cells : sequence of mapping
        Each with its `estimates`.
    usual : iterable of str
    most : int, optional
    """
    shared = [name for name in cells[0]["estimates"] if all(name in cell["estimates"] for cell in cells)]
    others = [name for name in shared if not name.startswith(PER_GROUP)]
    varying = [name for name in dict.fromkeys([*usual, *FIRST, *others]) if name in shared and _varies(cells, name)]
    return varying[:most] or ["implementation_score"]


def _varies(cells: Sequence[Mapping[str, Any]], name: str) -> bool:
    found = [cell["estimates"][name] for cell in cells]
    return len({numbers["mean"] for numbers in found}) > 1 or any(n["low"] != n["high"] for n in found)
