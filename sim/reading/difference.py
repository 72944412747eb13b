"""What changed in meaning between two documents: terms, people, behaviour; not words, sources or layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sim.document.scenario import ResolvedScenario
from sim.reading.store import as_data

WORDS = frozenset({
    "title", "short_title", "unit", "summary", "note", "notes", "source", "sources", "assumption", "clause", "grade",
    "contested", "url", "question", "scenario", "builds_on", "claimed_by", "changed", "vary",
    "pair", "settled", "date_set_by",
})  # fmt: skip
"""Keys that say where something comes from or how it is called; they change no outcome."""
ORDERED = ("lines", "phases", "obligations", "parties", "stocks")
"""Mappings of a deal whose order carries meaning: the next line, the first phase, who goes first at the same minute."""


@dataclass(frozen=True)
class Change:
    """One place at which two documents differ.

    Attributes
    ----------
    path : str
        From the root of the resolved document.
    kind : {'changed', 'added', 'removed', 'reordered'}
    before, after : object
        Plain data; None for what there was not.
    """

    path: str
    kind: Literal["changed", "added", "removed", "reordered"]
    before: Any
    after: Any

    def as_json(self) -> dict[str, Any]:
        """As `ceasefire diff --json` lists it."""
        return {"path": self.path, "kind": self.kind, "before": self.before, "after": self.after}


def differences(before: ResolvedScenario, after: ResolvedScenario, *, words: bool = False) -> list[Change]:
    """Where two resolved documents differ.

    Parameters
    ----------
    before, after : ResolvedScenario
    words : bool, optional
        List titles, sources and the like too.

    Returns
    -------
    list of Change
        In the order of the documents; empty if both mean the same.
    """
    skipped = frozenset() if words else WORDS
    found = list(_between(as_data(before), as_data(after), (), skipped))
    return found + list(_orders(before, after))


def _between(before: Any, after: Any, path: tuple[str, ...], skipped: frozenset[str]) -> Iterator[Change]:
    """Down to the smallest parts that differ; a part that only one side has is told whole."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        if before != after:
            yield Change(".".join(path), "changed", before, after)
        return
    for key in [*before, *(key for key in after if key not in before)]:
        if key in skipped and not _is_name(path):
            continue
        here = (*path, key)
        if here == ("deal", "deal") and skipped:
            continue
        if key not in after:
            yield Change(".".join(here), "removed", _meaning(before[key], skipped), None)
        elif key not in before:
            yield Change(".".join(here), "added", None, _meaning(after[key], skipped))
        else:
            yield from _between(before[key], after[key], here, skipped)


def _is_name(path: tuple[str, ...]) -> bool:
    """Whether the keys below this path are names that an author chose, which may be any word."""
    return path[-1:] in {
        (part,)
        for part in (*ORDERED, "holders", "exchanges", "powers", "rights", "guarantees", "kinds", "shocks", "talks")
    }


def _meaning(value: Any, skipped: frozenset[str]) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: _meaning(item, skipped) for key, item in value.items() if key not in skipped}


def _orders(before: ResolvedScenario, after: ResolvedScenario) -> Iterator[Change]:
    """Mappings that hold the same keys in another order, where order carries meaning."""
    for part in ORDERED:
        old, new = (list(getattr(scenario.deal, part)) for scenario in (before, after))
        common = [key for key in old if key in new]
        moved = [key for key in new if key in old]
        if common != moved:
            yield Change(f"deal.{part}", "reordered", common, moved)
