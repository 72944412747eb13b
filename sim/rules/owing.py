"""What comes to be owed, and by when."""

from sim.native.rule import rule
from sim.plan.codes import NEVER, Act, Clock
from sim.rules.calendar import date_of
from sim.rules.deadlines import begin_deadline, has_deadline
from sim.rules.gates import watch_gate
from sim.rules.schedule import schedule
from sim.rules.standing import count_as_open


@rule
def begin_obligation(plan, state, obligation, cause):
    """An obligation's phase has been entered: its date is known."""
    if plan.is_dynamic[obligation]:
        if state.owed[obligation] > 0 and state.act[obligation] == Act.PHASE:
            owe_now(plan, state, obligation, cause)
        return
    state.gate_event[obligation] = cause
    count_as_open(plan, state, obligation)
    date = date_of(plan, state, plan.due_kind[obligation], plan.due_offset[obligation], plan.phase[obligation])
    state.date[obligation] = date
    state.act[obligation] = Act.DATE
    watch_gate(plan, state, obligation)
    schedule(plan, state, Clock.DEBTOR, obligation, date)
    if has_deadline(plan, obligation):
        kind, offset = plan.latest_kind[obligation], plan.latest_offset[obligation]
        begin_deadline(plan, state, obligation, date_of(plan, state, kind, offset, plan.phase[obligation]))


@rule
def owe_now(plan, state, obligation, cause):
    """A return is owed from now on: due on its own date, if it has one, and once its gate is open."""
    state.gate_event[obligation] = cause
    date = date_of(plan, state, plan.due_kind[obligation], plan.due_offset[obligation], plan.phase[obligation])
    state.date[obligation] = max(date, state.now)
    state.act[obligation] = Act.DATE
    state.open_since[obligation] = NEVER
    watch_gate(plan, state, obligation)
    schedule(plan, state, Clock.DEBTOR, obligation, date)
