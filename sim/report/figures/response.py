"""Means along one axis of a sweep at true distances, with paired differences from its first value below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.document.dates import written_due
from sim.document.values import written_duration
from sim.report.figures.picture import (
    COLOURS,
    GREY,
    MOST_SCENARIOS,
    WIDTH,
    FigureError,
    Picture,
    frame,
    head_inches,
    line_style,
    quiet_grid,
    signed_tick,
)
from sim.report.figures.sweep import Grid, Sweep, in_words, note_on_sweep, outcomes_of
from sim.report.numbers import with_interval
from sim.report.sweep import estimate_of
from sim.report.words import outcome_in_words, with_unit
from sim.results.inside import paired_estimates

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.document.scenario import ResolvedScenario
    from sim.results.load import Results

Paired = Mapping[str, Mapping[str, dict[str, Any]]]
"""By cell and outcome: mean and interval of the difference from the cell at the first value of the axis."""


def stored_response(results: Results, outcomes: Sequence[str] = ()) -> Picture:
    """The response of a stored sweep, with paired differences from its replicates.

    Parameters
    ----------
    results : Results
        Of a sweep.
    outcomes : sequence of str, optional
        By default the main ones that are not zero throughout.

    Raises
    ------
    FigureError
        As `response`.
    """
    sweep = results.sweep
    document = results.document(results.scenarios[0])
    shown, grid = outcomes_of(sweep, outcomes), Grid(sweep, 2, document)
    pairs = [(grid.key(*key), grid.key(grid.values[0][0], *key[1:])) for key in grid.places()]
    paired = {cell: paired_estimates(results, cell, first, shown) for cell, first in pairs if cell != first}
    return response(sweep, document, outcomes, paired)


def response(
    sweep: Sweep, document: ResolvedScenario, outcomes: Sequence[str] = (), paired: Paired | None = None
) -> Picture:
    """Means along the first axis of a grid, a line for each value of the second.

    Parameters
    ----------
    sweep : dict
        As `sim.analysis.sweeps.found.Sweep.as_json` gives it.
    document : ResolvedScenario
        Of any cell: what its parts are called.
    outcomes : sequence of str, optional
        By default the main ones that are not zero throughout.
    paired : mapping, optional
        Differences from the first value of the axis, run for run, drawn below the means; without them the means have
        intervals of their own.

    Raises
    ------
    FigureError
        If the sweep is no grid, an axis has too many values, or an outcome is unknown.
    """
    shown, grid = outcomes_of(sweep, outcomes), Grid(sweep, 2, document)
    names = grid.names
    lines = grid.values[1] if len(grid.paths) > 1 else [None]
    if len(lines) > MOST_SCENARIOS:
        raise FigureError(f"{len(lines)} values of {names[1]}: a figure can tell apart at most {MOST_SCENARIOS} lines")
    labels = [f"{names[1]} {in_words(value)}" if value is not None else "mean" for value in lines]
    first = in_words(grid.values[0][0])
    below = (
        f"Below each mean: its difference from {first}, with the same chance events in both, with intervals of 95 %."
        if paired
        else "Bars are intervals of 95 %."
    )
    reading = f"Mean along {names[0]}. {below}{grid.others_in_words()}"
    ends = [grid.values[0][0], grid.values[0][-1]]
    told = []
    for outcome in shown:
        for label, value in zip(labels, lines, strict=True):
            keys = [(end,) if value is None else (end, value) for end in ends]
            one, other = (with_interval(estimate_of(grid.numbers(outcome, *key), sweep["n"])) for key in keys)
            found = paired and paired.get(grid.key(*keys[1]))
            moved = f", {with_interval(estimate_of(found[outcome], sweep['n']), signed=True)}" if found else ""
            told.append(f"{outcome_in_words(outcome, document.deal)}, {label}: from {one} to {other}{moved}")
    each = 3.4 if paired else 2.2
    titles = {outcome: with_unit(outcome, document.deal) for outcome in shown}
    sheet = _Sheet(sweep, grid, titles, list(zip(labels, lines, strict=True)), paired or {}, reading)
    return Picture(
        f"Means along {names[0]}",
        f"Line charts along {names[0]}, {in_words(ends[0])} to {in_words(ends[1])}. {'. '.join(told)}.",
        (WIDTH, head_inches(reading, labels) + 1.0 + each * len(shown)),
        sheet.draw,
    )


def positions(values: Sequence[Any]) -> list[float] | None:
    """Where values stand on an axis: numbers, days and lengths of time at their distances; None for names."""
    found = [_number(value) for value in values]
    numbers = [number for _, number in found]
    return numbers if len({kind for kind, _ in found}) == 1 and found[0][0] else None


def _number(value: Any) -> tuple[str, float]:
    """What kind of number a value is, and the number; '' where it is none."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return "number", float(value)
    text = str(value).strip()
    if (due := written_due(text)) and due.is_dated:
        return "day", float(due.day)
    minutes = written_duration(text)
    return ("", 0.0) if minutes is None else ("time", float(minutes))


