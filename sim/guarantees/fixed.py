"""What must hold at every step of every replicate, whatever the parties do.

One compiled function looks at the state after each event and says which guarantee is broken, if any; it is independent
of the rules that move the state, so that a rule that is wrong is caught.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sim.native.entry import entry
from sim.native.rule import RECORDS, rule
from sim.plan.codes import (
    FIELD_AFTER,
    FIELD_CAUSE,
    FIELD_EVENT,
    FIELD_SUBJECT,
    NEVER,
    NONE,
    Act,
    Custody,
    End,
    Event,
    Truce,
)
from sim.plan.limits import MAX_ACTORS, MAX_GROUPS, MAX_OBLIGATIONS
from sim.rules.conditions import gate_is_open


class Fixed(IntEnum):
    """The guarantees that hold for every deal."""

    KEPT = 0
    PEOPLE_ARE_CONSERVED = 1
    RELEASED_NEVER_FALLS = 2
    NOBODY_IN_TRANSIT_AFTER_THE_END = 3
    NOTHING_HANDED_OVER_AFTER_THE_END = 4
    A_LINE_NEVER_GOES_BACK_WHILE_THE_TRUCE_HOLDS = 5
    NOTHING_DUE_BEFORE_WHAT_IT_WAITS_FOR = 6
    NO_RETURN_EXCEEDS_ITS_RATIO = 7
    EVERY_END_HAS_A_ROOT_CAUSE = 8
    EVERY_REPLICATE_ENDS = 9


MEMORY = np.dtype(
    [
        ("released", np.int64, (MAX_GROUPS,)),
        ("line", np.int64, (MAX_ACTORS,)),
        ("act", np.int64, (MAX_OBLIGATIONS,)),
        ("n_events", np.int64),
    ],
    align=True,
)
"""What the last look saw."""
RECORDS.update(memories=MEMORY)


@rule
def remember_step(plan, state, memory):
    """Keep what the next look compares with."""
    for group in range(plan.n_groups):
        memory.released[group] = state.released[group]
    for actor in range(plan.n_actors):
        memory.line[actor] = state.line[actor]
    for obligation in range(plan.n_obligations):
        memory.act[obligation] = state.act[obligation]
    memory.n_events = state.n_events


@rule
def _remains_are_conserved(state, group):
    """Everybody who died in captivity is among the held, the moving or the released, and the living are the rest."""
    held, moving, returned = state.remains_held[group], state.remains_in_transit[group], state.remains_returned[group]
    return (
        held + moving + returned == state.died[group]
        and 0 <= held <= state.held[group]
        and 0 <= moving <= state.in_transit[group]
        and 0 <= returned <= state.released[group]
    )


@rule
def _people(plan, state, memory):
    for group in range(plan.n_groups):
        held, moving, released = state.held[group], state.in_transit[group], state.released[group]
        if held < 0 or moving < 0 or released < 0 or held + moving + released != plan.count[group]:
            return Fixed.PEOPLE_ARE_CONSERVED
        if not _remains_are_conserved(state, group):
            return Fixed.PEOPLE_ARE_CONSERVED
        if released < memory.released[group]:
            return Fixed.RELEASED_NEVER_FALLS
        if state.end != End.NONE and moving > 0:
            return Fixed.NOBODY_IN_TRANSIT_AFTER_THE_END
    return Fixed.KEPT


@rule
def _earned(plan, state, obligation, entry):
    """The most that a return may owe in this entry for those whom its release has handed over."""
    release = plan.release_of[obligation]
    earned = 0
    for ratio in range(plan.ratio_start[obligation], plan.ratio_start[obligation + 1]):
        if plan.ratio_entry[ratio] != entry:
            continue
        group = plan.ratio_released_group[ratio]
        alive, remains = 0, 0
        for other in range(plan.entry_start[release], plan.entry_start[release + 1]):
            if plan.entry_group[other] == group:
                alive += state.entry_delivered[other] - state.entry_remains[other]
                remains += state.entry_remains[other]
        earned += plan.ratio_each[ratio] * alive
        is_over = state.released[group] == plan.count[group] and state.remains_returned[group] < plan.count[group]
        if alive + remains > 0 and is_over:
            earned += plan.ratio_remainder[ratio]
    return earned


@rule
def _ratios(plan, state):
    """No return owes more than its ratio for those released, and nothing hands over more than it owes."""
    for item in range(plan.n_entries):
        if state.entry_delivered[item] + state.entry_moving[item] > state.entry_owed[item]:
            return Fixed.NO_RETURN_EXCEEDS_ITS_RATIO
        obligation = plan.entry_obligation[item]
        if plan.is_dynamic[obligation] and state.entry_owed[item] > _earned(plan, state, obligation, item):
            return Fixed.NO_RETURN_EXCEEDS_ITS_RATIO
    return Fixed.KEPT


@rule
def _gates(plan, state, memory):
    """What falls due, or needs only its own time until it does, has seen its gate open at that moment."""
    for obligation in range(plan.n_obligations):
        is_set = state.act[obligation] == Act.DUE and memory.act[obligation] != Act.DUE
        if is_set and not gate_is_open(plan, state, obligation):
            return Fixed.NOTHING_DUE_BEFORE_WHAT_IT_WAITS_FOR
    return Fixed.KEPT


@rule
def _order(plan, state, memory):
    for actor in range(plan.n_actors):
        if state.truce == Truce.HOLDS and state.line[actor] < memory.line[actor]:
            return Fixed.A_LINE_NEVER_GOES_BACK_WHILE_THE_TRUCE_HOLDS
    for event in range(memory.n_events, state.n_events):
        row = state.events[event]
        if row[FIELD_EVENT] == Event.OBLIGATION_DUE and not gate_is_open(plan, state, row[FIELD_SUBJECT]):
            follows = event + 1 < state.n_events
            if not (follows and _waits_for_what_is_not_so(plan, row[FIELD_SUBJECT])):
                return Fixed.NOTHING_DUE_BEFORE_WHAT_IT_WAITS_FOR
        after_end = state.end_event != NONE and event > state.end_event
        moved = row[FIELD_EVENT] in (Event.PEOPLE_MOVED, Event.REMAINS_MOVED)
        if after_end and moved and row[FIELD_AFTER] != Custody.HELD:
            return Fixed.NOTHING_HANDED_OVER_AFTER_THE_END
    return Fixed.KEPT


@rule
def _waits_for_what_is_not_so(plan, obligation):
    """Whether what follows in the same step from its falling due may shut its gate again."""
    for condition in range(plan.gate_start[obligation], plan.gate_start[obligation + 1]):
        if plan.negated[condition]:
            return True
    return False


@rule
def _is_idle(plan, state):
    """Whether no process has a scheduled event."""
    idle = 0
    for clock in range(plan.n_clocks):
        idle += state.scheduled[clock] >= NEVER
    return idle == plan.n_clocks


@rule
def _end(plan, state):
    if state.now > plan.horizon:
        return Fixed.EVERY_REPLICATE_ENDS
    if state.end == End.NONE:
        return Fixed.EVERY_REPLICATE_ENDS if _is_idle(plan, state) else Fixed.KEPT
    if state.end_event == NONE or state.events[state.end_event, FIELD_CAUSE] == NONE:
        return Fixed.EVERY_END_HAS_A_ROOT_CAUSE
    return Fixed.KEPT


@rule
def broken_by_step(plan, state, memory):
    """The first guarantee that the last event broke; `Fixed.KEPT` if none. Remembers what the next look needs."""
    verdict = _people(plan, state, memory)
    if verdict == Fixed.KEPT:
        verdict = _ratios(plan, state)
    if verdict == Fixed.KEPT:
        verdict = _gates(plan, state, memory)
    if verdict == Fixed.KEPT:
        verdict = _order(plan, state, memory)
    if verdict == Fixed.KEPT:
        verdict = _end(plan, state)
    remember_step(plan, state, memory)
    return verdict


@entry("plans states memories")
def remember(plans, states, memories):
    """Begin a replicate: the first look compares with what stands now."""
    remember_step(plans[0], states[0], memories[0])


@entry("plans states memories", returns=True)
def broken_guarantee(plans, states, memories):
    """The first guarantee that the last event broke; `Fixed.KEPT` if none."""
    return broken_by_step(plans[0], states[0], memories[0])
