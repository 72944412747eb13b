"""The batch engine's loop: an event queue in arrays, calling the same rules as the reference engine."""

import numpy as np

from sim.guarantees.declared import begin_following, follow
from sim.native.entry import entry
from sim.native.rule import rule
from sim.outcomes.measure import count_by_day, measure_replicate
from sim.outcomes.so_far import count_so_far
from sim.plan.codes import NEVER, End
from sim.plan.draws import take_row
from sim.plan.limits import MAX_EVENTS
from sim.rules.replicate import begin_replicate, fire
from sim.rules.schedule import is_any_scheduled, next_clock, requeue


@rule
def act(plan, state, clock):
    """Let a clock act, and put its next event into the queue."""
    state.acting = clock
    fire(plan, state, clock, state.scheduled[clock])
    requeue(plan, state, clock)


@rule
def step(plan, state):
    """Let the clock whose event is next act."""
    act(plan, state, next_clock(state))


@rule
def run_replicate(plan, state, seed, replicate, asked, row):
    """One replicate from its first minute to its end; what is asked by day is written at the end of its row."""
    state.is_queued = 1
    begin_replicate(plan, state, seed, replicate)
    steps = counted = 0
    while state.end == End.NONE and is_any_scheduled(state) and state.fault == 0:
        clock = next_clock(state)
        if 3 * counted < len(asked):
            counted = count_so_far(plan, state, asked, state.scheduled[clock], counted, row)
        act(plan, state, clock)
        steps += 1
        if steps > 4 * MAX_EVENTS:
            state.fault = 2
    count_so_far(plan, state, asked, NEVER, counted, row)
    if plan.n_guarantees > 0:
        begin_following(plan, state)
        follow(plan, state)


@entry("plans states uint int rows ints floats ints ints ints int ints ints", returns=True)
def run_block(plans, states, seed, first, outcomes, asked, table, slots, starts, widths, n_days, histogram, now):
    """Run replicates from `first` on into the rows of `outcomes`. Returns the number of a faulty one, else -1.

    Where there is a table of draws, `plans` is nobody else's: its parameters take the row of each replicate.
    """
    plan, state = plans[0], states[0]
    n_measured = outcomes.shape[1] - len(asked) // 3
    for i in range(outcomes.shape[0]):
        if len(slots) > 0:
            take_row(plan, np.uint64(seed), np.uint64(first + i), table, slots)
        run_replicate(plan, state, np.uint64(seed), np.uint64(first + i), asked, outcomes[i])
        if state.fault != 0 or state.end == End.NONE:
            return first + i
        measure_replicate(plan, state, outcomes[i, :n_measured])
        count_by_day(plan, state, starts, widths, n_days, histogram, now)
    return -1
