"""The commands as functions, under the same words: `import sim` offers them as `sim.compare` and so on."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

from sim.analysis.custom_behaviour import Behaviour, with_behaviour
from sim.analysis.sweeps.found import Sweep
from sim.analysis.sweeps.run import sweep as run_sweep
from sim.document.scenario import ResolvedScenario
from sim.engine.batch import Engine
from sim.engine.workers import Workers
from sim.errors import DealError
from sim.outcomes.record import ReplicateRecord
from sim.plan.compile import compile_plan
from sim.plan.taken import resolve_taken
from sim.reading.resolve import NO_SETTINGS
from sim.statistics.comparison import Comparison

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation

    from sim.analysis.deviations.check import Check
    from sim.analysis.explain import Explanation
    from sim.report.answer import Answer
    from sim.report.answer.swept import SweptAnswer

P = ParamSpec("P")
ScenarioLike = str | Path | ResolvedScenario
"""A name of the catalogue, a file, or a resolved scenario."""


def resolve(scenario: ScenarioLike, settings: Mapping[str, Any] = NO_SETTINGS) -> ResolvedScenario:
    """A scenario with its deal and every default written out.

    Parameters
    ----------
    scenario : str, Path or ResolvedScenario
        A name of the catalogue, for instance 'january-2025/baseline', or a file. A resolved scenario is returned
        unchanged.
    settings : mapping, optional
        Values by path, as by `--set`: 'deal.…', 'behaviour.…' or 'horizon'. Text is read as one YAML value; None
        removes.

    Returns
    -------
    ResolvedScenario
        With the changes of all scenarios that it builds on, then those of `settings`.

    Raises
    ------
    DocumentError
        With all problems of the documents, each with its place.
    DealError
        If settings are given for a scenario that is resolved already.
    """
    if not isinstance(scenario, ResolvedScenario):
        return resolve_taken([scenario], settings)[0]
    if settings:
        raise DealError("settings change documents; resolve the scenario by its name or file")
    return scenario


class Run(ReplicateRecord):
    """One replicate, told event by event; it looks like its story in a notebook."""

    def __repr__(self) -> str:
        name = self.plan.scenario.scenario
        return f"<Run of {name}, seed {self.seed}, replicate {self.replicate}: {self.end}, {len(self.trace)} events>"

    def _repr_html_(self) -> str:
        from sim.report.replicate import print_story

        return as_html(lambda console: print_story(self, console))


def run(
    scenario: ScenarioLike,
    *,
    seed: int = 0,
    replicate: int = 0,
    settings: Mapping[str, Any] = NO_SETTINGS,
    behaviour: Behaviour | None = None,
) -> Run:
    """One replicate on the reference engine, with its full trace.

    Parameters
    ----------
    scenario : str, Path or ResolvedScenario
        As in `resolve`.
    seed, replicate : int, optional
        Address of the draws: a seed in [0, 2**64) and the replicate's number from 0. The same pair gives the same
        history on every machine.
    settings : mapping, optional
        As in `resolve`.
    behaviour : Behaviour, optional
        A behaviour of your own (`sim.Behaviour`).

    Returns
    -------
    Run
        Its outcomes, end and root cause, events and story.

    Raises
    ------
    SimError
        If a document is wrong, or the replicate cannot be carried to its end.
    """
    plan = compile_plan(resolve(scenario, settings))
    result = with_behaviour(plan, behaviour).run(seed, replicate)
    return Run(plan, seed, replicate, result.outcomes, result.trace)


class Compared(Comparison):
    """A comparison that can be read as a table and looks like one in a notebook."""

    def table(self) -> DuckDBPyRelation:
        """One row for each scenario and outcome.

        Returns
        -------
        DuckDBPyRelation
            Columns scenario, outcome, mean, low, high, n; for variants also difference, difference_low,
            difference_high, variance_ratio and p_holm, which are NULL for the baseline. Means and differences are in
            the published unit of the outcome. `.df()`, `.pl()` and `.fetchnumpy()` convert.
        """
        from sim.report.tables import estimates_table

        return estimates_table(self)

    def answer(self) -> Answer:
        """What a hurried reader asks: counts at the end, milestones with their days, ends, run for run.

        Returns
        -------
        Answer
            Plain data; `as_json()` has all of it.
        """
        from sim.report.answer import answer_of

        return answer_of(self)

    def _repr_html_(self) -> str:
        from sim.report.answer.shown import print_answer

        return as_html(lambda console: print_answer(self, console))


def compare(
    baseline: ScenarioLike,
    variants: Sequence[ScenarioLike] = (),
    *,
    n: int = 10_000,
    seed: int = 0,
    settings: Mapping[str, Any] = NO_SETTINGS,
    precision: Mapping[str, float] | None = None,
    engine: Engine = "batch",
    workers: Workers | None = None,
    folder: str | Path | None = None,
    resume: bool = False,
) -> Compared:
    """Scenarios on the same draws: estimates, paired differences, ends, curves by day.

    Parameters
    ----------
    baseline : str, Path or ResolvedScenario
        The scenario that the others are compared with.
    variants : sequence of str, Path or ResolvedScenario, optional
        Each is compared with the baseline, variant minus baseline.
    n : int, optional
        Replicates of each scenario; with `precision`, the most to run.
    seed : int, optional
        In [0, 2**64).
    settings : mapping, optional
        As in `resolve`, for all of them.
    precision : mapping of str to float, optional
        Stop once the intervals of these outcomes have at most these half-widths, in published units.
    engine : {'batch', 'reference'}, optional
        The result is the same with either.
    workers : int or Executor, optional
        Threads (processes with the reference engine), by default one for each core; or an executor of your own. The
        result is the same with any.
    folder : str or Path, optional
        Keep every replicate there, to be read with `sim.load`.
    resume : bool, optional
        Continue what was interrupted in `folder`.

    Returns
    -------
    Compared
        Estimates with intervals for each scenario, and paired differences for each variant.

    Raises
    ------
    SimError
        If a document, an outcome or the folder is wrong.
    """
    from sim.analysis.compare import Design, Source
    from sim.analysis.compare import compare as compare_scenarios

    first, *others = _all_resolved((baseline, *variants), settings)
    source = Source(workers, None if folder is None else Path(folder), resume)
    found = compare_scenarios(Design(first, others, n, seed, engine, precision), source)
    return Compared(**{part.name: getattr(found, part.name) for part in fields(found)})


@dataclass(frozen=True, repr=False)
class Swept(Sweep):
    """A sweep that answers as a comparison does."""

    def answer(self) -> SweptAnswer:
        """What a hurried reader asks, for each value: counts at the end, milestones, ends; what each axis moves.

        Returns
        -------
        SweptAnswer
            Plain data; `as_json()` has all of it.
        """
        from sim.report.answer.swept import answer_of_sweep

        return answer_of_sweep(self)

    def _repr_html_(self) -> str:
        from sim.report.sweep import print_sweep

        return as_html(lambda console: print_sweep(self, console))


def _answering(run: Callable[P, Sweep]) -> Callable[P, Swept]:
    """The same function, with a sweep that answers."""

    @wraps(run)
    def answering(*args: P.args, **kwargs: P.kwargs) -> Swept:
        found = run(*args, **kwargs)
        return Swept(**{part.name: getattr(found, part.name) for part in fields(found)})

    return answering


sweep = _answering(run_sweep)
"""`sim.analysis.sweeps.run.sweep`, whose sweep answers."""


def _all_resolved(scenarios: Sequence[ScenarioLike], settings: Mapping[str, Any]) -> list[ResolvedScenario]:
    """Scenarios with settings, each of which at least one of them takes; those that are resolved already take none."""
    written = [scenario for scenario in scenarios if not isinstance(scenario, ResolvedScenario)]
    if len(written) < len(scenarios):
        return [resolve(scenario, settings) for scenario in scenarios]
    return resolve_taken(written, settings)


def explain(baseline: ScenarioLike, variant: ScenarioLike, *, replicate: int, seed: int = 0) -> Explanation:
    """Where two histories with the same draws part, and what follows.

    Parameters
    ----------
    baseline, variant : str, Path or ResolvedScenario
        As in `resolve`.
    replicate : int
        Number of the replicate, from 0.
    seed : int, optional
        In [0, 2**64).

    Returns
    -------
    Explanation
        Both histories, the event at which they part, and the outcomes that differ.

    Raises
    ------
    SimError
        If a document is wrong, or a replicate cannot be carried to its end.
    """
    from sim.analysis.explain import explain as explain_pair

    return explain_pair(resolve(baseline), resolve(variant), seed, replicate)


def check(
    scenario: ScenarioLike,
    deviations: int = 2,
    *,
    by: str | None = None,
    goal: str | None = None,
    n: int = 0,
    seed: int = 0,
    workers: int | None = None,
) -> Check:
    """Every set of deviations from full compliance, up to a size, and what each comes to.

    Parameters
    ----------
    scenario : str, Path or ResolvedScenario
        As in `resolve`.
    deviations : int, optional
        Largest number of deviations in one run.
    by : str, optional
        Only deviations that can be this party's doing.
    goal : str, optional
        What to look for: 'OUTCOME < NUMBER', 'end = END', several joined by 'and', or the name of a declared guarantee;
        by default 'end != completed', or where that comes about whatever happens, that fewer people come out than if
        everybody complies.
    n : int, optional
        Replicates for each obligation's importance under the scenario's chances; none by default.
    seed : int, optional
        Of these replicates, in [0, 2**64).
    workers : int, optional
        Threads; by default one for each core.

    Returns
    -------
    Check
        Minimal cut sets, importance of each obligation, exposure of each party.

    Raises
    ------
    SimError
        If a document or the goal is wrong, or `by` is no party of the deal.
    """
    from sim.analysis.deviations.check import check as explore

    return explore(resolve(scenario), deviations, by=by, goal=goal, n=n, seed=seed, workers=workers)


def as_html(show: Any) -> str:
    """What `show` prints to a console, as HTML with the styles of a terminal."""
    from rich.console import Console

    console = Console(record=True, file=io.StringIO(), width=100, highlight=False, force_jupyter=False)
    show(console)
    return console.export_html(inline_styles=True, code_format="<pre style='line-height:1.3'>{code}</pre>")
