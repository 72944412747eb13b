"""Commands about what could be chosen, and what is not known: design, discover."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.checks import telling
from sim.cli.common import (
    Limited,
    json_option,
    open_console,
    parse_settings,
    print_json,
    replicates_type,
    reporting,
    resume_option,
    save_pictures,
    seed_option,
    set_option,
    workers_option,
)
from sim.errors import SimError

if TYPE_CHECKING:
    from sim.analysis.design.task import Robust

MOST_POINTS = 100_000


@click.command()
@click.argument("scenario")
@click.option(
    "--points", type=Limited(4, MOST_POINTS, "MOST_POINTS in sim/cli/design.py"), default=1500, show_default=True,
    help="Choices of terms that are tried.",
)  # fmt: skip
@click.option("-n", "n", type=replicates_type, default=500, show_default=True, help="Replicates of each choice.")
@click.option(
    "--again", type=replicates_type, default=20_000, show_default=True,
    help="Replicates of each point of the front, on draws that the search has not seen.",
)  # fmt: skip
@click.option(
    "--robust", type=click.Choice(["baseline", "mean", "worst", "regret"]), default="baseline", show_default=True,
    help="Search under the scenario's own behaviour, or over all that its design names.",
)  # fmt: skip
@seed_option
@workers_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep the search, the front and a deal for each point.",
)
@resume_option
@json_option
@reporting
def design(
    scenario: str, points: int, n: int, again: int, robust: Robust, seed: int, workers: int | str | None,
    out: Path | None, resume: bool, as_json: bool,
) -> None:  # fmt: skip
    """Search the terms of a scenario's `design:` for choices that no other is better than in everything."""
    if resume and out is None:
        raise SimError("--resume needs --out, the folder to continue")
    from sim.analysis.design.run import design as run_design
    from sim.engine.workers import open_workers
    from sim.report.design import print_design

    with open_workers(workers) as opened, telling("searching") as progress:
        found = run_design(
            scenario, points=points, n=n, again=again, robust=robust, seed=seed, workers=opened, folder=out,
            resume=resume, progress=progress,
        )  # fmt: skip
    if out is not None:
        _draw(found.content, out)
    if as_json:
        print_json(found.content)
        return
    print_design(found.content, open_console())
    if out is not None:
        click.echo(f"kept in {out}{os.sep}")


def _draw(content: dict[str, Any], folder: Path) -> None:
    """The front and its terms as pictures."""
    from sim.report.figures.design import front_picture, terms_picture

    if content["front"]:
        save_pictures({"front": front_picture(content), "terms": terms_picture(content)}, folder)


@click.command()
@click.argument("scenario")
@click.option(
    "--goal", required=True, metavar="EXPR", help="'P(end = collapsed) > 0.5'; of a goal alone one half is meant."
)
@click.option(
    "--points", type=Limited(40, MOST_POINTS, "MOST_POINTS in sim/cli/design.py"), default=1024, show_default=True,
    help="Values of the unknowns that choose a box, and as many that judge it.",
)  # fmt: skip
@click.option("--each", type=replicates_type, default=200, show_default=True, help="Replicates of each, of its own.")
@click.option(
    "--coverage", type=click.FloatRange(0.05, 0.95), default=0.5, show_default=True,
    help="Share of the points with such a chance that the box is to hold.",
)  # fmt: skip
@seed_option
@set_option
@workers_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Keep numbers and a picture here.")
@json_option
@reporting
def discover(
    scenario: str, goal: str, points: int, each: int, coverage: float, seed: int, settings: tuple[str, ...],
    workers: int | str | None, out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Ask how much of a goal the unknowns explain, and look for a box of them in which it is likely."""
    from sim.analysis.discover.run import discover as run_discover
    from sim.engine.workers import open_workers
    from sim.report.discover import print_discovery

    with open_workers(workers) as opened, telling("drawing") as progress:
        found = run_discover(
            scenario, goal, points=points, each=each, coverage=coverage, seed=seed, settings=parse_settings(settings),
            workers=opened, progress=progress,
        )  # fmt: skip
    if out is not None:
        _keep_discovery(found, out)
    if as_json:
        print_json({key: value for key, value in found.items() if key != "drawn"})
    else:
        print_discovery(found, open_console())


def _keep_discovery(found: dict[str, Any], out: Path) -> None:
    from sim.report.figures.discover import box_picture
    from sim.results.files import write_text
    from sim.results.manifest import sealed_text

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SimError(f"{out}: cannot be made: {error.strerror}") from None
    write_text(out / "discover.json", sealed_text(found))
    if found["box"] is not None:
        save_pictures({"box": box_picture(found)}, out)
