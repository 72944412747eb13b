"""What goes in step: whoever is ready waits for the others, and nobody gives more than these stand ready with."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from tests.oracle import deadlines, disputes, obligations, people
from tests.oracle.lots import exchange_of
from tests.oracle.world import DONE, FOREVER, Duty, World

A_HAIR = Fraction(1, 10**9)


# ---------------------------------------------------------------- who is how far


class Exchange:
    """The legs of one exchange, each with its lots."""

    def __init__(self, world: World, terms: dict[str, Any]):
        self.legs = [[d for d in world.duties if d.key.split(".")[0] == leg] for leg in terms["legs"]]
        self.lots = int(terms.get("lots") or 1)
        self.lead = Fraction(str(terms.get("lead") or 0)) * self.lots
        self.whole = bool(terms.get("whole"))

    def others(self, duty: Duty) -> list[list[Duty]]:
        """The other legs."""
        return [leg for leg in self.legs if duty not in leg]

    def everybody(self) -> Iterator[Duty]:
        """Every lot of every leg."""
        for leg in self.legs:
            yield from leg


def of(world: World, duty: Duty) -> Exchange | None:
    """The exchange of an obligation, if it is in one."""
    terms = exchange_of(world.deal, duty.key)
    return None if terms is None else Exchange(world, terms)


def _is_over(duty: Duty) -> bool:
    return duty.status in DONE or duty.owes_nothing


def _next(leg: list[Duty]) -> Duty | None:
    """The first lot of a leg that is not done."""
    return next((duty for duty in leg if not _is_over(duty)), None)


def _owed(duty: Duty) -> int:
    if duty.moves_people:
        return sum(duty.owed.values())
    return 1 if duty.terms.get("units") is None else int(duty.terms["units"])


def _gone(duty: Duty) -> int:
    """Delivered or under way."""
    return sum(duty.handed.values()) if duty.moves_people else duty.units_done


def _at_hand(world: World, duty: Duty) -> int:
    """What its debtor could hand over beyond that now."""
    if not duty.moves_people:
        return duty.brought - duty.units_done
    found = sum(min(number, people.ready(world, key)) for key, number in people.missing(duty).items())
    return min(found, people.room_today(world, duty))


def _is_able(world: World, exchange: Exchange, duty: Duty) -> bool:
    at_hand = _at_hand(world, duty)
    return _gone(duty) + at_hand >= _owed(duty) if exchange.whole else at_hand > 0


def _lacks_truce(world: World, duty: Duty) -> bool:
    has_truce = world.deal["phases"][duty.phase].get("truce", True) is not False
    return has_truce and duty.kind not in obligations.AT_ANY_TIME and world.truce.state != "holds"


def _reaches(world: World, exchange: Exchange, leg: list[Duty]) -> Fraction:
    """How many lots a leg has given or stands ready with."""
    duty = _next(leg)
    if duty is None:
        return Fraction(len(leg))
    able = _gone(duty)
    if duty.ready_at is not None and not _lacks_truce(world, duty) and _is_able(world, exchange, duty):
        able += _at_hand(world, duty)
    part = Fraction(min(able, _owed(duty)), _owed(duty))
    return leg.index(duty) + (int(part) if exchange.whole else part)


def _goes(exchange: Exchange, duty: Duty, reaches: Fraction) -> int:
    """How much more of a lot may go if it may come to this."""
    part = min(max(reaches - duty.lot, Fraction(0)), Fraction(1))
    units = int(part * _owed(duty) + A_HAIR)
    return 0 if exchange.whole and units < _owed(duty) else max(0, units - _gone(duty))


def _goes_now(world: World, exchange: Exchange, duty: Duty) -> int:
    own = _reaches(world, exchange, next(leg for leg in exchange.legs if duty in leg))
    theirs = [_reaches(world, exchange, leg) + exchange.lead for leg in exchange.others(duty)]
    return _goes(exchange, duty, min([own, *theirs]))


def holding(world: World, duty: Duty) -> list[Duty]:
    """The lots of others that keep one from going, whose debtor stands ready with it."""
    exchange = of(world, duty)
    if exchange is None or duty.ready_at is None:
        return []
    found = []
    for leg in exchange.others(duty):
        slow = _next(leg)
        if slow is not None and not _goes(exchange, duty, _reaches(world, exchange, leg) + exchange.lead):
            found.append(slow)
    return sorted(found, key=lambda one: one.place)


# ---------------------------------------------------------------- going


def stand_ready(world: World, duty: Duty, exchange: Exchange) -> None:
    """Its debtor is ready with it."""
    if any(one.status == "excused" for one in exchange.everybody()):
        let_off(world, exchange, duty.cause)
        return
    if not duty.moves_people:
        duty.brought = duty.units_done + _brings(world, duty)
    if not _is_able(world, exchange, duty):
        _wait(world, exchange, duty)
        return
    duty.ready_at = world.now
    deadlines.look(world)
    go(world, exchange)


def _brings(world: World, duty: Duty) -> int:
    """All that is left of it, or a part."""
    left = _owed(duty) - duty.units_done
    if _owed(duty) == 1 or duty.is_settled or duty.dispute is not None:
        return left
    u = world.chance.at(f"performs {duty.key}", world.chance.times[f"performs {duty.key}"] - 1)
    if u[2] >= world.compliance(duty, "short", 0.0):
        return left
    duty.cause = world.tell("ObligationDelayed", duty.key, duty.cause, amount=0)
    return obligations._part(left, world.compliance(duty, "level", 0.5))


def go(world: World, exchange: Exchange) -> None:
    """All legs go, in this minute, as far as the others are."""
    for leg in exchange.legs:
        _look(world, exchange, _next(leg))
    while any(_is_held_back(world, exchange, _next(leg)) for leg in exchange.legs):
        pass
    going = [(duty, _goes_now(world, exchange, duty)) for leg in exchange.legs if (duty := _next(leg)) is not None]
    for duty, units in going:
        if units:
            _move(world, exchange, duty, units)


def _look(world: World, exchange: Exchange, duty: Duty | None) -> None:
    """Who stood ready waits for the truce, or can no longer."""
    if duty is None or duty.ready_at is None:
        return
    if _lacks_truce(world, duty):
        duty.waits_for_truce = True
    elif not _is_able(world, exchange, duty):
        since = duty.ready_at
        stop_waiting(world, duty)
        _wait(world, exchange, duty)
        _grace_anew(world, duty, since)


def _is_held_back(world: World, exchange: Exchange, duty: Duty | None) -> bool:
    """Whether what would go now is held back over a complaint about something else."""
    if duty is None or not _goes_now(world, exchange, duty):
        return False
    since = world.now if duty.ready_at is None else duty.ready_at
    if disputes.holds_back(world, duty):
        _grace_anew(world, duty, since)
        return True
    return False


def _move(world: World, exchange: Exchange, duty: Duty, units: int) -> None:
    """So much of it goes."""
    since = world.now if duty.ready_at is None else duty.ready_at
    stop_waiting(world, duty)
    if duty.moves_people:
        people.hand_over(world, duty, most=units)
    elif duty.terms.get("to_line"):
        duty.units_done = 1
        obligations.withdraw(world, duty)
    else:
        duty.units_done += units
        if duty.is_enough if duty.terms.get("units") is not None else True:
            obligations.done(world, duty, duty.cause)
        else:
            world.changed(duty.cause or 0)
            duty.ready_at = world.now if _is_able(world, exchange, duty) else None
            duty.time = duty.time if duty.ready_at is not None else None
            deadlines.look(world)
    _grace_anew(world, duty, since)


def stop_waiting(world: World, duty: Duty) -> None:
    """It no longer stands ready, or it goes."""
    if duty.ready_at is not None:
        duty.waited += world.now - duty.ready_at
        duty.ready_at = None
        deadlines.look(world)


def _grace_anew(world: World, duty: Duty, since: int) -> None:
    """Grace of what others have held back runs from the minute in which they no longer do."""
    is_unwatched = world.scheduled("creditor", duty.place) is None
    if duty.is_open and duty.stage == "grace" and not duty.is_late and (since < world.now or is_unwatched):
        duty.late_at = obligations.grace_from(world, duty, world.now)
        world.schedule("creditor", duty.place, duty.late_at)


def is_not_late(world: World, duty: Duty) -> bool:
    """Grace is over for what its debtor stands ready with: if others hold it back, that is told, and it is not late."""
    found = holding(world, duty)
    if not found:
        return False
    has_happened = found[0].due_at is not None or found[0].was_told
    cause = found[0].cause if has_happened else duty.cause
    by = tuple(sorted({one.by for one in found}, key=actors(world).index))
    duty.cause = world.tell("ObligationHeldBack", duty.key, cause, amount=by)
    return True


def actors(world: World) -> list[str]:
    """Everybody, in the order of the document."""
    return [key for part in ("parties", "holders", "mediators", "others") for key in world.deal.get(part) or {}]


def _wait(world: World, exchange: Exchange, duty: Duty) -> None:
    """For people, or until what is missing is settled."""
    if not duty.moves_people:
        duty.time = None
    elif exchange.whole:
        _wait_for_all(world, duty)
    else:
        people.tell_unready(world, duty)
        people.follow(world, duty)


def _wait_for_all(world: World, duty: Duty) -> None:
    """It goes when everybody in it can."""
    wanted = people.missing(duty)
    lacking = {key: number - people.ready(world, key) for key, number in wanted.items()
               if people.ready(world, key) < number}  # fmt: skip
    if lacking:
        duty.cause = world.tell("PeopleNotLocated", duty.key, duty.cause, amount=sum(lacking.values()))
        tries: list[float] = []
        for key in lacking:
            contact = world.people.contact.get(world.people.groups[key].held_by, -FOREVER)
            found_at = world.people.groups[key].found_at
            tries += [t for t in (max(at, contact) for at in found_at) if t > world.now]
        world.schedule("debtor", duty.place, min(tries, default=None))
    elif people.most_a_day(world, duty) >= sum(wanted.values()):
        world.schedule("debtor", duty.place, people.next_day(world))


# ---------------------------------------------------------------- called off


def let_off(world: World, exchange: Exchange, cause: int | None) -> None:
    """What is left of all legs is owed no longer, but for who is on the way."""
    for duty in exchange.everybody():
        if _is_over(duty) or duty.on_the_way or duty.status in ("excused", "void", "defaulted"):
            continue
        stop_waiting(world, duty)
        event = world.change(duty, "excused", "ObligationExcused", cause)
        for who in ("debtor", "creditor"):
            world.schedule(who, duty.place, None)
        disputes.close(world, duty, event)
        world.changed(event)
