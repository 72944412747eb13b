"""What a replicate comes to: one row of whole numbers, measured by one compiled function for both engines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.deal.measured import CODES, FIXED, PER_PARTY, measures
from sim.native.decorators import entry, rule
from sim.plan.layout import (
    FIELD_EVENT,
    FIELD_SUBJECT,
    N_PARTIES,
    NONE,
    OF_OBLIGATIONS,
    Custody,
    End,
    Event,
    Kind,
    PhaseState,
    Status,
    Truce,
)
from sim.rules.causes import root_of
from sim.rules.flows import share_of_flow
from sim.rules.leads import share_kept
from sim.rules.obligations import ENOUGH_OF_A_FLOW, PART_OF_A_FLOW

if TYPE_CHECKING:
    from sim.plan.compile import Plan

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
N_FIXED = len(FIXED)
N_PER_PARTY = len(PER_PARTY)
LEAD, BROKEN, VOID, NOT_DUE = (PER_PARTY.index(name) for name in ("largest_lead", "broken", "void", "not_due"))

OF_GROUPS = (Event.PEOPLE_MOVED, Event.REMAINS_MOVED, Event.REMAINS_MISIDENTIFIED, Event.PEOPLE_DIED)
"""Events that are about a group of people."""


@rule
def _score(plan, state, obligation):
    """0 not started, 1 minimal, 2 intermediate, 3 full: the scale of the Peace Accords Matrix."""
    if plan.kind[obligation] == Kind.FLOW:
        share = share_of_flow(plan, state, obligation) if state.delivered[obligation] > 0 else 0.0
    elif plan.kind[obligation] == Kind.TRUCE:
        share = share_kept(state, obligation)
    else:
        share = state.delivered[obligation] / max(1, state.owed[obligation])
    if share + 1e-9 >= ENOUGH_OF_A_FLOW:
        return 3
    if share + 1e-9 >= PART_OF_A_FLOW:
        return 2
    return 1 if share > 0.0 else 0


@rule
def _worth(plan, state, obligation):
    """0 for what was met on time, 1 for what was met late or after a dispute, 2 for what was not met."""
    status = state.status[obligation]
    worth = 0 if status == Status.MET else (1 if status in (Status.MET_LATE, Status.CURED) else 2)
    if plan.kind[obligation] == Kind.TRUCE and worth < 2:
        share = share_kept(state, obligation) + 1e-9
        worth = max(worth, 0 if share >= ENOUGH_OF_A_FLOW else (1 if share >= PART_OF_A_FLOW else 2))
    return worth


@rule
def _was_open_to_the_last(state, obligation):
    """Whether it fell away only as the window closed: among the last events, after that of the horizon."""
    event = state.end_event
    while event > 0 and state.events[event, FIELD_EVENT] != Event.HORIZON_REACHED:
        row = state.events[event]
        if row[FIELD_EVENT] == Event.OBLIGATION_VOID and row[FIELD_SUBJECT] == obligation:
            return True
        event -= 1
    return False


@rule
def _why_not_met(state, obligation):
    """Broken; or, of what was never late, not due yet where it was open when the window closed, else void."""
    if state.status[obligation] != Status.VOID:
        return BROKEN
    return NOT_DUE if state.end == End.STANDING and _was_open_to_the_last(state, obligation) else VOID


@rule
def _measure_people(plan, state, row):
    for group in range(plan.n_groups):
        released, remains = state.released[group], state.remains_returned[group]
        row[N_FIXED + N_PER_PARTY * N_PARTIES + group] = released
        living, deceased = (0, released) if plan.is_deceased[group] else (released - remains, remains)
        if plan.is_hostages[group]:
            row[0] += living
            row[1] += deceased
            row[2] += state.held[group]
            row[19] += state.died[group]
        else:
            row[3] += living
            row[4] += deceased
            row[23] += state.held[group]
            row[20] += state.died[group]


@rule
def _measure_obligations(plan, state, row):
    scored, score = 0, 0
    for obligation in range(plan.n_obligations):
        status, debtor = state.status[obligation], plan.debtor[obligation]
        if status == Status.EXCUSED or (plan.owed[obligation] == 0 and not plan.is_dynamic[obligation]):
            continue  # nothing was owed
        scored += 1
        score += _score(plan, state, obligation)
        if plan.is_aid[obligation]:
            row[13] += int(state.flow_delivered[obligation] + 1e-6)
        if debtor < N_PARTIES:
            first, worth = N_FIXED + N_PER_PARTY * debtor, _worth(plan, state, obligation)
            row[first + worth] += 1
            if worth == 2:
                row[first + _why_not_met(state, obligation)] += 1
    row[14] = 100_000_000 * score // max(1, 3 * scored)


@rule
def measure_replicate(plan, state, row):
    """Fill one row of outcomes from a state that has reached its end."""
    row[:] = 0
    _measure_people(plan, state, row)
    _measure_obligations(plan, state, row)
    row[5], row[24] = state.captive_minutes[1], state.captive_minutes[0]
    row[6] = state.truce_minutes
    for phase in range(plan.n_phases):
        if state.phase_state[phase] >= PhaseState.IN_FORCE:
            row[7] = max(row[7], phase + 1)
    for actor in range(plan.n_actors):
        row[8] = max(row[8], state.line[actor])
    row[9], row[10], row[11], row[12] = state.n_disputes, state.dispute_minutes, state.n_incidents, state.n_suspensions
    row[21], row[22] = state.pre_truce_minutes, state.truce == Truce.HOLDS
    row[15] = (state.end_minute - plan.midnight) // 1440 + 1
    root = root_of(state)
    row[16], row[17], row[18] = state.end, state.events[root, 1], state.events[root, 2]
    for party in range(N_PARTIES):
        row[N_FIXED + N_PER_PARTY * party + LEAD] = state.largest_lead[party]
    column = N_FIXED + N_PER_PARTY * N_PARTIES + plan.n_groups
    for obligation in range(plan.n_obligations):
        if plan.kind[obligation] == Kind.ARMS or plan.kind[obligation] == Kind.FORCE_DEPLOYMENT:
            row[column] = state.delivered[obligation]
            column += 1
    for followed in range(plan.n_guarantees):  # guarantees, then milestones, which are followed in the same way
        row[column + followed] = state.violated[followed]


@entry("plans states ints")
def measure(plans, states, row):
    """`measure_replicate` for Python."""
    measure_replicate(plans[0], states[0], row)


@rule
def count_curves(plan, state, starts, widths, n_days, histogram, now):
    """Add a replicate's cumulative releases to the per-day histogram, as differences along the days.

    `now` has room for one number of each curve: the count so far.
    """
    for curve in range(len(starts)):
        histogram[starts[curve]] += 1
        now[curve] = 0
    for i in range(state.n_to_follow):
        row = state.events[state.to_follow[i]]
        if row[6] != Custody.RELEASED or (row[1] != Event.PEOPLE_MOVED and row[1] != Event.REMAINS_MOVED):
            continue
        curve = plan.curve[row[2]] if row[1] == Event.PEOPLE_MOVED else plan.remains_curve[row[2]]
        if curve == NONE:
            continue
        day = min(max((row[0] - plan.midnight) // 1440 + 1, 0), n_days)
        base = starts[curve] + day * widths[curve]
        histogram[base + now[curve]] -= 1
        now[curve] += row[5]
        histogram[base + now[curve]] += 1


@entry("plans states ints ints int ints ints")
def tally(plans, states, starts, widths, n_days, histogram, now):
    """`count_curves` for Python."""
    count_curves(plans[0], states[0], starts, widths, n_days, histogram, now)


def columns(plan: Plan) -> tuple[str, ...]:
    """Names of the columns of an outcome row, in order."""
    violated = [f"{VIOLATED}{guarantee}" for guarantee in plan.guarantees]
    names = (*measures(plan.scenario.deal), *violated, *(f"{REACHED}{one.key}" for one in plan.milestones))
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
    return plan.actors[subject] if event == Event.PARTY_LEFT else ""


@dataclass(frozen=True)
class Curves:
    """Layout of the per-day histogram of cumulative releases: living hostages, deceased hostages, prisoners.

    Attributes
    ----------
    starts, widths : ndarray of int64, shape (3,)
        Where each curve begins in the flat histogram, and its number of counts (largest count + 1).
    n_days : int
        Days run from 0 to `n_days`, the day of the horizon.
    totals : ndarray of int64, shape (3,)
        People whom each curve is about as the deal begins; of the deceased there may come to be more.
    midnight : int
        Minute at which day 1 begins.
    """

    starts: np.ndarray[Any, Any]
    widths: np.ndarray[Any, Any]
    n_days: int
    totals: np.ndarray[Any, Any]
    midnight: int = 0

    @classmethod
    def of(cls, plan: Plan) -> Curves:
        """The layout for one plan."""
        p = plan.record[0]
        groups = range(len(plan.groups))
        totals, later = (
            np.array([sum(int(p["count"][g]) for g in groups if p[of][g] == c) for c in range(3)])
            for of in ("curve", "remains_curve")
        )
        widths = 1 + totals + later
        n_days = int((p["horizon"] - p["midnight"]) // 1440 + 1)
        sizes = widths * (n_days + 1)
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
        return cls(starts, widths.astype(np.int64), n_days, totals.astype(np.int64), int(p["midnight"]))

    def layout(self, histogram: np.ndarray[Any, Any]) -> tuple[Any, ...]:
        """What entries take to add to a histogram: where each curve is in it, and room for its count so far."""
        return self.starts, self.widths, self.n_days, histogram, np.zeros_like(self.starts)

    def empty(self) -> np.ndarray[Any, Any]:
        """A histogram of no replicates."""
        return np.zeros(int(self.starts[-1] + self.widths[-1] * (self.n_days + 1)), np.int64)

    def by_day(self, histogram: np.ndarray[Any, Any], curve: int) -> np.ndarray[Any, Any]:
        """Replicates by day and cumulative count, shape (n_days + 1, width)."""
        start, width = int(self.starts[curve]), int(self.widths[curve])
        flat = histogram[start : start + width * (self.n_days + 1)]
        return np.asarray(np.cumsum(flat.reshape(self.n_days + 1, width), axis=0))


def end_name(code: int) -> str:
    """'completed', 'collapsed', 'lapsed' or 'standing'."""
    return End(code).name.lower()
