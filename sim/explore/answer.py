"""A comparison as the page draws it: plain data, with every number also in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.document.deal import Deal
from sim.document.measured import outcome_of_list
from sim.document.milestones import asks_for_some
from sim.document.scenario import ResolvedScenario
from sim.outcomes.story import cause_called
from sim.report.answer import Answer, answer_of
from sim.report.answer.chosen import Chosen, chosen
from sim.report.answer.drawn import MilestoneRow, Reached
from sim.report.answer.moves import Moved
from sim.report.answer.text import count_in_words
from sim.report.figures.dots import by_column, dots, named_counts, of_100, shared_columns
from sim.report.figures.outcomes import (
    compared_outcomes,
    counted_in_words,
    lists_that_vary,
    middle_in_words,
    most_columns,
)
from sim.report.figures.picture import Picture
from sim.report.numbers import in_runs, natural_frequency, number, of_runs, parts_in_runs, verdict_on, with_interval
from sim.report.words import (
    ENDINGS,
    ENDS,
    VERDICTS,
    cut,
    deals_of,
    list_in_words,
    obligation_in_words,
    outcome_in_words,
)
from sim.statistics.comparison import Comparison, Summary
from sim.statistics.crossed import STACK
from sim.statistics.curves import PERCENTS
from sim.statistics.moments import Array
from sim.statistics.paired import PairedDifference

OUTCOMES = (
    "hostages_living_released", "hostages_deceased_returned", "prisoners_released", "captive_days", "truce_days",
    "disputes", "suspensions", "aid_delivered", "implementation_score",
)  # fmt: skip
MOST_CAUSES = 5
MOST_MILESTONES = 3
_LONGEST_NAME = 60
OF_PEOPLE = "A dot counts anybody; a number above that names a phase, the people of that phase."


def as_answer(comparison: Comparison, *, narrow: bool = False, n_moved: int = 0) -> dict[str, Any]:
    """What one request to run comes to.

    Parameters
    ----------
    comparison : Comparison
        Of a baseline and one variant.
    narrow : bool, optional
        Whether the chart has room for few columns.
    n_moved : int, optional
        How many numbers of the scenario have been moved.
    """
    (variant,) = comparison.variants
    document = _document(comparison)
    answer = answer_of(comparison)
    base, scenario = answer.scenarios
    names = [cut(one.label, _LONGEST_NAME) for one in (scenario, base)]
    names[0] += f", {n_moved} moved" if n_moved else ""
    return {
        "n": comparison.n,
        "seed": comparison.seed,
        "names": names,
        "cells": cells(answer, names[1]),
        "note": f"In brackets, where 90 of {of_runs(answer.n)} runs lie.",
        "dots": _all_dots(comparison, names, narrow=narrow),
        "days": {
            "scenario": _curves(variant.summary, names[0]),
            "baseline": _curves(comparison.baseline, names[1]),
        },
        "ends": [
            _ends(one, name) for one, name in zip((variant.summary, comparison.baseline), names, strict=True)
        ],
        "differences": [
            {"outcome": name}
            | _difference(outcome_in_words(name, document.deal), variant.differences[name], variant.p_holm[name])
            for name in OUTCOMES
            if name in variant.differences
        ],
        "causes": [
            f"{ENDS[root.end]}: {cut(cause_called(document, root.cause), 120)}, "
            f"{natural_frequency(root.count / comparison.n)} runs"
            for root in variant.summary.root_causes[:MOST_CAUSES]
        ],
        "examples": [
            {"which": which, "replicate": example.replicate, "difference": number(example.difference, signed=True)}
            for which, example in variant.examples.items()
        ],
        "example_outcome": outcome_in_words(variant.example_outcome, document.deal).lower(),
    }  # fmt: skip


# ---------------------------------------------------------------- the answer in a strip


def cells(answer: Answer, baseline: str) -> list[dict[str, Any]]:
    """The answer in a handful of cells: people, what comes about and by when, and run for run.

    Parameters
    ----------
    answer : Answer
        Of a baseline and one variant.
    baseline : str
        What it is called.
    """
    told = chosen(answer)
    found = [
        _cell(
            row.heading, count_in_words(row.cells[1], answer.n),
            f"{baseline}: {count_in_words(row.cells[0], answer.n)}", is_second=place > 0,
        )
        for place, row in enumerate(told.lists[:2])
    ]  # fmt: skip
    found += [
        _milestone(row, answer, baseline, is_second=place > 1)
        for place, row in enumerate(told.milestones[:MOST_MILESTONES])
    ]
    return [*found, _run_for_run(answer, told, baseline)]


def _cell(
    title: str, value: str, base: str, by_when: tuple[str, str] = ("", ""), *, is_second: bool = False
) -> dict[str, Any]:
    detail, date = by_when
    return {"title": title, "value": value, "detail": detail, "date": date, "base": base, "is_second": is_second}


def _milestone(row: MilestoneRow, answer: Answer, baseline: str, *, is_second: bool) -> dict[str, Any]:
    here, there = row.cells[1], row.cells[0]
    return _cell(
        row.title, _runs(here, answer.n), f"{baseline}: {_base(there, answer.n)}", _by_when(here, answer),
        is_second=is_second,
    )  # fmt: skip


def _runs(cell: Reached | None, n: int) -> str:
    return "not in this deal" if cell is None else f"{in_runs(cell.runs, n)} of {of_runs(n)} runs"


def _base(cell: Reached | None, n: int) -> str:
    """'66, middle day 42'."""
    if cell is None:
        return "not in this deal"
    return in_runs(cell.runs, n) + (f", middle day {cell.middle}" if cell.middle else "")


def _by_when(cell: Reached | None, answer: Answer) -> tuple[str, str]:
    """'middle day 42' and '1 Mar'; nothing for what has no day."""
    if cell is None or cell.middle is None:
        return "", ""
    date = answer.date_of(cell.middle)
    return f"middle day {cell.middle}", f"{date.day} {date:%b}"


def _run_for_run(answer: Answer, told: Chosen, baseline: str) -> dict[str, Any]:
    """The first row that moves, or the first row where none does."""
    order = [row.key for row in told.lists] + [row.key for row in told.milestones]
    moved = {one.key: one for one in answer.scenarios[1].moved}
    rows: list[Moved] = [moved[key] for key in order if key in moved]
    first = next((one for one in rows if one.more or one.fewer), None)
    if first is None:
        return _cell("Run for run", "no difference", f"from {baseline} in anything named here, same chance events")
    up, down = first.ways
    (way, most), (other, least) = sorted(((up, first.more), (down, first.fewer)), key=lambda one: -one[1])
    have = "have " if first.kind == "count" else ""
    value = f"{in_runs(most, answer.n)} of {of_runs(answer.n)} runs {have}{way}, {in_runs(least, answer.n)} {other}"
    undecided = "" if first.is_decided else "; which way is undecided"
    return _cell(
        f"{first.title}, run for run", value, f"than in {baseline}, same chance events{undecided}",
    )  # fmt: skip


# ---------------------------------------------------------------- dots


def _counted(comparison: Comparison) -> list[str]:
    """The lists of people that differ between runs, at least the scenario's main one."""
    return lists_that_vary(comparison.summaries, _deal(comparison))


