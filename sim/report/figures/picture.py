"""What all figures share: a style that reads in grey and for colour-blind eyes, margins, day axes, files."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import SimError
from sim.report.figures.library import matplotlib
from sim.report.words import FOOTER, cut
from sim.results.files import write_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#000000", "#0072B2", "#E69F00", "#CC79A7", "#56B4E9", "#7F4F00", "#6A3D9A", "#8C8C8C")
"""From Okabe and Ito's set for colour-blind readers, without a red that meets a green; told apart by dashes as well."""
COLOUR_OF_RECORD = "#D55E00"
DASHES: tuple[tuple[float, ...], ...] = (
    (), (6, 3), (2, 2), (6, 2, 1.5, 2), (10, 6), (1, 2), (6, 2, 1.5, 2, 1.5, 2), (4, 1),
)  # fmt: skip
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
MOST_SCENARIOS = len(COLOURS)
WIDTH = 9.0
"""Inches of most figures."""
NARROW = 4.0
"""Inches of a figure for a column of less than 600 pixels, such as a telephone's."""
GREY = "#444444"
STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "svg.hashsalt": "ceasefire-sim",
    "svg.fonttype": "none",
    "text.parse_math": False,  # a name with dollar signs is a name
}
_LEFT, _RIGHT, _LINE = 0.81, 0.27, 0.2
_NARROW_EDGE = 0.15
_CHARACTERS_TO_THE_INCH = 13.0


class FigureError(SimError):
    """A figure cannot be drawn of what it is given."""


@dataclass(frozen=True)
class Picture:
    """A figure that is ready to be drawn.

    Attributes
    ----------
    title : str
    alt : str
        What it shows, for those who do not see it.
    inches : tuple of float
        Width and height.
    draw : callable
        Draws it on an empty figure of this size.
    """

    title: str
    alt: str
    inches: tuple[float, float]
    draw: Callable[[Figure], None]

    def save(self, path: str | Path) -> None:
        """Write it to a file whose ending, .png or .svg, chooses the format; equal data give equal bytes.

        Raises
        ------
        FigureError
            If the ending is another.
        ResultsError
            If the file cannot be written.
        """
        write_figure(Path(path), self.inches, self.draw)

    def figure(self) -> Figure:
        """The drawn figure, whose artists can be read."""
        return _drawn(self.inches, self.draw, {})[0]

    def as_png(self) -> bytes:
        """The figure as a PNG image."""
        return _drawn(self.inches, self.draw, {}, "png")[1]

    def as_small_png(self) -> bytes:
        """The figure as a PNG image with a palette of 256 colours, which it does not use up: a third of the size."""
        from PIL import Image

        small = io.BytesIO()
        with Image.open(io.BytesIO(self.as_png())) as image:
            image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
        return small.getvalue()

    def as_svg(self) -> bytes:
        """The figure as an SVG image whose letters are shapes, so that it looks the same wherever it is shown."""
        return _drawn(self.inches, self.draw, {"svg.fonttype": "path"}, "svg")[1]


def write_figure(path: Path, inches: tuple[float, float], draw: Callable[[Figure], None]) -> None:
    """Write what `draw` puts on an empty figure of this size; the ending, .png or .svg, chooses the format.

    Raises
    ------
    FigureError
        If the ending is another.
    """
    if path.suffix not in (".png", ".svg"):
        raise FigureError(f"{path.name}: a figure ends in .png or .svg")
    write_bytes(path, _drawn(inches, draw, {}, path.suffix[1:])[1])


def _drawn(
    inches: tuple[float, float], draw: Callable[[Figure], None], style: dict[str, Any], kind: str = ""
) -> tuple[Figure, bytes]:
    mpl = matplotlib()
    file = io.BytesIO()
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE | style)
        figure = mpl.figure.Figure(figsize=inches)
        mpl.backends.backend_agg.FigureCanvasAgg(figure)
        draw(figure)
        if kind:
            metadata = {"Software": None} if kind == "png" else {"Date": None, "Creator": None}
            figure.savefig(file, format=kind, dpi=150, metadata=metadata)
    return figure, file.getvalue()


# ---------------------------------------------------------------- margins


def wrapped(text: str, inches: float) -> list[str]:
    """The lines of a text of the usual size in a column so wide."""
    return textwrap.wrap(text, int(inches * _CHARACTERS_TO_THE_INCH))


