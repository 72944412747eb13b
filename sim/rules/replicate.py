"""One replicate from its first minute to its end: what both engines call."""

from sim.native.entry import entry
from sim.native.rule import rule
from sim.plan.codes import NEVER, NONE, Act, Clock, End, Event, PhaseState, Status, Truce
from sim.rules.chance import draw_uncertain
from sim.rules.deaths import begin_deaths, people_die
from sim.rules.disputes import creditor_wakes
from sim.rules.ending import end_deal
from sim.rules.gates import flow_wakes, is_open
from sim.rules.incidents import incident_happens
from sim.rules.mediation import mediators_try, settle_with_truce
from sim.rules.obligations import debtor_wakes
from sim.rules.people import begin_contacts
from sim.rules.phases import enter_phase, horizon_reached, party_leaves, phase_wakes
from sim.rules.shocks import begin_shock, shock_strikes
from sim.rules.talks import talks_wake
from sim.rules.truce import begin_truce, go_on_without_truce, restore_truce
from sim.rules.waking import begin_queue, note, wake_at


@rule
def _clear_obligations(plan, state):
    for o in range(plan.n_obligations):
        state.status[o] = 0
        state.act[o] = Act.PHASE
        state.watch[o] = 0
        state.choice[o] = 0
        state.due[o] = NEVER
        state.delivered[o] = 0
        state.owed[o] = 0 if plan.is_dynamic[o] else plan.owed[o]
        state.was_late[o] = 0
        state.cause[o] = NONE
        state.dispute_event[o] = NONE
        state.gate_event[o] = NONE
        state.n_performs[o] = 0
        state.n_complaints[o] = 0
        state.n_mediations[o] = 0
        state.n_withholdings[o] = 0
        state.n_suspends[o] = 0
        state.withheld[o] = 0
        state.blocked[o] = 0
        state.credited[o] = 0
        state.reached[o] = 0
        state.open_since[o] = NEVER
        state.is_moving[o] = 0
        state.delay[o] = 0
        state.is_put_off[o] = 0
        state.decides_afresh[o] = 0
    for i in range(plan.n_flows):
        flow = plan.flow[i]
        state.flow_level[flow] = 0.0
        state.flow_delivered[flow] = 0.0
        state.flow_expected[flow] = 0.0
        state.flow_since[flow] = 0
        state.flow_today[flow], state.flow_kept_today[flow] = 0, 0.0
    for i in range(plan.n_lasting):
        state.kept[plan.lasting[i]], state.kept_since[plan.lasting[i]] = 0, -NEVER
    for item in range(plan.n_entries):
        state.entry_owed[item] = plan.entry_count[item]
        state.entry_moving[item] = 0
        state.entry_delivered[item] = 0
        state.entry_remains_moving[item] = 0
        state.entry_remains[item] = 0


@rule
def _clear_actors(plan, state):
    for actor in range(plan.n_actors):
        state.n_open_disputes[actor] = 0
        state.line[actor] = 0
        state.handed_over_day[actor] = -NEVER
        state.share[actor] = 0
        state.largest_lead[actor] = 0
        state.lead_at[actor] = NONE
        state.is_leaving[actor] = 0
        state.recent_incidents[actor] = 0.0
        state.recent_since[actor] = 0


@rule
def _clear_people_and_phases(plan, state):
    for group in range(plan.n_groups):
        state.held[group] = plan.count[group]
        state.in_transit[group] = 0
        state.released[group] = 0
        state.n_located[group] = 0
        state.n_identified[group] = 0
        state.n_searched[group] = 0
        state.died[group] = 0
        state.remains_held[group] = 0
        state.remains_in_transit[group] = 0
        state.remains_returned[group] = 0
    for phase in range(plan.n_phases):
        state.phase_state[phase] = PhaseState.AHEAD
        state.n_phase_open[phase] = 0
        state.phase_event[phase] = NONE
        state.phase_since[phase] = 0
        state.moved[phase], state.end_moved[phase] = 0, 0
    for topic in range(plan.n_topics):
        state.talks[topic] = 0
        state.talks_event[topic] = NONE
        state.n_openings[topic] = 0
        state.talks_turn[topic] = 0
        state.talks_deadline[topic] = NEVER
    for source in range(plan.n_sources):
        state.n_arrivals[source] = 0
        state.intensity[source] = 0.0
        state.intensity_since[source] = 0


