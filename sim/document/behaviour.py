"""How parties, holders, mediators and chance may behave."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from sim.document.broken import broken
from sim.document.conditions import Gate
from sim.document.dates import Due
from sim.document.kinds import Kind
from sim.document.values import (
    DURATION_SCHEMA,
    Amount,
    Chance,
    Count,
    Duration,
    InstanceKey,
    Key,
    Number,
    ShortTitle,
    Sourced,
    Text,
    TimeAbove0,
    _or_short,
    exactly_one,
    write_duration,
)


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
            raise broken(
                "bad-delay", f"p95 ({write_duration(self.p95)}) lies below the median ({write_duration(self.median)})"
            )
        if self.median == 0 and self.p95 > 0:
            raise broken("bad-delay", "a median of 0 has no spread: give a median above 0, or 0 for both")
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
        default_factory=dict,
        description="By obligation; the return for one release is '<return>.<release>', lot 2 '<leg>.2'.",
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
    """Time to locate people of a stock, person by person, from the start of the deal."""

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
    starts: Due = Field(Due("day 1"), description="First day of the deal with it; without an hour from midnight on.")
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
    stock: Key | None = Field(None, description="Whose people are found at once (locates).")
    title: Text | None = Field(None, description="What tables and figures call it; by default its key.")
    short_title: ShortTitle | None = Field(
        None, description="What sentences and narrow tables call it; by default its title."
    )

    @model_validator(mode="after")
    def _dated_or_random(self) -> Shock:
        if (self.at is None) == (self.per_day is None):
            raise broken("bad-shock", "a shock has either a date ('at') or a hazard ('per_day')")
        needs = {"suspends_truce": ("by", "lasts"), "shifts": ("path", "to"), "locates": ("stock",)}
        missing = [name for name in needs.get(self.effect, ()) if getattr(self, name) is None]
        if missing:
            raise broken("bad-shock", f"effect {self.effect} needs {', '.join(missing)}")
        return self


class PowerBehaviour(Sourced):
    """Whether and when those who have a power use it."""

    used: Chance = Field(0.0, description="Chance that it is used, each time that it comes up.")
    time: Delay = Field(NO_TIME, description="Time from then to its use, if what it waits for still holds.")


class Behaviour(Sourced):
    """How everybody may behave. Without any of it, all parties do what the deal says on the day it says."""

    parties: dict[Key, PartyBehaviour] = Field(default_factory=dict, description="By party, mediator or other debtor.")
    holders: dict[Key, HolderBehaviour] = Field(default_factory=dict, description="By holder.")
    search: dict[Key, Search] = Field(default_factory=dict, description="By stock.")
    deaths: dict[Key, Deaths] = Field(
        default_factory=dict, description="By stock; or by party or holder, for every stock of people that it holds."
    )
    mediators: Mediation = Field(Mediation(), description="Who settles disputes, how soon and how often.")
    guarantors: Guarantors = Field(Guarantors(), description="Who brings a suspended truce back.")
    talks: dict[Key, TalksBehaviour] = Field(default_factory=dict, description="By topic.")
    incidents: dict[Key, IncidentSource] = Field(default_factory=dict, description="By source, under any key.")
    shocks: dict[Key, Shock] = Field(default_factory=dict, description="By shock, under any key.")
    powers: dict[Key, PowerBehaviour] = Field(default_factory=dict, description="By power of the deal.")
