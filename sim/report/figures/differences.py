"""Paired differences as a forest plot: one small panel per outcome, for each has its own unit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.report.figures.picture import (
    COLOURS,
    GREY,
    MARKERS,
    NARROW,
    WIDTH,
    FigureError,
    Picture,
    frame,
    head_inches,
    quiet_grid,
    refuse_crowd,
    signed_tick,
)
from sim.report.figures.releases import note_on
from sim.report.numbers import verdict_on, with_interval
from sim.report.words import columns_of, cut, outcome_in_words
from sim.statistics.comparison import Comparison
from sim.statistics.estimate import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN = {
    "hostages_living_released": "people",
    "hostages_deceased_returned": "people",
    "prisoners_released": "people",
    "captive_days": "person-days",
    "truce_days": "days",
    "disputes": "count",
    "suspensions": "count",
    "implementation_score": "percentage points",
}
"""Outcomes that are drawn, with the unit of their axis."""
_BETWEEN, _EACH, _EACH_NARROW = 0.62, 0.24, 0.44
"""Inches between panels, and of each variant within one."""


def differences(comparison: Comparison, *, narrow: bool = False) -> Picture:
    """Mean difference within a replicate, variant minus baseline, with its interval.

    Parameters
    ----------
    comparison : Comparison
        With at least one variant, and at most eight scenarios.
    narrow : bool, optional
        For a column of less than 600 pixels: names and numbers stand above the marks.

    Raises
    ------
    FigureError
        If there is no variant, or there are more scenarios than can be told apart.
    """
    if not comparison.variants:
        raise FigureError("there is no variant: a forest plot shows differences from a baseline")
    refuse_crowd(len(comparison.summaries))
    names = columns_of(comparison.summaries)
    shown = [name for name in SHOWN if any(name in variant.differences for variant in comparison.variants)]
    reading = _reading(names[0], comparison.confidence)
    each = _EACH_NARROW if narrow else _EACH
    row = _BETWEEN + each * len(comparison.variants)
    width = NARROW if narrow else WIDTH
    return Picture(
        "Differences from the baseline",
        _in_words(comparison, names, shown),
        (width, head_inches(reading, (), width) + 0.75 + row * len(shown)),
        lambda figure: _draw(figure, comparison, names, shown, reading, narrow=narrow),
    )


def _reading(baseline: str, confidence: float) -> str:
    return (
        f"Mean difference within a replicate, scenario minus {cut(baseline, 60)}, with intervals of "
        f"{100 * confidence:.4g} %. Hollow and marked undecided: the interval contains 0. Each panel has its own unit."
    )


def _in_words(comparison: Comparison, names: tuple[str, ...], shown: list[str]) -> str:
    told = []
    for outcome in shown:
        for name, variant in zip(names[1:], comparison.variants, strict=True):
            if outcome in variant.differences:
                found = variant.differences[outcome]
                verdict = verdict_on(found, variant.p_holm[outcome]).rstrip(" *")
                told.append(
                    f"{outcome_in_words(outcome)}, {name}: {with_interval(found.estimate, signed=True)}, {verdict}"
                )
    return f"Forest plot of paired differences from {names[0]}. {'. '.join(told)}."


def _draw(
    figure: Figure, comparison: Comparison, names: tuple[str, ...], shown: list[str], reading: str, *, narrow: bool
) -> None:
    panels = figure.subplots(len(shown), 1, squeeze=False)[:, 0]
    for axes, outcome in zip(panels, shown, strict=True):
        for place, variant in enumerate(comparison.variants, start=1):
            if outcome in variant.differences:
                found = variant.differences[outcome]
                name = cut(names[place], 20) if narrow else ""
                _row(axes, place, found.estimate, verdict_on(found, variant.p_holm[outcome]), name)
        axes.axvline(0, color=GREY, linewidth=1)
        axes.set_yticks([] if narrow else range(1, len(names)), [] if narrow else [cut(n, 26) for n in names[1:]])
        axes.set_ylim(len(names) - 0.4, 0.25 if narrow else 0.4)
        axes.set_title(f"{outcome_in_words(outcome)} ({SHOWN[outcome]})", fontsize=10)
        axes.xaxis.set_major_formatter(signed_tick)
        axes.locator_params(axis="x", nbins=4 if narrow else 7)
        axes.tick_params(axis="y", left=False)
        axes.tick_params(axis="x", labelsize=8)
        axes.spines["left"].set_visible(False)
        axes.margins(x=0.08)
        quiet_grid(axes, "x")
    longest = max(len(cut(name, 26)) for name in names[1:])
    title = "Differences from the baseline"
    each = _EACH_NARROW if narrow else _EACH
    frame(
        figure, title, reading, note_on(comparison), left=0.3 if narrow else max(0.81, 0.25 + 0.083 * longest),
        right=0.3 if narrow else 2.75, bottom=0.6, hspace=_BETWEEN / (each * (len(names) - 1)),
    )  # fmt: skip


def _row(axes: Axes, place: int, estimate: Estimate, verdict: str, name: str = "") -> None:
    """Mark, interval and number of one variant; with a name, name and number stand above the mark."""
    colour, is_decided = COLOURS[place], verdict.startswith(("up", "down"))
    if not math.isnan(estimate.low):
        axes.hlines(place, estimate.low, estimate.high, color=colour, linewidth=2)
    axes.plot(
        estimate.value, place, marker=MARKERS[place], markersize=8, color=colour, linestyle="none",
        markerfacecolor=colour if is_decided else "white", markeredgecolor=colour, markeredgewidth=1.4, zorder=3,
    )  # fmt: skip
    word = {"none": "no difference", "undecided": "undecided"}.get(verdict, "")
    text = "  ".join(part for part in (with_interval(estimate, signed=True), word) if part and verdict != "none")
    told = f"{name}: {text or word}" if name else text or word
    axes.annotate(
        told, (0 if name else 1.015, place), (0, 9 if name else 0), xycoords=("axes fraction", "data"),
        textcoords="offset points", va="center", fontsize=9, color="black" if is_decided else GREY,
        annotation_clip=False,
    )  # fmt: skip
