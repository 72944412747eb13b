"""When each obligation is met, as a table of the page."""

from __future__ import annotations

from collections.abc import Sequence

from sim.report.answer.drawn import Reached
from sim.report.numbers import in_runs, of_runs
from sim.report.page.contents import Table
from sim.report.words import deals_of, obligation_in_words
from sim.statistics.comparison import Comparison, Summary


def met_table(comparison: Comparison, names: Sequence[str]) -> list[Table]:
    """In how many runs each obligation is met, and by when; no table where none is, or an older version did not count.

    Parameters
    ----------
    comparison : Comparison
    names : sequence of str
        What its scenarios are called.
    """
    owed = list(dict.fromkeys(name for summary in comparison.summaries for name in summary.met))
    titles = {name: obligation_in_words(name, *deals_of(comparison.summaries)) for name in owed}
    met = [name for name in owed if any(name in one.met and one.met[name].any() for one in comparison.summaries)]
    if not met:
        return []
    rows = [[titles[name], *(_cell(summary, name) for summary in comparison.summaries)] for name in met]
    note = "Half of the runs in which it is met have it by the day named; 90 of 100 of them between those in brackets."
    if never := [titles[name] for name in owed if name not in met]:
        note += f" Met in no run: {'; '.join(never)}."
    caption = f"When obligations are met, of {of_runs(comparison.n)} runs"
    return [Table(caption, ("Obligation", *names), rows, note)]


def _cell(summary: Summary, name: str) -> str:
    """'66, half by day 42 (40 to 44)'."""
    if name not in summary.met:
        return "-"
    found = Reached.of(summary.met[name])
    runs = in_runs(found.runs, summary.n)
    if found.middle is None:
        return runs
    spread = "" if found.low == found.high else f" ({found.low} to {found.high})"
    return f"{runs}, half by day {found.middle}{spread}"
