"""Dates of a deal in minutes from its start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.document.deal import Deal
from sim.document.values import _DUE as DUE_PATTERN
from sim.document.values import parse_duration
from sim.errors import PlanError
from sim.plan.codes import DueKind


@dataclass(frozen=True)
class Calendar:
    """When a deal's first day began, in minutes from its start, and the hour at which things are due that name none."""

    midnight: int
    due_hour: str

    def date(self, due: str) -> tuple[int, int]:
        """Kind of date, and its offset in minutes from what it counts from."""
        if due in ("on gate", "same day"):
            return DueKind.GATE, 0
        if due == "phase end":
            return DueKind.PHASE_END, 0
        if due.endswith(" after gate"):
            return DueKind.GATE, 0
        match = DUE_PATTERN.fullmatch(due)
        assert match, due
        clock = f"{match[3]}:{match[4]}" if match[3] else self.due_hour
        offset = (int(match[2]) - 1) * 1440 + minutes_of_clock(clock)
        if match[1]:
            return DueKind.PHASE, offset
        minute = self.midnight + offset
        if match[2] == "1" and not match[3]:  # not before the deal's start, on its first day
            minute = max(minute, 0)
        return DueKind.DEAL, minute

    def minute(self, due: str, path: str) -> int:
        """The minute of a day of the deal; `path` names whoever asks, if it is another kind of date."""
        kind, offset = self.date(due)
        if kind != DueKind.DEAL:
            raise PlanError(f"{path}: must be a day of the deal such as 'day 7', got {due!r}")
        return offset


def fill_calendar(p: Any, deal: Deal, horizon: int) -> Calendar:
    """Write the start, the hour of dates and the end, and return what reads dates."""
    calendar = Calendar(-(deal.starts.hour * 60 + deal.starts.minute), deal.due_hour)
    p["midnight"], p["due_hour"], p["horizon"] = calendar.midnight, minutes_of_clock(deal.due_hour), horizon
    return calendar


def after_gate(due: str) -> int:
    """The minutes of a date 'N after gate'; 0 for any other."""
    return int(parse_duration(due.removesuffix(" after gate"))) if due.endswith(" after gate") else 0


def minutes_of_clock(clock: str) -> int:
    """Minutes from midnight of an hour 'HH:MM'."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
