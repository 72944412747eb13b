"""Declared guarantees judged in plain Python from a trace, as slowly and as literally as they are worded.

Nothing here is shared with `sim.guarantees` or `sim.plan.guarantees`: names instead of places, a whole picture of the
deal for each minute instead of levels and thresholds.
"""

from __future__ import annotations

import copy
import itertools
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.document.conditions import Claim
from sim.document.deal import Guarantee
from sim.plan.codes import WHOLE, Custody, Event, Status, Talks, Truce
from sim.plan.plan import Plan


@dataclass
class Picture:
    """How a deal stands at the end of a minute."""

    people: dict[str, dict[str, int]]
    minute: int = 0
    arrived: dict[str, int] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    shares: dict[str, float] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)
    lines: dict[str, int] = field(default_factory=dict)
    truce: str = "not_begun"
    talks: dict[str, str] = field(default_factory=dict)
    talks_ever: set[str] = field(default_factory=set)
    phases: dict[str, set[str]] = field(default_factory=dict)
    end: str | None = None


def pictures(plan: Plan, trace: np.ndarray[Any, Any]) -> list[tuple[int, Picture]]:
    """The picture at the end of each minute in which something happened."""
    groups = plan.scenario.deal.people
    now = Picture({key: {"held": group.count, "in_transit": 0, "released": 0} for key, group in groups.items()})
    found: list[tuple[int, Picture]] = []
    for minute, rows in itertools.groupby(trace.tolist(), key=lambda row: row[0]):
        for row in rows:
            _change(plan, now, row)
        now.minute = minute
        found.append((minute, copy.deepcopy(now)))
    return found


def _change(plan: Plan, now: Picture, row: list[int]) -> None:
    _, number, subject, actor, _, before, after = row
    event = Event(number)
    name = event.name
    if event in (Event.PEOPLE_MOVED, Event.REMAINS_MOVED):
        custody = Custody(after).name.lower()
        source = "held" if custody == "in_transit" else "in_transit"
        now.people[plan.groups[subject]][source] -= before
        now.people[plan.groups[subject]][custody] += before
        if custody == "released":
            owed = plan.obligations[actor]
            now.arrived[owed] = now.arrived.get(owed, 0) + before
    elif event == Event.LINE_REACHED:
        now.lines[plan.actors[actor]] = subject
    elif event == Event.FLOW_CHANGED:
        if after > 0:
            now.running.add(plan.obligations[subject])
    elif event == Event.OBLIGATION_SHARE:
        now.shares[plan.obligations[subject]] = after / WHOLE
    elif event == Event.OBLIGATION_BROUGHT_FORWARD:
        now.status[plan.obligations[subject]] = "due"
    elif name in ("DISPUTE_OPENED", "DISPUTE_SETTLED") or (
        name.startswith("OBLIGATION_")
        and name not in ("OBLIGATION_DELAYED", "OBLIGATION_REFUSED", "OBLIGATION_MISSING")
    ):
        owed, status = plan.obligations[subject], Status(after).name.lower()
        now.status[owed] = status
        if status in ("met", "met_late", "cured"):
            now.done.add(owed)
    elif name.startswith("TRUCE_"):
        now.truce = Truce(after).name.lower()
    elif name in ("TALKS_OPENED", "TALKS_AGREED", "TALKS_BROKEN_OFF"):
        now.talks[plan.topics[subject]] = Talks(after).name.lower()
        now.talks_ever.add(plan.topics[subject])
    elif name.startswith("PHASE_"):
        _change_phase(now.phases.setdefault(plan.phases[subject], set()), name)
    elif name.startswith("DEAL_") and event != Event.DEAL_BEGAN:
        now.end = name.removeprefix("DEAL_").lower()


def _change_phase(states: set[str], name: str) -> None:
    word = name.removeprefix("PHASE_").lower()
    if word == "entered":
        states |= {"entered", "in_force"}
        return
    states.add(word)
    if word in ("ended", "lapsed"):
        states -= {"in_force", "continued"}


