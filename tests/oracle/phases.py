"""Phases: entered, continued, lapsed, ended; who decides to leave."""

from __future__ import annotations

from typing import Any

from tests.oracle import ending, flows, gates, missing, obligations, powers, talks, truce
from tests.oracle.chance import time_at
from tests.oracle.reading import minutes
from tests.oracle.world import CLOSED, Duty, World


class Phases:
    """How each phase stands, and who has decided to leave."""

    def __init__(self, world: World):
        self.terms: dict[str, Any] = world.deal["phases"]
        self.order = list(self.terms)
        self.state = dict.fromkeys(self.order, "ahead")
        self.now = self.order[0]
        self.state[self.now] = "waiting"
        self.entered_at: dict[str, int] = {}
        self.event: dict[str, int] = {}
        self.ends_at: int | None = None
        self.up: dict[str, int | None] = {}
        """By phase that has been entered, when its time is up."""
        self.limit: int | None = None
        self.moved = dict.fromkeys(self.order, 0)
        """By how much new timetables have moved a phase's dates."""
        self.brought_by: int | None = None
        """What brought the next phase, where that had to be waited for."""
        self.leaves_by: int | None = None
        """The event on account of which parties have decided to leave."""
        self.deciding: dict[str, str] = {}
        """Who has decided to leave: decided, or stays for a reason."""

    def length(self, phase: str) -> int | None:
        """How long a phase lasts."""
        lasts = self.terms[phase].get("lasts")
        return None if lasts is None else minutes(lasts)

    def begins(self, phase: str) -> int:
        """From when its length counts: of the first phase the deal's start."""
        return max(0, self.entered_at[phase]) if phase == self.order[0] else self.entered_at[phase]

    def later(self, world: World, lag: int) -> None:
        """A new timetable moves dates of phases that have been entered, the end of the one in force, and its limit."""
        for phase in self.entered_at:
            self.moved[phase] += lag
        if self.state[self.now] == "in_force" and self.ends_at is not None:
            self.ends_at += lag
            self.up[self.now] = self.ends_at
            world.schedule("phase", 0, self.ends_at)
        elif self.state[self.now] == "continued" and self.limit is not None:
            self.limit += lag
            world.schedule("phase", 0, self.limit)


def enter(world: World, phase: str, cause: int, before: str = "ahead") -> None:
    """A phase is entered: what is owed in it is known from now on."""
    phases: Phases = world.phases
    phases.state[phase], phases.now, phases.brought_by = "in_force", phase, None
    phases.entered_at[phase] = world.now
    event = phases.event[phase] = world.tell("PhaseEntered", phase, cause, before=before, after="in_force")
    _stay(world)
    length = phases.length(phase)
    phases.limit, phases.ends_at = None, None if length is None else phases.begins(phase) + length
    phases.up[phase] = phases.ends_at
    world.schedule("phase", 0, phases.ends_at)
    powers.watch(world, event)
    truce.with_phase(world, phase, event)
    for duty in world.of_phase(phase):
        if duty.kind == "talks":
            talks.enter(world, duty, event)
        else:
            obligations.enter(world, duty, event)
    world.changed(event)


def is_done(world: World, phase: str) -> bool:
    """Whether nothing that is owed in it keeps it going."""
    return all(_keeps_nothing_going(world, duty) for duty in world.of_phase(phase))


def is_all_done(world: World) -> bool:
    """Whether nothing that is owed in any phase keeps the deal going."""
    return all(_keeps_nothing_going(world, duty) for duty in world.duties)


def _keeps_nothing_going(world: World, duty: Duty) -> bool:
    if duty.status in CLOSED:
        return True
    if duty.kind == "flow":
        length = world.phases.length(duty.phase)
        until = duty.terms.get("until")
        return not until or (until == "phase end" and length is None)
    # the release of a return that owes nothing yet keeps its own phase going
    return duty.release is not None and not sum(duty.owed.values())


def watch(world: World, event: int) -> None:
    """Whether something follows with this event."""
    phases: Phases = world.phases
    if world.end is not None:
        return
    if phases.deciding:
        _reasons(world, event)
    _look_for_next(world, event)
    if world.scheduled("phase", 0) == world.now or phases.state[phases.now] == "past":
        return
    if what_follows(world) is not None:
        world.schedule("phase", 0, world.now)


def _look_for_next(world: World, event: int) -> None:
    """Whether the phase that is waited for may begin with this event."""
    phases: Phases = world.phases
    state = phases.state[phases.now]
    following = phases.now if state == "waiting" else phases.terms[phases.now].get("then")
    if following is None or state in ("in_force", "past"):
        return
    if not gates.holds(world, phases.terms[following].get("enters_when")):
        phases.brought_by = None
    elif phases.brought_by is None:
        phases.brought_by = event


def what_follows(world: World) -> str | None:
    """What the phase would do now, apart from its time."""
    phases: Phases = world.phases
    state, terms = phases.state[phases.now], phases.terms[phases.now]
    following = terms.get("then")
    if state == "waiting":
        return "enter" if gates.holds(world, terms.get("enters_when")) else None
    is_held = any(how == "decided" for how in phases.deciding.values()) and state != "lapsed"
    if is_held:
        return None
    may_begin = following is not None and gates.holds(world, phases.terms[following].get("enters_when"))
    if state == "in_force":
        if phases.ends_at is not None and world.now >= phases.ends_at:
            return "time is up"
        if phases.ends_at is not None and not (terms.get("ends_early") and (may_begin or following is None)):
            return None
        return "time is up" if is_done(world, phases.now) else None
    if following is None:
        return "end" if is_all_done(world) else None
    if may_begin:
        return "end"
    if state == "continued" and not _goes_on(world, phases.now):
        return "lapse"
    return None


