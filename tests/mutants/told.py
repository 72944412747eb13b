"""What the second simulator tells of many deals, and whether a mutant of the rules tells one of them otherwise.

Rules run as plain Python here, so that nothing is compiled: a process of its own, forked from one that has all deals
and what is right of them, puts the wrong function in the place of the right one. A mutant costs a second or two so,
where pytest in a copy of the sources takes a minute. The deals are those of three tests of the quick run.
"""

from __future__ import annotations

import ast
import importlib
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ["NUMBA_DISABLE_JIT"] = "1"

import numpy as np  # noqa: E402

from sim.engine.batch import PLAINLY, Block  # noqa: E402
from sim.engine.kernel import run_block  # noqa: E402
from sim.engine.reference import ReferenceEngine  # noqa: E402
from sim.errors import EngineError  # noqa: E402
from sim.native.entry import for_rules  # noqa: E402
from sim.outcomes.by_day import ByDay  # noqa: E402
from sim.outcomes.columns import columns  # noqa: E402
from sim.outcomes.trace import records  # noqa: E402
from sim.plan.compile import Plan, compile_plan  # noqa: E402
from sim.plan.record import STATE  # noqa: E402
from tests.builders import tiny  # noqa: E402
from tests.mutants.deals import combined, of_strategy  # noqa: E402
from tests.mutants.drawn import ENDLESS  # noqa: E402
from tests.mutants.mutant import COMBINED, GENERATED, HAND, Mutant  # noqa: E402
from tests.mutants.patterns import PatternError, find, mutated  # noqa: E402
from tests.oracle.reading import NotCovered  # noqa: E402
from tests.oracle.simulate import History, simulate  # noqa: E402
from tests.property import test_oracle as suite  # noqa: E402
from tests.told import compare  # noqa: E402

LONGEST = 20
"""Seconds of processor time for one history, after which rules are said never to end."""
NOTHING = ("", "")


@dataclass(frozen=True)
class Deal:
    """One replicate of a deal, and what the second simulator tells of it.

    Attributes
    ----------
    test : str
        The test that has it.
    """

    test: str
    scenario: Any
    plan: Plan
    replicate: int
    seed: int
    history: History
    told: Counter[compare.Told]


def deals(*, are_all: bool = True) -> list[Deal]:
    """Those by hand, the generated ones and, if all, those that combine features; first replicates first.

    The last kill one mutant in thirty, and take four fifths of the time.
    """
    by_hand = sorted(_by_hand(), key=lambda deal: deal.replicate)
    found = [*by_hand, *_generated(), *(_combined() if are_all else ())]
    for deal in {deal.test: deal for deal in found}.values():
        assert not (otherwise := _otherwise(deal)), f"{deal.test} fails without any mutant: {otherwise}"
    return found


def _by_hand() -> Iterator[Deal]:
    for text in suite.BY_HAND.values():
        yield from replicates(HAND, tiny(text), suite.REPLICATES)


def _generated() -> Iterator[Deal]:
    for strategy, n in suite.KINDS.values():
        for scenario in of_strategy(strategy, n, suite.SEED):
            with suppress(NotCovered):
                yield from replicates(GENERATED, scenario, 1)


def _combined() -> Iterator[Deal]:
    for composed in combined():
        with suppress(NotCovered):
            yield from replicates(COMBINED, composed.resolved, 1, composed.seed)


def replicates(test: str, scenario: Any, n: int, number: int = compare.SEED) -> Iterator[Deal]:
    """The first replicates of a deal, told by the second simulator."""
    plan, document = compile_plan(scenario), compare.document_of(scenario)
    for replicate in range(n):
        history = simulate(document, number, replicate)
        told = compare.with_causes([compare.of_oracle(event) for event in history.events])
        yield Deal(test, scenario, plan, replicate, number, history, told)


# ---------------------------------------------------------------- a mutant


def can_be_put_in(mutant: Mutant) -> bool:
    """Whether what a mutant changes is a rule, which Python can call in its changed form."""
    try:
        place = find(ROOT / "sim", mutant.function, mutant.module)
    except PatternError:
        return False
    module = importlib.import_module(f"sim.{place.module}")
    return isinstance(getattr(getattr(module, mutant.function, None), "py_func", None), FunctionType)


def noticed(mutant: Mutant, told: list[Deal]) -> tuple[str, str]:
    """The test that notices a mutant and what it says, or nothing; asked in a child, whose parent's rules stay."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        test, says = _ask(mutant, told)
        os.write(write_end, f"{test}\n{says}".encode()[:4000])
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        answer = pipe.read().decode(errors="replace")
    os.waitpid(child, 0)
    test, _, says = answer.partition("\n")
    return test.removeprefix("tests/"), says


def _ask(mutant: Mutant, told: list[Deal]) -> tuple[str, str]:
    signal.signal(signal.SIGVTALRM, _ends_never)
    test = HAND
    try:
        _put_in(mutant)
        for deal in told:
            signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)
            test = deal.test
            if found := _otherwise(deal):
                return test, found.splitlines()[-1]
    except Exception as error:
        return test, (str(error).splitlines() or [""])[0][:200] or type(error).__name__
    return NOTHING


def _put_in(mutant: Mutant) -> None:
    """Let the rule of this process be the mutant."""
    file, text = mutated(ROOT / "sim", mutant.function, mutant.old, mutant.new, mutant.module)
    module = importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    wrong = next(n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == mutant.function)
    wrong.decorator_list = []
    scope: dict[str, Any] = {}
    exec(compile(ast.Module([wrong], []), str(file), "exec"), vars(module), scope)
    getattr(module, mutant.function).py_func = scope[mutant.function]


def _otherwise(deal: Deal) -> str:
    """What is told or measured otherwise of a deal: by the batch engine, and if so by its test, which asks both."""
    block, trace = _batch(deal)
    if not _difference(deal, block, trace):
        return ""
    told = ReferenceEngine(deal.plan).run(deal.seed, deal.replicate).trace
    return _difference(deal, block, told)


def _batch(deal: Deal) -> tuple[Block, Any]:
    by_day = ByDay.of(deal.plan)
    outcomes = np.zeros((1, len(columns(deal.plan))), np.int64)
    states, histogram = np.zeros(1, STATE), by_day.empty()
    plans, layout = for_rules(deal.plan.record), by_day.layout(histogram)
    faulty = run_block(plans, for_rules(states), np.uint64(deal.seed), deal.replicate, outcomes, *PLAINLY, *layout)
    if faulty >= 0:
        raise EngineError("more events than a history may have")
    return Block(deal.replicate, outcomes, histogram), states["events"][0, : int(states["n_events"][0])]


def _difference(deal: Deal, block: Block, trace: Any) -> str:
    lines = [compare.of_program(record) for record in records(deal.plan, trace)]
    return compare.difference(compare.with_causes(lines), deal.told) or "\n".join(
        compare.measured_otherwise(deal.scenario, deal.plan, block, deal.history)
    )


def _ends_never(*_: Any) -> None:
    raise TimeoutError(ENDLESS)
