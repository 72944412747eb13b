"""What the quick run of the tests costs, in processor seconds: ``python tests/benchmarks/suite.py [COMMIT]``.

Runs pytest as the README does and prints its ten dearest tests and what the whole run took of all processors: its
workers and every program that they started and waited for. Elapsed time says little on a shared machine. With a commit,
that commit is checked out in a temporary work tree and its own plain ``pytest -n 2`` is measured too, in turns, and the
ratio of the medians is printed. What follows ``--`` goes to both, for instance ``-- tests/unit``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = "this work tree"
DEAREST = 10
WARM = """
try:
    from sim.reading.resolve import resolve
except ImportError:  # an earlier commit
    from sim.deal.resolve import resolve
from sim.engine import batch
from sim.engine.reference import ReferenceEngine
from sim.plan.compile import compile_plan
plan = compile_plan(resolve("january-2025/baseline"))
reference_block = getattr(batch, "reference_block", None) or batch.explain_block  # an earlier commit
batch.simulate_block(plan, 0, 0, 2), reference_block(plan, 0, 0, 2), ReferenceEngine(plan).run(0, 0)
"""
"""Compiles what a work tree has not compiled yet, so that neither side is charged for it."""


def processor_seconds(*, of_children: bool = True) -> float:
    """User and system time of the children that were waited for, or of this process and them."""
    who = [resource.RUSAGE_CHILDREN] if of_children else [resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN]
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, who))


# ---------------------------------------------------------------- a plugin of pytest, in each of its processes

_spent: dict[str, float] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    """An option that names the file to write."""
    parser.addoption("--processor-seconds", metavar="FILE", help="write processor seconds by test to this file")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Look at the clock before a test and the fixtures that it sets up."""
    item.user_properties.append(("began", processor_seconds(of_children=False)))
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """Look at it again when all is taken down."""
    report = yield
    if call.when == "teardown":
        began = dict(item.user_properties)["began"]
        report.user_properties.append(("processor_seconds", processor_seconds(of_children=False) - float(str(began))))
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect what the workers send."""
    if report.when == "teardown":
        _spent[report.nodeid] = dict(report.user_properties)["processor_seconds"]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write it down, in the process that all reports come to."""
    if not hasattr(session.config, "workerinput"):
        Path(session.config.getoption("--processor-seconds")).write_text(json.dumps(_spent), encoding="utf-8")


# ---------------------------------------------------------------- the measurement


def run(tree: Path, words: list[str]) -> tuple[float, dict[str, float]]:
    """Run the tests of a work tree; processor seconds of all, and by test."""
    path = os.pathsep.join([str(tree), str(Path(__file__).parent)])
    environment = os.environ | {"PYTHONPATH": path}
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "spent.json"
        options = ["-p", Path(__file__).stem, "--processor-seconds", str(told), "-q", "-p", "no:cacheprovider"]
        subprocess.run([sys.executable, "-c", WARM], cwd=tree, env=environment, check=True, capture_output=True)
        before = processor_seconds()
        command = [sys.executable, "-m", "pytest", "-n", "2", *options, *words]
        done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
        spent = processor_seconds() - before
        print(f"{tree if tree != ROOT else HERE}: {done.stdout.strip().splitlines()[-1]}", flush=True)
        if done.returncode:
            print(done.stdout[-4000:], done.stderr[-2000:], sep="\n", flush=True)
        return spent, json.loads(told.read_text(encoding="utf-8"))


@contextlib.contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """A temporary work tree of a commit."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", str(tree), commit], cwd=ROOT, check=True)
        try:
            yield tree
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=ROOT, check=True)


def main(words: list[str]) -> None:
    """Measure, and print."""
    words, _, others = _split(words)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit", nargs="?", help="measured in the same sitting")
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write processor seconds by test of this work tree to this file")
    options = parser.parse_args(words)
    totals: dict[str, list[float]] = {}
    with contextlib.ExitStack() as stack:
        trees = {HERE: ROOT}
        if options.commit:
            trees[options.commit] = stack.enter_context(checked_out(options.commit))
        for _ in range(options.turns):
            for name, tree in trees.items():
                total, by_test = run(tree, others)
                totals.setdefault(name, []).append(total)
                _show(name, total, by_test)
                if options.json and name == HERE:
                    options.json.write_text(json.dumps(by_test), encoding="utf-8")
    if options.commit:
        here, there = (statistics.median(totals[name]) for name in (HERE, options.commit))
        print(f"\n{here / there:.3f} of the processor seconds of {options.commit} ({here:.0f} against {there:.0f} s)")


def _split(words: list[str]) -> tuple[list[str], str, list[str]]:
    at = words.index("--") if "--" in words else len(words)
    return words[:at], "--", words[at + 1 :]


def _show(name: str, total: float, by_test: dict[str, float]) -> None:
    print(f"\n{name}: {total:.0f} processor seconds, {len(by_test)} tests of {sum(by_test.values()):.0f}; the dearest:")
    for test, seconds in sorted(by_test.items(), key=lambda pair: -pair[1])[:DEAREST]:
        print(f"{seconds:8.1f}  {test}")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
