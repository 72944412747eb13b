"""Running a sweep: resolve every cell, run it, keep its estimates and its files."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.deal.document import ResolvedScenario
from sim.deal.problem import DocumentError, Place, Problem, refuse
from sim.deal.resolve import Documents
from sim.engine.batch import Block, Engine, run_blocks
from sim.engine.workers import Workers, in_order, n_slots
from sim.errors import DealError
from sim.outcomes import columns, is_quantity
from sim.plan.compile import Plan, compile_plan
from sim.plan.taken import untaken, untaken_axis
from sim.results.folder import Writer, open_folder
from sim.results.manifest import Job, packed
from sim.results.summary import accumulator_of, plain, summary_of
from sim.results.tables import relation_of
from sim.statistics.accumulate import Accumulator
from sim.statistics.moments import Moments
from sim.stretch import Sums, arrived, stretches
from sim.sweeps.axes import Axis, Value, axes_of
from sim.sweeps.design import MOST_CELLS, Design, Point, ends_of, points_of
from sim.sweeps.sensitivity import Indices, finite, indices_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Cell:
    """One point of a sweep.

    Attributes
    ----------
    key : str
        Its name in the results.
    values : dict of str to number or str
        By path, as a document takes them.
    summary : dict
        `n`, `estimates` in published units, `ends` and `guarantees`.
    """

    key: str
    values: dict[str, Value]
    summary: dict[str, Any]


@dataclass(frozen=True)
class Effect:
    """One bar of a tornado: an axis from its low to its high end, the others at their centre, with the same draws.

    Attributes
    ----------
    path : str
        Of the axis.
    low, high : number or str
        The two ends, as a document takes them.
    differences : dict
        By outcome, in its published unit: mean of high minus low within a replicate, with its interval.
    """

    path: str
    low: Value
    high: Value
    differences: dict[str, dict[str, float | None]]


@dataclass(frozen=True)
class Sweep:
    """What a sweep found.

    Attributes
    ----------
    scenario : str
        Its name.
    seed, n : int
        Of the draws, and the number of replicates of each cell.
    engine : {'batch', 'reference'}
        What ran them; both tell the same.
    design : {'grid', 'lhs', 'sobol'}
        Which points were taken.
    axes : tuple of Axis
        What varies, and over which values.
    cells : tuple of Cell
        In the order of the design.
    effects : tuple of Effect
        One for each axis with two values or more.
    indices : dict of str to Indices
        By outcome, of a Sobol design; an outcome that does not vary is left out.
    folder : Path or None
        Where the tables are.
    """

    scenario: str
    seed: int
    n: int
    engine: str
    design: str
    axes: tuple[Axis, ...]
    cells: tuple[Cell, ...]
    effects: tuple[Effect, ...]
    indices: dict[str, Indices]
    folder: Path | None

    def __repr__(self) -> str:
        return f"<Sweep of {self.scenario}: {len(self.cells):,} cells of {self.n:,} replicates, seed {self.seed}>"

    def table(self) -> DuckDBPyRelation:
        """One row for each cell and outcome.

        Returns
        -------
        DuckDBPyRelation
            Columns cell, one for each axis by its path, outcome, mean, low, high (in the published unit of the outcome)
            and n; an interval that does not exist is NULL. `.df()`, `.pl()` and `.fetchnumpy()` convert.
        """
        rows = [(cell, item) for cell in self.cells for item in cell.summary["estimates"].items()]
        table = {"cell": np.array([cell.key for cell, _ in rows])}
        for axis in self.axes:
            values = [cell.values[axis.path] for cell, _ in rows]
            table[axis.path] = np.array(values, object if any(isinstance(value, str) for value in values) else float)
        table["outcome"] = np.array([outcome for _, (outcome, _) in rows])
        for number in ("mean", "low", "high"):
            table[number] = np.array([estimate[number] for _, (_, estimate) in rows], np.float64)
        table["n"] = np.full(len(rows), self.n)
        return relation_of(table)

    def as_json(self) -> dict[str, Any]:
        """The sweep as plain data.

        Returns
        -------
        dict
            What `ceasefire sweep --json` prints.
        """
        return {
            "scenario": self.scenario,
            "seed": self.seed,
            "n": self.n,
            "engine": self.engine,
            "design": self.design,
            "results": None if self.folder is None else str(self.folder),
            "axes": [{"path": axis.path, "unit": axis.unit, "low": axis.written(axis.low),
                      "high": axis.written(axis.high), "centre": axis.written(axis.centre)} for axis in self.axes],
            "cells": [{"key": cell.key, "values": cell.values, "estimates": cell.summary["estimates"],
                       "ends": cell.summary["ends"], "guarantees": cell.summary["guarantees"]} for cell in self.cells],
            "tornado": [{"path": effect.path, "low": effect.low, "high": effect.high,
                         "differences": effect.differences} for effect in self.effects],
            "sobol": {
                outcome: {path: {"first": finite(indices.first[path]), "total": finite(indices.total[path])}
                          for path in indices.first}
                for outcome, indices in self.indices.items()
            },
        }  # fmt: skip


@dataclass
class _Task:
    """A sweep under way: its points, each with one cell, and where blocks come from."""

    documents: Documents
    settings: Mapping[str, Any]
    axes: tuple[Axis, ...]
    points: list[Point]
    seed: int
    n: int
    engine: Engine
    workers: Workers | None
    writer: Writer | None = None
    keys: dict[Point, str] = field(default_factory=dict)

    def name_cells(self) -> None:
        """A key for each distinct point: those of the design first, then the ends of the axes that it lacks."""
        ends = [point for pair in ends_of(self.axes) for point in pair]
        for point in [*self.points, *ends]:
            self.keys.setdefault(point, f"cell-{len(self.keys):05d}")

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

    def blocks(self, point: Point, plan: Plan) -> Iterator[Block]:
        if self.writer is not None:
            return self.writer.blocks(self.keys[point], plan, self.workers)
        return run_blocks(plan, self.seed, self.n, engine=self.engine, workers=self.workers)

    def job(self, design: str, command: Sequence[str]) -> Job:
        """What a results folder records: documents, and the numbers of each cell beside them."""
        first = self.resolve(next(iter(self.keys)))
        entries = {
            key: packed(self.resolve(point), first) if place else packed(first)
            for place, (point, key) in enumerate(self.keys.items())
        }
        extra = {
            "design": design,
            "axes": [{"path": axis.path, "unit": axis.unit, "numbers": list(axis.numbers)} for axis in self.axes],
            "cells": {
                key: {axis.path: number for axis, number in zip(self.axes, point, strict=True)}
                for point, key in self.keys.items()
            },
            "design_cells": [self.keys[point] for point in self.points],
        }
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
    engine: Engine = "batch",
    workers: Workers | None = None,
    folder: Path | None = None,
    resume: bool = False,
    max_cells: int = MOST_CELLS,
    command: Sequence[str] = (),
    progress: Progress | None = None,
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
    engine : {'batch', 'reference'}, optional
        The result is the same with either.
    workers : int or Executor, optional
        By default one thread for each core; the result is the same with any number.
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

    Returns
    -------
    Sweep
        Estimates of every cell, effects of every axis, and with a Sobol design its indices.

    Raises
    ------
    DealError
        If the scenario, an axis or the design is wrong.
    ResultsError
        If the folder cannot be written or continued.
    """
    if n < 1:
        raise DealError(f"a cell needs 1 replicate or more, got {n}")
    documents = Documents.of(scenario)
    base = documents.resolve(settings or {}, also=untaken)
    axes = tuple(axes_of(base, vary))
    task = _Task(
        documents, settings or {}, axes, points_of(axes, design, points, seed, max_cells), seed, n, engine, workers
    )
    task.name_cells()
    task.refuse_untaken_axes()
    with contextlib.ExitStack() as stack:
        if folder is not None:
            first_plan = compile_plan(task.resolve(task.points[0]))
            task.writer = stack.enter_context(open_folder(folder, task.job(design, command), first_plan, resume=resume))
        else:
            for point in task.keys:  # what is wrong with a cell is said before the first one runs
                task.resolve(point)
        result = _run(task, base.scenario, design, folder, progress)
        if task.writer is not None:
            task.writer.finish({key: value for key, value in result.as_json().items() if key != "results"})
    return result


