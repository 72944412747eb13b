"""Text in, documents out. The only file that touches the YAML library.

YAML 1.2 without tags, merge keys or directives: mappings, lists, text, numbers, true, false and null. Reading keeps the
place of every key, so that a problem names its line; it goes on after a problem, so that all are found at once.
"""

from __future__ import annotations

import json
import math
import re
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any, Literal, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
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

from sim.deal.checks import check_deal
from sim.deal.document import LIMITS, Behaviour, Deal, Scenario, Sourced, write_duration
from sim.deal.paths import step
from sim.deal.pipes import first_bytes, reading_pipes_once
from sim.deal.problem import DocumentError, Fault, Path, Place, Problem, nearest, plain, refuse
from sim.deal.reach import check_within_horizon
from sim.deal.study_document import Study

LARGEST_FILE = 1 << 20
DEEPEST = 40
MOST_ALIAS_NODES = 10_000

Kind = Literal["deal", "scenario", "study"]
KINDS: tuple[Kind, ...] = ("study", "scenario", "deal")
"""Kinds of documents, told by their top-level keys in this order: a scenario names a deal as well."""

Model = TypeVar("Model", bound=BaseModel)
Positions = dict[Path, tuple[int, int]]
Locate = Callable[[Path], Place]

# The core schema of YAML 1.2.2, §10.3.2.
_NULL = ("", "~", "null", "Null", "NULL")
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_UNWANTED = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_HEADER = re.compile(r"^(?:deal|scenario|study|title|question|summary)[ \t]*:.*(?:\n(?:[ \t].*|[ \t]*))*", re.MULTILINE)


@dataclass(frozen=True)
class Parsed:
    """A document as plain data, before it is held against a model.

    Attributes
    ----------
    file : str
        As it is named in problems.
    data : object
        Mappings, lists, text, numbers, truth values and None.
    positions : dict
        Line and column, from 1, of every key and list item by its path.
    problems : tuple of Problem
        What was found while reading; the data leave those parts out.
    """

    file: str
    data: Any = None
    positions: Positions = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def locate(self, path: Path) -> Place:
        """The place of a path, or of the nearest one above it that is written."""
        return Place(self.file, *self.positions.get(written(path, self.positions), (1, 1)))

    def part(self, key: str) -> Parsed:
        """What stands under a key, as a document of its own at its place."""
        return Parsed(
            self.file, self.data[key], {path[1:]: at for path, at in self.positions.items() if path[:1] == (key,)}
        )

    def without(self, *keys: str) -> Parsed:
        """The document without these keys."""
        return replace(self, data={key: value for key, value in self.data.items() if key not in keys})

    def problem(self, fault: Fault) -> Problem:
        """A broken rule of the document at its place, its path as it is written."""
        return replace(fault, path=as_written(self.data, fault.path)).at(self.locate(fault.path))


def as_written(data: Any, path: Path) -> Path:
    """The path in the document from one in the model: steps that only the model takes are left out."""
    kept: list[str | int] = []
    here = data
    for part in path:
        try:
            here = step(here, part)
        except LookupError:
            continue
        kept.append(part)
    return tuple(kept)


def written(path: Path, positions: Positions) -> Path:
    """The part of a path whose place is known."""
    here: Path = ()
    for part in path:
        if (*here, part) in positions:
            here = (*here, part)
    return here


# ---------------------------------------------------------------- reading


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
                    path[:3], "too-deep", "nested too deeply", f"at most {DEEPEST} levels (DEEPEST in sim/deal/load.py)"
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
        elif _FLOAT.fullmatch(text):
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
            limits = "MOST_ALIAS_NODES and DEEPEST in sim/deal/load.py"
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


