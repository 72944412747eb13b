"""The page of a sweep."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from sim.document.scenario import ResolvedScenario
from sim.report import figures
from sim.report.answer.swept import SweptAnswer
from sim.report.axes import axes_called
from sim.report.figures import FigureError, Picture
from sim.report.figures.sweep import in_words
from sim.report.numbers import natural_frequency, number, with_interval
from sim.report.page.answer import swept_sentences, swept_table
from sim.report.page.assumptions import assumptions
from sim.report.page.contents import MOST_TITLE, Example, Page, PageError, Shown, Table, not_modelled, question
from sim.report.sentences import listed, say
from sim.report.sweep import SHOWN, estimate_of, moves_nothing
from sim.report.told import told_of_cells
from sim.report.words import ENDS, cut, outcome_in_words
from sim.statistics.estimate import Estimate, share_estimate

MOST_CELLS = 600
_BY_SOBOL = (
    "Order: the axes first, by their total Sobol index for '{}'; then everything else in the order of the document, "
    "which says nothing about its weight."
)
_BY_EFFECT = (
    "Order: the axes first, by what going from their low to their high end moves '{}'; then everything else in the "
    "order of the document, which says nothing about its weight."
)


def sweep_page(
    sweep: Mapping[str, Any], document: ResolvedScenario, manifest: Mapping[str, Any], example: Example | None,
    swept: SweptAnswer, response: Picture | None = None, lead: Shown | None = None,
) -> Page:  # fmt: skip
    """The page of a sweep of at most `MOST_CELLS` cells.

    Parameters
    ----------
    sweep : mapping
        As `sim.analysis.sweeps.found.Sweep.as_json` gives it.
    document : ResolvedScenario
        Of its first cell.
    manifest : mapping
        Of the results folder.
    example : Example or None
        None where the replicates cannot be run again.
    swept : SweptAnswer
        What each value comes to.
    response : Picture, optional
        Along the first axis of a grid.
    lead : Shown, optional
        The figure beside the answer, by default the first of the others.

    Raises
    ------
    PageError
        If there are more cells than a page can show.
    """
    check_size(sweep)
    n_cells = len(sweep["cells"])
    main = main_of(sweep)
    sobol = sweep["sobol"].get(main)
    pictures = _pictures(dict(sweep), document, response)
    return Page(
        title=cut(document.deal.title, MOST_TITLE),
        kind="Sweep",
        name=f"{sweep['scenario']} over {listed(swept.names)}",
        questions=[question(sweep["scenario"], document)],
        not_modelled=not_modelled(document.deal),
        first=swept_table(swept),
        run_for_run=swept_sentences(swept),
        answer=answer(sweep, document),
        lead=lead or (pictures[0] if pictures else None),
        lead_heading="A hundred runs of each" if lead else "Figure",
        pictures=pictures if lead else pictures[1:],
        tables=tables(sweep, document),
        ranking=(_BY_SOBOL if sobol else _BY_EFFECT).format(outcome_in_words(main, document.deal)),
        assumptions=assumptions(document, _influence(sweep, document)),
        never=never(sweep),
        example=example,
        manifest=manifest,
        summary=f"{n_cells:,} cells of {sweep['n']:,} runs, seed {sweep['seed']}, {sweep['engine']} engine",
    )


def main_of(sweep: Mapping[str, Any]) -> str:
    """The outcome that the page is about: the first that can vary."""
    return told_of_cells(sweep["cells"], SHOWN)[0]


def check_size(sweep: Mapping[str, Any]) -> None:
    """Raise `PageError` where a sweep has more cells than a page can show."""
    if len(sweep["cells"]) > MOST_CELLS:
        raise PageError(
            f"this sweep has {len(sweep['cells']):,} cells: a page shows at most {MOST_CELLS}; its tables are in the "
            "folder, and 'ceasefire plot' with '--kind tornado' draws what each axis moves"
        )


def _effects(sweep: Mapping[str, Any], document: ResolvedScenario) -> list[tuple[str, Mapping[str, Any], Estimate]]:
    """Name, bar and effect on the main outcome of each axis, the largest first."""
    names = axes_called([bar["path"] for bar in sweep["tornado"]], document)
    found = [
        (name, bar, estimate_of(bar["differences"][main_of(sweep)], sweep["n"]))
        for name, bar in zip(names, sweep["tornado"], strict=True)
    ]
    return sorted(found, key=lambda each: -abs(each[2].value))


def _influence(sweep: Mapping[str, Any], document: ResolvedScenario) -> dict[str, str]:
    """What to say of each axis, the most influential first."""
    sobol = sweep["sobol"].get(main_of(sweep))
    if sobol:
        ranked = sorted(sobol.items(), key=lambda item: -item[1]["total"]["value"])
        return {
            path.removeprefix(
                "behaviour."
            ): f"total Sobol index {with_interval(estimate_of(pair['total'], sweep['n']))}"
            for path, pair in ranked
        }
    return {
        bar["path"].removeprefix("behaviour."): with_interval(effect, signed=True)
        + ("" if effect.excludes_zero else ", undecided")
        for _, bar, effect in _effects(sweep, document)
    }


def answer(sweep: Mapping[str, Any], document: ResolvedScenario) -> list[str]:
    """Sentences written from the numbers: the range over the cells, what moves it, how it ends."""
    cells, main = sweep["cells"], main_of(sweep)
    names = axes_called([axis["path"] for axis in sweep["axes"]], document)
    means = [cell["estimates"][main]["mean"] for cell in cells]
    low, high = (cells[means.index(bound)] for bound in (min(means), max(means)))

    def told(cell: Mapping[str, Any]) -> str:
        return with_interval(estimate_of(cell["estimates"][main], sweep["n"]))

    def at(cell: Mapping[str, Any]) -> str:
        return ", ".join(
            f"{name} {in_words(value)}" for name, value in zip(names, cell["values"].values(), strict=True)
        )

    first = say(
        "spans", cells=f"{len(cells):,}", n=f"{sweep['n']:,}", outcome=outcome_in_words(main, document.deal).lower(),
        low=told(low), at_low=at(low), high=told(high), at_high=at(high),
    )  # fmt: skip
    collapsed = [cell["ends"]["collapsed"]["share"] for cell in cells]
    rarest, most = (natural_frequency(bound(collapsed)) for bound in (min, max))
    return [first, _what_moves(sweep, document), say("cells collapse", rarest=rarest, most=most)]


def _what_moves(sweep: Mapping[str, Any], document: ResolvedScenario) -> str:
    outcome = outcome_in_words(main_of(sweep), document.deal).lower()
    said = []
    for name, bar, effect in _effects(sweep, document):
        fields = {"axis": name, "low": in_words(bar["low"]), "high": in_words(bar["high"])}
        if moves_nothing(bar):
            said.append(say("axis moves nothing", **fields))
            continue
        form = "axis moves" if effect.excludes_zero else "axis undecided"
        said.append(say(form, outcome=outcome, difference=with_interval(effect, signed=True), **fields))
    return " ".join(said) or say("one value")


def _pictures(sweep: dict[str, Any], document: ResolvedScenario, response: Picture | None) -> list[Shown]:
    """Those that can be drawn of this design."""
    found = []
    kinds = (
        (figures.tornado, "What each axis moves by itself, the largest first."),
        (figures.heat_map, "Each cell of the grid."),
    )
    for draw, note in kinds:
        with contextlib.suppress(FigureError):  # not every design has every figure
            found.append(Shown(draw(sweep, document, told_of_cells(sweep["cells"], SHOWN)), note))
    if response is not None:
        found.append(Shown(response, "Along the first axis, with the differences from its first value below."))
    return found


def tables(sweep: Mapping[str, Any], document: ResolvedScenario) -> list[Table]:
    """The numbers of the sweep: effects, Sobol indices, cells."""
    interval = f"intervals of 95 % from n = {sweep['n']:,} runs of each cell"
    told = told_of_cells(sweep["cells"], SHOWN)
    shown = [outcome_in_words(name, document.deal) for name in told]
    effects = [
        [f"{name}, {in_words(bar['low'])} to {in_words(bar['high'])}",
         *(_effect(estimate_of(bar["differences"][o], sweep["n"])) for o in told)]
        for name, bar, _ in _effects(sweep, document)
    ]  # fmt: skip
    names = axes_called([axis["path"] for axis in sweep["axes"]], document)
    cells = [
        [cell["key"], *map(in_words, cell["values"].values()),
         *(with_interval(estimate_of(cell["estimates"][o], sweep["n"])) for o in told)]
        for cell in sweep["cells"]
    ]  # fmt: skip
    found = [Table(f"What each axis moves from low to high, run for run ({interval})", ("Axis", *shown), effects)]
    if main_of(sweep) in sweep["sobol"]:
        found.append(_sobol(sweep, document))
    return [*found, Table(f"Mean of each cell ({interval})", ("Cell", *names, *shown), cells)]


def _effect(effect: Estimate) -> str:
    """A difference with its interval, and that it is undecided where that contains 0."""
    words = "" if effect.excludes_zero else ", undecided" if effect.half_width else ", no difference"
    return f"{with_interval(effect, signed=True)}{words}"


def _sobol(sweep: Mapping[str, Any], document: ResolvedScenario) -> Table:
    main = main_of(sweep)
    pairs = sweep["sobol"][main]
    rows = [
        [name, *(with_interval(estimate_of(pair[order], sweep["n"])) for order in ("first", "total"))]
        for name, pair in zip(axes_called(list(pairs), document), pairs.values(), strict=True)
    ]
    return Table(
        f"Sobol indices of '{outcome_in_words(main, document.deal)}', shares of its variance over the axes",
        ("Axis", "First order", "Total"),
        rows,
    )


def never(sweep: Mapping[str, Any]) -> list[str]:
    """Ends that no run of any cell had."""
    total = sweep["n"] * len(sweep["cells"])
    said = []
    for end, words in ENDS.items():
        if sum(cell["ends"][end]["count"] for cell in sweep["cells"]) == 0:
            most = number(10_000 * share_estimate(0, sweep["n"]).high, digits=1)
            said.append(
                f"No run of {total:,} ended {words.lower()}. By the {sweep['n']:,} runs of one cell the chance there "
                f"may still be as high as {most} of 10,000."
            )
    return said
