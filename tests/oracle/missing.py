"""What is missing where a phase lapses or the horizon comes: the step without which the deal does not go on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tests.oracle import exchanges, gates
from tests.oracle.world import CLOSED, DONE, Duty, Event, World

_OF_PEOPLE = ("ObligationDelayed", "ObligationRefused", "PeopleNotLocated", "RemainsMisidentified")
_OF_TALKS = ("TalksNotOpened", "TalksDeadlocked", "TalksBrokenOff")
_OTHERS = ("IncidentMinor", "IncidentMajor", "ShockStruck", "ObligationMissing", "TalksMissing")
ROOTS = (*_OF_PEOPLE, *_OF_TALKS, *_OTHERS)
"""Decisions and mishaps, at which a chain of causes ends."""


def is_root(events: Sequence[Event], number: int) -> bool:
    """Whether an event is a decision or a mishap; a party that leaves over a lapse only answers it."""
    event = events[number]
    if event.kind == "PartyLeft":
        return event.cause is not None and events[event.cause].kind != "PhaseLapsed"
    return event.kind in ROOTS


def at_horizon(world: World) -> int | None:
    """What the deal waits for when the window closes."""
    phases = world.phases
    state, terms = phases.state[phases.now], phases.terms[phases.now]
    if state in ("past", "waiting") or (state == "in_force" and phases.ends_at is not None):
        return None
    if state == "in_force":
        return cause(world, _going(world, world.of_phase(phases.now)))
    if terms.get("then"):
        lacks = of_next(world)
        return phases.event[phases.now] if lacks is None and state == "lapsed" else lacks
    return cause(world, _going(world, world.duties))


def _lacks_truce(world: World, value: Any) -> bool:
    """Whether these conditions ask for a truce that is suspended; that is what they lack, whatever else."""
    if world.truce.suspended is None:
        return False
    return any(one.get("truce") for condition in gates.conditions(value) for one in gates.unmet(world, condition))


def _going(world: World, duties: list[Duty]) -> list[Duty]:
    """Without flows that end with their phase, and returns that owe nothing yet."""
    open_ones = [duty for duty in duties if _is_open(world, duty) and not keeps_nothing_going(world, duty)]
    return [duty for duty in open_ones if not _has_to_earn(duty)]


def _has_to_earn(duty: Duty) -> bool:
    return duty.release is not None and sum(duty.arrived.values()) >= sum(duty.owed.values())


def _asked(world: World, duty: Duty) -> Duty:
    """Of a return for which nothing is owed yet its release."""
    return world.by_key[str(duty.release)] if _has_to_earn(duty) else duty


def of_next(world: World) -> int | None:
    """What the next phase lacks."""
    following = world.phases.terms[world.phases.now].get("then")
    if not following:
        return None
    conditions = world.phases.terms[following].get("enters_when")
    if _lacks_truce(world, conditions):
        return int(world.truce.suspended)
    return cause(world, lacking(world, conditions))


def lacking(world: World, value: Any) -> list[Duty]:
    """The open steps that these conditions ask for."""
    found: list[Duty] = []
    for condition in gates.conditions(value):
        for one in gates.unmet(world, condition):
            found += _steps(world, one)
    return found


def _steps(world: World, condition: dict[str, Any]) -> list[Duty]:
    if condition.get("obligation"):
        share = condition.get("share")
        duties = world.of_name(condition["obligation"])
        if duties[0].lots > 1:  # they come one after the other
            return [duty for duty in duties if duty.status not in DONE][:1]
        left = [duty for duty in duties if not gates.has_come(world, duty, None if share is None else float(share))]
        return [_asked(world, duty) for duty in left]
    if condition.get("released") is not None:
        return [_asked(world, d) for d in world.duties if _is_open(world, d) and _has_left(world, condition, d)]
    if condition.get("line"):
        lines = list(world.deal["lines"])
        by = condition.get("by") or next(d.by for d in world.duties if d.terms.get("to_line"))
        wanted = lines.index(condition["line"])
        of_party = [d for d in world.duties if d.terms.get("to_line") and d.by == by and _is_open(world, d)]
        return [d for d in of_party if lines.index(d.terms["to_line"]) <= wanted]
    if condition.get("truce"):
        return [d for d in world.duties if d.kind == "truce" and world.truce.state == "not_begun"]
    if condition.get("talks"):
        return [d for d in [world.talks[condition["talks"]].duty] if _is_open(world, d)]
    return []


def _has_left(world: World, condition: dict[str, Any], duty: Duty) -> bool:
    """Whether it has people who are asked for still to hand over, or, as a return, may yet come to owe them."""
    wanted, groups = condition["released"], world.people.groups
    if isinstance(wanted, dict):
        wanted = [key for key, number in wanted.items() if groups[key].released_ever < number]
    else:
        wanted = [key for key, group in groups.items() if group.on_list == condition["list"]]
    earned = (
        [key for rate in (duty.terms.get("ratio") or {}).values() for key in rate] if duty.status == "planned" else []
    )
    left = [key for key, number in duty.owed.items() if number > duty.arrived.get(key, 0)]
    return any(key in wanted for key in (*left, *earned))


def _date(world: World, duty: Duty) -> float:
    """By when it was to be done; a lot not before the lots before it that are still open."""
    before = [d for d in world.of_name(duty.key.split(".")[0]) if d.lot < duty.lot and _is_open(world, d)]
    return max(_own_date(world, one) for one in [*before, duty])


def _own_date(world: World, duty: Duty) -> float:
    if duty.kind == "talks":
        deadline = world.talks[str(duty.terms["topic"])].deadline
        return math.inf if deadline is None else float(deadline)
    if duty.due_at is None:
        return math.inf if duty.entered is None else float(duty.date)
    return float(duty.by_date or 0)


def _is_open(world: World, duty: Duty) -> bool:
    """Whether the deal may still wait for it; a lapsed phase waits for what its lapse has made void."""
    if world.phases.state[duty.phase] == "lapsed" and duty.status in ("void", "defaulted"):
        return True
    return duty.status not in CLOSED


def keeps_nothing_going(world: World, duty: Duty) -> bool:
    """A flow that ends with its phase."""
    until = duty.terms.get("until")
    length = world.phases.length(duty.phase)
    return duty.kind == "flow" and (not until or (until == "phase end" and length is None))


def _lies_beyond(world: World, duty: Duty) -> bool:
    """Whether the horizon has come before its date; what has none yet, and talks, are asked for all the same."""
    return duty.kind != "talks" and world.now >= world.horizon and world.horizon < _date(world, duty) < math.inf


def _earliest(world: World, duties: list[Duty]) -> Duty | None:
    due = [d for d in duties if not _lies_beyond(world, d)]
    return min(due, key=lambda d: (_date(world, d), d.place), default=None)


def _is_waiting(world: World, step: Duty) -> bool:
    """Whether it has not come to its turn."""
    if step.kind == "talks":
        return bool(world.talks[str(step.terms["topic"])].state == "not_started")
    return step.due_at is None


def _goes_back_to_somebody(world: World, step: Duty) -> bool:
    """Whether what befell it since it fell due leads back to a decision or a mishap, its own or another's."""
    at = step.cause if step.due_at is not None else None
    while at is not None:
        event = world.events[at]
        if event.kind == "ObligationDue" and event.about == step.key:
            return False
        if is_root(world.events, at):
            return True
        at = event.cause
    return False


def cause(world: World, duties: list[Duty]) -> int | None:
    """The earliest open step's own decision or mishap; without one the step itself is told as missing."""
    step, seen = _earliest(world, duties), set[str]()
    while step is not None and step.key not in seen and (step.ready_at is not None or _is_waiting(world, step)):
        seen.add(step.key)
        if step.ready_at is not None:
            held_by = exchanges.holding(world, step)[:1]
            step = _earliest(world, held_by) if held_by else step
            continue
        wanted = [d for d in lacking(world, step.terms.get("after")) if d is not step]
        if _lacks_truce(world, step.terms.get("after")):
            return int(world.truce.suspended)
        if not wanted:
            break
        step = _earliest(world, wanted)
    if step is None:
        return None
    phase = world.phases.event[world.phases.now]
    if step.kind == "talks":
        talks = world.talks[str(step.terms["topic"])]
        if talks.event is not None and world.events[talks.event].kind in _OF_TALKS:
            return int(talks.event)
        return world.tell("TalksMissing", talks.topic, phase)
    if _goes_back_to_somebody(world, step):
        return step.cause
    return world.tell("ObligationMissing", step.key, phase)
