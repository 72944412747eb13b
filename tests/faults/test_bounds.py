"""No replicate runs on for ever: what could is refused before it starts, and what slips through is stopped."""

import numpy as np
import pytest
from hypothesis import given

from sim.engine.batch import PLAINLY, simulate_block
from sim.engine.kernel import run_block
from sim.engine.reference import ReferenceEngine
from sim.errors import EngineError, PlanError
from sim.outcomes.by_day import ByDay
from sim.outcomes.columns import columns
from sim.plan.compile import compile_plan
from sim.plan.limits import MAX_EVENTS
from sim.plan.record import STATE
from sim.reading.bounds import MOST_EVENTS, most_events
from sim.reading.problem import DocumentError
from sim.reading.resolve import resolve
from sim.testing.strategies import scenarios as resolved_scenarios
from tests.amounts import examples
from tests.builders import tiny

REFUSALS = """
deal:
  obligations:
    pause: {kind: truce, by: south, due: day 1}
    lists: {kind: information, by: north, due: day 2, after: pause}
behaviour:
  parties: {north: {default: {refused: 1}}}
"""
REMAINS = """
deal:
  groups: {remains: {side: hostages, held_by: north, count: 3, condition: deceased}}
  obligations:
    pause: {kind: truce, by: south, due: day 1}
    handover: {kind: release, by: north, due: day 2, amount: {remains: 3}}
behaviour:
  search: {remains: {time: 0 min, misidentified: 1}}
"""
TALKS = """
deal:
  obligations:
    pause: {kind: truce, by: south, due: day 1}
    next: {kind: talks, by: north, due: day 2, topic: next}
behaviour:
  talks: {next: {agrees_per_day: 0, breaks_off_per_day: 100000, resumes: 1 min}}
"""
RUNAWAY = {
    "mediators that may try once a minute": (
        REFUSALS + "  mediators: {settles: 0, attempt: 0 min}",
        r"too-many-events behaviour\.mediators\.attempt: about 144,000 attempts of the mediators within 100 d",
    ),
    "a chance to settle that may be nil": (
        REFUSALS + "  mediators: {settles: 0.5, attempt: 0 min}\nuncertain: {mediators.settles: {uniform: [0, 1]}}",
        r"too-many-events behaviour\.mediators\.attempt",
    ),
    "incidents without number": (
        REFUSALS + "  incidents: {raids: {by: north, per_day: 1e9}}",
        r"too-many-events behaviour\.incidents\.raids: about 432,000 incidents and answers",
    ),
    "incidents that cause more than one each": (
        REFUSALS
        + "  incidents: {raids: {by: north, per_day: 1}}\n"
        + "uncertain: {incidents.raids.branching: {uniform: [0, 1.5]}}",
        r"out-of-range uncertain\.incidents\.raids\.branching: follow-ups of one incident reach 1\.5",
    ),
    "a shock after which incidents cause more than one each": (
        REFUSALS
        + "  incidents: {raids: {by: north, per_day: 1}}\n"
        + "  shocks: {turn: {at: day 3, effect: shifts, path: incidents.raids.branching, to: 2}}",
        r"out-of-range behaviour\.shocks\.turn\.to: follow-ups of one incident reach 2",
    ),
    "a rate below nothing": (
        REFUSALS
        + "  incidents: {raids: {by: north, per_day: 1}}\n"
        + "uncertain: {incidents.raids.per_day: {uniform: [-1, 1]}}",
        r"out-of-range uncertain\.incidents\.raids\.per_day: no chance, rate or time lies below 0",
    ),
    "talks broken off as soon as they open": (TALKS, r"too-many-events behaviour\.talks\.next"),
    "remains that are never anybody's": (REMAINS, r"too-many-events behaviour\.search\.remains"),
    "more people than curves can hold": (
        "deal: {groups: {many: {side: prisoners, held_by: south, count: 1000000}},"
        " obligations: {pause: {kind: truce, by: south}}}",
        r"too-many-people deal\.stocks: 1000000 people and 1 obligations on 102 days make 102000102 numbers"
        r".*MOST_CURVE_CELLS",
    ),
}


@pytest.mark.parametrize("name", RUNAWAY)
def test_a_scenario_that_could_run_away_is_refused_with_its_reason(name):
    text, reason = RUNAWAY[name]
    with pytest.raises(DocumentError, match=reason):
        tiny(text)


def test_the_refusal_names_the_limit_and_how_to_raise_it():
    with pytest.raises(DocumentError, match=rf"at most {MAX_EVENTS} events \(MAX_EVENTS in sim/plan/limits\.py\)"):
        tiny(RUNAWAY["mediators that may try once a minute"][0])
    assert MOST_EVENTS == MAX_EVENTS


@pytest.mark.parametrize("name", ["talks broken off as soon as they open", "remains that are never anybody's"])
def test_what_slips_through_is_stopped_by_both_engines(name, monkeypatch):
    monkeypatch.setattr("sim.reading.checks_behaviour.check_bounds", lambda _: ())
    plan = compile_plan(tiny(RUNAWAY[name][0]))
    said = r"replicate 0.*: more than 65536 events \(MAX_EVENTS in sim/plan/limits\.py\); the scenario runs away"
    with pytest.raises(EngineError, match=said):
        simulate_block(plan, 1, 0, 1)
    if name.startswith("remains"):
        with pytest.raises(EngineError, match=said):
            ReferenceEngine(plan).run(1, 0)


def events_in(plan, n):
    """Events of the first replicates."""
    curves, states, counts = ByDay.of(plan), np.zeros(1, STATE), []
    for replicate in range(n):
        rows = np.zeros((1, len(columns(plan))), np.int64)
        layout = curves.layout(curves.empty())
        assert run_block(plan.record, states, np.uint64(3), replicate, rows, *PLAINLY, *layout) == -1
        counts.append(int(states["n_events"][0]))
    return counts


@pytest.mark.parametrize("name", ["january-2025/baseline", "november-2023/baseline", "october-2025/remains-found-fast"])
def test_no_replicate_of_a_deal_exceeds_the_bound_of_its_documents(name):
    scenario = resolve(name)
    assert max(events_in(compile_plan(scenario), 300)) <= most_events(scenario) <= MOST_EVENTS


@pytest.mark.slow
@examples(40)
@given(resolved_scenarios())
def test_no_replicate_of_any_scenario_exceeds_the_bound_of_its_documents(scenario):
    assert max(events_in(compile_plan(scenario), 5)) <= most_events(scenario)


def test_a_gate_that_unfolds_into_too_much_is_refused_at_once():
    groups = ", ".join(f"g{i}: {{side: prisoners, held_by: south, count: 1}}" for i in range(40))
    each = "{released: {" + ", ".join(f"g{i}: 1" for i in range(40)) + "}}"
    scenario = tiny(f"""
        deal:
          groups: {{{groups}}}
          obligations:
            pause: {{kind: truce, by: south, due: day 1}}
            all: {{kind: release, by: south, due: day 2, amount: {{{", ".join(f"g{i}: 1" for i in range(40))}}}}}
            last: {{kind: information, by: north, after: [{{any: [{", ".join([each] * 6)}]}}]}}
    """)
    with pytest.raises(PlanError, match=r"conditions in gates: \d+, at most 6000 \(MAX_CONDITIONS in sim/plan/limits"):
        compile_plan(scenario)
