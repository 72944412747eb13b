"""A shard of replicates as one task of a worker, which runs it and sends back only what it adds up to.

Everything added up is a whole number, so that shards of any length, on any workers, merge to the same bits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine.batch import BLOCK_SIZE, Block, Engine, SerializedPlan, SparseHistogram, reference_block, simulate_block
from sim.engine.workers import n_slots
from sim.plan.plan import Plan
from sim.results.summary import accumulator_of
from sim.statistics.accumulate import Accumulator
from sim.statistics.paired import PairedAccumulator

LONGEST = 64 * BLOCK_SIZE
"""Replicates of a task at most: some twenty seconds, so that little is lost with a worker."""
SHORTEST = 64
SHARES = 4
"""Tasks for each slot at least, where there are replicates enough, so that workers end at about the same time."""


@dataclass(frozen=True)
class Shard:
    """The same consecutive replicates of a baseline and its variants.

    Attributes
    ----------
    serialized : tuple of SerializedPlan
        The baseline first.
    engine : {'batch', 'reference'}
    seed, first, count : int
    example : str or None
        Outcome whose differences pick examples; None where differences are not asked for.
    """

    serialized: tuple[SerializedPlan, ...]
    engine: Engine
    seed: int
    first: int
    count: int
    example: str | None


@dataclass
class Sums:
    """What replicates add up to: each scenario, and each variant's differences from the baseline."""

    accumulators: list[Accumulator]
    pairs: list[PairedAccumulator]

    @classmethod
    def of(cls, plans: list[Plan], example: str | None) -> Sums:
        """No replicates of these plans."""
        accumulators = [accumulator_of(plan) for plan in plans]
        first, *others = accumulators
        pairs = (
            []
            if example is None
            else [PairedAccumulator(first.names, other.names, example, plans[0].n_scrambles) for other in others]
        )
        return cls(accumulators, pairs)

    @property
    def n(self) -> int:
        """Replicates that every plan has."""
        return min(accumulator.n for accumulator in self.accumulators)

    def add(self, blocks: Sequence[Block]) -> None:
        """Count in the same replicates of every plan."""
        for s, block in enumerate(blocks):
            self.add_rows(s, block.outcomes, block, blocks[0].outcomes)

    def add_rows(self, s: int, rows: np.ndarray, block: Block, baseline: np.ndarray) -> None:
        """Count in the rows of one plan, set against those of the same replicates of the first."""
        self.accumulators[s].add(rows, block.histogram, block.first)
        if s and self.pairs:
            self.pairs[s - 1].add(baseline, rows, block.first)

    def merge(self, other: Sums) -> None:
        """Count in other replicates of the same plans."""
        for mine, more in zip(self.accumulators, other.accumulators, strict=True):
            mine.merge(more)
        for pair, more_pairs in zip(self.pairs, other.pairs, strict=True):
            pair.merge(more_pairs)


def add_up(shard: Shard) -> tuple[Sums, list[SparseHistogram]]:
    """Run a shard, block by block, on one core; what a worker does.

    Returns
    -------
    sums : Sums
        Without histograms.
    histograms : list of SparseHistogram
        One for each scenario.
    """
    plans = [plan.load() for plan in shard.serialized]
    sums = Sums.of(plans, shard.example)
    work = simulate_block if shard.engine == "batch" else reference_block
    end = shard.first + shard.count
    for first in range(shard.first, end, BLOCK_SIZE):
        blocks = [work(plan, shard.seed, first, min(BLOCK_SIZE, end - first)) for plan in plans]
        sums.add(blocks)
    histograms = [SparseHistogram.of(accumulator.histogram) for accumulator in sums.accumulators]
    for accumulator in sums.accumulators:
        accumulator.histogram = accumulator.histogram[:0]
    return sums, histograms


def received(result: tuple[Sums, list[SparseHistogram]]) -> Sums:
    """The sums of a shard with their histograms, back where they are merged."""
    sums, histograms = result
    for accumulator, histogram in zip(sums.accumulators, histograms, strict=True):
        accumulator.histogram = histogram.whole()
    return sums


def shards(
    plans: list[Plan], seed: int, first: int, n: int, *, engine: Engine, executor: Executor, example: str | None
) -> Iterator[tuple[Any, Shard]]:
    """Tasks for `in_order` that together are the replicates `first` to `first` + `n` - 1."""
    serialized = tuple(SerializedPlan.of(plan) for plan in plans)
    length = min(LONGEST, max(SHORTEST, -(-n // (SHARES * n_slots(executor)))))
    for start in range(first, first + n, length):
        yield add_up, Shard(serialized, engine, seed, start, min(length, first + n - start), example)
