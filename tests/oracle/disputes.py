"""Disputes: late, complained of, held back, mediated, settled; patience that runs out."""

from __future__ import annotations

from typing import Any

from tests.oracle import deadlines, ending, exchanges, flows, gates, obligations, people, truce
from tests.oracle.chance import time_at
from tests.oracle.reading import DAY, minutes
from tests.oracle.world import FOREVER, Duty, World


def creditor_acts(world: World, place: int) -> None:
    """Grace, tolerance or patience is over."""
    duty = world.duties[place]
    if duty.stage == "grace":
        grace_over(world, duty)
    elif world.truce.state == "suspended":
        duty.put_off = True
    elif world.truce.came_back == world.now:
        world.schedule("creditor", place, world.now + DAY)
    elif duty.stage == "tolerance":
        complain(world, duty)
    elif duty.stage == "patience" and duty.dispute is not None:
        patience_over(world, duty)


def put_off_until(world: World) -> None:
    """What creditors had put off comes up a day after the truce has come back."""
    for duty in world.duties:
        if duty.put_off:
            duty.put_off = False
            world.schedule("creditor", duty.place, world.now + DAY)


def grace_over(world: World, duty: Duty) -> None:
    """It is late; its creditor waits its tolerance, of a refusal it does not."""
    is_waiting = duty.has_deadline and deadlines.is_waiting(duty)
    if not (duty.is_open or is_waiting) or (duty.kind == "flow" and duty.level >= 1.0):
        return
    duty.is_grace_over = True
    if duty.decides_anew and not is_waiting:  # it is under way, and those who are left follow
        duty.decides_anew, duty.time = False, world.now
    if duty.terms.get("up_to") and duty.status != "withheld" and duty.is_enough:
        if not duty.on_the_way:  # they still come
            obligations.done(world, duty, duty.cause)
        return
    if exchanges.is_not_late(world, duty) or deadlines.is_not_late(world, duty):
        return
    others, cause = deadlines.others_in_the_way(world, duty), deadlines.last_of(duty)
    duty.was_late = duty.is_late = True
    if duty.status == "withheld":
        return
    before, duty.status, duty.was_told = duty.status, "late", True
    duty.cause = world.tell("ObligationLate", duty.key, cause, amount=others, before=before, after="late")
    habits = world.habits(world.creditor(duty))
    u = world.chance.at(f"complains {duty.key}", duty.complaints)
    if u[0] >= habits.get("complains", 1.0) or world.creditor(duty) not in world.parties:
        return
    duty.stage = "tolerance"
    is_refused = duty.choice == "refused" and not duty.is_settled
    wait = 0 if is_refused else time_at(u[1], habits.get("tolerance"))
    if wait:
        world.schedule("creditor", duty.place, world.now + wait)
    else:
        creditor_acts(world, duty.place)


def complain(world: World, duty: Duty) -> None:
    """A dispute is opened, and its creditor may hold back flows that it owes itself."""
    if duty.status != "late":
        return
    party = world.creditor(duty)
    duty.dispute = world.change(duty, "disputed", "DisputeOpened", duty.cause)
    duty.disputed_once, duty.opened_at = True, world.now
    world.count["disputes"] += 1
    u = world.chance.at(f"complains {duty.key}", duty.complaints)
    duty.complaints += 1
    duty.stage = "patience"
    world.schedule("creditor", duty.place, world.now + time_at(u[2], world.habits(party).get("patience"), "14 d"))
    attempt(world, duty)
    for other in world.duties:
        if other.by == party and other.kind == "flow":
            holds_back(world, other)


def open_complaints(world: World, party: str) -> list[Duty]:
    """Disputes that a party has opened."""
    return [d for d in world.duties if d.dispute is not None and world.creditor(d) == party]


def holds_back(world: World, duty: Duty) -> bool:
    """Whether what its debtor is about to do is held back over a complaint of its own."""
    if duty.status not in ("due", "late") or (duty.kind == "flow" and duty.choice == "refused"):
        return False
    complaints, exchange = open_complaints(world, duty.by), exchanges.of(world, duty)
    within = [] if exchange is None else list(exchange.everybody())
    if all(one in within for one in complaints) or world.creditor(duty) not in world.parties:
        return False
    if world.chance.at(f"withholds {duty.key}")[0] >= world.habits(duty.by).get("withholds", 0.0):
        return False
    if duty.kind == "flow":
        flows.add_up(world)
    duty.waits_for_truce = False
    exchanges.stop_waiting(world, duty)
    duty.cause = world.change(duty, "withheld", "ObligationWithheld", max(d.dispute or 0 for d in complaints))
    if duty.kind == "flow":
        flows.expect_shares(world)
    return True


