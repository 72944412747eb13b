"""A design from beginning to end: search on common draws, judge again on fresh ones, tell what a point costs whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.design.cost import can_pay
from sim.analysis.design.follow import Follows
from sim.analysis.design.front import names_beside
from sim.analysis.design.kept import Kept
from sim.analysis.design.plans import Plans, Refused
from sim.analysis.design.space import Space
from sim.analysis.design.stages import run_all, run_generation
from sim.analysis.design.task import Archive, DesignError, Found, Robust, Task, penalties, refusals, scores
from sim.analysis.design.telling import found_of
from sim.analysis.design.trial import Asked, Tried, shortfall
from sim.document.design import Designed
from sim.engine.workers import Workers, n_workers
from sim.reading.catalogue import find
from sim.reading.resolve import Documents
from sim.reading.store import resolved_hash
from sim.results.manifest import versions
from sim.sources import source_digest

Progress = Callable[[str, int, int], None]
POINTS, REPLICATES, AGAIN = 1500, 500, 20_000


def design(
    scenario: str | Path,
    *,
    wanted: Designed | None = None,
    points: int = POINTS,
    n: int = REPLICATES,
    again: int = AGAIN,
    robust: Robust = "baseline",
    seed: int = 0,
    workers: Workers | None = None,
    folder: Path | None = None,
    resume: bool = False,
    progress: Progress = lambda *_: None,
) -> Found:
    """Search the terms of a scenario's `design:` for choices that no other is better than in everything.

    Parameters
    ----------
    scenario : str or Path
        Catalogue entry or file, with a design of its own or of what it builds on.
    wanted : Designed, optional
        What can be chosen, by what; by default as the scenario says.
    points : int, optional
        Choices that are tried, as long as they cost no more than a third above all their replicates.
    n : int, optional
        Replicates of each, on common draws.
    again : int, optional
        Replicates of each point of the front, on fresh draws.
    robust : {'baseline', 'mean', 'worst', 'regret'}, optional
        What the search looks at: the scenario's own behaviour, or all that the design names.
    seed : int, optional
        Of search and draws; fresh draws have the seed after it.
    workers : int or Executor, optional
        The result is the same with any.
    folder : Path, optional
        Keep generations, front and deals there.
    resume : bool, optional
        Continue what is in `folder`.
    progress : callable, optional
        Told what is done, how much of it, and of how much.

    Returns
    -------
    Found
        The front with all that is told of it, and its deals as documents.

    Raises
    ------
    DocumentError
        If the scenario is not sound.
    DesignError
        If it has no design, no choice is a deal, or none meets what is required.
    ResultsError
        If the folder cannot be written or continued.
    """
    task = prepared(scenario, wanted, n=n, again=again, robust=robust, seed=seed, workers=workers)
    kept = None if folder is None else Kept(folder, _said(task, points), resume=resume)
    archive = _searched(task, points, kept, progress)
    _refuse_nothing(task, archive)
    found = found_of(task, archive, points, progress)
    if kept is not None:
        kept.finish(found.content, found.deals)
    return found


def prepared(
    scenario: str | Path,
    wanted: Designed | None = None,
    *,
    n: int = REPLICATES,
    again: int = AGAIN,
    robust: Robust = "baseline",
    seed: int = 0,
    workers: Workers | None = None,
) -> Task:
    """A design before its first choice: the scenario read, its terms and what is asked of them."""
    documents = Documents.of(scenario)
    resolved = documents.resolve()
    wanted, is_own = (documents.design, True) if wanted is None else (wanted, False)
    if wanted is None:
        raise DesignError(f"{scenario}: has no design: write under `design:` which terms can be chosen, and by what")
    if resolved.scripted is not None:
        raise DesignError(f"{scenario}: is scripted, so that nothing is drawn; name a scenario with behaviour")
    if min(n, again) < 2:
        raise DesignError("a choice needs 2 replicates or more")
    beside = next(layer.path for layer in reversed(documents.layers) if layer.scenario.design or not is_own)
    others = tuple(Documents.of(find(one, beside=beside)) for one in wanted.behaviours)
    for one, other in zip(wanted.behaviours, others, strict=True):
        if (name := other.resolve().deal.deal) != resolved.deal.deal:
            raise DesignError(f"{one}: is a scenario of the deal {name}, not of {resolved.deal.deal}")
    if robust != "baseline" and not others:
        raise DesignError(f"--robust {robust} needs other behaviours: name scenarios under `behaviours:` of the design")
    asked = Asked.of(wanted, [*resolved.deal.guarantees, *resolved.guarantees])
    names, follows = [*asked.columns, *names_beside(resolved, asked)], Follows.of(wanted)
    plans = tuple(Plans(one, names, follows) for one in (documents, *others))
    return Task(
        documents, wanted, Space.of(resolved, wanted), asked, plans, seed, n, again, robust, workers or n_workers()
    )


def _said(task: Task, points: int) -> dict[str, Any]:
    """All that the points of a folder follow from."""
    resolved = [one.documents.resolve() for one in task.plans]
    return {
        "format": 1, "kind": "design", "scenario": resolved[0].scenario, "seed": task.seed, "points": points,
        "n": task.n, "again": task.again, "robust": task.robust,
        "design": task.design.model_dump(mode="json", exclude_none=True),
        "checksums": [resolved_hash(one) for one in resolved],
        "versions": versions(), "rules_sha256": source_digest("replicate"),
    }  # fmt: skip


# ---------------------------------------------------------------- search


def _searched(task: Task, points: int, kept: Kept | None, progress: Progress) -> Archive:
    search, archive = task.search(points), Archive()
    opened = nullcontext(task.workers) if isinstance(task.workers, Executor) else ThreadPoolExecutor(task.workers)
    with opened as executor:
        task.written = _as_written(task, executor)
        for number, count in enumerate(search.sizes(points)):
            if number and not can_pay(task, archive, points, count):
                archive.is_stopped = True
                break
            generation = None if kept is None else kept.generation(number)
            if generation is None:
                tried = np.array(archive.shares).reshape(-1, search.n_terms)
                shares = search.next(number, count, tried, scores(task, archive), penalties(archive))
                if not len(shares):
                    break
                generation = {"points": run_generation(task, shares, archive, executor)}
                if kept is not None:
                    kept.keep(number, generation)
            archive.add(generation, task.space)
            if number and not can_pay(task, archive, points):
                archive.leave_out(len(generation["points"]))
                archive.is_stopped = True
                break
            progress("choices", len(archive.points), points)
    return archive


def _as_written(task: Task, executor: Executor) -> list[Tried]:
    (found,) = run_all(task, [{}], 0, task.n, executor)
    for one in found:
        if isinstance(one, Refused):
            raise DesignError(f"the deal as written cannot be run: {one.reasons[0][1]}")
    return [one for one in found if isinstance(one, Tried)]


def _refuse_nothing(task: Task, archive: Archive) -> None:
    """Say why no choice is a deal, or how near the nearest comes to what is required."""
    n = len(archive.points)
    if not any(np.isfinite(archive.penalties)):
        raise DesignError(f"none of {n} choices is a deal: {_in_words(refusals(archive))}")
    if any(penalties(archive) == 0):
        return
    broken = Counter(text for found in archive.reasons for kind, text in found if kind in ("guarantee", "requirement"))
    nearest = []
    for place, (measure, relation, bound) in enumerate(task.asked.required):
        reached = [found[place] for found in archive.required if found]
        best = min(reached, key=partial(shortfall, relation=relation, bound=bound))
        if shortfall(best, relation, bound):
            nearest.append(f"the nearest to {measure.text} {relation} {bound:g} is {best:.4g}")
    listed = "; ".join(f"{count} do not keep {text}" for text, count in broken.most_common(6))
    raise DesignError(f"none of {n} choices meets what is required: {'; '.join([listed, *nearest])}")


def _in_words(refusals: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(f"{one['n']} break {one['rule']} ({one['example']})" for one in refusals[:6])
