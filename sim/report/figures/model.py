"""One picture of the model: how a run goes from a deal to its end, the same for both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from sim.report.figures.outcomes import FILLS

TITLE = "How a run goes"
DESCRIPTION = (
    "A deal says who owes what, by when and after what. An obligation that falls due is met on time, or is late or "
    "refused, by chance. The other side may dispute it and hold back what it owes itself; mediators try to settle it "
    "with a new date. When patience runs out, or after an incident by either side, the truce is suspended; it is "
    "brought back, or the deal breaks down. When a phase is over the next one begins if its conditions hold. A run "
    "ends carried out, still open on the last day, run out, or broken down. The same rules hold for both sides."
)
_NOTE = "The same rules hold for both sides. What each side does is drawn by chances that a scenario states."
_NOTE_UPRIGHT = ("The same rules hold for both sides. What each", "does is drawn by chances that a scenario states.")
_TEXTS: dict[str, tuple[str, str]] = {
    "deal": ("Deal", "people held, phases, lines, talks: who owes what, by when and after what"),
    "due": ("Obligation due", "its day has come, and what it waits for is done"),
    "met": ("Met", "people are out, a line is reached, aid is in"),
    "over": ("Phase over", "the next begins if its conditions hold, such as talks that agreed"),
    "late": ("Late or refused", "by the debtor's chance, or because people are not found"),
    "dispute": ("Dispute", "the other side complains and may hold back its own"),
    "mediators": ("Mediators", "try again and again, with pressure that fades"),
    "incident": ("Incident", "minor or major, by either side; one draws others after it"),
    "suspended": ("Truce suspended", "brought back by the side or by guarantors, or not"),
    "completed": ("Carried out", "all is done"),
    "standing": ("Open", "on the last day looked at"),
    "lapsed": ("Runs out", "no phase follows and a party leaves"),
    "collapsed": ("Breaks down", "the truce is over or a party leaves in mid-phase"),
}
_FILLS = {
    "met": "#E3EEF6", "late": "#F8EBDB", "dispute": "#F8EBDB", "incident": "#F8EBDB",
    "suspended": "#F8EBDB", **{end: inside for end, (inside, _) in FILLS.items()},
}  # fmt: skip
"""Ends have the colours of their dots."""
_LINE, _CHARACTER = 15.0, 6.3


@dataclass(frozen=True)
class _Arrow:
    """A line along these points, with words at a place: 'start', 'middle' or 'end' is what stands there."""

    points: Sequence[tuple[float, float]]
    words: Sequence[str] = ()
    place: tuple[float, float] = (0, 0)
    anchor: str = "middle"


Boxes = Mapping[str, tuple[float, float, float, float]]
_WIDE: Boxes = {
    "deal": (12, 62, 150, 92), "due": (204, 62, 150, 92), "met": (448, 62, 150, 92), "over": (664, 62, 160, 92),
    "late": (204, 200, 150, 82), "dispute": (448, 200, 150, 82), "mediators": (664, 200, 160, 82),
    "incident": (204, 330, 150, 82), "suspended": (448, 330, 150, 82),
    "completed": (906, 34, 142, 52), "standing": (906, 106, 142, 52), "lapsed": (906, 200, 142, 82),
    "collapsed": (906, 330, 142, 82),
}  # fmt: skip
_WIDE_ARROWS = (
    _Arrow([(162, 108), (204, 108)]),
    _Arrow([(354, 108), (448, 108)], ["on time"], (400, 101)),
    _Arrow([(598, 108), (664, 108)]),
    _Arrow([(744, 62), (744, 26), (279, 26), (279, 62)], ["next phase"], (512, 19)),
    _Arrow([(824, 82), (864, 82), (864, 60), (906, 60)], ["last one"], (864, 52)),
    _Arrow([(824, 116), (864, 116), (864, 132), (906, 132)]),
    _Arrow([(824, 142), (844, 142), (844, 241), (906, 241)], ["none", "follows"], (850, 186), "start"),
    _Arrow([(279, 154), (279, 200)], ["not on time"], (286, 181), "start"),
    _Arrow([(354, 241), (448, 241)]),
    _Arrow([(598, 241), (664, 241)]),
    _Arrow([(744, 200), (744, 178), (523, 178), (523, 154)], ["settled: a new date"], (634, 171)),
    _Arrow([(523, 282), (523, 330)], ["no patience left"], (530, 310), "start"),
    _Arrow([(354, 371), (448, 371)], ["the other side", "may suspend"], (401, 350)),
    _Arrow([(598, 371), (906, 371)], ["not brought back"], (752, 364)),
)
_UPRIGHT: Boxes = {
    "deal": (104, 8, 200, 80), "due": (104, 116, 200, 66),
    "met": (30, 222, 156, 80), "late": (210, 222, 160, 80),
    "mediators": (30, 340, 156, 80), "dispute": (210, 340, 160, 80),
    "incident": (30, 468, 156, 80), "suspended": (210, 468, 160, 80),
    "over": (30, 594, 156, 80), "collapsed": (210, 594, 160, 80),
    "completed": (30, 722, 104, 68), "standing": (146, 722, 104, 68), "lapsed": (262, 722, 108, 82),
}  # fmt: skip
_UPRIGHT_ARROWS = (
    _Arrow([(204, 88), (204, 116)]),
    _Arrow([(130, 182), (130, 222)], ["on time"], (123, 206), "end"),
    _Arrow([(278, 182), (278, 222)], ["not on time"], (285, 206), "start"),
    _Arrow([(290, 302), (290, 340)]),
    _Arrow([(210, 380), (186, 380)]),
    _Arrow([(108, 340), (108, 302)], ["settled: a new date"], (115, 325), "start"),
    _Arrow([(290, 420), (290, 468)], ["no patience left"], (283, 448), "end"),
    _Arrow([(186, 508), (210, 508)]),
    _Arrow([(290, 548), (290, 594)], ["not brought back"], (283, 576), "end"),
    _Arrow([(30, 262), (20, 262), (20, 634), (30, 634)]),
    _Arrow([(30, 654), (8, 654), (8, 149), (104, 149)], ["next phase"], (12, 142), "start"),
    _Arrow([(82, 674), (82, 722)], ["last one"], (76, 702), "end"),
    _Arrow([(122, 674), (122, 698), (198, 698), (198, 722)]),
    _Arrow([(150, 674), (150, 686), (316, 686), (316, 722)], ["none follows"], (310, 712), "end"),
)


def model_svg(*, upright: bool = False) -> str:
    """The picture as SVG with a title and a description.

    Parameters
    ----------
    upright : bool, optional
        For a column of less than 600 pixels.
    """
    boxes, arrows = (_UPRIGHT, _UPRIGHT_ARROWS) if upright else (_WIDE, _WIDE_ARROWS)
    width, height = (380, 852) if upright else (1060, 446)
    notes = _NOTE_UPRIGHT if upright else (_NOTE,)
    parts = [_arrow(arrow) for arrow in arrows]
    parts += [_box(name, *place) for name, place in boxes.items()]
    for row, note in enumerate(notes):
        y = height - 10 - 15 * (len(notes) - 1 - row)
        parts.append(f'<text x="12" y="{y}" class="label" text-anchor="start">{escape(note)}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="model-title model-text" font-family="DejaVu Sans, Verdana, sans-serif">\n'
        f'<title id="model-title">{TITLE}</title>\n<desc id="model-text">{DESCRIPTION}</desc>\n{_STYLE}\n'
        f'<rect width="{width}" height="{height}" fill="#FFFFFF"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


_STYLE = (
    "<style>text{font-size:12px;fill:#1a1a1a}.name{font-weight:700;font-size:13.5px}.label{font-size:11.5px;"
    "fill:#444}.on-dark text{fill:#fff}.arrow{fill:none;stroke:#444;stroke-width:1.5}</style>\n"
    '<defs><marker id="model-tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" '
    'orient="auto"><path d="M0 0L8 4L0 8z" fill="#444"/></marker></defs>'
)


def _box(name: str, x: float, y: float, width: float, height: float) -> str:
    title, words = _TEXTS[name]
    middle = x + width / 2
    lines = _broken(words, int((width - 10) / _CHARACTER))
    top = y + (height - _LINE * (len(lines) + 1)) / 2 + 11
    texts = [f'<text x="{middle:g}" y="{top:g}" class="name" text-anchor="middle">{escape(title)}</text>']
    texts += [
        f'<text x="{middle:g}" y="{top + _LINE * (row + 1) + 2:g}" text-anchor="middle">{escape(line)}</text>'
        for row, line in enumerate(lines)
    ]
    shape = (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="6" '
        f'fill="{_FILLS.get(name, "#FFFFFF")}" stroke="#1a1a1a" stroke-width="1.2"/>'
    )
    dark = ' class="on-dark"' if name == "collapsed" else ""
    return f"<g{dark}>{shape}{''.join(texts)}</g>"


def _broken(words: str, most: int) -> list[str]:
    """Lines of about equal length, none longer than this."""
    import textwrap

    lines = textwrap.wrap(words, most)
    for width in range(most, 0, -1):
        narrower = textwrap.wrap(words, width)
        if len(narrower) > len(lines):
            break
        lines = narrower
    return lines


def _arrow(arrow: _Arrow) -> str:
    path = "M" + "L".join(f"{x:g} {y:g}" for x, y in arrow.points)
    words = "".join(
        f'<text x="{arrow.place[0]:g}" y="{arrow.place[1] + 13 * row:g}" class="label" '
        f'text-anchor="{arrow.anchor}">{escape(line)}</text>'
        for row, line in enumerate(arrow.words)
    )
    return f'<path class="arrow" d="{path}" marker-end="url(#model-tip)"/>{words}'
