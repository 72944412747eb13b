"""A deal as people write it: who is held, what is owed, phases, guarantees, milestones."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, field_validator, model_validator

from sim.document.broken import AtMost, broken
from sim.document.conditions import Claim, Claims, Gate
from sim.document.dates import Due
from sim.document.exchanges import Exchange
from sim.document.kinds import OF_PEOPLE, Kind
from sim.document.powers import Power
from sim.document.quantities import ALL, NEARLY, Amount, Quantity, word_of
from sim.document.sizes import MOST_OBLIGATIONS
from sim.document.values import (
    MOST_LINES,
    Chance,
    Clock,
    Count,
    DealHeading,
    Duration,
    Key,
    Keys,
    Moment,
    Name,
    Number,
    Part,
    Share,
    ShortTitle,
    Source,
    Sourced,
    Text,
    TimeAbove0,
    Titles,
    _keyed,
    _titled,
    exactly_one,
)

PEOPLE = ("people", "remains")
"""What a stock may be of, to be handed over person by person."""
_TWO = Field(min_length=2, max_length=2)
Parties = Annotated[
    dict[Key, Text],
    _TWO,
    BeforeValidator(_titled, json_schema_input_type=Annotated[dict[Key, Text], _TWO] | Annotated[list[Key], _TWO]),
]


def _known(count: Any) -> Any:
    if isinstance(count, str) and count.strip().lower() == "unknown":
        raise broken(
            "bad-amount",
            "a count that nobody knows cannot be run",
            "write the number you go by, with an assumption; 'vary' and studies try others",
        )
    return count


class Stock(Sourced):
    """People, remains or things of one category in somebody's hands: how many, and whose list they are on."""

    list: Key | None = Field(
        None,
        description="Stocks on the same list are one line of every table, people and remains each; by default its own.",
    )
    held_by: Key = Field(description="Party or holder that has them; of things also a mediator or one of `others`.")
    count: Annotated[Count, BeforeValidator(_known)] = Field(description="Number of units at the start.")
    of: Key = Field(
        description="`people` or `remains`, who are searched for, handed over and counted; any other word is of things."
    )
    title: Text | None = Field(None, description="What tables and figures call it; by default its key.")
    short_title: ShortTitle | None = Field(
        None, description="What sentences and narrow tables call it; by default its title."
    )


