"""What stands open, and how it is done with: met, late, given up, void."""

from sim.native.rule import rule
from sim.plan.codes import NONE, Act, Clock, Event, Measure, Status, Watch
from sim.rules.deadlines import look_at_deadlines
from sim.rules.disputes import close_dispute
from sim.rules.flows import add_up_flow, level_now, share_of_flow
from sim.rules.gates import signal_obligation
from sim.rules.leads import begin_keeping, credit
from sim.rules.readiness import hold_no_longer, stop_waiting
from sim.rules.schedule import cancel, record, schedule
from sim.rules.shares import record_share
from sim.rules.truce import take_cause_away

ENOUGH_OF_A_FLOW, PART_OF_A_FLOW = 0.95, 0.5
"""Shares of a flow from which it counts as kept, and as kept in part."""


@rule
def count_as_open(plan, state, obligation):
    """One more obligation that has to be done before the deal can be completed, if it keeps the deal open at all."""
    if plan.keeps_open[obligation]:
        state.n_open += 1
        state.n_phase_open[plan.phase[obligation]] += 1


@rule
def count_as_closed(plan, state, obligation):
    """One obligation less that has to be done before the deal can be completed."""
    if plan.keeps_open[obligation]:
        state.n_open -= 1
        state.n_phase_open[plan.phase[obligation]] -= 1


@rule
def count_as_done(plan, state, obligation):
    """One obligation less: its phase, or a last phase that waits for this, may be over."""
    if not plan.keeps_open[obligation]:
        return
    phase = plan.phase[obligation]
    count_as_closed(plan, state, obligation)
    if state.n_phase_open[phase] == 0:
        schedule(plan, state, Clock.PHASE, phase, state.now)
    if state.n_open == 0 and state.current_phase != NONE:
        schedule(plan, state, Clock.PHASE, state.current_phase, state.now)


@rule
def end_flow(plan, state, flow, cause):
    """A flow has run its time: kept, kept in part, or not."""
    if state.status[flow] >= Status.MET or state.status[flow] == Status.PLANNED:
        return
    add_up_flow(plan, state, flow)
    share = share_of_flow(plan, state, flow) + 1e-9
    state.flow_level[flow] = level_now(plan, state, flow)
    was_disputed = state.status[flow] == Status.DISPUTED
    hold_no_longer(state, flow)
    status, event = Status.MET, Event.OBLIGATION_MET
    if share < PART_OF_A_FLOW:
        status, event = Status.DEFAULTED, Event.OBLIGATION_DEFAULTED
    elif state.n_complaints[flow] > 0:
        status, event = Status.CURED, Event.OBLIGATION_CURED
    elif share < ENOUGH_OF_A_FLOW or state.was_late[flow]:
        status, event = Status.MET_LATE, Event.OBLIGATION_MET_LATE
    number = finish(plan, state, flow, status, event, cause)
    if was_disputed:
        close_dispute(plan, state, flow, number)
        if status != Status.DEFAULTED:
            take_cause_away(plan, state, flow, number)
    count_as_done(plan, state, flow)
    look_at_deadlines(plan, state)  # a phase without length may have gone on only for this


@rule
def finish(plan, state, obligation, status, event, cause):
    """End an obligation's life with this status. Returns the event's index."""
    before = state.status[obligation]
    state.status[obligation] = status
    number = record(state, event, obligation, plan.debtor[obligation], cause, before, status)
    state.watch[obligation] = Watch.NOTHING
    state.is_put_off[obligation] = 0
    stop_waiting(plan, state, obligation)
    state.act[obligation] = Act.NOTHING
    cancel(plan, state, Clock.DEBTOR, obligation)
    cancel(plan, state, Clock.CREDITOR, obligation)
    return number


@rule
def void(plan, state, obligation, cause):
    """An obligation ends undone: defaulted if it was late or in dispute, else void; those on the way still arrive."""
    status = state.status[obligation]
    if status >= Status.MET or state.is_moving[obligation]:
        return
    if plan.is_dynamic[obligation] and state.owed[obligation] == 0:
        return
    was_disputed = status == Status.DISPUTED
    hold_no_longer(state, obligation)
    if state.was_late[obligation] or was_disputed:
        finish(plan, state, obligation, Status.DEFAULTED, Event.OBLIGATION_DEFAULTED, cause)
    else:
        finish(plan, state, obligation, Status.VOID, Event.OBLIGATION_VOID, cause)
    count_as_closed(plan, state, obligation)
    if was_disputed:
        close_dispute(plan, state, obligation, cause)


