"""What moved since another commit: python tests/regression/moved.py COMMIT [-n 2000] [SCENARIO...].

By default, of all shipped scenarios. Both sides run the same replicates through their own command line and are read by
the names of their columns, so that this works across moves of code and new words. What only one side has is named.
With --renewals it prints instead which commits since then renewed `digests.json`, and the cases that each names.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.regression.renewals import HEAD, renewals  # noqa: E402

NOT_COMPARED = {"scenario", "replicate", "root_event", "root_subject"}
"""What names a row; and places in lists that grow: `root_cause` says the same in words."""

Table = dict[str, np.ndarray[Any, Any]]


@contextmanager
def checked_out(commit: str, repository: Path = ROOT) -> Iterator[Path]:
    """A work tree of this commit, in a temporary folder."""
    with tempfile.TemporaryDirectory() as temporary:
        tree = Path(temporary) / "tree"
        git = ["git", "-C", str(repository), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(tree), commit], check=True)
        try:
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def ceasefire(tree: Path, *arguments: str) -> str:
    """What the command line of this tree prints."""
    project = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, function = project["scripts"]["ceasefire"].partition(":")
    command = [sys.executable, "-c", f"from {module} import {function}; {function}()", *arguments]
    environment = os.environ | {"PYTHONPATH": str(tree)}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):  # 1: what a scenario expects does not hold
        raise SystemExit(f"{tree}: ceasefire {' '.join(arguments[:3])} ... failed:\n{done.stderr or done.stdout}")
    return done.stdout


def shipped(tree: Path) -> list[str]:
    """Names of the scenarios that come with this tree."""
    return [entry["name"] for entry in json.loads(ceasefire(tree, "list", "--json"))["scenarios"]]


def tables(tree: Path, names: list[str], n: int) -> dict[str, Table]:
    """By scenario, the table of its first replicates, in published units."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "out"
        ceasefire(tree, "compare", *names, "-n", str(n), "--out", str(folder))
        keys = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["documents"]
        return {name: _read(folder / "replicates" / key) for name, key in zip(names, keys, strict=True)}


def _read(folder: Path) -> Table:
    query = "SELECT * FROM read_parquet(?, hive_partitioning = false) ORDER BY replicate"
    table = duckdb.connect().execute(query, [str(folder / "*.parquet")]).fetchnumpy()
    return {name: _whole(column) for name, column in table.items() if name not in NOT_COMPARED}


def _whole(column: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A column with None where it says nothing."""
    return column.astype(object).filled(None) if np.ma.is_masked(column) else np.ma.getdata(column)


def difference(before: Table, now: Table) -> list[str]:
    """Lines that say how many replicates moved, and in which outcomes; none if nothing did."""
    both = [name for name in now if name in before and not _is_twice(name, now)]
    parts = {name: before[name] != now[name] for name in both}
    lines = []
    if n_moved := int(np.any(list(parts.values()), axis=0).sum()):
        n = len(next(iter(parts.values())))
        lines.append(f"{n_moved:,} of {n:,} replicates moved")
        lines += [f"  {name}: {int(part.sum()):,}; {_change(name, before[name], now[name])}"
                  for name, part in parts.items() if part.any()]  # fmt: skip
    for word, one, other in (("before", before, now), ("now", now, before)):
        if alone := [name for name in one if name not in other]:
            lines.append(f"  columns only {word}: {', '.join(alone)}")
    return lines


def _is_twice(name: str, table: Table) -> bool:
    """Minutes of a column that is there in days."""
    return name.endswith("_minutes") and name.removesuffix("minutes") + "days" in table


def _change(name: str, before: np.ndarray[Any, Any], now: np.ndarray[Any, Any]) -> str:
    """The means, how often a guarantee is violated, or how often each word occurs, from what to what."""
    if name.startswith("violated_"):
        return f"violated in {int((before >= 0).sum()):,} -> {int((now >= 0).sum()):,}"
    if now.dtype.kind != "O" and before.dtype.kind != "O":
        return f"mean {before.mean():.6g} -> {now.mean():.6g}"
    words = sorted({*before.tolist(), *now.tolist()}, key=str)
    counts = [(word, int((before == word).sum()), int((now == word).sum())) for word in words]
    return ", ".join(f"{word} {was:,} -> {is_:,}" for word, was, is_ in counts if was != is_) or "as often"


def report(before: Path, now: Path, names: list[str], n: int) -> int:
    """Print what moved between two trees; the number of scenarios that did."""
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(shipped, (before, now))
        asked = names or sorted({*first, *second})
        for word, one, other in (("before", first, second), ("now", second, first)):
            if alone := [name for name in asked if name in one and name not in other]:
                print(f"only {word}: {', '.join(alone)}")
        both = [name for name in asked if name in first and name in second]
        if unknown := [name for name in asked if name not in first and name not in second]:
            raise SystemExit(f"no such scenarios on either side: {', '.join(unknown)}")
        old, new = pool.map(lambda tree: tables(tree, both, n), (before, now)) if both else ({}, {})
    n_moved = 0
    for name in both:
        if lines := difference(old[name], new[name]):
            n_moved += 1
            print(f"{name}: " + "\n".join(lines))
    print(f"{len(both)} scenarios, {n:,} replicates each; moved: {n_moved or 'none'}")
    return n_moved


def main(arguments: list[str]) -> int:
    """Compare this tree with a commit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commit")
    parser.add_argument("scenario", nargs="*")
    parser.add_argument("-n", type=int, default=2000, help="replicates of each scenario")
    parser.add_argument("--renewals", action="store_true", help="print the commits that renewed the digests, and stop")
    asked = parser.parse_intermixed_args(arguments)
    if asked.renewals:
        print(HEAD + "".join(renewal.line() for renewal in renewals(ROOT, asked.commit)), end="")
        return 0
    with checked_out(asked.commit) as tree:
        report(tree, ROOT, asked.scenario, asked.n)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
