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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.batch import Block, run_blocks
from sim.errors import ResultsError
from sim.outcomes import Curves
from sim.plan.compile import Plan
from sim.results.files import LOCK, TEMPORARY, append_line, locked, naming, read_json, sha256_of, write_text
from sim.results.manifest import MANIFEST, Job, check_manifest, manifest_of, refuse_change
from sim.results.tables import connect, read_block, table_columns, write_histogram, write_replicates

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LEDGER = "blocks.jsonl"
SUMMARY = "summary.json"
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")


@dataclass(frozen=True)
class Entry:
    """One line of the ledger: a block of one scenario, and the checksums of its files."""

    scenario: str
    first: int
    count: int
    files: Mapping[str, str]

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

    def blocks(self, key: str, plan: Plan, workers: int | None = None) -> Iterator[Block]:
        """The blocks of one scenario in order: what is complete is read, what is missing is run and written.

        Parameters
        ----------
        key : str
            Scenario or cell of the job.
        plan : Plan
            Compiled from its document.
        workers : int, optional
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
        for first in range(0, end, size):
            entry = self.entries.get((key, first))
            if entry is not None and not _problems(self.folder, entry):
                yield self._stored(entry, plan)
                continue
            # run file by file: how `run_blocks` splits the work depends on the number of workers
            count = min(size, end - first)
            runs = run_blocks(plan, self.job.seed, count, first=first, engine=self.job.engine, workers=workers)
            block = _joined(list(runs), plan)
            self._write(key, plan, block, entry)
            yield block

    def _stored(self, entry: Entry, plan: Plan) -> Block:
        replicates, histogram = (self.folder / name for name in entry.files)
        block = read_block(self._connection, replicates, histogram, plan)
        if block.first != entry.first or len(block.outcomes) != entry.count:
            raise ResultsError(f"{replicates}: does not hold the replicates that {LEDGER} says")
        return block

    def _write(self, key: str, plan: Plan, block: Block, before: Entry | None) -> None:
        """Write a block's files, then enter it; a damaged or missing block is made again as it was."""
        number = block.first // self.job.block_size
        names = [f"{table}/{key}/block-{number:06d}.parquet" for table in ("replicates", "histograms")]
        write_replicates(self._connection, self.folder / names[0], plan, block, key)
        write_histogram(self._connection, self.folder / names[1], plan, block, key)
        entry = Entry(key, block.first, len(block.outcomes), {name: sha256_of(self.folder / name) for name in names})
        if before is None:
            append_line(self.folder / LEDGER, entry.as_line())
        elif before != entry:
            raise ResultsError(
                f"{self.folder / names[0]}: made again, it differs from what {LEDGER} says; was it edited?"
            )
        self.entries[key, block.first] = entry

    def finish(self, summary: Mapping[str, Any]) -> None:
        """Write the summary, which also says that nothing is missing.

        Parameters
        ----------
        summary : mapping
            Estimates and ends, as the command prints them; plain data.
        """
        text = json.dumps({"blocks": len(self.entries), **summary}, indent=1, allow_nan=False, ensure_ascii=False)
        write_text(self.folder / SUMMARY, text + "\n")


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
    write_text(place, _in_lines(wanted))


def _in_lines(manifest: Mapping[str, Any]) -> str:
    """The manifest as JSON with a line for each entry and each document: small, yet fit for a diff."""

    def compact(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    documents = ",\n  ".join(f"{compact(key)}: {compact(value)}" for key, value in manifest["documents"].items())
    values = {key: compact(value) for key, value in manifest.items()} | {"documents": f"{{\n  {documents}\n }}"}
    return "{\n " + ",\n ".join(f"{compact(key)}: {value}" for key, value in values.items()) + "\n}\n"


def _continued(folder: Path) -> list[Entry]:
    """The entries of the ledger, after what an interruption left half done has been cleared away."""
    for path in folder.rglob(f"*{TEMPORARY}"):
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
    with naming(ledger, "cannot be read"):
        content = ledger.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    entries = []
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            entries.append(Entry(**json.loads(line)))
        except (ValueError, TypeError):
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
        check_manifest(read_json(place), place)
        entries, _ = read_ledger(folder)
    except ResultsError as error:
        return [str(error)]
    for entry in entries:
        problems += _problems(folder, entry)
    if not (folder / SUMMARY).exists():
        problems.append(f"{folder}: not finished; continue with --resume")
    return problems


def _problems(folder: Path, entry: Entry) -> list[str]:
    """What is wrong with the files of one block."""
    found = []
    for name, digest in entry.files.items():
        path = folder / name
        if not path.is_file():
            found.append(f"{path}: missing; --resume makes it again")
        elif sha256_of(path) != digest:
            found.append(f"{path}: damaged: not the checksum that {LEDGER} names; --resume makes it again")
    return found
