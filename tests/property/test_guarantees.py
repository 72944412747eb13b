"""What must hold at every step, on generated deals and on every shipped scenario; and each check shown to fail."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from sim.document.scenario import ResolvedScenario
from sim.engine.reference import ReferenceEngine
from sim.errors import EngineError
from sim.guarantees import Fixed
from sim.plan.codes import Act, End, Exchange, PhaseState, Status, Talks, Truce
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.reading.checks import check_deal
from sim.reading.checks_behaviour import check_behaviour
from sim.reading.resolve import resolve
from sim.reading.store import from_resolved
from sim.testing.strategies import scenarios as resolved_scenarios
from tests import broken
from tests.amounts import examples, in_proportion, shipped

N_GENERATED = 240
GENERATED = st.one_of(resolved_scenarios(), resolved_scenarios(exchanges=True))
N_REPLICATES = 2
REACHED = {
    "phase_state": (PhaseState, {PhaseState.WAITING}),
    "status": (Status, set()),
    "truce": (Truce, set()),
    "exchange": (Exchange, set()),
    "talks": (Talks, set()),
    "act": (Act, set()),
    "end": (End, set()),
}
"""Every word of these is reached by generated deals, but for the second set: the first phase waits only within the
call that begins a replicate, because nothing that it could wait for happens before it."""

SMALL = """
scenario: small
question: Does each check catch its fault?
horizon: 20 d
deal:
  deal: small
  title: Two batches, two withdrawals, and prisoners in return
  starts: 2025-01-19T08:00+02:00
  parties: {a: A, b: B}
  groups:
    hostages: {side: hostages, held_by: a, count: 4, assumption: Small.}
    prisoners: {side: prisoners, held_by: b, count: 20, assumption: Small.}
  lines: [start, river, border]
  phases: {one: {lasts: 10 d, assumption: Small.}}
  obligations:
    first: {kind: release, by: a, to: b, phase: one, due: day 2, amount: {hostages: 2}, assumption: Small.}
    river: {kind: withdrawal, by: b, to: a, phase: one, to_line: river, after: first, assumption: Small.}
    border: {kind: withdrawal, by: b, to: a, phase: one, to_line: border, due: day 5, after: river, assumption: Small.}
    second: {kind: release, by: a, to: b, phase: one, due: day 3, amount: {hostages: 1}, after: border,
      assumption: Small.}
    back: {kind: return, by: b, to: a, phase: one, due: same day, for_each: release, ratio: {hostages: {prisoners: 3}},
      assumption: Small.}
behaviour: {}
"""


def look(plan: Plan, seen: dict[str, set[int]]) -> ReferenceEngine:
    """An engine that keeps every state that the replicates of a plan pass through."""
    sizes = {
        "phase_state": len(plan.phases), "status": len(plan.obligations), "act": len(plan.obligations),
        "talks": len(plan.topics), "truce": None, "exchange": None, "end": None,
    }  # fmt: skip

    def keep(engine: ReferenceEngine, clock: int) -> None:
        states = engine.states
        for name, size in sizes.items():
            if size is None:
                seen[name].add(int(states[name][0]))
            else:
                seen[name].update(states[name][0][:size].tolist())

    return ReferenceEngine(plan, behaviour=keep)


def test_guarantees_hold_at_every_step_of_generated_deals_that_reach_every_state() -> None:
    seen: dict[str, set[int]] = defaultdict(set)
    n_deals = Counter[str]()

    @examples(N_GENERATED)
    @given(GENERATED)
    def guarantees_hold(resolved: ResolvedScenario) -> None:
        engine = look(compile_plan(resolved), seen)
        n_deals["deals"] += 1
        for replicate in range(N_REPLICATES):
            engine.run(1, replicate)
            assert engine.behaviour is not None
            engine.behaviour(engine, -1)
            event(End(int(engine.states["end"][0])).name)

    guarantees_hold()
    assert n_deals["deals"] >= in_proportion(N_GENERATED)
    for region, (states, never) in REACHED.items():
        missing = {state.name for state in states if state not in never and state not in seen[region]}
        assert not missing, f"{region}: generated deals never reach {sorted(missing)}"
        assert not seen[region] & never


@given(resolved_scenarios())
@examples(50)
def test_generated_deals_are_valid(resolved: ResolvedScenario) -> None:
    faults = [*check_deal(resolved.deal), *check_behaviour(resolved)]
    assert not [fault for fault in faults if fault.severity == "error"]


@pytest.mark.parametrize("name", shipped())
def test_guarantees_hold_at_every_step_of_shipped_scenarios(name: str) -> None:
    engine = ReferenceEngine(compile_plan(resolve(name)))
    ends = {int(engine.run(2, replicate).outcomes[16]) for replicate in range(20)}
    assert End.NONE not in ends


def run_small(breaks: broken.Break) -> Any:
    engine = ReferenceEngine(compile_plan(from_resolved(SMALL)))
    with broken.rules_that(breaks):
        return engine.run(1, 0)


def test_rules_that_are_right_keep_every_guarantee() -> None:
    outcomes = run_small(broken.nothing).outcomes
    assert outcomes[0] == 3
    assert outcomes[3] == 9


FAULTS = [
    (Fixed.PEOPLE_ARE_CONSERVED, broken.lose_somebody),
    (Fixed.PEOPLE_ARE_CONSERVED, broken.lose_remains),
    (Fixed.RELEASED_NEVER_FALLS, broken.take_somebody_back),
    (Fixed.NOBODY_IN_TRANSIT_AFTER_THE_END, broken.leave_somebody_on_the_way),
    (Fixed.NOTHING_HANDED_OVER_AFTER_THE_END, broken.hand_over_after_the_end),
    (Fixed.A_LINE_NEVER_GOES_BACK_WHILE_THE_TRUCE_HOLDS, broken.go_back),
    (Fixed.NOTHING_DUE_BEFORE_WHAT_IT_WAITS_FOR, broken.fall_due_at_once),
    (Fixed.NOTHING_DUE_BEFORE_WHAT_IT_WAITS_FOR, broken.set_date_at_once),
    (Fixed.NO_RETURN_EXCEEDS_ITS_RATIO, broken.return_one_more),
    (Fixed.NO_RETURN_EXCEEDS_ITS_RATIO, broken.hand_over_more_than_owed),
    (Fixed.EVERY_END_HAS_A_ROOT_CAUSE, broken.end_for_no_reason),
    (Fixed.EVERY_REPLICATE_ENDS, broken.never_schedule),
    (Fixed.EVERY_REPLICATE_ENDS, broken.go_on_beyond_the_horizon),
]


@pytest.mark.parametrize(("guarantee", "breaks"), FAULTS, ids=[breaks.__name__ for _, breaks in FAULTS])
def test_a_broken_engine_is_caught(guarantee: Fixed, breaks: broken.Break) -> None:
    with pytest.raises(EngineError, match=f"replicate 0: guarantee broken: {guarantee.name.lower()}$"):
        run_small(breaks)


def test_every_guarantee_has_an_engine_that_breaks_it() -> None:
    assert {guarantee for guarantee, _ in FAULTS} == set(Fixed) - {Fixed.KEPT}


def test_a_behaviour_that_cheats_is_caught() -> None:
    def free_somebody(engine: ReferenceEngine, clock: int) -> None:
        engine.states["held"][0, 1] = np.maximum(engine.states["held"][0, 1] - 1, 0)

    engine = ReferenceEngine(compile_plan(from_resolved(SMALL)), behaviour=free_somebody)
    with pytest.raises(EngineError, match="people_are_conserved"):
        engine.run(1, 0)