class _Sheet:
    """What is drawn, and where it stands along the axis."""

    def __init__(
        self, sweep: Sweep, grid: Grid, shown: Mapping[str, str], lines: Sequence[tuple[str, Any]], paired: Paired,
        reading: str,
    ):  # fmt: skip
        self.sweep, self.grid, self.shown, self.lines = sweep, grid, shown, lines
        self.paired, self.reading = paired, reading
        self.xs = grid.values[0]
        places = positions(self.xs)
        self.at = np.array(places if places is not None else range(len(self.xs)), float)

    def draw(self, figure: Figure) -> None:
        """Means, and below each its differences."""
        heights = [h for _ in self.shown for h in ((1.6, 1.0) if self.paired else (1.0,))]
        panels = list(figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0])
        for i, outcome in enumerate(self.shown):
            if self.paired:
                self._means(panels[2 * i], outcome, has_bars=False)
                self._differences(panels[2 * i + 1], outcome)
            else:
                self._means(panels[i], outcome, has_bars=True)
        step = max(1, -(-len(self.xs) // 10))
        panels[-1].set_xticks(self.at[::step], [in_words(x) for x in self.xs[::step]])
        panels[-1].set_xlabel(self.grid.names[0])
        handles = panels[0].get_legend_handles_labels()[0]
        title = f"Sweep of {self.sweep['scenario']}"
        frame(figure, title, self.reading, note_on_sweep(self.sweep), handles, hspace=0.42)

    def _aside(self, place: int) -> float:
        """How far a line stands beside its place, so that intervals do not hide one another."""
        return float(0.008 * np.ptp(self.at) * (place - (len(self.lines) - 1) / 2))

    def _key(self, x: Any, value: Any) -> tuple[Any, ...]:
        return (x,) if value is None else (x, value)

    def _means(self, axes: Axes, outcome: str, *, has_bars: bool) -> None:
        for place, (label, value) in enumerate(self.lines):
            found = [self.grid.numbers(outcome, *self._key(x, value)) for x in self.xs]
            style = line_style(place, len(self.xs), len(self.lines)) | {"markevery": 1}
            at = self.at + self._aside(place)
            axes.plot(at, [numbers["mean"] for numbers in found], label=label, **style)
            if has_bars:
                _bars(axes, at, found, COLOURS[place])
        low, high = axes.get_ylim()
        if low > 0:
            axes.set_ylim(0, 1.08 * high)
        axes.set_title(self.shown[outcome], fontsize=10.5)
        axes.locator_params(axis="y", nbins=5)
        axes.yaxis.set_major_formatter("{x:,.5g}")
        quiet_grid(axes)

    def _differences(self, axes: Axes, outcome: str) -> None:
        none: dict[str, Any] = {"mean": 0.0, "low": None, "high": None}
        for place, (label, value) in enumerate(self.lines):
            cells = [self.grid.key(*self._key(x, value)) for x in self.xs]
            found = [self.paired[cell][outcome] if cell in self.paired else none for cell in cells]
            style = line_style(place, len(self.xs), len(self.lines)) | {"markevery": 1, "linewidth": 1.2}
            at = self.at + self._aside(place)
            axes.plot(at, [numbers["mean"] for numbers in found], label=label, **style)
            _bars(axes, at, found, COLOURS[place])
        axes.axhline(0, color=GREY, linewidth=1)
        axes.set_title(f"Difference from {in_words(self.xs[0])}, run for run", fontsize=9)
        axes.locator_params(axis="y", nbins=4)
        axes.yaxis.set_major_formatter(signed_tick)
        quiet_grid(axes)


def _bars(axes: Axes, at: np.ndarray[Any, Any], found: Sequence[Mapping[str, Any]], colour: str) -> None:
    for x, numbers in zip(at, found, strict=True):
        if numbers["low"] is not None:
            axes.vlines(x, numbers["low"], numbers["high"], color=colour, linewidth=1.4)
