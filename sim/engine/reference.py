"""The reference engine: SimPy processes that wait for their moment and call the rules. Written to be read.

One process for each clock of the plan (a debtor, a creditor, a topic of talks, …). A process waits for its minute,
fires its event, and interrupts the processes whose minute that changed. The phase machine moves for real, and the
guarantees are checked after every event.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import simpy

from sim.document.machine import PhaseMachine
from sim.errors import EngineError
from sim.guarantees import MEMORY, Fixed, begin_following_trace, broken_guarantee, follow_trace, remember
from sim.native.entry import for_rules
from sim.outcomes.asked import layout_of
from sim.outcomes.columns import columns
from sim.outcomes.measure import measure
from sim.outcomes.so_far import count_until
from sim.plan.codes import FIELD_ACTOR, FIELD_EVENT, NEVER, NONE, Event
from sim.plan.draws import take_row_once
from sim.plan.limits import MAX_EVENTS
from sim.plan.plan import Plan
from sim.plan.record import STATE
from sim.rules.replicate import fire_clock

Behaviour = Callable[["ReferenceEngine", int], None]
"""A user's own behaviour: called before each event with the engine and the clock that is about to act."""


@dataclass(frozen=True)
class Replicate:
    """One simulated history.

    Attributes
    ----------
    seed, replicate : int
    outcomes : ndarray of int64, shape (n_columns,)
        As measured, in the order of `sim.outcomes.columns.columns`.
    trace : ndarray of int32, shape (n_events, 7)
        Minute, event, subject, actor, cause, before, after.
    """

    seed: int
    replicate: int
    outcomes: np.ndarray[Any, Any]
    trace: np.ndarray[Any, Any]


class Activation(simpy.Event):
    """An event that comes at its minute, before those of higher-numbered clocks at the same minute."""

    def __init__(self, env: simpy.Environment, clock: int, minute: int):
        super().__init__(env)
        self._ok = True
        self._value = None
        # priority 0 is SimPy's own, for interrupts: who is told to wait anew is told first
        priority: Any = 1 + clock
        env.schedule(self, priority=priority, delay=minute - env.now)


