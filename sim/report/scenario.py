"""A scenario in the terminal: its question, what it changes, and the behaviour in force, with defaults marked."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from sim.document.scenario import ResolvedScenario
from sim.reading.draft import sparse
from sim.reading.paths import exists, known, look_up, split
from sim.reading.posterior import distributions
from sim.report.console import broken_at, plain_table
from sim.report.difference import print_differences
from sim.report.page.assumptions import assumptions

if TYPE_CHECKING:
    from rich.console import Console

    from sim.reading.difference import Change

DEFAULT = "default"
_WIDEST_PATH = 30


def print_scenario(
    scenario: ResolvedScenario, taken: Sequence[str], console: Console,
    deal: str, changes: Sequence[Change] = (), builds_on: str | None = None,
) -> None:  # fmt: skip
    """The question, what the scenario changes with its sources, and each number that something takes.

    Parameters
    ----------
    scenario : ResolvedScenario
    taken : sequence of str
        Paths below `behaviour` of the numbers that something takes, in order.
    console : rich.console.Console
    deal : str
        What `ceasefire show` takes for the deal.
    changes : sequence of Change, optional
        From what it builds on.
    builds_on : str, optional
        The name of that.
    """
    title = f": {scenario.title}" if scenario.title else ""
    console.print(f"{scenario.scenario}{title}", style="bold", markup=False, highlight=False)
    console.print(scenario.question, style="italic", markup=False)
    console.print(f"Deal: {scenario.deal.title}", markup=False, highlight=False)
    console.print(f"  {shlex.join(['ceasefire', 'show', deal])}", markup=False, highlight=False, soft_wrap=True)
    for note in scenario.notes:
        console.print(f"Note: {note}", markup=False, highlight=False)
    console.print()
    if builds_on is not None:
        print_differences(changes, builds_on, scenario.scenario, console)
    if scenario.scripted is not None:
        deviations = "; ".join(f"{one.subject} {getattr(one, one.subject)}: {one.choice}" for one in scenario.scripted)
        console.print(f"Nothing is drawn: everybody complies, but for {deviations or 'nothing'}.", markup=False)
        return
    rows = behaviour_in_force(scenario, taken)
    table = plain_table("Behaviour in force: every number that something takes", "number", "value", "where it is from")
    for column in table.columns:
        column.justify = "left"
    table.columns[0].no_wrap = True
    for path, value, why in rows:
        style = "dim" if why == DEFAULT else ""
        table.add_row(Text(broken_at(".", path, _WIDEST_PATH)), Text(value), Text(why), style=style)
    console.print(table)
    defaults = sum(why == DEFAULT for _, _, why in rows)
    console.print(f"{defaults} of {len(rows)} numbers are defaults, which nobody has chosen.", highlight=False)


def behaviour_in_force(scenario: ResolvedScenario, taken: Sequence[str]) -> list[tuple[str, str, str]]:
    """Path, value and source or assumption of each number that something takes; median and p95 in one row.

    Parameters
    ----------
    scenario : ResolvedScenario
    taken : sequence of str
        As in `print_scenario`.
    """
    whole = scenario.behaviour.model_dump(mode="json", by_alias=True)
    written = sparse(scenario.behaviour)
    reasons = {row.path: row for row in assumptions(scenario, {})}
    drawn = {path.removeprefix("behaviour."): path for path in distributions(scenario)}
    rows: dict[str, tuple[str, str, str]] = {}
    for text in taken:
        path = text.removesuffix(".median").removesuffix(".p95")
        if path in rows:
            continue
        keys = known(whole, split(path))
        value = look_up(whole, keys) if exists(whole, keys) else None
        shown = _drawn(path, drawn, reasons) or _value(value)
        is_written = exists(written, keys) and look_up(written, keys) is not None
        rows[path] = (path, shown, _why(path, reasons) if is_written or shown.startswith("drawn") else DEFAULT)
    return list(rows.values())


def _drawn(path: str, drawn: Mapping[str, str], reasons: Mapping[str, Any]) -> str:
    """How a number that is not known is drawn."""
    own = [name for name in (path, f"{path}.median", f"{path}.p95") if name in drawn]
    return "; ".join(reasons[drawn[name]].numbers for name in own if drawn[name] in reasons)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        median, most = value["median"], value["p95"]
        return str(median) if median == most else f"{median} (95 of 100 within {most})"
    return "0" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _why(path: str, reasons: Mapping[str, Any]) -> str:
    """Sources, else the assumption, of the nearest part above that gives any."""
    ends = [len(path), *(i for i in range(len(path) - 1, 0, -1) if path[i] == ".")]
    row = next((reasons[path[:end]] for end in ends if path[:end] in reasons), reasons.get("behaviour"))
    if row is None:
        return "written without a source"
    return "; ".join([link.title for link in row.sources] or row.reasons)
