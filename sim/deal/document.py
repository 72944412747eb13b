"""The documents that people write: a deal, and a scenario of how the parties may behave.

The models hold what one document says on its own; rules that need several fields at once (a group that must exist, a
gate that can open) are in `sim.deal.checks`. Durations are whole minutes, chances lie in [0, 1], calendar dates stop
here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

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
    field_validator,
    model_validator,
)

from sim.deal.expectation import LONGEST, checked

LONGEST_DURATION = 20 * 365 * 1440
"""In minutes."""
LONGEST_TEXT = 4000
LONGEST_SHORT_TITLE = 28
LONGEST_HEADING = 50
"""Of a deal: with the date of day 1 it fits on a line of 80 columns."""
LONGEST_COLUMN = 24
"""Of a scenario: what heads a column beside two others."""
"""It fits the first column of a table."""
MOST_PEOPLE = 1_000_000
MOST_OBLIGATIONS = 1000
MOST_LINES = 60
"""Each line may be reached from any earlier one, so that the moves of the phase machine grow with their square."""
MOST_NUMBER = 1_000_000_000
"""Rates, hazards, factors, weights and amounts; far beyond it sums and times leave what a computer's numbers hold."""
FIRST_YEAR, LAST_YEAR = 1000, 9000
"""Of a deal's start, so that every date which a deal can name has a calendar date."""
MOST_STEPS = 10_000
"""Values of an axis."""
LIMITS = {
    LONGEST_DURATION: ("20 years", "LONGEST_DURATION"),
    LONGEST_TEXT: ("4000 characters", "LONGEST_TEXT"),
    LONGEST_SHORT_TITLE: ("28 characters, which the first column of a table holds", "LONGEST_SHORT_TITLE"),
    MOST_PEOPLE: ("1000000", "MOST_PEOPLE"),
    MOST_OBLIGATIONS: ("1000 obligations", "MOST_OBLIGATIONS"),
    MOST_LINES: ("60 lines", "MOST_LINES"),
    MOST_NUMBER: ("1000000000", "MOST_NUMBER"),
    MOST_STEPS: ("10000 values", "MOST_STEPS"),
}
"""How a limit is told and where it is raised, by its number."""
MINUTES = {"min": 1, "h": 60, "d": 1440, "w": 10080}
_DURATION = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,9})?\s*(?:min|h|d|w)\s*)+")
_BARE = re.compile(r"[0-9]+(\.[0-9]+)?")
_DURATION_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(min|h|d|w)")
_DUE = re.compile(r"(phase )?day (-?[0-9]{1,5})(?: ([0-9]{2}):([0-9]{2}))?")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def parse_duration(text: Any) -> Any:
    """Whole minutes from '42 d', '90 min' or '1 d 12 h'; anything else is handed on for the model to refuse."""
    if isinstance(text, str) and _DURATION.fullmatch(text.strip()):
        return round(sum(float(number) * MINUTES[unit] for number, unit in _DURATION_PART.findall(text)))
    if isinstance(text, str) or (isinstance(text, (int, float)) and not isinstance(text, bool) and text != 0):
        raise ValueError(f"{_without_unit(text)}a duration is a number with a unit: min, h, d or w, such as '1 d 12 h'")
    return text


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


