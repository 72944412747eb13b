"""The trace of a replicate: JSON lines for machines, a dated story for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.outcomes.columns import OF_GROUPS, day_of, event_name, local_time, subject_name
from sim.plan.codes import (
    NONE,
    STATUS_BITS,
    WHOLE,
    Custody,
    Event,
    Exchange,
    PhaseState,
    Status,
    Talks,
    Truce,
)
from sim.plan.plan import Plan

_STATES: dict[str, Any] = {
    "OBLIGATION": Status, "DISPUTE": Status, "TRUCE": Truce, "EXCHANGE": Exchange, "PHASE": PhaseState, "TALKS": Talks,
}  # fmt: skip
_NO_STATES = (
    Event.OBLIGATION_DELAYED, Event.OBLIGATION_REFUSED, Event.OBLIGATION_BROUGHT_FORWARD, Event.OBLIGATION_REDATED,
    Event.OBLIGATION_MISSING, Event.TALKS_NOT_OPENED, Event.TALKS_DEADLOCKED, Event.TALKS_MISSING,
)  # fmt: skip
_MOVES = (Event.PEOPLE_MOVED, Event.REMAINS_MOVED)


def records(plan: Plan, trace: np.ndarray[Any, Any], first: int = 0) -> Iterator[dict[str, Any]]:
    """The events of a trace as flat records.

    Parameters
    ----------
    plan : Plan
    trace : ndarray of int32, shape (n_events, 7)
    first : int, optional
        Number of the first of these events within its replicate.

    Yields
    ------
    dict
        id, minute, day, local_time, event, what it is about, party, people moved by group, states before and after, and
        `cause`, the id of the event that led to it (None for what has no cause within the deal).
    """
    for number, row in enumerate(trace.tolist(), first):
        minute, event, subject, actor, cause, before, after = row
        kind = Event(event)
        record: dict[str, Any] = {
            "id": number,
            "minute": minute,
            "day": day_of(plan, minute),
            "local_time": local_time(plan, minute).isoformat(timespec="minutes"),
            "event": event_name(event),
        }
        if about := subject_name(plan, kind, subject):
            record[_about(kind)] = about
        if kind in OF_GROUPS:
            if kind == Event.PEOPLE_DIED:
                record["party"] = plan.actors[actor]
            else:
                record["obligation"] = plan.obligations[actor]
            record["people"] = {plan.groups[subject]: before}
            if kind in _MOVES:
                record["to"] = Custody(after).name.lower()
        elif actor != NONE:
            record["party"] = plan.actors[actor]
        record.update(_states(plan, kind, before, after))
        record["cause"] = None if cause == NONE else cause
        yield record


def _about(event: Event) -> str:
    """The key under which a record names its subject."""
    name = event.name
    if event in OF_GROUPS:
        return "group"
    if event == Event.LINE_REACHED:
        return "line"
    if event == Event.PARTY_LEFT:
        return "who"
    if event == Event.DAY_CAME:
        return "date"
    if event == Event.POWER_USED:
        return "power"
    for prefix, key in (("PHASE", "phase"), ("TALKS", "talks"), ("INCIDENT", "source"), ("SHOCK", "shock")):
        if name.startswith(prefix):
            return key
    return "obligation"


def _states(plan: Plan, event: Event, before: int, after: int) -> dict[str, Any]:
    """States before and after, or the number that the event carries."""
    if event == Event.OBLIGATION_DELAYED:
        return {"delay_minutes": before}
    if event == Event.OBLIGATION_REDATED:
        return {"to_day": before}
    if event == Event.OBLIGATION_HELD_BACK:
        return {"held_back_by": _actors(plan, before)}
    if event == Event.OBLIGATION_LATE and (others := before >> STATUS_BITS):
        status = Status(before & ((1 << STATUS_BITS) - 1)).name.lower()
        return {"before": status, "after": Status(after).name.lower(), "held_back_by": _actors(plan, others)}
    if event == Event.POWER_USED:
        return {"by": _actors(plan, before)}
    if event == Event.PEOPLE_NOT_LOCATED:
        return {"missing": before}
    if event == Event.OBLIGATION_SHARE:
        return {"before": before / WHOLE, "after": after / WHOLE}
    if event == Event.FLOW_CHANGED:
        return {"before": before / 1000, "after": after / 1000}
    if event == Event.LINE_REACHED:
        return {"before": plan.lines[before], "after": plan.lines[after]}
    states = _STATES.get(event.name.split("_")[0])
    if states is None or event in _NO_STATES or before == after:
        return {}
    return {"before": states(before).name.lower(), "after": states(after).name.lower()}


def _actors(plan: Plan, places: int) -> list[str]:
    """Actors of whom there is one bit each."""
    return [actor for place, actor in enumerate(plan.actors) if places >> place & 1]


def as_json_lines(plan: Plan, trace: np.ndarray[Any, Any]) -> str:
    """The trace as JSON lines, one event to a line; equal traces give equal bytes."""
    return "".join(
        json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n" for record in records(plan, trace)
    )


# ---------------------------------------------------------------- the story