def _document(comparison: Comparison) -> ResolvedScenario:
    """That of the scenario."""
    document = comparison.variants[0].summary.document
    assert document is not None  # it has just been run
    return document


def _deal(comparison: Comparison) -> Deal:
    return _document(comparison).deal


def _tables(comparison: Comparison, outcome: str) -> list[Array]:
    """Replicates by count and end, of the scenario and of what it is compared with."""
    return [one.counts[outcome] for one in (comparison.variants[0].summary, comparison.baseline)]


def _all_dots(comparison: Comparison, names: list[str], *, narrow: bool) -> list[dict[str, Any]]:
    """The dots of each list that varies; what is the same for all is told once."""
    note = OF_PEOPLE if asks_for_some(_deal(comparison)) else ""
    endings = _endings(comparison, names[1])
    return [_dots(comparison, name, names, note, endings, narrow=narrow) for name in _counted(comparison)]


def _dots(
    comparison: Comparison, outcome: str, names: list[str], note: str, endings: Mapping[str, str], *, narrow: bool
) -> dict[str, Any]:  # fmt: skip
    deal = _deal(comparison)
    named, tables = named_counts(deal, outcome), _tables(comparison, outcome)
    columns = shared_columns(named, tables, most_columns(tables, named, narrow=narrow))
    occurring = [end for k, end in enumerate(STACK) if any(table[:, k].any() for table in tables)]
    return {
        "outcome": outcome,
        "what": counted_in_words(deal, outcome),
        "base": of_runs(comparison.n),
        "note": note,
        "words": ENDINGS,
        "endings": [{"end": end, "words": endings[end]} for end in occurring],
        "columns": [
            {"low": column.low, "high": column.high, "label": column.label, "words": column.words} for column in columns
        ],
        "rows": [
            {"name": name, "middle": middle_in_words(table, narrow=narrow), "columns": _columns(table, columns)}
            for name, table in zip(names, tables, strict=True)
        ],
    }


