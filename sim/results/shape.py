"""What manifest and summary must hold, so that whoever reads them may rely on it.

Checksums protect against damage. A folder may also have been made by somebody else, with checksums that fit: what is in
it is refused with its place unless a run could have written it.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from sim.document.measured import CODES, HELD_BACK
from sim.errors import ResultsError
from sim.outcomes.columns import is_quantity
from sim.plan.codes import End
from sim.plan.limits import MAX_RANKED
from sim.reading.problem import dotted
from sim.results.ledger import KEY
from sim.results.tables import IN_DAYS, minutes_name

_BESIDE = {"scenario", "replicate", "root_cause", *CODES, *map(minutes_name, IN_DAYS)}
_ENDS = {end.name.lower() for end in End if end != End.NONE}


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, allow_inf_nan=False, extra="ignore")


Value = int | float | str
Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
HalfWidth = Annotated[float, Field(gt=0)]
Change = Annotated[list[Any], Field(min_length=2, max_length=2)]
"""A path, and what stands there."""
Document = Annotated[dict[str, Any], Field(min_length=1)]


class _Entry(_Part):
    sha256: str
    document: Document | None = None
    changes: list[Change] | None = None


class _Versions(_Part):
    ceasefire_sim: str = Field(alias="ceasefire-sim")


class _Manifest(_Part):
    kind: Literal["compare", "sweep", "study"]
    seed: int = Field(ge=0, lt=2**64)
    engine: Literal["batch", "reference"]
    n_replicates: int = Field(ge=1, lt=2**63)
    block_size: int = Field(ge=1, lt=2**40)
    command: list[str]
    versions: _Versions
    columns: dict[str, str]
    extra: dict[str, Any]
    documents: dict[str, _Entry]


RankedDraw = Annotated[
    tuple[str, Annotated[int, Field(ge=0, lt=4)], Annotated[int, Field(ge=0, lt=2**32)]], Field(strict=False)
]
"""Decision, which of its uniforms, and occurrence."""


class _Draws(_Part):
    kind: Literal["sobol"]
    scrambles: Literal[32]
    ranked_for: str
    ranking: list[RankedDraw] = Field(min_length=1, max_length=MAX_RANKED)


class _Drawn(_Part):
    draws: _Draws | None = None


class _OfComparison(_Part):
    precision: dict[str, HalfWidth] = {}
    example_outcome: str | None = None


class _Axis(_Part):
    path: str
    unit: Literal["", "count", "minutes", "day"]


class _OfSweep(_Part):
    design: Literal["grid", "lhs", "sobol"]
    axes: list[_Axis] = Field(min_length=1)
    cells: dict[str, dict[str, Value]]
    design_cells: list[str] = Field(min_length=1)


def check_shape(manifest: Mapping[str, Any], place: Path) -> None:
    """Refuse a manifest with its checksum whose content no run can have written.

    Raises
    ------
    ResultsError
        With the place in the file.
    """
    read = _read(_Manifest, manifest, place)
    for key, entry in read.documents.items():
        if not KEY.fullmatch(key):
            raise _damaged(place, f"documents: {key[:80]!r} cannot name a scenario or cell")
        if (entry.document is None) == (entry.changes is None):
            raise _damaged(place, f"documents.{key}: holds not just one of 'document' and 'changes'")
    if next(iter(read.documents.values())).document is None:
        raise _damaged(place, "documents: the first holds no whole document")
    _read(_Drawn, read.extra, place, "extra")
    if read.kind == "compare":
        compared = _read(_OfComparison, read.extra, place, "extra")
        for name in (*compared.precision, *filter(None, [compared.example_outcome])):
            if name not in quantities(manifest):
                raise _damaged(place, f"extra: no column {name[:80]!r} to be averaged")
    if read.kind == "sweep" and read.extra:
        _check_cells(_read(_OfSweep, read.extra, place, "extra"), read, place)


def _check_cells(of_sweep: _OfSweep, manifest: _Manifest, place: Path) -> None:
    """Every document is a cell with a value on every axis."""
    paths = [axis.path for axis in of_sweep.axes]
    if list(of_sweep.cells) != list(manifest.documents) or len(set(paths)) < len(paths):
        raise _damaged(place, "extra.cells: are not the documents")
    for key, values in of_sweep.cells.items():
        if list(values) != paths:
            raise _damaged(place, f"extra.cells.{key}: has not one value for each axis")
    for path in paths:
        if len({isinstance(values[path], str) for values in of_sweep.cells.values()}) > 1:
            raise _damaged(place, f"extra.cells: both words and numbers on {path[:80]}")
    if not set(of_sweep.design_cells) <= set(of_sweep.cells):
        raise _damaged(place, "extra.design_cells: names cells that are none")


def _is_beside(name: str) -> bool:
    return name in _BESIDE or name.startswith(minutes_name(HELD_BACK))


def quantities(manifest: Mapping[str, Any]) -> list[str]:
    """The outcomes of a folder that are averaged, by their columns."""
    return [name for name in manifest["columns"] if is_quantity(name) and not _is_beside(name)]


# ---------------------------------------------------------------- summaries


class _Interval(_Part):
    mean: float
    low: float | None
    high: float | None


class _Index(_Part):
    value: float
    low: float | None
    high: float | None


class _Indices(_Part):
    first: _Index
    total: _Index


class _End(_Part):
    count: Count
    share: Share
    low: Share
    high: Share


class _Cell(_Part):
    key: str
    values: dict[str, Value]
    estimates: dict[str, _Interval]
    ends: dict[str, _End]


class _Bar(_Part):
    path: str
    low: Value
    high: Value
    differences: dict[str, _Interval]


class _Sweep(_Part):
    scenario: str
    seed: int
    n: int
    engine: str
    design: str
    axes: list[_Axis]
    cells: list[_Cell]
    tornado: list[_Bar]
    sobol: dict[str, dict[str, _Indices]]


class _Precision(_Part):
    half_widths: dict[str, HalfWidth]
    reached: bool


class _Comparison(_Part):
    confidence: float = Field(gt=0.5, lt=1)
    precision: _Precision | None = None


def check_comparison(summary: Mapping[str, Any], manifest: Mapping[str, Any], place: Path) -> None:
    """Refuse a summary that is not that of the comparison of this manifest.

    Raises
    ------
    ResultsError
        With the place in the file.
    """
    read = _read(_Comparison, summary, place)
    asked = manifest["extra"].get("precision") or {}
    if (read.precision.half_widths if read.precision else {}) != asked:
        raise _damaged(place, "precision: is not what the manifest says was asked for")


def check_sweep(summary: Mapping[str, Any], manifest: Mapping[str, Any], place: Path) -> None:
    """Refuse a summary that is not that of the sweep of this manifest: every cell, axis and outcome of it.

    Raises
    ------
    ResultsError
        With the place in the file.
    """
    read, extra = _read(_Sweep, summary, place), manifest["extra"]
    same = {"seed": manifest["seed"], "n": manifest["n_replicates"], "engine": manifest["engine"]}
    for name, wanted in (same | {"design": extra["design"]}).items():
        if getattr(read, name) != wanted:
            raise _damaged(place, f"{name}: is not that of the manifest")
    paths = [axis["path"] for axis in extra["axes"]]
    if [axis.path for axis in read.axes] != paths:
        raise _damaged(place, "axes: are not those of the manifest")
    if [cell.key for cell in read.cells] != extra["design_cells"]:
        raise _damaged(place, "cells: are not those of the manifest")
    outcomes = set(quantities(manifest))
    for cell in read.cells:
        if list(cell.values) != paths or set(cell.estimates) != outcomes or set(cell.ends) != _ENDS:
            raise _damaged(place, f"cells.{cell.key}: lacks an axis, an outcome or an end, or has one too many")
    if read.design == "grid":
        _check_grid(read, paths, place)
    for bar in read.tornado:
        if bar.path not in paths or set(bar.differences) != outcomes:
            raise _damaged(place, f"tornado.{bar.path[:80]}: is no axis, or lacks an outcome")
    for name, indices in read.sobol.items():
        if name not in outcomes or set(indices) != set(paths):
            raise _damaged(place, f"sobol.{name[:80]}: is no outcome, or lacks an axis")


def _check_grid(sweep: _Sweep, paths: list[str], place: Path) -> None:
    found = {tuple(cell.values[path] for path in paths) for cell in sweep.cells}
    if found != set(itertools.product(*({values[i] for values in found} for i in range(len(paths))))):
        raise _damaged(place, "cells: do not fill their grid")


def _read(model: Any, data: Any, place: Path, where: str = "") -> Any:
    """Plain data as a model of this file; the first thing that is wrong is told with its place."""
    try:
        return TypeAdapter(model).validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        path = dotted((*filter(None, [where]), *first["loc"]))
        raise _damaged(place, f"{path[:120]}: {first['msg'][:200]}") from None


def _damaged(place: Path, what: str) -> ResultsError:
    return ResultsError(f"{place}: damaged: {what}")
