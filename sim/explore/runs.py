"""Scenarios that are run again and again: replicates are kept and added up once; what nobody waits for is not run."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import chain, islice, pairwise
from typing import TypeVar

import numpy as np

from sim.analysis.compare import EXAMPLE_OUTCOME
from sim.document.scenario import ResolvedScenario
from sim.engine.batch import SparseHistogram, simulate_sparse
from sim.engine.workers import n_slots
from sim.errors import SimError
from sim.outcomes.by_day import ByDay
from sim.outcomes.columns import columns
from sim.plan.plan import Plan
from sim.results.summary import set_against, summarize
from sim.statistics.accumulate import Accumulator
from sim.statistics.comparison import Comparison, Summary
from sim.statistics.moments import Array, Moments
from sim.statistics.paired import PairedAccumulator

DRAFT = 2_000
"""Replicates that are run first where all of them would take too long."""
MOST_KEPT = 6
MOST_TABS = 64
_NO_DAYS = np.zeros(0, np.int64)
K = TypeVar("K")
V = TypeVar("V")
IsStale = Callable[[], bool]
Pieces = list[tuple[int, int]]
"""Replicates, by number of the first and how many."""


class StaleError(SimError):
    """A later request of the same window has made this one pointless."""


class Latest:
    """Which request of each window is the latest."""

    def __init__(self) -> None:
        self._last: OrderedDict[str, int] = OrderedDict()
        self._count = 0
        self._lock = threading.Lock()

    def enter(self, tab: str) -> IsStale:
        """Make this the latest request of its window; what is returned tells whether it no longer is."""
        with self._lock:
            self._count += 1
            number = self._count
            self._last[tab] = number
            self._last.move_to_end(tab)
            while len(self._last) > MOST_TABS:
                self._last.popitem(last=False)
        return lambda: self._last.get(tab) != number


@dataclass(frozen=True)
class Chunk:
    """Consecutive replicates of one scenario: the number of the first, outcomes, and what is counted by day."""

    first: int
    rows: Array
    days: SparseHistogram


@dataclass(frozen=True)
class Stretch:
    """Consecutive chunks, and what their outcomes add up to together."""

    chunks: tuple[Chunk, ...]
    sums: Accumulator


@dataclass
class Runs:
    """The replicates of one scenario that have been run so far.

    Attributes
    ----------
    scenario : ResolvedScenario
    plan : Plan
    seed : int
    """

    scenario: ResolvedScenario
    plan: Plan
    seed: int
    _stretches: OrderedDict[tuple[int, int], Stretch] = field(default_factory=OrderedDict)
    _counted: OrderedDict[int, tuple[Summary, Moments]] = field(default_factory=OrderedDict)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Columns of the rows."""
        return columns(self.plan)

    @cached_property
    def by_day(self) -> ByDay:
        """Layout of the histogram by day."""
        return ByDay.of(self.plan)

    def chunks(self, n: int, pool: Executor, is_stale: IsStale) -> list[Chunk]:
        """Replicates 0 to n - 1, those that are missing run.

        Raises
        ------
        StaleError
            As soon as it is stale, looked at before every `STRETCH` replicates of a core.
        """
        spans, n_cores = _spans(n), n_slots(pool)
        pieces = {span: _pieces(*span, n_cores) for span in spans if span not in self._stretches}
        run = pool.map(partial(self._run, is_stale), chain(*pieces.values()))
        for span, of in pieces.items():
            self._stretches[span] = _stretch(list(islice(run, len(of))))
        found = [kept(self._stretches, span, partial(self._stretches.__getitem__, span)) for span in spans]
        return [chunk for stretch in found for chunk in stretch.chunks]

    def _sums(self, n: int) -> Accumulator:
        """Of the first n replicates, which have been run.

        Only here a histogram by day is whole. It is nearly all zeros, 100 MB of them for tens of thousands of people.
        """
        found = [self._stretches[span] for span in _spans(n)]
        sums = _added(Accumulator(self.names, self.by_day, _NO_DAYS), [stretch.sums for stretch in found])
        sums.histogram = self.by_day.empty()
        for chunk in chain.from_iterable(stretch.chunks for stretch in found):
            chunk.days.add_to(sums.histogram)
        return sums

    def counted(self, n: int) -> tuple[Summary, Moments]:
        """Summary and moments of the first n replicates, which have been run."""
        return kept(self._counted, n, partial(self._count, n))

    def _count(self, n: int) -> tuple[Summary, Moments]:
        sums = self._sums(n)
        return summarize(self.plan, sums), sums.moments

    def _run(self, is_stale: IsStale, piece: tuple[int, int]) -> tuple[Chunk, Accumulator]:
        """Replicates on end, and what they add up to: one block, since memory taken anew costs a twentieth of them."""

        def go_on() -> None:
            if is_stale():
                raise StaleError("a later request has taken its place")

        rows, days = simulate_sparse(self.plan, self.seed, *piece, before_each=go_on)
        sums = Accumulator(self.names, self.by_day, _NO_DAYS)
        sums.add_outcomes(rows, piece[0])
        return Chunk(piece[0], rows, days), sums


def side_by_side(baseline: Runs, scenario: Runs, n: int, pool: Executor, is_stale: IsStale) -> Comparison:
    """The first n replicates of both, compared as `sim.analysis.compare.compare` compares them.

    Raises
    ------
    StaleError
        As soon as it is stale.
    """
    found = [runs.chunks(n, pool, is_stale) for runs in (baseline, scenario)]

    def pair(of_baseline: Chunk, of_scenario: Chunk) -> PairedAccumulator:
        sums = PairedAccumulator(baseline.names, scenario.names, EXAMPLE_OUTCOME)
        sums.add_differences(of_baseline.rows, of_scenario.rows, of_baseline.first)
        return sums

    pairs = list(pool.map(pair, *found))
    for more in pairs[1:]:
        pairs[0].merge(more)
    (of_baseline, moments), (of_scenario, other_moments) = baseline.counted(n), scenario.counted(n)
    pairs[0].count_scenarios(moments, other_moments)
    return set_against([of_baseline, of_scenario], pairs[:1], n=n, seed=baseline.seed)


def _spans(n: int) -> Pieces:
    """The first `DRAFT` of n replicates and the rest."""
    return [(0, DRAFT), (DRAFT, n - DRAFT)] if n > DRAFT else [(0, n)]


def _pieces(first: int, count: int, n_cores: int) -> Pieces:
    """A stretch cut into a piece for each core, about equally long."""
    edges = [first + count * place // n_cores for place in range(n_cores + 1)]
    return [(start, stop - start) for start, stop in pairwise(edges) if stop > start]


def _stretch(parts: list[tuple[Chunk, Accumulator]]) -> Stretch:
    chunks, (sums, *more) = zip(*parts, strict=True)
    return Stretch(chunks, _added(sums, more))


def _added(sums: Accumulator, parts: list[Accumulator]) -> Accumulator:
    for part in parts:
        sums.merge(part)
    return sums


def kept(cache: OrderedDict[K, V], key: K, make: Callable[[], V]) -> V:
    """The value of a key, made if it is not among the last few."""
    if key not in cache:
        cache[key] = make()
    cache.move_to_end(key)
    while len(cache) > MOST_KEPT:
        cache.popitem(last=False)
    return cache[key]
