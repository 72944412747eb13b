"""Deals that combine features two by two: chosen so that every pair acts in one history, as the traces tell."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from sim.document.scenario import ResolvedScenario
from sim.reading.checks import check_deal
from sim.reading.checks_behaviour import check_behaviour
from tests.builders import History
from tests.combinations import (  # noqa: F401  (they register features)
    behaviour_features,
    claim_features,
    deadline_features,
    deal_features,
    exchange_features,
    power_features,
)
from tests.combinations.draft import Acted, Draft
from tests.combinations.table import FEATURES

MANY, FEW = 28, 8
"""Features that a deal is asked to have: many, and few once only pairs that get in each other's way are left."""


@dataclass(frozen=True)
class Composed:
    """A scenario with the features that were written into it.

    Attributes
    ----------
    seed : int
        Of the choices, and of the replicate.
    resolved : ResolvedScenario
    acted : dict
        By feature, how to tell from a history whether it acted.
    """

    seed: int
    resolved: ResolvedScenario
    acted: dict[str, Acted]

    def in_history(self, history: History) -> set[str]:
        """The features that acted."""
        return {name for name, has_acted in self.acted.items() if has_acted(history)}


def compose(names: list[str], seed: int) -> Composed:
    """A scenario with these features, written in this order.

    Raises
    ------
    ValueError
        If the documents' checks refuse it; the message is theirs.
    """
    draft = Draft(random.Random(seed))
    acted = {name: FEATURES[name].write(draft) for name in names}
    resolved = ResolvedScenario.model_validate(draft.document())
    faults = [fault for fault in (*check_deal(resolved.deal), *check_behaviour(resolved)) if fault.severity == "error"]
    if faults:
        raise ValueError(f"{names}: " + "; ".join(f"{fault.path}: {fault.message}" for fault in faults))
    return Composed(seed, resolved, acted)


@dataclass
class Coverage:
    """How often each pair of features acted in one history.

    Attributes
    ----------
    enough : int
        Histories in which a pair has to act.
    """

    enough: int
    counts: np.ndarray = field(init=False)
    asked: np.ndarray = field(init=False)
    alone: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.names = list(FEATURES)
        self.place = {name: place for place, name in enumerate(self.names)}
        self.counts = np.zeros((len(self.names), len(self.names)), np.int64)
        self.asked = np.zeros_like(self.counts)

    def choose(self, chance: random.Random) -> list[str]:
        """Features for the next deal: the neediest pair, then what meets most pairs that are still short."""
        short = self._short()
        urgency = np.where(short, -self.asked.astype(float), -np.inf)
        first, second = divmod(int(np.argmax(urgency + self._noise(chance) * short)), len(self.names))
        chosen = [first, second]
        while len(chosen) < (MANY if np.count_nonzero(short) > 2 * MANY else FEW):
            gain = (short[chosen] / (1.0 + self.asked[chosen])).sum(0) + self._noise(chance)[0]
            gain[chosen] = -1.0
            chosen.append(int(np.argmax(gain)))
        for one, other in combinations(chosen, 2):
            self.asked[one, other] += 1
            self.asked[other, one] += 1
        chance.shuffle(chosen)
        return [self.names[place] for place in chosen]

    def _short(self) -> np.ndarray:
        short = self.counts < self.enough
        np.fill_diagonal(short, val=False)
        return short

    def _noise(self, chance: random.Random) -> np.ndarray:
        return np.random.default_rng(chance.getrandbits(32)).random(self.counts.shape) * 0.5

    def count(self, acted: set[str]) -> None:
        """Take a history into account."""
        places = [self.place[name] for name in acted]
        self.counts[np.ix_(places, places)] += 1
        self.alone.update(acted)

    def missing(self) -> Iterator[tuple[str, str]]:
        """The pairs that acted together in too few histories."""
        for one, other in np.argwhere(np.triu(self._short(), 1)):
            yield self.names[one], self.names[other]
