"""`sim.testing`: the plugin costs nothing unless it is asked, and finds what is planted."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import sim.testing

ROOT = Path(__file__).parents[2]
PLUGIN = [] if entry_points(group="pytest11", name="ceasefire") else ["-p", "sim.testing.plugin"]


def run_pytest(folder: Path, *words: str) -> tuple[int, str]:
    command = [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", *PLUGIN, *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300,
                          env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_loading_the_plugin_imports_nothing_heavy() -> None:
    heavy = ("numba", "numpy", "pydantic", "hypothesis", "sim.reading", "sim.testing.trials", "scipy")
    code = f"import sys, sim.testing.plugin; sys.exit(any(name in sys.modules for name in {heavy!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == 0


def test_other_files_are_left_alone_without_the_option(tmp_path: Path) -> None:
    (tmp_path / "deal.yaml").write_text("deal: x\n")
    code, output = run_pytest(tmp_path)
    assert code == pytest.ExitCode.NO_TESTS_COLLECTED, output


def test_a_document_that_is_wrong_fails_with_its_problems(tmp_path: Path) -> None:
    (tmp_path / "deal.yaml").write_text("deal: x\ntitle: X\nparties: {a: A}\n")
    code, output = run_pytest(tmp_path, "--deal", str(tmp_path))
    assert code == pytest.ExitCode.TESTS_FAILED, output
    assert "deal.yaml:1:1" in output
    assert "1 failed" in output


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    code, output = run_pytest(tmp_path, "--deal", "gone.yaml")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "--deal gone.yaml: no such file" in output


def test_what_is_missing_without_hypothesis_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_module(name: str) -> None:
        raise ModuleNotFoundError("No module named 'hypothesis'", name="hypothesis")

    monkeypatch.setattr(sim.testing, "import_module", no_module)
    with pytest.raises(ImportError, match=r"needs Hypothesis: pip install 'ceasefire-sim\[test\]'"):
        _ = sim.testing.deals
