"""A results folder as it is read: tables through DuckDB, histograms, estimates, and the documents they follow from."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.document.scenario import ResolvedScenario
from sim.errors import ResultsError
from sim.outcomes.asked import asking
from sim.outcomes.by_day import MET, ByDay
from sim.outcomes.columns import columns
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.plan.ranked import Ranking, drawn_by
from sim.results.folder import SUMMARY, read_folder, stored_block
from sim.results.ledger import Entry
from sim.results.manifest import BY_DAY, MANIFEST, document_of, is_of_this_version
from sim.results.shape import check_comparison, check_sweep
from sim.results.summary import accumulator_of, summary_of
from sim.results.tables import check_columns, connect, first_line, pattern_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

_ONCE_BY_DAY = {"hostages_living", "hostages_deceased", "prisoners"}
"""What was counted by day before manifests said what is."""


def ranking_in(manifest: Mapping[str, Any]) -> Ranking | None:
    """The draws that were Sobol numbers in a folder's replicates; None where all were independent."""
    draws = manifest["extra"].get("draws")
    return None if draws is None else Ranking.from_json(draws)


def unmeasured(plan: Plan, manifest: Mapping[str, Any]) -> frozenset[str]:
    """Outcomes and what is counted by day that the version which made a folder did not have.

    Parameters
    ----------
    plan : Plan
        Of one of its documents.
    manifest : mapping
    """
    rows = () if is_of_this_version(manifest) else columns(plan)
    by_day = () if BY_DAY in manifest else ByDay.of(plan).names
    return frozenset(rows) - set(manifest["columns"]) | frozenset(by_day) - _ONCE_BY_DAY


