"""A history looked at again: the numbers in force and the counts of draws when something in it was decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from sim.engine.reference import ReferenceEngine
from sim.plan.codes import FIELD_EVENT, FIELD_MINUTE, FIELD_SUBJECT, Event
from sim.plan.draws import decision_key, draw_block
from sim.plan.plan import Plan
from sim.plan.sobol import even_block
from sim.rules.chance import time_of

Array = np.ndarray[Any, Any]

KEPT = (
    "parameter", "n_performs", "n_complaints", "n_mediations", "n_suspends", "n_arrivals", "n_openings",
    "recent_incidents", "recent_since", "truce", "now", "decides_afresh", "choice", "n_occasions",
)  # fmt: skip


class AsRulesRead:
    """A record and the state of a moment, as a rule that is called from here reads them."""

    def __init__(self, record: np.void, fields: Mapping[str, object]):
        self._record, self._fields = record, fields

    def __getattr__(self, name: str) -> object:
        return self._fields[name] if name in self._fields else self._record[name]


@dataclass(frozen=True)
class Moment:
    """What stood when a decision was taken.

    Attributes
    ----------
    plan : Plan
    seed, replicate : int
    state : dict of str to ndarray
        Fields of the state in `KEPT`, before whatever happened then.
    """

    plan: Plan
    seed: int
    replicate: int
    state: dict[str, Array]

    def number(self, slot: int) -> float:
        """A number of the behaviour, as it was in force."""
        return float(self.state["parameter"][slot])

    def count(self, name: str, place: int) -> int:
        """How often a decision had been drawn."""
        return int(self.state[name][place])

    def uniforms(self, name: str, occurrence: int) -> tuple[float, float, float, float]:
        """The four numbers drawn at an address."""
        address = (self.seed, self.replicate, decision_key(name), occurrence)
        drawn = draw_block(*(np.uint64(number) for number in address))
        if self.plan.ranking:
            seed, replicate, key, _ = (np.uint64(number) for number in address)
            drawn = even_block(AsRulesRead(self.plan.record[0], {}), seed, replicate, key, occurrence, drawn)
        a, b, c, d = drawn
        return float(a), float(b), float(c), float(d)

    def time(self, u: float, median: int, p95: int) -> int:
        """Minutes at probability `u` of the time in these slots."""
        spreads = {name: defaultdict[int, float](float) for name in ("spread", "spread_median", "spread_p95")}
        return int(time_of(AsRulesRead(self.plan.record[0], {"parameter": self.state["parameter"], **spreads}),
                           u, median, p95))  # fmt: skip


@dataclass(frozen=True)
class Side:
    """One of the two histories.

    Attributes
    ----------
    plan : Plan
    trace : ndarray of int32, shape (n_events, 7)
    seed, replicate : int
    """

    plan: Plan
    trace: Array
    seed: int
    replicate: int
    _moments: dict[int, Moment] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def rows(self) -> list[list[int]]:
        """The trace as plain numbers."""
        rows: list[list[int]] = self.trace.tolist()
        return rows

    def last(self, kinds: Iterable[Event], subject: int | None, until: int) -> int | None:
        """The last event of one of these kinds about this subject, no later than this event; None if there is none."""
        wanted = frozenset(kinds)
        for number in range(until, -1, -1):
            row = self.rows[number]
            if row[FIELD_EVENT] in wanted and subject in (None, row[FIELD_SUBJECT]):
                return number
        return None

    def first(self, kinds: Iterable[Event], subject: int | None, since: int) -> int | None:
        """The first event of one of these kinds about this subject after this event; None if there is none."""
        wanted = frozenset(kinds)
        for number in range(since + 1, len(self.rows)):
            row = self.rows[number]
            if row[FIELD_EVENT] in wanted and subject in (None, row[FIELD_SUBJECT]):
                return number
        return None

    def end_of(self, minute: int) -> int:
        """The last event up to the end of a minute."""
        return int(np.searchsorted(self.trace[:, FIELD_MINUTE], minute, side="right")) - 1

    def before(self, event: int) -> Moment:
        """What stood just before the step in which an event happened."""
        if event not in self._moments:
            self._moments[event] = self._look_again(event)
        return self._moments[event]

    def _look_again(self, event: int) -> Moment:
        """The same history once more, up to that event."""
        kept: dict[str, Array] = {}

        def keep(engine: ReferenceEngine, _: int) -> None:
            if not kept or int(engine.states["n_events"][0]) <= event:
                kept.update({name: np.array(engine.states[name][0]) for name in KEPT})

        ReferenceEngine(self.plan, keep).run(self.seed, self.replicate)
        return Moment(self.plan, self.seed, self.replicate, kept)
