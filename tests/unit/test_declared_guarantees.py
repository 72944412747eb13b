"""Each pattern on traces written by hand, and what a full trace or too many guarantees come to."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.batch import simulate_block
from sim.engine.reference import ReferenceEngine
from sim.errors import EngineError, PlanError
from sim.guarantees import begin_following_trace, follow_trace
from sim.native.entry import for_rules
from sim.outcomes.columns import VIOLATED, columns, violations
from sim.plan.codes import Custody, End, Event, Status, Talks, Truce
from sim.plan.limits import MAX_EVENTS, MAX_GUARANTEES
from sim.plan.plan import Plan
from sim.plan.record import STATE
from tests.builders import noon, plan_of, tiny

DEAL = """
deal:
  groups:
    people: {{side: hostages, held_by: north, count: 5}}
    others: {{side: prisoners, held_by: south, count: 9}}
  lines: [here, river, border]
  obligations:
    names: {{kind: information, by: north, to: south, due: day 1}}
    batch: {{kind: release, by: north, to: south, due: day 2, amount: {{people: 4}}}}
    back: {{kind: return, by: south, to: north, due: day 3, amount: {{others: 6}}}}
    leave: {{kind: withdrawal, by: south, to: north, to_line: border, due: day 5}}
    meet: {{kind: talks, by: north, to: south, topic: next, starts_by: day 4}}
guarantees: {{g: {guarantee}}}
"""
NAMES, BATCH, BACK, LEAVE, MEET = range(5)
PEOPLE, OTHERS = range(2)
END = (100, Event.DEAL_STANDING, 0, -1, 0, 0, 0)
BEGIN = (0, Event.DEAL_BEGAN, 0, -1, -1, 0, 0)


def moved(minute: int, group: int, count: int, to: Custody, obligation: int = BATCH) -> tuple[int, ...]:
    return minute, Event.PEOPLE_MOVED, group, obligation, 0, count, to


def first_violation(guarantee: str, *rows: tuple[int, ...]) -> int | None:
    """The first minute at which a guarantee is violated when exactly this happens, and the deal ends at minute 100."""
    plan = plan_of(DEAL.format(guarantee=guarantee))
    records = np.zeros(1, STATE)
    trace = [BEGIN, *rows, END]
    records["events"][0, : len(trace)] = trace
    records["to_follow"][0, : len(trace)] = np.arange(len(trace))
    plans, states = for_rules(plan.record), for_rules(records)
    begin_following_trace(plans, states)
    for n_events in range(1, len(trace) + 1):  # a step for each event, as on the reference engine
        records["n_events"] = records["n_to_follow"] = n_events
        records["now"] = trace[n_events - 1][0]
        if n_events == len(trace):
            records["end"], records["end_minute"] = End.STANDING, 100
        follow_trace(plans, states)
    found = int(records["violated"][0, 0])
    # the engines follow only what may bear on a fact
    told = [i for i, row in enumerate(trace) if int(plan.record["followed_events"][0]) >> row[1] & 1]
    records["to_follow"][0, : len(told)], records["n_to_follow"] = told, len(told)
    begin_following_trace(plans, states)
    follow_trace(plans, states)
    assert found == records["violated"][0, 0], "another verdict at the end than step by step"
    return None if found == -1 else found


TRUCE = (5, Event.TRUCE_BEGAN, 0, 0, 0, Truce.NOT_BEGUN, Truce.HOLDS)
SUSPENDED = (30, Event.TRUCE_SUSPENDED, 0, 0, 0, Truce.HOLDS, Truce.SUSPENDED)
RESTORED = (60, Event.TRUCE_RESTORED, 0, 0, 0, Truce.SUSPENDED, Truce.HOLDS)
OUT = [moved(20, PEOPLE, 4, Custody.IN_TRANSIT), moved(40, PEOPLE, 4, Custody.RELEASED)]
BACK_OUT = [moved(40, OTHERS, 6, Custody.IN_TRANSIT, BACK), moved(40, OTHERS, 6, Custody.RELEASED, BACK)]
LATE = (30, Event.OBLIGATION_LATE, NAMES, 0, 0, Status.DUE, Status.LATE)
MET = (50, Event.OBLIGATION_MET_LATE, NAMES, 0, 0, Status.LATE, Status.MET_LATE)
ENTERED = (0, Event.PHASE_ENTERED, 0, -1, 0, 0, 2)
OPENED = (10, Event.TALKS_OPENED, 0, -1, 0, 0, Talks.UNDER_WAY)
AGREED = (70, Event.TALKS_AGREED, 0, -1, 0, Talks.UNDER_WAY, Talks.AGREED)
LINE = (45, Event.LINE_REACHED, 2, 1, 0, 0, 2)

CASES = {
    "never, and it never holds": ("{never: truce.suspended}", [TRUCE], None),
    "never, and it does": ("{never: truce.suspended}", [TRUCE, SUSPENDED, RESTORED], 30),
    "never, both at once": ("{never: [truce.suspended, {in_transit: 1}]}", [TRUCE, *OUT[:1], SUSPENDED], 30),
    "never, one after the other": ("{never: [truce.suspended, {in_transit: 5}]}", [TRUCE, *OUT[:1], SUSPENDED], None),
    "never, one of two": ("{never: {any: [truce.ended, obligation.names.late]}}", [LATE, MET], 30),
    "never holds at the end either": ("{never: end.standing}", [], 100),
    "another end": ("{never: end.collapsed}", [], None),
    "always, and it does": ("{always: {held: 5}}", [], None),
    "always, until somebody leaves": ("{always: {held: 5}}", OUT, 20),
    "always, from the first minute": ("{always: truce.holds}", [TRUCE], 0),
    "always, by group": ("{always: {held: {people: 1, others: 4}}}", [*OUT, *BACK_OUT], 40),
    "precedes, in order": ("{precedes: [names, {released: 1}]}", [*OUT[:1], OUT[1], MET], 40),
    "precedes, in the same minute": ("{precedes: [batch, {released: 6, side: prisoners}]}", [*BACK_OUT, OUT[1]], None),
    "precedes, the wrong way round": ("{precedes: [talks.next.agreed, line.border]}", [OPENED, LINE, AGREED], 45),
    "precedes, only the second": ("{precedes: [talks.next.agreed, talks.next]}", [OPENED], 10),
    "precedes, neither": ("{precedes: [talks.next.agreed, line.border]}", [], None),
    "precedes, part of an obligation": ("{precedes: [{obligation: batch, share: 0.5}, names]}", [*OUT, MET], None),
    "responds, in time": ("{responds: {to: truce.suspended, with: truce.holds, within: 30 min}}",
                          [TRUCE, SUSPENDED, RESTORED], None),
    "responds, a minute late": ("{responds: {to: truce.suspended, with: truce.holds, within: 29 min}}",
                                [TRUCE, SUSPENDED, RESTORED], 59),
    "responds, the deal ends first": ("{responds: {to: truce.suspended, with: truce.holds, within: 70 min}}",
                                      [TRUCE, SUSPENDED], None),
    "responds, never, and time is up": ("{responds: {to: truce.suspended, with: truce.holds, within: 69 min}}",
                                        [TRUCE, SUSPENDED], 99),
    "responds, already so": ("{responds: {to: line.border, with: truce.holds, within: 0 min}}", [TRUCE, LINE], None),
    "responds, nobody asks": ("{responds: {to: line.border, with: truce.holds, within: 0 min}}", [TRUCE], None),
    "in force until the end": ("{never: [phase.one.in_force, end.standing]}", [ENTERED], None),
    "entered for good": ("{never: [phase.one.entered, end.standing]}", [ENTERED], 100),
}  # fmt: skip


@pytest.mark.parametrize(("guarantee", "rows", "expected"), CASES.values(), ids=CASES)
def test_a_pattern_on_a_trace_written_by_hand(guarantee, rows, expected):
    assert first_violation(guarantee, *sorted(rows, key=lambda row: row[0])) == expected


def test_what_happens_before_the_first_day_counts_as_its_first_minute():
    assert first_violation("{never: obligation.names.late}", (-60, *LATE[1:])) == 0


PLANTED = """
deal:
  groups:
    people: {side: hostages, held_by: north, count: 2}
    others: {side: prisoners, held_by: south, count: 3}
  obligations:
    batch: {kind: release, by: north, to: south, due: day 5, amount: {people: 2}}
    back: {kind: return, by: south, to: north, due: day 4, amount: {others: 3}}
