"""Incidents: minor or major, answered or not, and the talks they may break off. `intensity` draws when they come."""

from sim.native.elementary import LOG_2, exp
from sim.native.rule import rule
from sim.plan.codes import FIELD_EVENT, NONE, Decision, Event, Incident, Talks, Truce
from sim.plan.uniforms import ANSWER_BREAKS_TALKS, ANSWER_LENGTH, ANSWER_RESTORES
from sim.rules.chance import chance_under, time_of, uniforms
from sim.rules.intensity import fade_intensity, schedule_next_incident
from sim.rules.schedule import record
from sim.rules.script import choose
from sim.rules.sides import answering_party
from sim.rules.talks import break_off
from sim.rules.truce import suspend_truce, would_restore


@rule
def source_acts(plan, state, source):
    """Let a source cause its next incident; a major one may break off the talks under way."""
    number = state.n_arrivals[source]
    event = incident_occurs(plan, state, source)
    chance = state.parameter[plan.breaks_off_talks[source]]
    if chance <= 0.0 or plan.is_scripted or state.events[event, FIELD_EVENT] != Event.INCIDENT_MAJOR:
        return
    breaks = uniforms(plan, state, plan.key_answer[source], number)[ANSWER_BREAKS_TALKS]
    if breaks >= chance:
        return
    for topic in range(plan.n_topics):
        if state.talks[topic] == Talks.UNDER_WAY:
            break_off(plan, state, topic, event)


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
    """Decide whether an incident is major, raise the intensity, and let the other side answer by suspending the truce.

    Returns the event's index.
    """
    if plan.is_scripted:
        return _scripted_incident(plan, state, source)
    fade_intensity(plan, state, source)
    state.intensity[source] += state.parameter[plan.branching[source]] * 1440.0 / state.parameter[plan.decay[source]]
    party, other = plan.source_party[source], answering_party(plan, source)
    is_major = state.next_severity[source] < state.parameter[plan.major[source]]
    state.n_incidents += 1
    kind = Event.INCIDENT_MAJOR if is_major else Event.INCIDENT_MINOR
    event = record(state, kind, source, party, NONE, 0, 0)
    responds = plan.responds_major[other] if is_major else plan.responds_minor[other]
    strain = 1.0 + state.parameter[plan.strain[other]] * _strain_on(plan, state, other)
    answered = _is_answered(state.next_answer[source], state.parameter[responds], strain)
    if answered and state.truce == Truce.HOLDS:
        drawn = uniforms(plan, state, plan.key_answer[source], state.n_arrivals[source])
        length, restoration = drawn[ANSWER_LENGTH], drawn[ANSWER_RESTORES]
        minutes = time_of(state, length, plan.response_median[other], plan.response_p95[other])
        restores = would_restore(plan, state, other, restoration)
        suspend_truce(plan, state, other, event, minutes, restores, NONE)
    else:
        schedule_next_incident(plan, state, source)
    return event


@rule
def _scripted_incident(plan, state, source):
    """In this stretch nothing, or an incident as scripted; a major one is answered, and the truce restored or not."""
    choices = 1 << Incident.MINOR | 1 << Incident.MAJOR
    choice = choose(plan, state, Decision.INCIDENT, source, state.now, choices)
    if choice == Incident.NOTHING:
        schedule_next_incident(plan, state, source)
        return NONE
    party, other = plan.source_party[source], answering_party(plan, source)
    state.n_incidents += 1
    kind = Event.INCIDENT_MAJOR if choice == Incident.MAJOR else Event.INCIDENT_MINOR
    event = record(state, kind, source, party, NONE, 0, 0)
    if choice == Incident.MINOR:
        schedule_next_incident(plan, state, source)
        return event
    minutes = time_of(state, 0.5, plan.response_median[other], plan.response_p95[other])
    restores = choose(plan, state, Decision.ANSWER, source, state.now, 1 << 1) == 0
    suspend_truce(plan, state, other, event, minutes, restores, NONE)
    return event
