"""The life of an obligation on its debtor's side: from planned to met, in parts if need be."""

import numpy as np

from sim.native.decorators import rule
from sim.plan.layout import (
    NEVER,
    NONE,
    Act,
    Choice,
    Clock,
    Decision,
    Event,
    Exchange,
    Kind,
    Performs,
    PhaseState,
    Status,
    Test,
    Truce,
    Watch,
)
from sim.rules.calendar import date_of, grace_ends, midnight_after, runs_until
from sim.rules.chance import time_of, uniforms
from sim.rules.disputes import close_dispute, may_withhold, withhold
from sim.rules.flows import add_up_flow, count_exchange_day, level_now, set_flow_level, share_of_flow
from sim.rules.gates import gate_is_open, holds, signal_line, signal_obligation, wait_for_gate, watch_gate
from sim.rules.leads import begin_keeping, credit
from sim.rules.people import (
    capacity_left,
    come_out,
    give_back_remains,
    n_ready,
    ready_next,
    set_out,
    use_capacity,
)
from sim.rules.script import choose
from sim.rules.shares import note_share
from sim.rules.truce import begin_truce, take_cause_away
from sim.rules.waking import note, sleep, wake_at

ENOUGH_OF_A_FLOW, PART_OF_A_FLOW = 0.95, 0.5
"""Shares of a flow from which it counts as kept, and as kept in part."""


@rule
def begin_obligation(plan, state, obligation, cause):
    """An obligation's phase has been entered: its date is known."""
    if plan.is_dynamic[obligation]:
        if state.owed[obligation] > 0 and state.act[obligation] == Act.PHASE:
            _owe_now(plan, state, obligation, cause)
        return
    state.gate_event[obligation] = cause
    count_as_open(plan, state, obligation)
    date = date_of(plan, state, plan.due_kind[obligation], plan.due_offset[obligation], plan.phase[obligation])
    state.date[obligation] = date
    state.act[obligation] = Act.DATE
    watch_gate(plan, state, obligation)
    wake_at(plan, state, Clock.DEBTOR, obligation, date)


@rule
def _owe_now(plan, state, obligation, cause):
    """A return is owed from now on: due on its own date, if it has one, and once its gate is open."""
    state.gate_event[obligation] = cause
    date = date_of(plan, state, plan.due_kind[obligation], plan.due_offset[obligation], plan.phase[obligation])
    state.date[obligation] = max(date, state.now)
    state.act[obligation] = Act.DATE
    state.open_since[obligation] = NEVER
    watch_gate(plan, state, obligation)
    wake_at(plan, state, Clock.DEBTOR, obligation, date)


@rule
def count_as_open(plan, state, obligation):
    """One more obligation that has to be done before the deal can be completed, if it keeps the deal open at all."""
    if plan.keeps_open[obligation]:
        state.n_open += 1
        state.n_phase_open[plan.phase[obligation]] += 1


@rule
def count_as_closed(plan, state, obligation):
    """One obligation less that has to be done before the deal can be completed."""
    if plan.keeps_open[obligation]:
        state.n_open -= 1
        state.n_phase_open[plan.phase[obligation]] -= 1


@rule
def count_as_done(plan, state, obligation):
    """One obligation less: its phase, or a last phase that waits for this, may be over."""
    if not plan.keeps_open[obligation]:
        return
    phase = plan.phase[obligation]
    count_as_closed(plan, state, obligation)
    if state.n_phase_open[phase] == 0:
        wake_at(plan, state, Clock.PHASE, phase, state.now)
    if state.n_open == 0 and state.current_phase != NONE:
        wake_at(plan, state, Clock.PHASE, state.current_phase, state.now)


@rule
def debtor_wakes(plan, state, obligation):
    """The debtor's next move: look at the gate, fall due, perform, or see a consignment arrive."""
    act = state.act[obligation]
    if plan.kind[obligation] == Kind.TALKS:
        wake_at(plan, state, Clock.TALKS, plan.topic[obligation], state.now)
    elif act == Act.UNTIL or (act in (Act.GATE, Act.DUE) and state.now >= runs_until(plan, state, obligation)):
        end_flow(plan, state, obligation, state.gate_event[obligation])
    elif act in (Act.DATE, Act.GATE):
        _look_at_gate(plan, state, obligation, act)
    elif act == Act.DUE:  # had its gate shut meanwhile, it would wait for that
        _fall_due(plan, state, obligation)
    elif act in (Act.PERFORMANCE, Act.PEOPLE):
        _perform(plan, state, obligation)
    elif act == Act.ARRIVAL:
        _arrive(plan, state, obligation)
    elif act == Act.AFRESH:
        _fall_due_anew(plan, state, obligation)


