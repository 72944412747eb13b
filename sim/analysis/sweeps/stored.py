"""What a folder's sweep comes to in full, added up again from its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from sim.analysis.sweeps.added import added_up, set_side_by_side
from sim.analysis.sweeps.axes import Axis
from sim.analysis.sweeps.found import Effect, Told, in_full
from sim.results.summary import set_against, summarize

if TYPE_CHECKING:
    from sim.analysis.sweeps.design import Point
    from sim.results.load import Results
    from sim.statistics.comparison import Summary


@dataclass(frozen=True)
class StoredSweep:
    """The parts of a sweep that an answer needs.

    Attributes
    ----------
    scenario : str
    n, n_cells : int
        Replicates of each cell, and how many cells the design has.
    axes : tuple of Axis
    told : tuple of Told
    effects : tuple of Effect
        As `sim.analysis.sweeps.Sweep` has them.
    is_told_whole : bool
    """

    scenario: str
    n: int
    n_cells: int
    axes: tuple[Axis, ...]
    told: tuple[Told, ...]
    effects: tuple[Effect, ...]
    is_told_whole: bool


def stored_sweep(results: Results) -> StoredSweep:
    """The sweep of a results folder.

    Parameters
    ----------
    results : Results
        Of a finished sweep.

    Raises
    ------
    ResultsError
        If the folder holds no finished sweep, or a file is missing or damaged.
    """
    found, extra = results.sweep, results.manifest["extra"]
    axes = tuple(Axis(axis["path"], axis["unit"], tuple(axis["numbers"]), is_range=False) for axis in extra["axes"])
    key_of = {tuple(numbers[axis.path] for axis in axes): key for key, numbers in extra["cells"].items()}
    point_of = {key: point for point, key in key_of.items()}
    spans = [_span(bar, found["axes"], axes, list(key_of)) for bar in found["tornado"]]
    points = [point_of[key] for key in extra["design_cells"]]
    told = in_full(points, [*chain.from_iterable(spans)])
    full = {point: _summary(results, key_of[point]) for point in dict.fromkeys([*told, *chain.from_iterable(spans)])}
    effects = []
    for bar, (low, high) in zip(found["tornado"], spans, strict=True):
        keys = (key_of[low], key_of[high])
        pair = set_side_by_side([results.plan(key) for key in keys], [results.blocks(key) for key in keys])
        against = set_against([full[low], full[high]], [pair], n=found["n"], seed=found["seed"], engine=found["engine"])
        effects.append(Effect(bar["path"], bar["low"], bar["high"], bar["differences"], against))
    return StoredSweep(
        found["scenario"], found["n"], len(points), axes,
        tuple(Told(_values(axes, point), full[point]) for point in told), tuple(effects), set(points) <= set(told),
    )  # fmt: skip


def _summary(results: Results, key: str) -> Summary:
    plan = results.plan(key)
    return summarize(plan, added_up(plan, results.blocks(key)))


def _values(axes: tuple[Axis, ...], point: Point) -> dict[str, int | float | str]:
    return {axis.path: axis.written(number) for axis, number in zip(axes, point, strict=True)}


def _span(
    bar: Mapping[str, Any], described: Sequence[Mapping[str, Any]], axes: tuple[Axis, ...], points: Sequence[Point]
) -> tuple[Point, Point]:
    """The cells of both ends of an axis, the others at their centre."""
    centre = {axis["path"]: axis["centre"] for axis in described}
    low, high = (
        next(point for point in points if _values(axes, point) == centre | {bar["path"]: bar[end]})
        for end in ("low", "high")
    )
    return low, high
