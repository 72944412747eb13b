"""What a dated history comes to: people released by day."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.document.deal import Deal
from sim.document.measured import COUNTED_BY_DAY, place_of_stock
from sim.errors import SimError
from sim.reading import catalogue
from sim.reading.history import Row, by_list, read_history
from sim.statistics.moments import Array


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
    return _counted(deal, _rows(deal, path), path.name)


def _counted(deal: Deal, rows: Sequence[Row], name: str) -> Record:
    """What sound lines come to."""
    days = [int(row["day"]) for row in rows]
    if not days or max(days) < 1:
        raise HistoryError(f"{name}: no line lies on day 1 of the deal or later")
    steps = np.zeros((len(RECORDED), max(days) + 1), np.int64)
    for day, row in zip(days, rows, strict=True):
        counts = by_list(deal, row)
        steps[:, max(day, 0)] += [counts[name] for name in RECORDED]
    _refuse_too_many(deal, steps.sum(axis=1), name)
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
    rows = _rows(deal, path)
    _counted(deal, rows, path.name)
    return rows


def _rows(deal: Deal, path: Path) -> list[Row]:
    """The lines of a sound history; all that is wrong with another, at once."""
    try:
        rows, problems = read_history(path, deal)
    except FileNotFoundError:
        raise HistoryError(f"{path.name}: there is no history of this deal; --record names a file") from None
    except OSError as error:
        raise HistoryError(f"{path.name}: cannot be read: {error.strerror}") from None
    if problems:
        raise HistoryError("\n".join(map(str, problems)))
    return rows


def curve_of(deal: Deal, stock: str) -> int | None:
    """The place in `RECORDED` of the list that a stock of people or remains counts to, if it is there."""
    name = COUNTED_BY_DAY[place_of_stock(deal, stock)]
    return RECORDED.index(name) if name in RECORDED else None


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
