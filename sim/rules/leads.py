"""How far each side is ahead of the other in what it has delivered, looked at when a minute is over.

What can be counted is credited as it is delivered. What lasts (a truce) is delivered by the minute: the share of it
grows while it is kept.
"""

from sim.native.entry import entry
from sim.native.rule import rule
from sim.plan.codes import N_PARTIES, NEVER, NONE, Measure, Truce
from sim.rules.calendar import time_is_up_at
from sim.rules.shares import whole_of
from sim.rules.sides import is_party


@rule
def credit(plan, state, obligation):
    """The debtor's delivered share (parts per million) is what this obligation's share makes of it now."""
    debtor = plan.debtor[obligation]
    if not is_party(debtor) or plan.value[obligation] == 0 or plan.measured_by[obligation] == Measure.KEEP:
        return
    whole = whole_of(plan, state, obligation)
    value = plan.value[obligation]
    if whole > 0:
        value = value * min(state.delivered[obligation], whole) // whole
    elif state.delivered[plan.release_of[obligation]] < state.owed[plan.release_of[obligation]]:
        value = 0
    if value != state.credited[obligation]:
        close_minutes(plan, state)
        state.share[debtor] += value - state.credited[obligation]
        state.credited[obligation] = value


@rule
def close_minutes(plan, state):
    """Look at the leads of the minutes that are over; called before anything changes that they count."""
    if state.now == state.lead_minute:
        return
    # seldom can a lead be larger than all before, and what lasts adds no more than its value
    lead = state.share[0] - state.share[1]
    may_lead = lead + plan.lasting_value[0] > state.largest_lead[0]
    if may_lead or plan.lasting_value[1] - lead > state.largest_lead[1]:
        _look_back(plan, state)
    state.lead_minute = state.now


@rule
def _look_back(plan, state):
    """Between two changes a lead moves in a straight line, but where what is owed by the minute is over."""
    _look(plan, state, state.lead_minute)
    for i in range(plan.n_lasting):
        obligation = plan.lasting[i]
        if -NEVER < state.kept_since[obligation] < NEVER:
            if state.lead_minute < state.owed_to[obligation] < state.now - 1:
                _look(plan, state, state.owed_to[obligation])
            _look(plan, state, state.now - 1)


@rule
def close_last_minute(plan, state):
    """The deal is over: look at what its last minute leaves."""
    close_minutes(plan, state)
    _look(plan, state, state.now)


@rule
def share_at(plan, state, party, minute):
    """What a party has delivered of all that it owes at a minute since the last change, in parts per million."""
    share = state.share[party]
    for i in range(plan.n_lasting):
        obligation = plan.lasting[i]
        if plan.debtor[obligation] == party and state.kept_since[obligation] != -NEVER:
            owed = state.owed_to[obligation] - state.owed_from[obligation]
            kept = minutes_kept(state, obligation, minute)
            share += plan.value[obligation] * kept // owed if owed > 0 else plan.value[obligation]
    return share


@rule
def _look(plan, state, minute):
    lead = share_at(plan, state, 0, minute) - share_at(plan, state, 1, minute)
    ahead = 0 if lead > 0 else 1
    if abs(lead) > state.largest_lead[ahead]:
        state.largest_lead[ahead], state.lead_at[ahead] = abs(lead), minute


@entry("plans states int ints")
def shares_at(plans, states, minute, shares):
    """`share_at` of both parties for Python."""
    for party in range(N_PARTIES):
        shares[party] = share_at(plans[0], states[0], party, minute)


# ---------------------------------------------------------------- what lasts


@rule
def _owed_until(plan, state, obligation):
    """The minute to which a lasting duty is owed: its phase's length is over, or the horizon."""
    phase = plan.phase[obligation]
    if plan.lasts[phase] == NONE:
        return plan.horizon
    return min(plan.horizon, time_is_up_at(plan, state, phase))


@rule
def owe_for_longer(plan, state):
    """The ends of phases have moved, and with them those of what is owed by the minute."""
    for i in range(plan.n_lasting):
        state.owed_to[plan.lasting[i]] = _owed_until(plan, state, plan.lasting[i])


@rule
def minutes_kept(state, obligation, minute):
    """For how long a lasting duty has been kept up to a minute, of the time for which it is owed."""
    since = state.kept_since[obligation]
    if not -NEVER < since < NEVER:
        return state.kept[obligation]
    return state.kept[obligation] + max(0, min(minute, state.owed_to[obligation]) - since)


@rule
def begin_keeping(plan, state, obligation):
    """A lasting duty has begun; it is kept from now on unless its debtor suspends the truce now."""
    close_minutes(plan, state)
    state.owed_to[obligation] = _owed_until(plan, state, obligation)
    broken = state.truce == Truce.SUSPENDED and _is_broken_by(plan, obligation, state.suspended_by)
    state.kept_since[obligation] = NEVER if broken else state.now


@rule
def _is_broken_by(plan, obligation, party):
    """Whether a suspension of the truce by a party breaks a lasting duty: one of its own, or of no party's."""
    debtor = plan.debtor[obligation]
    return debtor == party or not is_party(debtor)


@rule
def stop_keeping(plan, state, party):
    """A party suspends the truce, or the deal has ended (`NONE`): what it breaks with that is kept no longer."""
    for i in range(plan.n_lasting):
        obligation = plan.lasting[i]
        is_kept = -NEVER < state.kept_since[obligation] < NEVER
        if is_kept and (party == NONE or _is_broken_by(plan, obligation, party)):
            close_minutes(plan, state)
            state.kept[obligation] = minutes_kept(state, obligation, state.now)
            state.kept_since[obligation] = NEVER


@rule
def keep_again(plan, state):
    """The truce holds again: what its suspension broke is kept from now on."""
    for i in range(plan.n_lasting):
        if state.kept_since[plan.lasting[i]] == NEVER:
            close_minutes(plan, state)
            state.kept_since[plan.lasting[i]] = state.now


@rule
def share_kept(state, obligation):
    """Minutes for which a lasting duty was kept, over those for which it was owed until the deal's end; 0 if never."""
    if state.kept_since[obligation] == -NEVER:
        return 0.0
    owed = min(state.end_minute, state.owed_to[obligation]) - state.owed_from[obligation]
    return state.kept[obligation] / owed if owed > 0 else 1.0
