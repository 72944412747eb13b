"""What a gate, a guarantee or a milestone asks of a history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from sim.document.broken import broken
from sim.document.dates import DAY_PATTERN, DAY_SCHEMA, Due
from sim.document.values import Count, Key, Part, Share, _or_short

COUNTS = ("released", "held", "in_transit")
"""Subjects that are numbers of people: of a list, or by stock."""


def _of_deal(due: Due) -> Due:
    if due.kind != "day":
        raise broken("bad-date", "a condition asks for a day of the deal: 'day 45' or 'day 45 16:00'")
    return due


DealDay = Annotated[Due, AfterValidator(_of_deal), WithJsonSchema(DAY_SCHEMA)]


class Asked(Part):
    """What gates and guarantees ask of a deal; exactly one subject, the other fields say more of it."""

    obligation: Key | None = Field(None, description="An obligation that has been delivered.")
    share: Share | None = Field(
        None, description="Share of what it owes that has to be delivered; without one it has to be done."
    )
    released: Count | dict[Key, Count] | None = Field(
        None, description="People released so far: a number of one `list`, or a number by stock."
    )
    list: Key | None = Field(None, description="Whose number is asked for: that of all stocks on this list.")
    of: Any = Field(None, description="Of a number: count only these; of `at_least`: the conditions.")
    line: Key | None = Field(None, description="A withdrawal line that has been reached.")
    by: Key | None = Field(None, description="Whose withdrawal; by default the only withdrawing party.")
    talks: Key | None = Field(None, description="The topic of talks.")
    phase: Key | None = Field(None, description="A phase of the deal.")
    day: DealDay | None = Field(
        None, description="A day of the deal has come, `day 45` or `day 45 16:00`; without an hour at the due hour."
    )
    at_least: int | None = Field(None, description="So many of the conditions under `of`.")

    @property
    def parts(self) -> Sequence[tuple[tuple[str | int, ...], Self]]:
        """The conditions that this one is made of, each with its path from here."""
        negated = getattr(self, "not_", None)
        found: Any = [] if negated is None else [(("not",), negated)]
        for name in ("any", "all", "of"):
            several = getattr(self, name, None)
            if not isinstance(several, str):
                found += [((name, place), one) for place, one in enumerate(several or ())]
        return tuple(found)

    @property
    def enough(self) -> int:
        """How many of its parts have to hold."""
        if self.at_least is not None:
            return self.at_least
        return 1 if getattr(self, "any", None) is not None else len(self.parts)

    def everything(self) -> Iterator[Self]:
        """Itself and all that it is made of."""
        yield self
        for _, one in self.parts:
            yield from one.everything()

    def refuse_mixture(self, subjects: tuple[str, ...], states: dict[str, tuple[str, ...]]) -> None:
        """Raise `ValueError` unless exactly one subject is named, with a state that fits it."""
        given = [name for name in subjects if getattr(self, _FIELDS.get(name, name)) is not None]
        self._refuse_number()
        if len(given) != 1:
            raise broken(
                "bad-condition", f"a condition names exactly one of {', '.join(subjects)}; here: {given or 'none'}"
            )
        self._refuse_list(given[0])
        state = getattr(self, "state", None)
        if self.share not in (None, 1.0) and (given[0] != "obligation" or state is not None):
            raise broken(
                "bad-condition",
                "only an obligation is delivered in shares: leave out 'share', or ask for an obligation",
            )
        allowed = states.get(given[0], ())
        if state is not None and state not in allowed:
            words = ", ".join(allowed) or "none at all"
            raise broken("bad-condition", f"state {state!r} does not fit {given[0]}; choose from {words}")

    def _refuse_list(self, subject: str) -> None:
        counted = getattr(self, _FIELDS.get(subject, subject))
        is_number = subject in COUNTS and isinstance(counted, int)
        if is_number and self.list is None:
            example = f"{{{subject}: {counted}, list: NAME}}"
            raise broken("bad-condition", f"a condition on a number of people names their list: {example}")
        of = self.of if isinstance(self.of, str) else None
        for name, value in (("list", self.list), ("of", of)) if not is_number else ():
            if value is not None:
                message = f"a condition has '{name}' only beside a number of people ({', '.join(COUNTS)})"
                raise broken("bad-condition", message)

    def _refuse_number(self) -> None:
        """Raise `ValueError` unless a number of conditions comes with conditions, and lies within their number."""
        n = None if self.of is None or isinstance(self.of, str) else len(self.of)
        if (n is None) != (self.at_least is None):
            raise broken("bad-condition", "'at_least' goes with a list of conditions: {at_least: 2, of: [a, b, c]}")
        if n is not None and self.at_least is not None and not 1 <= self.at_least <= n:
            message = f"at_least {self.at_least} of {n} conditions; give a number from 1 to {n}"
            raise broken("bad-condition", message)


def _one_negated(value: Any) -> Any:
    if isinstance(value, list):
        raise broken(
            "bad-condition",
            "'not' takes one condition: for none of these {not: {any: [...]}}, for not all {not: {all: [...]}}",
        )
    return value


_FIELDS = {"not": "not_"}
"""Fields of a condition whose word in a document is one that Python keeps for itself."""
_SHORT_CONDITION = {
    "type": "string",
    "pattern": rf"^([a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){{0,2}}|{DAY_PATTERN})$",
}
CONDITION_SUBJECTS = (
    "obligation",
    "released",
    "line",
    "talks",
    "phase",
    "truce",
    "day",
    "any",
    "all",
    "at_least",
    "not",
)
CLAIM_SUBJECTS = (
    "obligation", "released", "held", "in_transit", "line", "talks", "phase", "truce", "end", "day", "any", "all",
    "at_least", "not",
)  # fmt: skip


class Condition(Asked):
    """What a gate waits for; exactly one of the fields besides `share`, `list`, `of`, `by`, `state`."""

    model_config = _or_short(_SHORT_CONDITION, *CONDITION_SUBJECTS)

    truce: Literal["holds"] | None = Field(None, description="The truce holds.")
    state: Literal["started", "under_way", "agreed", "entered", "ended"] | None = Field(
        None, description="Of talks: `started`, `under_way`, `agreed`; of a phase: `entered`, `ended`."
    )
    any: list[Condition] | None = Field(None, description="One of these is enough.", min_length=1)
    all: list[Condition] | None = Field(None, description="All of these, within another one.", min_length=1)
    of: Literal["people", "remains"] | list[Condition] | None = Field(
        None,
        description="Of the list count only these, by default people and remains; or the conditions of which "
        "`at_least` so many have to hold.",
    )
    not_: Annotated[Condition, BeforeValidator(_one_negated)] | None = Field(
        None, alias="not", description="Holds while this one does not."
    )

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        """'names_1', 'talks.phase_two.agreed', 'phase.one.ended', 'line.rashid', 'truce.holds', 'day 45' are short."""
        if not isinstance(value, str):
            return value
        if value.startswith(("day ", "phase day ")):
            return {"day": value}
        head, *rest = value.split(".")
        if not rest:
            return {"obligation": value}
        if head in ("talks", "phase") and len(rest) in (1, 2):
            default = "under_way" if head == "talks" else "entered"
            return {head: rest[0], "state": rest[1] if len(rest) == 2 else default}
        if head in ("line", "obligation", "truce") and len(rest) == 1:
            return {head: rest[0]}
        raise broken(
            "bad-condition",
            "a condition is an obligation, 'talks.TOPIC.agreed', 'phase.PHASE.ended', 'line.LINE', 'truce.holds' or "
            "'day 45'",
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
    """A claim of a guarantee: all that a gate may wait for, and states that no gate asks about."""

    model_config = _or_short(_SHORT_CONDITION, *CLAIM_SUBJECTS)

    truce: Literal["not_begun", "holds", "suspended", "ended"] | None = Field(None, description="How the truce stands.")
    state: ClaimState | None = Field(
        None, description="Of talks, a phase or an obligation; without it an obligation has to be delivered."
    )
    any: list[Claim] | None = Field(None, description="One of these is enough.", min_length=1)
    all: list[Claim] | None = Field(None, description="All of these, within another one.", min_length=1)
    of: Literal["people", "remains"] | list[Claim] | None = Field(
        None,
        description="Of the list count only these, by default people and remains; or the conditions of which "
        "`at_least` so many have to hold.",
    )
    not_: Annotated[Claim, BeforeValidator(_one_negated)] | None = Field(
        None, alias="not", description="Holds while this one does not."
    )
    held: Count | dict[Key, Count] | None = Field(None, description="At least so many held by their custodian.")
    in_transit: Count | dict[Key, Count] | None = Field(None, description="At least so many with the neutral carrier.")
    end: Literal["completed", "collapsed", "lapsed", "standing"] | None = Field(None, description="How the deal ends.")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        """Those of a gate, and 'obligation.names_1.late', 'phase.one.lapsed', 'truce.suspended', 'end.collapsed'."""
        if not isinstance(value, str):
            return value
        if value.startswith(("day ", "phase day ")):
            return {"day": value}
        head, *rest = value.split(".")
        if not rest:
            return {"obligation": value}
        if head in CLAIM_STATES and len(rest) == 2:
            return {head: rest[0], "state": rest[1]}
        if head in ("talks", "phase") and len(rest) == 1:
            return {head: rest[0], "state": "under_way" if head == "talks" else "entered"}
        if head in ("line", "obligation", "truce", "end") and len(rest) == 1:
            return {head: rest[0]}
        raise broken(
            "bad-condition",
            "a condition is an obligation, 'obligation.NAME.late', 'talks.TOPIC.agreed', 'phase.PHASE.lapsed', "
            "'line.LINE', 'truce.suspended', 'end.collapsed' or 'day 45'",
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
