"""The comparison with another commit says what moved, and nothing else."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.regression.moved import difference
from tests.regression.renewals import FILE, named_cases, renewals

ROOT = Path(__file__).parents[2]
NAMES = ("november-2023/baseline", "november-2023/ladder-refused")
CHANGE = ("refused: 1.0", "refused: 0.0")


@pytest.fixture
def repository(tmp_path):
    """A copy of this tree with two scenarios and one commit."""
    for name in ("sim", "scenarios/deals", "scenarios/november-2023"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests/regression").mkdir(parents=True)
    for name in ("pyproject.toml", "tests/regression/moved.py", "tests/regression/renewals.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Before"]):
        who = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True)
    return tmp_path


def committed(repository: Path, message: str, **digests: str) -> None:
    """Commit a table of digests."""
    (repository / FILE).write_text(json.dumps({name: {"digest": digest} for name, digest in digests.items()}))
    git = ["git", "-C", str(repository), "-c", "user.name=test", "-c", "user.email=test@localhost"]
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", message], check=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="reads the log of git")
def test_renewals_of_the_digests_are_listed_with_what_moved_and_the_cases_named(tmp_path):
    (tmp_path / FILE).parent.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    committed(tmp_path, "Before", a="1", b="1")
    (tmp_path / "other").touch()
    committed(tmp_path, "Mend R1, which moves nothing", a="1", b="1")
    committed(tmp_path, "Renew for R9 to R11\n\nAnd of O4.", a="2", b="1")
    committed(tmp_path, "Add a deal", a="2", b="1", c="1")
    found = list(renewals(tmp_path, "HEAD~3"))
    assert [(one.subject, one.moved, one.added, one.cases) for one in found] == [
        ("Renew for R9 to R11", ("a",), (), ("O4", "R9", "R10", "R11")),
        ("Add a deal", (), ("c",), ()),
    ]
    assert found[0].line().endswith(" | `a` |  | O4, R9, R10, R11 | Renew for R9 to R11 |\n")


def test_cases_are_named_alone_and_from_one_to_another():
    assert named_cases("R2, E14 and R11 to R13; not R0x, nor PR7") == ("E14", "R2", "R11", "R12", "R13")


def told(repository: Path, *arguments: str) -> list[str]:
    command = [sys.executable, str(repository / "tests/regression/moved.py"), "HEAD", "-n", "3", *arguments]
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}  # so few replicates cost less than compiling both sides
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git") is None, reason="compares with a commit of git")
def test_one_number_of_one_scenario_moves_that_scenario_and_a_new_one_is_named(repository):
    folder = repository / "scenarios/november-2023"
    changed = (folder / "ladder-refused.yaml").read_text(encoding="utf-8").replace(*CHANGE)
    assert changed != (folder / "ladder-refused.yaml").read_text(encoding="utf-8")
    (folder / "ladder-refused.yaml").write_text(changed, encoding="utf-8")
    shutil.copy(folder / "ladder-refused.yaml", folder / "another.yaml")
    lines = told(repository, *NAMES, "november-2023/another")
    assert lines[0] == "only now: november-2023/another"
    assert lines[1] == f"{NAMES[1]}: 3 of 3 replicates moved"
    assert lines[-1] == "2 scenarios, 3 replicates each; moved: 1"
    assert any(line.startswith("  hostages_living_released: 3; mean ") for line in lines)
    worktrees = subprocess.run(["git", "worktree", "list"], cwd=repository, capture_output=True, text=True, check=True)
    assert len(worktrees.stdout.splitlines()) == 1


def test_the_difference_names_replicates_outcomes_and_columns_of_one_side():
    before = {
        "truce_days": np.array([1.0, 2.0, 3.0]),
        "truce_minutes": np.array([1440, 2880, 4320]),
        "end": np.array(["completed", "lapsed", "lapsed"], object),
        "disputes": np.array([0, 1, 2]),
        "violated_order": np.array([-1, -1, 90]),
        "gone": np.array([0, 0, 0]),
    }
    assert difference(before, dict(before)) == []
    now = {name: column.copy() for name, column in before.items() if name != "gone"} | {"new": np.array([1, 1, 1])}
    now["truce_days"][0], now["truce_minutes"][0] = 2.5, 3600
    now["end"][2] = "completed"
    now["violated_order"][:] = [-1, 60, 90]
    assert difference(before, now) == [
        "3 of 3 replicates moved",
        "  truce_days: 1; mean 2 -> 2.5",
        "  end: 1; completed 1 -> 2, lapsed 2 -> 1",
        "  violated_order: 1; violated in 1 -> 2",
        "  columns only before: gone",
        "  columns only now: new",
    ]
