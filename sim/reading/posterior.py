"""Tables of draws that a scenario names: one row a replicate, a column for each number, all rows of one file.

A table is known by the SHA-256 of its bytes, which is what a resolved scenario keeps of it. Whoever reads one, from
beside its scenario or from a results folder, keeps it here for whoever compiles that scenario.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

import numpy as np

from sim.document.scenario import Posterior, ResolvedScenario, Uncertain
from sim.document.values import Minutes
from sim.reading.pipes import first_bytes
from sim.reading.problem import DocumentError, Fault, Place

MOST_ROWS = 100_000
MOST_COLUMNS = 256
LARGEST_TABLE = 1 << 26
"""Bytes."""
UNITS = {"min": 1, "h": 60, "d": 1440, "w": 10_080}
_HEADER = re.compile(r"([a-z][a-z0-9_.]*)(?: \[(min|h|d|w)\])?")
OF_A_COLUMN = 257
"""Quantiles that stand for a column."""
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Table:
    """Draws of numbers that are not known.

    Attributes
    ----------
    content : bytes
        Of the file.
    columns : tuple of str
        Paths below `behaviour`.
    is_time : tuple of bool
        Whether a column has a unit.
    rows : ndarray of float64, shape (n, n_columns)
        Times in minutes.
    """

    content: bytes
    columns: tuple[str, ...]
    is_time: tuple[bool, ...]
    rows: Array

    @cached_property
    def sha256(self) -> str:
        """The digest of its bytes."""
        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def quantiles(self) -> list[list[float]]:
        """Of each column at equal steps of probability, times as a document writes them."""
        levels = np.quantile(self.rows, np.linspace(0, 1, OF_A_COLUMN), axis=0).T.tolist()
        return [
            [Minutes(value) for value in values] if is_time else values
            for values, is_time in zip(levels, self.is_time, strict=True)
        ]

    @property
    def part(self) -> dict[str, Any]:
        """What a resolved scenario keeps of it, but for the name of the file."""
        return {"sha256": self.sha256, "rows": len(self.rows), "columns": list(self.columns)}


_KNOWN: dict[str, Table] = {}


def keep(content: bytes) -> Table:
    """Read a table and keep it for whoever compiles a scenario that names it.

    Parameters
    ----------
    content : bytes
        Of the file: a line of paths, those of times with their unit in brackets, and a line of numbers for each row.

    Returns
    -------
    Table

    Raises
    ------
    ValueError
        With the first thing that is wrong, and its line.
    """
    digest = hashlib.sha256(content).hexdigest()
    if digest not in _KNOWN:
        _KNOWN[digest] = _read(content)
    return _KNOWN[digest]


def is_kept(sha256: str) -> bool:
    """Whether a table with this checksum has been read."""
    return sha256 in _KNOWN


def content_of(sha256: str) -> bytes:
    """The bytes of a table that has been read."""
    return _KNOWN[sha256].content


def table_of(posterior: Posterior) -> Table:
    """The table that a resolved scenario names.

    Raises
    ------
    DocumentError
        If nobody has read it here.
    """
    table = _KNOWN.get(posterior.sha256 or "")
    if table is None:
        message = f"the table {posterior.file} is not here"
        hint = "resolve the scenario beside its file, or load the results folder that has a copy"
        raise DocumentError([Fault(("posterior",), "unreadable", message, hint).at(Place("posterior"))])
    return table


def read_beside(posterior: Posterior, document: FilePath) -> tuple[Table | None, list[Fault]]:
    """The table that a scenario names, and what is wrong with it.

    Parameters
    ----------
    posterior : Posterior
        As written, or as a resolved scenario has it.
    document : Path
        The scenario's file, from whose folder paths begin.
    """
    if posterior.sha256 in _KNOWN:
        return _KNOWN[posterior.sha256], []
    at = ("posterior",)
    path = (document.parent if document.is_file() else FilePath()) / posterior.file
    try:
        if not path.is_file():
            return None, [Fault(at, "unreadable", "there is no such file", "a table lies beside its scenario")]
        content = first_bytes(path, LARGEST_TABLE + 1)
        if len(content) > LARGEST_TABLE:
            message = f"a table has at most {LARGEST_TABLE} bytes (LARGEST_TABLE in sim/reading/posterior.py)"
            return None, [Fault(at, "file-too-large", message)]
        table = keep(content)
    except OSError as error:
        return None, [Fault(at, "unreadable", f"cannot be read: {error.strerror or error}")]
    except ValueError as error:
        return None, [Fault(at, "bad-table", str(error), "a line of paths, then a line of numbers for each row")]
    if posterior.sha256 is not None and posterior.sha256 != table.sha256:
        return None, [Fault(at, "bad-table", "is another table than the one with the checksum beside it")]
    return table, []


def _read(content: bytes) -> Table:
    try:
        head, *lines = content.decode("utf-8").removeprefix("\ufeff").splitlines()
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    except ValueError:
        raise ValueError("is empty") from None
    found = [_HEADER.fullmatch(cell.strip()) for cell in head.split(",")]
    if None in found:
        raise ValueError(f"line 1, column {found.index(None) + 1}: is no path, such as 'mediators.settles' or '… [h]'")
    names = [match[1].removeprefix("behaviour.") for match in found if match]
    units = [match[2] for match in found if match]
    if len(set(names)) < len(names):
        raise ValueError("line 1: a path stands there twice")
    if len(names) > MOST_COLUMNS:
        raise ValueError(f"has {len(names)} columns; at most {MOST_COLUMNS} (MOST_COLUMNS in sim/reading/posterior.py)")
    if not 1 <= len(lines) <= MOST_ROWS:
        raise ValueError(f"has {len(lines)} rows; 1 to {MOST_ROWS} (MOST_ROWS in sim/reading/posterior.py)")
    rows = np.array([_numbers(line, number, len(names)) for number, line in enumerate(lines, 2)])
    scaled = rows * [UNITS.get(unit, 1) for unit in units]
    return Table(content, tuple(names), tuple(unit is not None for unit in units), np.ascontiguousarray(scaled))


def _numbers(line: str, number: int, width: int) -> list[float]:
    cells = line.split(",")
    if len(cells) != width:
        raise ValueError(f"line {number}: has {len(cells)} numbers for {width} columns")
    try:
        values = [float(cell) for cell in cells]
    except ValueError:
        raise ValueError(f"line {number}: has something that is no number") from None
    if not all(0 <= value < np.inf for value in values):
        raise ValueError(f"line {number}: numbers are finite and not below 0")
    return values


# ---------------------------------------------------------------- what a resolved scenario draws


def taken_columns(resolved: ResolvedScenario) -> tuple[str, ...]:
    """Paths below `behaviour` that a scenario takes from its table."""
    return tuple(resolved.posterior.columns or ()) if resolved.posterior is not None else ()


def rows_taken(posterior: Posterior) -> Array:
    """The columns of its table that a scenario takes, in its order, shape (n, n_columns)."""
    table = table_of(posterior)
    return np.ascontiguousarray(table.rows[:, [table.columns.index(path) for path in posterior.columns or ()]])


def distributions(resolved: ResolvedScenario) -> dict[str, Uncertain]:
    """How each number that is not known is distributed: as `uncertain` says, or as its column is.

    Returns
    -------
    dict of str to Uncertain
        By path.
    """
    return {path: given for path, given, _ in _all(resolved)}


def column_faults(resolved: ResolvedScenario) -> Iterator[tuple[str, Sequence[float], bool]]:
    """For each column its path, a few of its values as a document writes them, and whether it has a unit."""
    for path, given, is_time in _all(resolved):
        if is_time is not None:
            yield path, given.values, is_time


def _all(resolved: ResolvedScenario) -> Iterator[tuple[str, Uncertain, bool | None]]:
    taken = taken_columns(resolved)
    for path, given in resolved.uncertain.items():
        if path.removeprefix("behaviour.") not in taken:
            yield path, given, None
    if resolved.posterior is None:
        return
    table = table_of(resolved.posterior)
    for path in taken:
        place = table.columns.index(path)
        yield path, Uncertain(quantiles=table.quantiles[place]), table.is_time[place]
