"""The batch engine's loop: an event queue in arrays, calling the same rules as the reference engine."""

import numpy as np

from sim.guarantees.declared import begin_following, follow
from sim.native.entry import entry
from sim.native.rule import rule
from sim.outcomes.measure import count_by_day, measure_replicate
from sim.plan.codes import End
from sim.plan.limits import MAX_EVENTS
from sim.rules.replicate import begin_replicate, fire
from sim.rules.schedule import is_any_scheduled, next_clock, requeue


@rule
def step(plan, state):
    """Let the clock whose event is next act, and put its next event into the queue."""
    clock = next_clock(state)
    state.acting = clock
    fire(plan, state, clock, state.scheduled[clock])
    requeue(plan, state, clock)


@rule
def run_replicate(plan, state, seed, replicate):
    """One replicate from its first minute to its end."""
    state.is_queued = 1
    begin_replicate(plan, state, seed, replicate)
    steps = 0
    while state.end == End.NONE and is_any_scheduled(state) and state.fault == 0:
        step(plan, state)
        steps += 1
        if steps > 4 * MAX_EVENTS:
            state.fault = 2
    if plan.n_guarantees > 0:
        begin_following(plan, state)
        follow(plan, state)


@entry("plans states uint int rows ints ints int ints ints", returns=True)
def run_block(plans, states, seed, first, outcomes, starts, widths, n_days, histogram, now):
    """Run replicates from `first` on into the rows of `outcomes`. Returns the number of a faulty one, else -1."""
    plan, state = plans[0], states[0]
    for i in range(outcomes.shape[0]):
        run_replicate(plan, state, np.uint64(seed), np.uint64(first + i))
        if state.fault != 0 or state.end == End.NONE:
            return first + i
        measure_replicate(plan, state, outcomes[i])
        count_by_day(plan, state, starts, widths, n_days, histogram, now)
    return -1
