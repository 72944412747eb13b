"""Scenarios side by side: the same replicates of each, streamed from an engine into statistics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
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
from sim.outcomes.columns import Curves, columns, is_quantity, published
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.reading.problem import nearest
from sim.results.folder import open_folder
from sim.results.load import Results
from sim.results.manifest import compare_job
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


def compare(
    baseline: ResolvedScenario,
    variants: Sequence[ResolvedScenario],
    *,
    n: int,
    seed: int,
    engine: Engine = "batch",
    workers: Workers | None = None,
    precision: Mapping[str, float] | None = None,
    progress: Progress | None = None,
    example_outcome: str | None = None,
    told: Sequence[str] = (),
    folder: Path | None = None,
    resume: bool = False,
    command: Sequence[str] = (),
    flags: Mapping[str, Flag] = NO_FLAGS,
    streams: Sequence[Iterator[Block]] | None = None,
) -> Comparison:
    """Run a baseline and its variants on the same draws and compare them replicate by replicate.

    Parameters
    ----------
    baseline : ResolvedScenario
    variants : sequence of ResolvedScenario
        May be empty, which summarizes the baseline alone.
    n : int
        Replicates of each scenario, numbers 0 to n - 1; with `precision`, the most to run.
    seed : int
        In [0, 2**64); all scenarios share it.
    engine : {'batch', 'reference'}, optional
        The result is the same with either.
    workers : int or Executor, optional
        By default one for each core, or any executor (`sim.engine.workers`); the result is the same with any of them.
    precision : mapping of str to float, optional
        Stop as soon as the intervals of these outcomes, in every scenario and every difference, have at most these
        half-widths. Intervals are then wider than plain ones, so as to cover in spite of the repeated looks
        (`sim.statistics.stopping`).
    progress : callable, optional
        Called with the replicates run and the most that may be run, over all scenarios.
    example_outcome : str, optional
        Outcome whose differences pick the replicates to open; by default what the baseline's deal is about first.
    told : sequence of str, optional
        Outcomes that are asked for; the first of them picks the replicates to open.
    folder : Path, optional
        Keep every replicate there (`sim.results`); without it only sums are kept.
    resume : bool, optional
        Continue an interrupted comparison in `folder`.
    command : sequence of str, optional
        The command line, for the manifest.
    flags : mapping of str to Flag, optional
        By the name under which the shares of their replicates stand among the estimates and differences.
    streams : sequence of iterator of Block, optional
        Where the replicates of each scenario come from, for instance a folder that the caller has opened; by default
        they are run.

    Returns
    -------
    Comparison

    Raises
    ------
    StudyError
        If n or a half-width is not above 0, or no scenario has an outcome that is named.
    """
    if n < 1:
        raise StudyError(f"n: must be 1 or more, got {n}")
    scenarios = (baseline, *variants)
    study = _Study.of([compile_plan(scenario) for scenario in scenarios], seed, engine, workers, progress, flags)
    refuse_unknown([*told, *(precision or {})], study.plans)
    example_outcome = example_outcome or next(iter(told), main_outcome(baseline.deal))
    refuse_unknown([example_outcome], study.plans)
    study.kept = list(streams) if streams is not None else None
    study.pair(example_outcome)
    study.most = n
    rule = _rule(precision, n) if precision else None
    if folder is None:
        return study.run(n, rule)
    documents = {f"{i}-{s.scenario.replace('/', '-')}": s for i, s in enumerate(scenarios)}
    size = BLOCK_SIZE if rule is None else rule.first
    extra: dict[str, Any] = {"precision": dict(precision or {}), "example_outcome": example_outcome}
    if told:
        extra["outcomes"] = list(told)
    job = compare_job(documents, seed, n, engine=engine, block_size=size, command=command, extra=extra)
    with open_folder(folder, job, study.plans[0], resume=resume) as writer:
        named = zip(documents, study.plans, strict=True)
        study.kept = [writer.blocks(key, plan, study.workers) for key, plan in named]
        comparison = study.run(n, rule)
        writer.finish(comparison.as_json())
    return comparison


def _rule(precision: Mapping[str, float], n: int) -> StoppingRule:
    try:
        return StoppingRule(dict(precision), most=n)
    except ValueError as error:
        raise StudyError(str(error)) from None


@dataclass
class _Study:
    """Scenarios under way: what each has added up to, and each variant's differences from the first."""

    plans: list[Plan]
    seed: int
    engine: Engine
    workers: Workers
    progress: Progress | None
    accumulators: list[Accumulator]
    pairs: list[PairedAccumulator]
    expectations: list[Expectations]
    flags: Mapping[str, Flag]
    most: int = 0
    kept: list[Iterator[Block]] | None = None
    """Where blocks come from when they are kept on disk: one stream for each scenario."""

    @classmethod
    def of(
        cls, plans: list[Plan], seed: int, engine: Engine, workers: Workers | None, progress: Progress | None,
        flags: Mapping[str, Flag],
    ) -> _Study:  # fmt: skip
        accumulators = [Accumulator((*columns(plan), *flags), Curves.of(plan)) for plan in plans]
        expectations = [Expectations(plan.scenario.expects, columns(plan)) for plan in plans]
        return cls(plans, seed, engine, workers or n_workers(), progress, accumulators, [], expectations, flags)

    @property
    def n(self) -> int:
        """Replicates that every scenario has."""
        return min(accumulator.n for accumulator in self.accumulators)

    def run(self, n: int, rule: StoppingRule | None) -> Comparison:
        """Run to the end, or until the rule is met, and draw up the comparison."""
        confidence, is_precise = CONFIDENCE, False
        if rule is None:
            self.extend_to(n)
        else:
            confidence, is_precise = self.extend_until(rule)
        return self.comparison(confidence, rule.half_widths if rule else {}, is_precise)

    def pair(self, example_outcome: str) -> None:
        """Set each variant against the baseline."""
        first, *others = self.accumulators
        self.pairs = [PairedAccumulator(first.names, other.names, example_outcome) for other in others]

    def add(self, blocks: Sequence[Block]) -> None:
        """Count in the same replicates of every scenario."""
        Sums(self.accumulators, self.pairs).add(blocks)
        for expectations, block in zip(self.expectations, blocks, strict=True):
            expectations.add(block.outcomes)

    def extend_to(self, n: int) -> None:
        """Run every scenario up to so many replicates, so many of all of them at a time that each worker has a block.

        Only these are held in memory at once, for any n.
        """
        asks_for_rows = bool(self.flags) or any(plan.scenario.expects for plan in self.plans)
        if isinstance(self.workers, Executor) and self.kept is None and not asks_for_rows:
            self._extend_on(self.workers, n)
            return
        step = BLOCK_SIZE * min(n_slots(self.workers), MOST_AT_ONCE)
        for first in range(self.n, n, step):
            count = min(step, n - first)
            outcomes = np.empty((count, len(self.accumulators[0].names)), np.int64)
            for s, plan in enumerate(self.plans):
                for start, rows in self._blocks(s, plan, first, count):
                    if s == 0:
                        outcomes[start - first : start - first + len(rows)] = rows
                    else:
                        self.pairs[s - 1].add(outcomes[start - first : start - first + len(rows)], rows, start)

    def _extend_on(self, executor: Executor, n: int) -> None:
        """Run every scenario up to so many replicates; workers add up, and here their sums are merged."""
        example = self.pairs[0].examples.name if self.pairs else None
        tasks = shards(
            self.plans, self.seed, self.n, n - self.n, engine=self.engine, executor=executor, example=example
        )
        sums = Sums(self.accumulators, self.pairs)
        for result in in_order(executor, tasks, n_slots(executor)):
            sums.merge(received(result))
            self._report()

    def _report(self) -> None:
        if self.progress:
            self.progress(sum(a.n for a in self.accumulators), self.most * len(self.plans))

    def _blocks(self, s: int, plan: Plan, first: int, count: int) -> Iterator[tuple[int, np.ndarray]]:
        """Blocks of one scenario, counted in as they come."""
        for block in self._stream(s, plan, first, count):
            rows = with_flags(plan, block.outcomes, self.flags)
            self.accumulators[s].add(rows, block.histogram, block.first)
            self.expectations[s].add(block.outcomes)
            self._report()
            yield block.first, rows

    def _stream(self, s: int, plan: Plan, first: int, count: int) -> Iterator[Block]:
        """The next blocks of one scenario: run, or taken from the stream that keeps them on disk."""
        if self.kept is None:
            yield from run_blocks(plan, self.seed, count, first=first, engine=self.engine, workers=self.workers)
            return
        while count > 0:
            block = next(self.kept[s])
            count -= len(block.outcomes)
            yield block

    def extend_until(self, rule: StoppingRule) -> tuple[float, bool]:
        """Run until the rule is met or its last look is past; the coverage to report, and whether it is met."""
        confidence, is_met = rule.confidence, False
        for n, confidence in rule.looks():
            self.extend_to(n)
            is_met = rule.is_met(self._watched(confidence))
            if is_met:
                break
        return confidence, is_met

    def _watched(self, confidence: float) -> Iterator[tuple[str, Estimate]]:
        for accumulator in self.accumulators:
            yield from accumulator.estimates(confidence).items()
        for pair in self.pairs:
            yield from ((name, d.estimate) for name, d in pair.differences(confidence).items())

    def comparison(self, confidence: float, precision: dict[str, float], is_precise: bool) -> Comparison:
        """What has been added up, as plain records."""
        parts = zip(self.plans, self.accumulators, self.expectations, strict=True)
        summaries = [summarize(plan, added, expected, confidence) for plan, added, expected in parts]
        return set_against(
            summaries, self.pairs, n=self.n, seed=self.seed, engine=self.engine, confidence=confidence,
            precision=precision, is_precise=is_precise,
        )  # fmt: skip


def refuse_unknown(outcomes: Sequence[str], plans: Sequence[Plan]) -> None:
    """Raise `StudyError` for an outcome that is named and not measured in all of these plans."""
    measured = [{name for name in columns(plan) if is_quantity(name)} for plan in plans]
    shared = set.intersection(*measured)
    for name in outcomes:
        if name not in shared:
            raise StudyError(f"no outcome {name[:100]!r} in every scenario; {nearest(name, shared)}")


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
    study = _Study.of(plans, manifest["seed"], manifest["engine"], None, None, NO_FLAGS)
    study.pair(manifest["extra"].get("example_outcome", EXAMPLE_OUTCOME))
    for blocks in zip(*(results.blocks(key) for key in keys), strict=True):
        study.add(blocks)
    compared = summary if manifest["kind"] == "compare" else {}
    precision = compared.get("precision", {"half_widths": {}, "reached": False})
    return study.comparison(compared.get("confidence", CONFIDENCE), precision["half_widths"], precision["reached"])
