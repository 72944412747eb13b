"""One replicate from its first minute to its end: what both engines call."""

from sim.native.entry import entry
from sim.native.rule import rule
from sim.plan.codes import NEVER, NONE, Clock, End, Event, PhaseState, Status, Truce
from sim.rules.chance import draw_uncertain
from sim.rules.conditions import is_open
from sim.rules.deaths import begin_deaths, people_die
from sim.rules.disputes import creditor_acts
from sim.rules.ending import end_deal
from sim.rules.gates import begin_days, day_comes, flow_acts
from sim.rules.incidents import source_acts
from sim.rules.mediation import mediators_try, settle_with_truce
from sim.rules.obligations import debtor_acts
from sim.rules.people import begin_contacts
from sim.rules.phases import enter_phase, horizon_reached, party_leaves, phase_acts
from sim.rules.powers import begin_powers, power_acts
from sim.rules.reset import reset
from sim.rules.schedule import begin_queue, record, schedule
from sim.rules.shocks import begin_shock, shock_strikes
from sim.rules.standing import is_enough_at_last
from sim.rules.talks import talks_act
from sim.rules.truce import begin_truce, go_on_without_truce, restore_truce


@rule
def begin_replicate(plan, state, seed, replicate):
    """Bring the state to the first minute of this replicate: nothing has happened, the first events are scheduled."""
    reset(plan, state)
    state.seed, state.replicate = seed, replicate
    if state.is_queued:
        begin_queue(plan, state)
    draw_uncertain(plan, state)
    begin_contacts(plan, state)
    begin_deaths(plan, state)
    go_on_without_truce(plan, state)
    state.begin_event = record(state, Event.DEAL_BEGAN, 0, NONE, NONE, 0, 0)
    begin_days(plan, state)
    for shock in range(plan.n_shocks):
        begin_shock(plan, state, shock)
    schedule(plan, state, Clock.HORIZON, 0, plan.horizon)
    begin_powers(plan, state)
    state.phase_state[plan.first_phase] = PhaseState.WAITING
    if is_open(plan, state, plan.enter_start[plan.first_phase], plan.enter_end[plan.first_phase]):
        enter_phase(plan, state, plan.first_phase, state.begin_event)


@rule
def _truce_acts(plan, state):
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
def fire(plan, state, clock, minute):
    """Let the process of this clock act at this minute."""
    state.now = minute
    state.scheduled[clock] = NEVER
    kind = plan.clock_kind[clock]
    index = clock - plan.first_clock[kind]
    # the most frequent first: incidents are four of ten events of a deal that is in force for months
    if kind == Clock.INCIDENTS:
        source_acts(plan, state, index)
    elif kind == Clock.DEBTOR:
        debtor_acts(plan, state, index)
    elif kind == Clock.CREDITOR:
        if not is_enough_at_last(plan, state, index):
            creditor_acts(plan, state, index)
    elif kind == Clock.MEDIATORS:
        mediators_try(plan, state, index)
    elif kind == Clock.PHASE:
        phase_acts(plan, state, index)
    elif kind == Clock.TALKS:
        talks_act(plan, state, index)
    elif kind == Clock.TRUCE:
        _truce_acts(plan, state)
    elif kind == Clock.LEAVING:
        party_leaves(plan, state, index)
    elif kind == Clock.FLOW:
        flow_acts(plan, state, index)
    elif kind == Clock.POWER:
        power_acts(plan, state, index)
    elif kind == Clock.SHOCK:
        shock_strikes(plan, state, index)
    elif kind == Clock.DAY:
        day_comes(plan, state, index)
    elif kind == Clock.DEATHS:
        people_die(plan, state, index)
    else:
        horizon_reached(plan, state)
    if state.breaks != NONE:
        end_deal(plan, state, End.COLLAPSED, state.breaks)


@entry("plans states int int")
def fire_clock(plans, states, clock, minute):
    """`fire` for Python; with `NONE` for a clock, the replicate whose seed and number the state holds begins.

    Plan and state come as arrays of one record, which numba takes up fastest.
    """
    plan, state = plans[0], states[0]
    if clock == NONE:
        begin_replicate(plan, state, state.seed, state.replicate)
    else:
        fire(plan, state, clock, minute)
