"""From declared guarantees to the plan: facts, what each event does to them, and formulas over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from sim.document.conditions import Asked, Claim
from sim.document.dates import Due
from sim.document.deal import Deal, Guarantee
from sim.document.measured import counted_by
from sim.document.milestones import Milestone
from sim.errors import PlanError
from sim.plan.codes import (
    DONE,
    FIELD_ACTOR,
    FIELD_EVENT,
    FIELD_SUBJECT,
    FIRST_OF_OBLIGATIONS,
    N_CUSTODIES,
    N_EVENTS,
    N_HEADINGS,
    NONE,
    OF_OBLIGATIONS,
    WHOLE,
    Custody,
    End,
    Event,
    News,
    Pattern,
    Status,
    Talks,
    Truce,
)
from sim.plan.days import Days
from sim.plan.limits import MAX_CLAIMS, MAX_FACTS, MAX_GUARANTEES, MAX_NEWS
from sim.plan.names import Names
from sim.plan.normal import NormalForm

Array = np.ndarray[Any, Any]
STATUS_EVENTS = (
    Event.OBLIGATION_DUE, Event.OBLIGATION_WITHHELD, Event.OBLIGATION_RESUMED, Event.OBLIGATION_LATE,
    Event.OBLIGATION_REDATED, Event.OBLIGATION_MET, Event.OBLIGATION_MET_LATE, Event.OBLIGATION_CURED,
    Event.OBLIGATION_DEFAULTED, Event.OBLIGATION_EXCUSED, Event.OBLIGATION_VOID, Event.DISPUTE_OPENED,
    Event.DISPUTE_SETTLED,
)  # fmt: skip
"""Events that say in which state they leave an obligation; one brought forward is due."""
TALKS_EVENTS = (Event.TALKS_OPENED, Event.TALKS_AGREED, Event.TALKS_BROKEN_OFF)
TRUCE_EVENTS = (Event.TRUCE_BEGAN, Event.TRUCE_SUSPENDED, Event.TRUCE_RESTORED, Event.TRUCE_ENDED)
ENDS = (Event.DEAL_COMPLETED, Event.DEAL_COLLAPSED, Event.DEAL_LAPSED, Event.DEAL_STANDING)
PHASE_NEWS: dict[str, tuple[tuple[Event, ...], tuple[Event, ...]]] = {
    "entered": ((Event.PHASE_ENTERED,), ()),
    "ended": ((Event.PHASE_ENDED,), ()),
    "lapsed": ((Event.PHASE_LAPSED,), ()),
    "in_force": ((Event.PHASE_ENTERED,), (Event.PHASE_ENDED, Event.PHASE_LAPSED)),
    "continued": ((Event.PHASE_CONTINUED,), (Event.PHASE_ENDED, Event.PHASE_LAPSED)),
}
"""By state of a phase, the events that bring it about and those that end it; the first three stay true."""
COUNTS = {"held": Custody.HELD, "in_transit": Custody.IN_TRANSIT, "released": Custody.RELEASED}


@dataclass(frozen=True)
class Fact:
    """Something that holds while its level has come to a threshold, and what bears on it, by heading."""

    subject: int
    value: int
    threshold: int
    start: int
    news: tuple[tuple[int, News], ...]


NEVER_TRUE, EVER_TRUE = Fact(0, 0, 1, 0, ()), Fact(0, 0, 0, 0, ())
Said = tuple[int, int]
"""A fact by its number, and 1 where it is claimed that it does not hold."""


@dataclass
class Facts:
    """Claims as facts, each fact once.

    Parameters
    ----------
    deal : Deal
    names : Names
        Places in the plan.
    is_dynamic, owed : ndarray of int
        By obligation, whether it is owed only as releases are made, and how much of it.
    withdrawing : callable
        The actor whose withdrawal a claim speaks of.
    steps : set of (int, int)
        Obligations and the shares of them that somebody waits for, in parts of `WHOLE`; added to.
    days : Days
        That conditions ask for.
    """

    deal: Deal
    names: Names
    is_dynamic: Array
    owed: Array
    withdrawing: Callable[[Claim], int]
    steps: set[tuple[int, int]]
    days: Days
    places: dict[Fact, int] = field(default_factory=dict)

    def place(self, fact: Fact) -> int:
        """The number of a fact, a new one if it is new."""
        return self.places.setdefault(fact, len(self.places))

    def clauses(self, claims: Iterable[Claim], so_far: int) -> Iterator[tuple[Said, ...]]:
        """What of each must hold, for claims that must all hold, where so many have been written down before."""
        form = NormalForm(self._said, _opposite, lambda more: _refuse_more("claims", so_far + more, MAX_CLAIMS))
        for claim in claims:
            for clause in form.of(claim):
                yield clause or ((self.place(NEVER_TRUE), 0),)
                so_far += len(clause)

    def _said(self, claim: Asked) -> list[tuple[Said, ...]]:
        return [tuple((fact, 0) for fact in dict.fromkeys(clause)) for clause in self._of(cast(Claim, claim))]

    def _of(self, claim: Claim) -> list[tuple[int, ...]]:
        """The clauses of one claim that is not made of others."""
        if claim.day is not None:
            return [(self.place(self._day(claim.day)),)]
        for name, custody in COUNTS.items():
            if getattr(claim, name) is not None:
                return [(self.place(fact),) for fact in self._people(claim, getattr(claim, name), custody)]
        if claim.obligation is not None:
            return self._obligation(claim.obligation, claim)
        return [(self.place(self._standing(claim)),)]

    def _people(self, claim: Claim, wanted: int | dict[str, int], custody: Custody) -> Iterator[Fact]:
        if isinstance(wanted, dict):
            sets = [([group], number) for group, number in wanted.items()]
        else:
            sets = [(counted_by(self.deal, claim), wanted)]
        for keys, number in sets:
            start = sum(self.deal.stocks[key].count for key in keys) if custody == Custody.HELD else 0
            news = tuple(piece for key in keys for piece in _moves(self.names.groups[key], custody))
            yield Fact(NONE, custody, number, start, news)

    def _obligation(self, key: str, claim: Claim) -> list[tuple[int, ...]]:
        """Delivered: every return of a release; in a state: one of them is enough."""
        if claim.state is None:
            parts = self.names.to_be_delivered(key, claim.share, self.owed)
            return [(self.place(self._delivered(key, o, share)),) for o, share in parts]
        status = Status[claim.state.upper()]
        news = tuple((event, News.BECOMES) for event in STATUS_EVENTS)
        news += ((Event.OBLIGATION_BROUGHT_FORWARD, News.TRUE if status == Status.DUE else News.FALSE),)
        facts = [Fact(o, status, 1, 0, news) for o in self.names.instances_of(key)] or [NEVER_TRUE]
        return [tuple(map(self.place, facts))]

    def _delivered(self, key: str, o: int, share: float | None) -> Fact:
        """Delivered in this share of what is owed; without a share, done by the creditor's standard."""
        obligation, is_dynamic = self.deal.obligations[key], bool(self.is_dynamic[o])
        kind, owed = obligation.kind, int(self.owed[o])
        by_share = share is not None and (kind == "flow" or bool(self.deal.units_of(obligation)))
        if is_dynamic or by_share or owed == 0:
            self.steps.add((o, step_of(share)))
            return Fact(o, 0, step_of(share), 0, ((Event.OBLIGATION_SHARE, News.SHARE),))
        is_exact = not obligation.is_up_to and obligation.share_enough == 1.0
        if self.deal.hands_over_people(obligation) and (is_exact or share is not None):
            news = tuple((heading(g, Custody.RELEASED), News.DELIVERED) for g in self.names.groups.values())
            return Fact(o, 0, int(np.ceil((share or 1.0) * owed - 1e-9)), 0, news)
        if kind == "flow":
            return Fact(o, 0, 1, 0, ((Event.FLOW_CHANGED, News.RUNS),))
        return Fact(o, 0, 1, 0, tuple((event, News.TRUE) for event in DONE))

    def _standing(self, claim: Claim) -> Fact:
        """Lines, talks, phases, the truce and the end."""
        if claim.line is not None:
            return Fact(
                self.withdrawing(claim), 0, self.names.lines[claim.line], 0, ((Event.LINE_REACHED, News.REACHED),)
            )
        if claim.truce is not None:
            truce = Truce[claim.truce.upper()]
            news = tuple((event, News.BECOMES) for event in TRUCE_EVENTS)
            return Fact(0, truce, 1, int(truce == Truce.NOT_BEGUN), news)
        if claim.talks is not None:
            return self._talks(self.names.topics[claim.talks], claim.state or "under_way")
        if claim.phase is not None:
            begins, ends = PHASE_NEWS[claim.state or "entered"]
            news = tuple((event, News.TRUE) for event in begins) + tuple((event, News.FALSE) for event in ends)
            return Fact(self.names.phases[claim.phase], 0, 1, 0, news + (_over() if ends else ()))
        end = End[str(claim.end).upper()]
        return Fact(0, 0, 1, 0, ((ENDS[end - End.COMPLETED], News.TRUE),))

    def _day(self, day: Due) -> Fact:
        place = self.days.place(day)
        return EVER_TRUE if place is None else Fact(place, 0, 1, 0, ((Event.DAY_CAME, News.TRUE),))

    def _talks(self, topic: int, state: str) -> Fact:
        if state == "started":
            return Fact(topic, 0, 1, 0, ((Event.TALKS_OPENED, News.TRUE),))
        news = tuple((event, News.BECOMES) for event in TALKS_EVENTS)
        return Fact(topic, Talks[state.upper()], 1, 0, news + (_over() if state == "under_way" else ()))


