"""The text of a document in today's words: every other letter of it stays, comments, anchors and order among them.

The steps that `sim.reading.upgrade` takes on what was read are taken in the text, at the places from the parser. What
comes out is read again, and must be what the program read of the old text; else nothing is handed back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from sim.errors import DealError
from sim.reading.parse import _Reader, parse
from sim.reading.parsed import Parsed
from sim.reading.problem import Path, refuse
from sim.reading.upgrade import COUNTS, Step, column_upgraded, is_document, steps_of, upgraded

BEGINS = re.compile("^(deal|scenario|study)[ \t]*:", re.MULTILINE)
"""Of a text that means to be a document, even where it cannot be read."""
HISTORY = frozenset({"date", "day", "kind", "by", "obligation"})
"""Columns by which the first line of a history is known."""


@dataclass
class _Spot:
    """Where a key and its value stand in a text; an item of a list has no key."""

    key: tuple[int, int] = (0, 0)
    value: tuple[int, int] = (0, 0)
    anchor: str = ""


@dataclass
class _Map:
    """Every key and item of a document by path, how mappings are written, and what only repeats an anchor."""

    spots: dict[Path, _Spot] = field(default_factory=dict)
    is_flow: dict[Path, bool] = field(default_factory=dict)
    aliases: set[Path] = field(default_factory=set)

    def repeats(self, path: Path) -> bool:
        """Whether a path lies within the alias of something that is written elsewhere."""
        return any(path[:length] in self.aliases for length in range(len(path)))


def rewritten(text: str, file: str) -> tuple[str, list[tuple[int, str]]]:
    """The text in today's words, and each change with its line.

    Parameters
    ----------
    text : str
        With plain line ends.
    file : str
        As it is named in problems.

    Returns
    -------
    text : str
        The same text if it has today's words, or is no document.
    changes : list of (int, str)

    Raises
    ------
    DocumentError
        If it cannot be read.
    DealError
        If a change cannot be made in the text as it stands.
    """
    parsed = parse(text, file)
    if BEGINS.search(text):
        refuse(parsed.problems)
    if not is_document(parsed.data):
        return text, []
    wanted = upgraded(parsed)
    refuse(wanted.problems)
    steps = steps_of(parsed.data)
    new = _edited(text, steps)
    if parse(new, file).data != wanted.data:
        told = "; ".join(dict.fromkeys(line for _, line in _told(parsed, steps)))
        raise DealError(f"{file}: cannot be rewritten as it stands, nothing was changed; by hand: {told}")
    return new, list(_told(parsed, steps))


def history_rewritten(text: str) -> tuple[str, list[tuple[int, str]]]:
    """A history with today's name of each column, and the changes; any other text as it is.

    Parameters
    ----------
    text : str
        Of a CSV file.
    """
    head, end, rest = text.partition("\n")
    names = head.rstrip("\r").split(",")
    if not set(names) >= HISTORY:
        return text, []
    new = [column_upgraded(name) for name in names]
    changes = [(1, f"{old} -> {today}") for old, today in zip(names, new, strict=True) if old != today]
    return ",".join(new) + head[len(head.rstrip("\r")) :] + end + rest, changes


def _told(parsed: Parsed, steps: list[Step]) -> Iterator[tuple[int, str]]:
    """Each change with the line that it is made on, a new key and its new value as one."""
    by_path: dict[tuple[Path, bool], list[Step]] = {}
    for step in steps:
        by_path.setdefault((step.path, step.kind == "added"), []).append(step)
    for (path, _), taken in by_path.items():
        yield parsed.locate(path).line, " and ".join(dict.fromkeys(map(str, taken)))


# ---------------------------------------------------------------- places


def _mapped(text: str) -> _Map:
    """Where everything stands in a text that can be read."""
    found = _Map()
    open_: list[tuple[Path, Any]] = []  # a path, and the key that waits for its value, or the number of items
    for event in _Reader(typ="safe", pure=True).parse(text):
        span = (event.start_mark.index, event.end_mark.index)
        if isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            open_.pop()
            continue
        if not isinstance(event, (ScalarEvent, AliasEvent, MappingStartEvent, SequenceStartEvent)):
            continue
        path: Path = ()
        if open_:
            above, last = open_[-1]
            if last is None:  # a key
                key = event.value if isinstance(event, ScalarEvent) else ""
                open_[-1] = (above, key)
                found.spots[(*above, key)] = _Spot(key=span)
                continue
            path = (*above, last)
            open_[-1] = (above, last + 1 if isinstance(last, int) else None)
        spot = found.spots.setdefault(path, _Spot())
        spot.value = span
        if isinstance(event, AliasEvent):
            found.aliases.add(path)
        elif isinstance(event, ScalarEvent):
            spot.anchor = event.anchor or ""
        else:
            found.is_flow[path] = bool(event.flow_style)
            open_.append((path, None if isinstance(event, MappingStartEvent) else 0))
    return found


# ---------------------------------------------------------------- edits


def _edited(text: str, steps: list[Step]) -> str:
    """The text with every step taken, the last one in it first."""
    found = _mapped(text)
    edits = [edit for step in steps if not found.repeats(step.path) for edit in _edits(text, found, step)]
    for start, end, new in sorted(dict.fromkeys(edits), reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _edits(text: str, found: _Map, step: Step) -> Iterator[tuple[int, int, str]]:
    """Start, end and new text of what one step changes."""
    if step.path in found.aliases and step.kind == "added":
        return
    spot = found.spots[step.path]
    if step.kind == "renamed":
        yield (*spot.key, step.word)
    elif step.kind == "valued":
        yield (*spot.value, f"&{spot.anchor} {step.word}" if spot.anchor else step.word)
    elif step.kind == "added":
        yield _insertion(text, found, step)
    else:
        yield _removal(text, found, step.path)


def _insertion(text: str, found: _Map, step: Step) -> tuple[int, int, str]:
    """A key that comes in: beside a number of people after it, else before the first key or the side."""
    keys = [path[-1] for path in found.spots if path[:-1] == step.path and path]
    beside = next((key for key in keys if key in ("side", *COUNTS)), keys[0])
    spot = found.spots[(*step.path, beside)]
    words = f"{step.word}: {step.value}"
    if found.is_flow[step.path] and beside in COUNTS:
        return spot.value[1], spot.value[1], f", {words}"
    start = spot.key[0]
    indent = start - (text.rfind("\n", 0, start) + 1)
    return start, start, f"{words}, " if found.is_flow[step.path] else f"{words}\n{' ' * indent}"


def _removal(text: str, found: _Map, path: Path) -> tuple[int, int, str]:
    """A key that goes, with its value and the comma or the line that held it."""
    spot = found.spots[path]
    start, end = spot.key[0], spot.value[1]
    if not found.is_flow[path[:-1]]:
        line_end = text.find("\n", end)
        return text.rfind("\n", 0, start) + 1, len(text) if line_end < 0 else line_end + 1, ""
    after = text[end:].lstrip()
    if after.startswith(","):
        comma = text.index(",", end) + 1
        return start, comma + len(text[comma:]) - len(text[comma:].lstrip(" ")), ""
    before = text[:start].rstrip()
    return (len(before) - 1, end, "") if before.endswith(",") else (start, end, "")
