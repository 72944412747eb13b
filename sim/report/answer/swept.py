"""The answer of a sweep: for each value what a scenario comes to, and what each axis moves run for run."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import Any

from sim.analysis.sweeps.found import MOST_TOLD, Sweep
from sim.analysis.sweeps.stored import StoredSweep
from sim.report.answer.chosen import Chosen, chosen, worth_saying
from sim.report.answer.columns import side_by_side
from sim.report.answer.drawn import Answer, drawn
from sim.report.answer.moves import Moved, moved
from sim.report.answer.text import (
    SIDE_BY_SIDE,
    Row,
    against,
    constant_lines,
    count_in_words,
    end_rows,
    fitting,
    heading_lines,
    keys_shown,
    tables,
    wrapped,
)
from sim.report.axes import axes_called
from sim.report.numbers import in_runs, of_runs
from sim.report.sentences import listed, say

NARROWEST = 9
"""Characters of a heading's line; a longer word widens its column."""
MOST_AXES = 3
"""Whose effect is told run for run."""


@dataclass(frozen=True)
class AxisMoves:
    """What one axis moves from its low to its high end, the others at their centre.

    Attributes
    ----------
    path : str
        Of the axis.
    low, high : str
        The two ends.
    moved : tuple of Moved
        Row by row, in the same runs; none of them differs in any run where the axis moves nothing.
    """

    path: str
    low: str
    high: str
    moved: tuple[Moved, ...]

    @property
    def runs_moved(self) -> int:
        """Runs that differ, of the row in which most do."""
        return max((one.more + one.fewer for one in self.moved), default=0)


