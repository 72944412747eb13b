"""The ledger of a results folder: a line for each block that is complete, with the checksums of its files."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import ResultsError
from sim.results.files import inside, read_bytes, sha256_of

LEDGER = "blocks.jsonl"
TABLES = ("replicates", "histograms")
_DIGEST = re.compile(r"[0-9a-f]{64}")
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
"""What may name a scenario or cell, and so a folder of tables."""


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
        if not isinstance(scenario, str) or not KEY.fullmatch(scenario):
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

    def problems(self, folder: Path) -> list[str]:
        """What is wrong with the files of this block."""
        found = []
        for name, digest in self.files.items():
            try:
                path = inside(folder, name)
                if not path.is_file():
                    found.append(f"{path}: missing; --resume makes it again")
                elif sha256_of(path) != digest:
                    found.append(f"{path}: damaged: not the checksum that {LEDGER} names; --resume makes it again")
            except ResultsError as error:
                found.append(str(error))
        return found

    def sound_files(self, folder: Path) -> list[Path]:
        """The block's two files, which have the checksums that the ledger names.

        Raises
        ------
        ResultsError
            If one is missing, damaged or a link.
        """
        for problem in self.problems(folder):
            raise ResultsError(problem)
        return [inside(folder, name) for name in self.files]


def names_of_block(scenario: str, number: int) -> list[str]:
    """The files of one block below the folder."""
    return [f"{table}/{scenario}/block-{number:06d}.parquet" for table in TABLES]


def read_ledger(folder: Path) -> tuple[list[Entry], int]:
    """The entries of a folder's ledger, and the bytes that they take; a last line cut short is left out.

    Raises
    ------
    ResultsError
        If a whole line cannot be read or is not as it was written.
    """
    ledger = folder / LEDGER
    if not os.path.lexists(ledger):
        return [], 0
    content = read_bytes(ledger)
    whole = content[: content.rfind(b"\n") + 1]
    entries = []
    for number, line in enumerate(whole.split(b"\n")[:-1], 1):
        try:
            entry = Entry.of(json.loads(line))
            if entry.as_line().encode() != line:
                raise ValueError("form")
        except (ValueError, RecursionError):
            raise ResultsError(f"{ledger}:{number}: damaged: this is no entry of a ledger") from None
        entries.append(entry)
    return entries, len(whole)


def check_entries(entries: Sequence[Entry], manifest: Mapping[str, Any], ledger: Path) -> None:
    """Refuse entries that are not of the manifest's blocks, or of one twice.

    Raises
    ------
    ResultsError
        With the line.
    """
    size, end = manifest["block_size"], manifest["n_replicates"]
    seen: set[tuple[str, int]] = set()
    for line, entry in enumerate(entries, 1):
        is_block = (
            entry.scenario in manifest["documents"]
            and entry.first % size == 0
            and entry.first < end
            and entry.count == min(size, end - entry.first)
            and list(entry.files) == names_of_block(entry.scenario, entry.first // size)
        )
        if not is_block:
            raise ResultsError(f"{ledger}:{line}: damaged: the manifest knows no such block")
        if (entry.scenario, entry.first) in seen:
            raise ResultsError(f"{ledger}:{line}: damaged: a block that an earlier line has entered")
        seen.add((entry.scenario, entry.first))


def missing_blocks(entries: Sequence[Entry], manifest: Mapping[str, Any]) -> str:
    """What a ledger lacks that says it is complete; empty if nothing.

    Every scenario has all its blocks; where a stopping rule decides, all have the same first ones.
    """
    counts = Counter(entry.scenario for entry in entries)
    ends = {key: max((e.first + e.count for e in entries if e.scenario == key), default=0) for key in counts}
    all_blocks = -(-manifest["n_replicates"] // manifest["block_size"])
    wanted = max(counts.values(), default=0) if manifest["extra"].get("precision") else all_blocks
    for key in manifest["documents"]:
        n_reached = -(-ends.get(key, 0) // manifest["block_size"])
        if counts[key] != wanted or n_reached != wanted or not wanted:
            return f"{counts[key]} of {wanted or all_blocks} blocks of {key}"
    return ""
