"""What the points of a front come to on fresh draws, and what each costs whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from sim.analysis.design.deals import built_on, document_of, given_up
from sim.analysis.design.front import Judged, differences, is_kept, judge, names_beside, plain, thinned, told
from sim.analysis.design.task import FIRST_LINE, Archive, Found, Task, refusals, scores
from sim.analysis.design.trial import Asked, Refused, plan_of
from sim.analysis.deviations.check import check
from sim.document.scenario import ResolvedScenario
from sim.engine.workers import Workers
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.reading.resolve import Documents

Progress = Callable[[str, int, int], None]


def found_of(task: Task, archive: Archive, points: int, progress: Progress) -> Found:
    """Judge the points that nothing dominates again, and tell of those that remain."""
    candidates = thinned(scores(task, archive), np.array(archive.penalties), task.steps)
    resolved = task.documents.resolve()
    plan, name = compile_plan(resolved), resolved.scenario
    beside = names_beside(plan, [measure.text for measure in task.asked.outcomes])
    written = _judged(task, task.documents, {}, beside)
    judged: dict[int, Judged] = {}
    for done, place in enumerate(candidates, 1):
        judged[place] = _judged(task, task.documents, task.space.settings(archive.points[place]), beside)
        progress("points judged again", done, len(candidates))
    fresh = {place: _fresh_score(task, judged[place]) for place in candidates}
    sound = [place for place in candidates if is_kept(judged[place], written, task.asked)]
    values = np.array([fresh[place] for place in sound]).reshape(-1, len(task.steps))
    members = [sound[place] for place in thinned(values, np.zeros(len(sound)), task.steps)]
    base, files = built_on(task.documents, resolved)
    told_points: list[dict[str, Any]] = []
    for number, place in enumerate(members, 1):
        key = f"point-{number:03d}"
        told_points.append(_member(task, archive, place, judged[place], written, key, beside))
        files[f"{key}.yaml"] = document_of(
            f"{name.replace('/', '-')}-{key}", base, f"What comes of point {number} of the design of {name}?",
            task.space.whole, task.space.settings(archive.points[place]),
        )  # fmt: skip
        progress("points told", number, len(members))
    n_refused = sum(not np.isfinite(penalty) for penalty in archive.penalties)
    content = {
        "first": FIRST_LINE, "scenario": name, "seed": task.seed, "fresh_seed": _fresh_seed(task.seed),
        "points": len(archive.points), "n": task.n, "again": task.again, "robust": task.robust,
        "outcomes": [
            {"outcome": measure.text, "wanted": "small" if sign > 0 else "large", "step": float(step)}
            for measure, sign, step in zip(task.asked.outcomes, task.asked.signs.tolist(), task.steps, strict=True)
        ],
        "parties": sorted(plan.parties), "beside": beside,
        "terms": {key: term.title or key.replace("_", " ") for key, term in task.design.terms.items()},
        "written": {**told(written), "behaviours": _under_others(task, {}, beside)},
        "refused": {"n": n_refused, "of": len(archive.points), "reasons": refusals(archive)},
        "candidates": len(candidates), "no_longer": len(candidates) - len(members),
        "front": told_points, "effects": _effects(task, written, beside), "curse": _curse(task.asked, told_points),
        "asked_points": points,
    }  # fmt: skip
    return Found(content, files)


def _fresh_seed(seed: int) -> int:
    return (seed + 1) % 2**64


def _judged(task: Task, documents: Documents, settings: Mapping[str, Any], beside: Sequence[str]) -> Judged:
    plan = plan_of(documents, settings, [*task.asked.columns, *beside])
    assert isinstance(plan, Plan)
    return judge(plan, task.asked, beside, _fresh_seed(task.seed), task.again, task.workers)


def _fresh_score(task: Task, one: Judged) -> list[float]:
    return [float(value) for value in one.rows.mean(axis=0) * task.asked.signs]


def _member(
    task: Task, archive: Archive, place: int, one: Judged, written: Judged, key: str, beside: Sequence[str]
) -> dict[str, Any]:
    """All that is told of one point."""
    settings = task.space.settings(archive.points[place])
    own = np.array(archive.values[place][0]) - np.array(task.written[0].values)
    names = [measure.text for measure in task.asked.outcomes]
    resolved = task.documents.resolve(settings)
    return {
        "point": key, "terms": task.space.told(archive.points[place]), "changes": settings,
        "own": dict(zip(names, own.tolist(), strict=True)),
        "difference": {name: plain(found) for name, found in zip(names, differences(one, written), strict=True)},
        **told(one),
        "gives_up": given_up(task.space.whole, settings),
        "check": _one_departure(resolved, task.workers),
        "behaviours": _under_others(task, settings, beside),
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


def _under_others(task: Task, settings: Mapping[str, Any], beside: Sequence[str]) -> dict[str, Any]:
    """The outcomes of the design under each of the other behaviours, on the same fresh draws."""
    found: dict[str, Any] = {}
    for name, documents in zip(task.design.behaviours, task.others, strict=True):
        plan = plan_of(documents, settings, [*task.asked.columns, *beside])
        if isinstance(plan, Refused):
            found[name] = {"refused": [list(reason) for reason in plan.reasons]}
        else:
            judged = judge(plan, task.asked, beside, _fresh_seed(task.seed), task.again, task.workers)
            found[name] = {"outcomes": {key: plain(estimate) for key, estimate in judged.means.items()}}
    return found


def _effects(task: Task, written: Judged, beside: Sequence[str]) -> list[dict[str, Any]]:
    """What each term does alone: the deal as written with this term at either end."""
    found = []
    names = [measure.text for measure in task.asked.outcomes]
    for place, (key, scale) in enumerate(zip(task.design.terms, task.space.scales, strict=True)):
        row: dict[str, Any] = {"term": key}
        for end, number in (("low", scale.numbers[0]), ("high", scale.numbers[-1])):
            settings = task.space.alone(place, number)
            plan = plan_of(task.documents, settings, [*task.asked.columns, *beside])
            row[end] = {"value": scale.written(number)}
            if isinstance(plan, Refused):
                row[end]["refused"] = [list(reason) for reason in plan.reasons]
                continue
            judged = judge(plan, task.asked, beside, _fresh_seed(task.seed), task.again, task.workers)
            row[end]["difference"] = {
                name: plain(each) for name, each in zip(names, differences(judged, written), strict=True)
            }
            row[end]["same"] = bool(np.array_equal(judged.rows, written.rows))
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
