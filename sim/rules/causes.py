"""What an end goes back to: decisions, mishaps, and the step that was missing where a phase lapsed or the horizon came.

What went right is no cause. A step that is missing is the earliest open one of those without which the deal could not
go on; if it waits for something itself, what its gate lacks.
"""

import numpy as np

from sim.native.rule import rule
from sim.plan.codes import (
    FIELD_CAUSE,
    FIELD_EVENT,
    FIELD_SUBJECT,
    NEVER,
    NONE,
    Act,
    Event,
    Kind,
    Measure,
    PhaseState,
    Status,
    Talks,
    Test,
    Truce,
)
from sim.rules.conditions import gate_is_open, holds
from sim.rules.readiness import held_back_by
from sim.rules.schedule import record

ROOTS = (
    Event.OBLIGATION_DELAYED, Event.OBLIGATION_REFUSED, Event.PEOPLE_NOT_LOCATED, Event.REMAINS_MISIDENTIFIED,
    Event.INCIDENT_MINOR, Event.INCIDENT_MAJOR, Event.TALKS_NOT_OPENED, Event.TALKS_DEADLOCKED,
    Event.TALKS_BROKEN_OFF, Event.SHOCK_STRUCK, Event.OBLIGATION_MISSING, Event.TALKS_MISSING,
)  # fmt: skip
"""Events at which a chain of causes ends: somebody decided, something befell them, or something was not done."""
_IS_ROOT = np.zeros(len(Event), np.bool_)
_IS_ROOT[list(ROOTS)] = True


@rule
def is_root(state, event):
    """Whether an event is a decision or a mishap; a party that leaves over a lapse only answers it."""
    kind = state.events[event, FIELD_EVENT]
    if kind == Event.PARTY_LEFT:
        return state.events[state.events[event, FIELD_CAUSE], FIELD_EVENT] != Event.PHASE_LAPSED
    return _IS_ROOT[kind]


@rule
def root_of(state):
    """The number of the event that an end goes back to: of a deal that was completed, its end."""
    event = state.end_event
    if state.events[event, FIELD_EVENT] == Event.DEAL_COMPLETED:
        return event
    fallback = state.events[event, FIELD_CAUSE]
    while event != NONE:
        if is_root(state, event):
            return event
        event = state.events[event, FIELD_CAUSE]
    return fallback


# ---------------------------------------------------------------- steps that are missing

# A step is an obligation by its place; beyond those, talks by their topic, and then the truce.


@rule
def _has_fallen_due(state, obligation):
    return state.status[obligation] != Status.PLANNED and state.due[obligation] < NEVER


@rule
def _minute_of(plan, state, step):
    """When a step fell due or was re-dated to, else its date; talks by their deadline; NEVER for what has none.

    A lot is no earlier than the one before, if that is not done.
    """
    if step >= plan.n_obligations + plan.n_topics:
        return np.int64(0)
    if step >= plan.n_obligations:
        return state.talks_deadline[step - plan.n_obligations]
    minute = _date_of(plan, state, step)
    while plan.lot[step] > 0 and _is_open(plan, state, step - 1):
        step -= 1
        minute = max(minute, _date_of(plan, state, step))
    return minute


@rule
def _date_of(plan, state, step):
    """The date of an obligation on its own."""
    if _has_fallen_due(state, step):
        return state.due[step]
    is_dated = state.phase_state[plan.phase[step]] >= PhaseState.IN_FORCE
    return state.date[step] if is_dated else np.int64(NEVER)


@rule
def _earlier(plan, state, one, other):
    """The earlier of two steps, either of which may be `NONE`; of two in one minute the first in the document."""
    if one == NONE or other == NONE:
        return max(one, other)
    when, when_other = _rank(plan, state, one), _rank(plan, state, other)
    if when == when_other:
        return one if _obligation_of(plan, one) <= _obligation_of(plan, other) else other
    return one if when < when_other else other


@rule
def _rank(plan, state, step):
    """What orders steps: their minute, but what lies beyond the horizon comes last."""
    minute = _minute_of(plan, state, step)
    return minute + NEVER if _lies_beyond_horizon(plan, state, step) else minute


