"""Phases: entered, run out, continued while talks go on, lapsed; after a lapse each side may leave."""

from sim.native.rule import rule
from sim.plan.codes import N_PARTIES, NEVER, NONE, Clock, End, Event, Leaving, Measure, PhaseState, Status
from sim.plan.uniforms import LEAVES_FIRST, LEAVES_FIRST_LATENCY, LEAVES_SECOND, LEAVES_SECOND_LATENCY
from sim.rules.calendar import limit_of, time_is_up_at
from sim.rules.causes import lacking, missing, missing_at_horizon
from sim.rules.chance import time_of, uniforms
from sim.rules.conditions import is_open
from sim.rules.ending import end_deal
from sim.rules.gates import next_may_begin, signal_obligation, signal_phase
from sim.rules.owing import begin_obligation
from sim.rules.schedule import cancel, record, schedule
from sim.rules.shares import is_given_up
from sim.rules.standing import end_flow, look_at_returns, void
from sim.rules.talks import begin_talks
from sim.rules.truce import begin_truce


@rule
def enter_phase(plan, state, phase, cause):
    """A phase begins: its obligations have dates from now on."""
    event = record(state, Event.PHASE_ENTERED, phase, NONE, cause, state.phase_state[phase], PhaseState.IN_FORCE)
    state.phase_state[phase] = PhaseState.IN_FORCE
    state.phase_since[phase] = max(0, state.now)
    state.moved[phase], state.end_moved[phase], state.lengthened[phase] = 0, 0, 0
    state.phase_event[phase] = event
    state.current_phase, state.brought_by = phase, NONE
    state.has_lapsed = 0
    for lane in range(N_PARTIES):
        state.is_leaving[lane] = 0
        cancel(plan, state, Clock.LEAVING, lane)
    if plan.has_truce[phase] and not _truce_is_owed(plan, state):
        if state.now < 0:  # what is owed before the deal's first day does not bring the truce forward
            schedule(plan, state, Clock.TRUCE, 0, 0)
        else:
            begin_truce(plan, state, NONE, event)
    for i in range(plan.phase_obligation_start[phase], plan.phase_obligation_start[phase + 1]):
        obligation = plan.phase_obligation[i]
        if plan.measured_by[obligation] == Measure.TOPIC:
            begin_talks(plan, state, obligation, event)
        else:
            begin_obligation(plan, state, obligation, event)
    if state.n_phase_open[phase] == 0 and (plan.lasts[phase] == NONE or plan.ends_early[phase]):
        schedule(plan, state, Clock.PHASE, phase, state.now)
    elif plan.lasts[phase] != NONE:
        schedule(plan, state, Clock.PHASE, phase, state.now + plan.lasts[phase])
    signal_phase(plan, state, phase, event)


@rule
def _truce_is_owed(plan, state):
    """Whether somebody has still to begin the truce, from the phase in force or an earlier one."""
    for i in range(plan.n_lasting):
        obligation = plan.lasting[i]
        if state.status[obligation] < Status.MET and state.phase_state[plan.phase[obligation]] >= PhaseState.IN_FORCE:
            return True
    return False


@rule
def phase_acts(plan, state, phase):
    """A phase acts: it begins, its time is up, or what it waits for has come."""
    standing = state.phase_state[phase]
    if standing == PhaseState.WAITING:
        if next_may_begin(plan, state, phase):
            enter_phase(plan, state, phase, state.brought_by)
    elif standing == PhaseState.IN_FORCE:
        lasts = plan.lasts[phase]
        all_met = state.n_phase_open[phase] == 0
        if lasts == NONE and not all_met:
            return
        early = lasts != NONE and state.now < time_is_up_at(plan, state, phase)
        if early and not (all_met and plan.ends_early[phase] and next_may_begin(plan, state, phase)):
            schedule(plan, state, Clock.PHASE, phase, time_is_up_at(plan, state, phase))
            return
        _time_is_up(plan, state, phase)
    elif standing in (PhaseState.CONTINUED, PhaseState.LAPSED):
        _proceed(plan, state, phase)


