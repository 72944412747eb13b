"""Incidents: self-exciting sources, and the answers to them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from tests.oracle import talks, truce
from tests.oracle.chance import exponential, time_at
from tests.oracle.reading import DAY, minutes
from tests.oracle.world import World


@dataclass
class Source:
    """One source of incidents."""

    key: str
    terms: dict[str, Any]
    side: str
    excess: float = 0.0
    """Intensity a day above the background, at `since`."""
    since: int = 0
    draws: int = 0
    times: list[int] = field(default_factory=list)

    @property
    def decay(self) -> float:
        """Mean days to an incident that follows from another."""
        return minutes(self.terms.get("decay") or "1 d") / DAY

    def number(self, name: str) -> float:
        """One of its numbers."""
        return float(self.terms.get(name) or 0.0)


def begin(world: World) -> None:
    """All sources; those with a rate before the truce begin with the deal."""
    world.sources = [
        Source(key, terms, world.side_of(str(terms["by"])))
        for key, terms in (world.behaviour.get("incidents") or {}).items()
    ]


def deal_begins(world: World) -> None:
    """Sources with a rate without a truce have their first incident before one."""
    for place, source in enumerate(world.sources):
        source.since = world.now
        if source.number("without_truce"):
            expect(world, place)


def expect(world: World, place: int) -> None:
    """When the next one comes, from two uniforms."""
    source: Source = world.sources[place]
    holds, excess = world.truce.state == "holds", source.excess
    background = source.number("per_day" if holds else "without_truce")
    u = world.chance.at(f"arrives {source.key}", source.draws)
    source.draws += 1
    days = math.inf
    if excess > 0:
        left = 1 - exponential(u[0]) / (excess * source.decay)
        if left > 0:
            days = -math.log(left) * source.decay
    if background > 0:
        days = min(days, exponential(u[1]) / background)
    world.schedule("incident", place, None if days == math.inf else world.now + math.ceil(days * DAY))


def _fade(world: World, source: Source) -> None:
    source.excess *= math.exp(-(world.now - source.since) / DAY / source.decay)
    source.since = world.now


def truce_begins(world: World) -> None:
    """First hours are the worst."""
    for place, source in enumerate(world.sources):
        _fade(world, source)
        source.excess += source.number("initial") / source.decay
        expect(world, place)


def truce_stops(world: World) -> None:
    """None while it is suspended, or at another rate."""
    for place, source in enumerate(world.sources):
        world.schedule("incident", place, None)
        if source.number("without_truce"):
            _fade(world, source)
            expect(world, place)


def truce_returns(world: World) -> None:
    """As before, from now on."""
    for place, source in enumerate(world.sources):
        _fade(world, source)
        expect(world, place)


def act(world: World, place: int) -> None:
    """An incident: it may be major, break off talks, and be answered."""
    source: Source = world.sources[place]
    _fade(world, source)
    u = world.chance.at(f"arrives {source.key}", source.draws - 1)
    answer = world.chance.at(f"answer {source.key}", source.draws)
    source.excess += source.number("branching") / source.decay
    is_major = u[2] < source.number("major")
    event = world.tell("IncidentMajor" if is_major else "IncidentMinor", source.key, None)
    world.count["incidents"] += 1
    if is_major and answer[2] < source.number("breaks_off_talks"):
        talks.break_off_all(world, event)
    party = next(party for party in world.parties if party != source.side)
    responds = world.habits(party).get("responds") or {}
    if world.truce.state == "holds" and u[3] < _chance(world, source, responds, is_major):
        length = time_at(answer[0], responds.get("suspends"), "1 d")
        source.times.append(world.now)
        truce.suspend(world, party, event, length, truce.restores(world, party, answer[1]))
        return
    source.times.append(world.now)
    expect(world, place)


def _chance(world: World, source: Source, responds: dict[str, Any], is_major: bool) -> float:
    """Of an answer, grown by what recent incidents strain."""
    chance = float(responds.get("major" if is_major else "minor") or 0.0)
    memory = minutes(responds.get("memory") or "7 d")
    times = [at for other in world.sources if other.side == source.side for at in other.times]
    recent = sum(0.5 ** ((world.now - at) / memory) for at in times)
    return 1 - (1 - chance) ** (1 + float(responds.get("strain") or 0.0) * recent)
