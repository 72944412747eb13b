"""Shocks: something from outside, at most once; a new timetable."""

from __future__ import annotations

from typing import Any

from tests.oracle import deadlines, deaths, disputes, exchanges, obligations, people, talks, truce, unknown
from tests.oracle.chance import hazard_minutes, time_at
from tests.oracle.reading import NotCovered
from tests.oracle.world import Duty, World


def _all(world: World) -> list[tuple[str, dict[str, Any]]]:
    return list((world.behaviour.get("shocks") or {}).items())


def begin(world: World) -> None:
    """Whether and when each one strikes."""
    for place, (key, terms) in enumerate(_all(world)):
        u = world.chance.at(f"shock {key}")
        if u[0] >= terms.get("chance", 1.0):
            continue
        if terms.get("at"):
            world.schedule("shock", place, world.calendar.date(str(terms["at"])))
        else:
            world.schedule("shock", place, hazard_minutes(u[1], float(terms.get("per_day") or 0.0)))


def act(world: World, place: int) -> None:
    """It strikes."""
    key, terms = _all(world)[place]
    u = world.chance.at(f"shock {key}")
    event = world.tell("ShockStruck", key, None)
    effect = terms["effect"]
    if effect == "suspends_truce":
        if world.truce.state == "holds":
            back = truce.restores(world, str(terms["by"]), u[3])
            truce.suspend(world, str(terms["by"]), event, time_at(u[2], terms.get("lasts"), "1 d"), back)
    elif effect == "breaks_off_talks":
        talks.break_off_all(world, event, terms.get("topic"))
    elif effect == "settles_all":
        disputes.settle_all(world, event)
    elif effect == "redates_all":
        new_timetable(world, event, time_at(u[2], (world.behaviour.get("mediators") or {}).get("lag")))
    elif effect == "locates":
        _locate(world, str(terms["stock"]), event)
    elif effect == "shifts":
        deaths.add_up(world)
        unknown.put(world.behaviour, str(terms["path"]), terms["to"])
        deaths.rates_changed(world)
    else:
        raise NotCovered(f"effect {effect}")


def _locate(world: World, key: str, event: int) -> None:
    group = world.people.groups[key]
    waited = [duty for duty in world.duties if people.is_waiting_for_people(world, duty)]
    group.found_at = [min(at, world.now) for at in group.found_at]
    if group.held_by in world.people.contact:
        world.people.contact[group.held_by] = min(world.people.contact[group.held_by], world.now)
    for duty in waited:
        if not people.is_waiting_for_people(world, duty):  # some of them are found
            world.schedule("debtor", duty.place, world.now)


def new_timetable(world: World, event: int, lag: int) -> None:
    """What is open is due anew; dates ahead move later."""
    causes = [settled_by(world, duty, event) for duty in world.duties]
    for duty, cause in zip(world.duties, causes, strict=True):
        if duty.is_open and not (duty.kind == "flow" and (duty.level >= 1.0 or duty.ends_at == world.now)):
            _new_date(world, duty, cause, lag)
    for duty in world.duties:
        if duty.entered is not None:
            _later(world, duty, lag)
    world.phases.later(world, lag)
    deadlines.look(world)


def settled_by(world: World, duty: Duty, event: int) -> int:
    """Disputes end before anything has a new date; what that is due to."""
    if duty.dispute is None:
        return event
    settled = world.change(duty, "redated", "DisputeSettled", event)
    disputes.close(world, duty, settled)
    disputes.cause_is_gone(world, duty, settled)
    return settled


def is_dated_ahead(world: World, duty: Duty) -> bool:
    """Whether it was re-dated to a date that has yet to come."""
    date = _dated(duty)
    has_date = date is not None and date > world.now and (duty.kind != "flow" or duty.decides_anew)
    is_over = duty.has_deadline and duty.stage != "grace"  # a dispute that has just ended gives it no date
    return duty.status == "redated" and has_date and not is_over


def _dated(duty: Duty) -> int | None:
    """The date that a settlement or a timetable gave it; of what is not due yet its deadline, which others may move."""
    return duty.latest if duty.is_ahead and duty.has_deadline else duty.new_date


def _new_date(world: World, duty: Duty, cause: int, lag: int) -> None:
    is_ahead = is_dated_ahead(world, duty)
    give_date(world, duty, cause, (duty.new_date or 0) + lag if is_ahead else world.now + lag, lag)


def give_date(world: World, duty: Duty, cause: int, date: int, lag: int) -> None:
    """It is decided anew on this date; what was settled for a date ahead is done so much later."""
    if is_dated_ahead(world, duty) and not duty.decides_anew:  # it was settled, and its debtor keeps that
        _move(world, duty, cause, lag)
        return
    exchanges.stop_waiting(world, duty)
    duty.status, duty.decides_anew, duty.time = "redated", True, None
    duty.waits_for_truce = duty.waits_for_gate = False
    duty.kept_by = frozenset()
    if duty.due_at is None:
        duty.due_at = world.now
    duty.opened_by = len(world.events)
    disputes.new_date(world, duty, cause, date)
    if duty.kind == "flow" and duty.ends_at is not None:
        world.schedule("debtor", duty.place, min(date, duty.ends_at))
    elif not duty.on_the_way:
        world.schedule("debtor", duty.place, date)


def _move(world: World, duty: Duty, event: int, lag: int) -> None:
    """A settlement's date still ahead: it is performed so much later."""
    about_to = world.scheduled("debtor", duty.place)
    if duty.is_ahead:
        duty.dated_by = duty.opened_by = len(world.events)
    disputes.new_date(world, duty, event, (_dated(duty) or 0) + lag)
    if about_to is not None and not duty.on_the_way and duty.kind != "flow" and not duty.is_ahead:
        duty.time = (duty.time or about_to) + lag
        world.schedule("debtor", duty.place, about_to + lag)


def _later(world: World, duty: Duty, lag: int) -> None:
    """Dates still ahead."""
    if duty.kind == "talks":
        topic = talks.of(world, duty.place)
        if topic.state == "not_started":
            planned = world.scheduled("talks", duty.place)
            is_ahead = topic.date > world.now
            topic.date += lag if is_ahead else 0
            # whose date or open gate is of this very minute has yet to begin its time
            has_begun = topic.date < world.now and duty.open_since not in (None, world.now)
            if planned is not None and planned > world.now and (is_ahead or has_begun):
                world.schedule("talks", duty.place, planned + lag)
        if topic.deadline is not None and topic.deadline > world.now:
            topic.deadline += lag
        return
    if duty.ends_at is not None and duty.ends_at > world.now and duty.is_open:
        duty.ends_at += lag
        date = duty.new_date if duty.decides_anew and duty.new_date is not None else duty.ends_at
        world.schedule("debtor", duty.place, min(date, duty.ends_at))
    if duty.status == "planned" and duty.date > world.now:
        duty.date += lag
        planned = world.scheduled("debtor", duty.place)
        if planned is not None:
            world.schedule("debtor", duty.place, max(planned, duty.date))
    if duty.status == "planned" and duty.latest is not None and duty.has_deadline:
        duty.latest = max(duty.latest, world.now) + lag
        if not duty.is_held_up:
            obligations.watch_grace(world, duty, duty.latest)
