"""Death in captivity: each person bears an amount drawn once, and dies when what has added up reaches it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.oracle.chance import exponential
from tests.oracle.reading import DAY
from tests.oracle.world import World

if TYPE_CHECKING:
    from tests.oracle.people import Group


@dataclass
class Captivity:
    """What has added up for the living of one group, and how much each of them bears."""

    terms: dict[str, Any]
    amounts: list[float] = field(default_factory=list)
    """Of the living who are held, in the order in which they would leave."""
    borne: float = 0.0
    since: int = 0


def begin(world: World) -> None:
    """Everybody's amount is drawn."""
    given = world.behaviour.get("deaths") or {}
    world.captivity = {}
    for key, group in world.people.groups.items():
        terms: dict[str, Any] | None = given.get(key, given.get(group.held_by))
        if terms is None or group.of != "people":
            continue
        amounts = [exponential(world.chance.at(f"dies {key}", n)[0]) for n in range(group.count)]
        world.captivity[key] = Captivity(terms, amounts)
        expect(world, key)


def _rate(world: World, captivity: Captivity) -> float:
    """Hazard a minute, as the truce stands."""
    factor = 1.0 if world.truce.state == "holds" else float(captivity.terms.get("without_truce", 1.0))
    return float(captivity.terms.get("per_day") or 0.0) * factor / DAY


def expect(world: World, key: str) -> None:
    """When the next one dies."""
    captivity: Captivity = world.captivity[key]
    place, rate = list(world.people.groups).index(key), _rate(world, captivity)
    if not captivity.amounts or rate <= 0:
        world.schedule("death", place, None)
        return
    left = min(captivity.amounts) - captivity.borne
    world.schedule("death", place, captivity.since + math.ceil(left / rate))


def add_up(world: World) -> None:
    """The truce or a hazard is about to change: what was borne until now."""
    for captivity in world.captivity.values():
        captivity.borne += _rate(world, captivity) * max(0, world.now - captivity.since)
        captivity.since = max(captivity.since, world.now)


def rates_changed(world: World) -> None:
    """Hazards are other ones from now on."""
    for key in world.captivity:
        expect(world, key)


def act(world: World, place: int) -> None:
    """Whoever has borne their amount dies."""
    key = list(world.people.groups)[place]
    captivity: Captivity = world.captivity[key]
    group: Group = world.people.groups[key]
    borne = captivity.borne + _rate(world, captivity) * (world.now - captivity.since)
    number = sum(1 for amount in captivity.amounts if amount <= borne + 1e-12)
    if number:
        captivity.amounts = [amount for amount in captivity.amounts if amount > borne + 1e-12]
        group.remains += number
        world.changed(world.tell("PeopleDied", key, None, amount=number))
    expect(world, key)


def leave(world: World, group: Group, living: int) -> None:
    """Who leaves captivity dies no more: of the living those who come first."""
    captivity: Captivity | None = world.captivity.get(group.key)
    if captivity is not None and living:
        del captivity.amounts[:living]
        expect(world, group.key)
