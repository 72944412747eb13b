"""What the replicates of cells add up to, whether they are run or read from a folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.engine.batch import Block
from sim.outcomes.columns import columns, is_quantity
from sim.plan.plan import Plan
from sim.results.summary import accumulator_of
from sim.statistics.accumulate import Accumulator
from sim.statistics.paired import PairedAccumulator


def added_up(plan: Plan, blocks: Iterable[Block]) -> Accumulator:
    """The replicates of one cell."""
    accumulator = accumulator_of(plan)
    for block in blocks:
        accumulator.add(block.outcomes, block.histogram, block.first)
    return accumulator


def set_side_by_side(plans: Sequence[Plan], streams: Sequence[Iterable[Block]]) -> PairedAccumulator:
    """The differences of the second cell from the first, replicate by replicate."""
    pair = PairedAccumulator(columns(plans[0]), columns(plans[1]), example_of(plans), plans[0].n_scrambles)
    for of_low, of_high in zip(*streams, strict=True):
        pair.add(of_low.outcomes, of_high.outcomes, of_low.first)
    return pair


def example_of(plans: Sequence[Plan]) -> str:
    """The outcome that picks replicates to open: the first that both plans have."""
    return next(name for name in columns(plans[0]) if name in columns(plans[-1]) and is_quantity(name))