class Holder(Sourced):
    """A body that holds people outside a party's direct control."""

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
    """So many people for all of a stock together, spread evenly, the remainder with the last of the stock."""

    total: Count = Field(description="Number of people owed for the whole stock.")


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
    due: Due = Field(
        Due("on gate"), description="'day n' counts from the deal's first day, 'phase day n' from the phase's."
    )
    grace: Duration | None = Field(
        None, description="Late after this; by default at the end of the day it was due, a flow after a week."
    )
    after: Gate = Field(
        default_factory=list,
        description="What it waits for. Until then it is not due, so its creditor cannot complain of it, whoever "
        "set the condition; of one with a `deadline` it can.",
    )
    deadline: Due | None = Field(
        None,
        description="Late after this and its grace even while it waits, unless its creditor keeps it waiting; "
        "then its time counts anew once that is over.",
    )
    takes: Duration = Field(0, description="Time the debtor needs once its gate is open.")
    transit: Duration = Field(0, description="Time in the neutral carrier's hands (and for identification).")
    weight: Number = Field(1.0, description="Its part in the side's delivered share, relative to the others'.")
    amount: dict[Key, Amount] = Field(
        default_factory=dict,
        description="Number of units by stock: of people and remains (release, return, transfer), or of things "
        "(transfer, withdrawal, arms, force_deployment, payment, demobilisation).",
    )
    ratio: dict[Key, dict[Key, Count | Spread]] = Field(
        default_factory=dict,
        description="Number of people owed per person released, by stock of those released (return).",
    )
    for_each: Literal["release"] | list[Key] | None = Field(
        None, description="One return for each of these releases; 'release' means all whose stocks the ratio names."
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
    units: Count | None = Field(None, description="Number of units owed, where no stock is counted.")
    unit: ShortTitle | None = Field(None, description="What its units are, as a plural: 'names', 'launchers'.")
    accepted_from: Share = Field(1.0, description="Share of its units from which it counts as met; people count each.")
    contested: Text | None = Field(None, description="Who reads it differently, and how.")
    settled: Literal["yes", "open"] | None = Field(
        None,
        description="Who comes out or how much is given, of people and of things: agreed or left to the debtor, or "
        "still to be agreed. Calibration reads it of people.",
    )
    date_set_by: Literal["both", "one"] | None = Field(
        None,
        description="Whether its date was agreed or one side's; not of a truce, flow or talks. Calibration reads it of "
        "people.",
    )

    @property
    def is_up_to(self) -> bool:
        """Whether what has come when its grace ends is enough."""
        return any(word_of(number) == "up_to" for number in self.amount.values())

    @property
    def share_enough(self) -> float:
        """The share of what it owes from which it is met."""
        nearly = any(word_of(number) == "about" for number in self.amount.values())
        return NEARLY if nearly else self.accepted_from


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
            raise broken(
                "bad-guarantee", f"a guarantee has exactly one of {', '.join(PATTERNS)}; here: {given or 'none'}"
            )
        return self

    def claims(self) -> list[Claim]:
        """All claims that it makes."""
        answered = [] if self.responds is None else [*self.responds.to, *self.responds.with_]
        return [*(self.never or []), *(self.always or []), *(self.precedes or ()), *answered]


class Milestone(Sourced):
    """Something that readers look for: it comes about in the first minute at whose end all of its conditions hold."""

    title: Text = Field(description="What tables and figures call it, short: 'Phase two entered'.")
    when: Claims


class Contested(Sourced):
    """A fact that accounts differ on: who says what, and what this document follows."""

    about: Text = Field(description="The fact in question.")
    accounts: dict[str, Text] = Field(description="By source: what it says.")
    follows: Text | None = Field(None, description="The account that this document goes by, and why.")


class Amendment(Sourced):
    """What was agreed anew after the deal had begun; left out unless a scenario or command asks for it by its day."""

    from_: str = Field(alias="from", description="Day on which it became known, `day 8`; until then the text holds.")
    title: Text = Field(description="What changes, in a few words.")
    changes: dict[str, Any] = Field(
        min_length=1, description="Values by path below the deal, `obligations.batch_2.due`; null removes."
    )


class Deal(Part):
    """What was agreed."""

    deal: Name = Field(description="Its name: small letters, digits and hyphens.")
    title: Text = Field(description="What pages and tables call it.")
    short_title: DealHeading | None = Field(None, description="What a narrow heading calls it; by default its title.")
    summary: Text | None = Field(None, description="What it is, in a few sentences.")
    pair: Name | None = Field(
        None, description="The two sides as evidence names them, such as `israel-hamas`. For calibration alone."
    )
    starts: Moment = Field(
        description="Date and hour with the offset from UTC, such as 2025-01-19T08:30+02:00; day 1 is its local date."
    )
    due_hour: Clock = Field("12:00", description="Local hour, HH:MM, of a date that names none.")
    horizon: TimeAbove0 = Field(180 * 1440, description="How long a replicate is followed from the start.")
    sources: dict[str, Source] = Field(default_factory=dict, description="By key: what `source` may name.")
    parties: Parties = Field(description="The two sides, each with its name; a list of keys will do.")
    holders: dict[Key, Holder] = Field(
        default_factory=dict, description="Bodies that hold people outside a party's direct control."
    )
    mediators: Titles = Field(default_factory=dict, description="Who settles disputes, each with its name.")
    others: Titles = Field(default_factory=dict, description="Third states and bodies that owe something.")
    stocks: dict[Key, Stock] = Field(
        default_factory=dict, description="People, remains and things in somebody's hands, by category."
    )
    lines: Annotated[dict[Key, Line], AtMost(MOST_LINES, "MOST_LINES", f"{MOST_LINES} lines")] = Field(
        default_factory=dict,
        description="Withdrawal lines in their order, the one held at the start first.",
    )
    phases: dict[Key, Phase] = Field(min_length=1, description="The stretches of the deal; the first one begins it.")
    obligations: Annotated[
        dict[Key, Obligation],
        AtMost(MOST_OBLIGATIONS, "MOST_OBLIGATIONS", f"{MOST_OBLIGATIONS} obligations", "sim/document/sizes.py"),
    ] = Field(
        min_length=1,
        description="Everything owed; the order decides between simultaneous events.",
    )
    exchanges: dict[Key, Exchange] = Field(
        default_factory=dict, description="What is carried out in step, each side only as far as the others are ready."
    )
    powers: dict[Key, Power] = Field(
        default_factory=dict, description="What somebody may change of the deal; whether it does is behaviour."
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
    amended: list[Amendment] = Field(
        default_factory=list,
        description="What was agreed anew, by day; `amended: day 21` of a scenario asks for it.",
    )
    not_modelled: dict[str, Text] = Field(
        default_factory=dict, description="Clauses that oblige nobody or cannot be run, each with the reason."
    )
    language: Literal["en"] = Field("en", description="Of titles and notes.")

    @model_validator(mode="after")
    def _count_all(self) -> Deal:
        """Owe, where all of a stock is owed, what no other obligation owes of it."""
        numbers: Counter[str] = Counter()
        for obligation in self.obligations.values():
            numbers.update({stock: n for stock, n in obligation.amount.items() if word_of(n) != ALL})
        for key, obligation in self.obligations.items():
            rest = {
                stock: Quantity(max(0, self.stocks[stock].count - numbers[stock]) if stock in self.stocks else 0, ALL)
                for stock, number in obligation.amount.items()
                if word_of(number) == ALL
            }
            if rest:
                self.obligations[key] = obligation.model_copy(update={"amount": {**obligation.amount, **rest}})
        return self

    @property
    def people(self) -> dict[str, Stock]:
        """The stocks of people and of remains, in their order: they alone are found, handed over, counted and die."""
        return {key: stock for key, stock in self.stocks.items() if stock.of in PEOPLE}

    def hands_over_people(self, obligation: Obligation) -> bool:
        """Whether people or remains are handed over under an obligation, person by person.

        Parameters
        ----------
        obligation : Obligation
        """
        return obligation.kind in OF_PEOPLE or any(stock in self.people for stock in obligation.amount)

    def units_of(self, obligation: Obligation) -> int | None:
        """How many units of things an obligation owes, by stock or plainly; None of what is not counted in units.

        Parameters
        ----------
        obligation : Obligation
        """
        if self.hands_over_people(obligation):
            return None
        return sum(obligation.amount.values()) if obligation.amount else obligation.units

    @property
    def has_truce(self) -> bool:
        """Whether a truce belongs to the deal: it holds in a phase, or somebody owes it."""
        owed = any(obligation.kind == "truce" for obligation in self.obligations.values())
        return owed or any(phase.truce for phase in self.phases.values())

    @property
    def first_phase(self) -> str:
        """The phase with which the deal begins, and in which everything is owed that names none."""
        return next(iter(self.phases))

    @field_validator("lines", mode="before", json_schema_input_type=dict[Key, Line] | list[Key])
    @classmethod
    def _lines_may_be_a_list(cls, value: Any) -> Any:
        return _keyed(value, lambda _: {})