@rule
def _look_at_gate(plan, state, obligation, act):
    """The date has come, or a gate may have opened: due now, soon, or not before a signal."""
    if not gate_is_open(plan, state, obligation):
        wait_for_gate(plan, state, obligation)
        return
    since = state.now if act == Act.GATE else min(state.open_since[obligation], state.now)
    ready = since + plan.after_gate[obligation]
    state.act[obligation] = Act.DUE
    if ready > state.now:
        wake_at(plan, state, Clock.DEBTOR, obligation, min(ready, runs_until(plan, state, obligation)))
    else:
        _fall_due(plan, state, obligation)


@rule
def _fall_due_anew(plan, state, obligation):
    """The date of a new timetable has come; what it waits for may have been undone since it first fell due."""
    if plan.kind[obligation] == Kind.FLOW:
        add_up_flow(plan, state, obligation)
    if gate_is_open(plan, state, obligation):
        _fall_due(plan, state, obligation)
    else:
        wait_for_gate(plan, state, obligation)


@rule
def _fall_due(plan, state, obligation):
    """An obligation is due: the debtor decides, and its creditor begins to watch."""
    before = state.status[obligation]
    if plan.owed[obligation] == 0 and not plan.is_dynamic[obligation]:
        _owe_nothing(plan, state, obligation)
        return
    if before == Status.PLANNED:
        state.owed_from[obligation] = state.now
    state.status[obligation] = Status.DUE
    state.due[obligation] = state.now
    debtor = plan.debtor[obligation]
    event = note(state, Event.OBLIGATION_DUE, obligation, debtor, state.gate_event[obligation], before, Status.DUE)
    state.cause[obligation] = event
    delay = _delay_of(plan, state, obligation)
    if plan.kind[obligation] == Kind.FLOW and state.parameter[plan.level[obligation]] >= 1.0:
        _run_in_full(state, obligation)
    if state.choice[obligation] == Choice.REFUSED:
        state.cause[obligation] = note(state, Event.OBLIGATION_REFUSED, obligation, debtor, event, 0, 0)
    elif state.choice[obligation] == Choice.LATE:
        state.cause[obligation] = note(state, Event.OBLIGATION_DELAYED, obligation, debtor, event, delay, 0)
    state.watch[obligation] = Watch.GRACE
    if plan.kind[obligation] == Kind.FLOW:
        _begin_flow(plan, state, obligation)
    else:
        _plan_performance(plan, state, obligation, delay)
    if state.watch[obligation] == Watch.GRACE:  # not met at once
        wake_at(plan, state, Clock.CREDITOR, obligation, grace_ends(plan, obligation, state.now))


@rule
def _delay_of(plan, state, obligation):
    """The debtor decides once, however often the obligation falls due; anew only for a new timetable."""
    if state.choice[obligation] == Choice.NONE or state.decides_afresh[obligation]:
        scripted = plan.is_scripted
        delay = _scripted_delay(plan, state, obligation) if scripted else _drawn_delay(plan, state, obligation)
        state.delay[obligation] = delay
        state.decides_afresh[obligation] = 0
        state.dispute_event[obligation] = NONE  # no settlement binds it any more
        state.n_performs[obligation] += 1
    return state.delay[obligation]


@rule
def _run_in_full(state, flow):
    """A flow that runs late at its full level is not late."""
    if state.choice[flow] == Choice.LATE:
        state.choice[flow] = Choice.ON_TIME


@rule
def _owe_nothing(plan, state, obligation):
    """Nothing is owed: void when it would fall due, and from then on what waits for it need wait no longer."""
    event = finish(plan, state, obligation, Status.VOID, Event.OBLIGATION_VOID, state.gate_event[obligation])
    state.delivered[obligation] = 1
    note_share(plan, state, obligation, event)
    signal_obligation(plan, state, obligation, event)


@rule
def _drawn_delay(plan, state, obligation):
    """The debtor's choice is drawn: on time, late (by so many minutes, which come back), or refused."""
    choice, late, _, _ = uniforms(state, plan.key_performs[obligation], state.n_performs[obligation])
    refused = state.parameter[plan.refused[obligation]]
    state.choice[obligation] = Choice.ON_TIME
    if choice < refused:
        state.choice[obligation] = Choice.REFUSED
    elif choice < refused + state.parameter[plan.late[obligation]]:
        state.choice[obligation] = Choice.LATE
        if plan.kind[obligation] != Kind.FLOW:
            return time_of(state, late, plan.delay_median[obligation], plan.delay_p95[obligation])
    return np.int64(0)


