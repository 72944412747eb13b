"""The search: every set of deviations from compliance up to a size, level by level, on all cores.

A set is scripted in the order in which its run comes to its deviations, and extended only by decisions that come later
in that run. What comes before a decision does not depend on it, so that every set that can happen is run exactly once,
and none is run in which a scripted decision is never reached.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sim.analysis.deviations.goals import Goal
from sim.analysis.deviations.kernel import OUTSIDE, further_deviations, run_scripts, sides_of
from sim.analysis.deviations.sets import Script, minimal
from sim.engine.workers import n_workers
from sim.errors import EngineError
from sim.guarantees import MEMORY, Fixed
from sim.native.entry import for_rules
from sim.outcomes.columns import VIOLATED, columns
from sim.plan.codes import CHOICE_BITS, FIELD_EVENT, FIELD_MINUTE, N_PARTIES, NEVER, NONE, Event
from sim.plan.limits import MAX_DECISIONS, MAX_STRETCHES
from sim.plan.plan import Plan
from sim.plan.record import STATE

Array = np.ndarray[Any, Any]
PARENTS = 16
"""Scripts whose extensions are run as one piece of work."""
ANYBODY = (1 << N_PARTIES) - 1 | OUTSIDE
AT_MOST = 20_000_000
FROM_THE_BEGINNING = np.zeros(1, np.int64)
_STEPS = (Event.TRUCE_BEGAN, Event.OBLIGATION_DUE, Event.OBLIGATION_MET, Event.PHASE_ENTERED, Event.TALKS_AGREED)
"""Events of the compliant run between which incidents may happen."""


@dataclass(frozen=True)
class Level:
    """Runs with the same number of deviations.

    Attributes
    ----------
    scripts : ndarray of int64, shape (n, n_deviations)
    reached : ndarray of bool, shape (n,)
        Whether the goal is reached by the set or by what it was extended from.
    spared : ndarray of int64, shape (n,)
        One bit for each party that may comply throughout: each deviation can be somebody else's.
    """

    scripts: Array
    reached: Array
    spared: Array


@dataclass
class Exploration:
    """What a search has found.

    Attributes
    ----------
    n_runs : int
    by_size : list of int
        Runs by number of deviations.
    complete : bool
        Whether every set up to the size asked for was run.
    seconds : float
    reaching : list of tuple of int
        Sets that reach the goal and extend none that does; `minimal_sets` are among them.
    leads : dict of (int, int) to (int, tuple of int)
        By party that complies itself, and party whose delivered share runs ahead: by how much at the worst moment, in
        parts per million, and the first smallest set that brings it about.
    broken : dict of str to tuple of int
        By guarantee that was broken, of the fixed list or declared: the first smallest set.
    """

    n_runs: int = 0
    by_size: list[int] = field(default_factory=list)
    complete: bool = True
    seconds: float = 0.0
    reaching: list[Script] = field(default_factory=list)
    leads: dict[tuple[int, int], tuple[int, Script]] = field(default_factory=dict)
    broken: dict[str, Script] = field(default_factory=dict)

    @property
    def minimal_sets(self) -> list[Script]:
        """Sets that reach the goal and contain no other that does."""
        return minimal(self.reaching)


class Runner:
    """One thread's own plan and state."""

    def __init__(self, plan: Plan):
        record = plan.record.copy()
        self.plans, self.states = for_rules(record), for_rules(np.zeros(1, STATE))
        self.memories = for_rules(np.zeros(1, MEMORY))
        self.n_columns = len(columns(plan))
        self.lead_columns = [columns(plan).index(f"largest_lead_{party}") for party in plan.parties]
        self.declared = {name: columns(plan).index(f"{VIOLATED}{name}") for name in plan.guarantees}
        self._found, self._steps = (np.zeros(MAX_DECISIONS << CHOICE_BITS, np.int64) for _ in range(2))
        self._taken = np.zeros(MAX_DECISIONS, np.int64)
        records = self.plans, self.states, self.memories
        self._run, self._list_deviations = run_scripts.on(*records), further_deviations.on(*records)

    def run(self, scripts: Array, looks_from: Array) -> tuple[Array, Array]:
        """Outcomes of these scripts, and the guarantee that each broke at this step or later (0 for none).

        Raises
        ------
        EngineError
            If a run cannot be carried to its end.
        """
        outcomes, verdicts = np.zeros((len(scripts), self.n_columns), np.int64), np.zeros(len(scripts), np.int64)
        faulty = self._run(scripts, looks_from, outcomes, verdicts, self._taken)
        if faulty >= 0:
            raise EngineError(f"a scripted run with {scripts.shape[1]} deviations could not be carried to its end")
        return outcomes, verdicts

    def extensions(self, scripts: Array, sides: int) -> tuple[Array, Array, Array]:
        """Every deviation that can follow those of each script, in which step it is taken, and how many each has."""
        found: list[Array] = []
        steps: list[Array] = []
        counts = np.zeros(len(scripts), np.int64)
        done = 0
        while done < len(scripts):
            left = counts[done:]
            done += self._list_deviations(scripts[done:], sides, self._found, self._steps, left, self._taken)
            found.append(self._found[: left.sum()].copy())
            steps.append(self._steps[: left.sum()].copy())
        return np.concatenate(found), np.concatenate(steps), counts

    def sides(self, entries: Array) -> Array:
        """Whose doing each deviation can be, one bit for each party."""
        sides = np.zeros(len(entries), np.int64)
        sides_of(self.plans, entries, sides)
        return sides

    def dates(self, script: Script) -> tuple[list[int], int]:
        """The minute in which each deviation of a script is taken, and that of the end."""
        self.run(np.array([script], np.int64).reshape(1, -1), np.full(1, NEVER))
        decisions = self.states["decisions"][0][: int(self.states["n_decisions"][0])]
        minutes = {int(address): int(minute) for address, _, minute, _ in decisions}
        return [minutes[entry >> CHOICE_BITS] for entry in script], int(self.states["end_minute"][0])


