"""Flows: what a day brings, nothing without a truce or while held back, another amount on days with a handover."""

from __future__ import annotations

from tests.oracle import disputes, truce
from tests.oracle.reading import DAY
from tests.oracle.world import FOREVER, Duty, World

IN_FULL, IN_PART, ALMOST = 0.95, 0.5, 1e-9


class Flows:
    """Days with a handover, and from which minute on a flow no longer looks at them."""

    def __init__(self) -> None:
        self.handovers: dict[int, int] = {}
        """By day of the deal: how much had happened before its first handover."""

    def handover(self, world: World) -> None:
        """Somebody sets out."""
        self.handovers.setdefault(world.calendar.day(world.now), len(world.events))
        expect_shares(world)


def start(world: World, duty: Duty) -> None:
    """It begins: in full, short, or not at all."""
    before = duty.level
    duty.since, duty.level = world.now, 1.0
    duty.started = world.now if duty.started is None else duty.started
    duty.ends_at = ends_at(world, duty) if duty.ends_at is None else duty.ends_at
    if duty.choice == "refused":
        duty.level = 0.0
    elif duty.choice == "late":
        duty.level = float(world.compliance(duty, "level", 0.5))
        if duty.level < 1.0:
            duty.cause = world.tell("ObligationDelayed", duty.key, duty.cause, amount=0)
    world.schedule("debtor", duty.place, duty.ends_at)
    runs(world, duty, before, duty.cause)
    look_at_share(world, duty)
    expect_shares(world)


def runs(world: World, duty: Duty, before: float, cause: int | None) -> None:
    """It runs at another level from now on."""
    duty.has_run = duty.has_run or duty.level > 0
    if duty.level != before:
        duty.runs_by = world.tell("FlowChanged", duty.key, cause, before=before, after=duty.level)
        world.changed(duty.runs_by)


def ends_at(world: World, duty: Duty) -> int | None:
    """Its written end, as new timetables have moved it; without one it ends with its phase."""
    until, phases = duty.terms.get("until"), world.phases
    if not until:
        return None
    if until == "phase end":
        return None if phases.up[duty.phase] is None else int(phases.up[duty.phase])
    return int(world.calendar.date(str(until), duty.entered) + phases.moved[duty.phase])


def act(world: World, duty: Duty) -> None:
    """Its time is over, or the date of a new timetable has come."""
    if duty.ends_at is not None and world.now >= duty.ends_at:
        finish(world, duty, duty.opened_by)
    elif duty.decides_anew:
        again(world, duty)


def again(world: World, duty: Duty) -> None:
    """A new timetable's date: the level is decided afresh."""
    add_up(world)
    disputes.date_has_come(world, duty)
    if duty.waits_for_gate:
        world.schedule("debtor", duty.place, duty.ends_at)


def settled(world: World, duty: Duty, event: int) -> None:
    """A settlement brings it to the full, or as far as settlements do, at once."""
    add_up(world)
    before = duty.level
    duty.level = max(before, float((world.behaviour.get("mediators") or {}).get("flows_to", 1.0)))
    runs(world, duty, before, event)
    world.schedule("debtor", duty.place, duty.ends_at)
    expect_shares(world)


def is_paused(world: World, duty: Duty) -> bool:
    """Whether it stands still."""
    return duty.status == "withheld" or truce.is_missing(world, duty.phase)


def add_up(world: World) -> None:
    """What has run until now, before something changes."""
    for duty in world.duties:
        if duty.kind == "flow" and duty.is_open:
            if duty.since < world.now:
                duty.ran.append((duty.since, world.now, 0.0 if is_paused(world, duty) else duty.level))
            duty.since = world.now


def amount(world: World, duty: Duty, since: float, until: float) -> float:
    """What is owed in this time: a rate a day, and another one on days with a handover."""
    rate, special = sum(duty.terms["each_day"].values()), duty.terms.get("on_exchange_days")
    total = rate * max(0.0, until - since)
    for day, handover in world.flows.handovers.items() if special else ():
        if duty.closed_by is None or duty.closed_by >= handover:
            midnight = world.calendar.begins(day)
            overlap = min(until, midnight + DAY) - max(since, midnight)
            total += (sum(special.values()) - rate) * max(0.0, overlap)
    return total / DAY


