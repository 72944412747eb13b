"""The columns of a row of outcomes and the codes of a trace, by name and in published units."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from sim.document.measured import CODES, HELD_BACK, measures
from sim.plan.codes import NONE, OF_OBLIGATIONS, End, Event
from sim.plan.plan import Plan
from sim.rules.calendar import day_at

VIOLATED = "violated_"
"""Columns of declared guarantees: the minute at which each was first violated, -1 where it is kept."""
_SCALES = {
    "captive_days": 1440,
    "prisoner_captive_days": 1440,
    "truce_days": 1440,
    "dispute_days": 1440,
    "pre_truce_days": 1440,
    "implementation_score": 1_000_000,
}
REACHED = "reached_"
"""Columns of milestones: the minute in which each first came about, -1 where it never did."""
OF_GROUPS = (Event.PEOPLE_MOVED, Event.REMAINS_MOVED, Event.REMAINS_MISIDENTIFIED, Event.PEOPLE_DIED)
"""Events that are about a group of people."""


def columns(plan: Plan) -> tuple[str, ...]:
    """Names of the columns of an outcome row, in order."""
    violated = [f"{VIOLATED}{guarantee}" for guarantee in plan.guarantees]
    reached = (f"{REACHED}{one.key}" for one in plan.milestones)
    names = (*measures(plan.scenario.deal), *violated, *reached, *plan.asked)
    return tuple(name for name in names if name not in plan.unmeasured) if plan.unmeasured else names


def is_quantity(name: str) -> bool:
    """Whether a column is a number to be averaged; codes and minutes of what may never happen are not."""
    return name not in CODES and not name.startswith((VIOLATED, REACHED))


def violations(plan: Plan, row: np.ndarray[Any, Any]) -> dict[str, int | None]:
    """By declared guarantee, the minute at which one replicate first violated it; None where it is kept.

    Parameters
    ----------
    plan : Plan
    row : ndarray of int64, shape (n_columns,)
        Its outcomes.
    """
    return _minutes(plan, row, VIOLATED)


def reached(plan: Plan, row: np.ndarray[Any, Any]) -> dict[str, int | None]:
    """By milestone, the minute in which it first came about in one replicate; None where it never did.

    Parameters
    ----------
    plan : Plan
    row : ndarray of int64, shape (n_columns,)
        Its outcomes.
    """
    return _minutes(plan, row, REACHED)


def _minutes(plan: Plan, row: np.ndarray[Any, Any], prefix: str) -> dict[str, int | None]:
    """By name, the minutes in the columns that begin so; None where there is none."""
    found = {name.removeprefix(prefix): int(row[i]) for i, name in enumerate(columns(plan)) if name.startswith(prefix)}
    return {name: None if minute == NONE else minute for name, minute in found.items()}


def published(name: str, raw: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A column in its published unit: days, percent, shares; counts and codes as they are.

    Parameters
    ----------
    name : str
        Column name.
    raw : ndarray of int64
        The column as measured: minutes, parts per million, counts.

    Returns
    -------
    ndarray
        Of float64 where a unit changes, else as given.
    """
    if name in _SCALES:
        return raw / _SCALES[name]
    if name.startswith(HELD_BACK):
        return raw / 1440
    if name.startswith("largest_lead_"):
        return raw / 1_000_000
    return raw


def root_cause(plan: Plan, event: int, subject: int) -> str:
    """A root cause in words, such as 'obligation_refused batch_2'."""
    kind = Event(event)
    return f"{kind.name.lower()} {subject_name(plan, kind, subject)}".strip()


def subject_name(plan: Plan, event: Event, subject: int) -> str:
    """The name of what an event is about."""
    name = event.name
    if (OF_OBLIGATIONS >> event) & 1:
        return plan.obligations[subject]
    if event in OF_GROUPS:
        return plan.groups[subject]
    if name.startswith("PHASE"):
        return plan.phases[subject]
    if name.startswith("TALKS"):
        return plan.topics[subject]
    if name.startswith("INCIDENT"):
        return plan.sources[subject]
    if name.startswith("SHOCK"):
        return plan.shocks[subject]
    if event == Event.LINE_REACHED:
        return plan.lines[subject]
    if event == Event.POWER_USED:
        return plan.powers[subject]
    if event == Event.DAY_CAME:
        return plan.days[subject]
    return plan.actors[subject] if event == Event.PARTY_LEFT else ""


def end_name(code: int) -> str:
    """'completed', 'collapsed', 'lapsed' or 'standing'."""
    return End(code).name.lower()


def event_name(event: int) -> str:
    """'ObligationMet' for `Event.OBLIGATION_MET`."""
    return "".join(word.capitalize() for word in Event(event).name.split("_"))


def local_time(plan: Plan, minute: int) -> datetime:
    """The moment of a minute, at the offset from UTC that the deal starts with."""
    return plan.scenario.deal.starts + timedelta(minutes=minute)


def day_of(plan: Plan, minute: int) -> int:
    """The deal's day, 1 for the first, in which a minute falls."""
    return int(day_at(minute, int(plan.record["midnight"][0])))


def root_cause_of(plan: Plan, outcomes: np.ndarray[Any, Any], names: tuple[str, ...]) -> str:
    """The root cause of one row of outcomes, in words."""
    return root_cause(plan, int(outcomes[names.index("root_event")]), int(outcomes[names.index("root_subject")]))
