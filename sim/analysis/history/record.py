"""What a dated history comes to: people released by day."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from sim.document.deal import Deal
from sim.document.kinds import OF_PEOPLE
from sim.document.measured import COUNTED_BY_DAY, place_of_stock
from sim.errors import SimError
from sim.reading import catalogue
from sim.reading.upgrade import column_upgraded
from sim.statistics.moments import Array

SUMS = ("hostages_living", "hostages_deceased", "foreign_nationals", "prisoners", "prisoners_life_sentence")
"""Columns with the people of a line by list; a history has all of them or none."""
COLUMNS = (
    "date", "time", "time_as_reported", "day", "kind", "by", "obligation", "stocks", *SUMS, "due_date", "delay_hours",
    "what", "source",
)  # fmt: skip
WITHOUT_SUMS = tuple(name for name in COLUMNS if name not in SUMS)
HANDOVERS = (*OF_PEOPLE, "transfer")
"""Kinds of line by which people come out."""
Row = dict[str, str]


class HistoryError(SimError):
    """A history cannot be read or does not fit its deal."""


RECORDED = ("hostages_living", "hostages_deceased", "prisoners")
"""Lists of people whose releases a history tells by day."""


@dataclass(frozen=True)
class Record:
    """People released under a deal by the end of each day.

    Attributes
    ----------
    deal : str
    last_day : int
        Day of the last line, whatever it tells.
    released : ndarray of int64, shape (3, last_day + 1)
        Cumulative counts from day 0, by list (`RECORDED`) of the people that the deal names.
    """

    deal: str
    last_day: int
    released: Array

    def of(self, name: str) -> Array | None:
        """What it tells of one list by day; None of a list of which no record is kept.

        Parameters
        ----------
        name : str
        """
        return self.released[RECORDED.index(name)] if name in RECORDED else None


def read_record(deal: Deal, path: Path | None = None) -> Record:
    """Read the history of a deal.

    Parameters
    ----------
    deal : Deal
    path : Path, optional
        By default the catalogue's file of that name.

    Returns
    -------
    Record

    Raises
    ------
    HistoryError
        If there is no such file, or a line does not fit the columns, the deal's calendar or its stocks.
    """
    path = path or path_of(deal)
    rows = _rows(path)
    days = [_day(deal, row, f"{path.name}, line {line}") for line, row in enumerate(rows, start=2)]
    if not days or max(days) < 1:
        raise HistoryError(f"{path.name}: no line lies on day 1 of the deal or later")
    steps = np.zeros((len(RECORDED), max(days) + 1), np.int64)
    for line, (day, row) in enumerate(zip(days, rows, strict=True), start=2):
        steps[:, max(day, 0)] += _people(deal, row, f"{path.name}, line {line}")
    _refuse_too_many(deal, steps.sum(axis=1), path.name)
    return Record(deal.deal, max(days), np.cumsum(steps, axis=1))


def path_of(deal: Deal) -> Path:
    """The catalogue's history of a deal."""
    return catalogue.folder() / "history" / f"{deal.deal}.csv"


def with_history() -> tuple[str, ...]:
    """The catalogue's deals that have a record."""
    return tuple(file.stem for file in sorted((catalogue.folder() / "history").glob("*.csv")))


def kept_by_day() -> tuple[str, ...]:
    """Deals whose record was kept day by day, incidents, disputes and settlements included.

    Calibration reads these where none is named. The others tell dated steps alone: no incident in them does not
    mean that there was none.
    """
    return tuple(row["deal"] for row in _kept() if row["kept"] == "day by day")


def rows_of(deal: str) -> str:
    """The deal under which `scenarios/evidence` has the rows of a deal of the catalogue, by default its own name.

    Parameters
    ----------
    deal : str
    """
    return next((row["rows"] for row in _kept() if row["deal"] == deal), deal)


