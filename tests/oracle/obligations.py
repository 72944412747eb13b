"""An obligation's life: due, decided, performed, done."""

from __future__ import annotations

import re

from tests.oracle import deadlines, disputes, exchanges, flows, gates, people, truce
from tests.oracle.chance import time_at
from tests.oracle.reading import DAY, NotCovered, minutes
from tests.oracle.world import Duty, World

AT_ANY_TIME = ("information", "act", "talks", "truce", "flow")
"""Kinds that do not wait for the truce."""
_AFTER = re.compile(r"(.+) after gate$")


def date_of(world: World, duty: Duty, due: str) -> int:
    """The date on which it falls due, whatever it waits for; its phase has just been entered."""
    if due in ("on gate", "same day") or _AFTER.match(due):
        return world.now
    if due == "phase end":
        length = world.phases.length(duty.phase)
        if length is None:
            raise NotCovered("the end of a phase without a length")
        return int(world.phases.begins(duty.phase) + length)
    return world.calendar.date(due, duty.entered)


def after_gate(duty: Duty, date: str | None = None) -> int:
    """How long its gate has to have been open, by its date or the one that is given."""
    due = date or str(duty.terms.get("due") or "on gate")
    if duty.lot and "day " not in due:  # so long after the lot before
        return minutes(duty.terms.get("takes") or 0) + duty.later // duty.lot
    found = _AFTER.match(due)
    return minutes(duty.terms.get("takes") or 0) + (minutes(found.group(1)) if found else 0)


def enter(world: World, duty: Duty, event: int) -> None:
    """Its phase is entered: its date is known, and its gate is looked at from now on."""
    duty.entered, duty.cause, duty.entry = world.now, event, event
    due = str(duty.terms.get("due") or "on gate")
    duty.date = date_of(world, duty, due) + (duty.later if "day " in due else 0)
    if duty.release and duty.owed:  # not before it came to be owed
        duty.date = max(duty.date, world.now)
    deadlines.enter(world, duty)
    look(world, duty, event)


def look(world: World, duty: Duty, event: int) -> None:
    """Whether its gate has opened with this event."""
    if duty.waits_for_gate and duty.is_open:
        look_again(world, duty, event)
    if not duty.is_ahead or duty.kind == "talks":
        return
    is_open = is_gate_open(world, duty)
    if duty.open_since is not None and not is_open:
        duty.open_since = None
        world.schedule("debtor", duty.place, None)
    elif duty.open_since is None and is_open:
        duty.open_since = world.now
        ready = world.now + after_gate(duty)
        is_gate = world.now > max(duty.date, duty.entered)
        duty.opened_by = event if is_gate else dated_by(duty)
        world.schedule("debtor", duty.place, max(ready, duty.date))


def dated_by(duty: Duty) -> int | None:
    """What its date follows from: the entry of its phase, or another date that it was given."""
    if duty.dated_by is not None:
        return duty.dated_by
    return duty.entry if duty.has_deadline else duty.cause


def look_again(world: World, duty: Duty, event: int) -> None:
    """What has a new date waits for a gate that had shut: its debtor decides once that has opened for long enough."""
    is_open = gates.holds(world, duty.terms.get("after"))
    if duty.open_since is None and is_open:
        duty.open_since, duty.opened_by = world.now, event
        again = world.now + after_gate(duty)
        world.schedule("debtor", duty.place, again if duty.ends_at is None else min(again, duty.ends_at))
    elif duty.open_since is not None and not is_open:
        duty.open_since = None
        world.schedule("debtor", duty.place, duty.ends_at)


def is_gate_open(world: World, duty: Duty) -> bool:
    """Whether what it waits for holds; a return waits for something to be owed."""
    if duty.release and sum(duty.owed.values()) <= sum(duty.handed.values()):
        return False
    return gates.holds(world, duty.terms.get("after"))


def watch(world: World, event: int) -> None:
    """Gates of all that is planned."""
    for duty in world.duties:
        look(world, duty, event)