def step_of(share: float | None) -> int:
    """A share in parts of `WHOLE`; more than all of it where none is given, which asks that it is done."""
    return WHOLE + 1 if share is None else max(1, round(share * WHOLE))


def heading(group: int, custody: Custody) -> int:
    """Where the plan lists who follows people of a group that come into a custody."""
    return N_EVENTS + N_CUSTODIES * group + custody


def _moves(group: int, custody: Custody) -> Iterator[tuple[int, News]]:
    """What moves of a group do to its number in one custody."""
    yield heading(group, custody), News.MORE
    if custody == Custody.HELD:
        yield heading(group, Custody.IN_TRANSIT), News.FEWER
    elif custody == Custody.IN_TRANSIT:
        yield heading(group, Custody.HELD), News.FEWER
        yield heading(group, Custody.RELEASED), News.FEWER


def _over() -> tuple[tuple[int, News], ...]:
    return tuple((event, News.OVER) for event in ENDS)


def _opposite(said: Said) -> Said:
    return said[0], 1 - said[1]


def _formulas(guarantee: Guarantee) -> tuple[Pattern, list[Claim], list[Claim]]:
    """The pattern of a guarantee and its two sets of claims; the second is empty where the pattern has one."""
    if guarantee.never is not None:
        return Pattern.NEVER, guarantee.never, []
    if guarantee.always is not None:
        return Pattern.ALWAYS, guarantee.always, []
    if guarantee.precedes is not None:
        return Pattern.PRECEDES, [guarantee.precedes[0]], [guarantee.precedes[1]]
    assert guarantee.responds is not None
    return Pattern.RESPONDS, guarantee.responds.to, guarantee.responds.with_


