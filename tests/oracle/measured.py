"""What is measured of a history: when milestones came about, how the truce stood at the end, what became of promises.

'Milestones' of the page on guarantees, 'What is measured' of the page on the model. All of it is read off the events
and the last state, so that it does not depend on how these came about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from tests.oracle.simulate import History
from tests.oracle.totals import column, end_of, how_kept, is_in_units
from tests.oracle.world import Duty, World

NEVER = -1
DONE_BY = ("ObligationMet", "ObligationMetLate", "ObligationCured")
FIRST_PHASES, LAST_PHASES = 6, 2
Key = tuple[str, ...]


def milestones(history: History) -> dict[Key, int]:
    """By what it is, the first minute at whose end it holds; `NEVER` if it never does."""
    world = history.world
    return {
        **{("all", *of): _all_out(history, groups) for of, groups in _lists(world).items()},
        **{("first", *of): minute for of, groups in _lists(world).items()
           if (minute := _first_step(history, groups)) is not None},
        **{("phase", phase): _when(history, "PhaseEntered", phase) for phase in _later_phases(world)},
        **{("line", line, by): _line(history, line, by) for line, by in _lines(world)},
        **{("units", kind, by): _steps(history, keys) for (kind, by), keys in _by_units(world).items()},
        **_truce(history),
    }  # fmt: skip


def _when(history: History, kind: str, about: str) -> int:
    return next((max(e.minute, 0) for e in history.events if e.kind == kind and e.about == about), NEVER)


# ---------------------------------------------------------------- people


def _lists(world: World) -> dict[Key, list[str]]:
    """Stocks that hold anybody, by list, people and remains each; stock by stock where a list shares its column."""
    found: dict[Key, list[str]] = {}
    for key, group in world.deal.get("stocks", {}).items():
        if group["count"] and group["of"] in ("people", "remains"):
            found.setdefault((group.get("list") or key, group["of"]), []).append(key)
    told: dict[Key, list[str]] = {}
    for (name, of), stocks in found.items():
        shares = [one for one, what in found if what == of and column(world, one) == column(world, name)] != [name]
        told |= {(stock, of): [stock] for stock in stocks} if shares and len(stocks) > 1 else {(name, of): stocks}
    return told


def _out(history: History, wanted: dict[str, int]) -> int:
    """The first minute at whose end so many of each group are out, alive or as remains."""
    out: Counter[str] = Counter()
    for event in history.events:
        if event.kind in ("PeopleMoved", "RemainsMoved") and event.after == "released":
            out[event.about] += event.amount
            if all(out[group] >= number for group, number in wanted.items()):
                return max(event.minute, 0)
    return NEVER


def _all_out(history: History, groups: list[str]) -> int:
    return _out(history, {group: history.world.deal["stocks"][group]["count"] for group in groups})


def _first_step(history: History, groups: list[str]) -> int | None:
    """What the first phase that owes some of a list owes of it; None where that is all of it, or goes by a ratio."""
    world = history.world
    people = world.deal["stocks"]
    for phase in world.deal["phases"]:
        owed: Counter[str] = Counter()
        for terms in _obligations(world, phase, ("release", "return", "transfer")):
            if any(group in groups for rate in (terms.get("ratio") or {}).values() for group in rate):
                return None
            owed.update({group: n for group, n in (terms.get("amount") or {}).items() if group in groups and n})
        wanted = {group: min(number, people[group]["count"]) for group, number in owed.items()}
        if sum(wanted.values()) >= sum(people[group]["count"] for group in groups):
            return None
        if wanted:
            return _out(history, wanted)
    return None


def _obligations(world: World, phase: str | None, kinds: Iterable[str]) -> list[dict[str, Any]]:
    first = next(iter(world.deal["phases"]))
    return [
        terms for terms in world.deal["obligations"].values()
        if terms["kind"] in kinds and phase in (None, terms.get("phase") or first)
    ]  # fmt: skip


# ---------------------------------------------------------------- phases, lines, units, the truce


def _later_phases(world: World) -> list[str]:
    later = list(world.deal["phases"])[1:]
    return later if len(later) <= FIRST_PHASES + LAST_PHASES else [*later[:FIRST_PHASES], *later[-LAST_PHASES:]]


def _lines(world: World) -> list[tuple[str, str]]:
    """The last line that each debtor owes, and the one before."""
    order = list(world.deal.get("lines", {}))
    owed = [terms for terms in _obligations(world, None, ("withdrawal",)) if terms.get("to_line")]
    found = []
    for by in dict.fromkeys(terms["by"] for terms in owed):
        mine = sorted({terms["to_line"] for terms in owed if terms["by"] == by}, key=order.index)
        found += [(line, by) for line in mine[-2:]]
    return found


def _line(history: History, line: str, by: str) -> int:
    """When a debtor is behind a line, or behind one further on."""
    order = list(history.world.deal["lines"])
    reached = [
        max(event.minute, 0) for event in history.events
        if event.kind == "LineReached" and order.index(event.about) >= order.index(line)
        and _mover(history, event) == by
    ]  # fmt: skip
    return min(reached, default=NEVER)


def _mover(history: History, event: Any) -> str:
    """Who withdrew: the debtor of the withdrawal that was carried out with it."""
    minute, line = event.minute, event.about
    done = [e for e in history.events if e.minute == minute and e.kind in DONE_BY]
    duties = [history.world.by_key[e.about] for e in done if e.about in history.world.by_key]
    return next((d.by for d in duties if d.terms.get("to_line") == line), "")


def _by_units(world: World) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for duty in world.duties:
        if is_in_units(duty) and not duty.owes_nothing:
            found.setdefault((duty.kind, duty.by), []).append(duty.key)
    return found


def _steps(history: History, keys: list[str]) -> int:
    """When the last of these steps is done, by its creditor's standard."""
    done = {e.about: max(e.minute, 0) for e in history.events if e.kind in DONE_BY and e.about in keys}
    return max(done.values()) if len(done) == len(keys) else NEVER


