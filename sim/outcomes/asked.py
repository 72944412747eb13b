"""Outcomes by day, such as `hostages_living_released by day 42`: what stands at the end of a day of one replicate.

They are columns of the rows of whoever asks for them, behind all others, and so have intervals, paired differences and
a place in stored tables like any outcome.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from sim.document.measured import PEOPLE
from sim.outcomes.so_far import OF_LIST, OF_STEPS, OF_STOCK, OF_UNITS
from sim.plan.codes import NONE
from sim.plan.plan import Plan

STEPS = "steps_done"
NOTHING = np.zeros(0, np.int64)
BY_DAY = re.compile(r"(?P<of>[a-z][a-z0-9_.]*) by day (?P<day>[0-9]{1,5})")


def asked_by_day(name: str) -> tuple[str, int] | None:
    """What is counted and by the end of which day; None for any other outcome.

    Parameters
    ----------
    name : str
        Such as 'hostages_living_released by day 42'.
    """
    match = BY_DAY.fullmatch(name)
    return None if match is None else (match["of"], int(match["day"]))


def counted_by_day(plan: Plan) -> dict[str, tuple[int, int]]:
    """By name, what can be asked by the end of a day: its kind, and of which list, stock, obligation or party.

    People by list and by stock, units of an obligation, and obligations done: of both parties and of either.

    Parameters
    ----------
    plan : Plan
    """
    in_units = [o for o in range(len(plan.obligations)) if plan.record[0]["is_in_units"][o]]
    return (
        {name: (OF_LIST, place) for place, name in enumerate(PEOPLE)}
        | {f"released_{name}": (OF_STOCK, place) for place, name in enumerate(plan.groups)}
        | {f"delivered_{plan.obligations[o]}": (OF_UNITS, o) for o in in_units}
        | {STEPS: (OF_STEPS, NONE)}
        | {f"{STEPS}_{party}": (OF_STEPS, place) for place, party in enumerate(plan.parties)}
    )


def asking(plan: Plan, outcomes: Iterable[str]) -> Plan:
    """The plan with those outcomes by day as columns that it has not yet and can count.

    Parameters
    ----------
    plan : Plan
    outcomes : iterable of str
        Any outcomes; those that are not by day, or of what this plan does not have, change nothing.
    """
    known = counted_by_day(plan)
    wanted = {name: asked for name in (*plan.asked, *outcomes) if (asked := asked_by_day(name)) and asked[0] in known}
    names = tuple(sorted(wanted, key=lambda name: (wanted[name][1], wanted[name][0], name)))
    return plan if names == plan.asked else replace(plan, asked=names)


def layout_of(plan: Plan) -> np.ndarray[Any, Any]:
    """What the kernel takes to count what is asked, the earliest day first: the minute with which the day is
    over, what is counted, and of what.

    Parameters
    ----------
    plan : Plan
    """
    if not plan.asked:
        return NOTHING
    known, midnight = counted_by_day(plan), int(plan.record[0]["midnight"])
    rows = [(midnight + 1440 * day, *known[of]) for of, day in map(_parts, plan.asked)]
    return np.array(rows, np.int64).reshape(-1)


def _parts(name: str) -> tuple[str, int]:
    asked = asked_by_day(name)
    assert asked is not None
    return asked
