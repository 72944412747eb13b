"""One replicate: what was owed and what became of it, day by day, with the schedule as written behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.document.names import actor_called, obligation_called, phase_called, talks_called
from sim.plan.codes import FIELD_EVENT, FIELD_MINUTE, FIELD_SUBJECT, N_PARTIES, Event, Measure
from sim.plan.plan import Plan
from sim.report.figures.picture import (
    COLOURS,
    GREY,
    WIDTH,
    Picture,
    date_axis,
    frame,
    head_inches,
    quiet_grid,
)
from sim.report.figures.timeline_people import draw_releases, first_day, legend_inches
from sim.report.words import cut, scenarios_called, spaced
from sim.results.replay import Replay

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_ROWS = 90
_LONGEST_TITLE = 66
ROW = 0.185
"""Inches of one obligation."""
Schedule = dict[str, tuple[int, int | None]]
Trace = np.ndarray[Any, Any]

STATES: dict[str, dict[str, Any]] = {
    "due": {"facecolor": "#BFC9D1", "edgecolor": "#7B8794"},
    "late": {"facecolor": "#E69F00", "edgecolor": "#7F5800"},
    "withheld": {"facecolor": "white", "edgecolor": "#6A3D9A", "hatch": "\\\\\\\\"},
    "disputed": {"facecolor": "#30343A", "edgecolor": "black"},
    "settled": {"facecolor": "#56B4E9", "edgecolor": "#1B5E85", "hatch": "...."},
}
"""How a stretch of an obligation is filled; in grey they differ by lightness and hatching."""
ENDINGS: dict[str, dict[str, Any]] = {
    "met": {"marker": "o", "markerfacecolor": "black", "markeredgecolor": "black", "markersize": 4.5},
    "begun": {"marker": "o", "markerfacecolor": "white", "markeredgecolor": "black", "markersize": 4.5},
    "undone": {"marker": "X", "markerfacecolor": "white", "markeredgecolor": "black", "markersize": 7},
    "fallen away": {"marker": "|", "markerfacecolor": GREY, "markeredgecolor": GREY, "markersize": 7},
}
"""How an obligation ends; what lasts, a truce, is begun then, and how long it is kept shows at the top."""
_TO_STATE = {
    Event.OBLIGATION_DUE: "due", Event.OBLIGATION_LATE: "late", Event.OBLIGATION_WITHHELD: "withheld",
    Event.DISPUTE_OPENED: "disputed", Event.DISPUTE_SETTLED: "settled",
}  # fmt: skip
_TO_ENDING = {
    Event.OBLIGATION_MET: "met", Event.OBLIGATION_MET_LATE: "met", Event.OBLIGATION_CURED: "met",
    Event.OBLIGATION_DEFAULTED: "undone", Event.OBLIGATION_VOID: "fallen away",
}  # fmt: skip
_TRUCE = {Event.TRUCE_BEGAN: "holds", Event.TRUCE_RESTORED: "holds", Event.TRUCE_SUSPENDED: "suspended"}
_TRUCE_STYLE: dict[str, dict[str, Any]] = {
    "holds": {"facecolor": "#9CC9E8", "edgecolor": "#1B5E85"},
    "suspended": {"facecolor": "white", "edgecolor": "#B04A00", "hatch": "xxxx"},
}
_READING = (
    "Bars: from the day an obligation falls due until it is met. Line with a hollow diamond: the same if everybody "
    "does what the deal says. One replicate of many."
)


@dataclass
class Track:
    """What becomes of one obligation.

    Attributes
    ----------
    obligation, title, debtor : str
    stretches : list of (str, int, int)
        State (a key of `STATES`), first and last minute.
    ending : (str, int) or None
        A key of `ENDINGS`, and the minute; None if it is open when the replicate ends, or never came up.
    """

    obligation: str
    title: str
    debtor: str
    stretches: list[tuple[str, int, int]] = field(default_factory=list)
    ending: tuple[str, int] | None = None

    @property
    def is_smooth(self) -> bool:
        """Whether nothing went wrong with it."""
        return all(state == "due" for state, _, _ in self.stretches) and (self.ending or ("met", 0))[0] != "undone"


def tracks(plan: Plan, trace: Trace) -> list[Track]:
    """What becomes of each obligation, in the order of the plan.

    Parameters
    ----------
    plan : Plan
    trace : ndarray of int32, shape (n_events, 7)
    """
    debtors, lasts = plan.record["debtor"][0], plan.record["measured_by"][0] == Measure.KEEP
    deal = plan.scenario.deal
    found = [
        Track(name, obligation_called(deal, name), plan.actors[int(debtors[place])])
        for place, name in enumerate(plan.obligations)
    ]
    states: dict[int, tuple[str, int]] = {}
    for minute, event, subject, *_ in trace.tolist():
        if event in _TO_ENDING:
            _close(found[subject], states.pop(subject, None), minute)
            ending = _TO_ENDING[Event(event)]
            told = "begun" if lasts[subject] and ending == "met" else ending
            found[subject].ending = found[subject].ending or (told, minute)
        elif event in _TO_STATE or event == Event.OBLIGATION_RESUMED:
            before = states.pop(subject, None)
            _close(found[subject], before, minute)
            states[subject] = (_TO_STATE.get(Event(event)) or _before_withholding(found[subject]), minute)
    for subject, state in states.items():
        _close(found[subject], state, int(trace[-1, FIELD_MINUTE]))
    return found


def _close(track: Track, state: tuple[str, int] | None, minute: int) -> None:
    if state is not None:
        track.stretches.append((*state, minute))


def _before_withholding(track: Track) -> str:
    earlier = [state for state, _, _ in track.stretches if state != "withheld"]
    return earlier[-1] if earlier else "due"


def timeline(replay: Replay, written: Schedule) -> Picture:
    """The Gantt chart of one replicate: truce, talks, incidents, every obligation, and releases below.

    Parameters
    ----------
    replay : Replay
    written : dict of str to (int, int or None)
        The deal's schedule (`sim.results.replay.as_written`).
    """
    plan, found = replay.plan, tracks(replay.plan, replay.trace)
    shown = _chosen(found)
    rows = _rows(plan, shown, written)
    left_out = len(found) - len(shown)
    reading = _READING + (f" {left_out} obligations with which nothing went wrong are left out." if left_out else "")
    (name,), deal = scenarios_called([(plan.scenario.scenario, plan.scenario)]), plan.scenario.deal
    title = f"{name[:1].upper()}{name[1:]}, replicate {replay.replicate}: {deal.short_title or deal.title}"
    title = cut(title, _LONGEST_TITLE)
    sizes = (0.3 * len(_bands(replay)), ROW * len(rows), 1.6)
    inches = (WIDTH, head_inches(reading, _legend_names()) + sum(sizes) + 1.25 + legend_inches(replay))
    return Picture(
        title, _in_words(replay, found), inches,
        lambda figure: _draw(figure, replay, rows, written, (title, reading), sizes),
    )  # fmt: skip


def _in_words(replay: Replay, found: Sequence[Track]) -> str:
    n_met = sum(track.ending is not None and track.ending[0] in ("met", "begun") for track in found)
    counts = {state: sum(any(s == state for s, _, _ in t.stretches) for t in found) for state in STATES}
    told = ", ".join(f"{counts[state]} {state}" for state in ("late", "withheld", "disputed") if counts[state])
    suspended = int(np.count_nonzero(replay.trace[:, FIELD_EVENT] == Event.TRUCE_SUSPENDED))
    times = f"{suspended} times" if suspended > 1 else "once"
    return (
        f"Timeline of one replicate: {len(found)} obligations, of which {n_met} were met or begun"
        + (f"; at some time {told}" if told else "")
        + (f". The truce was suspended {times}" if suspended else "")
        + ". The story beside it tells the same in words."
    )


def _legend_names() -> list[str]:
    return [*STATES, *ENDINGS, "as written"]


def _chosen(found: Sequence[Track]) -> list[Track]:
    """All of them, or those with which something went wrong first where there are too many."""
    if len(found) <= MOST_ROWS:
        return list(found)
    ranked = sorted(range(len(found)), key=lambda place: (found[place].is_smooth, place))[:MOST_ROWS]
    return [found[place] for place in sorted(ranked)]


def _rows(plan: Plan, found: Sequence[Track], written: Schedule) -> list[Track | str]:
    """Obligations by debtor, the two parties first, each under a heading, in the order of the schedule."""
    rows: list[Track | str] = []
    parties = [plan.actors[place] for place in range(N_PARTIES)]
    for party in [*parties, None]:
        mine = [t for t in found if (t.debtor == party if party else t.debtor not in parties)]
        mine.sort(key=lambda track: _date(track, written))
        if mine:
            rows += [f"owed by {actor_called(plan.scenario.deal, party) if party else 'others'}", *mine]
    return rows


def _date(track: Track, written: Schedule) -> int:
    if track.obligation in written:
        return written[track.obligation][0]
    return track.stretches[0][1] if track.stretches else 1 << 40


def _draw(
    figure: Figure, replay: Replay, rows: list[Track | str], written: Schedule, texts: tuple[str, str],
    sizes: tuple[float, float, float],
) -> None:  # fmt: skip
    above, middle, below = figure.subplots(3, 1, sharex=True, height_ratios=sizes)
    day = _days_of(replay.plan)
    last = _last_day(replay, written, day)
    _draw_bands(above, replay, day, last)
    _draw_rows(middle, rows, written, day)
    draw_releases(below, replay, day, last)
    date_axis(below, replay.plan.scenario.deal.starts.date(), last)
    for axes in (above, middle):
        axes.tick_params(axis="x", length=0)
    below.set_xlim(first_day(replay, day), last)
    longest = max([len(_label(row)) for row in rows if isinstance(row, Track)] + [18])
    outcomes = f"{replay.scenario}, replicate {replay.replicate}, seed {replay.seed}."
    frame(figure, texts[0], texts[1], outcomes, _handles(), left=0.25 + 0.068 * longest, bottom=0.95, hspace=0)
    _spread(figure, (above, middle, below), sizes, (0.2, 0.1 + legend_inches(replay), 0.0))


def _spread(figure: Figure, panels: Sequence[Axes], sizes: Sequence[float], gaps: Sequence[float]) -> None:
    """Set panels one below the other at their own heights in inches, each with room below it."""
    height = figure.get_figheight()
    top = panels[0].get_position().y1 * height
    for axes, size, gap in zip(panels, sizes, gaps, strict=True):
        place = axes.get_position()
        axes.set_position((place.x0, (top - size) / height, place.width, size / height))
        top -= size + gap


def _days_of(plan: Plan) -> Any:
    """From a minute to a day with its fraction: day 1 begins at 1.0."""
    midnight = int(plan.record["midnight"][0])
    return lambda minute: (minute - midnight) / 1440 + 1


def _last_day(replay: Replay, written: Schedule, day: Any) -> int:
    """The day after the end, or after the last date as written if that is later, within the horizon."""
    horizon = int(replay.plan.record["horizon"][0])
    minutes = [int(replay.trace[-1, FIELD_MINUTE]), *(met or due for due, met in written.values())]
    return int(day(min(max(minutes), horizon))) + 2


# ---------------------------------------------------------------- truce, phases, talks, incidents


def _bands(replay: Replay) -> list[str]:
    """What the deal has of phases, truce, talks and incidents, in this order."""
    plan, events = replay.plan, set(replay.trace[:, FIELD_EVENT].tolist())
    has_truce = any(owed.kind == "truce" for owed in plan.scenario.deal.obligations.values()) or events & set(_TRUCE)
    has_incidents = plan.sources or events & {Event.INCIDENT_MINOR, Event.INCIDENT_MAJOR}
    talks = [cut(talks_called(plan.scenario.deal, topic), 34) for topic in plan.topics]
    return ["phase", *(["truce"] if has_truce else []), *talks, *(["incidents"] if has_incidents else [])]


def _draw_bands(axes: Axes, replay: Replay, day: Any, last: int) -> None:
    plan, rows, end = replay.plan, replay.trace.tolist(), int(replay.trace[-1, FIELD_MINUTE])
    names = _bands(replay)
    lasting = [_phases(plan, rows, end), *([_truce(rows, end)] if "truce" in names else [])]
    for place, stretches in enumerate(lasting):
        for n, (state, begin, stop) in enumerate(stretches):
            style = _TRUCE_STYLE.get(state, {"facecolor": ("#E8E8E8", "#F7F7F7")[n % 2], "edgecolor": "#8C8C8C"})
            axes.barh(place, day(stop) - day(begin), left=day(begin), height=0.62, linewidth=0.8, **style)
            room = int(95 * (day(stop) - day(begin)) / last)
            if place == 0 and room >= 3:
                axes.text(day(begin) + 0.006 * last, place, cut(spaced(state), room), va="center", fontsize=8)
    for place, topic in enumerate(range(len(plan.topics)), start=len(lasting)):
        _draw_talks(axes, place, rows, topic, end, day)
    for event, marker, size in ((Event.INCIDENT_MINOR, "|", 18), (Event.INCIDENT_MAJOR, "v", 30)):
        days = [day(row[FIELD_MINUTE]) for row in rows if row[FIELD_EVENT] == event]
        axes.scatter(
            days, [len(names) - 1] * len(days), marker=marker, s=size, linewidth=0.7,
            color="#8C8C8C" if event == Event.INCIDENT_MINOR else "black", zorder=3,
        )  # fmt: skip
    for row in rows:
        if row[FIELD_EVENT] == Event.SHOCK_STRUCK:
            axes.axvline(day(row[FIELD_MINUTE]), color=COLOURS[5], linewidth=1.2, linestyle=(0, (2, 1)))
    axes.set_yticks(range(len(names)), [cut(name, 26) for name in names], fontsize=8.5)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.spines[:].set_visible(False)
    axes.tick_params(axis="both", length=0)
    told = [
        *(["Truce: filled holds, crossed suspended"] if "truce" in names else []),
        *(["Talks: filled under way, A agreed"] if plan.topics else []),
        *(["Incidents: triangle is major"] if "incidents" in names else []),
    ]
    axes.set_title(". ".join(told), fontsize=8.5, color=GREY)


def _phases(plan: Plan, rows: list[list[int]], end: int) -> list[tuple[str, int, int]]:
    """Which phase, from when to when; after its lapse a phase goes on as 'after lapse'."""
    changes, deal = [], plan.scenario.deal
    for minute, event, subject, *_ in rows:
        if event in (Event.PHASE_ENTERED, Event.PHASE_CONTINUED):
            changes.append(
                (
                    phase_called(deal, plan.phases[subject]) + (" continued" if event == Event.PHASE_CONTINUED else ""),
                    minute,
                )
            )
        elif event == Event.PHASE_LAPSED:
            changes.append((f"after lapse of {phase_called(deal, plan.phases[subject])}", minute))
    return _until_next(changes, end)


def _truce(rows: list[list[int]], end: int) -> list[tuple[str, int, int]]:
    changes = [
        (_TRUCE.get(Event(row[FIELD_EVENT]), ""), row[FIELD_MINUTE])
        for row in rows
        if row[FIELD_EVENT] in {*_TRUCE, Event.TRUCE_ENDED}
    ]
    return [stretch for stretch in _until_next(changes, end) if stretch[0]]


def _until_next(changes: list[tuple[str, int]], end: int) -> list[tuple[str, int, int]]:
    stops = [*(minute for _, minute in changes), end][1:]
    return [(state, begin, stop) for (state, begin), stop in zip(changes, stops, strict=True)]


def _draw_talks(axes: Axes, place: int, rows: list[list[int]], topic: int, end: int, day: Any) -> None:
    moves = {Event.TALKS_OPENED: "under way", Event.TALKS_BROKEN_OFF: "", Event.TALKS_AGREED: "agreed"}
    changes = [
        (moves[Event(row[FIELD_EVENT])], row[FIELD_MINUTE])
        for row in rows
        if row[FIELD_EVENT] in moves and row[FIELD_SUBJECT] == topic
    ]
    for state, begin, stop in _until_next(changes, end):
        if state == "under way":
            axes.barh(
                place, day(stop) - day(begin), left=day(begin), height=0.5, facecolor="#D9C3DE", edgecolor="#6A3D9A",
                linewidth=0.8,
            )  # fmt: skip
        elif state == "agreed":
            axes.text(day(begin), place, "A", ha="center", va="center", fontsize=9, fontweight="bold")


# ---------------------------------------------------------------- obligations


def _label(track: Track) -> str:
    return cut(track.title, 34)


def _draw_rows(axes: Axes, rows: list[Track | str], written: Schedule, day: Any) -> None:
    for place, row in enumerate(rows):
        if isinstance(row, str):
            axes.axhline(place + 0.42, color="#8C8C8C", linewidth=0.8)
            continue
        for state, begin, stop in row.stretches:
            width = max(day(stop) - day(begin), 0.12)
            axes.barh(place, width, left=day(begin), height=0.66, linewidth=0.7, zorder=2, **STATES[state])
        if row.ending and (row.stretches or row.ending[0] != "fallen away"):
            kind, minute = row.ending
            axes.plot(day(minute), place, linestyle="none", zorder=4, **ENDINGS[kind])
        due, met = written.get(row.obligation, (None, None))
        if due is not None:
            axes.plot([day(due), day(due if met is None else met)], [place, place], **_WRITTEN)
    texts = [row if isinstance(row, str) else _label(row) for row in rows]
    for label, row in zip(axes.set_yticks(range(len(rows)), texts, fontsize=8), rows, strict=True):
        if isinstance(row, str):
            label.label1.set_fontweight("bold")
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    quiet_grid(axes, "both")


_WRITTEN: dict[str, Any] = {
    "marker": "D", "markersize": 5.5, "markerfacecolor": "none", "markeredgecolor": "#0072B2", "color": "#0072B2",
    "linewidth": 1, "markevery": [-1], "zorder": 1.5,
}  # fmt: skip


def _handles() -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    patches: list[Any] = [Patch(label=state, linewidth=0.7, **style) for state, style in STATES.items()]
    ends = [Line2D([], [], linestyle="none", label=name, **style) for name, style in ENDINGS.items()]
    return [*patches, *ends, Line2D([0, 1], [0, 0], label="as written", **_WRITTEN)]
