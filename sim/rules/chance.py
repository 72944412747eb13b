"""What is drawn: the uniforms of a decision in this replicate, and times and chances made of parameters."""

import numpy as np

from sim.native.elementary import LOG_2, exp, power
from sim.native.rule import rule
from sim.plan.codes import HALVINGS, N_QUANTILES, QUANTILE_STEPS
from sim.plan.draws import draw_branch, lognormal_at, spread_of
from sim.plan.sobol import even_block
from sim.plan.uniforms import UNCERTAIN_VALUE
from sim.rules.sides import is_party


@rule
def uniforms(plan, state, key, occurrence):
    """The four uniforms of a decision in this replicate, for one occurrence of it."""
    drawn = draw_branch(state.seed, state.replicate, key, np.uint64(occurrence), state.branch)
    if plan.n_ranked != 0:
        return even_block(plan, state.seed, state.replicate, key, occurrence, drawn)
    return drawn


@rule
def time_of(state, u, median, p95):
    """Minutes at probability `u` of the time whose median and 95th percentile are in these parameter slots."""
    half, most = state.parameter[median], state.parameter[p95]
    if most <= half or half <= 0.0:
        return np.int64(max(half, 0.0) + 0.5)
    if state.spread_median[median] != half or state.spread_p95[median] != most:
        # kept from one replicate to the next: a logarithm less for most times
        state.spread_median[median], state.spread_p95[median] = half, most
        state.spread[median] = spread_of(half, most)
    return lognormal_at(u, half, state.spread[median])


@rule
def uncertain_at(plan, number, u):
    """A number that is not known at probability `u`: linear between its two quantiles beside that."""
    inside = min(u, 1.0 - u)
    if inside * QUANTILE_STEPS >= 1.0:
        place = u * QUANTILE_STEPS
        step = int(place)
        outer, inner, part = HALVINGS + step, HALVINGS + step + 1, place - step
    else:
        width, outer = 0.5 / QUANTILE_STEPS, HALVINGS
        while inside < width and outer > 1:
            width, outer = 0.5 * width, outer - 1
        if inside < width:
            outer, part = 0, inside / width
        else:
            part = inside / width - 1.0
        inner = outer + 1
        if u > 0.5:
            outer, inner = N_QUANTILES - 1 - outer, N_QUANTILES - 1 - inner
    low, high = plan.uncertain_quantile[number, outer], plan.uncertain_quantile[number, inner]
    return low + (high - low) * part


@rule
def draw_uncertain(plan, state):
    """Parameters that are not known take this replicate's value."""
    for i in range(plan.n_uncertain):
        u = uniforms(plan, state, plan.uncertain_key[i], 0)[UNCERTAIN_VALUE]
        state.parameter[plan.uncertain_slot[i]] = uncertain_at(plan, i, u)


@rule
def pressure_on(plan, state, party):
    """What all mediators together bring to bear on a party now; 1 where the scenario names none."""
    if plan.n_pressures == 0 or not is_party(party):
        return 1.0
    total = 0.0
    for m in range(plan.n_pressures):
        age = state.now - plan.pressure_starts[m]
        if age < 0 or state.now >= plan.pressure_ends[m]:
            continue
        half_life = state.parameter[plan.pressure_half_life[m]]
        fading = exp(-LOG_2 * age / half_life) if half_life > 0.0 else 1.0
        total += state.parameter[plan.pressure[m, party]] * fading
    return total


@rule
def chance_under(chance, strength):
    """Chance of at least one success when something of this chance is tried `strength` times."""
    if chance >= 1.0:
        return 1.0 if strength > 0.0 else 0.0
    return 1.0 - power(1.0 - chance, strength)
