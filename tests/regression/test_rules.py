"""Faults of the rules that were found once and must not come back; the engines' equality is tested elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from sim.document.scenario import ResolvedScenario
from sim.engine.reference import ReferenceEngine
from sim.outcomes.columns import columns
from sim.plan.codes import End, Event, Status
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.reading.checks_behaviour import check_behaviour
from tests.builders import history_of

DAY = 1440


def scenario(
    obligations: dict[str, Any], behaviour: dict[str, Any] | None = None, phases: dict[str, Any] | None = None
) -> ResolvedScenario:
    """Three hostages and thirty prisoners, with these obligations; the debtor of releases is a, of all else b."""
    phases = phases or {"one": {"lasts": "20 d"}}
    owed = {}
    for key, terms in obligations.items():
        by = terms.get("by", "a" if terms["kind"] == "release" else "b")
        owed[key] = {"by": by, "to": "b" if by == "a" else "a", "phase": next(iter(phases)), **terms}
    deal = {
        "deal": "small",
        "title": "Small",
        "starts": "2025-01-19T00:00+02:00",
        "parties": {"a": "A", "b": "B"},
        "stocks": {
            "hostages": {"of": "people", "list": "hostages", "held_by": "a", "count": 3},
            "prisoners": {"of": "people", "list": "prisoners", "held_by": "b", "count": 30},
        },
        "lines": ["start", "river"],
        "phases": phases,
        "obligations": owed,
    }
    data = {"scenario": "small", "question": "?", "horizon": "40 d", "deal": deal, "behaviour": behaviour or {}}
    return ResolvedScenario.model_validate(data)


def happened(plan: Plan, engine: ReferenceEngine, event: Event) -> list[tuple[int, int]]:
    """Minute and subject of every event of a kind in the first replicate."""
    trace = engine.run(1, 0).trace.tolist()
    return [(row[0], row[2]) for row in trace if row[1] == event]


def history(resolved: ResolvedScenario, *events: Event) -> list[list[tuple[int, int]]]:
    plan = compile_plan(resolved)
    engine = ReferenceEngine(plan)
    return [happened(plan, engine, event) for event in events]


def test_talks_behind_a_gate_open_when_it_opens_and_agree_at_their_deadline() -> None:
    terms = {"kind": "talks", "topic": "next", "starts_by": "day 2", "concludes_by": "day 9", "after": ["batch"]}
    resolved = scenario({"batch": {"kind": "release", "due": "day 5", "amount": {"hostages": 1}}, "talks": terms})
    opened, agreed, met = history(resolved, Event.TALKS_OPENED, Event.TALKS_AGREED, Event.OBLIGATION_MET)
    assert opened == [(4 * DAY + 720, 0)]
    assert agreed == [(8 * DAY + 720, 0)]
    assert met == [(4 * DAY + 720, 0), (8 * DAY + 720, 1)]


def test_a_flow_that_was_held_back_still_ends_on_its_last_day() -> None:
    obligations = {
        "batch": {"kind": "release", "due": "day 3", "amount": {"hostages": 3}},
        "aid": {"kind": "flow", "due": "day 1", "until": "day 10", "each_day": {"trucks": 10}},
    }
    behaviour = {
        "parties": {"a": {"default": {"late": 1.0, "delay": "4 d"}}, "b": {"withholds": 1.0, "patience": "30 d"}},
        "mediators": {"settles": 0.0},
    }
    held, met_late = history(scenario(obligations, behaviour), Event.OBLIGATION_WITHHELD, Event.OBLIGATION_MET_LATE)
    assert [subject for _, subject in held] == [1]
    assert (9 * DAY + 720, 1) in met_late


def test_a_flow_does_not_begin_after_its_phase() -> None:
    obligations = {
        "crossing": {"kind": "access", "due": "day 5"},
        "aid": {"kind": "flow", "after": ["crossing"], "each_day": {"trucks": 10}},
        "last": {"kind": "access", "phase": "two", "due": "day 20"},
    }
    late = {"obligations": {"crossing": {"late": 1.0, "delay": "5 d"}}}
    behaviour = {"parties": {"a": {"complains": 0.0}, "b": late}}
    phases = {"one": {"lasts": "7 d", "then": "two"}, "two": {"lasts": "20 d"}}
    void, changed = history(scenario(obligations, behaviour, phases), Event.OBLIGATION_VOID, Event.FLOW_CHANGED)
    assert void == [(7 * DAY, 1)]
    assert changed == []


def test_a_return_of_a_later_phase_waits_for_that_phase_and_its_date() -> None:
    obligations = {
        "batch": {"kind": "release", "due": "day 3", "amount": {"hostages": 2}},
        "back": {"kind": "return", "phase": "two", "due": "phase day 2", "for_each": "release", "transit": "1 h",
                 "ratio": {"hostages": {"prisoners": 5}}},
    }  # fmt: skip
    phases = {"one": {"lasts": "5 d", "then": "two"}, "two": {"lasts": "20 d"}}
    due, arrived = history(scenario(obligations, None, phases), Event.OBLIGATION_DUE, Event.HANDOVER_ARRIVED)
    assert due == [(2 * DAY + 720, 0), (6 * DAY + 720, 1)]
    assert arrived == [(2 * DAY + 720, 0), (6 * DAY + 780, 1)]


def test_locating_people_does_not_cut_short_another_delay() -> None:
    behaviour = {
        "parties": {"a": {"default": {"late": 1.0, "delay": "6 d"}}, "b": {"complains": 0.0}},
        "shocks": {"found": {"at": "day 4", "effect": "locates", "stock": "hostages"}},
    }
    batch = {"batch": {"kind": "release", "due": "day 3", "amount": {"hostages": 3}}}
    assert history(scenario(batch, behaviour), Event.HANDOVER_ARRIVED) == [[(8 * DAY + 720, 0)]]


def test_locating_people_lets_a_release_that_waits_for_them_go_ahead() -> None:
    behaviour = {
        "parties": {"b": {"complains": 0.0}},
        "search": {"hostages": {"found": 0.0}},
        "shocks": {"found": {"at": "day 4", "effect": "locates", "stock": "hostages"}},
    }
    batch = {"batch": {"kind": "release", "due": "day 3", "amount": {"hostages": 3}}}
    assert history(scenario(batch, behaviour), Event.HANDOVER_ARRIVED) == [[(3 * DAY + 720, 0)]]


def test_who_stays_after_all_does_not_keep_the_next_phase_from_ending() -> None:
    obligations = {
        "batch": {"kind": "release", "due": "day 2", "amount": {"hostages": 1}},
        "talks": {"kind": "talks", "topic": "next", "starts_by": "day 2", "concludes_by": "day 7"},
        "rest": {"kind": "release", "phase": "two", "due": "phase day 2", "amount": {"hostages": 2}},
    }
    phases = {"one": {"lasts": "5 d", "then": "two"}, "two": {"enters_when": ["talks.next.agreed"], "lasts": "5 d"}}
    behaviour = {"parties": {"a": {"leaves": {"latency": "9 d"}}, "b": {"leaves": {"latency": "9 d"}}}}
    plan = compile_plan(scenario(obligations, behaviour, phases))
    outcomes = dict(zip(columns(plan), ReferenceEngine(plan).run(1, 0).outcomes.tolist(), strict=True))
    assert outcomes["hostages_living_released"] == 3
    assert outcomes["end"] == End.COMPLETED


def test_a_batch_brought_forward_without_its_people_becomes_late() -> None:
    obligations = {
        "first": {"kind": "release", "due": "day 2", "amount": {"hostages": 1}},
        "second": {"kind": "release", "due": "day 6", "amount": {"hostages": 2}},
    }
    less = {"at": "day 2 18:00", "effect": "shifts", "path": "parties.a.capacity.release", "to": 0}
    behaviour = {
        "parties": {"a": {"default": {"ahead": 1.0}, "capacity": {"release": 1}}, "b": {"complains": 1.0}},
        "shocks": {"less": less},
    }
    forward, late = history(scenario(obligations, behaviour), Event.OBLIGATION_BROUGHT_FORWARD, Event.OBLIGATION_LATE)
    assert forward == [(DAY + 720, 1)]
    assert late == [(6 * DAY, 1)]


@pytest.mark.parametrize("by", ["qatar", "un"])
def test_incidents_come_from_a_party_or_holder(by: str) -> None:
    data = scenario({"batch": {"kind": "release", "amount": {"hostages": 1}}}).model_dump(mode="json", by_alias=True)
    data["deal"] |= {"mediators": {"qatar": "Qatar"}, "others": {"un": "UN"}}
    data["behaviour"]["incidents"] = {"fire": {"by": by, "per_day": 1.0}}
    faults = list(check_behaviour(ResolvedScenario.model_validate(data)))
    assert [fault.path for fault in faults] == [("behaviour", "incidents", "fire", "by")]
    assert [fault.code for fault in faults] == ["unknown-reference"]


def test_a_return_ends_void_only_if_it_was_owed() -> None:
    obligations = {
        "batch": {"kind": "release", "due": "day 2", "amount": {"hostages": 1}},
        "back": {"kind": "return", "for_each": "release", "due": "same day", "ratio": {"hostages": {"prisoners": 1}}},
    }
    behaviour = {"parties": {"a": {"default": {"refused": 1.0}}, "b": {"complains": 0.0}}}
    plan = compile_plan(scenario(obligations, behaviour))
    engine = ReferenceEngine(plan)
    engine.run(1, 0)
    assert engine.states["status"][0, :2].tolist() == [Status.DEFAULTED, Status.EXCUSED]


@pytest.mark.parametrize(
    ("rate_on_exchange_days", "released_at", "delivered"), [(0, "20:00", 0), (300, "20:00", 75), (300, "17:00", 75)]
)
def test_a_flow_counts_the_rate_of_an_exchange_day_for_its_hours_only(rate_on_exchange_days, released_at, delivered):
    history = history_of(f"""
    deal:
      starts: 2025-01-01T00:00+00:00
      phases: {{one: {{lasts: 1 d}}}}
      groups: {{a: {{side: hostages, held_by: south, count: 1}}}}
      obligations:
        out: {{kind: release, by: south, due: "day 1 {released_at}", amount: {{a: 1}}}}
        aid: {{kind: flow, by: north, due: "day 1 18:00", each_day: {{trucks: 100}},
               on_exchange_days: {{trucks: {rate_on_exchange_days}}}}}
    """)
    assert history.outcomes["aid_delivered"] == delivered


def test_a_party_that_would_restore_the_truce_needs_no_pressure():
    history = history_of("""
    deal:
      phases: {one: {lasts: 20 d}}
      mediators: [m]
      groups: {a: {side: hostages, held_by: south, count: 1}}
      obligations: {out: {kind: release, by: south, due: day 15, amount: {a: 1}}}
    behaviour:
      mediators: {pressure: {m: {on: {north: 0.0}}}}
      shocks: {strike: {at: day 3, effect: suspends_truce, by: north, lasts: 1 d}}
    """)
    assert history.end.event == "deal_completed"
