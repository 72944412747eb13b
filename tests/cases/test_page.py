"""The page of cases says what the tests say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_page_of_cases_is_written_from_the_marks_of_the_tests(tmp_path: Path) -> None:
    program = "import pathlib, sys; sys.path.insert(0, 'docs'); import cases; "
    program += "pathlib.Path(sys.argv[1]).write_text(cases.page(cases.collect()))"
    subprocess.run(
        [sys.executable, "-c", program, tmp_path / "page"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    expected = (tmp_path / "page").read_text()
    assert (ROOT / "docs" / "development" / "cases.md").read_text() == expected, "run python docs/cases.py"
