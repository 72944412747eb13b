"""YAML in, plain data out. The only file that touches the YAML library.

YAML 1.2 without tags, merge keys or directives: mappings, lists, text, numbers, true, false and null. Reading keeps the
place of every key, so that a problem names its line; it goes on after a problem, so that all are found at once.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from sim.reading.parsed import Parsed, Positions
from sim.reading.problem import Fault, Path, Place, nearest, plain

DEEPEST = 40
MOST_ALIAS_NODES = 10_000

# The core schema of YAML 1.2.2, §10.3.2.
_NULL = ("", "~", "null", "Null", "NULL")
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_UNWANTED = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


class _StopReadingError(Exception):
    def __init__(self, fault: Fault, position: tuple[int, int]) -> None:
        self.fault, self.position = fault, position


@dataclass
class _Node:
    """A value with the number of values in it and how deep they lie."""

    value: Any
    size: int = 1
    height: int = 0


@dataclass
class _Open:
    """A mapping or list whose end has not been read yet."""

    node: _Node
    path: Path
    anchor: str | None
    key: str | None = None
    dropped: int = 0


class _Builder:
    """Builds plain data from the events of a YAML parser, with a place for each path."""

    def __init__(self) -> None:
        self.root = _Node(None)
        self.positions: Positions = {(): (1, 1)}
        self.faults: list[tuple[Fault, tuple[int, int]]] = []
        self.open: list[_Open] = []
        self.anchors: dict[str, _Node | None] = {}
        self.n_alias_nodes = 0
        self.n_documents = 0

    def feed(self, event: Event) -> None:
        """Take one event."""
        position = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, DocumentStartEvent):
            self.n_documents += 1
            if self.n_documents > 1:
                self._stop(Fault((), "several-documents", "a file holds one document", "one file for each"), position)
        elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            self._begin({} if isinstance(event, MappingStartEvent) else [], event, position)
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            self._end()
        elif isinstance(event, ScalarEvent):
            self._scalar(event, position)
        elif isinstance(event, AliasEvent):
            self._alias(event.anchor, position)

    def _fault(self, fault: Fault, position: tuple[int, int]) -> None:
        """Note a fault and read on."""
        path = tuple(part.partition("\0")[0] if isinstance(part, str) else part for part in fault.path)
        self.faults.append((replace(fault, path=path), position))

    def _stop(self, fault: Fault, position: tuple[int, int]) -> NoReturn:
        raise _StopReadingError(fault, position)

    def _place(self, path: Path, position: tuple[int, int]) -> tuple[int, int]:
        return self.positions.get(path, position)

    def _path(self, position: tuple[int, int]) -> Path:
        """The path of the value that comes next; list items get their place here."""
        if not self.open:
            return ()
        parent = self.open[-1]
        if isinstance(parent.node.value, dict):
            return (*parent.path, parent.key or "")
        path = (*parent.path, len(parent.node.value))
        self.positions[path] = position
        return path

    def _tag(self, event: Any, path: Path, position: tuple[int, int]) -> None:
        if event.tag is not None:
            tag = str(event.tag)
            fault = Fault(path, "tag-not-allowed", "a document has no tags", "leave the tag out", tag)
            self._fault(fault, self._place(path, position))

    def _begin(self, value: Any, event: Any, position: tuple[int, int]) -> None:
        self._no_key(position)
        path = self._path(position)
        if len(self.open) >= DEEPEST:
            self._stop(
                Fault(
                    path[:3],
                    "too-deep",
                    "nested too deeply",
                    f"at most {DEEPEST} levels (DEEPEST in sim/reading/parse.py)",
                ),
                position,
            )
        self._tag(event, path, position)
        if event.anchor:
            self.anchors[event.anchor] = None
        self.open.append(_Open(_Node(value), path, event.anchor))

    def _end(self) -> None:
        closed = self.open.pop()
        if closed.anchor:
            self.anchors[closed.anchor] = closed.node
        self._add(closed.node)

    def _scalar(self, event: Any, position: tuple[int, int]) -> None:
        if self._awaits_key():
            self._key(event, position)
            return
        path = self._path(position)
        self._tag(event, path, position)
        value: Any = event.value
        if _UNWANTED.search(value):
            fault = Fault(path, "bad-character", "text has no control characters", "leave it out", value)
            self._fault(fault, self._place(path, position))
            value = ""
        elif event.implicit[0] and not event.style:
            value = self._resolve(value, path, position)
        node = _Node(value)
        if event.anchor:
            self.anchors[event.anchor] = node
        self._add(node)

    def _resolve(self, text: str, path: Path, position: tuple[int, int]) -> Any:
        if text in _NULL:
            return None
        if text in _TRUTH:
            return _TRUTH[text]
        number: float = 0
        if _INTEGER.fullmatch(text) and len(text) <= 400:
            return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
        if _INTEGER.fullmatch(text) or _NOT_FINITE.fullmatch(text):
            number = math.inf
        elif FLOAT.fullmatch(text):
            number = float(text)
        else:
            return text
        if math.isinf(number):
            fault = Fault(path, "not-a-number", "must be a finite number", "infinity and NaN mean nothing here", text)
            self._fault(fault, self._place(path, position))
            return None
        return number

    def _awaits_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1].node.value, dict) and self.open[-1].key is None

    def _no_key(self, position: tuple[int, int]) -> None:
        if self._awaits_key():
            path = self.open[-1].path
            self._stop(
                Fault(path, "key-not-text", "a key is a plain word", "write one word before the colon"), position
            )

    def _key(self, event: Any, position: tuple[int, int]) -> None:
        parent, key = self.open[-1], str(event.value)
        path = (*parent.path, key)
        if event.anchor:
            self.anchors[event.anchor] = _Node(key)
        self._tag(event, path, position)
        if _UNWANTED.search(key):
            self._fault(Fault(path, "bad-character", "a key has no control characters", "leave it out"), position)
            key = plain(key)
            path = (*parent.path, key)
        if key in parent.node.value:
            line = self.positions[path][0]
            fault = Fault(path, "duplicate-key", f"given twice; first on line {line}", "keep one of them", key)
            self._fault(fault, position)
            parent.dropped += 1
            key = f"{key}\0{parent.dropped}"  # a name that no document can have; `_add` leaves the value out
            path = (*parent.path, key)
        self.positions[path] = position
        parent.key = key

    def _alias(self, anchor: str, position: tuple[int, int]) -> None:
        self._no_key(position)
        path = self._path(position)
        if anchor not in self.anchors:
            fault = Fault(path, "unknown-alias", f"no anchor has the name {anchor}", nearest(anchor, self.anchors))
            self._stop(fault, self._place(path, position))
        node = self.anchors[anchor]
        if node is None:
            fault = Fault(path, "recursive-alias", f"the alias {anchor} lies within itself", "write the part out")
            self._stop(fault, position)
        self.n_alias_nodes += node.size
        if self.n_alias_nodes > MOST_ALIAS_NODES or len(self.open) + node.height > DEEPEST:
            limits = "MOST_ALIAS_NODES and DEEPEST in sim/reading/parse.py"
            hint = f"at most {MOST_ALIAS_NODES} values and {DEEPEST} levels ({limits})"
            self._stop(Fault(path[:3], "too-many-aliases", "aliases unfold into too much", hint), position)
        self._add(node)

    def _add(self, node: _Node) -> None:
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        if isinstance(parent.node.value, list):
            parent.node.value.append(node.value)
        else:
            key, parent.key = parent.key or "", None
            if "\0" not in key:
                parent.node.value[key] = node.value
        parent.node.size += node.size
        parent.node.height = max(parent.node.height, node.height + 1)


class _Reader(YAML):
    """The YAML parser as it is, without the search of its folder for additions at every text."""

    def official_plug_ins(self) -> list[str]:
        return []


def parse(text: str, file: str) -> Parsed:
    """The document in a text with plain line ends, as far as it can be read, with all problems of reading it."""
    unwanted = [_unwanted(text, match) for match in _UNWANTED.finditer(text)]
    faults = unwanted or _directives(text)
    if faults:
        return Parsed(file, problems=tuple(fault.at(Place(file, *place)) for fault, place in faults))
    builder = _Builder()
    try:
        for event in _Reader(typ="safe", pure=True).parse(text):
            builder.feed(event)
    except _StopReadingError as stop:
        builder.faults.append((stop.fault, stop.position))
    except MarkedYAMLError as error:
        builder.faults.append(_syntax(error))
    except Exception as error:  # the parser's own slips on broken input, for instance a bad escape
        builder.faults.append((Fault((), "bad-yaml", f"not YAML 1.2: {error}"), (1, 1)))
    else:
        if builder.n_documents == 0 or builder.root.value is None:
            builder.faults.append((Fault((), "empty-document", "there is no document in the file"), (1, 1)))
        elif not isinstance(builder.root.value, dict):
            builder.faults.append((Fault((), "not-a-mapping", "a document is a mapping of keys to values"), (1, 1)))
    last = max(1, len(text.splitlines()))
    problems = [fault.at(Place(file, min(line, last), column)) for fault, (line, column) in builder.faults]
    data = builder.root.value if isinstance(builder.root.value, dict) else None
    return Parsed(file, data, builder.positions, tuple(problems))


def _unwanted(text: str, match: re.Match[str]) -> tuple[Fault, tuple[int, int]]:
    line_start = text.rfind("\n", 0, match.start()) + 1
    place = (text.count("\n", 0, match.start()) + 1, match.start() - line_start + 1)
    code = "bad-encoding" if match[0] == "\0" else "bad-character"
    return Fault((), code, f"the character U+{ord(match[0]):04X} has no place in a document", "leave it out"), place


def _directives(text: str) -> list[tuple[Fault, tuple[int, int]]]:
    """The directives before the document starts."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("%"):
            fault = Fault((), "directive", "a document has no directives: it is YAML 1.2", "leave the line out")
            found.append((fault, (number, 1)))
        elif line.strip() and not line.lstrip().startswith("#"):
            break
    return found


def _syntax(error: MarkedYAMLError) -> tuple[Fault, tuple[int, int]]:
    mark = error.problem_mark or error.context_mark
    position = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    context = f" {error.context}" if error.context else ""
    if "'\\t'" in str(error.problem):
        message = "a tab here cannot be read: YAML allows some, but the library that reads documents does not"
        return Fault((), "bad-yaml", message, "put blanks in its place"), position
    return Fault((), "bad-yaml", f"not YAML 1.2: {error.problem}{context}"), position
