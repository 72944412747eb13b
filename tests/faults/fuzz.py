"""Coverage-guided runs of the checks of `inputs.py`, with atheris, which is no dependency of the tests.

    python tests/faults/fuzz.py FOLDER SECONDS [CHECK ...]   each check for its share of so many seconds
    python tests/faults/fuzz.py FOLDER table                 inputs, branches, and coverage of what they read
    python tests/faults/fuzz.py CHECK [OPTION ...] FOLDER    one check with libFuzzer's own options

FOLDER/CHECK collects the inputs that reach new code, FOLDER/record.jsonl what each run did. An input that fails is
written to FOLDER/failed, and belongs into corpus/CHECK once what it found is mended. The table needs coverage.py.
"""

from __future__ import annotations

import collections
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
SHARES = {"piece": 16, "axis": 12, "goal": 10, "document": 20, "data": 20, "setting": 10, "results": 4, "folder": 8}
"""Parts of a hundred of the time; the quick checks make most of the inputs, the slow ones reach most of the code."""
LONGEST = {"piece": 96, "axis": 160, "goal": 120, "document": 2000, "data": 400, "setting": 300, "results": 30_000,
           "folder": 400}  # fmt: skip
"""Bytes of an input."""
READERS = (
    "deal/load.py", "deal/parse.py", "deal/parsed.py", "deal/paths.py", "deal/checks.py", "deal/resolve.py",
    "deviations/goals.py", "sweeps/axes.py", "results/files.py", "results/folder.py", "results/load.py",
    "results/manifest.py", "results/tables.py",
)  # fmt: skip
_DONE = re.compile(r"^#(\d+)\s.*?cov: (\d+)", re.MULTILINE)


def one_check(arguments: list[str]) -> None:
    """Fuzz one check until libFuzzer ends the process."""
    import atheris

    sys.path[:0] = [str(HERE), str(HERE.parents[1])]
    with atheris.instrument_imports(include=["sim", "ruamel", "inputs"]):
        inputs = importlib.import_module("inputs")
    for number, content in enumerate(inputs.first_inputs(arguments[0])):
        Path(arguments[-1], f"first-{number}").write_bytes(content)
    atheris.Setup([sys.argv[0], *arguments[1:]], inputs.CHECKS[arguments[0]])
    atheris.Fuzz()


def run(folder: Path, check: str, seconds: float) -> dict[str, object]:
    """One check for so long, in a process of its own; what it did is added to the record."""
    kept, failed = folder / check, folder / "failed"
    for place in (kept, failed):
        place.mkdir(parents=True, exist_ok=True)
    if (HERE / "corpus" / check).is_dir():
        shutil.copytree(HERE / "corpus" / check, kept, dirs_exist_ok=True)
    options = {"max_total_time": int(seconds), "max_len": LONGEST[check], "timeout": 60}
    options |= {"artifact_prefix": f"{failed}/{check}-"}
    command = [sys.executable, __file__, check, *(f"-{name}={value}" for name, value in options.items()), str(kept)]
    plain = os.environ | {"NUMBA_DISABLE_JIT": "1"}  # the rules are run, not compiled: atheris counts their branches
    started, before = time.monotonic(), set(failed.iterdir())
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, errors="replace", env=plain, check=False)
    counts = _DONE.findall(done.stderr)
    found = sorted(path.name for path in set(failed.iterdir()) - before)
    row: dict[str, object] = {
        "check": check, "inputs": int(counts[-1][0]) if counts else 0, "branches": int(counts[-1][1]) if counts else 0,
        "seconds": round(time.monotonic() - started), "failed": found, "exit": done.returncode,
    }  # fmt: skip
    if done.returncode:
        (folder / f"{check}.said").write_text(done.stderr)
    with (folder / "record.jsonl").open("a") as stream:
        stream.write(json.dumps(row) + "\n")
    print(json.dumps(row), flush=True)
    return row


def campaign(folder: Path, seconds: float, checks: list[str]) -> bool:
    """Every check has its share of the time; one that fails goes on from what it has, up to twenty times."""
    whole, n_failed = sum(SHARES[check] for check in checks), 0
    for check in checks:
        until = time.monotonic() + seconds * SHARES[check] / whole
        for _ in range(20):
            left = until - time.monotonic()
            if left < 2:
                break
            n_failed += bool(run(folder, check, left)["exit"])
    return n_failed == 0


def table(folder: Path) -> None:
    """What was done, and which lines and branches of the readers the kept inputs reach."""
    import coverage

    os.environ["NUMBA_DISABLE_JIT"] = "1"
    inputs, branches = collections.Counter[str](), collections.Counter[str]()
    for line in (folder / "record.jsonl").read_text().splitlines():
        row = json.loads(line)
        inputs[row["check"]] += row["inputs"]
        branches[row["check"]] = max(branches[row["check"]], row["branches"])
    print("| check | inputs | branches reached | inputs kept |\n|---|---|---|---|")
    for check in SHARES:
        n_kept = sum(1 for _ in (folder / check).iterdir()) if (folder / check).is_dir() else 0
        print(f"| {check} | {inputs[check]:,} | {branches[check]:,} | {n_kept:,} |")
    print(f"\n{inputs.total():,} inputs\n")
    package = HERE.parents[1] / "sim"
    measured = coverage.Coverage(branch=True, data_file=None, include=[str(package / name) for name in READERS])
    measured.start()
    sys.path[:0] = [str(HERE), str(HERE.parents[1])]
    checks = importlib.import_module("inputs").CHECKS
    for check in SHARES:
        for place in (folder / check, HERE / "corpus" / check):
            for path in sorted(place.iterdir()) if place.is_dir() else ():
                checks[check](path.read_bytes())
    measured.stop()
    measured.report(show_missing=True)


if __name__ == "__main__":
    if sys.argv[1] in SHARES:
        one_check(sys.argv[1:])
    elif sys.argv[2] == "table":
        table(Path(sys.argv[1]))
    else:
        sys.exit(not campaign(Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3:] or list(SHARES)))
