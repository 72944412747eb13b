"""Decisions of whoever owes something, and of whoever it is owed to: how each fell in one history.

What is drawn, which number it is held against and what follows is as in `sim.rules`, with the numbers in force then.
"""

from __future__ import annotations

from sim.analysis.decided.moments import Side
from sim.analysis.decided.questions import (
    AS_SCRIPTED,
    Question,
    a_time,
    creditor,
    debtor,
    drawn_over,
    is_scripted,
    place_of,
    told,
)
from sim.analysis.decided.verdict import Limit, Verdict, spread
from sim.document.names import actor_called
from sim.document.values import write_duration
from sim.plan.codes import FIELD_BEFORE, FIELD_EVENT, FIELD_MINUTE, Choice, Event, Measure
from sim.plan.plan import Plan
from sim.plan.uniforms import (
    COMPLAINS_PATIENCE,
    COMPLAINS_TOLERANCE,
    COMPLAINS_WHETHER,
    PERFORMS_CHOICE,
    PERFORMS_DELAY,
    PERFORMS_PART,
    WITHHOLDS_WHETHER,
)


def performs(plan: Plan, name: str) -> Question:
    """On time, late or refused."""

    def fell(side: Side, minute: int) -> Verdict | None:
        o = place_of(side.plan.obligations, name)
        due = None if o is None else _decided_when_due(side, o, minute)
        return None if o is None or due is None else _performance(side, o, due)

    who = actor_called(plan.scenario.deal, debtor(plan, name))
    return Question(f"performs {name}", who, f"whether to be late with {told(plan, name)}, or to refuse it", fell)


def _decided_when_due(side: Side, o: int, minute: int) -> int | None:
    """The falling due at which its debtor decided: the last, unless that kept an earlier decision."""
    due = side.last((Event.OBLIGATION_DUE,), o, side.end_of(minute))
    while due is not None:
        earlier = side.last((Event.OBLIGATION_DUE,), o, due - 1)
        if earlier is None or side.before(due).count("decides_afresh", o):
            return due
        due = earlier
    return None


def _performance(side: Side, o: int, due: int) -> Verdict:
    plan, moment = side.plan, side.before(due)
    p, name = plan.record[0], plan.obligations[o]
    is_flow = p["measured_by"][o] == Measure.RATE
    if is_scripted(plan):
        return Verdict(_performance_told(side, o, due), numbers=AS_SCRIPTED)
    occurrence = moment.count("n_performs", o)
    drawn = moment.uniforms(f"performs {name}", occurrence)
    choice, late = drawn[PERFORMS_CHOICE], drawn[PERFORMS_DELAY]
    refuses, delays = moment.number(p["refused"][o]), moment.number(p["late"][o])
    limits = (Limit("refused", refuses), Limit("late", refuses + delays))
    if choice < refuses:
        return Verdict("refused", choice, limits, occurrence=occurrence)
    if choice >= refuses + delays:
        return Verdict("on time", choice, limits, occurrence=occurrence)
    level = moment.number(p["level"][o])
    if is_flow:
        result = "on time" if level >= 1 else f"at {level:.0%} of what is owed"
        return Verdict(result, choice, limits, (f"level {level:.4g}",), occurrence)
    slots = int(p["delay_median"][o]), int(p["delay_p95"][o])
    took = moment.time(late, *slots)
    numbers = (f"delay {spread(*(moment.number(slot) for slot in slots))}",)
    return Verdict(f"late by {write_duration(took)}", choice, limits, numbers, occurrence)


def _performance_told(side: Side, o: int, due: int) -> str:
    """What the trace says of it, where nothing is drawn."""
    found = side.first((Event.OBLIGATION_REFUSED, Event.OBLIGATION_DELAYED), o, due)
    if found is None or side.rows[found][FIELD_MINUTE] != side.rows[due][FIELD_MINUTE]:
        return "on time"
    if side.rows[found][FIELD_EVENT] == Event.OBLIGATION_REFUSED:
        return "refused"
    delay = side.rows[found][FIELD_BEFORE]
    horizon = int(side.plan.record["horizon"][0])
    return "not at all" if delay > horizon else f"late by {write_duration(delay)}" if delay else "in part"


