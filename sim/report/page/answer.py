"""The answer as the page tells it: one table of what a reader in a hurry asks, with dates beside days."""

from __future__ import annotations

from dataclasses import replace

from sim.report.answer import text
from sim.report.answer.chosen import MOST_MILESTONES, Chosen, chosen
from sim.report.answer.drawn import Answer, MilestoneRow, Reached
from sim.report.answer.swept import SweptAnswer, about, moves_of
from sim.report.answer.text import constant_in_words, count_in_words, day_in_words, end_rows, keys_shown
from sim.report.numbers import in_runs, of_runs
from sim.report.page.contents import Table
from sim.report.sentences import listed, say

MOST_UNITS = 2
SIDE_BY_SIDE = 4
"""Values of a sweep; more of them have a row each, with so many lists and milestones as columns."""
MOST_LISTS, MOST_OF_SWEEP = 2, 3


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
    has_days = any(cell is not None and cell.middle is not None for row in _milestones(told) for cell in row.cells)
    in_which = say("page events" if has_days else "answer ends", base=of_runs(n))
    return Table(
        "The answer, scenario by scenario",
        ("", *(one.label for one in answer.scenarios)),
        [*_headed(say("page counts"), counts), *_headed(in_which, [*events, *ends])],
        _until(answer),
    )


def _headed(heading: str, rows: list[list[str]]) -> list[list[str]]:
    """Rows below a row that is their heading alone; nothing where there are none."""
    return [[heading], *rows] if rows else []


def _until(answer: Answer) -> str:
    """The last day, and people of whom as many are out in every run."""
    note = f"Last day: {answer.last_day}, {day_in_words(answer.ends)}."
    always = constant_in_words(chosen(answer))
    return f"{note} {always}" if always else note


def _milestones(told: Chosen) -> list[MilestoneRow]:
    return told.milestones[:MOST_MILESTONES]


def _reached(cell: Reached | None, answer: Answer) -> str:
    """'66, middle day 42 (1 Mar)'."""
    if cell is None:
        return "-"
    runs = in_runs(cell.runs, answer.n)
    if cell.middle is None:
        return runs
    return f"{runs}, middle {answer.dated(cell.middle)}"


def run_for_run(answer: Answer) -> list[str]:
    """What ends the first scenario early; each other against it, in the same runs, a sentence each.

    Parameters
    ----------
    answer : Answer
    """
    told = chosen(answer)
    shown = [row.key for row in told.lists] + [row.key for row in _milestones(told)]
    causes = text.causes_in_words(answer)
    return [*([causes] if causes else []), *(text.run_for_run(answer, one, shown) for one in answer.scenarios[1:])]


def swept_table(swept: SweptAnswer) -> Table:
    """People, what comes about and by when, and ends: the values side by side, or a row for each of many.

    Parameters
    ----------
    swept : SweptAnswer
    """
    answer = swept.answer
    told, names = chosen(answer), listed(swept.names)
    heading = f"{names[:1].upper()}{names[1:]}"
    values = [", ".join(of) for of in swept.values]
    if len(values) <= SIDE_BY_SIDE:
        beside = answer_table(answer)
        return replace(beside, caption="The answer, value by value", headings=(heading, *values))
    counts = [(row.heading, [count_in_words(cell, answer.n) for cell in row.cells]) for row in told.lists[:MOST_LISTS]]
    events = [
        (row.title, ["-" if cell is None else in_runs(cell.runs, answer.n) for cell in row.cells])
        for row in told.milestones[:MOST_OF_SWEEP]
    ]
    first = [*events, *counts] if told.begins_with_milestones else [*counts, *events]
    columns = [*first, *end_rows(answer)]
    note = f"Runs of {of_runs(answer.n)}."
    if counts:
        note = f"Counts: the middle run, in brackets where 9 of 10 runs lie. All else: r{note[1:]}"
    rows = [[value, *(cells[place] for _, cells in columns)] for place, value in enumerate(values)]
    return Table(
        "The answer, value by value", (heading, *(name for name, _ in columns)), rows,
        f"{note} {_until(answer)}",
    )  # fmt: skip


def swept_sentences(swept: SweptAnswer) -> list[str]:
    """What was swept, then what each axis moves, run for run.

    Parameters
    ----------
    swept : SweptAnswer
    """
    told, is_beside = chosen(swept.answer), len(swept.values) <= SIDE_BY_SIDE
    shown = told if is_beside else replace(told, lists=told.lists[:MOST_LISTS])
    return [about(swept), *moves_of(swept, keys_shown(shown, MOST_MILESTONES if is_beside else MOST_OF_SWEEP))]
