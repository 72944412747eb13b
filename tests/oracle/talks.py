"""Talks: when they open, agree, break off and open again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from tests.oracle import gates, obligations
from tests.oracle.chance import exponential, hazard_minutes, time_at
from tests.oracle.reading import DAY, minutes
from tests.oracle.world import Duty, World


@dataclass
class Talks:
    """How the talks on one topic stand."""

    topic: str
    duty: Duty
    terms: dict[str, Any]
    state: str = "not_started"
    was_opened: bool = False
    cannot_agree: bool = False
    stage: str = ""
    """What comes next: ready, open, agree, break off, resume, never."""
    opened_by: int | None = None
    event: int | None = None
    openings: int = 0
    date: int = 0
    deadline: int | None = None


def begin(world: World) -> None:
    """Every topic."""
    world.talks = {}
    for duty in world.duties:
        if duty.kind == "talks":
            topic = str(duty.terms["topic"])
            world.talks[topic] = Talks(topic, duty, (world.behaviour.get("talks") or {}).get(topic) or {})


def of(world: World, place: int) -> Talks:
    found: Talks = world.talks[str(world.duties[place].terms["topic"])]
    return found


def _date(talks: Talks) -> str:
    terms = talks.duty.terms
    return str(talks.terms.get("opens") or terms.get("starts_by") or terms.get("due") or "on gate")


def enter(world: World, duty: Duty, event: int) -> None:
    """Their phase is entered: their dates are known."""
    talks = of(world, duty.place)
    duty.entered, duty.cause = world.now, event
    talks.date = obligations.date_of(world, duty, _date(talks))
    by = duty.terms.get("concludes_by")
    talks.deadline = None if not by else world.calendar.date(str(by), world.now)
    if world.chance.at(f"opens {talks.topic}")[0] < talks.terms.get("never", 0.0):
        talks.stage = "never"
        world.schedule("talks", duty.place, talks.date)
        return
    look(world, talks, event)


def watch(world: World, event: int) -> None:
    """Gates of talks."""
    for talks in world.talks.values():
        look(world, talks, event)


def look(world: World, talks: Talks, event: int) -> None:
    """Whether their gate has opened with this event."""
    duty = talks.duty
    if duty.status != "planned" or duty.entered is None or talks.stage == "never":
        return
    if talks.stage == "paused" and gates.holds(world, duty.terms.get("after")):
        talks.stage = "resume"
        world.schedule("talks", duty.place, world.now)
        return
    if talks.state != "not_started":
        return
    is_open = gates.holds(world, duty.terms.get("after"))
    if is_open == (duty.open_since is not None):
        return
    if not is_open:
        duty.open_since = None
        world.schedule("talks", duty.place, None)
        return
    duty.open_since = world.now
    ready = world.now + obligations.after_gate(duty, _date(talks))
    wait = time_at(world.chance.at(f"opens {talks.topic}")[1], talks.terms.get("delay"))
    talks.opened_by = event if world.now > max(talks.date, duty.entered) else duty.cause
    talks.stage = "open"
    world.schedule("talks", duty.place, max(ready, talks.date) + wait)


def act(world: World, place: int) -> None:
    """They open, agree or break off."""
    talks = of(world, place)
    duty = talks.duty
    if talks.stage == "never":
        talks.event = world.tell("TalksNotOpened", talks.topic, duty.cause)
        world.changed(talks.event)
    elif talks.stage == "open":
        if gates.holds(world, duty.terms.get("after")):
            opened(world, talks)
        else:
            duty.open_since = None
    elif talks.stage == "resume":
        if gates.holds(world, duty.terms.get("after")):
            opened(world, talks)
        else:
            talks.stage = "paused"
    elif talks.stage == "agree":
        _agree(world, talks)
    elif talks.stage == "break off":
        break_off(world, talks, talks.event)


def opened(world: World, talks: Talks) -> None:
    """They are under way, and what comes next is drawn."""
    before, talks.state, talks.was_opened = talks.state, "under_way", True
    cause = talks.opened_by if before == "not_started" else talks.event
    event = talks.event = world.tell("TalksOpened", talks.topic, cause, before=before, after="under_way")
    talks.cannot_agree = world.chance.at(f"opens {talks.topic}")[2] < talks.terms.get("fails", 0.0)
    if talks.cannot_agree:
        talks.event = world.tell("TalksDeadlocked", talks.topic, event)
    u = world.chance.at(f"agrees {talks.topic}", talks.openings)
    talks.openings += 1
    agrees = math.inf if talks.cannot_agree else _agrees_at(world, talks, u[0])
    breaks = world.now + hazard_minutes(u[1], float(talks.terms.get("breaks_off_per_day") or 0.0))
    talks.stage = "agree" if agrees <= breaks else "break off"
    world.schedule("talks", talks.duty.place, min(agrees, breaks))
    world.changed(event)


def _agrees_at(world: World, talks: Talks, u: float) -> float:
    hazard, end = talks.terms.get("agrees_per_day"), talks.deadline
    if hazard is None:
        return world.now if end is None else max(world.now, end)
    pieces = [(math.inf, 1.0)]
    if end is not None:
        stretch = minutes(talks.terms.get("near_deadline") or "3 d")
        near, after = talks.terms.get("near_deadline_factor", 1.0), talks.terms.get("after_deadline_factor", 1.0)
        pieces = [(end - stretch, 1.0), (end, near), (math.inf, after)]
    left, at = exponential(u), float(world.now)
    for until, factor in pieces:
        rate = float(hazard) * float(factor) / DAY
        if until <= at:
            continue
        if rate > 0 and left <= rate * (until - at):
            return math.ceil(at + left / rate)
        left -= rate * (until - at) if rate > 0 else 0.0
        at = until
    return math.inf


def _agree(world: World, talks: Talks) -> None:
    duty = talks.duty
    talks.state, talks.stage = "agreed", ""
    cause, talks.event = talks.event, len(world.events)
    world.tell("TalksAgreed", talks.topic, cause, before="under_way", after="agreed")
    world.changed(talks.event)
    if duty.status != "planned":
        return
    is_late = talks.deadline is not None and world.now > obligations.grace_from(world, duty, talks.deadline)
    kind = "ObligationMetLate" if is_late else "ObligationMet"
    world.changed(world.change(duty, "met_late" if is_late else "met", kind, talks.event))


def break_off(world: World, talks: Talks, cause: int | None) -> None:
    """They are broken off, and may open again."""
    talks.state, talks.stage = "broken_off", ""
    talks.event = world.tell("TalksBrokenOff", talks.topic, cause, before="under_way", after="broken_off")
    world.schedule("talks", talks.duty.place, None)
    if talks.terms.get("resumes") is not None:
        u = world.chance.at(f"agrees {talks.topic}", talks.openings - 1)
        talks.stage = "resume"
        world.schedule("talks", talks.duty.place, world.now + max(1, time_at(u[3], talks.terms["resumes"])))
    world.changed(talks.event)


def break_off_all(world: World, cause: int, topic: str | None = None) -> None:
    """All talks under way, or those on one topic."""
    for talks in world.talks.values():
        if talks.state == "under_way" and topic in (None, talks.topic):
            break_off(world, talks, cause)
