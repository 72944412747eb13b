"""People held, in transit, released: searches, contact, capacity, handovers, returns by ratio, batches forward."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.oracle import deaths, ending, gates, obligations
from tests.oracle.chance import time_at
from tests.oracle.reading import DAY, minutes
from tests.oracle.world import DONE, FOREVER, Duty, World


@dataclass
class Group:
    """People of one category, by where they are."""

    key: str
    on_list: str
    """By default its own."""
    held_by: str
    of: str
    count: int
    held: int
    remains: int = 0
    """Of those held: who died in captivity."""
    released: int = 0
    released_remains: int = 0
    found_at: list[int] = field(default_factory=list)
    """When each of those who are held is located, in order."""

    @property
    def released_ever(self) -> int:
        """Who has arrived, living or not."""
        return self.released + self.released_remains


class People:
    """All groups, who is in contact, and what was handed over on a day."""

    def __init__(self, world: World):
        deal, behaviour = world.deal, world.behaviour
        self.groups = {
            key: Group(key, g.get("list") or key, g["held_by"], g["of"], int(g["count"]), int(g["count"]))
            for key, g in (deal.get("stocks") or {}).items()
            if g["of"] in ("people", "remains")
        }
        self.contact: dict[str, float] = {}
        self.used: dict[tuple[str, str, int], int] = {}
        self.exchange = "not_begun"
        for holder, terms in (behaviour.get("holders") or {}).items():
            u = world.chance.at(f"contact {holder}")
            made = u[0] < terms.get("contacted", 1.0)
            self.contact[holder] = time_at(u[1], terms.get("time")) if made else FOREVER
        for key, group in self.groups.items():
            terms = (behaviour.get("search") or {}).get(key)
            group.found_at = [-FOREVER] * group.held if terms is None else _searches(world, key, group.held, 0)


def _searches(world: World, group: str, number: int, start: int) -> list[int]:
    """When so many people are located, looked for from this minute on."""
    terms = world.behaviour["search"][group]
    found = []
    for _ in range(number):
        u = world.chance.next(f"search {group}")
        found.append(start + time_at(u[1], terms.get("time")) if u[0] < terms.get("found", 1.0) else FOREVER)
    return sorted(found)


def room_today(world: World, duty: Duty) -> int:
    """How many more its debtor can hand over today."""
    capacity = _capacity(world, duty)
    if capacity is None:
        return FOREVER
    used = world.people.used.get((duty.by, _counted(duty), world.calendar.day(world.now)), 0)
    return max(0, int(capacity) - used)


def _counted(duty: Duty) -> str:
    """With what its handovers count towards a day's: returns apart, all else with releases."""
    return "return" if duty.kind == "return" else "release"


def _capacity(world: World, duty: Duty) -> Any:
    return (world.habits(duty.by).get("capacity") or {}).get(_counted(duty))


def missing(duty: Duty) -> dict[str, int]:
    """Who has not set out yet, by group."""
    left = {key: owed - duty.handed.get(key, 0) for key, owed in duty.owed.items()}
    return {key: number for key, number in left.items() if number > 0}


def ready(world: World, key: str) -> int:
    """How many of a group could set out in this minute."""
    group = world.people.groups[key]
    if world.people.contact.get(group.held_by, -FOREVER) > world.now:
        return 0
    return min(group.held, sum(1 for at in group.found_at if at <= world.now))


def can_be_done(world: World, duty: Duty) -> bool:
    """Whether somebody still owed is on the way, or could set out."""
    if not duty.moves_people:
        return True
    capacity = _capacity(world, duty)
    return bool(duty.on_the_way) or (capacity != 0 and any(ready(world, key) for key in missing(duty)))


def hand_over(world: World, duty: Duty, has_arrived: bool = False, most: int = FOREVER) -> None:
    """Those who can be handed over set out, so many at most; the others follow when they can."""
    room, going = min(room_today(world, duty), most), dict[str, int]()
    for key, number in missing(duty).items():
        can = min(number, ready(world, key))
        if min(can, room):
            going[key] = min(can, room)
            room -= going[key]
    if not going and not has_arrived:
        tell_unready(world, duty)
    if going:
        _set_out(world, duty, going)
    else:
        follow(world, duty)


