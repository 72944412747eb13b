"""Differences between two documents in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.deal.difference import Change
from sim.report.console import plain_table

if TYPE_CHECKING:
    from rich.console import Console

PARTS = {"deal": "What was agreed", "behaviour": "How they may behave", "": "Beside these"}


def print_differences(changes: Sequence[Change], before: str, after: str, console: Console) -> None:
    """The changes by part of the document, or that there are none.

    Parameters
    ----------
    changes : sequence of Change
    before, after : str
        Names of the two documents.
    console : Console
    """
    if not changes:
        console.print(f"{before} and {after} mean the same", markup=False, soft_wrap=True)
        return
    for part, title in PARTS.items():
        own = [change for change in changes if _part(change) == part]
        if not own:
            continue
        table = plain_table(title, "what", before, after)
        table.columns[0].no_wrap = True
        for column in table.columns[1:]:
            column.justify = "left"
        for change in own:
            label = change.path.removeprefix(f"{part}.")
            table.add_row(label, _in_words(change.before), _in_words(change.after))
        console.print(table, "")


def _part(change: Change) -> str:
    head = change.path.split(".", 1)[0]
    return head if head in PARTS else ""


def _in_words(value: Any) -> str:
    """A value as short text: 'late: 0.2, delay: 1 d'."""
    if value is None:
        return "-"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_in_words(item)}" for key, item in value.items()) or "nothing"
    if isinstance(value, list):
        return ", ".join(_in_words(item) for item in value) or "nothing"
    return str(value)