def _endings(comparison: Comparison, baseline: str) -> dict[str, str]:
    """'expires unrenewed 49 (baseline 54)': runs of 100 of the scenario, and of what it is compared with."""
    here, there = (
        parts_in_runs([summary.ends[one][0] for one in STACK], summary.n)
        for summary in (comparison.variants[0].summary, comparison.baseline)
    )
    return {
        end: f"{ENDINGS[end]} {runs} ({baseline} {before})"
        for end, runs, before in zip(STACK, here, there, strict=True)
    }


def _columns(table: Array, columns: Any) -> list[dict[str, Any]]:
    counts = by_column(table, columns)
    n, whole = int(counts.sum()), dots(counts, [bool(column.words) for column in columns])
    return [
        {"n": int(found.sum()), "words": of_100(int(found.sum()), int(each.sum()), n), "dots": each.tolist()}
        for found, each in zip(counts, whole, strict=True)
    ]


def outcomes_picture(comparison: Comparison) -> Picture:
    """The dots of a comparison as a figure to keep."""
    return compared_outcomes(comparison, _deal(comparison))


# ---------------------------------------------------------------- curves, ends, differences


def _curves(summary: Summary, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "n": summary.n,
        "last": summary.last_day,
        "starts": summary.starts.isoformat(),
        "curves": {
            name: {
                "words": list_in_words(name, *deals_of((summary,))),
                "total": curve.total,
                "outcome": outcome_of_list(name),
            }
            | {band: getattr(curve.bands, band).tolist() for band in PERCENTS}
            for name, curve in summary.curves.items()
        },
        "met": {
            name: {"words": obligation_in_words(name, *deals_of((summary,))), "by_day": days}
            for name, days in summary.met_on_days.items()
        },
    }


def _ends(summary: Summary, name: str) -> dict[str, Any]:
    """How the runs of one scenario end: parts that add up to 100."""
    counts = [summary.ends[end][0] for end in STACK]
    words = parts_in_runs(counts, summary.n)
    return {
        "name": name,
        "parts": [
            {"end": end, "words": ENDINGS[end], "count": count, "runs": runs}
            for end, count, runs in zip(STACK, counts, words, strict=True)
            if count
        ],
    }


def _difference(
    words: str, difference: PairedDifference, p_value: float, verdicts: Mapping[str, str] = VERDICTS
) -> dict[str, Any]:
    """Scenario minus baseline within a run: undecided where the interval contains 0."""
    verdict = verdict_on(difference, p_value).removesuffix(" *")
    return {
        "words": words,
        "verdict": verdicts[verdict],
        "is_decided": verdict in ("up", "down"),
        "difference": with_interval(difference.estimate, signed=True),
        "higher_in": natural_frequency(difference.share_above),
        "lower_in": natural_frequency(difference.share_below),
    }
