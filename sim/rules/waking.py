"""Who wakes when, and the record of what happened.

Every process (a clock) has at most one waking ahead of it. Simultaneous wakings are ordered by clock number, and clock
numbers by kind and then by place in the document: that is the whole tie rule, and both engines obey it.
"""

from sim.compiled import rule
from sim.plan.layout import MAX_EVENTS, NEVER, NONE


@rule
def comes_before(state, a, b):
    """Whether clock `a` wakes before clock `b`."""
    return state.wake[a] < state.wake[b] or (state.wake[a] == state.wake[b] and a < b)


@rule
def _rise(state, clock, place):
    while place > 0:
        above = (place - 1) >> 1
        other = state.heap[above]
        if comes_before(state, other, clock):
            break
        state.heap[place] = other
        state.place[other] = place
        place = above
    state.heap[place] = clock
    state.place[clock] = place


@rule
def _sink(state, clock, place):
    size = state.queue_size
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        if below + 1 < size and comes_before(state, state.heap[below + 1], state.heap[below]):
            below += 1
        other = state.heap[below]
        if comes_before(state, clock, other):
            break
        state.heap[place] = other
        state.place[other] = place
        place = below
    state.heap[place] = clock
    state.place[clock] = place


@rule
def leave_queue(state, clock):
    """Take a clock out of the batch engine's queue."""
    place = state.place[clock]
    state.place[clock] = NONE
    state.queue_size -= 1
    if place != state.queue_size:
        last = state.heap[state.queue_size]
        _sink(state, last, place)
        _rise(state, last, state.place[last])


@rule
def _set_waking(state, clock, minute):
    was_queued = state.place[clock] != NONE
    earlier = minute < state.wake[clock]
    state.wake[clock] = minute
    if state.is_queued == 0:
        return
    if minute == NEVER:
        if was_queued:
            leave_queue(state, clock)
    elif not was_queued:
        state.queue_size += 1
        _rise(state, clock, state.queue_size - 1)
    elif earlier:
        _rise(state, clock, state.place[clock])
    else:
        _sink(state, clock, state.place[clock])


@rule
def wake_at(plan, state, kind, index, minute):
    """Wake a clock at this minute (now, if that has passed), instead of whenever it was to wake."""
    if minute < NEVER:
        minute = max(minute, state.now)
    _set_waking(state, plan.first_clock[kind] + index, min(minute, NEVER))


@rule
def sleep(plan, state, kind, index):
    """Let a clock sleep until something wakes it."""
    _set_waking(state, plan.first_clock[kind] + index, NEVER)


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
    row = state.trace[number]
    row[0] = state.now
    row[1] = event
    row[2] = subject
    row[3] = actor
    row[4] = cause
    row[5] = before
    row[6] = after
    state.n_events = number + 1
    return number
