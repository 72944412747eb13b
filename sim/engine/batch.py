"""Many replicates: in blocks, on threads (batch engine) or processes (reference engine), the same for any split."""

from __future__ import annotations

import pickle
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from sim.engine.kernel import run_block
from sim.engine.reference import ReferenceEngine
from sim.engine.workers import Processes, Workers, in_order, n_slots, n_workers
from sim.errors import EngineError
from sim.native.entry import for_rules
from sim.outcomes.asked import NOTHING, layout_of
from sim.outcomes.by_day import ByDay
from sim.outcomes.columns import columns
from sim.outcomes.measure import tally
from sim.plan.limits import MAX_EVENTS
from sim.plan.plan import NO_TABLE, Plan
from sim.plan.record import STATE
from sim.sources import source_digest

BLOCK_SIZE = 8192
"""Replicates to a block: the unit of work, of files and of interruption."""
PLAINLY = (NOTHING, *NO_TABLE.arrays)
"""What `run_block` takes beside outcomes where nothing is asked by day and there is no table of draws."""
STRETCH = 1000
"""Replicates that are run on end, about a twentieth of a second."""
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
        As measured, in the order of `sim.outcomes.columns.columns`.
    histogram : ndarray of int64, shape (n,)
        Releases and obligations met by day, laid out by `sim.outcomes.by_day.ByDay`; blocks add up.
    """

    first: int
    outcomes: np.ndarray[Any, Any]
    histogram: np.ndarray[Any, Any]


@dataclass(frozen=True)
class SparseHistogram:
    """A histogram without its zeros, which are nearly all of it."""

    size: int
    places: np.ndarray[Any, Any]
    counts: np.ndarray[Any, Any]

    @classmethod
    def of(cls, histogram: np.ndarray[Any, Any]) -> SparseHistogram:
        """A histogram of `ByDay`, packed."""
        places = np.flatnonzero(histogram)
        return cls(len(histogram), places, histogram[places])

    def whole(self) -> np.ndarray[Any, Any]:
        """The histogram as it was."""
        histogram = np.zeros(self.size, np.int64)
        histogram[self.places] = self.counts
        return histogram

    def add_to(self, histogram: np.ndarray[Any, Any]) -> None:
        """Count these in a whole histogram."""
        histogram[self.places] += self.counts


def simulate_block(
    plan: Plan, seed: int, first: int, count: int, *, before_each: Callable[[], None] = lambda: None
) -> Block:
    """Replicates `first` to `first` + `count` - 1 on the batch engine.

    Parameters
    ----------
    plan : Plan
    seed : int
        In [0, 2**64).
    first, count : int
    before_each : callable, optional
        Called before every `STRETCH` replicates; what it raises ends the block.

    Returns
    -------
    Block

    Raises
    ------
    EngineError
        If a replicate exceeds its bound on events.
    """
    by_day = ByDay.of(plan)
    histogram = by_day.empty()
    states = for_rules(np.zeros(1, STATE))
    return Block(first, _run(plan, seed, first, count, states, by_day, histogram, before_each), histogram)


def _run(
    plan: Plan, seed: int, first: int, count: int, states: Any, by_day: ByDay, histogram: np.ndarray[Any, Any],
    before_each: Callable[[], None],
) -> np.ndarray[Any, Any]:  # fmt: skip
    outcomes = np.zeros((count, len(columns(plan))), np.int64)
    plans = for_rules(plan.record if plan.posterior is None else plan.record.copy())
    table = (plan.posterior or NO_TABLE).arrays
    seed_word, layout = np.uint64(seed), (layout_of(plan), *table, *by_day.layout(histogram))
    for start in range(0, count, STRETCH):
        before_each()
        faulty = run_block(plans, states, seed_word, first + start, outcomes[start : start + STRETCH], *layout)
        if faulty >= 0:
            raise EngineError(
                f"seed {seed}, replicate {faulty}: more than {MAX_EVENTS} events (MAX_EVENTS in sim/plan/limits.py); "
                "the scenario runs away"
            )
    return outcomes


class _Scratch(threading.local):
    """What a thread writes to and nobody reads, of seven megabytes: to have it anew takes as long as 60 replicates."""

    def __init__(self) -> None:
        self.states = for_rules(np.zeros(1, STATE))
        self.histogram = np.zeros(0, np.int64)

    def histogram_of(self, by_day: ByDay) -> np.ndarray[Any, Any]:
        """A histogram laid out like this, with whatever it holds."""
        if len(self.histogram) != by_day.size:
            self.histogram = by_day.empty()
        return self.histogram


_SCRATCH = _Scratch()


def simulate_outcomes(plan: Plan, seed: int, first: int, count: int) -> np.ndarray[Any, Any]:
    """The outcomes of `simulate_block` alone, for who runs few replicates of each of many plans.

    Parameters
    ----------
    plan : Plan
    seed, first, count : int

    Returns
    -------
    ndarray of int64, shape (count, n_columns)

    Raises
    ------
    EngineError
        If a replicate exceeds its bound on events.
    """
    by_day = ByDay.of(plan)
    histogram = _SCRATCH.histogram_of(by_day)
    return _run(plan, seed, first, count, _SCRATCH.states, by_day, histogram, lambda: None)


def simulate_sparse(
    plan: Plan, seed: int, first: int, count: int, *, before_each: Callable[[], None] = lambda: None
) -> tuple[np.ndarray[Any, Any], SparseHistogram]:
    """Outcomes and histogram of `simulate_block`, for who runs few replicates at a time and keeps them.

    Parameters
    ----------
    plan : Plan
    seed, first, count : int
    before_each : callable, optional
        As `simulate_block` takes it.

    Returns
    -------
    outcomes : ndarray of int64, shape (count, n_columns)
    histogram : SparseHistogram

    Raises
    ------
    EngineError
        If a replicate exceeds its bound on events.
    """
    by_day = ByDay.of(plan)
    histogram = _SCRATCH.histogram_of(by_day)
    histogram[:] = 0
    outcomes = _run(plan, seed, first, count, _SCRATCH.states, by_day, histogram, before_each)
    return outcomes, SparseHistogram.of(histogram)


def reference_block(plan: Plan, seed: int, first: int, count: int) -> Block:
    """The same replicates on the reference engine, with phase machine and guarantees at every step."""
    by_day = ByDay.of(plan)
    engine = ReferenceEngine(plan)
    outcomes = np.zeros((count, len(columns(plan))), np.int64)
    histogram = by_day.empty()
    layout = by_day.layout(histogram)
    for i in range(count):
        outcomes[i] = engine.run(seed, first + i).outcomes
        tally(engine.plans, engine.states, *layout)
    return Block(first, outcomes, histogram)


# ---------------------------------------------------------------- blocks as tasks of other processes


@dataclass(frozen=True)
class SerializedPlan:
    """A plan serialized for another process, which must have the same rules.

    Attributes
    ----------
    plan : bytes
        About a twentieth of the plan in memory.
    package : str
        Digest of the sources of the process that sends it.
    """

    plan: bytes
    package: str

    @classmethod
    def of(cls, plan: Plan) -> SerializedPlan:
        """A plan, serialized and compressed."""
        return cls(zlib.compress(pickle.dumps(plan), 1), source_digest("package"))

    def load(self) -> Plan:
        """The plan, in the process that runs it.

        Raises
        ------
        EngineError
            If this process has another version, whose results could differ.
        """
        own = source_digest("package")
        if self.package != own:
            raise EngineError(
                f"a worker has other sources of ceasefire-sim ({own[:16]}) than this process ({self.package[:16]}): "
                "install the same version on all machines"
            )
        return _unpacked(self.plan)


@lru_cache(maxsize=8)
def _unpacked(plan: bytes) -> Plan:
    """A plan that came with a task, unpacked once for all its tasks."""
    opened: Plan = pickle.loads(zlib.decompress(plan))
    return opened


def run_elsewhere(
    serialized: SerializedPlan, engine: Engine, seed: int, first: int, count: int
) -> tuple[Any, SparseHistogram]:
    """The outcomes and the histogram of a block; what a worker does."""
    work = simulate_block if engine == "batch" else reference_block
    block = work(serialized.load(), seed, first, count)
    return block.outcomes, SparseHistogram.of(block.histogram)


# ---------------------------------------------------------------- many blocks


def run_blocks(
    plan: Plan,
    seed: int,
    n_replicates: int,
    *,
    first: int = 0,
    engine: Engine = "batch",
    workers: Workers | None = None,
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
    workers : int or Executor, optional
        Threads (batch) or processes (reference); by default one for each core. Or any executor whose workers can
        import this package.

    Yields
    ------
    Block

    Notes
    -----
    A replicate depends on its number alone, so results are identical for any number of workers and any block size.
    """
    workers = workers or n_workers()
    slots = n_slots(workers)
    size = BLOCK_SIZE if engine == "batch" else REFERENCE_BLOCK_SIZE
    if n_replicates < size * slots:
        size = max(1, -(-n_replicates // slots))
    spans = [(first + start, min(size, n_replicates - start)) for start in range(0, n_replicates, size)]
    yield from run_spans(plan, seed, spans, engine=engine, workers=workers)


def run_spans(
    plan: Plan, seed: int, spans: Sequence[tuple[int, int]], *, engine: Engine, workers: Workers
) -> Iterator[Block]:
    """As `run_blocks`, one block for each span: the number of its first replicate, and how many."""
    if isinstance(workers, Executor):
        yield from _on(workers, plan, seed, spans, engine, n_slots(workers))
    elif engine == "batch":
        with _closing(ThreadPoolExecutor(workers)) as threads:
            yield from in_order(threads, ((simulate_block, plan, seed, *span) for span in spans), workers)
    elif workers == 1 or len(spans) == 1:
        for span in spans:
            yield reference_block(plan, seed, *span)
    else:
        with _closing(Processes(min(workers, len(spans)))) as processes:
            yield from _on(processes, plan, seed, spans, engine, workers)


def _on(
    executor: Executor, plan: Plan, seed: int, spans: Sequence[tuple[int, int]], engine: Engine, slots: int
) -> Iterator[Block]:
    """Blocks that the workers of an executor have run."""
    serialized = SerializedPlan.of(plan)
    tasks = ((run_elsewhere, serialized, engine, seed, *span) for span in spans)
    for (first, _), (outcomes, histogram) in zip(spans, in_order(executor, tasks, slots), strict=True):
        yield Block(first, outcomes, histogram.whole())


@contextmanager
def _closing(executor: Executor) -> Iterator[Executor]:
    """An executor of our own: what it has not begun is dropped at the end."""
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
