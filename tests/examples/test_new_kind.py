"""A new kind of obligation in as few places as CONTRIBUTING says: its steps are followed on a copy of the source."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEAL = """\
deal: with-a-new-kind
title: A deal with an apology
starts: 2030-01-01T00:00+00:00
horizon: 30 d
parties: [north, south]
groups: {people: {side: hostages, held_by: north, count: 2, assumption: a}}
phases: {one: {lasts: 10 d, assumption: a}}
obligations:
  sorry: {kind: apology, by: south, due: day 2, assumption: a}
  release: {kind: release, by: north, due: day 3, after: sorry, amount: {people: 2}, assumption: a}
"""
SCENARIO = """\
scenario: with-a-new-kind/refused
question: What if nobody apologizes?
deal: deal.yaml
behaviour:
  assumption: a
  parties: {south: {kinds: {apology: {refused: 1.0}}}, north: {complains: 0.0}}
"""
PROGRAM = """\
import sim
from sim.reading.resolve import resolve_any
kept, refused = resolve_any("deal.yaml"), sim.resolve("scenario.yaml")
print(sim.run(kept).outcomes["hostages_living_released"], sim.run(refused).outcomes["hostages_living_released"])
"""


@pytest.fixture
def copied(tmp_path):
    shutil.copytree(ROOT / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    (tmp_path / "deal.yaml").write_text(DEAL, encoding="utf-8")
    (tmp_path / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    return tmp_path


def run(folder):
    """The program on the copied source, as plain Python, since compiling the rules again would take longer."""
    environment = os.environ | {"PYTHONPATH": str(folder), "NUMBA_DISABLE_JIT": "1"}
    command = [sys.executable, "program.py"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def edit(file, pattern, replacement):
    text = file.read_text(encoding="utf-8")
    assert len(re.findall(pattern, text)) == 1, f"{file}: the page is out of date"
    file.write_text(re.sub(pattern, replacement, text), encoding="utf-8")


@pytest.mark.slow
def test_a_kind_of_obligation_is_added_in_the_places_that_the_page_names(copied):
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    steps = re.findall(
        r"^\d\. `(?:Kind|MEASURE)` in `(sim/[\w/]+\.py)`", page.partition("### A kind of obligation")[2], re.MULTILINE
    )
    assert steps == ["sim/document/kinds.py", "sim/document/kinds.py", "sim/plan/codes.py"]
    before = run(copied)
    assert "obligations.sorry.kind" in before.stderr, "a kind that nobody has added is refused"
    edit(copied / steps[0], r'"demobilisation",\n\]', '"demobilisation", "apology",\n]')
    edit(copied / steps[1], r'    "access": "act",\n', '    "access": "act",\n    "apology": "act",\n')
    edit(copied / steps[2], r"    DEMOBILISATION = (\d+)\n", r"    DEMOBILISATION = \1\n    APOLOGY = \1 + 1\n")
    after = run(copied)
    assert after.stdout.split() == ["2", "0"], after.stderr
