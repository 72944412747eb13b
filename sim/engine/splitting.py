"""Multilevel splitting: a replicate that comes nearer to a rare goal goes on as several histories.

Where the distance to the goal falls to that of a level, the state is copied, and each copy goes on with draws of its
own: the fourth word of the counter is its branch. A history that has passed levels of r_1, ..., r_k copies counts
1 / (r_1 ... r_k), which keeps the mean of any outcome what it is, whatever the levels are.
"""

import numpy as np

from sim.engine.kernel import step
from sim.guarantees.declared import begin_following, follow
from sim.native.entry import entry
from sim.native.rule import rule
from sim.outcomes.measure import measure_replicate
from sim.outcomes.so_far import OF_STEPS, count_of
from sim.plan.codes import End, PhaseState
from sim.plan.draws import take_row
from sim.plan.limits import MAX_EVENTS
from sim.rules.replicate import begin_replicate
from sim.rules.schedule import is_any_scheduled

MOST_LEVELS = 4
COPY_BITS = 16
"""Of a branch, for the copy taken at each level."""
A_PHASE = 1024
"""What a phase entered counts: more than all obligations."""


@rule
def branch_of(before, level, copy):
    """The branch of a copy taken at a level, from 1 on; copy 0 is the history itself."""
    return before | np.uint64(copy) << np.uint64(COPY_BITS * (level - 1))


@rule
def nearness(plan, state, kind, subject):
    """How far a history has come: what is counted, or phases entered and, within one, obligations done."""
    count = count_of(plan, state, kind, subject)
    if kind == OF_STEPS:
        for phase in range(plan.n_phases):
            if state.phase_state[phase] >= PhaseState.IN_FORCE:
                count += A_PHASE
    return count


@rule
def keep_state(words, kept, at, segments, n_trace, n_listed):
    """Copy the part of the state that is in use. `segments` has starts and lengths, at last listed events and trace."""
    for segment in range(len(segments) // 2):
        start, length = segments[2 * segment], segments[2 * segment + 1]
        if segment == len(segments) // 2 - 2:
            length = n_listed
        elif segment == len(segments) // 2 - 1:
            length = n_trace
        for i in range(length):
            kept[at + i] = words[start + i]
        at += length


@rule
def take_up_state(words, kept, at, segments, n_trace, n_listed):
    """The way back."""
    for segment in range(len(segments) // 2):
        start, length = segments[2 * segment], segments[2 * segment + 1]
        if segment == len(segments) // 2 - 2:
            length = n_listed
        elif segment == len(segments) // 2 - 1:
            length = n_trace
        for i in range(length):
            words[start + i] = kept[at + i]
        at += length


@entry("plans states ints ints ints rows ints ints int int uint int int rows rows ints floats ints", returns=True)
def split_block(
    plans, states, words, kept, segments, at_level, levels, copies, kind, subject, seed, first, count, outcomes, paths,
    tallies, table, slots,
):  # fmt: skip
    """Run replicates from `first` on, with all that parts from them.

    A row of `outcomes` for each history; of `paths` its replicate, the copies that it took, the level that it reached
    and the farthest that it came. `tallies` is rows, events and copies. Stops before a replicate whose histories may
    not fit; `at_level` is memory, five numbers for each level. Returns the number of the next replicate, or less than 0
    where one is faulty.
    """
    plan, state = plans[0], states[0]
    n_levels, size = len(levels), len(kept) // max(1, len(levels))
    left, lengths, copy, branches, listed = at_level[0], at_level[1], at_level[2], at_level[3], at_level[4]
    most = 1
    for level in range(n_levels):
        most *= copies[level]
    replicate = first
    while replicate < first + count and tallies[0] + most <= outcomes.shape[0]:
        if len(slots) > 0:
            take_row(plan, np.uint64(seed), np.uint64(replicate), table, slots)
        state.is_queued = 1
        begin_replicate(plan, state, np.uint64(seed), np.uint64(replicate))
        level = farthest = n_steps = 0
        for place in range(MOST_LEVELS + 1):
            left[place] = copy[place] = 0
        while True:
            farthest = max(farthest, nearness(plan, state, kind, subject))
            while level < n_levels and farthest >= levels[level]:
                level += 1
                copy[level] = 0
                left[level] = copies[level - 1] - 1
                if left[level] > 0:
                    lengths[level] = (state.n_events * 7 + 1) // 2
                    listed[level] = state.n_to_follow
                    branches[level] = np.int64(state.branch)
                    keep_state(words, kept, (level - 1) * size, segments, lengths[level], listed[level])
                    tallies[2] += 1
            if state.end == End.NONE and is_any_scheduled(state) and state.fault == 0:
                step(plan, state)
                tallies[1] += 1
                n_steps += 1
                if n_steps > 4 * MAX_EVENTS * most:
                    return -1 - replicate
                continue
            if state.fault != 0 or state.end == End.NONE:
                return -1 - replicate
            if plan.n_guarantees > 0:
                begin_following(plan, state)
                follow(plan, state)
            row = tallies[0]
            measure_replicate(plan, state, outcomes[row])
            paths[row, 0] = replicate
            for place in range(1, n_levels + 1):
                paths[row, place] = copy[place] if place <= level else 0
            paths[row, MOST_LEVELS + 1], paths[row, MOST_LEVELS + 2] = level, farthest
            tallies[0] += 1
            while level > 0 and left[level] == 0:
                level -= 1
            if level == 0:
                break
            take_up_state(words, kept, (level - 1) * size, segments, lengths[level], listed[level])
            left[level] -= 1
            copy[level] = copies[level - 1] - 1 - left[level]
            state.branch = branch_of(np.uint64(branches[level]), level, copy[level])
            farthest = levels[level - 1]
            tallies[2] += 1
        replicate += 1
    return replicate
