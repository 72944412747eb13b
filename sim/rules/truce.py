"""The truce: begun, suspended over a dispute or an incident, restored or not; and the incidents themselves."""

import math

from sim.native.decorators import rule
from sim.native.elementary import LOG_2, exp, log
from sim.plan.draws import exponential_days
from sim.plan.layout import NONE, Act, Clock, Decision, Event, Incident, Truce, Watch
from sim.rules.calendar import grace_ends
from sim.rules.chance import chance_under, pressure_on, time_of, uniforms
from sim.rules.deaths import renew_hazards
from sim.rules.flows import add_up_flows
from sim.rules.gates import signal_truce
from sim.rules.leads import keep_again, stop_keeping
from sim.rules.script import choose, next_stretch
from sim.rules.waking import note, sleep, wake_at

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
    state.truce_event = note(state, Event.TRUCE_BEGAN, 0, actor, cause, Truce.NOT_BEGUN, Truce.HOLDS)
    for source in range(plan.n_sources):
        _fade_intensity(plan, state, source)  # what incidents before the truce excite goes on
        state.intensity[source] += state.parameter[plan.initial[source]] * 1440.0 / state.parameter[plan.decay[source]]
        wake_for_next_incident(plan, state, source)
    renew_hazards(plan, state)
    _unblock(plan, state)
    _begin_grace(plan, state)
    signal_truce(plan, state, state.truce_event)


@rule
def _begin_grace(plan, state):
    """Who waited for a truce that somebody else owes has grace from now on."""
    for obligation in range(plan.n_obligations):
        if plan.waits_for_truce_of_others[obligation] and state.watch[obligation] == Watch.GRACE:
            due = max(state.now, state.due[obligation])
            wake_at(plan, state, Clock.CREDITOR, obligation, grace_ends(plan, obligation, due))


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
    state.truce_event = note(state, Event.TRUCE_SUSPENDED, 0, party, cause, Truce.HOLDS, Truce.SUSPENDED)
    wake_at(plan, state, Clock.TRUCE, 0, state.now + max(1, length))
    go_on_without_truce(plan, state)
    renew_hazards(plan, state)
    signal_truce(plan, state, state.truce_event)


@rule
def go_on_without_truce(plan, state):
    """While no truce holds, a source of incidents is silent unless it has a rate for that time."""
    for source in range(plan.n_sources):
        if state.parameter[plan.without_truce[source]] > 0.0 and not plan.is_scripted:
            _fade_intensity(plan, state, source)
            wake_for_next_incident(plan, state, source)
        else:
            sleep(plan, state, Clock.INCIDENTS, source)


@rule
def would_restore(plan, state, party, u):
    """Whether the truce comes back after a suspension by this party, at probability `u`."""
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
    wake_at(plan, state, Clock.TRUCE, 0, state.now)


@rule
def restore_truce(plan, state):
    """The truce holds again: what was blocked goes ahead, creditors act in a day, and incidents may happen again."""
    add_up_flows(plan, state)
    keep_again(plan, state)
    state.truce = Truce.HOLDS
    state.truce_since = state.now
    cause = state.truce_event if state.restored_by == NONE else state.restored_by
    state.truce_event = note(state, Event.TRUCE_RESTORED, 0, state.suspended_by, cause, Truce.SUSPENDED, Truce.HOLDS)
    for source in range(plan.n_sources):
        _fade_intensity(plan, state, source)
        wake_for_next_incident(plan, state, source)
    renew_hazards(plan, state)
    _unblock(plan, state)
    for obligation in range(plan.n_obligations):
        if state.is_put_off[obligation]:
            state.is_put_off[obligation] = 0
            wake_at(plan, state, Clock.CREDITOR, obligation, state.now + A_DAY)
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
                wake_at(plan, state, Clock.DEBTOR, obligation, state.now)
    state.n_blocked = 0


@rule
def _fade_intensity(plan, state, source):
    """Bring a source's excess intensity (incidents a day) down to now."""
    decay = state.parameter[plan.decay[source]]
    state.intensity[source] *= exp(-(state.now - state.intensity_since[source]) / decay)
    state.intensity_since[source] = state.now


