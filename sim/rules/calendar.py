"""Days of the deal, from midnight to midnight at its offset from UTC."""

from sim.native.rule import rule
from sim.plan.codes import GRACE_TO_END_OF_DAY, NEVER, NONE, DueKind, Measure, Status


@rule
def day_at(minute, midnight):
    """The day, 1 for the first, in which a minute falls; the first day begins at this midnight."""
    return (minute - midnight) // 1440 + 1


@rule
def day_of(plan, minute):
    """The deal's day, 1 for the first, in which a minute falls."""
    return day_at(minute, plan.midnight)


@rule
def midnight_after(plan, minute):
    """The minute at which the day of this minute ends."""
    return plan.midnight + day_of(plan, minute) * 1440


@rule
def grace_ends(plan, obligation, due):
    """The minute at whose end an obligation due then is late."""
    grace = plan.grace[obligation]
    return midnight_after(plan, due) if grace == GRACE_TO_END_OF_DAY else due + grace


@rule
def time_is_up_at(plan, state, phase):
    """The minute at which the time of a phase with a length is up."""
    return state.phase_since[phase] + plan.lasts[phase] + state.end_moved[phase]


@rule
def limit_of(plan, state, phase):
    """The minute to which a phase with a length may go on, where that is bounded."""
    moved = state.moved[phase] + state.lengthened[phase]
    return state.phase_since[phase] + plan.lasts[phase] + moved + plan.at_most[phase]


@rule
def date_of(plan, state, due_kind, offset, phase):
    """The minute that a date in the document means, once its phase has been entered."""
    if due_kind == DueKind.DEAL:
        return offset + state.moved[phase]
    if due_kind == DueKind.PHASE:
        return midnight_after(plan, state.phase_since[phase]) - 1440 + offset + state.moved[phase]
    if due_kind == DueKind.PHASE_END:
        return time_is_up_at(plan, state, phase)
    return state.now


@rule
def runs_until(plan, state, obligation):
    """The minute in which a flow that has begun ends; never, if it is none, or has no end of its own."""
    is_flow = plan.measured_by[obligation] == Measure.RATE
    if not is_flow or state.status[obligation] == Status.PLANNED or plan.until_kind[obligation] == NONE:
        return NEVER
    return date_of(plan, state, plan.until_kind[obligation], plan.until_offset[obligation], plan.phase[obligation])
