"""Rolling origins in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.history.rolling import FORECASTERS, NEAREST, Rolling
from sim.report.console import plain_table
from sim.report.words import FOOTER, list_in_words

if TYPE_CHECKING:
    from rich.console import Console

NAMES = {"base_rate": "base rates"}
LEGEND = (
    "Each origin knows who is out by then and forecasts who comes out from there to the target day; only origins at "
    "which somebody due is not out yet. persistence: nobody more. text: as written, what is overdue at once. redated: "
    "the text moved by the lag of the last who came. base rates: on what is left. floor: the model, raised to what is "
    "known. near: its {} replicates nearest to the record so far. *: the best. Less is better; origins of one deal "
    "depend on one another."
)


def print_rolling(result: Rolling, console: Console) -> None:
    """Mean scores by curve and horizon, in people and on a log scale."""
    console.print(f"{result.deal}: what follows a day, every {result.every} days", style="bold", markup=False)
    console.print(f"{result.scenario}, pair of parties {result.pair}; {result.n:,} replicates, seed {result.seed}")
    people, logs = result.means(), result.means("log_crps")
    for curve in people:
        table = plain_table(
            f"{list_in_words(curve, result.terms)}: CRPS in people (on log(1 + people))", "days ahead", "origins",
            *(NAMES.get(name, name) for name in FORECASTERS),
        )  # fmt: skip
        for horizon, found in people[curve].items():
            best = min(found[name] for name in FORECASTERS)
            cells = [
                f"{found[name]:,.2f}{'*' if found[name] == best else ''} ({logs[curve][horizon][name]:.2f})"
                for name in FORECASTERS
            ]
            table.add_row(horizon, f"{found['origins']:.0f}", *cells)
        console.print()
        console.print(table)
    console.print()
    console.print(LEGEND.format(NEAREST), style="dim")
    console.print(FOOTER, style="dim")
