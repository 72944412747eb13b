"""Scenarios side by side: the same replicates of each, streamed from an engine into statistics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from sim.analysis.shards import Sums, received, shards
from sim.document.measured import main_outcome
from sim.document.scenario import ResolvedScenario
from sim.engine.batch import BLOCK_SIZE, Block, Engine, run_blocks
from sim.engine.workers import Workers, in_order, n_slots, n_workers
from sim.errors import SimError
from sim.outcomes.asked import asked_by_day, asking, counted_by_day
from sim.outcomes.by_day import ByDay
from sim.outcomes.columns import columns, is_quantity, published
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.plan.ranked import Ranking, drawn_by, in_whole
from sim.reading.problem import nearest
from sim.results.folder import open_folder
from sim.results.load import Results
from sim.results.manifest import Job, compare_job
from sim.results.summary import set_against, summarize
from sim.statistics.accumulate import Accumulator
from sim.statistics.comparison import Comparison
from sim.statistics.estimate import CONFIDENCE, Estimate
from sim.statistics.expectations import Expectations
from sim.statistics.paired import PairedAccumulator
from sim.statistics.stopping import StoppingRule

EXAMPLE_OUTCOME = "hostages_living_released"
MOST_AT_ONCE = 64
"""Blocks of one scenario held in memory side by side at most."""
Progress = Callable[[int, int], None]
NO_FLAGS: Mapping[str, Flag] = MappingProxyType({})


class StudyError(SimError):
    """A study asks for something that its scenarios do not have."""


@dataclass(frozen=True)
class Flag:
    """Something that holds in a replicate or does not; counted beside the outcomes, as 1 or 0.

    Attributes
    ----------
    outcome : str
        Any column of the outcome rows, codes among them.
    holds : callable
        From the column in its published unit to truth values.
    """

    outcome: str
    holds: Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Design:
    """Scenarios to be run on the same draws, and what is asked of them.

    Attributes
    ----------
    baseline : ResolvedScenario
    variants : sequence of ResolvedScenario
        May be empty, which summarizes the baseline alone.
    n : int
        Replicates of each scenario, numbers 0 to n - 1; with `precision`, the most to run.
    seed : int
        In [0, 2**64); all scenarios share it.
    engine : {'batch', 'reference'}
        The result is the same with either.
    precision : mapping of str to float or None
        Stop as soon as the intervals of these outcomes, in every scenario and every difference, have at most these
        half-widths. Intervals are then wider than plain ones, so as to cover in spite of the repeated looks
        (`sim.statistics.stopping`).
    outcomes : sequence of str
        Those that are asked for.
    example_outcome : str or None
        Outcome whose differences pick the replicates to open; by default the first that is asked for, else what the
        baseline's deal is about first.
    flags : mapping of str to Flag
        By the name under which the shares of their replicates stand among the estimates and differences.
    ranking : Ranking or None
        Draws that are Sobol numbers in all scenarios (`sim.analysis.draws.ranking`); `n` is then rounded up to whole
        scrambles, whose means give the intervals. By default all draws are independent.
    """

    baseline: ResolvedScenario
    variants: Sequence[ResolvedScenario] = ()
    n: int = 10_000
    seed: int = 0
    engine: Engine = "batch"
    precision: Mapping[str, float] | None = None
    outcomes: Sequence[str] = ()
    example_outcome: str | None = None
    flags: Mapping[str, Flag] = field(default_factory=dict)
    ranking: Ranking | None = None

    def __post_init__(self) -> None:
        if self.ranking is not None and self.n > 0:
            object.__setattr__(self, "n", in_whole(self.n))

    @property
    def scenarios(self) -> tuple[ResolvedScenario, ...]:
        """The baseline, then the variants."""
        return (self.baseline, *self.variants)

    @property
    def example(self) -> str:
        """The outcome that picks the replicates to open."""
        return self.example_outcome or next(iter(self.outcomes), main_outcome(self.baseline.deal))

    @property
    def named(self) -> tuple[str, ...]:
        """Every outcome that is named; those by day become columns of their own."""
        return *self.outcomes, *(self.precision or {}), *filter(None, [self.example_outcome])

    def refuse_faults(self, plans: Sequence[Plan]) -> None:
        """Raise `StudyError` if nothing is to be run, or an outcome is named that is not measured."""
        if self.n < 1:
            raise StudyError(f"n: must be 1 or more, got {self.n}")
        refuse_unknown([*self.named, self.example], plans)


@dataclass(frozen=True)
class Source:
    """Where the replicates of a comparison come from, and whether they are kept.

    Attributes
    ----------
    workers : int, Executor or None
        By default one for each core, or any executor (`sim.engine.workers`); the result is the same with any of them.
    folder : Path or None
        Keep every replicate there (`sim.results`); without it only sums are kept.
    resume : bool
        Continue an interrupted comparison in `folder`.
    command : sequence of str
        The command line, for the manifest.
    streams : sequence of iterator of Block, or None
        The replicates of each scenario, for instance of a folder that the caller has opened; by default they are run.
    """

    workers: Workers | None = None
    folder: Path | None = None
    resume: bool = False
    command: Sequence[str] = ()
    streams: Sequence[Iterator[Block]] | None = None


HERE = Source()
"""Replicates are run on all cores, and only sums are kept."""


def compare(design: Design, source: Source = HERE, progress: Progress | None = None) -> Comparison:
    """Run a baseline and its variants on the same draws and compare them replicate by replicate.

    Parameters
    ----------
    design : Design
    source : Source, optional
    progress : callable, optional
        Called with the replicates run and the most that may be run, over all scenarios.

    Returns
    -------
    Comparison

    Raises
    ------
    StudyError
        If n or a half-width is not above 0, or no scenario has an outcome that is named.
    """
    plans = [drawn_by(asking(compile_plan(one), design.named), design.ranking) for one in design.scenarios]
    design.refuse_faults(plans)
    rule = _rule(design.precision, design.n) if design.precision else None
    under_way = _UnderWay(design, plans, source.workers or n_workers(), source.streams, progress)
    if source.folder is None:
        return under_way.run(rule)
    documents = {f"{i}-{s.scenario.replace('/', '-')}": s for i, s in enumerate(design.scenarios)}
    job = _job(design, documents, BLOCK_SIZE if rule is None else rule.first, source.command)
    with open_folder(source.folder, job, plans[0], resume=source.resume) as writer:
        named = zip(documents, plans, strict=True)
        under_way.streams = [writer.blocks(key, plan, under_way.workers) for key, plan in named]
        comparison = under_way.run(rule)
        writer.finish(comparison.as_json())
    return comparison


def _job(design: Design, documents: dict[str, ResolvedScenario], block_size: int, command: Sequence[str]) -> Job:
    extra: dict[str, Any] = {"precision": dict(design.precision or {}), "example_outcome": design.example}
    if design.ranking is not None:
        extra["draws"] = design.ranking.as_json()
    if design.outcomes:
        extra["outcomes"] = list(design.outcomes)
    return compare_job(
        documents, design.seed, design.n, engine=design.engine, block_size=block_size, command=command, extra=extra
    )


def _rule(precision: Mapping[str, float], n: int) -> StoppingRule:
    try:
        return StoppingRule(dict(precision), most=n)
    except ValueError as error:
        raise StudyError(str(error)) from None


class _Total:
    """What the replicates of several scenarios add up to: sums, differences from the first, and expectations."""

    def __init__(self, plans: list[Plan], example: str, flags: Mapping[str, Flag] = NO_FLAGS):
        accumulators = [
            Accumulator((*columns(plan), *flags), ByDay.of(plan), n_scrambles=plan.n_scrambles) for plan in plans
        ]
        first, *others = accumulators
        pairs = [PairedAccumulator(first.names, other.names, example, plans[0].n_scrambles) for other in others]
        self.plans, self.flags, self.sums = plans, flags, Sums(accumulators, pairs)
        self.expectations = [Expectations(plan.scenario.expects, columns(plan), plan.n_scrambles) for plan in plans]

    def add(self, s: int, block: Block, baseline: np.ndarray) -> np.ndarray:
        """Count in a block of one scenario; its rows with their flags.

        Parameters
        ----------
        s : int
            Which scenario.
        block : Block
        baseline : ndarray
            The rows of the same replicates of the first scenario, which has no use for them itself.
        """
        rows = with_flags(self.plans[s], block.outcomes, self.flags)
        self.sums.add_rows(s, rows, block, baseline)
        self.expectations[s].add(block.outcomes, block.first)
        return rows

    def estimates(self, confidence: float) -> Iterator[tuple[str, Estimate]]:
        """All means and all mean differences, by outcome."""
        for accumulator in self.sums.accumulators:
            yield from accumulator.estimates(confidence).items()
        for pair in self.sums.pairs:
            yield from ((name, d.estimate) for name, d in pair.differences(confidence).items())

    def comparison(
        self, seed: int, engine: Engine, confidence: float, precision: dict[str, float], is_precise: bool
    ) -> Comparison:
        """What has been added up, as plain records."""
        parts = zip(self.plans, self.sums.accumulators, self.expectations, strict=True)
        summaries = [summarize(plan, added, expected, confidence) for plan, added, expected in parts]
        return set_against(
            summaries, self.sums.pairs, n=self.sums.n, seed=seed, engine=engine, confidence=confidence,
            precision=precision, is_precise=is_precise,
        )  # fmt: skip


@dataclass
class _UnderWay:
    """A comparison that runs: its replicates are called for step by step, and counted in as they come."""

    design: Design
    plans: list[Plan]
    workers: Workers
    streams: Sequence[Iterator[Block]] | None
    progress: Progress | None

    def __post_init__(self) -> None:
        self.total = _Total(self.plans, self.design.example, self.design.flags)

    def run(self, rule: StoppingRule | None) -> Comparison:
        """Run to the end, or until the rule is met, and draw up the comparison."""
        confidence, is_precise = CONFIDENCE, False
        if rule is None:
            self._extend_to(self.design.n)
        else:
            confidence, is_precise = self._extend_until(rule)
        half_widths = rule.half_widths if rule else {}
        found = self.total.comparison(self.design.seed, self.design.engine, confidence, half_widths, is_precise)
        return replace(found, draws=self.design.ranking.as_json()) if self.design.ranking else found

    def _extend_until(self, rule: StoppingRule) -> tuple[float, bool]:
        """Run until the rule is met or its last look is past; the coverage to report, and whether it is met."""
        confidence, is_met = rule.confidence, False
        for n, confidence in rule.looks():
            self._extend_to(n)
            is_met = rule.is_met(self.total.estimates(confidence))
            if is_met:
                break
        return confidence, is_met

    def _extend_to(self, n: int) -> None:
        """Run every scenario up to so many replicates, so many of all of them at a time that each worker has a block.

        Only these are held in memory at once, for any n.
        """
        asks_for_rows = bool(self.design.flags) or any(plan.scenario.expects for plan in self.plans)
        if isinstance(self.workers, Executor) and self.streams is None and not asks_for_rows:
            self._extend_on(self.workers, n)
            return
        step = BLOCK_SIZE * min(n_slots(self.workers), MOST_AT_ONCE)
        for first in range(self.total.sums.n, n, step):
            self._extend_by(first, min(step, n - first))

    def _extend_by(self, first: int, count: int) -> None:
        """Count in so many replicates of every scenario, keeping the first's for the others."""
        baseline = np.empty((count, len(self.total.sums.accumulators[0].names)), np.int64)
        for s in range(len(self.plans)):
            for block in self._blocks(s, first, count):
                same = slice(block.first - first, block.first - first + len(block.outcomes))
                rows = self.total.add(s, block, baseline[same])
                if s == 0:
                    baseline[same] = rows
                self._report()

    def _extend_on(self, executor: Executor, n: int) -> None:
        """Run every scenario up to so many replicates; workers add up, and here their sums are merged."""
        sums, design = self.total.sums, self.design
        example = design.example if sums.pairs else None
        tasks = shards(
            self.plans, design.seed, sums.n, n - sums.n, engine=design.engine, executor=executor, example=example
        )
        for result in in_order(executor, tasks, n_slots(executor)):
            sums.merge(received(result))
            self._report()

    def _report(self) -> None:
        if self.progress:
            done = sum(accumulator.n for accumulator in self.total.sums.accumulators)
            self.progress(done, self.design.n * len(self.plans))

    def _blocks(self, s: int, first: int, count: int) -> Iterator[Block]:
        """The next blocks of one scenario: run, or taken from the stream that keeps them on disk."""
        if self.streams is None:
            design = self.design
            yield from run_blocks(
                self.plans[s], design.seed, count, first=first, engine=design.engine, workers=self.workers
            )
            return
        while count > 0:
            block = next(self.streams[s])
            count -= len(block.outcomes)
            yield block


