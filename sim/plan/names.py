"""Places in the plan of everything that a document names."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sim.document.behaviour import Behaviour
from sim.document.conditions import Condition
from sim.document.deal import Deal, Obligation
from sim.document.exchanges import Exchange, exchange_of, least_number, owed_in_step, part_of
from sim.reading.defaults import releases_of


@dataclass(frozen=True)
class Instance:
    """An obligation as it is run: a return owed for each release becomes one per release, a leg in lots one per lot.

    Attributes
    ----------
    name, key : str
        `return.release` and `leg.2` of the obligation `return` and `leg`.
    obligation : Obligation
        With what is owed in this lot.
    release : str or None
        That a return is owed for.
    lot : int
        Its place among the lots, from 0.
    later : int
        Minutes after the date of the obligation.
    """

    name: str
    key: str
    obligation: Obligation
    release: str | None = None
    lot: int = 0
    later: int = 0


@dataclass(frozen=True)
class Names:
    """Places by name, each kind of thing counted from 0 in the document's order.

    Attributes
    ----------
    instances : tuple of Instance
        What is owed, one by one.
    obligations, groups, phases, actors, lines, topics, sources, shocks, powers : dict of str to int
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
    powers: dict[str, int]

    def instances_of(self, key: str) -> list[int]:
        """An obligation's instances: itself, or one for each release or lot."""
        return [o for o, instance in enumerate(self.instances) if key in (instance.key, instance.name)]

    def to_be_delivered(self, key: str, share: float | None, owed: Any) -> Iterator[tuple[int, float | None]]:
        """What has to be delivered of which instances for a share of an obligation to be.

        Lots come one after the other, so that a share is reached within one of them.

        Parameters
        ----------
        key : str
        share : float or None
        owed : ndarray of int
            Of each instance.

        Yields
        ------
        int, float or None
            The instance, and the share of it.
        """
        instances = self.instances_of(key)
        if share is None or len(instances) < 2 or self.instances[instances[0]].release is not None:
            yield from ((o, share) for o in instances)
            return
        left = max(1, math.ceil(share * sum(int(owed[o]) for o in instances) - 1e-9))
        for o in instances:
            if left <= owed[o]:
                yield o, left / int(owed[o])
                return
            left -= int(owed[o])


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
        powers=_places(deal.powers),
    )


def fill_counts(p: Any, names: Names) -> None:
    """How many there are of each."""
    p["n_obligations"], p["n_groups"] = len(names.instances), len(names.groups)
    p["n_phases"], p["n_topics"], p["n_actors"] = len(names.phases), len(names.topics), len(names.actors)
    p["n_sources"], p["n_shocks"], p["n_powers"] = len(names.sources), len(names.shocks), len(names.powers)


def _places(names: Iterable[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}


def _instances(deal: Deal) -> tuple[Instance, ...]:
    """Every obligation to run, in the document's order."""
    instances: list[Instance] = []
    for key, obligation in deal.obligations.items():
        if not obligation.ratio:
            instances.extend(_in_lots(deal, key, obligation, exchange_of(deal, key)))
            continue
        releases = releases_of(deal, obligation)
        instances.extend(Instance(f"{key}.{release}", key, obligation, release) for release in releases)
    return tuple(instances)


def _in_lots(deal: Deal, key: str, obligation: Obligation, exchange: Exchange | None) -> Iterator[Instance]:
    """An obligation, or each of its lots: it owes its part, later than the one before and once that is delivered."""
    if exchange is None:
        yield Instance(key, key, obligation)
        return
    amount, lots = owed_in_step(deal, key), exchange.lots
    for lot in range(lots):
        name = key if lots == 1 else f"{key}.{lot + 1}"
        units = None if obligation.units is None else part_of(_units_in_step(deal, obligation, exchange), lots, lot)
        terms: dict[str, Any] = {
            "amount": {stock: part_of(number, lots, lot) for stock, number in amount.items()} if lots > 1 else amount,
            "units": units,
            "weight": obligation.weight / lots,
        }
        if lot:
            before = Condition.model_construct(obligation=f"{key}.{lot}")
            terms["after"] = [*obligation.after, before]
        yield Instance(name, key, obligation.model_copy(update=terms), lot=lot, later=lot * exchange.every)


def _units_in_step(deal: Deal, obligation: Obligation, exchange: Exchange) -> int:
    """The units that a leg owes; in an exchange of numbers no more than the leg that owes least."""
    most = least_number(deal, exchange)
    units = obligation.units or 0
    return units if most is None else min(units, most)
