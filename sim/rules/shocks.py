"""Shocks: something from outside, dated or random, with one effect."""

import math

import numpy as np

from sim.native.rule import rule
from sim.plan.codes import NEVER, NONE, Clock, Decision, Effect, Event, Status, Talks, Truce
from sim.plan.draws import exponential_days
from sim.plan.uniforms import SHOCK_LENGTH, SHOCK_RESTORES, SHOCK_STRIKES, SHOCK_TIME
from sim.rules.calendar import date_of
from sim.rules.chance import time_of, uniforms
from sim.rules.deaths import renew_hazards
from sim.rules.handovers import next_found, waits_for_people
from sim.rules.mediation import settle
from sim.rules.people import locate_all
from sim.rules.schedule import record, schedule
from sim.rules.script import choose, next_stretch
from sim.rules.talks import break_off
from sim.rules.timetable import set_new_dates
from sim.rules.truce import suspend_truce, would_restore


@rule
def begin_shock(plan, state, shock):
    """Draw whether and when a shock strikes; scripted, it may strike on its date, or else in any stretch."""
    drawn = uniforms(plan, state, plan.key_shock[shock], 0)
    strikes, when = drawn[SHOCK_STRIKES], drawn[SHOCK_TIME]
    if not plan.is_scripted and strikes >= state.parameter[plan.shock_chance[shock]]:
        return
    if plan.shock_at_kind[shock] != NONE:
        minute = date_of(plan, state, plan.shock_at_kind[shock], plan.shock_at[shock], plan.first_phase)
    elif plan.is_scripted:
        minute = next_stretch(plan, state)
    else:
        days = exponential_days(when, state.parameter[plan.shock_per_day[shock]])
        minute = np.int64(math.ceil(min(days * 1440.0, float(NEVER))))
    schedule(plan, state, Clock.SHOCK, shock, minute)


@rule
def shock_strikes(plan, state, shock):
    """A shock has its effect, unless there is nothing left to have it on."""
    if plan.is_scripted and choose(plan, state, Decision.SHOCK, shock, state.now, 1 << 1) == 0:
        if plan.shock_at_kind[shock] == NONE:
            schedule(plan, state, Clock.SHOCK, shock, next_stretch(plan, state))
        return
    effect = plan.effect[shock]
    event = record(state, Event.SHOCK_STRUCK, shock, plan.shock_party[shock], NONE, 0, 0)
    drawn = uniforms(plan, state, plan.key_shock[shock], 0)
    length, restoration = drawn[SHOCK_LENGTH], drawn[SHOCK_RESTORES]
    if effect == Effect.SUSPENDS_TRUCE:
        if state.truce == Truce.HOLDS:
            party = plan.shock_party[shock]
            minutes = time_of(state, length, plan.shock_median[shock], plan.shock_p95[shock])
            if plan.is_scripted:
                restores = choose(plan, state, Decision.AFTERMATH, shock, state.now, 1 << 1) == 0
            else:
                restores = would_restore(plan, state, party, restoration)
            suspend_truce(plan, state, party, event, minutes, restores, NONE)
    elif effect == Effect.BREAKS_OFF_TALKS:
        topic = plan.shock_topic[shock]
        for other in range(plan.n_topics):
            if topic in (other, NONE) and state.talks[other] == Talks.UNDER_WAY:
                break_off(plan, state, other, event)
    elif effect == Effect.SHIFTS:
        state.parameter[plan.shock_slot[shock]] = plan.shock_value[shock]
        renew_hazards(plan, state)
    elif effect == Effect.LOCATES:
        _locate(plan, state, plan.shock_group[shock])
    elif effect == Effect.REDATES_ALL:
        set_new_dates(plan, state, time_of(state, length, plan.lag_median, plan.lag_p95), event)
    else:
        _settle_all(plan, state, event)


@rule
def _locate(plan, state, group):
    """Everybody of a group is located and its holder reached: those who waited for any of them go ahead."""
    for obligation in range(plan.n_obligations):
        if waits_for_people(plan, state, obligation):
            schedule(plan, state, Clock.DEBTOR, obligation, state.now)
    locate_all(plan, state, group)
    for obligation in range(plan.n_obligations):
        if waits_for_people(plan, state, obligation):  # still, and as before
            schedule(plan, state, Clock.DEBTOR, obligation, next_found(plan, state, obligation))


@rule
def _settle_all(plan, state, event):
    """A mediator settles every open dispute that can be settled."""
    for obligation in range(plan.n_obligations):
        if state.status[obligation] == Status.DISPUTED:
            settle(plan, state, obligation, event)
