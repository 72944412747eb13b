"""What a sweep found: its cells, what each axis moves, and which cells are told in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.sweeps.axes import Axis, Value
from sim.analysis.sweeps.design import Point
from sim.analysis.sweeps.sensitivity import Indices, finite
from sim.results.tables import relation_of
from sim.statistics.comparison import Comparison, Summary

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation

MOST_TOLD = 12
"""Cells that are told in full."""


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
class Told:
    """A point that is told in full.

    Attributes
    ----------
    values : dict of str to number or str
        By path, as a document takes them.
    summary : Summary
        Counts, milestones, ends and curves of its runs.
    """

    values: dict[str, Value]
    summary: Summary


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
    comparison : Comparison
        The high end against the low end.
    """

    path: str
    low: Value
    high: Value
    differences: dict[str, dict[str, float | None]]
    comparison: Comparison = field(repr=False, compare=False)


def in_full(points: Sequence[Point], ends: Sequence[Point]) -> list[Point]:
    """Which cells are told in full: all where there are few; of one axis some evenly, of several both ends of each.

    Parameters
    ----------
    points : sequence of tuple of float
        Of the design.
    ends : sequence of tuple of float
        Low and high of each axis in turn, the others at their centre.
    """
    points = list(dict.fromkeys(points))
    if len(points) <= MOST_TOLD:
        return points
    if len(points[0]) == 1:
        points.sort()
        return [points[place * (len(points) - 1) // (MOST_TOLD - 1)] for place in range(MOST_TOLD)]
    return list(dict.fromkeys(ends[:MOST_TOLD]))


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
    told : tuple of Told
        Every cell where there are few; else, of one axis, some from its lowest to its highest value, and of several
        both ends of each, the others at their centre.
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
    told: tuple[Told, ...] = field(repr=False, compare=False)

    def __repr__(self) -> str:
        return f"<Sweep of {self.scenario}: {len(self.cells):,} cells of {self.n:,} replicates, seed {self.seed}>"

    @property
    def is_told_whole(self) -> bool:
        """Whether every cell is told."""
        told = [told.values for told in self.told]
        return all(cell.values in told for cell in self.cells)

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
