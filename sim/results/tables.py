"""Blocks of replicates as Parquet files and back, exactly. DuckDB writes and reads them, and is imported late."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.deal.measured import CODES
from sim.engine.batch import Block
from sim.errors import ResultsError
from sim.outcomes import VIOLATED, Curves, columns, published, root_cause
from sim.plan.compile import CURVES, Plan
from sim.plan.layout import End
from sim.results.files import TEMPORARY, naming, settle

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

PARQUET = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, PARQUET_VERSION v1"
IN_DAYS = ("captive_days", "truce_days", "dispute_days", "pre_truce_days")
UNITS = {
    "scenario": "key of the scenario or cell in the manifest",
    "replicate": "number, from 0",
    "captive_days": "person-days",
    "truce_days": "days",
    "dispute_days": "days",
    "pre_truce_days": "days",
    "captive_minutes": "person-minutes, exact",
    "truce_minutes": "minutes, exact",
    "dispute_minutes": "minutes, exact",
    "pre_truce_minutes": "minutes, exact",
    "phase_reached": "place in the deal's phases, from 1; 0 for none",
    "line_reached": "place in the deal's lines, from 0",
    "aid_delivered": "units of the deal's flows",
    "implementation_score": "percent of the most that can be reached",
    "end_day": "day of the deal, from 1",
    "end": "completed, collapsed, lapsed or standing",
    "root_cause": "event and what it is about",
    "root_event": "code of the event",
    "root_subject": "place of what it is about in the deal",
}


_ALONE: dict[str, Any] = {"threads": 1, "autoinstall_known_extensions": False, "autoload_known_extensions": False}
"""One thread, for the same bytes; and no extension is ever fetched."""


def connect() -> DuckDBPyConnection:
    """A DuckDB connection in memory that writes the same bytes for the same rows."""
    import duckdb

    connection = duckdb.connect(":memory:", config=_ALONE)
    with contextlib.suppress(duckdb.InvalidInputException):  # not to be set in a notebook without ipywidgets
        connection.execute("SET enable_progress_bar = false")
    return connection


def relation_of(table: dict[str, np.ndarray[Any, Any]]) -> DuckDBPyRelation:
    """Columns as a relation of their own: text as VARCHAR, numbers as they are, NULL where one does not exist (NaN)."""
    connection = connect()
    connection.register("columns", table)
    picked = []
    for column, values in table.items():
        name = '"' + column.replace('"', '""') + '"'
        forms = {"f": f"nullif({name}, 'nan'::DOUBLE)", "O": f"{name}::VARCHAR", "U": f"{name}::VARCHAR"}
        picked.append(f"{forms.get(values.dtype.kind, name)} AS {name}")
    found: DuckDBPyRelation = connection.sql(f"SELECT {', '.join(picked)} FROM columns")
    return found


def minutes_name(name: str) -> str:
    """'truce_minutes' for 'truce_days'."""
    return name.removesuffix("days") + "minutes"


def table_columns(plan: Plan) -> dict[str, str]:
    """The columns of a plan's table of replicates, in order, each with its unit."""
    names = ["scenario", "replicate"]
    for name in columns(plan):
        names.append(name)
        if name in IN_DAYS:
            names.append(minutes_name(name))
        if name == "end":
            names.append("root_cause")
    return {name: UNITS.get(name) or _unit(name) for name in names}


def _unit(name: str) -> str:
    if name.startswith(VIOLATED):
        return "minute of the first violation, -1 where the guarantee is kept"
    return "share of all that it owes or is owed" if name.startswith("largest_lead_") else "count"


def as_columns(plan: Plan, block: Block, scenario: str) -> dict[str, np.ndarray[Any, Any]]:
    """A block as columns in published units, by name; texts as places in `_texts`.

    Parameters
    ----------
    plan : Plan
    block : Block
    scenario : str
        Key of the scenario or cell.

    Returns
    -------
    dict of str to ndarray, each of shape (n_replicates,)
    """
    raw = dict(zip(columns(plan), block.outcomes.T, strict=True))
    n_rows = len(block.outcomes)
    table: dict[str, np.ndarray[Any, Any]] = {}
    for name in table_columns(plan):
        if name == "scenario":
            table[name] = np.full(n_rows, scenario, object)
        elif name == "replicate":
            table[name] = np.arange(block.first, block.first + n_rows)
        elif name == "end":
            table[name] = _words(raw["end"], lambda code: End(code).name.lower())
        elif name == "root_cause":
            table[name] = _root_causes(plan, raw["root_event"], raw["root_subject"])
        elif name.endswith("_minutes"):
            table[name] = raw[name.removesuffix("minutes") + "days"]
        else:
            table[name] = np.ascontiguousarray(published(name, raw[name]))
    return table


def _words(codes: np.ndarray[Any, Any], word: Any) -> np.ndarray[Any, Any]:
    distinct, places = np.unique(codes, return_inverse=True)
    return np.array([word(int(code)) for code in distinct], object)[places]


