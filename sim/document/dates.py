"""Dates of a deal: texts such as 'day 7 16:00', read once for everybody who asks what they mean."""

from __future__ import annotations

import re
from typing import Any, Literal, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from sim.document.broken import broken
from sim.document.values import DURATION_PATTERN, HOUR_PATTERN, LONGEST_DURATION, is_clock, written_duration

DAY = 1440
"""In minutes."""
DueKind = Literal["day", "phase day", "gate", "same day", "phase end"]
"""What a date counts from: the deal's start, its phase's, what is waited for, the release that a return follows, or the
end of its phase.
"""
DUE_SCHEMA = {
    "type": "string",
    "pattern": rf"^(same day|on gate|phase end|(phase )?day -?[0-9]{{1,5}}( {HOUR_PATTERN})?|"
    rf"\s*{DURATION_PATTERN} after gate)$",
    "examples": ["day 7", "phase day 3 16:00", "12 h after gate"],
}
DAY_PATTERN = rf"day -?[0-9]{{1,5}}( {HOUR_PATTERN})?"
DAY_SCHEMA = {
    "type": "string",
    "pattern": f"^{DAY_PATTERN}$",
    "examples": ["day 45", "day 45 16:00"],
}
"""Of a day of the deal."""
_DAY = re.compile(r"(?P<kind>(?:phase )?day) (?P<day>-?[0-9]{1,5})(?: (?P<clock>[0-9]{2}:[0-9]{2}))?")
_AFTER = " after gate"


class Due(str):
    """A date as a document has it: its text, and what that says.

    It stays the text that was written, so that documents, their checksums and their tables have what people wrote.

    Parameters
    ----------
    text : str

    Attributes
    ----------
    kind : DueKind
    day : int
        Of 'day' and 'phase day', whose first is day 1; else 0.
    time : int or None
        Minutes from midnight of the hour that is written with a day; None where the deal's usual hour is meant.
    after : int
        Minutes after the gate.

    Raises
    ------
    ValueError
        If the text is no date.
    """

    kind: DueKind
    day: int
    time: int | None
    after: int

    def __new__(cls, text: str) -> Self:  # noqa: D102
        due = super().__new__(cls, text)
        due.kind, due.day, due.time, due.after = _read(text)
        return due

    @property
    def is_dated(self) -> bool:
        """Whether it names a day, instead of following something."""
        return self.kind in ("day", "phase day")

    @property
    def from_midnight(self) -> Due:
        """The same day from its beginning on, where no hour is written with it."""
        return Due(f"{self} 00:00") if self.is_dated and self.time is None else self

    def minute(self, midnight: int, hour: int) -> int:
        """The minute in which a named day comes.

        Parameters
        ----------
        midnight : int
            Minute at which day 1 of what it counts from begins.
        hour : int
            Minutes from midnight, for days without an hour; on the deal's first day never before its start.

        Returns
        -------
        int
            Minutes from the deal's start.
        """
        minute = midnight + (self.day - 1) * DAY + (hour if self.time is None else self.time)
        is_first_day = self.kind == "day" and self.day == 1 and self.time is None
        return max(minute, 0) if is_first_day else minute

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        written = core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema())
        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema(), serialization=written)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(DUE_SCHEMA)


def written_due(value: Any) -> Due | None:
    """The date that a value of a document is, None if it is none."""
    try:
        return Due(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _read(text: str) -> tuple[DueKind, int, int | None, int]:
    if text in ("same day", "phase end"):
        return text, 0, None, 0  # type: ignore[return-value]
    if text == "on gate":
        return "gate", 0, None, 0
    match = _DAY.fullmatch(text)
    if match and (match["clock"] is None or is_clock(match["clock"])):
        kind: DueKind = "day" if match["kind"] == "day" else "phase day"
        return kind, int(match["day"]), None if match["clock"] is None else minutes_of_clock(match["clock"]), 0
    after = written_duration(text.removesuffix(_AFTER)) if text.endswith(_AFTER) else None
    if after is None:
        raise broken(
            "bad-date",
            "a date is 'day 7', 'day 7 16:00', 'phase day 3', '12 h after gate', 'on gate', 'same day' or 'phase end'",
        )
    if after > LONGEST_DURATION:
        raise broken("out-of-range", "at most 20 years after a gate (LONGEST_DURATION in sim/document/values.py)")
    return "gate", 0, None, after


def minutes_of_clock(clock: str) -> int:
    """Minutes from midnight of an hour 'HH:MM'."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
