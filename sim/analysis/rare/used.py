"""Which words of a state a plan uses: what has to be copied for a history to go on as several."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.plan.codes import FIRST_TOP, N_TOPS
from sim.plan.fields import PER
from sim.plan.plan import Plan
from sim.plan.record import STATE
from sim.plan.state_fields import STATE_FIELDS

WORD = 8
_NOT_KEPT = {"spread", "spread_median", "spread_p95", "decisions", "events", "to_follow"}
"""Made of parameters alone, of scripts, or copied as far as it is written."""


def used_words(plan: Plan) -> np.ndarray[Any, Any]:
    """Starts and lengths of the stretches of a state that a plan uses, in words; listed events and trace come last.

    Parameters
    ----------
    plan : Plan
    """
    stretches = []
    for field in STATE_FIELDS:
        if field.name in _NOT_KEPT:
            continue
        start, rows = _start(field.name), _rows(field.per, plan)
        wide = int(np.prod(PER[field.per][1:])) if PER[field.per] else 1
        if field.name == "earliest":
            stretches += _trees(start, plan)
        elif rows:
            stretches.append((start, rows * wide))
    return np.array([*_joined(sorted(stretches)), (_start("to_follow"), 0), (_start("events"), 0)], np.int64).reshape(
        -1
    )


def _start(name: str) -> int:
    assert STATE.fields is not None
    return int(STATE.fields[name][1]) // WORD


def _rows(per: str, plan: Plan) -> int:
    """How many rows of a field a plan uses; all of them where nothing says fewer."""
    p, most = plan.record[0], (PER[per] or (1,))[0]
    counts = {
        "parameter": "n_parameters", "entry": "n_entries", "clock": "n_clocks", "group": "n_groups",
        "phase": "n_phases", "fact": "n_facts", "guarantee": "n_guarantees",
    }  # fmt: skip
    if per in counts:
        return int(p[counts[per]])
    if per.startswith(("obligation", "flow", "lot", "leg")):
        return int(p["n_obligations"])
    if per == "step of a walk":
        return int(p["n_obligations"]) + int(p["n_phases"])
    if per in ("person searched for", "person who may die"):
        return min(most, int(p["count"][: int(p["n_groups"])].sum()))
    return most


def _trees(start: int, plan: Plan) -> list[tuple[int, int]]:
    depths = plan.record[0]["tree_depth"].tolist()
    return [(start + (FIRST_TOP + i << level), 1 << level) for i in range(N_TOPS) for level in range(depths[i] + 1)]


def _joined(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, length in stretches:
        if joined and sum(joined[-1]) == start:
            joined[-1] = joined[-1][0], joined[-1][1] + length
        else:
            joined.append((start, length))
    return joined