def fill_guarantees(
    record: Any, guarantees: Mapping[str, Guarantee], facts: Facts, milestones: Sequence[Milestone] = ()
) -> tuple[Milestone, ...]:
    """Write declared guarantees and milestones into a plan.

    A milestone is followed like a guarantee that its claims never hold all at once: the minute in which that is first
    violated is the one in which it comes about.

    Parameters
    ----------
    record : numpy record of PLAN
        Changed in place.
    guarantees : mapping of str to Guarantee
    facts : Facts
        Of the same deal.
    milestones : sequence of Milestone, optional

    Returns
    -------
    tuple of Milestone
        Those that are followed: all of them, or only what the document names where there is no room for the others.

    Raises
    ------
    PlanError
        If there are more of what the document names, or they say more, than the engine takes.
    """
    named = [one for one in milestones if one.kind == "declared"]
    try:
        _fill(record, [*guarantees.values(), *map(_never, milestones)], facts)
    except PlanError:
        facts.places.clear()
        _fill(record, [*guarantees.values(), *map(_never, named)], facts)
        return tuple(named)
    return tuple(milestones)


def _never(milestone: Milestone) -> Guarantee:
    return Guarantee(never=list(milestone.claims))


def _fill(record: Any, guarantees: Sequence[Guarantee], facts: Facts) -> None:
    if len(guarantees) > MAX_GUARANTEES:
        raise PlanError(f"{len(guarantees)} guarantees and milestones; the engine takes at most {MAX_GUARANTEES}")
    claims: list[tuple[int, int, int]] = []
    record["asks_for_answer"] = sum(1 << g for g, one in enumerate(guarantees) if one.responds is not None)
    record["n_guarantees"] = len(guarantees)
    for g, guarantee in enumerate(guarantees):
        pattern, *formulas = _formulas(guarantee)
        record["pattern"][g] = pattern
        record["within"][g] = NONE if guarantee.responds is None else guarantee.responds.within
        for side, formula in enumerate(formulas):
            record["formula_start"][2 * g + side] = len(claims)
            for clause in facts.clauses(formula, len(claims)):
                number = len(claims)
                claims.extend((fact, negated, number) for fact, negated in clause)
                _refuse_more("claims", len(claims), MAX_CLAIMS)
    record["formula_start"][2 * len(guarantees)] = len(claims)
    news = [(int(event), f, effect) for fact, f in facts.places.items() for event, effect in fact.news]
    _refuse_more("facts", len(facts.places), MAX_FACTS)
    _refuse_more("events to follow", len(news), MAX_NEWS)
    for c, row in enumerate(claims):
        record["claim_fact"][c], record["claim_negated"][c], record["claim_clause"][c] = row
    record["fact_guarantees"] = 0
    for g in range(len(guarantees)):
        for fact, *_ in claims[record["formula_start"][2 * g] : record["formula_start"][2 * g + 2]]:
            record["fact_guarantees"][fact] |= 1 << g
    _fill_facts(record, list(facts.places), news)


