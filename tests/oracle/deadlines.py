"""Who keeps a gate shut, and what follows for what has a deadline: 'Deadlines' of the page on the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tests.oracle import exchanges, gates, obligations, truce
from tests.oracle.lots import exchange_of
from tests.oracle.missing import keeps_nothing_going
from tests.oracle.reading import minutes
from tests.oracle.world import CLOSED, Duty, World

NOBODY = "nobody"
Names = frozenset[str]
Node = tuple[str, str]
"""An obligation or a phase, by name."""


# ---------------------------------------------------------------- the life of a deadline


def enter(world: World, duty: Duty) -> None:
    """Its phase is entered: its creditor watches from now on, unless it counts from its gate."""
    text = str(duty.terms.get("deadline") or "")
    if text and "after gate" not in text:
        duty.has_deadline, duty.latest = True, obligations.date_of(world, duty, text)
        obligations.watch_grace(world, duty, duty.latest)


def falls_due(world: World, duty: Duty) -> None:
    """A deadline that counts from its gate: what it takes after that is over."""
    text = str(duty.terms.get("deadline") or "")
    if text.endswith(" after gate"):
        duty.latest = world.now + minutes(text.removesuffix(" after gate")) - obligations.after_gate(duty)


def watch(world: World, event: int) -> None:
    """Whether those have changed who keep gates shut."""
    look(world)


def look(world: World) -> None:
    """Where the creditor, or time alone, no longer does, the deadline leaves the time that it takes."""
    if world.end is not None:
        return
    for duty in world.duties:
        if not duty.has_deadline or not is_waiting(duty):
            continue
        before, now = duty.kept_by, Names()
        if not gates.holds(world, duty.terms.get("after")):
            now = duty.last_kept_by = keep_shut(world, duty)
        duty.kept_by = now
        if _excuses(world, duty, before) and not _excuses(world, duty, now):
            duty.latest = max(duty.latest or 0, world.now + obligations.after_gate(duty))
            duty.is_held_up = False
            if duty.stage == "grace" and not duty.is_late:
                obligations.watch_grace(world, duty, duty.latest)


def is_waiting(duty: Duty) -> bool:
    """Whether it waits for its date or its gate."""
    return duty.waits_for_gate or duty.is_ahead


def _excuses(world: World, duty: Duty, keepers: Names) -> bool:
    return keepers == {NOBODY} or world.creditor(duty) in keepers


def is_not_late(world: World, duty: Duty) -> bool:
    """Grace is over for what waits: if its creditor or nobody keeps it waiting, that is told, and it is not late."""
    if not duty.has_deadline or not is_waiting(duty) or not _excuses(world, duty, duty.kept_by):
        return False
    duty.is_held_up, duty.is_grace_over = True, False
    duty.late_by.add("kept_waiting")
    duty.cause = world.tell("ObligationHeldBack", duty.key, last_of(duty), amount=_told(world, duty.kept_by))
    duty.was_told = True
    return True


def last_of(duty: Duty) -> int | None:
    """The last that happened to it, else what its date follows from."""
    if duty.was_told or duty.due_at is not None:
        return duty.cause
    return obligations.dated_by(duty) if duty.opened_by is None else duty.opened_by


def others_in_the_way(world: World, duty: Duty) -> tuple[str, ...] | None:
    """Who holds back what is late, if that is not its debtor."""
    if not duty.terms.get("deadline"):
        return None
    others = duty.last_kept_by - {NOBODY} if is_waiting(duty) else Names()
    is_own = others <= {duty.by}
    duty.late_by.add("lateness_own" if is_own else "lateness_of_others")
    return None if is_own else _told(world, others)


def _told(world: World, names: Names) -> tuple[str, ...]:
    everybody = exchanges.actors(world)
    return tuple(sorted(names - {NOBODY}, key=everybody.index))


# ---------------------------------------------------------------- who keeps it shut


class _Walk:
    """What is asked about one gate."""

    def __init__(self, world: World, debtor: str):
        self.world, self.debtor = world, debtor
        self.answers: dict[Node, Names] = {}

    def ask(self, node: Node) -> Names:
        """Who keeps an obligation from being done, or a phase from being entered."""
        if node not in self.answers:
            self.answers[node] = Names({NOBODY})  # of what is asked of in a circle
            part, name = node
            found = self.of_phase(name) if part == "phase" else self.of_duty(self.world.by_key[name])
            self.answers[node] = found
        return self.answers[node]

    def together(self, nodes: Iterable[Node]) -> Names:
        """All of these; time counts only where nobody else is in the way."""
        return _but_nobody(Names().union(*(self.ask(node) for node in nodes)))

    def of_phase(self, name: str) -> Names:
        """What its entry lacks, else what goes on in a phase without a length."""
        world = self.world
        entry = world.phases.terms[name].get("enters_when")
        if not gates.holds(world, entry):
            return self.of_gate(entry)
        now = world.phases.now
        if world.phases.state[now] in ("ahead", "waiting") or world.phases.length(now) is not None:
            return Names({NOBODY})
        going = [d for d in world.of_phase(now) if d.status not in CLOSED and not d.owes_nothing]
        return self.together(("duty", d.key) for d in going if not keeps_nothing_going(world, d))

    def of_duty(self, duty: Duty) -> Names:
        """Its debtor, unless something else is in the way."""
        world, own = self.world, Names({duty.by})
        if duty.status in CLOSED:
            return own
        if world.phases.state[duty.phase] in ("ahead", "waiting"):
            return self.ask(("phase", duty.phase))
        if duty.release and sum(duty.owed.values()) <= sum(duty.arrived.values()):
            return self.ask(("duty", duty.release))
        is_talks = duty.kind == "talks"
        waits = world.talks[str(duty.terms["topic"])].state == "not_started" if is_talks else is_waiting(duty)
        if waits and not gates.holds(world, duty.terms.get("after")):
            return self.of_gate(duty.terms.get("after"))
        if is_talks:
            return Names(world.parties)
        if missing := _others_missing(world, duty):
            return self.together(("duty", d.key) for d in missing)
        needs_truce = truce.has_phase(world, duty.phase) and duty.kind not in obligations.AT_ANY_TIME
        if needs_truce and (duty.waits_for_truce or duty.ready_at is not None):
            if world.truce.state == "suspended":
                return Names({world.truce.stopped_by})
            if obligations.waits_for_others_truce(world, duty):
                return self.together(_who_owe_truce(world))
        return own

    # ------------------------------------------------------------ gates

    def of_gate(self, value: Any) -> Names:
        """Who keeps it shut alone; if nobody does, its debtor who could have opened it, else all in the way."""
        conditions = gates.conditions(value)
        everybody = _but_nobody(Names().union(*(k for one in conditions for k in self.in_the_way(one))))
        alone = [
            name
            for name in [*exchanges.actors(self.world), NOBODY]
            if not all(self.would_hold(one, name) for one in conditions)
        ]
        if alone:
            return _but_nobody(Names(alone))
        return Names({self.debtor}) if self.debtor in everybody else everybody

    def would_hold(self, condition: dict[str, Any], but_for: str, *, is_opposite: bool = False) -> bool:
        """Whether a condition would hold if everybody else had done what they keep back."""
        if condition.get("not"):
            return self.would_hold(gates.conditions([condition["not"]])[0], but_for, is_opposite=not is_opposite)
        parts, needed = gates.parts_of(condition)
        if parts:
            that_hold = sum(self.would_hold(one, but_for, is_opposite=is_opposite) for one in parts)
            return that_hold > len(parts) - needed if is_opposite else that_hold >= needed
        holds = gates.holds(self.world, [condition]) != is_opposite
        return holds or but_for not in self.keep_from(condition, is_opposite)

    def in_the_way(self, condition: dict[str, Any], *, is_opposite: bool = False) -> Iterator[Names]:
        """Of every condition that fails and is not made of others, who keeps it."""
        if gates._one(self.world, condition, is_opposite=is_opposite):
            return
        if condition.get("not"):
            yield from self.in_the_way(gates.conditions([condition["not"]])[0], is_opposite=not is_opposite)
        elif parts := gates.parts_of(condition)[0]:
            for one in parts:
                yield from self.in_the_way(one, is_opposite=is_opposite)
        else:
            yield self.keep_from(condition, is_opposite)

    def keep_from(self, condition: dict[str, Any], is_opposite: bool) -> Names:
        """Who keeps one condition from holding: each part of it that is missing counts."""
        if is_opposite:
            return Names({NOBODY})
        return Names().union(*(self.together(nodes) for nodes in self.missing(condition)), self.of_truce(condition))

    def of_truce(self, condition: dict[str, Any]) -> Names:
        if condition.get("truce") and self.world.truce.state == "suspended":
            return Names({self.world.truce.stopped_by})
        return Names()

    def missing(self, condition: dict[str, Any]) -> Iterator[list[Node]]:
        """What could bring it about, for each of its parts that is missing."""
        world = self.world
        if condition.get("obligation"):
            yield from ([("duty", d.key)] for d in _undelivered(world, condition))
        elif condition.get("released") is not None:
            for stocks, wanted in _wanted(world, condition):
                if sum(world.people.groups[key].released_ever for key in stocks) < wanted:
                    yield [("duty", d.key) for d in world.duties if _hands_over(d, stocks)]
        elif condition.get("line"):
            lines = list(world.deal["lines"])
            by = condition.get("by") or next(d.by for d in world.duties if d.terms.get("to_line"))
            wanted = lines.index(condition["line"])
            yield [
                ("duty", d.key) for d in world.duties if d.by == by and d.status not in CLOSED
                and d.terms.get("to_line") and lines.index(d.terms["to_line"]) >= wanted
            ]  # fmt: skip
        elif condition.get("talks"):
            yield [("duty", world.talks[condition["talks"]].duty.key)]
        elif condition.get("phase"):
            name = condition["phase"]
            if (condition.get("state") or "entered") == "ended":
                name = world.phases.terms[name].get("then")
            yield [("phase", name)] if name else []
        elif condition.get("truce"):
            if world.truce.state != "suspended":
                yield list(_who_owe_truce(world))
        else:
            yield []  # a day


def keep_shut(world: World, duty: Duty) -> Names:
    """Who keeps the gate of an obligation shut."""
    walk = _Walk(world, duty.by)
    walk.answers["duty", duty.key] = Names({NOBODY})
    return walk.of_gate(duty.terms.get("after"))


def _but_nobody(names: Names) -> Names:
    return (names - {NOBODY}) or Names({NOBODY})


def _others_missing(world: World, duty: Duty) -> list[Duty]:
    """The lots of other legs with which nobody stands ready, where its own debtor does."""
    if duty.ready_at is None or exchange_of(world.deal, duty.key) is None:
        return []
    exchange = exchanges.of(world, duty)
    assert exchange is not None
    slow = [exchanges._next(leg) for leg in exchange.others(duty)]
    return [d for d in slow if d is not None and d.ready_at is None]


def _who_owe_truce(world: World) -> Iterator[Node]:
    if world.truce.state == "not_begun":
        yield from (("duty", d.key) for d in world.duties if d.kind == "truce" and d.status not in CLOSED)


def _undelivered(world: World, condition: dict[str, Any]) -> list[Duty]:
    """What has not been delivered of it; of lots, of which a share is asked, the one with which that comes."""
    duties, share = world.of_name(condition["obligation"]), condition.get("share")
    if share is None or duties[0].lots == 1:
        return [d for d in duties if not gates.has_come(world, d, None if share is None else float(share))]
    left = max(1, gates.wanted_of(duties, float(share)))
    for duty in duties:
        if left <= gates.owed_of(duty):
            return [duty]
        left -= gates.owed_of(duty)
    return []


def _wanted(world: World, condition: dict[str, Any]) -> Iterator[tuple[list[str], int]]:
    wanted, of = condition["released"], condition.get("of")
    if isinstance(wanted, dict):
        yield from (([key], int(number)) for key, number in wanted.items())
        return
    groups = world.people.groups
    yield [key for key, g in groups.items() if g.on_list == condition["list"] and of in (None, g.of)], int(wanted)


def _hands_over(duty: Duty, stocks: list[str]) -> bool:
    """Whether people of these stocks are still to come out under it."""
    if any(duty.owed.get(key, 0) > duty.arrived.get(key, 0) for key in stocks):
        return True
    is_to_come = duty.release is not None and duty.status == "planned"
    return is_to_come and any(key in owed for owed in duty.terms["ratio"].values() for key in stocks)
