"""People handed over: fetched, on the way, arrived, and what their release earns."""

from sim.native.rule import rule
from sim.plan.codes import NEVER, NONE, Act, Choice, Clock, Event, Exchange, Kind, PhaseState, Status, Test, Watch
from sim.plan.uniforms import AHEAD_WHETHER
from sim.rules.calendar import midnight_after
from sim.rules.chance import uniforms
from sim.rules.conditions import holds
from sim.rules.deadlines import has_deadline, late_at
from sim.rules.flows import count_exchange_day
from sim.rules.owing import owe_now
from sim.rules.people import (
    capacity_left,
    come_out,
    give_back_remains,
    located_next,
    n_ready,
    ready_next,
    set_out,
    use_capacity,
)
from sim.rules.schedule import cancel, record, schedule
from sim.rules.standing import count_as_open, deliver, has_run_out, void


@rule
def hand_over(plan, state, obligation, most):
    """Those who can be handed over today set out, so many at most; the others follow when they can."""
    actor, kind = plan.debtor[obligation], plan.kind[obligation]
    begun = NONE
    for entry in range(plan.entry_start[obligation], plan.entry_start[obligation + 1]):
        group = plan.entry_group[entry]
        wanted = state.entry_owed[entry] - state.entry_delivered[entry]
        count = min(wanted, most, n_ready(plan, state, group), capacity_left(plan, state, actor, kind))
        if count <= 0:
            continue
        if begun == NONE:
            begun = record(state, Event.HANDOVER_BEGAN, obligation, actor, state.cause[obligation], 0, 0)
        state.entry_remains_moving[entry] = set_out(plan, state, group, count, obligation, begun)
        use_capacity(state, actor, kind, count)
        state.entry_moving[entry] = count
        most -= count
    if begun == NONE:
        wait_for_people(plan, state, obligation)
        return
    if state.exchange == Exchange.NOT_BEGUN:
        state.exchange = Exchange.UNDER_WAY
        record(state, Event.EXCHANGE_BEGAN, 0, actor, begun, Exchange.NOT_BEGUN, Exchange.UNDER_WAY)
    count_exchange_day(plan, state)
    state.is_moving[obligation] = begun + 1
    state.act[obligation] = Act.ARRIVAL
    if plan.transit[obligation] > 0:
        schedule(plan, state, Clock.DEBTOR, obligation, state.now + plan.transit[obligation])
    else:
        arrive(plan, state, obligation)


@rule
def wait_for_people(plan, state, obligation):
    """Nobody, or nobody more, can be handed over now: try again when somebody can."""
    actor, kind = plan.debtor[obligation], plan.kind[obligation]
    missing, is_anybody_ready = 0, False
    for entry in range(plan.entry_start[obligation], plan.entry_start[obligation + 1]):
        left = state.entry_owed[entry] - state.entry_delivered[entry]
        if left > 0 and n_ready(plan, state, plan.entry_group[entry]) > 0:
            is_anybody_ready = True
        else:
            missing += left
    if missing > 0:
        state.cause[obligation] = record(
            state, Event.PEOPLE_NOT_LOCATED, obligation, actor, state.cause[obligation], missing, 0
        )
    state.act[obligation] = Act.PEOPLE
    minute = next_found(plan, state, obligation)
    if is_anybody_ready:  # whoever is located before tomorrow's due hour waits for that, too
        is_full = capacity_left(plan, state, actor, kind) == 0
        minute = midnight_after(plan, state.now) + plan.due_hour if is_full else state.now
    schedule(plan, state, Clock.DEBTOR, obligation, minute)


@rule
def next_found(plan, state, obligation):
    """The next minute in which somebody who is still owed can be handed over, if nobody can now; one more of a lot."""
    minute, is_whole = NEVER, _goes_whole(plan, obligation)
    for entry in range(plan.entry_start[obligation], plan.entry_start[obligation + 1]):
        group, left = plan.entry_group[entry], state.entry_owed[entry] - state.entry_delivered[entry]
        if is_whole and n_ready(plan, state, group) < left:
            minute = min(minute, located_next(plan, state, group))
        elif left > 0 and not is_whole:
            minute = min(minute, max(ready_next(plan, state, group), state.now + 1))
    return minute


@rule
def _goes_whole(plan, obligation):
    """Whether it is a leg of an exchange whose lots go as a whole."""
    return plan.exchange[obligation] != NONE and plan.is_whole[plan.exchange[obligation]] == 1


@rule
def waits_for_people(plan, state, obligation):
    """Whether its debtor waits until somebody can be handed over, or all in a whole lot, and not for the capacity."""
    if state.act[obligation] != Act.PEOPLE:
        return False
    is_whole = _goes_whole(plan, obligation)
    for entry in range(plan.entry_start[obligation], plan.entry_start[obligation + 1]):
        left = state.entry_owed[entry] - state.entry_delivered[entry]
        ready = n_ready(plan, state, plan.entry_group[entry])
        if is_whole and ready < left:
            return True
        if left > 0 and ready > 0 and not is_whole:
            return False
    return not is_whole


