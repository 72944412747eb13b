"""A generation of choices run in two stages: a few replicates of each, all of those that may be worth it.

Most choices are seen to be worse in everything after an eighth of their replicates. They are given up then, which
leaves the others their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np

from sim.analysis.design.plans import Refused
from sim.analysis.design.search import non_dominated
from sim.analysis.design.task import Archive, Array, Task, combined, penalties
from sim.analysis.design.trial import Tried, is_violated_more, shortfall, try_elsewhere, try_out
from sim.engine.batch import SerializedPlan
from sim.engine.workers import in_order, n_slots

Settings = Mapping[str, Any]
Results = list[list[Tried | Refused]]
"""By choice, then by behaviour."""


def run_generation(task: Task, shares: Array, archive: Archive, executor: Executor) -> list[dict[str, Any]]:
    """A generation as it is kept: where each point lies, what it comes to, why it is given up or no deal.

    Parameters
    ----------
    task : Task
    shares : ndarray of float64, shape (n, n_terms)
    archive : Archive
        What has been tried before.
    executor : Executor
    """
    settings = [task.space.settings(task.space.at(one)) for one in shares]
    is_checked = not archive.points or task.n_early == task.n
    early = run_all(task, settings, 0, task.n_early, executor, checked=is_checked)
    kept = [_as_kept(task, one, found) for one, found in zip(shares.tolist(), early, strict=True)]
    if task.n_early < task.n:
        places = _worth_it(task, kept, archive)
        late = run_all(task, [settings[k] for k in places], task.n_early, task.n - task.n_early, executor)
        for place, found in zip(places, late, strict=True):
            whole = [_together(one, other) for one, other in zip(early[place], found, strict=True)]
            kept[place] |= {**_as_kept(task, kept[place]["shares"], whole), "early": kept[place]["early"]}
        for place in set(range(len(kept))) - set(places):
            kept[place]["values"] = []
    for place in () if is_checked else _to_be_checked(task, kept, archive):
        plans = (plan.plan_of(settings[place]) for plan in task.searched)
        refused = next((plan for plan in plans if isinstance(plan, Refused)), None)
        kept[place] |= {"checked": True} if refused is None else _as_refused(kept[place]["shares"], refused)
    for one in kept:
        one["checked"] = one["checked"] or is_checked or one["penalty"] is None
    return kept


def _together(one: Tried | Refused, later: Tried | Refused) -> Tried | Refused:
    return later if isinstance(one, Refused) or isinstance(later, Refused) else one.before(later)


def run_all(
    task: Task, settings: Sequence[Settings], first: int, n: int, executor: Executor, *, checked: bool = False
) -> Results:
    """Replicates of choices under each behaviour that the search looks at.

    Parameters
    ----------
    task : Task
    settings : sequence of mapping
    first, n : int
    executor : Executor
    checked : bool, optional
        Whether each choice is checked as a document is.
    """
    found: dict[tuple[int, int], Tried | Refused] = {}
    under_way: list[tuple[int, int]] = []

    def tasks() -> Iterator[tuple[Any, ...]]:
        for choice, one in enumerate(settings):
            for place, plans in enumerate(task.searched):
                plan = plans.plan_of(one) if checked else plans.unchecked(one)
                if isinstance(plan, Refused):
                    found[choice, place] = plan
                    continue
                under_way.append((choice, place))
                is_far = isinstance(task.workers, Executor)
                what = (try_elsewhere, SerializedPlan.of(plan)) if is_far else (try_out, plan)
                yield (*what, task.asked, task.seed, first, n)

    for number, tried in enumerate(in_order(executor, tasks(), n_slots(executor))):
        found[under_way[number]] = tried
    return [[found[choice, place] for place in range(len(task.searched))] for choice in range(len(settings))]


def _worth_it(task: Task, kept: Sequence[Mapping[str, Any]], archive: Archive) -> list[int]:
    """Which of a generation no sound choice is better than in everything by now; all, as long as nothing is sound."""
    rivals = [archive.early[place] for place in np.flatnonzero(penalties(archive) == 0)]
    rivals += [] if archive.points else [one["early"] for one in kept if one["penalty"] == 0]
    sound = [place for place, one in enumerate(kept) if one["penalty"] is not None]
    if not rivals or not sound:
        return sound
    floor = np.array(rivals).min(axis=0)
    theirs = combined(task.robust, np.array(rivals), floor)
    mine = combined(task.robust, np.array([kept[place]["early"] for place in sound]), floor)
    is_worse = np.any(np.all(mine[:, None] > theirs[None], axis=2), axis=1)
    breaks = np.array([kept[place]["penalty"] > 0 for place in sound])
    return [place for place, is_out in zip(sound, is_worse | breaks, strict=True) if not is_out]


def _to_be_checked(task: Task, kept: Sequence[Mapping[str, Any]], archive: Archive) -> list[int]:
    """Which of a generation nothing dominates, so that they could be told and lead to others."""
    places, before = [place for place, one in enumerate(kept) if one["values"]], np.flatnonzero(archive.whole)
    if not places:
        return []
    found = [*(archive.values[place] for place in before), *(kept[place]["values"] for place in places)]
    short = [*(archive.penalties[place] for place in before), *(kept[place]["penalty"] for place in places)]
    values = np.array(found) * task.asked.signs
    best = non_dominated(combined(task.robust, values, values.min(axis=0)), np.array(short))
    return [place for place, is_best in zip(places, best[len(before) :], strict=True) if is_best]


def _as_kept(task: Task, shares: list[float], found: Sequence[Tried | Refused]) -> dict[str, Any]:
    refused = next((one for one in found if isinstance(one, Refused)), None)
    if refused is not None:
        return _as_refused(shares, refused)
    sound = [one for one in found if isinstance(one, Tried)]
    penalty, reasons = 0.0, []
    for one, whole in zip(sound, task.written, strict=True):
        written = whole.violated[: one.n]
        more = is_violated_more(one.violated, written)
        penalty += float((one.violated.mean(axis=0) - written.mean(axis=0))[more].sum())
        reasons += [["guarantee", name] for name, is_more in zip(task.asked.guarantees, more, strict=True) if is_more]
    worst = [
        max((one.required[place] for one in sound), key=partial(shortfall, relation=need[1], bound=need[2]))
        for place, need in enumerate(task.asked.required)
    ]
    for value, (measure, relation, bound) in zip(worst, task.asked.required, strict=True):
        short = shortfall(value, relation, bound)
        penalty += short
        reasons += [["requirement", f"{measure.text} {relation} {bound:g}"]] if short else []
    values = [list(one.values) for one in sound]
    early = (np.array(values) * task.asked.signs).tolist()
    return {"shares": shares, "early": early, "values": values, "required": worst, "penalty": penalty,
            "reasons": reasons, "checked": False}  # fmt: skip


def _as_refused(shares: list[float], refused: Refused) -> dict[str, Any]:
    reasons = [list(reason) for reason in refused.reasons]
    return {"shares": shares, "early": None, "values": [], "required": [], "penalty": None, "reasons": reasons,
            "checked": True}  # fmt: skip