def _clock(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise ValueError("an hour of the day is written HH:MM, for instance '16:00'")
    return text


def _due(text: str) -> str:
    if text in ("same day", "on gate", "phase end"):
        return text
    match = _DUE.fullmatch(text)
    if match and (match[3] is None or _CLOCK.fullmatch(f"{match[3]}:{match[4]}")):
        return text
    if text.endswith(" after gate") and _DURATION.fullmatch(text.removesuffix(" after gate").strip()):
        if parse_duration(text.removesuffix(" after gate").strip()) > LONGEST_DURATION:
            raise ValueError("at most 20 years after a gate (LONGEST_DURATION in sim/deal/document.py)")
        return text
    raise ValueError(
        "a date is 'day 7', 'day 7 16:00', 'phase day 3', '12 h after gate', 'on gate', 'same day' or 'phase end'"
    )


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a date needs its offset from UTC, for instance 2025-01-19T08:30+02:00")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"a deal starts in the years {FIRST_YEAR} to {LAST_YEAR} (LAST_YEAR in sim/deal/document.py)")
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
    raise ValueError("a date is written with its hour and offset, for instance 2025-01-19T08:30+02:00")


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError("must be a finite number")
    return number


def _one_line(text: str) -> str:
    if not text or text != " ".join(text.split()):
        raise ValueError("a short title is one line, its words apart by one blank each")
    return text


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _keyed(value: Any, item: Callable[[str], Any]) -> Any:
    """A plain list of keys is short for a mapping of these keys."""
    if not isinstance(value, list) or not all(isinstance(key, str) for key in value):
        return value
    if len(set(value)) < len(value):
        raise ValueError("a key is listed twice")
    return {key: item(key) for key in value}


def _titled(value: Any) -> Any:
    """A plain list of keys is short for a mapping of keys to their titles."""
    return _keyed(value, lambda key: key.replace("_", " "))


_TIME = r"([0-9]{1,9}(\.[0-9]{1,9})?\s*(min|h|d|w)\s*)+"
_HOUR = "([01][0-9]|2[0-3]):[0-5][0-9]"
DURATION_SCHEMA = {
    "anyOf": [{"type": "string", "pattern": rf"^\s*{_TIME}$"}, {"const": 0}],
    "examples": ["36 h", "42 d"],
}
ABOVE_0_SCHEMA = {"type": "string", "pattern": rf"^(?=.*[1-9])\s*{_TIME}$", "examples": ["36 h", "42 d"]}
MOMENT_SCHEMA = {
    "type": "string",
    "pattern": rf"^[1-9][0-9]{{3}}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt_ ]{_HOUR}"
    r"(:[0-5][0-9](\.[0-9]{1,9})?)?\s?([Zz]|[-+\u2212]([01][0-9]|2[0-3]):?[0-5][0-9])$",
    "examples": ["2025-01-19T08:30+02:00"],
}
CLOCK_SCHEMA = {"type": "string", "pattern": f"^{_HOUR}$", "examples": ["16:00"]}
DUE_SCHEMA = {
    "type": "string",
    "pattern": rf"^(same day|on gate|phase end|(phase )?day -?[0-9]{{1,5}}( {_HOUR})?|\s*{_TIME} after gate)$",
    "examples": ["day 7", "phase day 3 16:00", "12 h after gate"],
}

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
InstanceKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$", max_length=130)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)?$", max_length=128)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
ShortTitle = Annotated[str, AfterValidator(_one_line), Field(max_length=LONGEST_SHORT_TITLE)]
ColumnTitle = Annotated[str, AfterValidator(_one_line), Field(max_length=LONGEST_COLUMN)]
Keys = Annotated[list[str], BeforeValidator(_listed, json_schema_input_type=str | list[str])]
Titles = Annotated[dict[Key, Text], BeforeValidator(_titled, json_schema_input_type=dict[Key, Text] | list[Key])]
Duration = Annotated[
    int,
    BeforeValidator(parse_duration),
    Field(ge=0, le=LONGEST_DURATION),
    PlainSerializer(write_duration, when_used="always"),
    WithJsonSchema(DURATION_SCHEMA),
]
_TWO = Field(min_length=2, max_length=2)
Parties = Annotated[
    dict[Key, Text],
    _TWO,
    BeforeValidator(_titled, json_schema_input_type=Annotated[dict[Key, Text], _TWO] | Annotated[list[Key], _TWO]),
]
TimeAbove0 = Annotated[
    int,
    BeforeValidator(parse_duration),
    Field(gt=0, le=LONGEST_DURATION),
    PlainSerializer(write_duration, when_used="always"),
    WithJsonSchema(ABOVE_0_SCHEMA),
]
Due = Annotated[str, AfterValidator(_due), WithJsonSchema(DUE_SCHEMA)]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    AfterValidator(_aware),
    WithJsonSchema(MOMENT_SCHEMA),
]
Clock = Annotated[str, AfterValidator(_clock), WithJsonSchema(CLOCK_SCHEMA)]
Chance = Annotated[float, Field(ge=0, le=1), AfterValidator(_finite)]
Number = Annotated[float, Field(ge=0, le=MOST_NUMBER), AfterValidator(_finite)]
Shape = Annotated[float, Field(le=MOST_NUMBER, json_schema_extra={"exclusiveMinimum": 0}), AfterValidator(_finite)]
Count = Annotated[int, Field(ge=0, le=MOST_PEOPLE)]
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

Kind = Literal[
    "truce", "information", "release", "return", "withdrawal", "access", "flow", "talks", "arms",
    "handover_of_government", "force_deployment",
]  # fmt: skip


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


class Group(Sourced):
    """People held, of one category: how many, in which condition, and by whom."""

    side: Literal["hostages", "prisoners"] = Field(
        description="Its list: `hostages` come out by a release, `prisoners` by a return."
    )
    held_by: Key = Field(description="Party or holder that has custody of them.")
    count: Count = Field(description="Number of people at the start.")
    condition: Literal["living", "deceased"] = Field("living", description="All of a group are in one condition.")
    title: Text | None = Field(None, description="What tables and figures call it; by default its key.")
    short_title: ShortTitle | None = Field(
        None, description="What sentences and narrow tables call it; by default its title."
    )


class Holder(Sourced):
    """A group that holds people outside a party's direct control."""

    answers_to: Key = Field(description="The party that owes the release of those it holds.")
    title: Text | None = Field(None, description="What tables and figures call it; by default its key.")
    short_title: ShortTitle | None = Field(
        None, description="What sentences and narrow tables call it; by default its title."
    )


class Line(Sourced):
    """A withdrawal line; lines are ordered as they are listed."""

    title: Text | None = Field(None, description="What tables and figures call it; by default its key.")
    short_title: ShortTitle | None = Field(
        None, description="What sentences and narrow tables call it; by default its title."
    )
    share_held: Chance | None = Field(None, description="Share of the area held by the withdrawing side at this line.")


class Asked(Part):
    """What gates and guarantees ask of a deal; exactly one subject, the other fields say more of it."""

    obligation: Key | None = Field(None, description="An obligation that has been delivered.")
    share: Share | None = Field(
        None, description="Share of what it owes that has to be delivered; without one it has to be done."
    )
    released: Count | dict[Key, Count] | None = Field(
        None, description="People released so far: a number of one side, or a number by group."
    )
    side: Literal["hostages", "prisoners"] = Field("hostages", description="Whose number is asked for.")
    condition: Literal["living", "deceased"] | None = Field(None, description="Count only these; by default both.")
    line: Key | None = Field(None, description="A withdrawal line that has been reached.")
    by: Key | None = Field(None, description="Whose withdrawal; by default the only withdrawing party.")
    talks: Key | None = Field(None, description="The topic of talks.")
    phase: Key | None = Field(None, description="A phase of the deal.")

    def refuse_mixture(self, subjects: tuple[str, ...], states: dict[str, tuple[str, ...]]) -> None:
        """Raise `ValueError` unless exactly one subject is named, with a state that fits it."""
        given = [name for name in subjects if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"a condition names exactly one of {', '.join(subjects)}; here: {given or 'none'}")
        state = getattr(self, "state", None)
        if self.share not in (None, 1.0) and (given[0] != "obligation" or state is not None):
            raise ValueError("only an obligation is delivered in shares: leave out 'share', or ask for an obligation")
        allowed = states.get(given[0], ())
        if state is not None and state not in allowed:
            words = ", ".join(allowed) or "none at all"
            raise ValueError(f"state {state!r} does not fit {given[0]}; choose from {words}")


