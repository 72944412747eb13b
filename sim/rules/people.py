"""People: held, in transit with the neutral carrier, released; located over time, sometimes misidentified."""

import numpy as np

from sim.native.rule import rule
from sim.plan.codes import NEVER, NONE, Custody, Event, Kind
from sim.plan.uniforms import CONTACT_MADE, CONTACT_TIME, IDENTIFIES_WRONGLY, SEARCH_FOUND, SEARCH_TIME
from sim.rules.calendar import day_of
from sim.rules.chance import time_of, uniforms
from sim.rules.deaths import leave_alive
from sim.rules.gates import signal_group
from sim.rules.schedule import record


@rule
def _insert_located(plan, state, group, place, minute):
    """Replace the time at this place by a later one and keep the group's times of being located in order."""
    base, count = plan.searched_start[group], plan.count[group]
    while place + 1 < count and state.located_at[base + place + 1] < minute:
        state.located_at[base + place] = state.located_at[base + place + 1]
        place += 1
    state.located_at[base + place] = minute


@rule
def _search_time(plan, state, group):
    """When the next person looked for is located; NEVER if not at all."""
    drawn = uniforms(plan, state, plan.key_search[group], state.n_searched[group])
    u, v = drawn[SEARCH_FOUND], drawn[SEARCH_TIME]
    state.n_searched[group] += 1
    if u >= state.parameter[plan.found[group]]:
        return NEVER
    return time_of(state, v, plan.search_median[group], plan.search_p95[group])


@rule
def begin_contacts(plan, state):
    """Draw when contact with each holder is made."""
    for actor in range(plan.n_actors):
        state.contact_minute[actor] = NEVER
        if plan.contacted[actor] == NONE:
            state.contact_minute[actor] = -NEVER
            continue
        drawn = uniforms(plan, state, plan.key_contact[actor], 0)
        u, v = drawn[CONTACT_MADE], drawn[CONTACT_TIME]
        if u < state.parameter[plan.contacted[actor]]:
            state.contact_minute[actor] = time_of(state, v, plan.contact_median[actor], plan.contact_p95[actor])


@rule
def _look_for(plan, state, group):
    """Draw when each person of a group is located; done when the group is first asked for."""
    base, count = plan.searched_start[group], plan.count[group]
    if state.n_searched[group] > 0:
        return
    for person in range(count):
        minute = _search_time(plan, state, group)
        place = base + person
        while place > base and state.located_at[place - 1] > minute:
            state.located_at[place] = state.located_at[place - 1]
            place -= 1
        state.located_at[place] = minute


@rule
def locate_all(plan, state, group):
    """Everybody of a group is located now."""
    state.contact_minute[plan.holder[group]] = min(state.contact_minute[plan.holder[group]], state.now)
    if plan.is_searched[group]:
        _look_for(plan, state, group)
        base = plan.searched_start[group]
        for person in range(state.n_located[group], plan.count[group]):
            state.located_at[base + person] = min(state.located_at[base + person], state.now)


@rule
def n_ready(plan, state, group):
    """How many of those still held can be handed over now."""
    if state.contact_minute[plan.holder[group]] > state.now:
        return 0
    if not plan.is_searched[group]:
        return state.held[group]
    _look_for(plan, state, group)
    ready = 0
    base = plan.searched_start[group]
    for person in range(state.n_located[group], plan.count[group]):
        if state.located_at[base + person] > state.now:
            break
        ready += 1
    return ready


@rule
def ready_next(plan, state, group):
    """The minute at which the next of those not yet ready is; NEVER if nobody will be."""
    contact = state.contact_minute[plan.holder[group]]
    if contact >= NEVER or state.held[group] == 0:
        return NEVER
    if not plan.is_searched[group]:
        return contact
    _look_for(plan, state, group)
    place = state.n_located[group]
    if place >= plan.count[group]:
        return NEVER
    return max(contact, state.located_at[plan.searched_start[group] + place])


@rule
def located_next(plan, state, group):
    """The minute at which one more than now can be handed over, `NEVER` if that is never so."""
    contact = state.contact_minute[plan.holder[group]]
    if contact >= NEVER:
        return NEVER
    if not plan.is_searched[group]:
        return contact if contact > state.now else NEVER
    _look_for(plan, state, group)
    place = state.n_located[group]
    while place < plan.count[group] and max(contact, state.located_at[plan.searched_start[group] + place]) <= state.now:
        place += 1
    if place >= plan.count[group]:
        return NEVER
    return max(contact, state.located_at[plan.searched_start[group] + place])


