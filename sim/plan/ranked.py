"""Which draws of a plan are Sobol numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.plan.draws import Draw, decision_key
from sim.plan.limits import MAX_RANKED, RANKED_SLOTS
from sim.plan.plan import Plan
from sim.plan.slots import drawn_apart
from sim.plan.sobol import SCRAMBLES, directions, slot_of
from sim.reading.posterior import taken_columns

SOBOL = "sobol"
UNIFORMS = 4
"""Of a decision."""


@dataclass(frozen=True)
class Ranking:
    """How the draws of a command are made: its most important decisions as Sobol numbers.

    Attributes
    ----------
    of : str
        The scenario that was ranked.
    draws : tuple of Draw
        The most important first.
    is_pilot : bool
        Whether a pilot ranked them, and not the catalogue.
    """

    of: str
    draws: tuple[Draw, ...]
    is_pilot: bool = False

    @property
    def option(self) -> str:
        """As `--draws` takes it."""
        return f"{SOBOL}:{self.of}"

    def as_json(self) -> dict[str, Any]:
        """Plain data, as it stands in manifests."""
        ranking = [[draw.decision, draw.place, draw.occurrence] for draw in self.draws]
        return {"kind": SOBOL, "scrambles": SCRAMBLES, "ranked_for": self.of, "ranking": ranking}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Ranking:
        """The ranking of a manifest."""
        return cls(data["ranked_for"], tuple(Draw(*draw) for draw in data["ranking"]))


def drawn_by(plan: Plan, ranking: Ranking | None) -> Plan:
    """The plan with the draws of a command: independent without a ranking."""
    return plan if ranking is None else evenly_drawn(plan, ranking.draws)


def evenly_drawn(plan: Plan, ranking: Sequence[Draw]) -> Plan:
    """The plan with these draws as Sobol numbers, the first in the first dimension.

    Parameters
    ----------
    plan : Plan
    ranking : sequence of Draw
        At most `MAX_RANKED`; those of decisions that the plan does not have change nothing.

    Returns
    -------
    Plan
        With a record of its own.
    """
    record = plan.record.copy()
    p = record[0]
    p["n_ranked"] = len(ranking[:MAX_RANKED])
    p["is_ranked"] = 0
    p["dimension"] = -1
    p["direction"] = directions()
    for dimension, draw in enumerate(ranking[:MAX_RANKED]):
        key = np.uint64(decision_key(draw.decision))
        slot = int(slot_of(key, draw.occurrence))
        while p["is_ranked"][slot] and (p["ranked_key"][slot], p["ranked_occurrence"][slot]) != (key, draw.occurrence):
            slot = (slot + 1) % RANKED_SLOTS
        p["is_ranked"][slot], p["ranked_key"][slot], p["ranked_occurrence"][slot] = 1, key, draw.occurrence
        p["dimension"][slot, draw.place] = dimension
    return replace(plan, record=record, ranking=tuple(ranking[:MAX_RANKED]))


def draws_of(plan: Plan) -> list[Draw]:
    """The first occurrence of every decision of a plan, with each of its uniforms, whatever it is used for.

    Parameters
    ----------
    plan : Plan
    """
    scenario = plan.scenario
    apart = [] if scenario.scripted else drawn_apart(scenario.uncertain, taken_columns(scenario))
    uncertain = [(scenario.uncertain[path].moves_with or path).removeprefix("behaviour.") for path in apart]
    decided = [
        (("performs", "complains", "mediates", "withholds", "suspends", "ahead"), plan.obligations),
        (("search", "identifies", "dies"), plan.groups),
        (("contact",), plan.actors),
        (("leaves",), plan.phases),
        (("opens", "agrees"), plan.topics),
        (("arrives", "answer"), plan.sources),
        (("shock",), plan.shocks),
        (("uses",), plan.powers),
        (("uncertain",), dict.fromkeys(uncertain)),
    ]
    names = [f"{decision} {name}" for decisions, of in decided for name in of for decision in decisions]
    return [Draw(name, place) for name in names for place in range(UNIFORMS)]


def in_whole(n: int) -> int:
    """The fewest replicates from n on that give each scramble as many points, in three digits of base 2 or fewer."""
    each = max(1, -(-n // SCRAMBLES))
    step = 1 << max(0, each.bit_length() - 3)
    return SCRAMBLES * step * -(-each // step)
