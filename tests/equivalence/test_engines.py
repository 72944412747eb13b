"""Both engines tell the same history, event by event, and no split, process or mode of running changes it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given

from sim.document.scenario import ResolvedScenario
from sim.engine import batch, reference
from sim.engine.batch import PLAINLY, reference_block, run_blocks, simulate_block, simulate_outcomes
from sim.engine.kernel import run_block
from sim.engine.reference import Activation, ReferenceEngine
from sim.native.entry import for_rules
from sim.outcomes.by_day import ByDay
from sim.outcomes.columns import columns
from sim.plan.codes import Clock, Event, Status
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.plan.record import STATE
from sim.reading.catalogue import scenarios
from sim.reading.resolve import resolve
from sim.reading.store import as_data
from sim.testing.strategies import scenarios as resolved_scenarios
from tests import broken
from tests.amounts import FACTOR, examples, is_quick

SHIPPED = [entry.name for entry in scenarios()]
MANY, FEW = 2000, 100
"""Replicates of baselines and of a tenth of the others, which changes; of the rest."""


def batch_history(plan: Plan, seed: int, replicate: int) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes and trace of one replicate on the batch engine."""
    curves = ByDay.of(plan)
    states = np.zeros(1, STATE)
    outcomes = np.zeros((1, len(columns(plan))), np.int64)
    plans, layout = for_rules(plan.record), curves.layout(curves.empty())
    assert run_block(plans, for_rules(states), np.uint64(seed), replicate, outcomes, *PLAINLY, *layout) == -1
    return outcomes[0], states["events"][0, : states["n_events"][0]].copy()


def assert_same_history(plan: Plan, seed: int, n: int) -> None:
    """Fail unless both engines give the same outcomes and the same trace for the first replicates."""
    engine = ReferenceEngine(plan)
    for replicate in range(n):
        told = engine.run(seed, replicate)
        outcomes, trace = batch_history(plan, seed, replicate)
        assert np.array_equal(told.trace, trace), f"replicate {replicate}: another trace"
        assert np.array_equal(told.outcomes, outcomes), f"replicate {replicate}: other outcomes"


@given(resolved_scenarios())
@examples(150)
def test_engines_tell_the_same_history_of_generated_deals(resolved: ResolvedScenario) -> None:
    assert_same_history(compile_plan(resolved), 5, 2)


@pytest.mark.parametrize("name", SHIPPED)
def test_engines_tell_the_same_history_of_shipped_scenarios(name: str) -> None:
    assert_same_history(compile_plan(resolve(name)), 5, 10)


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_engines_agree_on_many_replicates_of_shipped_scenarios(name: str) -> None:
    plan = compile_plan(resolve(name))
    n = MANY if FACTOR > 1 or is_quick(name, every=10, always=["baseline"]) else FEW
    told, counted = reference_block(plan, 11, 0, n), simulate_block(plan, 11, 0, n)
    assert np.array_equal(told.outcomes, counted.outcomes)
    assert np.array_equal(told.histogram, counted.histogram)


# ---------------------------------------------------------------- engines that are wrong


def test_a_wrong_rule_is_caught() -> None:
    def redate(_: Any, state: Any) -> None:
        late = np.flatnonzero(state["status"] == Status.LATE)
        state["status"][late[:1]] = Status.REDATED

    plan = compile_plan(resolve("january-2025/baseline"))
    with broken.rules_that(redate), pytest.raises(AssertionError, match="another trace"):
        assert_same_history(plan, 5, 5)


def test_a_clock_with_another_order_of_ties_is_caught() -> None:
    class LastFirst(Activation):
        def __init__(self, env: Any, clock: int, minute: int):
            super().__init__(env, 5000 - clock, minute)

    plan = compile_plan(resolve("january-2025/baseline"))
    with mock.patch.object(reference, "Activation", LastFirst), pytest.raises(AssertionError, match="another trace"):
        assert_same_history(plan, 5, 5)


def test_a_clock_that_is_a_minute_late_is_caught() -> None:
    plan = compile_plan(resolve("january-2025/baseline"))
    first_talks = int(plan.record["first_clock"][0, Clock.TALKS])

    class MinuteLate(Activation):
        def __init__(self, env: Any, clock: int, minute: int):
            super().__init__(env, clock, minute + (clock == first_talks))

    with mock.patch.object(reference, "Activation", MinuteLate), pytest.raises(AssertionError, match="another trace"):
        assert_same_history(plan, 5, 5)


# ---------------------------------------------------------------- processes, threads, blocks, plain Python

DIGEST = """
import hashlib, sys
from sim.reading.resolve import resolve
from sim.engine.batch import simulate_block
from sim.engine.reference import ReferenceEngine
from sim.plan.compile import compile_plan
for name in sys.argv[2:]:
    plan = compile_plan(resolve(name))
    engine, digest = ReferenceEngine(plan), hashlib.sha256()
    for replicate in range(int(sys.argv[1])):
        told = engine.run(2**64 - 1, replicate)
        digest.update(told.trace.tobytes() + told.outcomes.tobytes())
    digest.update(simulate_block(plan, 2**64 - 1, 0, int(sys.argv[1])).outcomes.tobytes())
    print(name, digest.hexdigest())
"""


