"""Questions that may be answered otherwise: who decides, what about, and how to find out how it fell in one history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sim.analysis.decided.moments import Moment, Side
from sim.analysis.decided.verdict import Verdict, spread
from sim.document.names import obligation_called
from sim.document.values import write_duration
from sim.outcomes.columns import day_of, local_time
from sim.outcomes.story import quoted
from sim.plan.codes import FIELD_MINUTE, Event
from sim.plan.plan import Plan

Fell = Callable[[Side, int], Verdict | None]
"""How it fell on a side, as looked at from the end of a minute; None where it did not come up."""
AS_SCRIPTED = ("as scripted, nothing is drawn",)
INCIDENTS = (Event.INCIDENT_MINOR, Event.INCIDENT_MAJOR)


@dataclass(frozen=True)
class Question:
    """A decision that may have fallen otherwise.

    Attributes
    ----------
    decision : str
        Its address.
    who, about : str
        As in `Otherwise`.
    fell : callable
    """

    decision: str
    who: str
    about: str
    fell: Fell


def is_scripted(plan: Plan) -> bool:
    """Whether nothing is drawn."""
    return bool(plan.record["is_scripted"][0])


def place_of(names: Sequence[str], name: str) -> int | None:
    """The index of a name, None where there is none: the other scenario may have other terms."""
    return names.index(name) if name in names else None


def drawn_over(
    side: Side, names: Sequence[str], name: str, kinds: Sequence[Event], minute: int
) -> tuple[int, int] | None:
    """The place of a name, and the last event of these kinds about it up to a minute; None without, or if scripted."""
    place = place_of(names, name)
    event = None if place is None or is_scripted(side.plan) else side.last(kinds, place, side.end_of(minute))
    return None if place is None or event is None else (place, event)


def a_time(moment: Moment, drawn: float, slots: tuple[int, int], occurrence: int) -> Verdict:
    """How a time fell, whatever it is for."""
    numbers = (f"{drawn:.2f} is drawn", spread(*(moment.number(slot) for slot in slots)))
    return Verdict(write_duration(moment.time(drawn, *slots)), numbers=numbers, occurrence=occurrence)


def next_of(side: Side, kinds: Sequence[Event], subject: int, since: int) -> str:
    """When the next event of these kinds comes."""
    found = side.first(kinds, subject, since)
    return "none before the end" if found is None else f"on {day_and_hour(side.plan, side.rows[found][FIELD_MINUTE])}"


def day_and_hour(plan: Plan, minute: int) -> str:
    """'day 3, 12:00'."""
    return f"day {day_of(plan, minute)}, {local_time(plan, minute):%H:%M}"


def debtor(plan: Plan, name: str) -> str:
    """The key of whoever owes an obligation."""
    return plan.actors[int(plan.record["debtor"][0, plan.obligations.index(name)])]


def creditor(plan: Plan, name: str) -> str:
    """The key of whoever an obligation is owed to."""
    return plan.actors[int(plan.record["creditor"][0, plan.obligations.index(name)])]


def told(plan: Plan, name: str) -> str:
    """An obligation within a sentence."""
    return quoted(obligation_called(plan.scenario.deal, name))