def tell_unready(world: World, duty: Duty) -> None:
    """Groups of which nobody is ready."""
    unready = sum(number for key, number in missing(duty).items() if not ready(world, key))
    if unready:
        duty.cause = world.tell("PeopleNotLocated", duty.key, duty.cause, amount=unready)


def most_a_day(world: World, duty: Duty) -> int:
    """How many its debtor can hand over in one day."""
    capacity = _capacity(world, duty)
    return FOREVER if capacity is None else int(capacity)


def follow(world: World, duty: Duty) -> None:
    """When the next of those still owed may set out."""
    if not room_today(world, duty) and any(ready(world, key) for key in missing(duty)):
        world.schedule("debtor", duty.place, next_day(world))
        return
    tries: list[float] = []
    for key in missing(duty):
        group = world.people.groups[key]
        contact = world.people.contact.get(group.held_by, -FOREVER)
        tries += [t for t in (max(at, contact) for at in group.found_at) if t > world.now]
    first = min(tries, default=FOREVER)
    if first < FOREVER:
        world.schedule("debtor", duty.place, first)


def next_day(world: World) -> int:
    """The next day at the hour at which things fall due."""
    return world.calendar.midnight(world.now) + DAY + world.calendar.due_hour


def _set_out(world: World, duty: Duty, going: dict[str, int]) -> None:
    people: People = world.people
    duty.handover = began = world.tell("HandoverBegan", duty.key, duty.cause)
    used = (duty.by, _counted(duty), world.calendar.day(world.now))
    for key, number in going.items():
        group = people.groups[key]
        living = min(number, group.held - group.remains)
        duty.on_the_way[key] = (living, number - living)
        duty.handed[key] = duty.handed.get(key, 0) + number
        deaths.leave(world, group, living)
        group.held -= number
        group.remains -= number - living
        del group.found_at[:number]
        people.used[used] = people.used.get(used, 0) + number
        for count, kind in ((living, "PeopleMoved"), (number - living, "RemainsMoved")):
            if count:
                world.changed(world.tell(kind, key, began, amount=count, after="in_transit"))
    if people.exchange == "not_begun":
        people.exchange = "under_way"
        world.tell("ExchangeBegan", "", began, before="not_begun", after="under_way")
    world.flows.handover(world)
    transit = minutes(duty.terms.get("transit") or 0)
    if transit:
        world.schedule("debtor", duty.place, world.now + transit)
    else:
        arrive(world, duty)


def arrive(world: World, duty: Duty) -> None:
    """Those on their way arrive; remains may turn out to be somebody else's."""
    people: People = world.people
    event = world.tell("HandoverArrived", duty.key, duty.handover)
    earned: dict[str, int] = {}
    came: dict[str, int] = {}
    for key, (living, remains) in duty.on_the_way.items():
        group = people.groups[key]
        wrong = _misidentified(world, group, living + remains)
        if group.of == "remains":
            earned[key] = living = living - wrong
        else:
            earned[key], remains = living, remains - wrong
        came[key] = living + remains
        if wrong:
            _come_back(world, duty, group, wrong, event)
        if remains:
            group.released_remains += remains
            world.changed(world.tell("RemainsMoved", key, event, amount=remains, after="released"))
        if living:
            group.released += living
            world.changed(world.tell("PeopleMoved", key, event, amount=living, after="released"))
    duty.on_the_way = {}
    for key, number in came.items():
        duty.arrived[key] = duty.arrived.get(key, 0) + number
    _earn(world, duty, earned, event)
    if duty.is_enough:
        obligations.done(world, duty, event)
        if duty.kind == "release" and not missing(duty) and duty.choice == "on time" and duty.status == "met":
            bring_forward(world, duty, event)
    elif world.end is None:
        world.changed(event)
        if world.phases.state[duty.phase] == "lapsed":
            ending.fall_away(world, [duty], event)
            return
        if duty.decides_anew:  # the others wait for the new date
            world.schedule("debtor", duty.place, duty.new_date)
            return
        tell_unready(world, duty)
        if room_today(world, duty) and any(ready(world, key) for key in missing(duty)):
            if duty.is_leg:  # in its debtor's turn, once the other legs have gone
                world.schedule("debtor", duty.place, world.now)
                return
            obligations.perform(world, duty, has_arrived=True)
        elif is_under_way(world, duty):  # not for the truce
            follow(world, duty)


