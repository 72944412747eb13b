"""Documents in the words of 0.1, read in the words of today.

What 0.1 called groups are stocks, and what it knew by two words each, side and condition, is said by `list` and `of`.
`upgraded` is a pure function on what has been read: keys keep their places, and problems name the key that was written.
Everything behind it knows today's words alone. `sim.reading.rewrite` takes the same steps in the text of a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sim.reading.parsed import Parsed
from sim.reading.paths import split
from sim.reading.problem import Fault, Path, dotted, nearest

OF = {"living": "people", "deceased": "remains"}
"""What a stock is of, by the condition of a group."""
LISTS = ("hostages", "prisoners")
"""The sides of 0.1; a number without one was of hostages."""
COUNTS = ("released", "held", "in_transit")
"""Subjects of a condition that are numbers of people: of a list, or by stock."""


@dataclass(frozen=True, eq=False)
class _Shape:
    """A part of a document of 0.1, as far as its words are others today.

    Attributes
    ----------
    names : mapping
        Today's key by the one of 0.1.
    parts : mapping
        What lies below, by the key of 0.1.
    each : _Shape or None
        What lies below any other key; the items of a list have it too, or else the shape of the list.
    what : {'', 'group', 'condition', 'paths', 'path'}
        Has rules of its own: a group of people, a condition, a mapping by path, a path as a text.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, _Shape] = field(default_factory=dict)
    each: _Shape | None = None
    what: Literal["", "group", "condition", "paths", "path"] = ""

    def below(self, key: str | int) -> _Shape | None:
        """The shape one step down, by a key of 0.1."""
        if isinstance(key, int):
            return self.each or self
        return self.parts.get(key, self.each)

    def old(self, key: str | int) -> str | int:
        """The key of 0.1 for one of today."""
        return next((old for old, new in self.names.items() if new == key), key)


_WORDS = {"side": "list", "condition": "of"}
_alternatives: dict[str, _Shape] = {}
_GATE = _Shape(_WORDS, _alternatives, what="condition")
_alternatives.update(dict.fromkeys(("any", "all", "not", "of"), _GATE))
_PATHS = _Shape(what="paths")
_GUARANTEE = _Shape(
    parts={"never": _GATE, "always": _GATE, "precedes": _GATE, "responds": _Shape(parts={"to": _GATE, "with": _GATE})}
)
_WAITING = {
    "phases": _Shape(each=_Shape(parts={"enters_when": _GATE, "continues_while": _GATE})),
    "obligations": _Shape(each=_Shape(parts={"after": _GATE})),
    "rights": _Shape(each=_Shape(parts={"after": _GATE})),
    "guarantees": _Shape(each=_GUARANTEE),
    "milestones": _Shape(each=_Shape(parts={"when": _GATE})),
}
_DEAL = _Shape({"groups": "stocks"}, {"groups": _Shape(each=_Shape(_WORDS, what="group")), **_WAITING})
_BEHAVIOUR = _Shape(
    parts={
        "parties": _Shape(each=_Shape(parts={"leaves": _Shape(parts={"unless": _GATE})})),
        "shocks": _Shape(each=_Shape({"group": "stock"})),
    }
)
_TARGETS = _Shape(parts={"deal": _DEAL, "behaviour": _BEHAVIOUR})
"""Where the paths of changes, axes and settings begin."""
_CASE = _Shape(parts={"changes": _PATHS})
_DOCUMENT = _Shape(
    _DEAL.names,
    {
        **_DEAL.parts, **_TARGETS.parts, "changes": _PATHS, "vary": _PATHS, "changed": _Shape(what="path"),
        "baseline": _CASE, "variants": _Shape(each=_CASE),
        "axes": _Shape(each=_Shape(parts={"path": _Shape(what="path")})),
    },
)  # fmt: skip
"""A deal, a scenario, a resolved scenario or a study: no key means two things in them."""


# ---------------------------------------------------------------- steps


@dataclass(frozen=True)
class Step:
    """One difference between what was written and how it is read.

    Attributes
    ----------
    path : tuple
        Of the key as it was written; of one that is added, of the mapping.
    kind : {'renamed', 'valued', 'added', 'removed'}
        A key has another name; a value is another; a key comes in, or goes because it said nothing.
    word : str
        The new key, or the new value.
    value : str
        Of a key that comes in, its value; of a value, what it was.
    """

    path: Path
    kind: Literal["renamed", "valued", "added", "removed"]
    word: str = ""
    value: str = ""

    def __str__(self) -> str:
        path = dotted(self.path)
        if self.kind == "added":
            return f"{path}: {self.word}: {self.value} is said"
        if self.kind == "removed":
            return f"{path} is left out, it says nothing here"
        return f"{path}: {self.value} -> {self.word}" if self.kind == "valued" else f"{path} -> {self.word}"


