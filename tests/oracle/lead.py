"""How far each party is ahead of the other in what it has given: 'Lead and lasting duties'."""

from __future__ import annotations

from itertools import accumulate, pairwise

from tests.oracle import gates
from tests.oracle.world import DONE, Duty, World

A_MILLION = 1_000_000
UNWEIGHED = ("flow", "talks")


class Lead:
    """What each obligation is worth, and the largest lead of each party so far."""

    def __init__(self, world: World) -> None:
        self.largest = dict.fromkeys(world.parties, 0)
        self.worth: dict[str, int] = {}
        for party in world.parties:
            mine = [d for d in world.duties if d.by == party and _weight(d) > 0]
            total = sum(map(_weight, mine))
            edges = [round(A_MILLION * part / total) for part in accumulate(map(_weight, mine))]
            self.worth |= {duty.key: to - since for duty, (since, to) in zip(mine, pairwise([0, *edges]), strict=True)}


def _weight(duty: Duty) -> float:
    is_counted = duty.kind not in UNWEIGHED and not duty.owes_nothing
    return float(duty.terms.get("weight", 1.0)) if is_counted else 0.0


def minutes_pass(world: World, until: int) -> None:
    """Look at each minute from this one to the one before `until`, in which nothing else happens."""
    last = until - 1
    kinks = [owed_until(world, duty) for duty in world.duties if duty.kind == "truce"]
    for minute in {world.now, last, *(one for one in kinks if world.now < one < last)}:
        _look(world, minute)


def shares(world: World, minute: int) -> dict[str, int]:
    """By party, how much it has delivered of all that it owes, at the end of a minute."""
    found = dict.fromkeys(world.parties, 0)
    for duty in world.duties:
        if worth := world.lead.worth.get(duty.key):
            found[duty.by] += _given(world, duty, worth, minute)
    return found


def _look(world: World, minute: int) -> None:
    (one, share), (other, its) = shares(world, minute).items()
    for party, lead in ((one, share - its), (other, its - share)):
        world.lead.largest[party] = max(world.lead.largest[party], lead)


def _given(world: World, duty: Duty, worth: int, minute: int) -> int:
    """What has been delivered of one obligation, of what it is worth."""
    if duty.kind == "truce":
        return _kept(world, duty, worth, minute)
    if duty.release:
        return _returned(world, duty, worth)
    if duty.owed:
        return worth * sum(duty.arrived.values()) // sum(duty.owed.values())
    if duty.terms.get("units"):
        return worth * duty.units_done // int(duty.terms["units"])
    return worth if duty.status in DONE else 0


def _returned(world: World, duty: Duty, worth: int) -> int:
    release = world.by_key[str(duty.release)]
    whole = sum(duty.owed.values()) + gates.still_to_earn(world, duty, release)
    if not whole:
        return worth if release.status in DONE else 0
    return worth * min(sum(duty.arrived.values()), whole) // whole


def owed_until(world: World, duty: Duty) -> int:
    """To which minute a truce is owed."""
    up = world.phases.up.get(duty.phase)
    return world.horizon if up is None else min(up, world.horizon)


def _kept(world: World, duty: Duty, worth: int, minute: int) -> int:
    """A truce is delivered by the minute, while its own debtor does not suspend it."""
    if duty.done_at is None or duty.due_at is None:
        return 0
    until, truce = owed_until(world, duty), world.truce
    if until <= duty.first_due:
        return worth
    still = [(truce.since, minute, truce.stopped_by)] if truce.state == "suspended" else []
    now = min(minute, until)
    broken = sum(
        max(0, min(to, now) - max(since, duty.done_at))
        for since, to, by in (*truce.stopped, *still) if by == duty.by or duty.by not in world.parties
    )  # fmt: skip
    return worth * (max(0, now - duty.done_at) - broken) // (until - duty.first_due)
