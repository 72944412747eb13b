"""Dates of a deal in minutes from its start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.document.dates import Due, minutes_of_clock
from sim.document.deal import Deal
from sim.errors import PlanError
from sim.plan.codes import DueKind


@dataclass(frozen=True)
class Calendar:
    """When a deal's first day began, in minutes from its start, and the minute of a day in which things are due."""

    midnight: int
    due_hour: int

    def date(self, due: Due) -> tuple[int, int]:
        """Kind of date, and its offset in minutes from what it counts from."""
        if due.kind == "day":
            return DueKind.DEAL, due.minute(self.midnight, self.due_hour)
        if due.kind == "phase day":
            return DueKind.PHASE, due.minute(0, self.due_hour)
        return (DueKind.PHASE_END if due.kind == "phase end" else DueKind.GATE), 0

    def minute(self, due: Due, path: str) -> int:
        """The minute of a day of the deal; an error names `path` as the place.

        Raises
        ------
        PlanError
            If it is another kind of date.
        """
        if due.kind != "day":
            raise PlanError(f"{path}: must be a day of the deal such as 'day 7', got {str(due)!r}")
        return due.minute(self.midnight, self.due_hour)


def fill_calendar(p: Any, deal: Deal, horizon: int) -> Calendar:
    """Write the start, the hour of dates and the end, and return what reads dates."""
    calendar = Calendar(-(deal.starts.hour * 60 + deal.starts.minute), minutes_of_clock(deal.due_hour))
    p["midnight"], p["due_hour"], p["horizon"] = calendar.midnight, calendar.due_hour, horizon
    return calendar
