"""Releases by day of three scenarios and more: a panel for each with bands of its own, and the differences below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.report.figures.picture import (
    COLOUR_OF_RECORD,
    COLOURS,
    GREY,
    NARROW,
    WIDTH,
    date_axis,
    frame,
    head_inches,
    line_style,
    quiet_grid,
    signed_tick,
)
from sim.report.numbers import number
from sim.report.words import cut, deals_of, list_in_words
from sim.statistics.comparison import Comparison, Curve
from sim.statistics.curves import Bands
from sim.statistics.moments import Array

if TYPE_CHECKING:
    from datetime import date

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.analysis.history.record import Record

RECORD = "what happened"
_ABREAST, _ABREAST_NARROW = 4, 2
_HEADING, _PANEL, _BETWEEN, _DIFFERENCE, _DATES = 0.75, 1.25, 0.66, 1.0, 0.75
"""Inches of the heading of a kind, of a panel, between panels, of the differences, and of the dates below them."""
_READING = (
    "A panel for each scenario: line, the median; shading, where the middle 50 % (dark) and 90 % (light) of runs lie; "
    "in numbers, both on the last day. Dashed grey: the median of {}. Below: how many more or fewer than there are out "
    "by that day, on average, with the same chance events in both."
)


@dataclass(frozen=True)
class Multiples:
    """Where the panels of a comparison stand.

    Attributes
    ----------
    comparison : Comparison
    names : sequence of str
        Of its scenarios.
    kinds : sequence of str
        Curves that are drawn.
    starts : date or None
        Of day 1, where all share it.
    last : int
        Day.
    note : str
    narrow : bool
        For a column of less than 600 pixels.
    """

    comparison: Comparison
    names: Sequence[str]
    kinds: Sequence[str]
    starts: date | None
    last: int
    note: str
    narrow: bool

    @property
    def abreast(self) -> int:
        """Panels side by side."""
        return min(len(self.names), _ABREAST_NARROW if self.narrow else _ABREAST)

    @property
    def rows(self) -> int:
        """Rows of panels for one kind of people."""
        return -(-len(self.names) // self.abreast)

    @property
    def reading(self) -> str:
        """How to read it."""
        return _READING.format(cut(self.names[0], 40))

    @property
    def _heights(self) -> list[float]:
        """Of all rows of the grid, spaces among them."""
        each = [_HEADING, *[_PANEL, _BETWEEN] * self.rows, _DIFFERENCE, _DATES]
        return each * len(self.kinds)

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height."""
        width = NARROW if self.narrow else WIDTH
        return width, head_inches(self.reading, [*self.names[1:], RECORD], width) + sum(self._heights) + 0.4

    def draw(self, figure: Figure, title: str, record: Record | None) -> None:
        """All panels, the kinds of people below one another."""
        grid = figure.add_gridspec(len(self._heights), self.abreast, height_ratios=self._heights)
        handles: list[Any] = []
        for place, kind in enumerate(self.kinds):
            top = place * (2 * self.rows + 3) + 1
            curves = [summary.curve(kind) for summary in self.comparison.summaries]
            panels = [
                figure.add_subplot(grid[top + 2 * (i // self.abreast), i % self.abreast], label=f"{kind} {i}")
                for i in range(len(curves))
            ]
            for i, axes in enumerate(panels):
                self._panel(axes, curves, i)
                if record is not None:
                    draw_record(axes, record, kind, self.last, linewidth=1.8)
            self._kind(panels[0], kind, max(curve.total for curve in curves))
            below = figure.add_subplot(grid[top + 2 * self.rows, :], label=f"{kind} difference")
            handles = self._differences(below, curves)
            handles += [line for line in panels[0].get_lines() if line.get_label() == RECORD]
        frame(figure, title, self.reading, self.note, handles, left=0.62, right=0.2, bottom=0.25, hspace=0, wspace=0.1)

    def _kind(self, axes: Axes, kind: str, total: int) -> None:
        axes.annotate(
            f"{list_in_words(kind, *deals_of(self.comparison.summaries))}, of {total:,}", (0, 1), (0, 34),
            xycoords="axes fraction", textcoords="offset points", fontsize=11.5, fontweight="bold",
        )  # fmt: skip

    def _panel(self, axes: Axes, curves: Sequence[Curve], place: int) -> None:
        curve, colour, total = curves[place], COLOURS[place], max(max(curve.total for curve in curves), 1)
        bands = curve.bands
        draw_bands(axes, bands, colour, (0.16, 0.26))
        if place:
            draw_steps(axes, curves[0].bands.median, color="#777777", linewidth=1.2, dashes=(4, 2), label="baseline")
        draw_steps(axes, bands.median, color=colour, linewidth=2, label=self.names[place])
        told = f"{bands.median[-1]:,} ({bands.low_90[-1]:,} to {bands.high_90[-1]:,})"
        name = cut(self.names[place], 18 if self.narrow else 24)
        axes.set_title(f"{name}\n{told}", fontsize=9.5, color="black", linespacing=1.3)
        axes.axhline(total, color="#777777", linewidth=0.8, linestyle=(0, (1, 3)), zorder=0)
        axes.set_ylim(-0.03 * total, 1.06 * total)
        axes.locator_params(axis="y", nbins=4, integer=True)
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.set_xlim(0, self.last)
        axes.set_xticks([1, self.last], ["day 1", f"day {self.last}"], fontsize=8.5)
        first, last = axes.get_xticklabels()
        first.set_horizontalalignment("left")
        last.set_horizontalalignment("right")
        if place % self.abreast:
            axes.tick_params(axis="y", labelleft=False)
        quiet_grid(axes)

    def _differences(self, axes: Axes, curves: Sequence[Curve]) -> list[Any]:
        base = curves[0].mean
        for place, curve in enumerate(curves[1:], start=1):
            days = min(len(base), len(curve.mean))
            style = line_style(place, days, len(curves)) | {"linewidth": 1.8}
            moved = curve.mean[:days] - base[:days]
            axes.plot(np.arange(days), moved, drawstyle="steps-post", label=self.names[place], **style)
            axes.annotate(
                number(float(moved[-1]), signed=True, digits=1 if abs(moved[-1]) < 100 else 0), (self.last, moved[-1]),
                (-3, 3), textcoords="offset points", ha="right", va="bottom", fontsize=8.5, color=COLOURS[place],
            )  # fmt: skip
        axes.axhline(0, color=GREY, linewidth=1)
        axes.margins(y=0.25)
        axes.set_title(f"On average, more or fewer than {cut(self.names[0], 30)}", fontsize=9.5)
        axes.locator_params(axis="y", nbins=4)
        axes.yaxis.set_major_formatter(signed_tick)
        quiet_grid(axes)
        date_axis(axes, self.starts, self.last, 4 if self.narrow else 9)
        return list(axes.get_legend_handles_labels()[0])


def steps(*rows: Array) -> Array:
    """The days on which any of these rows changes, and the last: between them a step chart draws nothing new.

    Parameters
    ----------
    rows : ndarray, shape (n_days,)
    """
    changes = np.any([np.diff(row, prepend=row[0] - 1) != 0 for row in rows], axis=0)
    changes[-1] = True
    return np.flatnonzero(changes)


def draw_steps(axes: Axes, values: Array, **style: Any) -> None:
    """A row by day as a line of steps."""
    axes.plot(np.arange(len(values)), values, drawstyle="steps-post", **style)


def draw_bands(axes: Axes, bands: Bands, colour: str, alphas: tuple[float, float]) -> None:
    """Where 90 % and 50 % of replicates lie, shaded so much."""
    for low, high, alpha in zip(
        (bands.low_90, bands.low_50), (bands.high_90, bands.high_50), alphas, strict=True
    ):  # fmt: skip
        days = steps(low, high)
        axes.fill_between(days, low[days], high[days], step="post", color=colour, alpha=alpha, linewidth=0, zorder=1)


def draw_record(axes: Axes, record: Record, kind: str, last: int, *, linewidth: float) -> None:
    """What happened, day by day as far as it is known; of some lists no record is kept."""
    released = record.of(kind)
    if released is None:
        return
    draw_steps(
        axes, released[: last + 1], color=COLOUR_OF_RECORD, linewidth=linewidth, dashes=(1, 1), label=RECORD, zorder=4
    )
