"""The answer for many scenarios, one on a line: the first list, a few milestones, and the first list run for run."""

from __future__ import annotations

import textwrap

from sim.report.answer.chosen import Chosen
from sim.report.answer.columns import side_by_side
from sim.report.answer.drawn import Answer, CountRow, MilestoneRow
from sim.report.answer.moves import Moved
from sim.report.numbers import count_range, in_runs, of_runs, parts_in_runs
from sim.report.sentences import say

COLUMNS = 4
"""Beside the name, before what moves."""
WIDEST_NAME, HEADING = 28, 11


def lines_of_many(answer: Answer, told: Chosen, width: int) -> list[str]:
    """The table and what its columns mean.

    Parameters
    ----------
    answer : Answer
    told : Chosen
    width : int
        Columns of the terminal.
    """
    columns = _columns(answer, told)
    names = [textwrap.wrap(one.label, WIDEST_NAME - 1) for one in answer.scenarios]
    room = 1 + max(len(line) for name in names for line in name)
    widths = [1 + max(map(len, [*textwrap.wrap(heading, HEADING), *cells])) for heading, cells in columns]
    while room + sum(widths) > width and len(columns) > 2:
        del columns[-2], widths[-2]
    headings = [textwrap.wrap(heading, HEADING) for heading, _ in columns]
    lines = side_by_side([""], headings, room, widths)
    for place, name in enumerate(names):
        lines += side_by_side(name, [[cells[place]] for _, cells in columns], room, widths)
    base = of_runs(answer.n)
    is_list = bool(told.lists)
    note = say("answer columns", first=columns[0][0], base=base) if is_list else say("answer columns events", base=base)
    subject = columns[0][0].partition(",")[0]
    form = "answer signs" if is_list else "answer signs events"
    return [*lines, *textwrap.wrap(f"{note} {say(form, subject=subject, base=base)}", width, break_on_hyphens=False)]


def _columns(answer: Answer, told: Chosen) -> list[tuple[str, list[str]]]:
    """Heading and a cell for each scenario; the last column is what moves."""
    first: CountRow | MilestoneRow | None = told.lists[0] if told.lists else next(iter(told.milestones), None)
    found: list[tuple[str, list[str]]] = []
    if told.lists:
        row = told.lists[0]
        cells = ["-" if c is None else count_range(c.middle, c.low, c.high) for c in row.cells]
        found.append((row.heading, cells))
    found += [
        (one.title, ["-" if c is None else in_runs(c.runs, answer.n) for c in one.cells])
        for one in told.milestones[: COLUMNS - len(found)]
    ]
    if not found:
        ends = [parts_in_runs(list(one.ends.values()), answer.n) for one in answer.scenarios]
        for place, end in enumerate(answer.scenarios[0].ends):
            if end in answer.endings:
                found.append((answer.endings[end], [of[place] for of in ends]))
    key = "" if first is None else first.key
    moved = [next((one for one in told_of.moved if one.key == key), None) for told_of in answer.scenarios]
    return [*found, ("run for run", [_signs(one, answer.n) for one in moved])]


def _signs(moved: Moved | None, n: int) -> str:
    """'+10 -3', with a question mark where the direction is undecided."""
    if moved is None:
        return ""
    signs = f"+{in_runs(moved.more, n)} -{in_runs(moved.fewer, n)}"
    return signs if moved.is_decided or not moved.more + moved.fewer else f"{signs} ?"
