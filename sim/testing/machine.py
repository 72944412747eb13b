"""A state machine of Hypothesis that walks a deal's phases with arbitrary decisions."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sim.document.scenario import ResolvedScenario
from sim.errors import EngineError
from sim.plan.codes import Custody, Event, PhaseState
from sim.testing.in_step import out_of_step
from sim.testing.walk import Walked, Walker

_MOVED = (Event.PEOPLE_MOVED, Event.REMAINS_MOVED)
_PHASE_EVENTS = {
    Event.PHASE_ENTERED: (PhaseState.AHEAD, PhaseState.WAITING),
    Event.PHASE_CONTINUED: (PhaseState.IN_FORCE,),
    Event.PHASE_LAPSED: (PhaseState.IN_FORCE, PhaseState.CONTINUED),
    Event.PHASE_ENDED: (PhaseState.IN_FORCE, PhaseState.CONTINUED, PhaseState.LAPSED),
}
"""What a phase may come from when each of these happens to it."""


class DealWalk(RuleBasedStateMachine):
    """Walks a deal: everybody complies, then each step lets somebody depart from compliance once more.

    Each step tells the whole history again on the reference engine, which looks at every fixed guarantee and moves the
    phase machine at every event. Subclass it with a scenario, and let pytest find its `TestCase`::

        class MyWalk(DealWalk):
            scenario = sim.resolve("my-scenario.yaml")
            keeps = ("names_before_people",)

        TestMyWalk = MyWalk.TestCase

    A failing walk shrinks to the fewest deviations, and prints them as the `scripted:` of a scenario.

    Attributes
    ----------
    scenario : ResolvedScenario, str or Path
        What to walk: a scenario, its name in the catalogue or its file.
    keeps : sequence of str
        Declared guarantees that no walk may violate.
    """

    scenario: ClassVar[ResolvedScenario | str | Path]
    keeps: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        super().__init__()
        self.walker = _walker_of(type(self))
        self.walked: Walked | None = None

    @initialize()
    def comply(self) -> None:
        """Everybody does what is owed, when it is owed."""
        self._follow(())

    @precondition(lambda self: self.walked is not None and self.walked.open)
    @rule(data=st.data())
    def depart(self, data: Any) -> None:
        """Somebody departs from compliance, later than in the deviations before.

        Parameters
        ----------
        data : DataObject
            Where Hypothesis decides who departs, and how.
        """
        assert self.walked is not None
        choice = data.draw(st.sampled_from(self.walked.open))
        note(f"departs: {self.walker.words(choice)}")
        self._follow((*self.walked.script, choice))

    @precondition(lambda self: self.walked is not None and not self.walked.open)
    @rule()
    def begin_again(self) -> None:
        """Nothing is left to decide: back to full compliance."""
        self._follow(())

    def _follow(self, script: tuple[int, ...]) -> None:
        try:
            self.walked = self.walker.walk(script)
        except EngineError as error:
            error.add_note("after " + (", ".join(map(self.walker.words, script)) or "full compliance"))
            raise

    @invariant()
    def people_are_conserved(self) -> None:
        """Nobody appears or disappears: counted from what was told, not from what the engine holds."""
        if self.walked is None:
            return
        deal = self.walker.scenario.deal
        groups = self.walker.plan.groups
        people = np.zeros((len(groups), len(Custody)), np.int64)
        people[:, Custody.HELD] = [deal.stocks[name].count for name in groups]
        for _, event, group, _, _, count, custody in self.walked.trace.tolist():
            if event not in _MOVED:
                continue
            source = Custody.HELD if custody == Custody.IN_TRANSIT else Custody.IN_TRANSIT
            people[group, source] -= count
            people[group, custody] += count
            assert (people >= 0).all(), f"{groups[group]}: more people moved than were there"
        assert not people[:, Custody.IN_TRANSIT].any(), "people left on their way"
        told = [int(self.walker.states["released"][0, place]) for place in range(len(people))]
        assert people[:, Custody.RELEASED].tolist() == told, "released, but nobody saw them go"

    @invariant()
    def legs_are_in_step(self) -> None:
        """No leg of an exchange is ahead of another by more than its lead."""
        if self.walked is None:
            return
        found = [
            f"{ahead} is ahead of {behind} by {by:.3f} of what it owes"
            for ahead, behind, by in out_of_step(self.walker.plan, self.walked.trace)
        ]
        assert not found, "; ".join(found)

    @invariant()
    def phases_come_in_order(self) -> None:
        """One phase after the other, each from a state that it may come from; nothing after the end."""
        if self.walked is None:
            return
        names, phases = self.walker.plan.phases, self.walker.scenario.deal.phases
        state: dict[int, PhaseState] = {}
        for _, event, phase, _, _, _, after in self.walked.trace.tolist():
            if event not in _PHASE_EVENTS:
                continue
            before = state.get(phase, PhaseState.AHEAD)
            assert before in _PHASE_EVENTS[Event(event)], f"{names[phase]}: {Event(event).name} after {before.name}"
            if event == Event.PHASE_ENTERED and state:
                earlier = [names[other] for other, stands in state.items() if stands == PhaseState.PAST]
                assert any(phases[name].then == names[phase] for name in earlier), f"{names[phase]} came from nowhere"
            state[phase] = PhaseState(after)

    @invariant()
    def declared_guarantees_are_kept(self) -> None:
        """What `keeps` names is not violated."""
        if self.walked is None:
            return
        broken = {name: minute for name, minute in self.walker.violated(self.walked).items() if name in self.keeps}
        if broken:
            note(self.walker.as_yaml(self.walked))
        assert not broken, f"violated, with the minute: {broken}"


@lru_cache(maxsize=8)
def _walker_of(walk: type[DealWalk]) -> Walker:
    """One walker for all examples of a class: its documents are read and its plan is compiled once."""
    from sim.api import resolve

    return Walker(resolve(walk.scenario), engine="reference")