@rule
def _whether(drawn, lane):
    """The uniform that decides whether the party of this lane leaves."""
    return drawn[LEAVES_FIRST] if lane == 0 else drawn[LEAVES_SECOND]


@rule
def _latency(drawn, lane):
    """The uniform of the time after which it does."""
    return drawn[LEAVES_FIRST_LATENCY] if lane == 0 else drawn[LEAVES_SECOND_LATENCY]


@rule
def _time_is_up(plan, state, phase):
    """The phase's time is up: a party may leave whatever the talks say; otherwise the deal moves on or waits."""
    drawn = uniforms(plan, state, plan.key_leaves[phase], 0)
    for lane in range(N_PARTIES):
        party = plan.party_in_lane[lane]
        slot = plan.leaves_after_phase[party, phase]
        if slot != NONE and _whether(drawn, lane) < state.parameter[slot]:
            _prepare_to_leave(plan, state, lane, _latency(drawn, lane))
    _proceed(plan, state, phase)


@rule
def _stays(plan, state, party):
    """Whether something keeps a party in the deal now."""
    start, end = plan.stays_start[party], plan.stays_end[party]
    return start < end and is_open(plan, state, start, end)


@rule
def _prepare_to_leave(plan, state, lane, u):
    """The party of this lane has decided to leave; it does after its latency, unless something keeps it then."""
    party = plan.party_in_lane[lane]
    minutes = time_of(state, u, plan.leave_median[party], plan.leave_p95[party])
    if minutes == 0 and _stays(plan, state, party):
        state.is_leaving[party] = Leaving.STAYS
        return
    state.is_leaving[party] = Leaving.DECIDED
    schedule(plan, state, Clock.LEAVING, lane, state.now + minutes)


@rule
def _proceed(plan, state, phase):
    """On to the next phase, on with this one, or a lapse."""
    following = plan.then[phase]
    decided = state.is_leaving[0] == Leaving.DECIDED or state.is_leaving[1] == Leaving.DECIDED
    leaving = decided and state.phase_state[phase] != PhaseState.LAPSED
    if leaving:
        _continue(plan, state, phase)
    elif following == NONE:
        if state.n_open == 0:
            _end_phase(plan, state, phase, state.phase_event[phase])
            end_deal(plan, state, End.COMPLETED, state.phase_event[phase])
        else:
            _continue(plan, state, phase)
    elif next_may_begin(plan, state, phase):
        cause = state.phase_event[phase] if state.brought_by == NONE else state.brought_by
        _end_phase(plan, state, phase, cause)
        enter_phase(plan, state, following, state.phase_event[phase])
    elif state.phase_state[phase] != PhaseState.LAPSED:
        if _may_continue(plan, state, phase):
            _continue(plan, state, phase)
        else:
            _lapse(plan, state, phase)


@rule
def _may_continue(plan, state, phase):
    """Whether a phase goes on beyond its time."""
    start, end = plan.continue_start[phase], plan.continue_end[phase]
    return start < end and state.now < _limit(plan, state, phase) and is_open(plan, state, start, end)


@rule
def _limit(plan, state, phase):
    """The minute to which a phase may continue at most."""
    if plan.at_most[phase] == NONE or plan.lasts[phase] == NONE:
        return NEVER
    return limit_of(plan, state, phase)


@rule
def _continue(plan, state, phase):
    """The phase goes on beyond its time, until something that it waits for changes or its limit is reached."""
    if state.phase_state[phase] != PhaseState.CONTINUED:
        before = state.phase_event[phase]
        state.phase_event[phase] = record(
            state, Event.PHASE_CONTINUED, phase, NONE, before, PhaseState.IN_FORCE, PhaseState.CONTINUED
        )
        state.phase_state[phase] = PhaseState.CONTINUED
        # where only a party that is about to leave holds the deal up, the next phase need not be brought by anything
        state.brought_by = state.phase_event[phase] if next_may_begin(plan, state, phase) else NONE
    limit = _limit(plan, state, phase)
    schedule(plan, state, Clock.PHASE, phase, limit if state.now < limit else NEVER)


