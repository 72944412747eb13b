"""A sweep in the terminal: its cells, a tornado table, Sobol indices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.report.words import FOOTER, outcome_in_words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

SHOWN = ("hostages_living_released", "hostages_deceased_returned", "prisoners_released", "truce_days")
MOST_CELLS = 40


def _table(title: str, *headings: str) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="left" if place == 0 else "right")
    return table


def _interval(estimate: dict[str, Any]) -> str:
    if estimate.get("low") is None:
        return f"{estimate['mean']:.4g}"
    return f"{estimate['mean']:.4g} [{estimate['low']:.4g}, {estimate['high']:.4g}]"


def print_sweep(result: dict[str, Any], console: Console) -> None:
    """Cells with their estimates, then the effect of each axis.

    Parameters
    ----------
    result : dict
        As `sim.sweep.run.Sweep.as_json` gives it.
    console : Console
    """
    cells = result["cells"]
    console.print(
        f"{result['scenario']}: {len(cells)} cells of {result['n']:,} replicates, seed {result['seed']}", markup=False
    )
    table = _table("", *(axis["path"] for axis in result["axes"]), *(outcome_in_words(name) for name in SHOWN))
    for cell in cells[:MOST_CELLS]:
        values = [str(value) for value in cell["values"].values()]
        table.add_row(*values, *(_interval(cell["estimates"][name]) for name in SHOWN))
    console.print(table)
    if len(cells) > MOST_CELLS:
        console.print(f"… and {len(cells) - MOST_CELLS} more cells (--json or --out has them all)")
    if result.get("tornado"):
        _print_tornado(result["tornado"], console)
    if result.get("sobol"):
        _print_sobol(result["sobol"], console)
    console.print(FOOTER, style="dim")


def _print_tornado(bars: list[dict[str, Any]], console: Console) -> None:
    """What each axis moves from its low to its high end, the others at their middle; largest first."""
    outcome = SHOWN[0]
    table = _table(
        f"Effect on {outcome_in_words(outcome).lower()}, from low to high", "axis", "low", "high", "difference"
    )
    for bar in sorted(bars, key=lambda bar: -abs(bar["differences"][outcome]["mean"])):
        table.add_row(bar["path"], str(bar["low"]), str(bar["high"]), _interval(bar["differences"][outcome]))
    console.print()
    console.print(table)


def _print_sobol(indices: dict[str, Any], console: Console) -> None:
    """Share of the variance that each axis explains alone (first order) and with the others (total)."""
    outcome = SHOWN[0]
    if outcome not in indices:
        return
    table = _table(f"Sobol indices of {outcome_in_words(outcome).lower()}", "axis", "first order", "total")
    for path, pair in indices[outcome].items():
        table.add_row(path, _interval(pair["first"]), _interval(pair["total"]))
    console.print()
    console.print(table)