@rule
def deliver(plan, state, obligation, units, cause):
    """So much more of an obligation is done; when all is, it is met, and whoever waits for it is told."""
    state.delivered[obligation] += units
    if plan.measured_by[obligation] == Measure.KEEP:
        begin_keeping(plan, state, obligation)
    credit(plan, state, obligation)
    event = cause
    if state.delivered[obligation] >= _enough(plan, state, obligation):
        event = _complete(plan, state, obligation, cause)
    record_share(plan, state, obligation, event)
    signal_obligation(plan, state, obligation, event)
    look_at_returns(plan, state, obligation, event)
    if plan.hands_over[obligation]:
        _look_at_remainders(plan, state, obligation, event)


@rule
def _look_at_remainders(plan, state, release, cause):
    """Fewer of a group are left, so that another release may be the one whose last people earn a remainder."""
    for other in range(plan.n_obligations):
        if plan.first_return[other] == NONE or other == release:
            continue
        for entry in range(plan.entry_start[other], plan.entry_start[other + 1]):
            if state.entry_delivered[entry] < state.entry_owed[entry] and _hands_over(plan, release, entry):
                look_at_returns(plan, state, other, cause)
                break


@rule
def _hands_over(plan, release, entry):
    """Whether a release hands over people of the group of this entry."""
    for mine in range(plan.entry_start[release], plan.entry_start[release + 1]):
        if plan.entry_group[mine] == plan.entry_group[entry]:
            return True
    return False


@rule
def look_at_returns(plan, state, release, cause):
    """Fewer are left to come out under a release: what its returns may still come to owe has changed."""
    owing = plan.first_return[release]
    while owing != NONE:
        credit(plan, state, owing)
        record_share(plan, state, owing, cause)
        signal_obligation(plan, state, owing, cause)
        owing = plan.next_return[owing]


@rule
def _enough(plan, state, obligation):
    """How much has to be done for it to count as met: of up to so many anything, once grace is over."""
    if has_run_out(plan, state, obligation):
        return 1
    return state.owed[obligation] if plan.is_dynamic[obligation] else plan.enough[obligation]


@rule
def has_run_out(plan, state, obligation):
    """Whether grace is over for what owes up to so many: no more is waited for.

    A new date begins grace anew for those under way; while nobody is, nothing comes before its debtor has decided.
    """
    return plan.is_up_to[obligation] == 1 and state.watch[obligation] != Watch.GRACE


@rule
def is_enough_at_last(plan, state, obligation):
    """Whether grace ends of what owes up to so many, and something has come: then it is met, with what is under way."""
    if not plan.is_up_to[obligation] or state.watch[obligation] != Watch.GRACE:
        return False
    if state.delivered[obligation] == 0 or state.withheld[obligation]:
        return False
    state.watch[obligation] = Watch.NOTHING
    state.decides_afresh[obligation] = 0
    if not state.is_moving[obligation]:
        deliver(plan, state, obligation, 0, state.cause[obligation])
    return True


@rule
def _complete(plan, state, obligation, cause):
    """An obligation is done: met, met late, or cured after a dispute."""
    before = state.status[obligation]
    if state.n_complaints[obligation] > 0:
        number = finish(plan, state, obligation, Status.CURED, Event.OBLIGATION_CURED, cause)
    elif state.was_late[obligation]:
        number = finish(plan, state, obligation, Status.MET_LATE, Event.OBLIGATION_MET_LATE, cause)
    else:
        number = finish(plan, state, obligation, Status.MET, Event.OBLIGATION_MET, cause)
    if before == Status.DISPUTED:
        close_dispute(plan, state, obligation, number)
        take_cause_away(plan, state, obligation, number)
    count_as_done(plan, state, obligation)
    return number