def so_far(world: World, duty: Duty, now: float) -> tuple[float, float]:
    """Delivered and owed until a minute."""
    until = now if duty.closed_at is None else duty.closed_at
    level = 0.0 if is_paused(world, duty) or duty.closed_at is not None else duty.level
    delivered = sum(part * amount(world, duty, since, end) for since, end, part in duty.ran)
    if duty.closed_at is None:
        delivered += level * amount(world, duty, duty.since, now)
    return delivered, amount(world, duty, duty.started or 0, until)


def share_now(world: World, duty: Duty, now: float | None = None) -> float:
    """Delivered of what was owed so far; as it begins its level."""
    if duty.started is None:
        return 0.0
    delivered, owed = so_far(world, duty, world.now if now is None else now)
    if owed <= 0:
        return 0.0 if duty.closed_at is None and is_paused(world, duty) else duty.level
    return delivered / owed


def close(world: World, duty: Duty) -> None:
    """From now on it stays as it is."""
    duty.level = 0.0 if is_paused(world, duty) else duty.level
    duty.closed_at, duty.closed_by = world.now, len(world.events)


def finish(world: World, duty: Duty, cause: int | None) -> None:
    """Its time is over: kept, kept in part, or not."""
    add_up(world)
    share = share_now(world, duty)
    if share >= IN_FULL - ALMOST and not duty.disputed_once:
        status, kind = ("met_late", "ObligationMetLate") if duty.was_late else ("met", "ObligationMet")
    elif share >= IN_PART - ALMOST:
        status, kind = ("cured", "ObligationCured") if duty.disputed_once else ("met_late", "ObligationMetLate")
    else:
        status, kind = "defaulted", "ObligationDefaulted"
    close(world, duty)
    event = world.change(duty, status, kind, cause)
    for who in ("share", "debtor", "creditor"):
        world.schedule(who, duty.place, None)
    disputes.close(world, duty, event)
    world.changed(event)


# ---------------------------------------------------------------- shares that gates ask for


def _asked(world: World) -> dict[str, set[float]]:
    if world.shares_asked is None:
        world.shares_asked = {}
        _look_for(world.deal, world.shares_asked, {d.key for d in world.duties if d.kind == "flow"})
    return world.shares_asked


def _look_for(part: object, found: dict[str, set[float]], flows: set[str]) -> None:
    if isinstance(part, dict):
        if part.get("obligation") in flows and part.get("share") is not None:
            found.setdefault(part["obligation"], set()).add(float(part["share"]))
        for value in part.values():
            _look_for(value, found, flows)
    elif isinstance(part, list):
        for value in part:
            _look_for(value, found, flows)


def expect_shares(world: World) -> None:
    """When a flow's share next passes one that something asks for."""
    for key, shares in _asked(world).items():
        duty = world.by_key[key]
        at = min((_crosses(world, duty, share) for share in shares), default=FOREVER) if duty.is_open else None
        world.schedule("share", duty.place, at)


def _crosses(world: World, duty: Duty, share: float) -> int:
    """The first whole minute from the next on in which it is reached, or no longer is."""

    def reached(minute: int) -> bool:
        return share_now(world, duty, minute) >= share - ALMOST

    is_now, at = reached(world.now), world.now
    while at < world.horizon:
        end = min(world.horizon, world.calendar.midnight(at) + DAY)
        if reached(end) != is_now or (end > at and reached(at + 1) != is_now):
            low, high = at, end
            if reached(at + 1) != is_now:
                return at + 1
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (low, middle) if reached(middle) != is_now else (middle, high)
            return high
        at = end
    return FOREVER


def share_acts(world: World, place: int) -> None:
    """A share has been reached, or is no longer."""
    look_at_share(world, world.duties[place])
    expect_shares(world)


def look_at_shares(world: World) -> None:
    """Of all flows that run."""
    for key in _asked(world):
        if world.by_key[key].is_open and world.by_key[key].has_run:
            look_at_share(world, world.by_key[key])


def look_at_share(world: World, duty: Duty) -> None:
    """The largest share that something asks for and that it has."""
    asked = _asked(world).get(duty.key)
    if not asked:
        return
    share = share_now(world, duty)
    reached = max((one for one in asked if share >= one - ALMOST), default=0.0)
    if reached != duty.share_told:
        before, duty.share_told = duty.share_told, reached
        world.changed(world.tell("ObligationShare", duty.key, duty.cause, before=before, after=reached))
