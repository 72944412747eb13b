"""How far each leg of an exchange stands ready, and whom that holds back: the arithmetic of what goes in step.

Readiness is counted in lots: those that are done, and of the next one the part that is delivered, under way, or that
its debtor stands ready with.
"""

from sim.native.rule import rule
from sim.plan.codes import NEVER, NONE, Act, Event, Status, Truce
from sim.rules.deadlines import look_at_deadlines
from sim.rules.lots import lot_of
from sim.rules.people import capacity_left, n_ready
from sim.rules.schedule import record


@rule
def stop_waiting(plan, state, obligation):
    """A leg no longer stands ready: add up for how long the others have held it back."""
    if plan.exchange[obligation] != NONE and state.ready_since[obligation] < NEVER:
        state.held_back[obligation] += state.now - state.ready_since[obligation]
        state.ready_since[obligation] = NEVER
        look_at_deadlines(plan, state)


@rule
def hold_no_longer(state, obligation):
    """What was held back over a complaint has another date, or is owed no more."""
    if state.withheld[obligation]:
        state.withheld[obligation] = 0
        state.n_withheld -= 1


@rule
def moved(plan, state, lot):
    """What is delivered of a lot, or under way."""
    total = state.delivered[lot]
    if state.is_moving[lot]:
        for entry in range(plan.entry_start[lot], plan.entry_start[lot + 1]):
            total += state.entry_moving[entry]
    return total


@rule
def can_go(plan, state, lot):
    """How many more people or units of a lot its debtor could hand over in this minute, if it were to."""
    if not plan.hands_over[lot]:
        return state.brought[lot] - state.delivered[lot]
    total = 0
    for entry in range(plan.entry_start[lot], plan.entry_start[lot + 1]):
        wanted = state.entry_owed[entry] - state.entry_delivered[entry] - state.entry_moving[entry]
        total += min(wanted, n_ready(plan, state, plan.entry_group[entry]))
    return min(total, capacity_left(plan, state, plan.debtor[lot], plan.kind[lot]))


@rule
def is_able(plan, state, lot):
    """Whether a lot could go now as far as it depends on its debtor: at all, or as a whole where it has to."""
    units = can_go(plan, state, lot)
    if plan.is_whole[plan.exchange[lot]]:
        return moved(plan, state, lot) + units >= plan.owed[lot]
    return units > 0


@rule
def _is_ready(plan, state, lot):
    """Whether its debtor stands ready with a lot, and no truce is missing for it."""
    return state.act[lot] == Act.READY and (state.truce == Truce.HOLDS or not plan.needs_truce[lot])


@rule
def ready_beyond(plan, state, exchange, leg, done):
    """How many lots beyond so many a leg has given or stands ready with."""
    lot = lot_of(plan, state, exchange, leg)
    beyond = float(lot - plan.leg[leg] - done)
    if lot == plan.leg[leg] + plan.lots[exchange]:
        return beyond
    able = moved(plan, state, lot)
    if _is_ready(plan, state, lot) and is_able(plan, state, lot):
        able += can_go(plan, state, lot)
    return beyond + min(able, plan.owed[lot]) / plan.owed[lot]


@rule
def _units(plan, lot, part, done_so_far):
    """Whole units that bring a lot to this part of it."""
    # a product such as 100 * 0.29 may come out a hair below the whole number that it is
    units = int(max(0.0, min(part, 1.0)) * plan.owed[lot] + 1e-9)
    if plan.is_whole[plan.exchange[lot]] and units < plan.owed[lot]:
        return 0
    return max(0, units - done_so_far)


@rule
def units_now(plan, state, exchange, leg):
    """How many people or units of a leg go now: what it is ready with, as far as all the others are, and their lead."""
    lot = lot_of(plan, state, exchange, leg)
    done = lot - plan.leg[leg]
    if done == plan.lots[exchange]:
        return 0
    part = ready_beyond(plan, state, exchange, leg, done)
    for other in range(plan.leg_start[exchange], plan.leg_start[exchange + 1]):
        if other != leg:
            part = min(part, ready_beyond(plan, state, exchange, other, done) + plan.lead[exchange])
    return _units(plan, lot, part, moved(plan, state, lot))


@rule
def holds_back(plan, state, exchange, other, lot):
    """Whether what another leg stands ready with allows nothing more of this lot."""
    done = plan.lot[lot]
    allowed = ready_beyond(plan, state, exchange, other, done) + plan.lead[exchange]
    return _units(plan, lot, allowed, moved(plan, state, lot)) == 0


@rule
def _is_own(plan, leg, lot):
    """Whether a lot is one of this leg."""
    return plan.leg[leg] == lot - plan.lot[lot]


@rule
def held_back_by(plan, state, lot):
    """The earliest lot that keeps this one from going, `NONE` if none does; of several the first in the document."""
    exchange, first = plan.exchange[lot], NONE
    for other in range(plan.leg_start[exchange], plan.leg_start[exchange + 1]):
        theirs = lot_of(plan, state, exchange, other)
        if _is_own(plan, other, lot) or not holds_back(plan, state, exchange, other, lot):
            continue
        if first == NONE or theirs < first:
            first = theirs
    return first


@rule
def hold_back(plan, state, lot):
    """Tell, as grace ends, that a lot with which its debtor stands ready is held back. Returns whether it is."""
    if plan.exchange[lot] == NONE or state.act[lot] != Act.READY:
        return False
    first = held_back_by(plan, state, lot)
    if first == NONE:
        return False
    exchange, actors = plan.exchange[lot], 0
    for other in range(plan.leg_start[exchange], plan.leg_start[exchange + 1]):
        if not _is_own(plan, other, lot) and holds_back(plan, state, exchange, other, lot):
            actors |= 1 << plan.debtor[plan.leg[other]]
    cause = state.cause[first] if state.cause[first] != NONE else state.cause[lot]
    state.cause[lot] = record(state, Event.OBLIGATION_HELD_BACK, lot, plan.debtor[lot], cause, actors, 0)
    return True


@rule
def complaints_within(plan, state, obligation):
    """Complaints of its debtor that are open over other legs of the same exchange: these hold nothing of it back."""
    exchange, count = plan.exchange[obligation], 0
    if exchange == NONE:
        return 0
    for leg in range(plan.leg_start[exchange], plan.leg_start[exchange + 1]):
        for lot in range(plan.leg[leg], plan.leg[leg] + plan.lots[exchange]):
            if state.status[lot] == Status.DISPUTED and plan.creditor[lot] == plan.debtor[obligation]:
                count += 1
    return count