@dataclass(frozen=True)
class SweptAnswer:
    """What a sweep says to somebody in a hurry.

    Attributes
    ----------
    scenario : str
        Its name.
    cells : int
        How many there are.
    is_whole : bool
        Whether each of them is told; else some are, of several axes both ends of each, the others at their centre.
    paths, names : tuple of str
        Of the axes, and what they are called.
    values : tuple of tuple of str
        For each cell that is told its value of each axis.
    answer : Answer
        With a column for each cell that is told.
    axes : tuple of AxisMoves
        Those with two values or more.
    """

    scenario: str
    cells: int
    is_whole: bool
    paths: tuple[str, ...]
    names: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    answer: Answer
    axes: tuple[AxisMoves, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data.

        Returns
        -------
        dict
            As it stands under `answer` in `ceasefire sweep --json`.
        """
        return asdict(self) | {"answer": self.answer.as_json()}


def value_in_words(value: Any) -> str:
    """The value of an axis, a number in four digits."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def answer_of_sweep(sweep: Sweep) -> SweptAnswer:
    """The answer of a sweep.

    Parameters
    ----------
    sweep : Sweep
    """
    return _swept(sweep, len(sweep.cells))


def answer_of_stored(sweep: StoredSweep) -> SweptAnswer:
    """The answer of a sweep that a folder holds, the same as when it was run.

    Parameters
    ----------
    sweep : StoredSweep
    """
    return _swept(sweep, sweep.n_cells)


def _swept(sweep: Sweep | StoredSweep, n_cells: int) -> SweptAnswer:
    values = tuple(tuple(map(value_in_words, told.values.values())) for told in sweep.told)
    paths = tuple(axis.path for axis in sweep.axes)
    names = axes_called(paths, sweep.told[0].summary.document)
    labels = [", ".join(f"{name} {value}" for name, value in zip(names, of, strict=True)) for of in values]
    answer = drawn(labels, labels, [told.summary for told in sweep.told])
    return SweptAnswer(
        sweep.scenario, n_cells, sweep.is_told_whole, paths, tuple(names), values, answer,
        tuple(
            AxisMoves(
                effect.path, value_in_words(effect.low), value_in_words(effect.high),
                moved(effect.comparison.variants[0], sweep.n, answer.counts, answer.milestones),
            )
            for effect in sweep.effects
        ),
    )  # fmt: skip


# ---------------------------------------------------------------- as lines


def swept_lines(swept: SweptAnswer, width: int = 80) -> list[str]:
    """The answer, a string for each line.

    Parameters
    ----------
    swept : SweptAnswer
    width : int, optional
        Columns of the terminal.
    """
    answer = swept.answer
    told = chosen(answer)
    head = [*heading_lines(answer, width), *wrapped(about(swept), width)]
    tail = constant_lines(told, width)
    if len(answer.scenarios) > SIDE_BY_SIDE:
        return [*head, *_by_value(swept, told, width), *tail, *_moves(swept, keys_shown(told, 1), width)]
    return fitting(
        told,
        lambda n_units, n_milestones: [
            *head, *tables(answer, told, width, n_units, n_milestones), *tail,
            *_moves(swept, keys_shown(told, n_milestones), width),
        ],
    )  # fmt: skip


def about(swept: SweptAnswer) -> str:
    """What was swept, and which of its cells are told."""
    paths = listed(swept.names)
    if len(swept.paths) == 1:
        values = f"{swept.cells:,} value{'s' if swept.cells > 1 else ''}"
    else:
        values = f"{swept.cells:,} combination{'s' if swept.cells > 1 else ''}"
    what = say("answer swept", scenario=swept.scenario, values=values, paths=paths)
    if swept.is_whole:
        return what
    if len(swept.paths) == 1:
        return f"{what} {say('answer swept some', n=len(swept.values))}"
    told = "each of them" if 2 * len(swept.axes) <= MOST_TOLD else f"each of the first {MOST_TOLD // 2}"
    rest = say("answer swept ends", told=told)
    return f"{what} {rest}"


def _moves(swept: SweptAnswer, shown: list[str], width: int) -> list[str]:
    return [line for sentence in moves_of(swept, shown) for line in wrapped(sentence, width, "  ")]


def moves_of(swept: SweptAnswer, shown: list[str]) -> list[str]:
    """What each axis moves run for run, a sentence each: of those that move most, in the order of the axes.

    Parameters
    ----------
    swept : SweptAnswer
    shown : list of str
        Keys of the rows that are told.
    """
    ranked = sorted(swept.axes, key=lambda axis: -axis.runs_moved)[:MOST_AXES]
    names = dict(zip(swept.paths, swept.names, strict=True))
    n = swept.answer.n
    sentences = []
    for axis in (axis for axis in swept.axes if axis in ranked):
        found = worth_saying(axis.moved, shown, n)
        sentences.append(against(f"{names[axis.path]} {axis.high}", axis.low, found, n))
    return sentences


def _by_value(swept: SweptAnswer, told: Chosen, width: int) -> list[str]:
    """A line for each cell that is told: counts at the end, then what comes about and how it ends."""
    answer = swept.answer
    labels: list[Row] = [(name, [of[place] for of in swept.values]) for place, name in enumerate(swept.names)]
    base = of_runs(answer.n)
    counts: list[Row] = [(row.heading, [count_in_words(cell, answer.n) for cell in row.cells]) for row in told.lists]
    units: list[Row] = [(row.heading, [count_in_words(cell, answer.n) for cell in row.cells]) for row in told.units]
    events: list[Row] = [
        (row.title, ["-" if cell is None else in_runs(cell.runs, answer.n) for cell in row.cells])
        for row in told.milestones
    ]
    pairs = any(" in " in cell for _, cells in counts + units for cell in cells)
    at_end = say("answer counts or pairs", base=base) if pairs else say("answer counts")
    sections = [
        (at_end, _fill(labels, counts, units, width)),
        (say("answer ends", base=base), _fill(labels, end_rows(answer), events, width)),
    ]
    if told.begins_with_milestones:
        sections.reverse()
    return [
        line
        for heading, columns in sections
        if columns
        for line in (*wrapped(heading, width, "  "), *_lines(labels, columns, width))
    ]


def _fill(labels: list[Row], needed: list[Row], others: list[Row], width: int) -> list[Row]:
    """All columns that are needed, and of the others, which stand first, as many as leave them on one line."""
    room = width - sum(_widths([*labels, *needed]))
    fitting_in = sum(taken <= room for taken in accumulate(_widths(others)))
    return others[:fitting_in] + needed


def _heading(column: Row) -> list[str]:
    return textwrap.wrap(column[0], max(NARROWEST, *map(len, column[0].split())), break_on_hyphens=False)


def _widths(columns: Sequence[Row]) -> list[int]:
    return [2 + max(map(len, [*_heading(column), *column[1]])) for column in columns]


def _lines(labels: list[Row], columns: list[Row], width: int) -> list[str]:
    """The table, in several parts where not all columns fit beside one another."""
    lines: list[str] = []
    while columns:
        widths = _widths([*labels, *columns])
        n = max(1, sum(taken <= width for taken in accumulate(widths)) - len(labels))
        part, columns = [*labels, *columns[:n]], columns[n:]
        room, *others = widths[: len(part)]
        headings = [_heading(column) for column in part]
        lines += side_by_side(headings[0], headings[1:], room, others)
        for row in zip(*(cells for _, cells in part), strict=True):
            lines += side_by_side([row[0]], [[cell] for cell in row[1:]], room, others)
    return lines
