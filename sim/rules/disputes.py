"""Disputes: a creditor complains and may hold back what it owes, until its patience runs out."""

from sim.native.rule import rule
from sim.plan.codes import (
    FIELD_BEFORE,
    NONE,
    STATUS_BITS,
    Act,
    Choice,
    Clock,
    Decision,
    End,
    Event,
    Measure,
    Patience,
    Status,
    Truce,
    Watch,
)
from sim.plan.uniforms import (
    COMPLAINS_PATIENCE,
    COMPLAINS_TOLERANCE,
    COMPLAINS_WHETHER,
    MEDIATES_ATTEMPT,
    SUSPENDS_LENGTH,
    SUSPENDS_RESTORES,
    WITHHOLDS_LATENCY,
    WITHHOLDS_WHETHER,
)
from sim.rules.chance import time_of, uniforms
from sim.rules.deadlines import is_not_late, last_of, others_in_the_way
from sim.rules.flows import add_up_flow
from sim.rules.obstacles import is_waiting
from sim.rules.readiness import complaints_within, hold_back, stop_waiting
from sim.rules.schedule import cancel, record, schedule
from sim.rules.script import choose
from sim.rules.sides import is_owed_to_counterpart, is_party
from sim.rules.truce import A_DAY, suspend_truce, would_restore


@rule
def creditor_acts(plan, state, obligation):
    """The creditor acts when grace, its tolerance or its patience is over: late, a complaint, a suspension."""
    watch = state.watch[obligation]
    if watch != Watch.GRACE:
        if state.truce == Truce.SUSPENDED:
            state.is_put_off[obligation] = 1
            return
        if state.truce_since == state.now and state.n_suspensions > 0:  # it has come back in this very minute
            schedule(plan, state, Clock.CREDITOR, obligation, state.now + A_DAY)
            return
    state.watch[obligation] = Watch.NOTHING
    if watch == Watch.GRACE:
        _become_late(plan, state, obligation)
    elif watch == Watch.TOLERANCE:
        if state.status[obligation] == Status.LATE:
            _open_dispute(plan, state, obligation)
    elif watch == Watch.PATIENCE:
        _lose_patience(plan, state, obligation)


@rule
def _become_late(plan, state, obligation):
    """Grace is over: the obligation is late, unless it waits for others; its creditor may be about to complain."""
    if plan.waits_for_truce_of_others[obligation] and state.truce == Truce.NOT_BEGUN:
        state.watch[obligation] = Watch.GRACE
        return
    if hold_back(plan, state, obligation) or is_not_late(plan, state, obligation):
        state.watch[obligation] = Watch.GRACE
        return
    others = others_in_the_way(plan, state, obligation)
    state.was_late[obligation] = 1
    if not is_waiting(state, obligation):
        state.decides_afresh[obligation] = 0  # it was under way: those who are left follow
    status = state.status[obligation]
    if status not in (Status.PLANNED, Status.DUE, Status.REDATED):
        return
    state.status[obligation] = Status.LATE
    cause, before = last_of(state, obligation), others << STATUS_BITS | status
    event = record(state, Event.OBLIGATION_LATE, obligation, plan.debtor[obligation], cause, before, Status.LATE)
    state.cause[obligation] = event
    creditor = plan.creditor[obligation]
    if not is_party(creditor) or not plan.may_be_disputed[obligation]:
        return
    drawn = uniforms(plan, state, plan.key_complains[obligation], state.n_complaints[obligation])
    complains, waits = drawn[COMPLAINS_WHETHER], drawn[COMPLAINS_TOLERANCE]
    if complains < state.parameter[plan.complains[creditor]]:
        tolerance = time_of(state, waits, plan.tolerance_median[creditor], plan.tolerance_p95[creditor])
        if state.choice[obligation] == Choice.REFUSED:
            tolerance = 0
        state.watch[obligation] = Watch.TOLERANCE
        schedule(plan, state, Clock.CREDITOR, obligation, state.now + tolerance)