@rule
def _scripted_delay(plan, state, obligation):
    """The debtor's choice as scripted; the minutes of its delay come back."""
    grace = grace_ends(plan, obligation, state.now) - state.now
    is_flow = plan.kind[obligation] == Kind.FLOW
    choices = 1 << Performs.LATE | 1 << Performs.REFUSED
    if not is_flow:
        choices |= 1 << Performs.NEVER
        if grace > 1:
            choices |= 1 << Performs.WITHIN_GRACE
    choice = choose(plan, state, Decision.PERFORMANCE, obligation, state.n_performs[obligation], choices)
    state.choice[obligation] = Choice.LATE
    if choice == Performs.ON_TIME:
        state.choice[obligation] = Choice.ON_TIME
    elif choice == Performs.REFUSED:
        state.choice[obligation] = Choice.REFUSED
    elif choice == Performs.WITHIN_GRACE:
        return grace // 2
    elif choice == Performs.NEVER:
        return plan.horizon + 1440
    elif not is_flow:
        creditor = plan.creditor[obligation]
        tolerance = time_of(state, 0.5, plan.tolerance_median[creditor], plan.tolerance_p95[creditor])
        usual = time_of(state, 0.5, plan.delay_median[obligation], plan.delay_p95[obligation])
        return grace + tolerance + max(np.int64(1440), usual)
    return np.int64(0)


@rule
def _plan_performance(plan, state, obligation, delay):
    """Perform now or later, as decided; a refusal leaves the debtor asleep."""
    if state.choice[obligation] == Choice.REFUSED:
        state.act[obligation] = Act.NOTHING
        sleep(plan, state, Clock.DEBTOR, obligation)
        return
    state.act[obligation] = Act.PERFORMANCE
    if delay > 0:
        wake_at(plan, state, Clock.DEBTOR, obligation, state.now + delay)
    else:
        _perform(plan, state, obligation)


@rule
def _begin_flow(plan, state, obligation):
    """A flow starts at the level that its debtor chose."""
    choice = state.choice[obligation]
    level = 1.0
    if choice == Choice.REFUSED:
        level = 0.0
    elif choice == Choice.LATE:
        level = state.parameter[plan.level[obligation]]
    else:
        state.watch[obligation] = Watch.NOTHING
    state.flow_since[obligation] = state.now
    event = set_flow_level(plan, state, obligation, level, state.cause[obligation])
    if level > 0.0:
        state.delivered[obligation] = 1
        signal_obligation(plan, state, obligation, event)
    state.act[obligation] = Act.UNTIL
    wake_at(plan, state, Clock.DEBTOR, obligation, runs_until(plan, state, obligation))


@rule
def end_flow(plan, state, flow, cause):
    """A flow has run its time: kept, kept in part, or not."""
    if state.status[flow] >= Status.MET or state.status[flow] == Status.PLANNED:
        return
    add_up_flow(plan, state, flow)
    share = share_of_flow(plan, state, flow) + 1e-9
    state.flow_level[flow] = level_now(plan, state, flow)
    was_disputed = state.status[flow] == Status.DISPUTED
    if state.withheld[flow]:
        state.withheld[flow] = 0
        state.n_withheld -= 1
    status, event = Status.MET, Event.OBLIGATION_MET
    if share < PART_OF_A_FLOW:
        status, event = Status.DEFAULTED, Event.OBLIGATION_DEFAULTED
    elif state.n_complaints[flow] > 0:
        status, event = Status.CURED, Event.OBLIGATION_CURED
    elif share < ENOUGH_OF_A_FLOW or state.was_late[flow]:
        status, event = Status.MET_LATE, Event.OBLIGATION_MET_LATE
    number = finish(plan, state, flow, status, event, cause)
    if was_disputed:
        close_dispute(plan, state, flow, number)
    count_as_done(plan, state, flow)


@rule
def finish(plan, state, obligation, status, event, cause):
    """An obligation reaches the end of its life; the number of that event comes back."""
    before = state.status[obligation]
    state.status[obligation] = status
    number = note(state, event, obligation, plan.debtor[obligation], cause, before, status)
    state.watch[obligation] = Watch.NOTHING
    state.is_put_off[obligation] = 0
    state.act[obligation] = Act.NOTHING
    sleep(plan, state, Clock.DEBTOR, obligation)
    sleep(plan, state, Clock.CREDITOR, obligation)
    return number


