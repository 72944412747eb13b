"""What a replicate comes to: one row of whole numbers, measured by one compiled function for both engines."""

from __future__ import annotations

from sim.document.measured import Column, PartyColumn
from sim.native.entry import entry
from sim.native.rule import rule
from sim.plan.codes import (
    FIELD_AFTER,
    FIELD_BEFORE,
    FIELD_EVENT,
    FIELD_MINUTE,
    FIELD_SUBJECT,
    MEETS,
    N_PARTIES,
    NONE,
    Custody,
    End,
    Event,
    LateBy,
    Measure,
    PhaseState,
    Status,
    Truce,
)
from sim.rules.calendar import day_of
from sim.rules.causes import root_of
from sim.rules.flows import share_of_flow
from sim.rules.leads import share_kept
from sim.rules.standing import ENOUGH_OF_A_FLOW, PART_OF_A_FLOW

N_FIXED, N_PER_PARTY, N_LATE_BY = len(Column), len(PartyColumn), len(LateBy)


@rule
def _score(plan, state, obligation):
    """0 not started, 1 minimal, 2 intermediate, 3 full: the scale of the Peace Accords Matrix."""
    if plan.measured_by[obligation] == Measure.RATE:
        has_owed = state.delivered[obligation] > 0 and state.flow_expected[obligation] > 0.0
        share = share_of_flow(plan, state, obligation) if has_owed else 0.0
    elif plan.measured_by[obligation] == Measure.KEEP:
        share = share_kept(state, obligation)
    else:
        share = state.delivered[obligation] / max(1, state.owed[obligation])
    if share + 1e-9 >= ENOUGH_OF_A_FLOW:
        return 3
    if share + 1e-9 >= PART_OF_A_FLOW:
        return 2
    return 1 if share > 0.0 else 0


@rule
def is_done(status):
    """Whether this status is one of an obligation that is met, however late."""
    return Status.MET <= status <= Status.CURED


@rule
def _worth(plan, state, obligation):
    """0 for what was met on time, 1 for what was met late or after a dispute, 2 for what was not met."""
    status = state.status[obligation]
    worth = 0 if status == Status.MET else (1 if status in (Status.MET_LATE, Status.CURED) else 2)
    if plan.measured_by[obligation] == Measure.KEEP and worth < 2:
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
        return PartyColumn.BROKEN
    if state.end == End.STANDING and _was_open_to_the_last(state, obligation):
        return PartyColumn.NOT_DUE
    return PartyColumn.VOID


@rule
def _measure_people(plan, state, row):
    for group in range(plan.n_groups):
        released, remains = state.released[group], state.remains_returned[group]
        row[N_FIXED + N_PER_PARTY * N_PARTIES + group] = released
        living, deceased = (0, released) if plan.is_deceased[group] else (released - remains, remains)
        if plan.is_hostages[group]:
            row[Column.HOSTAGES_LIVING_RELEASED] += living
            row[Column.HOSTAGES_DECEASED_RETURNED] += deceased
            row[Column.HOSTAGES_STILL_HELD] += state.held[group]
            row[Column.HOSTAGES_DIED_IN_CAPTIVITY] += state.died[group]
        else:
            row[Column.PRISONERS_RELEASED] += living
            row[Column.PRISONERS_DECEASED_RETURNED] += deceased
            row[Column.PRISONERS_STILL_HELD] += state.held[group]
            row[Column.PRISONERS_DIED_IN_CAPTIVITY] += state.died[group]


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
            row[Column.AID_DELIVERED] += int(state.flow_delivered[obligation] + 1e-6)
        if debtor < N_PARTIES:
            first, worth = N_FIXED + N_PER_PARTY * debtor, _worth(plan, state, obligation)
            row[first + PartyColumn.ON_TIME + worth] += 1
            if worth == 2:
                row[first + _why_not_met(state, obligation)] += 1
    row[Column.IMPLEMENTATION_SCORE] = 100_000_000 * score // max(1, 3 * scored)


@rule
def _measure_units(plan, state, row, column):
    """Units delivered of each obligation, its lots together. Returns the next column."""
    for obligation in range(plan.n_obligations):
        if plan.is_in_units[obligation]:
            column += plan.lot[obligation] == 0
            # what owes nothing is done as far as gates are concerned, and delivers no unit
            row[column - 1] += min(state.delivered[obligation], plan.owed[obligation])
    return column


@rule
def _measure_lots(plan, state, row, column):
    """Minutes for which each leg of an exchange was held back, its lots together. Returns the next column."""
    for place in range(plan.n_in_step):
        obligation = plan.in_step[place]
        column += plan.lot[obligation] == 0
        row[column - 1] += state.held_back[obligation]
    return column


@rule
def _measure_deadlines(plan, state, row, column):
    """Whose doing each obligation with a deadline was late, or not, its lots together. Returns the next column."""
    for place in range(plan.n_deadlines):
        obligation = plan.deadlined[place]
        column += N_LATE_BY * (plan.lot[obligation] == 0)
        for bit in range(N_LATE_BY):
            row[column - N_LATE_BY + bit] |= (state.late_by[obligation] >> bit) & 1
    return column


