"""What negotiators could change in a deal, what it is judged by, and what must stay: `design:` of a scenario."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from sim.document.broken import AtMost, broken
from sim.document.dates import Due
from sim.document.values import Count, Duration, Expected, Key, Keys, NumberAbove0, Part, Text, TimeAbove0, exactly_one

MOST_TERMS = 40
MOST_OUTCOMES = 6
KINDS = ("set", "dates", "amounts")


class Term(Part):
    """One term that can be chosen: what stands at a path, the days between dates, or how amounts are spread."""

    model_config = ConfigDict(json_schema_extra=exactly_one(*KINDS))

    title: Text | None = Field(None, description="What tables and figures call it; by default its key.")
    set: Keys | None = Field(None, description="Path below 'deal.', or several that take the same value.")
    values: list[float | str | bool] | None = Field(
        None, min_length=2, max_length=100, description="Each value: numbers, times, days or words (set)."
    )
    range: tuple[float | str, float | str] | None = Field(
        None, description="Lowest and highest value, in the unit of the path (set)."
    )
    step: float | str | None = Field(
        None, description="From one value to the next; by default one day, one hour, 1, or a twentieth of the range."
    )
    dates: list[Key] | None = Field(
        None, min_length=2, description="Obligations in order: the first keeps its date, the others follow it evenly."
    )
    every: tuple[TimeAbove0, TimeAbove0] | None = Field(
        None, description="Fewest and most days from one of the dates to the next (dates)."
    )
    latest: Due | None = Field(None, description="A day that no date goes beyond (dates).")
    amounts: list[Key] | None = Field(
        None,
        min_length=2,
        description="Obligations in order that share what they hand over: in equal parts, most of it in the first or "
        "most in the last, stock by stock in the order in which the deal hands them over.",
    )
    least: Count = Field(1, description="Fewest units that each of them keeps (amounts).")
    along: list[Key] = Field(
        default_factory=list,
        description="One obligation for each, or several rounds of them: they keep their distance in days (dates), or "
        "owe as many units (amounts).",
    )

    @property
    def kind(self) -> str:
        """Which of its three forms it has."""
        return next(name for name in KINDS if getattr(self, name) is not None)

    @model_validator(mode="after")
    def _one_kind(self) -> Term:
        given = [name for name in KINDS if getattr(self, name) is not None]
        if len(given) != 1:
            raise broken("bad-term", f"a term has exactly one of {', '.join(KINDS)}; here: {given or 'none'}")
        if (self.set is not None) != ((self.values is None) != (self.range is None)):
            raise broken("bad-term", "a term that sets a path has either values or range; dates and amounts have none")
        if (self.dates is not None) != (self.every is not None):
            raise broken("bad-term", "'every' says how many days lie between 'dates', and both stand together")
        if self.every is not None and (self.every[0] > self.every[1] or any(time % 1440 for time in self.every)):
            raise broken("bad-term", "'every' is the fewest and the most whole days, such as [2 d, 7 d]")
        if self.along and len(self.along) % len(self.dates or self.amounts or self.along * 2):
            raise broken("bad-term", "'along' names one obligation for each of the dates or amounts, or several rounds")
        if self.latest is not None and (self.dates is None or self.latest.kind != "day"):
            raise broken("bad-term", "'latest' is a day of the deal that no date goes beyond, such as day 42")
        if self.step is not None and self.range is None:
            raise broken("bad-term", "'step' belongs to a range")
        return self


class Following(Part):
    """A date that follows from others, so that a choice of terms stays one deal."""

    not_before: Keys = Field(
        description="Paths of dates; or of a `released` of a gate: the day on which so many are to be out."
    )
    plus: Duration = Field(0, description="How long after the latest of them at the earliest.")


class Objective(Part):
    """One outcome that is to be large or small, and the difference in it that matters."""

    model_config = ConfigDict(json_schema_extra=exactly_one("maximise", "minimise"))

    maximise: Text | None = Field(None, description="An outcome, also 'NAME by day N', or a chance 'P(...)'.")
    minimise: Text | None = Field(None, description="An outcome, also 'NAME by day N', or a chance 'P(...)'.")
    step: NumberAbove0 = Field(description="The smallest difference that matters, in its published unit.")

    @property
    def outcome(self) -> str:
        """What is measured."""
        return str(self.maximise or self.minimise)

    @property
    def sign(self) -> int:
        """1 where small is wanted, -1 where large is."""
        return 1 if self.maximise is None else -1

    @model_validator(mode="after")
    def _one_direction(self) -> Objective:
        if (self.maximise is None) == (self.minimise is None):
            raise broken("bad-term", "an outcome is either maximised or minimised")
        return self


class Designed(Part):
    """Terms that can be chosen, and what a choice of them is judged by."""

    terms: Annotated[
        dict[Key, Term], AtMost(MOST_TERMS, "MOST_TERMS", f"{MOST_TERMS} terms", "sim/document/design.py")
    ] = Field(min_length=1, description="By key: what can be chosen.")
    derive: dict[str, Following] = Field(
        default_factory=dict, description="By path of a date: what it must not precede."
    )
    follow: dict[Key, Literal["heaviest", "last"]] = Field(
        default_factory=dict,
        description="By obligation of a term with `amounts`: behaviour that hangs on its name belongs to whichever of "
        "these hands over most, or last, and changes places with that one's own.",
    )
    keep: Literal["guarantees", "nothing"] = Field(
        "guarantees",
        description="Whether no declared guarantee may be violated more often than in the deal as written.",
    )
    outcomes: list[Objective] = Field(
        min_length=1, max_length=MOST_OUTCOMES, description="What is to be large or small, each by itself."
    )
    require: list[Expected] = Field(
        default_factory=list, description="What each choice must show, such as 'P(truce_days >= 90) >= 0.5'."
    )
    behaviours: list[str] = Field(
        default_factory=list, description="Scenarios of the same deal, whose behaviour each choice is tried under too."
    )