def refuse_unknown(outcomes: Sequence[str], plans: Sequence[Plan]) -> None:
    """Raise `StudyError` for an outcome that is named and not measured in all of these plans."""
    shared = set.intersection(*({name for name in columns(plan) if is_quantity(name)} for plan in plans))
    by_day = set.intersection(*(set(counted_by_day(plan)) for plan in plans))
    for name in outcomes:
        if name in shared:
            continue
        asked = asked_by_day(name)
        if asked is None:
            hint = nearest(name, shared)
            raise StudyError(f"no outcome {name[:100]!r} in every scenario; {hint}")
        if asked[0] not in by_day:
            hint = nearest(asked[0], by_day)
            raise StudyError(f"nothing that is counted by day is called {asked[0][:100]!r} in every scenario; {hint}")


def with_flags(plan: Plan, rows: np.ndarray, flags: Mapping[str, Flag]) -> np.ndarray:
    """Outcome rows of a plan with a column for each flag."""
    if not flags:
        return rows
    names = columns(plan)
    found = [flag.holds(published(flag.outcome, rows[:, names.index(flag.outcome)])) for flag in flags.values()]
    return np.column_stack([rows, *found]).astype(np.int64, copy=False)


def stored(results: Results, scenario: str | None = None) -> Comparison:
    """The comparison that a folder holds, added up again from its tables.

    Parameters
    ----------
    results : Results
        Finished.
    scenario : str, optional
        Only this scenario or cell, without any variant; by default all scenarios of a comparison.

    Returns
    -------
    Comparison
        Equal to the one that `compare` returned when it wrote the folder.

    Raises
    ------
    ResultsError
        If the folder is not finished, lacks the scenario, or a file is missing or damaged.
    StudyError
        If it holds something else than a comparison, and no scenario is named.
    """
    manifest = results.manifest
    if scenario is None and manifest["kind"] != "compare":
        raise StudyError(f"{results.folder}: holds a {manifest['kind']}, not a comparison; name one scenario or cell")
    summary = results.comparison if manifest["kind"] == "compare" else results.summary
    keys = results.scenarios if scenario is None else [scenario]
    plans = [results.plan(key) for key in keys]
    total = _Total(plans, manifest["extra"].get("example_outcome", EXAMPLE_OUTCOME))
    for blocks in zip(*(results.blocks(key) for key in keys), strict=True):
        for s, block in enumerate(blocks):
            total.add(s, block, blocks[0].outcomes)
    compared = summary if manifest["kind"] == "compare" else {}
    precision = compared.get("precision", {"half_widths": {}, "reached": False})
    confidence = compared.get("confidence", CONFIDENCE)
    found = total.comparison(
        manifest["seed"], manifest["engine"], confidence, precision["half_widths"], precision["reached"]
    )
    return replace(found, draws=manifest["extra"].get("draws"))