@rule
def set_out(plan, state, group, count, obligation, cause):
    """Move people from their custodian to the neutral carrier, the living first. Returns how many are remains.

    Remains are of those who died in captivity; a group of the deceased has none of these.
    """
    remains = max(np.int64(0), count - (state.held[group] - state.remains_held[group]))
    state.held[group] -= count
    state.in_transit[group] += count
    state.n_located[group] += count
    if remains < count:
        leave_alive(plan, state, group, count - remains)
        record(state, Event.PEOPLE_MOVED, group, obligation, cause, count - remains, Custody.IN_TRANSIT)
    if remains > 0:
        state.remains_held[group] -= remains
        state.remains_in_transit[group] += remains
        record(state, Event.REMAINS_MOVED, group, obligation, cause, remains, Custody.IN_TRANSIT)
    return remains


@rule
def _n_misidentified(plan, state, group, count):
    """How many of the remains in a consignment are somebody else's."""
    wrong = 0
    if plan.is_deceased[group] and plan.is_searched[group]:
        for _ in range(count):
            u = uniforms(plan, state, plan.key_identifies[group], state.n_identified[group])[IDENTIFIES_WRONGLY]
            state.n_identified[group] += 1
            if u < state.parameter[plan.misidentified[group]]:
                wrong += 1
    return wrong


@rule
def _come_back(plan, state, group, count, obligation, cause):
    """Remains that were not those of a hostage: the missing count again, and are looked for again."""
    event = record(state, Event.REMAINS_MISIDENTIFIED, group, obligation, cause, count, 0)
    state.in_transit[group] -= count
    state.held[group] += count
    for _ in range(count):
        state.n_located[group] -= 1
        again = _search_time(plan, state, group)
        if again < NEVER:
            again += state.now
        _insert_located(plan, state, group, state.n_located[group], again)
    record(state, Event.PEOPLE_MOVED, group, obligation, event, count, Custody.HELD)
    return event


@rule
def come_out(plan, state, group, count, obligation, cause):
    """Release people to their own side. Returns how many, less the misidentified."""
    wrong = _n_misidentified(plan, state, group, count)
    if wrong > 0:
        _come_back(plan, state, group, wrong, obligation, cause)
        count -= wrong
    if count > 0:
        state.in_transit[group] -= count
        state.released[group] += count
        if not plan.is_deceased[group]:
            state.captive_minutes[plan.is_hostages[group]] += count * max(np.int64(0), state.now)
        event = record(state, Event.PEOPLE_MOVED, group, obligation, cause, count, Custody.RELEASED)
        signal_group(plan, state, group, event)
    return count


@rule
def give_back_remains(plan, state, group, count, obligation, cause):
    """Remains of those who died in captivity reach their own side."""
    state.in_transit[group] -= count
    state.released[group] += count
    state.remains_in_transit[group] -= count
    state.remains_returned[group] += count
    event = record(state, Event.REMAINS_MOVED, group, obligation, cause, count, Custody.RELEASED)
    signal_group(plan, state, group, event)


@rule
def most_a_day(plan, state, actor, kind):
    """How many people an actor can hand over in one day: returns count apart, transfers with releases."""
    slot = plan.capacity_return[actor] if kind == Kind.RETURN else plan.capacity_release[actor]
    return NEVER if slot == NONE else np.int64(state.parameter[slot])


@rule
def capacity_left(plan, state, actor, kind):
    """How many more people an actor can hand over today."""
    today = day_of(plan, state.now)
    if state.handed_over_day[actor] != today:
        state.handed_over_day[actor] = today
        state.handed_over_release[actor] = 0
        state.handed_over_return[actor] = 0
    used = state.handed_over_return[actor] if kind == Kind.RETURN else state.handed_over_release[actor]
    return max(np.int64(0), most_a_day(plan, state, actor, kind) - used)


@rule
def use_capacity(state, actor, kind, count):
    """So many of today's handovers are taken."""
    if kind == Kind.RETURN:
        state.handed_over_return[actor] += count
    else:
        state.handed_over_release[actor] += count
