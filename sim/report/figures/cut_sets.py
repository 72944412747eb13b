"""Minimal cut sets: the smallest sets of deviations from the deal that bring its goal down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.report.figures.picture import COLOURS, GREY, WIDTH, FigureError, Picture, frame, head_inches
from sim.report.words import cut, spaced

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_SETS = 36
MOST_DEVIATIONS = 60
MOST_LETTERS = 68
_ROW = 0.24
_MOST_DIGITS = 40
"""Of all days of the end that can be written upright side by side; else they are turned."""
Check = Mapping[str, Any]
CutSet = tuple[tuple[str, ...], int]
"""Deviations in words, and the day of the end."""


def cut_sets(check: Check) -> Picture:
    """Minimal sets as columns, deviations as rows: a column's dots together are enough, and none of them is idle.

    Parameters
    ----------
    check : mapping
        As `ceasefire check --json` prints it; its `minimal_sets` are drawn in their order, the smallest first.

    Raises
    ------
    FigureError
        If it is no such object, or there is no set.
    """
    try:
        sets = [(tuple(_words(d) for d in each["deviations"]), each["end_day"]) for each in check["minimal_sets"]]
        scenario, goal, at_most = str(check["scenario"]), str(check["goal"]), int(check["deviations"])
    except (KeyError, TypeError, ValueError):
        raise FigureError("no minimal sets here: give what 'ceasefire check --json' prints") from None
    if not sets:
        raise FigureError(f"no set of at most {at_most} deviations reaches '{cut(goal, 60)}': nothing to draw")
    shown = _that_fit(sets)
    rows = list(dict.fromkeys(words for deviations, _ in shown for words in deviations))
    reading = (
        f"Each column is one smallest set of deviations after which: {cut(goal, 90)}. All dots of a column together "
        f"are enough; without any one of them it does not happen so. At most {at_most} at once were tried."
    )
    if len(sets) > len(shown):
        reading += f" The first {len(shown)} of {len(sets)} sets are shown."
    told = "; ".join(f"{' and '.join(deviations)} (end on day {day})" for deviations, day in shown)
    title = f"Minimal cut sets of {scenario}"
    height = _ROW * len(rows)
    return Picture(
        title, f"{len(sets)} minimal sets, each enough: {told}.",
        (WIDTH, head_inches(reading) + height + 1.0),
        lambda figure: _draw(figure, shown, rows, (title, reading)),
    )  # fmt: skip


def _that_fit(sets: list[CutSet]) -> list[CutSet]:
    """The first of the sets for which a figure has columns and rows."""
    rows: set[str] = set()
    for n_shown, (deviations, _) in enumerate(sets[:MOST_SETS]):
        rows.update(deviations)
        if len(rows) > MOST_DEVIATIONS:
            return sets[: max(1, n_shown)]
    return sets[:MOST_SETS]


def _words(deviation: Mapping[str, Any]) -> str:
    return cut(spaced(str(deviation["words"])), 200)


def _draw(figure: Figure, sets: list[CutSet], rows: list[str], texts: tuple[str, str]) -> None:
    axes = figure.subplots()
    for row in range(len(rows)):
        if row % 2:
            axes.axhspan(row - 0.5, row + 0.5, color="#F3F5F7", zorder=0)
    is_turned = len(sets) * max(len(str(day)) for _, day in sets) > _MOST_DIGITS
    for column, (deviations, day) in enumerate(sets):
        places = [rows.index(words) for words in deviations]
        axes.plot(
            [column] * len(places), places, marker="o", markersize=8, color=COLOURS[1], linewidth=2, zorder=3,
        )  # fmt: skip
        axes.text(
            column, len(rows) - 0.3, str(day), ha="center", va="top", fontsize=8, color=GREY,
            rotation=90 if is_turned else 0,
        )  # fmt: skip
    axes.text(-1, len(rows) - 0.3, "ends on day", ha="right", va="top", fontsize=8, color=GREY)
    _finish(axes, len(sets), rows)
    longest = min(MOST_LETTERS, max(len("ends on day"), *map(len, rows)))
    frame(figure, *texts, "", left=max(1.2, 0.3 + 0.073 * longest), bottom=0.75)


def _finish(axes: Axes, n_sets: int, rows: list[str]) -> None:
    axes.set_yticks(range(len(rows)), [cut(words, MOST_LETTERS) for words in rows], fontsize=8.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(-0.7, max(n_sets, 12) - 0.3)
    axes.set_xticks([])
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