@rule
def _open_dispute(plan, state, obligation):
    """The creditor complains: mediators start, its patience runs, and its own flows may be cut."""
    creditor = plan.creditor[obligation]
    event = record(
        state, Event.DISPUTE_OPENED, obligation, creditor, state.cause[obligation], Status.LATE, Status.DISPUTED
    )
    drawn = uniforms(plan, state, plan.key_complains[obligation], state.n_complaints[obligation])
    patience = drawn[COMPLAINS_PATIENCE]
    state.is_stuck[obligation] = 0
    if plan.is_scripted:
        occurrence = state.n_complaints[obligation]
        state.is_stuck[obligation] = choose(plan, state, Decision.DISPUTE, obligation, occurrence, 1 << 1)
    state.n_complaints[obligation] += 1
    state.status[obligation] = Status.DISPUTED
    state.dispute_event[obligation] = event
    state.dispute_since[obligation] = state.now
    state.n_disputes += 1
    state.n_open_disputes[creditor] += 1
    state.watch[obligation] = Watch.PATIENCE
    minutes = time_of(state, patience, plan.patience_median[creditor], plan.patience_p95[creditor])
    schedule(plan, state, Clock.CREDITOR, obligation, state.now + minutes)
    schedule_mediators(plan, state, obligation)
    for i in range(plan.n_flows):
        flow = plan.flow[i]
        status = state.status[flow]
        runs = status in (Status.DUE, Status.LATE) and state.choice[flow] != Choice.REFUSED
        if runs and plan.debtor[flow] == creditor and may_withhold(plan, state, flow):
            add_up_flow(plan, state, flow)
            withhold(plan, state, flow)


@rule
def schedule_mediators(plan, state, obligation):
    """The next attempt to settle this dispute, unless it is scripted that none succeeds."""
    if state.is_stuck[obligation]:
        return
    attempt = uniforms(plan, state, plan.key_mediates[obligation], state.n_mediations[obligation])[MEDIATES_ATTEMPT]
    minutes = time_of(state, attempt, plan.attempt_median[obligation], plan.attempt_p95[obligation])
    schedule(plan, state, Clock.MEDIATORS, obligation, state.now + max(1, minutes))


@rule
def may_withhold(plan, state, obligation):
    """Whether a debtor with a complaint open against this obligation's creditor holds it back."""
    debtor = plan.debtor[obligation]
    if not is_owed_to_counterpart(plan, obligation) or state.n_open_disputes[debtor] == 0:
        return False
    if state.n_open_disputes[debtor] == complaints_within(plan, state, obligation):
        return False
    # one decision, however often it acts
    u = uniforms(plan, state, plan.key_withholds[obligation], 0)[WITHHOLDS_WHETHER]
    return u < state.parameter[plan.withholds[debtor]]


@rule
def withhold(plan, state, obligation):
    """The debtor holds this back until its own complaint is settled."""
    debtor = plan.debtor[obligation]
    status = state.status[obligation]
    state.status[obligation] = Status.WITHHELD
    state.withheld[obligation] = 1
    state.n_withheld += 1
    complaint = _last_complaint(plan, state, debtor)
    state.cause[obligation] = record(
        state, Event.OBLIGATION_WITHHELD, obligation, debtor, complaint, status, Status.WITHHELD
    )
    if plan.measured_by[obligation] != Measure.RATE:  # a flow still ends on its day
        stop_waiting(plan, state, obligation)
        state.act[obligation] = Act.NOTHING
        cancel(plan, state, Clock.DEBTOR, obligation)


@rule
def _last_complaint(plan, state, party):
    """The event with which the last of a party's complaints that are open was opened."""
    last = NONE
    for obligation in range(plan.n_obligations):
        if state.status[obligation] == Status.DISPUTED and plan.creditor[obligation] == party:
            last = max(last, state.dispute_event[obligation])
    return last


