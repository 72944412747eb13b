"""A compiled plan: the record that engines run, and the names behind its indices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.document.milestones import Milestone
from sim.document.scenario import ResolvedScenario
from sim.plan.draws import Draw
from sim.plan.sobol import SCRAMBLES

PEOPLE = ("release", "return")


@dataclass(frozen=True)
class Drawn:
    """A table of draws: each replicate takes one of its rows.

    Attributes
    ----------
    slots : ndarray of int64, shape (n_columns,)
        Parameter slots.
    rows : ndarray of float64, shape (n, n_columns)
        Times in minutes.
    """

    slots: np.ndarray[Any, Any]
    rows: np.ndarray[Any, Any]

    @property
    def arrays(self) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """The rows one after another, and the slots, as rules take them."""
        return self.rows.ravel(), self.slots


NO_TABLE = Drawn(np.zeros(0, np.int64), np.zeros((0, 0)))


@dataclass(frozen=True)
class Plan:
    """What engines run: the record, and the names behind its indices.

    Attributes
    ----------
    record : ndarray of PLAN, shape (1,)
    obligations, groups, phases, topics, actors, sources, shocks, powers, lines : tuple of str
        Names by index; returns owed for each release are named '<return>.<release>'.
    guarantees : tuple of str
        Names of the declared guarantees: those of the deal, then those that the scenario adds.
    milestones : tuple of Milestone
        Those that are followed: what the document names, and as many that follow from it as there is room for.
    parameter_paths : tuple of str
        Path of each parameter slot, below `behaviour`.
    lists : tuple of str
        Names of the lists of people that are counted by day.
    asked : tuple of str
        Outcomes by day, such as 'hostages_living_released by day 42', that are columns besides, by day.
    posterior : Drawn or None
        The scenario's table of draws.
    ranking : tuple of Draw
        Draws that are Sobol numbers (`sim.plan.sobol`); empty where all are independent.
    unmeasured : frozenset of str
        Outcomes that are not among its columns, and what is not counted by day: what the version did not have which
        made stored results.
    """

    record: np.ndarray[Any, Any]
    scenario: ResolvedScenario
    obligations: tuple[str, ...]
    groups: tuple[str, ...]
    phases: tuple[str, ...]
    topics: tuple[str, ...]
    actors: tuple[str, ...]
    sources: tuple[str, ...]
    shocks: tuple[str, ...]
    powers: tuple[str, ...]
    lines: tuple[str, ...]
    days: tuple[str, ...]
    guarantees: tuple[str, ...]
    milestones: tuple[Milestone, ...]
    parameter_paths: tuple[str, ...]
    lists: tuple[str, ...]
    posterior: Drawn | None = None
    unmeasured: frozenset[str] = frozenset()
    asked: tuple[str, ...] = ()
    ranking: tuple[Draw, ...] = ()

    @property
    def n_scrambles(self) -> int:
        """Independent scrambles that the replicates belong to in turn; 0 where replicates are independent."""
        return SCRAMBLES if self.ranking else 0

    @property
    def parties(self) -> tuple[str, str]:
        """The two parties, in the order of the document."""
        return self.actors[0], self.actors[1]
