"""Durations and dates as documents write them, in whole minutes since the deal's start."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

DAY = 1440
_UNITS = {"min": 1, "h": 60, "d": DAY, "w": 7 * DAY}
_PART = re.compile(r"([\d.]+)\s*(min|h|d|w)\b")
_DATE = re.compile(r"(phase )?day (-?\d+)(?: (\d\d):(\d\d))?$")


class NotCovered(Exception):  # noqa: N818
    """A document says something that this simulator does not tell yet."""


def minutes(text: Any) -> int:
    """Minutes of a duration such as `1 d 12 h`."""
    return round(sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(str(text))))


def delay(value: Any) -> tuple[float, float]:
    """Median and 95th percentile of a time."""
    if isinstance(value, dict):
        return exactly(value["median"]), exactly(value["p95"])
    return exactly(value), exactly(value)


def exactly(value: Any) -> float:
    """Minutes of a time; a number is one that was drawn or set, in minutes."""
    return float(value) if isinstance(value, (int, float)) else float(minutes(value))


@dataclass(frozen=True)
class Calendar:
    """Where the deal's days lie among its minutes."""

    start: int
    """Minutes of the local day that have passed when the deal starts."""
    due_hour: int

    @classmethod
    def of(cls, deal: dict[str, Any]) -> Calendar:
        """The calendar of a deal."""
        starts = deal["starts"]
        starts = starts if isinstance(starts, datetime) else datetime.fromisoformat(str(starts))
        hour, minute = str(deal.get("due_hour", "12:00")).split(":")
        return cls(starts.hour * 60 + starts.minute, int(hour) * 60 + int(minute))

    def midnight(self, minute: int) -> int:
        """The midnight with which the day of a minute begins."""
        return (minute + self.start) // DAY * DAY - self.start

    def day(self, minute: int) -> int:
        """The deal's day in which a minute falls, 1 for the first."""
        return (minute + self.start) // DAY + 1

    def hour(self, minute: int) -> int:
        """Minutes since midnight."""
        return minute - self.midnight(minute)

    def begins(self, day: int) -> int:
        """The midnight with which a day of the deal begins."""
        return (day - 1) * DAY - self.start

    def date(self, text: str, entered: int | None = None, hour: int | None = None) -> int:
        """Minute of a date of the deal, or of the phase that was entered at this minute.

        Without an hour it is the deal's due hour, or the one given; on the first day not before the deal starts.
        """
        found = _DATE.match(text)
        if found is None:
            raise NotCovered(f"date {text!r}")
        of_phase, number, hours, mins = found.groups()
        first = self.midnight(entered or 0) if of_phase else -self.start
        named = hours is not None
        of_day = int(hours) * 60 + int(mins) if named else (self.due_hour if hour is None else hour)
        minute = first + (int(number) - 1) * DAY + of_day
        if not named and hour is None and int(number) == 1:
            minute = max(minute, entered or 0 if of_phase else 0)
        return minute


def listed(value: Any) -> list[Any]:
    """A list where a document may give one item or several."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
