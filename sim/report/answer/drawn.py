"""The answer as plain data: what is told of each scenario, and run for run against the first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from sim.document.deal import Deal
from sim.document.lists import lists_of
from sim.document.measured import is_told_in_units
from sim.document.milestones import Milestone, milestones_of
from sim.document.scenario import ResolvedScenario
from sim.report.answer.causes import Cause, causes_of
from sim.report.answer.moves import FEWEST, Moved, moved
from sim.report.words import ENDINGS, FOOTER, columns_of, numbered
from sim.statistics.comparison import Comparison, Summary, Variant
from sim.statistics.crossed import STACK, percentile
from sim.statistics.moments import Array

LOW, MIDDLE, HIGH = 5, 50, 95
"""Percent of runs that stay at or below the numbers told: 90 of 100 lie between the outer two."""


@dataclass(frozen=True)
class Counted:
    """A count over the runs of one scenario.

    Attributes
    ----------
    low, middle, high : int
        Of 100 runs 90 lie between `low` and `high`; half stay at or below `middle`. Each is one that some run has.
    runs : tuple of (int, int, int, int, int)
        Each count that occurs, with its runs by end, in the order of `sim.statistics.crossed.STACK`.
    """

    low: int
    middle: int
    high: int
    runs: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, table: Array) -> Counted:
        """From replicates by count and end."""
        low, middle, high = (percentile(table.sum(axis=1), percent) for percent in (LOW, MIDDLE, HIGH))
        occurring = np.flatnonzero(table.any(axis=1))
        runs = tuple((count, *ends) for count, ends in zip(occurring.tolist(), table[occurring].tolist(), strict=True))
        return cls(low, middle, high, runs)

    @property
    def is_constant(self) -> bool:
        """Whether every run has the same count."""
        return len(self.runs) == 1

    def runs_with(self, *counts: int) -> int:
        """Runs that have one of these counts."""
        return sum(sum(ends) for count, *ends in self.runs if count in counts)


@dataclass(frozen=True)
class Reached:
    """A milestone over the runs of one scenario.

    Attributes
    ----------
    runs : int
        In which it comes about.
    low, middle, high : int or None
        Days: of those runs half have it by `middle`, and 90 of 100 of them between `low` and `high`; None where there
        are too few of them.
    by_day : tuple of (int, int)
        Each day, with the runs in which it first comes about then.
    """

    runs: int
    low: int | None
    middle: int | None
    high: int | None
    by_day: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, days: Array) -> Reached:
        """From replicates by day."""
        runs = int(days.sum())
        by_day = tuple((day, count) for day, count in enumerate(days.tolist()) if count)
        if runs < FEWEST:
            return cls(runs, None, None, None, by_day)
        return cls(runs, percentile(days, LOW), percentile(days, MIDDLE), percentile(days, HIGH), by_day)


@dataclass(frozen=True)
class CountRow:
    """People of a list, units of an obligation, or broken promises of a party, at the end.

    Attributes
    ----------
    key : str
        The outcome.
    title : str
    kind : {'people', 'units', 'broken'}
    total : int or None
        How many there are as the deal begins, or are owed; None where that differs between scenarios.
    cells : tuple of Counted or None
        By scenario; None where a scenario's deal has no such thing.
    of : str
        The key of the list, of which its milestones are too; of anything else empty.
    """

    key: str
    title: str
    kind: str
    total: int | None
    cells: tuple[Counted | None, ...]
    of: str = ""

    @property
    def heading(self) -> str:
        """'Living hostages, of 49'."""
        return f"{self.title}, of {self.total:,}" if self.total else self.title

    @property
    def is_constant(self) -> bool:
        """Whether it is the same in every run of all scenarios."""
        told = [cell for cell in self.cells if cell is not None]
        return len({run[0] for cell in told for run in cell.runs}) == 1


@dataclass(frozen=True)
class MilestoneRow:
    """Whether and when something comes about.

    Attributes
    ----------
    key, title, kind, of : str
        As in `sim.document.milestones.Milestone`.
    cells : tuple of Reached or None
        By scenario.
    """

    key: str
    title: str
    kind: str
    of: str
    cells: tuple[Reached | None, ...]


@dataclass(frozen=True)
class Told:
    """One scenario.

    Attributes
    ----------
    name, label, title : str
        Name, name without what all have in common, title of the document.
    is_titled : bool
        Whether its document has a title; without one it is called by its name.
    ends : dict of str to int
        Runs by end.
    causes : tuple of Cause
        What ends before the last day go back to, end by end, the most frequent first.
    moved : tuple of Moved
        Against the first scenario; empty for that itself.
    deal : str
        Title of its deal.
    """

    name: str
    label: str
    title: str
    is_titled: bool
    ends: dict[str, int]
    causes: tuple[Cause, ...]
    moved: tuple[Moved, ...]
    deal: str


@dataclass(frozen=True)
class Answer:
    """What a comparison says to somebody in a hurry; every number is a count of runs, a count in some run, or a day.

    Attributes
    ----------
    title, short_title : str
        Of the deal; the short one for a heading in which the other has no room.
    starts, ends : date
        Calendar dates of day 1 and of the last day.
    last_day, n : int
        The last day, and the runs of each scenario.
    statement : str
        What kind of statement this is.
    parties : tuple of str
        Names of the two parties.
    scenarios : tuple of Told
        The first is the one that the others are set against.
    counts : tuple of CountRow
        Lists of people, units, broken promises.
    milestones : tuple of MilestoneRow
        Those that the deal names first, then those that follow from it.
    endings : dict of str to str
        Ends that occur, in words.
    mortal : tuple of str
        Lists of which people may die in captivity, so that who is out may have come as remains.
    """

    title: str
    short_title: str
    starts: date
    ends: date
    last_day: int
    n: int
    statement: str
    parties: tuple[str, ...]
    scenarios: tuple[Told, ...]
    counts: tuple[CountRow, ...]
    milestones: tuple[MilestoneRow, ...]
    endings: dict[str, str]
    mortal: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data.

        Returns
        -------
        dict
            As it stands under `answer` in `ceasefire compare --json`.
        """
        return asdict(self) | {"starts": self.starts.isoformat(), "ends": self.ends.isoformat()}

    def date_of(self, day: int) -> date:
        """The calendar date of a day of the deal."""
        return self.starts + timedelta(days=day - 1)

    def dated(self, day: int) -> str:
        """'day 42 (1 Mar)'."""
        date = self.date_of(day)
        return f"day {day} ({date.day} {date:%b})"


