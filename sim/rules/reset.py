"""Resets a state for the next replicate; `python docs/records.py` writes it from `state_fields.py`."""

from sim.native.rule import rule
from sim.plan.codes import NEVER, NONE, Act, End, Occasion, PhaseState, Truce


@rule
def reset_counters(plan, state):
    """What there is one of in a replicate."""
    state.now = plan.first_minute
    state.branch = 0
    state.n_events = 0
    state.fault = 0
    state.end = End.NONE
    state.end_minute = NEVER
    state.end_event = NONE
    state.brought_by = NONE
    state.acting = NONE
    state.n_withheld = 0
    state.truce = Truce.NOT_BEGUN
    state.truce_since = 0
    state.truce_minutes = 0
    state.pre_truce_minutes = max(0, plan.horizon)
    state.truce_event = NONE
    state.suspended_by = NONE
    state.suspension_restores = 0
    state.suspension_obligation = NONE
    state.restored_by = NONE
    state.exchange = 0
    state.n_blocked = 0
    state.n_open = 0
    state.n_disputes = 0
    state.dispute_minutes = 0
    state.n_incidents = 0
    state.current_phase = NONE
    state.n_suspensions = 0
    state.breaks = NONE
    state.has_lapsed = 0
    state.exchange_day = -NEVER
    state.lead_minute = plan.first_minute
    state.n_walks = 0
    state.followed_events = plan.followed_events
    state.n_to_follow = 0
    state.n_decisions = 0
    state.captive_minutes[0] = 0
    state.captive_minutes[1] = 0


@rule
def reset_obligations(plan, state):
    """Once for each obligation."""
    for i in range(plan.n_obligations):
        state.status[i] = 0
        state.act[i] = Act.PHASE
        state.watch[i] = 0
        state.choice[i] = 0
        state.due[i] = NEVER
        state.delivered[i] = 0
        state.owed[i] = 0 if plan.is_dynamic[i] else plan.owed[i]
        state.was_late[i] = 0
        state.cause[i] = NONE
        state.dispute_event[i] = NONE
        state.gate_event[i] = NONE
        state.open_since[i] = NEVER
        state.n_performs[i] = 0
        state.n_complaints[i] = 0
        state.n_mediations[i] = 0
        state.n_withholdings[i] = 0
        state.n_suspends[i] = 0
        state.withheld[i] = 0
        state.blocked[i] = 0
        state.credited[i] = 0
        state.is_moving[i] = 0
        state.delay[i] = 0
        state.is_put_off[i] = 0
        state.decides_afresh[i] = 0
        state.reached[i] = 0


@rule
def reset_flows(plan, state):
    """Once for each flow."""
    for place in range(plan.n_flows):
        i = plan.flow[place]
        state.flow_since[i] = 0
        state.flow_today[i] = 0
        state.flow_level[i] = 0.0
        state.flow_delivered[i] = 0.0
        state.flow_expected[i] = 0.0
        state.flow_kept_today[i] = 0.0


@rule
def reset_lasting(plan, state):
    """Once for each obligation that lasts."""
    for place in range(plan.n_lasting):
        i = plan.lasting[place]
        state.owed_from[i] = NEVER
        state.kept[i] = 0
        state.kept_since[i] = -NEVER


@rule
def reset_deadlines(plan, state):
    """Once for each obligation with a deadline."""
    for place in range(plan.n_deadlines):
        i = plan.deadlined[place]
        state.kept_by[i] = 0
        state.last_kept_by[i] = 0
        state.is_held_up[i] = 0
        state.late_by[i] = 0


@rule
def reset_walks(plan, state):
    """Once for each step of a walk."""
    for i in range(plan.n_walked):
        state.walked[i] = 0


@rule
def reset_lots(plan, state):
    """Once for each lot."""
    for place in range(plan.n_in_step):
        i = plan.in_step[place]
        state.ready_since[i] = NEVER
        state.held_back[i] = 0


@rule
def reset_entries(plan, state):
    """Once for each entry."""
    for i in range(plan.n_entries):
        state.entry_owed[i] = plan.entry_count[i]
        state.entry_moving[i] = 0
        state.entry_delivered[i] = 0
        state.entry_remains_moving[i] = 0
        state.entry_remains[i] = 0


@rule
def reset_groups(plan, state):
    """Once for each group."""
    for i in range(plan.n_groups):
        state.held[i] = plan.count[i]
        state.in_transit[i] = 0
        state.released[i] = 0
        state.n_located[i] = 0
        state.n_identified[i] = 0
        state.n_searched[i] = 0
        state.died[i] = 0
        state.remains_held[i] = 0
        state.remains_in_transit[i] = 0
        state.remains_returned[i] = 0


@rule
def reset_phases(plan, state):
    """Once for each phase."""
    for i in range(plan.n_phases):
        state.phase_state[i] = PhaseState.AHEAD
        state.phase_since[i] = 0
        state.phase_event[i] = NONE
        state.n_phase_open[i] = 0
        state.moved[i] = 0
        state.end_moved[i] = 0
        state.lengthened[i] = 0


@rule
def reset_actors(plan, state):
    """Once for each actor."""
    for i in range(plan.n_actors):
        state.n_open_disputes[i] = 0
        state.line[i] = 0
        state.handed_over_day[i] = -NEVER
        state.share[i] = 0
        state.largest_lead[i] = 0
        state.lead_at[i] = NONE
        state.is_leaving[i] = 0
        state.recent_incidents[i] = 0.0
        state.recent_since[i] = 0


@rule
def reset_topics(plan, state):
    """Once for each topic."""
    for i in range(plan.n_topics):
        state.talks[i] = 0
        state.talks_event[i] = NONE
        state.n_openings[i] = 0
        state.talks_deadline[i] = NEVER
        state.talks_turn[i] = 0


@rule
def reset_sources(plan, state):
    """Once for each source."""
    for i in range(plan.n_sources):
        state.n_arrivals[i] = 0
        state.intensity_since[i] = 0
        state.intensity[i] = 0.0


@rule
def reset_powers(plan, state):
    """Once for each power."""
    for i in range(plan.n_powers):
        state.occasion[i] = Occasion.NONE
        state.n_occasions[i] = 0
        state.n_used[i] = 0
        state.power_event[i] = NONE


@rule
def reset_parameters(plan, state):
    """Once for each parameter."""
    for i in range(plan.n_parameters):
        state.parameter[i] = plan.parameter[i]


@rule
def reset_clocks(plan, state):
    """Once for each clock."""
    for i in range(plan.n_clocks):
        state.scheduled[i] = NEVER


@rule
def reset(plan, state):
    """Every field that has a value at the start of a replicate."""
    reset_counters(plan, state)
    reset_obligations(plan, state)
    reset_flows(plan, state)
    reset_lasting(plan, state)
    reset_deadlines(plan, state)
    reset_walks(plan, state)
    reset_lots(plan, state)
    reset_entries(plan, state)
    reset_groups(plan, state)
    reset_phases(plan, state)
    reset_actors(plan, state)
    reset_topics(plan, state)
    reset_sources(plan, state)
    reset_powers(plan, state)
    reset_parameters(plan, state)
    reset_clocks(plan, state)
