"""A hundred runs of each scenario as dots: how many people are out in them, and how they end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.document.deal import Deal
from sim.document.lists import lists_of
from sim.document.measured import PEOPLE, main_outcome
from sim.reading.problem import nearest
from sim.report.figures.dots import (
    Column,
    by_column,
    dots,
    groups_of,
    named_counts,
    of_100,
    shared_columns,
)
from sim.report.figures.picture import (
    GREY,
    NARROW,
    WIDTH,
    FigureError,
    Picture,
    refuse_crowd,
    wrapped,
)
from sim.report.figures.releases import note_on
from sim.report.words import ENDINGS, FOOTER, columns_of, cut, deals_of, outcome_in_words, scenarios_called, spaced
from sim.results.inside import crossed_with_ends
from sim.results.load import Results
from sim.statistics.apportion import apportioned
from sim.statistics.comparison import Comparison, Summary
from sim.statistics.crossed import STACK, percentile
from sim.statistics.moments import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FILLS = {
    "collapsed": ("#3B1F5B", "#3B1F5B"), "lapsed": ("#C8702A", "#C8702A"),
    "standing": ("#A5D5F2", "#1F6EA5"), "completed": ("#FFFFFF", "#1A1A1A"),
}  # fmt: skip
"""Inside and edge of the dots of each end: four steps of lightness, which grey keeps apart."""
INKS = {"collapsed": "#3B1F5B", "lapsed": "#9C5216", "standing": "#1B6193", "completed": "#1A1A1A"}
_LEFT, _LEGEND, _LABELS, _HEADING = 0.3, 2.55, 0.52, 0.55
_GAP, _NARROW_GAP = 1.5, 1.1
"""Between columns, in dots."""


@dataclass(frozen=True)
class Drawn:
    """The dots of one scenario.

    Attributes
    ----------
    name : str
    table : ndarray of int64
        Replicates by count and end (`sim.statistics.crossed.crossed`).
    counts, dots : ndarray of int64, shape (n_columns, len(STACK))
        Replicates by column and end, and the dots that stand for them.
    """

    name: str
    table: Array
    counts: Array
    dots: Array

    @property
    def endings(self) -> list[tuple[str, str]]:
        """Ends that occur, with their runs of 100, the last of the stack first."""
        ends = self.counts.sum(axis=0)
        whole = apportioned(ends, min(100, int(ends.sum())))
        found = [(end, of_100(int(ends[k]), int(whole[k]), int(ends.sum()))) for k, end in enumerate(STACK)]
        return [(end, words) for end, words in reversed(found) if words]


def outcomes(
    tables: Mapping[str, Array], named: Mapping[int, str], *, what: str, about: str, note: str, narrow: bool = False
) -> Picture:
    """A hundred dots a scenario along a count, stacked, coloured by how the runs end.

    Parameters
    ----------
    tables : mapping of str to ndarray
        By scenario: replicates by count and end (`sim.statistics.crossed.crossed`).
    named : mapping of int to str
        Counts that have a column of their own, with words (`sim.report.figures.dots.named_counts`).
    what : str
        What is counted: 'Living hostages released, of 49'.
    about : str
        The deal.
    note : str
        What was run.
    narrow : bool, optional
        For a column of less than 600 pixels.

    Raises
    ------
    FigureError
        If there are more scenarios than can be told apart.
    """
    refuse_crowd(len(tables))
    found = list(tables.values())
    columns = shared_columns(named, found, most_columns(found, named, narrow=narrow))
    is_named = [bool(column.words) for column in columns]
    drawn = []
    for name, table in tables.items():
        counts = by_column(table, columns)
        drawn.append(Drawn(name, table, counts, dots(counts, is_named)))
    sheet = _Sheet(columns, drawn, what, f"{about}. {_reading(drawn)}", note, narrow)
    return Picture(what, _in_words(columns, drawn, what), sheet.inches, sheet.draw)


def most_columns(tables: Sequence[Array], named: Mapping[int, str], *, narrow: bool) -> int:
    """How many columns have room for their labels, which are longer where counts are."""
    is_long = max(*(len(table) for table in tables), *named, 0) > 1000
    return (6 if is_long else 8) if narrow else (9 if is_long else 11)


def compared_outcomes(comparison: Comparison, deal: Deal, *, narrow: bool = False) -> Picture:
    """The figure of a comparison, of the first list of people that differs between runs; nothing is read again.

    Parameters
    ----------
    comparison : Comparison
    deal : Deal
        Whose numbers have a column of their own.
    narrow : bool, optional
    """
    named = dict(zip(columns_of(comparison.summaries), comparison.summaries, strict=True))
    return summed_outcomes(named, note_on(comparison), deal, narrow=narrow)


def summed_outcomes(
    summaries: Mapping[str, Summary], note: str, deal: Deal | None = None, *, narrow: bool = False
) -> Picture:
    """The figure of several summaries, of the first list of people that differs between runs.

    Parameters
    ----------
    summaries : mapping of str to Summary
        By what each is called.
    note : str
        What was run.
    deal : Deal, optional
        Whose numbers have a column of their own; by default that of the first.
    narrow : bool, optional
    """
    found = list(summaries.values())
    deal = deal or deals_of(found)[0]
    outcome = lists_that_vary(found, deal)[0]
    tables = {name: summary.counts[outcome] for name, summary in summaries.items()}
    return outcomes(
        tables, named_counts(deal, outcome), what=counted_in_words(deal, outcome), about=deal.title, note=note,
        narrow=narrow,
    )  # fmt: skip


def lists_that_vary(summaries: Sequence[Summary], deal: Deal) -> list[str]:
    """The lists of people, by their outcome, that differ between runs or scenarios; at least the deal's main one.

    Those that differ in hardly any run stand last.
    """
    names = [name for name in PEOPLE if all(name in one.counts for one in summaries)]
    usual = main_outcome(deal)
    tables = {name: [one.counts[name] for one in summaries] for name in names}
    varying = sorted((name for name in names if varies(tables[name])), key=lambda name: not is_wide(tables[name]))
    return varying or [usual if usual in names else PEOPLE[0]]


def stored_outcomes(
    results: Results, scenario: str | None = None, outcome: str = "", *, narrow: bool = False
) -> Picture:
    """The figure of a results folder: of its scenarios, or of one.

    Parameters
    ----------
    results : Results
    scenario : str, optional
    outcome : str, optional
        By default the first of the people's counts that differs between runs.
    narrow : bool, optional

    Raises
    ------
    FigureError
        If an outcome is no count that can be drawn, or there are more scenarios than can be told apart.
    """
    keys = results.scenarios if scenario is None else [scenario]
    refuse_crowd(len(keys))
    documents = [results.document(key) for key in keys]
    names = scenarios_called([(document.scenario, document) for document in documents])
    known = [*PEOPLE, "implementation_score", *(f"released_{group}" for group in documents[0].deal.people)]
    if outcome and outcome not in known:
        raise FigureError(f"no dots of {outcome[:100]!r}: they show a count; {nearest(outcome, known)}")
    deal = documents[0].deal

    def tables(asked: str) -> dict[str, Array]:
        return {name: crossed_with_ends(results, key, asked) for key, name in zip(keys, names, strict=True)}

    usual = main_outcome(deal)
    lists = [outcome] if outcome else [*PEOPLE, usual]
    by_list = {asked: tables(asked) for asked in dict.fromkeys(lists)}
    varying = [asked for asked in by_list if varies(by_list[asked].values())] or [outcome or usual]
    asked = min(varying, key=lambda name: not is_wide(by_list[name].values()))
    found = by_list[asked]
    n, seed = int(next(iter(found.values())).sum()), results.manifest["seed"]
    each = " of each scenario" if len(found) > 1 else ""
    note = f"n = {n:,} replicates{each}, seed {seed}."
    return outcomes(
        found, named_counts(deal, asked), what=counted_in_words(deal, asked), about=deal.title, note=note, narrow=narrow
    )


def varies(tables: Iterable[Array]) -> bool:
    """Whether a count differs between runs or scenarios."""
    return len({int(count) for table in tables for count in np.flatnonzero(table.sum(axis=1))}) > 1


def is_wide(tables: Iterable[Array]) -> bool:
    """Whether the ranges of 90 of 100 runs hold more than one number, within a scenario or between them."""
    return len({percentile(table.sum(axis=1), percent) for table in tables for percent in (5, 95)}) > 1


def counted_in_words(deal: Deal, outcome: str) -> str:
    """'Living hostages released, of 49'."""
    groups = groups_of(deal, outcome)
    if not groups:
        return outcome_in_words(outcome)
    total = sum(deal.stocks[group].count for group in groups)
    lists = [people for people in lists_of(deal) if set(people.groups) == set(groups)]
    words = lists[0].name if lists else spaced(outcome.removeprefix("released_"))
    words = f"{words[:1].upper()}{words[1:]}"
    return f"{words} {'returned' if 'deceased' in outcome else 'released'}, of {total:,}"


def _reading(drawn: Sequence[Drawn]) -> str:
    n = int(drawn[0].counts.sum())
    stands = "one run" if n <= 100 else f"1 in 100 of {n:,} runs"
    return f"Each dot stands for {stands} of a scenario, placed by its count at the end, coloured by how it ends."


def _in_words(columns: Sequence[Column], drawn: Sequence[Drawn], what: str) -> str:
    told = []
    for one in drawn:
        whole = one.dots.sum(axis=1)
        counts = [
            f"{column.label} in {words}"
            for column, n, k in zip(columns, one.counts.sum(axis=1), whole, strict=True)
            if (words := of_100(int(n), int(k), int(one.counts.sum())))
        ]
        ends = [f"{ENDINGS[end]} {words}" for end, words in one.endings]
        told.append(f"{one.name}: {middle_in_words(one.table)}; {', '.join(counts)}; {', '.join(ends)}")
    return f"Dots, a hundred runs of each scenario. {what}, in runs of 100. {'. '.join(told)}."


class _Sheet:
    """Where everything stands, in inches."""

    def __init__(
        self, columns: Sequence[Column], drawn: Sequence[Drawn], what: str, reading: str, note: str, narrow: bool
    ):
        self.columns, self.drawn, self.what, self.note, self.narrow = columns, drawn, what, note, narrow
        self.width = NARROW if narrow else WIDTH
        self.left, self.right = (0.15, 0.15) if narrow else (_LEFT, _LEGEND)
        self.abreast, gap = (4, _NARROW_GAP) if narrow else (6, _GAP)
        self.lines = wrapped(reading, self.width - 2 * self.left)
        self.titles = wrapped(what, 0.62 * self.width)
        inside = self.width - self.left - self.right
        self.pitch = min(0.115, inside / (len(columns) * (self.abreast + gap)))
        tallest = max(int(one.dots.sum(axis=1).max()) for one in drawn)
        self.rows = max(2, -(-tallest // self.abreast))
        self.head = 0.3 + 0.26 * len(self.titles) + 0.2 * len(self.lines)
        self.legend = 0.22 * 2 if narrow else 0.0
        self.each = _HEADING + self.legend + self.rows * self.pitch + _LABELS
        self.notes = wrapped(f"{FOOTER} {note}", (self.width - 2 * self.left) * 1.1)
        self.inches = (self.width, self.head + self.each * len(drawn) + 0.2 * len(self.notes) + 0.25)

    def draw(self, figure: Figure) -> None:
        """Heading, a strip for each scenario, footer."""
        width, height = self.inches
        figure.text(
            self.left / width, 1 - 0.16 / height, "\n".join(self.titles), va="top", fontsize=14, fontweight="bold"
        )
        figure.text(
            self.left / width, 1 - (0.26 + 0.26 * len(self.titles)) / height, "\n".join(self.lines), va="top",
            color=GREY, linespacing=1.35,
        )  # fmt: skip
        for place, one in enumerate(self.drawn):
            top = height - self.head - place * self.each - _HEADING - self.legend
            self._strip(figure, one, top - self.rows * self.pitch)
        figure.text(
            self.left / width, 0.12 / height, "\n".join(self.notes), va="bottom", fontsize=9, color=GREY,
            linespacing=1.35,
        )  # fmt: skip

    def _strip(self, figure: Figure, one: Drawn, bottom: float) -> None:
        width, height = self.inches
        across = self.width - self.left - self.right
        axes = figure.add_axes(
            (self.left / width, bottom / height, across / width, self.rows * self.pitch / height), label=one.name
        )
        step = across / self.pitch / len(self.columns)
        axes.set_xlim(0, across / self.pitch)
        axes.set_ylim(0, self.rows)
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.axhline(0, color=GREY, linewidth=1, clip_on=False, zorder=1)
        for place, column in enumerate(self.columns):
            self._column(axes, one, place, column, place * step + step / 2)
        self._words(axes, one)

    def _column(self, axes: Axes, one: Drawn, place: int, column: Column, middle: float) -> None:
        ends = [end for end, k in zip(STACK, one.dots[place], strict=True) for _ in range(int(k))]
        abreast = self.abreast
        for end in STACK:
            at = [i for i, each in enumerate(ends) if each == end]
            if at:
                inside, edge = FILLS[end]
                axes.plot(
                    [middle + i % abreast - (abreast - 1) / 2 for i in at], [i // abreast + 0.5 for i in at],
                    linestyle="none", marker="o", markersize=0.84 * 72 * self.pitch, markerfacecolor=inside,
                    markeredgecolor=edge, markeredgewidth=0.7, clip_on=False, zorder=3, label=f"{column.label} {end}",
                )  # fmt: skip
        bold: dict[str, Any] = {"fontweight": "bold"} if column.words else {"color": GREY}
        size = 8 if self.narrow else 9.5
        words = of_100(int(one.counts[place].sum()), len(ends), int(one.counts.sum()))
        axes.text(
            middle, -(-len(ends) // abreast) + 0.3, words, ha="center", va="bottom", fontsize=size + 0.5,
            **bold | ({"color": "black"} if words else {}),
        )  # fmt: skip
        label = column.label.replace("-", "-\n") if len(column.label) > (5 if self.narrow else 7) else column.label
        below = f"{label}\n{column.words}" if column.words else label
        axes.annotate(
            below, (middle, 0), (0, -4), textcoords="offset points", ha="center", va="top", fontsize=size,
            annotation_clip=False, **bold,
        )  # fmt: skip

    def _words(self, axes: Axes, one: Drawn) -> None:
        """Name and middle above, the ends in words beside the dots or, where there is no room, between."""
        above, middle = self.rows * self.pitch * 72, middle_in_words(one.table, narrow=self.narrow)
        name_height = 16 + (self.legend * 72 if self.narrow else 0)
        name = axes.annotate(
            cut(one.name, 40), (0, 0), (0, above + name_height), textcoords="offset points", xycoords="axes fraction",
            fontsize=11.5, fontweight="bold", va="bottom",
        )  # fmt: skip
        if self.narrow:
            axes.annotate(
                middle, (0, 0), (0, above + name_height - 14), textcoords="offset points",
                xycoords="axes fraction", fontsize=9, color=GREY, va="bottom",
            )  # fmt: skip
        else:
            axes.annotate(
                middle,
                (1, 0),
                (8, 0),
                xycoords=name,
                textcoords="offset points",
                color=GREY,
                va="bottom",
            )
        for row, (end, words) in enumerate(one.endings):
            if self.narrow:
                x, y = 0.51 * (row % 2), above + self.legend * 72 - 16 * (row // 2) - 14
                self._end(axes, end, words, (x, 0), (6, y))
            else:
                self._end(axes, end, words, (1, 0), (14, 17 * (len(one.endings) - 1 - row) + 6))

    def _end(self, axes: Axes, end: str, words: str, place: tuple[float, float], shift: tuple[float, float]) -> None:
        inside, edge = FILLS[end]
        dot: dict[str, Any] = {"boxstyle": "circle,pad=0.35", "facecolor": inside, "edgecolor": edge, "linewidth": 0.8}
        size, number = (9, 30) if self.narrow else (10.5, 38)
        axes.annotate(
            "  ", place, shift, xycoords="axes fraction", textcoords="offset points", fontsize=4, bbox=dot,
            va="center", annotation_clip=False,
        )  # fmt: skip
        axes.annotate(
            words, place, (shift[0] + number, shift[1]), xycoords="axes fraction", textcoords="offset points",
            ha="right", va="center", fontsize=size, fontweight="bold", color=INKS[end], annotation_clip=False,
        )  # fmt: skip
        axes.annotate(
            ENDINGS[end], place, (shift[0] + number + 5, shift[1]), xycoords="axes fraction",
            textcoords="offset points", va="center", fontsize=size, color=INKS[end], annotation_clip=False,
        )  # fmt: skip


def middle_in_words(table: Array, *, narrow: bool = False) -> str:
    """The count of the middle run, and those between which 90 of 100 runs lie, in words.

    Parameters
    ----------
    table : ndarray
        Replicates by count and end.
    narrow : bool, optional
        Whether there is room for few words.
    """
    marginal = np.asarray(table).sum(axis=1)
    middle, low, high = (percentile(marginal, percent) for percent in (50, 5, 95))
    if marginal.max() == marginal.sum():
        return f"in every run {middle:,}"
    if low == high:
        return f"{middle:,} in 90 of 100 runs or more"
    if narrow:
        return f"middle run {middle:,} (90 of 100: {low:,}-{high:,})"
    return f"middle run {middle:,}, 90 of 100 runs between {low:,} and {high:,}"