@rule
def _clear_counters(plan, state, seed, replicate):
    state.seed, state.replicate = seed, replicate
    state.now = plan.first_minute
    state.n_events, state.fault, state.breaks, state.n_decisions = 0, 0, NONE, 0
    state.n_to_follow, state.followed_events = 0, plan.followed_events
    state.end, state.end_minute, state.end_event, state.brought_by = End.NONE, NEVER, NONE, NONE
    state.acting, state.exchange_day, state.lead_minute = NONE, -NEVER, plan.first_minute
    state.n_withheld, state.n_blocked, state.n_open = 0, 0, 0
    state.truce, state.truce_since, state.truce_minutes, state.truce_event = Truce.NOT_BEGUN, 0, 0, NONE
    state.pre_truce_minutes = max(0, plan.horizon)
    state.suspended_by, state.suspension_restores, state.suspension_obligation = NONE, 0, NONE
    state.restored_by = NONE
    state.exchange, state.n_disputes, state.dispute_minutes, state.n_incidents = 0, 0, 0, 0
    state.captive_minutes[0], state.captive_minutes[1] = 0, 0
    state.current_phase, state.n_suspensions, state.has_lapsed = NONE, 0, 0
    for clock in range(plan.n_clocks):
        state.wake[clock] = NEVER
    if state.is_queued:
        begin_queue(plan, state)
    for slot in range(plan.n_parameters):
        state.parameter[slot] = plan.parameter[slot]


@rule
def begin_replicate(plan, state, seed, replicate):
    """Bring the state to the first minute of this replicate: nothing has happened, the first wakings are set."""
    _clear_counters(plan, state, seed, replicate)
    _clear_obligations(plan, state)
    _clear_actors(plan, state)
    _clear_people_and_phases(plan, state)
    draw_uncertain(plan, state)
    begin_contacts(plan, state)
    begin_deaths(plan, state)
    go_on_without_truce(plan, state)
    state.begin_event = note(state, Event.DEAL_BEGAN, 0, NONE, NONE, 0, 0)
    for shock in range(plan.n_shocks):
        begin_shock(plan, state, shock)
    wake_at(plan, state, Clock.HORIZON, 0, plan.horizon)
    state.phase_state[plan.first_phase] = PhaseState.WAITING
    if is_open(plan, state, plan.enter_start[plan.first_phase], plan.enter_end[plan.first_phase]):
        enter_phase(plan, state, plan.first_phase, state.begin_event)


@rule
def _truce_wakes(plan, state):
    """A suspension is at its end: the truce comes back, which may settle the dispute, or the deal collapses."""
    if state.truce == Truce.NOT_BEGUN:
        begin_truce(plan, state, NONE, state.phase_event[state.current_phase])
        return
    if not state.suspension_restores:
        state.breaks = state.truce_event
        return
    restore_truce(plan, state)
    obligation = state.suspension_obligation
    if obligation != NONE and state.status[obligation] == Status.DISPUTED:
        settle_with_truce(plan, state, obligation)


@rule
def let_happen(plan, state, clock, minute):
    """Let the process of this clock act at this minute."""
    state.now = minute
    state.wake[clock] = NEVER
    kind = plan.clock_kind[clock]
    index = clock - plan.first_clock[kind]
    # the most frequent first: incidents are four of ten wakings of a deal that is in force for months
    if kind == Clock.INCIDENTS:
        incident_happens(plan, state, index)
    elif kind == Clock.DEBTOR:
        debtor_wakes(plan, state, index)
    elif kind == Clock.CREDITOR:
        creditor_wakes(plan, state, index)
    elif kind == Clock.MEDIATORS:
        mediators_try(plan, state, index)
    elif kind == Clock.PHASE:
        phase_wakes(plan, state, index)
    elif kind == Clock.TALKS:
        talks_wake(plan, state, index)
    elif kind == Clock.TRUCE:
        _truce_wakes(plan, state)
    elif kind == Clock.LEAVING:
        party_leaves(plan, state, index)
    elif kind == Clock.FLOW:
        flow_wakes(plan, state, index)
    elif kind == Clock.SHOCK:
        shock_strikes(plan, state, index)
    elif kind == Clock.DEATHS:
        people_die(plan, state, index)
    else:
        horizon_reached(plan, state)
    if state.breaks != NONE:
        end_deal(plan, state, End.COLLAPSED, state.breaks)


@entry("plans states int int")
def happen(plans, states, clock, minute):
    """`let_happen` for Python; with `NONE` for a clock, the replicate whose seed and number the state holds begins.

    Plan and state come as arrays of one record, which numba takes up fastest.
    """
    plan, state = plans[0], states[0]
    if clock == NONE:
        begin_replicate(plan, state, state.seed, state.replicate)
    else:
        let_happen(plan, state, clock, minute)
