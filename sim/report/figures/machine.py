"""The phase machine of a deal: phases in a row, what each may turn into below it, and the other regions beneath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from sim.document.deal import Deal
from sim.document.machine import ENDS, Move, Names, PhaseMachine
from sim.document.names import actor_called
from sim.report.figures.picture import GREY, WIDTH, FigureError, Picture, frame, head_inches
from sim.report.words import cut, spaced

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_PHASES = 10
_READING = (
    "Boxes are states, arrows are moves; a box says how the deal may end from there. Truce, exchange, "
    "withdrawal and talks run side by side with the phases."
)
_BOX_WIDTH, _BOX_HEIGHT, _GAP_X, _GAP_Y = 1.38, 0.56, 0.7, 0.36
_ROW_HEIGHT, _LADDER_STEP, _TO_THE_ROW = 0.35, 1.62, 5


@dataclass(frozen=True)
class Box:
    """One state at its place, in inches from the upper left corner of its region."""

    state: str
    x: float
    y: float
    ends: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """Boxes of one region and the arrows between them; moves to an end of the deal are words in the boxes."""

    boxes: dict[str, Box]
    arrows: tuple[Move, ...]
    height: float


def phase_machine(deal: Deal) -> Picture:
    """The phase machine as a diagram, built from the same moves that the reference engine makes.

    Parameters
    ----------
    deal : Deal

    Raises
    ------
    FigureError
        If the deal has more phases than fit.
    """
    if len(deal.phases) > MOST_PHASES:
        raise FigureError(f"{len(deal.phases)} phases: a diagram has room for {MOST_PHASES}; use show --mermaid")
    regions = PhaseMachine(deal).moves
    layouts = {
        name: phase_layout(deal, moves) if name == "phase" else row_layout(moves) for name, moves in regions.items()
    }
    width = max(WIDTH, 1.2 + max(box.x + _BOX_WIDTH for each in layouts.values() for box in each.boxes.values()))
    height = sum(each.height + 0.62 for each in layouts.values())
    told = "; ".join(f"{spaced(name)}: " + ", ".join(spaced(s) for s in each.boxes) for name, each in layouts.items())
    title = f"Phase machine of {deal.deal}"
    return Picture(
        title, f"State diagram with the regions and their states: {told}.",
        (width, head_inches(_READING, width=width) + height + 0.5),
        lambda figure: _draw(figure, deal, layouts, title, height),
    )  # fmt: skip


def phase_layout(deal: Deal, moves: list[Move]) -> Layout:
    """Phases from left to right, their continuation and what follows a lapse below each."""
    step_x, step_y = _BOX_WIDTH + _GAP_X, _BOX_HEIGHT + _GAP_Y
    names = Names.of(deal)
    end_of = {state: end for end, state in names.ends.items()}
    ends: dict[str, list[str]] = {}
    for move in moves:
        if move.dest in end_of:
            ends.setdefault(move.source, []).append(end_of[move.dest])
    places = {names.ahead: (0.0, 0.0)}
    states = {state for move in moves for state in (move.source, move.dest)}
    for column, key in enumerate(deal.phases, start=1):
        for row, state in enumerate((key, names.continued[key], names.after_lapse[key])):
            if state in states:
                places[state] = (column * step_x, row * step_y)
    boxes = {state: Box(state, x, y, tuple(ends.get(state, ()))) for state, (x, y) in places.items()}
    height = max(y for _, y in places.values()) + _BOX_HEIGHT
    return Layout(boxes, tuple(move for move in moves if move.dest not in end_of), height)


def row_layout(moves: list[Move]) -> Layout:
    """A region whose states stand in rows; of a ladder's moves, which may skip lines, only the next one is drawn."""
    states = list(dict.fromkeys(state for move in moves for state in (move.source, move.dest)))
    is_ladder = _is_ladder(moves)
    arrows = [m for m in moves if not is_ladder or states.index(m.dest) == states.index(m.source) + 1]
    step_x, step_y = (_LADDER_STEP if is_ladder else _BOX_WIDTH + _GAP_X), _ROW_HEIGHT + 0.3
    skips = any(abs(states.index(m.dest) - states.index(m.source)) > 1 for m in arrows)
    boxes, above = {}, 0.2 if skips else 0.0
    for place, state in enumerate(states):
        row, column = divmod(place, _TO_THE_ROW)
        column = column if row % 2 == 0 else _TO_THE_ROW - 1 - column  # to and fro, so that arrows stay short
        boxes[state] = Box(state, column * step_x, above + row * step_y)
    below = 0.0 if is_ladder else 0.3 * any(states.index(m.dest) < states.index(m.source) for m in moves)
    return Layout(boxes, tuple(arrows), max(box.y for box in boxes.values()) + _ROW_HEIGHT + below)


def _is_ladder(moves: Sequence[Move]) -> bool:
    return all(move.trigger.startswith("reach_") for move in moves)


def _heading(deal: Deal, region: str) -> str:
    kind, _, about = region.partition(".")
    if kind == "withdrawal":
        return f"withdrawal of {actor_called(deal, about)}"
    return f"{kind} on {spaced(about)}" if about else kind