def head_inches(reading: str, names: Sequence[str] = (), width: float = WIDTH) -> float:
    """Height of what `frame` puts above the axes."""
    columns = _legend_columns(names, width)
    rows = -(-len(names) // columns) if names else 0
    return 0.95 + _LINE * (len(wrapped(reading, _column(width))) + rows)


def _column(width: float) -> float:
    """Inches of a line of text in a figure so wide."""
    return width - (2 * _NARROW_EDGE if width < WIDTH else _LEFT + _RIGHT)


def _legend_columns(names: Sequence[str], width: float) -> int:
    longest = max(map(len, names), default=1)
    return max(1, min(len(names), int((width - _LEFT) / (0.85 + 0.085 * longest))))


def frame(
    figure: Figure, title: str, reading: str, note: str, handles: Sequence[Any] = (), *, left: float = _LEFT,
    bottom: float = 0.95, **spaces: float,
) -> None:  # fmt: skip
    """Title, how to read the figure, legend and footer, at fixed distances in inches around the axes.

    Parameters
    ----------
    figure : Figure
    title, reading, note : str
        `note` (what was run) follows the standing footer.
    handles : sequence of artists, optional
        With labels, for the legend.
    left, bottom : float, optional
        Inches beside and below the axes.
    **spaces : float
        `hspace`, `wspace` of `Figure.subplots_adjust`; `right` in inches.
    """
    width, height = figure.get_size_inches()
    names = [str(handle.get_label()) for handle in handles]
    is_narrow = width < WIDTH
    edge = (_NARROW_EDGE if is_narrow else _LEFT) / width
    lines = wrapped(reading, _column(width))
    figure.text(
        edge,
        1 - 0.16 / height,
        cut(title, 34 if is_narrow else 80),
        ha="left",
        va="top",
        fontsize=14,
        fontweight="bold",
    )
    figure.text(edge, 1 - 0.52 / height, "\n".join(lines), ha="left", va="top", color=GREY, linespacing=1.35)
    if handles:
        figure.legend(
            handles, names, loc="upper left", bbox_to_anchor=(edge, 1 - (0.62 + _LINE * len(lines)) / height),
            ncols=_legend_columns(names, width), frameon=False, handlelength=4, borderpad=0, borderaxespad=0,
            labelspacing=0.35, columnspacing=1.6,
        )  # fmt: skip
    footer = f"{FOOTER}\n{note}" if is_narrow else f"{FOOTER}  {note}"
    figure.text(edge, 0.08 / height, footer, ha="left", va="bottom", fontsize=8 if is_narrow else 9, color=GREY)
    bottom += 0.14 if is_narrow else 0
    right = spaces.pop("right", _RIGHT)
    figure.subplots_adjust(
        left=left / width, right=1 - right / width, bottom=bottom / height,
        top=1 - (0.1 + head_inches(reading, names, width)) / height, **spaces,
    )  # fmt: skip


# ---------------------------------------------------------------- axes


def day_ticks(last: int, most: int = 9) -> list[int]:
    """Days from 1 on, at most so many, in steps of days, weeks or months."""
    step = next(step for step in (1, 2, 7, 14, 28, 56, 112, 364, last) if last / step <= most)
    return list(range(1, last + 1, step))


def date_axis(axes: Axes, starts: date | None, last: int, most: int = 9) -> None:
    """Day numbers with the calendar date below; without the date of day 1, day numbers alone."""
    ticks = day_ticks(max(1, last), most)
    texts = [f"day {day}" for day in ticks]
    if starts is not None:
        dates = [starts + timedelta(days=day - 1) for day in ticks]
        texts = [
            f"{text}\n{when.day} {when:%b}" + (f"\n{when.year}" if i == 0 or when.year != dates[i - 1].year else "")
            for i, (text, when) in enumerate(zip(texts, dates, strict=True))
        ]
    axes.set_xticks(ticks, texts)
    axes.set_xlim(0, last)


def quiet_grid(axes: Axes, axis: Any = "y") -> None:
    """Thin lines behind the data."""
    axes.grid(axis=axis, color="#E5E5E5", linewidth=0.6)
    axes.set_axisbelow(True)


def refuse_crowd(n_scenarios: int) -> None:
    """Raise `FigureError` where there are more scenarios than can be told apart."""
    if n_scenarios > MOST_SCENARIOS:
        raise FigureError(f"{n_scenarios} scenarios: a figure can tell apart at most {MOST_SCENARIOS}")


def line_style(place: int, n_points: int, n_lines: int) -> dict[str, Any]:
    """Colour, dashes and markers of one scenario's line.

    Later lines are thinner, and their markers stand elsewhere, so that none hides another.
    """
    every = max(1, n_points // 9)
    return {
        "color": COLOURS[place], "linewidth": max(1.4, 3.0 - 0.4 * place), "dashes": DASHES[place] or (None, None),
        "marker": MARKERS[place], "markersize": 5, "markeredgecolor": "white", "markeredgewidth": 0.6,
        "markevery": (every * (place + 1) // (n_lines + 1), every),
    }  # fmt: skip


def signed_tick(value: float, _: float | None = None) -> str:
    """A number on an axis of differences: '+0.5', '-20', '0'."""
    return "0" if abs(value) < 1e-9 else f"{value:+,.4g}"
