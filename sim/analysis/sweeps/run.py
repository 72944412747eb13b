"""Running a sweep: resolve every cell, run it, keep its estimates and its files."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.shards import Sums, received, shards
from sim.analysis.sweeps.added import added_up, example_of, set_side_by_side
from sim.analysis.sweeps.axes import Axis, Value, axes_of
from sim.analysis.sweeps.design import MOST_CELLS, Design, Point, ends_of, points_of
from sim.analysis.sweeps.found import Cell, Effect, Sweep, Told, in_full
from sim.analysis.sweeps.sensitivity import Indices, indices_of
from sim.document.scenario import ResolvedScenario
from sim.engine.batch import Block, Engine, run_blocks
from sim.engine.workers import Workers, in_order, n_slots
from sim.errors import DealError
from sim.outcomes.asked import asking
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.plan.ranked import Ranking, drawn_by, in_whole
from sim.plan.taken import untaken, untaken_axis
from sim.reading.problem import DocumentError, Place, Problem, refuse
from sim.reading.resolve import Documents
from sim.results.folder import Writer, open_folder
from sim.results.manifest import Job, packed
from sim.results.summary import plain, set_against, summarize, summary_of
from sim.statistics.accumulate import Accumulator
from sim.statistics.comparison import Summary
from sim.statistics.paired import PairedAccumulator

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class _Span:
    """An axis from its low to its high end, all others at their centre."""

    axis: Axis
    low: Point
    high: Point


@dataclass
class _Task:
    """A sweep under way: its points, each with one cell, and where blocks come from."""

    name: str
    documents: Documents
    settings: Mapping[str, Any]
    axes: tuple[Axis, ...]
    design: Design
    points: list[Point]
    seed: int
    n: int
    engine: Engine
    workers: Workers | None
    writer: Writer | None = None
    keys: dict[Point, str] = field(default_factory=dict)
    outcomes: tuple[str, ...] = ()
    ranking: Ranking | None = None

    def name_cells(self) -> None:
        """A key for each distinct point: those of the design first, then the ends of the axes that it lacks."""
        ends = [point for pair in ends_of(self.axes) for point in pair]
        for point in [*self.points, *ends]:
            self.keys.setdefault(point, f"cell-{len(self.keys):05d}")

    def spans(self) -> list[_Span]:
        """The axes that have two ends, each of which is compared from end to end."""
        pairs = zip(self.axes, ends_of(self.axes), strict=True)
        return [_Span(axis, low, high) for axis, (low, high) in pairs if axis.low < axis.high]

    def values(self, point: Point) -> dict[str, Value]:
        return {axis.path: axis.written(number) for axis, number in zip(self.axes, point, strict=True)}

    def resolve(self, point: Point) -> ResolvedScenario:
        """The document of a cell; what is wrong with a value is said to stand in `--vary`."""
        try:
            return self.documents.resolve({**self.settings, **self.values(point)})
        except DocumentError as error:
            raise DocumentError([_of_axis(problem, len(self.settings)) for problem in error.problems]) from None

    def refuse_untaken_axes(self) -> None:
        """Refuse axes of numbers that nothing takes, whose cells would be equal; each is judged in the first cell."""
        first = self.values(next(iter(self.keys)))
        problems = []
        for line, axis in enumerate(self.axes, 1):
            others = {path: value for path, value in first.items() if path != axis.path}
            values = [axis.written(number) for number in axis.numbers]
            with contextlib.suppress(DocumentError):  # what is wrong with a value is said when its cell is resolved
                fault = untaken_axis(axis.path, values, {**self.settings, **others}, self.documents.resolve)
                if fault is not None:
                    problems.append(fault.at(Place("--vary", line)))
        refuse(problems)

    def plan(self, point: Point) -> Plan:
        """The plan of a cell, with the outcomes by day that are asked for."""
        return drawn_by(asking(compile_plan(self.resolve(point)), self.outcomes), self.ranking)

    def blocks(self, point: Point, plan: Plan) -> Iterator[Block]:
        if self.writer is not None:
            return self.writer.blocks(self.keys[point], plan, self.workers)
        return run_blocks(plan, self.seed, self.n, engine=self.engine, workers=self.workers)

    def job(self, command: Sequence[str]) -> Job:
        """What a results folder records: documents, and the numbers of each cell beside them."""
        first = self.resolve(next(iter(self.keys)))
        entries = {
            key: packed(self.resolve(point), first) if place else packed(first)
            for place, (point, key) in enumerate(self.keys.items())
        }
        extra: dict[str, Any] = {
            "design": self.design,
            "axes": [{"path": axis.path, "unit": axis.unit, "numbers": list(axis.numbers)} for axis in self.axes],
            "cells": {
                key: {axis.path: number for axis, number in zip(self.axes, point, strict=True)}
                for point, key in self.keys.items()
            },
            "design_cells": [self.keys[point] for point in self.points],
        }
        if self.ranking is not None:
            extra["draws"] = self.ranking.as_json()
        return Job("sweep", entries, self.seed, self.n, self.engine, command=command, extra=extra)


def sweep(
    scenario: str | Path,
    vary: Mapping[str, Any] | Sequence[str] = (),
    *,
    design: Design = "grid",
    n: int = 1000,
    seed: int = 0,
    points: int | None = None,
    settings: Mapping[str, Any] | None = None,
    outcomes: Sequence[str] = (),
    engine: Engine = "batch",
    workers: Workers | None = None,
    folder: Path | None = None,
    resume: bool = False,
    max_cells: int = MOST_CELLS,
    command: Sequence[str] = (),
    progress: Progress | None = None,
    ranking: Ranking | None = None,
) -> Sweep:
    """Run a scenario over the values of its axes, every cell with the same draws.

    Parameters
    ----------
    scenario : str or Path
        Catalogue entry or file.
    vary : mapping or sequence of str, optional
        Axes as 'path=lo:hi:k' or 'path=a,b,c', or by path as 'lo:hi:k' or a list of values; by default the scenario's
        own `vary`.
    design : {'grid', 'lhs', 'sobol'}, optional
        All points of a grid; or points spread evenly, a Latin hypercube; or points made for Sobol indices.
    n : int, optional
        Replicates of each cell.
    seed : int, optional
        In [0, 2**64); the same in every cell.
    points : int, optional
        Points of a Latin hypercube; base points of a Sobol design, a power of 2.
    settings : mapping, optional
        Changes that hold in all cells, as in `resolve`.
    outcomes : sequence of str, optional
        Those by day that are to be measured beside all others, such as 'hostages_living_released by day 42'.
    engine : {'batch', 'reference'}, optional
        The result is the same with either.
    workers : int or Executor, optional
        Threads (processes with the reference engine), by default one for each core; or an executor of your own. The
        result is the same with any.
    folder : Path, optional
        Write tables there; without it only the estimates are kept, in memory that does not grow with `n`.
    resume : bool, optional
        Continue an interrupted sweep in `folder`.
    max_cells : int, optional
        Larger designs are refused.
    command : sequence of str, optional
        Command line for the manifest.
    progress : callable, optional
        Called with the number of cells done and of all cells.
    ranking : Ranking, optional
        Draws that are Sobol numbers in every cell, as in `sim.analysis.compare.Design`.

    Returns
    -------
    Sweep
        Estimates of every cell, effects of every axis, and with a Sobol design its indices.

    Raises
    ------
    DealError
        If the scenario, an axis or the design is wrong.
    PlanError
        If a cell is larger than the engine takes.
    ResultsError
        If the folder cannot be written or continued.
    """
    if n < 1:
        raise DealError(f"a cell needs 1 replicate or more, got {n}")
    documents = Documents.of(scenario)
    base = documents.resolve(settings or {}, also=untaken)
    axes = tuple(axes_of(base, vary))
    cells = points_of(axes, design, points, seed, max_cells)
    n = n if ranking is None else in_whole(n)
    task = _Task(base.scenario, documents, settings or {}, axes, design, cells, seed, n, engine, workers)
    task.outcomes, task.ranking = tuple(outcomes), ranking
    task.name_cells()
    task.refuse_untaken_axes()
    with _opened(folder, task, command, resume=resume) as task.writer:
        result = _run(task, folder, progress)
        if task.writer is not None:
            task.writer.finish({key: value for key, value in result.as_json().items() if key != "results"})
    return result


@contextlib.contextmanager
def _opened(folder: Path | None, task: _Task, command: Sequence[str], *, resume: bool) -> Iterator[Writer | None]:
    """The folder in which replicates are kept, if any; either way all cells are resolved before the first one runs."""
    if folder is None:
        for point in task.keys:
            task.resolve(point)
        yield None
        return
    first_plan = task.plan(task.points[0])
    with open_folder(folder, task.job(command), first_plan, resume=resume) as writer:
        yield writer


def _of_axis(problem: Problem, n_settings: int) -> Problem:
    """The same problem, said of `--vary` if it lies in a value of an axis: these come after the settings."""
    is_of_axis = problem.file == "--set" and problem.line > n_settings
    return replace(problem, file="--vary", line=problem.line - n_settings) if is_of_axis else problem


def _run(task: _Task, folder: Path | None, progress: Progress | None) -> Sweep:
    """Run every cell, compare the ends of each axis, and put together what that comes to."""
    spans = task.spans()
    ends = [end for span in spans for end in (span.low, span.high)]
    told = in_full(task.points, ends)
    step_done = _counting(progress, len(task.keys) + len(spans))
    summaries, full = _summaries(task, {*told, *ends}, step_done)
    cells = tuple(Cell(task.keys[point], task.values(point), summaries[point]) for point in task.points)
    effects = tuple(_effects(task, spans, full, step_done))
    indices = _indices(cells, task.axes, task.seed) if task.design == "sobol" else {}
    return Sweep(
        task.name, task.seed, task.n, task.engine, task.design, task.axes, cells, effects, indices, folder,
        tuple(Told(task.values(point), full[point]) for point in told),
    )  # fmt: skip


def _counting(progress: Progress | None, total: int) -> Callable[[], None]:
    """What tells `progress` that one step more of so many is done."""
    steps = count(1)

    def step_done() -> None:
        if progress is not None:
            progress(next(steps), total)

    return step_done


def _summaries(
    task: _Task, kept: set[Point], step_done: Callable[[], None]
) -> tuple[dict[Point, dict[str, Any]], dict[Point, Summary]]:
    """Every cell's summary as plain data, and those of the points to be kept in full."""
    summaries: dict[Point, dict[str, Any]] = {}
    full: dict[Point, Summary] = {}
    for point, plan, accumulator in _accumulated(task):
        summaries[point] = summary_of(accumulator)
        if point in kept:
            full[point] = summarize(plan, accumulator)
        step_done()
    return summaries, full


