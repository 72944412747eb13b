"""How deals end over time: cumulative incidence of the competing ends, and survival of the truce."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.report.figures.picture import (
    COLOURS,
    NARROW,
    WIDTH,
    Picture,
    date_axis,
    frame,
    head_inches,
    line_style,
    quiet_grid,
    refuse_crowd,
)
from sim.report.figures.releases import MOST_SHADED, common_start, last_day, note_on
from sim.report.numbers import natural_frequency
from sim.report.words import ENDS, columns_of
from sim.statistics.comparison import Comparison, Summary
from sim.statistics.moments import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

IN_FORCE = "In force, or standing at the last day"
_ENDS_READING = (
    "Of 100 replicates, how many have ended so by the end of each day. The ends compete: on any day the four panels "
    "add up to 100. What is still open on the last day stands: the window cuts it off there."
)
_SURVIVAL_READING = (
    "Of 100 replicates, in how many the truce has not failed (by collapse or lapse) by the end of each day; "
    "suspensions do not count. A cross at the end of a line: so many still stand when the window closes, and how long "
    "they go on is not known. {} Each day's interval holds for that day alone."
)


def ends_by_day(comparison: Comparison, *, narrow: bool = False) -> Picture:
    """Cumulative incidence of each end, a panel for each and a line per scenario; the last one is what is left.

    Parameters
    ----------
    comparison : Comparison
        Of at most eight scenarios.
    narrow : bool, optional
        For a column of less than 600 pixels.

    Raises
    ------
    FigureError
        If there are more.
    """
    refuse_crowd(len(comparison.summaries))
    names = columns_of(comparison.summaries)
    told = [
        f"{name}: "
        + ", ".join(f"{ENDS[end].lower()} {natural_frequency(s.ends[end][1].value)}" for end in ENDS if end in s.ends)
        for name, s in zip(names, comparison.summaries, strict=True)
    ]
    return Picture(
        "How it ends, by day",
        f"Four line charts: replicates that have ended by day. In the end, {'; '.join(told)}.",
        (width := NARROW if narrow else WIDTH, head_inches(_ENDS_READING, names, width) + (8.6 if narrow else 6.4)),
        lambda figure: _draw_ends(figure, comparison, names, narrow=narrow),
    )


def still_in_force(summary: Summary) -> Array:
    """Share of replicates whose deal has not been completed, collapsed or lapsed, by day."""
    ended = np.zeros(len(summary.survival.share))
    for end, shares in summary.incidence.items():
        if end != "standing":
            ended = ended + shares
    return 1 - ended


def _draw_ends(figure: Figure, comparison: Comparison, names: tuple[str, ...], *, narrow: bool) -> None:
    grid = figure.subplots(*((4, 1) if narrow else (2, 2)), sharex=True, sharey=True, squeeze=False)
    for axes, end in zip(grid.flat, ("collapsed", "lapsed", "completed", "standing"), strict=True):
        for place, (name, summary) in enumerate(zip(names, comparison.summaries, strict=True)):
            none = np.zeros(len(summary.survival.share))
            shares = still_in_force(summary) if end == "standing" else summary.incidence.get(end, none)
            _line(axes, place, name, 100 * shares, len(names))
        axes.set_title(IN_FORCE if end == "standing" else ENDS[end], fontsize=11)
        _of_100(axes)
    for axes in grid[:, 0]:
        axes.set_ylabel("of 100 replicates")
    for axes in grid[-1]:
        _day_axis(axes, comparison, most=3 if narrow else 4)
    handles = grid[0, 0].get_legend_handles_labels()[0]
    frame(figure, "How it ends, by day", _ENDS_READING, note_on(comparison), handles, hspace=0.17, wspace=0.1)


def _line(axes: Axes, place: int, name: str, values: Array, n_lines: int) -> None:
    style = line_style(place, len(values), n_lines)
    held = np.append(values, values[-1])  # so that the step of the last day has a width
    axes.plot(np.arange(len(held)), held, drawstyle="steps-post", label=name, zorder=3, **style)


def _day_axis(axes: Axes, comparison: Comparison, most: int = 9) -> None:
    last = last_day(comparison.summaries)
    date_axis(axes, common_start(comparison.summaries), last, most)
    axes.set_xlim(0, last + 1)


def _of_100(axes: Axes) -> None:
    axes.set_ylim(-3, 103)
    axes.set_yticks(range(0, 101, 20))
    quiet_grid(axes)


def truce_survival(comparison: Comparison, *, narrow: bool = False) -> Picture:
    """Share of replicates whose truce still stands, by day, with pointwise intervals.

    Parameters
    ----------
    comparison : Comparison
        Of at most eight scenarios.
    narrow : bool, optional
        For a column of less than 600 pixels.

    Raises
    ------
    FigureError
        If there are more.
    """
    refuse_crowd(len(comparison.summaries))
    names = columns_of(comparison.summaries)
    last = last_day(comparison.summaries)
    told = "; ".join(
        f"{name} {natural_frequency(float(s.survival.share[-1]))}"
        for name, s in zip(names, comparison.summaries, strict=True)
    )
    whose = "the baseline" if len(comparison.summaries) > MOST_SHADED else "each scenario"
    reading = _SURVIVAL_READING.format(f"Shading: interval of {100 * comparison.confidence:.4g} % of {whose}.")
    return Picture(
        "Survival of the truce",
        f"Line chart: replicates whose truce still stands, by day. On day {last}: {told}.",
        (width := NARROW if narrow else WIDTH, head_inches(reading, names, width) + (3.6 if narrow else 4.4)),
        lambda figure: _draw_survival(figure, comparison, names, reading),
    )


def _draw_survival(figure: Figure, comparison: Comparison, names: tuple[str, ...], reading: str) -> None:
    axes = figure.subplots()
    shaded = len(names) if len(names) <= MOST_SHADED else 1
    for place, (name, summary) in enumerate(zip(names, comparison.summaries, strict=True)):
        found = summary.survival
        if place < shaded:
            axes.fill_between(
                np.arange(len(found.share)), 100 * found.low, 100 * found.high, step="post", color=COLOURS[place],
                alpha=0.15, linewidth=0,
            )  # fmt: skip
        _line(axes, place, name, 100 * found.share, len(names))
        if found.share[-1] > 0:
            axes.plot(
                len(found.share), 100 * found.share[-1], marker="+", markersize=11, markeredgewidth=1.8, clip_on=False,
                color=COLOURS[place], linestyle="none", zorder=4,
            )  # fmt: skip
    _of_100(axes)
    axes.set_ylabel("of 100 replicates")
    _day_axis(axes, comparison, 3 if figure.get_size_inches()[0] < WIDTH else 9)
    handles = axes.get_legend_handles_labels()[0]
    frame(figure, "Survival of the truce", reading, note_on(comparison), handles)
