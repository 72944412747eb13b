"""Guarantees that a deal or a scenario declares, followed along the trace.

Facts (so many released, a phase in force, an obligation late) change with events alone, so that a trace is all that
is needed: the reference engine follows it step by step, the batch engine once at the end, with the same rules. What
happens within one minute is simultaneous: claims are looked at when the minute is over. A guarantee that is violated
stops nothing; the minute at which it first was is an outcome.
"""

from __future__ import annotations

import numpy as np

from sim.native.entry import entry
from sim.native.rule import rule
from sim.plan.codes import (
    FIELD_AFTER,
    FIELD_BEFORE,
    FIELD_EVENT,
    FIELD_MINUTE,
    FIELD_SUBJECT,
    FIRST_OF_OBLIGATIONS,
    N_CUSTODIES,
    N_EVENTS,
    NEVER,
    NONE,
    OF_OBLIGATIONS,
    End,
    Event,
    News,
    Pattern,
)


@rule
def _level_after(plan, state, fact, news, row):
    """The level of a fact after an event that bears on it."""
    level = state.fact_level[fact]
    if news == News.MORE or news == News.DELIVERED:
        return level + row[FIELD_BEFORE]
    if news == News.FEWER:
        return level - row[FIELD_BEFORE]
    if news == News.REACHED or news == News.RUNS:
        return max(level, np.int64(row[FIELD_AFTER]))
    if news == News.SHARE:
        return np.int64(row[FIELD_AFTER])
    if news == News.BECOMES:
        return 1 if row[FIELD_AFTER] == plan.fact_value[fact] else 0
    return 1 if news == News.TRUE else 0


@rule
def _heading_of(row):
    """Where the plan lists who follows an event: of people by group and where they go, of obligations by which."""
    event, subject = np.int64(row[FIELD_EVENT]), np.int64(row[FIELD_SUBJECT])
    if event == Event.PEOPLE_MOVED or event == Event.REMAINS_MOVED:
        return N_EVENTS + N_CUSTODIES * subject + row[FIELD_AFTER]
    if (OF_OBLIGATIONS >> event) & 1:
        return FIRST_OF_OBLIGATIONS + subject
    return event


@rule
def _hear(plan, state, row, heading):
    """Let an event change the facts that it bears on; guarantees that speak of one which turns are worth a look."""
    for i in range(plan.news_start[heading], plan.news_start[heading + 1]):
        if row[plan.news_field[i]] != plan.news_about[i]:
            continue
        fact = plan.news_fact[i]
        before = state.fact_level[fact]
        after = _level_after(plan, state, fact, plan.news[i], row)
        state.fact_level[fact] = after
        threshold = plan.fact_threshold[fact]
        if (before >= threshold) != (after >= threshold):
            state.news |= plan.fact_guarantees[fact] & state.unsettled


@rule
def _is_true(plan, state, formula):
    """Whether every clause of a formula has a fact that holds, or one that does not where that is claimed."""
    claim, end = plan.formula_start[formula], plan.formula_start[formula + 1]
    while claim < end:
        clause = plan.claim_clause[claim]
        met = False
        while claim < end and plan.claim_clause[claim] == clause:
            fact = plan.claim_fact[claim]
            is_so = state.fact_level[fact] >= plan.fact_threshold[fact]
            met = met or is_so != plan.claim_negated[claim]
            claim += 1
        if not met:
            return False
    return True


@rule
def _settle(state, guarantee):
    """Nothing that happens changes how a guarantee stands any more."""
    state.unsettled &= ~(1 << guarantee)


@rule
def _violate(state, guarantee, minute):
    """A guarantee is violated, and stays so; what is owed before the deal's first day counts as its first minute."""
    state.violated[guarantee] = max(0, minute)
    _settle(state, guarantee)


@rule
def _await_answer(plan, state, guarantee, minute):
    """One that asks for an answer: each time the first claim comes to hold, the second has so much time to hold."""
    if state.answer_by[guarantee] < minute:
        _violate(state, guarantee, state.answer_by[guarantee])
        return
    asked = _is_true(plan, state, 2 * guarantee)
    if asked and not state.was_true[guarantee] and state.answer_by[guarantee] == NEVER:
        state.answer_by[guarantee] = minute + plan.within[guarantee]
    state.was_true[guarantee] = asked
    if _is_true(plan, state, 2 * guarantee + 1):
        state.answer_by[guarantee] = NEVER


@rule
def _look_at(plan, state, guarantee, minute):
    """See how a guarantee stands at the end of a minute."""
    pattern = plan.pattern[guarantee]
    if pattern == Pattern.RESPONDS:
        _await_answer(plan, state, guarantee, minute)
        return
    first = _is_true(plan, state, 2 * guarantee)
    if pattern == Pattern.PRECEDES:
        if first:
            _settle(state, guarantee)
        elif _is_true(plan, state, 2 * guarantee + 1):
            _violate(state, guarantee, minute)
    elif first == (pattern == Pattern.NEVER):
        _violate(state, guarantee, minute)


@rule
def _look(plan, state, minute):
    """At the end of a minute, look at the guarantees of which a fact has turned; the others stand as they did."""
    guarantee = 0
    while state.news >> guarantee:
        if (state.news >> guarantee) & 1:
            _look_at(plan, state, guarantee, minute)
        guarantee += 1
    state.news = 0


@rule
def begin_following(plan, state):
    """Nothing has been seen of the trace."""
    state.n_followed, state.news_minute = 0, plan.first_minute
    state.unsettled = (1 << plan.n_guarantees) - 1
    state.news = state.unsettled
    for fact in range(plan.n_facts):
        state.fact_level[fact] = plan.fact_start[fact]
    for guarantee in range(plan.n_guarantees):
        state.violated[guarantee] = NONE
        state.was_true[guarantee] = 0
        state.answer_by[guarantee] = NEVER


@rule
def follow(plan, state):
    """Follow the trace on from where it was left; at the end of the deal, see which answers have not come."""
    for i in range(state.n_followed, state.n_to_follow):
        row = state.events[state.to_follow[i]]
        if row[FIELD_MINUTE] > state.news_minute:
            _look(plan, state, state.news_minute)
            state.news_minute = np.int64(row[FIELD_MINUTE])
        _hear(plan, state, row, _heading_of(row))
    state.n_followed = state.n_to_follow
    if state.end != End.NONE:
        _look(plan, state, state.news_minute)
        state.news = state.unsettled & plan.asks_for_answer  # only these can be violated by time alone
        _look(plan, state, state.end_minute)


@entry("plans states")
def begin_following_trace(plans, states):
    """`begin_following` for Python."""
    begin_following(plans[0], states[0])


@entry("plans states")
def follow_trace(plans, states):
    """`follow` for Python."""
    follow(plans[0], states[0])
