"""Which rows of an answer are told: what is neither never nor always so, one of each kind, the next step early."""

from __future__ import annotations

from dataclasses import dataclass

from sim.report.answer.drawn import Answer, Counted, CountRow, MilestoneRow
from sim.report.answer.moves import Moved

MOST_MILESTONES = 7
SELDOM = 200
"""What happens in fewer than one run in so many, or fails to in as few, is never and always."""


@dataclass(frozen=True)
class Chosen:
    """What is told.

    Attributes
    ----------
    lists, units : list of CountRow
    milestones : list of MilestoneRow
        The most telling first.
    constant : list of CountRow
        People of whom as many are out in every run of all scenarios.
    broken : list of CountRow
        Of both parties, or of none.
    all_or_none : set of str
        Lists of which all are out or none, told as the milestone that all are.
    """

    lists: list[CountRow]
    units: list[CountRow]
    milestones: list[MilestoneRow]
    constant: list[CountRow]
    broken: list[CountRow]
    all_or_none: set[str]

    @property
    def begins_with_milestones(self) -> bool:
        """Whether the first list is told as a milestone."""
        return bool(self.all_or_none) and bool(self.milestones) and self.milestones[0].of in self.all_or_none


def chosen(answer: Answer) -> Chosen:
    """The rows that are told, of all that an answer holds.

    Parameters
    ----------
    answer : Answer
    """
    people = [row for row in answer.counts if row.kind == "people"]
    varying = [row for row in people if not row.is_constant]
    split = {row.of for row in varying if _is_all_or_none(row, answer.n)}
    broken = [row for row in answer.counts if row.kind == "broken"]
    if all(row.is_constant and row.cells[0] is not None and row.cells[0].middle == 0 for row in broken):
        broken = []
    main = people[0].of if people else ""
    return Chosen(
        lists=[row for row in varying if row.of not in split],
        units=[row for row in answer.counts if row.kind == "units" and not _is_told(row, answer.n)],
        milestones=_milestones(answer, main, split),
        constant=[row for row in people if row.is_constant],
        broken=broken,
        all_or_none=split,
    )


def _is_told(row: CountRow, n: int) -> bool:
    """Whether the milestone that all is done tells the same of units, or next to no run has any."""
    return _is_all_or_none(row, n) or row.is_constant or not any(cell.high for cell in row.cells if cell is not None)


def _is_all_or_none(row: CountRow, n: int) -> bool:
    """Whether in all scenarios all are out or none, but for one run in `SELDOM`, and each does happen."""
    told = [cell for cell in row.cells if cell is not None]
    if not row.total or any(cell.is_constant for cell in told):
        return False
    return all(SELDOM * (n - cell.runs_with(0, row.total)) <= n for cell in told)


def varies(row: MilestoneRow, n: int) -> bool:
    """Whether something is neither never nor always so in all scenarios alike."""
    runs = [cell.runs for cell in row.cells if cell is not None]
    never, always = (all(SELDOM * part < n for part in parts) for parts in (runs, [n - one for one in runs]))
    return not never and not always


def _milestones(answer: Answer, main: str, split: set[str]) -> list[MilestoneRow]:
    """Milestones in the order in which they are worth a row."""
    rows = [row for row in answer.milestones if varies(row, answer.n)]
    phases = [row for row in rows if row.kind == "phase"]
    begins = next((row for row in rows if row.key == "truce_begins"), None)
    if phases and begins is not None and _same(phases[0], begins, answer.n):
        phases = phases[1:]
    lines = [row for row in rows if row.kind == "line"]
    first_lines = list({row.of: row for row in reversed(lines)}.values())[::-1]
    ranks: list[MilestoneRow] = [row for row in rows if row.kind == "declared"]
    ranks += [row for row in rows if row.key == f"all_{main}" and main in split]
    ranks += [row for row in rows if row.kind == "people" and row.of == main and not row.key.startswith("all_")]
    ranks += phases[:1]
    ranks += [row for row in rows if row.key == f"all_{main}"]
    ranks += [row for row in rows if row.key == f"all_{row.of}" != f"all_{main}" and row.of.endswith("_living")]
    ranks += first_lines
    ranks += [row for row in rows if row.key == "truce_begins"]
    ranks += [row for row in rows if row.key == "truce_ends"]
    ranks += [row for row in rows if row.kind == "units"]
    ranks += [row for row in rows if row.kind == "people" and row.key.startswith("all_")]
    ranks += phases[-1:]
    return list({row.key: row for row in ranks}.values())


def _same(one: MilestoneRow, other: MilestoneRow, n: int) -> bool:
    """Whether two milestones come about in as many runs of all scenarios, but for one in `SELDOM`."""
    pairs = zip(one.cells, other.cells, strict=True)
    return all(a is not None and b is not None and SELDOM * abs(a.runs - b.runs) <= n for a, b in pairs)


def two_values(cell: Counted, n: int) -> list[tuple[int, int]] | None:
    """The two counts that 95 of 100 runs have, each in five or more, with their runs; None without such two."""
    found = sorted(((count, sum(ends)) for count, *ends in cell.runs), key=lambda one: -one[1])[:2]
    if len(found) < 2 or 100 * found[1][1] < 5 * n or 100 * sum(runs for _, runs in found) < 95 * n:
        return None
    return sorted(found)


def worth_saying(moved: tuple[Moved, ...], shown: list[str], n: int) -> list[Moved]:
    """Of what is shown: the first row, and the one that moves most; empty if nothing of it differs in any run."""
    told = [next(one for one in moved if one.key == key) for key in shown if any(one.key == key for one in moved)]
    if not any(one.more or one.fewer or one.later for one in told):
        return []

    def moves(one: Moved) -> int:
        return one.more + one.fewer + (n // 2 if abs(one.later or 0) >= 7 else 0)

    first, *others = told
    most = max(others, key=moves, default=None)
    return [first] if most is None or not moves(most) else [first, most]
