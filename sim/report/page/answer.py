"""The answer as the page tells it: one table of what a reader in a hurry asks, with dates beside days."""

from __future__ import annotations

from sim.report.answer.chosen import MOST_MILESTONES, Chosen, chosen, worth_saying
from sim.report.answer.drawn import Answer, MilestoneRow, Reached, Told
from sim.report.answer.text import count_in_words, day_in_words, moved_in_words
from sim.report.numbers import in_runs, of_runs, parts_in_runs
from sim.report.page.contents import Table
from sim.report.sentences import say

MOST_UNITS = 2


def answer_table(answer: Answer) -> Table:
    """People, what comes about and by when, and ends: a row each, the scenarios side by side.

    Parameters
    ----------
    answer : Answer
    """
    told, n = chosen(answer), answer.n
    counts = [
        [f"{row.title}, of {row.total:,}" if row.total else row.title, *(count_in_words(cell, n) for cell in row.cells)]
        for row in (*told.lists, *told.units[:MOST_UNITS])
    ]
    events = [[row.title, *(_reached(cell, answer) for cell in row.cells)] for row in _milestones(told)]
    parts = [
        dict(zip(one.ends, parts_in_runs(list(one.ends.values()), n), strict=True)) for one in answer.scenarios
    ]  # fmt: skip
    ends = [[f"End: {words}", *(of[end] for of in parts)] for end, words in answer.endings.items()]
    always = "; ".join(f"{row.title[:1].lower()}{row.title[1:]} {cell.middle:,} of {row.total:,}"
                       for row in told.constant for cell in row.cells[:1] if cell is not None)  # fmt: skip
    base = of_runs(n)
    note = f"Runs of {base}, and the day by which half of these have it."
    if counts:
        note = f"Counts: the middle run, in brackets where 9 of 10 runs lie. All else: r{note[1:]}"
    note += f" Last day: {answer.last_day}, {day_in_words(answer.ends)}."
    if always:
        note += f" In every run: {always}."
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
    date = answer.date_of(cell.middle)
    return f"{runs}, by day {cell.middle} ({date.day} {date:%b})"


def run_for_run(answer: Answer) -> list[str]:
    """Each other scenario against the first, in the same runs, a sentence each.

    Parameters
    ----------
    answer : Answer
    """
    told = chosen(answer)
    shown = [row.key for row in told.lists] + [row.key for row in _milestones(told)]
    return [_moves(answer, one, shown) for one in answer.scenarios[1:]]


def _moves(answer: Answer, one: Told, shown: list[str]) -> str:
    names = {"variant": one.label[:1].upper() + one.label[1:], "baseline": answer.scenarios[0].label}
    found = worth_saying(one.moved, shown, answer.n)
    if not found:
        return say("answer same", **names)
    return say("answer moves", **names, moves="; ".join(moved_in_words(moved, answer.n) for moved in found))
