"""Who wakes when, and the record of what happened.

Every process (a clock) has at most one waking ahead of it. Simultaneous wakings are ordered by clock number, and clock
numbers by kind and then by place in the document: that is the whole tie rule, and both engines obey it.

The batch engine keeps its clocks in a tournament: a binary tree whose leaves are the clocks and in which every node
holds the earlier of the two below it, so that the root is the next to act. Sources of incidents stand beside it: these
are few and cause half of all wakings, so that looking at each of them costs less than playing the tournament again.
"""

from sim.compiled import rule
from sim.plan.layout import CLOCK_BITS, MAX_EVENTS, NEVER, NONE, Clock

_CLOCK_MASK = (1 << CLOCK_BITS) - 1
_ASLEEP = NEVER << CLOCK_BITS


@rule
def _key_of(minute, clock):
    """Minute and clock in one number: keys order wakings."""
    return _ASLEEP if minute == NEVER else (minute << CLOCK_BITS) | clock


@rule
def begin_queue(plan, state):
    """Nobody is to wake."""
    for node in range(2 * plan.first_leaf):
        state.earliest[node] = _ASLEEP


@rule
def somebody_wakes(state):
    """Whether the batch engine's queue holds any waking."""
    return state.earliest[1] < _ASLEEP


@rule
def next_clock(plan, state):
    """The clock that wakes next: the first in the queue, or a source of incidents that comes before it."""
    first = state.earliest[1]
    for clock in range(plan.first_clock[Clock.INCIDENTS], plan.first_clock[Clock.INCIDENTS + 1]):
        first = min(first, _key_of(state.wake[clock], clock))
    return first & _CLOCK_MASK


@rule
def _put_in_queue(plan, state, clock, minute):
    """A clock's waking at its leaf, and the earlier of each pair from there up to where nothing changes."""
    if plan.clock_kind[clock] == Clock.INCIDENTS:
        return  # looked at by itself
    key = _key_of(minute, clock)
    node = plan.first_leaf + clock
    state.earliest[node] = key
    while node > 1:
        key = min(key, state.earliest[node ^ 1])
        node >>= 1
        if state.earliest[node] == key:
            break
        state.earliest[node] = key


@rule
def _set_waking(plan, state, clock, minute):
    if state.wake[clock] == minute:
        return
    state.wake[clock] = minute
    if state.is_queued and clock != state.acting:
        _put_in_queue(plan, state, clock, minute)


@rule
def requeue(plan, state, clock):
    """The clock that has just acted takes its new place in the queue; until now it stood with its old key.

    It need not be first any more: it may have woken a clock of a lower number within this minute.
    """
    state.acting = NONE
    _put_in_queue(plan, state, clock, state.wake[clock])


@rule
def wake_at(plan, state, kind, index, minute):
    """Wake a clock at this minute (now, if that has passed), instead of whenever it was to wake."""
    if minute < NEVER:
        minute = max(minute, state.now)
    _set_waking(plan, state, plan.first_clock[kind] + index, min(minute, NEVER))


@rule
def sleep(plan, state, kind, index):
    """Let a clock sleep until something wakes it."""
    _set_waking(plan, state, plan.first_clock[kind] + index, NEVER)


@rule
def wakes_at(plan, state, kind, index):
    """The minute at which a clock is to wake, NEVER while it sleeps."""
    return state.wake[plan.first_clock[kind] + index]


@rule
def note(state, event, subject, actor, cause, before, after):
    """Record that something happened; its number in the trace comes back, for what follows from it."""
    number = state.n_events
    if number >= MAX_EVENTS:
        state.fault = 1
        return number - 1
    row = state.events[number]
    row[0] = state.now
    row[1] = event
    row[2] = subject
    row[3] = actor
    row[4] = cause
    row[5] = before
    row[6] = after
    state.n_events = number + 1
    return number
