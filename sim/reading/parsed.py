"""A document as plain data: what reading it gives, before it is held against a model."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sim.reading.paths import step
from sim.reading.problem import Fault, Path, Place, Problem

Positions = dict[Path, tuple[int, int]]
Locate = Callable[[Path], Place]

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
    words : callable or None
        The path as the document writes it, of a document in the words of an earlier version.
    """

    file: str
    data: Any = None
    positions: Positions = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    words: Callable[[Path], Path] | None = None

    def locate(self, path: Path) -> Place:
        """The place of a path, or of the nearest one above it that is written."""
        return Place(self.file, *self.positions.get(written(path, self.positions), (1, 1)), self.words)

    def part(self, key: str) -> Parsed:
        """What stands under a key, as a document of its own at its place."""
        positions = {path[1:]: at for path, at in self.positions.items() if path[:1] == (key,)}
        return Parsed(self.file, self.data[key], positions, words=self.words)

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


def header_of(text: str) -> str:
    """The lines of a document that name it."""
    return "\n".join(_HEADER.findall(text))