_SHORT_CONDITION = {"type": "string", "pattern": r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,2}$"}
CONDITION_SUBJECTS = ("obligation", "released", "line", "talks", "phase", "truce", "any")
CLAIM_SUBJECTS = (
    "obligation", "released", "held", "in_transit", "line", "talks", "phase", "truce", "end", "any",
)  # fmt: skip


class Condition(Asked):
    """What a gate waits for; exactly one of the fields besides `share`, `side`, `condition`, `by`, `state`."""

    model_config = _or_short(_SHORT_CONDITION, *CONDITION_SUBJECTS)

    truce: Literal["holds"] | None = Field(None, description="The truce holds.")
    state: Literal["started", "under_way", "agreed", "entered", "ended"] | None = Field(
        None, description="Of talks: `started`, `under_way`, `agreed`; of a phase: `entered`, `ended`."
    )
    any: list[Condition] | None = Field(None, description="One of these is enough.", min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        """'names_1', 'talks.phase_two.agreed', 'phase.one.ended', 'line.rashid' and 'truce.holds' are short forms."""
        if not isinstance(value, str):
            return value
        head, *rest = value.split(".")
        if not rest:
            return {"obligation": value}
        if head in ("talks", "phase") and len(rest) in (1, 2):
            default = "under_way" if head == "talks" else "entered"
            return {head: rest[0], "state": rest[1] if len(rest) == 2 else default}
        if head in ("line", "obligation", "truce") and len(rest) == 1:
            return {head: rest[0]}
        raise ValueError(
            "a condition is an obligation, 'talks.TOPIC.agreed', 'phase.PHASE.ended', 'line.LINE' or 'truce.holds'"
        )

    @model_validator(mode="after")
    def _one_subject(self) -> Condition:
        states = {"talks": ("started", "under_way", "agreed"), "phase": ("entered", "ended")}
        self.refuse_mixture(CONDITION_SUBJECTS, states)
        return self


ClaimState = Literal[
    "started", "under_way", "agreed", "broken_off", "entered", "in_force", "continued", "lapsed", "ended",
    "due", "late", "withheld", "disputed", "redated", "met", "met_late", "cured", "defaulted", "void",
]  # fmt: skip
CLAIM_STATES: dict[str, tuple[str, ...]] = {
    "obligation": (
        "due", "late", "withheld", "disputed", "redated", "met", "met_late", "cured", "defaulted", "void",
    ),
    "talks": ("started", "under_way", "agreed", "broken_off"),
    "phase": ("entered", "in_force", "continued", "lapsed", "ended"),
}  # fmt: skip
"""The states that a guarantee may ask for, by subject."""


class Claim(Asked):
    """What a guarantee speaks of: all that a gate may wait for, and what only an onlooker sees."""

    model_config = _or_short(_SHORT_CONDITION, *CLAIM_SUBJECTS)

    truce: Literal["not_begun", "holds", "suspended", "ended"] | None = Field(None, description="How the truce stands.")
    state: ClaimState | None = Field(
        None, description="Of talks, a phase or an obligation; without it an obligation has to be delivered."
    )
    any: list[Claim] | None = Field(None, description="One of these is enough.", min_length=1)
    held: Count | dict[Key, Count] | None = Field(None, description="At least so many held by their custodian.")
    in_transit: Count | dict[Key, Count] | None = Field(None, description="At least so many with the neutral carrier.")
    end: Literal["completed", "collapsed", "lapsed", "standing"] | None = Field(None, description="How the deal ends.")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        """Those of a gate, and 'obligation.names_1.late', 'phase.one.lapsed', 'truce.suspended', 'end.collapsed'."""
        if not isinstance(value, str):
            return value
        head, *rest = value.split(".")
        if not rest:
            return {"obligation": value}
        if head in CLAIM_STATES and len(rest) == 2:
            return {head: rest[0], "state": rest[1]}
        if head in ("talks", "phase") and len(rest) == 1:
            return {head: rest[0], "state": "under_way" if head == "talks" else "entered"}
        if head in ("line", "obligation", "truce", "end") and len(rest) == 1:
            return {head: rest[0]}
        raise ValueError(
            "a condition is an obligation, 'obligation.NAME.late', 'talks.TOPIC.agreed', 'phase.PHASE.lapsed', "
            "'line.LINE', 'truce.suspended' or 'end.collapsed'"
        )

    @model_validator(mode="after")
    def _one_subject(self) -> Claim:
        self.refuse_mixture(CLAIM_SUBJECTS, CLAIM_STATES)
        return self


def _gate(value: Any) -> Any:
    return value if isinstance(value, list) or value is None else [value]


Gate = Annotated[
    list[Condition],
    BeforeValidator(_gate, json_schema_input_type=Condition | list[Condition]),
    Field(description="All of these must hold."),
]
Claims = Annotated[
    list[Claim],
    BeforeValidator(_gate, json_schema_input_type=Claim | list[Claim]),
    Field(description="All of these hold at the end of a minute.", min_length=1),
]


class Phase(Sourced):
    """A stretch of the deal with its own duties."""

    title: Text | None = Field(None, description="What tables and figures call it; by default its key.")
    short_title: ShortTitle | None = Field(
        None, description="What sentences and narrow tables call it; by default its title."
    )
    clause: Keys | None = Field(None, description="Clause or clauses of the deal's text.")
    enters_when: Gate = Field(default_factory=list, description="Beside the end of the phase before it.")
    lasts: Duration | None = Field(None, description="Length; without it the phase ends when its obligations are met.")
    ends_early: bool = Field(False, description="Ends as soon as its obligations are met and the next may begin.")
    continues_while: Gate = Field(default_factory=list, description="Goes on beyond its time while these hold.")
    at_most: Duration | None = Field(None, description="Longest time that it may continue beyond its own.")
    then: Key | None = Field(None, description="The next phase; without one the deal is completed.")
    truce: bool = Field(True, description="Whether a truce holds in this phase.")


class Spread(Part):
    """So many prisoners for all of a group together, spread evenly, the remainder with the last of the group."""

    total: Count = Field(description="Number of people owed for the whole group.")


class Obligation(Sourced):
    """One thing owed: by whom, to whom, of what kind, how much, by when, and after what."""

    kind: Kind = Field(description="What is owed; the kind decides which measure it needs.")
    by: Key = Field(description="The debtor: a party, a mediator, or one of `others`.")
    to: Key | None = Field(None, description="By default the other party.")
    title: Text | None = Field(None, description="What tables and figures call it; by default its key.")
    short_title: ShortTitle | None = Field(
        None, description="What sentences and narrow tables call it; by default its title."
    )
    clause: Keys | None = Field(None, description="Clause or clauses of the deal's text.")
    grade: Literal["text", "mediator", "party", "media", "derived"] | None = Field(
        None, description="Published text; a mediator's or party's statement; a media report; arithmetic from sources."
    )
    phase: Key | None = Field(None, description="By default the first phase.")
    due: Due = Field("on gate", description="'day n' counts from the deal's first day, 'phase day n' from the phase's.")
    grace: Duration | None = Field(
        None, description="Late after this; by default at the end of the day it was due, a flow after a week."
    )
    after: Gate = Field(
        default_factory=list,
        description="What it waits for. Until then it is not due, so its creditor cannot complain of it, whoever "
        "set the condition.",
    )
    takes: Duration = Field(0, description="Time the debtor needs once its gate is open.")
    transit: Duration = Field(0, description="Time in the neutral carrier's hands (and for identification).")
    weight: Number = Field(1.0, description="Its part in the side's delivered share, relative to the others'.")
    amount: dict[Key, Count] = Field(default_factory=dict, description="Number of people by group (release, return).")
    ratio: dict[Key, dict[Key, Count | Spread]] = Field(
        default_factory=dict,
        description="Number of people owed per person released, by group of those released (return).",
    )
    for_each: Literal["release"] | list[Key] | None = Field(
        None, description="One return for each of these releases; 'release' means all whose groups the ratio names."
    )
    to_line: Key | None = Field(None, description="The line to withdraw to (withdrawal).")
    each_day: dict[Key, Number] = Field(
        default_factory=dict, description="How much a day, by what flows (flow): units of it a day."
    )
    on_exchange_days: dict[Key, Number] = Field(
        default_factory=dict, description="In place of that on days with a handover: units of it a day."
    )
    until: Due | None = Field(None, description="Last moment of a flow; by default the end of its phase.")
    topic: Key | None = Field(None, description="What is talked about (talks).")
    starts_by: Due | None = Field(None, description="Date by which talks open; by default `due`.")
    concludes_by: Due | None = Field(None, description="Deadline of talks; without one they have none.")
    units: Count | None = Field(None, description="Number of units owed (arms, force_deployment, information, access).")
    unit: ShortTitle | None = Field(None, description="What its units are, as a plural: 'names', 'launchers'.")
    accepted_from: Share = Field(1.0, description="Share of its units from which it counts as met.")
    contested: Text | None = Field(None, description="Who reads it differently, and how.")


class Right(Sourced):
    """Something a party may do, or says that it may."""

    by: Key = Field(description="The party that has it.")
    right: Literal["leave"] = Field(description="What it may do. Stated and checked; whether it does is behaviour.")
    after: Gate = Field(default_factory=list, description="From when on: all of these hold.")
    claimed_by: Keys | None = Field(None, description="Who says so, where the text does not.")
    contested: Text | None = Field(None, description="Who reads it differently, and how.")
    title: Text | None = Field(None, description="What tables and figures call it; by default its key.")
    clause: Keys | None = Field(None, description="Clause or clauses of the deal's text.")


class Response(Part):
    """Whenever the first condition comes to hold, the second does within this time (while the deal is in force)."""

    to: Claims = Field(description="What calls for an answer: the moment at which all of these come to hold.")
    with_: Claims = Field(alias="with", description="The answer: all of these hold.")
    within: Duration = Field(description="Time that the answer may take.")


PATTERNS = ("never", "always", "precedes", "responds")


class Guarantee(Sourced):
    """An invariant in one of four standard patterns."""

    model_config = ConfigDict(json_schema_extra=exactly_one(*PATTERNS))

    never: Claims | None = Field(None, description="These never hold all at once.")
    always: Claims | None = Field(None, description="All of these hold from the first minute to the end.")
    precedes: tuple[Claim, Claim] | None = Field(
        None, description="The second never before the first; both within one minute are no violation."
    )
    responds: Response | None = Field(None, description="One thing is answered by another in time.")
    title: Text | None = Field(None, description="The promise in a sentence.")

    @model_validator(mode="after")
    def _one_pattern(self) -> Guarantee:
        given = [name for name in PATTERNS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"a guarantee has exactly one of {', '.join(PATTERNS)}; here: {given or 'none'}")
        return self


class Milestone(Sourced):
    """Something that readers look for: it comes about in the first minute at whose end all of its conditions hold."""

    title: Text = Field(description="What tables and figures call it, short: 'Phase two entered'.")
    when: Claims


class Contested(Sourced):
    """A fact that accounts differ on: who says what, and what this document follows."""

    about: Text = Field(description="The fact in question.")
    accounts: dict[str, Text] = Field(description="By source: what it says.")
    follows: Text | None = Field(None, description="The account that this document goes by, and why.")


class Deal(Part):
    """What was agreed."""

    deal: Name = Field(description="Its name: small letters, digits and hyphens.")
    title: Text = Field(description="What pages and tables call it.")
    short_title: Annotated[str, AfterValidator(_one_line), Field(max_length=LONGEST_HEADING)] | None = Field(
        None, description="What a narrow heading calls it; by default its title."
    )
    summary: Text | None = Field(None, description="What it is, in a few sentences.")
    starts: Moment = Field(
        description="Date and hour with the offset from UTC, such as 2025-01-19T08:30+02:00; day 1 is its local date."
    )
    due_hour: Clock = Field("12:00", description="Local hour, HH:MM, of a date that names none.")
    horizon: TimeAbove0 = Field(180 * 1440, description="How long a replicate is followed from the start.")
    sources: dict[str, Source] = Field(default_factory=dict, description="By key: what `source` may name.")
    parties: Parties = Field(description="The two sides, each with its name; a list of keys will do.")
    holders: dict[Key, Holder] = Field(
        default_factory=dict, description="Groups that hold people outside a party's direct control."
    )
    mediators: Titles = Field(default_factory=dict, description="Who settles disputes, each with its name.")
    others: Titles = Field(default_factory=dict, description="Third states and bodies that owe something.")
    groups: dict[Key, Group] = Field(default_factory=dict, description="The people held, by category.")
    lines: dict[Key, Line] = Field(
        default_factory=dict,
        max_length=MOST_LINES,
        description="Withdrawal lines in their order, the one held at the start first.",
    )
    phases: dict[Key, Phase] = Field(min_length=1, description="The stretches of the deal; the first one begins it.")
    obligations: dict[Key, Obligation] = Field(
        min_length=1,
        max_length=MOST_OBLIGATIONS,
        description="Everything owed; the order decides between simultaneous events.",
    )
    rights: dict[Key, Right] = Field(default_factory=dict, description="What parties may do beside what they owe.")
    guarantees: dict[Key, Guarantee] = Field(
        default_factory=dict, description="What the text promises will never, always or only then happen."
    )
    milestones: dict[Key, Milestone] | None = Field(
        None,
        description="What an answer tells of it first, beside what follows from its people, phases and lines.",
    )
    contested: list[Contested] = Field(default_factory=list, description="Facts on which accounts differ.")
    not_modelled: dict[str, Text] = Field(
        default_factory=dict, description="Clauses that oblige nobody or cannot be run, each with the reason."
    )
    language: Literal["en"] = Field("en", description="Of titles and notes.")

    @field_validator("lines", mode="before", json_schema_input_type=dict[Key, Line] | list[Key])
    @classmethod
    def _lines_may_be_a_list(cls, value: Any) -> Any:
        return _keyed(value, lambda _: {})


# ---------------------------------------------------------------- how people may behave


class Delay(Sourced):
    """A log-normal time, given as its median and 95th percentile; one number means exactly that time."""

    model_config = _or_short(DURATION_SCHEMA)

    median: Duration = Field(description="Half of all cases take no longer; above 0, or 0 for no time at all.")
    p95: Duration = Field(
        description="Nineteen of twenty cases take no longer; the same as the median: always so long."
    )

    @model_validator(mode="before")
    @classmethod
    def _plain_duration(cls, value: Any) -> Any:
        return {"median": value, "p95": value} if isinstance(value, (str, int)) else value

    @model_validator(mode="after")
    def _ordered(self) -> Delay:
        if self.p95 < self.median:
            raise ValueError(f"p95 ({write_duration(self.p95)}) lies below the median ({write_duration(self.median)})")
        if self.median == 0 and self.p95 > 0:
            raise ValueError("a median of 0 has no spread: give a median above 0, or 0 for both")
        return self


NO_TIME = Delay.model_validate("0 min")
ONE_DAY = Delay.model_validate("1 d")
TWO_WEEKS = Delay.model_validate("14 d")


class Compliance(Sourced):
    """How a debtor performs. A field left out is inherited: obligation from kind, kind from default."""

    late: Chance | None = Field(None, description="Chance of acting late.")
    refused: Chance | None = Field(None, description="Chance of refusing outright.")
    delay: Delay | None = Field(None, description="How late, when late: time beyond the moment it fell due.")
    level: Chance | None = Field(
        None,
        description="Share of a flow delivered when it runs late, or of units done when they fall short; else 0.5.",
    )
    short: Chance | None = Field(None, description="Chance of doing only a part of what is counted in units.")
    ahead: Chance | None = Field(None, description="Chance of handing over the next batch at the same time.")


class Leaving(Sourced):
    """When a party walks away."""

    after_lapse: Chance = Field(1.0, description="Chance of leaving once a phase has lapsed.")
    after_phase: dict[Key, Chance] = Field(
        default_factory=dict, description="Chance of leaving when this phase's time is up, whatever the talks say."
    )
    latency: Delay = Field(NO_TIME, description="Time from the decision to its leaving.")
    unless: Gate = Field(
        default_factory=list,
        description="It does not leave while all of these hold: looked at when it would leave, and as they change.",
    )


class Responses(Sourced):
    """Chance of answering an incident by suspending the truce, by the incident's severity."""

    minor: Chance = Field(0.0, description="Chance of suspending the truce over a minor incident.")
    major: Chance = Field(0.0, description="Chance of suspending the truce over a major incident.")
    strain: Number = Field(
        0.0,
        description="What each recent incident adds to the times that the chance is tried: 1 + strain * recent.",
    )
    memory: TimeAbove0 = Field(7 * 1440, description="Half-life of the recent incidents.")
    suspends: Delay = Field(ONE_DAY, description="Length of the suspension.")


class PartyBehaviour(Sourced):
    """How one party, holder or third state performs, complains and reacts."""

    default: Compliance = Field(Compliance(), description="How it performs everything that it owes.")
    kinds: dict[Kind, Compliance] = Field(default_factory=dict, description="By kind of obligation, where it differs.")
    obligations: dict[InstanceKey, Compliance] = Field(
        default_factory=dict, description="By obligation; the return for one release is '<return>.<release>'."
    )
    latency: Delay = Field(NO_TIME, description="Decision latency, before it takes up again what it held back.")
    capacity: dict[Literal["release", "return"], Count] = Field(
        default_factory=dict, description="Number of people that it can hand over in one day, midnight to midnight."
    )
    tolerance: Delay = Field(NO_TIME, description="How long beyond grace it waits before it complains.")
    complains: Chance = Field(1.0, description="Chance that it opens a dispute at all.")
    withholds: Chance = Field(
        0.0, description="Chance of holding back in a dispute, decided once for each obligation of its own."
    )
    patience: Delay = Field(TWO_WEEKS, description="Time a dispute stays open before the truce is suspended.")
    suspends: Delay = Field(ONE_DAY, description="Length of a suspension over a dispute.")
    restores: Chance = Field(1.0, description="Chance that it lets the truce resume at the end of a suspension.")
    leaves: Leaving = Field(Leaving(), description="When it walks away from the deal.")
    responds: Responses = Field(Responses(), description="How it answers incidents that the other side causes.")


UNWRITTEN = PartyBehaviour()
"""How somebody behaves of whom a scenario says nothing."""


class HolderBehaviour(Sourced):
    """Whether and when contact with a holder is made, so that those it holds can be handed over."""

    contacted: Chance = Field(1.0, description="Chance that contact is made at all.")
    time: Delay = Field(NO_TIME, description="Time to the contact, from the start of the deal.")


class Search(Sourced):
    """Time to locate people of a group, person by person, from the start of the deal."""

    found: Chance = Field(1.0, description="Chance that a person is located at all.")
    time: Delay = Field(NO_TIME, description="Time to locate one person, from the start of the deal.")
    misidentified: Chance = Field(0.0, description="Chance that remains handed over turn out to be somebody else's.")


class Deaths(Sourced):
    """The hazard that people who are held alive die in captivity, from the start of the deal on."""

    per_day: Number = Field(0.0, description="Hazard a day for each person still held.")
    without_truce: Number = Field(1.0, description="Factor on the hazard while no truce holds.")


class Pressure(Sourced):
    """What one mediator brings to bear, on whom, from when, and how it fades."""

    on: dict[Key, Number] = Field(description="Strength by party; the strengths of all mediators add up.")
    half_life: TimeAbove0 | None = Field(None, description="Time in which it halves; without it, it does not fade.")
    starts: Due = Field("day 1", description="First day of the deal with it; without an hour from midnight on.")
    ends: Due | None = Field(None, description="When it stops; by default never.")


class KindOfDispute(Sourced):
    """How disputes over one kind of obligation are settled. A field left out is that of all disputes."""

    settles: Chance | None = Field(None, description="Chance that one attempt settles it under a pressure of 1.")
    attempt: Delay | None = Field(None, description="Time that one attempt takes.")


class Mediation(Sourced):
    """How disputes are settled."""

    settles: Chance = Field(1.0, description="Chance that one attempt settles the dispute under a pressure of 1.")
    attempt: Delay = Field(ONE_DAY, description="Time that one attempt takes.")
    lag: Delay = Field(NO_TIME, description="Time from the settlement to the new date.")
    kinds: dict[Kind, KindOfDispute] = Field(default_factory=dict, description="By kind of obligation.")
    flows_to: Chance = Field(
        1.0, description="Level, as a share of the full flow, to which a settlement brings one that ran lower."
    )
    redates: Literal["obligation", "all_open"] = Field(
        "obligation", description="Whether a settlement is of one dispute, or of all that are open."
    )
    settles_with_truce: Chance | None = Field(
        None,
        description="Chance that a truce which comes back settles the dispute that it was suspended over; by default "
        "that of one attempt of the mediators at that moment.",
    )
    cannot_be_done: Literal["disputed", "excused"] = Field(
        "disputed",
        description="What becomes, when it is settled, of a release or return for which nobody can be handed over: it "
        "stays `disputed`, or is `excused`.",
    )
    pressure: dict[Key, Pressure] = Field(
        default_factory=dict, description="By mediator; without any, the pressure on each party is 1 throughout."
    )


class Guarantors(Sourced):
    """What guarantors add when a truce is suspended."""

    restores: Chance = Field(0.0, description="Chance that they bring the truce back where the party would not.")


class TalksBehaviour(Sourced):
    """When talks on a topic open and how soon they agree."""

    never: Chance = Field(0.0, description="Chance that they never open.")
    delay: Delay = Field(NO_TIME, description="Time they open after the date they were to start by.")
    opens: Due | None = Field(None, description="A date in place of the one they were to start by.")
    fails: Chance = Field(0.0, description="Chance that they cannot agree, however long they last.")
    agrees_per_day: Number | None = Field(
        None, description="Hazard of agreement a day; without it they agree at the deadline."
    )
    near_deadline: Duration = Field(3 * 1440, description="The stretch before the deadline with the raised hazard.")
    near_deadline_factor: Number = Field(1.0, description="Factor on the hazard in that stretch.")
    after_deadline_factor: Number = Field(1.0, description="Factor on the hazard after the deadline.")
    breaks_off_per_day: Number = Field(0.0, description="Hazard a day that they are broken off.")
    resumes: Delay | None = Field(None, description="Time after which broken-off talks open again; without it, never.")


class IncidentSource(Sourced):
    """A self-exciting source of incidents (Hawkes process with an exponential kernel)."""

    by: Key = Field(description="The party or holder that causes them.")
    per_day: Number = Field(0.0, description="Background rate: incidents a day while the truce holds.")
    initial: Number = Field(
        0.0, description="Expected number of extra incidents when the truce begins, fading with `decay`."
    )
    branching: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.0, description="Expected number of incidents that follow from one, below 1."
    )
    decay: TimeAbove0 = Field(1440, description="Mean time to an incident that follows from another.")
    major: Chance = Field(0.0, description="Share of incidents that are major.")
    without_truce: Number = Field(0.0, description="Incidents a day while no truce holds: not yet, or suspended.")
    breaks_off_talks: Chance = Field(0.0, description="Chance that a major one breaks off all talks under way.")


