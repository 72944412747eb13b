"""A sweep in the terminal: its cells, a tornado table, Sobol indices."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.report.answer.shown import print_as_they_are, shown_width
from sim.report.answer.swept import answer_of_sweep, swept_lines, value_in_words
from sim.report.axes import axes_called
from sim.report.console import plain_table
from sim.report.numbers import natural_frequency, plus_minus, with_interval
from sim.report.sentences import say
from sim.report.told import told_of_cells
from sim.report.words import FOOTER, guarantees_called, outcome_in_words, spaced
from sim.statistics.estimate import Estimate

if TYPE_CHECKING:
    from rich.console import Console

    from sim.analysis.sweeps.found import Sweep
    from sim.document.scenario import ResolvedScenario

REST = "For averages with intervals, what moves them and guarantees add --all."
SHOWN = ("hostages_living_released", "hostages_deceased_returned", "prisoners_released", "truce_days")
MOST_CELLS = 40


def estimate_of(numbers: dict[str, Any], n: int) -> Estimate:
    """An estimate from plain data, where None stands for no interval."""
    low, high = (math.nan if numbers[bound] is None else numbers[bound] for bound in ("low", "high"))
    return Estimate(numbers["mean"] if "mean" in numbers else numbers["value"], low, high, n)


def moves_nothing(bar: Mapping[str, Any]) -> bool:
    """Whether no outcome of any run differs between the ends of an axis."""
    return all(found["mean"] == 0 and not found["low"] and not found["high"] for found in bar["differences"].values())


def print_sweep(
    sweep: Sweep, console: Console, outcomes: Sequence[str] = (), *, everything: bool = False
) -> None:  # fmt: skip
    """Print the answer, then what is asked for beside it.

    Parameters
    ----------
    sweep : Sweep
    console : Console
    outcomes : sequence of str, optional
        Their means by cell and what moves them are told too.
    everything : bool, optional
        Print all tables too.
    """
    print_as_they_are(swept_lines(answer_of_sweep(sweep), shown_width(console)), console)
    if everything or outcomes:
        console.print()
        _print_tables(sweep.as_json(), sweep.told[0].summary.document, console, outcomes, everything=everything)
    if not everything:
        console.print(REST, style="dim", markup=False, highlight=False)


def _print_tables(
    result: dict[str, Any], document: ResolvedScenario | None, console: Console, outcomes: Sequence[str], *,
    everything: bool,
) -> None:  # fmt: skip
    """Cells with their means, guarantees where all is told, then the effect of each axis."""
    cells = result["cells"]
    shown = outcomes or told_of_cells(cells, SHOWN)
    explained = outcomes or shown[:1]
    console.print(
        f"{result['scenario']}: {len(cells)} cells of {result['n']:,} replicates, seed {result['seed']}", markup=False
    )
    paths = [axis["path"] for axis in result["axes"]]
    names = axes_called(paths, document)
    deals = () if document is None else (document.deal,)
    for name, path in zip(names, paths, strict=True):
        console.print(f"{name} is {path}", markup=False, style="dim")
    table = plain_table("", *names, *(outcome_in_words(outcome, *deals) for outcome in shown))
    for cell in cells[:MOST_CELLS]:
        table.add_row(
            *map(value_in_words, cell["values"].values()),
            *(plus_minus(estimate_of(cell["estimates"][outcome], result["n"])) for outcome in shown),
        )
    console.print(table)
    if len(cells) > MOST_CELLS:
        console.print(f"… and {len(cells) - MOST_CELLS} more cells (--json or --out has them all)")
    if everything:
        _print_guarantees(cells, names, guarantees_called(document), console)
    called = dict(zip(paths, names, strict=True))
    for outcome in explained:
        words = outcome_in_words(outcome, *deals).lower()
        if result.get("tornado"):
            _print_tornado(outcome, words, result["tornado"], called, result["n"], console)
        if outcome in result.get("sobol", {}):
            _print_sobol(words, result["sobol"][outcome], called, len(cells), console)
    for bar in result.get("tornado", []):
        if moves_nothing(bar):
            low, high = value_in_words(bar["low"]), value_in_words(bar["high"])
            words = say("axis moves nothing", axis=called[bar["path"]], low=low, high=high)
            console.print(words, markup=False, highlight=False)
    console.print(FOOTER, style="dim")


def _print_guarantees(
    cells: list[dict[str, Any]], names: Sequence[str], titles: Mapping[str, str], console: Console
) -> None:
    """Each guarantee that some cell violates: where the least and the most, and a replicate to open."""
    table = plain_table("Guarantees violated, from the fewest to the most", "", "fewest", "most", "replicate there")
    of_cells: dict[str, list[tuple[float, str, int | None]]] = {}
    for cell in cells:
        where = ", ".join(
            f"{name} {value_in_words(value)}" for name, value in zip(names, cell["values"].values(), strict=True)
        )
        for found in cell["guarantees"]:
            of_cells.setdefault(found["name"], []).append((found["violated"]["share"], where, found["replicate"]))
    for guarantee, shares in of_cells.items():
        fewest, most = (end(shares, key=lambda cell: cell[0]) for end in (min, max))
        if most[0] > 0:
            texts = [f"{natural_frequency(share)} ({where})" for share, where, _ in (fewest, most)]
            table.add_row(titles.get(guarantee, spaced(guarantee)), *texts, str(most[2]))
    if table.row_count:
        console.print()
        console.print(table)


def _print_tornado(
    outcome: str, words: str, bars: list[dict[str, Any]], called: Mapping[str, str], n: int, console: Console
) -> None:
    """What each axis moves from its low to its high end, the others at their middle; largest first."""
    table = plain_table(f"Effect on {words}, from low to high", "axis", "low", "high", "difference", "")
    for bar in sorted(bars, key=lambda bar: -abs(bar["differences"][outcome]["mean"])):
        effect = estimate_of(bar["differences"][outcome], n)
        verdict = "" if effect.excludes_zero else "undecided" if effect.half_width else "no difference"
        table.add_row(
            called[bar["path"]], str(bar["low"]), str(bar["high"]), with_interval(effect, signed=True), verdict
        )
    console.print()
    console.print(table)


def _print_sobol(words: str, indices: dict[str, Any], called: Mapping[str, str], n: int, console: Console) -> None:
    """Share of the variance that each axis explains alone (first order) and with the others (total)."""
    table = plain_table(f"Sobol indices of {words}", "axis", "first order", "total")
    for path, pair in indices.items():
        table.add_row(called[path], *(with_interval(estimate_of(pair[order], n)) for order in ("first", "total")))
    console.print()
    console.print(table)
