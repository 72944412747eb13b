"""What stands at the end of a day within one replicate, written down by the same compiled rule in both engines."""

from __future__ import annotations

import numpy as np

from sim.native.entry import entry
from sim.native.rule import rule
from sim.outcomes.measure import is_done
from sim.plan.codes import N_PARTIES, NONE

OF_LIST, OF_STOCK, OF_UNITS, OF_STEPS = range(4)
"""What is counted: people of a list, people of a stock, units of an obligation, obligations done."""


@rule
def _people_out(plan, state, place):
    """People, or remains, of one of the lists that every deal has, by its place among them."""
    total = 0
    for group in range(plan.n_groups):
        if (plan.is_hostages[group] != 0) == (place < 2):
            remains = state.released[group] if plan.is_deceased[group] else state.remains_returned[group]
            total += remains if place % 2 == 1 else state.released[group] - remains
    return total


@rule
def _steps_done(plan, state, party):
    """Obligations that are met, however late, as things stand; of one party, or of both."""
    total = 0
    for obligation in range(plan.n_obligations):
        debtor = plan.debtor[obligation]
        if debtor < N_PARTIES and (party == NONE or debtor == party) and is_done(state.status[obligation]):
            total += 1
    return total


@rule
def count_of(plan, state, kind, subject):
    """One number as things stand."""
    if kind == OF_LIST:
        return _people_out(plan, state, subject)
    if kind == OF_STOCK:
        return np.int64(state.released[subject])
    if kind == OF_UNITS:
        return np.int64(min(state.delivered[subject], plan.owed[subject]))
    return _steps_done(plan, state, subject)


@rule
def count_so_far(plan, state, asked, minute, first, row):
    """Write down what is asked of days that are over at a minute. Returns the place of the next that is asked."""
    n_asked = len(asked) // 3
    while first < n_asked and asked[3 * first] <= minute:
        row[len(row) - n_asked + first] = count_of(plan, state, asked[3 * first + 1], asked[3 * first + 2])
        first += 1
    return first


@entry("plans states ints int int ints", returns=True)
def count_until(plans, states, asked, minute, first, row):
    """`count_so_far` for Python."""
    return count_so_far(plans[0], states[0], asked, minute, first, row)
