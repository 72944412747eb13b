"""Judge drawn mutants cheaply: python tests/mutants/plainly.py [SECONDS] asks the second simulator, in plain Python.

Rules run as plain Python here, so that nothing is compiled: a process of its own puts the changed function in the place
of the right one and tells the deals of `tests/property/test_oracle.py` again, until one is told otherwise than by the
oracle.
What is not noticed so keeps its verdict, and `tests/mutants/drawn.py` asks the other suites.
"""

from __future__ import annotations

import ast
import importlib
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ["NUMBA_DISABLE_JIT"] = "1"

from hypothesis import HealthCheck, Phase, given, seed  # noqa: E402
from hypothesis.strategies import SearchStrategy  # noqa: E402

from tests.amounts import examples  # noqa: E402
from tests.builders import tiny  # noqa: E402
from tests.mutants.drawing import rules_digest  # noqa: E402
from tests.mutants.drawn import ENDLESS, KILLED, OPEN, PAGE, Judged, draw, page, read, write  # noqa: E402
from tests.mutants.patterns import mutated  # noqa: E402
from tests.oracle.reading import NotCovered  # noqa: E402
from tests.property import test_oracle as suite  # noqa: E402
from tests.told import compare  # noqa: E402

HAND, GENERATED = (
    f"property/test_oracle.py::{test.__name__}"
    for test in (suite.test_a_deal_by_hand_is_told_alike, suite.test_generated_deals_are_told_alike)
)
LONGEST = 60
"""Seconds of processor time after which a mutant is one that never ends."""
_told: list[tuple[str, Any, int, Any]] = []
"""The test that has it, a scenario, the replicate, and what the oracle tells of it."""


def _tell() -> None:
    """What the oracle tells of the deals by hand and of the generated ones."""
    for text in suite.BY_HAND.values():
        scenario = tiny(text)
        document = compare.document_of(scenario)
        _told.extend((HAND, scenario, k, compare.told_by_oracle(document, k)) for k in range(3))
    for strategy, n in suite.KINDS.values():
        _tell_generated(strategy, n)


def _tell_generated(strategy: SearchStrategy[Any], n: int) -> None:
    @seed(suite.SEED)
    @examples(n, phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None, database=None)
    @given(strategy)
    def tell(scenario: Any) -> None:
        with suppress(NotCovered):
            _told.append((GENERATED, scenario, 0, compare.told_by_oracle(compare.document_of(scenario), 0)))

    tell()


def _put_in(judged: Judged) -> None:
    """Let the rule of this process be the mutant."""
    mutant = judged.mutant
    file, text = mutated(ROOT / "sim", mutant.function, mutant.old, mutant.new, mutant.module)
    module = importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    wrong = next(n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == mutant.function)
    wrong.decorator_list = []
    scope: dict[str, Any] = {}
    exec(compile(ast.Module([wrong], []), str(file), "exec"), vars(module), scope)
    getattr(module, mutant.function).py_func = scope[mutant.function]


def _ask(judged: Judged) -> tuple[str, str]:
    """The test that notices a mutant and what it says, or nothing; in a process that ends with it."""
    signal.signal(signal.SIGVTALRM, _ends_never)
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)
    test = HAND
    try:
        _put_in(judged)
        for test, scenario, replicate, told in _told:
            if difference := compare.difference(compare.told_by_program(scenario, replicate), told):
                return test, difference.splitlines()[-1]
    except Exception as error:
        return test, (str(error).splitlines() or [""])[0][:200] or type(error).__name__
    return "", ""


def _ends_never(*_: Any) -> None:
    raise TimeoutError(ENDLESS)


def judged_within(table: list[Judged], seconds: float) -> Iterator[tuple[Judged, tuple[str, str]]]:
    """Mutants that are open, with what notices each, as many as the time allows."""
    end = time.monotonic() + seconds
    waiting = [judged for judged in table if judged.verdict == OPEN]
    with ProcessPoolExecutor(2, mp_context=get_context("fork"), max_tasks_per_child=None) as pool:
        for first in range(0, len(waiting), 4):
            if time.monotonic() > end:
                return
            batch = waiting[first : first + 4]
            yield from zip(batch, pool.map(_in_child, batch), strict=True)


def _in_child(judged: Judged) -> tuple[str, str]:
    """Ask in a child of the worker, whose rules stay as they are."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        test, says = _ask(judged)
        os.write(write_end, f"{test}\n{says}".encode()[:4000])
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        answer = pipe.read().decode(errors="replace")
    os.waitpid(child, 0)
    test, _, says = answer.partition("\n")
    return test, says


def main(arguments: list[str]) -> int:
    """Draw if nothing has been drawn of these rules; ask for so long; write table and page."""
    rules, table = rules_digest(ROOT / "sim"), read()
    table = table or draw([])
    _tell()
    by_name = {judged.name: judged for judged in table}
    n_asked = 0
    for judged, (by, says) in judged_within(table, float(next(iter(arguments), "600"))):
        n_asked += 1
        if by:
            by_name[judged.name] = replace(judged, verdict=KILLED, by=by, says=says)
        print(judged.name, by or "is not noticed", flush=True)
    table = list(by_name.values())
    write(table, rules)
    PAGE.write_text(page(table, rules), encoding="utf-8")
    print(n_asked, "asked:", dict(Counter(judged.verdict for judged in table)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
