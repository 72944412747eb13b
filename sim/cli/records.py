"""Commands that check: a results folder against its checksums, a deal against its record."""

from __future__ import annotations

import os
from pathlib import Path

import click

from sim.cli.common import (
    announce_compiling,
    json_option,
    open_console,
    print_json,
    reporting,
    results_argument,
    seed_option,
    show_progress,
    workers_option,
)
from sim.errors import SimError


@click.command()
@click.argument("deal")
@click.option("-n", "n", type=click.IntRange(1), default=10_000, show_default=True, help="Replicates of the baseline.")
@seed_option
@workers_option
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Write backtest.json and the figure to this folder."
)
@json_option
@reporting
def backtest(deal: str, n: int, seed: int, workers: int | str | None, out: Path | None, as_json: bool) -> None:
    """Check a deal's baseline against the deal's own record: ranges, and distance beside two plain forecasts."""
    announce_compiling()
    from sim.engine.workers import open_workers
    from sim.history.backtest import backtest as check_against_record
    from sim.report.backtest import print_backtest, write_backtest

    with open_workers(workers) as opened, show_progress("replicates") as progress:
        result = check_against_record(deal, n=n, seed=seed, workers=opened, progress=progress)
    if out is not None:
        write_backtest(result, out)
    if as_json:
        print_json(result.as_json())
    else:
        print_backtest(result, open_console())
        if out is not None:
            click.echo(f"numbers and figure: {out}{os.sep}")


@click.command()
@results_argument
@json_option
@reporting
def verify(results: Path, as_json: bool) -> None:
    """Check every file of a results folder against its checksum."""
    from sim.results.folder import verify as verify_folder
    from sim.results.manifest import MANIFEST

    if not (results / MANIFEST).exists():
        raise SimError(f"{results / MANIFEST}: missing: {results} holds no results")
    problems = verify_folder(results)
    if as_json:
        print_json({"valid": not problems, "problems": problems})
    else:
        click.echo("\n".join(problems) if problems else f"{results}: every file is as it was written")
    if problems:
        raise click.exceptions.Exit(1)
