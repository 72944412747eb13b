"""What the points of a front come to on fresh draws, and what each costs whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from sim.analysis.design.cost import told_of
from sim.analysis.design.deals import built_on, document_of, given_up
from sim.analysis.design.front import (
    Judged,
    differences,
    is_clearly_worse,
    is_kept,
    judge,
    names_beside,
    plain,
    thinned,
    told,
)
from sim.analysis.design.plans import Plans, Refused
from sim.analysis.design.task import FIRST_LINE, Archive, Found, Task, combined, penalties, refusals, scores
from sim.analysis.design.trial import Asked
from sim.analysis.deviations.check import check
from sim.document.names import actor_called, called
from sim.document.scenario import ResolvedScenario
from sim.engine.workers import Workers

Progress = Callable[[str, int, int], None]
SHARE_FOR_EFFECTS = 20
"""Of the replicates of a point, one in so many is run for what a term does alone."""


def found_of(task: Task, archive: Archive, points: int, progress: Progress) -> Found:
    """Judge the points that nothing dominates again, and tell of those that remain."""
    resolved = task.documents.resolve()
    beside = names_beside(resolved, task.asked)
    candidates = thinned(scores(task, archive), penalties(archive), task.steps)
    as_written = tuple(_judged_deal(task, plans, {}, beside, 0, task.again) for plans in task.plans)
    judged = _judged_again(task, archive, candidates, beside, progress)
    written = as_written[0]
    sound = [
        place for place, ones in judged.items()
        if all(is_kept(one, other, task.asked) for one, other in zip(ones, as_written, strict=False))
    ]  # fmt: skip
    values = _fresh_scores(task, [judged[place] for place in sound])
    members = [sound[place] for place in thinned(values, np.zeros(len(sound)), task.steps)]
    name, (base, files) = resolved.scenario, built_on(task.documents, resolved)
    told_points: list[dict[str, Any]] = []
    for number, place in enumerate(members, 1):
        key = f"point-{number:03d}"
        told_points.append(_member(task, archive, place, judged[place], written, key, beside))
        files[f"{key}.yaml"] = document_of(
            f"{name.replace('/', '-')}-{key}", base, f"What comes of point {number} of the design of {name}?",
            task.space.whole, task.plans[0].followed(task.space.settings(archive.points[place])),
        )  # fmt: skip
        progress("points told", number, len(members))
    content = {
        "first": FIRST_LINE, "scenario": name, "seed": task.seed, "fresh_seed": _fresh_seed(task.seed),
        "points": len(archive.points), "n": task.n, "again": task.again, "robust": task.robust,
        "outcomes": [
            {"outcome": measure.text, "wanted": "small" if sign > 0 else "large", "step": float(step)}
            for measure, sign, step in zip(task.asked.outcomes, task.asked.signs.tolist(), task.steps, strict=True)
        ],
        "parties": sorted(resolved.deal.parties), "beside": beside, "called": _called(resolved),
        "terms": {key: term.title or key.replace("_", " ") for key, term in task.design.terms.items()},
        "words": {
            key: list(scale.words) for key, scale in zip(task.design.terms, task.space.scales, strict=True)
            if scale.words
        },
        "written": {**told(written), "behaviours": _under_others(task, {}, beside, as_written[1:])},
        "refused": {"n": archive.n_refused, "of": sum(archive.checked), "reasons": refusals(archive)},
        "candidates": len(candidates), "no_longer": len(candidates) - len(members),
        "front": told_points, "effects": _effects(task, written, beside), "curse": _curse(task.asked, told_points),
        "asked_points": points, "cost": told_of(task, archive, points),
    }  # fmt: skip
    return Found(content, files)


def _called(resolved: ResolvedScenario) -> dict[str, str]:
    """What parties and obligations are called, by their keys."""
    deal = resolved.deal
    parties = {party: actor_called(deal, party) for party in deal.parties}
    return parties | {key: called(obligation, key) for key, obligation in deal.obligations.items()}


def _fresh_seed(seed: int) -> int:
    return (seed + 1) % 2**64


def _judged(
    task: Task, plans: Plans, settings: Mapping[str, Any], beside: Sequence[str], first: int, n: int
) -> Judged | Refused:
    plan = plans.plan_of(settings)
    if isinstance(plan, Refused):
        return plan
    return judge(plan, task.asked, beside, _fresh_seed(task.seed), first, n, task.workers)


def _judged_deal(
    task: Task, plans: Plans, settings: Mapping[str, Any], beside: Sequence[str], first: int, n: int
) -> Judged:
    """A choice that has been checked."""
    found = _judged(task, plans, settings, beside, first, n)
    assert isinstance(found, Judged)
    return found


def _judged_again(
    task: Task, archive: Archive, candidates: Sequence[int], beside: Sequence[str], progress: Progress
) -> dict[int, tuple[Judged, ...]]:
    """Candidates on fresh draws under each behaviour that the search looked at.

    A fifth of the draws first, all for those that no other is clearly better than by then, whatever the behaviour.
    """
    n_early = max(2, task.again // 5)
    judged: dict[int, tuple[Judged, ...]] = {}
    for part, (first, n) in enumerate(((0, n_early), (n_early, task.again - n_early))):
        places = list(judged) if part else list(candidates)
        for done, place in enumerate(places if n else [], 1):
            settings = task.space.settings(archive.points[place])
            found = tuple(_judged_deal(task, plans, settings, beside, first, n) for plans in task.searched)
            judged[place] = tuple(map(Judged.before, judged[place], found)) if part else found
            progress(f"points judged again, part {part + 1}", done, len(places))
        if not part:
            judged = {
                place: ones for place, ones in judged.items()
                if not any(_is_clearly_worse(task, ones, others) for others in judged.values())
            }  # fmt: skip
    return judged


def _is_clearly_worse(task: Task, ones: Sequence[Judged], others: Sequence[Judged]) -> bool:
    return all(is_clearly_worse(one, other, task.asked) for one, other in zip(ones, others, strict=True))


def _fresh_scores(task: Task, judged: Sequence[Sequence[Judged]]) -> np.ndarray[Any, Any]:
    """What is to be small of each point on fresh draws, over the behaviours that the search looked at."""
    k = len(task.steps)
    if not judged:
        return np.empty((0, k))
    means = np.array([[one.rows[:, :k].mean(axis=0) for one in ones] for ones in judged]) * task.asked.signs
    return combined(task.robust, means, means.min(axis=0))


def _member(
    task: Task, archive: Archive, place: int, judged: Sequence[Judged], written: Judged, key: str, beside: Sequence[str]
) -> dict[str, Any]:
    """All that is told of one point, by behaviour as far as it has been judged."""
    one = judged[0]
    settings = task.space.settings(archive.points[place])
    changes = task.plans[0].followed(settings)
    own = np.array(archive.values[place][0]) - np.array(task.written[0].values)
    names = [measure.text for measure in task.asked.outcomes]
    apart = differences(one, written)
    return {
        "point": key, "terms": task.space.told(archive.points[place]), "changes": changes,
        "own": dict(zip(names, own.tolist(), strict=True)),
        "difference": {name: plain(apart[name]) for name in names},
        **told(one),
        "gives_up": given_up(task.space.whole, settings),
        "check": _one_departure(task.documents.resolve(changes), task.workers),
        "behaviours": _under_others(task, settings, beside, judged[1:]),
    }  # fmt: skip


def _one_departure(resolved: ResolvedScenario, workers: Workers) -> dict[str, Any]:
    """What one departure from compliance can do: the farthest lead of either side, and guarantees that it breaks."""
    found = check(resolved, 1, n=0, workers=workers if isinstance(workers, int) else None)
    worst = {one.ahead: 0.0 for one in found.exposures}
    for one in found.exposures:
        worst[one.ahead] = max(worst[one.ahead], one.worst.lead)
    return {
        "runs": found.exploration.n_runs,
        "sets": len(found.minimal_sets),
        "goal": found.goal.text,
        "largest_lead": {party: round(worst[party], 6) for party in sorted(worst)},
        "violates": sorted(found.broken),
    }


def _under_others(
    task: Task, settings: Mapping[str, Any], beside: Sequence[str], judged: Sequence[Judged] = ()
) -> dict[str, Any]:
    """The outcomes of the design under each of the other behaviours, on the same fresh draws."""
    found: dict[str, Any] = {}
    for place, (name, plans) in enumerate(zip(task.design.behaviours, task.plans[1:], strict=True)):
        one = judged[place] if judged else _judged(task, plans, settings, beside, 0, task.again)
        if isinstance(one, Refused):
            found[name] = {"refused": [list(reason) for reason in one.reasons]}
        else:
            found[name] = {"outcomes": {key: plain(estimate) for key, estimate in one.means.items()}}
    return found


def _effects(task: Task, written: Judged, beside: Sequence[str]) -> list[dict[str, Any]]:
    """What each term does alone: the deal as written with this term at either end."""
    found = []
    names = [measure.text for measure in task.asked.outcomes]
    n = max(2, task.again // SHARE_FOR_EFFECTS)
    for place, (key, scale) in enumerate(zip(task.design.terms, task.space.scales, strict=True)):
        row: dict[str, Any] = {"term": key}
        for end, number in (("low", scale.numbers[0]), ("high", scale.numbers[-1])):
            judged = _judged(task, task.plans[0], task.space.alone(place, number), beside, 0, n)
            row[end] = {"value": scale.written(number)}
            if isinstance(judged, Refused):
                row[end]["refused"] = [list(reason) for reason in judged.reasons]
                continue
            apart = differences(judged, written.first(n))
            row[end]["difference"] = {name: plain(apart[name]) for name in names}
            row[end]["same"] = bool(np.array_equal(judged.rows, written.rows[:n]))
        found.append(row)
    return found


def _curse(asked: Asked, points: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What of the gains on the draws of the search is left on fresh ones: means over points that gain on the former."""
    found = {}
    for measure, sign in zip(asked.outcomes, asked.signs.tolist(), strict=True):
        own = [-sign * point["own"][measure.text] for point in points]
        fresh = [-sign * point["difference"][measure.text]["mean"] for point in points]
        gains = [(one, other) for one, other in zip(own, fresh, strict=True) if one > 0]
        total = sum(one for one, _ in gains)
        left = sum(other for _, other in gains) / total if total else None
        found[measure.text] = {"points": len(gains), "own": total / max(1, len(gains)), "left": left}
    return found
