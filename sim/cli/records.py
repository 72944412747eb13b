"""Commands about records: behaviour from them, a model against one, a results folder against its checksums."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from sim.cli.common import (
    Limited,
    json_option,
    open_console,
    print_json,
    replicates_type,
    reporting,
    results_argument,
    seed_option,
    show_progress,
    workers_option,
    write_out,
)
from sim.errors import SimError

MOST_DRAWS = 10_000_000
draws_option = click.option(
    "--draws", type=Limited(100, MOST_DRAWS, "MOST_DRAWS in sim/cli/records.py"), default=20_000, show_default=True,
    help="Parameter sets to run and compare with the records.",
)  # fmt: skip

new_pair_option = click.option(
    "--new-pair", is_flag=True, help="Take the deal's parties for a new pair, whatever rows of them there are."
)


@click.command()
@click.argument("deal")
@click.option("-n", "n", type=replicates_type, default=10_000, show_default=True, help="Replicates of the model.")
@click.option(
    "--record", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The history of a deal of one's own: a CSV file with the columns of those of the catalogue.",
)  # fmt: skip
@new_pair_option
@click.option(
    "--rolling", type=Limited(1, 10_000, "days of a record"), metavar="DAYS",
    help="Score what is said of the days after each origin instead, with an origin every so many days.",
)  # fmt: skip
@click.option("--in-sample", is_flag=True, help="Test the baseline, which was written with knowledge of the record.")
@draws_option
@seed_option
@workers_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write backtest.json, the figure and the behaviour to this folder.",
)
@json_option
@reporting
def backtest(
    deal: str,
    n: int,
    record: Path | None,
    new_pair: bool,
    rolling: int | None,
    in_sample: bool,
    draws: int,
    seed: int,
    workers: int | str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Test a model that never saw a deal's record against it: ranges, and distance beside two plain forecasts.

    Behaviour is calibrated on the records of all other deals and on rows of past ones. DEAL is one of the catalogue, or
    a file with a deal, which needs --record.
    """
    if in_sample and (new_pair or rolling is not None or record is not None):
        raise SimError(
            "--in-sample tests a baseline of the catalogue: it goes without --record, --new-pair and --rolling"
        )
    if rolling is not None:
        _roll(
            deal, rolling, out, is_json=as_json, n=n, seed=seed, draws=draws, record=record, is_pair_known=not new_pair
        )
        return
    from sim.analysis.calibration.run import leave_one_out
    from sim.analysis.history.backtest import backtest as check_against_record
    from sim.engine.workers import open_workers
    from sim.report.backtest import print_backtest, write_backtest
    from sim.results.files import naming

    calibration = None
    with open_workers(workers) as opened, show_progress("draws, then replicates") as progress:
        if in_sample:
            result = check_against_record(deal, n=n, seed=seed, workers=opened, progress=progress)
        else:
            calibration, result = leave_one_out(
                deal, n=n, seed=seed, draws=draws, record=record, is_pair_known=not new_pair, workers=opened,
                progress=progress,
            )  # fmt: skip
    if out is not None:
        write_backtest(result, out)
        if calibration is not None:
            with naming(out, "cannot be written"):
                calibration.calibrated.write(out / "behaviour.yaml")
    if as_json:
        print_json(result.as_json())
    else:
        print_backtest(result, open_console())
        if out is not None:
            click.echo(f"numbers and figure: {out}{os.sep}")


def _roll(deal: str, every: int, out: Path | None, *, is_json: bool, **settings: Any) -> None:
    """The other test: what is said of the days after each origin."""
    from sim.analysis.calibration.rolling import roll_deal
    from sim.report.rolling import print_rolling
    from sim.results.files import naming, write_text

    with show_progress("draws") as progress:
        result = roll_deal(deal, every=every, progress=progress, **settings)
    if out is not None:
        with naming(out, "cannot be written"):
            out.mkdir(parents=True, exist_ok=True)
            write_text(out / "rolling.json", json.dumps(result.as_json(), indent=1) + "\n")
    if is_json:
        print_json(result.as_json())
    else:
        print_rolling(result, open_console())


@click.command()
@click.argument("deals", nargs=-1, metavar="[DEAL]...")
@click.option(
    "--for", "target", metavar="DEAL", help="The deal or file to write the behaviour for; by default the first."
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True,
    help="Write a scenario with the behaviour to this file and its draws beside it; - is stdout, without the draws.",
)  # fmt: skip
@new_pair_option
@draws_option
@seed_option
@json_option
@reporting
def calibrate(
    deals: tuple[str, ...], target: str | None, out: Path, new_pair: bool, draws: int, seed: int, as_json: bool
) -> None:  # fmt: skip
    """Estimate behaviour from the records of deals and from rows of past ones, with its evidence.

    Without a DEAL, from the records of all deals but the one after --for.
    """
    if as_json and str(out) == "-":
        raise SimError("--json and --out - would both write to stdout")
    if out.suffix == ".csv":
        raise SimError(f"{out}: the behaviour is a YAML file; its table of draws gets this name with .csv")
    from sim.analysis.calibration.run import calibrate as estimate
    from sim.analysis.calibration.run import others_than
    from sim.report.calibration import print_calibration
    from sim.results.files import naming

    with show_progress("draws") as progress:
        calibration = estimate(
            deals or (others_than(target) if target else ()), target, draws=draws, seed=seed,
            is_pair_known=not new_pair, progress=progress,
        )  # fmt: skip
    beside = None
    if str(out) == "-":
        write_out(out, calibration.calibrated.as_yaml())
    else:
        with naming(out, "cannot be written"):
            beside = calibration.calibrated.write(out)
    if as_json:
        print_json(calibration.as_json())
    elif str(out) != "-":
        print_calibration(calibration, open_console())
        click.echo(f"behaviour: {out}" + (f", with its draws: {beside}" if beside else ""))


@click.command()
@results_argument
@json_option
@reporting
def verify(results: Path, as_json: bool) -> None:
    """Check every file of a results folder against its checksum."""
    from sim.results.folder import verify as verify_folder
    from sim.results.manifest import MANIFEST

    if not os.path.lexists(results / MANIFEST):
        raise SimError(f"{results / MANIFEST}: missing: {results} holds no results")
    problems = verify_folder(results)
    if as_json:
        print_json({"valid": not problems, "problems": problems})
    else:
        click.echo(
            "\n".join(problems)
            if problems
            else f"{results}: manifest, ledger, tables and summary are as they were written"
        )
    if problems:
        raise click.exceptions.Exit(1)
