"""Differences between two documents in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sim.document.behaviour import PartyBehaviour
from sim.document.conditions import CLAIM_STATES, CLAIM_SUBJECTS
from sim.document.deal import Obligation, Phase, Stock
from sim.document.values import Part
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
            table.add_row(broken_at(".", label, WIDEST_PATH), *_sides(leaf.before, leaf.after))
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
    owner, _, _ = change.path.rpartition(".")
    default = _defaults(owner)
    for path, leaf in _flat(value, ()):
        usual = _at(default, path)
        if usual == leaf or (usual in (None, {}) and leaf in (None, {}, [])):
            continue
        other = usual if owner == "behaviour.parties" else None  # a party that is not written behaves by default
        sides = (other, leaf) if change.before is None else (leaf, other)
        yield Change(".".join((change.path, *path)), change.kind, *sides)


@cache
def _defaults(owner: str) -> dict[str, Any]:
    """What holds in a part of a mapping for all that is not written."""
    parts: dict[str, type[Part]] = {
        "behaviour.parties": PartyBehaviour, "deal.phases": Phase, "deal.obligations": Obligation, "deal.stocks": Stock,
    }  # fmt: skip
    if owner not in parts:
        return {}
    found: dict[str, Any] = parts[owner].model_construct().model_dump(mode="json", by_alias=True)
    return found


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
    if isinstance(data, dict):  # what says nothing, as a source that is not given, is no part of the value
        data = {key: value for key, value in data.items() if value is not None}
    if isinstance(data, dict) and set(data) == {"median", "p95"} and data["median"] == data["p95"]:
        return data["median"]
    return data


def _part(change: Change) -> str:
    head = change.path.split(".", 1)[0]
    return head if head in PARTS else ""


def _sides(before: Any, after: Any) -> tuple[str, str]:
    """Both values as short texts; of two gates only what differs, with an ellipsis for what both wait for."""
    if not (_is_gate(before) and _is_gate(after)):
        return _in_words(before), _in_words(after)
    own = [[one for one in gate if one not in other] for gate, other in ((before, after), (after, before))]
    if not any(own):
        return _in_words(before), _in_words(after)
    common = ["…"] if any(one in after for one in before) else []
    one, other = (", ".join([*common, *map(condition_written, conditions)]) or "nothing" for conditions in own)
    return one, other


def _is_gate(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_condition, value))


def _is_condition(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    subjects = [key for key in value if key in CLAIM_SUBJECTS]
    return len(subjects) == 1 and set(value) <= {*subjects, "share", "list", "of", "by", "state"}


def condition_written(condition: dict[str, Any]) -> str:
    """A condition in the shortest form that a document takes: 'talks.phase_two.agreed', '{obligation: x, share: 0.5}'.

    Parameters
    ----------
    condition : dict
        Plain data.
    """
    match condition:
        case {"any": conditions}:
            return f"{{any: [{', '.join(map(condition_written, conditions))}]}}"
        case {"obligation": str(key), **rest} if not rest:
            return key
        case _ if len(condition) == 1 and next(iter(condition)) in ("line", "truce", "end"):
            return ".".join(next(iter(condition.items())))
        case {"state": state, **rest} if len(rest) == 1 and next(iter(rest)) in CLAIM_STATES:
            return ".".join([*next(iter(rest.items())), state])
    return _braced(condition)


def _braced(mapping: dict[str, Any]) -> str:
    items = ((key, _braced(item) if isinstance(item, dict) else item) for key, item in mapping.items())
    return f"{{{', '.join(f'{key}: {item}' for key, item in items)}}}"


def _in_words(value: Any) -> str:
    """A value as short text, as a document writes it: 'names_1, talks.phase_two.agreed', 'late: 0.2, delay: 1 d'."""
    if value is None:
        return "-"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_in_words(item)}" for key, item in value.items()) or "nothing"
    if isinstance(value, list):
        items = (condition_written(item) if _is_condition(item) else _in_words(item) for item in value)
        return ", ".join(items) or "nothing"
    return str(value).lower() if isinstance(value, bool) else str(value)
