"""What obligations, talks and phases wait for, and how much of an obligation has been delivered: 'Shares'."""

from __future__ import annotations

import math
from typing import Any

from tests.oracle import flows
from tests.oracle.reading import NotCovered, listed
from tests.oracle.world import DONE, Duty, World

ALMOST = 1e-9


def conditions(value: Any) -> list[dict[str, Any]]:
    """Conditions as mappings, whichever way they are written."""
    return [_full(one) for one in listed(value)]


def _full(one: Any) -> dict[str, Any]:
    if isinstance(one, dict):
        return one
    head, *rest = str(one).split(".")
    if head in ("truce", "line"):
        return {head: rest[0]}
    if head in ("talks", "phase"):
        default = "under_way" if head == "talks" else "entered"
        return {head: rest[0], "state": rest[1] if len(rest) > 1 else default}
    return {"obligation": head}


def holds(world: World, value: Any, but_lists_of: str | None = None) -> bool:
    """Whether all of these hold; lists that this party owes may be missing."""
    return all(_one(world, condition, but_lists_of) for condition in conditions(value))


def _one(world: World, condition: dict[str, Any], but_lists_of: str | None = None) -> bool:
    if condition.get("any"):
        return any(_one(world, one, but_lists_of) for one in conditions(condition["any"]))
    if condition.get("obligation"):
        duties = world.of_name(condition["obligation"])
        share = condition.get("share")
        if but_lists_of and all(d.kind == "information" and d.by == but_lists_of for d in duties):
            return True
        return all(_reached(world, duty, None if share is None else float(share)) for duty in duties)
    if condition.get("released") is not None:
        return _released(world, condition)
    if condition.get("line"):
        lines = list(world.deal["lines"])
        by = condition.get("by") or next(d.by for d in world.duties if d.kind == "withdrawal")
        return world.lines.get(by, 0) >= lines.index(condition["line"])
    if condition.get("talks"):
        talks = world.talks[condition["talks"]]
        state = condition.get("state") or "under_way"
        return bool(talks.was_opened if state == "started" else talks.state == state)
    if condition.get("phase"):
        return _phase(world, condition)
    if condition.get("truce"):
        return bool(world.truce.state == condition["truce"])
    raise NotCovered(f"condition {condition}")


def is_left_behind(world: World, duty: Duty) -> bool:
    """Whether it was left undone and the deal has gone on to another phase without it."""
    return duty.status in ("void", "defaulted", "excused") and world.phases.state[duty.phase] == "past"


def _reached(world: World, duty: Duty, share: float | None) -> bool:
    """Whether so much of it has been delivered; without a share, whether it is done."""
    if is_left_behind(world, duty) or (duty.owes_nothing and duty.status == "void"):
        return True
    if duty.kind == "flow":
        return duty.has_run if share is None else flows.share_now(world, duty) >= share - ALMOST
    if duty.release:
        release = world.by_key[duty.release]
        owed = sum(duty.owed.values()) + still_to_earn(world, duty, release)
        if share is None and (still_to_come(world, release) or not _is_over(world, release)):
            return False
        if not owed:
            return _is_over(world, release)
        return sum(duty.arrived.values()) >= math.ceil((share or 1.0) * owed - ALMOST)
    if share is None or (share == 1.0 and not duty.owed and not duty.terms.get("units")):
        return duty.status in DONE
    if duty.owed:
        return sum(duty.arrived.values()) >= math.ceil(share * sum(duty.owed.values()) - ALMOST)
    if duty.terms.get("units"):
        return duty.units_done >= math.ceil(share * int(duty.terms["units"]) - ALMOST)
    raise NotCovered(f"a share of {duty.kind}")


def _is_over(world: World, release: Duty) -> bool:
    return release.status in DONE or is_left_behind(world, release) or release.status == "void"


def still_to_come(world: World, release: Duty) -> int:
    """People whom a release has yet to hand over."""
    if release.status in DONE or is_left_behind(world, release):
        return 0
    return sum(release.owed.values()) - sum(release.arrived.values())


def still_to_earn(world: World, duty: Duty, release: Duty) -> int:
    """What a return would come to owe if everybody still to come out under its release came out alive."""
    if not still_to_come(world, release):
        return 0
    total = 0
    for key, ratio in duty.terms["ratio"].items():
        left = release.owed.get(key, 0) - release.arrived.get(key, 0)
        group = world.people.groups[key]
        for rate in ratio.values():
            if not isinstance(rate, dict):
                total += int(rate) * left
                continue
            total += int(rate["total"]) // group.count * left
            if left and left == group.count - group.released_ever:
                total += int(rate["total"]) % group.count
    return total


def _released(world: World, condition: dict[str, Any]) -> bool:
    groups, wanted = world.people.groups, condition["released"]
    if isinstance(wanted, dict):
        return all(groups[key].released_ever >= count for key, count in wanted.items())
    name, of = condition["list"], condition.get("of")
    counted = [group for group in groups.values() if group.on_list == name and of in (None, group.of)]
    return sum(group.released_ever for group in counted) >= wanted


def _phase(world: World, condition: dict[str, Any]) -> bool:
    state = world.phases.state[condition["phase"]]
    if (condition.get("state") or "entered") == "entered":
        return state not in ("ahead", "waiting")
    return bool(state == "past")