def answer_of(comparison: Comparison, names: Sequence[str] = ()) -> Answer:
    """The answer of a comparison whose summaries know their documents.

    Parameters
    ----------
    comparison : Comparison
        As `compare`, `stored` and studies draw it up.
    names : sequence of str, optional
        What its scenarios are called, by default their own names.
    """
    spoken = numbered(tuple(map(_in_words, names))) if names else columns_of(comparison.summaries)
    shown = names or [summary.scenario for summary in comparison.summaries]
    return drawn(shown, spoken, comparison.summaries, comparison.variants)


def drawn(
    names: Sequence[str], spoken: Sequence[str], summaries: Sequence[Summary], variants: Sequence[Variant] = ()
) -> Answer:
    """An answer with a column for each summary.

    Parameters
    ----------
    names, spoken : sequence of str
        What each is called, where its document has no title, and above its column.
    summaries : sequence of Summary
        Of as many runs each.
    variants : sequence of Variant, optional
        All but the first, set against it; by default nothing is told run for run.
    """
    documents = [_document(summary) for summary in summaries]
    counts = _counts(documents, summaries)
    milestones = _milestones(documents, summaries)
    n, starts = summaries[0].n, summaries[0].starts
    moves = [(), *(moved(variant, n, counts, milestones) for variant in variants)] if variants else [()] * len(names)
    told = [
        Told(
            summary.scenario, label, document.title or name, bool(document.title),
            {end: summary.ends[end][0] for end in STACK}, causes_of(document, summary), moves_of, document.deal.title,
        )
        for name, label, document, summary, moves_of in zip(names, spoken, documents, summaries, moves, strict=True)
    ]  # fmt: skip
    last_day = max(summary.last_day for summary in summaries)
    deal = documents[0].deal
    return Answer(
        title=deal.title, short_title=deal.short_title or deal.title,
        starts=starts, ends=starts + timedelta(days=last_day - 1), last_day=last_day,
        n=n, statement=FOOTER, parties=tuple(deal.parties.values()), scenarios=tuple(told), counts=counts,
        milestones=milestones,
        endings={end: words for end, words in ENDINGS.items() if any(one.ends[end] for one in told)},
        mortal=_mortal(documents),
    )  # fmt: skip