@rule
def arrive(plan, state, obligation):
    """A consignment reaches its side: people are released, returns for them are owed, the rest follows."""
    begun = state.is_moving[obligation] - 1
    event = record(state, Event.HANDOVER_ARRIVED, obligation, plan.debtor[obligation], begun, 0, 0)
    arrived = land(plan, state, obligation, event)
    if arrived > 0 or (has_run_out(plan, state, obligation) and state.delivered[obligation] > 0):
        deliver(plan, state, obligation, arrived, event)
    if state.delivered[obligation] < state.owed[obligation]:
        if state.status[obligation] >= Status.MET:
            return  # with less than was tried
        if state.phase_state[plan.phase[obligation]] == PhaseState.LAPSED:
            void(plan, state, obligation, event)
        elif state.decides_afresh[obligation]:
            if not has_deadline(plan, obligation):  # else its grace is that of the new date
                state.watch[obligation] = Watch.NOTHING  # grace runs from when its debtor decides
                cancel(plan, state, Clock.CREDITOR, obligation)
            state.act[obligation] = Act.AFRESH
            schedule(plan, state, Clock.DEBTOR, obligation, state.due[obligation])
        else:
            wait_for_people(plan, state, obligation)
    elif state.choice[obligation] == Choice.ON_TIME and state.status[obligation] == Status.MET:
        _consider_next_batch(plan, state, obligation, event)


@rule
def land(plan, state, obligation, event):
    """Release everybody in this consignment to the other side. Returns how many were released."""
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
        more, is_awaited = 0, waits_for_people(plan, state, owing)
        for ratio in range(plan.ratio_start[owing], plan.ratio_start[owing + 1]):
            if plan.ratio_released_group[ratio] != group:
                continue
            count = plan.ratio_each[ratio] * alive
            if is_last:
                count += plan.ratio_remainder[ratio]
            state.entry_owed[plan.ratio_entry[ratio]] += count
            more += count
        if more > 0:
            _owe_more(plan, state, owing, more, is_awaited, cause)
        owing = plan.next_return[owing]


@rule
def _owe_more(plan, state, obligation, count, is_awaited, cause):
    """A return grows by what the last handover earned; one that had been done falls due again."""
    was_done = state.delivered[obligation] == state.owed[obligation]
    state.owed[obligation] += count
    if is_awaited and not was_done:
        schedule(plan, state, Clock.DEBTOR, obligation, state.now)
    if state.end_event != NONE or not was_done:
        return
    if state.status[obligation] in (Status.VOID, Status.DEFAULTED):
        return
    count_as_open(plan, state, obligation)
    state.status[obligation] = Status.PLANNED
    if state.phase_state[plan.phase[obligation]] < PhaseState.IN_FORCE:
        state.act[obligation] = Act.PHASE
    else:
        owe_now(plan, state, obligation, cause)


@rule
def _may_come_forward(plan, state, obligation):
    """Whether all holds that an obligation waits for, but for lists of its own debtor, which come with the people."""
    condition, end = plan.gate_start[obligation], plan.gate_start[obligation + 1]
    while condition < end:
        clause, met = plan.clause[condition], False
        while condition < end and plan.clause[condition] == clause:
            met = met or holds(plan, state, condition) or _is_list_of(plan, condition, plan.debtor[obligation])
            condition += 1
        if not met:
            return False
    return True


@rule
def _is_list_of(plan, condition, debtor):
    """Whether a condition waits for a list of this debtor."""
    if plan.test[condition] != Test.DELIVERED or plan.negated[condition]:
        return False
    obligation = plan.subject[condition]
    return plan.kind[obligation] == Kind.INFORMATION and plan.debtor[obligation] == debtor


@rule
def _consider_next_batch(plan, state, obligation, cause):
    """A debtor ahead of its dates may hand over the next batch at once; what is banked counts when it is due."""
    following = plan.next_release[obligation]
    if following == NONE or state.status[following] != Status.PLANNED or state.date[following] <= state.now:
        return
    if state.act[following] not in (Act.DATE, Act.GATE) or not _may_come_forward(plan, state, following):
        return
    u = uniforms(plan, state, plan.key_ahead[obligation], 0)[AHEAD_WHETHER]
    if u < state.parameter[plan.ahead[obligation]]:
        debtor = plan.debtor[following]
        state.gate_event[following] = cause
        state.cause[following] = record(state, Event.OBLIGATION_BROUGHT_FORWARD, following, debtor, cause, 0, 0)
        state.status[following] = Status.DUE
        state.due[following] = state.now
        state.choice[following] = Choice.ON_TIME
        state.act[following] = Act.PERFORMANCE
        schedule(plan, state, Clock.DEBTOR, following, state.now)
        state.watch[following] = Watch.GRACE
        schedule(plan, state, Clock.CREDITOR, following, late_at(plan, state, following, state.date[following]))
