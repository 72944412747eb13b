"""What conditions ask for: levels, each of which holds or does not hold in this minute."""

from sim.native.rule import rule
from sim.plan.codes import PhaseState, Talks, Test, Truce
from sim.rules.shares import is_given_up, share_has_come


@rule
def released_of(plan, state, groups):
    """People released so far from a set of groups, given as a bit mask."""
    total = 0
    for group in range(plan.n_groups):
        if (groups >> group) & 1:
            total += state.released[group]
    return total


@rule
def holds(plan, state, condition):
    """Whether one condition is met now; of one that is negated, whether what it asks about does not hold."""
    return _is_so(plan, state, condition) != plan.negated[condition]


@rule
def _is_so(plan, state, condition):
    """Whether what a condition asks about holds now."""
    test, subject, threshold = plan.test[condition], plan.subject[condition], plan.threshold[condition]
    if test == Test.DELIVERED:
        return state.delivered[subject] >= threshold or is_given_up(plan, state, subject)
    if test == Test.SHARE:
        return share_has_come(plan, state, subject, threshold) or is_given_up(plan, state, subject)
    if test == Test.RELEASED:
        return released_of(plan, state, subject) >= threshold
    if test == Test.LINE:
        return state.line[subject] >= threshold
    if test == Test.TALKS_STARTED:
        return state.talks[subject] != Talks.NOT_STARTED
    if test == Test.TALKS_UNDER_WAY:
        return state.talks[subject] == Talks.UNDER_WAY
    if test == Test.TALKS_AGREED:
        return state.talks[subject] == Talks.AGREED
    if test == Test.PHASE_ENTERED:
        return state.phase_state[subject] >= PhaseState.IN_FORCE
    if test == Test.PHASE_ENDED:
        return state.phase_state[subject] == PhaseState.PAST
    if test == Test.DAY:
        return state.now >= threshold
    return state.truce == Truce.HOLDS


@rule
def is_open(plan, state, start, end):
    """Whether every clause among these conditions has one that is met."""
    condition = start
    while condition < end:
        clause = plan.clause[condition]
        met = False
        while condition < end and plan.clause[condition] == clause:
            met = met or holds(plan, state, condition)
            condition += 1
        if not met:
            return False
    return True


@rule
def gate_is_open(plan, state, obligation):
    """Whether what an obligation waits for has come."""
    return is_open(plan, state, plan.gate_start[obligation], plan.gate_start[obligation + 1])
