"""Talks on a topic: they open, early or late or never; they agree, likelier near the deadline, or break off."""

import math

import numpy as np

from sim.native.elementary import log
from sim.native.rule import rule
from sim.plan.codes import NEVER, NONE, Act, Clock, Decision, Event, Outlook, Talks
from sim.plan.draws import exponential_days
from sim.plan.uniforms import AGREES_BREAK, AGREES_PAUSE, AGREES_TIME, OPENS_DELAY, OPENS_FAILS, OPENS_NEVER
from sim.rules.calendar import date_of, grace_ends
from sim.rules.chance import time_of, uniforms
from sim.rules.conditions import gate_is_open
from sim.rules.gates import signal_talks, wait_for_gate, watch_gate
from sim.rules.schedule import cancel, record, schedule
from sim.rules.script import choose
from sim.rules.standing import count_as_open, deliver

NO_TURN, TURN_AGREED, TURN_BROKEN_OFF, TURN_NEVER = 0, 1, 2, 3


@rule
def begin_talks(plan, state, obligation, cause):
    """The phase in which talks are owed has been entered: draw whether they open and can agree."""
    topic, phase = plan.topic[obligation], plan.phase[obligation]
    count_as_open(plan, state, obligation)
    state.gate_event[obligation] = cause
    state.talks_event[topic] = cause
    state.act[obligation] = Act.DATE
    deadline = NEVER
    if plan.deadline_kind[topic] != NONE:
        deadline = date_of(plan, state, plan.deadline_kind[topic], plan.deadline_offset[topic], phase)
    state.talks_deadline[topic] = deadline
    opens = date_of(plan, state, plan.opens_kind[topic], plan.opens_offset[topic], phase)
    drawn = uniforms(plan, state, plan.key_opens[topic], 0)
    never, fails = drawn[OPENS_NEVER], drawn[OPENS_FAILS]
    state.talks_fail[topic] = fails < state.parameter[plan.talks_fail[topic]]
    state.talks_turn[topic] = TURN_NEVER if never < state.parameter[plan.talks_never[topic]] else NO_TURN
    state.outlook[topic] = Outlook.AGREED
    if plan.is_scripted:
        _script_talks(plan, state, topic)
    state.date[obligation] = opens
    watch_gate(plan, state, obligation)
    schedule(plan, state, Clock.TALKS, topic, opens)


@rule
def _script_talks(plan, state, topic):
    """How the talks will go is scripted instead of drawn."""
    choices = 1 << Outlook.NOT_OPENED | 1 << Outlook.NOT_AGREED | 1 << Outlook.BROKEN_OFF
    outlook = choose(plan, state, Decision.TALKS, topic, 0, choices)
    state.outlook[topic] = outlook
    state.talks_fail[topic] = outlook == Outlook.NOT_AGREED
    state.talks_turn[topic] = TURN_NEVER if outlook == Outlook.NOT_OPENED else NO_TURN


@rule
def talks_act(plan, state, topic):
    """Talks open, agree or break off, whichever was scheduled."""
    standing = state.talks[topic]
    if standing in (Talks.NOT_STARTED, Talks.BROKEN_OFF):
        _prepare_talks(plan, state, topic)
    elif standing == Talks.UNDER_WAY:
        if state.talks_turn[topic] == TURN_AGREED:
            _agree(plan, state, topic)
        else:
            break_off(plan, state, topic, state.talks_event[topic])


@rule
def _prepare_talks(plan, state, topic):
    """Talks open once their gate has been open for long enough and their delay is over, unless they never do."""
    obligation = plan.talks_obligation[topic]
    act = state.act[obligation]
    if state.talks_turn[topic] == TURN_NEVER:
        state.act[obligation] = Act.NOTHING
        state.talks_event[topic] = record(state, Event.TALKS_NOT_OPENED, topic, NONE, state.talks_event[topic], 0, 0)
    elif not gate_is_open(plan, state, obligation):
        wait_for_gate(plan, state, obligation)
    elif act == Act.DUE or state.talks[topic] == Talks.BROKEN_OFF:
        _open_talks(plan, state, topic)
    else:
        since = state.now if act == Act.GATE else min(state.open_since[obligation], state.now)
        delay = uniforms(plan, state, plan.key_opens[topic], 0)[OPENS_DELAY]
        wait = time_of(state, delay, plan.opens_delay_median[topic], plan.opens_delay_p95[topic])
        opens = max(state.now, since + plan.after_gate[obligation]) + wait
        state.act[obligation] = Act.DUE
        if opens > state.now:
            schedule(plan, state, Clock.TALKS, topic, opens)
        else:
            _open_talks(plan, state, topic)