class Shock(Sourced):
    """Something from outside, dated or random, with one effect."""

    model_config = ConfigDict(json_schema_extra=exactly_one("at", "per_day"))

    at: Due | None = Field(None, description="Its date, a day of the deal; in place of a hazard.")
    per_day: Number | None = Field(None, description="Hazard a day, in place of a date; it strikes at most once.")
    chance: Chance = Field(1.0, description="Chance that it strikes at all.")
    effect: Literal["suspends_truce", "breaks_off_talks", "shifts", "locates", "redates_all", "settles_all"] = Field(
        description="What it does; `settles_all` settles open disputes, `redates_all` gives all that is open a new "
        "date and moves later dates."
    )
    by: Key | None = Field(None, description="Whose act it is held to be (suspends_truce).")
    lasts: Delay | None = Field(None, description="Length of the suspension (suspends_truce).")
    topic: Key | None = Field(None, description="Which talks (breaks_off_talks); by default all.")
    path: str | None = Field(
        None, description="The number that shifts (shifts), for instance parties.hamas.kinds.release.late."
    )
    to: Amount | None = Field(
        None, description="Its new value (shifts): a chance, a number, or a time with its unit, such as '7 d'."
    )
    group: Key | None = Field(None, description="Whose people are found at once (locates).")
    title: Text | None = Field(None, description="What tables and figures call it; by default its key.")
    short_title: ShortTitle | None = Field(
        None, description="What sentences and narrow tables call it; by default its title."
    )

    @model_validator(mode="after")
    def _dated_or_random(self) -> Shock:
        if (self.at is None) == (self.per_day is None):
            raise ValueError("a shock has either a date ('at') or a hazard ('per_day')")
        needs = {"suspends_truce": ("by", "lasts"), "shifts": ("path", "to"), "locates": ("group",)}
        missing = [name for name in needs.get(self.effect, ()) if getattr(self, name) is None]
        if missing:
            raise ValueError(f"effect {self.effect} needs {', '.join(missing)}")
        return self


