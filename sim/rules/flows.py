"""Flows: so much a day, at a level between 0 and 1, added up whenever the level changes."""

import math

from sim.native.rule import rule
from sim.plan.codes import NEVER, NONE, WHOLE, Clock, Event, Status, Truce
from sim.rules.calendar import day_of, midnight_after
from sim.rules.schedule import record, schedule


@rule
def is_running(state, flow):
    """Whether a flow has begun and has not ended."""
    status = state.status[flow]
    return status != Status.PLANNED and status < Status.MET


@rule
def level_now(plan, state, flow):
    """The level at which a flow runs: nothing while it is held back, or while a truce that should hold does not."""
    without_truce = plan.has_truce[plan.phase[flow]] and state.truce != Truce.HOLDS
    paused = is_running(state, flow) and (without_truce or state.status[flow] == Status.WITHHELD)
    return 0.0 if paused else state.flow_level[flow]


@rule
def _add_up(plan, state, flow):
    """Count what a flow has delivered, and what it owed, up to now: more or less of it on days with a handover."""
    if is_running(state, flow):
        since = state.flow_since[flow]
        days = (state.now - since) / 1440.0
        level = level_now(plan, state, flow)
        state.flow_delivered[flow] += plan.rate[flow] * level * days
        state.flow_expected[flow] += plan.rate[flow] * days
        extra = plan.exchange_rate[flow] - plan.rate[flow]
        if extra != 0.0:
            ends = plan.midnight + state.exchange_day * 1440
            on_the_day = min(state.now, ends) - max(since, ends - 1440)
            if on_the_day > 0:
                state.flow_delivered[flow] += extra * level * on_the_day / 1440.0
                state.flow_expected[flow] += extra * on_the_day / 1440.0
            today = min(state.now - since, state.now - midnight_after(plan, state.now) + 1440)
            if today < state.now - since:
                state.flow_today[flow], state.flow_kept_today[flow] = 0, 0.0
            state.flow_today[flow] += today
            state.flow_kept_today[flow] += level * today
    state.flow_since[flow] = state.now


@rule
def add_up_flow(plan, state, flow):
    """Count a flow up to now, just before something about it changes; whoever waits for a share of it is told."""
    _add_up(plan, state, flow)
    if plan.watched_place[flow] != NONE:
        schedule(plan, state, Clock.FLOW, plan.watched_place[flow], state.now)


@rule
def set_flow_level(plan, state, flow, level, cause):
    """Run a flow at another level from now on (thousandths in the trace). Returns that event, else the cause."""
    before = state.flow_level[flow]
    add_up_flow(plan, state, flow)
    state.flow_level[flow] = level
    if before == level:
        return cause
    return record(state, Event.FLOW_CHANGED, flow, plan.debtor[flow], cause, _thousandths(before), _thousandths(level))


@rule
def _thousandths(level):
    """A level as a trace has it: 0 for nothing only."""
    return max(1, int(level * 1000.0 + 0.5)) if level > 0.0 else 0


@rule
def add_up_flows(plan, state):
    """Add up every flow; called just before the truce changes."""
    for i in range(plan.n_flows):
        add_up_flow(plan, state, plan.flow[i])


@rule
def count_exchange_day(plan, state):
    """Today people set out: flows that owe another amount on such a day owe it for all hours that they run today."""
    today = day_of(plan, state.now)
    if state.exchange_day == today:
        return
    for i in range(plan.n_flows):
        flow = plan.flow[i]
        extra = plan.exchange_rate[flow] - plan.rate[flow]
        if extra != 0.0 and is_running(state, flow):
            add_up_flow(plan, state, flow)
            state.flow_expected[flow] += extra * state.flow_today[flow] / 1440.0
            state.flow_delivered[flow] += extra * state.flow_kept_today[flow] / 1440.0
    state.exchange_day = today


@rule
def share_of_flow(plan, state, flow):
    """Share delivered so far of what a flow owed so far; its level before it owes anything."""
    if state.flow_expected[flow] > 0.0:
        return state.flow_delivered[flow] / state.flow_expected[flow]
    return level_now(plan, state, flow)


@rule
def wait_for_shares(plan, state, flow):
    """Wake in the minute in which, as a flow runs, its share next comes to or falls below one that is waited for."""
    _add_up(plan, state, flow)
    rate, until = plan.rate[flow], NEVER
    if plan.exchange_rate[flow] != rate and state.exchange_day == day_of(plan, state.now):
        rate, until = plan.exchange_rate[flow], midnight_after(plan, state.now)
    level, owed, delivered = level_now(plan, state, flow), state.flow_expected[flow], state.flow_delivered[flow]
    for place in range(plan.step_start[flow], plan.step_start[flow + 1]):
        share = plan.step[place] / WHOLE
        # delivered + rate * level * x = share * (owed + rate * x), x in days
        slope = rate * (level - share)
        if slope == 0.0 or not is_running(state, flow) or owed == 0.0:
            continue
        minutes = (share * owed - delivered) / slope * 1440.0
        if slope > 0.0 and minutes > 0.0:
            until = min(until, state.now + max(1, math.ceil(minutes - 1e-7)))
        elif slope < 0.0 and minutes > -1.0:
            until = min(until, state.now + max(1, math.floor(minutes + 1e-7) + 1))
    schedule(plan, state, Clock.FLOW, plan.watched_place[flow], until)
