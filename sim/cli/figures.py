"""Commands that show results: plot, report."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.common import number_type, reporting, results_argument, write_out
from sim.errors import SimError

if TYPE_CHECKING:
    from sim.analysis.sweeps.stored import StoredSweep
    from sim.document.deal import Deal
    from sim.report.answer.swept import SweptAnswer
    from sim.report.figures import Picture
    from sim.report.page import Example, Shown
    from sim.report.page.contents import Page
    from sim.results.load import Results
    from sim.statistics.comparison import Comparison

OF_SCENARIOS = ("outcomes", "releases", "ends", "survival", "differences")
OF_SWEEPS = ("heatmap", "response", "tornado")
OF_REPLICATES = ("timeline", "lead")
_OF_DOTS = "The count at the end of each run, whoever they are, and how the run ends."
_OF_DOTS_WITHOUT_PEOPLE = "What each run has come to at its end, and how the run ends."
_OF_ROWS = "A row above that names a phase asks for the people of that phase, every one of them."
KINDS = (*OF_SCENARIOS, *OF_SWEEPS, *OF_REPLICATES, "machine", "cutsets")


@click.command()
@click.argument("results", type=click.Path(path_type=Path, exists=True))
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What to draw.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File to write, .png or .svg.")
@click.option("--replicate", type=number_type, help="Which replicate (timeline, lead).")
@click.option("--scenario", help="Which scenario or cell of the folder; by default all, or the first.")
@click.option(
    "--outcome",
    "outcomes",
    multiple=True,
    help="Of a sweep, which outcomes; of dots, what is counted.",
)
@click.option("--list", "only", default="", help="Of releases, the list of people that is drawn; by default all.")
@click.option("--narrow", is_flag=True, help="For a column of less than 600 pixels, such as a telephone's.")
@reporting
def plot(
    results: Path, kind: str, out: Path, replicate: int | None, scenario: str | None, outcomes: tuple[str, ...],
    only: str, narrow: bool,
) -> None:  # fmt: skip
    """Draw one figure of a results folder, or cutsets of a folder or file that `check` wrote."""
    picture = (
        _of_check(results)
        if kind == "cutsets"
        else _of_results(results, kind, replicate, scenario, outcomes, only, narrow)
    )
    picture.save(out)
    click.echo(f"wrote {out}")


def _of_check(file: Path) -> Picture:
    from sim.report.figures import cut_sets
    from sim.results.files import parsed, read_bytes
    from sim.results.manifest import check_seal

    if file.is_dir():
        place = file / "check.json"
        return cut_sets(check_seal(parsed(read_bytes(place), place), place))
    try:
        content = file.read_bytes()  # named itself, so it may be a link or a pipe
    except OSError as error:
        raise SimError(f"{file}: cannot be read: {error.strerror or error}") from None
    read = parsed(content, file)
    return cut_sets(check_seal(read, file) if isinstance(read, dict) and "sha256" in read else read)


def _of_results(
    folder: Path, kind: str, replicate: int | None, scenario: str | None, outcomes: tuple[str, ...],
    only: str, narrow: bool,
) -> Picture:  # fmt: skip
    from sim.results.load import load

    loaded = load(folder)
    if kind == "outcomes":
        from sim.report.figures import stored_outcomes

        return stored_outcomes(loaded, scenario, next(iter(outcomes), ""), narrow=narrow)
    if kind in OF_SCENARIOS:
        return _of_scenarios(loaded, kind, scenario, only, narrow=narrow)
    if kind in OF_SWEEPS:
        return _of_sweep(loaded, kind, outcomes)
    if kind in OF_REPLICATES:
        return _of_replicate(loaded, kind, replicate, scenario)
    from sim.report.figures import phase_machine

    return phase_machine(loaded.document(scenario).deal)


def _of_scenarios(results: Results, kind: str, scenario: str | None, only: str, *, narrow: bool) -> Picture:
    from sim.analysis.compare import stored
    from sim.analysis.history.record import known_record
    from sim.report import figures

    comparison = stored(results, scenario)
    if kind == "releases":
        keys = results.scenarios if scenario is None else [scenario]
        record = known_record([results.document(key).deal for key in keys])
        return figures.release_curves(comparison, record, only=only, narrow=narrow)
    draw = {"ends": figures.ends_by_day, "survival": figures.truce_survival, "differences": figures.differences}
    return draw[kind](comparison, narrow=narrow)


def _of_sweep(results: Results, kind: str, outcomes: tuple[str, ...]) -> Picture:
    from sim.report import figures

    if results.manifest["kind"] != "sweep":
        raise SimError(f"{results.folder}: holds no sweep, of which alone there is a {kind} figure")
    if kind == "response":
        return figures.stored_response(results, outcomes)
    draw = {"heatmap": figures.heat_map, "tornado": figures.tornado}
    return draw[kind](results.sweep, results.document(results.scenarios[0]), outcomes)


def _of_replicate(results: Results, kind: str, replicate: int | None, scenario: str | None) -> Picture:
    from sim.report import figures
    from sim.results.replay import as_written, replay

    if replicate is None:
        raise SimError(f"--kind {kind} shows one replicate: name it with --replicate")
    again = replay(results, replicate, scenario)
    return figures.lead(again) if kind == "lead" else figures.timeline(again, as_written(again.plan))


@click.command()
@results_argument
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("report.html"), show_default=True,
    help="File to write.",
)  # fmt: skip
@click.option("--replicate", type=number_type, help="Which replicate to tell; by default a typical one.")
@reporting
def report(results: Path, out: Path, replicate: int | None) -> None:
    """Write one self-contained HTML page about a folder of results or of a design, to read, print or send."""
    from sim.results.load import load

    if (results / "design.json").is_file():
        _report_design(results, out)
        return
    loaded = load(results)
    if loaded.manifest["kind"] == "study":
        raise SimError(f"{results}: holds a study, whose page is findings.md; report takes comparisons and sweeps")
    page = _page_of_sweep(loaded, replicate) if loaded.manifest["kind"] == "sweep" else _page_of(loaded, replicate)
    write_out(out, replace(page, folder=str(results)).as_html())
    if str(out) != "-":
        click.echo(f"wrote {out}")


def _report_design(folder: Path, out: Path) -> None:
    from sim.analysis.design.kept import front_of
    from sim.report.page.of_design import design_page

    write_out(out, design_page(front_of(folder), folder))
    if str(out) != "-":
        click.echo(f"wrote {out}")


def _page_of(results: Results, replicate: int | None) -> Page:
    from sim.analysis.compare import stored
    from sim.analysis.history.record import known_record
    from sim.document.measured import main_outcome
    from sim.report.page import comparison_page
    from sim.results.inside import influences, reached_by_last_day

    keys = results.scenarios
    documents = [results.document(key) for key in keys]
    main = results.manifest["extra"].get("example_outcome") or main_outcome(documents[0].deal)
    comparison = stored(results)
    return comparison_page(
        comparison, documents, results.manifest,
        influence=influences(results, keys[0], main),
        reached=[reached_by_last_day(results, key) for key in keys],
        example=_example(results, keys[0], main, replicate),
        record=known_record([document.deal for document in documents]),
        lead=_dots(comparison, results, documents[0].deal),
    )  # fmt: skip


def _dots(comparison: Comparison, results: Results, deal: Deal) -> Shown | None:
    """The figure beside the answer: a hundred runs of each scenario, where there are few enough of these."""
    from sim.document.measured import PEOPLE, main_outcome
    from sim.document.milestones import asks_for_some
    from sim.report import figures
    from sim.report.page import Shown

    with contextlib.suppress(figures.FigureError):
        if main_outcome(deal) not in PEOPLE:
            wide, narrow = (figures.stored_outcomes(results, narrow=narrow) for narrow in (False, True))
            return Shown(wide, _OF_DOTS_WITHOUT_PEOPLE, narrow)
        wide, narrow = (figures.compared_outcomes(comparison, deal, narrow=narrow) for narrow in (False, True))
        return Shown(wide, f"{_OF_DOTS} {_OF_ROWS}" if asks_for_some(deal) else _OF_DOTS, narrow)
    return None


def _page_of_sweep(results: Results, replicate: int | None) -> Page:
    from sim.analysis.sweeps.stored import stored_sweep
    from sim.report.answer.swept import answer_of_stored
    from sim.report.figures import FigureError, stored_response
    from sim.report.page import check_size, sweep_page
    from sim.report.page.of_sweep import main_of
    from sim.report.sweep import SHOWN
    from sim.report.told import told_of_cells

    check_size(results.sweep)
    first = results.scenarios[0]
    example = _example(results, first, main_of(results.sweep), replicate)
    response = None
    with contextlib.suppress(FigureError):
        response = stored_response(results, told_of_cells(results.sweep["cells"], SHOWN))
    found = stored_sweep(results)
    swept = answer_of_stored(found)
    dots = _dots_of_cells(swept, found, results.manifest["seed"])
    return sweep_page(results.sweep, results.document(first), results.manifest, example, swept, response, dots)


def _dots_of_cells(swept: SweptAnswer, found: StoredSweep, seed: int) -> Shown | None:
    """The figure beside the answer: a hundred runs of each value, where there are few enough of these."""
    from sim.report import figures
    from sim.report.page import Shown

    tables = {one.label: told.summary for one, told in zip(swept.answer.scenarios, found.told, strict=True)}
    note = f"n = {found.n:,} replicates of each, seed {seed}."
    with contextlib.suppress(figures.FigureError):
        wide, narrow = (figures.summed_outcomes(tables, note, narrow=narrow) for narrow in (False, True))
        return Shown(wide, _OF_DOTS, narrow)
    return None


def _example(results: Results, key: str, outcome: str, replicate: int | None) -> Example | None:
    """One replicate run again with its story: the one asked for, or a typical one; None if other rules made it."""
    from sim.report import figures
    from sim.report.page import Example
    from sim.report.sentences import say
    from sim.report.words import outcome_in_words
    from sim.results.inside import typical_replicate
    from sim.results.manifest import is_of_other_rules
    from sim.results.replay import as_written, replay

    if replicate is None and is_of_other_rules(results.manifest):
        return None
    chosen = "It was asked for by number."
    if replicate is None:
        replicate = typical_replicate(results, key, outcome)
        document = results.document(key)
        whose = key if results.manifest["kind"] == "sweep" else document.scenario
        words = outcome_in_words(outcome, document.deal)
        chosen = say("chosen", scenario=whose, outcome=words[:1].lower() + words[1:])
    again = replay(results, replicate, key)
    return Example(again, figures.timeline(again, as_written(again.plan)), chosen)
