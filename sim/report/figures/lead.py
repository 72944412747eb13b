"""How far each side is ahead of the other in one replicate, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.document.names import actor_called
from sim.report.figures.picture import COLOURS, GREY, WIDTH, Picture, date_axis, frame, head_inches, quiet_grid
from sim.report.words import cut
from sim.results.replay import Replay

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_READING = (
    "Above: how much of all that it owes each side has delivered, by the weights of the deal. Below: the lead, upward "
    "where {} is ahead, downward where {} is. One replicate of many."
)
_SIDES: tuple[dict[str, Any], dict[str, Any]] = (
    {"color": COLOURS[1], "dashes": (None, None)}, {"color": COLOURS[2], "dashes": (4, 2)},
)  # fmt: skip
_FILLS: tuple[dict[str, Any], dict[str, Any]] = (
    {"facecolor": COLOURS[1], "alpha": 0.45}, {"facecolor": "none", "edgecolor": "#9A6A00", "hatch": "////"},
)  # fmt: skip


def lead(replay: Replay) -> Picture:
    """Delivered shares of both sides, and the lead of one over the other, in percent of all that each owes.

    Parameters
    ----------
    replay : Replay
    """
    deal = replay.plan.scenario.deal
    names = [cut(actor_called(deal, party), 40) for party in replay.plan.parties]
    reading = _READING.format(*names)
    title = f"Who is ahead: {replay.plan.scenario.scenario}, replicate {replay.replicate}"
    largest = [max(0.0, *(sign * lead for _, lead in leads(replay))) for sign in (1, -1)]
    told = "; ".join(f"{name} {100 * most:.1f} percent" for name, most in zip(names, largest, strict=True))
    return Picture(
        title,
        f"Line charts of the share that each side has delivered and of the lead. Largest lead of each side: {told}.",
        (WIDTH, head_inches(reading, names) + 5.6),
        lambda figure: _draw(figure, replay, names, title, reading),
    )


def leads(replay: Replay) -> list[tuple[int, float]]:
    """Minute, and lead of the first party over the second at its end, as a share of what each owes."""
    return [(minute, (one - other) / 1_000_000) for minute, one, other in replay.shares.tolist()]


def _draw(figure: Figure, replay: Replay, names: list[str], title: str, reading: str) -> None:
    above, below = figure.subplots(2, 1, sharex=True)
    plan = replay.plan
    midnight = int(plan.record["midnight"][0])
    days, percent = (replay.shares[:, 0] - midnight) / 1440 + 1, replay.shares[:, 1:] / 10_000
    for side, name in enumerate(names):
        above.plot(days, percent[:, side], linewidth=2.2, label=name, **_SIDES[side])
    above.set_ylim(-3, 103)
    above.set_title("Delivered, percent of all that it owes", fontsize=10.5)
    ahead = percent[:, 0] - percent[:, 1]
    for sign, style in zip((1, -1), _FILLS, strict=True):
        below.fill_between(days, 0, np.where(sign * ahead > 0, ahead, 0), linewidth=0.8, **style)
    below.plot(days, ahead, color="black", linewidth=1)
    below.axhline(0, color=GREY, linewidth=1)
    _mark_largest(below, days, ahead, names)
    below.set_title("Lead of one side over the other", fontsize=10.5)
    for axes, unit in ((above, "percent"), (below, "percentage points")):
        axes.set_ylabel(unit)
        quiet_grid(axes)
    last = int(days[-1]) + 1
    date_axis(below, plan.scenario.deal.starts.date(), last)
    below.set_xlim(min(0.0, float(days[0])), last)
    note = f"{replay.scenario}, replicate {replay.replicate}, seed {replay.seed}."
    frame(figure, title, reading, note, above.get_legend_handles_labels()[0], hspace=0.17)


def _mark_largest(axes: Axes, days: Any, ahead: Any, names: list[str]) -> None:
    """The largest lead of each side, in words at its place."""
    reach = max(1.0, float(np.abs(ahead).max()))
    axes.set_ylim(-1.45 * reach, 1.45 * reach)
    for sign, name in zip((1, -1), names, strict=True):
        place = int(np.argmax(sign * ahead))
        if sign * ahead[place] > 0:
            axes.annotate(
                f"{name}: {abs(ahead[place]):.1f} on day {int(days[place])}", (days[place], ahead[place]),
                (0, sign * 6), textcoords="offset points", fontsize=9, va="bottom" if sign > 0 else "top",
                ha="left" if days[place] < 0.7 * days[-1] else "right",
            )  # fmt: skip
