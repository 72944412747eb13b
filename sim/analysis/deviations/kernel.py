"""The compiled part of the search: run scripts one after the other, and list where a run can depart further."""

import numpy as np

from sim.engine.kernel import step
from sim.guarantees.declared import begin_following, follow
from sim.guarantees.fixed import broken_by_step, remember_step
from sim.native.entry import entry
from sim.native.rule import rule
from sim.outcomes.measure import measure_replicate
from sim.plan.codes import (
    CHOICE_BITS,
    DECISION_ADDRESS,
    DECISION_CHOICE,
    DECISION_CHOICES,
    NEVER,
    OCCURRENCE_BITS,
    SUBJECT_BITS,
    Decision,
    End,
)
from sim.plan.limits import MAX_EVENTS
from sim.rules.replicate import begin_replicate
from sim.rules.schedule import is_any_scheduled
from sim.rules.sides import answering_party, is_party

EITHER = 3
"""Both parties' bits: talks fail through either of them."""
OUTSIDE = 4
"""Neither party's doing: third states and bodies, and shocks of nobody."""


@rule
def _side_of(actor):
    return 1 << actor if is_party(actor) else OUTSIDE


@rule
def _sides_of(plan, actors):
    """The sides of several actors, one bit each."""
    sides = 0
    for actor in range(plan.n_actors):
        if (actors >> actor) & 1:
            sides |= _side_of(actor)
    return sides


@rule
def sides_of_decision(plan, address):
    """Whose doing a deviation in this decision can be, one bit for each party.

    An obligation and the settlement of a dispute over it are its debtor's, patience is the creditor's, an incident its
    cause's, the answer to it the other side's, a power of all who have it.
    """
    where = address >> OCCURRENCE_BITS
    kind, subject = where >> SUBJECT_BITS, where & ((1 << SUBJECT_BITS) - 1)
    if kind in (Decision.PERFORMANCE, Decision.DISPUTE):
        return _side_of(plan.debtor[subject])
    if kind == Decision.PATIENCE:
        return _side_of(plan.creditor[subject])
    if kind == Decision.TALKS:
        return EITHER
    if kind == Decision.INCIDENT:
        return _side_of(plan.source_party[subject])
    if kind == Decision.ANSWER:
        return _side_of(answering_party(plan, subject))
    if kind == Decision.POWER:
        return _sides_of(plan, plan.power_by[subject])
    return _side_of(plan.shock_party[subject])


@rule
def _load(plan, script):
    """Put a script into the plan."""
    plan.n_script = len(script)
    for i in range(len(script)):
        plan.script[i] = script[i]


@rule
def _run(plans, states, memories, looks_from, taken):
    """One scripted run, with a look at the guarantees after each event from this step on; the first broken one, or 0.

    Up to its last deviation a run is that of the script without it, so that this part has been looked at before.
    Filled in: `taken`, the step in which each decision is taken.
    """
    plan, state, memory = plans[0], states[0], memories[0]
    state.is_queued = 1
    begin_replicate(plan, state, np.uint64(0), np.uint64(0))
    steps, verdict, n_taken = 0, 0, 0
    while state.end == End.NONE and is_any_scheduled(state) and state.fault == 0:
        if steps == looks_from:
            remember_step(plan, state, memory)
        step(plan, state)
        if steps >= looks_from and verdict == 0:
            verdict = broken_by_step(plan, state, memory)
        while n_taken < state.n_decisions:  # decisions of the beginning count to step 0
            taken[n_taken] = steps
            n_taken += 1
        steps += 1
        if steps > 4 * MAX_EVENTS:
            state.fault = 2
    if plan.n_guarantees > 0:
        begin_following(plan, state)
        follow(plan, state)
    return verdict


@entry("plans states memories rows ints rows ints ints", returns=True)
def run_scripts(plans, states, memories, scripts, looks_from, outcomes, verdicts, taken):
    """Run each row of `scripts`. Returns the number of a row that could not be carried to its end, else -1.

    Filled in for each: its outcomes and the guarantee that it broke at its step in `looks_from` or later (0 for none).
    """
    plan, state = plans[0], states[0]
    for i in range(len(scripts)):
        _load(plan, scripts[i])
        verdicts[i] = _run(plans, states, memories, looks_from[i], taken)
        if state.fault != 0 or state.end == End.NONE:
            return i
        measure_replicate(plan, state, outcomes[i])
    return -1


@rule
def _list_deviations(plan, state, sides, taken, found, steps, n):
    """Append each choice beyond compliance in decisions after the last scripted one; returns the new length."""
    first = 0
    for place in range(state.n_decisions):
        if state.decisions[place, DECISION_CHOICE] != 0:
            first = place + 1
    for place in range(first, state.n_decisions):
        row = state.decisions[place]
        if sides_of_decision(plan, row[DECISION_ADDRESS]) & sides == 0:
            continue
        for choice in range(1, 1 << CHOICE_BITS):
            if row[DECISION_CHOICES] >> choice & 1:
                found[n], steps[n] = row[DECISION_ADDRESS] << CHOICE_BITS | choice, taken[place]
                n += 1
    return n


@entry("plans states memories rows int ints ints ints ints", returns=True)
def further_deviations(plans, states, memories, scripts, sides, found, steps, counts, taken):
    """Run each script, and list every deviation from compliance that these sides can add to it.

    Only decisions that come later than those scripted are listed, so that every set of deviations is reached in one
    order alone: that in which its run comes to them. `steps` says in which step of the run each is taken, `counts` how
    many there are for each script. Returns the number of scripts carried out before `found` was full.
    """
    plan, state = plans[0], states[0]
    n = 0
    for i in range(len(scripts)):
        _load(plan, scripts[i])
        _run(plans, states, memories, NEVER, taken)
        if n + (state.n_decisions << CHOICE_BITS) > len(found):
            return i
        before = n
        n = _list_deviations(plan, state, sides, taken, found, steps, n)
        counts[i] = n - before
    return len(scripts)


@entry("plans ints ints")
def sides_of(plans, entries, sides):
    """Fill in `sides_of_decision` of each of these deviations."""
    for i in range(len(entries)):
        sides[i] = sides_of_decision(plans[0], entries[i] >> CHOICE_BITS)
