"""A new timetable: what is open has a new date and is decided afresh, and later dates move by the same time."""

from sim.native.rule import rule
from sim.plan.codes import NEVER, NONE, Act, Clock, Event, Measure, PhaseState, Status, Talks, Watch
from sim.rules.calendar import day_of, grace_ends, limit_of, time_is_up_at
from sim.rules.deadlines import has_deadline, has_fallen_due, look_at_deadlines
from sim.rules.leads import close_minutes, owe_for_longer
from sim.rules.mediation import close_as_settled
from sim.rules.obstacles import is_waiting
from sim.rules.readiness import hold_no_longer, stop_waiting
from sim.rules.schedule import cancel, record, schedule, scheduled_at
from sim.rules.truce import take_cause_away


@rule
def set_new_dates(plan, state, lag, cause):
    """Everything open is due so much later than now, and every later date so much later than it was."""
    close_minutes(plan, state)  # for how long a truce is owed moves with its phase
    for obligation in range(plan.n_obligations):
        state.gate_event[obligation] = let_go(plan, state, obligation, cause)
    for obligation in range(plan.n_obligations):
        if plan.measured_by[obligation] == Measure.TOPIC:
            _move_talks(plan, state, obligation, lag)
        elif _is_open(state, obligation):
            give_date(plan, state, obligation, state.now + lag, lag)
        elif is_waiting(state, obligation):
            _move_dates(plan, state, obligation, lag)
    for phase in range(plan.n_phases):
        if state.phase_state[phase] >= PhaseState.IN_FORCE:
            state.moved[phase] += lag  # with it the dates that obligations still come to have
            move_end(plan, state, phase, lag)
    owe_for_longer(plan, state)
    look_at_deadlines(plan, state)  # what waited for the truce waits for its date now


@rule
def _is_open(state, obligation):
    """Whether an obligation has fallen due and is not done."""
    status = state.status[obligation]
    return status != Status.PLANNED and status < Status.MET


@rule
def let_go(plan, state, obligation, cause):
    """Settle a dispute over this by the new timetable. Returns the event that its new date follows from."""
    if state.status[obligation] == Status.DISPUTED:
        cause = close_as_settled(plan, state, obligation, cause)
        take_cause_away(plan, state, obligation, cause)
    runs_in_full = plan.measured_by[obligation] == Measure.RATE and state.flow_level[obligation] >= 1.0
    stays = runs_in_full or _ends_now(plan, state, obligation) or not _is_open(state, obligation)
    return state.gate_event[obligation] if stays else cause


@rule
def give_date(plan, state, obligation, minute, lag):
    """An open obligation's new date; one that was re-dated to a date ahead moves by the lag, a flow in full runs on."""
    if plan.measured_by[obligation] == Measure.RATE:
        if _ends_now(plan, state, obligation):
            return
        _move_until(plan, state, obligation, lag)
        if state.flow_level[obligation] >= 1.0:
            return
    if _is_kept(plan, state, obligation) and date_ahead(plan, state, obligation) > state.now:
        _move_date(plan, state, obligation, lag)
        return
    state.due[obligation] = minute
    hold_no_longer(state, obligation)
    _note_date(plan, state, obligation, minute)
    state.decides_afresh[obligation] = 1
    state.kept_by[obligation] = 0
    state.watch[obligation] = Watch.NOTHING
    state.is_put_off[obligation] = 0
    cancel(plan, state, Clock.CREDITOR, obligation)
    if state.is_moving[obligation] or has_deadline(plan, obligation):
        state.watch[obligation] = Watch.GRACE  # those under way have to be there by the new date
        schedule(plan, state, Clock.CREDITOR, obligation, grace_ends(plan, obligation, minute))
    if not state.is_moving[obligation]:
        stop_waiting(plan, state, obligation)
        state.act[obligation] = Act.AFRESH
        schedule(plan, state, Clock.DEBTOR, obligation, minute)


@rule
def _ends_now(plan, state, flow):
    """Whether this is a flow's last moment, which is not ahead any more."""
    return state.act[flow] == Act.UNTIL and scheduled_at(plan, state, Clock.DEBTOR, flow) == state.now


