"""What a history adds up to: people, days, counts, promises kept, and the score: 'What is measured'.

Outcomes by the names of the reference, in minutes, counts and parts per million.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from tests.oracle import flows
from tests.oracle.amounts import IN_UNITS
from tests.oracle.flows import ALMOST, IN_FULL, IN_PART
from tests.oracle.lots import exchange_of
from tests.oracle.simulate import History
from tests.oracle.world import DONE, Duty, Event, World

ENDS = ("completed", "collapsed", "lapsed", "standing")
OUT = ("PeopleMoved", "RemainsMoved")
LISTS = {"hostages": ("hostages_living_released", "hostages_deceased_returned"),
         "prisoners": ("prisoners_released", "prisoners_deceased_returned")}  # fmt: skip
CAPTIVE = {"hostages": "captive_days", "prisoners": "prisoner_captive_days"}


def totals(history: History) -> dict[str, int]:
    """By outcome, what this replicate comes to."""
    world, end = history.world, end_of(history)
    began = next((e.minute for e in history.events if e.kind == "TruceBegan"), None)
    return {
        **_people(history),
        "phase_reached": _phase_reached(history),
        "line_reached": max([0, *world.lines.values()]),
        "truce_days": _minutes(history, end, ("TruceBegan", "TruceRestored"), ("TruceSuspended", "TruceEnded")),
        "pre_truce_days": world.horizon if began is None else max(0, began),
        "disputes": len(_all(history, "DisputeOpened")),
        "dispute_days": sum(_open_for(history, e, end) for e in _all(history, "DisputeOpened")),
        "incidents": len(_all(history, "IncidentMinor", "IncidentMajor")),
        "suspensions": len(_all(history, "TruceSuspended")),
        "end_day": world.calendar.day(end),
        "end": ENDS.index(history.end) + 1,
        "aid_delivered": sum(int(_delivered(world, d) + 1e-6) for d in world.duties if _is_aid(d)),
        "implementation_score": _score(world, end),
        **_of_lots("delivered", [(d, _units(d)) for d in world.duties if is_in_units(d)]),
        **_of_lots("held_back_days", [(d, d.waited) for d in world.duties if exchange_of(world.deal, d.key)]),
        **_lateness(world),
        **_kept(world, end),
    }  # fmt: skip


def _lateness(world: World) -> dict[str, int]:
    """Whose doing it was that what has a deadline was late, or not: of its lots any."""
    found: dict[str, int] = {}
    for duty in world.duties:
        for name in ("lateness_own", "lateness_of_others", "kept_waiting") if duty.terms.get("deadline") else ():
            key = f"{name}_{duty.key.split('.')[0]}"
            found[key] = max(found.get(key, 0), int(name in duty.late_by))
    return found


def _of_lots(name: str, numbers: list[tuple[Duty, int]]) -> dict[str, int]:
    """By obligation, its lots together."""
    found: Counter[str] = Counter()
    for duty, number in numbers:
        found[f"{name}_{duty.key.split('.')[0]}"] += number
    return dict(found)


def _phase_reached(history: History) -> int:
    """The place of the last phase that was entered, from 1."""
    order = list(history.world.deal["phases"])
    return max([0, *(order.index(event.about) + 1 for event in _all(history, "PhaseEntered"))])


def _all(history: History, *kinds: str) -> list[Event]:
    return [event for event in history.events if event.kind in kinds]


def end_of(history: History) -> int:
    """The minute in which the deal ends."""
    return _all(history, *(f"Deal{end.capitalize()}" for end in ENDS))[-1].minute


def _minutes(history: History, end: int, begins: Iterable[str], stops: Iterable[str]) -> int:
    """How long something lasted, altogether."""
    total, since = 0, None
    for event in _all(history, *begins, *stops):
        if event.kind in begins:
            since = event.minute
        elif since is not None:
            total, since = total + event.minute - since, None
    return total if since is None else total + end - since


def _open_for(history: History, opened: Event, end: int) -> int:
    """Minutes for which a complaint was open: to the next new state of what it is about."""
    after = history.events[history.events.index(opened) + 1 :]
    return next((e.minute for e in after if e.about == opened.about and e.before == "disputed"), end) - opened.minute


# ---------------------------------------------------------------- people


def _people(history: History) -> dict[str, int]:
    found: Counter[str] = Counter()
    for side, lists in LISTS.items():
        names = (*lists, CAPTIVE[side], f"{side}_still_held", f"{side}_died_in_captivity")
        found.update(dict.fromkeys(names, 0))
    for key, group in _stocks(history).items():
        _group(history, key, group, side_of(history, key), found)
    return dict(found)


def _stocks(history: History) -> dict[str, Any]:
    return {k: g for k, g in history.world.deal.get("stocks", {}).items() if g["of"] in ("people", "remains")}


def side_of(history: History, stock: str) -> str:
    """After which of the two a stock is counted."""
    return column(history.world, history.world.deal["stocks"][stock].get("list") or stock)


def column(world: World, name: str) -> str:
    """After which of the two a list is counted: its own name; else the first that is free, for one other list."""
    stocks = world.deal["stocks"].items()
    lists = list(dict.fromkeys(g.get("list") or key for key, g in stocks if g["of"] in ("people", "remains")))
    others = [one for one in lists if one not in LISTS]
    if name in LISTS:
        return name
    return "hostages" if "hostages" not in lists and name == others[0] else "prisoners"


def _group(history: History, key: str, group: dict[str, object], side: str, found: Counter[str]) -> None:
    """Add what became of one stock."""
    world, count = history.world, int(str(group["count"]))
    mine = [event for event in history.events if event.about == key]
    left = [e for e in mine if e.kind in OUT and e.after == "in_transit"]
    arrived = [e for e in mine if e.kind in OUT and e.after == "released"]
    died = [e for e in mine if e.kind == "PeopleDied"]
    is_living = group["of"] == "people"
    alive = sum(e.amount for e in arrived if e.kind == "PeopleMoved" and is_living)
    out = sum(e.amount for e in arrived)
    found[f"released_{key}"] = out
    found[LISTS[side][0]] += alive
    found[LISTS[side][1]] += out - alive
    found[f"{side}_died_in_captivity"] += sum(e.amount for e in died)
    back = sum(e.amount for e in mine if e.kind == "RemainsMisidentified")
    found[f"{side}_still_held"] += count - sum(e.amount for e in left) + back
    if is_living:
        gone = [e for e in (*died, *arrived) if e.kind in ("PeopleDied", "PeopleMoved")]
        still = count - sum(e.amount for e in gone)
        found[CAPTIVE[side]] += still * world.horizon + sum(e.amount * max(0, e.minute) for e in gone)


# ---------------------------------------------------------------- promises


def _counts(duty: Duty) -> bool:
    """Whether anything was owed."""
    return duty.status != "excused" and not duty.owes_nothing


def _kept(world: World, end: int) -> dict[str, int]:
    """By party, what was met on time, late and not at all."""
    found = {f"{word}_{party}": 0 for party in world.parties for word in ("on_time", "late", "not_met")}
    for duty in world.duties:
        if duty.by in world.parties and _counts(duty):
            found[f"{how_kept(world, duty, end)}_{duty.by}"] += 1
    return found


def how_kept(world: World, duty: Duty, end: int) -> str:
    """On time, late or not met; of a truce that began also by the time for which it was kept."""
    if duty.status not in DONE:
        return "not_met"
    share = _of_truce(world, duty, end) if duty.kind == "truce" else 1.0
    if share < IN_PART - ALMOST:
        return "not_met"
    return "on_time" if duty.status == "met" and share >= IN_FULL - ALMOST else "late"


def _of_truce(world: World, duty: Duty, end: int) -> float:
    """Minutes for which a truce was kept, of those for which it was owed."""
    if duty.done_at is None or duty.due_at is None:
        return 0.0
    up = world.phases.up[duty.phase]
    until = min(world.horizon if up is None else up, end)
    if until <= duty.first_due:
        return 1.0
    broken = sum(
        max(0, min(to, until) - max(since, duty.done_at))
        for since, to, by in _stops(world, end) if by == duty.by or duty.by not in world.parties
    )  # fmt: skip
    return (max(0, until - duty.done_at) - broken) / (until - duty.first_due)


def _stops(world: World, end: int) -> list[tuple[int, int, str]]:
    truce = world.truce
    still = [(truce.since, end, truce.stopped_by)] if truce.state == "suspended" else []
    return [*truce.stopped, *still]


def _score(world: World, end: int) -> int:
    """Parts per million of a hundredth: 0 to 3 of each obligation, over the most that they could have."""
    counted = [duty for duty in world.duties if _counts(duty)]
    points = sum(_points(_share(world, duty, end)) for duty in counted)
    return 100_000_000 * points // max(1, 3 * len(counted))


def _points(share: float) -> int:
    if share >= IN_PART - ALMOST:
        return 3 if share >= IN_FULL - ALMOST else 2
    return int(share > 0)


def _share(world: World, duty: Duty, end: int) -> float:
    """How much of what it owes has been delivered."""
    if duty.kind == "flow":
        return flows.share_now(world, duty) if duty.has_run and flows.so_far(world, duty, end)[1] > 0 else 0.0
    if duty.kind == "truce":
        return _of_truce(world, duty, end)
    if duty.moves_people:
        return sum(duty.arrived.values()) / max(1, sum(duty.owed.values()))
    if duty.terms.get("units"):
        return duty.units_done / int(duty.terms["units"])
    return float(duty.status in DONE)


def is_in_units(duty: Duty) -> bool:
    """Whether it is told how many of its units were delivered."""
    return not duty.moves_people and (duty.kind in IN_UNITS or bool(duty.terms.get("of_things")))


def _units(duty: Duty) -> int:
    return duty.units_done if duty.terms.get("units") is not None else int(duty.status in DONE)


def _is_aid(duty: Duty) -> bool:
    units = [*duty.terms.get("each_day", {}), *(duty.terms.get("on_exchange_days") or {})]
    return duty.kind == "flow" and units[:1] == ["trucks"]


def _delivered(world: World, duty: Duty) -> float:
    return 0.0 if duty.started is None else flows.so_far(world, duty, world.now)[0]