@rule
def _lies_beyond_horizon(plan, state, step):
    """Whether the horizon has come before an obligation's date; talks are asked for whenever their deadline is."""
    if state.now < plan.horizon or not NONE < step < plan.n_obligations:
        return False
    return state.now < _minute_of(plan, state, step) < NEVER


@rule
def _step_of(plan, obligation):
    """An obligation as a step: talks are told as such."""
    if plan.measured_by[obligation] == Measure.TOPIC:
        return plan.n_obligations + plan.topic[obligation]
    return obligation


@rule
def _itself_or_release(plan, state, obligation):
    """An obligation as a step; of a return that owes nothing yet, its release."""
    if plan.is_dynamic[obligation] and state.delivered[obligation] >= state.owed[obligation]:
        return plan.release_of[obligation]
    return _step_of(plan, obligation)


@rule
def _is_open(plan, state, obligation):
    """Whether the deal may still wait for an obligation; a lapsed phase does for what its lapse has left undone."""
    status = state.status[obligation]
    if status in (Status.DEFAULTED, Status.VOID):
        return state.phase_state[plan.phase[obligation]] == PhaseState.LAPSED
    return status < Status.MET


@rule
def _earliest_handover(plan, state, groups, waiting):
    """The earliest release or return, but the one that waits, that has still to hand over people of these groups."""
    step = NONE
    for entry in range(plan.n_entries):
        obligation = plan.entry_obligation[entry]
        is_left = state.entry_delivered[entry] < state.entry_owed[entry] or (
            plan.is_dynamic[obligation] and state.status[obligation] == Status.PLANNED
        )
        is_asked = (groups >> plan.entry_group[entry]) & 1 and is_left and obligation != waiting
        if is_asked and _is_open(plan, state, obligation):
            step = _earlier(plan, state, step, _itself_or_release(plan, state, obligation))
    return step


@rule
def _earliest_of_kind(plan, state, kind, debtor, line, waiting):
    """The earliest obligation of a kind, but the one that waits, that is not done: by a debtor, this far or farther."""
    step = NONE
    for obligation in range(plan.n_obligations):
        fits = plan.kind[obligation] == kind and (debtor == NONE or plan.debtor[obligation] == debtor)
        is_open = _is_open(plan, state, obligation) and obligation != waiting
        if fits and is_open and plan.to_line[obligation] >= line:
            step = _earlier(plan, state, step, obligation)
    return step


@rule
def _lacked_by(plan, state, condition, waiting):
    """The step that would have to be done for one condition to hold; what waits for it does not wait for itself."""
    test, subject = plan.test[condition], plan.subject[condition]
    if plan.negated[condition]:
        return NONE
    if test in (Test.DELIVERED, Test.SHARE):
        return _itself_or_release(plan, state, subject)
    if test == Test.RELEASED:
        return _earliest_handover(plan, state, subject, waiting)
    if test == Test.LINE:
        return _earliest_of_kind(plan, state, Kind.WITHDRAWAL, subject, plan.threshold[condition], waiting)
    if Test.TALKS_STARTED <= test <= Test.TALKS_AGREED and state.talks[subject] != Talks.AGREED:
        return plan.n_obligations + subject
    if test == Test.TRUCE_HOLDS:
        if state.truce == Truce.NOT_BEGUN:
            return _earliest_of_kind(plan, state, Kind.TRUCE, NONE, NONE, waiting)
        return plan.n_obligations + plan.n_topics
    return NONE


@rule
def lacking(plan, state, start, end, waiting):
    """The earliest step that the conditions of what waits lack, `NONE` if they lack nothing that somebody would do."""
    step, condition = NONE, start
    while condition < end:
        clause, clause_step, met = plan.clause[condition], NONE, False
        while condition < end and plan.clause[condition] == clause:
            if holds(plan, state, condition):
                met = True
            else:
                clause_step = _earlier(plan, state, clause_step, _lacked_by(plan, state, condition, waiting))
            condition += 1
        if not met:
            step = _earlier(plan, state, step, clause_step)
    return step


@rule
def _earliest_open(plan, state, phase):
    """The earliest step that is open: in a phase, or in all that have been entered (`NONE`)."""
    step = NONE
    for obligation in range(plan.n_obligations):
        is_open = plan.keeps_open[obligation] and state.status[obligation] < Status.MET
        if plan.is_dynamic[obligation]:
            is_open = is_open and state.owed[obligation] > state.delivered[obligation]
        entered = state.phase_state[plan.phase[obligation]] >= PhaseState.IN_FORCE
        if is_open and entered and phase in (NONE, plan.phase[obligation]):
            step = _earlier(plan, state, step, _step_of(plan, obligation))
    return step


