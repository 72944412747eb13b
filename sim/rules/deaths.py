"""Deaths in captivity, off unless a scenario gives a hazard: who dies when the cumulative hazard reaches a threshold.

How much each one bears is drawn once. The hazard adds up with time, faster or slower as a truce holds or not, and who
has borne their part dies. Remains stay with the custodian and are handed over in place of the person.
"""

import math

import numpy as np

from sim.native.elementary import log
from sim.native.rule import rule
from sim.plan.codes import NEVER, NONE, Clock, Event, Truce
from sim.plan.uniforms import DIES_THRESHOLD
from sim.rules.chance import uniforms
from sim.rules.schedule import cancel, record, schedule


@rule
def begin_deaths(plan, state):
    """Draw each person's survival threshold, a cumulative hazard; infinite for those who are safe."""
    for mortal in range(plan.n_mortal):
        group = plan.mortal[mortal]
        start = plan.fate_start[group]
        for person in range(plan.count[group]):
            u = uniforms(plan, state, plan.key_dies[group], person)[DIES_THRESHOLD]
            state.fate[start + person] = -log(1.0 - u)
        state.hazard[group] = 0.0
        state.hazard_rate[group] = 0.0
        state.hazard_since[group] = 0
    renew_hazards(plan, state)


@rule
def _add_up_hazard(state, group):
    """Bring the cumulative hazard of a group up to now; it runs from the start of the deal."""
    since = state.hazard_since[group]
    if state.now > since:
        state.hazard[group] += state.hazard_rate[group] * (state.now - since) / 1440.0
        state.hazard_since[group] = state.now


@rule
def _next_to_die(plan, state, group):
    """The place of the person held with the least threshold; the first place of the group if all are safe."""
    start = plan.fate_start[group]
    least = start
    for place in range(start, start + plan.count[group]):
        if state.fate[place] < state.fate[least]:
            least = place
    return least


@rule
def _minute_of_next_death(plan, state, group):
    """When the next person of a group dies if nothing changes; NEVER if nobody will."""
    if plan.count[group] == 0 or state.hazard_rate[group] <= 0.0:
        return NEVER
    left = state.fate[_next_to_die(plan, state, group)] - state.hazard[group]
    minutes = left / state.hazard_rate[group] * 1440.0
    if minutes >= 1e9:
        return NEVER
    whole = math.ceil(max(minutes, 0.0))  # 0: borne by now, and this minute's deaths are still to come
    return max(state.now, state.hazard_since[group] + np.int64(whole))


@rule
def _schedule_next_death(plan, state, mortal):
    minute = _minute_of_next_death(plan, state, plan.mortal[mortal])
    if minute < NEVER:
        schedule(plan, state, Clock.DEATHS, mortal, minute)
    else:
        cancel(plan, state, Clock.DEATHS, mortal)


@rule
def renew_hazards(plan, state):
    """The truce or a parameter has changed: add up the hazard until now and go on at the new rate."""
    for mortal in range(plan.n_mortal):
        group = plan.mortal[mortal]
        _add_up_hazard(state, group)
        rate = 0.0 if plan.is_scripted else state.parameter[plan.deaths_per_day[group]]
        if state.truce != Truce.HOLDS:
            rate *= state.parameter[plan.deaths_without_truce[group]]
        state.hazard_rate[group] = rate
        _schedule_next_death(plan, state, mortal)


@rule
def people_die(plan, state, mortal):
    """Those of a group whose threshold the cumulative hazard has reached die; their remains are held in their place."""
    group = plan.mortal[mortal]
    _add_up_hazard(state, group)
    start, died = plan.fate_start[group], 0
    for place in range(start, start + plan.count[group]):
        if state.fate[place] <= state.hazard[group]:
            state.fate[place] = math.inf
            died += 1
    if died > 0:
        state.died[group] += died
        state.remains_held[group] += died
        state.captive_minutes[plan.is_hostages[group]] += died * state.now
        record(state, Event.PEOPLE_DIED, group, plan.holder[group], NONE, died, 0)
    _schedule_next_death(plan, state, mortal)


@rule
def leave_alive(plan, state, group, count):
    """So many of a group leave captivity alive: who they are does not depend on how much they could bear."""
    if plan.n_mortal == 0:
        return
    for mortal in range(plan.n_mortal):
        if plan.mortal[mortal] == group:
            place = plan.fate_start[group]
            while count > 0:
                if state.fate[place] < math.inf:
                    state.fate[place] = math.inf
                    count -= 1
                place += 1
            _schedule_next_death(plan, state, mortal)


@rule
def die_until_the_horizon(plan, state):
    """The deal is over and those still held are not safe: they go on dying at the rate that it leaves behind."""
    if plan.n_mortal == 0:
        return
    renew_hazards(plan, state)
    ended = state.now
    while True:
        first, minute = NONE, plan.horizon
        for mortal in range(plan.n_mortal):
            next_minute = _minute_of_next_death(plan, state, plan.mortal[mortal])
            if next_minute < minute:
                first, minute = mortal, next_minute
        if first == NONE:
            break
        state.now = minute
        people_die(plan, state, first)
    state.now = ended
