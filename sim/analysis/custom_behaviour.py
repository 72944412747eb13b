"""A user's own behaviour: a small Python class that watches a history and changes the odds as it goes.

It runs on the reference engine, before each event. It reads what has happened and may change any number of the
scenario's behaviour from then on; it cannot move people or break a rule of the deal.
"""

from __future__ import annotations

import difflib
import math
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import current_process, get_context
from typing import Any

import numpy as np

from sim.document.measured import list_name
from sim.document.scenario import ResolvedScenario
from sim.engine.reference import ReferenceEngine
from sim.engine.workers import Processes, most_processes, n_workers
from sim.errors import EngineError
from sim.outcomes.columns import columns, day_of, is_quantity, published
from sim.outcomes.trace import records
from sim.plan.codes import Truce
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.reading.posterior import table_of

CHUNK = 32
"""Replicates that a worker process runs before it hands them back."""


class Behaviour:
    """How somebody behaves, in Python. Override what you need; the rest does nothing.

    An object is copied to worker processes, so what it is made of must be picklable, and `begin` must set whatever it
    remembers of a history: replicates run in any order.
    """

    def begin(self, view: View) -> None:
        """Called at the start of each replicate.

        Parameters
        ----------
        view : View
            The history, before its first event.
        """

    def on_event(self, view: View, event: dict[str, Any]) -> None:
        """Called once for each event of the trace, in order, before the next one happens.

        Parameters
        ----------
        view : View
            The history after this event.
        event : dict
            As in the trace: `minute`, `day`, `event`, `obligation`, `party`, ….
        """