guarantees:
  hostages_first: {precedes: [{released: 1}, {released: 1, side: prisoners}]}
  prisoners_first: {precedes: [{released: 1, side: prisoners}, {released: 1}]}
"""


def test_a_planted_violation_is_found_at_its_minute_by_both_engines():
    plan = plan_of(PLANTED)
    expected = {"hostages_first": noon(4), "prisoners_first": None}
    assert violations(plan, ReferenceEngine(plan).run(1, 0).outcomes) == expected
    assert violations(plan, simulate_block(plan, 1, 0, 1).outcomes[0]) == expected


def test_guarantees_change_no_other_outcome():
    with_guarantees, without = plan_of(PLANTED), plan_of(PLANTED.partition("guarantees:")[0])
    rows = simulate_block(with_guarantees, 1, 0, 50).outcomes
    shared = [place for place, name in enumerate(columns(with_guarantees)) if not name.startswith(VIOLATED)]
    assert tuple(columns(with_guarantees)[place] for place in shared) == columns(without)
    assert np.array_equal(rows[:, shared], simulate_block(without, 1, 0, 50).outcomes)


STORM = """
deal:
  phases: {one: {lasts: 90 d}}
  obligations: {last: {kind: information, by: north, to: south, due: day 80}}
guarantees: {calm: {always: truce.holds}}
behaviour: {incidents: {crowd: {by: north, per_day: 1400}}}
"""


def test_a_trace_that_is_full_is_refused_and_not_judged(monkeypatch):
    monkeypatch.setattr("sim.reading.checks_behaviour.check_bounds", lambda _: iter(()))  # which would not let it start
    plan: Plan = plan_of(STORM)
    with pytest.raises(EngineError, match=f"more than {MAX_EVENTS} events"):
        simulate_block(plan, 1, 0, 1)


@pytest.mark.parametrize(
    ("guarantees", "message"),
    [
        (
            {f"g{i}": {"never": "truce.ended"} for i in range(MAX_GUARANTEES + 1)},
            "61 guarantees and milestones; .* at most 60",
        ),
        ({"g": {"never": [{"any": [{"held": dict.fromkeys("abcdef", i)} for i in range(5)]}]}}, "claims, at most 3000"),
    ],
    ids=["guarantees", "claims"],
)
def test_more_than_the_engine_takes_is_refused_with_the_limit(guarantees, message):
    groups = {key: {"of": "people", "list": "hostages", "held_by": "north", "count": 9} for key in "abcdef"}
    resolved = tiny("deal: {obligations: {last: {kind: information, by: north, to: south, due: day 1}}}")
    data = resolved.model_dump(mode="json", by_alias=True, exclude_none=True)
    data["deal"] |= {"stocks": groups, "guarantees": guarantees}
    from sim.document.scenario import ResolvedScenario
    from sim.plan.compile import compile_plan

    with pytest.raises(PlanError, match=message):
        compile_plan(ResolvedScenario.model_validate(data))