def add_stretches(plan: Plan) -> None:
    """Let incidents happen between any two consecutive steps of the compliant run: in the middle of each stretch."""
    runner, nobody = Runner(plan), np.zeros((1, 0), np.int64)
    runner.run(nobody, FROM_THE_BEGINNING)
    events = runner.states["events"][0][: int(runner.states["n_events"][0])]
    write_stretches(plan.record, events)


def write_stretches(plans: Any, trace: Any) -> None:
    """Write the middle of each stretch between two steps of a trace, from the truce's beginning on, into a plan.

    Parameters
    ----------
    plans : ndarray of PLAN, shape (1,)
        Changed in place; without a truce there is no stretch.
    trace : ndarray of int32, shape (n, 7)
    """
    begun = trace[trace[:, FIELD_EVENT] == Event.TRUCE_BEGAN, FIELD_MINUTE]
    if not len(begun):
        return
    steps = np.unique(np.append(trace[np.isin(trace[:, FIELD_EVENT], _STEPS), FIELD_MINUTE], trace[-1, FIELD_MINUTE]))
    steps = steps[steps >= begun[0]].astype(np.int64)
    middle = ((steps[:-1] + steps[1:]) // 2)[np.diff(steps) > 1][:MAX_STRETCHES]
    plans["n_stretches"] = len(middle)
    plans["stretch"][0, : len(middle)] = middle


@dataclass(frozen=True)
class _Piece:
    """What one piece of work came to."""

    level: Level
    reaching: Array
    leads: dict[tuple[int, int], tuple[int, Script]]
    broken: dict[str, Script]


class Search:
    """A search over the deviations of one scripted plan.

    Parameters
    ----------
    plan : Plan
        Scripted, with its stretches.
    goal : Goal
    sides : int, optional
        Only deviations that can be the doing of these sides, one bit for each party.
    at_most : int, optional
        Runs after which the search stops.
    workers : int, optional
        Threads; by default one for each core.
    """

    def __init__(
        self, plan: Plan, goal: Goal, sides: int = ANYBODY, at_most: int = AT_MOST, workers: int | None = None
    ):
        self.plan, self.goal, self.sides, self.at_most = plan, goal, sides, at_most
        self.workers = workers or n_workers()
        self._own = threading.local()
        self._alone = np.zeros(0, np.int64)

    def explore(self, most: int, progress: Callable[[int, int], None] = lambda *_: None) -> Exploration:
        """Run every set of up to `most` deviations.

        Parameters
        ----------
        most : int
            At least 0.
        progress : callable, optional
            Told how many runs have been made, and about how many there are (`expected`).

        Returns
        -------
        Exploration
        """
        begin = time.perf_counter()
        exploration = Exploration()
        piece = self._first()
        self._take(exploration, piece)
        exploration.by_size.append(1)
        level = piece.level
        with ThreadPoolExecutor(self.workers) as executor:
            for size in range(1, most + 1):
                before, levels, parents = exploration.n_runs, [], 0
                for piece in self._pieces(executor, level, exploration, keep=size < most):
                    self._take(exploration, piece)
                    if size < most:
                        levels.append(piece.level)
                    parents += PARENTS
                    share = min(1.0, parents / max(1, len(level.reached)))
                    sizes = [*exploration.by_size, round((exploration.n_runs - before) / share)]
                    progress(exploration.n_runs, min(self.at_most, expected(sizes, most)))
                exploration.by_size.append(exploration.n_runs - before)
                if not exploration.complete:
                    break
                level = _joined(levels, size)
                if size == 1:
                    self._alone = level.scripts[level.reached, 0] if len(level.scripts) else self._alone
        exploration.seconds = time.perf_counter() - begin
        return exploration

    def _runner(self) -> Runner:
        if not hasattr(self._own, "runner"):
            self._own.runner = Runner(self.plan)
        runner: Runner = self._own.runner
        return runner

    def _first(self) -> _Piece:
        """The compliant run."""
        everybody = np.array([(1 << N_PARTIES) - 1])
        return self._look(np.zeros((1, 0), np.int64), FROM_THE_BEGINNING, np.zeros(1, np.bool_), everybody)

    def _pieces(
        self, executor: ThreadPoolExecutor, level: Level, exploration: Exploration, keep: bool
    ) -> Iterator[_Piece]:
        """The extensions of a level, in order; stops where the limit on runs is reached."""
        waiting: deque[Future[_Piece]] = deque()
        for start in range(0, len(level.scripts), PARENTS):
            if exploration.n_runs >= self.at_most:
                exploration.complete = False
                break
            waiting.append(executor.submit(self._extend, level, start, keep))
            if len(waiting) >= 2 * self.workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _extend(self, level: Level, start: int, keep: bool) -> _Piece:
        """Run every extension of some scripts of a level."""
        runner, stop = self._runner(), min(start + PARENTS, len(level.scripts))
        entries, steps, counts = runner.extensions(level.scripts[start:stop], self.sides)
        parents = np.repeat(np.arange(start, stop), counts)
        scripts = np.column_stack([level.scripts[parents], entries])
        sides = runner.sides(entries)
        spared = level.spared[parents]
        for party in range(N_PARTIES):
            spared = np.where(sides & ~(1 << party), spared, spared & ~(1 << party))
        piece = self._look(scripts, steps, level.reached[parents], spared)
        return piece if keep else _without_level(piece)

    def _look(self, scripts: Array, steps: Array, was_reached: Array, spared: Array) -> _Piece:
        """Run scripts and see what they reach, how far one side comes ahead, and what they break from a step on."""
        runner = self._runner()
        outcomes, verdicts = runner.run(scripts, steps)
        reached = self.goal.reached(outcomes)
        is_new = reached & ~was_reached
        if scripts.shape[1] > 1:
            is_new &= ~np.isin(scripts, self._alone).any(axis=1)
        leads = {}
        for party in range(N_PARTIES):
            complies = np.flatnonzero(spared >> party & 1)
            for ahead, column in enumerate(runner.lead_columns if len(complies) else ()):
                best = complies[np.argmax(outcomes[complies, column])]
                leads[party, ahead] = int(outcomes[best, column]), _script(scripts[best])
        broken = {Fixed(c).name.lower(): _script(scripts[np.argmax(verdicts == c)]) for c in np.unique(verdicts) if c}
        for name, column in runner.declared.items():
            violated = outcomes[:, column] != NONE
            if violated.any():
                broken[name] = _script(scripts[np.argmax(violated)])
        level = Level(scripts, reached | was_reached, spared)
        return _Piece(level, scripts[is_new], leads, broken)

    @staticmethod
    def _take(exploration: Exploration, piece: _Piece) -> None:
        """Add a piece of work to what was found before."""
        exploration.n_runs += len(piece.level.reached)
        exploration.reaching.extend(map(_script, piece.reaching))
        for who, (lead, script) in piece.leads.items():
            if who not in exploration.leads or lead > exploration.leads[who][0]:
                exploration.leads[who] = lead, script
        for name, script in piece.broken.items():
            exploration.broken.setdefault(name, script)


def expected(by_size: list[int], most: int) -> int:
    """About how many sets of up to `most` deviations there are, from how many there are of the first sizes.

    Any deviation is taken to go with any other, in one order: of each size there are as many as of the size before,
    times those of one, divided by the size.
    """
    sizes = list(by_size)
    for size in range(len(sizes), most + 1):
        sizes.append(sizes[-1] * sizes[1] // size)
    return sum(sizes)


def _script(row: Array) -> Script:
    return tuple(int(entry) for entry in row)


def _without_level(piece: _Piece) -> _Piece:
    """A piece of the last level: its scripts are not needed again."""
    return replace(piece, level=replace(piece.level, scripts=piece.level.scripts[:0]))


def _joined(levels: list[Level], size: int) -> Level:
    """The level that these pieces make up."""
    if not levels:
        return Level(np.zeros((0, size), np.int64), np.zeros(0, np.bool_), np.zeros(0, np.int64))
    return Level(
        np.concatenate([level.scripts for level in levels]),
        np.concatenate([level.reached for level in levels]),
        np.concatenate([level.spared for level in levels]),
    )