class View:
    """A history under way, as a behaviour sees it.

    Reading and assigning go by path below `behaviour`, for instance `view["mediators.settles"] = 0.5`; what is
    assigned holds from then on, in this replicate.

    Parameters
    ----------
    engine : ReferenceEngine
        The engine whose history it is.
    """

    def __init__(self, engine: ReferenceEngine):
        self.plan: Plan = engine.plan
        self._state = engine.states
        self._places = {path: place for place, path in enumerate(engine.plan.parameter_paths)}

    @property
    def scenario(self) -> ResolvedScenario:
        """The documents of this run."""
        return self.plan.scenario

    @property
    def minute(self) -> int:
        """Minutes since the deal's start, at the last event."""
        return int(self._state["now"][0])

    @property
    def day(self) -> int:
        """The deal's day, 1 for the first, at the last event."""
        return day_of(self.plan, self.minute)

    @property
    def truce(self) -> str:
        """'not_begun', 'holds', 'suspended' or 'ended'."""
        return Truce(int(self._state["truce"][0])).name.lower()

    def released(self, name: str) -> int:
        """People of a list released or returned so far.

        Parameters
        ----------
        name : str
            The list on which they stand, such as 'hostages'; of a stock that is on none, the stock.

        Returns
        -------
        int
            Number of people, living and deceased.
        """
        deal = self.scenario.deal
        places = [place for place, stock in enumerate(self.plan.groups) if list_name(deal, stock) == name]
        return int(self._state["released"][0, places].sum())

    def paths(self, prefix: str = "", suffix: str = "") -> list[str]:
        """Paths of the numbers that can be read and assigned.

        Parameters
        ----------
        prefix, suffix : str, optional
            How they begin and end.

        Returns
        -------
        list of str
            Below `behaviour`, in the order of the document.
        """
        return [path for path in self._places if path.startswith(prefix) and path.endswith(suffix)]

    def __getitem__(self, path: str) -> float:
        """The number at a path; times are in minutes.

        Raises
        ------
        EngineError
            If there is no such path.
        """
        return float(self._state["parameter"][0, self._place(path)])

    def __setitem__(self, path: str, value: float) -> None:
        """Set the number at a path from now on.

        Raises
        ------
        EngineError
            If there is no such path, or the number is negative or not finite.
        """
        if not (math.isfinite(value) and value >= 0.0):
            raise EngineError(f"{path}: must be a finite number of 0 or more, got {value}")
        self._state["parameter"][0, self._place(path)] = value

    def _place(self, path: str) -> int:
        if path not in self._places:
            near = difflib.get_close_matches(path, self._places, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise EngineError(f"no number of the behaviour at {path!r}{hint}")
        return self._places[path]


class _Hook:
    """What the reference engine calls before each event: it tells a behaviour what is new."""

    def __init__(self, behaviour: Behaviour):
        self.behaviour = behaviour
        self._view: View | None = None
        self._address: tuple[int, int] | None = None
        self._n_told = 0

    def __call__(self, engine: ReferenceEngine, _clock: int) -> None:
        state = engine.states
        address = int(state["seed"][0]), int(state["replicate"][0])
        is_over = int(state["n_events"][0]) < self._n_told
        if self._view is None or is_over or address != self._address:
            self._view, self._address, self._n_told = View(engine), address, 0
            self.behaviour.begin(self._view)
        for event in self._new_events(engine):
            self.behaviour.on_event(self._view, event)

    def _new_events(self, engine: ReferenceEngine) -> Iterator[dict[str, Any]]:
        n_events = int(engine.states["n_events"][0])
        if n_events > self._n_told:
            new = engine.states["events"][0][self._n_told : n_events]
            first, self._n_told = self._n_told, n_events
            yield from records(engine.plan, new, first)


def with_behaviour(plan: Plan, behaviour: Behaviour | None) -> ReferenceEngine:
    """A reference engine on which this behaviour acts.

    Parameters
    ----------
    plan : Plan
    behaviour : Behaviour, optional
        Without one the engine runs the scenario as it is.
    """
    return ReferenceEngine(plan, None if behaviour is None else _Hook(behaviour))


@dataclass(frozen=True)
class _Chunk:
    """Replicates for one worker."""

    scenario: str
    table: bytes | None
    behaviour: Behaviour | None
    seed: int
    first: int
    count: int


def _run_chunk(chunk: _Chunk) -> np.ndarray[Any, Any]:
    from sim.reading.posterior import keep
    from sim.reading.store import from_resolved

    if chunk.table is not None:
        keep(chunk.table)
    engine = with_behaviour(compile_plan(from_resolved(chunk.scenario)), chunk.behaviour)
    rows = [engine.run(chunk.seed, chunk.first + i).outcomes for i in range(chunk.count)]
    return np.array(rows)


def _run_elsewhere(chunks: Sequence[_Chunk], behaviour: type, workers: int) -> list[np.ndarray]:
    """The rows of chunks from processes; a behaviour that the program's own file defines has that file run again."""
    if getattr(current_process(), "_inheriting", False):  # the file is run again, and is not to begin once more
        sys.exit(1)
    if behaviour.__module__ != "__main__":
        with Processes(workers) as executor:
            return list(executor.map(_run_chunk, chunks))
    try:
        with ProcessPoolExecutor(min(workers, most_processes()), get_context("spawn")) as executor:
            return list(executor.map(_run_chunk, chunks))
    except BrokenExecutor:
        raise EngineError(
            f"workers were lost: the file that defines {behaviour.__name__} is run again in each of them; put what it "
            "does under 'if __name__ == \"__main__\":', or ask for workers=1"
        ) from None


def run_replicates(
    scenario: ResolvedScenario,
    behaviour: Behaviour | None = None,
    *,
    n: int,
    seed: int = 0,
    workers: int | None = None,
) -> dict[str, np.ndarray[Any, Any]]:
    """Outcomes of many replicates with a behaviour of your own, in parallel processes.

    Parameters
    ----------
    scenario : ResolvedScenario
        As `sim.resolve` gives it.
    behaviour : Behaviour, optional
        Its class must be importable by worker processes (not defined in an interactive session), unless `workers` is 1.
    n : int
        Replicates 0 to n - 1.
    seed : int, optional
        In [0, 2**64). Replicate i has the same draws with any behaviour, so differences are paired.
    workers : int, optional
        Processes; by default one for each core. The result is the same with any number.

    Returns
    -------
    dict of str to ndarray of float64, shape (n,)
        Outcomes in published units, by name; codes of ends and causes are left out.

    Raises
    ------
    EngineError
        If n is below 1, or the behaviour asks for what there is not.
    """
    if n < 1:
        raise EngineError(f"n: must be 1 or more, got {n}")
    text = scenario.model_dump_json(by_alias=True)
    workers = workers or n_workers()
    size = n if workers == 1 else CHUNK
    table = None if scenario.posterior is None else table_of(scenario.posterior).content
    chunks = [_Chunk(text, table, behaviour, seed, first, min(size, n - first)) for first in range(0, n, size)]
    if workers == 1:
        rows = _run_chunk(chunks[0])
    else:
        rows = np.concatenate(_run_elsewhere(chunks, type(behaviour), min(workers, len(chunks))))
    names = columns(compile_plan(scenario))
    return {name: published(name, rows[:, place]) for place, name in enumerate(names) if is_quantity(name)}
