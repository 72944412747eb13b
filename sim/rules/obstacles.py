"""Who keeps a gate shut.

A walk goes from a gate to the obligations without which it does not open, and on from those whose own gate is shut. It
asks of each once, and of phases that have not been entered; a phase counts behind all obligations.
"""

from sim.native.rule import rule
from sim.plan.codes import (
    NEVER,
    NOBODY,
    NONE,
    Act,
    Measure,
    PhaseState,
    Status,
    Talks,
    Test,
    Truce,
)
from sim.rules.conditions import gate_is_open, holds
from sim.rules.lots import lot_of

OWN, GATE, ENTRY, PHASE, RELEASE, TALKS, STEP, SUSPENDED, TRUCE = range(9)
"""Why something is not done: its debtor; a shut gate, of its own or of a phase; a phase that goes on, or has not been
entered; a release that has earned nothing; talks; another leg of its exchange; the truce suspended, or not begun.
"""


# ---------------------------------------------------------------- why something is not done


@rule
def is_waiting(state, obligation):
    """Whether an obligation waits for its date or its gate, and is not due."""
    return state.act[obligation] in (Act.DATE, Act.GATE, Act.DUE)


@rule
def _reason(plan, state, node):
    """Why an obligation is not done, or a phase not entered."""
    if node >= plan.n_obligations:
        phase = node - plan.n_obligations
        start, end = plan.enter_start[phase], plan.enter_end[phase]
        for condition in range(start, end):
            if not holds(plan, state, condition):
                return GATE
        return ENTRY
    if state.status[node] >= Status.MET:
        return OWN
    if state.phase_state[plan.phase[node]] < PhaseState.IN_FORCE:
        return PHASE
    if plan.is_dynamic[node] and state.owed[node] <= state.delivered[node]:
        return RELEASE
    is_topic = plan.measured_by[node] == Measure.TOPIC
    waits = state.talks[plan.topic[node]] == Talks.NOT_STARTED if is_topic else is_waiting(state, node)
    if waits and not gate_is_open(plan, state, node):
        return GATE
    if is_topic:
        return TALKS
    if _next_leg(plan, state, node, NONE) != NONE:
        return STEP
    if plan.needs_truce[node] and state.act[node] in (Act.TRUCE, Act.READY):
        if state.truce == Truce.SUSPENDED:
            return SUSPENDED
        if plan.waits_for_truce_of_others[node] and state.truce == Truce.NOT_BEGUN:
            return TRUCE
    return OWN


@rule
def _next_leg(plan, state, lot, after):
    """Of the other legs of an exchange, the first lot behind a place with which nobody stands ready, if this one is."""
    exchange = plan.exchange[lot]
    if exchange == NONE or state.ready_since[lot] >= NEVER:
        return NONE
    first = NONE
    for leg in range(plan.leg_start[exchange], plan.leg_start[exchange + 1]):
        other = lot_of(plan, state, exchange, leg)
        is_missing = other < plan.leg[leg] + plan.lots[exchange] and state.ready_since[other] >= NEVER
        if is_missing and other > after and (first == NONE or other < first):
            first = other
    return first


@rule
def _next_open(plan, state, after):
    """The first obligation behind a place that keeps the phase now in force going, if that has no length."""
    phase = state.current_phase
    if phase == NONE or plan.lasts[phase] != NONE:
        return NONE
    for obligation in range(after + 1, plan.n_obligations):
        is_open = plan.keeps_open[obligation] and state.status[obligation] < Status.MET
        if is_open and plan.phase[obligation] == phase:
            return obligation
    return NONE


@rule
def _next_of_truce(plan, state, after):
    """The first obligation behind a place by which the truce is still owed."""
    for place in range(plan.n_lasting):
        if plan.lasting[place] > after and state.status[plan.lasting[place]] < Status.MET:
            return plan.lasting[place]
    return NONE


@rule
def _next_handover(plan, state, groups, after):
    """The first obligation behind a place that has still to hand over people of these groups."""
    for entry in range(plan.n_entries):
        obligation = plan.entry_obligation[entry]
        is_open = state.entry_delivered[entry] < state.entry_owed[entry] or (
            plan.is_dynamic[obligation] and state.status[obligation] == Status.PLANNED
        )
        if obligation > after and is_open and (groups >> plan.entry_group[entry]) & 1:
            return obligation
    return NONE


@rule
def _next_withdrawal(plan, state, actor, line, after):
    """The first obligation behind a place by which an actor has still to withdraw so far."""
    for obligation in range(after + 1, plan.n_obligations):
        is_open = plan.debtor[obligation] == actor and state.status[obligation] < Status.MET
        if is_open and plan.to_line[obligation] >= line:
            return obligation
    return NONE


@rule
def _next_bringing(plan, state, condition, after):
    """The first obligation or phase behind a place that could bring about a condition which does not hold."""
    test, subject, node = plan.test[condition], plan.subject[condition], NONE
    if plan.negated[condition] or test == Test.DAY:
        return NONE
    if test == Test.RELEASED:
        return _next_handover(plan, state, subject, after)
    if test == Test.LINE:
        return _next_withdrawal(plan, state, subject, plan.threshold[condition], after)
    if test == Test.TRUCE_HOLDS:
        return _next_of_truce(plan, state, after) if state.truce == Truce.NOT_BEGUN else NONE
    if test in (Test.DELIVERED, Test.SHARE):
        node = subject
    elif test == Test.PHASE_ENTERED:
        node = plan.n_obligations + subject
    elif test == Test.PHASE_ENDED:
        node = NONE if plan.then[subject] == NONE else plan.n_obligations + plan.then[subject]
    else:
        node = plan.talks_obligation[subject]
    return node if node > after else NONE


