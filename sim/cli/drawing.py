"""`--draws`: decisions that matter most as Sobol numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sim.cli.common import open_console
from sim.errors import SimError

if TYPE_CHECKING:
    from sim.plan.ranked import Ranking

draws_option = click.option(
    "--draws",
    metavar="sobol[:SCENARIO]",
    help="Spread the draws that decide most evenly over replicates, ranked for SCENARIO, by default the first.",
)


def parse_draws(text: str | None, scenario: str) -> Ranking | None:
    """The ranking that `--draws` asks for.

    Parameters
    ----------
    text : str or None
        'sobol', 'sobol:SCENARIO' or nothing.
    scenario : str
        The first of the command.

    Raises
    ------
    SimError
        If it is something else, or nothing that is drawn decides anything.
    """
    if text is None:
        return None
    kind, _, named = text.partition(":")
    if kind != "sobol" or (":" in text and not named):
        raise SimError(f"--draws takes 'sobol' or 'sobol:SCENARIO', got {text[:80]!r}")
    from sim.analysis.draws.ranking import PILOT, ranking_of

    found = ranking_of(named or scenario)
    if not found.draws:
        raise SimError(f"--draws sobol: no draw of {found.of} decides enough to be ranked; leave the option out")
    if found.is_pilot:
        say(f"draws of {found.of} are ranked by a pilot of {PILOT:,} replicates")
    return found


def say_rounded(asked: int, ranking: Ranking | None) -> None:
    """Say on stderr that replicates are rounded up to whole scrambles, and what this kind of draws does not sharpen."""
    if ranking is None:
        return
    from sim.plan.ranked import in_whole
    from sim.plan.sobol import SCRAMBLES

    n = in_whole(asked)
    if n != asked:
        say(f"{asked:,} replicates are rounded up to {n:,}, {n // SCRAMBLES:,} in each of {SCRAMBLES} scrambles")


def say(words: str) -> None:
    """One sentence on stderr."""
    open_console(stderr=True).print(words, style="dim", markup=False, highlight=False, soft_wrap=True)


NO_GAIN = "differences between scenarios are no sharper with --draws sobol: the same draws in both take out as much"
