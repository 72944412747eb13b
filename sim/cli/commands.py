"""The command line: one thin function for each command, by what the command is about."""

from typing import Any

import click

from sim import __version__
from sim.cli.checks import check, export
from sim.cli.common import interruptible
from sim.cli.design import design, discover
from sim.cli.documents import diff, init, list_, schema, show, validate
from sim.cli.explore import explore
from sim.cli.figures import plot, report
from sim.cli.records import backtest, calibrate, verify
from sim.cli.replicates import explain, replay, run
from sim.cli.studies import compare, study, sweep
from sim.cli.upgrade import upgrade


class _Commands(click.Group):
    """The commands; Ctrl-C while their options are read ends as within them."""

    def invoke(self, ctx: click.Context) -> Any:
        return interruptible(lambda: super(_Commands, self).invoke(ctx), "")


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ceasefire")
def main() -> None:
    """Run ceasefire and exchange deals as data: who comes home, when, how sure, which promises matter most.

    Ranges under stated assumptions, not a forecast.
    """


for command in (
    list_, show, validate, schema, init, diff, upgrade,
    run, compare, sweep, study, replay, explain, verify,
    backtest, calibrate, plot, report, explore,
    check, export, design, discover,
):  # fmt: skip
    main.add_command(command)