def _of_axis(problem: Problem, n_settings: int) -> Problem:
    is_of_axis = problem.file == "--set" and problem.line > n_settings
    return replace(problem, file="--vary", line=problem.line - n_settings) if is_of_axis else problem


def _run(task: _Task, name: str, design: Design, folder: Path | None, progress: Progress | None) -> Sweep:
    summaries: dict[Point, dict[str, Any]] = {}
    spans = [(axis, *pair) for axis, pair in zip(task.axes, ends_of(task.axes), strict=True) if axis.low < axis.high]
    total = len(task.keys) + len(spans)
    for point, accumulator in _accumulated(task):
        summaries[point] = summary_of(accumulator)
        if progress is not None:
            progress(len(summaries), total)
    cells = tuple(Cell(task.keys[point], task.values(point), summaries[point]) for point in task.points)
    effects = []
    for (axis, low, high), moments in zip(spans, _compared(task, [span[1:] for span in spans]), strict=True):
        place = task.axes.index(axis)
        differences = {name: plain(moments.estimate(i)) for i, name in enumerate(moments.names)}
        effects.append(Effect(axis.path, axis.written(low[place]), axis.written(high[place]), differences))
        if progress is not None:
            progress(len(summaries) + len(effects), total)
    indices = _indices(cells, task.axes, task.seed) if design == "sobol" else {}
    return Sweep(name, task.seed, task.n, task.engine, design, task.axes, cells, tuple(effects), indices, folder)


