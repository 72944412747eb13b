"""Incidents, and the talks that they may break off."""

from sim.native.decorators import rule
from sim.plan.layout import Event, Talks
from sim.rules.chance import uniforms
from sim.rules.talks import break_off
from sim.rules.truce import incident_occurs


@rule
def incident_happens(plan, state, source):
    """An incident; a major one may break off the talks that are under way."""
    number = state.n_arrivals[source]
    event = incident_occurs(plan, state, source)
    chance = state.parameter[plan.breaks_off_talks[source]]
    if chance <= 0.0 or plan.is_scripted or state.events[event, 1] != Event.INCIDENT_MAJOR:
        return
    _, _, breaks, _ = uniforms(state, plan.key_answer[source], number)
    if breaks >= chance:
        return
    for topic in range(plan.n_topics):
        if state.talks[topic] == Talks.UNDER_WAY:
            break_off(plan, state, topic, event)
