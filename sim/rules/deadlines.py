"""Deadlines: what waits for its gate is late by them, but not as long as its creditor or nobody keeps that shut."""

from sim.native.rule import rule
from sim.plan.codes import NEVER, NOBODY, NONE, Clock, DueKind, Event, LateBy, Watch
from sim.rules.calendar import grace_ends
from sim.rules.conditions import gate_is_open
from sim.rules.obstacles import is_waiting, who_keeps_shut
from sim.rules.schedule import record, schedule


@rule
def has_deadline(plan, obligation):
    """Whether an obligation can be late before it is due: its deadline does not count from its gate."""
    return plan.latest_kind[obligation] != NONE and plan.latest_kind[obligation] != DueKind.GATE


@rule
def has_fallen_due(plan, state, obligation):
    """Whether something that is open has a due minute: what is late by its deadline may have none yet."""
    return not has_deadline(plan, obligation) or state.due[obligation] < NEVER


@rule
def late_at(plan, state, obligation, minute):
    """The minute at whose end something is late that is due at this minute, or by its deadline if that is later."""
    if plan.latest_kind[obligation] != NONE:
        minute = max(minute, state.latest[obligation])
    return grace_ends(plan, obligation, minute)


@rule
def _excuses(plan, obligation, actors):
    """Whether it is not late because of those who keep its gate shut: its creditor, or nobody."""
    return actors == NOBODY or (actors >> plan.creditor[obligation]) & 1 == 1


@rule
def look_at_deadlines(plan, state):
    """Something has changed: keep who shuts the gates of what has a deadline, and let time count anew that was lost."""
    for place in range(plan.n_deadlines):
        obligation = plan.deadlined[place]
        if is_waiting(state, obligation) and has_deadline(plan, obligation):
            _look_at_gate_keepers(plan, state, obligation)


@rule
def _look_at_gate_keepers(plan, state, obligation):
    """Who keeps this gate shut now; where its creditor no longer does, its deadline leaves the time that it takes."""
    before, now = state.kept_by[obligation], 0
    if not gate_is_open(plan, state, obligation):
        now = who_keeps_shut(plan, state, obligation)
        state.last_kept_by[obligation] = now
    state.kept_by[obligation] = now
    if not _excuses(plan, obligation, before) or _excuses(plan, obligation, now):
        return
    state.latest[obligation] = max(state.latest[obligation], state.now + plan.after_gate[obligation])
    state.is_held_up[obligation] = 0
    if state.watch[obligation] == Watch.GRACE:
        schedule(plan, state, Clock.CREDITOR, obligation, grace_ends(plan, obligation, state.latest[obligation]))


@rule
def begin_deadline(plan, state, obligation, minute):
    """The phase of what has a deadline has been entered: its creditor watches from now on."""
    state.latest[obligation] = minute
    state.watch[obligation] = Watch.GRACE
    schedule(plan, state, Clock.CREDITOR, obligation, grace_ends(plan, obligation, minute))


@rule
def is_not_late(plan, state, obligation):
    """Tell, as grace ends of what still waits, that its creditor or nobody keeps it waiting. Returns whether so."""
    if not has_deadline(plan, obligation) or not is_waiting(state, obligation):
        return False
    actors = state.kept_by[obligation]
    if not _excuses(plan, obligation, actors):
        return False
    state.is_held_up[obligation] = 1
    state.late_by[obligation] |= LateBy.NOT_LATE
    cause = last_of(state, obligation)
    state.cause[obligation] = record(
        state, Event.OBLIGATION_HELD_BACK, obligation, plan.debtor[obligation], cause, actors & (NOBODY - 1), 1
    )
    return True


@rule
def last_of(state, obligation):
    """The event that the status of an obligation goes back to; of what is not due yet, that of its date."""
    return state.gate_event[obligation] if state.cause[obligation] == NONE else state.cause[obligation]


@rule
def others_in_the_way(plan, state, obligation):
    """Who keeps waiting what is late, one bit each: others than its debtor, 0 where that itself does."""
    if plan.latest_kind[obligation] == NONE:
        return 0
    others = 0
    if is_waiting(state, obligation):
        others = state.last_kept_by[obligation] & (NOBODY - 1)
    if others == 1 << plan.debtor[obligation]:
        others = 0
    state.late_by[obligation] |= LateBy.ITSELF if others == 0 else LateBy.OTHERS
    return others
