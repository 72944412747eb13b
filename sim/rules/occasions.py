"""When a power comes up, and whether those who have it are going to use it."""

from sim.native.rule import rule
from sim.plan.codes import Clock, Decision, Occasion
from sim.plan.uniforms import USES_TIME, USES_WHETHER
from sim.rules.chance import time_of, uniforms
from sim.rules.conditions import is_open
from sim.rules.schedule import cancel, schedule
from sim.rules.script import choose


@rule
def look_at_power(plan, state, power, event):
    """What a power waits for may have come, or have gone again: with it comes or goes the occasion to use it."""
    if state.occasion[power] == Occasion.USED:
        return
    if not is_open(plan, state, plan.power_start[power], plan.power_end[power]):
        state.occasion[power] = Occasion.NONE
        cancel(plan, state, Clock.POWER, power)
    elif state.occasion[power] == Occasion.NONE:
        _decide(plan, state, power, event)


@rule
def _decide(plan, state, power, event):
    """It comes up, and is decided afresh: it is used after a time, or not on this occasion."""
    drawn = uniforms(plan, state, plan.key_uses[power], state.n_occasions[power])
    whether, when = drawn[USES_WHETHER], drawn[USES_TIME]
    is_used = whether < state.parameter[plan.power_used[power]]
    if plan.is_scripted:
        is_used = choose(plan, state, Decision.POWER, power, state.n_occasions[power], 1 << 1) == 1
    state.n_occasions[power] += 1
    state.occasion[power] = Occasion.DECIDED
    state.power_event[power] = event
    if is_used:
        minutes = time_of(state, when, plan.power_median[power], plan.power_p95[power])
        schedule(plan, state, Clock.POWER, power, state.now + minutes)