def debtor_acts(world: World, place: int) -> None:
    """It falls due, is performed, or those on their way arrive."""
    duty = world.duties[place]
    if duty.is_ahead:
        if is_gate_open(world, duty):
            fall_due(world, duty)
        else:
            duty.open_since = None
    elif duty.kind == "flow":
        flows.act(world, duty)
    elif duty.on_the_way:
        people.arrive(world, duty)
    elif duty.ready_at is not None and (exchange := exchanges.of(world, duty)):
        duty.waits_for_truce = False
        exchanges.go(world, exchange)
    elif duty.decides_anew or duty.waits_for_gate:
        disputes.date_has_come(world, duty)
    else:
        perform(world, duty)


def fall_due(world: World, duty: Duty) -> None:
    """It is due; its debtor decides."""
    if duty.owes_nothing:
        world.changed(world.change(duty, "void", "ObligationVoid", duty.opened_by))
        return
    if duty.status == "planned":
        duty.cause = world.change(duty, "due", "ObligationDue", duty.opened_by)
    else:  # it has been late before
        duty.cause = world.tell("ObligationDue", duty.key, duty.opened_by)
    duty.due_at = duty.by_date = duty.first_due = world.now
    deadlines.falls_due(world, duty)
    if not duty.has_deadline:
        watch_grace(world, duty, world.now)
    decide(world, duty)


def grace_from(world: World, duty: Duty, minute: int) -> int:
    """When grace is over: by default at the end of the day, of a flow after a week."""
    grace, minute = duty.terms.get("grace"), max(minute, minute if duty.latest is None else duty.latest)
    if grace is not None:
        return minute + minutes(grace)
    if duty.kind == "flow":
        return minute + 7 * DAY
    return world.calendar.midnight(minute) + DAY


def watch_grace(world: World, duty: Duty, minute: int) -> None:
    """From when on it is late; while somebody else's truce is waited for, from its beginning on."""
    duty.is_late, duty.put_off, duty.is_grace_over = False, False, False
    duty.stage, duty.late_at = "grace", grace_from(world, duty, minute)
    waits = duty.kind not in AT_ANY_TIME and waits_for_others_truce(world, duty)
    world.schedule("creditor", duty.place, None if waits else duty.late_at)


def waits_for_others_truce(world: World, duty: Duty) -> bool:
    """Whether the truce of its phase is owed by others, and has not begun."""
    owed_by = {d.by for d in truce.owed_up_to(world, duty.phase)}
    return (
        truce.has_phase(world, duty.phase)
        and world.truce.state == "not_begun"
        and bool(owed_by)
        and duty.by not in owed_by
    )


def decide(world: World, duty: Duty) -> None:
    """Refused, late or on time, from one uniform; one decision for each instance."""
    if not duty.choice and not duty.is_settled:
        u = world.chance.next(f"performs {duty.key}")
        refused, late = world.compliance(duty, "refused", 0.0), world.compliance(duty, "late", 0.0)
        duty.choice = "refused" if u[0] < refused else "late" if u[0] < refused + late else "on time"
        duty.delay = time_at(u[1], world.compliance(duty, "delay", "1 d"))
    if duty.is_settled:
        duty.choice = "on time"
    if duty.choice == "refused":
        duty.cause = world.tell("ObligationRefused", duty.key, duty.cause)
        if duty.kind == "flow":
            flows.start(world, duty)
        return
    if duty.kind == "flow":
        flows.start(world, duty)
        return
    duty.time = world.now
    if duty.choice == "late":
        duty.cause = world.tell("ObligationDelayed", duty.key, duty.cause, amount=duty.delay)
        duty.time += duty.delay
    if duty.time > world.now:
        world.schedule("debtor", duty.place, duty.time)
    else:
        perform(world, duty)


