"""A study's folder: tables, figures and the page of findings; and the study in a terminal."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.study import is_flag
from sim.report.answer import answer_of
from sim.report.answer.shown import print_lines
from sim.report.console import plain_table
from sim.report.figures import release_curves
from sim.report.figures.design import front_picture
from sim.report.figures.picture import MOST_SCENARIOS
from sim.report.findings import findings, measures
from sim.report.words import FOOTER, name_in_words
from sim.results.files import below, naming, write_bytes, write_text
from sim.statistics.curves import PERCENTS

if TYPE_CHECKING:
    from rich.console import Console

    from sim.analysis.study import CaseResult, StudyResult

PAGE = "findings.md"
FIGURE = "releases.png"
FRONT = "front.png"
TABLES = "tables"
RARE = 1000
_DIGITS = 6
"""Significant digits of numbers in tables, so that the last bits of a quantile do not change a file."""


def write_study(result: StudyResult, folder: Path) -> None:
    """Write tables, figure and findings beside the manifest; the same study gives the same bytes.

    Parameters
    ----------
    result : StudyResult
    folder : Path
        Holds the manifest of the study.
    """
    place = below(folder, f"{TABLES}/{PAGE}").parent
    with naming(place, "cannot be written"):
        place.mkdir(exist_ok=True)
    for name, rows in tables(result).items():
        write_text(place / f"{name}.csv", _as_csv(rows))
    drawn = len(result.comparison.summaries) <= MOST_SCENARIOS
    if drawn:
        write_bytes(folder / FIGURE, release_curves(result.comparison).as_small_png())
    if result.design is not None and result.design["front"]:
        write_bytes(folder / FRONT, front_picture(result.design).as_small_png())
    write_text(folder / PAGE, findings(result, figure=FIGURE if drawn else None))


# ---------------------------------------------------------------- tables


def tables(result: StudyResult) -> dict[str, list[list[Any]]]:
    """The tables of a study by name, each a list of rows with its headings first."""
    return {
        "cases": [["case", "family", "scenario", "title", "path", "value"], *_cases(result)],
        "estimates": [["case", "outcome", "n", "mean", "low", "high", "smallest", "largest"], *_estimates(result)],
        "shares": [["case", "what", "n", "share", "low", "high"], *_shares(result)],
        "differences": [
            ["case", "outcome", "n", "difference", "low", "high", "variance_ratio", "p_value", "p_holm",
             "share_above", "share_below", "verdict"],
            *_differences(result),
        ],
        "causes": [["case", "end", "cause", "count"], *_causes(result)],
        "releases": [["case", "curve", "first_day", "last_day", *PERCENTS], *_releases(result)],
        **({} if result.design is None else _of_design(result.design)),
    }  # fmt: skip


def _of_design(content: Mapping[str, Any]) -> dict[str, list[list[Any]]]:
    """Points with their outcomes, both sides' beside those that were asked for; and what each changes, for whom."""
    asked = [one["outcome"] for one in content["outcomes"]]
    rows = [("as-written", content["written"]), *((point["point"], point) for point in content["front"])]
    points = [
        [name, outcome, found["mean"], found["low"], found["high"], *_apart(row, outcome, asked)]
        for name, row in rows for outcome, found in row["outcomes"].items()
    ]  # fmt: skip
    changes = [
        [point["point"], one["path"], str(one["before"]), str(one["after"]), one["owed_by"], one["harder_for"]]
        for point in content["front"] for one in point["gives_up"]
    ]  # fmt: skip
    heads = ["point", "outcome", "mean", "low", "high", "difference", "difference_low", "difference_high", "own"]
    return {
        "points": [heads, *points],
        "changes": [["point", "path", "before", "after", "owed_by", "harder_for"], *changes],
    }


def _apart(row: Mapping[str, Any], outcome: str, asked: Sequence[str]) -> list[Any]:
    """The difference from the deal as written, and what the search saw of it."""
    if "own" not in row or outcome not in asked:
        return ["", "", "", ""]
    apart = row["difference"][outcome]
    return [apart["mean"], apart["low"], apart["high"], row["own"][outcome]]


