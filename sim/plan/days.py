"""Days that conditions ask for: one clock each, that tells those who wait that it has come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim.document.behaviour import Behaviour
from sim.document.conditions import Asked
from sim.document.dates import Due
from sim.document.deal import Deal, Guarantee
from sim.plan.calendar import Calendar
from sim.plan.limits import refuse_over


@dataclass(frozen=True)
class Days:
    """The minutes of these days, in ascending order; what has come before the first minute needs no clock.

    Attributes
    ----------
    calendar : Calendar
    first_minute : int
        Of the deal.
    minutes : tuple of int
        Of days that have yet to come then.
    """

    calendar: Calendar
    first_minute: int
    minutes: tuple[int, ...] = ()

    def minute(self, day: Due) -> int:
        """The minute from which on a day has come."""
        return day.minute(self.calendar.midnight, self.calendar.due_hour)

    def place(self, day: Due) -> int | None:
        """The place of a day among those that have yet to come; None if it has come before the deal begins."""
        minute = self.minute(day)
        return self.minutes.index(minute) if minute > self.first_minute else None

    def names(self) -> tuple[str, ...]:
        """These days as a document writes them."""
        return tuple(map(self._name, self.minutes))

    def _name(self, minute: int) -> str:
        days, hour = divmod(minute - self.calendar.midnight, 1440)
        day = Due(f"day {days + 1}")
        return str(day) if self.minute(day) == minute else f"{day} {hour // 60:02}:{hour % 60:02}"


def days_of(
    deal: Deal, behaviour: Behaviour, guarantees: Mapping[str, Guarantee], calendar: Calendar, first_minute: int
) -> Days:
    """All days that gates, guarantees and milestones ask for."""
    known = Days(calendar, first_minute)
    asked = _everything(_gates(deal, behaviour, guarantees))
    minutes = {known.minute(one.day) for one in asked if one.day is not None}
    found = tuple(sorted(minute for minute in minutes if minute > first_minute))
    refuse_over("days that conditions ask for", len(found), "MAX_DAYS")
    return Days(calendar, first_minute, found)


def fill_days(p: Any, days: Days) -> None:
    """Write the minutes of these days."""
    p["n_days"], p["day"][: len(days.minutes)] = len(days.minutes), days.minutes


def _everything(gates: Iterable[Iterable[Asked]]) -> Iterator[Asked]:
    for gate in gates:
        for condition in gate:
            yield from condition.everything()


def _gates(deal: Deal, behaviour: Behaviour, guarantees: Mapping[str, Guarantee]) -> Iterator[Iterable[Asked]]:
    for phase in deal.phases.values():
        yield from (phase.enters_when, phase.continues_while)
    yield from (obligation.after for obligation in deal.obligations.values())
    yield from (power.after for power in deal.powers.values())
    yield from (party.leaves.unless for party in behaviour.parties.values())
    yield from (milestone.when for milestone in (deal.milestones or {}).values())
    yield from (guarantee.claims() for guarantee in guarantees.values())