def _truce(history: History) -> dict[Key, int]:
    """When the truce first holds at the end of a minute, and when it has ended for good."""
    phases = history.world.deal["phases"].values()
    owed = any(duty.kind == "truce" for duty in history.world.duties)
    if not owed and not any(phase.get("truce", True) for phase in phases):
        return {}
    state: dict[int, str] = {}
    for event in history.events:
        if event.kind in ("TruceBegan", "TruceSuspended", "TruceRestored", "TruceEnded"):
            state[max(event.minute, 0)] = event.kind
    holds = [minute for minute, kind in state.items() if kind in ("TruceBegan", "TruceRestored")]
    ended = [minute for minute, kind in state.items() if kind == "TruceEnded"]
    return {("truce", "begins"): min(holds, default=NEVER), ("truce", "ends"): min(ended, default=NEVER)}


def truce_at_end(history: History) -> bool:
    """Whether the truce holds in the minute of the end."""
    last = [e for e in history.events if e.kind in ("TruceBegan", "TruceSuspended", "TruceRestored", "TruceEnded")]
    return bool(last) and last[-1].kind in ("TruceBegan", "TruceRestored")


# ---------------------------------------------------------------- promises not met


def not_met(history: History) -> dict[str, Counter[str]]:
    """By party, how many of its obligations are broken, void and not due yet."""
    found: dict[str, Counter[str]] = {party: Counter() for party in history.world.parties}
    for duty in history.world.duties:
        if duty.by in found and (word := _not_met(history, duty)):
            found[duty.by][word] += 1
    return found


def _not_met(history: History, duty: Duty) -> str:
    if duty.status == "excused" or duty.owes_nothing or how_kept(history.world, duty, end_of(history)) != "not_met":
        return ""
    if duty.status == "void" and not duty.was_late:
        return "not_due" if history.end == "standing" and not _closed_before_the_end(history, duty) else "void"
    return "broken"


def _closed_before_the_end(history: History, duty: Duty) -> bool:
    """Whether it fell away with its phase, before the deal's last minute or by the phase's end in it."""
    end = max(e.minute for e in history.events if e.kind == "DealStanding")
    fell = [e for e in history.events if e.kind == "ObligationVoid" and e.about == duty.key]
    if not fell:
        return False
    cause = None if fell[-1].cause is None else history.events[fell[-1].cause].kind
    return fell[-1].minute < end or cause in ("PhaseEnded", "PhaseLapsed")
