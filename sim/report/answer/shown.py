"""The answer in a terminal, and where the rest is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.report.answer.drawn import Answer, answer_of
from sim.report.answer.text import answer_lines
from sim.report.terminal import print_asked, print_asked_for, print_comparison, print_expectations
from sim.report.words import columns_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from sim.report.commands import Asked
    from sim.statistics.comparison import Comparison

WIDEST = 100
REST = "For averages with intervals, causes, guarantees and runs to read add --all."


def print_answer(
    comparison: Comparison,
    console: Console,
    *,
    outcomes: Sequence[str] = (),
    asked: Asked | None = None,
    everything: bool = False,
) -> None:
    """Print the answer, then what is asked for beside it.

    Parameters
    ----------
    comparison : Comparison
    console : rich.console.Console
        Its width decides where lines break.
    outcomes : sequence of str, optional
        Their means and differences are told too.
    asked : Asked, optional
        How the scenarios were named, for commands that are printed.
    everything : bool, optional
        Print all tables too.
    """
    print_lines(answer_of(comparison), console)
    if everything:
        console.print()
        print_comparison(comparison, console, outcomes=outcomes, asked=asked)
        return
    print_asked_for(comparison, console)
    if outcomes:
        console.print()
        print_asked(comparison, console, outcomes)
    if any(one.verdict != "holds" for summary in comparison.summaries for one in summary.expectations):
        console.print()
        print_expectations(comparison.summaries, columns_of(comparison.summaries), console)
    console.print(REST, style="dim", markup=False, highlight=False)


def print_lines(answer: Answer, console: Console) -> None:
    """Print an answer as wide as the terminal is, up to 100 columns."""
    print_as_they_are(answer_lines(answer, shown_width(console)), console)


def shown_width(console: Console) -> int:
    """Columns that an answer takes of a terminal."""
    return min(console.width, WIDEST)


def print_as_they_are(lines: Sequence[str], console: Console) -> None:
    """Print lines that are broken already."""
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