def digests(names: list[str], n: int) -> str:
    """The same as `DIGEST` prints, in this process."""
    lines = []
    for name in names:
        plan = compile_plan(resolve(name))
        engine, digest = ReferenceEngine(plan), hashlib.sha256()
        for replicate in range(n):
            told = engine.run(2**64 - 1, replicate)
            digest.update(told.trace.tobytes() + told.outcomes.tobytes())
        digest.update(simulate_block(plan, 2**64 - 1, 0, n).outcomes.tobytes())
        lines.append(f"{name} {digest.hexdigest()}\n")
    return "".join(lines)


def in_another_process(names: list[str], n: int, **environment: str) -> str:
    """What another Python process makes of the same replicates."""
    command = [sys.executable, "-W", "error", "-c", DIGEST, str(n), *names]
    root = Path(__file__).parents[2]
    env = {**os.environ, "PYTHONPATH": str(root), **environment}
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_another_process_tells_the_same_history() -> None:
    names = ["january-2025/baseline", "january-2025/talks-start-day-4"]
    assert in_another_process(names, 20, PYTHONHASHSEED="7") == digests(names, 20)


@pytest.mark.slow
def test_plain_python_tells_the_same_history_as_compiled_rules() -> None:
    names = ["january-2025/baseline", "january-2025/as-written", "january-2025/misidentified-remains"]
    names += ["january-2025/strike-on-negotiators", "january-2025/holder-out-of-contact"]
    assert in_another_process(names, 1, NUMBA_DISABLE_JIT="1") == digests(names, 1)


SPLITS = [("batch", workers, size) for workers in (1, 3) for size in (1, 7, 64)]


def test_outcomes_alone_are_those_of_a_block_whatever_was_run_before() -> None:
    """They are run in memory that holds what earlier plans, larger and smaller ones, have left in it."""
    plans = [
        compile_plan(resolve(name))
        for name in ("october-2025/baseline", "november-2023/baseline", "january-2025/baseline")
    ]
    for plan in (*plans, *plans[::-1]):
        assert np.array_equal(simulate_outcomes(plan, 3, 7, 40), simulate_block(plan, 3, 7, 40).outcomes)


@pytest.mark.parametrize(("kind", "workers", "block_size"), [*SPLITS, ("reference", 1, 7), ("reference", 3, 7)])
def test_no_split_changes_a_replicate(kind: Any, workers: int, block_size: int) -> None:
    plan = compile_plan(resolve("january-2025/baseline"))
    whole = simulate_block(plan, 8, 3, 30)
    with mock.patch.multiple(batch, BLOCK_SIZE=block_size, REFERENCE_BLOCK_SIZE=block_size):
        blocks = list(run_blocks(plan, 8, 30, first=3, engine=kind, workers=workers))
    assert np.array_equal(np.concatenate([block.outcomes for block in blocks]), whole.outcomes)
    assert np.array_equal(sum(block.histogram for block in blocks), whole.histogram)
    assert [block.first for block in blocks] == sorted(block.first for block in blocks)


def test_another_seed_or_replicate_tells_another_history() -> None:
    plan = compile_plan(resolve("january-2025/baseline"))
    traces = {batch_history(plan, seed, number)[1].tobytes() for seed in (0, 1, 2**63) for number in range(5)}
    assert len(traces) == 15


# ---------------------------------------------------------------- what an obligation touches


def with_notice(resolved: ResolvedScenario) -> ResolvedScenario:
    """The same with a mediator's notice at the start that nobody waits for or complains of."""
    data = as_data(resolved)
    first = next(iter(data["deal"]["phases"]))
    mediator, party = next(iter(data["deal"]["mediators"])), next(iter(data["deal"]["parties"]))
    notice = {"kind": "information", "by": mediator, "to": party, "phase": first, "due": "day 2"}
    data["deal"]["obligations"]["notice"] = notice
    data["behaviour"].setdefault("parties", {})[mediator] = {"complains": 0.0}
    return ResolvedScenario.model_validate(data)


def without(trace: np.ndarray, obligation: int) -> list[list[int]]:
    """A trace without the events of one obligation, numbered anew."""
    own = (trace[:, 1] >= Event.OBLIGATION_DUE) & (trace[:, 1] <= Event.OBLIGATION_VOID) & (trace[:, 2] == obligation)
    number = np.cumsum(~own) - 1
    kept = trace[~own].tolist()
    return [[*row[:4], int(number[row[4]]) if row[4] >= 0 else -1, *row[5:]] for row in kept]


@given(resolved_scenarios())
@examples(60)
def test_one_more_obligation_changes_no_history_that_it_does_not_touch(resolved: ResolvedScenario) -> None:
    first = next(iter(resolved.deal.phases.values()))
    if first.lasts is None or first.ends_early:
        return  # a phase that ends when everything is done waits for every obligation
    plan, more = compile_plan(resolved), compile_plan(with_notice(resolved))
    extra = len(plan.obligations)
    for replicate in range(3):
        _, before = batch_history(plan, 4, replicate)
        _, after = batch_history(more, 4, replicate)
        assert without(after, extra) == before.tolist()


def test_one_more_obligation_is_not_unnoticed() -> None:
    resolved = resolve("january-2025/baseline")
    plan, more = compile_plan(resolved), compile_plan(with_notice(resolved))
    _, before = batch_history(plan, 4, 0)
    _, after = batch_history(more, 4, 0)
    assert len(after) == len(before) + 2
    assert without(after, len(plan.obligations)) == before.tolist()