def _effects(
    task: _Task, spans: Sequence[_Span], full: Mapping[Point, Summary], step_done: Callable[[], None]
) -> Iterator[Effect]:
    """What each axis moves from its low to its high end."""
    for span, pair in zip(spans, _compared(task, spans), strict=True):
        axis, place = span.axis, task.axes.index(span.axis)
        differences = {name: plain(pair.difference.estimate(i)) for i, name in enumerate(pair.names)}
        against = set_against([full[span.low], full[span.high]], [pair], n=task.n, seed=task.seed, engine=task.engine)
        low, high = axis.written(span.low[place]), axis.written(span.high[place])
        yield Effect(axis.path, low, high, differences, against)
        step_done()


def _accumulated(task: _Task) -> Iterator[tuple[Point, Plan, Accumulator]]:
    """Every cell with its plan and what its replicates add up to."""
    if isinstance(task.workers, Executor) and task.writer is None:
        all_sums = _summed(task, task.workers, [(point,) for point in task.keys])
        for point, (plans, sums) in zip(task.keys, all_sums, strict=True):
            yield point, plans[0], sums.accumulators[0]
        return
    for point in task.keys:
        plan = task.plan(point)
        yield point, plan, added_up(plan, task.blocks(point, plan))


def _compared(task: _Task, spans: Sequence[_Span]) -> Iterator[PairedAccumulator]:
    """The high end of each axis against the low one, replicate by replicate."""
    ends = [(span.low, span.high) for span in spans]
    if isinstance(task.workers, Executor) and task.writer is None:
        yield from (sums.pairs[0] for _, sums in _summed(task, task.workers, ends))
        return
    for low, high in ends:
        plans = [task.plan(point) for point in (low, high)]
        yield set_side_by_side(
            plans, [task.blocks(point, plan) for point, plan in zip((low, high), plans, strict=True)]
        )


