"""What is wrong with a document: the place, the rule, the value, and the way out."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from sim.errors import DealError

LONGEST_VALUE = 80
MOST_WORDS = 12

Path = tuple[str | int, ...]


def plain(text: Any, longest: int | None = None) -> str:
    """The text on one line without control characters, cut to `longest` characters."""
    text = text if isinstance(text, str) else repr(text)
    if longest is not None and len(text) > longest:
        text = text[: longest - 1] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def dotted(path: Path) -> str:
    """'stocks.soldiers.count' from ('stocks', 'soldiers', 'count')."""
    return ".".join(plain(str(part), LONGEST_VALUE) for part in path)


def nearest(word: str, words: Iterable[str]) -> str:
    """A hint: the allowed word nearest to the one given, else the allowed words."""
    allowed = sorted(set(words))
    close = difflib.get_close_matches(word[:LONGEST_VALUE], allowed, n=1)
    if close:
        return f"did you mean {close[0]}?"
    if not allowed:
        return "there is none to choose from"
    more = f" and {len(allowed) - MOST_WORDS} more" if len(allowed) > MOST_WORDS else ""
    return f"choose from {', '.join(allowed[:MOST_WORDS])}{more}"


@dataclass(frozen=True)
class Place:
    """Where something is written; lines and columns count from 1."""

    file: str
    line: int = 1
    column: int = 1
    words: Callable[[Path], Path] | None = field(default=None, compare=False)
    """The path as it is written there, of a document in the words of an earlier version."""


@dataclass(frozen=True)
class Fault:
    """A broken rule, by its path in the document; a `Place` turns it into a `Problem`."""

    path: Path
    code: str
    message: str
    hint: str = ""
    value: Any = None
    severity: Literal["error", "warning"] = "error"

    def at(self, place: Place) -> Problem:
        """The problem at the place where the path is written."""
        return Problem(
            file=plain(place.file),
            line=place.line,
            column=place.column,
            code=self.code,
            path=dotted(self.path if place.words is None else place.words(self.path)),
            value="" if self.value is None else plain(self.value, LONGEST_VALUE),
            message=plain(self.message),
            hint=plain(self.hint),
            severity=self.severity,
        )


@dataclass(frozen=True)
class Problem:
    """One thing to mend in a document.

    Attributes
    ----------
    file : str
        The file, or '--set' for a setting of the command line.
    line, column : int
        From 1; the place of the key or list item. 0 for an argument of a command.
    code : str
        Stable name of the rule, for instance 'unknown-key'.
    path : str
        Where in the document, parts joined by dots; empty for the document as a whole.
    value : str
        What was found, cut to 80 characters; empty where there is none.
    message, hint : str
        The rule, and the way out.
    severity : {'error', 'warning'}
        A document with errors is refused; warnings are only shown.
    """

    file: str
    line: int
    column: int
    code: str
    path: str
    value: str
    message: str
    hint: str
    severity: Literal["error", "warning"] = "error"

    def as_json(self) -> dict[str, Any]:
        """The problem as an object of JSON."""
        return asdict(self)

    def __str__(self) -> str:
        path = f" {self.path}" if self.path else ""
        hint = f" ({self.hint})" if self.hint else ""
        if self.line == 0:  # of an argument, which has no place
            return f"{self.message}{hint}"
        return f"{self.file}:{self.line}:{self.column}: {self.code}{path}: {self.message}{hint}"


class DocumentError(DealError):
    """A document cannot be read or breaks rules; `problems` lists all that were found.

    Parameters
    ----------
    problems : iterable of Problem
        At least one.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_order(problems)
        super().__init__("\n".join(map(str, self.problems)))


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """The problems without repetitions, by file in the order met, then by place."""
    distinct = list(dict.fromkeys(problems))
    files = list(dict.fromkeys(problem.file for problem in distinct))
    return sorted(distinct, key=lambda p: (files.index(p.file), p.line, p.column, p.path, p.code))


def refuse(problems: Iterable[Problem]) -> None:
    """Raise `DocumentError` if any of the problems is an error."""
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise DocumentError(errors)


def first_of_each(faults: Iterable[Fault]) -> Iterator[Fault]:
    """The first fault of each code at each place.

    Parameters
    ----------
    faults : iterable of Fault

    Yields
    ------
    Fault
    """
    seen: set[tuple[Path, str]] = set()
    for fault in faults:
        if (fault.path, fault.code) not in seen:
            seen.add((fault.path, fault.code))
            yield fault