def _cases(result: StudyResult) -> Iterator[list[Any]]:
    for one in result.cases:
        head = [one.case.key, one.case.family, one.case.builds_on, one.case.title]
        for path, value in one.case.changes.items() or [("", "")]:
            yield [*head, path, value]


def _estimates(result: StudyResult) -> Iterator[list[Any]]:
    for one in result.cases:
        for name in _told(result, one):
            if not is_flag(name):
                estimate = one.summary.estimates[name]
                ends = one.summary.ranges[name]
                yield [one.case.key, name, estimate.n, estimate.value, estimate.low, estimate.high, *ends]


def _told(result: StudyResult, one: CaseResult) -> list[str]:
    """Outcomes and flags that tables tell: all of the variants, those of interest of an axis."""
    if one.case.family in result.study.document.axes:
        return [*result.study.document.outcomes, *filter(is_flag, one.summary.estimates)]
    return [name for name in one.summary.estimates if not one.differences or name in one.differences]


def _shares(result: StudyResult) -> Iterator[list[Any]]:
    for one in result.cases:
        for name in filter(is_flag, one.summary.estimates):
            share = one.share(name)
            yield [one.case.key, name, share.n, share.value, share.low, share.high]


def _differences(result: StudyResult) -> Iterator[list[Any]]:
    for one in result.cases:
        for name in _told(result, one) if one.differences else ():
            difference = one.differences[name]
            paired = difference.paired
            estimate = paired.estimate
            yield [
                one.case.key, name, estimate.n, estimate.value, estimate.low, estimate.high, paired.variance_ratio,
                paired.p_value, difference.p_holm, paired.share_above, paired.share_below, difference.verdict,
            ]  # fmt: skip


def _causes(result: StudyResult) -> Iterator[list[Any]]:
    """Root causes of baseline and variants; those of fewer than one run in `RARE` are added up for each end."""
    for one in _told_in_full(result):
        rare: Counter[str] = Counter()
        for root in one.summary.root_causes:
            if root.count * RARE >= one.summary.n:
                yield [one.case.key, root.end, root.cause, root.count]
            else:
                rare[root.end] += root.count
        for end, count in sorted(rare.items()):
            yield [one.case.key, end, f"others, each in fewer than 1 of {RARE:,} runs", count]


def _told_in_full(result: StudyResult) -> tuple[CaseResult, ...]:
    return (result.baseline, *result.family("variants"))


def _releases(result: StudyResult) -> Iterator[list[Any]]:
    """Bands by day, with a row for each stretch of days on which none of them moves."""
    for one in _told_in_full(result):
        for name, curve in one.summary.curves.items():
            bands = curve.bands
            by_day = list(zip(*(getattr(bands, band).tolist() for band in PERCENTS), strict=True))
            first = 0
            for day in range(1, len(by_day) + 1):
                if day == len(by_day) or by_day[day] != by_day[first]:
                    yield [one.case.key, name, first, day - 1, *by_day[first]]
                    first = day


def _as_csv(rows: Sequence[Sequence[Any]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([_cell(value) for value in row] for row in rows)
    return stream.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.{_DIGITS}g}"
    return "" if value is None else value


# ---------------------------------------------------------------- in a terminal


def print_study(result: StudyResult, console: Console, *, everything: bool = False) -> None:
    """Print the answer of baseline and variants; values of axes are in the findings.

    Parameters
    ----------
    result : StudyResult
    console : rich.console.Console
    everything : bool, optional
        What each case reaches, how it ends, and the outcomes of interest, too.
    """
    document = result.study.document
    console.print(document.question, style="bold", markup=False)
    names = [one.case.key for one in (result.baseline, *result.family("variants"))]
    print_lines(answer_of(result.comparison, names), console)
    if not everything:
        console.print("For milestones and averages of the study with intervals add --all.", style="dim")
        return
    console.print()
    console.print(f"{result.n:,} replicates of each, seed {document.seed}, on the same draws; intervals of 95 %")
    console.print()
    for title, heading, rows in measures(result):
        table = plain_table(title, "", heading, f"against {name_in_words(result.baseline.case.key)}", "")
        for row in rows:
            table.add_row(row["case"], row["value"], row["difference"], row["verdict"])
        console.print(table, "")
    console.print(FOOTER, style="dim")