@rule
def void(plan, state, obligation, cause):
    """An obligation ends undone: defaulted if it was late or in dispute, else void; those on the way still arrive."""
    status = state.status[obligation]
    if status >= Status.MET or state.is_moving[obligation]:
        return
    if plan.is_dynamic[obligation] and state.owed[obligation] == 0:
        return
    was_disputed = status == Status.DISPUTED
    if state.withheld[obligation]:
        state.withheld[obligation] = 0
        state.n_withheld -= 1
    if state.was_late[obligation] or was_disputed:
        finish(plan, state, obligation, Status.DEFAULTED, Event.OBLIGATION_DEFAULTED, cause)
    else:
        finish(plan, state, obligation, Status.VOID, Event.OBLIGATION_VOID, cause)
    count_as_closed(plan, state, obligation)
    if was_disputed:
        close_dispute(plan, state, obligation, cause)


@rule
def _perform(plan, state, obligation):
    """The debtor acts, unless the truce does not hold or it holds this back over a complaint of its own."""
    if plan.needs_truce[obligation] and state.truce != Truce.HOLDS:
        state.act[obligation] = Act.TRUCE
        state.blocked[obligation] = 1
        state.n_blocked += 1
        if state.truce_event != NONE:
            state.cause[obligation] = state.truce_event
        return
    if state.status[obligation] in (Status.DUE, Status.LATE) and may_withhold(plan, state, obligation):
        withhold(plan, state, obligation)
        return
    kind = plan.kind[obligation]
    if kind in (Kind.RELEASE, Kind.RETURN):
        _hand_over(plan, state, obligation)
        return
    if kind == Kind.TRUCE:
        begin_truce(plan, state, plan.debtor[obligation], state.cause[obligation])
    elif kind == Kind.WITHDRAWAL:
        _reach_line(plan, state, obligation)
    state.act[obligation] = Act.NOTHING
    units = _units_done(plan, state, obligation)
    deliver(plan, state, obligation, units, state.cause[obligation])


@rule
def _units_done(plan, state, obligation):
    """What the debtor does of what is left: all of what was in dispute, else a part if it holds that enough."""
    left = plan.owed[obligation] - state.delivered[obligation]
    chance = state.parameter[plan.short[obligation]]
    if (
        chance <= 0.0
        or plan.is_scripted
        or plan.owed[obligation] == 1
        or state.status[obligation] not in (Status.DUE, Status.LATE)
        or state.dispute_event[obligation] != NONE
    ):
        return left
    _, _, short, _ = uniforms(state, plan.key_performs[obligation], state.n_performs[obligation] - 1)
    if short >= chance:
        return left
    debtor = plan.debtor[obligation]
    event = note(state, Event.OBLIGATION_DELAYED, obligation, debtor, state.cause[obligation], 0, 0)
    state.cause[obligation] = event
    # a product such as 100 * 0.29 may come out a hair below the whole number that it is
    return min(left, np.int64(left * state.parameter[plan.level[obligation]] + 1e-9))


@rule
def _reach_line(plan, state, obligation):
    """Forces are behind the line; a line once reached is not given up while the truce holds."""
    actor, line = plan.debtor[obligation], plan.to_line[obligation]
    if line > state.line[actor]:
        event = note(state, Event.LINE_REACHED, line, actor, state.cause[obligation], state.line[actor], line)
        state.line[actor] = line
        signal_line(plan, state, actor, event)


@rule
def _hand_over(plan, state, obligation):
    """Those who can be handed over today set out; the others follow when they can."""
    actor, kind = plan.debtor[obligation], plan.kind[obligation]
    begun = NONE
    for entry in range(plan.entry_start[obligation], plan.entry_start[obligation + 1]):
        group = plan.entry_group[entry]
        wanted = state.entry_owed[entry] - state.entry_delivered[entry]
        count = min(wanted, n_ready(plan, state, group), capacity_left(plan, state, actor, kind))
        if count <= 0:
            continue
        if begun == NONE:
            begun = note(state, Event.HANDOVER_BEGAN, obligation, actor, state.cause[obligation], 0, 0)
        state.entry_remains_moving[entry] = set_out(plan, state, group, count, obligation, begun)
        use_capacity(state, actor, kind, count)
        state.entry_moving[entry] = count
    if begun == NONE:
        _wait_for_people(plan, state, obligation)
        return
    if state.exchange == Exchange.NOT_BEGUN:
        state.exchange = Exchange.UNDER_WAY
        note(state, Event.EXCHANGE_BEGAN, 0, actor, begun, Exchange.NOT_BEGUN, Exchange.UNDER_WAY)
    count_exchange_day(plan, state)
    state.is_moving[obligation] = begun + 1
    state.act[obligation] = Act.ARRIVAL
    if plan.transit[obligation] > 0:
        wake_at(plan, state, Clock.DEBTOR, obligation, state.now + plan.transit[obligation])
    else:
        _arrive(plan, state, obligation)


