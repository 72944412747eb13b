"""The lots of a leg: which of them is next."""

from sim.native.rule import rule
from sim.plan.codes import Status


@rule
def is_met(plan, state, obligation):
    """Whether a lot is done, or is one of nothing, with which nobody has to keep step."""
    return Status.MET <= state.status[obligation] <= Status.CURED or plan.owed[obligation] == 0


@rule
def lot_of(plan, state, exchange, leg):
    """The first lot of a leg that is not done; the place behind its last one where all are."""
    lot = plan.leg[leg]
    end = lot + plan.lots[exchange]
    while lot < end and is_met(plan, state, lot):
        lot += 1
    return lot
