"""Powers: they come up, are used or not, and what is owed has another date: 'Powers' of the page on the model."""

from __future__ import annotations

from typing import Any

from tests.oracle import deadlines, exchanges, gates, obligations, shocks
from tests.oracle.chance import time_at
from tests.oracle.reading import listed, minutes
from tests.oracle.world import Duty, World


class Power:
    """One power, and how its occasion stands: nothing, up or used."""

    def __init__(self, key: str, terms: dict[str, Any], place: int):
        self.key, self.terms, self.place = key, terms, place
        self.occasion, self.n_up, self.n_used = "", 0, 0
        self.cause: int | None = None

    @property
    def days(self) -> int | None:
        """How much later it makes things, if it names no day."""
        return None if self.terms.get("to") else minutes(self.terms["days"])


def begin(world: World, event: int) -> None:
    """Those that wait for nothing come up at once."""
    given = (world.deal.get("powers") or {}).items()
    world.powers = [Power(key, terms, place) for place, (key, terms) in enumerate(given)]
    watch(world, event)


def watch(world: World, event: int) -> None:
    """Whether one comes up, or no longer does."""
    if world.end is None:
        for power in getattr(world, "powers", []):
            _look(world, power, event)


def _look(world: World, power: Power, event: int) -> None:
    if power.occasion == "used":
        return
    if not gates.holds(world, power.terms.get("after")):
        power.occasion = ""
        world.schedule("power", power.place, None)
    elif not power.occasion and power.n_used < int(power.terms.get("times") or 1):
        habits = (world.behaviour.get("powers") or {}).get(power.key) or {}
        u = world.chance.at(f"uses {power.key}", power.n_up)
        power.n_up, power.occasion, power.cause = power.n_up + 1, "up", event
        if u[0] < habits.get("used", 0.0):
            world.schedule("power", power.place, world.now + time_at(u[1], habits.get("time")))


def act(world: World, place: int) -> None:
    """It is used, or the date that it gave has come."""
    power: Power = world.powers[place]
    if power.occasion == "used":
        power.occasion = ""
        _look(world, power, power.cause or 0)
        return
    order = exchanges.actors(world)
    by = tuple(sorted(set(listed(power.terms["by"])), key=order.index))
    power.cause = world.tell("PowerUsed", power.key, power.cause, amount=by)
    power.occasion, power.n_used = "used", power.n_used + 1
    named = dict.fromkeys(listed(power.terms["what"]))
    duties = [duty for key in named for duty in world.duties if duty.key.split(".")[0] == key]
    causes = {
        duty.key: shocks.settled_by(world, duty, power.cause)
        for duty in duties
        if duty.is_open and _date(world, power, duty) is not None
    }
    dates = [_redate(world, power, duty, causes) for duty in duties]
    dates += [_lengthen(world, power, key) for key in named if key in world.deal["phases"]]
    deadlines.look(world)
    latest = max(dates, default=world.now)
    if power.n_used < int(power.terms.get("times") or 1) and latest > world.now:
        world.schedule("power", power.place, latest)


def _date(world: World, power: Power, duty: Duty) -> int | None:
    """The new date of something, if it gets any."""
    if not duty.is_open and not duty.is_ahead:
        return None
    now = duty.date
    if duty.is_open:
        now = (duty.latest if duty.is_ahead or (duty.waits_for_gate and duty.has_deadline) else _open_date(duty)) or 0
    if power.days is not None:
        return max(now, world.now) + power.days
    date = world.calendar.date(str(power.terms["to"]))
    return date if date > max(now, world.now) else None


def _open_date(duty: Duty) -> int | None:
    """When it fell due, or for when it was re-dated since."""
    return duty.new_date if duty.new_date is not None and duty.status == "redated" else _due(duty)


def _due(duty: Duty) -> int | None:
    return duty.due_at if duty.new_date is None else max(duty.new_date, duty.due_at or 0)


def _redate(world: World, power: Power, duty: Duty, causes: dict[str, int]) -> int:
    date = _date(world, power, duty)
    if date is None:
        return world.now
    if duty.is_open:
        before = duty.latest if duty.is_ahead or (duty.waits_for_gate and duty.has_deadline) else _open_date(duty)
        shocks.give_date(world, duty, causes.get(duty.key, power.cause or 0), date, date - (before or 0))
        return date
    moved = date - duty.date
    cause = obligations.dated_by(duty) if duty.opened_by is None else duty.opened_by
    duty.dated_by = duty.opened_by = world.tell("ObligationRedated", duty.key, cause, amount=world.calendar.day(date))
    duty.date = date
    if duty.open_since is not None:
        world.schedule("debtor", duty.place, max(duty.open_since + obligations.after_gate(duty), date))
    if duty.has_deadline:
        duty.latest = (duty.latest or 0) + moved
        if not duty.is_held_up:
            obligations.watch_grace(world, duty, duty.latest)
    return date


def _lengthen(world: World, power: Power, key: str) -> int:
    """The end of a phase in force, or the limit of one that goes on."""
    phases = world.phases
    goes_on = phases.state[key] == "continued" and phases.limit is not None
    if key != phases.now or not (goes_on or (phases.state[key] == "in_force" and phases.ends_at is not None)):
        return world.now
    ends = phases.limit if goes_on else phases.ends_at
    lag = power.days if power.days is not None else max(0, world.calendar.date(str(power.terms["to"])) - ends)
    if lag:
        if goes_on:
            phases.limit += lag
        else:
            phases.ends_at += lag
            phases.up[key] = phases.ends_at
        if ends == world.now or world.scheduled("phase", 0) != world.now:  # else it is about to end early
            world.schedule("phase", 0, ends + lag)
    return int(ends + lag)
