"""Exchanges: whoever is ready waits for the others, and all legs go in one minute, as far as the least ready allows."""

from sim.native.rule import rule
from sim.plan.codes import NEVER, NONE, Act, Clock, Event, Status, Truce, Watch
from sim.rules.calendar import midnight_after
from sim.rules.deadlines import late_at, look_at_deadlines
from sim.rules.disputes import close_dispute, may_withhold, withhold
from sim.rules.gates import signal_obligation
from sim.rules.handovers import hand_over, next_found, wait_for_people
from sim.rules.lines import reach_line
from sim.rules.lots import lot_of
from sim.rules.people import capacity_left, most_a_day, n_ready
from sim.rules.readiness import hold_no_longer, is_able, stop_waiting, units_now
from sim.rules.schedule import record, schedule, scheduled_at
from sim.rules.standing import count_as_done, deliver, finish
from sim.rules.truce import take_cause_away


@rule
def stand_ready(plan, state, lot):
    """Its debtor is ready with a lot: it goes as far as the other legs allow, and the rest waits for them."""
    exchange = plan.exchange[lot]
    if _is_called_off(plan, state, exchange):
        let_off(plan, state, exchange, state.cause[lot])
        return
    if not is_able(plan, state, lot):
        _wait_until_able(plan, state, lot)
        return
    state.act[lot] = Act.READY
    state.ready_since[lot] = state.now
    look_at_deadlines(plan, state)
    go_in_step(plan, state, exchange)


@rule
def go_in_step(plan, state, exchange):
    """All legs of an exchange go, in this minute, as far as the others stand ready."""
    first, end = plan.leg_start[exchange], plan.leg_start[exchange + 1]
    for leg in range(first, end):
        _look_whether_able(plan, state, lot_of(plan, state, exchange, leg), leg)
    while _anybody_holds_back(plan, state, exchange):
        pass
    for leg in range(first, end):
        state.to_move[leg] = units_now(plan, state, exchange, leg)
    for leg in range(first, end):
        if state.to_move[leg] > 0:
            _move(plan, state, lot_of(plan, state, exchange, leg), state.to_move[leg])


@rule
def _look_whether_able(plan, state, lot, leg):
    """A lot that stood ready waits for the truce where that is missing, or for people where these are."""
    exchange = plan.exchange[plan.leg[leg]]
    if lot == plan.leg[leg] + plan.lots[exchange] or state.act[lot] != Act.READY:
        return
    if plan.needs_truce[lot] and state.truce != Truce.HOLDS:
        if not state.blocked[lot]:
            state.blocked[lot] = 1
            state.n_blocked += 1
    elif not is_able(plan, state, lot):
        has_waited = state.ready_since[lot] < state.now
        stop_waiting(plan, state, lot)
        _wait_until_able(plan, state, lot)
        _run_grace(plan, state, lot, has_waited)


@rule
def _anybody_holds_back(plan, state, exchange):
    """Whether the debtor of what would go now holds it back over a complaint of its own, which others then wait for."""
    for leg in range(plan.leg_start[exchange], plan.leg_start[exchange + 1]):
        if units_now(plan, state, exchange, leg) == 0:
            continue
        lot = lot_of(plan, state, exchange, leg)
        if state.status[lot] in (Status.DUE, Status.LATE) and may_withhold(plan, state, lot):
            has_waited = state.ready_since[lot] < state.now
            withhold(plan, state, lot)
            _run_grace(plan, state, lot, has_waited)
            return True
    return False


@rule
def _move(plan, state, lot, units):
    """So much of a lot goes; what is left stands ready on, or follows when it can."""
    has_waited = state.ready_since[lot] < state.now
    stop_waiting(plan, state, lot)
    if plan.hands_over[lot]:
        hand_over(plan, state, lot, units)
    else:
        state.act[lot] = Act.NOTHING
        if plan.to_line[lot] != NONE and state.delivered[lot] + units >= plan.enough[lot]:
            reach_line(plan, state, lot)
        deliver(plan, state, lot, units, state.cause[lot])
        if state.status[lot] < Status.MET and is_able(plan, state, lot):
            state.act[lot] = Act.READY
            state.ready_since[lot] = state.now
            look_at_deadlines(plan, state)
    _run_grace(plan, state, lot, has_waited)


@rule
def _run_grace(plan, state, lot, has_waited):
    """Grace of what others have held back runs anew from the minute in which they no longer do."""
    is_held_back = scheduled_at(plan, state, Clock.CREDITOR, lot) >= NEVER
    if state.watch[lot] == Watch.GRACE and state.status[lot] < Status.MET and (has_waited or is_held_back):
        schedule(plan, state, Clock.CREDITOR, lot, late_at(plan, state, lot, state.now))


@rule
def _wait_until_able(plan, state, lot):
    """A lot cannot go, whatever the others do: it waits for people; what is counted in units is brought short."""
    if not plan.hands_over[lot]:
        state.act[lot] = Act.NOTHING
    elif plan.is_whole[plan.exchange[lot]]:
        _wait_for_all(plan, state, lot)
    else:
        wait_for_people(plan, state, lot)


@rule
def _wait_for_all(plan, state, lot):
    """Not everybody in a lot that goes as a whole can be handed over now: try again when somebody more can."""
    actor, kind = plan.debtor[lot], plan.kind[lot]
    missing, wanted_in_all = 0, 0
    for entry in range(plan.entry_start[lot], plan.entry_start[lot + 1]):
        group = plan.entry_group[entry]
        wanted = state.entry_owed[entry] - state.entry_delivered[entry]
        wanted_in_all += wanted
        if n_ready(plan, state, group) < wanted:
            missing += wanted - n_ready(plan, state, group)
    next_minute = next_found(plan, state, lot)
    if missing > 0:
        state.cause[lot] = record(state, Event.PEOPLE_NOT_LOCATED, lot, actor, state.cause[lot], missing, 0)
    elif capacity_left(plan, state, actor, kind) < wanted_in_all <= most_a_day(plan, state, actor, kind):
        next_minute = midnight_after(plan, state.now) + plan.due_hour
    state.act[lot] = Act.PEOPLE
    schedule(plan, state, Clock.DEBTOR, lot, next_minute)


# ---------------------------------------------------------------- called off


@rule
def _is_called_off(plan, state, exchange):
    """Whether a leg is no longer owed, since nobody can perform it."""
    for leg in range(plan.leg_start[exchange], plan.leg_start[exchange + 1]):
        for lot in range(plan.leg[leg], plan.leg[leg] + plan.lots[exchange]):
            if state.status[lot] == Status.EXCUSED:
                return True
    return False


@rule
def let_off(plan, state, exchange, cause):
    """One leg is no longer owed: nor is the rest of the others, but for those on their way."""
    for leg in range(plan.leg_start[exchange], plan.leg_start[exchange + 1]):
        for lot in range(plan.leg[leg], plan.leg[leg] + plan.lots[exchange]):
            status = state.status[lot]
            if status >= Status.MET or state.is_moving[lot]:
                continue
            hold_no_longer(state, lot)
            event = finish(plan, state, lot, Status.EXCUSED, Event.OBLIGATION_EXCUSED, cause)
            if status == Status.DISPUTED:
                close_dispute(plan, state, lot, event)
                take_cause_away(plan, state, lot, event)
            count_as_done(plan, state, lot)
            signal_obligation(plan, state, lot, event)
