"""The life of an obligation on its debtor's side: from planned to met, in parts if need be."""

import numpy as np

from sim.native.rule import rule
from sim.plan.codes import (
    NEVER,
    NONE,
    Act,
    Choice,
    Clock,
    Decision,
    DueKind,
    Event,
    Measure,
    Performs,
    Status,
    Truce,
    Watch,
)
from sim.plan.uniforms import PERFORMS_CHOICE, PERFORMS_DELAY, PERFORMS_PART
from sim.rules.calendar import runs_until
from sim.rules.chance import time_of, uniforms
from sim.rules.conditions import gate_is_open
from sim.rules.deadlines import has_deadline, late_at, look_at_deadlines
from sim.rules.disputes import may_withhold, withhold
from sim.rules.exchanges import go_in_step, stand_ready
from sim.rules.flows import add_up_flow, set_flow_level
from sim.rules.gates import signal_obligation, wait_for_gate
from sim.rules.handovers import arrive, hand_over
from sim.rules.lines import reach_line
from sim.rules.schedule import cancel, record, schedule
from sim.rules.script import choose
from sim.rules.shares import record_share
from sim.rules.standing import deliver, end_flow, finish
from sim.rules.truce import begin_truce


@rule
def debtor_acts(plan, state, obligation):
    """The debtor acts: looks at the gate, falls due, performs, or sees a consignment arrive."""
    act = state.act[obligation]
    if plan.measured_by[obligation] == Measure.TOPIC:
        schedule(plan, state, Clock.TALKS, plan.topic[obligation], state.now)
    elif act == Act.UNTIL or (act in (Act.GATE, Act.DUE) and state.now >= runs_until(plan, state, obligation)):
        end_flow(plan, state, obligation, state.gate_event[obligation])
    elif act in (Act.DATE, Act.GATE):
        _look_at_gate(plan, state, obligation, act)
    elif act == Act.DUE:  # had its gate shut meanwhile, it would wait for that
        _fall_due(plan, state, obligation)
    elif act in (Act.PERFORMANCE, Act.PEOPLE):
        _perform(plan, state, obligation)
    elif act == Act.ARRIVAL:
        arrive(plan, state, obligation)
    elif act == Act.READY:
        go_in_step(plan, state, plan.exchange[obligation])
    elif act == Act.AFRESH:
        _fall_due_anew(plan, state, obligation)


@rule
def _look_at_gate(plan, state, obligation, act):
    """The date has come, or a gate may have opened: due now, soon, or not before a signal."""
    if not gate_is_open(plan, state, obligation):
        wait_for_gate(plan, state, obligation)
        return
    since = state.now if act == Act.GATE else min(state.open_since[obligation], state.now)
    ready = since + plan.after_gate[obligation]
    state.act[obligation] = Act.DUE
    if ready > state.now:
        schedule(plan, state, Clock.DEBTOR, obligation, min(ready, runs_until(plan, state, obligation)))
    else:
        _fall_due(plan, state, obligation)


@rule
def _fall_due_anew(plan, state, obligation):
    """The date of a new timetable has come; what it waits for may have been undone since it first fell due."""
    if gate_is_open(plan, state, obligation):
        _fall_due(plan, state, obligation)
    else:
        wait_for_gate(plan, state, obligation)


