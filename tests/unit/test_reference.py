import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim.engine.reference import ReferenceEngine
from sim.errors import EngineError
from sim.plan.codes import Clock, Event
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.plan.record import PLAN, STATE
from sim.reading.resolve import resolve
from tests.builders import history_of, noon, plan_of

RELEASE = """
deal:
  groups: {a: {side: hostages, held_by: south, count: 3}, p: {side: prisoners, held_by: north, count: 6}}
  obligations:
    one: {kind: release, by: south, due: day 2, amount: {a: 3}, transit: 1 h}
    ret: {kind: return, by: north, for_each: release, ratio: {a: {p: 2}}, due: same day}
    last: {kind: information, by: south, due: day 9}
behaviour:
  parties: {south: {default: {late: 0.5, refused: 0}}}
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_of(RELEASE)


@pytest.fixture(scope="module")
def baseline() -> Plan:
    return compile_plan(resolve("january-2025/baseline"))


def test_one_engine_tells_any_replicate_again(baseline):
    engine = ReferenceEngine(baseline)
    first = engine.run(1, 5)
    engine.run(1, 6)
    again = engine.run(1, 5)
    np.testing.assert_array_equal(first.trace, again.trace)
    np.testing.assert_array_equal(first.outcomes, again.outcomes)


def test_another_seed_or_replicate_is_another_history(baseline):
    engine = ReferenceEngine(baseline)
    traces = [engine.run(*address).trace.tolist() for address in [(1, 5), (2, 5), (1, 6)]]
    assert traces[0] != traces[1] != traces[2] != traces[0]


def test_every_event_of_a_trace_has_a_cause_that_came_before_it(baseline):
    engine = ReferenceEngine(baseline)
    for replicate in range(20):
        trace = engine.run(3, replicate).trace
        causes = trace[:, 4]
        assert (causes < np.arange(len(trace))).all()
        assert (np.diff(trace[:, 0]) >= 0).all()
        spontaneous = {Event(event) for event in trace[causes == -1, 1]}
        assert spontaneous <= {Event.DEAL_BEGAN, Event.INCIDENT_MINOR, Event.INCIDENT_MAJOR, Event.SHOCK_STRUCK}


def test_every_end_of_the_baseline_goes_back_to_a_root(baseline):
    ends = {history_of(baseline, seed=3, replicate=replicate).end.event for replicate in range(60)}
    assert len(ends) >= 2


def test_a_users_behaviour_is_asked_before_each_event_and_may_change_a_party(plan):
    slot = plan.parameter_paths.index("parties.south.default.refused")
    seen = []

    def refuse_after_day_5(engine: ReferenceEngine, clock: int) -> None:
        seen.append(clock)
        if int(engine.states["now"][0]) >= noon(2):
            engine.states["parameter"][0, slot] = 1.0

    engine = ReferenceEngine(plan, behaviour=refuse_after_day_5)
    events = engine.run(1, 0).trace[:, 1].tolist()
    assert seen
    assert Event.OBLIGATION_REFUSED in events
    assert Event.OBLIGATION_REFUSED not in ReferenceEngine(plan).run(1, 0).trace[:, 1]


def tamper(field: str, index: int, value: int):
    def behaviour(engine: ReferenceEngine, clock: int) -> None:
        if clock >= int(engine.plans["first_clock"][0, Clock.DEBTOR]):
            engine.states[field][0, index] = value

    return behaviour


@pytest.mark.parametrize(
    ("field", "value", "guarantee"),
    [
        ("held", 7, "people_are_conserved"),
        ("entry_delivered", 9, "no_return_exceeds_its_ratio"),
    ],
)
def test_a_broken_guarantee_stops_the_replicate_and_names_it(plan, field, value, guarantee):
    engine = ReferenceEngine(plan, behaviour=tamper(field, 0, value))
    with pytest.raises(EngineError, match=rf"seed 1, replicate 0: guarantee broken: {guarantee}"):
        engine.run(1, 0)


def test_a_rule_that_moves_the_machine_illegally_is_caught(plan):
    def begin_the_truce_again(engine: ReferenceEngine, clock: int) -> None:
        engine.states["truce"] = 0
        engine.states["scheduled"][0, int(engine.plans["first_clock"][0, Clock.TRUCE])] = engine.states["now"][0] + 1

    engine = ReferenceEngine(plan, behaviour=begin_the_truce_again)
    with pytest.raises(EngineError, match="illegal move 'begin' of truce from 'holds'"):
        engine.run(1, 0)


@pytest.mark.parametrize("record", [PLAN, STATE])
def test_no_field_hides_behind_a_method_of_a_record_where_rules_run_as_plain_python(record):
    assert [name for name in record.names if hasattr(np.void, name)] == []


class RefusedError(Exception):
    def __init__(self, place: str) -> None:
        super().__init__(f"at {place}: refused")


def refuse() -> None:
    raise RefusedError("line 3")


def refuse_while_reading() -> None:
    try:
        json.loads("{")
    except ValueError:
        refuse()


@pytest.mark.parametrize(
    "happen", [lambda: json.loads("{"), lambda: Path("/no/such/file").read_text(), refuse, refuse_while_reading]
)
def test_what_a_users_behaviour_raises_comes_out_as_it_was_raised(plan: Plan, happen: Callable[[], object]):
    raised: list[Exception] = []

    def behaviour(engine: ReferenceEngine, clock: int) -> None:
        try:
            happen()
        except Exception as error:
            error.add_note("on the first day")
            raised.append(error)
            raise

    context = comes_out(happen).__context__
    out = comes_out(lambda: ReferenceEngine(plan, behaviour=behaviour).run(1, 1))
    assert out is raised[0]
    assert out.__notes__ == ["on the first day"]
    assert out.__cause__ is None
    assert type(out.__context__) is type(context)


def test_an_engine_that_raised_tells_the_next_history(plan: Plan):
    told = ReferenceEngine(plan).run(1, 2)
    engine = ReferenceEngine(plan, behaviour=lambda *_: refuse())
    with pytest.raises(RefusedError, match=r"^at line 3: refused$"):
        engine.run(1, 1)
    engine.behaviour = None
    np.testing.assert_array_equal(engine.run(1, 2).trace, told.trace)


def comes_out(happen: Callable[[], object]) -> Exception:
    with pytest.raises(Exception) as out:  # noqa: PT011 - whatever it is
        happen()
    return out.value
