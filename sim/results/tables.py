"""Blocks of replicates as Parquet files and back, exactly. DuckDB writes and reads them, and is imported late."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.document.measured import CODES, HELD_BACK
from sim.engine.batch import Block
from sim.errors import ResultsError
from sim.outcomes.by_day import ByDay
from sim.outcomes.columns import REACHED, VIOLATED, columns, published, root_cause
from sim.plan.codes import End
from sim.plan.plan import Plan
from sim.results.files import naming, written_aside

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

PARQUET = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, PARQUET_VERSION v1, USE_TMP_FILE false"
IN_DAYS = ("captive_days", "truce_days", "dispute_days", "pre_truce_days", "prisoner_captive_days")
TEXTS = ("scenario", "end", "root_cause")
HISTOGRAM = ("curve", "day", "released", "change")
LARGEST = 1 << 47
"""Nothing that is measured or counted comes near it, and sums are exact below it."""
_LATEST = 1 << 19
"""Days and codes lie below it (`sim.statistics.accumulate`)."""
UNITS = {
    "scenario": "key of the scenario or cell in the manifest",
    "replicate": "number, from 0",
    "captive_days": "person-days",
    "prisoner_captive_days": "person-days",
    "truce_days": "days",
    "dispute_days": "days",
    "pre_truce_days": "days",
    "captive_minutes": "person-minutes, exact",
    "prisoner_captive_minutes": "person-minutes, exact",
    "truce_at_end": "1 if it holds, 0 if not",
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
    """'truce_minutes' for 'truce_days', 'held_back_minutes_LEG' for 'held_back_days_LEG'."""
    return name.replace("days", "minutes", 1)


def is_in_days(name: str) -> bool:
    """Whether a column is a time in days, beside which its exact minutes stand."""
    return name in IN_DAYS or name.startswith(HELD_BACK)


def table_columns(plan: Plan) -> dict[str, str]:
    """The columns of a plan's table of replicates, in order, each with its unit."""
    names = ["scenario", "replicate"]
    for name in columns(plan):
        names.append(name)
        if is_in_days(name):
            names.append(minutes_name(name))
        if name == "end":
            names.append("root_cause")
    return {name: UNITS.get(name) or _unit(name) for name in names}