@dataclass(frozen=True)
class Results:
    """What a folder holds.

    Attributes
    ----------
    folder : Path
        Where it is.
    manifest : dict
        Documents, seed, engine, versions, columns with their units.
    entries : tuple of Entry
        The blocks that are complete.
    """

    folder: Path
    manifest: dict[str, Any]
    entries: tuple[Entry, ...]
    _summary: dict[str, Any] | None = field(default=None, repr=False, compare=False)
    _plans: dict[str, Plan] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def _connection(self) -> DuckDBPyConnection:
        return connect()

    @property
    def scenarios(self) -> list[str]:
        """Keys of the scenarios or cells, in order."""
        return list(self.manifest["documents"])

    @property
    def is_complete(self) -> bool:
        """Whether everything that the folder was begun for is done."""
        return self._summary is not None

    def document(self, scenario: str | None = None) -> ResolvedScenario:
        """The resolved document of one scenario or cell.

        Parameters
        ----------
        scenario : str, optional
            Scenario or cell; by default the first.

        Returns
        -------
        ResolvedScenario
            As it was run.

        Raises
        ------
        ResultsError
            If there is no such scenario, or its document is damaged.
        """
        return document_of(self.manifest, scenario or self.scenarios[0], self.folder / MANIFEST)

    def plan(self, scenario: str | None = None) -> Plan:
        """The plan of one scenario or cell.

        Parameters
        ----------
        scenario : str, optional
            Scenario or cell; by default the first.

        Returns
        -------
        Plan
            The document as the engine reads it, without the outcomes that an older version did not measure.

        Raises
        ------
        ResultsError
            If there is no such scenario, or its document is damaged.
        """
        key = scenario or self.scenarios[0]
        if key not in self._plans:
            self._plans.clear()  # a sweep may have thousands
            plan = asking(compile_plan(self.document(key)), self.manifest["columns"])
            plan = drawn_by(plan, ranking_in(self.manifest))
            self._plans[key] = replace(plan, unmeasured=unmeasured(plan, self.manifest))
        return self._plans[key]

    def table(self) -> DuckDBPyRelation:
        """The replicates of all scenarios, one row each, in published units.

        Returns
        -------
        DuckDBPyRelation
            Lazy. `scenario` and `replicate` come first; for a sweep, each axis is a column named by its path; units are
            in `manifest['columns']`.

        Raises
        ------
        ResultsError
            If a file is missing or damaged, or nothing has been run.
        """
        import duckdb

        if not self.entries:
            raise ResultsError(f"{self.folder}: no block of replicates is complete yet")
        files = [entry.sound_files(self.folder)[0] for entry in self.entries]
        listed = ", ".join(f"'{pattern_of(file)}'" for file in files)
        try:
            rows = self._connection.sql(
                f"SELECT * FROM read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"
            )
            check_columns(dict(zip(rows.columns, rows.types, strict=True)), self.manifest["columns"], files[0])
            return self._with_axes(rows)
        except duckdb.Error as error:
            raise ResultsError(f"{self.folder}: a table is damaged: {first_line(error)}") from None

    def _with_axes(self, rows: DuckDBPyRelation) -> DuckDBPyRelation:
        """The rows with the values of a sweep's axes beside them."""
        cells: dict[str, dict[str, Any]] = self.manifest["extra"].get("cells", {})
        if not cells:
            return rows
        axes = list(next(iter(cells.values())))
        table: dict[str, np.ndarray[Any, Any]] = {"scenario": np.array(list(cells), object)}
        for axis in axes:
            values = [cell[axis] for cell in cells.values()]
            table[axis] = np.array(values, object if any(isinstance(value, str) for value in values) else float)
        self._connection.register("cells", table)
        names = ", ".join('"' + axis.replace('"', '""') + '"' for axis in axes)
        joined: DuckDBPyRelation = self._connection.sql(
            f"SELECT rows.*, {names} FROM rows JOIN cells USING (scenario)", alias="replicates"
        )
        return joined

    def to_pandas(self) -> Any:
        """The table as a pandas data frame.

        Returns
        -------
        pandas.DataFrame
            One row for each replicate, in published units; as `table`.

        Raises
        ------
        ResultsError
            If pandas is not installed; and as `table`.
        """
        return self._converted("pandas", lambda table: table.df())

    def to_polars(self) -> Any:
        """The table as a Polars data frame.

        Returns
        -------
        polars.DataFrame
            One row for each replicate, in published units; as `table`.

        Raises
        ------
        ResultsError
            If Polars or PyArrow is not installed; and as `table`.
        """
        return self._converted("polars and pyarrow", lambda table: table.pl())

    def to_xarray(self) -> Any:
        """The table as an xarray data set.

        Returns
        -------
        xarray.Dataset
            Dimensions scenario and replicate; a variable for each outcome, in published units.

        Raises
        ------
        ResultsError
            If xarray or pandas is not installed; and as `table`.
        """
        from importlib.util import find_spec

        if find_spec("xarray") is None:
            raise ResultsError("needs xarray, not installed here")
        return self.to_pandas().set_index(["scenario", "replicate"]).to_xarray()

    def _converted(self, package: str, convert: Any) -> Any:
        import duckdb

        table = self.table()
        try:
            return convert(table)
        except (ImportError, duckdb.InvalidInputException) as error:
            raise ResultsError(f"needs {package}, not installed here: {first_line(error)}") from None
        except duckdb.Error as error:
            raise ResultsError(f"{self.folder}: a table is damaged: {first_line(error)}") from None

    def blocks(self, scenario: str) -> Iterator[Any]:
        """The blocks of one scenario in order, exactly as they were measured.

        Parameters
        ----------
        scenario : str
            Scenario or cell.

        Yields
        ------
        Block
            Number of its first replicate, outcome rows (times in minutes) and histogram by day.

        Raises
        ------
        ResultsError
            If there is no such scenario, or a file is missing or damaged.
        """
        plan = self.plan(scenario)
        for entry in self.entries:
            if entry.scenario == scenario:
                yield stored_block(self._connection, self.folder, entry, plan)

    def histograms(self, scenario: str | None = None) -> dict[str, np.ndarray[Any, Any]]:
        """Replicates by day and cumulative releases, for each list of people.

        Parameters
        ----------
        scenario : str, optional
            Scenario or cell; by default the first.

        Returns
        -------
        dict of str to ndarray of int64, shape (n_days + 1, largest count + 1)
            Element (day, count): replicates with so many released by the end of that day. Exact. Without lists that
            an older version did not count by day.

        Raises
        ------
        ResultsError
            If there is no such scenario, or a file is missing or damaged.
        """
        key = scenario or self.scenarios[0]
        by_day, total = self._added_up(key)
        left_out = self.plan(key).unmeasured
        return {
            name: by_day.released(total, place) for place, name in enumerate(by_day.lists) if name not in left_out
        }  # fmt: skip

    def met_by_day(self, scenario: str | None = None) -> dict[str, np.ndarray[Any, Any]]:
        """Replicates by the day on which they met an obligation, for each obligation.

        Parameters
        ----------
        scenario : str, optional
            Scenario or cell; by default the first.

        Returns
        -------
        dict of str to ndarray of int64, shape (n_days + 1,)
            A return owed for each release is named `return.release`, once for each. Replicates that never met it are
            in none of the numbers. Empty where an older version made the folder, which did not count this.

        Raises
        ------
        ResultsError
            If there is no such scenario, or a file is missing or damaged.
        """
        key = scenario or self.scenarios[0]
        by_day, total = self._added_up(key)
        left_out = self.plan(key).unmeasured
        met = zip(by_day.obligations, by_day.met(total), strict=True)
        return {name: days for name, days in met if f"{MET}{name}" not in left_out}

    def _added_up(self, key: str) -> tuple[ByDay, np.ndarray[Any, Any]]:
        """The histogram of all blocks of one scenario, and its layout."""
        by_day = ByDay.of(self.plan(key))
        total = by_day.empty()
        for block in self.blocks(key):
            total += block.histogram
        return by_day, total

    @cached_property
    def estimates(self) -> dict[str, Any]:
        """For each scenario or cell: `n`, `estimates` by outcome with intervals, and `ends`; from the tables.

        Raises
        ------
        ResultsError
            If a file is missing or damaged.
        """
        result = {}
        for key in dict.fromkeys(entry.scenario for entry in self.entries):
            accumulator = accumulator_of(self.plan(key))
            for block in self.blocks(key):
                accumulator.add(block.outcomes, block.histogram, block.first)
            result[key] = summary_of(accumulator)
        return result

    @property
    def summary(self) -> dict[str, Any]:
        """What the command printed when it was done.

        Raises
        ------
        ResultsError
            If it is not done.
        """
        if self._summary is None:
            raise ResultsError(f"{self.folder}: not finished; continue with --resume")
        return self._summary

    @cached_property
    def comparison(self) -> dict[str, Any]:
        """The summary of a comparison, each part of which is there.

        Raises
        ------
        ResultsError
            If it is not done, or the summary is not that of this comparison.
        """
        check_comparison(self.summary, self.manifest, self.folder / SUMMARY)
        return self.summary

    @cached_property
    def sweep(self) -> dict[str, Any]:
        """The summary of a sweep, with every cell, axis and outcome of its manifest.

        Raises
        ------
        ResultsError
            If it is not done, or the summary is not that of this sweep.
        """
        if "design" not in self.manifest["extra"]:
            raise ResultsError(f"{self.folder}: holds no sweep")
        check_sweep(self.summary, self.manifest, self.folder / SUMMARY)
        return self.summary


def load(folder: str | Path) -> Results:
    """The results in a folder, finished or not.

    Parameters
    ----------
    folder : str or Path
        As given to `--out`.

    Returns
    -------
    Results
        Tables, documents and estimates of what is complete.

    Raises
    ------
    ResultsError
        If there is no manifest, or manifest, ledger or summary was edited or damaged, or is of another version.
    """
    folder = Path(folder)
    place = folder / MANIFEST
    if not os.path.lexists(place):
        raise ResultsError(f"{place}: missing: {folder} holds no results")
    manifest, entries, summary = read_folder(folder)
    return Results(folder, manifest, tuple(entries), summary)
