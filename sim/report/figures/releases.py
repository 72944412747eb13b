"""Cumulative releases by day, one line or panel per scenario, with what happened where that is known."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sim.report.figures.multiples import RECORD, Multiples, draw_bands, draw_record
from sim.report.figures.picture import (
    COLOURS,
    MARKERS,
    NARROW,
    WIDTH,
    FigureError,
    Picture,
    date_axis,
    frame,
    head_inches,
    line_style,
    quiet_grid,
    refuse_crowd,
)
from sim.report.words import columns_of, deals_of, list_in_words
from sim.statistics.comparison import Comparison, Curve, Summary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.analysis.history.record import Record

MOST_SHADED = 2
"""With more scenarios their shadings mix into one grey; then only the baseline's is drawn."""
_TITLE = "Cumulative releases by day"


def release_curves(
    comparison: Comparison, record: Record | None = None, *, only: str = "", narrow: bool = False
) -> Picture:
    """Cumulative releases by day.

    One panel for each list of people that the deals hold, such as living hostages or prisoners, one line per scenario:
    the median, with bands that hold 50 % and 90 % of replicates. From three scenarios on each has a panel of its own,
    and the mean differences from the first stand below.

    Parameters
    ----------
    comparison : Comparison
        Of at most eight scenarios, the baseline included.
    record : Record, optional
        What happened under the deal, drawn as a line of its own.
    only : str, optional
        The list that is drawn alone, by default all.
    narrow : bool, optional
        For a column of less than 600 pixels.

    Raises
    ------
    FigureError
        If there are more scenarios than can be told apart, or no scenario holds anybody of the list.
    """
    refuse_crowd(len(comparison.summaries))
    if only and only not in comparison.lists:
        raise FigureError(f"list {only!r}: no scenario holds anybody of it; lists are {', '.join(comparison.lists)}")
    kinds = [only] if only else comparison.lists or list(comparison.baseline.curves)[:1]
    names = [*columns_of(comparison.summaries), *([RECORD] if record else [])]
    alt = _in_words(comparison, names, kinds)
    if len(comparison.summaries) > MOST_SHADED:
        start, last = common_start(comparison.summaries), last_day(comparison.summaries)
        scenarios = names[: len(comparison.summaries)]
        sheet = Multiples(comparison, scenarios, kinds, start, last, note_on(comparison), narrow)
        return Picture(_TITLE, alt, sheet.inches, lambda figure: sheet.draw(figure, _TITLE, record))
    width = NARROW if narrow else WIDTH
    height = head_inches(_reading(), names, width) + 1.15 + 2.85 * len(kinds)
    return Picture(
        _TITLE,
        alt,
        (width, height),
        lambda figure: _draw(figure, comparison, record, kinds),
    )


def _reading() -> str:
    return (
        "Line: median. Shading: where the middle 50 % (dark) and 90 % (light) of replicates of each scenario lie. "
        "Bars on the right: the same for each scenario on its last day, with the median marked."
    )


def _in_words(comparison: Comparison, names: list[str], kinds: list[str]) -> str:
    parts = []
    for kind in kinds:
        ends = [
            f"{name} {s.curve(kind).bands.median[-1]:,} ({s.curve(kind).bands.low_90[-1]:,} to "
            f"{s.curve(kind).bands.high_90[-1]:,})"
            for name, s in zip(names, comparison.summaries, strict=False)
        ]
        called = list_in_words(kind, *deals_of(comparison.summaries))
        total = max(s.curve(kind).total for s in comparison.summaries)
        parts.append(f"{called}, of {total:,}: {'; '.join(ends)}")
    return f"Line chart of cumulative releases by day. Median and range of 90 % on the last day. {'. '.join(parts)}."


def _draw(figure: Figure, comparison: Comparison, record: Record | None, kinds: list[str]) -> None:
    names = columns_of(comparison.summaries)
    grid = figure.subplots(len(kinds), 2, sharex="col", sharey="row", width_ratios=(7, 1), squeeze=False)
    last = last_day(comparison.summaries)
    for (axes, at_end), kind in zip(grid, kinds, strict=True):
        curves = [summary.curve(kind) for summary in comparison.summaries]
        panel(axes, curves, names, list_in_words(kind, *deals_of(comparison.summaries)))
        if record is not None:
            draw_record(axes, record, kind, last, linewidth=2.2)
        _ranges_at_last_day(at_end, curves)
    grid[0, 1].set_title("last day", loc="center", fontsize=10)
    is_narrow = figure.get_size_inches()[0] < WIDTH
    date_axis(grid[-1, 0], common_start(comparison.summaries), last, 3 if is_narrow else 9)
    figure.align_ylabels(grid[:, 0])
    handles = grid[0, 0].get_legend_handles_labels()[0]
    frame(figure, _TITLE, _reading(), note_on(comparison), handles, wspace=0.03)


def common_start(summaries: tuple[Summary, ...]) -> date | None:
    """The date of day 1, where all scenarios begin on the same one."""
    starts = {summary.starts for summary in summaries}
    return starts.pop() if len(starts) == 1 else None


def last_day(summaries: tuple[Summary, ...]) -> int:
    """The last day that any scenario is run to."""
    return max(summary.last_day for summary in summaries)


def note_on(comparison: Comparison) -> str:
    """What was run."""
    each = " of each scenario" if comparison.variants else ""
    return f"n = {comparison.n:,} replicates{each}, seed {comparison.seed}."


def panel(axes: Axes, curves: list[Curve], names: tuple[str, ...], title: str) -> None:
    """One kind of release by day: bands below, medians above."""
    for place, curve in enumerate(curves if len(curves) <= MOST_SHADED else curves[:1]):
        draw_bands(axes, curve.bands, COLOURS[place], (0.10, 0.18))
    for place, (name, curve) in enumerate(zip(names, curves, strict=True)):
        days = np.arange(len(curve.bands.median))
        style = line_style(place, len(days), len(curves))
        axes.plot(days, curve.bands.median, drawstyle="steps-post", label=name, zorder=3, **style)
    total = max(curve.total for curve in curves)
    axes.axhline(total, color="#777777", linewidth=0.9, linestyle=(0, (1, 3)), zorder=0)
    axes.set_title(f"{title} (of {total:,})", fontsize=11)
    axes.set_ylim(-0.03 * max(total, 1), 1.06 * max(total, 1))
    axes.set_ylabel("people")
    axes.locator_params(axis="y", nbins=7, integer=True)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    quiet_grid(axes)


def _ranges_at_last_day(axes: Axes, curves: list[Curve]) -> None:
    """A bar for each scenario: thin for 90 %, thick for 50 %, and the median as its marker."""
    for place, curve in enumerate(curves):
        bands, colour = curve.bands, COLOURS[place]
        axes.vlines(place, bands.low_90[-1], bands.high_90[-1], color=colour, linewidth=1.4)
        axes.vlines(place, bands.low_50[-1], bands.high_50[-1], color=colour, linewidth=6, alpha=0.45)
        axes.plot(
            place, bands.median[-1], marker=MARKERS[place], color=colour, markersize=6.5,
            markeredgecolor="white", markeredgewidth=0.6, zorder=3,
        )  # fmt: skip
    axes.set_xlim(-0.8, len(curves) - 0.2)
    axes.set_xticks([])
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", left=False, labelleft=False)
    quiet_grid(axes)