def _unit(name: str) -> str:
    if name.startswith(VIOLATED):
        return "minute of the first violation, -1 where the guarantee is kept"
    if name.startswith(REACHED):
        return "minute in which the milestone first came about, -1 where it never did"
    if name.startswith(HELD_BACK):
        return "days"
    if name.startswith(minutes_name(HELD_BACK)):
        return "minutes, exact"
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
    days_of = {minutes_name(name): name for name in raw if is_in_days(name)}
    for name in table_columns(plan):
        if name == "scenario":
            table[name] = np.full(n_rows, scenario, object)
        elif name == "replicate":
            table[name] = np.arange(block.first, block.first + n_rows)
        elif name == "end":
            table[name] = _words(raw["end"], lambda code: End(code).name.lower())
        elif name == "root_cause":
            table[name] = _root_causes(plan, raw["root_event"], raw["root_subject"])
        elif name in days_of:
            table[name] = raw[days_of[name]]
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

    The number of replicates with `released` people of a list out by the end of `day` is the sum of `change` up to that
    day; so is, where `curve` names an obligation, the number in which it is met by then (`released` is 1).
    """
    by_day = ByDay.of(plan)
    places = np.flatnonzero(block.histogram)
    curve, day, released = by_day.read(places)
    table = {
        "scenario": np.full(len(places), scenario, object),
        "curve": np.array(by_day.names, object)[curve],
        "day": day,
        "released": released,
        "change": block.histogram[places],
    }
    _write(connection, path, table)


def _write(connection: DuckDBPyConnection, path: Path, table: dict[str, np.ndarray[Any, Any]]) -> None:
    import duckdb

    with naming(path.parent, "cannot be written"):
        path.parent.mkdir(parents=True, exist_ok=True)
    connection.register("block", table)
    try:
        with written_aside(path) as temporary:
            connection.execute(f"COPY (SELECT * FROM block) TO '{quoted(temporary)}' ({PARQUET})")
    except duckdb.Error as error:
        raise ResultsError(f"{path}: cannot be written: {first_line(error)}") from None
    finally:
        connection.unregister("block")


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


def check_columns(types: Mapping[str, Any], wanted: Mapping[str, Any], path: Path) -> None:
    """See that a table has every column that a manifest names, and that each is of its type.

    Raises
    ------
    ResultsError
        If a column is missing or of another type.
    """
    for name in wanted:
        if name not in types:
            raise ResultsError(f"{path}: lacks the column {name}, which the manifest names")
    for name, kind in types.items():
        if str(kind) not in (("VARCHAR",) if name in TEXTS else ("BIGINT", "DOUBLE")):
            raise ResultsError(f"{path}: damaged: column {name} is of type {kind}")


Replicates = tuple[str, int, int]
"""A scenario, the number of its first replicate, and how many there are."""


def read_block(
    connection: DuckDBPyConnection, replicates: Path, histogram: Path, plan: Plan, wanted: Replicates
) -> Block:
    """The block that was written to two files, exactly as it was measured.

    Parameters
    ----------
    connection : DuckDBPyConnection
    replicates, histogram : Path
    plan : Plan
    wanted : tuple of (str, int, int)
        Scenario, first replicate and number of replicates that the files must hold.

    Raises
    ------
    ResultsError
        If a file is missing or damaged, is a table of another deal, or holds other replicates.
    """
    scenario, first, count = wanted
    table = read_columns(connection, replicates)
    if set(table) != set(table_columns(plan)):
        raise ResultsError(f"{replicates}: its columns are not those of {plan.scenario.scenario}")
    if len(table["replicate"]) != count:
        raise ResultsError(f"{replicates}: does not hold the replicates that the ledger says")
    with _whole(replicates):
        block = Block(first, np.stack([_measured(name, table) for name in columns(plan)], axis=1), np.empty(0))
        _refuse_others(table, as_columns(plan, block, scenario))
    changes = read_columns(connection, histogram)
    with _whole(histogram):
        _refuse_others(changes, {"scenario": np.full(len(changes["scenario"]), scenario, object)}, only=HISTOGRAM)
        flat = _histogram(ByDay.of(plan), changes, count, plan.unmeasured)
    return Block(first, block.outcomes, flat)


def _refuse_others(
    table: Mapping[str, np.ndarray[Any, Any]], wanted: Mapping[str, np.ndarray[Any, Any]], only: Sequence[str] = ()
) -> None:
    """Refuse a table that is not, value by value, what would be written; `only` names columns that it has besides."""
    if set(table) != {*wanted, *only}:
        raise ValueError("columns")
    for name, values in wanted.items():
        found = table[name]
        if np.ma.is_masked(found) or not np.array_equal(np.ma.getdata(found), values):
            raise ValueError(name)


def _histogram(
    by_day: ByDay, changes: dict[str, np.ndarray[Any, Any]], count: int, unmeasured: frozenset[str]
) -> np.ndarray[Any, Any]:
    """The histogram from its changes.

    On each day every replicate is counted once in each list that was measured, with as many as had come out; each
    obligation is met once in a replicate, or never.
    """
    flat = by_day.empty()
    codes = {name: place for place, name in enumerate(by_day.names) if name not in unmeasured}
    places = by_day.places(
        _codes(changes["curve"], codes), _numbers(changes["day"]), _numbers(changes["released"])
    )  # fmt: skip
    if np.any(np.diff(places) <= 0):
        raise ValueError("order")
    flat[places] = _numbers(changes["change"])
    for place, name in enumerate(by_day.lists):
        released = by_day.released(flat, place)
        if name not in unmeasured and (released.min() < 0 or np.any(released.sum(axis=1) != count)):
            raise ValueError("counts")
    met = by_day.met(flat)
    if met.size and (met.min() < 0 or met.sum(axis=1).max() > count):
        raise ValueError("counts")
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
    numbers = np.ma.getdata(column).astype(np.int64)
    if numbers.size and max(int(numbers.max()), -int(numbers.min())) >= LARGEST:
        raise ValueError("size")
    return numbers


def _codes(words: np.ndarray[Any, Any], code_of: dict[str, int]) -> np.ndarray[Any, Any]:
    distinct, places = np.unique(words.astype(str), return_inverse=True)
    return np.array([code_of[word] for word in distinct], np.int64)[places]


def _measured(name: str, table: dict[str, np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """A column as measured: whole numbers."""
    if is_in_days(name):
        return _numbers(table[minutes_name(name)])
    if name in ("end_day", "root_event", "root_subject") and np.any(np.abs(_numbers(table[name])) >= _LATEST):
        raise ValueError(name)
    if name == "end":
        return _codes(table[name], {end.name.lower(): int(end) for end in End})
    column = table[name]
    if name not in CODES and np.issubdtype(column.dtype, np.floating):
        if np.ma.is_masked(column) or not np.all(np.abs(column) < 2**40):
            raise ValueError("shares")
        column = np.rint(np.ma.getdata(column) * 1_000_000).astype(np.int64)  # parts per million, exact far beyond
    return _numbers(column)