@rule
def wake_for_next_incident(plan, state, source):
    """Draw when this source next causes an incident, if nothing else happens to it.

    References
    ----------
    Dassios and Zhao (2013), exact simulation of a Hawkes process with exponential kernel, doi:10.1214/ECP.v18-2717.
    """
    if plan.is_scripted:
        wake_at(plan, state, Clock.INCIDENTS, source, next_stretch(plan, state))
        return
    u, v, severity, answer = uniforms(state, plan.key_arrives[source], state.n_arrivals[source])
    state.next_severity[source], state.next_answer[source] = severity, answer
    state.n_arrivals[source] += 1
    rate = plan.per_day[source] if state.truce == Truce.HOLDS else plan.without_truce[source]
    days = exponential_days(v, state.parameter[rate])
    excess = state.intensity[source]
    if excess > 0.0:
        decay_days = state.parameter[plan.decay[source]] / 1440.0
        remainder = 1.0 + log(1.0 - u) / (excess * decay_days)
        if remainder > 0.0:
            days = min(days, -log(remainder) * decay_days)
    if days < 1e6:
        wake_at(plan, state, Clock.INCIDENTS, source, state.now + max(1, math.ceil(days * 1440.0)))
    else:
        sleep(plan, state, Clock.INCIDENTS, source)


@rule
def _strain_on(plan, state, party):
    """Recent incidents against a party, each fading with its memory; this one is added."""
    half_life = state.parameter[plan.strain_memory[party]]
    fading = exp(-LOG_2 * (state.now - state.recent_since[party]) / half_life)
    recent = state.recent_incidents[party] * fading
    state.recent_incidents[party] = recent + 1.0
    state.recent_since[party] = state.now
    return recent


@rule
def _is_answered(u, chance, strain):
    """Whether an incident is answered at probability `u`; the chance never exceeds `chance * strain`."""
    return u < chance * strain and u < chance_under(chance, strain)


@rule
def incident_occurs(plan, state, source):
    """An incident, minor or major; the other side may answer it by suspending the truce. Its event comes back."""
    if plan.is_scripted:
        return _scripted_incident(plan, state, source)
    _fade_intensity(plan, state, source)
    state.intensity[source] += state.parameter[plan.branching[source]] * 1440.0 / state.parameter[plan.decay[source]]
    party = plan.source_party[source]
    other = 1 - party
    is_major = state.next_severity[source] < state.parameter[plan.major[source]]
    state.n_incidents += 1
    kind = Event.INCIDENT_MAJOR if is_major else Event.INCIDENT_MINOR
    event = note(state, kind, source, party, NONE, 0, 0)
    responds = plan.responds_major[other] if is_major else plan.responds_minor[other]
    strain = 1.0 + state.parameter[plan.strain[other]] * _strain_on(plan, state, other)
    answered = _is_answered(state.next_answer[source], state.parameter[responds], strain)
    if answered and state.truce == Truce.HOLDS:
        length, restoration, _, _ = uniforms(state, plan.key_answer[source], state.n_arrivals[source])
        minutes = time_of(state, length, plan.response_median[other], plan.response_p95[other])
        restores = would_restore(plan, state, other, restoration)
        suspend_truce(plan, state, other, event, minutes, restores, NONE)
    else:
        wake_for_next_incident(plan, state, source)
    return event


@rule
def _scripted_incident(plan, state, source):
    """In this stretch nothing, or an incident as scripted; a major one is answered, and the truce restored or not."""
    choices = 1 << Incident.MINOR | 1 << Incident.MAJOR
    choice = choose(plan, state, Decision.INCIDENT, source, state.now, choices)
    if choice == Incident.NOTHING:
        wake_for_next_incident(plan, state, source)
        return NONE
    party = plan.source_party[source]
    other = 1 - party
    state.n_incidents += 1
    kind = Event.INCIDENT_MAJOR if choice == Incident.MAJOR else Event.INCIDENT_MINOR
    event = note(state, kind, source, party, NONE, 0, 0)
    if choice == Incident.MINOR:
        wake_for_next_incident(plan, state, source)
        return event
    minutes = time_of(state, 0.5, plan.response_median[other], plan.response_p95[other])
    restores = choose(plan, state, Decision.ANSWER, source, state.now, 1 << 1) == 0
    suspend_truce(plan, state, other, event, minutes, restores, NONE)
    return event