def holds(plan: Plan, claim: Claim, now: Picture) -> bool:
    """Whether a claim holds in a picture."""
    deal = plan.scenario.deal
    if claim.any is not None:
        return any(holds(plan, one, now) for one in claim.any)
    if claim.all is not None:
        return all(holds(plan, one, now) for one in claim.all)
    if claim.at_least is not None:
        return sum(holds(plan, one, now) for one in claim.of) >= claim.at_least
    if claim.not_ is not None:
        return not holds(plan, claim.not_, now)
    if claim.day is not None:
        return now.minute >= _minute_of(plan, str(claim.day))
    for custody in ("held", "in_transit", "released"):
        wanted = getattr(claim, custody)
        if isinstance(wanted, dict):
            return all(now.people[group][custody] >= number for group, number in wanted.items())
        if wanted is not None:
            fitting = [
                key for key, group in deal.stocks.items()
                if group.list == claim.list and (claim.of is None or claim.of == group.of)
            ]  # fmt: skip
            return sum(now.people[key][custody] for key in fitting) >= int(wanted)
    if claim.obligation is not None:
        return _obligation_holds(plan, claim, now)
    if claim.line is not None:
        withdrawing = next((o.by for o in deal.obligations.values() if o.to_line), plan.actors[0])
        return now.lines.get(claim.by or withdrawing, 0) >= plan.lines.index(claim.line)
    if claim.truce is not None:
        return now.truce == claim.truce
    if claim.talks is not None:
        if claim.state == "started":
            return claim.talks in now.talks_ever
        if claim.state in (None, "under_way"):
            return now.talks.get(claim.talks) == "under_way" and now.end is None
        return now.talks.get(claim.talks) == claim.state
    if claim.phase is not None:
        state = claim.state or "entered"
        is_over = now.end is not None and state in ("in_force", "continued")
        return state in now.phases.get(claim.phase, set()) and not is_over
    return now.end == claim.end


def _minute_of(plan: Plan, day: str) -> int:
    """The minute of 'day 7' or 'day 7 16:00', the first day not before the deal's start."""
    deal = plan.scenario.deal
    _, number, *named = day.split()
    hours, minutes = map(int, (named[0] if named else deal.due_hour).split(":"))
    minute = 1440 * (int(number) - 1) + 60 * (hours - deal.starts.hour) + minutes - deal.starts.minute
    return max(minute, 0) if number == "1" and not named else minute


def _obligation_holds(plan: Plan, claim: Claim, now: Picture) -> bool:
    key = str(claim.obligation)
    kind = plan.scenario.deal.obligations[key].kind
    instances = [name for name in plan.obligations if name == key or name.startswith(f"{key}.")]
    if claim.state is not None:
        return any(now.status.get(name) == claim.state for name in instances)
    obligation = plan.scenario.deal.obligations[key]
    by_units = claim.share is not None and (kind == "flow" or bool(plan.scenario.deal.units_of(obligation)))
    if obligation.ratio or by_units or any(plan.record["owed"][0, plan.obligations.index(o)] == 0 for o in instances):
        return all(now.shares.get(name, 0.0) >= (claim.share or 1.0) - 1e-8 for name in instances)
    words = {word for number in obligation.amount.values() for word in getattr(number, "word", "").split()}
    is_status = claim.share is None and words & {"about", "up_to"}
    if plan.scenario.deal.hands_over_people(obligation) and not is_status:
        owed = {name: int(plan.record["owed"][0, plan.obligations.index(name)]) for name in instances}
        return all(
            now.arrived.get(name, 0) >= math.ceil((claim.share or 1.0) * owed[name] - 1e-9) for name in instances
        )
    return all(name in (now.running if kind == "flow" else now.done) for name in instances)


def first_violation(plan: Plan, guarantee: Guarantee, seen: list[tuple[int, Picture]]) -> int | None:
    """The minute at which a guarantee is first violated in these pictures; None where it is kept."""

    def truth(claims: list[Claim]) -> list[tuple[int, bool]]:
        return [(minute, all(holds(plan, claim, now) for claim in claims)) for minute, now in seen]

    if guarantee.never is not None:
        minutes = [minute for minute, true in truth(guarantee.never) if true]
    elif guarantee.always is not None:
        minutes = [minute for minute, true in truth(guarantee.always) if not true]
    elif guarantee.precedes is not None:
        first, second = (
            min((minute for minute, true in truth([claim]) if true), default=math.inf) for claim in guarantee.precedes
        )
        minutes = [int(second)] if second < first else []
    else:
        assert guarantee.responds is not None
        asked, answers = truth(guarantee.responds.to), truth(guarantee.responds.with_)
        within, end = guarantee.responds.within, next(minute for minute, now in seen if now.end is not None)
        rising = [m for (m, true), before in zip(asked, [False, *(t for _, t in asked)], strict=False)
                  if true and not before]  # fmt: skip
        minutes = [
            minute + within for minute in rising
            if minute + within < end and not any(true and minute <= m <= minute + within for m, true in answers)
        ]  # fmt: skip
    return max(0, min(minutes)) if minutes else None
