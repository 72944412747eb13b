"""What obligations and phases wait for, and who is told when something that is waited for may have come."""

from sim.native.rule import rule
from sim.plan.codes import N_PARTIES, NEVER, NONE, Act, Clock, Event, Leaving, Measure, PhaseState, Talks
from sim.rules.calendar import runs_until
from sim.rules.conditions import gate_is_open, is_open
from sim.rules.deadlines import look_at_deadlines
from sim.rules.flows import wait_for_shares
from sim.rules.occasions import look_at_power
from sim.rules.schedule import record, schedule
from sim.rules.shares import record_share


@rule
def watch_gate(plan, state, obligation):
    """Keep the minute since which a gate has been open. Returns whether it has just opened."""
    if not gate_is_open(plan, state, obligation):
        state.open_since[obligation] = NEVER
        return False
    if state.open_since[obligation] != NEVER:
        return False
    state.open_since[obligation] = state.now
    return True


@rule
def wait_for_gate(plan, state, obligation):
    """The gate is shut though the date has come: whoever is to act looks again when it opens, or its time is over."""
    state.act[obligation] = Act.GATE
    state.open_since[obligation] = NEVER
    look_at_deadlines(plan, state)
    _set_clock(plan, state, obligation, runs_until(plan, state, obligation))


@rule
def _look_again(plan, state, obligation, event):
    """What an obligation waits for may have come, or have gone again while it takes its time."""
    act = state.act[obligation]
    if act == Act.GATE:
        if watch_gate(plan, state, obligation):
            _gate_opens(plan, state, obligation, event)
    elif act == Act.DUE:
        if not gate_is_open(plan, state, obligation):
            wait_for_gate(plan, state, obligation)
    elif act == Act.DATE and plan.after_gate[obligation] > 0:
        watch_gate(plan, state, obligation)


@rule
def _gate_opens(plan, state, obligation, event):
    """What an obligation waited for has come with this event: schedule who is to act."""
    _set_clock(plan, state, obligation, state.now)
    is_early = state.now <= max(state.date[obligation], state.phase_since[plan.phase[obligation]])
    if is_early and not state.decides_afresh[obligation]:
        return  # in the very minute of its date nothing was waited for; of a new date its first one says nothing
    if plan.measured_by[obligation] != Measure.TOPIC:
        state.gate_event[obligation] = event
    elif state.talks[plan.topic[obligation]] == Talks.NOT_STARTED:
        state.talks_event[plan.topic[obligation]] = event


@rule
def _set_clock(plan, state, obligation, minute):
    """When who is to act next acts: the debtor, or the talks on a topic."""
    if plan.measured_by[obligation] == Measure.TOPIC:
        schedule(plan, state, Clock.TALKS, plan.topic[obligation], minute)
    else:
        schedule(plan, state, Clock.DEBTOR, obligation, minute)


@rule
def _signal(plan, state, subject, event):
    """Something changed that others may wait for: those whose gate is shut look again, within this minute."""
    for i in range(plan.watch_start[subject], plan.watch_start[subject + 1]):
        watcher = plan.watcher[i]
        if watcher < plan.n_obligations:
            _look_again(plan, state, watcher, event)
        elif watcher >= plan.n_obligations + plan.n_phases:
            party = watcher - plan.n_obligations - plan.n_phases
            if party >= N_PARTIES:
                look_at_power(plan, state, party - N_PARTIES, event)
            elif state.is_leaving[party] == Leaving.STAYS:
                # of two, the lane of a party is what the party of a lane is
                schedule(plan, state, Clock.LEAVING, plan.party_in_lane[party], state.now)
        else:
            _look_at_phase(plan, state, watcher - plan.n_obligations, event)
    look_at_deadlines(plan, state)


@rule
def _look_at_phase(plan, state, phase, event):
    """What a phase waits for may have come, or have gone again; what brought it is kept."""
    standing = state.phase_state[phase]
    if standing in (PhaseState.WAITING, PhaseState.CONTINUED, PhaseState.LAPSED):
        if not next_may_begin(plan, state, phase):
            state.brought_by = NONE
        elif state.brought_by == NONE:
            state.brought_by = event
    elif standing != PhaseState.IN_FORCE or not plan.ends_early[phase]:
        return
    schedule(plan, state, Clock.PHASE, phase, state.now)


@rule
def next_may_begin(plan, state, phase):
    """Whether the phase after this one may be entered; true for the last. Of one that waits, whether itself may."""
    following = phase if state.phase_state[phase] == PhaseState.WAITING else plan.then[phase]
    return following == NONE or is_open(plan, state, plan.enter_start[following], plan.enter_end[following])


@rule
def signal_obligation(plan, state, obligation, event):
    """More of an obligation has been delivered."""
    _signal(plan, state, obligation, event)


@rule
def flow_acts(plan, state, place):
    """Look whether the share of a flow has reached one that somebody waits for, or fallen below it."""
    flow = plan.watched[place]
    wait_for_shares(plan, state, flow)
    event = record_share(plan, state, flow, state.cause[flow])
    if event != NONE:
        signal_obligation(plan, state, flow, event)


@rule
def signal_group(plan, state, group, event):
    """People of a group have been released."""
    _signal(plan, state, plan.n_obligations + group, event)


@rule
def signal_line(plan, state, actor, event):
    """An actor has reached a line."""
    _signal(plan, state, plan.n_obligations + plan.n_groups + actor, event)


@rule
def signal_talks(plan, state, topic, event):
    """Talks on a topic have moved."""
    _signal(plan, state, plan.n_obligations + plan.n_groups + plan.n_actors + topic, event)


@rule
def signal_phase(plan, state, phase, event):
    """A phase was entered or has ended."""
    _signal(plan, state, plan.n_obligations + plan.n_groups + plan.n_actors + plan.n_topics + phase, event)


@rule
def signal_truce(plan, state, event):
    """The truce began, was suspended or was restored."""
    _signal(plan, state, _truce_signal(plan), event)


@rule
def _truce_signal(plan):
    return plan.n_obligations + plan.n_groups + plan.n_actors + plan.n_topics + plan.n_phases


@rule
def begin_days(plan, state):
    """Each day that conditions ask for comes in its minute, whatever else happens."""
    for day in range(plan.n_days):
        schedule(plan, state, Clock.DAY, day, plan.day[day])


@rule
def day_comes(plan, state, day):
    """A day has come that conditions ask for: what waits for it opens, what was to happen before it shuts."""
    event = record(state, Event.DAY_CAME, day, NONE, state.begin_event, 0, 0)
    _signal(plan, state, _truce_signal(plan) + 1, event)
