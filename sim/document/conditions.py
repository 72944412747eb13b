"""What a gate, a guarantee or a milestone asks of a history."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from sim.document.broken import broken
from sim.document.values import Count, Key, Part, Share, _or_short

COUNTS = ("released", "held", "in_transit")
"""Subjects that are numbers of people: of a list, or by stock."""


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
    of: Literal["people", "remains"] | None = Field(
        None, description="Count only these of the list; by default people and remains."
    )
    line: Key | None = Field(None, description="A withdrawal line that has been reached.")
    by: Key | None = Field(None, description="Whose withdrawal; by default the only withdrawing party.")
    talks: Key | None = Field(None, description="The topic of talks.")
    phase: Key | None = Field(None, description="A phase of the deal.")

    def refuse_mixture(self, subjects: tuple[str, ...], states: dict[str, tuple[str, ...]]) -> None:
        """Raise `ValueError` unless exactly one subject is named, with a state that fits it."""
        given = [name for name in subjects if getattr(self, name) is not None]
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
        counted = getattr(self, subject)
        is_number = subject in COUNTS and isinstance(counted, int)
        if is_number and self.list is None:
            example = f"{{{subject}: {counted}, list: NAME}}"
            raise broken("bad-condition", f"a condition on a number of people names their list: {example}")
        for name in ("list", "of") if not is_number else ():
            if getattr(self, name) is not None:
                message = f"a condition has '{name}' only beside a number of people ({', '.join(COUNTS)})"
                raise broken("bad-condition", message)


_SHORT_CONDITION = {"type": "string", "pattern": r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,2}$"}
CONDITION_SUBJECTS = ("obligation", "released", "line", "talks", "phase", "truce", "any")
CLAIM_SUBJECTS = (
    "obligation", "released", "held", "in_transit", "line", "talks", "phase", "truce", "end", "any",
)  # fmt: skip


class Condition(Asked):
    """What a gate waits for; exactly one of the fields besides `share`, `list`, `of`, `by`, `state`."""

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
        raise broken(
            "bad-condition",
            "a condition is an obligation, 'talks.TOPIC.agreed', 'phase.PHASE.ended', 'line.LINE' or 'truce.holds'",
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
        raise broken(
            "bad-condition",
            "a condition is an obligation, 'obligation.NAME.late', 'talks.TOPIC.agreed', 'phase.PHASE.lapsed', "
            "'line.LINE', 'truce.suspended' or 'end.collapsed'",
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
