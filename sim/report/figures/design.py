"""The front of a design, and its terms side by side; no side has a colour of its own, no point is marked as better."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.report.figures.picture import GREY, WIDTH, Picture, frame, head_inches, quiet_grid
from sim.report.words import cut, outcome_in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_PAIRS = 3
"""Pairs of outcomes that are drawn beside each other."""


def front_picture(content: Mapping[str, Any]) -> Picture:
    """Points of the front by two outcomes, or by each pair of three, with the deal as written.

    Parameters
    ----------
    content : mapping
        As `ceasefire design --json` prints it, with a point at least.
    """
    names = [one["outcome"] for one in content["outcomes"]]
    pairs = list(combinations(range(len(names)), 2))[:_MOST_PAIRS] or [(0, 0)]
    title = f"Choices of terms that none is better than in everything: {content['scenario']}"
    reading = (
        f"{content['first']} Each dot is a choice, each bar its 95 % interval; the cross is the deal as written. "
        "Arrows say what the search wanted; which trade is worth it is not for a search to say."
    )
    inches = (WIDTH, head_inches(reading, []) + 3.9)
    alt = f"{len(content['front'])} points by {', '.join(map(_words, names))}, and the deal as written."
    return Picture(title, alt, inches, lambda figure: _draw_front(figure, content, pairs, title, reading))


def _draw_front(
    figure: Figure, content: Mapping[str, Any], pairs: list[tuple[int, int]], title: str, reading: str
) -> None:
    panels = np.atleast_1d(figure.subplots(1, len(pairs), squeeze=True))
    wanted = content["outcomes"]
    handles: list[Any] = []
    for axes, (x, y) in zip(panels, pairs, strict=True):
        one, other = wanted[x]["outcome"], wanted[y]["outcome"]
        for point in content["front"]:
            _dot(axes, point["outcomes"], one, other, marker="o", color=GREY)
            at = point["outcomes"][one]["mean"], point["outcomes"][other]["mean"]
            axes.annotate(point["point"][-3:].lstrip("0"), at, (4, 4), textcoords="offset points", fontsize=8)
        _dot(axes, content["written"]["outcomes"], one, other, marker="x", color="black")
        axes.set_xlabel(f"{_words(one)} {_arrow(wanted[x], '→', '←')}", fontsize=9)
        axes.set_ylabel(f"{_words(other)} {_arrow(wanted[y], '↑', '↓')}", fontsize=9)
        quiet_grid(axes)
    note = f"{content['again']:,} fresh replicates of each, seed {content['fresh_seed']}."
    frame(figure, title, reading, note, handles, wspace=0.42)


def _arrow(outcome: Mapping[str, Any], more: str, less: str) -> str:
    return more if outcome["wanted"] == "large" else less


def _dot(axes: Axes, outcomes: Mapping[str, Any], one: str, other: str, **style: Any) -> None:
    """A point with its intervals."""
    x, y = outcomes[one], outcomes[other]
    spans = [
        [[found["mean"] - (found["mean"] if found[end] is None else found[end])] for end in ("low", "high")]
        for found in (x, y)
    ]
    (x_low, x_high), (y_low, y_high) = spans
    axes.errorbar(
        [x["mean"]], [y["mean"]], xerr=[x_low, [-x_high[0]]], yerr=[y_low, [-y_high[0]]], linestyle="none",
        markersize=6, elinewidth=0.8, **style,
    )  # fmt: skip


def terms_picture(content: Mapping[str, Any]) -> Picture:
    """The terms of each point on parallel axes, each from the lowest value that the front has to the highest.

    Parameters
    ----------
    content : mapping
        As of `front_picture`.
    """
    title = f"Terms of the choices: {content['scenario']}"
    reading = f"{content['first']} A line is a choice, numbered as in the tables; each axis has its own unit."
    inches = (WIDTH, head_inches(reading, []) + 4.6)
    alt = f"Parallel axes of {', '.join(content['terms'].values())} for {len(content['front'])} points."
    return Picture(title, alt, inches, lambda figure: _draw_terms(figure, content, title, reading))


def _draw_terms(figure: Figure, content: Mapping[str, Any], title: str, reading: str) -> None:
    axes = figure.subplots()
    keys = list(content["terms"])
    for place, key in enumerate(keys):
        values = sorted({_number(point["terms"][key]) for point in content["front"]})
        axes.axvline(place, color=GREY, linewidth=0.8)
        for at, value in ((0.0, values[0]), (1.0, values[-1])):
            if at == 0.0 or len(values) > 1:
                axes.annotate(f"{value:g}", (place, at if len(values) > 1 else 0.5), (0, 8 if at else -14),
                              textcoords="offset points", ha="center", fontsize=8)  # fmt: skip
    for point in content["front"]:
        heights = [_height(content, point, key) for key in keys]
        (line,) = axes.plot(range(len(keys)), heights, color=GREY, linewidth=1.2, alpha=0.8)
        axes.annotate(point["point"][-3:].lstrip("0"), (len(keys) - 1, heights[-1]), (6, -3),
                      textcoords="offset points", fontsize=8, color=line.get_color())  # fmt: skip
    axes.set_xticks(range(len(keys)), [cut(content["terms"][key], 22) for key in keys], rotation=20, ha="right",
                    fontsize=8)  # fmt: skip
    axes.set_yticks([])
    axes.set_ylim(-0.15, 1.15)
    axes.spines["left"].set_visible(False)
    frame(figure, title, reading, f"{len(content['front'])} choices.", [])


def _height(content: Mapping[str, Any], point: Mapping[str, Any], key: str) -> float:
    values = [_number(each["terms"][key]) for each in content["front"]]
    low, high = min(values), max(values)
    return 0.5 if high == low else (_number(point["terms"][key]) - low) / (high - low)


def _number(value: float | str) -> float:
    """The number of a value: of a day its number, of a time its days."""
    from sim.document.dates import written_due
    from sim.document.values import written_duration

    if isinstance(value, str):
        due = written_due(value)
        return float(due.day) if due is not None else (written_duration(value) or 0) / 1440
    return float(value)


def _words(name: str) -> str:
    return name if name.startswith("P") else outcome_in_words(name)