class _Upgrade:
    """Walks through a document of 0.1 and notes every step."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.faults: list[Fault] = []
        self.keys: dict[Path, str] = {}
        self._is_new = False

    def walk(self, shape: _Shape | None, value: Any, path: Path) -> Any:
        """The value in today's words; what has no other words is handed on as it is."""
        if shape is None:
            return value
        if isinstance(value, list):
            return [self.walk(shape.below(place), item, (*path, place)) for place, item in enumerate(value)]
        if isinstance(value, dict):
            return self._mapping(shape, value, path)
        if shape.what == "path" and isinstance(value, str) and (new := path_upgraded(value)) != value:
            self.steps.append(Step(path, "valued", new, value))
            return new
        return value

    def _mapping(self, shape: _Shape, value: dict[str, Any], path: Path) -> dict[str, Any]:
        before, self._is_new = (
            self._is_new,
            self._is_new or ((shape is _DEAL or shape is _DOCUMENT) and "stocks" in value),
        )
        names = {old: new for old, new in shape.names.items() if old in value and new not in value}
        if shape.what == "condition" and not _counts_people(value):
            return self._without_words(shape, value, path)
        result: dict[str, Any] = {}
        if shape.what == "group" and not {"condition", "of"} & set(value):
            self.steps.append(Step(path, "added", "of", "people"))
            result["of"] = "people"
        for key, item in value.items():
            at, is_path = (*path, key), shape.what == "paths"
            new = path_upgraded(key) if is_path else names.get(key, key)
            owner, last = _owner(key) if is_path else (shape, key)
            if new != key:
                self.steps.append(Step(at, "renamed", new))
                self.keys[at] = new
            is_word = last in _WORDS and owner is not None and last in owner.names
            result[new] = (
                self._word(str(last), item, at) if is_word else self.walk(owner and owner.below(last), item, at)
            )
        if shape.what == "condition" and not {"side", "list"} & set(value) and not self._is_new:
            self.steps.append(Step(path, "added", "list", LISTS[0]))
            result["list"] = LISTS[0]
        self._is_new = before
        return result

    def _without_words(self, shape: _Shape, value: dict[str, Any], path: Path) -> dict[str, Any]:
        """A condition that counts nobody: a side or condition beside it says nothing."""
        silent = [key for key in shape.names if key in value]
        self.steps += [Step((*path, key), "removed") for key in silent]
        kept = {key: item for key, item in value.items() if key not in silent}
        return {key: self.walk(shape.below(key), item, (*path, key)) for key, item in kept.items()}

    def _word(self, key: str, item: Any, at: Path) -> Any:
        """The value of a side or of a condition."""
        allowed = OF if key == "condition" else LISTS
        if not isinstance(item, str):
            return item
        if item not in allowed:
            message, hint = "not one of the words allowed here", nearest(item, allowed)
            self.faults.append(Fault(at, "unknown-word", message, hint, item))
            return OF["living"] if key == "condition" else LISTS[0]
        if key == "condition":
            self.steps.append(Step(at, "valued", OF[item], item))
            return OF[item]
        return item


def _counts_people(condition: Mapping[str, Any]) -> bool:
    """Whether a condition asks for a number of people of one list."""
    return any(name in condition and not isinstance(condition[name], dict) for name in COUNTS)


# ---------------------------------------------------------------- documents


def is_document(data: Any) -> bool:
    """Whether plain data are a document, or what tests and results store of one."""
    return isinstance(data, dict) and any(key in data for key in ("deal", "scenario", "study"))


def upgraded(parsed: Parsed) -> Parsed:
    """A parsed document in today's words; one that has them already is handed back as it is.

    Parameters
    ----------
    parsed : Parsed
        As it was written, which is left alone.

    Returns
    -------
    Parsed
        Every key at the place where it was written; problems name the key that stands there.
    """
    if not is_document(parsed.data):
        return parsed
    steps, data, keys, faults = _taken(parsed.data)
    if not steps and not faults:
        return parsed
    problems = tuple(fault.at(parsed.locate(fault.path)) for fault in faults)
    positions = {_moved(path, keys): at for path, at in parsed.positions.items()} if keys else parsed.positions
    words = path_before if any(step.kind != "added" for step in steps) else None
    return replace(parsed, data=data, positions=positions, problems=(*parsed.problems, *problems), words=words)