@rule
def _is_late(plan, state, obligation):
    """Whether what is held back is late by its last date: it was before, or its grace has ended since."""
    if state.events[state.cause[obligation], FIELD_BEFORE] == Status.LATE:
        return True
    is_full = plan.measured_by[obligation] == Measure.RATE and state.flow_level[obligation] >= 1.0
    return state.was_late[obligation] and state.watch[obligation] != Watch.GRACE and not is_full


@rule
def _resume_withheld(plan, state, party, cause):
    """A party has no complaint left: what it held back is due again after its decision latency."""
    if state.n_withheld == 0 or state.end != End.NONE:  # when the deal is over nothing is taken up again
        return
    for obligation in range(plan.n_obligations):
        if state.withheld[obligation] and plan.debtor[obligation] == party:
            if plan.measured_by[obligation] == Measure.RATE:
                add_up_flow(plan, state, obligation)
            state.withheld[obligation] = 0
            state.n_withheld -= 1
            status = Status.LATE if _is_late(plan, state, obligation) else Status.DUE
            state.status[obligation] = status
            state.cause[obligation] = record(
                state, Event.OBLIGATION_RESUMED, obligation, party, cause, Status.WITHHELD, status
            )
            if plan.measured_by[obligation] != Measure.RATE:
                drawn = uniforms(plan, state, plan.key_withholds[obligation], state.n_withholdings[obligation])
                latency = drawn[WITHHOLDS_LATENCY]
                state.n_withholdings[obligation] += 1
                minutes = time_of(state, latency, plan.latency_median[party], plan.latency_p95[party])
                state.act[obligation] = Act.PERFORMANCE
                schedule(plan, state, Clock.DEBTOR, obligation, state.now + minutes)


@rule
def close_dispute(plan, state, obligation, cause):
    """A dispute is over, one way or another; what its creditor held back is owed again."""
    creditor = plan.creditor[obligation]
    state.dispute_minutes += state.now - state.dispute_since[obligation]
    state.n_open_disputes[creditor] -= 1
    state.watch[obligation] = Watch.NOTHING
    state.is_put_off[obligation] = 0
    cancel(plan, state, Clock.CREDITOR, obligation)
    cancel(plan, state, Clock.MEDIATORS, obligation)
    if state.n_open_disputes[creditor] == 0:
        _resume_withheld(plan, state, creditor, cause)


@rule
def _lose_patience(plan, state, obligation):
    """No settlement in time: the creditor suspends the truce, or stays away from one that has not begun."""
    creditor = plan.creditor[obligation]
    dispute = state.dispute_event[obligation]
    drawn = uniforms(plan, state, plan.key_suspends[obligation], state.n_suspends[obligation])
    length, restoration = drawn[SUSPENDS_LENGTH], drawn[SUSPENDS_RESTORES]
    choice = _scripted_patience(plan, state, obligation) if plan.is_scripted else Patience.RESTORED
    state.n_suspends[obligation] += 1
    if choice == Patience.LASTS:
        return
    if state.truce != Truce.HOLDS:
        state.breaks = dispute
        return
    minutes = time_of(state, length, plan.suspends_median[creditor], plan.suspends_p95[creditor])
    restores = choice == Patience.RESTORED
    if not plan.is_scripted:
        restores = would_restore(plan, state, creditor, restoration)
    suspend_truce(plan, state, creditor, dispute, minutes, restores, obligation)


@rule
def _scripted_patience(plan, state, obligation):
    """The creditor's scripted choice when its patience is over; a truce that has not begun cannot be restored."""
    choices = 1 << Patience.LASTS
    if state.truce == Truce.HOLDS:
        choices |= 1 << Patience.NOT_RESTORED
    return choose(plan, state, Decision.PATIENCE, obligation, state.n_suspends[obligation], choices)
