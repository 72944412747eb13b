"""Figures for a file: cumulative releases by day, one line per scenario."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.report.words import CURVES, FOOTER, labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.statistics.comparison import Comparison, Curve

COLOURS = ("#000000", "#0072B2", "#E69F00", "#CC79A7", "#56B4E9", "#7F4F00", "#6A3D9A", "#8C8C8C")
"""From Okabe and Ito's set for colour-blind readers, without a red that meets a green; told apart by dashes as well."""
DASHES: tuple[tuple[float, ...], ...] = (
    (), (6, 3), (2, 2), (6, 2, 1.5, 2), (10, 6), (1, 2), (6, 2, 1.5, 2, 1.5, 2), (4, 1),
)  # fmt: skip
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
MOST_SCENARIOS = len(COLOURS)
MOST_SHADED = 2
"""With more scenarios their shadings mix into one grey; then only the baseline's is drawn."""
STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "svg.hashsalt": "ceasefire-sim",
    "svg.fonttype": "none",
}


def release_curves(comparison: Comparison, path: str | Path) -> None:
    """Write the figure of cumulative releases by day.

    Three panels (living hostages, deceased hostages, prisoners), one line per scenario: the median, with bands that
    hold 50 % and 90 % of replicates. The same comparison gives the same bytes.

    Parameters
    ----------
    comparison : Comparison
        Of at most eight scenarios, the baseline included.
    path : str or Path
        Its ending, .png or .svg, chooses the format.

    Raises
    ------
    ValueError
        If there are more scenarios than can be told apart, or the ending is another.
    """
    path = Path(path)
    if path.suffix not in (".png", ".svg"):
        raise ValueError(f"{path.name}: a figure ends in .png or .svg")
    if len(comparison.summaries) > MOST_SCENARIOS:
        raise ValueError(f"{len(comparison.summaries)} scenarios: a figure can tell apart at most {MOST_SCENARIOS}")
    write_figure(path, (9, 11), lambda figure: _draw(figure, comparison))


