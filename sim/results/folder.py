"""A results folder while it is written: block by block, so that an interruption loses at most the block under way.

    manifest.json                             what is run: documents, seed, engine, versions
    replicates/<scenario>/block-000000.parquet
    histograms/<scenario>/block-000000.parquet
    blocks.jsonl                              a line for each block that is complete, with the checksums of its files
    summary.json                              estimates, once everything is done

A file is written under another name, brought to disk and renamed; then its block is entered in the ledger. What is not
in the ledger was not done.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.batch import Block, run_blocks, run_spans
from sim.engine.workers import Workers
from sim.errors import ResultsError
from sim.outcomes.by_day import ByDay
from sim.plan.plan import Plan
from sim.reading.posterior import content_of
from sim.results.files import (
    TEMPORARY,
    append_line,
    below,
    naming,
    opened,
    read_bytes,
    read_json,
    sha256_of,
    write_bytes,
    write_text,
)
from sim.results.ledger import KEY, LEDGER, Entry, check_entries, missing_blocks, names_of_block, read_ledger
from sim.results.lock import LOCK, locked
from sim.results.manifest import (
    MANIFEST,
    Job,
    as_text,
    manifest_hash,
    manifest_of,
    read_manifest,
    refuse_change,
    table_file,
    tables_named,
)
from sim.results.tables import connect, read_block, table_columns, write_histogram, write_replicates

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SUMMARY = "summary.json"


@dataclass
class Writer:
    """An open results folder.

    Attributes
    ----------
    folder : Path
    job : Job
    entries : dict
        Blocks that are complete, by scenario and number of their first replicate.
    """

    folder: Path
    job: Job
    entries: dict[tuple[str, int], Entry]
    _connection: DuckDBPyConnection = field(repr=False)

    def blocks(self, key: str, plan: Plan, workers: Workers | None = None) -> Iterator[Block]:
        """The blocks of one scenario in order: what is complete is read, what is missing is run and written.

        Parameters
        ----------
        key : str
            Scenario or cell of the job.
        plan : Plan
            Compiled from its document.
        workers : int or Executor, optional
            As in `run_blocks`; the files do not depend on it.

        Yields
        ------
        Block
            One for each file, on disk before it is handed out.

        Raises
        ------
        ResultsError
            If a file cannot be written, or a stored block is not what running it again gives.
        """
        size, end = self.job.block_size, self.job.n_replicates
        spans = [(first, min(size, end - first)) for first in range(0, end, size)]
        missing = [span for span in spans if not self._is_sound(key, span[0])]
        with contextlib.closing(self._run(plan, missing, workers)) as runs:
            for span in spans:
                entry = self.entries.get((key, span[0]))
                if entry is not None and span not in missing:
                    yield self._stored(entry, plan)
                    continue
                block = next(runs)
                self._write(key, plan, block, entry)
                yield block

    def _is_sound(self, key: str, first: int) -> bool:
        """Whether a block is complete and undamaged."""
        entry = self.entries.get((key, first))
        return entry is not None and not entry.problems(self.folder)

    def _run(
        self, plan: Plan, spans: Sequence[tuple[int, int]], workers: Workers | None
    ) -> Generator[Block, None, None]:
        """One block for each span; an executor has several files under way, else all workers share one."""
        seed, engine = self.job.seed, self.job.engine
        if isinstance(workers, Executor):
            yield from run_spans(plan, seed, spans, engine=engine, workers=workers)
            return
        for first, count in spans:
            runs = run_blocks(plan, seed, count, first=first, engine=engine, workers=workers)
            yield _joined(list(runs), plan)

    def _stored(self, entry: Entry, plan: Plan) -> Block:
        return stored_block(self._connection, self.folder, entry, plan)

    def _write(self, key: str, plan: Plan, block: Block, before: Entry | None) -> None:
        """Write a block's files, then enter it; a damaged or missing block is made again as it was."""
        names = names_of_block(key, block.first // self.job.block_size)
        write_replicates(self._connection, below(self.folder, names[0]), plan, block, key)
        write_histogram(self._connection, below(self.folder, names[1]), plan, block, key)
        entry = Entry(key, block.first, len(block.outcomes), {name: sha256_of(self.folder / name) for name in names})
        if before is None:
            append_line(self.folder / LEDGER, entry.as_line())
        elif before != entry:
            raise ResultsError(
                f"{self.folder / names[0]}: made again, it differs from what {LEDGER} says; was it edited?"
            )
        self.entries[key, block.first] = entry

    def finish(self, summary: Mapping[str, Any], *, keeps_replicates: bool = True) -> None:
        """Write the summary, which also says that nothing is missing.

        Parameters
        ----------
        summary : mapping
            Estimates and ends, as the command prints them; plain data.
        keeps_replicates : bool, optional
            Whether the replicates stay; where the caller drops them, with their ledger, the summary stands alone.
        """
        ledger = sha256_of(self.folder / LEDGER) if keeps_replicates else None
        content = {"blocks": len(self.entries), **summary, "ledger_sha256": ledger}
        sealed = content | {"sha256": manifest_hash(content)}
        write_text(self.folder / SUMMARY, as_text(sealed))


def stored_block(connection: DuckDBPyConnection, folder: Path, entry: Entry, plan: Plan) -> Block:
    """The block that an entry names, from files that have their checksums.

    Raises
    ------
    ResultsError
        If a file is missing or damaged, or holds something else than these replicates of this scenario.
    """
    replicates, histogram = entry.sound_files(folder)
    return read_block(connection, replicates, histogram, plan, (entry.scenario, entry.first, entry.count))


def _joined(blocks: list[Block], plan: Plan) -> Block:
    histogram = ByDay.of(plan).empty()
    for block in blocks:
        histogram += block.histogram
    return Block(blocks[0].first, np.concatenate([block.outcomes for block in blocks]), histogram)


# ---------------------------------------------------------------- opening


@contextlib.contextmanager
def open_folder(folder: Path, job: Job, plan: Plan, *, resume: bool = False) -> Iterator[Writer]:
    """A results folder to write to, begun anew or continued.

    Parameters
    ----------
    folder : Path
        Made if need be; without `resume` it must hold nothing.
    job : Job
    plan : Plan
        Of any scenario of the job: it names the columns.
    resume : bool, optional
        Continue what an interruption left; begins anew where nothing was begun.

    Yields
    ------
    Writer

    Raises
    ------
    ResultsError
        If the folder cannot be written or another process writes there; if it holds something, and `resume` is not
        asked for; if it was begun with another document, seed, size or version, with what differs.
    """
    folder = Path(folder)
    if not str(folder).isprintable() and any("\udc80" <= letter <= "\udcff" for letter in str(folder)):
        raise ResultsError(f"{str(folder)!a}: the name of a results folder must be UTF-8, as it stands in files")
    with naming(folder, "cannot be written"):
        folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        wanted = manifest_of(job, table_columns(plan))
        _begin(folder, wanted, resume)
        entries = {(entry.scenario, entry.first): entry for entry in _continued(folder, wanted)}
        connection = connect()
        try:
            yield Writer(folder, job, entries, connection)
        finally:
            connection.close()


def _begin(folder: Path, wanted: dict[str, Any], resume: bool) -> None:
    """Write the manifest, or check that the one that is there says the same."""
    for key in wanted["documents"]:
        if not KEY.fullmatch(key):
            raise ResultsError(f"{folder}: {key!r} cannot name a folder; use letters, digits, '.', '_', '-' and '/'")
    place = folder / MANIFEST
    if os.path.lexists(place):
        stored = read_manifest(folder)
        if not resume:
            raise ResultsError(f"{folder}: holds results already; continue them with --resume, or name another folder")
        refuse_change(stored, wanted, place)
        _write_tables(folder, wanted)
        return
    with naming(folder, "cannot be read"):
        others = sorted(path.name for path in folder.iterdir() if not path.name.endswith(TEMPORARY))
    if others != [LOCK]:
        found = next(name for name in others if name != LOCK)
        raise ResultsError(f"{folder}: holds {found} but no {MANIFEST}; name an empty folder")
    write_text(place, as_text(wanted))
    _write_tables(folder, wanted)


def _write_tables(folder: Path, manifest: Mapping[str, Any]) -> None:
    """A copy of each table of draws that a document names, under its checksum; a sound one is left as it is."""
    for sha256 in tables_named(manifest):
        path = below(folder, table_file(sha256))
        if os.path.lexists(path) and sha256_of(path) == sha256:
            continue
        with naming(path, "cannot be written"):
            path.parent.mkdir(exist_ok=True)
        write_bytes(path, content_of(sha256))


def _table_problems(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Copies of tables that are missing or not the ones that documents name."""
    problems = []
    for sha256 in tables_named(manifest):
        path = folder / table_file(sha256)
        try:
            is_whole = os.path.lexists(path) and sha256_of(path) == sha256
        except ResultsError as error:
            problems.append(str(error))
            continue
        if not is_whole:
            problems.append(f"{path}: missing or damaged: not the checksum that {MANIFEST} names")
    return problems


def _continued(folder: Path, manifest: Mapping[str, Any]) -> list[Entry]:
    """The entries of the ledger, after what an interruption left half done has been cleared away."""
    ledger = folder / LEDGER
    entries, size = read_ledger(folder)
    check_entries(entries, manifest, ledger)
    for place, _, names in os.walk(folder):  # never into a folder that is a link
        for path in (Path(place, name) for name in names if name.endswith(TEMPORARY)):
            with naming(path, "cannot be removed"):
                path.unlink(missing_ok=True)
    if os.path.lexists(ledger) and ledger.stat().st_size > size:
        with opened(ledger, "rb+") as stream:
            stream.truncate(size)
    return entries


# ---------------------------------------------------------------- checking


def read_folder(folder: Path) -> tuple[dict[str, Any], list[Entry], dict[str, Any] | None]:
    """Manifest, ledger and summary of a folder, as they were written and fitting one another.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    manifest : dict
    entries : list of Entry
    summary : dict or None
        None where the folder is not finished.

    Raises
    ------
    ResultsError
        If one is damaged, edited or a link, or they are of different folders.
    """
    manifest = read_manifest(folder)
    entries, _ = read_ledger(folder)
    check_entries(entries, manifest, folder / LEDGER)
    if not os.path.lexists(folder / SUMMARY):
        return manifest, entries, None
    summary = _read_summary(folder)
    _check_ledger(folder, manifest, entries, summary)
    return manifest, entries, summary


def _read_summary(folder: Path) -> dict[str, Any]:
    place = folder / SUMMARY
    summary = read_json(place)
    is_sealed = isinstance(summary, dict) and summary.get("sha256") == manifest_hash(summary)
    if not is_sealed or read_bytes(place) != as_text(summary).encode():
        raise ResultsError(f"{place}: edited or damaged: not the checksum that it names; --resume makes it again")
    return dict(summary)


def _check_ledger(
    folder: Path, manifest: Mapping[str, Any], entries: Sequence[Entry], summary: Mapping[str, Any]
) -> None:
    """Refuse a ledger that is not the one that the summary was written beside; studies drop theirs."""
    ledger, named = folder / LEDGER, summary.get("ledger_sha256")
    if named is None and manifest["kind"] == "study" and not os.path.lexists(ledger):
        return
    if not os.path.lexists(ledger):
        raise ResultsError(f"{ledger}: missing; --resume makes its blocks again")
    if named != sha256_of(ledger):
        raise ResultsError(f"{ledger}: edited or damaged: not the checksum that {SUMMARY} names")
    if missing := missing_blocks(entries, manifest):
        raise ResultsError(f"{ledger}: damaged: {missing} are entered, though {SUMMARY} says that all is done")


def verify(folder: str | Path) -> list[str]:
    """What is wrong with a results folder: missing, damaged or edited files; empty if nothing is.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    list of str
        One line for each problem, with the file's name.
    """
    folder = Path(folder)
    try:
        manifest = read_manifest(folder)
        entries, _ = read_ledger(folder)
        check_entries(entries, manifest, folder / LEDGER)
    except ResultsError as error:
        return [str(error)]
    problems = [problem for entry in entries for problem in entry.problems(folder)]
    problems += _table_problems(folder, manifest)
    if not os.path.lexists(folder / SUMMARY):
        return [*problems, f"{folder}: not finished; continue with --resume"]
    try:
        _check_ledger(folder, manifest, entries, _read_summary(folder))
    except ResultsError as error:
        problems.append(str(error))
    return problems
