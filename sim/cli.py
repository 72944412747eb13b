"""The command line: one thin function for each command."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from sim import __version__
from sim.errors import SimError

if TYPE_CHECKING:
    import numpy as np
    from rich.console import Console

    from sim.deal.document import ResolvedScenario
    from sim.engine.batch import Engine
    from sim.plan.compile import Plan
    from sim.statistics.comparison import Comparison
    from sim.sweep.design import Design

BAD_INPUT = 2
INTERRUPTED = 130
MOST_REPLICATES = 10**9
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout and nothing else there.")
seed_option = click.option("--seed", type=click.IntRange(0, 2**64 - 1), default=0, show_default=True)
engine_option = click.option("--engine", type=click.Choice(["batch", "reference"]), default="batch", show_default=True)
workers_option = click.option(
    "--workers", type=click.IntRange(1), help="Threads or processes; by default one for each core."
)
out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep replicates, numbers and figure in this folder.",
)
replicates_type = click.IntRange(1, MOST_REPLICATES)
resume_option = click.option("--resume", is_flag=True, help="Continue what was interrupted in --out.")
trace_option = click.option(
    "--trace", "trace_file", type=click.Path(path_type=Path), help="Write the trace as JSON lines; - is stdout."
)
results_argument = click.argument("results", type=click.Path(path_type=Path, exists=True, file_okay=False))
set_option = click.option(
    "--set", "settings", multiple=True, metavar="PATH=VALUE", help="Change terms (deal.…) or behaviour (behaviour.…)."
)


def _reporting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Errors that a user can mend are printed as text, with exit code 2; Ctrl-C ends with 130, as in a shell."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except SimError as error:
            _console(stderr=True).print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
            raise click.exceptions.Exit(BAD_INPUT) from None
        except KeyboardInterrupt:
            kept = "; what is complete is kept, continue with --resume" if kwargs.get("out") else ""
            click.echo(f"interrupted{kept}", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None

    return run


def _console(*, stderr: bool = False) -> Console:
    from sim.report.console import console_for

    return console_for(sys.stderr if stderr else None)


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))


def _parse_settings(settings: tuple[str, ...]) -> dict[str, str]:
    parsed = {}
    for setting in settings:
        path, equals, value = setting.partition("=")
        if not equals or not path:
            raise SimError(f"--set takes PATH=VALUE, got {setting[:80]!r}")
        parsed[path] = value
    return parsed


def _resolve(name: str, settings: tuple[str, ...] = ()) -> ResolvedScenario:
    from sim.deal.resolve import resolve

    return resolve(name, _parse_settings(settings))


def _announce_compiling() -> None:
    from sim.compiled import is_compiled

    if not is_compiled():
        _console(stderr=True).print("Compiling the rules for this machine, once (about half a minute) …", style="dim")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ceasefire")
def main() -> None:
    """Run ceasefire and exchange deals as data: who comes home, when, how sure, which promises matter most.

    Ranges under stated assumptions, not a forecast.
    """


@main.command("list")
@json_option
@_reporting
def list_(as_json: bool) -> None:
    """List the deals and scenarios of the catalogue."""
    from sim.deal.catalogue import deals, scenarios

    if as_json:
        _print_json({
            "deals": [{"name": entry.name, "title": entry.title} for entry in deals()],
            "scenarios": [{"name": e.name, "deal": e.deal, "question": e.question} for e in scenarios()],
        })  # fmt: skip
        return
    from rich.table import Table

    console = _console()
    for deal in deals():
        table = Table(title=f"{deal.name}: {deal.title}", title_justify="left", box=None, pad_edge=False)
        table.add_column("scenario", style="bold", no_wrap=True)
        table.add_column("question")
        for entry in scenarios():
            if entry.deal == deal.name:
                table.add_row(entry.name, entry.question)
        console.print(table, "")


@main.command()
@click.argument("name")
@click.option("--resolved", is_flag=True, help="The whole document, every default written out, as YAML.")
@click.option("--mermaid", is_flag=True, help="The phase machine as a Mermaid state diagram.")
@set_option
@json_option
@_reporting
def show(name: str, resolved: bool, mermaid: bool, settings: tuple[str, ...], as_json: bool) -> None:
    """Show a deal or a scenario: its obligations by day, its phase machine, or its resolved document."""
    from sim.deal.resolve import as_yaml

    scenario = _as_scenario(name, settings)
    if mermaid:
        from sim.machine import draw

        click.echo(draw(scenario.deal), nl=False)
    elif resolved:
        click.echo(as_yaml(scenario), nl=False)
    elif as_json:
        _print_json(scenario.model_dump(mode="json", by_alias=True))
    else:
        from sim.report.calendar import print_calendar

        print_calendar(scenario, _console())


def _as_scenario(name: str, settings: tuple[str, ...]) -> ResolvedScenario:
    """The scenario of this name, or the deal of this name with everybody complying."""
    from sim.deal.resolve import resolve_any

    return resolve_any(name, _parse_settings(settings))


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
@_reporting
def validate(files: tuple[Path, ...], as_json: bool) -> None:
    """Check documents: all problems at once, each with its place, the rule and a way out."""
    from sim.deal.resolve import validate_file

    problems = [problem for file in files for problem in validate_file(file)]
    failed = any(problem.severity == "error" for problem in problems)
    if as_json:
        _print_json({"valid": not failed, "problems": [problem.as_json() for problem in problems]})
    else:
        for problem in problems:
            click.echo(str(problem))
        if not problems:
            click.echo(f"{len(files)} document(s) valid")
    if failed:
        raise click.exceptions.Exit(BAD_INPUT)


@main.command()
@click.argument("kind", type=click.Choice(["deal", "scenario"]), default="scenario")
@_reporting
def schema(kind: Literal["deal", "scenario"]) -> None:
    """Print the JSON Schema of a document, for editors."""
    from sim.deal.load import schema as schema_of

    click.echo(json.dumps(schema_of(kind), indent=2, ensure_ascii=False))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--deal", help="Write a scenario of this deal (name or file) instead of a deal.")
@_reporting
def init(file: Path, deal: str | None) -> None:
    """Write a commented starting document that validates: a deal, or with --deal a scenario of it."""
    from sim.deal.problem import DocumentError
    from sim.deal.resolve import validate_file
    from sim.deal.template import starting_deal

    text = starting_deal(file.stem) if deal is None else _scenario_of(deal, file)
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise SimError(f"{file}: there is a file of this name; nothing was written") from None
    except OSError as error:
        raise SimError(f"{file}: cannot be written: {error.strerror}") from None
    if problems := validate_file(file):
        file.unlink()
        raise DocumentError(problems)
    click.echo(f"wrote {file}; check it with: ceasefire validate {file}")


def _scenario_of(deal: str, file: Path) -> str:
    """A starting scenario in the words of this deal, which is looked for beside the file first."""
    from sim.deal.catalogue import find
    from sim.deal.resolve import resolve_any
    from sim.deal.template import starting_scenario

    return starting_scenario(file.stem, deal, resolve_any(find(deal, beside=file)).deal)


@main.command()
@click.argument("scenario")
@seed_option
@click.option("--replicate", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True)
@set_option
@trace_option
@json_option
@_reporting
def run(
    scenario: str, seed: int, replicate: int, settings: tuple[str, ...], trace_file: Path | None, as_json: bool
) -> None:
    """Run one replicate and tell it event by event."""
    resolved = _resolve(scenario, settings)
    _announce_compiling()
    from sim.engine.reference import ReferenceEngine
    from sim.plan.compile import compile_plan

    plan = compile_plan(resolved)
    result = ReferenceEngine(plan).run(seed, replicate)
    _tell(plan, seed, replicate, result.outcomes, result.trace, trace_file, as_json)


def _tell(
    plan: Plan, seed: int, replicate: int, outcomes: np.ndarray[Any, Any], trace: np.ndarray[Any, Any],
    trace_file: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """One replicate as JSON, as a story, or as its trace."""
    from sim.report.replicate import as_record, print_story
    from sim.trace import as_json_lines

    if trace_file is not None:
        _write_text(trace_file, as_json_lines(plan, trace))
    if as_json:
        _print_json(as_record(plan, seed, replicate, outcomes))
    elif trace_file is None or str(trace_file) != "-":
        print_story(plan, seed, replicate, outcomes, trace, _console())


@main.command()
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
@engine_option
@workers_option
@out_option
@resume_option
@json_option
@_reporting
def compare(
    baseline: str, variants: tuple[str, ...], n: int, seed: int, settings: tuple[str, ...], precision: tuple[str, ...],
    engine: Engine, workers: int | None, out: Path | None, resume: bool, as_json: bool,
) -> None:  # fmt: skip
    """Compare scenarios on the same draws: estimates, paired differences, ends."""
    _refuse_resume_of_nothing(out, resume)
    scenarios = [_resolve(name, settings) for name in (baseline, *variants)]
    _announce_compiling()
    from sim.report.terminal import print_comparison
    from sim.study import compare as compare_scenarios

    with _progress(f"{len(scenarios)} scenarios") as progress:
        comparison = compare_scenarios(
            scenarios[0], scenarios[1:], n=n, seed=seed, engine=engine, workers=workers,
            precision=_parse_precision(precision), progress=progress, folder=out, resume=resume, command=sys.argv[1:],
        )  # fmt: skip
    if out is not None:
        _draw_comparison(comparison, out)
    if as_json:
        _print_json(comparison.as_json())
    else:
        print_comparison(comparison, _console())
        if out is not None:
            click.echo(f"kept in {out}{os.sep}")


def _refuse_resume_of_nothing(out: Path | None, resume: bool) -> None:
    if resume and out is None:
        raise SimError("--resume needs --out, the folder to continue")


def _parse_precision(options: tuple[str, ...]) -> dict[str, float] | None:
    widths = {}
    for option in options:
        outcome, _, width = option.partition("=")
        try:
            widths[outcome] = float(width)
        except ValueError:
            raise SimError(f"--precision takes OUTCOME=HALFWIDTH with a number, got {option[:80]!r}") from None
    return widths or None


def _draw_comparison(comparison: Comparison, folder: Path) -> None:
    from sim.report.figures import MOST_SCENARIOS, release_curves

    if len(comparison.summaries) > MOST_SCENARIOS:
        click.echo(f"no figure: it can tell apart at most {MOST_SCENARIOS} scenarios", err=True)
        return
    for suffix in ("png", "svg"):
        release_curves(comparison, folder / f"releases.{suffix}")


@main.command()
@click.argument("scenario")
@click.option("--vary", multiple=True, metavar="PATH=LO:HI:K|A,B,C", help="An axis; by default the scenario's own.")
@click.option("--design", type=click.Choice(["grid", "lhs", "sobol"]), default="grid", show_default=True)
@click.option("--points", type=click.IntRange(1), help="Points of a Latin hypercube, or base points of a Sobol design.")
@click.option("-n", "n", type=replicates_type, default=1000, show_default=True, help="Replicates of each cell.")
@click.option("--max-cells", type=click.IntRange(1), default=10_000, show_default=True)
@seed_option
@set_option
@engine_option
@workers_option
@out_option
@resume_option
@json_option
@_reporting
def sweep(
    scenario: str, vary: tuple[str, ...], design: Design, points: int | None, n: int, max_cells: int, seed: int,
    settings: tuple[str, ...], engine: Engine, workers: int | None, out: Path | None, resume: bool, as_json: bool,
) -> None:  # fmt: skip
    """Run a scenario over the values of its axes, every cell with the same draws."""
    _refuse_resume_of_nothing(out, resume)
    _announce_compiling()
    from sim.sweep.run import sweep as run_sweep

    with _progress("replicates") as progress:
        result = run_sweep(
            scenario, vary, design=design, n=n, seed=seed, points=points, settings=_parse_settings(settings),
            engine=engine, workers=workers, folder=out, resume=resume, max_cells=max_cells, command=sys.argv[1:],
            progress=progress,
        )  # fmt: skip
    if as_json:
        _print_json(result.as_json())
    else:
        from sim.report.sweep import print_sweep

        print_sweep(result.as_json(), _console())


@main.command()
@results_argument
@click.option("--replicate", type=click.IntRange(0), required=True)
@click.option("--scenario", help="Which scenario or cell of the folder; by default the first.")
@trace_option
@json_option
@_reporting
def replay(results: Path, replicate: int, scenario: str | None, trace_file: Path | None, as_json: bool) -> None:
    """Run one replicate of a results folder again with its full trace, and check it against the stored row."""
    _announce_compiling()
    from sim.results.replay import replay as replay_one

    again = replay_one(results, replicate, scenario)
    _tell(again.plan, again.seed, again.replicate, again.outcomes, again.trace, trace_file, as_json)
    if not as_json and trace_file is None:
        click.echo("equal to the stored row")


@main.command()
@click.argument("baseline")
@click.argument("variant")
@click.option("--replicate", type=click.IntRange(0, 2**63 - 1), required=True)
@seed_option
@json_option
@_reporting
def explain(baseline: str, variant: str, replicate: int, seed: int, as_json: bool) -> None:
    """Show where two histories with the same draws part, and what follows."""
    scenarios = _resolve(baseline), _resolve(variant)
    _announce_compiling()
    from sim.explain import explain as explain_pair

    explanation = explain_pair(*scenarios, seed, replicate)
    if as_json:
        _print_json(explanation.as_json())
    else:
        from sim.report.explanation import print_explanation

        print_explanation(explanation.as_json(), _console())


@main.command()
@results_argument
@json_option
@_reporting
def verify(results: Path, as_json: bool) -> None:
    """Check every file of a results folder against its checksum."""
    from sim.results.folder import verify as verify_folder
    from sim.results.manifest import MANIFEST

    if not (results / MANIFEST).exists():
        raise SimError(f"{results / MANIFEST}: missing: {results} holds no results")
    problems = verify_folder(results)
    if as_json:
        _print_json({"valid": not problems, "problems": problems})
    else:
        click.echo("\n".join(problems) if problems else f"{results}: every file is as it was written")
    if problems:
        raise click.exceptions.Exit(1)


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr with rate and time left, where that is a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    console = _console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, rate="")

        def update(done: int, total: int) -> None:
            speed = progress.tasks[0].speed
            rate = f"{speed:,.0f} replicates/s" if speed else ""
            progress.update(task, completed=done, total=total, rate=rate)

        yield update


def _write_text(file: Path, text: str) -> None:
    if str(file) == "-":
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SimError(f"{file}: cannot be written: {error.strerror}") from None


@main.command()
@click.argument("deal")
@click.option("-n", "n", type=click.IntRange(1), default=10_000, show_default=True, help="Replicates of the baseline.")
@seed_option
@workers_option
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Write backtest.json and the figure to this folder."
)
@json_option
@_reporting
def backtest(deal: str, n: int, seed: int, workers: int | None, out: Path | None, as_json: bool) -> None:
    """Check a deal's baseline against the deal's own record: ranges, and distance beside two plain forecasts."""
    _announce_compiling()
    from sim.history.backtest import backtest as check_against_record
    from sim.report.backtest import print_backtest, write_backtest

    with _progress("replicates") as progress:
        result = check_against_record(deal, n=n, seed=seed, workers=workers, progress=progress)
    if out is not None:
        write_backtest(result, out)
    if as_json:
        _print_json(result.as_json())
    else:
        print_backtest(result, _console())
        if out is not None:
            click.echo(f"numbers and figure: {out}{os.sep}")


if __name__ == "__main__":
    main()
