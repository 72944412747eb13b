"""How the deal ends: what falls away, who arrives all the same, and what a lapse goes back to."""

from __future__ import annotations

from tests.oracle import disputes, exchanges, missing, people, truce
from tests.oracle import flows as running
from tests.oracle.world import CLOSED, DONE, Duty, World


def fall_away(world: World, duties: list[Duty], cause: int | None) -> None:
    """What is open is void, or left undone if it was late."""
    running.add_up(world)
    for duty in duties:
        if duty.status in CLOSED or (duty.on_the_way and world.end is None):
            continue
        is_owed = duty.was_late or duty.status in ("late", "disputed")
        if duty.release and not sum(duty.owed.values()) and duty.status == "planned":
            duty.status = "excused" if world.end else "planned"  # those who were under way may still earn it
            continue
        status, kind = ("defaulted", "ObligationDefaulted") if is_owed else ("void", "ObligationVoid")
        if duty.kind == "flow":
            running.close(world, duty)
        exchanges.stop_waiting(world, duty)
        event = world.change(duty, status, kind, cause)
        duty.dispute = None if world.end else duty.dispute
        for who in ("share", "debtor", "talks", "mediator", "creditor"):
            if not (who == "debtor" and duty.on_the_way):
                world.schedule(who, duty.place, None)
        if world.end is None:
            disputes.close(world, duty, event if cause is None else cause)
            world.changed(event)


def end(world: World, how: str, cause: int | None) -> None:
    """The deal ends: people in transit arrive, everything open falls away."""
    world.end = how
    for duty in world.duties:
        if duty.on_the_way:
            people.arrive(world, duty)
    flows = [d for d in world.duties if d.kind == "flow"]
    up = world.phases.ends_at
    for flow in flows:
        if (
            flow.status not in ("planned", *CLOSED)
            and not flow.terms.get("until")
            and up is not None
            and world.now >= up
        ):
            running.finish(world, flow, cause)
    world.over(world, world.now + 1)
    fall_away(world, [*flows, *(d for d in world.duties if d.kind != "flow")], cause)
    if world.people.exchange == "under_way" and not any(_lacks_people(d) for d in world.duties):
        world.people.exchange = "complete"
        world.tell("ExchangeComplete", "", cause, before="under_way", after="complete")
    if how in ("collapsed", "lapsed") and world.truce.state in ("holds", "suspended"):
        before = world.truce.state
        truce.set_state(world, "ended")
        world.tell("TruceEnded", "", cause, before=before, after="ended")
    world.tell(f"Deal{how.capitalize()}", "", cause)


def _lacks_people(duty: Duty) -> bool:
    """Whether people are still owed; what is met with fewer than were tried lacks nobody."""
    return bool(people.missing(duty)) and (duty.release is not None or duty.status not in DONE)


def horizon(world: World, place: int) -> None:
    """The window closes on a deal that still stands."""
    lacks = missing.at_horizon(world)
    event = world.tell("HorizonReached", "", 0 if lacks is None else lacks)
    end(world, "standing", event)