def resume(world: World, party: str, event: int) -> None:
    """A party takes up again what it held back, if no complaint of its own is left and the deal is not over."""
    if world.end is not None or open_complaints(world, party):
        return
    for duty in world.duties:
        if duty.by != party or duty.status != "withheld":
            continue
        if duty.kind == "flow":
            flows.add_up(world)
        duty.cause = world.change(duty, "late" if duty.is_late else "due", "ObligationResumed", event)
        if duty.kind == "flow":
            flows.expect_shares(world)
            continue
        u = world.chance.at(f"withholds {duty.key}", duty.resumed)
        duty.resumed += 1
        duty.time = world.now + time_at(u[1], world.habits(party).get("latency"))
        world.schedule("debtor", duty.place, duty.time)


def close(world: World, duty: Duty, event: int) -> None:
    """The dispute over it, if any, is over with this event."""
    if duty.dispute is None:
        return
    world.count["dispute_days"] += world.now - duty.opened_at
    duty.dispute, duty.put_off = None, False
    world.schedule("mediator", duty.place, None)
    world.schedule("creditor", duty.place, None)
    resume(world, world.creditor(duty), event)
    if duty.status in ("redated", "defaulted", "void"):
        return
    cause_is_gone(world, duty, event)


def cause_is_gone(world: World, duty: Duty, event: int) -> None:
    """The truce that was suspended over a dispute holds again in the minute in which that is over, in its turn."""
    if world.truce.state == "suspended" and world.truce.over == duty.place:
        world.truce.over, world.truce.comes_back, world.truce.restored_by = -1, True, event
        world.schedule("truce", 0, world.now)


# ---------------------------------------------------------------- mediators


def _of_kind(world: World, duty: Duty, name: str, default: Any) -> Any:
    mediation = world.behaviour.get("mediators") or {}
    own = (mediation.get("kinds") or {}).get(duty.kind) or {}
    value = own.get(name)
    return value if value is not None else mediation.get(name, default)


def attempt(world: World, duty: Duty) -> None:
    """Mediators try after a time."""
    u = world.chance.at(f"mediates {duty.key}", duty.attempts)
    world.schedule("mediator", duty.place, world.now + max(1, time_at(u[1], _of_kind(world, duty, "attempt", "1 d"))))


def pressure(world: World, party: str) -> float:
    """Of all mediators on a party, each fading by half every half-life; without any, and on others, 1."""
    given = (world.behaviour.get("mediators") or {}).get("pressure") or {}
    if not given or party not in world.parties:
        return 1.0
    total = 0.0
    for terms in given.values():
        starts = world.calendar.date(str(terms.get("starts") or "day 1"), None, 0)
        ends = world.calendar.date(str(terms["ends"]), None) if terms.get("ends") else None
        if world.now < starts or (ends is not None and world.now >= ends):
            continue
        strength = float((terms.get("on") or {}).get(party, 0.0))
        if terms.get("half_life"):
            strength *= 0.5 ** ((world.now - starts) / minutes(terms["half_life"]))
        total += strength
    return total


def chance_to_settle(world: World, duty: Duty) -> float:
    """Of one attempt, under the pressure of this minute."""
    return 1 - (1 - float(_of_kind(world, duty, "settles", 1.0))) ** pressure(world, duty.by)


def mediator_acts(world: World, place: int) -> None:
    """An attempt succeeds or fails."""
    duty = world.duties[place]
    if duty.dispute is None:
        return
    u = world.chance.at(f"mediates {duty.key}", duty.attempts)
    duty.attempts += 1
    mediation = world.behaviour.get("mediators") or {}
    if u[0] >= chance_to_settle(world, duty):
        _failed(world, duty)
        return
    if not settle_or_excuse(world, duty, duty.dispute):
        _failed(world, duty)
    elif mediation.get("redates") == "all_open":
        settle_all(world)


def _failed(world: World, duty: Duty) -> None:
    world.tell("MediationFailed", duty.key, duty.dispute)
    attempt(world, duty)


def settle_or_excuse(world: World, duty: Duty, cause: int | None) -> bool:
    """It is settled if it can be performed, excused where the scenario says so; whether its dispute is over."""
    excuses = (world.behaviour.get("mediators") or {}).get("cannot_be_done") == "excused"
    if people.can_be_done(world, duty):
        settle(world, duty, cause)
    elif excuses:
        excuse(world, duty, cause)
    return duty.dispute is None


