"""Differences between two documents in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sim.document.behaviour import PartyBehaviour
from sim.reading.difference import Change
from sim.report.console import broken_at, plain_table

if TYPE_CHECKING:
    from rich.console import Console

PARTS = {"deal": "What was agreed", "behaviour": "How they may behave", "": "Beside these"}

WIDEST_PATH, WIDEST_NAME = 46, 16
"""Longer paths are broken at their dots and names at their slashes, so that there is room for the values."""


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
        table = plain_table(title, "what", *(broken_at("/", name, WIDEST_NAME) for name in (before, after)))
        parts = [leaf for change in own for leaf in leaves(change)]
        if not parts:
            continue
        table.columns[0].no_wrap = True
        for column in table.columns[1:]:
            column.justify = "left"
        for leaf in parts:
            label = leaf.path.removeprefix(f"{part}.")
            table.add_row(broken_at(".", label, WIDEST_PATH), _in_words(leaf.before), _in_words(leaf.after))
        console.print(table, "")


def leaves(change: Change) -> Iterator[Change]:
    """The smallest parts of a change: of a whole that one side lacks, each that says more than the default.

    Parameters
    ----------
    change : Change
    """
    value = change.after if change.before is None else change.before
    if (change.before is not None and change.after is not None) or not isinstance(value, dict) or not value:
        yield change
        return
    is_party = change.path.startswith("behaviour.parties.") and change.path.count(".") == 2
    default = PartyBehaviour().model_dump(mode="json", by_alias=True) if is_party else {}
    for path, leaf in _flat(value, ()):
        usual = _at(default, path)
        if usual == leaf or (usual is None and leaf in (None, {}, [])):
            continue
        sides = (usual, leaf) if change.before is None else (leaf, usual)
        yield Change(".".join((change.path, *path)), change.kind, *sides)


def _flat(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not isinstance(value, dict) or not value:
        yield path, value
        return
    if set(value) == {"median", "p95"} and value["median"] == value["p95"]:
        yield path, value["median"]
        return
    for key, item in value.items():
        yield from _flat(item, (*path, str(key)))


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    if isinstance(data, dict) and set(data) == {"median", "p95"} and data["median"] == data["p95"]:
        return data["median"]
    return data


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