@rule
def _open_talks(plan, state, topic):
    """Talks open now, and how they go is drawn."""
    obligation = plan.talks_obligation[topic]
    state.act[obligation] = Act.NOTHING
    before = state.talks[topic]
    state.talks[topic] = Talks.UNDER_WAY
    event = record(state, Event.TALKS_OPENED, topic, NONE, state.talks_event[topic], before, Talks.UNDER_WAY)
    state.talks_event[topic] = event
    drawn = uniforms(plan, state, plan.key_agrees[topic], state.n_openings[topic])
    agrees, breaks = drawn[AGREES_TIME], drawn[AGREES_BREAK]
    state.n_openings[topic] += 1
    breaks_after = exponential_days(breaks, state.parameter[plan.breaks_per_day[topic]]) * 1440.0
    agrees_after = math.inf
    if state.talks_fail[topic]:
        state.talks_event[topic] = record(state, Event.TALKS_DEADLOCKED, topic, NONE, event, 0, 0)
    else:
        agrees_after = _minutes_to_agreement(plan, state, topic, agrees)
    if state.outlook[topic] == Outlook.BROKEN_OFF and state.n_openings[topic] == 1:
        # scripted: broken off, once, where they would have agreed
        agrees_after, breaks_after = math.inf, agrees_after
    turn = TURN_AGREED if agrees_after <= breaks_after else TURN_BROKEN_OFF
    state.talks_turn[topic] = turn
    after = min(agrees_after, breaks_after)
    if after < NEVER:
        schedule(plan, state, Clock.TALKS, topic, state.now + np.int64(math.ceil(after)))
    else:
        cancel(plan, state, Clock.TALKS, topic)
    signal_talks(plan, state, topic, event)


@rule
def _minutes_to_agreement(plan, state, topic, u):
    """Minutes until agreement at probability `u`: by a hazard, raised before the deadline, or at the deadline."""
    to_deadline = float(max(np.int64(0), state.talks_deadline[topic] - state.now))
    if not plan.has_hazard[topic]:
        return to_deadline if state.talks_deadline[topic] < NEVER else 0.0
    per_minute = state.parameter[plan.agrees_per_day[topic]] / 1440.0
    near = min(to_deadline, state.parameter[plan.near_deadline[topic]])
    wanted = -log(1.0 - u)
    early = per_minute * (to_deadline - near)
    if wanted <= early:
        return wanted / per_minute
    raised = per_minute * state.parameter[plan.near_factor[topic]]
    if wanted <= early + raised * near:
        return to_deadline - near + (wanted - early) / raised
    after = per_minute * state.parameter[plan.after_factor[topic]]
    if after <= 0.0:
        return math.inf
    return to_deadline + (wanted - early - raised * near) / after


@rule
def _agree(plan, state, topic):
    """The talks agree: who waited for it goes ahead."""
    obligation = plan.talks_obligation[topic]
    state.talks[topic] = Talks.AGREED
    event = record(state, Event.TALKS_AGREED, topic, NONE, state.talks_event[topic], Talks.UNDER_WAY, Talks.AGREED)
    state.talks_event[topic] = event
    deadline = state.talks_deadline[topic]
    if deadline < NEVER and state.now > grace_ends(plan, obligation, deadline):
        state.was_late[obligation] = 1
    signal_talks(plan, state, topic, event)
    deliver(plan, state, obligation, plan.owed[obligation], event)


@rule
def break_off(plan, state, topic, cause):
    """The talks are broken off; they may open again later."""
    state.talks[topic] = Talks.BROKEN_OFF
    event = record(state, Event.TALKS_BROKEN_OFF, topic, NONE, cause, Talks.UNDER_WAY, Talks.BROKEN_OFF)
    state.talks_event[topic] = event
    if plan.resumes[topic]:
        u = uniforms(plan, state, plan.key_agrees[topic], state.n_openings[topic] - 1)[AGREES_PAUSE]
        pause = time_of(state, u, plan.resume_median[topic], plan.resume_p95[topic])
        schedule(plan, state, Clock.TALKS, topic, state.now + max(np.int64(1), pause))
    else:
        cancel(plan, state, Clock.TALKS, topic)
    signal_talks(plan, state, topic, event)
