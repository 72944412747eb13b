"""The lowest panel of a timeline: how many people of each list are out, as percent of those held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.document.measured import COUNTED_BY_DAY, PEOPLE, outcome_of_list
from sim.outcomes.by_day import ByDay, counted_in
from sim.plan.codes import FIELD_EVENT, FIELD_MINUTE, Custody, Event
from sim.plan.plan import Plan
from sim.report.figures.picture import COLOURS, DASHES, GREY, quiet_grid
from sim.report.words import ENDS, list_in_words
from sim.results.replay import Replay

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHORT = {"hostages_living": "Hostages, living", "hostages_deceased": "Hostages, deceased", "prisoners": "Prisoners",
          "prisoners_deceased": "Prisoners, deceased"}  # fmt: skip


def released_by(replay: Replay) -> dict[str, list[tuple[int, int]]]:
    """Minute and cumulative count of each release, by list."""
    of_event = {Event.PEOPLE_MOVED: "curve", Event.REMAINS_MOVED: "remains_curve"}
    record = replay.plan.record[0]
    found: dict[str, list[tuple[int, int]]] = {name: [] for name in replay.plan.lists}
    for minute, event, group, _, _, count, custody in replay.trace.tolist():
        if event not in of_event or custody != Custody.RELEASED:
            continue
        for place in counted_in(record, of_event[Event(event)], group):
            steps = found[replay.plan.lists[place]]
            steps.append((minute, count + (steps[-1][1] if steps else 0)))
    return found


def _list_called(name: str, plan: Plan) -> str:
    """What a curve counts: 'Hostages, living', or the list of the deal that stands in its column."""
    told = list_in_words(name, plan.scenario.deal)
    return _SHORT.get(name, told) if told == list_in_words(name) else told


def _lists_drawn(plan: Plan) -> dict[str, int]:
    """Lists that hold anybody as the deal begins, and how many; those of one column each, where it has several."""
    totals = dict(zip(plan.lists, ByDay.of(plan).totals.tolist(), strict=True))
    own = [name for name in plan.lists if name not in COUNTED_BY_DAY and totals[name]]
    shared = {COUNTED_BY_DAY[PEOPLE.index(outcome_of_list(name))] for name in own}
    return {name: total for name, total in totals.items() if total and name not in shared}


def _legend_labels(replay: Replay) -> dict[str, str]:
    """By list: its name, and how many of its people are out at the end."""
    released = released_by(replay)
    return {
        name: f"{_list_called(name, replay.plan)}: {released[name][-1][1] if released[name] else 0:,} of {total:,}"
        for name, total in _lists_drawn(replay.plan).items()
    }


def _legend_columns(replay: Replay) -> int:
    """So many columns of the longest label as fit beside each other."""
    longest = max(map(len, _legend_labels(replay).values()), default=1)
    return max(1, min(3, int(6.4 // (0.75 + 0.062 * longest))))


def legend_inches(replay: Replay) -> float:
    """Height of the lists' names above the panel."""
    return 0.05 + 0.18 * -(-len(_legend_labels(replay)) // _legend_columns(replay))


def first_day(replay: Replay, day: Any) -> float:
    """A day before the first event, or half a day before the first day."""
    return min(0.5, float(day(int(replay.trace[0, FIELD_MINUTE]))) - 1)


def draw_releases(axes: Axes, replay: Replay, day: Any, last: int) -> None:
    """Cumulative releases as percent of those held; counts of unlike size share one axis."""
    first, end = first_day(replay, day), day(int(replay.trace[-1, FIELD_MINUTE]))
    released, labels = released_by(replay), _legend_labels(replay)
    for place, (name, total) in enumerate(_lists_drawn(replay.plan).items()):
        steps = released[name]
        days = [first, *(day(minute) for minute, _ in steps), end]
        shares = [0.0, *(100 * count / total for _, count in steps)]
        axes.plot(
            days, [*shares, shares[-1]], drawstyle="steps-post", color=COLOURS[place % len(COLOURS)],
            linewidth=max(1.0, 2.2 - 0.3 * place), dashes=DASHES[place % len(DASHES)] or (None, None),
            label=labels[name],
        )  # fmt: skip
    axes.axvline(end, color=GREY, linewidth=1, linestyle=(0, (4, 2)))
    is_late = end > 0.9 * last
    axes.annotate(
        f"end: {_end(replay)}", (end, 50), (-4 if is_late else 4, 0), textcoords="offset points", rotation=90,
        ha="right" if is_late else "left", va="center", fontsize=8, color=GREY,
    )  # fmt: skip
    axes.set_ylim(-4, 104)
    axes.set_yticks([0, 50, 100])
    axes.set_ylabel("% of those held", fontsize=9)
    if labels:
        _add_legend(axes, _legend_columns(replay))
    quiet_grid(axes, "both")


def _add_legend(axes: Axes, columns: int) -> None:
    """Name the lists that are drawn, above the panel."""
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, fontsize=8, frameon=False, handlelength=3.4,
        borderpad=0.2, borderaxespad=0.1, columnspacing=1.4,
    )  # fmt: skip


def _end(replay: Replay) -> str:
    names = {Event.DEAL_COMPLETED: "completed", Event.DEAL_COLLAPSED: "collapsed", Event.DEAL_LAPSED: "lapsed"}
    ends = [
        names.get(Event(row[FIELD_EVENT]), "standing")
        for row in replay.trace.tolist()
        if row[FIELD_EVENT] >= Event.DEAL_COMPLETED
    ]
    return ENDS[ends[-1]].lower()
