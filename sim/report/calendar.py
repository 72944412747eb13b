"""A deal's obligations as a table by day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.deal.document import Condition, Deal, Obligation, ResolvedScenario, write_duration
from sim.trace import actor_name

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

WIDEST_DUE = 16


def _amount(obligation: Obligation) -> str:
    """How much is owed, in words."""
    if obligation.amount:
        return ", ".join(f"{count} {_spaced(group)}" for group, count in obligation.amount.items())
    if obligation.ratio:
        return "by ratio, for each release"
    if obligation.each_day:
        return ", ".join(f"{rate:g} {_spaced(measure)} a day" for measure, rate in obligation.each_day.items())
    if obligation.to_line:
        return f"to line {obligation.to_line}"
    if obligation.topic:
        return f"on {obligation.topic}"
    return f"{obligation.units}" if obligation.units else ""


def _spaced(key: str) -> str:
    """A key as words, which a narrow column can wrap."""
    return key.replace("_", " ")


def _condition(condition: Condition) -> str:
    """One condition in words; names of obligations, lines, topics and phases stay whole."""
    if condition.any is not None:
        return " or ".join(_condition(one) for one in condition.any)
    if condition.obligation is not None:
        return condition.obligation if condition.share is None else f"{condition.share:.0%} of {condition.obligation}"
    if condition.released is not None:
        if isinstance(condition.released, dict):
            return " and ".join(f"{n} {_spaced(group)}" for group, n in condition.released.items()) + " released"
        return f"{condition.released} {condition.side} released"
    if condition.line is not None:
        return f"line {condition.line}"
    if condition.talks is not None:
        return f"talks on {condition.talks} {_spaced(str(condition.state or 'under_way'))}"
    if condition.phase is not None:
        return f"phase {condition.phase} {_spaced(str(condition.state or 'entered'))}"
    return "truce holds"


def _due(obligation: Obligation) -> str:
    """When it is due, in words."""
    due = obligation.due
    if obligation.kind == "talks":
        due = f"{obligation.starts_by or obligation.due} to {obligation.concludes_by or 'open'}"
    return due + (f" + {write_duration(obligation.takes)}" if obligation.takes else "")


def _day(obligation: Obligation) -> tuple[int, str]:
    """Sort key: the day in the document, gates and trigger dates after the dated ones of their phase."""
    words = (obligation.starts_by or obligation.due).split()
    if "day" in words:
        place = words.index("day")
        if place + 1 < len(words):
            return int(words[place + 1]), obligation.due
    return 10**6, obligation.due


def _owed(deal: Deal, obligation: Obligation) -> str:
    """Who owes what, and on a line of its own what it waits for."""
    owed = f"{actor_name(deal, obligation.by)}: {_spaced(obligation.kind)} {_amount(obligation)}".rstrip()
    after = "; ".join(_condition(condition) for condition in obligation.after)
    return f"{owed}\nafter {after}" if after else owed


def _phase_table(deal: Deal, key: str) -> Table:
    """The obligations of one phase: the day, the name, and all else in one column that wraps between words."""
    from rich.table import Table
    from rich.text import Text

    length = deal.phases[key].lasts
    lasts = "open-ended" if length is None else write_duration(length)
    table = Table(title=f"Phase {key}: {lasts}", title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("due", max_width=WIDEST_DUE)
    table.add_column("obligation", no_wrap=True)
    table.add_column("what is owed, and after what")
    mine = [(name, owed) for name, owed in deal.obligations.items() if (owed.phase or next(iter(deal.phases))) == key]
    for name, obligation in sorted(mine, key=lambda item: _day(item[1])):
        table.add_row(*(Text(cell) for cell in (_due(obligation), name, _owed(deal, obligation))))
    return table


def print_calendar(scenario: ResolvedScenario, console: Console) -> None:
    """Every phase with its obligations, by day."""
    from rich.text import Text

    deal: Deal = scenario.deal
    console.print(Text(f"{deal.deal}: {deal.title}", style="bold"))
    console.print(Text(f"day 1 is {deal.starts:%d %B %Y}; horizon {write_duration(scenario.horizon)}"))
    for key in deal.phases:
        console.print()
        console.print(_phase_table(deal, key))