DISTRIBUTIONS = ("uniform", "beta", "lognormal", "quantiles")


class Uncertain(Sourced):
    """A parameter that is not known: its distribution, drawn once per replicate."""

    model_config = ConfigDict(json_schema_extra=exactly_one(*DISTRIBUTIONS))

    uniform: tuple[Amount, Amount] | None = Field(
        None, description="Lowest and highest value; of a time with their unit, such as '7 d'."
    )
    beta: tuple[Shape, Shape] | None = Field(None, description="Both shape parameters, for a chance.")
    lognormal: tuple[Amount, Amount] | None = Field(
        None, description="Median and 95th percentile; of a time with their unit, such as '7 d'."
    )
    quantiles: list[Amount] | None = Field(
        None,
        description="Values at equally spaced probabilities 0 to 1; of a time with their unit, such as '7 d'.",
        min_length=2,
    )
    moves_with: str | None = Field(
        None, description="Another uncertain path: drawn together, each at the same probability of its distribution."
    )

    @model_validator(mode="after")
    def _one_distribution(self) -> Uncertain:
        given = [name for name in DISTRIBUTIONS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(DISTRIBUTIONS)}; here: {given or 'none'}")
        if self.quantiles is not None and list(self.quantiles) != sorted(self.quantiles):
            raise ValueError("quantiles must not decrease")
        if self.uniform is not None and self.uniform[0] > self.uniform[1]:
            raise ValueError("uniform needs its lower end first")
        if self.beta is not None and min(self.beta) <= 0:
            raise ValueError("both shape parameters of a beta distribution lie above 0")
        if self.lognormal is not None and not 0 < self.lognormal[0] < self.lognormal[1]:
            raise ValueError("lognormal needs 0 < median < 95th percentile")
        return self

    @property
    def values(self) -> list[float]:
        """The values that are in the unit of its number; of a beta distribution none, since it lies in 0 to 1."""
        return list(self.uniform or self.lognormal or self.quantiles or ())


