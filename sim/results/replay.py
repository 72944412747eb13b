"""One stored replicate run again on the reference engine, with its trace, and compared with its row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.document.behaviour import Behaviour
from sim.engine.reference import ReferenceEngine
from sim.errors import ResultsError
from sim.outcomes.columns import columns
from sim.outcomes.record import ReplicateRecord
from sim.plan.codes import N_PARTIES, Event
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.results.folder import stored_block
from sim.results.ledger import Entry
from sim.results.load import Results, load
from sim.results.manifest import has_rules_of_today, refuse_other_rules, version_of
from sim.results.tables import connect
from sim.rules.leads import shares_at


@dataclass(frozen=True)
class Replay:
    """A stored replicate with its full trace.

    Attributes
    ----------
    plan : Plan
        The scenario as the engine reads it.
    scenario : str
        Key of the scenario or cell in the results.
    seed, replicate : int
        Address of its draws.
    outcomes : ndarray of int64, shape (n_columns,)
        As measured, times in minutes; equal to the stored row.
    trace : ndarray of int32, shape (n_events, 7)
        Minute since the deal's start, event, subject, actor, cause, before, after.
    shares : ndarray of int64, shape (n_changes, 3)
        Minute, and how much of all that it owes each party has delivered at its end, in parts per million. Between
        two of these minutes what is kept by the minute grows evenly, and nothing else changes.
    """

    plan: Plan
    scenario: str
    seed: int
    replicate: int
    outcomes: np.ndarray[Any, Any]
    trace: np.ndarray[Any, Any]
    shares: np.ndarray[Any, Any]

    @property
    def told(self) -> ReplicateRecord:
        """The replicate by name: outcomes, end, events, story."""
        return ReplicateRecord(self.plan, self.seed, self.replicate, self.outcomes, self.trace)


def replay(folder: str | Path | Results, replicate: int, scenario: str | None = None) -> Replay:
    """Run one replicate of a results folder again on the reference engine.

    Parameters
    ----------
    folder : str, Path or Results
        As given to `--out`, or loaded.
    replicate : int
        Its number, from 0.
    scenario : str, optional
        Scenario or cell; by default the first.

    Returns
    -------
    Replay
        Outcomes, which equal the stored ones, and the full trace.

    Raises
    ------
    ResultsError
        If the replicate is not stored, or its outcome differs from the stored row; the columns are named.
    EngineError
        If a guarantee is broken on the way.
    """
    results = folder if isinstance(folder, Results) else load(folder)
    key = scenario if scenario is not None else results.scenarios[0]
    refuse_other_rules(results.manifest, results.folder, "replayed")
    plan = results.plan(key)
    stored = _stored_row(results, plan, key, replicate)
    seed = int(results.manifest["seed"])
    watched = _Shares()
    engine = ReferenceEngine(plan, watched)
    again = engine.run(seed, replicate)
    watched.note(engine, int(engine.states["now"][0]))
    differing = np.flatnonzero(again.outcomes != stored)
    if differing.size:
        names = columns(plan)
        listed = "; ".join(f"{names[i]} is stored as {stored[i]}, replayed as {again.outcomes[i]}" for i in differing)
        raise ResultsError(f"{results.folder}: replicate {replicate} of {key}: {listed}{_other_rules(results)}")
    return Replay(plan, key, seed, replicate, again.outcomes, again.trace, np.array(watched.changes, np.int64))


class _Shares:
    """Looks at the parties' delivered shares when a minute is over, and changes nothing."""

    def __init__(self) -> None:
        self.changes: list[tuple[int, int, int]] = []

    def __call__(self, engine: ReferenceEngine, clock: int) -> None:
        now, upcoming = int(engine.states["now"][0]), int(engine.states["scheduled"][0, clock])
        if upcoming > now:
            # between two events only what is kept by the minute grows, until it is no longer owed
            lasting = engine.plans["lasting"][0, : int(engine.plans["n_lasting"][0])].tolist()
            turns = sorted(end for end in engine.states["owed_to"][0, lasting].tolist() if now < end < upcoming)
            for minute in (now, *turns, upcoming - 1):
                self.note(engine, minute)

    def note(self, engine: ReferenceEngine, minute: int) -> None:
        """Enter the shares at the end of a minute; of those that are equal the first and the last."""
        shares = np.zeros(N_PARTIES, np.int64)
        shares_at(engine.plans, engine.states, minute, shares)
        one, other = shares.tolist()
        if [change[1:] for change in self.changes[-2:]] == [(one, other)] * 2:
            self.changes.pop()
        self.changes.append((minute, one, other))


def as_written(plan: Plan) -> dict[str, tuple[int, int | None]]:
    """The schedule of a deal when everybody does what it says.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    dict of str to (int, int or None)
        By obligation: the minutes at which it falls due and is met. Without those that never fall due.
    """
    plain = plan.scenario.model_copy(update={"behaviour": Behaviour(), "uncertain": {}, "posterior": None})
    written = compile_plan(plain)
    schedule: dict[str, tuple[int, int | None]] = {}
    for minute, event, subject, *_ in ReferenceEngine(written).run(0, 0).trace.tolist():
        if event == Event.OBLIGATION_DUE:
            schedule.setdefault(written.obligations[subject], (minute, None))
        elif event == Event.OBLIGATION_MET:
            due, _ = schedule.get(written.obligations[subject], (minute, None))
            schedule[written.obligations[subject]] = (due, minute)
    return schedule


def _stored_row(results: Results, plan: Plan, key: str, replicate: int) -> np.ndarray[Any, Any]:
    entry = _entry_of(results, key, replicate)
    connection = connect()
    try:
        block = stored_block(connection, results.folder, entry, plan)
    finally:
        connection.close()
    row: np.ndarray[Any, Any] = block.outcomes[replicate - block.first]
    return row


def _entry_of(results: Results, key: str, replicate: int) -> Entry:
    n_stored = 0
    for entry in results.entries:
        if entry.scenario == key:
            if entry.first <= replicate < entry.first + entry.count:
                return entry
            n_stored = max(n_stored, entry.first + entry.count)
    has = f"it has 0 to {n_stored - 1}" if n_stored else "none is complete"
    raise ResultsError(f"{results.folder}: no replicate {replicate} of {key}; {has}")


def _other_rules(results: Results) -> str:
    if has_rules_of_today(results.manifest):
        return ""
    return f" (the rules have changed since version {version_of(results.manifest)}, which made these results)"