def _refuse_more(what: str, n: int, most: int) -> None:
    if n > most:
        raise PlanError(f"guarantees and milestones say more than the engine takes: {n} {what}, at most {most}")


def _fill_facts(record: Any, facts: list[Fact], news: list[tuple[int, int, News]]) -> None:
    record["n_facts"] = len(facts)
    for f, fact in enumerate(facts):
        record["fact_subject"][f], record["fact_value"][f] = fact.subject, fact.value
        record["fact_threshold"][f], record["fact_start"][f] = fact.threshold, fact.start
    # the histogram by day follows people and obligations met whatever is declared
    followed = {of for of, _, _ in news if of < N_EVENTS} | {Event.PEOPLE_MOVED, Event.REMAINS_MOVED, *DONE}
    record["followed_events"] = sum(1 << event for event in followed)
    listed = sorted((_listed(of, facts[f]), f, effect, of) for of, f, effect in news)
    record["news_start"][:] = np.searchsorted([place for place, *_ in listed], np.arange(N_HEADINGS + 1))
    for i, (_, f, effect, of) in enumerate(listed):
        record["news_fact"][i], record["news"][i] = f, effect
        record["news_field"][i], record["news_about"][i] = _about(of, facts[f], effect)


def _is_of_obligations(of: int) -> bool:
    return of < N_EVENTS and bool((OF_OBLIGATIONS >> of) & 1)


def _listed(of: int, fact: Fact) -> int:
    """Where an event that bears on a fact is listed: with its obligation if it is about one."""
    return FIRST_OF_OBLIGATIONS + fact.subject if _is_of_obligations(of) else of


def _about(of: int, fact: Fact, effect: News) -> tuple[int, int]:
    """The field of an event that has to be about the fact, and what it has to be, for the event to bear on it."""
    if effect == News.OVER or _is_of_obligations(of):
        return FIELD_EVENT, of
    if effect in (News.MORE, News.FEWER):  # people: listed by group already
        return FIELD_SUBJECT, (of - N_EVENTS) // N_CUSTODIES
    return (FIELD_ACTOR if effect in (News.DELIVERED, News.REACHED) else FIELD_SUBJECT), fact.subject