def does_part(plan: Plan, name: str) -> Question:
    """All of its units, or a part."""

    def fell(side: Side, minute: int) -> Verdict | None:
        o = place_of(side.plan.obligations, name)
        due = None if o is None else _decided_when_due(side, o, minute)
        p = side.plan.record[0]
        if (
            o is None
            or due is None
            or p["owed"][o] <= 1
            or p["measured_by"][o] == Measure.RATE
            or is_scripted(side.plan)
        ):
            return None
        moment = side.before(due)
        chance, level = moment.number(p["short"][o]), moment.number(p["level"][o])
        occurrence = moment.count("n_performs", o)
        short = moment.uniforms(f"performs {name}", occurrence)[PERFORMS_PART]
        owed = int(p["owed"][o])
        result = f"{int(owed * level + 1e-9):,} of {owed:,}" if short < chance else "all of it"
        return Verdict(result, short, (Limit("a part", chance),), (), occurrence)

    who = actor_called(plan.scenario.deal, debtor(plan, name))
    return Question(f"performs {name}", who, f"whether to do all of {told(plan, name)}", fell)


def withholds(plan: Plan, name: str) -> Question:
    """Held back over a complaint of its own, or not."""

    def fell(side: Side, minute: int) -> Verdict | None:
        found = drawn_over(side, side.plan.obligations, name, (Event.OBLIGATION_DUE,), minute)
        if found is None:
            return None
        o, due = found
        moment, p = side.before(due), side.plan.record[0]
        chance = moment.number(p["withholds"][p["debtor"][o]])
        drawn = moment.uniforms(f"withholds {name}", 0)[WITHHOLDS_WHETHER]
        result = "held back" if drawn < chance else "not held back"
        return Verdict(result, drawn, (Limit("held back", chance),))

    who = actor_called(plan.scenario.deal, debtor(plan, name))
    about = f"whether to hold {told(plan, name)} back until a complaint of its own is settled"
    return Question(f"withholds {name}", who, about, fell)


def complains(plan: Plan, name: str) -> Question:
    """Whether the creditor of something late complains, and how soon."""

    def fell(side: Side, minute: int) -> Verdict | None:
        found = drawn_over(side, side.plan.obligations, name, (Event.OBLIGATION_LATE,), minute)
        if found is None:
            return None
        o, late = found
        moment, p = side.before(late), side.plan.record[0]
        owed_to, occurrence = int(p["creditor"][o]), moment.count("n_complaints", o)
        drawn = moment.uniforms(f"complains {name}", occurrence)
        whether, waits = drawn[COMPLAINS_WHETHER], drawn[COMPLAINS_TOLERANCE]
        chance = moment.number(p["complains"][owed_to])
        limits = (Limit("complains", chance),)
        if whether >= chance:
            return Verdict("no complaint", whether, limits, occurrence=occurrence)
        if moment.count("choice", o) == Choice.REFUSED:
            return Verdict("a complaint at once, since it is refused", whether, limits, occurrence=occurrence)
        slots = int(p["tolerance_median"][owed_to]), int(p["tolerance_p95"][owed_to])
        numbers = (f"tolerance {spread(*(moment.number(slot) for slot in slots))}",)
        after = moment.time(waits, *slots)
        result = f"a complaint {f'after {write_duration(after)}' if after else 'at once'}"
        return Verdict(result, whether, limits, numbers, occurrence)

    who = actor_called(plan.scenario.deal, creditor(plan, name))
    return Question(f"complains {name}", who, f"whether to complain about {told(plan, name)}", fell)


def patience(plan: Plan, name: str) -> Question:
    """How long the creditor waits for a settlement."""

    def fell(side: Side, minute: int) -> Verdict | None:
        found = drawn_over(side, side.plan.obligations, name, (Event.DISPUTE_OPENED,), minute)
        if found is None:
            return None
        o, opened = found
        moment, p = side.before(opened), side.plan.record[0]
        owed_to, occurrence = int(p["creditor"][o]), moment.count("n_complaints", o)
        slots = int(p["patience_median"][owed_to]), int(p["patience_p95"][owed_to])
        drawn = moment.uniforms(f"complains {name}", occurrence)[COMPLAINS_PATIENCE]
        return a_time(moment, drawn, slots, occurrence)

    who = actor_called(plan.scenario.deal, creditor(plan, name))
    return Question(f"complains {name}", who, f"how long to be patient over {told(plan, name)}", fell)