@rule
def _wait_for_people(plan, state, obligation):
    """Nobody, or nobody more, can be handed over now: try again when somebody can."""
    actor, kind = plan.debtor[obligation], plan.kind[obligation]
    next_minute = NEVER
    missing = 0
    for entry in range(plan.entry_start[obligation], plan.entry_start[obligation + 1]):
        if state.entry_owed[entry] <= state.entry_delivered[entry]:
            continue
        group = plan.entry_group[entry]
        if n_ready(plan, state, group) > 0:
            full = capacity_left(plan, state, actor, kind) == 0
            minute = midnight_after(plan, state.now) + plan.due_hour if full else state.now
        else:
            missing += state.entry_owed[entry] - state.entry_delivered[entry]
            minute = max(ready_next(plan, state, group), state.now + 1)
        next_minute = min(next_minute, minute)
    if missing > 0:
        state.cause[obligation] = note(
            state, Event.PEOPLE_NOT_LOCATED, obligation, actor, state.cause[obligation], missing, 0
        )
    state.act[obligation] = Act.PEOPLE
    wake_at(plan, state, Clock.DEBTOR, obligation, next_minute)


@rule
def _arrive(plan, state, obligation):
    """A consignment reaches its side: people are released, returns for them are owed, the rest follows."""
    begun = state.is_moving[obligation] - 1
    event = note(state, Event.HANDOVER_ARRIVED, obligation, plan.debtor[obligation], begun, 0, 0)
    arrived = land(plan, state, obligation, event)
    if arrived > 0:
        deliver(plan, state, obligation, arrived, event)
    if state.delivered[obligation] < state.owed[obligation]:
        if state.phase_state[plan.phase[obligation]] == PhaseState.LAPSED:
            void(plan, state, obligation, event)
        elif state.decides_afresh[obligation]:
            state.act[obligation] = Act.AFRESH
            wake_at(plan, state, Clock.DEBTOR, obligation, state.due[obligation])
        else:
            _wait_for_people(plan, state, obligation)
    elif state.choice[obligation] == Choice.ON_TIME and state.status[obligation] == Status.MET:
        _consider_next_batch(plan, state, obligation, event)


@rule
def land(plan, state, obligation, event):
    """Everybody in this consignment reaches the other side; the number released comes back."""
    state.is_moving[obligation] = 0
    arrived = 0
    for entry in range(plan.entry_start[obligation], plan.entry_start[obligation + 1]):
        moving = state.entry_moving[entry]
        if moving == 0:
            continue
        state.entry_moving[entry] = 0
        group = plan.entry_group[entry]
        remains = state.entry_remains_moving[entry]
        if remains > 0:
            state.entry_remains_moving[entry] = 0
            state.entry_remains[entry] += remains
            give_back_remains(plan, state, group, remains, obligation, event)
        count = come_out(plan, state, group, moving - remains, obligation, event)
        state.entry_delivered[entry] += count + remains
        arrived += count + remains
        is_last = state.released[group] == plan.count[group] and state.remains_returned[group] < plan.count[group]
        if count > 0 or (is_last and remains > 0):
            _owe_returns(plan, state, obligation, group, count, is_last, event)
    return arrived


@rule
def _owe_returns(plan, state, release, group, alive, is_last, cause):
    """What is owed for those just handed over alive, by category; the remainder comes with the last of the group."""
    owing = plan.first_return[release]
    while owing != NONE:
        more = 0
        for ratio in range(plan.ratio_start[owing], plan.ratio_start[owing + 1]):
            if plan.ratio_released_group[ratio] != group:
                continue
            count = plan.ratio_each[ratio] * alive
            if is_last:
                count += plan.ratio_remainder[ratio]
            state.entry_owed[plan.ratio_entry[ratio]] += count
            more += count
        if more > 0:
            _owe_more(plan, state, owing, more, cause)
        owing = plan.next_return[owing]