def _accumulated(task: _Task) -> Iterator[tuple[Point, Accumulator]]:
    """Every cell with what its replicates add up to."""
    if isinstance(task.workers, Executor) and task.writer is None:
        all_sums = _summed(task, task.workers, [(point,) for point in task.keys])
        yield from ((point, sums.accumulators[0]) for point, sums in zip(task.keys, all_sums, strict=True))
        return
    for point in task.keys:
        plan = compile_plan(task.resolve(point))
        accumulator = accumulator_of(plan)
        for block in task.blocks(point, plan):
            accumulator.add(block.outcomes, block.histogram, block.first)
        yield point, accumulator


def _compared(task: _Task, ends: list[tuple[Point, Point]]) -> Iterator[Moments]:
    """From the low to the high end of each axis, replicate by replicate."""
    if isinstance(task.workers, Executor) and task.writer is None:
        yield from (sums.pairs[0].difference for sums in _summed(task, task.workers, ends))
        return
    for low, high in ends:
        plans = [compile_plan(task.resolve(point)) for point in (low, high)]
        names = [columns(plan) for plan in plans]
        common = tuple(name for name in names[0] if name in names[1] and is_quantity(name))
        places = [[own.index(name) for name in common] for own in names]
        moments = Moments(common)
        blocks = (task.blocks(point, plan) for point, plan in zip((low, high), plans, strict=True))
        for of_low, of_high in zip(*blocks, strict=True):
            moments.add(of_high.outcomes[:, places[1]] - of_low.outcomes[:, places[0]])
        yield moments


def _summed(task: _Task, executor: Executor, groups: Sequence[tuple[Point, ...]]) -> Iterator[Sums]:
    """What the cells of each group add up to, with differences from the first; all groups are one stream of tasks."""
    under_way: deque[tuple[Sums, list[Any]]] = deque()

    def tasks() -> Iterator[Any]:
        for group in groups:
            plans = [compile_plan(task.resolve(point)) for point in group]
            shared = (name for name in columns(plans[0]) if name in columns(plans[-1]) and is_quantity(name))
            example = next(shared) if len(plans) > 1 else None
            split = stretches(plans, task.seed, 0, task.n, engine=task.engine, executor=executor, example=example)
            mine = list(split)
            under_way.append((Sums.of(plans, example), mine))
            yield from tuple(mine)

    for result in in_order(executor, tasks(), n_slots(executor)):
        sums, left = under_way[0]
        sums.merge(arrived(result))
        left.pop()
        if not left:
            under_way.popleft()
            yield sums


def _indices(cells: Sequence[Cell], axes: Sequence[Axis], seed: int) -> dict[str, Indices]:
    """Sobol indices of every outcome that all cells have and that varies."""
    names = [name for name in cells[0].summary["estimates"] if all(name in c.summary["estimates"] for c in cells)]
    means = {name: np.array([cell.summary["estimates"][name]["mean"] for cell in cells]) for name in names}
    return indices_of(means, [axis.path for axis in axes], seed)