def _goes_on(world: World, phase: str) -> bool:
    phases: Phases = world.phases
    terms = phases.terms[phase]
    is_within = phases.limit is None or world.now < phases.limit
    return bool(terms.get("continues_while")) and is_within and gates.holds(world, terms["continues_while"])


def act(world: World, place: int) -> None:
    """Its time is up, or what it waited for has come."""
    phases: Phases = world.phases
    what = what_follows(world)
    brought = phases.brought_by
    if what == "enter":
        enter(world, phases.now, brought or 0, "waiting")
    elif what == "end":
        _end(world, phases.event[phases.now] if brought is None else brought)
    elif what == "time is up":
        _time_is_up(world)
    elif what == "lapse":
        _lapse(world)


def _time_is_up(world: World) -> None:
    phases: Phases = world.phases
    phase, terms = phases.now, phases.terms[phases.now]
    entered = phases.event[phase]
    following = terms.get("then")
    if phases.leaves_by is None and _decide(world, phase, 0, entered):
        _continue(world, phase, entered)
        return
    if following is None:
        if is_all_done(world):
            _end(world, entered)
        else:
            _continue(world, phase, entered)
    elif gates.holds(world, phases.terms[following].get("enters_when")):
        _end(world, entered)
    elif _goes_on(world, phase):
        _continue(world, phase, entered)
    else:
        _lapse(world)


def _continue(world: World, phase: str, cause: int) -> None:
    phases: Phases = world.phases
    at_most = phases.terms[phase].get("at_most")
    phases.limit = None if at_most is None or phases.ends_at is None else phases.ends_at + minutes(at_most)
    phases.state[phase] = "continued"
    event = phases.event[phase] = world.tell("PhaseContinued", phase, cause, before="in_force", after="continued")
    phases.leaves_by = event if phases.deciding else phases.leaves_by
    world.schedule("phase", 0, phases.limit)
    world.changed(event)


def _end(world: World, cause: int) -> None:
    """It is over: the next is entered, or the deal is completed."""
    phases: Phases = world.phases
    phase = phases.now
    before = phases.state[phase]
    event = world.tell("PhaseEnded", phase, cause, before=before, after="past")
    world.schedule("phase", 0, None)
    _close(world, phase, event)
    phases.state[phase] = "past"
    world.changed(event)
    following = phases.terms[phase].get("then")
    if following is None:
        ending.end(world, "completed", event)
        return
    enter(world, following, event)


def _close(world: World, phase: str, event: int) -> None:
    """Flows end with their phase; what is open stays owed."""
    for duty in world.of_phase(phase):
        if duty.kind != "flow" or duty.status in CLOSED:
            continue
        if duty.is_open:
            flows.finish(world, duty, event)
        else:
            ending.fall_away(world, [duty], event)


def _lapse(world: World) -> None:
    """Nothing follows: what was open is void, or left undone, and each side may leave."""
    phases: Phases = world.phases
    phase = phases.now
    lacks = missing.of_next(world)
    cause = phases.event[phase] if lacks is None else lacks
    before, phases.state[phase] = phases.state[phase], "lapsed"
    lapsed = phases.event[phase] = world.tell("PhaseLapsed", phase, cause, before=before, after="lapsed")
    world.schedule("phase", 0, None)
    _close(world, phase, lapsed)
    ending.fall_away(world, [d for d in world.of_phase(phase) if d.kind != "talks"], lapsed)
    _decide(world, phase, 1, lapsed)
    world.changed(lapsed)


# ---------------------------------------------------------------- leaving


def _decide(world: World, phase: str, occurrence: int, event: int) -> bool:
    """Who decides to leave; whether anybody does."""
    phases: Phases = world.phases
    u = world.chance.at(f"leaves {phase}", occurrence)
    for place, party in enumerate(world.parties):
        leaves = world.habits(party).get("leaves") or {}
        if occurrence:
            chance = float(leaves.get("after_lapse", 1.0))
        else:
            chance = float((leaves.get("after_phase") or {}).get(phase, 0.0))
        if u[place] < chance and party not in phases.deciding:
            wait = time_at(u[2 + place], leaves.get("latency"))
            phases.deciding[party] = "stays" if not wait and _has_reason(world, party) else "decided"
            if phases.deciding[party] == "decided":
                world.schedule("leaving", place, world.now + wait)
    phases.leaves_by = event if phases.deciding else None
    return "decided" in phases.deciding.values()


def _stay(world: World) -> None:
    """Entering a phase ends all decisions to leave."""
    for place in range(len(world.parties)):
        world.schedule("leaving", place, None)
    world.phases.deciding.clear()
    world.phases.leaves_by = None


def _has_reason(world: World, party: str) -> bool:
    unless = (world.habits(party).get("leaves") or {}).get("unless")
    return bool(unless) and gates.holds(world, unless)


def _reasons(world: World, event: int) -> None:
    """Whoever stays for a reason leaves in the minute in which it no longer holds."""
    for place, party in enumerate(world.parties):
        if world.phases.deciding.get(party) == "stays" and not _has_reason(world, party):
            world.schedule("leaving", place, world.now)


def leaving_acts(world: World, place: int) -> None:
    """A party leaves, or stays for as long as it has a reason to."""
    phases: Phases = world.phases
    party = world.parties[place]
    if _has_reason(world, party):
        phases.deciding[party] = "stays"
        if what_follows(world) is not None:
            world.schedule("phase", 0, world.now)
        return
    left = world.tell("PartyLeft", party, phases.leaves_by)
    is_lapsed = phases.state[phases.now] == "lapsed"
    ending.end(world, "lapsed" if is_lapsed else "collapsed", left)
