"""Flows: so much a day, at a level between 0 and 1, added up whenever the level changes."""

from sim.compiled import rule
from sim.plan.layout import Event, Status, Truce
from sim.rules.waking import note


@rule
def is_running(state, flow):
    """Whether a flow has begun and has not ended."""
    status = state.status[flow]
    return status != Status.PLANNED and status < Status.MET


@rule
def add_up_flow(plan, state, flow):
    """Count what a flow has delivered, and what it owed, up to now."""
    if is_running(state, flow):
        days = (state.now - state.flow_since[flow]) / 1440.0
        without_truce = plan.has_truce[plan.phase[flow]] and state.truce != Truce.HOLDS
        paused = without_truce or state.status[flow] == Status.WITHHELD
        level = 0.0 if paused else state.flow_level[flow]
        state.flow_delivered[flow] += plan.rate[flow] * level * days
        state.flow_expected[flow] += plan.rate[flow] * days
    state.flow_since[flow] = state.now


@rule
def set_flow_level(plan, state, flow, level, cause):
    """A flow runs at another level from now on (thousandths in the trace)."""
    before = state.flow_level[flow]
    add_up_flow(plan, state, flow)
    state.flow_level[flow] = level
    if before != level:
        note(state, Event.FLOW_CHANGED, flow, plan.debtor[flow], cause, int(before * 1000), int(level * 1000))


@rule
def add_up_flows(plan, state):
    """Add up every flow; called just before the truce changes."""
    for i in range(plan.n_flows):
        add_up_flow(plan, state, plan.flow[i])


@rule
def count_exchange_day(plan, state, day):
    """Flows that owe another amount on days with a handover: the difference, for the hours that they run that day."""
    midnight = plan.midnight + (day - 1) * 1440
    for i in range(plan.n_flows):
        flow = plan.flow[i]
        extra = plan.exchange_rate[flow] - plan.rate[flow]
        if extra != 0.0 and is_running(state, flow) and state.exchange_day[flow] != day:
            state.exchange_day[flow] = day
            extra *= 1.0 - max(0, state.due[flow] - midnight) / 1440.0
            state.flow_expected[flow] += extra
            if state.truce == Truce.HOLDS and state.status[flow] != Status.WITHHELD:
                state.flow_delivered[flow] += extra * state.flow_level[flow]


@rule
def share_of_flow(state, flow):
    """Share delivered so far of what a flow owed so far; 1 before it owes anything."""
    return state.flow_delivered[flow] / state.flow_expected[flow] if state.flow_expected[flow] > 0.0 else 1.0
