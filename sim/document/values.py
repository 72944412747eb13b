"""What documents are made of: times, amounts, chances and titles, and the base of every part.

The models hold what one document says on its own; rules that need several fields at once (a group that must exist, a
gate that can open) are in `sim.reading.checks`. Durations are whole minutes, chances lie in [0, 1], calendar dates stop
here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)

from sim.document.broken import AtMost, broken
from sim.document.expectation import LONGEST, checked

LONGEST_DURATION = 20 * 365 * 1440
"""In minutes."""
LONGEST_TEXT = 4000
LONGEST_SHORT_TITLE = 28
"""It fits the first column of a table."""
LONGEST_HEADING = 50
"""Of a deal: with the date of day 1 it fits on a line of 80 columns."""
LONGEST_COLUMN = 24
"""Of a scenario: what heads a column beside two others."""
MOST_PEOPLE = 1_000_000
MOST_LINES = 60
"""Each line may be reached from any earlier one, so that the moves of the phase machine grow with their square."""
MOST_NUMBER = 1_000_000_000
"""Rates, hazards, factors, weights and amounts; far beyond it sums and times leave what a computer's numbers hold."""
FIRST_YEAR, LAST_YEAR = 1000, 9000
"""Of a deal's start, so that every date which a deal can name has a calendar date."""
MOST_STEPS = 10_000
"""Values of an axis."""
_MOST_MINUTES = AtMost(LONGEST_DURATION, "LONGEST_DURATION", "20 years")
_MOST_NUMBER = AtMost(MOST_NUMBER, "MOST_NUMBER", str(MOST_NUMBER))
MINUTES = {"min": 1, "h": 60, "d": 1440, "w": 10080}
_DURATION = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,9})?\s*(?:min|h|d|w)\s*)+")
_BARE = re.compile(r"[0-9]+(\.[0-9]+)?")
_DURATION_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(min|h|d|w)")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def parse_duration(text: Any) -> Any:
    """Whole minutes from '42 d', '90 min' or '1 d 12 h'; anything else is handed on for the model to refuse.

    Raises
    ------
    ValueError
        If it is a number without a unit, or a text that is no duration.
    """
    if isinstance(text, str) and _DURATION.fullmatch(text.strip()):
        return round(sum(float(number) * MINUTES[unit] for number, unit in _DURATION_PART.findall(text)))
    if isinstance(text, str) or (isinstance(text, (int, float)) and not isinstance(text, bool) and text != 0):
        raise broken(
            "bad-duration",
            f"{_without_unit(text)}a duration is a number with a unit: min, h, d or w, such as '1 d 12 h'",
        )
    return text


def written_duration(value: Any) -> int | None:
    """The minutes of a text that is a duration, None if it is none."""
    text = value.strip() if isinstance(value, str) else ""
    return parse_duration(text) if _DURATION.fullmatch(text) else None


def _without_unit(text: Any) -> str:
    """Both readings of a bare number, '7 min or 7 d? '; nothing for any other text."""
    return f"{text} min or {text} d? " if _BARE.fullmatch(str(text).strip()) else ""


def write_duration(minutes: int) -> str:
    """'1 d 12 h' from 2160: the text that `parse_duration` reads back to the same minutes."""
    parts = []
    for unit in ("d", "h", "min"):
        count, minutes = divmod(minutes, MINUTES[unit])
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts) or "0 min"


def is_clock(text: str) -> bool:
    """Whether a text is an hour of the day, 'HH:MM'."""
    return bool(_CLOCK.fullmatch(text))


def _clock(text: str) -> str:
    if not is_clock(text):
        raise broken("bad-hour", "an hour of the day is written HH:MM, for instance '16:00'")
    return text


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise broken("date-without-offset", "a date needs its offset from UTC, for instance 2025-01-19T08:30+02:00")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise broken(
            "out-of-range",
            f"a deal starts in the years {FIRST_YEAR} to {LAST_YEAR} (LAST_YEAR in sim/document/values.py)",
        )
    return moment


