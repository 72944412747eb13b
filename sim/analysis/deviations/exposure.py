"""Exposure: how far a side that complies can be left with what it has given and has not been given for."""

from __future__ import annotations

from dataclasses import dataclass

from sim.engine.reference import ReferenceEngine
from sim.plan.codes import FIELD_EVENT, FIELD_MINUTE, FIELD_SUBJECT, Event
from sim.plan.plan import Plan

_STEPS = (Event.OBLIGATION_MET, Event.OBLIGATION_MET_LATE, Event.OBLIGATION_CURED, Event.HANDOVER_ARRIVED)


@dataclass(frozen=True)
class Moment:
    """When one side's delivered share ran farthest ahead of the other's.

    Attributes
    ----------
    lead : float
        As a share of everything that each side owes.
    minute : int
    after : str or None
        The step after which it did; None where it never did.
    """

    lead: float
    minute: int
    after: str | None


def worst_moment(plan: Plan, party: int) -> Moment:
    """The first moment of a scripted run at which a party's delivered share is farthest ahead of the other side's."""
    engine = ReferenceEngine(plan)
    trace = engine.run(0, 0).trace.tolist()
    lead = int(engine.states["largest_lead"][0, party]) / 1_000_000
    if lead == 0.0:
        return Moment(0.0, 0, None)
    minute = int(engine.states["lead_at"][0, party])
    last = next(row for row in reversed(trace) if row[FIELD_EVENT] in _STEPS and row[FIELD_MINUTE] <= minute)
    return Moment(lead, minute, plan.obligations[last[FIELD_SUBJECT]])