def _summed(task: _Task, executor: Executor, groups: Sequence[tuple[Point, ...]]) -> Iterator[tuple[list[Plan], Sums]]:
    """What the cells of each group add up to, with differences from the first; all groups are one stream of tasks."""
    under_way: deque[tuple[list[Plan], Sums, list[Any]]] = deque()

    def tasks() -> Iterator[Any]:
        for group in groups:
            plans = [task.plan(point) for point in group]
            example = example_of(plans) if len(plans) > 1 else None
            split = shards(plans, task.seed, 0, task.n, engine=task.engine, executor=executor, example=example)
            mine = list(split)
            under_way.append((plans, Sums.of(plans, example), mine))
            yield from tuple(mine)

    for result in in_order(executor, tasks(), n_slots(executor)):
        plans, sums, left = under_way[0]
        sums.merge(received(result))
        left.pop()
        if not left:
            under_way.popleft()
            yield plans, sums


def _indices(cells: Sequence[Cell], axes: Sequence[Axis], seed: int) -> dict[str, Indices]:
    """Sobol indices of every outcome that all cells have and that varies."""
    names = [name for name in cells[0].summary["estimates"] if all(name in c.summary["estimates"] for c in cells)]
    means = {name: np.array([cell.summary["estimates"][name]["mean"] for cell in cells]) for name in names}
    return indices_of(means, [axis.path for axis in axes], seed)
