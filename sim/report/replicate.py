"""One replicate in the terminal, and as a JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.outcomes import columns, end_name, is_quantity, published, violations
from sim.plan.compile import Plan
from sim.trace import chain, day_of, local_time, root_cause_of, story

if TYPE_CHECKING:
    from rich.console import Console

NOT_A_FORECAST = "Ranges under stated assumptions, not a forecast."


def outcomes_of(plan: Plan, row: np.ndarray[Any, Any]) -> dict[str, float | int]:
    """Outcomes by name in published units; codes are left out."""
    result: dict[str, float | int] = {}
    for name, raw in zip(columns(plan), row, strict=True):
        if is_quantity(name):
            value = published(name, raw)
            result[name] = int(value) if np.issubdtype(type(value), np.integer) else round(float(value), 6)
    return result


def as_record(plan: Plan, seed: int, replicate: int, row: np.ndarray[Any, Any]) -> dict[str, Any]:
    """What `ceasefire run --json` prints."""
    names = columns(plan)
    return {
        "scenario": plan.scenario.scenario,
        "seed": seed,
        "replicate": replicate,
        "engine": "reference",
        "outcomes": outcomes_of(plan, row),
        "end": end_name(int(row[names.index("end")])),
        "root_cause": root_cause_of(plan, row, names),
        "guarantees": [_as_verdict(plan, name, minute) for name, minute in violations(plan, row).items()],
    }


def _as_verdict(plan: Plan, name: str, minute: int | None) -> dict[str, Any]:
    """A declared guarantee: kept, or violated and when."""
    verdict: dict[str, Any] = {"name": name, "kept": minute is None, "minute": minute}
    if minute is not None:
        when = local_time(plan, minute).isoformat(timespec="minutes")
        verdict |= {"day": day_of(plan, minute), "local_time": when}
    return verdict


def _print_guarantees(plan: Plan, row: np.ndarray[Any, Any], console: Console) -> None:
    """Which declared guarantees this replicate violates, and when."""
    found = violations(plan, row)
    if not found:
        return
    violated = {name: minute for name, minute in found.items() if minute is not None}
    if not violated:
        console.print(f"All {len(found)} declared guarantees are kept.", highlight=False)
    else:
        console.print(f"Violated: {len(violated)} of {len(found)} declared guarantees", style="bold", highlight=False)
    declared = {**plan.scenario.deal.guarantees, **plan.scenario.guarantees}
    for name, minute in violated.items():
        when = f"day {day_of(plan, minute)}, {local_time(plan, minute):%d %b %Y %H:%M}"
        console.print(f"  {when}: {declared[name].title or name.replace('_', ' ')} ({name})", markup=False)
    console.print()


def print_story(
    plan: Plan, seed: int, replicate: int, row: np.ndarray[Any, Any], trace: np.ndarray[Any, Any], console: Console
) -> None:
    """The replicate as a dated list, how it ended and why, and what it came to."""
    from rich.table import Table

    scenario = plan.scenario
    console.print(f"{scenario.scenario}, seed {seed}, replicate {replicate}", style="bold", markup=False)
    console.print(scenario.question, markup=False, style="italic")
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("day", justify="right")
    table.add_column("local time", no_wrap=True)
    table.add_column("what happened")
    day_before = None
    from rich.text import Text

    for day, when, text in story(plan, trace):
        table.add_row(str(day) if day != day_before else "", when, Text(text))
        day_before = day
    console.print(table)
    console.print()
    console.print("How it ended, followed back", style="bold")
    for depth, line in enumerate(chain(plan, trace)):
        console.print(f"{'  ' * depth}{line}", markup=False)
    console.print()
    _print_guarantees(plan, row, console)
    outcomes = outcomes_of(plan, row)
    console.print(
        f"Released: {outcomes['hostages_living_released']} living hostages, "
        f"{outcomes['hostages_deceased_returned']} deceased returned, {outcomes['prisoners_released']} prisoners. "
        f"Still held: {outcomes['hostages_still_held']}. Truce: {outcomes['truce_days']:.1f} days. "
        f"Disputes: {outcomes['disputes']}. Incidents: {outcomes['incidents']}."
    )
    console.print(f"One replicate of many. {NOT_A_FORECAST}", style="dim")