def steps_of(data: Any) -> list[Step]:
    """What has other words today in a document as it was written, in its order; nothing if it has today's.

    Parameters
    ----------
    data : object
        Plain data.
    """
    return _taken(data)[0] if is_document(data) else []


def _taken(data: Any) -> tuple[list[Step], Any, dict[Path, str], list[Fault]]:
    walked = _Upgrade()
    new = walked.walk(_DOCUMENT, data, ())
    return walked.steps, new, walked.keys, walked.faults


def _moved(path: Path, keys: Mapping[Path, str]) -> Path:
    """The path of today: each key under its new name."""
    return tuple(keys.get(path[: place + 1], part) for place, part in enumerate(path))


# ---------------------------------------------------------------- paths and settings


def _parts(text: str) -> Iterator[tuple[str, str | int]]:
    """The parts of a path as they are written, and as steps."""
    return zip(text.split("."), split(text), strict=True)


def path_upgraded(text: str) -> str:
    """'deal.stocks.soldiers.count' from 'deal.groups.soldiers.count', as changes, axes and settings name it.

    Parameters
    ----------
    text : str
        A path; any other text is handed back.
    """
    shape: _Shape | None = _TARGETS
    parts = []
    for part, key in _parts(text):
        parts.append(part if shape is None else shape.names.get(part, part))
        shape = shape and shape.below(key)
    return ".".join(parts)


def _owner(text: str) -> tuple[_Shape | None, str | int]:
    """The shape that holds what a path leads to, and the last step there."""
    *above, last = split(text)
    shape: _Shape | None = _TARGETS
    for key in above:
        shape = shape and shape.below(key)
    return shape, last


def setting_upgraded(text: str, value: Any) -> tuple[str, Any]:
    """A path and the value that it is set to, as `--set` and sliders give them, in today's words.

    Parameters
    ----------
    text : str
        The path.
    value : object
        Plain data.
    """
    changes: dict[str, Any] = _taken({"scenario": "", "changes": {text: value}})[1]["changes"]
    return next(iter(changes.items()))


def path_before(path: Path) -> Path:
    """The path as a document of 0.1 writes it, from the one of today.

    Parameters
    ----------
    path : tuple
        Into a deal, a scenario or a study.
    """
    shape: _Shape | None = _DOCUMENT
    written: list[str | int] = []
    for part in path:
        if shape is not None and shape.what == "paths":
            return (*written, ".".join(map(str, _back(_TARGETS, str(part).split(".")))), *path[len(written) + 1 :])
        old = part if shape is None else shape.old(part)
        written.append(old)
        shape = shape and shape.below(_step(old))
    return tuple(written)


def _step(part: str | int) -> str | int:
    """A part of a path as it leads on: a number is a place in a list."""
    return int(part) if str(part).isdigit() else part


def _back(shape: _Shape | None, parts: Sequence[str | int]) -> list[str | int]:
    """Each part under its name of 0.1."""
    found: list[str | int] = []
    for part in parts:
        old = part if shape is None else shape.old(part)
        found.append(old)
        shape = shape and shape.below(_step(old))
    return found


def column_upgraded(name: str) -> str:
    """Today's name of a column of a history."""
    return _DEAL.names.get(name, name)


# ---------------------------------------------------------------- checksums of 0.1


_GROUP = ("source", "assumption", "note", "side", "held_by", "count", "condition", "title", "short_title")
_ASKED = ("obligation", "share", "released", "side", "condition")
"""The order of fields in 0.1, by which its checksums go."""


def data_before(data: Any) -> Any:
    """A resolved scenario of today as 0.1 stored it, where it has no word that 0.1 lacked.

    Parameters
    ----------
    data : object
        Plain data in the order of the models.
    """
    return _written(_DOCUMENT, data)


def _written(shape: _Shape | None, value: Any) -> Any:
    if shape is None:
        return value
    if isinstance(value, list):
        return [_written(shape.below(place), item) for place, item in enumerate(value)]
    if shape.what == "path":
        return ".".join(map(str, path_before(tuple(value.split(".")))))
    if not isinstance(value, dict):
        return value
    if shape.what == "paths":
        return {path_before(("changes", key))[1]: item for key, item in value.items()}
    old = {shape.old(key): _written(shape.below(shape.old(key)), item) for key, item in value.items()}
    if "condition" in old and shape.what:
        old["condition"] = next(word for word, of in OF.items() if of == old["condition"])
    if shape.what == "group":
        return {key: old[key] for key in _GROUP if key in old}
    if shape.what == "condition":
        old.setdefault("side", LISTS[0])
        first = {key: old[key] for key in _ASKED if key in old}
        return first | old
    return old
