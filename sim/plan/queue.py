"""The clocks of a plan, and the place of each in the queue's trees."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.plan.codes import FIRST_TOP, N_PARTIES, N_TOPS, Clock
from sim.plan.names import Names


def fill_clocks(p: Any, names: Names, n_days: int, n_watched: int, n_mortal: int) -> None:
    """Number all clocks by kind, in the order in which they act, and within a kind in the document's order.

    Days and flows that somebody waits for and groups of the mortal have one each.
    """
    n = len(names.instances)
    sizes = {
        Clock.DAY: n_days, Clock.SHOCK: len(names.shocks), Clock.POWER: len(names.powers), Clock.FLOW: n_watched,
        Clock.DEBTOR: n,
        Clock.TALKS: len(names.topics), Clock.MEDIATORS: n, Clock.CREDITOR: n, Clock.TRUCE: 1,
        Clock.INCIDENTS: len(names.sources), Clock.PHASE: len(names.phases), Clock.LEAVING: N_PARTIES,
        Clock.DEATHS: n_mortal, Clock.HORIZON: 1,
    }  # fmt: skip
    total = 0
    for clock in Clock:
        p["first_clock"][clock] = total
        p["clock_kind"][total : total + sizes[clock]] = clock
        total += sizes[clock]
    p["first_clock"][len(Clock)] = p["n_clocks"] = total
    _fill_leaves(p)


def _fill_leaves(p: Any) -> None:
    """A place in the queue's trees for each clock: a tree for each kind that acts often, and one for the rest."""
    trees = {Clock.INCIDENTS: 0, Clock.DEBTOR: 1, Clock.CREDITOR: 2}
    tree_of = np.array([trees.get(Clock(kind), N_TOPS - 1) for kind in p["clock_kind"][: p["n_clocks"]]])
    for tree in range(N_TOPS):
        clocks = np.flatnonzero(tree_of == tree)
        p["tree_depth"][tree] = max(len(clocks) - 1, 0).bit_length()
        p["leaf"][clocks] = ((FIRST_TOP + tree) << p["tree_depth"][tree]) + np.arange(len(clocks))
