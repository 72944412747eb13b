"""Walks: histories of a deal in which every decision is made on purpose instead of drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.deviations.decisions import as_document, in_words, scripted_plan
from sim.analysis.deviations.search import write_stretches
from sim.document.scenario import ResolvedScenario, Scripted
from sim.engine.batch import PLAINLY, Engine
from sim.engine.kernel import run_block
from sim.engine.reference import ReferenceEngine
from sim.errors import EngineError
from sim.native.entry import for_rules
from sim.outcomes.by_day import ByDay
from sim.outcomes.columns import columns, violations
from sim.plan.codes import CHOICE_BITS, DECISION_CHOICE
from sim.plan.plan import Plan
from sim.plan.record import STATE
from sim.reading.store import as_yaml

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Walked:
    """One history of a walk.

    Attributes
    ----------
    script : tuple of int
        Deviations from compliance, in the order in which the history came to them.
    outcomes : ndarray of int64, shape (n_columns,)
        As measured, times in minutes.
    trace : ndarray of int32, shape (n_events, 7)
        Minute since the deal's start, event, subject, actor, cause, before, after.
    status : ndarray of int64, shape (n_obligations,)
        Of each obligation at the end, a `sim.plan.codes.Status`.
    open : tuple of int
        Deviations that decisions after the last scripted one leave open.
    """

    script: tuple[int, ...]
    outcomes: Array
    trace: Array
    status: Array
    open: tuple[int, ...]


class Walker:
    """Walks through a deal: everybody complies but for the deviations that it is given.

    Parameters
    ----------
    scenario : ResolvedScenario
        Its deal and its usual times; what it draws is decided by the walk.
    engine : {'batch', 'reference'}, optional
        The reference engine looks at every fixed guarantee and moves the phase machine at every step, and takes about
        fifty times as long.
    """

    def __init__(self, scenario: ResolvedScenario, engine: Engine = "batch"):
        self.scenario = scenario
        self.plan: Plan = scripted_plan(scenario)
        self._engine = ReferenceEngine(self.plan) if engine == "reference" else None
        self.plans = self._engine.plans if self._engine else for_rules(self.plan.record)
        self.states = self._engine.states if self._engine else for_rules(np.zeros(1, STATE))
        curves = ByDay.of(self.plan)
        self._layout = curves.layout(curves.empty())
        write_stretches(self.plans, self.walk().trace)  # incidents may happen in each

    def walk(self, script: Sequence[int] = ()) -> Walked:
        """The history with these deviations.

        Parameters
        ----------
        script : sequence of int, optional
            As `Walked.open` lists them.

        Returns
        -------
        Walked
            Its outcomes, its trace, and what was left to decide.

        Raises
        ------
        EngineError
            If the history does not end; on the reference engine also if a fixed guarantee is broken or the phase
            machine is asked for an illegal move.
        """
        self.plans["n_script"] = len(script)
        self.plans["script"][0, : len(script)] = script
        outcomes = self._batch() if self._engine is None else self._engine.run(0, 0).outcomes
        trace = self.states["events"][0][: int(self.states["n_events"][0])].copy()
        status = self.states["status"][0][: len(self.plan.obligations)].copy()
        return Walked(tuple(script), outcomes, trace, status, tuple(self._open()))

    def _batch(self) -> Array:
        outcomes = np.zeros((1, len(columns(self.plan))), np.int64)
        zero, arguments = np.uint64(0), self._layout
        if run_block(self.plans, self.states, zero, 0, outcomes, *PLAINLY, *arguments) >= 0:
            raise EngineError("a walk could not be carried to its end")
        row: Array = outcomes[0]
        return row

    def _open(self) -> Iterator[int]:
        """Choices beyond compliance in decisions after the last one that departed from it."""
        decisions = self.states["decisions"][0][: int(self.states["n_decisions"][0])]
        departed = np.flatnonzero(decisions[:, DECISION_CHOICE])
        for where, choices, _, _ in decisions[departed[-1] + 1 if len(departed) else 0 :].tolist():
            yield from (where << CHOICE_BITS | choice for choice in range(1, 1 << CHOICE_BITS) if choices >> choice & 1)

    def wander(self, chance: np.random.Generator, most: int) -> Iterator[Walked]:
        """One walk at random: from compliance on, each history departs once more than the one before.

        Parameters
        ----------
        chance : numpy.random.Generator
            Decides where and how to depart.
        most : int
            Deviations at most.

        Yields
        ------
        Walked
            Full compliance first.

        Raises
        ------
        EngineError
            As `walk`.
        """
        walked = self.walk()
        yield walked
        for _ in range(most):
            if not walked.open:
                return
            # towards early decisions, so that much is left to decide after them
            place = int(len(walked.open) * chance.random() ** 2)
            walked = self.walk([*walked.script, walked.open[place]])
            yield walked

    def words(self, deviation: int) -> str:
        """A deviation in a few words.

        Parameters
        ----------
        deviation : int
            As in `Walked.open` or `Walked.script`.

        Returns
        -------
        str
            Such as 'batch_2 refused'.
        """
        return in_words(self.plan, deviation)

    def violated(self, walked: Walked) -> dict[str, int]:
        """Declared guarantees that a history violates.

        Parameters
        ----------
        walked : Walked
            A history of this walk.

        Returns
        -------
        dict of str to int
            By guarantee: the minute since the deal's start at which it is first violated.
        """
        found = violations(self.plan, walked.outcomes)
        return {name: minute for name, minute in found.items() if minute is not None}

    def document(self, walked: Walked) -> ResolvedScenario:
        """The scenario that tells a history again.

        Parameters
        ----------
        walked : Walked
            A history of this walk.

        Returns
        -------
        ResolvedScenario
            With the deviations as `scripted:`.
        """
        script = [Scripted.model_validate(as_document(self.plan, entry)) for entry in walked.script]
        return self.scenario.model_copy(update={"scripted": script})

    def as_yaml(self, walked: Walked) -> str:
        """The scenario that tells a history again, as YAML.

        Parameters
        ----------
        walked : Walked
            A history of this walk.

        Returns
        -------
        str
            A document that `ceasefire run` takes.
        """
        return as_yaml(self.document(walked))