@rule
def _next(plan, state, node, reason, after):
    """What else is asked of, for reasons other than a gate: one after the other."""
    if reason == PHASE:
        return plan.n_obligations + plan.phase[node] if after == NONE else NONE
    if reason == RELEASE:
        return plan.release_of[node] if after == NONE else NONE
    if reason == STEP:
        return _next_leg(plan, state, node, after)
    if reason == TRUCE:
        return _next_of_truce(plan, state, after)
    if reason == ENTRY:
        return _next_open(plan, state, after)
    return NONE


# ---------------------------------------------------------------- the walk


@rule
def _gate_of(plan, node):
    """The conditions of a gate: of an obligation, or of a phase that may be entered."""
    if node >= plan.n_obligations:
        return plan.enter_start[node - plan.n_obligations], plan.enter_end[node - plan.n_obligations]
    return plan.gate_start[node], plan.gate_start[node + 1]


@rule
def _is_asked(state, node):
    """Whether this walk has asked of something, or is about to answer it."""
    return state.walked[node] == state.n_walks or state.walked[node] == -state.n_walks


@rule
def _unasked(plan, state, node):
    """Something that has to be asked of before this can be answered; `NONE` if nothing has."""
    reason = _reason(plan, state, node)
    if reason != GATE:
        other = _next(plan, state, node, reason, NONE)
        while other != NONE and _is_asked(state, other):
            other = _next(plan, state, node, reason, other)
        return other
    start, end = _gate_of(plan, node)
    for condition in range(start, end):
        if holds(plan, state, condition):
            continue
        other = _next_bringing(plan, state, condition, NONE)
        while other != NONE and _is_asked(state, other):
            other = _next_bringing(plan, state, condition, other)
        if other != NONE:
            return other
    return NONE


@rule
def _answer_of(state, node):
    """Who keeps something back; of what is asked of in a circle, nobody."""
    return state.answer[node] if state.walked[node] == state.n_walks else NOBODY


@rule
def _but_nobody(actors):
    """Time counts only where nobody else is in the way."""
    others = actors & (NOBODY - 1)
    return others if others != 0 else NOBODY


@rule
def _keep_from(plan, state, condition):
    """Who keeps one condition from holding."""
    actors, other = 0, _next_bringing(plan, state, condition, NONE)
    while other != NONE:
        actors |= _answer_of(state, other)
        other = _next_bringing(plan, state, condition, other)
    if plan.test[condition] == Test.TRUCE_HOLDS and not plan.negated[condition] and state.truce == Truce.SUSPENDED:
        actors |= 1 << state.suspended_by
    return _but_nobody(actors)


@rule
def _keep_shut(plan, state, node, debtor):
    """Who keeps a gate shut: whoever does by itself, of alternatives all of them.

    Where that is nobody, since alternatives lack one thing from one and one from another: its debtor, if it is one of
    them and so could have opened it, else all of them.
    """
    condition, end = _gate_of(plan, node)
    alone, any_of = 0, 0
    while condition < end:
        clause, met = plan.clause[condition], False
        each, some = 2 * NOBODY - 1, 0
        while condition < end and plan.clause[condition] == clause:
            if holds(plan, state, condition):
                met = True
            else:
                actors = _keep_from(plan, state, condition)
                each &= actors
                some |= actors
            condition += 1
        if not met:
            alone |= each
            any_of |= some
    if alone != 0:
        return _but_nobody(alone)
    return 1 << debtor if (any_of >> debtor) & 1 else _but_nobody(any_of)


@rule
def _answer(plan, state, node, debtor):
    """Who keeps something back, once all that has to be asked of before has been."""
    reason = _reason(plan, state, node)
    if reason == GATE:
        return _keep_shut(plan, state, node, debtor)
    if reason == OWN:
        return 1 << plan.debtor[node]
    if reason == TALKS:  # it takes both parties to agree
        return 3
    if reason == SUSPENDED:
        return 1 << state.suspended_by
    actors, other = 0, _next(plan, state, node, reason, NONE)
    while other != NONE:
        actors |= _answer_of(state, other)
        other = _next(plan, state, node, reason, other)
    return _but_nobody(actors)


@rule
def who_keeps_shut(plan, state, obligation):
    """Who keeps the gate of an obligation shut, one bit each; `NOBODY` where only time does."""
    state.n_walks += 1
    debtor, depth = plan.debtor[obligation], 0
    state.walk[0] = obligation
    state.walked[obligation] = -state.n_walks
    while depth >= 0:
        node = state.walk[depth]
        other = _unasked(plan, state, node)
        if other != NONE:
            depth += 1
            state.walk[depth] = other
            state.walked[other] = -state.n_walks
        else:
            state.answer[node] = _answer(plan, state, node, debtor)
            state.walked[node] = state.n_walks
            depth -= 1
    return state.answer[obligation]
