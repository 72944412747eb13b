"""Histories: CSV files with a line for each thing done under a deal; their columns, and all that is wrong with one."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, get_args

from sim.document.deal import Deal
from sim.document.kinds import OF_PEOPLE, Kind
from sim.document.measured import COUNTED_BY_DAY, place_of_stock
from sim.reading.problem import Fault, Place, Problem, in_order, nearest
from sim.reading.upgrade import column_upgraded

EVENTS = (
    "dispute", "withheld", "settlement", "incident", "suspension", "resumption", "misidentified", "phase", "end",
)  # fmt: skip
KINDS = (*get_args(Kind), *EVENTS)
"""What a line tells: a step of an obligation of this kind, or something that befell one."""
HANDOVERS = (*OF_PEOPLE, "transfer")
"""Kinds of line by which people come out."""
OUTCOMES: dict[str, tuple[str, ...]] = {
    "opened": ("talks",),
    "agreed": ("talks",),
    "broken off": ("talks",),
    "extended": ("talks", "phase", "truce"),
    "level": ("flow",),
    "misidentified": (*HANDOVERS, "misidentified"),
}
"""What came of a line, and the kinds of which it can be said."""
Row = dict[str, str]


@dataclass(frozen=True)
class Column:
    """A column of a history.

    Attributes
    ----------
    name : str
    form : {'date', 'time', 'whole', 'number', 'word', 'words', 'counts', 'text'}
        How a field is written that is not empty.
    says : str
        What it has, for a page.
    is_required : bool
        Whether every history has the column.
    """

    name: str
    form: str
    says: str
    is_required: bool = False


SUMS = ("hostages_living", "hostages_deceased", "foreign_nationals", "prisoners", "prisoners_life_sentence")
"""Columns with the people of a line by list; a history has all of them or none."""
TABLE = (
    Column("date", "date", "date of the line, YYYY-MM-DD, where the deal is made", True),
    Column("time", "time", "hour, HH:MM, if known"),
    Column("time_as_reported", "text", "the hour as the source has it"),
    Column("day", "whole", "day of the deal: 1 is the day on which it `starts`, 0 the day before", True),
    Column("kind", "word", "kind of the obligation that is done, or what befell one (below)", True),
    Column("by", "text", "who acted, several with `;` between", True),
    Column("obligation", "words", "keys of obligations, or of a phase, with spaces between; one return of several is "
           "`prisoners.batch_1`, one lot of an exchange `swap.2`", True),
    Column("stocks", "counts", "what was handed over: `key:number`, with spaces between"),
    *(Column(name, "whole", "the people of the line on this list, which the stocks add up to") for name in SUMS),
    Column("amount", "number", "units that the line delivers, in the `unit` of its obligation; of a flow its level "
           "from then on, 1 for all that is owed"),
    Column("outcome", "word", "what came of it (below), if that has to be said"),
    Column("known", "date", "date on which it became known, if later than `date`"),
    Column("due_date", "date", "when it was due, by the text"),
    Column("delay_hours", "number", "hours from the later of date and gate to what was done; less than 0 before it"),
    Column("what", "text", "in a few words, without names of persons", True),
    Column("source", "text", "address, or title and page; several with ` | ` between", True),
)  # fmt: skip
COLUMNS = {column.name: column for column in TABLE}


def _whole(text: str) -> int:
    if not re.fullmatch(r"-?\d{1,9}", text, re.ASCII):
        raise ValueError
    return int(text)


def _number(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError
    return number


def _counts(text: str) -> dict[str, int]:
    parts = [part.partition(":") for part in text.split()]
    if any(not sign for _, sign, _ in parts):
        raise ValueError
    found = {key: _whole(number) for key, _, number in parts}
    if min(found.values(), default=0) < 0:
        raise ValueError
    return found


FORMS: dict[str, tuple[Callable[[str], Any], str]] = {
    "date": (date.fromisoformat, "must be YYYY-MM-DD"),
    "time": (time.fromisoformat, "must be HH:MM"),
    "whole": (_whole, "must be a whole number"),
    "number": (_number, "must be a number"),
    "counts": (_counts, "must be key:number, with spaces between"),
}
"""How a field is read, and what is said where it cannot be; other forms take any text."""


def read_history(path: Path, deal: Deal | None = None) -> tuple[list[Row], list[Problem]]:
    """The lines of a history, and all that is wrong with it.

    Parameters
    ----------
    path : Path
    deal : Deal, optional
        Whose history it is; without it nothing is said of days, keys and stocks.

    Returns
    -------
    rows : list of dict
        By column, in the words of today; columns that are left out are empty, but for the five sums by list.
    problems : list of Problem
        Errors by line, in order; the field's number stands for the column.
    """
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            reader = csv.reader(stream, strict=True)
            header = [column_upgraded(name) for name in next(reader, [])]
            lines = list(reader)
    except (csv.Error, UnicodeDecodeError) as error:
        return [], [_problem(path, 1, 1, "not-a-table", "", f"cannot be read: {error}")]
    problems = list(_of_header(path, header))
    if problems:
        return [], problems
    rows: list[Row] = []
    for number, fields in enumerate(lines, start=2):
        if len(fields) != len(header):
            message = f"a line has {len(header)} fields, this one {len(fields)}"
            problems.append(_problem(path, number, 1, "another-length", "", message))
            continue
        found = dict(zip(header, fields, strict=True))
        rows.append({name: "" for name in COLUMNS if name not in SUMS} | found)
        faults = [*_of_forms(found), *_of_line(found)] if deal is None else _of_all(found, deal)
        for column, code, message, hint in faults:
            place = header.index(column) + 1 if column in header else 1
            problems.append(_problem(path, number, place, code, column, message, hint))
    return rows, problems


def validate_history(path: Path, deal: Deal | None) -> list[Problem]:
    """All that is wrong with a history; never raises for bad input.

    Parameters
    ----------
    path : Path
    deal : Deal or None
        Without it days, keys and stocks are not looked at, which a warning says.

    Returns
    -------
    list of Problem
    """
    try:
        rows, problems = read_history(path, deal)
    except OSError as error:
        return [_problem(path, 1, 1, "unreadable", "", f"cannot be read: {error.strerror}")]
    if deal is None:
        message = "days, obligations and stocks are not looked at, for no deal is named"
        problems.append(replace(_problem(path, 1, 1, "no-deal", "", message, "--deal names one"), severity="warning"))
    without = [line for line, row in enumerate(rows, start=2) if not row["source"].strip()]
    for line in without:
        found = _problem(path, line, 1, "no-source", "source", "the line does not say where it is from")
        problems.append(replace(found, severity="warning"))
    return in_order(problems)


def schema() -> dict[str, Any]:
    """The columns as a Table Schema of Frictionless Data, for programs that read and check tables.

    Returns
    -------
    dict
        Ready for JSON (https://specs.frictionlessdata.io/table-schema/).
    """
    kinds: dict[str, str] = {"date": "date", "time": "time", "whole": "integer", "number": "number"}
    formats = {"date": "%Y-%m-%d", "time": "%H:%M"}
    fields = []
    for column in TABLE:
        field: dict[str, Any] = {"name": column.name, "type": kinds.get(column.form, "string")}
        if column.form in formats:
            field["format"] = formats[column.form]
        field["description"] = column.says
        allowed = {"kind": KINDS, "outcome": tuple(OUTCOMES)}.get(column.name)
        constraints: dict[str, Any] = {"required": True} if column.name in ("date", "day", "kind") else {}
        if allowed:
            constraints |= {"enum": list(allowed)}
        fields.append(field | ({"constraints": constraints} if constraints else {}))
    return {"fields": fields, "missingValues": [""]}


# ---------------------------------------------------------------- what is wrong

_Fault = tuple[str, str, str, str]
"""Column, code, message, hint."""


def _problem(path: Path, line: int, column: int, code: str, name: str, message: str, hint: str = "") -> Problem:
    return Fault((name,) if name else (), code, message, hint).at(Place(path.name, line, column))


def _of_header(path: Path, header: Sequence[str]) -> Iterator[Problem]:
    for place, name in enumerate(header, start=1):
        if name not in COLUMNS:
            hint = nearest(name, set(COLUMNS) - set(header))
            yield _problem(path, 1, place, "unknown-column", name, "no column of a history", hint)
        elif name in header[: place - 1]:
            yield _problem(path, 1, place, "repeated-column", name, "a column stands once")
    missing = [column.name for column in TABLE if column.is_required and column.name not in header]
    if any(name in header for name in SUMS):
        missing += [name for name in SUMS if name not in header]
    for name in missing:
        yield _problem(path, 1, 1, "missing-column", name, "the column is missing")


def _of_all(row: Row, deal: Deal) -> Iterator[_Fault]:
    faults = [*_of_forms(row), *_of_line(row)]
    yield from faults
    wrong = {column for column, *_ in faults}
    if not wrong & {"date", "day"}:
        yield from _of_day(row, deal)
    yield from _of_keys(row, deal)
    if not wrong & {"stocks", "kind", *SUMS}:
        yield from _of_stocks(row, deal)


def _of_forms(row: Row) -> Iterator[_Fault]:
    for name, text in row.items():
        if not text.strip():
            if name in ("date", "day", "kind"):
                yield name, "empty-field", "must not be empty", ""
            continue
        read, rule = FORMS.get(COLUMNS[name].form, (str, ""))
        try:
            read(text)
        except ValueError:
            yield name, "another-form", f"{rule}, got {text[:40]!r}", ""


def _of_line(row: Row) -> Iterator[_Fault]:
    kind, outcome = row["kind"], row.get("outcome", "")
    if kind and kind not in KINDS:
        yield "kind", "unknown-kind", f"no kind of line {kind[:40]!r}", nearest(kind, KINDS)
    if outcome and outcome not in OUTCOMES:
        yield "outcome", "unknown-outcome", f"no outcome {outcome[:40]!r}", nearest(outcome, OUTCOMES)
    elif outcome and kind in KINDS and kind not in OUTCOMES[outcome]:
        yield (
            "outcome",
            "outcome-of-another-kind",
            f"nothing of kind {kind!r} is {outcome!r}",
            (f"it is said of {', '.join(OUTCOMES[outcome])}"),
        )
    if outcome == "level" and not row.get("amount"):
        yield "amount", "level-without-amount", "a new level needs its amount", "1 is all that is owed"
    try:
        is_early = bool(row.get("known")) and date.fromisoformat(row["known"]) < date.fromisoformat(row["date"])
    except ValueError:  # told of its form
        is_early = False
    if is_early:
        yield "known", "known-before", f"cannot be known before {row['date']}, when it was done", ""


def _of_day(row: Row, deal: Deal) -> Iterator[_Fault]:
    day = (date.fromisoformat(row["date"]) - deal.starts.date()) // timedelta(days=1) + 1
    if int(row["day"]) != day:
        yield "day", "another-day", f"{row['date']} is day {day} of the deal, got {int(row['day'])}", ""


def _of_keys(row: Row, deal: Deal) -> Iterator[_Fault]:
    for key in row["obligation"].split():
        if key.partition(".")[0] not in {*deal.obligations, *deal.phases}:
            hint = nearest(key, deal.obligations)
            yield "obligation", "unknown-obligation", f"the deal has no obligation {key[:40]!r}", hint


def _of_stocks(row: Row, deal: Deal) -> Iterator[_Fault]:
    if row["kind"] not in HANDOVERS:
        return
    things = deal.stocks if row["kind"] == "transfer" else {}
    unknown = [key for key in _counts(row.get("stocks", "")) if key not in deal.people and key not in things]
    for key in unknown:
        hint = nearest(key, deal.people)
        yield "stocks", "unknown-stock", f"the deal has no stock of people {key[:40]!r}", hint
    if unknown or SUMS[0] not in row:
        return
    counted = by_list(deal, row)
    reported = {name: int(row[name] or 0) for name in SUMS}
    living = counted["hostages_living"] - reported["hostages_living"]
    same = all(counted[name] == reported[name] for name in ("hostages_deceased", "prisoners"))
    # foreign nationals count where the deal has a stock of them, and are left out where they came out beside it
    if not same or living not in (0, reported["foreign_nationals"]):
        yield "stocks", "another-sum", "they do not add up to the people of the line", ""


def by_list(deal: Deal, row: Row) -> dict[str, int]:
    """People of one sound line by list, counted by stock.

    Parameters
    ----------
    deal : Deal
    row : dict of str to str

    Returns
    -------
    dict of str to int
        By list, `hostages_living`, `hostages_deceased`, `prisoners` and `prisoners_deceased`.
    """
    counts = dict.fromkeys(COUNTED_BY_DAY, 0)
    if row["kind"] in HANDOVERS:
        for key, number in _counts(row.get("stocks", "")).items():
            if key in deal.people:
                counts[COUNTED_BY_DAY[place_of_stock(deal, key)]] += number
    return counts
