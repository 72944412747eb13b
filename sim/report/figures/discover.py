"""A box of what is not known, over two of its unknowns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.report.figures.picture import COLOURS, GREY, WIDTH, Picture, frame, head_inches, quiet_grid
from sim.report.words import path_in_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def box_picture(found: Mapping[str, Any]) -> Picture:
    """The points that judged a box, over the two unknowns that it limits first, with the box.

    Parameters
    ----------
    found : mapping
        Of `sim.analysis.discover.run.discover`, with a box.
    """
    limited = list(dict.fromkeys(limit["path"] for limit in found["box"]["limits"]))
    others = [name for name in found["unknowns"] if name not in limited]
    pair = [*limited, *others][:2]
    title = f"Where {found['goal']}: {found['scenario']}"
    reading = (
        "Filled: a point at which the chance is above the bound; open: one at which it is not. The lines are the "
        "limits of the box on these two unknowns; other limits are not seen here."
    )
    alt = f"Points over {' and '.join(map(path_in_words, pair))}, with the limits of the box."
    return Picture(
        title, alt, (WIDTH, head_inches(reading, []) + 4.8), lambda figure: _draw(figure, found, pair, title, reading)
    )


def _draw(figure: Figure, found: Mapping[str, Any], pair: list[str], title: str, reading: str) -> None:
    axes = figure.subplots()
    drawn = found["drawn"]
    x = np.array(drawn[pair[0]])
    y = np.array(drawn[pair[1]]) if len(pair) > 1 else np.zeros(len(x))
    happens = np.array(drawn["happens"], bool)
    axes.plot(x[~happens], y[~happens], "o", markersize=3.5, markerfacecolor="none", markeredgecolor=GREY, alpha=0.6)
    axes.plot(x[happens], y[happens], "o", markersize=3.5, color=COLOURS[1], alpha=0.8)
    for limit in found["box"]["limits"]:
        if limit["path"] == pair[0]:
            axes.axvline(limit["value"], color="black", linewidth=1.4)
        elif limit["path"] in pair:
            axes.axhline(limit["value"], color="black", linewidth=1.4)
    axes.set_xlabel(path_in_words(pair[0]), fontsize=9)
    if len(pair) > 1:
        axes.set_ylabel(path_in_words(pair[1]), fontsize=9)
    quiet_grid(axes)
    box = found["box"]
    note = f"Density {box['density']:.2f}, coverage {box['coverage']:.2f}, on {found['points']:,} fresh points."
    frame(figure, title, reading, note, [])