def _in_words(name: str) -> str:
    return name.replace("-", " ").replace("_", " ")


def _mortal(documents: Sequence[ResolvedScenario]) -> tuple[str, ...]:
    found = [
        people.key
        for document in documents
        for people in lists_of(document.deal)
        if set(people.groups) & set(document.behaviour.deaths)
    ]
    return tuple(dict.fromkeys(found))


def _document(summary: Summary) -> ResolvedScenario:
    if summary.document is None:
        raise ValueError(f"the summary of {summary.scenario} does not know its document")
    return summary.document


# ---------------------------------------------------------------- rows


def _counts(documents: Sequence[ResolvedScenario], summaries: Sequence[Summary]) -> tuple[CountRow, ...]:
    """Rows of counts that any scenario has, in the order of the documents."""
    named: dict[str, tuple[str, str, int | None]] = {}
    lists = {one.outcome: one.key for document in documents for one in lists_of(document.deal)}
    for document in documents:
        for key, row in _named_counts(document.deal).items():
            title, kind, total = named.setdefault(key, row)
            named[key] = (title, kind, total if row[2] == total else None)
    rows = [
        CountRow(
            key, title, kind, total,
            tuple(Counted.of(summary.counts[key]) if key in summary.counts else None for summary in summaries),
            lists.get(key, ""),
        )
        for key, (title, kind, total) in named.items()
    ]  # fmt: skip
    return tuple(row for row in rows if any(row.cells))


def _named_counts(deal: Deal) -> dict[str, tuple[str, str, int | None]]:
    """Title, kind and total by outcome: lists of people, units owed, promises that each party breaks."""
    people = {one.outcome: (_capital(one.name), "people", one.count) for one in lists_of(deal)}
    units = {
        f"delivered_{key}": (one.title or _capital(key.replace("_", " ")), "units", deal.units_of(one))
        for key, one in deal.obligations.items()
        if is_told_in_units(deal, one) and (deal.units_of(one) or 0) > 1
    }
    broken = {f"broken_{party}": (name, "broken", None) for party, name in deal.parties.items()}
    return people | units | broken


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _milestones(documents: Sequence[ResolvedScenario], summaries: Sequence[Summary]) -> tuple[MilestoneRow, ...]:
    """Rows of the milestones that any scenario has."""
    named: dict[str, Milestone] = {}
    for document in documents:
        for one in milestones_of(document.deal):
            first = named.setdefault(one.key, one)
            if one.title != first.title:  # a variant owes another number
                named[one.key] = replace(first, title=_capital(re.sub(r"[\d,]*\d ", "", first.title)))
    rows = [
        MilestoneRow(key, one.title, one.kind, one.of, tuple(
            Reached.of(summary.days[key]) if key in summary.days else None for summary in summaries
        ))
        for key, one in named.items()
    ]  # fmt: skip
    return tuple(row for row in rows if any(cell is not None for cell in row.cells))
