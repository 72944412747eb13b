"""What the records of deals tell about behaviour: counts and times, read off the lines by fixed rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path

from sim.analysis.history.record import read_lines
from sim.document.deal import Deal, Stock
from sim.reading.history import Row

STEPS = ("truce", "information", "act", "payment")
"""Kinds that are done or not on a day and of which no rows of other deals tell; flows and talks have no such day."""
_HANDOVERS = ("release", "transfer")
TOLERANCE_HOURS = 24
"""A step counts as late only beyond these."""
SEARCHED_DAYS = 2
"""Remains handed over later than this after their date were looked for until then."""
_NAMED = ("dispute", "withheld")


@dataclass(frozen=True)
class Timing:
    """Steps of one kind: on their day, on a later day (hours beyond the date), or not carried out.

    Attributes
    ----------
    on_time : int
    hours_late : tuple of float
    refused : int
        Not carried out.
    """

    on_time: int = 0
    hours_late: tuple[float, ...] = ()
    refused: int = 0

    def __add__(self, other: Timing) -> Timing:
        return Timing(*(getattr(self, item.name) + getattr(other, item.name) for item in fields(self)))

    @property
    def n(self) -> int:
        """Steps observed."""
        return self.on_time + len(self.hours_late) + self.refused


@dataclass(frozen=True)
class Evidence:
    """What one or several records tell.

    Attributes
    ----------
    deals : tuple of str
    timing : dict of str to Timing
        By kind of step.
    batches_after_another : int
        Dated batches of living hostages that had one before them.
    share_ahead : float
        Sum over those batches of the share of people who came out before the batch's day.
    searched_days : tuple of float
        Days from the start of the deal to the handover of remains that were looked for, one for each.
    found_by_days : tuple of float
        Days from the start by which the others had been found; they came on their date or close to it.
    not_found : int
        Remains owed and not handed over by the end of the record.
    misidentified : int
    incidents : int
        Lines that tell of an incident; days with several attacks are one line.
    truce_days : float
    suspensions, restored : int
        Of the truce.
    """

    deals: tuple[str, ...] = ()
    timing: dict[str, Timing] = field(default_factory=dict)
    batches_after_another: int = 0
    share_ahead: float = 0.0
    searched_days: tuple[float, ...] = ()
    found_by_days: tuple[float, ...] = ()
    not_found: int = 0
    misidentified: int = 0
    incidents: int = 0
    truce_days: float = 0.0
    suspensions: int = 0
    restored: int = 0

    def __add__(self, other: Evidence) -> Evidence:
        sums = {
            item.name: getattr(self, item.name) + getattr(other, item.name)
            for item in fields(self)
            if item.name != "timing"
        }
        kinds = dict.fromkeys([*self.timing, *other.timing])
        return Evidence(timing={kind: self.of_kind(kind) + other.of_kind(kind) for kind in kinds}, **sums)

    def of_kind(self, kind: str) -> Timing:
        """The steps of one kind."""
        return self.timing.get(kind, Timing())


def read_evidence(deal: Deal, path: Path | None = None) -> Evidence:
    """What the record of one deal tells.

    Parameters
    ----------
    deal : Deal
        For its terms: stocks, dates and gates. Nothing of anybody's behaviour.
    path : Path, optional
        The history; by default the catalogue's.

    Raises
    ------
    HistoryError
        If the history cannot be read or does not fit the deal.
    """
    rows = [row for row in read_lines(deal, path) if row["date"]]
    chances, ahead = _ahead(deal, rows)
    searched, found_by, not_found = _search(deal, rows)
    about_truce = [row for row in rows if "truce" in row["obligation"].split()]
    return Evidence(
        deals=(deal.deal,),
        timing=_timing(deal, rows),
        batches_after_another=chances,
        share_ahead=ahead,
        searched_days=searched,
        found_by_days=found_by,
        not_found=not_found,
        misidentified=_count(rows, "misidentified"),
        incidents=sum(row["kind"] == "incident" and int(row["day"]) >= 1 for row in rows),
        truce_days=float(max(int(row["day"]) for row in rows)),
        suspensions=_count(about_truce, "suspension"),
        restored=_count(about_truce, "resumption"),
    )


def _count(rows: Iterable[Row], kind: str) -> int:
    return sum(row["kind"] == kind for row in rows)


def _key(name: str) -> str:
    """The obligation of an instance: 'prisoners' of 'prisoners.batch_1'."""
    return name.partition(".")[0]


def _people(row: Row) -> dict[str, int]:
    return {group: int(n) for group, _, n in (part.partition(":") for part in row["stocks"].split())}


def _is_about(deal: Deal, row: Row, of: str) -> bool:
    """Whether people, or remains, are among those of a line."""
    return any(group in deal.stocks and deal.stocks[group].of == of for group in _people(row))


# ---------------------------------------------------------------- on time, late, not carried out


def _timing(deal: Deal, rows: list[Row]) -> dict[str, Timing]:
    found = {kind: Timing() for kind in STEPS}
    done = [row for row in rows if row["kind"] in STEPS or row["kind"] in _HANDOVERS]
    steps = {
        (row["kind"], row["obligation"], row["date"]): _timing_of(deal, row)
        for row in done
        if row["due_date"] and row["kind"] in STEPS
    }
    for (kind, *_), timing in steps.items():
        found[kind] += timing
    lists = _lists_in_time(deal, done)
    found["information"] += Timing(on_time=len(lists))
    carried_out = {_key(name) for row in done for name in row["obligation"].split()} | lists
    for name in _not_carried_out(deal, rows, carried_out):
        found[deal.obligations[name].kind] += Timing(refused=1)
    return {kind: timing for kind, timing in found.items() if timing.n}


def _timing_of(deal: Deal, row: Row) -> Timing:
    """In hours from its date; a line without an hour is put at the middle of its last day.

    The day of the deal's document counts where it names one, else that of the record.
    """
    due = _due_day(deal, _key(row["obligation"])) if row["obligation"] in deal.obligations else None
    days = (date.fromisoformat(row["date"]) - date.fromisoformat(row["due_date"])).days
    days = days if due is None else int(row["day"]) - due
    hours = float(row["delay_hours"] or 24 * days - 12)
    if days <= 0 or hours <= TOLERANCE_HOURS:
        return Timing(on_time=1)
    return Timing(hours_late=(hours,))


def _lists_in_time(deal: Deal, done: list[Row]) -> set[str]:
    """Lists without a line of their own on which a release waited that came on its day: they were there."""
    told = {name for row in done for name in row["obligation"].split()}
    lists = set()
    for row in done:
        if row["kind"] not in _HANDOVERS or not row["due_date"] or row["date"] > row["due_date"]:
            continue
        for condition in deal.obligations[_key(row["obligation"])].after:
            name = condition.obligation
            if name is not None and deal.obligations[name].kind == "information" and name not in told:
                lists.add(name)
    return lists


def _not_carried_out(deal: Deal, rows: list[Row], carried_out: set[str]) -> list[str]:
    """Obligations that a complaint or a refusal names and that no line carries out."""
    named = dict.fromkeys(_key(name) for row in rows if row["kind"] in _NAMED for name in row["obligation"].split())
    undone = [name for name in named if name in deal.obligations and name not in carried_out]
    return [name for name in undone if deal.obligations[name].kind in STEPS]


# ---------------------------------------------------------------- ahead of the date, search


def _due_day(deal: Deal, name: str) -> int | None:
    due = deal.obligations[name].due
    return due.day if due.kind == "day" else None


def _ahead(deal: Deal, rows: list[Row]) -> tuple[int, float]:
    """Dated batches that follow another, and the sum of the shares that came before the batch's day."""
    total: dict[str, int] = {}
    early: dict[str, int] = {}
    for row in rows:
        name = row["obligation"]
        due = _due_day(deal, name) if name in deal.obligations else None
        if row["kind"] in _HANDOVERS and due is not None and _is_about(deal, row, "people"):
            people = sum(_people(row).values())
            total[name] = total.get(name, 0) + people
            early[name] = early.get(name, 0) + people * (int(row["day"]) < due)
    first = min((_due_day(deal, name) or 0 for name in total), default=0)
    after = [name for name in total if (_due_day(deal, name) or 0) > first]
    return len(after), sum(early[name] / total[name] for name in after)


def _search(deal: Deal, rows: list[Row]) -> tuple[tuple[float, ...], tuple[float, ...], int]:
    """Times to find remains: exact, by when at the latest, and how many had not been found at the end."""
    searched: list[float] = []
    found_by: list[float] = []
    owed: set[str] = set()
    for row in rows:
        if row["kind"] not in _HANDOVERS or not _is_about(deal, row, "remains"):
            continue
        beyond = (date.fromisoformat(row["date"]) - date.fromisoformat(row["due_date"] or row["date"])).days
        times = searched if beyond > SEARCHED_DAYS else found_by
        times.extend([float(row["day"]) - 0.5] * sum(_people(row).values()))
        owed.update(_people(row))
    held = sum(group.count for group in _groups(deal, owed))
    return tuple(searched), tuple(found_by), held - len(searched) - len(found_by)


def _groups(deal: Deal, keys: Iterable[str]) -> list[Stock]:
    return [deal.stocks[key] for key in sorted(keys)]
