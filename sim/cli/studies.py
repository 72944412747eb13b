"""Commands about many replicates: compare, sweep, study."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.common import (
    FAILED,
    engine_option,
    json_option,
    open_console,
    out_option,
    outcome_option,
    parse_settings,
    print_json,
    replicates_type,
    reporting,
    resolve_scenario,
    resolve_scenarios,
    resume_option,
    save_pictures,
    seed_option,
    set_option,
    show_progress,
    workers_option,
)
from sim.cli.drawing import NO_GAIN, draws_option, parse_draws, say, say_rounded
from sim.errors import SimError

if TYPE_CHECKING:
    from sim.analysis.sweeps.design import Design
    from sim.document.scenario import ResolvedScenario
    from sim.engine.batch import Engine
    from sim.plan.ranked import Ranking
    from sim.statistics.comparison import Comparison


@click.command()
@click.argument("baseline")
@click.argument("variants", nargs=-1)
@click.option("-n", "n", type=replicates_type, default=10_000, show_default=True, help="Replicates of each scenario.")
@seed_option
@set_option
@click.option(
    "--precision",
    multiple=True,
    metavar="OUTCOME=HALFWIDTH",
    help="Stop once intervals are this narrow; -n is the most.",
)
@outcome_option
@click.option("--all", "everything", is_flag=True, help="All tables after the answer: means, differences, causes, …")
@click.option("--rare", metavar="GOAL", help="The chance of this alone, by splitting: 'end = completed'.")
@engine_option
@draws_option
@workers_option
@out_option
@resume_option
@json_option
@reporting
def compare(
    baseline: str, variants: tuple[str, ...], n: int, seed: int, settings: tuple[str, ...], precision: tuple[str, ...],
    outcomes: tuple[str, ...], everything: bool, rare: str | None, engine: Engine, draws: str | None,
    workers: int | str | None, out: Path | None, resume: bool, as_json: bool,
) -> None:  # fmt: skip
    """Compare scenarios on the same draws: who is out, what comes about and when, how it ends, run for run."""
    _refuse_resume_of_nothing(out, resume)
    scenarios = resolve_scenarios((baseline, *variants), settings)
    if rare is not None:
        if variants or draws or out or precision:
            raise SimError("--rare is asked of one scenario, without --draws, --precision and --out")
        _tell_rare(scenarios[0], rare, seed, as_json=as_json)
        return
    from sim.analysis.compare import Design, Source
    from sim.analysis.compare import compare as compare_scenarios
    from sim.engine.workers import open_workers
    from sim.report.answer import answer_of
    from sim.report.answer.shown import print_answer
    from sim.report.commands import Asked

    _refuse_unknown_outcomes(outcomes, scenarios)
    ranking = parse_draws(draws, baseline)
    say_rounded(n, ranking)
    if ranking is not None and variants:
        say(NO_GAIN)
    design = Design(
        scenarios[0], scenarios[1:], n, seed, engine, _parse_precision(precision), outcomes, ranking=ranking
    )  # fmt: skip
    with open_workers(workers) as opened, show_progress("replicates") as progress:
        comparison = compare_scenarios(design, Source(opened, out, resume, sys.argv[1:]), progress)
    if out is not None:
        _draw_comparison(comparison, scenarios, out)
    if as_json:
        print_json(comparison.as_json() | {"answer": answer_of(comparison).as_json()})
    else:
        asked = Asked((baseline, *variants), settings, ranking.option if ranking else "")
        print_answer(comparison, open_console(), outcomes=outcomes, asked=asked, everything=everything)
        _say_how_drawn(ranking)
        _say_where_kept(out)
    if comparison.has_failed:
        raise click.exceptions.Exit(FAILED)


def _tell_rare(scenario: ResolvedScenario, goal: str, seed: int, *, as_json: bool) -> None:
    """The chance of a goal that is seldom reached, with its work."""
    from sim.analysis.rare.split import estimate_rare

    found = estimate_rare(scenario, goal, seed)
    if as_json:
        print_json({"scenario": scenario.scenario, "seed": seed, "rare": found.as_json()})
        return
    worth = f"{found.replicates_worth:,.0f} replicates' worth of work"
    if found.verdict == "never":
        click.echo(f"{found.goal}: not reached in {worth}; if it can be reached at all, in at most {found.high:.2g}")
    elif found.verdict == "always":
        click.echo(f"{found.goal}: reached by each of {found.n:,} replicates; in at least {found.low:.4g}")
    else:
        click.echo(f"{found.goal}: {found.estimate:.2g} ({found.low:.2g} to {found.high:.2g}), by {worth}")


def _refuse_resume_of_nothing(out: Path | None, resume: bool) -> None:
    if resume and out is None:
        raise SimError("--resume needs --out, the folder to continue")


def _say_how_drawn(ranking: Ranking | None) -> None:
    if ranking is not None:
        click.echo(
            f"draws: {len(ranking.draws)} as Sobol numbers, ranked for {ranking.of}; "
            "intervals from 32 independent scrambles"
        )


def _say_where_kept(out: Path | None) -> None:
    if out is not None:
        click.echo(f"kept in {out}{os.sep}")


def _refuse_unknown_outcomes(outcomes: tuple[str, ...], scenarios: list[ResolvedScenario]) -> None:
    """Refuse an outcome that is not measured before anything is run."""
    from sim.analysis.compare import refuse_unknown
    from sim.outcomes.asked import asking
    from sim.plan.compile import compile_plan

    if outcomes:
        refuse_unknown(outcomes, [asking(compile_plan(scenario), outcomes) for scenario in scenarios])


def _parse_precision(options: tuple[str, ...]) -> dict[str, float] | None:
    widths = {}
    for option in options:
        outcome, _, width = option.partition("=")
        try:
            widths[outcome] = float(width)
        except ValueError:
            raise SimError(f"--precision takes OUTCOME=HALFWIDTH with a number, got {option[:80]!r}") from None
    return widths or None


def _draw_comparison(comparison: Comparison, scenarios: list[ResolvedScenario], folder: Path) -> None:
    """Every figure of a comparison, as PNG and SVG."""
    from sim.analysis.history.record import known_record
    from sim.report import figures

    try:
        pictures = {
            "outcomes": figures.compared_outcomes(comparison, scenarios[0].deal),
            "releases": figures.release_curves(comparison, known_record([scenario.deal for scenario in scenarios])),
            "ends": figures.ends_by_day(comparison),
            "survival": figures.truce_survival(comparison),
        }
        if comparison.variants:
            pictures["differences"] = figures.differences(comparison)
    except figures.FigureError as error:
        click.echo(f"no figure: {error}", err=True)
        return
    save_pictures(pictures, folder)


@click.command()
@click.argument("scenario")
@click.option("--vary", multiple=True, metavar="PATH=LO:HI:K|A,B,C", help="An axis; by default the scenario's own.")
@click.option("--design", type=click.Choice(["grid", "lhs", "sobol"]), default="grid", show_default=True)
@click.option("--points", type=click.IntRange(1), help="Points of a Latin hypercube, or base points of a Sobol design.")
@click.option("-n", "n", type=replicates_type, default=1000, show_default=True, help="Replicates of each cell.")
@click.option("--max-cells", type=click.IntRange(1), default=10_000, show_default=True)
@seed_option
@set_option
@outcome_option
@click.option("--all", "everything", is_flag=True, help="All tables after the answer: means, what moves them, …")
@engine_option
@draws_option
@workers_option
@out_option
@resume_option
@json_option
@reporting
def sweep(
    scenario: str, vary: tuple[str, ...], design: Design, points: int | None, n: int, max_cells: int, seed: int,
    settings: tuple[str, ...], outcomes: tuple[str, ...], everything: bool, engine: Engine, draws: str | None,
    workers: int | str | None, out: Path | None, resume: bool, as_json: bool,
) -> None:  # fmt: skip
    """Run a scenario over the values of its axes, every cell with the same draws: what each value comes to."""
    _refuse_resume_of_nothing(out, resume)
    from sim.analysis.sweeps.run import sweep as run_sweep
    from sim.engine.workers import open_workers
    from sim.report.answer.swept import answer_of_sweep
    from sim.report.sweep import print_sweep

    if outcomes:
        _refuse_unknown_outcomes(outcomes, [resolve_scenario(scenario, settings)])
    ranking = parse_draws(draws, scenario)
    say_rounded(n, ranking)
    with open_workers(workers) as opened, show_progress("replicates") as progress:
        result = run_sweep(
            scenario, vary, design=design, n=n, seed=seed, points=points, settings=parse_settings(settings),
            outcomes=outcomes, engine=engine, workers=opened, folder=out, resume=resume, max_cells=max_cells,
            command=sys.argv[1:], progress=progress, ranking=ranking,
        )  # fmt: skip
    if out is not None:
        _draw_sweep(result.as_json(), out, outcomes)
    if as_json:
        print_json(result.as_json() | {"answer": answer_of_sweep(result).as_json()})
    else:
        print_sweep(result, open_console(), outcomes, everything=everything)
        _say_how_drawn(ranking)
        _say_where_kept(out)


def _draw_sweep(result: dict[str, Any], folder: Path, outcomes: tuple[str, ...]) -> None:
    """The tornado, and the grid where there is one that fits."""
    from sim.report import figures
    from sim.results.load import load

    loaded, pictures = load(folder), {}
    document = loaded.document(loaded.scenarios[0])
    for name, draw in (("heatmap", figures.heat_map), ("tornado", figures.tornado)):
        with contextlib.suppress(figures.FigureError):  # not every sweep has every figure
            pictures[name] = draw(result, document, outcomes)
    with contextlib.suppress(figures.FigureError):
        pictures["response"] = figures.stored_response(loaded, outcomes)
    save_pictures(pictures, folder)


@click.command()
@click.argument("name")
@click.option("-n", "n", type=replicates_type, help="Replicates of each case; by default what the study says.")
@draws_option
@workers_option
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="The folder to write; by default results/<study>."
)
@resume_option
@click.option("--all", "everything", is_flag=True, help="Tables of milestones and means after the answer.")
@json_option
@reporting
def study(
    name: str, n: int | None, draws: str | None, workers: int | str | None, out: Path | None, resume: bool,
    everything: bool, as_json: bool,
) -> None:  # fmt: skip
    """Run a study file and write its folder: manifest, tables, figures and a page of findings."""
    from sim.plan.taken import untaken
    from sim.reading.cases import load_study

    loaded = load_study(name, untaken)
    from sim.analysis.study import run_study
    from sim.engine.workers import open_workers
    from sim.report.study import print_study, write_study

    folder = out or Path("results", loaded.document.study)
    ranking = parse_draws(draws, loaded.cases[0].builds_on)
    say_rounded(n or loaded.document.n, ranking)
    asked = ("study", loaded.document.study, *(() if n is None else ("-n", str(n))))
    with open_workers(workers) as opened, show_progress(f"{len(loaded.cases)} cases") as progress:
        result = run_study(
            loaded, n=n, workers=opened, folder=folder, resume=resume, progress=progress,
            command=(*asked, *(("--draws", ranking.option) if ranking else ())), ranking=ranking,
        )  # fmt: skip
        write_study(result, folder)
    if as_json:
        print_json(result.as_json() | {"results": str(folder)})
    else:
        print_study(result, open_console(), everything=everything)
        _say_how_drawn(ranking)
        click.echo(f"written to {folder}{os.sep}")