def _draw(figure: Figure, deal: Deal, layouts: dict[str, Layout], title: str, height: float) -> None:
    axes = figure.subplots()
    axes.set_axis_off()
    frame(figure, title, _READING, "", bottom=0.4)
    place = axes.get_position()
    axes.set_position((place.x0, 0.4 / figure.get_figheight(), place.width, height / figure.get_figheight()))
    axes.set_xlim(-0.02, place.width * figure.get_figwidth() - 0.02)
    axes.set_ylim(height, 0)
    top = 0.0
    for name, layout in layouts.items():
        skips = _is_ladder(layout.arrows) and len(layout.boxes) > 2
        heading = _heading(deal, name)
        note = " (or any later line at once)" if skips else ""
        axes.text(0, top + 0.17, heading[:1].upper() + heading[1:] + note, fontsize=10, fontweight="bold", va="center")
        _draw_region(axes, layout, top + 0.36, _BOX_HEIGHT if name == "phase" else _ROW_HEIGHT)
        top += layout.height + 0.62


def _draw_region(axes: Axes, layout: Layout, top: float, box_height: float) -> None:
    from matplotlib.patches import FancyBboxPatch

    for box in layout.boxes.values():
        axes.add_patch(
            FancyBboxPatch(
                (box.x, top + box.y), _BOX_WIDTH, box_height, boxstyle="round,pad=0,rounding_size=0.07",
                facecolor="#EEF3F7", edgecolor="#33475B", linewidth=1.1, zorder=2,
            )
        )  # fmt: skip
        middle = box.x + _BOX_WIDTH / 2
        y = top + box.y + box_height / 2 - (0.1 if box.ends else 0)
        axes.text(middle, y, cut(spaced(box.state), 22), ha="center", va="center", fontsize=8, zorder=3)
        if box.ends:
            words = "ends: " + ", ".join(end for end in ENDS if end in box.ends)
            axes.text(
                middle, y + 0.2, "\n".join(wrap(words, 28)), ha="center", va="center", fontsize=6.2, color=GREY,
                zorder=3, linespacing=1.1,
            )  # fmt: skip
    for move in layout.arrows:
        _draw_arrow(axes, layout.boxes[move.source], layout.boxes[move.dest], move.trigger, top, box_height)


def _draw_arrow(axes: Axes, one: Box, other: Box, trigger: str, top: float, height: float) -> None:
    """An arrow from box to box: straight to a neighbour, else in a bow around what stands between."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    start, bow, end = _route(one, other, height)
    points = [(x, top + y) for x, y in (start, bow, end)]
    path = Path(points, [Path.MOVETO, Path.CURVE3, Path.CURVE3])
    axes.add_patch(
        FancyArrowPatch(path=path, arrowstyle="-|>", mutation_scale=9, color="#33475B", linewidth=0.9, zorder=1)
    )
    if trigger.startswith(("enter_", "reach_")):
        return  # the box that the arrow leads to says it
    x, y = ((a + 2 * b + c) / 4 for a, b, c in zip(*points, strict=True))
    is_upright = one.x == other.x and bow[0] == start[0]
    style: dict[str, Any] = {"ha": "left", "va": "center"} if is_upright else {"ha": "center", "va": "center"}
    aside = (0.05, 0.0) if is_upright else (0.0, -0.09 if bow[1] <= start[1] else 0.09)
    if one.x == other.x and not is_upright:
        aside, style = (-0.05, 0.0), {"ha": "right", "va": "center"}
    clear = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}  # where another arrow passes behind the word
    axes.text(
        x + aside[0], y + aside[1], cut(spaced(trigger), 16), fontsize=7, color=GREY, zorder=4, bbox=clear, **style
    )


Spot = tuple[float, float]


def _route(one: Box, other: Box, height: float) -> tuple[Spot, Spot, Spot]:
    """Start, control point and end of an arrow, relative to its region."""
    middle = _BOX_WIDTH / 2
    if one.x == other.x:
        if other.y - one.y < 1.5 * (_BOX_HEIGHT + _GAP_Y):
            start, end = (one.x + middle, one.y + height), (other.x + middle, other.y)
            return start, _between(start, end), end
        start, end = (one.x, one.y + 0.75 * height), (other.x, other.y + 0.5 * height)
        return start, (one.x - 0.42, (start[1] + end[1]) / 2), end
    is_row, is_back = one.y == other.y and height < _BOX_HEIGHT, other.x < one.x
    if is_row and is_back and one.y < _ROW_HEIGHT:  # in later rows of a ladder, leftward is onward
        start, end = (one.x + middle, one.y + height), (other.x + middle, other.y + height)
        return start, ((start[0] + end[0]) / 2, one.y + height + 0.4), end
    if is_row and other.x - one.x > _BOX_WIDTH + _GAP_X + 0.01:
        start, end = (one.x + middle, one.y), (other.x + middle, other.y)
        return start, ((start[0] + end[0]) / 2, one.y - 0.42), end
    start = (one.x + (0 if is_back else _BOX_WIDTH), one.y + height / 2)
    share = 0.5 if one.y == other.y else 0.85
    end = (other.x + (_BOX_WIDTH if is_back else 0), other.y + share * height)
    return start, _between(start, end), end


def _between(start: Spot, end: Spot) -> Spot:
    return (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
