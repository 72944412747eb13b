"""Discover: how much the unknowns explain of what happens, and where among their values it happens more often."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.deviations.goals import Goal, read_goal
from sim.analysis.discover.boxes import Box, box_of, quasi_p
from sim.document.values import write_duration
from sim.engine.batch import simulate_block
from sim.engine.workers import Workers, in_order, n_slots, n_workers
from sim.errors import GoalError
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.plan.slots import probabilities
from sim.reading.checks_behaviour import is_time
from sim.reading.paths import known, look_up, split
from sim.reading.resolve import resolve

Array = np.ndarray[Any, Any]
Progress = Callable[[str, int, int], None]
POINTS, EACH = 1024, 200
COVERAGE = 0.5
LEAST_RATIO = 1.25
"""Where the best of any rule is below so many times the base, no box is told."""
_CHANCE = re.compile(r"\s*P\s*\((?P<goal>.+)\)\s*>\s*(?P<number>0?\.[0-9]{1,6}|0|1)\s*")


@dataclass(frozen=True)
class Chance:
    """What is looked for at a point: that a goal has more than this chance."""

    goal: Goal
    above: float

    @classmethod
    def of(cls, plan: Plan, text: str) -> Chance:
        """'P(GOAL) > NUMBER', or a goal alone, of which more than one half is meant.

        Raises
        ------
        GoalError
            If the goal cannot be read.
        """
        match = _CHANCE.fullmatch(text)
        if match is None:
            if text.lstrip().startswith("P"):
                raise GoalError(f"a chance is written 'P(end = collapsed) > 0.5', got {text[:80]!r}")
            return cls(read_goal(plan, text), 0.5)
        return cls(read_goal(plan, match["goal"]), float(match["number"]))

    @property
    def text(self) -> str:
        """As it is told."""
        return f"P({self.goal.text}) > {self.above:g}"


def discover(
    scenario: str | Path,
    goal: str,
    *,
    points: int = POINTS,
    each: int = EACH,
    coverage: float = COVERAGE,
    seed: int = 0,
    settings: Mapping[str, Any] | None = None,
    workers: Workers | None = None,
    progress: Progress = lambda *_: None,
) -> dict[str, Any]:
    """Look for a box of what is uncertain in which a goal has a high chance.

    Parameters
    ----------
    scenario : str or Path
        With `uncertain:`, whose distributions are drawn from.
    goal : str
        'P(end = collapsed) > 0.5'; of a goal alone more than one half is meant.
    points : int, optional
        Values of the unknowns that choose a box, and as many others that judge it.
    each : int, optional
        Replicates of each point, on draws of its own.
    coverage : float, optional
        Share of the points with such a chance that the box is to hold.
    seed : int, optional
        Of the points and of their draws.
    settings : mapping, optional
        As in `resolve`.
    workers : int or Executor, optional
        The result is the same with any.
    progress : callable, optional
        Told what is done, how much, and of how much.

    Returns
    -------
    dict
        As `ceasefire discover --json` prints it.

    Raises
    ------
    GoalError
        If nothing is uncertain, or the goal cannot be read.
    """
    plan = compile_plan(resolve(scenario, settings or {}))
    if not plan.scenario.uncertain or plan.scenario.scripted is not None:
        raise GoalError(f"{scenario}: nothing is uncertain: give ranges under `uncertain:`")
    if points < 40 or each < 4:
        raise GoalError("a box needs 40 points with 4 replicates each, or more")
    chance = Chance.of(plan, goal)
    names, places = unknowns(plan)
    values = _drawn(plan, names, places, 2 * points, seed)
    halves = _shares(plan, values, chance.goal, each, seed, workers or n_workers(), progress)
    shares = halves.mean(axis=1)
    told: dict[str, Any] = {
        "scenario": plan.scenario.scenario, "goal": chance.text, "unknowns": names, "points": points, "each": each,
        "seed": seed, **ceiling(halves, coverage),
    }  # fmt: skip
    happens = (shares > chance.above).astype(float)
    told |= {"share_of_points": float(happens[points:].mean()), "highest": float(shares.max()), "box": None}
    told["why_not"] = _why_not(told, happens)
    if told["why_not"] is None:
        _tell_box(told, plan, names, values, happens, shares, coverage)
    return told


def unknowns(plan: Plan) -> tuple[list[str], list[list[int]]]:
    """Paths of what is uncertain, and for each the places of what is drawn together with it."""
    paths = list(plan.scenario.uncertain)
    leads = {path: spread.moves_with or path for path, spread in plan.scenario.uncertain.items()}
    names = [path for path in paths if leads[path] == path]
    return names, [[place for place, path in enumerate(paths) if leads[path] == name] for name in names]


def _drawn(plan: Plan, names: Sequence[str], places: Sequence[Sequence[int]], n: int, seed: int) -> Array:
    """Values of everything uncertain at points spread at random, shape (n, n_uncertain)."""
    uniforms = np.random.default_rng([seed, len(names)]).random((n, len(names)))
    found = np.empty((n, len(plan.scenario.uncertain)))
    steps = probabilities()
    for column, together in enumerate(places):
        for place in together:
            quantiles = plan.record["uncertain_quantile"][0, place]
            found[:, place] = np.interp(uniforms[:, column], steps, quantiles)
    return found


def share_at(plan: Plan, values: Array, goal: Goal, seed: int, first: int, each: int) -> tuple[float, float]:
    """The share in which a goal is reached at one point, of both halves of its replicates; what a worker does."""
    record = plan.record.copy()
    for place, value in enumerate(values):
        record["parameter"][0, record["uncertain_slot"][0, place]] = value
    record["n_uncertain"] = 0
    reached = goal.reached(simulate_block(replace(plan, record=record), seed, first, each).outcomes)
    half = each // 2
    return float(reached[:half].mean()), float(reached[half:].mean())


def _shares(plan: Plan, values: Array, goal: Goal, each: int, seed: int, workers: Workers, progress: Progress) -> Array:
    """The shares of both halves by point: each has replicates of its own, since common ones favour some points."""
    opened = nullcontext(workers) if isinstance(workers, Executor) else ThreadPoolExecutor(workers)
    found = np.empty((len(values), 2))
    with opened as executor:
        tasks = ((share_at, plan, one, goal, seed, place * each, each) for place, one in enumerate(values))
        for place, halves in enumerate(in_order(executor, tasks, n_slots(executor))):
            found[place] = halves
            progress("points", place + 1, len(values))
    return found


def ceiling(halves: Array, coverage: float) -> dict[str, float]:
    """How much the unknowns explain, and the best that any rule of them could do.

    Parameters
    ----------
    halves : ndarray of float64, shape (n, 2)
        By point, the share in which it happens in each half of its replicates.
    coverage : float
        Of all that happens.

    Returns
    -------
    dict
        `base`, the share overall; `explained`, of the variance of one replicate; `ceiling`, the share at the points
        that one half ranks highest, as the other half has it.
    """
    one, other = halves.T
    base = float(halves.mean())
    variance = base * (1 - base)
    explained = max(0.0, float(np.cov(one, other)[0, 1])) / variance if variance > 0 else 0.0
    ranked = other[np.argsort(-one, kind="stable")]
    total = float(ranked.sum())
    n = int(np.searchsorted(np.cumsum(ranked), coverage * total)) + 1 if total else len(ranked)
    return {"base": base, "explained": min(1.0, explained), "ceiling": float(ranked[:n].mean())}


def _why_not(told: Mapping[str, Any], happens: Array) -> str | None:
    """Why there is no box to look for; None if there may be."""
    if told["ceiling"] < LEAST_RATIO * told["base"] or told["base"] == 0:
        return (
            f"these unknowns hardly move it ({told['explained']:.1%} of the variance): at best {told['ceiling']:.3f} "
            f"against {told['base']:.3f} overall: no box"
        )
    if happens.min() == happens.max():
        at = "at each point" if happens.max() else f"at no point, and at most {told['highest']:.2f},"
        return f"the chance is above the bound {at}: no box; choose another bound"
    return None


def _tell_box(
    told: dict[str, Any], plan: Plan, names: Sequence[str], values: Array, happens: Array, shares: Array,
    coverage: float,
) -> None:  # fmt: skip
    """Choose a box by one half of the points and judge it by the other."""
    points = told["points"]
    columns = [list(plan.scenario.uncertain).index(name) for name in names]
    known_values = values[:, columns]
    one, other = (known_values[:points], happens[:points]), (known_values[points:], happens[points:])
    box, found, says_much = box_of(one, other, coverage)
    base = float(other[1].mean())
    if not says_much:
        told["why_not"] = (
            f"no box is denser on other points than all of them by more than chance and a quarter "
            f"({found.density:.2f} against {base:.2f})"
        )
        return
    inside, fresh = box.holds(other[0]), shares[points:]
    told["box"] = {
        "limits": _limits(plan, names, box, *other),
        "coverage": found.coverage, "density": found.density, "mass": found.mass, "base": base,
        "chance_inside": float(fresh[inside].mean()), "chance_outside": float(fresh[~inside].mean()),
    }  # fmt: skip
    told["drawn"] = {name: other[0][:, place].tolist() for place, name in enumerate(names)} | {
        "happens": other[1].tolist()
    }


def _limits(plan: Plan, names: Sequence[str], box: Box, points: Array, happens: Array) -> list[dict[str, Any]]:
    whole = {"behaviour": plan.scenario.behaviour.model_dump(mode="json", by_alias=True)}
    found = []
    for (place, end), p in quasi_p(box, points, happens).items():
        value = float(box.low[place] if end == "low" else box.high[place])
        path = known(whole, split("behaviour." + names[place].removeprefix("behaviour.")))
        timed = is_time(path, look_up(whole, path))
        words = write_duration(round(value)) if timed else f"{value:.3g}"
        found.append({
            "path": names[place], "is": "at least" if end == "low" else "at most", "value": value, "words": words,
            "p_holm": p,
        })  # fmt: skip
    return found
