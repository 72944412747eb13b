"""Commands about what is possible rather than likely: check, export."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.common import (
    Limited,
    amended_option,
    json_option,
    open_console,
    print_json,
    reporting,
    save_pictures,
    seed_option,
    threads_option,
    write_out,
)
from sim.errors import SimError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sim.analysis.deviations.check import Check

PROPERTY_FAILS = 1
MOST_DEVIATIONS = 8
MOST_DRAWN = 10**6


@click.command()
@click.argument("scenario")
@click.option(
    "--deviations",
    type=Limited(0, MOST_DEVIATIONS, "MOST_DEVIATIONS in sim/cli/checks.py"),
    default=2,
    show_default=True,
    help="At most so many at once.",
)
@click.option("--by", metavar="PARTY", help="Only deviations that can be this party's doing.")
@click.option(
    "--goal", show_default="end != completed, or what else can go either way", metavar="EXPR",
    help="What to look for: 'OUTCOME < NUMBER' or 'end = END', several joined by 'and'; or a guarantee to violate.",
)  # fmt: skip
@click.option(
    "-n", "--replicates", type=Limited(0, MOST_DRAWN, "MOST_DRAWN in sim/cli/checks.py"), default=500,
    show_default=True, help="For each obligation's importance; 0 leaves chances out.",
)  # fmt: skip
@click.option("--at-most", type=click.IntRange(1), default=20_000_000, show_default=True, help="Runs to stop after.")
@seed_option
@amended_option
@threads_option
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Keep numbers, figure, story and scenarios here."
)
@json_option
@reporting
def check(
    scenario: str, deviations: int, by: str | None, goal: str | None, replicates: int, at_most: int, seed: int,
    amended: str | None, workers: int | None, out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Search every set of deviations from compliance for what sinks the deal.

    Exits with 1 if a guarantee of the fixed list is broken in any run, or the declared one that --goal names.
    """
    from sim.reading.resolve import resolve_any

    resolved = resolve_any(scenario, {} if amended is None else {"amended": amended})
    from sim.analysis.deviations.check import check as run_check

    with telling("searching") as progress:
        result = run_check(
            resolved, deviations, by=by, goal=goal, n=replicates, seed=seed, at_most=at_most, workers=workers,
            progress=progress,
        )  # fmt: skip
    if out is not None:
        _keep(result, scenario, out, amended)
    if as_json:
        print_json(result.as_json())
    else:
        from sim.report.check import print_check

        print_check(result.as_json(), _story(result), resolved, open_console())
    if result.fails:
        raise click.exceptions.Exit(PROPERTY_FAILS)


@contextmanager
def telling(what: str) -> Iterator[Callable[[str, int, int], None]]:
    """What has been done so far, of how much, on stderr, where that is a terminal."""
    console = open_console(stderr=True)
    if not console.is_terminal:
        yield lambda *_: None
        return
    begun: dict[str, float] = {}
    with console.status(what) as status:

        def tell(of: str, done: int, total: int) -> None:
            now = time.monotonic()
            status.update(so_far(of, done, total, now - begun.setdefault(of, now)))

        yield tell


def so_far(what: str, done: int, total: int, seconds: float) -> str:
    """'1,200 of about 98,000 runs, about 12 s left'; no time before there is any to judge by."""
    about = "" if what == "obligations" else "about "
    words = f"{done:,} of {about}{max(done, total):,} {what}"
    if seconds < 1 or not done:
        return words
    return f"{words}, about {seconds * max(0, total - done) / done:,.0f} s left"


def _story(result: Check) -> list[tuple[int, str, str]]:
    """The shortest set's run as a dated list."""
    from sim.analysis.deviations.decisions import scripted_plan
    from sim.outcomes.story import story

    if result.shortest is None:
        return []
    plan = scripted_plan(result.scenario, result.shortest.script)
    return story(plan, result.replay(result.shortest).trace)


def _keep(result: Check, base: str, out: Path, amended: str | None) -> None:
    """All numbers and their figure, and the shortest and the earliest set as scenario files, the shortest told."""
    from sim.analysis.deviations.document import as_scenario
    from sim.report.figures import cut_sets
    from sim.results.files import write_text
    from sim.results.manifest import sealed_text

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SimError(f"{out}: cannot be made: {error.strerror}") from None
    write_text(out / "check.json", sealed_text(result.as_json()))
    if result.shortest is None or result.earliest is None:
        return
    lines = [f"day {day:>3}  {when}  {text}\n" for day, when, text in _story(result)]
    write_text(out / "story.txt", "".join(lines))
    write_text(out / "counterexample.yaml", as_scenario(result, result.shortest, base, out, amended))
    write_text(out / "earliest.yaml", as_scenario(result, result.earliest, base, out, amended))
    save_pictures({"cutsets": cut_sets(result.as_json())}, out)


@click.command()
@click.argument("deal")
@click.option("--prism", "as_prism", is_flag=True, required=True, help="In the PRISM language, for model checkers.")
@click.option(
    "--out", "file", type=click.Path(path_type=Path, dir_okay=False), default=Path("-"), show_default="stdout",
    help="File to write.",
)  # fmt: skip
@reporting
def export(deal: str, as_prism: bool, file: Path) -> None:  # noqa: ARG001  (the only language so far)
    """Write a deal's decision skeleton in the language of a model checker."""
    from sim.analysis.deviations.prism import as_prism as skeleton
    from sim.reading.resolve import resolve_any

    write_out(file, skeleton(resolve_any(deal)))
