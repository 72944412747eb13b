"""The truce: begun, suspended over a dispute or an incident, restored or not."""

from sim.native.rule import rule
from sim.plan.codes import NONE, Act, Clock, Event, Truce, Watch
from sim.rules.chance import chance_under, pressure_on
from sim.rules.deadlines import has_deadline, late_at
from sim.rules.deaths import renew_hazards
from sim.rules.flows import add_up_flows
from sim.rules.gates import signal_truce
from sim.rules.intensity import fade_intensity, schedule_next_incident
from sim.rules.leads import keep_again, stop_keeping
from sim.rules.obstacles import is_waiting
from sim.rules.schedule import cancel, record, schedule

A_DAY = 1440
"""For so long creditors do nothing after a truce has come back."""


@rule
def begin_truce(plan, state, actor, cause):
    """The truce takes effect."""
    if state.truce != Truce.NOT_BEGUN:
        return
    add_up_flows(plan, state)
    state.truce = Truce.HOLDS
    state.truce_since = state.now
    state.pre_truce_minutes = max(0, state.now)
    state.truce_event = record(state, Event.TRUCE_BEGAN, 0, actor, cause, Truce.NOT_BEGUN, Truce.HOLDS)
    for source in range(plan.n_sources):
        fade_intensity(plan, state, source)  # what incidents before the truce excite goes on
        state.intensity[source] += state.parameter[plan.initial[source]] * 1440.0 / state.parameter[plan.decay[source]]
        schedule_next_incident(plan, state, source)
    renew_hazards(plan, state)
    _unblock(plan, state)
    _begin_grace(plan, state)
    signal_truce(plan, state, state.truce_event)


@rule
def _begin_grace(plan, state):
    """Who waited for a truce that somebody else owes has grace from now on."""
    for obligation in range(plan.n_obligations):
        if not plan.waits_for_truce_of_others[obligation] or state.watch[obligation] != Watch.GRACE:
            continue
        if has_deadline(plan, obligation) and is_waiting(state, obligation):
            if not state.is_held_up[obligation]:
                schedule(plan, state, Clock.CREDITOR, obligation, late_at(plan, state, obligation, state.now))
            continue
        due = max(state.now, state.due[obligation])
        schedule(plan, state, Clock.CREDITOR, obligation, late_at(plan, state, obligation, due))


@rule
def suspend_truce(plan, state, party, cause, length, restores, obligation):
    """A party suspends the truce for a time; whether it is restored after that is settled here."""
    add_up_flows(plan, state)
    stop_keeping(plan, state, party)
    state.truce_minutes += state.now - state.truce_since
    state.truce = Truce.SUSPENDED
    state.n_suspensions += 1
    state.suspended_by = party
    state.suspension_restores = restores
    state.suspension_obligation = obligation
    state.restored_by = NONE
    state.truce_event = record(state, Event.TRUCE_SUSPENDED, 0, party, cause, Truce.HOLDS, Truce.SUSPENDED)
    schedule(plan, state, Clock.TRUCE, 0, state.now + max(1, length))
    go_on_without_truce(plan, state)
    renew_hazards(plan, state)
    signal_truce(plan, state, state.truce_event)


@rule
def go_on_without_truce(plan, state):
    """While no truce holds, a source of incidents is silent unless it has a rate for that time."""
    for source in range(plan.n_sources):
        if state.parameter[plan.without_truce[source]] > 0.0 and not plan.is_scripted:
            fade_intensity(plan, state, source)
            schedule_next_incident(plan, state, source)
        else:
            cancel(plan, state, Clock.INCIDENTS, source)


@rule
def would_restore(plan, state, party, u):
    """Whether the truce is restored after a suspension by this party, at probability `u`."""
    # pressure can only add to a party's own readiness: one that would restore the truce needs none
    own = chance_under(state.parameter[plan.restores[party]], max(1.0, pressure_on(plan, state, party)))
    return u < 1.0 - (1.0 - own) * (1.0 - state.parameter[plan.guarantors_restore])


@rule
def take_cause_away(plan, state, obligation, event):
    """A dispute is over: a suspension over it is so too."""
    if state.truce != Truce.SUSPENDED or state.suspension_obligation != obligation:
        return
    state.suspension_obligation = NONE
    state.suspension_restores = 1
    state.restored_by = event
    schedule(plan, state, Clock.TRUCE, 0, state.now)


@rule
def restore_truce(plan, state):
    """The truce holds again: what was blocked goes ahead, creditors act in a day, and incidents may happen again."""
    add_up_flows(plan, state)
    keep_again(plan, state)
    state.truce = Truce.HOLDS
    state.truce_since = state.now
    cause = state.truce_event if state.restored_by == NONE else state.restored_by
    state.truce_event = record(state, Event.TRUCE_RESTORED, 0, state.suspended_by, cause, Truce.SUSPENDED, Truce.HOLDS)
    for source in range(plan.n_sources):
        fade_intensity(plan, state, source)
        schedule_next_incident(plan, state, source)
    renew_hazards(plan, state)
    _unblock(plan, state)
    for obligation in range(plan.n_obligations):
        if state.is_put_off[obligation]:
            state.is_put_off[obligation] = 0
            schedule(plan, state, Clock.CREDITOR, obligation, state.now + A_DAY)
    signal_truce(plan, state, state.truce_event)


@rule
def _unblock(plan, state):
    """What waited for the truce goes ahead."""
    if state.n_blocked == 0:
        return
    for obligation in range(plan.n_obligations):
        if state.blocked[obligation]:
            state.blocked[obligation] = 0
            if state.act[obligation] == Act.TRUCE:
                state.act[obligation] = Act.PERFORMANCE
                schedule(plan, state, Clock.DEBTOR, obligation, state.now)
            elif state.act[obligation] == Act.READY:
                schedule(plan, state, Clock.DEBTOR, obligation, state.now)
    state.n_blocked = 0
