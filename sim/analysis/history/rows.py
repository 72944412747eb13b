"""Dated steps of past deals, one row each with its source: how late they were done, and what their text said."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.errors import SimError
from sim.reading import catalogue
from sim.statistics.moments import Array

CLASSES = "ABCD"
"""Within 24 hours of the later of date and gate; up to 14 days late; later; in part for good, or never."""
PEOPLE_COLUMNS = (
    "deal", "pair", "agreement", "step", "goods", "class", "names", "giver_outside", "date_set_by", "giver", "planned",
    "done", "share_on_time", "share_done", "first_hours_late", "last_hours_late", "source",
)  # fmt: skip
FORCES_COLUMNS = ("deal", "pair", "agreement", "step", "class", "last_hours_late", "last_of_its_kind", "source")
_WORDS = {
    "class": tuple(CLASSES), "names": ("agreed", "by giver", "open"), "giver_outside": ("yes", "no"),
    "date_set_by": ("both", "one"), "last_of_its_kind": ("yes", "no"),
}  # fmt: skip
_ADDED = 0.5
"""Added to each class of a sum, so that a class that no row has is not impossible."""


class EvidenceError(SimError):
    """A file of evidence cannot be read."""


@dataclass(frozen=True)
class Step:
    """One dated step of a past deal.

    Attributes
    ----------
    deal, pair, agreement, name : str
        The deal, the pair of parties, the agreement within the deal, and the step's own key.
    outcome : int
        Place of its class in `CLASSES`.
    is_open : bool
        Whether names or numbers were still to be agreed, or the giver was no party to the deal.
    is_one_sided : bool
        Whether the date was one side's.
    hours_late : float or None
        Of the last of it; None where that is not known, or it never came.
    source : tuple of str
    """

    deal: str
    pair: str
    agreement: str
    name: str
    outcome: int
    is_open: bool
    is_one_sided: bool
    hours_late: float | None
    source: tuple[str, ...]


@dataclass(frozen=True)
class StepScores:
    """How well the steps of one deal were forecast.

    Attributes
    ----------
    n : int
    log_score : dict of str to float
        By forecast ('model', 'base_rate', 'refitted'): logarithm of the probability of all steps together, in nats.
    rps : dict of str to float
        Ranked probability score of a step, mean; less is better.
    on_time : int
        Steps in class A.
    on_time_range : tuple of float
        The model's 5 %, 50 % and 95 % of that number.
    """

    n: int
    log_score: dict[str, float]
    rps: dict[str, float]
    on_time: int
    on_time_range: tuple[float, float, float]


@dataclass(frozen=True)
class Rows:
    """Steps on people, and steps on forces, arms and territory."""

    people: tuple[Step, ...]
    forces: tuple[Step, ...]

    def without(self, deals: Collection[str]) -> Rows:
        """The rows of all other deals."""
        return Rows(
            tuple(step for step in self.people if step.deal not in deals),
            tuple(step for step in self.forces if step.deal not in deals),
        )

    @property
    def deals(self) -> tuple[str, ...]:
        """Deals that have a row, in the order of the files."""
        return tuple(dict.fromkeys(step.deal for step in (*self.people, *self.forces)))


def read_rows(folder: Path | None = None) -> Rows:
    """Read the rows.

    Parameters
    ----------
    folder : Path, optional
        By default the catalogue's.

    Returns
    -------
    Rows

    Raises
    ------
    EvidenceError
        If a file is missing or does not have its columns, or a row has a word that its column does not know, names
        no source.
    """
    folder = folder or catalogue.folder() / "evidence"
    people = [_step(row) for row in read_table(folder / "people.csv", PEOPLE_COLUMNS)]
    forces = [_step(row) for row in read_table(folder / "forces.csv", FORCES_COLUMNS)]
    return Rows(tuple(people), tuple(forces))


def read_table(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """The lines of one file of evidence, each word checked against its column; all problems at once."""
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            reader = csv.DictReader(stream, strict=True)
            if tuple(reader.fieldnames or ()) != columns:
                raise EvidenceError(f"{path.name}: its columns are {','.join(columns)}")
            rows = list(reader)
    except OSError as error:
        raise EvidenceError(f"{path.name}: cannot be read: {error.strerror}") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise EvidenceError(f"{path.name}: cannot be read: {error}") from None
    problems = [problem for line, row in enumerate(rows, start=2) for problem in _problems(row, columns, line)]
    if problems:
        raise EvidenceError("\n".join(f"{path.name}, {problem}" for problem in problems))
    return rows


def _problems(row: dict[str, str], columns: tuple[str, ...], line: int) -> Iterable[str]:
    if len(row) != len(columns) or None in row.values():
        yield f"line {line}: a line has {len(columns)} fields"
        return
    for name, words in _WORDS.items():
        if name in row and row[name] not in words:
            yield f"line {line}: {name}: must be one of {', '.join(words)}, got {row[name][:40]!r}"
    if "source" in row and not row["source"].strip():
        yield f"line {line}: source: a row without a source is no evidence"
    hours = row.get("last_hours_late")
    if hours:
        try:
            float(hours)
        except ValueError:
            yield f"line {line}: last_hours_late: must be a number, got {hours[:40]!r}"


def _step(row: dict[str, str]) -> Step:
    return Step(
        row["deal"], row["pair"], row["agreement"], row["step"], CLASSES.index(row["class"]),
        is_open=row.get("names") == "open" or row.get("giver_outside") == "yes",
        is_one_sided=row.get("date_set_by") == "one",
        hours_late=float(row["last_hours_late"]) if row["last_hours_late"] else None,
        source=tuple(part.strip() for part in row["source"].split("|")),
    )  # fmt: skip


def counts(steps: Iterable[Step]) -> Array:
    """Steps by class."""
    return np.bincount([step.outcome for step in steps], minlength=len(CLASSES))


def shares(steps: Iterable[Step]) -> Array:
    """Base rates: the share of each class among these rows, half a step added to each."""
    found = counts(steps) + _ADDED
    return np.asarray(found / found.sum())


def hours_on_time(steps: Iterable[Step]) -> Array:
    """Hours by which steps on time came after their date, 0 where it was not after it."""
    return np.array([max(0.0, step.hours_late or 0.0) for step in steps if step.outcome == 0])
