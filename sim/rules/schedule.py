"""The schedule of events, and the trace of those that happened.

Every process (a clock) has at most one scheduled event. Within one minute the lowest clock number acts first, and
clocks are numbered by kind, in the order of `Clock` in `sim.plan.codes`, and then by place in the document: that is the
whole tie rule, and both engines obey it.

The batch engine keeps its clocks in four tournament trees: binary trees whose leaves are the clocks and in which every
node holds the earlier of the two below it, so that each root is the next of its clocks to act. Sources of incidents
have a tree to themselves: these are few and cause half of all events. A new key goes all the way up even where nothing
changes any more: a processor does that faster than it finds out whether it has to.
"""

from sim.native.rule import rule
from sim.plan.codes import (
    CLOCK_BITS,
    FIELD_ACTOR,
    FIELD_AFTER,
    FIELD_BEFORE,
    FIELD_CAUSE,
    FIELD_EVENT,
    FIELD_MINUTE,
    FIELD_SUBJECT,
    FIRST_TOP,
    N_TOPS,
    NEVER,
    NONE,
)
from sim.plan.limits import MAX_EVENTS

_CLOCK_MASK = (1 << CLOCK_BITS) - 1
_IDLE = NEVER << CLOCK_BITS
"""Minute and clock make one number, the key, which orders events; this and more for a clock without one."""


@rule
def begin_queue(plan, state):
    """Empty the queue: no process has a scheduled event."""
    for i in range(N_TOPS):
        for level in range(plan.tree_depth[i] + 1):
            for node in range((FIRST_TOP + i) << level, (FIRST_TOP + i + 1) << level):
                state.earliest[node] = _IDLE


@rule
def next_key(state):
    """The key of the next scheduled event: its minute and its clock in one number."""
    first = state.earliest[FIRST_TOP]
    for top in range(FIRST_TOP + 1, FIRST_TOP + N_TOPS):
        first = min(first, state.earliest[top])
    return first


@rule
def is_any_scheduled(state):
    """Whether the batch engine's queue holds any scheduled event."""
    return next_key(state) < _IDLE


@rule
def next_clock(state):
    """The clock whose scheduled event is next."""
    return next_key(state) & _CLOCK_MASK


@rule
def _put_in_queue(plan, state, clock, minute):
    """Write a clock's key at its leaf and the lesser key of each pair from there up to the root of its tree."""
    key = (minute << CLOCK_BITS) | clock
    node = plan.leaf[clock]
    state.earliest[node] = key
    while node >= 2 * FIRST_TOP:
        key = min(key, state.earliest[node ^ 1])
        node >>= 1
        state.earliest[node] = key


@rule
def _set_minute(plan, state, clock, minute):
    if state.scheduled[clock] == minute:
        return
    state.scheduled[clock] = minute
    if state.is_queued and clock != state.acting:
        _put_in_queue(plan, state, clock, minute)


@rule
def requeue(plan, state, clock):
    """The clock that has just acted takes its new place in the queue; until now it stood with its old key.

    It need not be first any more: it may have scheduled a clock of a lower number for this same minute.
    """
    state.acting = NONE
    _put_in_queue(plan, state, clock, state.scheduled[clock])


@rule
def schedule(plan, state, kind, index, minute):
    """Schedule a process for this minute (now, if that has passed), in place of what was scheduled for it."""
    if minute < NEVER:
        minute = max(minute, state.now)
    _set_minute(plan, state, plan.first_clock[kind] + index, min(minute, NEVER))


@rule
def cancel(plan, state, kind, index):
    """Cancel what is scheduled for a process."""
    _set_minute(plan, state, plan.first_clock[kind] + index, NEVER)


@rule
def scheduled_at(plan, state, kind, index):
    """The minute for which a process is scheduled, NEVER if it is not."""
    return state.scheduled[plan.first_clock[kind] + index]


@rule
def record(state, event, subject, actor, cause, before, after):
    """Append an event to the trace and return its index, which later events give as their cause."""
    number = state.n_events
    if number >= MAX_EVENTS:
        state.fault = 1
        return number - 1
    row = state.events[number]
    row[FIELD_MINUTE] = state.now
    row[FIELD_EVENT] = event
    row[FIELD_SUBJECT] = subject
    row[FIELD_ACTOR] = actor
    row[FIELD_CAUSE] = cause
    row[FIELD_BEFORE] = before
    row[FIELD_AFTER] = after
    state.n_events = number + 1
    # kept in any case, and written over by the next one unless this counts
    state.to_follow[state.n_to_follow] = number
    state.n_to_follow += (state.followed_events >> event) & 1
    return number
