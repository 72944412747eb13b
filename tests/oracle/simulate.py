"""One replicate of a resolved scenario: its history, and what is measured of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.oracle import (
    deadlines,
    deaths,
    disputes,
    ending,
    flows,
    gates,
    incidents,
    lead,
    obligations,
    people,
    phases,
    powers,
    shocks,
    talks,
    truce,
    unknown,
)
from tests.oracle.world import Duty, Event, World

ACTS: dict[str, Callable[[World, int], None]] = {
    "day": gates.day_comes,
    "shock": shocks.act,
    "power": powers.act,
    "share": flows.share_acts,
    "debtor": obligations.debtor_acts,
    "talks": talks.act,
    "mediator": disputes.mediator_acts,
    "creditor": disputes.creditor_acts,
    "truce": truce.act,
    "incident": incidents.act,
    "phase": phases.act,
    "leaving": phases.leaving_acts,
    "death": deaths.act,
    "horizon": ending.horizon,
}


MOST_STEPS = 200_000
"""More are a circle, not a history."""


@dataclass(frozen=True)
class History:
    """What happened, and how everything stood at the end."""

    events: tuple[Event, ...]
    statuses: dict[str, str]
    released: dict[str, int]
    end: str
    world: World


def simulate(document: dict[str, Any], seed: int, replicate: int) -> History:
    """Tell one replicate of a resolved scenario, given as plain data."""
    world = World(document, seed, replicate)
    world.acts, world.watchers = ACTS, [obligations.watch, talks.watch, phases.watch, powers.watch, deadlines.watch]
    unknown.draw(world)
    world.phases, world.truce, world.flows = phases.Phases(world), truce.Truce(), flows.Flows()
    world.people, world.lead, world.over = people.People(world), lead.Lead(world), lead.minutes_pass
    talks.begin(world)
    incidents.begin(world)
    deaths.begin(world)
    shocks.begin(world)
    world.now = min([0, *_dates(world)])
    began = world.tell("DealBegan", "", None)
    incidents.deal_begins(world)
    gates.begin(world)
    world.schedule("horizon", 0, world.horizon)
    powers.begin(world, began)
    world.changed(began)
    if world.scheduled("phase", 0) == world.now:  # with it the deal begins, before anybody acts
        world.schedule("phase", 0, None)
        phases.act(world, 0)
    steps = 0
    while world.step():
        steps += 1
        assert steps < MOST_STEPS, f"nothing moves on at minute {world.now}"
    statuses = {duty.key: duty.status for duty in world.duties}
    released = {key: group.released_ever for key, group in world.people.groups.items()}
    return History(tuple(world.events), statuses, released, world.end or "", world)


def _dates(world: World) -> list[int]:
    """Dates of the first phase, some of which may lie before the deal's start."""
    first = world.phases.order[0]
    return [date for duty in world.duties if duty.phase == first for date in _date(world, duty)]


def _date(world: World, duty: Duty) -> list[int]:
    texts = [str(duty.terms.get(name) or "") for name in ("due", "starts_by")]
    return [world.calendar.date(text, None) for text in texts if text.startswith("day ")]
