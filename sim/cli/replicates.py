"""Commands about one replicate: run, replay, explain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.common import (
    json_option,
    number_type,
    open_console,
    print_json,
    reporting,
    resolve_scenario,
    resolve_scenarios,
    results_argument,
    seed_option,
    set_option,
    trace_option,
    write_out,
)
from sim.cli.drawing import draws_option, parse_draws

if TYPE_CHECKING:
    from sim.engine.reference import ReferenceEngine
    from sim.outcomes.record import ReplicateRecord


@click.command()
@click.argument("scenario")
@seed_option
@click.option("--replicate", type=number_type, default=0, show_default=True)
@set_option
@draws_option
@trace_option
@json_option
@reporting
def run(
    scenario: str, seed: int, replicate: int, settings: tuple[str, ...], draws: str | None, trace_file: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Run one replicate and tell it event by event."""
    resolved = resolve_scenario(scenario, settings)
    from sim.engine.reference import ReferenceEngine
    from sim.outcomes.record import ReplicateRecord
    from sim.plan.compile import compile_plan
    from sim.plan.ranked import drawn_by

    plan = drawn_by(compile_plan(resolved), parse_draws(draws, scenario))
    engine = ReferenceEngine(plan)
    result = engine.run(seed, replicate)
    if resolved.scripted:
        _warn_of_deviations_not_reached(engine)
    _tell(ReplicateRecord(plan, seed, replicate, result.outcomes, result.trace), trace_file, as_json)


def _warn_of_deviations_not_reached(engine: ReferenceEngine) -> None:
    """Say on stderr which scripted decisions the run did not come to."""
    from sim.analysis.deviations.decisions import never_reached

    for words in never_reached(engine.plan, engine.states):
        click.echo(f"scripted, but the run does not come to it: {words}", err=True)


@click.command()
@results_argument
@click.option("--replicate", type=number_type, required=True)
@click.option("--scenario", help="Which scenario or cell of the folder; by default the first.")
@trace_option
@json_option
@reporting
def replay(results: Path, replicate: int, scenario: str | None, trace_file: Path | None, as_json: bool) -> None:
    """Run one replicate of a results folder again with its full trace, and check it against the stored row."""
    from sim.results.replay import replay as replay_one

    again = replay_one(results, replicate, scenario)
    _tell(again.told, trace_file, as_json)
    if not as_json and trace_file is None:
        click.echo("equal to the stored row")


def _tell(told: ReplicateRecord, trace_file: Path | None, as_json: bool) -> None:
    """One replicate as JSON, as a story, or as its trace."""
    from sim.outcomes.trace import as_json_lines
    from sim.report.replicate import print_story

    if trace_file is not None:
        write_out(trace_file, as_json_lines(told.plan, told.trace))
    if as_json:
        print_json(told.as_json())
    elif trace_file is None or str(trace_file) != "-":
        print_story(told, open_console())


@click.command()
@click.argument("baseline")
@click.argument("variant")
@click.option("--replicate", type=number_type, required=True)
@seed_option
@set_option
@draws_option
@json_option
@reporting
def explain(
    baseline: str, variant: str, replicate: int, seed: int, settings: tuple[str, ...], draws: str | None, as_json: bool
) -> None:
    """Show where two histories with the same draws part, and what follows."""
    scenarios = resolve_scenarios((baseline, variant), settings)
    from sim.analysis.explain import explain as explain_pair

    explanation = explain_pair(scenarios[0], scenarios[1], seed, replicate, parse_draws(draws, baseline))
    if as_json:
        print_json(explanation.as_json())
    else:
        from sim.report.explanation import print_explanation

        print_explanation(explanation.as_json(), open_console(), *(one.deal for one in scenarios))
