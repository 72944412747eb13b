"""Decisions of mediators, about the truce, and of incidents: how each fell in one history.

What is drawn, which number it is held against and what follows is as in `sim.rules`, with the numbers in force then.
"""

from __future__ import annotations

from sim.analysis.decided.moments import AsRulesRead, Moment, Side
from sim.analysis.decided.questions import (
    AS_SCRIPTED,
    INCIDENTS,
    Question,
    a_time,
    drawn_over,
    is_scripted,
    next_of,
    place_of,
    told,
)
from sim.analysis.decided.verdict import Limit, Verdict, spread
from sim.document.names import actor_called, source_called
from sim.document.values import write_duration
from sim.outcomes.columns import subject_name
from sim.plan.codes import FIELD_ACTOR, FIELD_CAUSE, FIELD_EVENT, FIELD_MINUTE, FIELD_SUBJECT, Event, Truce
from sim.plan.plan import Plan
from sim.plan.uniforms import (
    ARRIVES_ANSWER,
    ARRIVES_SEVERITY,
    MEDIATES_ATTEMPT,
    MEDIATES_SUCCESS,
    SHOCK_LENGTH,
    SHOCK_RESTORES,
    SUSPENDS_LENGTH,
    SUSPENDS_RESTORES,
)
from sim.rules.chance import chance_under, pressure_on
from sim.rules.sides import counterpart

TRIED = (Event.DISPUTE_SETTLED, Event.MEDIATION_FAILED)
BEGINS = (Event.TRUCE_BEGAN, Event.TRUCE_RESTORED)


# ---------------------------------------------------------------- mediators


def attempt_takes(plan: Plan, name: str) -> Question:
    """How long mediators need for the attempt."""

    def fell(side: Side, minute: int) -> Verdict | None:
        o = place_of(side.plan.obligations, name)
        end = side.end_of(minute)
        if o is None or is_scripted(side.plan):
            return None
        attempt = side.last(TRIED, o, end)
        begun = side.last((Event.DISPUTE_OPENED, Event.MEDIATION_FAILED), o, end if attempt is None else attempt - 1)
        if begun is None:
            return None
        moment, p = side.before(begun), side.plan.record[0]
        occurrence = moment.count("n_mediations", o) + (side.rows[begun][FIELD_EVENT] == Event.MEDIATION_FAILED)
        drawn = moment.uniforms(f"mediates {name}", occurrence)[MEDIATES_ATTEMPT]
        return a_time(moment, drawn, (int(p["attempt_median"][o]), int(p["attempt_p95"][o])), occurrence)

    return Question(f"mediates {name}", "the mediators", f"how long to work on the dispute over {told(plan, name)}",
                    fell)  # fmt: skip


def attempt_succeeds(plan: Plan, name: str) -> Question:
    """Tell how mediators' attempt at a dispute fell."""

    def fell(side: Side, minute: int) -> Verdict | None:
        found = drawn_over(side, side.plan.obligations, name, TRIED, minute)
        if found is None or side.rows[found[1]][FIELD_MINUTE] != minute:
            return None
        o, attempt = found
        moment, p = side.before(attempt), side.plan.record[0]
        occurrence = moment.count("n_mediations", o)
        drawn = moment.uniforms(f"mediates {name}", occurrence)[MEDIATES_SUCCESS]
        strength = pressure(moment, minute, int(p["debtor"][o]))
        own = moment.number(p["settles"][o])
        chance = float(chance_under(own, strength))
        numbers = () if strength == 1 else (f"{own:.4g} under a pressure of {strength:.3g}",)
        result = "settled" if drawn < chance else "not settled"
        return Verdict(result, drawn, (Limit("settled", chance),), numbers, occurrence)

    return Question(f"mediates {name}", "the mediators", f"whether to settle the dispute over {told(plan, name)}",
                    fell)  # fmt: skip


