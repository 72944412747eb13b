"""Commands that show results: plot, report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.common import reporting, results_argument
from sim.errors import SimError

if TYPE_CHECKING:
    from sim.report.figures import Picture
    from sim.results.load import Results

OF_SCENARIOS = ("releases", "ends", "survival", "differences")
OF_SWEEPS = ("heatmap", "response", "tornado")


@click.command()
@results_argument
@click.option("--kind", type=click.Choice([*OF_SCENARIOS, *OF_SWEEPS]), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File to write, .png or .svg.")
@click.option("--scenario", help="Which scenario or cell of the folder; by default all, or the first.")
@click.option("--outcome", "outcomes", multiple=True, help="Which outcomes of a sweep; by default four.")
@reporting
def plot(results: Path, kind: str, out: Path, scenario: str | None, outcomes: tuple[str, ...]) -> None:
    """Draw one figure of a results folder."""
    from sim.results.load import load

    loaded = load(results)
    picture = _of_scenarios(loaded, kind, scenario) if kind in OF_SCENARIOS else _of_sweep(loaded, kind, outcomes)
    picture.save(out)
    click.echo(f"wrote {out}")


def _of_scenarios(results: Results, kind: str, scenario: str | None) -> Picture:
    from sim.history.record import known_record
    from sim.report import figures
    from sim.study import stored

    comparison = stored(results, scenario)
    if kind == "releases":
        keys = results.scenarios if scenario is None else [scenario]
        return figures.release_curves(comparison, known_record([results.document(key).deal for key in keys]))
    draw = {"ends": figures.ends_by_day, "survival": figures.truce_survival, "differences": figures.differences}
    return draw[kind](comparison)


def _of_sweep(results: Results, kind: str, outcomes: tuple[str, ...]) -> Picture:
    from sim.report import figures

    if results.manifest["kind"] != "sweep":
        raise SimError(f"{results.folder}: holds no sweep, of which alone there is a {kind} figure")
    draw = {"heatmap": figures.heat_map, "response": figures.response, "tornado": figures.tornado}
    return draw[kind](results.summary, outcomes)
