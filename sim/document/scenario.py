"""A scenario as people write it, and as it is once everything is written out."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from sim.document.behaviour import Behaviour
from sim.document.broken import AtMost, broken
from sim.document.dates import Due
from sim.document.deal import Deal, Guarantee
from sim.document.design import Designed
from sim.document.values import (
    MOST_STEPS,
    Amount,
    ColumnTitle,
    Expected,
    InstanceKey,
    Key,
    Name,
    Part,
    Shape,
    Source,
    Sourced,
    Text,
    TimeAbove0,
    _or_short,
    exactly_one,
)

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
            raise broken("bad-distribution", f"give exactly one of {', '.join(DISTRIBUTIONS)}; here: {given or 'none'}")
        if self.quantiles is not None and list(self.quantiles) != sorted(self.quantiles):
            raise broken("bad-distribution", "quantiles must not decrease")
        if self.uniform is not None and self.uniform[0] > self.uniform[1]:
            raise broken("bad-distribution", "uniform needs its lower end first")
        if self.beta is not None and min(self.beta) <= 0:
            raise broken("bad-distribution", "both shape parameters of a beta distribution lie above 0")
        if self.lognormal is not None and not 0 < self.lognormal[0] < self.lognormal[1]:
            raise broken("bad-distribution", "lognormal needs 0 < median < 95th percentile")
        return self

    @property
    def values(self) -> list[float]:
        """The values that are in the unit of its number; of a beta distribution none, since it lies in 0 to 1."""
        return list(self.uniform or self.lognormal or self.quantiles or ())


class Posterior(Part):
    """A table of draws: each replicate takes one row of it, so that what is not known stays together."""

    model_config = _or_short({"type": "string"})

    file: Text = Field(description="A CSV file, by its path from the folder of the scenario.")
    sha256: str | None = Field(
        None, pattern="^[0-9a-f]{64}$", description="Of its bytes; a resolved scenario has it, and is refused another."
    )
    rows: int | None = Field(None, description="How many it has; told, not taken.")
    columns: list[str] | None = Field(None, description="Paths that are taken from it; by default all.")

    @model_validator(mode="before")
    @classmethod
    def _plain_name(cls, value: Any) -> Any:
        return {"file": value} if isinstance(value, str) else value


class Axis(Part):
    """The values that one path takes in a sweep: given one by one, or from-to in so many steps."""

    model_config = _or_short({"type": "array", "items": {"type": ["number", "string"]}, "minItems": 1})

    values: Annotated[list[float | str], AtMost(MOST_STEPS, "MOST_STEPS", f"{MOST_STEPS} values")] | None = Field(
        None,
        min_length=1,
        description="Each value, as the path takes it: a number, '12 h', 'day 7'.",
    )
    low: float | str | None = Field(None, description="First value, in the unit of the path.")
    high: float | str | None = Field(None, description="Last value, in the unit of the path.")
    steps: Annotated[int, Field(ge=2), AtMost(MOST_STEPS, "MOST_STEPS", f"{MOST_STEPS} values")] | None = Field(
        None, description="Number of values from low to high."
    )

    @model_validator(mode="before")
    @classmethod
    def _plain_list(cls, value: Any) -> Any:
        return {"values": value} if isinstance(value, list) else value


SCRIPTED_CHOICES = {
    "obligation": ("within_grace", "late", "never", "refused"),
    "dispute": ("not_settled",),
    "patience": ("lasts", "not_restored"),
    "talks": ("not_opened", "not_agreed", "broken_off"),
    "incident": ("minor", "major"),
    "answer": ("not_restored",),
    "shock": ("strikes",),
    "aftermath": ("not_restored",),
    "power": ("used",),
}
"""What can be scripted, and how each departs from compliance."""


class Scripted(Part):
    """One deviation from compliance: a decision, by what it is about, and the choice made in it."""

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
    power: Key | None = Field(None, description="Whether this power is used when it comes up.")
    choice: Text = Field(description="What is chosen instead of compliance; an error lists what there is.")
    at: Due | None = Field(None, description="When, for what has no date: incidents, their answers, undated shocks.")
    time: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        1,
        description="Which time the decision comes up, where it can come up again (obligation, dispute, patience, "
        "power).",
    )

    @property
    def subject(self) -> str:
        """The field that names what is decided."""
        return next(name for name in SCRIPTED_CHOICES if getattr(self, name) is not None)

    @model_validator(mode="after")
    def _one_decision(self) -> Scripted:
        given = [name for name in SCRIPTED_CHOICES if getattr(self, name) is not None]
        if len(given) != 1:
            raise broken("bad-script", f"names exactly one of {', '.join(SCRIPTED_CHOICES)}; here: {given or 'none'}")
        subject = given[0]
        if self.choice not in SCRIPTED_CHOICES[subject]:
            choices = ", ".join(SCRIPTED_CHOICES[subject])
            raise broken("bad-script", f"choice {self.choice!r} does not fit {subject}; choose from {choices}")
        if subject in ("incident", "answer") and self.at is None:
            raise broken("bad-script", f"{subject} needs its time, for instance at: day 3 09:20")
        if self.at is not None and subject not in ("incident", "answer", "shock", "aftermath"):
            raise broken("bad-script", f"{subject} has a time of its own: leave out 'at'")
        if self.time > 1 and subject not in ("obligation", "dispute", "patience", "power"):
            raise broken("bad-script", f"{subject} comes up once: leave out 'time'")
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
    amended: int | str | None = Field(
        None, description="By this day, `day 21`, the deal is taken as amended; without it as it was first agreed."
    )
    sources: dict[str, Source] = Field(default_factory=dict, description="By key: what `source` may name.")
    behaviour: Behaviour = Field(Behaviour(), description="How everybody may behave.")
    uncertain: dict[str, Uncertain] = Field(default_factory=dict, description="By path into the behaviour.")
    posterior: Posterior | None = Field(
        None,
        description="A file with a table of draws, a path to a column: each replicate takes one row. A path that is "
        "set otherwise leaves the table.",
    )
    changes: dict[str, Any] = Field(
        default_factory=dict, description="By path: 'deal.…' changes terms, 'behaviour.…' changes behaviour."
    )
    vary: dict[str, Axis] = Field(default_factory=dict, description="The axes of a sweep, by path.")
    design: Designed | None = Field(
        None, description="What negotiators could change, and what it is judged by; inherited when left out."
    )
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
    posterior: Posterior | None = Field(None, description="The table of draws, with what is taken from it.")
    vary: dict[str, Axis] = Field(default_factory=dict, description="The axes of a sweep, by path.")
    guarantees: dict[Key, Guarantee] = Field(default_factory=dict, description="Beside those of the deal.")
    scripted: list[Scripted] | None = Field(None, description="Deviations from compliance; nothing is drawn.")
    expects: list[Expected] = Field(default_factory=list, description="Bounds on chances and means.")
    notes: list[Text] = Field(default_factory=list, description="What a reader has to know beside the question.")
    changed: list[str] = Field(
        default_factory=list, description="Paths where the terms differ from the deal as agreed."
    )

    def __repr__(self) -> str:
        return f"<Scenario {self.scenario} of the deal {self.deal.deal}, {len(self.deal.obligations)} obligations>"
