"""What has to be so of every generated exchange, in both engines: legs in step, and nobody late who stood ready."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed

from sim.document.scenario import ResolvedScenario
from sim.engine.reference import ReferenceEngine
from sim.plan.codes import FIELD_EVENT, Event
from sim.plan.compile import compile_plan
from sim.testing import scenarios
from sim.testing.in_step import out_of_step
from tests.amounts import examples
from tests.builders import history_of
from tests.equivalence.test_engines import batch_history
from tests.told.in_step import ONE_FOR_ONE, ROUNDS

N, REPLICATES = 40, 3


def test_legs_are_in_step_in_every_minute_of_generated_deals_on_both_engines():
    seen: Counter[Event] = Counter()

    @seed(5)
    @examples(N, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(scenarios(exchanges=True))
    def told(scenario: ResolvedScenario) -> None:
        plan = compile_plan(scenario)
        engine = ReferenceEngine(plan)
        for replicate in range(REPLICATES):
            run = engine.run(5, replicate)
            outcomes, trace = batch_history(plan, 5, replicate)
            assert np.array_equal(run.trace, trace)
            assert np.array_equal(run.outcomes, outcomes)
            assert not list(out_of_step(plan, run.trace))
            seen.update(map(Event, run.trace[:, FIELD_EVENT].tolist()))

    told()
    assert seen[Event.OBLIGATION_HELD_BACK] > 0


def test_an_onlooker_sees_who_goes_ahead():
    history = history_of(ROUNDS)
    assert not list(out_of_step(history.plan, history.run.trace))
    history = history_of(ONE_FOR_ONE + "behaviour: {parties: {north: {capacity: {release: 390}}}}")
    assert not list(out_of_step(history.plan, history.run.trace))
    trace = history.run.trace
    moves = np.flatnonzero((trace[:, FIELD_EVENT] == Event.PEOPLE_MOVED) & (trace[:, 6] == 1))
    assert list(out_of_step(history.plan, np.delete(trace, moves[1], axis=0))), "one side's move is left out"