@rule
def _fall_due(plan, state, obligation):
    """An obligation is due: the debtor decides, and its creditor begins to watch."""
    before = state.status[obligation]
    if plan.owed[obligation] == 0 and not plan.is_dynamic[obligation]:
        _owe_nothing(plan, state, obligation)
        return
    if before == Status.PLANNED or state.owed_from[obligation] == NEVER:
        state.owed_from[obligation] = state.now
    elif plan.measured_by[obligation] == Measure.RATE:
        add_up_flow(plan, state, obligation)  # until now it ran as it did before the new timetable
    is_watched = has_deadline(plan, obligation)  # and so it may have been late, complained of and settled before
    is_first = before == Status.PLANNED or (before == Status.REDATED and state.decides_afresh[obligation] == 1)
    status = before if is_watched and not is_first else Status.DUE
    state.status[obligation] = status
    state.due[obligation] = state.now
    debtor = plan.debtor[obligation]
    event = record(state, Event.OBLIGATION_DUE, obligation, debtor, state.gate_event[obligation], before, status)
    state.cause[obligation] = event
    if before == Status.PLANNED and plan.latest_kind[obligation] == DueKind.GATE:
        state.latest[obligation] = state.now + plan.latest_offset[obligation]
    delay = _delay_of(plan, state, obligation)
    if plan.measured_by[obligation] == Measure.RATE and state.parameter[plan.level[obligation]] >= 1.0:
        _run_in_full(state, obligation)
    if state.choice[obligation] == Choice.REFUSED:
        state.cause[obligation] = record(state, Event.OBLIGATION_REFUSED, obligation, debtor, event, 0, 0)
    elif state.choice[obligation] == Choice.LATE:
        state.cause[obligation] = record(state, Event.OBLIGATION_DELAYED, obligation, debtor, event, delay, 0)
    if not is_watched:
        state.watch[obligation] = Watch.GRACE
    if plan.measured_by[obligation] == Measure.RATE:
        _begin_flow(plan, state, obligation)
    else:
        _plan_performance(plan, state, obligation, delay)
    if state.watch[obligation] == Watch.GRACE and not is_watched:  # not met at once
        schedule(plan, state, Clock.CREDITOR, obligation, late_at(plan, state, obligation, state.now))


@rule
def _delay_of(plan, state, obligation):
    """The debtor decides once, however often the obligation falls due; anew only for a new timetable."""
    if state.choice[obligation] == Choice.NONE or state.decides_afresh[obligation]:
        scripted = plan.is_scripted
        delay = _scripted_delay(plan, state, obligation) if scripted else _drawn_delay(plan, state, obligation)
        state.delay[obligation] = delay
        if state.status[obligation] != Status.DISPUTED:
            state.dispute_event[obligation] = NONE  # no settlement binds it any more
        state.decides_afresh[obligation] = 0
        state.n_performs[obligation] += 1
    return state.delay[obligation]


@rule
def _run_in_full(state, flow):
    """A flow that runs late at its full level is not late."""
    if state.choice[flow] == Choice.LATE:
        state.choice[flow] = Choice.ON_TIME


@rule
def _owe_nothing(plan, state, obligation):
    """Nothing is owed: void when it would fall due, and from then on what waits for it need wait no longer."""
    event = finish(plan, state, obligation, Status.VOID, Event.OBLIGATION_VOID, state.gate_event[obligation])
    state.delivered[obligation] = 1
    record_share(plan, state, obligation, event)
    signal_obligation(plan, state, obligation, event)


@rule
def _drawn_delay(plan, state, obligation):
    """Draw the debtor's choice: on time, late or refused. Returns the minutes of its delay."""
    drawn = uniforms(plan, state, plan.key_performs[obligation], state.n_performs[obligation])
    choice, late = drawn[PERFORMS_CHOICE], drawn[PERFORMS_DELAY]
    refused = state.parameter[plan.refused[obligation]]
    state.choice[obligation] = Choice.ON_TIME
    if choice < refused:
        state.choice[obligation] = Choice.REFUSED
    elif choice < refused + state.parameter[plan.late[obligation]]:
        state.choice[obligation] = Choice.LATE
        if plan.measured_by[obligation] != Measure.RATE:
            return time_of(state, late, plan.delay_median[obligation], plan.delay_p95[obligation])
    return np.int64(0)


@rule
def _scripted_delay(plan, state, obligation):
    """Take the debtor's choice from the script. Returns the minutes of its delay."""
    grace = late_at(plan, state, obligation, state.now) - state.now
    is_flow = plan.measured_by[obligation] == Measure.RATE
    choices = 1 << Performs.LATE | 1 << Performs.REFUSED
    if not is_flow:
        choices |= 1 << Performs.NEVER
        if grace > 1:
            choices |= 1 << Performs.WITHIN_GRACE
    choice = choose(plan, state, Decision.PERFORMANCE, obligation, state.n_performs[obligation], choices)
    state.choice[obligation] = Choice.LATE
    if choice == Performs.ON_TIME:
        state.choice[obligation] = Choice.ON_TIME
    elif choice == Performs.REFUSED:
        state.choice[obligation] = Choice.REFUSED
    elif choice == Performs.WITHIN_GRACE:
        return grace // 2
    elif choice == Performs.NEVER:
        return plan.horizon + 1440
    elif not is_flow:
        creditor = plan.creditor[obligation]
        tolerance = time_of(state, 0.5, plan.tolerance_median[creditor], plan.tolerance_p95[creditor])
        usual = time_of(state, 0.5, plan.delay_median[obligation], plan.delay_p95[obligation])
        return grace + tolerance + max(np.int64(1440), usual)
    return np.int64(0)


