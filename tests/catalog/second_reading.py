"""What second readings of deals share: fields of a document, days of one replicate, sums of a history."""

from __future__ import annotations

import csv
from collections import Counter
from typing import Any

import numpy as np

from sim.document.deal import Deal
from sim.document.quantities import word_of
from sim.engine.batch import simulate_block
from sim.outcomes.by_day import ByDay
from sim.outcomes.columns import columns, end_name
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.reading import catalogue
from sim.reading.model import load_deal, load_scenario_file
from sim.reading.resolve import resolve
from tests.clauses import missing_clauses


def gate(deal: Deal, key: str) -> list[Any]:
    """What an obligation waits for: names of obligations."""
    return [condition.obligation for condition in deal.obligations[key].after]


def amounts(deal: Deal, key: str) -> dict[str, tuple[str, int]]:
    """What an obligation owes by stock: the word that stands beside the number, and the number."""
    return {stock: (word_of(number), int(number)) for stock, number in deal.obligations[key].amount.items()}


class Run:
    """One replicate of a scenario."""

    def __init__(self, plan: Plan):
        block, self._by_day = simulate_block(plan, 0, 0, 1), ByDay.of(plan)
        self._plan, self._histogram = plan, block.histogram
        self.outcomes: dict[str, int] = dict(zip(columns(plan), block.outcomes[0].tolist(), strict=True))
        self.end = end_name(self.outcomes["end"])

    def out(self, curve: str) -> dict[int, int]:
        """By day, how many of a list come out on it."""
        so_far = self._by_day.released(self._histogram, self._plan.lists.index(curve)).argmax(axis=1)
        added = np.diff(so_far, prepend=0)
        return {day: int(added[day]) for day in np.flatnonzero(added).tolist()}

    def met(self, obligation: str) -> int | None:
        """The day on which an obligation is met; None if it is not."""
        days = np.flatnonzero(self._by_day.met(self._histogram)[list(self._plan.obligations).index(obligation)])
        return int(days[0]) if len(days) else None


class SecondReading:
    """A deal of the catalogue with its scenarios and its history."""

    def __init__(self, name: str):
        self.name = name
        self.deal = load_deal(catalogue.folder() / "deals" / f"{name}.yaml")

    def held(self, party: str) -> int:
        """How many people and remains a party has."""
        return sum(stock.count for stock in self.deal.people.values() if stock.held_by == party)

    def settled(self) -> set[tuple[Any, Any]]:
        """What duties to hand over people say of `settled` and `date_set_by`."""
        owed = [o for o in self.deal.obligations.values() if self.deal.hands_over_people(o)]
        return {(o.settled, o.date_set_by) for o in owed}

    def missing(self, clauses: list[str]) -> list[str]:
        """Clauses that nothing carries, and reasons too short to be any."""
        short = [key for key, reason in self.deal.not_modelled.items() if len(reason.split()) < 6]
        return missing_clauses(self.deal, clauses) + short

    def run(self, scenario: str, **changes: Any) -> Run:
        """One replicate of one of its scenarios, with some numbers changed."""
        return Run(compile_plan(resolve(f"{self.name}/{scenario}", changes)))

    def history(self) -> list[dict[str, str]]:
        """The lines of its history."""
        with (catalogue.folder() / "history" / f"{self.name}.csv").open(newline="", encoding="utf-8") as stream:
            return list(csv.DictReader(stream))

    def recorded(self) -> dict[str, int]:
        """What the history moves, by stock."""
        sums: Counter[str] = Counter()
        for line in self.history():
            for part in line["stocks"].split():
                key, _, number = part.partition(":")
                sums[key] += int(number)
        return dict(sums)

    def betas(self, of: str = "default") -> dict[str, set[tuple[float, float]]]:
        """What the baseline takes of chances of being late and refused."""
        uncertain = load_scenario_file(catalogue.folder() / self.name / "baseline.yaml").uncertain
        found: dict[str, set[tuple[float, float]]] = {}
        for path, one in uncertain.items():
            if one.beta is not None and path.endswith((f".{of}.late", f".{of}.refused")):
                found.setdefault(path.rpartition(".")[2], set()).add(tuple(one.beta))
        return found