def parse_text(text: str, file: str) -> Parsed:
    """The document in a text, as far as it can be read, with all problems of reading it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
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


def parse_file(path: FilePath) -> Parsed:
    """The document in a file, as far as it can be read, with all problems of reading it."""
    file = shown(path)
    start = Place(file)
    try:
        content = first_bytes(path, LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Parsed(file, problems=(Fault((), "unreadable", f"cannot be read: {reason}").at(start),))
    if len(content) > LARGEST_FILE:
        fault = Fault(
            (), "file-too-large", f"a document has at most {LARGEST_FILE} bytes (LARGEST_FILE in sim/deal/load.py)"
        )
        return Parsed(file, problems=(fault.at(start),))
    return parse_bytes(content, file)


def parse_bytes(content: bytes, file: str) -> Parsed:
    """The document in these bytes, which must be UTF-8."""
    hint = "save the file as UTF-8"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Parsed(file, problems=(Fault((), "bad-encoding", "the file is UTF-16", hint).at(Place(file)),))
    content = content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        *before, line = content[: error.start].decode("utf-8").split("\n")
        fault = Fault((), "bad-encoding", f"byte 0x{content[error.start]:02x} is not UTF-8", hint)
        return Parsed(file, problems=(fault.at(Place(file, len(before) + 1, len(line) + 1)),))
    return parse_text(text, file)


def shown(path: FilePath) -> str:
    """The path as it is named in problems: below the working directory, else as it is."""
    try:
        return str(path.absolute().relative_to(FilePath.cwd()))
    except (ValueError, OSError):
        return str(path)


def read_yaml(text: str, file: str) -> tuple[Any, Positions]:
    """The data of a document and the place of each key and list item.

    Parameters
    ----------
    text : str
        YAML 1.2.
    file : str
        As it is to be named in problems.

    Returns
    -------
    data : dict
        Plain data.
    positions : dict
        Line and column, from 1, by path; the empty path is the document.

    Raises
    ------
    DocumentError
        With everything that is wrong with the text as YAML.
    """
    parsed = parse_text(text, file)
    refuse(parsed.problems)
    return parsed.data, parsed.positions


def read_value(text: str) -> Any:
    """One value as YAML reads it: 0.3 is a number, '12 h' is text, null is None, {a: 1} a mapping.

    Raises
    ------
    DocumentError
        If the text is not YAML.
    """
    parsed = parse_text(f"value: {text}", "--set")
    if parsed.problems or set(parsed.data) != {"value"}:
        fault = Fault((), "bad-value", "cannot be read as one YAML value", value=text)
        raise DocumentError([fault.at(Place("--set"))])
    return parsed.data["value"]


def read_header(text: str) -> dict[str, str]:
    """The words that name a document, read without the rest of it; empty where they cannot be read."""
    parsed = parse_text("\n".join(_HEADER.findall(text)), "")
    found = parsed.data if isinstance(parsed.data, dict) else {}
    return {key: value for key, value in found.items() if isinstance(value, str)}


# ---------------------------------------------------------------- holding data against a model

_TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "datetime_type": "a date with hour and offset",
    "literal_error": "",
}

# Codes of the rules that document.py states in words, by the words that only this rule uses.
_RULES = {
    "listed twice": "duplicate-key",
    "a duration is": "bad-duration",
    "an hour of the day": "bad-hour",
    "a date is": "bad-date",
    "a date needs its offset": "date-without-offset",
    "a deal starts in": "out-of-range",
    "at most 20 years after": "out-of-range",
    "finite number": "not-a-number",
    "a condition": "bad-condition",
    "a milestone has": "bad-milestone",
    "does not fit": "bad-condition",
    "a guarantee has": "bad-guarantee",
    "the median": "bad-delay",
    "a median of 0": "bad-delay",
    "an expectation": "bad-expectation",
    "a shock has": "bad-shock",
    "effect ": "bad-shock",
    "give exactly one of": "bad-distribution",
    "quantiles must": "bad-distribution",
    "uniform needs": "bad-distribution",
    "shape parameters": "bad-distribution",
    "lognormal needs": "bad-distribution",
}


def hold(model: type[Model], data: Any, locate: Locate, prefix: Path = ()) -> tuple[Model | None, list[Problem]]:
    """The data as a model, or everything that keeps them from being one.

    Parameters
    ----------
    model : type of BaseModel
        What the data should be.
    data : object
        Plain data, as read.
    locate : callable
        The place of a path that begins with `prefix`.
    prefix : tuple
        Where in a document the data stand.

    Returns
    -------
    model : Model or None
        None if there are problems.
    problems : list of Problem
        Those of the data; numbers given as text, or text as truth, are among them.
    """
    try:
        return model.model_validate_json(json.dumps(data), strict=True), []
    except ValidationError as error:
        faults = _faults(error, model, data)
    return None, [replace(fault, path=prefix + fault.path).at(locate(prefix + fault.path)) for fault in faults]


def _faults(error: ValidationError, model: type[BaseModel], data: Any) -> Iterator[Fault]:
    """The faults, one for each path: of a choice of types the branch that was meant, else the choice."""
    by_path: dict[Path, list[Any]] = {}
    for detail in error.errors(include_url=False):
        path = as_written(data, detail["loc"])
        by_path.setdefault((*path, detail["loc"][-1]) if detail["type"] == "missing" else path, []).append(detail)
    for path, details in by_path.items():
        of_type = [detail for detail in details if detail["type"] in _TYPES]
        others = [detail for detail in details if detail["type"] not in _TYPES]
        if others:
            yield _fault(path, others[0], model)
        elif not any(other[: len(path)] == path and other != path for other in by_path):
            yield _type_fault(path, of_type)


def _type_fault(path: Path, details: list[Any]) -> Fault:
    wanted = [_TYPES[detail["type"]] or detail["ctx"]["expected"] for detail in details]
    value = details[0]["input"]
    if [detail["type"] for detail in details] == ["literal_error"] and isinstance(value, str):
        hint = nearest(value, re.findall(r"'([^']*)'", wanted[0]))
        return Fault(path, "unknown-word", "not one of the words allowed here", hint, value)
    return Fault(path, "wrong-type", f"must be {' or '.join(dict.fromkeys(wanted))}", _quoted_hint(value), value)


def _quoted_hint(value: Any) -> str:
    if isinstance(value, str) and value in ("yes", "no", "on", "off"):
        return f"'{value}' is text in YAML 1.2; write true or false"
    return "write the number without quotes" if isinstance(value, str) and _FLOAT.fullmatch(value) else ""


def _fault(path: Path, detail: Any, model: type[BaseModel]) -> Fault:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        words = _allowed(model, detail["loc"][:-1])
        hint = (
            "write the keys out: merge keys are not part of YAML 1.2"
            if path[-1] == "<<"
            else nearest(str(path[-1]), words)
        )
        return Fault(path, "unknown-key", "no such key here", hint, path[-1])
    if kind == "missing":
        return Fault(path, "missing-key", "is needed here")
    if kind == "string_pattern_mismatch":
        hint = "small letters, digits and underscores, a letter first"
        hint = hint if "_" in context["pattern"] else "small letters, digits and hyphens"
        return Fault(path, "bad-name", "not a name", hint, value)
    if kind == "value_error":
        message = str(context["error"])
        code = next((code for words, code in _RULES.items() if words in message), "broken-rule")
        return Fault(path, code, message, value=_scalar_or_none(value))
    code = _bound_code(kind, value, context)
    return Fault(path, code, _bound(detail["msg"], context), _limit(context), _scalar_or_none(value))


def _limit(context: dict[str, Any]) -> str:
    """Where a limit on what a document may hold is raised."""
    told, name = LIMITS.get(context.get("le", context.get("max_length", 0)), ("", ""))
    return f"at most {told} ({name} in sim/deal/document.py)" if told else ""


def _bound_code(kind: str, value: Any, context: dict[str, Any]) -> str:
    if kind == "greater_than_equal" and type(context["ge"]) is int and isinstance(value, int):
        return "negative-count"
    if kind.startswith(("greater_than", "less_than")):
        return "out-of-range"
    if kind in ("too_short", "too_long", "string_too_long"):
        return kind.removeprefix("string_").replace("_", "-")
    if kind == "finite_number":
        return "not-a-number"
    return "bad-date" if "datetime" in kind or "timezone" in kind else "wrong-type"


def _scalar_or_none(value: Any) -> Any:
    return None if isinstance(value, (dict, list)) else value


def _bound(message: str, context: dict[str, Any]) -> str:
    if "max_length" in context:
        return f"has more than {context['max_length']} characters or items"
    if "min_length" in context:
        return f"has fewer than {context['min_length']} items"
    message = message.replace("Input should", "must")
    return message[:1].lower() + message[1:]


def _allowed(model: type[BaseModel], loc: tuple[str | int, ...]) -> set[str]:
    """The keys that a model allows at a place of its own."""
    here: set[Any] = {model}
    for part in loc:
        here = {below for annotation in here for below in _below(annotation, part)} or here
    return {field.alias or name for m in here if _is_model(m) for name, field in m.model_fields.items()}


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _below(annotation: Any, part: str | int) -> Iterator[Any]:
    """The types one step below a type, with choices and annotations opened."""
    if _is_model(annotation):
        for name, info in annotation.model_fields.items():
            if part == (info.alias or name):
                yield from _opened(info.annotation)
        return
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) in (dict, list) and arguments and isinstance(part, (str, int)):
        yield from _opened(arguments[-1])


def _opened(annotation: Any) -> Iterator[Any]:
    if typing.get_origin(annotation) is typing.Annotated:
        yield from _opened(typing.get_args(annotation)[0])
    elif typing.get_origin(annotation) in (typing.Union, types.UnionType):
        for choice in typing.get_args(annotation):
            yield from _opened(choice)
    else:
        yield annotation


# ---------------------------------------------------------------- documents


def read_model(parsed: Parsed, model: type[Model]) -> tuple[Model | None, list[Problem]]:
    """A parsed document as a model, with the problems of reading it and of its shape."""
    problems = list(parsed.problems)
    if parsed.data is None:
        return None, problems
    document, found = hold(model, parsed.data, parsed.locate)
    known = {(problem.line, problem.path) for problem in problems}
    return document, problems + [problem for problem in found if (problem.line, problem.path) not in known]


def kind_of(parsed: Parsed) -> Kind | None:
    """Which document this is, by its top-level keys."""
    if not isinstance(parsed.data, dict):
        return None
    return next((kind for kind in KINDS if kind in parsed.data), None)


def no_kind(parsed: Parsed) -> Problem:
    """The problem of a document that is none of those that there are."""
    message, hint = "neither a deal nor a scenario nor a study", "begin with 'deal:', 'scenario:' or 'study:'"
    return Fault((), "unknown-document", message, hint).at(parsed.locate(()))


def read_deal(parsed: Parsed) -> tuple[Deal | None, list[Problem]]:
    """A parsed document as a deal, with all its problems: of reading it, of its shape, and of the rules of a deal."""
    deal, problems = read_model(parsed, Deal)
    if deal is not None:
        problems += [parsed.problem(fault) for fault in [*check_deal(deal), *check_within_horizon(deal)]]
    return deal, problems


def load_deal(path: str | FilePath) -> Deal:
    """The deal in a file.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    Deal
        As written: defaults of the models are filled in, those that follow from other parts are not.

    Raises
    ------
    DocumentError
        With all problems of the file: of reading it, of its shape, and of the rules of a deal.
    """
    deal, problems = read_deal(parse_file(FilePath(path)))
    refuse(problems)
    assert deal is not None
    return deal


def load_scenario_file(path: str | FilePath) -> Scenario:
    """The scenario in a file, as written: what it builds on and its deal are not read.

    Parameters
    ----------
    path : str or Path
        The file.

    Raises
    ------
    DocumentError
        With all problems of the file on its own.
    """
    scenario, problems = read_model(parse_file(FilePath(path)), Scenario)
    refuse(problems)
    assert scenario is not None
    return scenario


@reading_pipes_once()
def load_document(path: str | FilePath) -> Deal | Scenario | Study:
    """The deal, scenario or study in a file, whichever its top-level keys say it is.

    Raises
    ------
    DocumentError
        With all problems of the file.
    """
    parsed = parse_file(FilePath(path))
    kind = kind_of(parsed)
    if kind is None:
        raise DocumentError(parsed.problems or [no_kind(parsed)])
    if kind == "study":
        study, problems = read_model(parsed, Study)
        refuse(problems)
        assert study is not None
        return study
    return load_deal(path) if kind == "deal" else load_scenario_file(path)


def schema(kind: Kind) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what people write, short forms included.

    Parameters
    ----------
    kind : {'deal', 'scenario', 'study'}
        Which document.
    """
    models: dict[Kind, type[BaseModel]] = {"deal": Deal, "scenario": Scenario, "study": Study}
    model = models[kind]
    body = model.model_json_schema(by_alias=True, mode="validation")
    _close(body)
    _complete_paths(body)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:ceasefire-sim:schema:{kind}",
        **body,
        "title": f"ceasefire-sim {kind}",
    }