class Axis(Part):
    """The values that one path takes in a sweep: given one by one, or from-to in so many steps."""

    model_config = _or_short({"type": "array", "items": {"type": ["number", "string"]}, "minItems": 1})

    values: list[float | str] | None = Field(
        None,
        min_length=1,
        max_length=MOST_STEPS,
        description="Each value, as the path takes it: a number, '12 h', 'day 7'.",
    )
    low: float | str | None = Field(None, description="First value, in the unit of the path.")
    high: float | str | None = Field(None, description="Last value, in the unit of the path.")
    steps: Annotated[int, Field(ge=2, le=MOST_STEPS)] | None = Field(
        None, description="Number of values from low to high."
    )

    @model_validator(mode="before")
    @classmethod
    def _plain_list(cls, value: Any) -> Any:
        return {"values": value} if isinstance(value, list) else value


class Behaviour(Sourced):
    """How everybody may behave. Without any of it, all parties do what the deal says on the day it says."""

    parties: dict[Key, PartyBehaviour] = Field(default_factory=dict, description="By party, mediator or other debtor.")
    holders: dict[Key, HolderBehaviour] = Field(default_factory=dict, description="By holder.")
    search: dict[Key, Search] = Field(default_factory=dict, description="By group.")
    deaths: dict[Key, Deaths] = Field(
        default_factory=dict, description="By group; or by party or holder, for every living group that it holds."
    )
    mediators: Mediation = Field(Mediation(), description="Who settles disputes, how soon and how often.")
    guarantors: Guarantors = Field(Guarantors(), description="Who brings a suspended truce back.")
    talks: dict[Key, TalksBehaviour] = Field(default_factory=dict, description="By topic.")
    incidents: dict[Key, IncidentSource] = Field(default_factory=dict, description="By source, under any key.")
    shocks: dict[Key, Shock] = Field(default_factory=dict, description="By shock, under any key.")


