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
import json
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.batch import Block, run_blocks, run_spans
from sim.engine.workers import Workers
from sim.errors import ResultsError
from sim.outcomes import Curves
from sim.plan.compile import Plan
from sim.results.files import (
    LOCK,
    TEMPORARY,
    append_line,
    inside,
    locked,
    naming,
    read_bytes,
    read_json,
    sha256_of,
    write_text,
)
from sim.results.manifest import MANIFEST, Job, as_text, check_manifest, manifest_hash, manifest_of, refuse_change
from sim.results.tables import connect, read_block, table_columns, write_histogram, write_replicates

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LEDGER = "blocks.jsonl"
SUMMARY = "summary.json"
TABLES = ("replicates", "histograms")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")


@dataclass(frozen=True)
class Entry:
    """One line of the ledger: a block of one scenario, and the checksums of its files."""

    scenario: str
    first: int
    count: int
    files: Mapping[str, str]

    @classmethod
    def of(cls, data: Any) -> Entry:
        """The entry that a line of JSON says.

        Raises
        ------
        ValueError
            If it says none: two files below the folder's own tables, each with its checksum, of a scenario's
            replicates.
        """
        if not isinstance(data, dict) or set(data) != {"scenario", "first", "count", "files"}:
            raise ValueError("fields")
        scenario, first, count, files = (data[name] for name in ("scenario", "first", "count", "files"))
        if not isinstance(scenario, str) or not _KEY.fullmatch(scenario):
            raise ValueError("scenario")
        if type(first) is not int or type(count) is not int or not (0 <= first < 2**63 and 0 < count < 2**40):
            raise ValueError("replicates")
        wanted = [re.compile(rf"{table}/{re.escape(scenario)}/block-[0-9]{{6,}}\.parquet") for table in TABLES]
        if not isinstance(files, dict) or len(files) != len(wanted):
            raise ValueError("files")
        for name, digest, pattern in zip(files, files.values(), wanted, strict=True):
            if not pattern.fullmatch(name) or not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
                raise ValueError("files")
        return cls(scenario, first, count, files)

    def as_line(self) -> str:
        """The entry as one line of JSON."""
        return json.dumps({"scenario": self.scenario, "first": self.first, "count": self.count, "files": self.files})


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
        return entry is not None and not _problems(self.folder, entry)

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
        replicates, histogram = (inside(self.folder, name) for name in entry.files)
        block = read_block(self._connection, replicates, histogram, plan)
        if block.first != entry.first or len(block.outcomes) != entry.count:
            raise ResultsError(f"{replicates}: does not hold the replicates that {LEDGER} says")
        return block

    def _write(self, key: str, plan: Plan, block: Block, before: Entry | None) -> None:
        """Write a block's files, then enter it; a damaged or missing block is made again as it was."""
        number = block.first // self.job.block_size
        names = [f"{table}/{key}/block-{number:06d}.parquet" for table in TABLES]
        write_replicates(self._connection, inside(self.folder, names[0]), plan, block, key)
        write_histogram(self._connection, inside(self.folder, names[1]), plan, block, key)
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


def _joined(blocks: list[Block], plan: Plan) -> Block:
    histogram = Curves.of(plan).empty()
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
    with naming(folder, "cannot be written"):
        folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        wanted = manifest_of(job, table_columns(plan))
        _begin(folder, wanted, resume)
        entries = {(entry.scenario, entry.first): entry for entry in _continued(folder)}
        connection = connect()
        try:
            yield Writer(folder, job, entries, connection)
        finally:
            connection.close()


def _begin(folder: Path, wanted: dict[str, Any], resume: bool) -> None:
    """Write the manifest, or check that the one that is there says the same."""
    for key in wanted["documents"]:
        if not _KEY.fullmatch(key):
            raise ResultsError(f"{folder}: {key!r} cannot name a folder; use letters, digits, '.', '_', '-' and '/'")
    place = folder / MANIFEST
    if place.exists():
        stored = check_manifest(read_json(place), place)
        if not resume:
            raise ResultsError(f"{folder}: holds results already; continue them with --resume, or name another folder")
        refuse_change(stored, wanted, place)
        return
    with naming(folder, "cannot be read"):
        others = sorted(path.name for path in folder.iterdir() if not path.name.endswith(TEMPORARY))
    if others != [LOCK]:
        found = next(name for name in others if name != LOCK)
        raise ResultsError(f"{folder}: holds {found} but no {MANIFEST}; name an empty folder")
    write_text(place, as_text(wanted))


def _continued(folder: Path) -> list[Entry]:
    """The entries of the ledger, after what an interruption left half done has been cleared away."""
    for path in folder.rglob(f"*{TEMPORARY}"):
        with naming(path, "cannot be removed"):
            path.unlink(missing_ok=True)
    ledger = folder / LEDGER
    entries, size = read_ledger(folder)
    if ledger.exists() and ledger.stat().st_size > size:
        with naming(ledger, "cannot be written"), ledger.open("rb+") as stream:
            stream.truncate(size)
    return entries


def read_ledger(folder: Path) -> tuple[list[Entry], int]:
    """The entries of a folder's ledger, and the bytes that they take; a last line cut short is left out.

    Raises
    ------
    ResultsError
        If a whole line cannot be read.
    """
    ledger = folder / LEDGER
    if not ledger.exists():
        return [], 0
    content = read_bytes(ledger)
    whole = content[: content.rfind(b"\n") + 1]
    entries = []
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            entries.append(Entry.of(json.loads(line)))
        except (ValueError, RecursionError):
            raise ResultsError(f"{ledger}:{number}: damaged: this is no entry of a ledger") from None
    return entries, len(whole)


# ---------------------------------------------------------------- checking


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
    problems = []
    place = folder / MANIFEST
    try:
        if read_bytes(place) != as_text(check_manifest(read_json(place), place)).encode():
            return [f"{place}: edited or damaged: not as it was written"]
        entries, _ = read_ledger(folder)
    except ResultsError as error:
        return [str(error)]
    for entry in entries:
        try:
            problems += _problems(folder, entry)
        except ResultsError as error:
            problems.append(str(error))
    if not (folder / SUMMARY).exists():
        return [*problems, f"{folder}: not finished; continue with --resume"]
    return problems + _problems_of_summary(folder)


def _problems_of_summary(folder: Path) -> list[str]:
    """What is wrong with the summary, and with the ledger that it was written beside."""
    place = folder / SUMMARY
    try:
        summary = read_json(place)
        is_sealed = isinstance(summary, dict) and summary.get("sha256") == manifest_hash(summary)
        if not is_sealed or read_bytes(place) != as_text(summary).encode():
            return [f"{place}: edited or damaged: not the checksum that it names; --resume makes it again"]
        ledger = summary.get("ledger_sha256")
        if ledger is None and not (folder / LEDGER).exists():
            return []
        if ledger != sha256_of(folder / LEDGER):
            return [f"{folder / LEDGER}: edited or damaged: not the checksum that {SUMMARY} names"]
    except ResultsError as error:
        return [str(error)]
    return []


def _problems(folder: Path, entry: Entry) -> list[str]:
    """What is wrong with the files of one block."""
    found = []
    for name, digest in entry.files.items():
        path = inside(folder, name)
        if not path.is_file():
            found.append(f"{path}: missing; --resume makes it again")
        elif sha256_of(path) != digest:
            found.append(f"{path}: damaged: not the checksum that {LEDGER} names; --resume makes it again")
    return found