@rule
def _owe_more(plan, state, obligation, count, cause):
    """A return grows by what the last handover earned; one that had been done falls due again."""
    was_done = state.delivered[obligation] == state.owed[obligation]
    state.owed[obligation] += count
    if not was_done and state.act[obligation] == Act.PEOPLE:
        wake_at(plan, state, Clock.DEBTOR, obligation, state.now)
    if state.end_event != NONE or not was_done:
        return
    if state.status[obligation] in (Status.VOID, Status.DEFAULTED):
        return
    count_as_open(plan, state, obligation)
    state.status[obligation] = Status.PLANNED
    if state.phase_state[plan.phase[obligation]] < PhaseState.IN_FORCE:
        state.act[obligation] = Act.PHASE
    else:
        _owe_now(plan, state, obligation, cause)


@rule
def deliver(plan, state, obligation, units, cause):
    """So much more of an obligation is done; when all is, it is met, and whoever waits for it is told."""
    state.delivered[obligation] += units
    if plan.kind[obligation] == Kind.TRUCE:
        begin_keeping(plan, state, obligation)
    credit(plan, state, obligation)
    event = cause
    if state.delivered[obligation] >= _enough(plan, state, obligation):
        event = _complete(plan, state, obligation, cause)
    note_share(plan, state, obligation, event)
    signal_obligation(plan, state, obligation, event)
    look_at_returns(plan, state, obligation, event)


@rule
def look_at_returns(plan, state, release, cause):
    """Fewer are left to come out under a release: what its returns may still come to owe has changed."""
    owing = plan.first_return[release]
    while owing != NONE:
        credit(plan, state, owing)
        note_share(plan, state, owing, cause)
        signal_obligation(plan, state, owing, cause)
        owing = plan.next_return[owing]


@rule
def _enough(plan, state, obligation):
    """How much of an obligation has to be done for it to count as met."""
    return state.owed[obligation] if plan.is_dynamic[obligation] else plan.enough[obligation]


@rule
def _complete(plan, state, obligation, cause):
    """An obligation is done: met, met late, or cured after a dispute."""
    before = state.status[obligation]
    if state.n_complaints[obligation] > 0:
        number = finish(plan, state, obligation, Status.CURED, Event.OBLIGATION_CURED, cause)
    elif state.was_late[obligation]:
        number = finish(plan, state, obligation, Status.MET_LATE, Event.OBLIGATION_MET_LATE, cause)
    else:
        number = finish(plan, state, obligation, Status.MET, Event.OBLIGATION_MET, cause)
    if before == Status.DISPUTED:
        close_dispute(plan, state, obligation, number)
        take_cause_away(plan, state, obligation, number)
    count_as_done(plan, state, obligation)
    return number


@rule
def _may_come_forward(plan, state, obligation):
    """Whether all holds that an obligation waits for, but for lists of its own debtor, which come with the people."""
    for condition in range(plan.gate_start[obligation], plan.gate_start[obligation + 1]):
        if holds(plan, state, condition):
            continue
        other = plan.subject[condition]
        is_list = plan.test[condition] == Test.DELIVERED and plan.kind[other] == Kind.INFORMATION
        if not is_list or plan.debtor[other] != plan.debtor[obligation]:
            return False
    return True


@rule
def _consider_next_batch(plan, state, obligation, cause):
    """A debtor ahead of its dates may hand over the next batch at once; what is banked counts when it is due."""
    following = plan.next_release[obligation]
    if following == NONE or state.status[following] != Status.PLANNED or state.date[following] <= state.now:
        return
    if state.act[following] not in (Act.DATE, Act.GATE) or not _may_come_forward(plan, state, following):
        return
    u, _, _, _ = uniforms(state, plan.key_ahead[obligation], 0)
    if u < state.parameter[plan.ahead[obligation]]:
        debtor = plan.debtor[following]
        state.gate_event[following] = cause
        state.cause[following] = note(state, Event.OBLIGATION_BROUGHT_FORWARD, following, debtor, cause, 0, 0)
        state.status[following] = Status.DUE
        state.due[following] = state.now
        state.choice[following] = Choice.ON_TIME
        state.act[following] = Act.PERFORMANCE
        wake_at(plan, state, Clock.DEBTOR, following, state.now)
        state.watch[following] = Watch.GRACE
        wake_at(plan, state, Clock.CREDITOR, following, grace_ends(plan, following, state.date[following]))
