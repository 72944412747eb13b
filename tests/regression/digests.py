"""Digests and means of every scenario: python tests/regression/digests.py [SCENARIO...] writes digests.json anew.

With --check it compares instead; rules that run as plain Python (NUMBA_DISABLE_JIT=1), slowly, only with the first
replicates. Each digest is of the columns that it lists, so that a new outcome changes none. The means say what moved.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from sim.engine.batch import simulate_block
from sim.outcomes.columns import columns, end_name, published
from sim.plan.codes import End
from sim.plan.compile import compile_plan
from sim.reading.catalogue import scenarios
from sim.reading.resolve import resolve

FILE = Path(__file__).with_name("digests.json")
N = 200
N_PLAIN = 2
IS_PLAIN = os.environ.get("NUMBA_DISABLE_JIT") == "1"
SEED = 20251122
PLACES = {"root_event", "root_subject"}
"""Columns that count places in lists, which grow."""
TOLD = (
    "hostages_living_released", "hostages_deceased_returned", "prisoners_released", "captive_days", "truce_days",
    "end_day", "end", "implementation_score", "disputes", "suspensions",
)  # fmt: skip
"""The outcomes whose means are kept, so that a test that fails says what moved; of the ends, the share of each."""

Rows = np.ndarray[Any, Any]


def rows_of(name: str, n: int = N) -> tuple[tuple[str, ...], Rows]:
    """The columns of one scenario, and the first replicates."""
    plan = compile_plan(resolve(name))
    return columns(plan), simulate_block(plan, SEED, 0, n).outcomes


def digest(names: tuple[str, ...], rows: Rows, kept: list[str]) -> str:
    """Digest of these columns, by name."""
    content = hashlib.sha256()
    for name in kept:
        column = np.ascontiguousarray(rows[:, names.index(name)], dtype="<i8")
        content.update(name.encode() + b"\0" + column.tobytes())
    return content.hexdigest()[:32]


def means(names: tuple[str, ...], rows: Rows) -> dict[str, float]:
    """Means of the outcomes that are told, in published units, and shares of the ends in percent."""
    found: dict[str, float] = {}
    for name in TOLD:
        column = rows[:, names.index(name)]
        if name == "end":
            found |= {f"{end_name(end)} (%)": round(100 * float(np.mean(column == end)), 4) for end in End if end}
        else:
            found[name] = round(float(published(name, column).mean()), 4)
    return found


def entry_of(names: tuple[str, ...], rows: Rows, kept: list[str] | None = None) -> dict[str, Any]:
    """What the table holds of one scenario."""
    kept = kept or sorted(set(names) - PLACES)
    return {
        "columns": " ".join(kept),
        "digest": digest(names, rows, kept),
        "first": digest(names, rows[:N_PLAIN], kept),
        "means": means(names, rows),
    }


def moved(stored: dict[str, Any], found: dict[str, Any], n: int = N) -> str:
    """What is told of a scenario: in which means its entries differ, from what to what; empty if they are equal."""
    if (stored["digest"], stored["means"]) == (found["digest"], found["means"]):
        return ""
    told = [
        f"{name} {stored['means'].get(name)} -> {mean}"
        for name, mean in found["means"].items()
        if mean != stored["means"].get(name)
    ]
    return f"over {n} replicates: {', '.join(told)}" if told else f"no mean over {n} replicates, single outcomes only"


def current(name: str, stored: dict[str, Any] | None, n: int = N) -> dict[str, Any]:
    """The entry of today, of the columns that the stored one lists."""
    return entry_of(*rows_of(name, n), stored["columns"].split() if stored else None)


def check(stored: dict[str, Any]) -> int:
    """Print which scenarios moved, and in what; 1 if any did."""
    n_moved = 0
    for name in stored:
        found = current(name, stored[name], N_PLAIN if IS_PLAIN else N)
        if IS_PLAIN:
            told = "" if found["first"] == stored[name]["first"] else f"the first {N_PLAIN} replicates"
        else:
            told = moved(stored[name], found)
        if told:
            n_moved += 1
            print(f"{name}: {told}", flush=True)
    print(f"{len(stored)} scenarios, {N_PLAIN if IS_PLAIN else N} replicates each; moved: {n_moved or 'none'}")
    return int(n_moved > 0)


def renew(stored: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """The table with these scenarios run again, or with all that are shipped; what moved is printed."""
    shipped = [entry.name for entry in scenarios()]
    table = {name: stored[name] for name in shipped if name in stored}
    for name in names or shipped:
        table[name] = current(name, None)
        told = moved(stored[name], table[name]) if name in stored else "new"
        if told:
            print(f"{name}: {told}", flush=True)
    return {name: table[name] for name in shipped}


def main(arguments: list[str]) -> int:
    """Write the table, or compare it."""
    stored = json.loads(FILE.read_text()) if FILE.exists() else {}
    if "--check" in arguments:
        return check(stored)
    FILE.write_text(json.dumps(renew(stored, arguments), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
