"""Why two scenarios end differently with the same chance events: where their histories part, and what follows."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sim.analysis.decided import Otherwise, fell_otherwise
from sim.analysis.decided.moments import Side
from sim.document.deal import Deal
from sim.document.names import called, in_words, phase_called
from sim.document.scenario import ResolvedScenario
from sim.document.values import Part
from sim.engine.reference import ReferenceEngine
from sim.outcomes.columns import columns, end_name, is_quantity, published, root_cause_of
from sim.outcomes.story import cause_called, chain, describe, quoted
from sim.outcomes.trace import records
from sim.plan.codes import FIELD_CAUSE, FIELD_EVENT, FIELD_MINUTE, NONE, Event
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.plan.ranked import Ranking, drawn_by
from sim.reading.difference import WORDS

Array = np.ndarray[Any, Any]
Fact = tuple[str, str | None]

MOST_FOLLOWING = 40
TERMS = ("stocks", "holders", "lines", "phases", "obligations", "exchanges", "powers")
IMPORTANT = frozenset({
    Event.POWER_USED, Event.PHASE_CONTINUED, Event.PHASE_ENTERED, Event.PHASE_LAPSED, Event.OBLIGATION_REFUSED,
    Event.OBLIGATION_WITHHELD, Event.OBLIGATION_LATE, Event.OBLIGATION_HELD_BACK, Event.OBLIGATION_MET_LATE,
    Event.OBLIGATION_CURED, Event.OBLIGATION_DEFAULTED, Event.HANDOVER_ARRIVED, Event.PEOPLE_NOT_LOCATED,
    Event.REMAINS_MISIDENTIFIED, Event.LINE_REACHED, Event.DISPUTE_OPENED, Event.DISPUTE_SETTLED,
    Event.TRUCE_SUSPENDED, Event.TRUCE_RESTORED, Event.TRUCE_ENDED, Event.INCIDENT_MAJOR, Event.TALKS_OPENED,
    Event.TALKS_AGREED, Event.TALKS_BROKEN_OFF, Event.TALKS_NOT_OPENED, Event.TALKS_DEADLOCKED, Event.SHOCK_STRUCK,
    Event.PARTY_LEFT, Event.EXCHANGE_COMPLETE, Event.DEAL_COMPLETED, Event.DEAL_COLLAPSED, Event.DEAL_LAPSED,
    Event.DEAL_STANDING,
})  # fmt: skip
"""Events worth telling among what follows; the rest is bookkeeping."""


@dataclass(frozen=True)
class History:
    """One side of an explanation.

    Attributes
    ----------
    plan : Plan
        The scenario as the engine reads it.
    outcomes : ndarray of int64, shape (n_columns,)
        As measured, times in minutes.
    trace : ndarray of int32, shape (n_events, 7)
        Minute since the deal's start, event, subject, actor, cause, before, after.
    own : tuple of int
        Numbers of the events that the other history does not have, in order.
    follows : tuple of int
        The important ones among them, at most `MOST_FOLLOWING`, the end always with them.
    traced : frozenset of int
        Events whose chain of causes leads back to the first of its own.
    """

    plan: Plan
    outcomes: Array
    trace: Array
    own: tuple[int, ...]
    follows: tuple[int, ...]
    traced: frozenset[int]

    @property
    def parting(self) -> int | None:
        """Its first event that the other history does not have; None if it has none."""
        return self.own[0] if self.own else None

    def tell(self, event: int) -> dict[str, Any]:
        """One event as a flat record.

        Parameters
        ----------
        event : int
            Its number in the trace.

        Returns
        -------
        dict
            As in a trace, with a sentence as `text`, and `traced`: whether causes lead back from it to the parting.
        """
        row = self.trace[event : event + 1]
        record = next(iter(records(self.plan, row)))
        text = describe(self.plan, row[0].tolist())
        return {**record, "id": event, "text": text, "traced": event in self.traced}

    def as_json(self) -> dict[str, Any]:
        """The side as plain data.

        Returns
        -------
        dict
            As it stands in `ceasefire explain --json`.
        """
        names = columns(self.plan)
        root = root_cause_of(self.plan, self.outcomes, names)
        return {
            "scenario": self.plan.scenario.scenario,
            "parting": None if self.parting is None else self.tell(self.parting),
            "follows": [self.tell(event) for event in self.follows],
            "n_own_events": len(self.own),
            "end": end_name(int(self.outcomes[names.index("end")])),
            "root_cause": root,
            "root_in_words": cause_called(self.plan.scenario, root),
            "chain": chain(self.plan, self.trace),
        }


@dataclass(frozen=True)
class Explanation:
    """Where two histories with the same draws part, and what comes of it.

    Attributes
    ----------
    seed, replicate : int
        Address of the draws that both share.
    baseline, variant : History
        The two sides.
    otherwise : Otherwise or None
        The decision that fell otherwise; None where none did, but the terms differ.
    """

    seed: int
    replicate: int
    baseline: History
    variant: History
    otherwise: Otherwise | None = None

    def __repr__(self) -> str:
        names = " against ".join(side.plan.scenario.scenario for side in (self.variant, self.baseline))
        return f"<Explanation of {names}, seed {self.seed}, replicate {self.replicate}>"

    @property
    def is_same(self) -> bool:
        """Whether both histories have the same events; their outcomes may differ where terms are counted otherwise."""
        return not self.baseline.own and not self.variant.own

    @property
    def parts_at(self) -> Literal["baseline", "variant"] | None:
        """The side with the first event that the other lacks; a tie goes to the variant, where the change was made."""
        if self.is_same:
            return None
        one, other = (
            math.inf if h.parting is None else int(h.trace[h.parting, FIELD_MINUTE])
            for h in (self.baseline, self.variant)
        )
        return "baseline" if one < other else "variant"

    @property
    def parting(self) -> dict[str, Any] | None:
        """The first event at which the histories part; None if they are the same."""
        side = self.variant if self.parts_at == "variant" else self.baseline
        return None if side.parting is None else side.tell(side.parting)

    def terms(self) -> list[str]:
        """The terms that differ, by title; what differs in wording alone is left out.

        Returns
        -------
        list of str
            Such as '“Second group” (due, after)'.
        """
        return [*_terms_that_differ(*(history.plan.scenario.deal for history in (self.baseline, self.variant)))]

    def differences(self) -> dict[str, tuple[float, float]]:
        """Outcomes that differ.

        Returns
        -------
        dict of str to (float, float)
            By outcome, in its published unit: baseline and variant.
        """
        one, other = (_published(side) for side in (self.baseline, self.variant))
        return {name: (one[name], other[name]) for name in one if name in other and one[name] != other[name]}

    def as_json(self) -> dict[str, Any]:
        """The explanation as plain data.

        Returns
        -------
        dict
            What `ceasefire explain --json` prints.
        """
        return {
            "seed": self.seed,
            "replicate": self.replicate,
            "same": self.is_same,
            "parts_at": self.parts_at,
            "parting": self.parting,
            "otherwise": None if self.otherwise is None else self.otherwise.as_json(),
            "terms": self.terms(),
            "baseline": self.baseline.as_json(),
            "variant": self.variant.as_json(),
            "differences": {
                name: {"baseline": one, "variant": other, "difference": other - one}
                for name, (one, other) in self.differences().items()
            },
        }


def _terms_that_differ(one: Deal, other: Deal) -> Iterator[str]:
    for part in TERMS:
        before, after = getattr(one, part), getattr(other, part)
        for key in dict.fromkeys([*before, *after]):
            a, b = before.get(key), after.get(key)
            named = b or a
            title = phase_called(other if b else one, key) if part == "phases" else called(named, key)
            if a is None or b is None:
                yield f"{quoted(title)} (only in the {'baseline' if b is None else 'variant'})"
            elif fields := _fields_that_differ(a, b):
                yield f"{quoted(title)} ({', '.join(map(in_words, fields))})"


def _fields_that_differ(one: Part, other: Part) -> list[str]:
    return [name for name in type(one).model_fields
            if name not in WORDS and getattr(one, name) != getattr(other, name)]  # fmt: skip


def explain(
    baseline: ResolvedScenario, variant: ResolvedScenario, seed: int, replicate: int, ranking: Ranking | None = None
) -> Explanation:
    """The first event at which two scenarios part in one replicate, and what follows from it in each.

    Parameters
    ----------
    baseline, variant : ResolvedScenario
    seed, replicate : int
        Both run with these draws.
    ranking : Ranking, optional
        Of those that are Sobol numbers.

    Returns
    -------
    Explanation

    Raises
    ------
    EngineError
        If a guarantee is broken on the way.
    """
    plans = [drawn_by(compile_plan(scenario), ranking) for scenario in (baseline, variant)]
    runs = [ReferenceEngine(plan).run(seed, replicate) for plan in plans]
    facts = [_facts(plan, run.trace) for plan, run in zip(plans, runs, strict=True)]
    one, other = (
        _history(plan, run.outcomes, run.trace, unshared(facts[side], facts[1 - side]))
        for side, (plan, run) in enumerate(zip(plans, runs, strict=True))
    )
    sides = [Side(history.plan, history.trace, seed, replicate) for history in (one, other)]
    return Explanation(seed, replicate, one, other, fell_otherwise(sides[0], sides[1], (one.own, other.own)))


def unshared(facts: Sequence[Fact], others: Sequence[Fact]) -> list[int]:
    """Places of the facts that the others do not have; what both have several times is matched in order."""
    left = Counter(others)
    places = []
    for place, fact in enumerate(facts):
        if left[fact]:
            left[fact] -= 1
        else:
            places.append(place)
    return places


def _facts(plan: Plan, trace: Array) -> list[Fact]:
    """The events by name, with the name of their cause: nothing that depends on how events or parts are numbered."""
    told = list(records(plan, trace))
    facts = []
    for record in told:
        cause = None if record["cause"] is None else _bare(told[record["cause"]])
        facts.append((_bare(record), cause))
    return facts


def _bare(record: dict[str, Any]) -> str:
    return json.dumps({key: value for key, value in record.items() if key not in ("id", "cause")})


def _history(plan: Plan, outcomes: Array, trace: Array, own: list[int]) -> History:
    important = [event for event in own[1:] if int(trace[event, FIELD_EVENT]) in IMPORTANT]
    if len(important) > MOST_FOLLOWING:
        important = [*important[: MOST_FOLLOWING - 1], important[-1]]
    traced = frozenset(consequences(trace, own[0]) if own else ())
    return History(plan, outcomes, trace, tuple(own), tuple(important), traced)


def consequences(trace: Array, event: int) -> list[int]:
    """The events whose chain of causes leads back to one event, itself included, in order."""
    leads_back = np.zeros(len(trace), bool)
    leads_back[event] = True
    for number in range(event + 1, len(trace)):
        cause = int(trace[number, FIELD_CAUSE])
        leads_back[number] = cause != NONE and leads_back[cause]
    return [int(number) for number in np.flatnonzero(leads_back)]


def _published(side: History) -> dict[str, float]:
    names = columns(side.plan)
    row = zip(names, side.outcomes, strict=True)
    return {name: float(published(name, raw)) for name, raw in row if is_quantity(name)}