@rule
def _end_flows(plan, state, phase, cause):
    """Flows of a phase end with it; one that has not begun never will."""
    for i in range(plan.n_flows):
        flow = plan.flow[i]
        if plan.phase[flow] == phase:
            end_flow(plan, state, flow, cause)
            if state.status[flow] == Status.PLANNED:
                void(plan, state, flow, cause)


@rule
def _end_phase(plan, state, phase, cause):
    """The phase is over; what is still owed stays owed, flows end."""
    event = record(state, Event.PHASE_ENDED, phase, NONE, cause, state.phase_state[phase], PhaseState.PAST)
    state.phase_state[phase] = PhaseState.PAST
    state.phase_event[phase] = event
    cancel(plan, state, Clock.PHASE, phase)
    _end_flows(plan, state, phase, event)
    for i in range(plan.phase_obligation_start[phase], plan.phase_obligation_start[phase + 1]):
        obligation = plan.phase_obligation[i]
        if is_given_up(plan, state, obligation):
            signal_obligation(plan, state, obligation, event)
            look_at_returns(plan, state, obligation, event)
    signal_phase(plan, state, phase, event)


@rule
def _lapse(plan, state, phase):
    """The phase is over and nothing follows: what is open ends with it, and each side may leave."""
    following = plan.then[phase]
    step = lacking(plan, state, plan.enter_start[following], plan.enter_end[following], NONE)
    cause = missing(plan, state, step, state.phase_event[phase])
    event = record(state, Event.PHASE_LAPSED, phase, NONE, cause, state.phase_state[phase], PhaseState.LAPSED)
    state.phase_state[phase] = PhaseState.LAPSED
    state.phase_event[phase] = event
    state.has_lapsed, state.brought_by = 1, NONE
    cancel(plan, state, Clock.PHASE, phase)
    _end_flows(plan, state, phase, event)
    for i in range(plan.phase_obligation_start[phase], plan.phase_obligation_start[phase + 1]):
        obligation = plan.phase_obligation[i]
        if plan.measured_by[obligation] != Measure.TOPIC:
            void(plan, state, obligation, event)
    drawn = uniforms(plan, state, plan.key_leaves[phase], 1)
    for lane in range(N_PARTIES):
        party = plan.party_in_lane[lane]
        if state.is_leaving[party]:
            continue  # it has decided before, and stays for as long as it has a reason to
        if _whether(drawn, lane) < state.parameter[plan.leaves_after_lapse[party]]:
            _prepare_to_leave(plan, state, lane, _latency(drawn, lane))


@rule
def party_leaves(plan, state, lane):
    """A party leaves and ends the deal, unless a reason to stay holds; of two, the first in the document leaves."""
    party = plan.party_in_lane[lane]
    if _stays(plan, state, party):
        state.is_leaving[party] = Leaving.STAYS
        if state.phase_state[state.current_phase] == PhaseState.CONTINUED:
            schedule(plan, state, Clock.PHASE, state.current_phase, state.now)  # which it no longer holds up
        return
    cause = state.phase_event[state.current_phase]
    event = record(state, Event.PARTY_LEFT, party, party, cause, 0, 0)
    end_deal(plan, state, End.LAPSED if state.has_lapsed else End.COLLAPSED, event)


@rule
def horizon_reached(plan, state):
    """The horizon is reached: what stands then is censored."""
    cause = missing_at_horizon(plan, state)
    event = record(state, Event.HORIZON_REACHED, 0, NONE, cause, 0, 0)
    end_deal(plan, state, End.STANDING, event)
