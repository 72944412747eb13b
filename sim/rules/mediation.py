"""Mediators settle what can be performed: it has a new date, and its debtor keeps the settlement."""

from sim.native.rule import rule
from sim.plan.codes import NONE, Act, Choice, Clock, Event, Measure, Status, Watch
from sim.plan.uniforms import MEDIATES_LAG, MEDIATES_SUCCESS, SUSPENDS_PATIENCE, SUSPENDS_SETTLES
from sim.rules.calendar import day_of, grace_ends
from sim.rules.chance import chance_under, pressure_on, time_of, uniforms
from sim.rules.deadlines import has_fallen_due
from sim.rules.disputes import close_dispute, schedule_mediators
from sim.rules.exchanges import let_off
from sim.rules.flows import set_flow_level
from sim.rules.gates import signal_obligation
from sim.rules.people import most_a_day, n_ready
from sim.rules.schedule import record, schedule, scheduled_at
from sim.rules.shares import is_given_up
from sim.rules.standing import count_as_done, finish, look_at_returns
from sim.rules.truce import A_DAY, take_cause_away


@rule
def mediators_try(plan, state, obligation):
    """One attempt to settle a dispute: it succeeds if the first uniform of `mediates` is below its chance."""
    success = uniforms(plan, state, plan.key_mediates[obligation], state.n_mediations[obligation])[MEDIATES_SUCCESS]
    state.n_mediations[obligation] += 1
    dispute = state.dispute_event[obligation]
    if success < _chance_of_attempt(plan, state, obligation) and settle(plan, state, obligation, dispute):
        if plan.redates_all:
            _settle_the_rest(plan, state)
    else:
        record(state, Event.MEDIATION_FAILED, obligation, NONE, dispute, 0, 0)
        schedule_mediators(plan, state, obligation)


@rule
def _chance_of_attempt(plan, state, obligation):
    """The chance that an attempt at this dispute succeeds now."""
    strength = pressure_on(plan, state, plan.debtor[obligation])
    return chance_under(state.parameter[plan.settles[obligation]], strength)


@rule
def _settle_the_rest(plan, state):
    """Mediators give every open dispute a new date together."""
    for other in range(plan.n_obligations):
        if state.status[other] == Status.DISPUTED and not state.is_stuck[other]:
            settle(plan, state, other, state.dispute_event[other])


@rule
def settle_with_truce(plan, state, obligation):
    """The truce suspended over a dispute is restored: that may settle the dispute; else patience starts again."""
    drawn = uniforms(plan, state, plan.key_suspends[obligation], state.n_suspends[obligation] - 1)
    success, anew = drawn[SUSPENDS_SETTLES], drawn[SUSPENDS_PATIENCE]
    if plan.is_scripted:
        is_settled = not state.is_stuck[obligation]
    elif plan.settles_with_truce == NONE:
        is_settled = success < _chance_of_attempt(plan, state, obligation)
    else:
        is_settled = success < state.parameter[plan.settles_with_truce]
    if (is_settled and settle(plan, state, obligation, state.truce_event)) or plan.is_scripted:
        return  # scripted, patience is one decision in a dispute
    creditor = plan.creditor[obligation]
    minutes = time_of(state, anew, plan.patience_median[creditor], plan.patience_p95[creditor])
    state.watch[obligation] = Watch.PATIENCE
    schedule(plan, state, Clock.CREDITOR, obligation, state.now + max(A_DAY, minutes))


@rule
def _can_be_performed(plan, state, obligation):
    """Whether any of this can be done now: of people, whether somebody is on the way or can be handed over."""
    kind = plan.kind[obligation]
    if not plan.hands_over[obligation] or state.is_moving[obligation]:
        return True
    if most_a_day(plan, state, plan.debtor[obligation], kind) == 0:
        return False
    for entry in range(plan.entry_start[obligation], plan.entry_start[obligation + 1]):
        if state.entry_owed[entry] > state.entry_delivered[entry] and n_ready(plan, state, plan.entry_group[entry]) > 0:
            return True
    return False


@rule
def settle(plan, state, obligation, cause):
    """Settle a dispute, if what is owed can be performed: re-date it, or excuse it. Returns whether it is over."""
    if not _can_be_performed(plan, state, obligation):
        if plan.excuses:
            _excuse(plan, state, obligation, cause)
        return plan.excuses == 1
    event = close_as_settled(plan, state, obligation, cause)
    redate(plan, state, obligation, event)
    take_cause_away(plan, state, obligation, event)
    return True


@rule
def close_as_settled(plan, state, obligation, cause):
    """End a dispute by a settlement; what was withheld over it is due again. Returns the event's index."""
    event = record(state, Event.DISPUTE_SETTLED, obligation, NONE, cause, Status.DISPUTED, Status.REDATED)
    state.status[obligation] = Status.REDATED
    close_dispute(plan, state, obligation, event)
    return event


@rule
def _excuse(plan, state, obligation, cause):
    """What nobody can perform is no longer owed."""
    event = finish(plan, state, obligation, Status.EXCUSED, Event.OBLIGATION_EXCUSED, cause)
    close_dispute(plan, state, obligation, event)
    take_cause_away(plan, state, obligation, event)
    count_as_done(plan, state, obligation)
    signal_obligation(plan, state, obligation, event)
    if is_given_up(plan, state, obligation):
        look_at_returns(plan, state, obligation, event)
    if plan.exchange[obligation] != NONE:
        let_off(plan, state, plan.exchange[obligation], event)


@rule
def redate(plan, state, obligation, cause):
    """A settlement's new date, on which its debtor performs unless it was about to earlier; then it is late again."""
    lag = uniforms(plan, state, plan.key_mediates[obligation], state.n_mediations[obligation])[MEDIATES_LAG]
    minute = state.now + time_of(state, lag, plan.lag_median, plan.lag_p95)
    state.choice[obligation] = Choice.ON_TIME
    state.delay[obligation] = 0
    record(state, Event.OBLIGATION_REDATED, obligation, NONE, cause, day_of(plan, minute), Status.REDATED)
    if plan.measured_by[obligation] == Measure.RATE:
        level = max(state.flow_level[obligation], state.parameter[plan.flows_to])
        event = set_flow_level(plan, state, obligation, level, cause)
        if state.delivered[obligation] == 0:
            state.delivered[obligation] = 1
            signal_obligation(plan, state, obligation, event)
        return
    state.latest[obligation] = minute
    state.decides_afresh[obligation] = 0
    if has_fallen_due(plan, state, obligation):
        state.due[obligation] = minute
    state.watch[obligation] = Watch.GRACE
    schedule(plan, state, Clock.CREDITOR, obligation, grace_ends(plan, obligation, minute))
    if state.act[obligation] in (Act.NOTHING, Act.PERFORMANCE, Act.PEOPLE):
        state.act[obligation] = Act.PERFORMANCE
        schedule(
            plan, state, Clock.DEBTOR, obligation, min(minute, scheduled_at(plan, state, Clock.DEBTOR, obligation))
        )
