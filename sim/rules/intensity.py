"""When the next incident comes: drawn for each source, by an intensity that each incident raises."""

import math

from sim.native.elementary import exp, log
from sim.native.rule import rule
from sim.plan.codes import Clock, Truce
from sim.plan.draws import exponential_days
from sim.plan.uniforms import ARRIVES_ANSWER, ARRIVES_BASE, ARRIVES_EXCITED, ARRIVES_SEVERITY
from sim.rules.chance import uniforms
from sim.rules.schedule import cancel, schedule
from sim.rules.script import next_stretch


@rule
def fade_intensity(plan, state, source):
    """Bring a source's excess intensity (incidents a day) down to now."""
    decay = state.parameter[plan.decay[source]]
    state.intensity[source] *= exp(-(state.now - state.intensity_since[source]) / decay)
    state.intensity_since[source] = state.now


@rule
def schedule_next_incident(plan, state, source):
    """Draw when this source next causes an incident, if nothing else happens to it.

    References
    ----------
    Dassios and Zhao (2013), exact simulation of a Hawkes process with exponential kernel, doi:10.1214/ECP.v18-2717.
    """
    if plan.is_scripted:
        schedule(plan, state, Clock.INCIDENTS, source, next_stretch(plan, state))
        return
    drawn = uniforms(plan, state, plan.key_arrives[source], state.n_arrivals[source])
    u, v = drawn[ARRIVES_EXCITED], drawn[ARRIVES_BASE]
    state.next_severity[source], state.next_answer[source] = drawn[ARRIVES_SEVERITY], drawn[ARRIVES_ANSWER]
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
        schedule(plan, state, Clock.INCIDENTS, source, state.now + max(1, math.ceil(days * 1440.0)))
    else:
        cancel(plan, state, Clock.INCIDENTS, source)
