"""One replicate in the terminal, and as a JSON object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.document.lists import PeopleList, lists_of
from sim.document.names import called, in_words, unit_called
from sim.outcomes.columns import day_of, local_time
from sim.outcomes.record import ReplicateRecord
from sim.plan.codes import Custody, Event
from sim.plan.plan import Plan
from sim.report.sentences import say
from sim.report.words import FOOTER

if TYPE_CHECKING:
    from rich.console import Console


def _print_guarantees(told: ReplicateRecord, console: Console) -> None:
    """Which declared guarantees this replicate violates, and when."""
    plan, found = told.plan, told.violations
    if not found:
        return
    violated = {name: minute for name, minute in found.items() if minute is not None}
    if not violated:
        kept = f"All {len(found)} declared guarantees are" if len(found) > 1 else "The declared guarantee is"
        console.print(f"{kept} kept.", highlight=False)
    else:
        console.print(f"Violated: {len(violated)} of {len(found)} declared guarantees", style="bold", highlight=False)
    declared = {**plan.scenario.deal.guarantees, **plan.scenario.guarantees}
    for name, minute in violated.items():
        when = f"day {day_of(plan, minute)}, {local_time(plan, minute):%d %b %Y %H:%M}"
        console.print(f"  {when}: {declared[name].title or in_words(name)}", markup=False)
    console.print()


def print_story(told: ReplicateRecord, console: Console) -> None:
    """The replicate as a dated list, how it ended and why, and what it came to."""
    from rich.table import Table

    scenario = told.plan.scenario
    console.print(f"{scenario.scenario}, seed {told.seed}, replicate {told.replicate}", style="bold", markup=False)
    console.print(scenario.question, markup=False, style="italic")
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("day", justify="right")
    table.add_column("local time", no_wrap=True)
    table.add_column("what happened")
    day_before = None
    from rich.text import Text

    for day, when, text in told.story:
        table.add_row(str(day) if day != day_before else "", when, Text(text))
        day_before = day
    console.print(table)
    console.print()
    console.print("How it ended, followed back", style="bold")
    for depth, line in enumerate(told.chain):
        console.print(f"{'  ' * depth}{line}", markup=False)
    console.print()
    _print_guarantees(told, console)
    for line in _what_it_came_to(told):
        console.print(line, markup=False)
    console.print(f"One replicate of many. {FOOTER}", style="dim")


def _what_it_came_to(told: ReplicateRecord) -> list[str]:
    """People of every list that the deal has, and days and counts."""
    plan, trace, outcomes = told.plan, told.trace, told.outcomes
    lists = lists_of(plan.scenario.deal)
    released = {one: sum(int(outcomes[f"released_{group}"]) for group in one.groups) for one in lists}
    held = [f"{one.count - released[one]:,} {one.full_name}" for one in lists]
    out = [f"{released[one]:,} of {one.count:,} {one.full_name}" for one in lists]
    captive = [f"{days:,.0f} {one.full_name}" for one in lists if (days := _captive_days(plan, trace, one)) is not None]
    came_to = say("came to", disputes=f"{outcomes['disputes']:,}", incidents=f"{outcomes['incidents']:,}")
    if plan.scenario.deal.has_truce:
        held_for = say("truce held", days=f"{outcomes['truce_days']:.1f}")
        came_to = f"{held_for} {came_to}"
    people = [
        say(form, people=", ".join(parts))
        for form, parts in (("released", out), ("still held", held), ("captive", captive))
        if parts
    ]
    return [*people, *_units_delivered(plan, outcomes), came_to]


def _units_delivered(plan: Plan, outcomes: Mapping[str, float | int]) -> list[str]:
    """How much came of what is counted in units, where that is more than one; of one stock together."""
    deal = plan.scenario.deal
    told: dict[tuple[str, ...], list[str]] = {}
    for key, one in deal.obligations.items():
        if f"delivered_{key}" in outcomes and (deal.units_of(one) or 0) > 1:
            told.setdefault(tuple(one.amount) or (key,), []).append(key)
    parts = []
    for keys in told.values():
        first = deal.obligations[keys[0]]
        delivered = sum(int(outcomes[f"delivered_{key}"]) for key in keys)
        owed = sum(deal.units_of(deal.obligations[key]) or 0 for key in keys)
        of = f" ({called(first, keys[0])})" if len(keys) == 1 else ""
        parts.append(f"{delivered:,} of {owed:,} {unit_called(deal, first)}{of}")
    return [say("delivered", units="; ".join(parts))] if parts else []


def _captive_days(plan: Plan, trace: np.ndarray[Any, Any], people: PeopleList) -> float | None:
    """Days in captivity of a list's living, summed, to each one's release, death or the horizon; of the dead None."""
    if people.of != "people":
        return None
    places = {plan.groups.index(group) for group in people.groups}
    horizon, minutes, left = int(plan.record["horizon"][0]), 0, people.count
    for minute, event, subject, _, _, count, custody in trace.tolist():
        is_out = event == Event.PEOPLE_MOVED and custody == Custody.RELEASED
        if subject in places and (is_out or event == Event.PEOPLE_DIED):
            minutes += count * max(0, minute)
            left -= count
    return (minutes + left * horizon) / 1440
