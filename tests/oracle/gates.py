"""What obligations, talks and phases wait for, and how much of an obligation has been delivered: 'Shares'."""

from __future__ import annotations

import math
from collections.abc import Iterator
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
    if str(one).startswith("day "):
        return {"day": one}
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


def _one(
    world: World, condition: dict[str, Any], but_lists_of: str | None = None, *, is_opposite: bool = False
) -> bool:
    """Whether a condition holds, or its opposite does; lists may be missing only where they are asked for."""
    if condition.get("not"):
        return _one(world, _full(condition["not"]), but_lists_of, is_opposite=not is_opposite)
    parts, needed = parts_of(condition)
    if parts:
        that_hold = sum(_one(world, one, but_lists_of, is_opposite=is_opposite) for one in parts)
        return that_hold > len(parts) - needed if is_opposite else that_hold >= needed
    return not _of_itself(world, condition) if is_opposite else _of_itself(world, condition, but_lists_of)


def parts_of(condition: dict[str, Any]) -> tuple[list[dict[str, Any]], int]:
    """What a condition is made of, and how many of these have to hold."""
    if condition.get("at_least"):
        return conditions(condition["of"]), int(condition["at_least"])
    parts = conditions(condition.get("any") or condition.get("all"))
    return parts, 1 if condition.get("any") else len(parts)


def unmet(world: World, condition: dict[str, Any], *, is_opposite: bool = False) -> Iterator[dict[str, Any]]:
    """The conditions without parts that somebody would have to bring about for this one to hold."""
    if _one(world, condition, is_opposite=is_opposite):
        return
    if condition.get("not"):
        yield from unmet(world, _full(condition["not"]), is_opposite=not is_opposite)
    elif parts := parts_of(condition)[0]:
        for one in parts:
            yield from unmet(world, one, is_opposite=is_opposite)
    elif not is_opposite:
        yield condition


def _of_itself(world: World, condition: dict[str, Any], but_lists_of: str | None = None) -> bool:
    if condition.get("day"):
        return world.now >= world.calendar.date(str(condition["day"]))
    if condition.get("obligation"):
        duties = world.of_name(condition["obligation"])
        share = condition.get("share")
        if share is not None and duties[0].lots > 1:
            return _reached_in_lots(world, duties, float(share))
        if but_lists_of and all(d.kind == "information" and d.by == but_lists_of for d in duties):
            return True
        return all(has_come(world, duty, None if share is None else float(share)) for duty in duties)
    if condition.get("released") is not None:
        return _released(world, condition)
    if condition.get("line"):
        lines = list(world.deal["lines"])
        by = condition.get("by") or next(d.by for d in world.duties if d.terms.get("to_line"))
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


# ---------------------------------------------------------------- days


def begin(world: World) -> None:
    """Days that conditions ask for and that have yet to come."""
    deal, parties = world.deal, world.behaviour.get("parties") or {}
    gates = [phase.get(name) for phase in deal["phases"].values() for name in ("enters_when", "continues_while")]
    gates += [duty.get("after") for duty in deal["obligations"].values()]
    gates += [(party.get("leaves") or {}).get("unless") for party in parties.values()]
    gates += [power.get("after") for power in (deal.get("powers") or {}).values()]
    gates += [milestone["when"] for milestone in (deal.get("milestones") or {}).values()]
    for guarantee in [*(deal.get("guarantees") or {}).values(), *(world.document.get("guarantees") or {}).values()]:
        answered = guarantee.get("responds") or {}
        gates += [
            *(guarantee.get(name) for name in ("never", "always", "precedes")),
            *map(answered.get, ("to", "with")),
        ]
    named = {world.calendar.date(day) for gate in gates for day in _days(conditions(gate))}
    world.days = sorted(minute for minute in named if minute > world.now)
    for place, minute in enumerate(world.days):
        world.schedule("day", place, minute)


def _days(asked: list[dict[str, Any]]) -> Iterator[str]:
    for condition in asked:
        if condition.get("day"):
            yield str(condition["day"])
        yield from _days([*parts_of(condition)[0], *conditions(condition.get("not"))])


def day_comes(world: World, place: int) -> None:
    """It is told, and whoever waits for it looks."""
    number, hour = world.calendar.day(world.now), world.calendar.hour(world.now)
    name = f"day {number}"
    if world.calendar.date(name) != world.now:
        name += f" {hour // 60:02}:{hour % 60:02}"
    world.changed(world.tell("DayCame", name, 0))


def is_left_behind(world: World, duty: Duty) -> bool:
    """Whether it was left undone and the deal has gone on to another phase without it."""
    return duty.status in ("void", "defaulted", "excused") and world.phases.state[duty.phase] == "past"


def has_come(world: World, duty: Duty, share: float | None) -> bool:
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


def _reached_in_lots(world: World, lots: list[Duty], share: float) -> bool:
    """Whether so much of all lots together has come: it comes with one of them, since they come in their order."""
    left = max(1, wanted_of(lots, share))
    for duty in lots:
        number = owed_of(duty)
        if left <= number:
            came = sum(duty.arrived.values()) if duty.moves_people else duty.units_done
            return came >= left or is_left_behind(world, duty)
        left -= number
    return False


def owed_of(lot: Duty) -> int:
    """What is owed in one lot."""
    return sum(lot.owed.values()) or int(lot.terms.get("units") or 1)


def wanted_of(lots: list[Duty], share: float) -> int:
    """How much of all lots together makes this share."""
    return math.ceil(share * sum(map(owed_of, lots)) - ALMOST)


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