@dataclass
class ReferenceEngine:
    """Runs replicates of one plan, one at a time.

    Parameters
    ----------
    plan : Plan
    behaviour : callable, optional
        Called before each event; it may change `state`, for instance the parameters of a party.
    """

    plan: Plan
    behaviour: Behaviour | None = None
    machine: PhaseMachine = field(init=False)

    def __post_init__(self) -> None:
        self.machine = PhaseMachine(self.plan.scenario.deal)
        self.plans = for_rules(self.plan.record if self.plan.posterior is None else self.plan.record.copy())
        self.states = for_rules(np.zeros(1, STATE))
        self._memories = for_rules(np.zeros(1, MEMORY))
        trace = self.plans, self.states
        self._rules, self._follow_trace = fire_clock.on(*trace), follow_trace.on(*trace)
        self._broken_guarantee = broken_guarantee.on(*trace, self._memories)
        self._asked = layout_of(self.plan)
        self._scheduled = self.states["scheduled"][0, : int(self.plans["n_clocks"][0])]
        self._trace = self.states["events"][0]
        self._n_columns = len(columns(self.plan))
        self._n_events, self._end, self._fault = (self.states[name] for name in ("n_events", "end", "fault"))

    def run(self, seed: int, replicate: int) -> Replicate:
        """One replicate from its first minute to its end.

        Parameters
        ----------
        seed, replicate : int
            Address of the draws; the same pair gives the same history on every engine and machine.

        Returns
        -------
        Replicate

        Raises
        ------
        EngineError
            If a guarantee is broken, the phase machine is asked for an illegal move, or the history does not end.
        """
        self.machine.restart()
        self.states["is_queued"] = 0
        self.states["seed"], self.states["replicate"] = seed, replicate
        if self.plan.posterior is not None:
            take_row_once(self.plans, np.uint64(seed), np.uint64(replicate), *self.plan.posterior.arrays)
        self._fire(NONE, 0)
        remember(self.plans, self.states, self._memories)
        begin_following_trace(self.plans, self.states)
        self._env = simpy.Environment(initial_time=int(self.plans["first_minute"][0]))
        self._over = self._env.event()
        self._seen = np.full(len(self._scheduled), NEVER)
        self._processes: dict[int, simpy.Process] = {}
        self._acting = -1
        self._n_followed = self._n_steps = self._n_counted = 0
        self._so_far = np.zeros(len(self.plan.asked), np.int64)
        self._follow()
        self._error: Exception | None = None
        self._run_to_end()
        self._count_so_far(NEVER)
        row = np.zeros(self._n_columns, np.int64)
        measure(self.plans, self.states, row)
        row[len(row) - len(self._so_far) :] = self._so_far
        return Replicate(seed, replicate, row, self._trace[: int(self._n_events[0])].copy())

    def _run_to_end(self) -> None:
        """Let the processes run; what one of them raises comes out as it was raised.

        SimPy raises a copy made from an error's arguments: it lacks a file's name, and not every class can be made so.
        """
        try:
            self._env.run(until=self._over)
        except Exception:
            if self._error is None:
                raise
        if self._error is not None:
            raise self._error

    def _fire(self, clock: int, minute: int) -> None:
        """Whatever the rules say when a clock acts."""
        self._rules(clock, minute)

    def _process(self, clock: int) -> Generator[simpy.Event, Any, None]:
        """A process: wait for the scheduled minute, fire the event, interrupt those whose minute it changed."""
        env = self._env
        while True:
            minute = int(self._scheduled[clock])
            try:
                yield env.event() if minute >= NEVER else Activation(env, clock, minute)
            except simpy.Interrupt:
                continue
            if minute >= NEVER or self._end[0]:
                return
            self._seen[clock] = NEVER
            self._acting = clock
            try:
                self._act(clock)
            except Exception as error:
                self._error = self._error or error
                raise

    def _act(self, clock: int) -> None:
        """A clock's minute has come: ask the user's behaviour, fire the event, follow it."""
        self._count_so_far(int(self._env.now))
        if self.behaviour is not None:
            self.behaviour(self, clock)
        self._fire(clock, int(self._env.now))
        self._follow()

    def _count_so_far(self, minute: int) -> None:
        """Write down what is asked by the end of days that are over."""
        while self._n_counted < len(self._so_far) and self._asked[3 * self._n_counted] <= minute:
            self._n_counted = count_until(self.plans, self.states, self._asked, minute, self._n_counted, self._so_far)

    def _runs_away(self) -> EngineError:
        limit = f"more than {MAX_EVENTS} events (MAX_EVENTS in sim/plan/limits.py)"
        return EngineError(f"{self._where()}: {limit}; the scenario runs away")

    def _follow(self) -> None:
        """After a rule: move the phase machine, check the guarantees, tell processes of their new minute."""
        self._move_machine()
        verdict = self._broken_guarantee()
        if verdict:
            raise EngineError(f"{self._where()}: guarantee broken: {Fixed(verdict).name.lower()}")
        self._n_steps += 1
        if self._fault[0] or self._n_steps > 4 * MAX_EVENTS:
            raise self._runs_away()
        self._follow_trace()
        if self._end[0]:
            if not self._over.triggered:
                self._over.succeed()
            return
        for clock in (self._scheduled != self._seen).nonzero()[0].tolist():
            self._seen[clock] = self._scheduled[clock]
            if clock not in self._processes:
                self._processes[clock] = self._env.process(self._process(clock))
            elif clock != self._acting:
                self._processes[clock].interrupt()
        self._acting = -1

    def _where(self) -> str:
        return f"seed {int(self.states['seed'][0])}, replicate {int(self.states['replicate'][0])}"

    def _move_machine(self) -> None:
        """Let the phase machine follow what the rules recorded."""
        n_events = int(self._n_events[0])
        if n_events == self._n_followed:
            return
        for row in self._trace[self._n_followed : n_events].tolist():
            if row[FIELD_EVENT] in _MOVES:
                self._follow_event(row)
        self._n_followed = n_events

    def _follow_event(self, row: list[int]) -> None:
        event, subject, actor = row[FIELD_EVENT : FIELD_ACTOR + 1]
        move, plan = self.machine.move, self.plan
        if event in _TRUCE_MOVES:
            move("truce", _TRUCE_MOVES[event])
        elif event in _TALKS_MOVES:
            move(f"talks.{plan.topics[subject]}", _TALKS_MOVES[event])
        elif event in _EXCHANGE_MOVES:
            move("exchange", _EXCHANGE_MOVES[event])
        elif event == Event.LINE_REACHED:
            move(f"withdrawal.{plan.actors[actor]}", f"reach_{plan.lines[subject]}")
        elif event == Event.PHASE_ENTERED:
            move("phase", f"enter_{plan.phases[subject]}")
        elif event in _PHASE_MOVES:
            move("phase", _PHASE_MOVES[event])


_TRUCE_MOVES: dict[int, str] = {
    Event.TRUCE_BEGAN: "begin",
    Event.TRUCE_SUSPENDED: "suspend",
    Event.TRUCE_RESTORED: "restore",
    Event.TRUCE_ENDED: "end",
}
_TALKS_MOVES: dict[int, str] = {
    Event.TALKS_OPENED: "open",
    Event.TALKS_AGREED: "agree",
    Event.TALKS_BROKEN_OFF: "break_off",
}
_EXCHANGE_MOVES: dict[int, str] = {Event.EXCHANGE_BEGAN: "begin", Event.EXCHANGE_COMPLETE: "complete"}
_PHASE_MOVES: dict[int, str] = {
    Event.PHASE_CONTINUED: "continue",
    Event.PHASE_LAPSED: "lapse",
    Event.DEAL_COMPLETED: "completed",
    Event.DEAL_COLLAPSED: "collapsed",
    Event.DEAL_LAPSED: "lapsed",
    Event.DEAL_STANDING: "standing",
}
_MOVES = {*_TRUCE_MOVES, *_TALKS_MOVES, *_EXCHANGE_MOVES, *_PHASE_MOVES, Event.LINE_REACHED, Event.PHASE_ENTERED}
