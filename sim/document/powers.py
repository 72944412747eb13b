"""Powers: what somebody may change of a deal under way, and whether it does is behaviour."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from sim.document.broken import broken
from sim.document.conditions import DealDay, Gate
from sim.document.values import Keys, ShortTitle, Sourced, Text, TimeAbove0, exactly_one

MOST_TIMES = 100


class Power(Sourced):
    """Something that actors may do together to change dates of what is owed."""

    model_config = ConfigDict(json_schema_extra=exactly_one("to", "days"))

    by: Keys = Field(description="Who has it: a party or body; of several, all of them together.")
    may: Literal["redate"] = Field(
        description="What they may do: `redate` gives obligations new dates, and phases a later end."
    )
    what: Keys = Field(description="The obligations and phases whose dates it changes.")
    to: DealDay | None = Field(None, description="The new date, a day of the deal; nothing comes earlier by it.")
    days: TimeAbove0 | None = Field(
        None, description="In its place, how much later: than its date, or than now where that has passed."
    )
    after: Gate = Field(
        default_factory=list,
        description="It comes up as all of these come to hold, by default with the deal's first minute.",
    )
    times: Annotated[int, Field(ge=1, le=MOST_TIMES)] = Field(
        1, description="How often it may be used; once used, it comes up again on the new date."
    )
    claimed_by: Keys | None = Field(None, description="Who says so, where the text does not.")
    contested: Text | None = Field(None, description="Who reads it differently, and how.")
    title: Text | None = Field(None, description="What tables and figures call it; by default its key.")
    short_title: ShortTitle | None = Field(
        None, description="What sentences and narrow tables call it; by default its title."
    )
    clause: Keys | None = Field(None, description="Clause or clauses of the deal's text.")

    @model_validator(mode="after")
    def _one_date(self) -> Power:
        if (self.to is None) == (self.days is None):
            raise broken("bad-power", "a power to redate has either a day ('to') or a time ('days')")
        if not self.by or not self.what:
            raise broken("bad-power", "a power says who has it ('by'), and over what ('what')")
        return self
