"""Write down which test catches each mutant: `python tests/mutants/run.py`.

A mutant of a rule is put in the place of that rule, and the deals of the second simulator are told again, which takes
seconds. What these do not notice, what is no rule, and what names another test is made in a copy of the sources, two at
once, and the suites are asked. Rules run as plain Python, which needs no compiling. Names of mutants may follow, to run
only these; the page then keeps its other lines.
"""

from __future__ import annotations

import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.mutants.mutant import HAND, SUITES, Mutant  # noqa: E402
from tests.mutants.patterns import mutated  # noqa: E402
from tests.mutants.table import MUTANTS, OF_CASES  # noqa: E402

PAGE = ROOT / "docs" / "development" / "mutants.md"
HEAD = """# Mutants

Rules and clocks made wrong by hand, each in one place, and the test of the quick run that fails then. Asked are only
suites that compare histories of many deals with those of a second simulator, of the other engine or of an onlooker:
{suites};
and first of all the test that a mutant names, of conditions one with minutes by hand.
Those named after a [case](cases.md), and those below them, are mends undone. Written by `python tests/mutants/run.py`,
all mutants or those that are named; a test checks that every mutant still fits the sources and has a line here.

| mutant | in | what is wrong | killed by | which says |
|---|---|---|---|---|
"""
SURVIVES = "**survives**"
LONGEST = 400
"""Seconds of processor time, which do not depend on what else runs; tests that take longer are left for the next."""
AT_ONCE = 2
Killer = tuple[str, str] | None
"""The test that catches a mutant, and what it says; None if it survives."""


def copy_sources(folder: Path) -> None:
    """What the tests need."""
    for name in ("sim", "tests", "scenarios", "results"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder / name)


class EndlessError(RuntimeError):
    """Tests that took more processor time than they may."""


def killer_in(folder: Path, *tests: str, longest: int = LONGEST) -> Killer:
    """The first of these tests that fails, and what it says; None if none does. The rules run as plain Python.

    Raises
    ------
    EndlessError
        If they take longer than so many seconds of processor time.
    """
    environment = os.environ | {"HYPOTHESIS_PROFILE": "find", "PYTHONPATH": str(folder), "NUMBA_DISABLE_JIT": "1"}
    limited = ["sh", "-c", 'ulimit -t "$0" && exec "$@"', str(longest)]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not slow", *tests]
    done = subprocess.run(
        [*limited, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise EndlessError(f"does not end within {longest} s of processor time")
    if done.returncode == 0:
        return None
    found = re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    if not found:
        raise RuntimeError(f"{tests}: {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    says = re.findall(r"^E +(?:[\w.]*\.)?\w*(?:Error|Exception): (.+)$", done.stdout, re.MULTILINE)
    return found[0].partition("[")[0].removeprefix("tests/"), says[0].strip() if says else "it fails"


@contextmanager
def made(mutant: Mutant, folder: Path) -> Iterator[None]:
    """A mutant in a copy of the sources, until this is left."""
    file, wrong = mutated(folder / "sim", mutant.function, mutant.old, mutant.new, mutant.module)
    right = file.read_text(encoding="utf-8")
    file.write_text(wrong, encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(right, encoding="utf-8")


def kill(mutant: Mutant, folder: Path) -> Killer:
    """The test that catches a mutant, and what it says."""
    with made(mutant, folder):
        for tests in dict.fromkeys([mutant.first, *SUITES]):
            with suppress(EndlessError):
                if killer := killer_in(folder, tests):
                    return killer
    return None


def known() -> dict[str, str]:
    """By mutant, the last two cells of its line in the page: what kills it, and what that says."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    return dict(re.findall(r"^\| `([\w-]+)` \| `[^|]+` \| [^|]+ \| (\S+ \| [^|]*) \|$", text, re.MULTILINE))


def write(killers: dict[str, str]) -> None:
    """The page, with a line for each mutant that has been run."""
    lines = [
        f"| `{m.name}` | `{m.function}` | {m.breaks} | {killers[m.name]} |\n"
        for m in (*MUTANTS, *OF_CASES)
        if m.name in killers
    ]
    files = dict.fromkeys(suite.removeprefix("tests/").partition("::")[0] for suite in SUITES)
    suites = ", ".join(f"`{file}`" for file in files)
    PAGE.write_text(HEAD.format(suites=suites) + "".join(lines), encoding="utf-8")


def in_copies(judge: Callable[[Any, Path], Killer], items: Sequence[Any]) -> Iterator[tuple[Any, Killer]]:
    """What `judge` says of each item in a copy of the sources, as it is known; some are asked at once."""
    free: queue.Queue[Path] = queue.Queue()

    def run(item: Any) -> Killer:
        folder = free.get()
        began = time.perf_counter()
        try:
            killer = judge(item, folder)
        finally:
            free.put(folder)
        name, seconds = getattr(item, "name", item), time.perf_counter() - began
        print(f"{name}: {': '.join(killer or ('nothing fails',))} ({seconds:.0f} s)", flush=True)
        return killer

    with ExitStack() as stack:
        for _ in range(min(AT_ONCE, len(items))):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            copy_sources(folder)
            free.put(folder)
        pool = stack.enter_context(ThreadPoolExecutor(AT_ONCE))
        asked = {pool.submit(run, item): item for item in items}
        yield from ((asked[done], done.result()) for done in as_completed(asked))


def refuse_what_fails_anyway(suites: Sequence[str], longest: int = LONGEST) -> None:
    """Stop if a test fails without any mutant, run as with one: it would catch them all."""

    def alone(suite: str, folder: Path) -> Killer:
        return killer_in(folder, *suite.split(), longest=longest)

    if failing := [suite for suite, killer in in_copies(alone, suites) if killer]:
        raise SystemExit(f"these tests fail without any mutant: {', '.join(failing)}")


def main(names: list[str]) -> int:
    """Run these mutants, or all; 1 if any survives."""
    unknown = set(names) - {mutant.name for mutant in (*MUTANTS, *OF_CASES)}
    assert not unknown, f"no such mutants: {sorted(unknown)}"
    killers = known()
    asked = [mutant for mutant in (*MUTANTS, *OF_CASES) if not names or mutant.name in names]
    left = []
    for mutant, killer in _noticed(asked):
        if killer:
            _write_down(killers, mutant, killer)
        else:
            left.append(mutant)
    if left:
        refuse_what_fails_anyway(SUITES)
    for mutant, killer in in_copies(kill, sorted(left, key=lambda mutant: mutant.name in killers)):  # new ones first
        _write_down(killers, mutant, killer)
    return int(any(cells.startswith(SURVIVES) for cells in killers.values()))


def _noticed(mutants: list[Mutant]) -> Iterator[tuple[Mutant, Killer]]:
    """What the deals of the second simulator notice of each."""
    from tests.mutants import told  # takes its time, and turns off compiling

    deals = told.deals()
    for mutant in mutants:
        is_asked = mutant.first == HAND and told.can_be_put_in(mutant)
        killer = told.noticed(mutant, deals) if is_asked else told.NOTHING
        print(f"{mutant.name}: {', '.join(killer) if killer[0] else 'not noticed'}", flush=True)
        yield mutant, killer if killer[0] else None


def _write_down(killers: dict[str, str], mutant: Mutant, killer: Killer) -> None:
    test, says = killer or (SURVIVES, "")
    killers[mutant.name] = f"`{test}` | {says.replace('|', '/')}" if killer else f"{SURVIVES} | "
    write(killers)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
