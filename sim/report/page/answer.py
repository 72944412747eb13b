"""The answer as the page tells it: one table of what a reader in a hurry asks, with dates beside days."""

from __future__ import annotations

from sim.report.answer import text
from sim.report.answer.chosen import MOST_MILESTONES, Chosen, chosen
from sim.report.answer.drawn import Answer, MilestoneRow, Reached
from sim.report.answer.text import constant_in_words, count_in_words, day_in_words, end_rows
from sim.report.numbers import in_runs, of_runs
from sim.report.page.contents import Table

MOST_UNITS = 2


def answer_table(answer: Answer) -> Table:
    """People, what comes about and by when, and ends: a row each, the scenarios side by side.

    Parameters
    ----------
    answer : Answer
    """
    told, n = chosen(answer), answer.n
    counts = [
        [row.heading, *(count_in_words(cell, n) for cell in row.cells)]
        for row in (*told.lists, *told.units[:MOST_UNITS])
    ]
    events = [[row.title, *(_reached(cell, answer) for cell in row.cells)] for row in _milestones(told)]
    ends = [[label, *cells] for label, cells in end_rows(answer)]
    base = of_runs(n)
    note = f"Runs of {base}, and the day by which half of these have it."
    if counts:
        note = f"Counts: the middle run, in brackets where 9 of 10 runs lie. All else: r{note[1:]}"
    note += f" Last day: {answer.last_day}, {day_in_words(answer.ends)}."
    if always := constant_in_words(told):
        note += f" {always}"
    return Table(
        "The answer, scenario by scenario",
        ("", *(one.label for one in answer.scenarios)),
        [*counts, *events, *ends],
        note,
    )


def _milestones(told: Chosen) -> list[MilestoneRow]:
    return told.milestones[:MOST_MILESTONES]


def _reached(cell: Reached | None, answer: Answer) -> str:
    """'66, by day 42 (1 Mar)'."""
    if cell is None:
        return "-"
    runs = in_runs(cell.runs, answer.n)
    if cell.middle is None:
        return runs
    return f"{runs}, by {answer.dated(cell.middle)}"


def run_for_run(answer: Answer) -> list[str]:
    """Each other scenario against the first, in the same runs, a sentence each.

    Parameters
    ----------
    answer : Answer
    """
    told = chosen(answer)
    shown = [row.key for row in told.lists] + [row.key for row in _milestones(told)]
    return [text.run_for_run(answer, one, shown) for one in answer.scenarios[1:]]