def perform(world: World, duty: Duty, has_arrived: bool = False) -> None:
    """Its debtor does its part, unless it holds it back or has to wait for the truce."""
    if not duty.is_open or duty.status == "withheld" or duty.time is None or duty.time > world.now:
        return
    if duty.kind not in AT_ANY_TIME and truce.is_missing(world, duty.phase):
        duty.waits_for_truce = True
        if world.truce.suspended is not None:
            duty.cause = world.truce.suspended
        deadlines.look(world)
        return
    if disputes.holds_back(world, duty):
        return
    duty.waits_for_truce = False
    exchange = exchanges.of(world, duty)
    if exchange is not None:
        exchanges.stand_ready(world, duty, exchange)
    elif duty.moves_people:
        people.hand_over(world, duty, has_arrived)
    elif duty.kind == "truce":
        truce.begin(world, duty.cause)
        done(world, duty, duty.cause)
    elif duty.terms.get("units"):
        do_units(world, duty)
    else:
        withdraw(world, duty)


def do_units(world: World, duty: Duty) -> None:
    """All units, or only a part of them: it is late for the rest until a settlement brings that."""
    owed = int(duty.terms["units"])
    may_be_short = owed > 1 and not duty.is_settled and duty.dispute is None
    if not may_be_short or _u_of_part(world, duty) >= world.compliance(duty, "short", 0.0):
        withdraw(world, duty, owed - duty.units_done)
        return
    before = duty.units_done
    duty.units_done += _part(owed - before, world.compliance(duty, "level", 0.5))
    duty.cause = world.tell("ObligationDelayed", duty.key, duty.cause, amount=0)
    duty.time = None
    if duty.is_enough:
        part, duty.units_done = duty.units_done - before, before
        withdraw(world, duty, part)
    elif duty.units_done:
        world.changed(duty.cause)


def _u_of_part(world: World, duty: Duty) -> float:
    """What decides whether it does a part only, of its last decision."""
    times = world.chance.times[f"performs {duty.key}"]
    return float(world.chance.at(f"performs {duty.key}", times - 1)[2])


def _part(units: int, level: float) -> int:
    """Whole units of a part; none is lost to rounding of the product."""
    return int(units * level + 1e-9)


def withdraw(world: World, duty: Duty, units: int = 0) -> None:
    """It is done, with so many units; forces that go back to a line are behind it first, or behind a farther one."""
    lines, line = list(world.deal.get("lines") or {}), duty.terms.get("to_line")
    reached = world.lines.get(duty.by, 0)
    if line and lines.index(line) > reached:
        world.lines[duty.by] = lines.index(line)
        event = world.tell("LineReached", line, duty.cause, before=lines[reached], after=line)
        world.changed(event)
    duty.units_done += units
    done(world, duty, duty.cause)


def done(world: World, duty: Duty, cause: int | None) -> None:
    """It is met: in time, late, or after a dispute."""
    if duty.disputed_once:
        status, kind = "cured", "ObligationCured"
    elif duty.was_late:
        status, kind = "met_late", "ObligationMetLate"
    else:
        status, kind = "met", "ObligationMet"
    exchanges.stop_waiting(world, duty)
    event = world.change(duty, status, kind, cause)
    duty.done_at = world.now
    world.schedule("creditor", duty.place, None)
    world.schedule("debtor", duty.place, None)
    disputes.close(world, duty, event)
    world.changed(event)


def truce_holds(world: World, has_begun: bool) -> None:
    """Whatever waited for the truce goes ahead; grace runs from its beginning."""
    for duty in world.duties:
        if not duty.is_open and not (duty.has_deadline and duty.is_ahead):
            continue
        if duty.is_held_up:
            continue
        is_unwatched = duty.stage == "grace" and not duty.is_late and world.scheduled("creditor", duty.place) is None
        if has_begun and is_unwatched and duty.ready_at is None and duty.kind not in AT_ANY_TIME:
            duty.late_at = grace_from(world, duty, max(world.now, duty.new_date or 0))
            world.schedule("creditor", duty.place, duty.late_at)
        if duty.waits_for_truce:
            duty.waits_for_truce = False
            world.schedule("debtor", duty.place, world.now)