@rule
def _plan_performance(plan, state, obligation, delay):
    """Perform now or schedule it, as decided; after a refusal nothing is scheduled for the debtor."""
    if state.choice[obligation] == Choice.REFUSED:
        state.act[obligation] = Act.NOTHING
        cancel(plan, state, Clock.DEBTOR, obligation)
        return
    state.act[obligation] = Act.PERFORMANCE
    if delay > 0:
        schedule(plan, state, Clock.DEBTOR, obligation, state.now + delay)
    else:
        _perform(plan, state, obligation)


@rule
def _begin_flow(plan, state, obligation):
    """A flow starts at the level that its debtor chose."""
    choice = state.choice[obligation]
    level = 1.0
    if choice == Choice.REFUSED:
        level = 0.0
    elif choice == Choice.LATE:
        level = state.parameter[plan.level[obligation]]
    else:
        state.watch[obligation] = Watch.NOTHING
    state.flow_since[obligation] = state.now
    event = set_flow_level(plan, state, obligation, level, state.cause[obligation])
    if level > 0.0:
        state.delivered[obligation] = 1
        signal_obligation(plan, state, obligation, event)
    state.act[obligation] = Act.UNTIL
    schedule(plan, state, Clock.DEBTOR, obligation, runs_until(plan, state, obligation))


@rule
def _perform(plan, state, obligation):
    """The debtor acts, unless the truce does not hold or it holds this back over a complaint of its own."""
    if plan.needs_truce[obligation] and state.truce != Truce.HOLDS:
        state.act[obligation] = Act.TRUCE
        state.blocked[obligation] = 1
        state.n_blocked += 1
        if state.truce_event != NONE:
            state.cause[obligation] = state.truce_event
        look_at_deadlines(plan, state)
        return
    if state.status[obligation] in (Status.DUE, Status.LATE) and may_withhold(plan, state, obligation):
        withhold(plan, state, obligation)
        return
    if plan.exchange[obligation] != NONE:
        if not plan.hands_over[obligation]:
            left = _units_done(plan, state, obligation)
            state.brought[obligation] = state.delivered[obligation] + left
        stand_ready(plan, state, obligation)
        return
    if plan.hands_over[obligation]:
        hand_over(plan, state, obligation, NEVER)
        return
    state.act[obligation] = Act.NOTHING
    units = _units_done(plan, state, obligation)
    if plan.measured_by[obligation] == Measure.KEEP:
        begin_truce(plan, state, plan.debtor[obligation], state.cause[obligation])
    elif plan.to_line[obligation] != NONE and state.delivered[obligation] + units >= plan.enough[obligation]:
        reach_line(plan, state, obligation)
    deliver(plan, state, obligation, units, state.cause[obligation])


@rule
def _units_done(plan, state, obligation):
    """What the debtor does of what is left: all of what was in dispute, else a part if it holds that enough."""
    left = plan.owed[obligation] - state.delivered[obligation]
    chance = state.parameter[plan.short[obligation]]
    if (
        chance <= 0.0
        or plan.is_scripted
        or plan.owed[obligation] == 1
        or state.status[obligation] not in (Status.DUE, Status.LATE)
        or state.dispute_event[obligation] != NONE
    ):
        return left
    short = uniforms(plan, state, plan.key_performs[obligation], state.n_performs[obligation] - 1)[PERFORMS_PART]
    if short >= chance:
        return left
    debtor = plan.debtor[obligation]
    event = record(state, Event.OBLIGATION_DELAYED, obligation, debtor, state.cause[obligation], 0, 0)
    state.cause[obligation] = event
    # a product such as 100 * 0.29 may come out a hair below the whole number that it is
    return min(left, np.int64(left * state.parameter[plan.level[obligation]] + 1e-9))