_DATE = TypeAdapter(datetime)


def _moment(value: Any) -> Any:
    """A date and hour that is written as one; a number would be taken for the seconds since 1970."""
    if not isinstance(value, int | float | str):
        return value
    try:
        if isinstance(value, str) and not _BARE.fullmatch(value.strip()):
            return _DATE.validate_python(value)
    except ValidationError:
        pass
    raise broken("bad-date", "a date is written with its hour and offset, for instance 2025-01-19T08:30+02:00")


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise broken("not-a-number", "must be a finite number")
    return number


def _one_line(text: str) -> str:
    if not text or text != " ".join(text.split()):
        raise broken("bad-title", "a short title is one line, its words apart by one blank each")
    return text


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _keyed(value: Any, item: Callable[[str], Any]) -> Any:
    """A plain list of keys is short for a mapping of these keys."""
    if not isinstance(value, list) or not all(isinstance(key, str) for key in value):
        return value
    if len(set(value)) < len(value):
        raise broken("duplicate-key", "a key is listed twice")
    return {key: item(key) for key in value}


def _titled(value: Any) -> Any:
    """A plain list of keys is short for a mapping of keys to their titles."""
    return _keyed(value, lambda key: key.replace("_", " "))


DURATION_PATTERN = r"([0-9]{1,9}(\.[0-9]{1,9})?\s*(min|h|d|w)\s*)+"
HOUR_PATTERN = "([01][0-9]|2[0-3]):[0-5][0-9]"
DURATION_SCHEMA = {
    "anyOf": [{"type": "string", "pattern": rf"^\s*{DURATION_PATTERN}$"}, {"const": 0}],
    "examples": ["36 h", "42 d"],
}
ABOVE_0_SCHEMA = {"type": "string", "pattern": rf"^(?=.*[1-9])\s*{DURATION_PATTERN}$", "examples": ["36 h", "42 d"]}
MOMENT_SCHEMA = {
    "type": "string",
    "pattern": rf"^[1-9][0-9]{{3}}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt_ ]{HOUR_PATTERN}"
    r"(:[0-5][0-9](\.[0-9]{1,9})?)?\s?([Zz]|[-+\u2212]([01][0-9]|2[0-3]):?[0-5][0-9])$",
    "examples": ["2025-01-19T08:30+02:00"],
}
CLOCK_SCHEMA = {"type": "string", "pattern": f"^{HOUR_PATTERN}$", "examples": ["16:00"]}

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
InstanceKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9][a-z0-9_]*)?$", max_length=130)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)?$", max_length=128)]
Text = Annotated[str, AtMost(LONGEST_TEXT, "LONGEST_TEXT", f"{LONGEST_TEXT} characters")]
ShortTitle = Annotated[
    str,
    AfterValidator(_one_line),
    AtMost(
        LONGEST_SHORT_TITLE,
        "LONGEST_SHORT_TITLE",
        f"{LONGEST_SHORT_TITLE} characters, which the first column of a table holds",
    ),
]
DealHeading = Annotated[
    str,
    AfterValidator(_one_line),
    AtMost(LONGEST_HEADING, "LONGEST_HEADING", f"{LONGEST_HEADING} characters, which fit on a line beside a date"),
]
ColumnTitle = Annotated[
    str,
    AfterValidator(_one_line),
    AtMost(LONGEST_COLUMN, "LONGEST_COLUMN", f"{LONGEST_COLUMN} characters, which head a column beside two others"),
]
Keys = Annotated[list[str], BeforeValidator(_listed, json_schema_input_type=str | list[str])]
Titles = Annotated[dict[Key, Text], BeforeValidator(_titled, json_schema_input_type=dict[Key, Text] | list[Key])]
Duration = Annotated[
    int,
    BeforeValidator(parse_duration),
    Field(ge=0),
    _MOST_MINUTES,
    PlainSerializer(write_duration, when_used="always"),
    WithJsonSchema(DURATION_SCHEMA),
]
TimeAbove0 = Annotated[
    int,
    BeforeValidator(parse_duration),
    Field(gt=0),
    _MOST_MINUTES,
    PlainSerializer(write_duration, when_used="always"),
    WithJsonSchema(ABOVE_0_SCHEMA),
]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    AfterValidator(_aware),
    WithJsonSchema(MOMENT_SCHEMA),
]
Clock = Annotated[str, AfterValidator(_clock), WithJsonSchema(CLOCK_SCHEMA)]
Chance = Annotated[float, Field(ge=0, le=1), AfterValidator(_finite)]
Number = Annotated[float, Field(ge=0), _MOST_NUMBER, AfterValidator(_finite)]
NumberAbove0 = Annotated[float, Field(gt=0), _MOST_NUMBER, AfterValidator(_finite)]
Shape = Annotated[float, Field(json_schema_extra={"exclusiveMinimum": 0}), _MOST_NUMBER, AfterValidator(_finite)]
Count = Annotated[int, Field(ge=0), AtMost(MOST_PEOPLE, "MOST_PEOPLE", str(MOST_PEOPLE))]
Share = Annotated[float, Field(gt=0, le=1), AfterValidator(_finite)]