@rule
def measure_replicate(plan, state, row):
    """Fill one row of outcomes from a state that has reached its end."""
    row[:] = 0
    _measure_people(plan, state, row)
    _measure_obligations(plan, state, row)
    row[Column.CAPTIVE_DAYS], row[Column.PRISONER_CAPTIVE_DAYS] = state.captive_minutes[1], state.captive_minutes[0]
    row[Column.TRUCE_DAYS] = state.truce_minutes
    for phase in range(plan.n_phases):
        if state.phase_state[phase] >= PhaseState.IN_FORCE:
            row[Column.PHASE_REACHED] = max(row[Column.PHASE_REACHED], phase + 1)
    for actor in range(plan.n_actors):
        row[Column.LINE_REACHED] = max(row[Column.LINE_REACHED], state.line[actor])
    row[Column.DISPUTES], row[Column.DISPUTE_DAYS] = state.n_disputes, state.dispute_minutes
    row[Column.INCIDENTS], row[Column.SUSPENSIONS] = state.n_incidents, state.n_suspensions
    row[Column.PRE_TRUCE_DAYS], row[Column.TRUCE_AT_END] = state.pre_truce_minutes, state.truce == Truce.HOLDS
    row[Column.END_DAY] = day_of(plan, state.end_minute)
    root = root_of(state)
    row[Column.END] = state.end
    row[Column.ROOT_EVENT], row[Column.ROOT_SUBJECT] = (
        state.events[root, FIELD_EVENT],
        state.events[root, FIELD_SUBJECT],
    )
    for party in range(N_PARTIES):
        row[N_FIXED + N_PER_PARTY * party + PartyColumn.LARGEST_LEAD] = state.largest_lead[party]
    column = N_FIXED + N_PER_PARTY * N_PARTIES + plan.n_groups
    column = _measure_lots(plan, state, row, _measure_units(plan, state, row, column))
    column = _measure_deadlines(plan, state, row, column)
    for followed in range(plan.n_guarantees):  # guarantees, then milestones, which are followed in the same way
        row[column + followed] = state.violated[followed]


@entry("plans states ints")
def measure(plans, states, row):
    """`measure_replicate` for Python."""
    measure_replicate(plans[0], states[0], row)


@rule
def _count_out(starts, widths, histogram, now, curve, day, count):
    """Move a replicate to the count that one list has from this day on."""
    base = starts[curve] + day * widths[curve]
    histogram[base + now[curve]] -= 1
    now[curve] += count
    histogram[base + now[curve]] += 1


@rule
def count_by_day(plan, state, starts, widths, n_days, histogram, now):
    """Add a replicate to the histogram by day, laid out by `sim.outcomes.by_day.ByDay`.

    Of each list, and of all that share a column of outcomes, its cumulative releases, as differences along the days;
    of each obligation that is met at the end, the day on which it last came to be: a return is met anew each time that
    more has come to be owed. `now` has room for the count so far of each list, and for where in the histogram each
    obligation counts.
    """
    n_lists = len(widths)
    for curve in range(n_lists):
        histogram[starts[curve]] += 1
        now[curve] = 0
    for name in range(n_lists, len(now)):
        now[name] = NONE
    for i in range(state.n_to_follow):
        row = state.events[state.to_follow[i]]
        event, subject = row[FIELD_EVENT], row[FIELD_SUBJECT]
        if (MEETS >> event) & 1:
            if is_done(state.status[subject]):
                if now[n_lists + subject] != NONE:
                    histogram[now[n_lists + subject]] -= 1
                day = min(max(day_of(plan, row[FIELD_MINUTE]), 0), n_days)
                now[n_lists + subject] = starts[n_lists] + subject * (n_days + 1) + day
                histogram[now[n_lists + subject]] += 1
            continue
        if row[FIELD_AFTER] != Custody.RELEASED or (event != Event.PEOPLE_MOVED and event != Event.REMAINS_MOVED):
            continue
        is_remains = event == Event.REMAINS_MOVED or plan.is_deceased[subject] != 0
        curve = plan.curve[subject] if event == Event.PEOPLE_MOVED else plan.remains_curve[subject]
        column = (0 if plan.is_hostages[subject] != 0 else 2) + (1 if is_remains else 0)
        day = min(max(day_of(plan, row[FIELD_MINUTE]), 0), n_days)
        _count_out(starts, widths, histogram, now, column, day, row[FIELD_BEFORE])
        if curve != column:
            _count_out(starts, widths, histogram, now, curve, day, row[FIELD_BEFORE])


@entry("plans states ints ints int ints ints")
def tally(plans, states, starts, widths, n_days, histogram, now):
    """`count_by_day` for Python."""
    count_by_day(plans[0], states[0], starts, widths, n_days, histogram, now)
