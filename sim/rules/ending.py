"""How a replicate ends: what is on the way arrives, what is open is closed, and the account is drawn up."""

from sim.native.rule import rule
from sim.plan.codes import NONE, End, Event, Exchange, Status, Talks, Truce
from sim.rules.calendar import time_is_up_at
from sim.rules.deaths import die_until_the_horizon
from sim.rules.disputes import close_dispute
from sim.rules.flows import add_up_flow
from sim.rules.handovers import land
from sim.rules.leads import close_last_minute, stop_keeping
from sim.rules.schedule import record
from sim.rules.standing import deliver, end_flow, finish


@rule
def end_deal(plan, state, end, cause):
    """The deal ends this way; nothing happens after it."""
    if state.end != End.NONE:
        return
    state.end = end
    _let_arrive(plan, state)
    _end_flows(plan, state, cause)
    for obligation in range(plan.n_obligations):
        close_obligation(plan, state, obligation, cause)
    _close_exchange(plan, state, cause)
    for topic in range(plan.n_topics):
        if state.talks[topic] != Talks.AGREED:
            state.talks[topic] = Talks.ENDED
    if state.truce == Truce.HOLDS:
        state.truce_minutes += state.now - state.truce_since
    if state.truce != Truce.NOT_BEGUN and end != End.STANDING and end != End.COMPLETED:
        state.truce_event = record(state, Event.TRUCE_ENDED, 0, NONE, cause, state.truce, Truce.ENDED)
        state.truce = Truce.ENDED
    state.end_minute = state.now
    stop_keeping(plan, state, NONE)
    close_last_minute(plan, state)
    state.end_event = record(state, Event.DEAL_COMPLETED + end - End.COMPLETED, 0, NONE, cause, 0, 0)
    die_until_the_horizon(plan, state)
    for group in range(plan.n_groups):
        if not plan.is_deceased[group]:
            alive = state.held[group] - state.remains_held[group]
            state.captive_minutes[plan.is_hostages[group]] += alive * max(0, plan.horizon)


@rule
def _end_flows(plan, state, cause):
    """A flow whose phase's length is over has run its time; what still runs otherwise is cut off, and not met."""
    for i in range(plan.n_flows):
        flow = plan.flow[i]
        phase = plan.phase[flow]
        add_up_flow(plan, state, flow)
        is_up = plan.lasts[phase] != NONE and state.now >= time_is_up_at(plan, state, phase)
        if is_up and plan.until_kind[flow] == NONE:
            end_flow(plan, state, flow, cause)


@rule
def _let_arrive(plan, state):
    """The neutral carrier completes what it has begun, even when the deal ends meanwhile."""
    for obligation in range(plan.n_obligations):
        begun = state.is_moving[obligation]
        if begun:
            event = record(state, Event.HANDOVER_ARRIVED, obligation, plan.debtor[obligation], begun - 1, 0, 0)
            arrived = land(plan, state, obligation, event)
            if arrived > 0:
                deliver(plan, state, obligation, arrived, event)


@rule
def close_obligation(plan, state, obligation, cause):
    """An obligation still open when the deal ends: defaulted if late or in dispute, else void."""
    status = state.status[obligation]
    if status >= Status.MET:
        return
    if status == Status.DISPUTED:
        close_dispute(plan, state, obligation, cause)
    if plan.is_dynamic[obligation] and state.owed[obligation] == 0:
        state.status[obligation] = Status.EXCUSED
    elif state.was_late[obligation] or status == Status.DISPUTED:
        finish(plan, state, obligation, Status.DEFAULTED, Event.OBLIGATION_DEFAULTED, cause)
    else:
        finish(plan, state, obligation, Status.VOID, Event.OBLIGATION_VOID, cause)


@rule
def _close_exchange(plan, state, cause):
    """The exchange is complete when every release and return is done, else ended."""
    if state.exchange == Exchange.NOT_BEGUN:
        return
    complete = True
    for obligation in range(plan.n_obligations):
        is_done = state.delivered[obligation] >= state.owed[obligation]
        if not plan.is_dynamic[obligation]:  # met with less than was tried
            is_done = is_done or Status.MET <= state.status[obligation] <= Status.CURED
        if not is_done and plan.hands_over[obligation]:
            complete = False
    if complete:
        record(state, Event.EXCHANGE_COMPLETE, 0, NONE, cause, Exchange.UNDER_WAY, Exchange.COMPLETE)
    state.exchange = Exchange.COMPLETE if complete else Exchange.ENDED
