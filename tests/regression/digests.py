"""Digests of the outcomes of every shipped scenario: python tests/regression/digests.py writes digests.json anew.

With --check it compares instead; rules that run as plain Python (NUMBA_DISABLE_JIT=1), slowly, only with the first
replicates. Each digest is of the columns that it lists, so that a new outcome changes none.
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

from sim.deal.catalogue import scenarios
from sim.deal.resolve import resolve
from sim.engine.batch import simulate_block
from sim.outcomes import columns
from sim.plan.compile import compile_plan

FILE = Path(__file__).with_name("digests.json")
N = 200
N_PLAIN = 2
IS_PLAIN = os.environ.get("NUMBA_DISABLE_JIT") == "1"
SEED = 20251122
PLACES = {"root_event", "root_subject"}
"""Columns that count places in lists, which grow."""


def rows_of(name: str, n: int = N) -> tuple[tuple[str, ...], np.ndarray[Any, Any]]:
    """The columns of one scenario, and the first replicates."""
    plan = compile_plan(resolve(name))
    return columns(plan), simulate_block(plan, SEED, 0, n).outcomes


def digest(names: tuple[str, ...], rows: np.ndarray[Any, Any], kept: list[str]) -> str:
    """Digest of these columns, by name."""
    content = hashlib.sha256()
    for name in kept:
        column = np.ascontiguousarray(rows[:, names.index(name)], dtype="<i8")
        content.update(name.encode() + b"\0" + column.tobytes())
    return content.hexdigest()[:32]


def current(stored: dict[str, Any]) -> dict[str, Any]:
    """The digests of today, of the columns that the stored ones list."""
    found = {}
    for entry in scenarios():
        names, rows = rows_of(entry.name, N_PLAIN if IS_PLAIN else N)
        kept = stored.get(entry.name, {}).get("columns") or sorted(set(names) - PLACES)
        found[entry.name] = {
            "columns": kept,
            "digest": digest(names, rows, kept),
            "first": digest(names, rows[:N_PLAIN], kept),
        }
    return found


def main() -> int:
    """Write the table, or compare it."""
    if "--check" in sys.argv:
        stored = json.loads(FILE.read_text())
        found = current(stored)
        which = "first" if IS_PLAIN else "digest"
        moved = [name for name in found if stored.get(name, {}).get(which) != found[name][which]]
        print(
            f"{len(found)} scenarios, {N_PLAIN if IS_PLAIN else N} replicates each; moved: {', '.join(moved) or 'none'}"
        )
        return bool(moved)
    FILE.write_text(json.dumps(current({}), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