SCRIPTED_CHOICES = {
    "obligation": ("within_grace", "late", "never", "refused"),
    "dispute": ("not_settled",),
    "patience": ("lasts", "not_restored"),
    "talks": ("not_opened", "not_agreed", "broken_off"),
    "incident": ("minor", "major"),
    "answer": ("not_restored",),
    "shock": ("strikes",),
    "aftermath": ("not_restored",),
}
"""What can be scripted, and how each departs from compliance."""


class Scripted(Part):
    """One departure from compliance: a decision, by what it is about, and the choice made in it."""

    obligation: InstanceKey | None = Field(None, description="What its debtor does when it falls due.")
    dispute: InstanceKey | None = Field(None, description="Whether mediators settle the dispute over it.")
    patience: InstanceKey | None = Field(
        None, description="What its creditor does when patience in that dispute is at an end."
    )
    talks: Key | None = Field(None, description="How talks on this topic go.")
    incident: Key | None = Field(None, description="What this party does at this time.")
    answer: Key | None = Field(None, description="What follows the suspension that answers this party's incident.")
    shock: Key | None = Field(None, description="Whether this shock strikes.")
    aftermath: Key | None = Field(None, description="What follows the suspension that this shock brings.")
    choice: Text = Field(description="What is chosen instead of compliance; an error lists what there is.")
    at: Due | None = Field(None, description="When, for what has no date: incidents, their answers, undated shocks.")
    time: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        1, description="Which time the decision comes up, where it can come up again (obligation, dispute, patience)."
    )

    @property
    def subject(self) -> str:
        """The field that names what is decided."""
        return next(name for name in SCRIPTED_CHOICES if getattr(self, name) is not None)

    @model_validator(mode="after")
    def _one_decision(self) -> Scripted:
        given = [name for name in SCRIPTED_CHOICES if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"names exactly one of {', '.join(SCRIPTED_CHOICES)}; here: {given or 'none'}")
        subject = given[0]
        if self.choice not in SCRIPTED_CHOICES[subject]:
            choices = ", ".join(SCRIPTED_CHOICES[subject])
            raise ValueError(f"choice {self.choice!r} does not fit {subject}; choose from {choices}")
        if subject in ("incident", "answer") and self.at is None:
            raise ValueError(f"{subject} needs its time, for instance at: day 3 09:20")
        if self.at is not None and subject not in ("incident", "answer", "shock", "aftermath"):
            raise ValueError(f"{subject} has a time of its own: leave out 'at'")
        if self.time > 1 and subject not in ("obligation", "dispute", "patience"):
            raise ValueError(f"{subject} comes up once: leave out 'time'")
        return self


