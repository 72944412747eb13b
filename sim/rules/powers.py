"""Powers that are used: what is owed has a new date, on which its debtor decides afresh."""

from sim.native.rule import rule
from sim.plan.codes import NONE, Act, Clock, Event, Occasion, PhaseState, Status
from sim.rules.calendar import day_of, grace_ends, limit_of, time_is_up_at
from sim.rules.deadlines import has_deadline, look_at_deadlines
from sim.rules.leads import close_minutes, owe_for_longer
from sim.rules.obstacles import is_waiting
from sim.rules.occasions import look_at_power
from sim.rules.schedule import record, schedule
from sim.rules.timetable import date_ahead, give_date, let_go, move_end


@rule
def begin_powers(plan, state):
    """Powers that wait for nothing come up with the deal's first minute."""
    for power in range(plan.n_powers):
        look_at_power(plan, state, power, state.begin_event)


@rule
def power_acts(plan, state, power):
    """A power is used; or the date that it gave has come, and with it the next occasion."""
    if state.occasion[power] == Occasion.USED:
        state.occasion[power] = Occasion.NONE
        look_at_power(plan, state, power, state.power_event[power])
        return
    event = record(state, Event.POWER_USED, power, NONE, state.power_event[power], plan.power_by[power], 0)
    state.n_used[power] += 1
    state.occasion[power] = Occasion.USED
    state.power_event[power] = event
    date = _redate_all(plan, state, power, event)
    if state.n_used[power] < plan.power_times[power] and date > state.now:
        schedule(plan, state, Clock.POWER, power, date)


@rule
def _redate_all(plan, state, power, event):
    """Everything that a power is over has its new date. Returns the latest of them, or now."""
    first, end = plan.changed_start[power], plan.changed_start[power + 1]
    close_minutes(plan, state)  # for how long a truce is owed moves with its phase
    for place in range(first, end):
        if plan.changed[place] < plan.n_obligations and _later(plan, state, power, plan.changed[place]) > state.now:
            state.gate_event[plan.changed[place]] = let_go(plan, state, plan.changed[place], event)
    latest = state.now
    for place in range(first, end):
        changed = plan.changed[place]
        if changed >= plan.n_obligations:
            latest = max(latest, _move_phase(plan, state, power, changed - plan.n_obligations))
        else:
            latest = max(latest, _redate(plan, state, power, changed))
    owe_for_longer(plan, state)
    look_at_deadlines(plan, state)
    return latest


@rule
def _date_of(plan, state, obligation):
    """The date that something has: of what is open that for which it was re-dated, or on which it fell due."""
    if state.status[obligation] == Status.PLANNED:
        return state.date[obligation]
    return date_ahead(plan, state, obligation)


@rule
def _later(plan, state, power, obligation):
    """The new date of something; that which it has, or less, where the power changes nothing of it."""
    is_open = Status.PLANNED < state.status[obligation] < Status.MET
    if not is_open and (state.status[obligation] != Status.PLANNED or not is_waiting(state, obligation)):
        return state.now
    if plan.power_to[power] == NONE:
        return max(_date_of(plan, state, obligation), state.now) + plan.power_shift[power]
    return plan.power_to[power] if plan.power_to[power] > _date_of(plan, state, obligation) else state.now


@rule
def _redate(plan, state, power, obligation):
    """One obligation has its new date. Returns it, or now where it stays as it is."""
    minute = _later(plan, state, power, obligation)
    if minute <= state.now:
        return state.now
    if state.status[obligation] == Status.PLANNED:
        _move_planned(plan, state, obligation, minute)
    else:
        give_date(plan, state, obligation, minute, minute - date_ahead(plan, state, obligation))
    return minute


@rule
def _move_planned(plan, state, obligation, minute):
    """What is not due yet: its date, from which it looks at its gate again, and its deadline by as much."""
    moved = minute - state.date[obligation]
    state.date[obligation] = minute
    state.gate_event[obligation] = record(
        state, Event.OBLIGATION_REDATED, obligation, NONE, state.gate_event[obligation], day_of(plan, minute),
        Status.PLANNED,
    )  # fmt: skip
    state.act[obligation] = Act.DATE
    schedule(plan, state, Clock.DEBTOR, obligation, minute)
    if has_deadline(plan, obligation):
        state.latest[obligation] += moved
        if not state.is_held_up[obligation]:
            schedule(plan, state, Clock.CREDITOR, obligation, grace_ends(plan, obligation, state.latest[obligation]))


@rule
def _move_phase(plan, state, power, phase):
    """The end of a phase in force, or the limit of one that goes on. Returns it, or now where it stays as it is."""
    goes_on = state.phase_state[phase] == PhaseState.CONTINUED and plan.at_most[phase] != NONE
    if plan.lasts[phase] == NONE or not (state.phase_state[phase] == PhaseState.IN_FORCE or goes_on):
        return state.now
    ends = limit_of(plan, state, phase) if goes_on else time_is_up_at(plan, state, phase)
    later = plan.power_shift[power]
    if plan.power_to[power] != NONE:
        later = max(0, plan.power_to[power] - ends)
    if later > 0:
        state.lengthened[phase] += later
        move_end(plan, state, phase, later)
    return ends + later
