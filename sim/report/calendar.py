"""A deal's obligations as a table by day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.document.conditions import Condition
from sim.document.deal import Deal, Obligation
from sim.document.names import (
    actor_called,
    called,
    in_words,
    obligation_called,
    phase_called,
    talks_called,
    unit_called,
)
from sim.document.quantities import in_words as amount_in_words
from sim.document.scenario import ResolvedScenario
from sim.document.values import write_duration
from sim.reading.defaults import phase_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

WIDEST_DUE = 16


def _amount(deal: Deal, obligation: Obligation) -> str:
    """How much is owed, in words."""
    if obligation.amount:
        return ", ".join(
            f"{amount_in_words(count)} {called(deal.stocks[group], group)}"
            for group, count in obligation.amount.items()
        )
    if obligation.ratio:
        return "by ratio, for each release"
    if obligation.each_day:
        return ", ".join(f"{rate:,g} {in_words(measure)} a day" for measure, rate in obligation.each_day.items())
    if obligation.to_line:
        return f"to the line {called(deal.lines[obligation.to_line], obligation.to_line)}"
    return f"{obligation.units:,} {unit_called(deal, obligation)}" if (obligation.units or 0) > 1 else ""


def _condition(deal: Deal, condition: Condition) -> str:
    """One condition in words, with the titles of what it asks for."""
    if condition.not_ is not None:
        return _negated(deal, condition.not_)
    if condition.parts:
        words = [_grouped(deal, one) for _, one in condition.parts]
        if condition.at_least is not None:
            return f"at least {condition.at_least} of: " + ", ".join(words)
        return (" or " if condition.any is not None else " and ").join(words)
    if condition.day is not None:
        return str(condition.day)
    if condition.obligation is not None:
        title = obligation_called(deal, condition.obligation)
        return title if condition.share is None else f"{condition.share:.0%} of {title}"
    if condition.released is not None:
        if isinstance(condition.released, dict):
            return (
                " and ".join(f"{n:,} {called(deal.stocks[group], group)}" for group, n in condition.released.items())
                + " released"
            )
        return f"{condition.released:,} {in_words(_counted(condition))} released"
    if condition.line is not None:
        return f"the line {called(deal.lines[condition.line], condition.line)}"
    if condition.talks is not None:
        return f"{talks_called(deal, condition.talks)} {in_words(str(condition.state or 'under_way'))}"
    if condition.phase is not None:
        return f"{phase_called(deal, condition.phase)} {in_words(str(condition.state or 'entered'))}"
    return "truce holds"


def _counted(condition: Condition) -> str:
    """'prisoners', or 'remains of prisoners' of whom only they are counted."""
    return f"{condition.of} of {condition.list}" if condition.of is not None else str(condition.list)


def _negated(deal: Deal, condition: Condition) -> str:
    """The opposite of a condition in words."""
    if condition.not_ is not None:
        return _condition(deal, condition.not_)
    if condition.day is not None:
        return f"before {condition.day}"
    words = [_grouped(deal, one) for _, one in condition.parts]
    if condition.any is not None:
        return f"neither {words[0]} nor {words[1]}" if len(words) == 2 else "none of: " + ", ".join(words)
    if condition.all is not None:
        return f"not both {words[0]} and {words[1]}" if len(words) == 2 else "not all of: " + ", ".join(words)
    return f"not {_condition(deal, condition)}"


def _grouped(deal: Deal, condition: Condition) -> str:
    """A condition within another one: in brackets where it is made of several."""
    words = _condition(deal, condition)
    return f"({words})" if len(condition.parts) > 1 else words


def _due(obligation: Obligation) -> str:
    """When it is due, in words."""
    due: str = obligation.due
    if obligation.kind == "talks":
        due = f"{obligation.starts_by or obligation.due} to {obligation.concludes_by or 'open'}"
    return due + (f" + {write_duration(obligation.takes)}" if obligation.takes else "")


def _day(obligation: Obligation) -> tuple[int, str]:
    """Sort key: the day in the document, gates and trigger dates after the dated ones of their phase."""
    due = obligation.starts_by or obligation.due
    return (due.day if due.is_dated else 10**6), obligation.due


def _owed(deal: Deal, key: str, obligation: Obligation) -> str:
    """Who owes what, and on a line of its own what it waits for."""
    owed = f"{actor_called(deal, obligation.by)}: {obligation.title or in_words(key)}"
    if amount := _amount(deal, obligation):
        owed += f" ({amount})"
    after = "; ".join(_condition(deal, condition) for condition in obligation.after)
    return f"{owed}\nafter {after}" if after else owed


def _phase_table(deal: Deal, key: str) -> Table:
    """The obligations of one phase: the day, the name, and all else in one column that wraps between words."""
    from rich.table import Table
    from rich.text import Text

    length = deal.phases[key].lasts
    lasts = "open-ended" if length is None else write_duration(length)
    words = phase_called(deal, key)
    title = f"{words[:1].upper()}{words[1:]} ({key}): {lasts}" if words != f"phase {key}" else f"Phase {key}: {lasts}"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("due", max_width=WIDEST_DUE)
    table.add_column("obligation", no_wrap=True)
    table.add_column("what is owed, and after what")
    mine = [(name, owed) for name, owed in deal.obligations.items() if phase_of(deal, owed) == key]
    for name, obligation in sorted(mine, key=lambda item: _day(item[1])):
        table.add_row(*(Text(cell) for cell in (_due(obligation), name, _owed(deal, name, obligation))))
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