def flow_settled(plan: Plan, name: str) -> Question:
    """The level to which a settlement brings a flow that ran lower."""

    def fell(side: Side, minute: int) -> Verdict | None:
        o = place_of(side.plan.obligations, name)
        settled = None if o is None else side.last((Event.DISPUTE_SETTLED,), o, side.end_of(minute))
        if settled is None or side.rows[settled][FIELD_MINUTE] != minute:
            return None
        level = side.before(settled).number(int(side.plan.record[0]["flows_to"]))
        return Verdict(f"to {level:.4g} of what is owed, if it ran lower")

    return Question(f"mediates {name}", "the mediators", f"how far a settlement brings {told(plan, name)}", fell)


def pressure(moment: Moment, minute: int, party: int) -> float:
    """What all mediators together bring to bear on a party."""
    record = moment.plan.record[0]
    state = {"now": minute, "parameter": moment.state["parameter"]}
    return float(pressure_on(AsRulesRead(record, {}), AsRulesRead(record, state), party))


# ---------------------------------------------------------------- the truce


def suspension(side: Side, suspended: int) -> Question:
    """How long a suspended truce stays so, and whether it comes back.

    Parameters
    ----------
    side : Side
    suspended : int
        The event with which it was suspended there.
    """

    def fell(other: Side, minute: int) -> Verdict | None:
        last = other.last((Event.TRUCE_SUSPENDED,), None, other.end_of(minute))
        return None if last is None or is_scripted(other.plan) else _suspension(other, last)

    plan, about = side.plan, "whether the suspended truce comes back, and when"
    party = actor_called(plan.scenario.deal, plan.actors[side.rows[suspended][FIELD_ACTOR]])
    return Question(_address(side, suspended), party, about, fell)


def _address(side: Side, suspended: int) -> str:
    """The decision that a suspension is drawn by."""
    cause = side.rows[side.rows[suspended][FIELD_CAUSE]]
    kind, name = Event(cause[FIELD_EVENT]), subject_name(side.plan, Event(cause[FIELD_EVENT]), cause[FIELD_SUBJECT])
    if kind == Event.DISPUTE_OPENED:
        return f"suspends {name}"
    return f"answer {name}" if kind in INCIDENTS else f"shock {name}"


def _suspension(side: Side, suspended: int) -> Verdict:
    p, moment, address = side.plan.record[0], side.before(suspended), _address(side, suspended)
    minute, _, _, party, cause, _, _ = side.rows[suspended]
    kind, subject = Event(side.rows[cause][FIELD_EVENT]), side.rows[cause][FIELD_SUBJECT]
    occurrence, names, place = 0, ("shock_median", "shock_p95"), subject
    if kind == Event.DISPUTE_OPENED:
        occurrence, names, place = moment.count("n_suspends", subject), ("suspends_median", "suspends_p95"), party
    elif kind in INCIDENTS:
        occurrence, names, place = moment.count("n_arrivals", subject), ("response_median", "response_p95"), party
    uniforms = moment.uniforms(address, occurrence)
    # of an obligation or a source the length and the restoration stand at the same places
    where = (SHOCK_LENGTH, SHOCK_RESTORES) if kind == Event.SHOCK_STRUCK else (SUSPENDS_LENGTH, SUSPENDS_RESTORES)
    length, restored = (uniforms[place] for place in where)
    slots = int(p[names[0]][place]), int(p[names[1]][place])
    ready, guarantors = moment.number(p["restores"][party]), moment.number(p["guarantors_restore"])
    own = float(chance_under(ready, max(1.0, pressure(moment, minute, party))))
    chance = 1.0 - (1.0 - own) * (1.0 - guarantors)
    took = write_duration(max(1, moment.time(length, *slots)))
    numbers = (f"{own:.4g} by itself, {guarantors:.4g} by guarantors", f"length {spread(*map(moment.number, slots))}")
    result = f"back after {took}" if restored < chance else f"not back, known after {took}"
    return Verdict(result, restored, (Limit("comes back", chance),), numbers, occurrence)


