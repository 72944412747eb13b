"""Withdrawals from line to line."""

from sim.native.rule import rule
from sim.plan.codes import Event
from sim.rules.gates import signal_line
from sim.rules.schedule import record


@rule
def reach_line(plan, state, obligation):
    """Forces are behind the line; a line once reached is not given up while the truce holds."""
    actor, line = plan.debtor[obligation], plan.to_line[obligation]
    if line > state.line[actor]:
        event = record(state, Event.LINE_REACHED, line, actor, state.cause[obligation], state.line[actor], line)
        state.line[actor] = line
        signal_line(plan, state, actor, event)
