"""Sweeps: what the cells come to, over one axis or two, and the tornado of what each axis moves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.reading.problem import nearest
from sim.report.axes import axes_called
from sim.report.figures.picture import (
    COLOURS,
    GREY,
    WIDTH,
    FigureError,
    Picture,
    frame,
    head_inches,
    quiet_grid,
    signed_tick,
)
from sim.report.numbers import number, with_interval
from sim.report.sweep import SHOWN, estimate_of
from sim.report.words import cut, outcome_in_words, with_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.document.scenario import ResolvedScenario

MOST_VALUES = 60
MOST_NUMBERED = 12
MOST_BARS = 30
Sweep = dict[str, Any]


class Grid:
    """The cells of a grid over its first one or two axes, any others at the middle one of their values.

    Parameters
    ----------
    sweep : dict
        As `sim.analysis.sweeps.found.Sweep.as_json` gives it.
    most_axes : {1, 2}
        Axes to keep.
    document : ResolvedScenario
        Of any cell: what the axes are called.

    Attributes
    ----------
    paths : list of str
        The axes that are kept.
    values : list of list
        Their values, in order.
    names : list of str
        What they are called.
    fixed : dict of str to number or str
        The other axes.
    """

    def __init__(self, sweep: Sweep, most_axes: int, document: ResolvedScenario):
        if sweep["design"] != "grid":
            raise FigureError(f"the design is {sweep['design']}: only a grid has cells side by side; draw the tornado")
        paths = [axis["path"] for axis in sweep["axes"]]
        by_path = {path: list(dict.fromkeys(cell["values"][path] for cell in sweep["cells"])) for path in paths}
        varied = [path for path in paths if len(by_path[path]) > 1] or paths[:1]
        self.paths = varied[:most_axes]
        self.values = [by_path[path] for path in self.paths]
        self._called = dict(zip(paths, axis_names(paths, document), strict=True))
        self.names = [self._called[path] for path in self.paths]
        self.fixed = {path: by_path[path][len(by_path[path]) // 2] for path in paths if path not in self.paths}
        self._cells = {
            tuple(cell["values"][path] for path in self.paths): cell
            for cell in sweep["cells"]
            if all(cell["values"][path] == value for path, value in self.fixed.items())
        }
        largest = max(map(len, self.values))
        if largest > MOST_VALUES:
            raise FigureError(f"an axis has {largest} values: a figure has room for {MOST_VALUES}; draw the tornado")

    def numbers(self, outcome: str, *key: Any) -> dict[str, Any]:
        """Mean and interval of one outcome in one cell."""
        found: dict[str, Any] = self._cells[key]["estimates"][outcome]
        return found

    def key(self, *key: Any) -> str:
        """The name of one cell."""
        return str(self._cells[key]["key"])

    def places(self) -> list[tuple[Any, ...]]:
        """The values of each cell."""
        return list(self._cells)

    def others_in_words(self) -> str:
        """Where the axes that are not drawn stand."""
        held = ", ".join(f"{self._called[path]} {in_words(value)}" for path, value in self.fixed.items())
        return f" Other axes at the middle of their values: {held}." if held else ""


def axis_names(paths: Sequence[str], document: ResolvedScenario) -> list[str]:
    """What axes are called, short enough to stand beside one."""
    return [cut(name, 48) for name in axes_called(paths, document)]


def in_words(value: Any) -> str:
    """A value of an axis, short."""
    return f"{value:.4g}" if isinstance(value, float) else cut(str(value), 20)


def outcomes_of(sweep: Sweep, asked: Sequence[str]) -> list[str]:
    """The outcomes that are asked for, else the main ones that are not zero throughout.

    Raises
    ------
    FigureError
        If the sweep has no outcome of a name that is asked for.
    """
    known = sweep["cells"][0]["estimates"]
    for name in asked:
        if name not in known:
            raise FigureError(f"no outcome {name[:100]!r} in this sweep; {nearest(name, known)}")
    return list(asked) or [name for name in SHOWN if any(c["estimates"][name]["mean"] for c in sweep["cells"])]


def note_on_sweep(sweep: Sweep) -> str:
    """What was run."""
    return f"n = {sweep['n']:,} replicates of each cell, seed {sweep['seed']}."


def heat_map(sweep: Sweep, document: ResolvedScenario, outcomes: Sequence[str] = ()) -> Picture:
    """Means over two axes of a grid, a panel for each outcome; with few cells each says its number.

    Parameters
    ----------
    sweep : dict
        As `sim.analysis.sweeps.found.Sweep.as_json` gives it.
    document : ResolvedScenario
        Of any cell: what its parts are called.
    outcomes : sequence of str, optional
        By default the main ones that are not zero throughout.

    Raises
    ------
    FigureError
        If the sweep is no grid of two axes or more, an axis has too many values, or an outcome is unknown.
    """
    shown, grid = outcomes_of(sweep, outcomes), Grid(sweep, 2, document)
    if len(grid.paths) < 2:
        raise FigureError("a heat map needs two axes that vary; --kind response draws one")
    names, deal = grid.names, document.deal
    extremes = [
        f"{outcome_in_words(o, deal)} from {min(_means(grid, o).flat):,.4g} to {max(_means(grid, o).flat):,.4g}"
        for o in shown
    ]
    titles = [with_unit(outcome, deal) for outcome in shown]
    columns = min(2, len(shown))
    rows = -(-len(shown) // columns)
    reading = f"Mean of each cell; darker is less.{grid.others_in_words()}"
    tall = min(4.2, max(1.6, 0.36 * len(grid.values[1])))
    return Picture(
        f"{outcome_in_words(shown[0], deal)} over {names[0]} and {names[1]}" if len(shown) == 1
        else "Means over two axes",
        f"Heat map over {names[0]} and {names[1]}. {'; '.join(extremes)}.",
        (WIDTH, head_inches(reading) + 1.0 + (tall + 0.85) * rows),
        lambda figure: _draw_heat(figure, sweep, grid, dict(zip(shown, titles, strict=True)), (rows, columns), reading),
    )  # fmt: skip


def _means(grid: Grid, outcome: str) -> np.ndarray[Any, Any]:
    """Means with the second axis along the rows."""
    return np.array([[grid.numbers(outcome, x, y)["mean"] for x in grid.values[0]] for y in grid.values[1]])


def _draw_heat(
    figure: Figure, sweep: Sweep, grid: Grid, shown: dict[str, str], shape: tuple[int, int], reading: str
) -> None:
    """A panel for each outcome, under its title."""
    panels = figure.subplots(*shape, squeeze=False)
    for axes, (outcome, title) in zip(panels.flat, shown.items(), strict=False):
        means = _means(grid, outcome)
        mesh = axes.pcolormesh(means, cmap="cividis", edgecolors="white", linewidth=0.5)
        figure.colorbar(mesh, ax=axes, pad=0.02, format="{x:,.4g}")
        axes.set_title(title, fontsize=10.5)
        _value_ticks(axes, grid)
        axes.set_xlabel(cut(grid.names[0], 40))
        axes.set_ylabel(cut(grid.names[1], 40))
        if max(means.shape) <= MOST_NUMBERED:
            _number_cells(axes, means)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
    for axes in panels.flat[len(shown) :]:
        axes.set_visible(False)
    frame(figure, f"Sweep of {sweep['scenario']}", reading, note_on_sweep(sweep), wspace=0.32, hspace=0.5)


def _value_ticks(axes: Axes, grid: Grid) -> None:
    for which, values in zip(("x", "y"), grid.values, strict=True):
        step = max(1, -(-len(values) // (7 if which == "x" else 12)))
        places = [i + 0.5 for i in range(0, len(values), step)]
        texts = [in_words(value) for value in values[::step]]
        rotation = 30 if which == "x" and max(map(len, texts)) * len(texts) > 32 else 0
        extra: dict[str, Any] = {"rotation": rotation, "ha": "right"} if rotation else {}
        getattr(axes, f"set_{which}ticks")(places, texts, fontsize=8.5, **extra)


def _number_cells(axes: Axes, means: np.ndarray[Any, Any]) -> None:
    middle = (means.min() + means.max()) / 2
    digits = 0 if np.ptp(means) >= 20 else 1 if np.ptp(means) >= 1 else 2
    size = 8.5 if means.shape[1] <= 7 else 6.5
    for row, column in np.ndindex(means.shape):
        text = number(float(means[row, column]), digits=digits)
        colour = "white" if means[row, column] < middle else "black"
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", color=colour, fontsize=size)


def tornado(sweep: Sweep, document: ResolvedScenario, outcomes: Sequence[str] = ()) -> Picture:
    """What each axis moves from its low to its high end, the largest first, a panel for each outcome.

    Parameters
    ----------
    sweep : dict
        As `sim.analysis.sweeps.found.Sweep.as_json` gives it.
    document : ResolvedScenario
        Of any cell: what its parts are called.
    outcomes : sequence of str, optional
        By default the main ones that are not zero throughout.

    Raises
    ------
    FigureError
        If no axis varies, there are too many, or an outcome is unknown.
    """
    bars = sweep["tornado"]
    if not bars:
        raise FigureError("no axis varies: there is no effect to draw")
    if len(bars) > MOST_BARS:
        raise FigureError(f"{len(bars)} axes: a tornado has room for {MOST_BARS}")
    shown = [name for name in outcomes_of(sweep, outcomes) if name in bars[0]["differences"]]
    paths = [bar["path"] for bar in bars]
    names = dict(zip(paths, axis_names(paths, document), strict=True))
    told = [
        f"{outcome_in_words(outcome, document.deal)}: " + ", ".join(
            f"{names[bar['path']]} {with_interval(estimate_of(bar['differences'][outcome], sweep['n']), signed=True)}"
            for bar in _by_size(bars, outcome)
        )
        for outcome in shown
    ]  # fmt: skip
    titles = {outcome: with_unit(outcome, document.deal) for outcome in shown}
    reading = (
        "Mean difference within a replicate when one axis goes from its low to its high end, the others in the middle. "
        "Hatched: downward. Hollow and marked undecided: the interval (95 %) contains 0."
    )
    return Picture(
        "What each axis moves",
        f"Tornado chart. {'. '.join(told)}.",
        (WIDTH, head_inches(reading) + 0.75 + (0.72 + 0.36 * len(bars)) * len(shown)),
        lambda figure: _draw_tornado(figure, sweep, titles, names, reading),
    )


def _by_size(bars: list[dict[str, Any]], outcome: str) -> list[dict[str, Any]]:
    return sorted(bars, key=lambda bar: -abs(bar["differences"][outcome]["mean"]))


def _draw_tornado(figure: Figure, sweep: Sweep, shown: dict[str, str], names: dict[str, str], reading: str) -> None:
    panels = figure.subplots(len(shown), 1, squeeze=False)[:, 0]
    for axes, (outcome, title) in zip(panels, shown.items(), strict=True):
        bars = _by_size(sweep["tornado"], outcome)
        for place, bar in enumerate(bars):
            _bar(axes, place, bar["differences"][outcome], sweep["n"])
        texts = [f"{cut(names[b['path']], 34)}\n{in_words(b['low'])} to {in_words(b['high'])}" for b in bars]
        axes.set_yticks(range(len(bars)), texts, fontsize=8.5)
        axes.set_ylim(len(bars) - 0.4, -0.6)
        axes.axvline(0, color=GREY, linewidth=1)
        axes.set_title(title, fontsize=10.5)
        axes.tick_params(axis="y", left=False)
        axes.tick_params(axis="x", labelsize=8)
        axes.xaxis.set_major_formatter(signed_tick)
        axes.spines["left"].set_visible(False)
        axes.margins(x=0.06)
        quiet_grid(axes, "x")
    longest = max(len(cut(name, 34)) for name in names.values())
    frame(
        figure, f"Sweep of {sweep['scenario']}: what each axis moves", reading, note_on_sweep(sweep),
        left=max(1.3, 0.3 + 0.075 * longest), right=2.55, bottom=0.6, hspace=0.72 / (0.36 * len(names)),
    )  # fmt: skip


def _bar(axes: Axes, place: int, numbers: dict[str, Any], n: int) -> None:
    estimate = estimate_of(numbers, n)
    is_decided = estimate.excludes_zero
    colour = COLOURS[1] if estimate.value >= 0 else COLOURS[2]
    axes.barh(
        place, estimate.value, height=0.62, edgecolor=colour if is_decided else GREY, linewidth=1.2,
        facecolor=colour if is_decided else "none", alpha=0.85,
        hatch="////" if estimate.value < 0 and is_decided else None,
    )  # fmt: skip
    if not math.isnan(estimate.low):
        axes.hlines(place, estimate.low, estimate.high, color="black", linewidth=1.4, zorder=3)
    word = "" if is_decided else "  undecided" if estimate.half_width else "  no difference"
    axes.annotate(
        f"{with_interval(estimate, signed=True)}{word}", (1.015, place), xycoords=("axes fraction", "data"),
        va="center", fontsize=8.5, color="black" if is_decided else GREY, annotation_clip=False,
    )  # fmt: skip