def excuse(world: World, duty: Duty, cause: int | None) -> None:
    """What cannot be done is no longer owed."""
    event = world.change(duty, "excused", "ObligationExcused", cause)
    world.schedule("debtor", duty.place, None)
    close(world, duty, event)
    world.changed(event)
    exchange = exchanges.of(world, duty)
    if exchange is not None:
        exchanges.let_off(world, exchange, event)


def settle_all(world: World, cause: int | None = None) -> None:
    """Every open dispute that can be settled is."""
    for duty in world.duties:
        if duty.dispute is not None:
            settle_or_excuse(world, duty, duty.dispute if cause is None else cause)


def settle(world: World, duty: Duty, cause: int | None) -> None:
    """It is due anew after the mediators' lag, and its debtor keeps the settlement."""
    u = world.chance.at(f"mediates {duty.key}", duty.attempts)
    lag = time_at(u[2], (world.behaviour.get("mediators") or {}).get("lag"))
    event = world.change(duty, "redated", "DisputeSettled", cause)
    close(world, duty, event)
    duty.is_settled, duty.decides_anew = True, False
    new_date(world, duty, event, world.now + lag)
    if duty.kind == "flow":
        world.schedule("creditor", duty.place, None)
        flows.settled(world, duty, event)
    elif not duty.on_the_way and not duty.waits_for_truce and duty.ready_at is None and not deadlines.is_waiting(duty):
        about_to = world.scheduled("debtor", duty.place)
        duty.time = world.now + lag
        if about_to is not None:
            duty.time = min(about_to, duty.time)
        world.schedule("debtor", duty.place, duty.time)
    cause_is_gone(world, duty, event)


def new_date(world: World, duty: Duty, event: int, date: int) -> None:
    """It is due anew on this date, with the grace of that."""
    duty.new_date = date
    if duty.due_at is not None:
        duty.by_date = date
    if duty.terms.get("deadline"):
        duty.latest, duty.is_held_up = date, False
    world.tell("ObligationRedated", duty.key, event, amount=world.calendar.day(date))
    obligations.watch_grace(world, duty, date)


def date_has_come(world: World, duty: Duty) -> None:
    """A new timetable's date: its debtor decides afresh, once its gate is open if that has shut in the meantime."""
    if not gates.holds(world, duty.terms.get("after")):
        duty.waits_for_gate, duty.open_since = True, None
        if not duty.has_deadline:
            duty.stage = ""
            world.schedule("creditor", duty.place, None)
        deadlines.look(world)
        return
    is_anew = duty.decides_anew
    duty.decides_anew = duty.waits_for_gate = False
    if is_anew:
        duty.choice, duty.is_settled = "", False
    if is_anew and duty.status == "redated":
        event = world.change(duty, "due", "ObligationDue", duty.opened_by)
    else:  # it has been late since
        event = world.tell("ObligationDue", duty.key, duty.opened_by)
    duty.cause, duty.due_at, duty.by_date = event, world.now, world.now
    if duty.first_due == FOREVER:
        duty.first_due = world.now
    if not duty.has_deadline:
        obligations.watch_grace(world, duty, world.now)
    obligations.decide(world, duty)


# ---------------------------------------------------------------- patience


def patience_over(world: World, duty: Duty) -> None:
    """The truce is suspended; where none has begun the deal collapses."""
    if world.truce.state != "holds":
        ending.end(world, "collapsed", duty.dispute)
        return
    party = world.creditor(duty)
    u = world.chance.at(f"suspends {duty.key}", duty.patience_ended)
    duty.patience_ended += 1
    length = time_at(u[0], world.habits(party).get("suspends"), "1 d")
    truce.suspend(world, party, duty.dispute or 0, length, truce.restores(world, party, u[1]), duty.place)


def truce_came_back(world: World, duty: Duty, event: int) -> None:
    """The dispute over which the truce was suspended is settled with its return, or stays open."""
    if duty.dispute is None:
        return
    u = world.chance.at(f"suspends {duty.key}", duty.patience_ended - 1)
    own = (world.behaviour.get("mediators") or {}).get("settles_with_truce")
    chance = chance_to_settle(world, duty) if own is None else float(own)
    if u[2] < chance and settle_or_excuse(world, duty, event):
        return
    duty.stage, duty.put_off = "patience", False
    patience = time_at(u[3], world.habits(world.creditor(duty)).get("patience"), "14 d")
    world.schedule("creditor", duty.place, world.now + max(DAY, patience))