@rule
def _obligation_of(plan, step):
    """The obligation behind a step, `NONE` for the truce."""
    if step < plan.n_obligations:
        return step
    if step < plan.n_obligations + plan.n_topics:
        return plan.talks_obligation[step - plan.n_obligations]
    return NONE


@rule
def _next_behind(plan, state, step):
    """What a step waits for itself: the step if it could have been done, if its gate is shut what that lacks.

    `NONE` of what is dated beyond the horizon, which nobody has left undone.
    """
    if _lies_beyond_horizon(plan, state, step):
        return NONE
    obligation = NONE if step == NONE else _obligation_of(plan, step)
    if obligation != NONE and plan.exchange[obligation] != NONE and state.act[obligation] == Act.READY:
        holding = held_back_by(plan, state, obligation)
        return step if holding == NONE else holding
    if obligation == NONE or gate_is_open(plan, state, obligation):
        return step
    if step < plan.n_obligations and _has_fallen_due(state, step):
        return step
    if step >= plan.n_obligations and state.talks[step - plan.n_obligations] != Talks.NOT_STARTED:
        return step
    deeper = lacking(plan, state, plan.gate_start[obligation], plan.gate_start[obligation + 1], obligation)
    return step if deeper == NONE else deeper


@rule
def _behind(plan, state, step):
    """The step itself if it could have been done, else what it waits for, and so on; of a circle where it begins."""
    last = step
    for _ in range(plan.n_obligations + plan.n_topics + 1):
        deeper = _next_behind(plan, state, last)
        if deeper == last:
            return last
        last = deeper
    length, other = 1, _next_behind(plan, state, last)
    while other != last:
        length, other = length + 1, _next_behind(plan, state, other)
    first = ahead = step
    for _ in range(length):
        ahead = _next_behind(plan, state, ahead)
    while first != ahead:
        first, ahead = _next_behind(plan, state, first), _next_behind(plan, state, ahead)
    return first


@rule
def missing(plan, state, step, cause):
    """The event of the step that was missing: its own last decision or mishap, else that it was not done."""
    step = _behind(plan, state, step)
    if step == NONE:
        return cause
    if step >= plan.n_obligations + plan.n_topics:
        return state.truce_event
    if step >= plan.n_obligations:
        topic = step - plan.n_obligations
        last = state.talks_event[topic]
        ours = (
            last != NONE
            and state.events[last, FIELD_SUBJECT] == topic
            and state.events[last, FIELD_EVENT] >= Event.TALKS_OPENED
        )
        if ours and state.events[last, FIELD_EVENT] <= Event.TALKS_DEADLOCKED and is_root(state, last):
            return last
        return record(state, Event.TALKS_MISSING, topic, NONE, cause, 0, 0)
    last = state.cause[step] if _has_fallen_due(state, step) else NONE
    event = last
    while event != NONE and not (
        state.events[event, FIELD_EVENT] == Event.OBLIGATION_DUE and state.events[event, FIELD_SUBJECT] == step
    ):
        if is_root(state, event):
            return last
        event = state.events[event, FIELD_CAUSE]
    return record(state, Event.OBLIGATION_MISSING, step, plan.debtor[step], cause, 0, 0)


@rule
def missing_at_horizon(plan, state):
    """What a deal waits for when the horizon comes: the event of that step; if for none, of the deal's beginning."""
    phase = state.current_phase
    if phase == NONE:
        return state.begin_event
    standing, following = state.phase_state[phase], plan.then[phase]
    step = NONE
    if standing == PhaseState.IN_FORCE:
        if plan.lasts[phase] == NONE:
            step = _earliest_open(plan, state, phase)
    elif following != NONE:
        step = lacking(plan, state, plan.enter_start[following], plan.enter_end[following], NONE)
    else:
        step = _earliest_open(plan, state, NONE)
    step = _behind(plan, state, step)
    if step == NONE and standing != PhaseState.LAPSED:
        return state.begin_event
    return missing(plan, state, step, state.phase_event[phase])