def _kept() -> list[Row]:
    with (catalogue.folder() / "evidence" / "records.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def read_lines(deal: Deal, path: Path | None = None) -> list[Row]:
    """The lines of a deal's history, in their order, after the checks of `read_record`.

    Raises
    ------
    HistoryError
        As `read_record`.
    """
    path = path or path_of(deal)
    read_record(deal, path)
    return _rows(path)


def _rows(path: Path) -> list[Row]:
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            reader = csv.DictReader(stream, strict=True)
            reader.fieldnames = list(map(column_upgraded, reader.fieldnames or ()))
            columns = tuple(reader.fieldnames)
            if columns not in (COLUMNS, WITHOUT_SUMS):
                alone = f"; {','.join(SUMS)} may all be left out"
                raise HistoryError(f"{path.name}: the columns of a history are {','.join(COLUMNS)}{alone}")
            rows = list(reader)
    except FileNotFoundError:
        raise HistoryError(f"{path.name}: there is no history of this deal; --record names a file") from None
    except OSError as error:
        raise HistoryError(f"{path.name}: cannot be read: {error.strerror}") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise HistoryError(f"{path.name}: cannot be read: {error}") from None
    for line, row in enumerate(rows, start=2):
        if len(row) != len(columns) or None in row.values():
            raise HistoryError(f"{path.name}, line {line}: a line has {len(columns)} fields")
    return rows


def _day(deal: Deal, row: Row, place: str) -> int:
    """The day of a line, which its date must agree with."""
    day = _whole(row["day"], "day", place)
    try:
        day_by_date = (date.fromisoformat(row["date"]) - deal.starts.date()) // timedelta(days=1) + 1
    except ValueError:
        raise HistoryError(f"{place}: date: must be YYYY-MM-DD, got {row['date'][:40]!r}") from None
    if day != day_by_date:
        raise HistoryError(f"{place}: day: {row['date']} is day {day_by_date} of the deal, got {day}")
    return day


def _whole(text: str, field: str, place: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise HistoryError(f"{place}: {field}: must be a whole number, got {text[:40]!r}") from None


def curve_of(deal: Deal, stock: str) -> int | None:
    """The place in `RECORDED` of the list that a stock of people or remains counts to, if it is there."""
    name = COUNTED_BY_DAY[place_of_stock(deal, stock)]
    return RECORDED.index(name) if name in RECORDED else None


def _people(deal: Deal, row: Row, place: str) -> Array:
    """People of one line by list, counted by stock and checked against the line's own sums."""
    counts = np.zeros(len(RECORDED), np.int64)
    if row["kind"] not in HANDOVERS:
        return counts
    for part in row["stocks"].split():
        key, _, number = part.partition(":")
        if row["kind"] == "transfer" and key in deal.stocks and key not in deal.people:
            continue  # things
        if key not in deal.people:
            raise HistoryError(f"{place}: stocks: the deal has no stock of people {key[:40]!r}")
        curve = curve_of(deal, key)
        if curve is not None:
            counts[curve] += _whole(number, "stocks", place)
    if SUMS[0] not in row:
        return counts
    reported = [_whole(row[name] or "0", name, place) for name in (*RECORDED, "foreign_nationals")]
    # foreign nationals count where the deal has a stock of them, and are left out where they came out beside it
    both = (reported[:3], [reported[0] + reported[3], *reported[1:3]])
    if min(counts) < 0 or counts.tolist() not in both:
        raise HistoryError(f"{place}: stocks: they do not add up to the people of the line")
    return counts


def _refuse_too_many(deal: Deal, released: Array, name: str) -> None:
    for curve, count in zip(RECORDED, released, strict=True):
        held = sum(stock.count for key, stock in deal.people.items() if curve_of(deal, key) == RECORDED.index(curve))
        if count > held:
            raise HistoryError(f"{name}: {curve}: {count} were released, and the deal's stocks have {held}")


def known_record(deals: Sequence[Deal]) -> Record | None:
    """What happened under the deal that all of these are; None where they differ or the catalogue has no history of it.

    Parameters
    ----------
    deals : sequence of Deal
        Changed terms may differ; a deal of the same name with other stocks of people has no record.
    """
    names = {deal.deal for deal in deals}
    path = path_of(deals[0])
    if len(names) > 1 or not path.is_file():
        return None
    try:
        return read_record(deals[0], path)
    except HistoryError:
        return None
