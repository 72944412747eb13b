"""Results that were made by other rules than those in the sources, and what running a deal did to other code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim.errors import EngineError
from sim.native import library

ROOT = Path(__file__).parents[2]


COMPARES = "import sim; sim.compare('january-2025/baseline', n=3, folder='out', resume=True)"
"""As the command does it, without figures."""


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The copy of the package in this folder, its rules as plain Python."""
    environment = os.environ | {"PYTHONPATH": str(folder), "NUMBA_DISABLE_JIT": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment)


@pytest.mark.slow
@pytest.mark.case(
    "E17",
    before="`compare --resume` joined replicates of two rule books when only a guarantee or the compiler had changed",
    after="it is refused: the checksum of the rules moves with every source that decides a replicate",
)
def test_resume_refuses_what_was_run_with_other_guarantees(tmp_path):
    for name in ("sim", "scenarios"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for _ in range(2):
        made = python(tmp_path, "-c", COMPARES)
        assert made.returncode == 0, made.stderr
        (tmp_path / "out" / "summary.json").unlink()
    declared = tmp_path / "sim" / "guarantees" / "declared.py"
    declared.write_text(declared.read_text() + "\nCHANGED = True\n")
    arguments = ("compare", "january-2025/baseline", "-n", "3", "--out", "out", "--resume")
    resumed = python(tmp_path, "-m", "sim.cli", *arguments)
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


@pytest.mark.slow
@pytest.mark.case(
    "E14",
    before="after a run, a user's own `numba.njit(parallel=True)` no longer compiled: 'No definition for lowering'",
    after="it compiles and gives its sum",
)
def test_other_code_is_compiled_as_ever_after_a_run():
    pytest.importorskip("numba")
    done = subprocess.run([sys.executable, "-c", AFTER_A_RUN], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "1000.0\n", done.stderr


@pytest.mark.parametrize("place", [0, 5_000, 20_000, -1000, -300, -40])
@pytest.mark.case(
    "E2",
    before="a damaged file of machine code ended every later run: a crash, LLVM's last words, or a traceback",
    after="it is refused in words that name the file and the command that makes it anew",
)
def test_a_flipped_bit_anywhere_is_refused(tmp_path, monkeypatch, place):
    content = bytearray(library.LIBRARY.read_bytes())
    content[place] ^= 1
    copy = tmp_path / "rules.so"
    copy.write_bytes(content)
    monkeypatch.setattr(library, "LIBRARY", copy)
    with pytest.raises(EngineError, match=r"rules\.so is damaged.*make it anew: "):
        library.Library.opened()


WITHOUT_NUMBA = """
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "numba" else found(name, *rest)
import sim
print(sim.compare("january-2025/baseline", n=3).as_json())
"""


@pytest.mark.slow
@pytest.mark.case(
    "E1",
    before="machine code of older rules was used again without a word where NUMBA_CACHE_DIR was set",
    after="no variable names machine code, and a library of other rules is refused with the command that makes it anew",
)
def test_a_changed_rule_never_runs_as_the_old_machine_code(tmp_path):
    for name in ("sim", "scenarios"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    variables = {"PYTHONPATH": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    run = [sys.executable, "-c", WITHOUT_NUMBA]
    options = {"capture_output": True, "text": True, "cwd": tmp_path, "env": os.environ | variables}
    assert subprocess.run(run, **options).returncode == 0
    draws = tmp_path / "sim" / "plan" / "draws.py"
    text = draws.read_text()
    assert text.count("return -log(1.0 - u) / per_day") == 1
    draws.write_text(text.replace("return -log(1.0 - u) / per_day", "return -2.0 * log(1.0 - u) / per_day"))
    done = subprocess.run(run, **options)
    assert done.returncode != 0
    assert "the rules have changed since they were compiled; compile them: " in done.stderr
    assert not (tmp_path / "cache").exists()
