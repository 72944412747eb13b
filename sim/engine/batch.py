"""Many replicates: in blocks, on threads (batch engine) or processes (reference engine), the same for any split."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Literal

import numpy as np

from sim.compiled import compiling, for_rules
from sim.engine.kernel import run_block
from sim.engine.reference import ReferenceEngine
from sim.errors import EngineError
from sim.outcomes import Curves, columns, tally
from sim.plan.compile import Plan, compile_plan
from sim.plan.layout import MAX_EVENTS, STATE

BLOCK_SIZE = 8192
"""Replicates to a block: the unit of work, of files and of interruption."""
REFERENCE_BLOCK_SIZE = 64
Engine = Literal["batch", "reference"]


@dataclass(frozen=True)
class Block:
    """Consecutive replicates of one plan.

    Attributes
    ----------
    first : int
        Number of the first replicate.
    outcomes : ndarray of int64, shape (n_replicates, n_columns)
        As measured, in the order of `sim.outcomes.columns`.
    histogram : ndarray of int64, shape (n,)
        Cumulative releases by day, laid out by `sim.outcomes.Curves`; blocks add up.
    """

    first: int
    outcomes: np.ndarray[Any, Any]
    histogram: np.ndarray[Any, Any]


def simulate_block(plan: Plan, seed: int, first: int, count: int) -> Block:
    """Replicates `first` to `first` + `count` - 1 on the batch engine.

    Parameters
    ----------
    plan : Plan
    seed : int
        In [0, 2**64).
    first, count : int

    Returns
    -------
    Block

    Raises
    ------
    EngineError
        If a replicate exceeds its bound on events.
    """
    curves = Curves.of(plan)
    outcomes = np.zeros((count, len(columns(plan))), np.int64)
    histogram = curves.empty()
    states = for_rules(np.zeros(1, STATE))
    plans = for_rules(plan.record)
    seed_word, layout = np.uint64(seed), (curves.starts, curves.widths, curves.n_days, histogram)
    if not run_block_is_ready():
        with compiling():
            run_block(plans, states, seed_word, first, outcomes[:0], *layout)
    faulty = run_block(plans, states, seed_word, first, outcomes, *layout)
    if faulty >= 0:
        raise EngineError(f"seed {seed}, replicate {faulty}: more than {MAX_EVENTS} events; the scenario runs away")
    return Block(first, outcomes, histogram)


def run_block_is_ready() -> bool:
    """Whether this process has the batch engine's machine code, or runs it as plain Python."""
    return bool(getattr(run_block, "signatures", True))


def explain_block(plan: Plan, seed: int, first: int, count: int) -> Block:
    """The same block on the reference engine, with phase machine and guarantees at every step."""
    curves = Curves.of(plan)
    engine = ReferenceEngine(plan)
    outcomes = np.zeros((count, len(columns(plan))), np.int64)
    histogram = curves.empty()
    for i in range(count):
        outcomes[i] = engine.run(seed, first + i).outcomes
        tally(engine.plans, engine.states, curves.starts, curves.widths, curves.n_days, histogram)
    return Block(first, outcomes, histogram)


_plans: dict[str, Plan] = {}


def _explain_in_process(scenario: str, seed: int, first: int, count: int) -> Block:
    """`explain_block` in a worker process, which compiles each plan once."""
    from sim.deal.resolve import from_resolved

    if scenario not in _plans:
        _plans.clear()
        _plans[scenario] = compile_plan(from_resolved(scenario))
    return explain_block(_plans[scenario], seed, first, count)


def n_workers() -> int:
    """Workers used when none are asked for: one for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_blocks(
    plan: Plan, seed: int, n_replicates: int, *, first: int = 0, engine: Engine = "batch", workers: int | None = None
) -> Iterator[Block]:
    """Blocks of replicates in order, computed side by side.

    Parameters
    ----------
    plan : Plan
    seed : int
    n_replicates : int
    first : int, optional
        Number of the first replicate.
    engine : {'batch', 'reference'}, optional
    workers : int, optional
        Threads (batch) or processes (reference); by default one for each core.

    Yields
    ------
    Block

    Notes
    -----
    A replicate depends on its number alone, so results are identical for any number of workers and any block size.
    """
    workers = workers or n_workers()
    size = BLOCK_SIZE if engine == "batch" else REFERENCE_BLOCK_SIZE
    if n_replicates < size * workers:
        size = max(1, -(-n_replicates // workers))
    spans = [(first + start, min(size, n_replicates - start)) for start in range(0, n_replicates, size)]
    if engine == "batch":
        yield from _in_order(ThreadPoolExecutor(workers), simulate_block, plan, seed, spans, workers)
    elif workers == 1 or len(spans) == 1:
        for start, count in spans:
            yield explain_block(plan, seed, start, count)
    else:
        scenario = plan.scenario.model_dump_json(by_alias=True)
        processes = ProcessPoolExecutor(workers, get_context("spawn"))
        yield from _in_order(processes, _explain_in_process, scenario, seed, spans, workers)


def _in_order(
    executor: Executor, work: Callable[..., Block], what: Any, seed: int, spans: list[tuple[int, int]], workers: int
) -> Iterator[Block]:
    """Results in the order of the spans, with never more than two blocks a worker under way."""
    waiting: deque[Future[Block]] = deque()
    try:
        for start, count in spans:
            waiting.append(executor.submit(work, what, seed, start, count))
            if len(waiting) >= 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
