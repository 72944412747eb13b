"""Results that were made by other rules than those in the sources, and what running a deal did to other code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def ceasefire(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command of the copy of the package in this folder, its rules as plain Python."""
    environment = os.environ | {"PYTHONPATH": str(folder), "NUMBA_DISABLE_JIT": "1"}
    command = [sys.executable, "-m", "sim.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment)


@pytest.mark.case(
    "E17",
    before="`compare --resume` joined replicates of two rule books when only a guarantee or the compiler had changed",
    after="it is refused: the checksum of the rules moves with every source that decides a replicate",
)
def test_resume_refuses_what_was_run_with_other_guarantees(tmp_path):
    for name in ("sim", "scenarios"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    arguments = ("compare", "january-2025/baseline", "-n", "3", "--out", "out")
    first = ceasefire(tmp_path, *arguments)
    assert first.returncode == 0, first.stderr
    (tmp_path / "out" / "summary.json").unlink()
    assert ceasefire(tmp_path, *arguments, "--resume").returncode == 0
    declared = tmp_path / "sim" / "guarantees" / "declared.py"
    declared.write_text(declared.read_text() + "\nCHANGED = True\n")
    resumed = ceasefire(tmp_path, *arguments, "--resume")
    assert resumed.returncode != 0
    assert "rules_sha256" in resumed.stderr


AFTER_A_RUN = """
import numba, numpy as np
import sim

sim.compare("january-2025/baseline", n=2)
sim.run("january-2025/baseline", replicate=1)

@numba.njit(parallel=True)
def total(values):
    result = 0.0
    for i in numba.prange(len(values)):
        result += values[i]
    return result

print(total(np.ones(1000)))
"""


@pytest.mark.case(
    "E14",
    before="after a run, a user's own `numba.njit(parallel=True)` no longer compiled: 'No definition for lowering'",
    after="it compiles and gives its sum",
)
def test_other_code_is_compiled_as_ever_after_a_run():
    pytest.importorskip("numba")
    done = subprocess.run([sys.executable, "-c", AFTER_A_RUN], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "1000.0\n", done.stderr
