"""The front of a design, and its terms side by side; no side has a colour of its own, no point is marked as better."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.report.figures.picture import GREY, WIDTH, Picture, frame, head_inches, quiet_grid
from sim.report.words import outcome_in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Content = Mapping[str, Any]
Place = tuple[float, float]
_MOST_PAIRS = 3
"""Pairs of outcomes that are drawn beside each other."""
_NEAR = 0.05
"""Share of the picture within which points have one label together."""
_ROW = 0.55
"""Inches from one term to the next."""


def front_picture(content: Content) -> Picture:
    """Points of the front by two outcomes, or by each pair of three, with the deal as written.

    Parameters
    ----------
    content : mapping
        As `ceasefire design --json` prints it, with a point at least.
    """
    names = [one["outcome"] for one in content["outcomes"]]
    pairs = list(combinations(range(len(names)), 2))[:_MOST_PAIRS] or [(0, 0)]
    title = f"Choices of terms: {content['scenario']}"
    reading = (
        f"{content['first']} Each numbered dot is a choice that no other tried is better than in everything, with its "
        "95 % interval; the cross is the deal as written. Arrows say what the search wanted; which trade is worth it "
        "is not for a search to say."
    )
    inches = (WIDTH, head_inches(reading) + 4.1)
    alt = f"{len(content['front'])} points by {', '.join(map(_words, names))}, and the deal as written."
    return Picture(title, alt, inches, lambda figure: _draw_front(figure, content, pairs, title, reading))


def _draw_front(figure: Figure, content: Content, pairs: list[tuple[int, int]], title: str, reading: str) -> None:
    panels = np.atleast_1d(figure.subplots(1, len(pairs), squeeze=True))
    wanted = content["outcomes"]
    for axes, (x, y) in zip(panels, pairs, strict=True):
        one, other = wanted[x]["outcome"], wanted[y]["outcome"]
        for point in content["front"]:
            _dot(axes, point["outcomes"], one, other, marker="o", color=GREY)
        _dot(axes, content["written"]["outcomes"], one, other, marker="x", color="black")
        axes.margins(0.12)
        axes.set_xlabel(_axis(wanted[x], ("→", "←")), fontsize=9)
        axes.set_ylabel(_axis(wanted[y], ("↑", "↓")), fontsize=9)
        quiet_grid(axes)
        places = [(point["outcomes"][one]["mean"], point["outcomes"][other]["mean"]) for point in content["front"]]
        spans = [abs(high - low) for low, high in (axes.get_xlim(), axes.get_ylim())]
        for at, label in together(places, (spans[0] or 1.0, spans[1] or 1.0)):
            axes.annotate(label, at, (5, 5), textcoords="offset points", fontsize=8)
    note = f"{content['again']:,} fresh replicates of each, seed {content['fresh_seed']}."
    frame(figure, title, reading, note, bottom=1.1, left=0.95, wspace=0.55)


def together(places: Sequence[Place], spans: Place) -> list[tuple[Place, str]]:
    """Where labels stand and what they say: the numbers of points that lie close together stand as one.

    Parameters
    ----------
    places : sequence of tuple of float
        Of the points 1, 2 and so on.
    spans : tuple of float
        How much of each axis is seen.
    """
    groups: list[list[int]] = []
    for number, (x, y) in enumerate(places):
        near = (
            group for group in groups
            if any(abs(x - places[k][0]) < _NEAR * spans[0] and abs(y - places[k][1]) < _NEAR * spans[1] for k in group)
        )  # fmt: skip
        group = next(near, None)
        if group is None:
            groups.append([number])
        else:
            group.append(number)
    return [(places[max(group, key=lambda k: places[k])], ", ".join(str(k + 1) for k in group)) for group in groups]


def _axis(outcome: Content, arrows: tuple[str, str]) -> str:
    words = "\n".join(textwrap.wrap(_words(outcome["outcome"]), 26))
    return f"{words} {arrows[outcome['wanted'] != 'large']}"


def _dot(axes: Axes, outcomes: Content, one: str, other: str, **style: Any) -> None:
    """A point with its intervals."""
    (x, x_bars), (y, y_bars) = (_with_bars(outcomes[name]) for name in (one, other))
    axes.errorbar(
        [x], [y], xerr=x_bars, yerr=y_bars, linestyle="none", markersize=6, elinewidth=0.8, **style,
    )  # fmt: skip


def _with_bars(found: Content) -> tuple[float, list[list[float]]]:
    mean = found["mean"]
    low, high = (mean if found[end] is None else found[end] for end in ("low", "high"))
    return mean, [[mean - low], [high - mean]]


def terms_picture(content: Content) -> Picture:
    """The terms of each point, a term a row, each from the lowest value that it may have to the highest.

    Parameters
    ----------
    content : mapping
        As of `front_picture`.
    """
    title = f"Terms of the choices: {content['scenario']}"
    reading = (
        f"{content['first']} A line is a choice, with its number; each row is a term with a scale of its own, "
        "from the lowest value that was allowed to the highest."
    )
    rows = len(content["terms"])
    inches = (WIDTH, head_inches(reading) + 1.0 + _ROW * rows)
    alt = f"Parallel scales of {', '.join(content['terms'].values())} for {len(content['front'])} points."
    return Picture(title, alt, inches, lambda figure: _draw_terms(figure, content, title, reading))


def _draw_terms(figure: Figure, content: Content, title: str, reading: str) -> None:
    axes = figure.subplots()
    keys = list(content["terms"])
    ends = {row["term"]: (row["low"]["value"], row["high"]["value"]) for row in content["effects"]}
    for row, key in enumerate(keys):
        axes.plot([0, 1], [row, row], color="#BBBBBB", linewidth=0.8, zorder=0)
        for at, value in zip((0.0, 1.0), ends[key], strict=True):
            axes.annotate(str(value), (at, row), (8 if at else -8, 0), textcoords="offset points", fontsize=8,
                          ha="left" if at else "right", va="center", color=GREY)  # fmt: skip
    lines = [
        [share_of(point["terms"][key], *ends[key], content["words"].get(key, ())) for key in keys]
        for point in content["front"]
    ]
    for shares in lines:
        axes.plot(shares, range(len(keys)), "o-", color=GREY, linewidth=1.2, markersize=4, alpha=0.7)
    for row in range(len(keys)):
        for (x, _), label in together([(shares[row], 0.0) for shares in lines], (0.6, 1.0)):
            axes.annotate(label, (x, row), (0, 6), textcoords="offset points", fontsize=8, ha="center",
                          bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.8})  # fmt: skip
    axes.set_yticks(range(len(keys)), ["\n".join(textwrap.wrap(content["terms"][key], 30)) for key in keys], fontsize=9)
    axes.set_xticks([])
    axes.set_xlim(-0.12, 1.12)
    axes.set_ylim(len(keys) - 0.5, -0.6)
    axes.tick_params(axis="y", length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    frame(figure, title, reading, f"{len(content['front'])} choices.", left=2.6, bottom=0.5)


def share_of(value: float | str, low: float | str, high: float | str, words: Sequence[float | str] = ()) -> float:
    """How far a value lies from the lowest to the highest; of words, in the order in which they are listed."""
    if words:
        return list(words).index(value) / (len(words) - 1)
    at, first, last = (_number(each) for each in (value, low, high))
    return 0.5 if first == last else (at - first) / (last - first)


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