class Minutes(float):
    """A number of minutes that was written as a duration, so that no chance is taken for a time, nor a time for one."""


def _amount(value: Any, number: ValidatorFunctionWrapHandler) -> Any:
    """A number as it is, a duration as its minutes and parts of a minute."""
    if isinstance(value, Minutes):
        return value
    if not isinstance(value, str):
        return number(value)
    parse_duration(value)
    return Minutes(sum(float(part) * MINUTES[unit] for part, unit in _DURATION_PART.findall(value)))


def write_amount(value: float) -> float | str:
    """The text of a time, or the number: what a document takes."""
    if not isinstance(value, Minutes):
        return float(value)
    return write_duration(int(value)) if value.is_integer() else f"{value:.9f}".rstrip("0") + " min"


Amount = Annotated[
    float,
    WrapValidator(_amount),
    PlainSerializer(write_amount, when_used="always"),
    WithJsonSchema({"anyOf": [{"type": "number"}, DURATION_SCHEMA["anyOf"][0]]}),
]

Expected = Annotated[str, AfterValidator(checked), Field(max_length=LONGEST)]


class Part(BaseModel):
    """A part of a document: strict, frozen, and able to say where its numbers come from."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def exactly_one(*names: str) -> Callable[[dict[str, Any]], None]:
    """What makes a JSON Schema ask for just one of these keys; null is as good as none."""

    def narrow(schema: dict[str, Any]) -> None:
        given = {"not": {"type": "null"}}
        schema["oneOf"] = [{"type": "object", "required": [name], "properties": {name: given}} for name in names]

    return narrow


def _or_short(short: dict[str, Any], *one_of: str) -> ConfigDict:
    """A part that may also be written short: its JSON Schema allows both."""

    def widen(schema: dict[str, Any]) -> None:
        if one_of:
            exactly_one(*one_of)(schema)
        full = dict(schema)
        schema.clear()
        schema["anyOf"] = [short, full]

    return ConfigDict(json_schema_extra=widen)


class Sourced(Part):
    """A part whose numbers carry a source of the document's list, or an assumption in a sentence."""

    source: Keys | None = Field(None, description="Key, or list of keys, of the document's `sources`.")
    assumption: Text | None = Field(None, description="Why this value, where no source gives it.")
    note: Text | None = Field(None, description="A remark for readers; it changes nothing.")


class Source(Part):
    """Where a fact was read."""

    title: Text = Field(description="Publisher, date, and what it says.")
    url: Text | None = Field(None, description="Address of the page.")


# ---------------------------------------------------------------- how people may behave
