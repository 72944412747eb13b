"""A calibration in the terminal: every parameter before and after the records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.calibration.estimate import Estimate
from sim.analysis.calibration.run import NOT_IDENTIFIED, Calibration
from sim.document.values import write_duration
from sim.report.console import plain_table
from sim.report.words import FOOTER, spaced

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from sim.statistics.moments import Array

LEGEND = (
    "Median and the range that holds 90 %; times are medians over occasions. Rows: three levels fitted to dated steps "
    "of past deals, one draw for all steps of a deal. Counts and times: in closed form from lines of the records. "
    "Rejection: draws kept whose releases come closest to the records; n is how many were kept."
)
NOTHING = "The records tell nothing of these, and their priors stand: "
UNIDENTIFIED = "Not identified, whatever the ranges say: "


def print_calibration(calibration: Calibration, console: Console) -> None:
    """What was known before and after, and what the records tell nothing of."""
    names = " and ".join(calibration.deals) or "rows of other deals"
    console.print(f"{calibration.target}: behaviour from {names}", style="bold", markup=False)
    if calibration.target in calibration.deals:
        console.print("Its own record is among them: no test of a forecast on this deal.", style="yellow")
    rows, pair = calibration.learning.rows, "known" if calibration.is_pair_known else "new"
    console.print(
        f"{len(rows.people)} rows on people, {len(rows.forces)} on forces; {pair} pair of parties; "
        f"{calibration.draws:,} draws, seed {calibration.seed}"
    )
    console.print()
    console.print(_table(calibration))
    console.print()
    untold = [spaced(name) for name, estimate in calibration.estimates.items() if not estimate.is_informed]
    console.print(f"{NOTHING}{', '.join(untold)}.")
    console.print(f"{UNIDENTIFIED}{'; '.join(NOT_IDENTIFIED)}.")
    console.print(LEGEND, style="dim")
    console.print(FOOTER, style="dim")


def _table(calibration: Calibration) -> Table:
    table = plain_table("What the records narrow", "", "from", "n", "before", "after")
    for name, estimate in calibration.estimates.items():
        if estimate.is_informed and (estimate.method != "rows" or name in calibration.calibrated.places):
            table.add_row(
                spaced(name), estimate.method, f"{estimate.n:,}", _range(estimate, estimate.prior),
                _range(estimate, estimate.posterior),
            )  # fmt: skip
    return table


def _range(estimate: Estimate, quantiles: Array) -> str:
    low, middle, high = (_value(estimate, value) for value in estimate.ends(quantiles))
    return f"{middle} ({low} to {high})"


def _value(estimate: Estimate, value: float) -> str:
    if not estimate.spread:
        return f"{value:.2f}"
    unit = 1440 if value >= 1440 else 60 if value >= 60 else 1
    return write_duration(round(value / unit) * unit)
