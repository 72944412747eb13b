"""The document of a study: scenarios put side by side, what is read off them, and where its own numbers come from."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from sim.document.broken import broken
from sim.document.design import Designed
from sim.document.values import Part, Source, Sourced, Text, exactly_one

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]


class Case(Sourced):
    """One scenario of a study: as it is written, or with changes of the study's own."""

    title: Text = Field(description="What tables and figures call it.")
    scenario: str | None = Field(None, description="Name or path; by default that of the baseline.")
    changes: dict[str, Any] = Field(
        default_factory=dict, description="By path, as of a scenario; they need a source or an assumption here."
    )


class Baseline(Case):
    """The scenario that all others are compared with."""

    name: Slug = Field("baseline", description="What tables and figures call it.")
    scenario: str = Field(description="Name of the catalogue, or a path.")


class StudyAxis(Sourced):
    """One path of the baseline that takes several values, each a case of its own."""

    title: Text = Field(description="What tables call it, with its unit.")
    path: Text = Field(description="'deal.…', 'behaviour.…' or 'horizon'.")
    values: list[float | str] = Field(
        min_length=2, max_length=50, description="Each value, as the path takes it: a number, '12 h', 'day 7'."
    )


class Milestone(Part):
    """Something that a run reaches or does not: one outcome at least, or at most, so large."""

    model_config = ConfigDict(json_schema_extra=exactly_one("at_least", "at_most"))

    title: Text = Field(description="A clause that ends 'in 38 of 100 runs …'.")
    outcome: Text = Field(description="The outcome that is looked at.")
    at_least: float | None = Field(None, description="Reached from this value on, in the outcome's published unit.")
    at_most: float | None = Field(None, description="Reached up to this value, in the outcome's published unit.")

    @model_validator(mode="after")
    def _one_bound(self) -> Milestone:
        if (self.at_least is None) == (self.at_most is None):
            raise broken("bad-milestone", "a milestone has either at_least or at_most")
        return self


class Tries(Part):
    """How hard a study looks for choices of terms."""

    points: Annotated[int, Field(ge=4, le=100_000)] = Field(200, description="Choices that are tried.")
    n: Annotated[int, Field(ge=2, le=10**6)] = Field(200, description="Replicates of each.")
    again: Annotated[int, Field(ge=2, le=10**7)] = Field(
        4000, description="Fresh replicates of each point that is told."
    )


class Study(Part):
    """Scenarios compared with a baseline on the same draws, and what is to be read off them."""

    study: Slug = Field(description="Its name: small letters, digits and hyphens.")
    title: Text = Field(description="Heading of its page of findings.")
    question: Text = Field(description="What it is there to answer, as a question.")
    baseline: Baseline = Field(description="What all other cases are compared with.")
    variants: dict[Slug, Case] = Field(default_factory=dict, description="By key: single cases.")
    axes: dict[Slug, StudyAxis] = Field(default_factory=dict, description="By key: one case for each value.")
    outcomes: list[str] = Field(min_length=1, description="The outcomes of interest, the first one foremost.")
    milestones: dict[Slug, Milestone] = Field(
        default_factory=dict, description="By key: what is counted in how many of 100 runs."
    )
    design: Designed | None = Field(
        None, description="Terms of the baseline that can be chosen, searched as by `ceasefire design`."
    )
    search: Tries | None = Field(None, description="How hard they are searched.")
    n: Annotated[int, Field(ge=2, le=10**9)] = Field(description="Number of replicates of each case.")
    seed: Annotated[int, Field(ge=0, lt=2**64)] = Field(
        0, description="Whole number; with it, the same draws anywhere."
    )
    sources: dict[str, Source] = Field(default_factory=dict, description="By key: what `source` may name.")
    not_modelled: list[Text] = Field(min_length=1, description="What a reader has to know before any number.")
    notes: list[Text] = Field(default_factory=list, description="What a reader has to know beside the question.")
