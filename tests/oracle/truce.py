"""The truce: begun, suspended for a time, restored or not."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.oracle import deaths, disputes, ending, flows, incidents, obligations
from tests.oracle.world import CLOSED, Duty, World


@dataclass
class Truce:
    """How the truce stands."""

    state: str = "not_begun"
    suspended: int | None = None
    """The event that suspended it, while it is."""
    ends: int = 0
    comes_back: bool = True
    over: int = -1
    """The place of the obligation over which it is suspended."""
    came_back: int | None = None
    """The last minute in which it was restored."""
    since: int = 0
    stopped: list[tuple[int, int, str]] = field(default_factory=list)
    """From when, until when and by which side it was suspended."""
    stopped_by: str = ""
    restored_by: int | None = None
    """What has taken the cause of its suspension away."""
    begins_by: int | None = None
    """What makes it begin at the deal's start."""


def has_phase(world: World, phase: str) -> bool:
    """Whether a truce holds in a phase."""
    return world.deal["phases"][phase].get("truce", True) is not False


def owed_up_to(world: World, phase: str) -> list[Duty]:
    """The truce as it is owed in a phase, and in those before it."""
    order = list(world.deal["phases"])
    return [d for d in world.duties if d.kind == "truce" and order.index(d.phase) <= order.index(phase)]


def is_missing(world: World, phase: str) -> bool:
    """Whether what is owed in a phase has to wait for the truce."""
    return has_phase(world, phase) and world.truce.state != "holds"


def set_state(world: World, state: str) -> None:
    """What adds up while it holds, or does not, is added up first."""
    truce: Truce = world.truce
    flows.add_up(world)
    deaths.add_up(world)
    if truce.state == "suspended":
        truce.stopped.append((truce.since, world.now, truce.stopped_by))
    truce.state, truce.since = state, world.now
    if state == "holds":  # of a flow that began in this very minute
        flows.look_at_shares(world)
    flows.expect_shares(world)
    deaths.rates_changed(world)


def with_phase(world: World, phase: str, event: int) -> None:
    """Where nobody owes it any more, it begins with a phase that has one, not before the deal starts."""
    if not has_phase(world, phase) or world.truce.state != "not_begun":
        return
    if any(duty.status not in CLOSED for duty in owed_up_to(world, phase)):
        return
    if world.now >= 0:
        begin(world, event)
    else:
        world.truce.begins_by = event
        world.schedule("truce", 0, 0)


def begin(world: World, cause: int | None) -> None:
    """The truce begins."""
    if world.truce.state != "not_begun":
        return
    set_state(world, "holds")
    event = world.tell("TruceBegan", "", cause, before="not_begun", after="holds")
    incidents.truce_begins(world)
    obligations.truce_holds(world, has_begun=True)
    world.changed(event)


def suspend(world: World, by: str, cause: int, length: int, comes_back: bool, over: int = -1) -> None:
    """Somebody suspends the truce for a time."""
    truce: Truce = world.truce
    truce.stopped_by = by
    set_state(world, "suspended")
    event = world.tell("TruceSuspended", "", cause, before="holds", after="suspended")
    truce.suspended, truce.ends, truce.comes_back, truce.over = event, world.now + max(1, length), comes_back, over
    world.schedule("truce", 0, truce.ends)
    world.count["suspensions"] += 1
    incidents.truce_stops(world)
    world.changed(event)


def restores(world: World, party: str, u: float) -> bool:
    """Whether it will come back: the party's own readiness, mediators' pressure, guarantors."""
    readiness = float(world.habits(party).get("restores", 1.0))
    own = 1 - (1 - readiness) ** max(1.0, disputes.pressure(world, party))
    added = float((world.behaviour.get("guarantors") or {}).get("restores", 0.0))
    return u < 1 - (1 - own) * (1 - added)


def act(world: World, place: int) -> None:
    """It begins, or a suspension is over: it is restored, or the deal collapses."""
    truce: Truce = world.truce
    if truce.state == "not_begun":
        begin(world, truce.begins_by)
    elif truce.comes_back:
        over = truce.over
        event = restore(world, truce.suspended if truce.restored_by is None else truce.restored_by)
        if over >= 0:
            disputes.truce_came_back(world, world.duties[over], event)
    else:
        ending.end(world, "collapsed", truce.suspended)


def restore(world: World, cause: int | None) -> int:
    """The truce holds again."""
    truce: Truce = world.truce
    world.schedule("truce", 0, None)
    set_state(world, "holds")
    event = world.tell("TruceRestored", "", cause, before="suspended", after="holds")
    truce.suspended, truce.restored_by, truce.over, truce.came_back = None, None, -1, world.now
    incidents.truce_returns(world)
    obligations.truce_holds(world, has_begun=False)
    disputes.put_off_until(world)
    world.changed(event)
    return event