class Scenario(Part):
    """A deal plus behaviour plus changes."""

    scenario: Name = Field(
        description="Its name, such as january-2025/baseline: small letters, digits, hyphens, a slash."
    )
    title: Text | None = Field(None, description="What pages call it; by default its name.")
    short_title: ColumnTitle | None = Field(
        None,
        description="What columns, figures and sentences call it, as it stands inside a sentence; by default its name "
        "in words.",
    )
    question: Text = Field(description="What it is there to answer, as a question.")
    deal: Text | None = Field(None, description="Name or path of the deal; inherited when it builds on a scenario.")
    builds_on: str | None = Field(None, description="Another scenario, whose behaviour and changes come first.")
    horizon: TimeAbove0 | None = Field(None, description="In place of the deal's: how long a replicate is followed.")
    sources: dict[str, Source] = Field(default_factory=dict, description="By key: what `source` may name.")
    behaviour: Behaviour = Field(Behaviour(), description="How everybody may behave.")
    uncertain: dict[str, Uncertain] = Field(default_factory=dict, description="By path into the behaviour.")
    changes: dict[str, Any] = Field(
        default_factory=dict, description="By path: 'deal.…' changes terms, 'behaviour.…' changes behaviour."
    )
    vary: dict[str, Axis] = Field(default_factory=dict, description="The axes of a sweep, by path.")
    guarantees: dict[Key, Guarantee] = Field(default_factory=dict, description="Beside those of the deal.")
    scripted: list[Scripted] | None = Field(
        None, description="Nothing is drawn: everybody complies, at the scenario's usual pace, except for these."
    )
    expects: list[Expected] = Field(
        default_factory=list, description="Such as 'P(hostages_living_released >= 20 by day 4) >= 0.9'."
    )
    notes: list[Text] = Field(default_factory=list, description="What a reader has to know beside the question.")


class ResolvedScenario(Part):
    """A scenario with its deal and every default written out: what engines run and results store."""

    scenario: Name = Field(description="Its name.")
    title: Text | None = Field(None, description="What pages call it; by default its name.")
    short_title: ColumnTitle | None = Field(None, description="What columns, figures and sentences call it.")
    question: Text = Field(description="What it is there to answer.")
    horizon: TimeAbove0 = Field(description="How long a replicate is followed from the start.")
    deal: Deal = Field(description="The deal with the scenario's changes of terms.")
    behaviour: Behaviour = Field(description="How everybody may behave, with every default.")
    sources: dict[str, Source] = Field(default_factory=dict, description="Of the scenario and all that it builds on.")
    uncertain: dict[str, Uncertain] = Field(default_factory=dict, description="By path into the behaviour.")
    vary: dict[str, Axis] = Field(default_factory=dict, description="The axes of a sweep, by path.")
    guarantees: dict[Key, Guarantee] = Field(default_factory=dict, description="Beside those of the deal.")
    scripted: list[Scripted] | None = Field(None, description="Departures from compliance; nothing is drawn.")
    expects: list[Expected] = Field(default_factory=list, description="Bounds on chances and means.")
    notes: list[Text] = Field(default_factory=list, description="What a reader has to know beside the question.")
    changed: list[str] = Field(
        default_factory=list, description="Paths where the terms differ from the deal as agreed."
    )

    def __repr__(self) -> str:
        return f"<Scenario {self.scenario} of the deal {self.deal.deal}, {len(self.deal.obligations)} obligations>"