def _root_causes(plan: Plan, events: np.ndarray[Any, Any], subjects: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    pairs, places = np.unique(np.stack([events, subjects]), axis=1, return_inverse=True)
    words = [root_cause(plan, int(event), int(subject)) for event, subject in pairs.T]
    return np.array(words, object)[places.reshape(-1)]


def write_replicates(connection: DuckDBPyConnection, path: Path, plan: Plan, block: Block, scenario: str) -> None:
    """Write the outcomes of a block; equal blocks give equal bytes."""
    _write(connection, path, as_columns(plan, block, scenario))


def write_histogram(connection: DuckDBPyConnection, path: Path, plan: Plan, block: Block, scenario: str) -> None:
    """Write the per-day histogram of a block as the changes from each day to the next.

    The number of replicates with `released` people released by the end of `day` is the sum of `change` up to that day.
    """
    curves = Curves.of(plan)
    places = np.flatnonzero(block.histogram)
    curve = np.searchsorted(curves.starts, places, side="right") - 1
    day, released = np.divmod(places - curves.starts[curve], curves.widths[curve])
    table = {
        "scenario": np.full(len(places), scenario, object),
        "curve": np.array(CURVES, object)[curve],
        "day": day,
        "released": released,
        "change": block.histogram[places],
    }
    _write(connection, path, table)


def _write(connection: DuckDBPyConnection, path: Path, table: dict[str, np.ndarray[Any, Any]]) -> None:
    import duckdb

    temporary = path.with_name(path.name + TEMPORARY)
    with naming(path.parent, "cannot be written"):
        path.parent.mkdir(parents=True, exist_ok=True)
    connection.register("block", table)
    try:
        connection.execute(f"COPY (SELECT * FROM block) TO '{quoted(temporary)}' ({PARQUET})")
    except duckdb.Error as error:
        raise ResultsError(f"{path}: cannot be written: {first_line(error)}") from None
    finally:
        connection.unregister("block")
    settle(temporary, path)


def quoted(path: Path) -> str:
    """A path inside the quotes of an SQL text."""
    return str(path).replace("'", "''")


def pattern_of(path: Path) -> str:
    """A path inside the quotes of an SQL text where DuckDB would take `*`, `?` and `[` for any character."""
    return re.sub(r"[*?\[]", lambda match: f"[{match[0]}]", quoted(path))


def first_line(error: Exception) -> str:
    """What DuckDB says, without its advice."""
    return str(error).split("\n", 1)[0]


def read_columns(connection: DuckDBPyConnection, path: Path) -> dict[str, np.ndarray[Any, Any]]:
    """The columns of one Parquet file.

    Raises
    ------
    ResultsError
        If the file is missing, cut short or damaged.
    """
    import duckdb

    if not path.is_file():
        raise ResultsError(f"{path}: missing")
    try:
        query = f"SELECT * FROM read_parquet('{pattern_of(path)}', hive_partitioning = false)"
        return dict(connection.execute(query).fetchnumpy())
    except duckdb.Error as error:
        raise ResultsError(f"{path}: damaged: {first_line(error)}") from None


def read_block(connection: DuckDBPyConnection, replicates: Path, histogram: Path, plan: Plan) -> Block:
    """The block that was written to two files, exactly as it was measured.

    Raises
    ------
    ResultsError
        If a file is missing or damaged, or is a table of another deal.
    """
    table = read_columns(connection, replicates)
    if set(table) != set(table_columns(plan)):
        raise ResultsError(f"{replicates}: its columns are not those of {plan.scenario.scenario}")
    with _whole(replicates):
        outcomes = np.stack([_measured(name, table) for name in columns(plan)], axis=1)
        first = int(_numbers(table["replicate"])[0])
    changes = read_columns(connection, histogram)
    with _whole(histogram):
        flat = _histogram(Curves.of(plan), changes)
    return Block(first, outcomes, flat)


def _histogram(curves: Curves, changes: dict[str, np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """The histogram from its changes."""
    flat = curves.empty()
    curve = _codes(changes["curve"], {name: place for place, name in enumerate(CURVES)})
    day, released = _numbers(changes["day"]), _numbers(changes["released"])
    if np.any((day < 0) | (day > curves.n_days) | (released < 0) | (released >= curves.widths[curve])):
        raise ValueError("places")
    flat[curves.starts[curve] + day * curves.widths[curve] + released] = _numbers(changes["change"])
    return flat


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Refuse a table that can be read but was never written here: other types, words or places than ours."""
    try:
        yield
    except (LookupError, TypeError, ValueError, OverflowError):
        raise ResultsError(f"{path}: damaged: it holds something else than a block") from None


def _numbers(column: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Whole numbers, all of them there."""
    if not np.issubdtype(column.dtype, np.integer) or np.ma.is_masked(column):
        raise ValueError("numbers")
    return np.ma.getdata(column).astype(np.int64)


def _codes(words: np.ndarray[Any, Any], code_of: dict[str, int]) -> np.ndarray[Any, Any]:
    distinct, places = np.unique(words.astype(str), return_inverse=True)
    return np.array([code_of[word] for word in distinct], np.int64)[places]


def _measured(name: str, table: dict[str, np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """A column as measured: whole numbers."""
    if name in IN_DAYS:
        return _numbers(table[minutes_name(name)])
    if name == "end":
        return _codes(table[name], {end.name.lower(): int(end) for end in End})
    column = table[name]
    if name not in CODES and np.issubdtype(column.dtype, np.floating):
        if np.ma.is_masked(column) or not np.all(np.abs(column) < 2**40):
            raise ValueError("shares")
        column = np.rint(np.ma.getdata(column) * 1_000_000).astype(np.int64)  # parts per million, exact far beyond
    return _numbers(column)
