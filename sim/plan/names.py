"""Places in the plan of everything that a document names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sim.document.behaviour import Behaviour
from sim.document.deal import Deal, Obligation
from sim.reading.defaults import releases_of


@dataclass(frozen=True)
class Instance:
    """An obligation as it is run: a return owed for each release becomes one instance per release."""

    name: str
    key: str
    obligation: Obligation
    release: str | None = None


@dataclass(frozen=True)
class Names:
    """Places by name, each kind of thing counted from 0 in the document's order.

    Attributes
    ----------
    instances : tuple of Instance
        What is owed, one by one.
    obligations, groups, phases, actors, lines, topics, sources, shocks : dict of str to int
        Actors are the two parties, then holders, mediators and others.
    """

    instances: tuple[Instance, ...]
    obligations: dict[str, int]
    groups: dict[str, int]
    phases: dict[str, int]
    actors: dict[str, int]
    lines: dict[str, int]
    topics: dict[str, int]
    sources: dict[str, int]
    shocks: dict[str, int]

    def instances_of(self, key: str) -> list[int]:
        """An obligation's instances: itself, or one for each release."""
        return [o for o, instance in enumerate(self.instances) if key in (instance.key, instance.name)]


def names_of(deal: Deal, behaviour: Behaviour) -> Names:
    """The places of what a deal and a behaviour name."""
    instances = _instances(deal)
    return Names(
        instances=instances,
        obligations=_places(instance.name for instance in instances),
        groups=_places(deal.people),
        phases=_places(deal.phases),
        actors=_places([*deal.parties, *deal.holders, *deal.mediators, *deal.others]),
        lines=_places(deal.lines),
        topics=_places(o.topic for o in deal.obligations.values() if o.kind == "talks" and o.topic),
        sources=_places(behaviour.incidents),
        shocks=_places(behaviour.shocks),
    )


def fill_counts(p: Any, names: Names) -> None:
    """How many there are of each."""
    p["n_obligations"], p["n_groups"] = len(names.instances), len(names.groups)
    p["n_phases"], p["n_topics"], p["n_actors"] = len(names.phases), len(names.topics), len(names.actors)
    p["n_sources"], p["n_shocks"] = len(names.sources), len(names.shocks)


def _places(names: Iterable[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}


def _instances(deal: Deal) -> tuple[Instance, ...]:
    """Every obligation to run, in the document's order."""
    instances = []
    for key, obligation in deal.obligations.items():
        if not obligation.ratio:
            instances.append(Instance(key, key, obligation))
            continue
        releases = releases_of(deal, obligation)
        instances.extend(Instance(f"{key}.{release}", key, obligation, release) for release in releases)
    return tuple(instances)
