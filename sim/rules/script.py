"""Decisions that are scripted instead of drawn.

In a scripted replicate everybody complies but where the plan's script says otherwise. Each decision that is reached is
written down with the choices that are open in it, so that a search knows where it can depart from compliance.
"""

from sim.native.rule import rule
from sim.plan.codes import (
    CHOICE_BITS,
    DECISION_ADDRESS,
    DECISION_CHOICE,
    DECISION_CHOICES,
    DECISION_MINUTE,
    NEVER,
    OCCURRENCE_BITS,
    SUBJECT_BITS,
)
from sim.plan.limits import MAX_DECISIONS


@rule
def address_of(kind, subject, occurrence):
    """A decision in one number. What recurs at no fixed place has the minute as its occurrence, which may be < 0."""
    return ((kind << SUBJECT_BITS | subject) << OCCURRENCE_BITS) + occurrence + (1 << (OCCURRENCE_BITS - 1))


@rule
def choose(plan, state, kind, subject, occurrence, choices):
    """The scripted choice of this decision: one of the open choices (one bit each), or 0, which is compliance."""
    address = address_of(kind, subject, occurrence)
    choice = 0
    for i in range(plan.n_script):
        scripted = plan.script[i] & ((1 << CHOICE_BITS) - 1)
        if plan.script[i] >> CHOICE_BITS == address and choices >> scripted & 1:
            choice = scripted
    if state.n_decisions >= MAX_DECISIONS:
        state.fault = 1
        return choice
    row = state.decisions[state.n_decisions]
    row[DECISION_ADDRESS] = address
    row[DECISION_CHOICES] = choices
    row[DECISION_MINUTE] = state.now
    row[DECISION_CHOICE] = choice
    state.n_decisions += 1
    return choice


@rule
def next_stretch(plan, state):
    """The next minute, after now, in which a scripted incident or shock may happen; NEVER after the last."""
    for i in range(plan.n_stretches):
        if plan.stretch[i] > state.now:
            return plan.stretch[i]
    return NEVER
