"""How much of an obligation is delivered, of all that it owes: the share of gates, guarantees, leads and scores."""

from sim.native.rule import rule
from sim.plan.codes import NONE, WHOLE, Event, Measure, PhaseState, Status
from sim.rules.flows import share_of_flow
from sim.rules.schedule import record


@rule
def is_given_up(plan, state, obligation):
    """Whether an obligation ended undone with a phase that the deal has left behind: nobody waits for it any more."""
    if state.status[obligation] < Status.DEFAULTED:  # the last of all: defaulted, excused, void
        return False
    return state.phase_state[plan.phase[obligation]] == PhaseState.PAST


@rule
def _may_earn(plan, state, obligation, release):
    """What a return would still come to owe if everybody left to come out under its release came out alive."""
    more = 0
    for ratio in range(plan.ratio_start[obligation], plan.ratio_start[obligation + 1]):
        group = plan.ratio_released_group[ratio]
        left = 0
        for item in range(plan.entry_start[release], plan.entry_start[release + 1]):
            if plan.entry_group[item] == group:
                left += state.entry_owed[item] - state.entry_delivered[item]
        more += plan.ratio_each[ratio] * left
        if 0 < left == plan.count[group] - state.released[group]:
            more += plan.ratio_remainder[ratio]
    return more


@rule
def whole_of(plan, state, obligation):
    """All that an obligation owes, counted in people or units; of a return also what it may still come to owe."""
    if not plan.is_dynamic[obligation]:
        return plan.owed[obligation]
    release = plan.release_of[obligation]
    if state.delivered[release] >= state.owed[release] or is_given_up(plan, state, release):
        return state.owed[obligation]
    return state.owed[obligation] + _may_earn(plan, state, obligation, release)


@rule
def _release_is_over(plan, state, obligation):
    """Whether nobody is left to come out under the release that a return is owed for."""
    release = plan.release_of[obligation]
    return state.delivered[release] >= state.owed[release] or is_given_up(plan, state, release)


@rule
def share_has_come(plan, state, obligation, share):
    """Whether a share of a return or a flow, in parts of `WHOLE`, is delivered; above that, whether it is done."""
    if plan.measured_by[obligation] == Measure.RATE:
        return state.reached[obligation] >= share
    if plan.is_up_to[obligation] and share > WHOLE:
        return Status.MET <= state.status[obligation] <= Status.CURED
    if plan.is_dynamic[obligation] and share > WHOLE:
        return _release_is_over(plan, state, obligation) and state.delivered[obligation] >= state.owed[obligation]
    whole = whole_of(plan, state, obligation)
    if plan.is_dynamic[obligation] and whole == 0:
        return _release_is_over(plan, state, obligation)
    # a part of `WHOLE` less, for shares that have no end in decimals
    return state.delivered[obligation] * WHOLE >= (share - 1) * whole


@rule
def _largest_step(plan, state, obligation):
    """The largest share that somebody waits for of those delivered, 0 if none is."""
    largest = 0
    for place in range(plan.step_start[obligation], plan.step_start[obligation + 1]):
        share = plan.step[place]
        if plan.measured_by[obligation] == Measure.RATE:
            has_come = share_of_flow(plan, state, obligation) * WHOLE >= share - 1
        else:
            has_come = share_has_come(plan, state, obligation, share)
        if has_come:
            largest = share
    return largest


@rule
def record_share(plan, state, obligation, cause):
    """Keep which of the shares that somebody waits for has been delivered; the number of the event, or `NONE`."""
    if plan.step_start[obligation] == plan.step_start[obligation + 1]:
        return NONE
    before, after = state.reached[obligation], _largest_step(plan, state, obligation)
    if before == after:
        return NONE
    state.reached[obligation] = after
    return record(state, Event.OBLIGATION_SHARE, obligation, plan.debtor[obligation], cause, before, after)