def _misidentified(world: World, group: Group, count: int) -> int:
    terms = (world.behaviour.get("search") or {}).get(group.key) or {}
    if group.of != "remains" or not terms.get("misidentified"):
        return 0
    return sum(world.chance.next(f"identifies {group.key}")[0] < terms["misidentified"] for _ in range(count))


def _come_back(world: World, duty: Duty, group: Group, number: int, event: int) -> None:
    """They are held again, and looked for anew."""
    duty.handed[group.key] -= number
    group.held += number
    group.found_at = sorted([*group.found_at, *_searches(world, group.key, number, world.now)])
    false = world.tell("RemainsMisidentified", group.key, event, amount=number)
    world.changed(world.tell("PeopleMoved", group.key, false, amount=number, after="held"))


def _earn(world: World, release: Duty, came: dict[str, int], event: int) -> None:
    """What is owed for those who have come out alive."""
    for duty in world.duties:
        if duty.release != release.key:
            continue
        before, is_awaited = sum(duty.owed.values()), is_waiting_for_people(world, duty)
        owed_nothing = before == sum(duty.arrived.values())
        for key, ratio in duty.terms["ratio"].items():
            if key not in came:
                continue
            group: Group = world.people.groups[key]
            for prisoners, rate in ratio.items():
                owed = duty.owed.get(prisoners, 0) + _owed_for(group, rate, came[key])
                if owed:
                    duty.owed[prisoners] = owed
        if sum(duty.owed.values()) > before:
            _owes_more(world, duty, event, is_new=owed_nothing)
            if is_awaited:
                world.schedule("debtor", duty.place, world.now)


def _owed_for(group: Group, rate: Any, came: int) -> int:
    if not isinstance(rate, dict):
        return int(rate) * came
    total = int(rate["total"])
    is_last = group.released_ever == group.count and group.released > 0
    return total // group.count * came + (total % group.count if is_last else 0)


def _owes_more(world: World, duty: Duty, event: int, *, is_new: bool) -> None:
    """It is owed from now on, or again, or more is handed over with what is late already."""
    if duty.status in DONE:
        duty.status, duty.open_since = "planned", None
    if is_new and duty.status == "planned" and duty.entered is not None:
        duty.date, duty.cause = max(duty.date, world.now), event
    obligations.look(world, duty, event)


def is_under_way(world: World, duty: Duty) -> bool:
    """Whether its debtor would hand over now, if there were somebody to hand over and room for them."""
    has_decided = duty.time is not None and duty.time <= world.now and duty.status != "withheld"
    can_go = not duty.on_the_way and not duty.waits_for_truce and duty.ready_at is None
    return duty.is_open and has_decided and can_go


def is_waiting_for_people(world: World, duty: Duty) -> bool:
    """Whether it waits until somebody can be handed over, and not for tomorrow's capacity; a lot for all of it."""
    left = missing(duty)
    if duty.goes_whole:
        return is_under_way(world, duty) and any(ready(world, key) < number for key, number in left.items())
    return is_under_way(world, duty) and not any(ready(world, key) for key in left)


def bring_forward(world: World, duty: Duty, event: int) -> None:
    """The debtor may hand over its next batch in the same minute."""
    following = world.duties[duty.place + 1 :]
    batches = [d for d in following if d.kind == "release" and d.by == duty.by and d.phase == duty.phase
               and not d.is_leg and not d.owes_nothing]  # fmt: skip
    if duty.is_leg or not batches or batches[0].status != "planned":
        return
    batch = batches[0]
    if batch.date <= world.now:
        return
    if not gates.holds(world, batch.terms.get("after"), duty.by):
        return
    if world.chance.at(f"ahead {duty.key}")[0] >= world.compliance(duty, "ahead", 0.0):
        return
    batch.cause = world.tell("ObligationBroughtForward", batch.key, event)
    batch.status, batch.choice, batch.due_at, batch.time = "due", "on time", world.now, world.now
    world.schedule("debtor", batch.place, None)
    obligations.watch_grace(world, batch, batch.date)
    obligations.perform(world, batch)