def write_figure(path: Path, inches: tuple[float, float], draw: Callable[[Figure], None]) -> None:
    """Write what `draw` puts on an empty figure of this size; the ending, .png or .svg, chooses the format."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        figure = Figure(figsize=inches)
        FigureCanvasAgg(figure)
        draw(figure)
        metadata = {"Software": None} if path.suffix == ".png" else {"Date": None, "Creator": None}
        figure.savefig(path, dpi=150, metadata=metadata)


def _draw(figure: Figure, comparison: Comparison) -> None:
    names = labels(tuple(summary.scenario for summary in comparison.summaries))
    grid = figure.subplots(3, 2, sharex="col", sharey="row", width_ratios=(7, 1))
    for (axes, last_day), curve in zip(grid, CURVES, strict=True):
        curves = [summary.curves[curve] for summary in comparison.summaries]
        panel(axes, curves, names, CURVES[curve])
        _ranges_at_last_day(last_day, curves)
    grid[0, 1].set_title("last day", loc="center", fontsize=10)
    _date_axis(grid[-1, 0], comparison)
    figure.align_ylabels(grid[:, 0])
    _margins(figure, grid[0, 0], comparison)


def _margins(figure: Figure, first: Axes, comparison: Comparison) -> None:
    """Title, how to read the figure, legend and footer."""
    whose = "of the baseline" if len(comparison.summaries) > MOST_SHADED else "of each scenario"
    reading = (
        f"Line: median. Shading: where the middle 50 % (dark) and 90 % (light) of replicates {whose} lie.\n"
        "Bars on the right: the same for each scenario on its last day, with the median marked."
    )
    figure.suptitle("Cumulative releases by day", x=0.09, y=0.985, ha="left", fontsize=14, fontweight="bold")
    figure.text(0.09, 0.959, reading, ha="left", va="top", color="#444444", linespacing=1.4)
    handles, names = first.get_legend_handles_labels()
    figure.legend(
        handles, names, loc="upper left", bbox_to_anchor=(0.09, 0.918), ncols=3, frameon=False, handlelength=4,
        borderpad=0, borderaxespad=0,
    )  # fmt: skip
    figure.text(
        0.09, 0.012, f"{FOOTER}  n = {comparison.n:,} replicates of each scenario, seed {comparison.seed}.",
        ha="left", va="bottom", fontsize=9, color="#444444",
    )  # fmt: skip
    rows = -(-len(names) // 3)
    figure.subplots_adjust(left=0.09, right=0.97, top=0.893 - 0.02 * rows, bottom=0.085, hspace=0.17, wspace=0.03)


def panel(axes: Axes, curves: list[Curve], names: tuple[str, ...], title: str) -> None:
    """One kind of release by day: bands below, medians above."""
    for place, curve in enumerate(curves if len(curves) <= MOST_SHADED else curves[:1]):
        bands, days = curve.bands, np.arange(len(curve.bands.median))
        for low, high, alpha in ((bands.low_90, bands.high_90, 0.10), (bands.low_50, bands.high_50, 0.18)):
            axes.fill_between(days, low, high, step="post", color=COLOURS[place], alpha=alpha, linewidth=0, zorder=1)
    for place, (name, curve) in enumerate(zip(names, curves, strict=True)):
        _median(axes, place, name, curve, len(curves))
    total = max(curve.total for curve in curves)
    axes.axhline(total, color="#777777", linewidth=0.9, linestyle=(0, (1, 3)), zorder=0)
    axes.set_title(f"{title} (of {total:,})", fontsize=11)
    axes.set_ylim(-0.03 * max(total, 1), 1.06 * max(total, 1))
    axes.set_ylabel("people")
    axes.locator_params(axis="y", nbins=7, integer=True)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.grid(axis="y", color="#E5E5E5", linewidth=0.6)
    axes.set_axisbelow(True)


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
    axes.grid(axis="y", color="#E5E5E5", linewidth=0.6)
    axes.set_axisbelow(True)


def _median(axes: Axes, place: int, label: str, curve: Curve, n_curves: int) -> None:
    """A median line: later ones are thinner, and their markers stand on other days, so that none hides another."""
    days = np.arange(len(curve.bands.median))
    every = max(1, len(days) // 9)
    axes.plot(
        days, curve.bands.median, drawstyle="steps-post", color=COLOURS[place], label=label, zorder=3,
        linewidth=max(1.4, 3.0 - 0.4 * place), dashes=DASHES[place] or (None, None),
        marker=MARKERS[place], markersize=5,
        markevery=(every * (place + 1) // (n_curves + 1), every), markeredgecolor="white", markeredgewidth=0.6,
    )  # fmt: skip


def day_ticks(last: int) -> list[int]:
    """Days from 1 on, at most nine of them, in steps of days, weeks or months."""
    step = next(step for step in (1, 2, 7, 14, 28, 56, 112, 364, last) if last / step <= 9)
    return list(range(1, last + 1, step))


def _date_axis(axes: Axes, comparison: Comparison) -> None:
    """Day numbers, with the calendar date below where all scenarios begin on the same one."""
    last = max(len(summary.curves["prisoners"].bands.median) for summary in comparison.summaries) - 1
    ticks = day_ticks(last)
    starts = {summary.starts for summary in comparison.summaries}
    texts = [f"day {day}" for day in ticks]
    if len(starts) == 1:
        first = starts.pop()
        dates = [first + timedelta(days=day - 1) for day in ticks]
        texts = [
            f"{text}\n{date.day} {date:%b}" + (f"\n{date.year}" if i == 0 or date.year != dates[i - 1].year else "")
            for i, (text, date) in enumerate(zip(texts, dates, strict=True))
        ]
    axes.set_xticks(ticks, texts)
    axes.set_xlim(0, last)
