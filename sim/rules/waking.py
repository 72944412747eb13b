"""Who wakes when, and the record of what happened.

Every process (a clock) has at most one waking ahead of it. Simultaneous wakings are ordered by clock number, and clock
numbers by kind and then by place in the document: that is the whole tie rule, and both engines obey it.

The batch engine keeps its clocks in a heap, but for sources of incidents: these are few and cause half of all wakings,
so that looking at each of them costs less than moving them in the heap.
"""

from sim.compiled import rule
from sim.plan.layout import MAX_EVENTS, NEVER, NONE, Clock

CLOCK_BITS = 12
_CLOCK_MASK = (1 << CLOCK_BITS) - 1


@rule
def next_clock(plan, state):
    """The clock that wakes next, from the batch engine's queue."""
    first = state.heap[0]
    for clock in range(plan.first_clock[Clock.INCIDENTS], plan.first_clock[Clock.INCIDENTS + 1]):
        first = min(first, (state.wake[clock] << CLOCK_BITS) | clock)
    return first & _CLOCK_MASK


@rule
def _is_beside_heap(plan, clock):
    """Whether a clock is looked at by itself, being a source of incidents."""
    return plan.first_clock[Clock.INCIDENTS] <= clock < plan.first_clock[Clock.INCIDENTS + 1]


@rule
def _rise(state, key, place):
    """Put a key at a place of the heap or above it. A key is its minute and clock in one number: keys order wakings."""
    while place > 0:
        above = (place - 1) >> 1
        other = state.heap[above]
        if other < key:
            break
        state.heap[place] = other
        state.place[other & _CLOCK_MASK] = place
        place = above
    state.heap[place] = key
    state.place[key & _CLOCK_MASK] = place


@rule
def _sink(state, key, place):
    """Put a key at a place of the heap or below it."""
    size = state.queue_size
    below = 2 * place + 1
    while below < size:
        other = state.heap[below]
        if below + 1 < size and state.heap[below + 1] < other:
            below += 1
            other = state.heap[below]
        if key < other:
            break
        state.heap[place] = other
        state.place[other & _CLOCK_MASK] = place
        place = below
        below = 2 * place + 1
    state.heap[place] = key
    state.place[key & _CLOCK_MASK] = place


@rule
def _leave_queue(state, clock):
    place = state.place[clock]
    state.place[clock] = NONE
    state.queue_size -= 1
    if place != state.queue_size:
        last = state.heap[state.queue_size]
        if last < state.heap[place]:
            _rise(state, last, place)
        else:
            _sink(state, last, place)


@rule
def _set_waking(plan, state, clock, minute):
    state.wake[clock] = minute
    if state.is_queued == 0 or clock == state.acting or _is_beside_heap(plan, clock):
        return
    place = state.place[clock]
    if minute == NEVER:
        if place != NONE:
            _leave_queue(state, clock)
        return
    key = (minute << CLOCK_BITS) | clock
    if place == NONE:
        state.queue_size += 1
        _rise(state, key, state.queue_size - 1)
    elif key < state.heap[place]:
        _rise(state, key, place)
    else:
        _sink(state, key, place)


@rule
def requeue(plan, state, clock):
    """The clock that has just acted takes its new place in the queue; until now it stood with its old key.

    It need not be first any more: it may have woken a clock of a lower number within this minute.
    """
    state.acting = NONE
    if _is_beside_heap(plan, clock):
        return
    if state.wake[clock] == NEVER:
        _leave_queue(state, clock)
    else:
        _sink(state, (state.wake[clock] << CLOCK_BITS) | clock, state.place[clock])


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