def answer(plan: Plan, source: str, kind: Event) -> Question:
    """Tell whether an incident was answered by suspending the truce."""

    def fell(side: Side, minute: int) -> Verdict | None:
        found = drawn_over(side, side.plan.sources, source, INCIDENTS, minute)
        if found is None or side.rows[found[1]][FIELD_MINUTE] != minute:
            return None
        s, happened = found
        moment, p = side.before(happened), side.plan.record[0]
        other = int(counterpart(p["source_party"][s]))
        occurrence = moment.count("n_arrivals", s) - 1
        drawn = moment.uniforms(f"arrives {source}", occurrence)[ARRIVES_ANSWER]
        is_major = side.rows[happened][FIELD_EVENT] == Event.INCIDENT_MAJOR
        own = moment.number(p["responds_major" if is_major else "responds_minor"][other])
        fading = 0.5 ** ((minute - float(moment.state["recent_since"][other]))
                         / moment.number(p["strain_memory"][other]))  # fmt: skip
        recent = float(moment.state["recent_incidents"][other]) * fading
        chance = float(chance_under(own, 1.0 + moment.number(p["strain"][other]) * recent))
        holds = moment.state["truce"] == Truce.HOLDS
        result = "answered" if drawn < chance and holds else "not answered"
        numbers = (f"{own:.4g} for a {'major' if is_major else 'minor'} one, {recent:.2g} recent ones",)
        return Verdict(result, drawn, (Limit("answered", chance),), numbers, occurrence)

    sources = plan.scenario.behaviour.incidents
    by = sources[source].by
    party = plan.scenario.deal.holders[by].answers_to if by in plan.scenario.deal.holders else by
    who = next(other for other in plan.parties if other != party)
    word = "major" if kind == Event.INCIDENT_MAJOR else "minor"
    about = f"whether to answer a {word} incident, by {source_called(plan.scenario.deal, sources, source)}"
    return Question(f"arrives {source}", actor_called(plan.scenario.deal, who), f"{about}, with a suspension", fell)


def severity(plan: Plan, source: str) -> Question:
    """Tell whether an incident was major."""

    def fell(side: Side, minute: int) -> Verdict | None:
        found = drawn_over(side, side.plan.sources, source, INCIDENTS, minute)
        if found is None or side.rows[found[1]][FIELD_MINUTE] != minute:
            return None
        s, happened = found
        moment = side.before(happened)
        occurrence = moment.count("n_arrivals", s) - 1
        drawn, share = (
            moment.uniforms(f"arrives {source}", occurrence)[ARRIVES_SEVERITY],
            moment.number(side.plan.record[0]["major"][s]),
        )
        return Verdict("major" if drawn < share else "minor", drawn, (Limit("major", share),), (), occurrence)

    whose = source_called(plan.scenario.deal, plan.scenario.behaviour.incidents, source)
    return Question(f"arrives {source}", "chance", f"how grave an incident is, by {whose}", fell)


def arrival(plan: Plan, source: str) -> Question:
    """Tell when a source's next incident was to come."""

    def fell(side: Side, minute: int) -> Verdict | None:
        s = place_of(side.plan.sources, source)
        if s is None:
            return Verdict("none, for there is no such source of incidents")
        at_end = side.end_of(minute)
        latest = side.last(INCIDENTS, s, at_end)
        until = at_end if latest is None or side.rows[latest][FIELD_MINUTE] != minute else latest - 1
        own, began = side.last(INCIDENTS, s, until), side.last((*BEGINS, Event.DEAL_BEGAN), None, until)
        since = max(number for number in (own, began, 0) if number is not None)
        if is_scripted(side.plan):
            return Verdict(next_of(side, INCIDENTS, s, since), numbers=AS_SCRIPTED)
        moment, p = side.before(since), side.plan.record[0]
        holds = side.rows[since][FIELD_EVENT] in BEGINS or moment.state["truce"] == Truce.HOLDS
        names = ("per_day" if holds else "without_truce", "initial", "branching")
        numbers = [moment.number(p[name][s]) for name in names]
        in_force = (
            f"{numbers[0]:.4g} a day, {numbers[1]:.4g} more as the truce begins, {numbers[2]:.4g} after each",
            f"each fading within {write_duration(int(moment.number(p['decay'][s])))}",
        )
        return Verdict(next_of(side, INCIDENTS, s, since), numbers=in_force, occurrence=moment.count("n_arrivals", s))

    whose = source_called(plan.scenario.deal, plan.scenario.behaviour.incidents, source)
    return Question(f"arrives {source}", "chance", f"when the next incident comes, by {whose}", fell)