@rule
def _move_until(plan, state, flow, lag):
    """A flow's last moment, if it has one of its own."""
    until = scheduled_at(plan, state, Clock.DEBTOR, flow)
    if state.act[flow] == Act.UNTIL and until < NEVER:
        schedule(plan, state, Clock.DEBTOR, flow, until + lag)


@rule
def _is_kept(plan, state, obligation):
    """Whether something has a date by a settlement or a timetable; a dispute that has just been ended gives it none."""
    has_date = not has_deadline(plan, obligation) or state.watch[obligation] == Watch.GRACE
    return state.status[obligation] == Status.REDATED and has_date


@rule
def date_ahead(plan, state, obligation):
    """The date for which something was re-dated; of what is not due yet, the one by which it has to be done.

    What was settled before it was due falls due as soon as its gate is open, and keeps the date of its settlement.
    """
    if has_deadline(plan, obligation) and (is_waiting(state, obligation) or _is_kept(plan, state, obligation)):
        return state.latest[obligation]
    return state.due[obligation]


@rule
def _move_dates(plan, state, obligation, lag):
    """The date of what is not due yet, if that is ahead, and its deadline, which its creditor may have let go by."""
    if state.act[obligation] == Act.DATE and state.date[obligation] > state.now:
        state.date[obligation] += lag
        schedule(plan, state, Clock.DEBTOR, obligation, state.date[obligation])
    if not has_deadline(plan, obligation):
        return
    state.latest[obligation] = max(state.latest[obligation], state.now) + lag
    if not state.is_held_up[obligation]:
        schedule(plan, state, Clock.CREDITOR, obligation, grace_ends(plan, obligation, state.latest[obligation]))


@rule
def _move_date(plan, state, obligation, lag):
    """What had been re-dated to a date still ahead."""
    minute = date_ahead(plan, state, obligation) + lag
    if has_fallen_due(plan, state, obligation):
        state.due[obligation] = minute
    _note_date(plan, state, obligation, minute)
    if state.watch[obligation] == Watch.GRACE:
        schedule(plan, state, Clock.CREDITOR, obligation, grace_ends(plan, obligation, minute))
    planned = scheduled_at(plan, state, Clock.DEBTOR, obligation)
    if state.act[obligation] in (Act.PERFORMANCE, Act.AFRESH) and planned < NEVER:
        schedule(plan, state, Clock.DEBTOR, obligation, planned + lag)


@rule
def _note_date(plan, state, obligation, minute):
    """An obligation has this new date."""
    state.status[obligation] = Status.REDATED
    state.latest[obligation] = minute
    state.is_held_up[obligation] = 0
    event = record(
        state, Event.OBLIGATION_REDATED, obligation, NONE, state.gate_event[obligation], day_of(plan, minute),
        Status.REDATED,
    )  # fmt: skip
    state.gate_event[obligation] = event


@rule
def _move_talks(plan, state, obligation, lag):
    """The opening of talks that has a minute, on their date or after their delay, and their deadline."""
    topic = plan.topic[obligation]
    deadline = state.talks_deadline[topic]
    if state.now < deadline < NEVER:
        state.talks_deadline[topic] = deadline + lag
    if state.talks[topic] == Talks.NOT_STARTED:
        opens = scheduled_at(plan, state, Clock.TALKS, topic)
        if state.now < opens < NEVER:
            if state.act[obligation] == Act.DATE:
                state.date[obligation] = opens + lag
            schedule(plan, state, Clock.TALKS, topic, opens + lag)


@rule
def move_end(plan, state, phase, lag):
    """The end of a phase in force, or the limit of one that goes on."""
    if plan.lasts[phase] == NONE:
        return
    if state.phase_state[phase] == PhaseState.IN_FORCE:
        state.end_moved[phase] += lag
        if scheduled_at(plan, state, Clock.PHASE, phase) > state.now:  # else it is about to end early
            schedule(plan, state, Clock.PHASE, phase, time_is_up_at(plan, state, phase))
    elif state.phase_state[phase] == PhaseState.CONTINUED and plan.at_most[phase] != NONE:
        schedule(plan, state, Clock.PHASE, phase, limit_of(plan, state, phase))