def _close(part: Any) -> None:
    """Let a mapping by key refuse what is no key, and defaults be as they are written.

    The generator states the pattern of keys but leaves other keys free, and gives times as their minutes.
    """
    if isinstance(part, dict):
        if "patternProperties" in part:
            part.setdefault("additionalProperties", False)
        if type(part.get("default")) is int and _is_time(part):
            part["default"] = write_duration(part["default"])
        for below in list(part.values()):
            _close(below)
    elif isinstance(part, list):
        for below in part:
            _close(below)


def _is_time(part: dict[str, Any]) -> bool:
    choices = [part, *part.get("anyOf", [])]
    return any(choice.get("pattern", "").endswith(r"(min|h|d|w)\s*)+$") for choice in choices)


def _complete_paths(body: dict[str, Any]) -> None:
    """Name the paths that every scenario has below what goes by path, for editors to complete."""
    for name in ("changes", "uncertain", "vary"):
        part = body["properties"].get(name)
        if part is None:
            continue
        anything = part.get("additionalProperties", True)
        part["properties"] = dict.fromkeys(_everywhere(Behaviour), anything if name != "changes" else True)
        if name != "uncertain":
            part["properties"]["horizon"] = anything if name != "changes" else True


def _everywhere(model: type[BaseModel], prefix: str = "behaviour") -> Iterator[str]:
    """The paths of a model's numbers that go through no mapping, for instance 'behaviour.mediators.settles'."""
    for name, info in model.model_fields.items():
        if name in Sourced.model_fields or typing.get_origin(info.annotation) in (dict, list):
            continue
        path = f"{prefix}.{info.alias or name}"
        models = [each for each in _opened(info.annotation) if _is_model(each)]
        if models:
            yield from _everywhere(models[0], path)
        else:
            yield path
