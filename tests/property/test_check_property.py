"""The search against plain enumeration: every set of deviations of a small deal, one by one on the reference engine."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, note
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from sim.analysis.deviations.decisions import in_words, scripted_plan
from sim.analysis.deviations.goals import read_goal
from sim.analysis.deviations.search import ANYBODY, Runner, Search, add_stretches
from sim.document.scenario import ResolvedScenario
from sim.engine.reference import ReferenceEngine
from sim.plan.codes import (
    CHOICE_BITS,
    NONE,
    OCCURRENCE_BITS,
    SUBJECT_BITS,
    Decision,
    Event,
    Incident,
    Kind,
    Outlook,
    Patience,
    Performs,
)
from sim.plan.plan import Plan
from sim.plan.scripted import address, entry
from sim.reading.store import as_yaml
from tests.amounts import examples
from tests.builders import tiny

GOALS = ("end != completed", "end = collapsed", "disputes >= 1", "end_day > 9", "suspensions >= 1 and end = completed")
MOST_CHOICES = 16
"""Choices beyond compliance in all decisions of a small deal together."""


@st.composite
def small_deals(draw: DrawFn) -> dict[str, Any]:
    """One or two things owed, perhaps talks or a shock, with or without a truce, in one phase or two."""
    obligations: dict[str, Any] = {}
    for n in range(draw(st.integers(1, 2))):
        kind = draw(st.sampled_from(["information", "access", "access", "arms", "flow"]))
        obligation = {
            "kind": kind,
            "by": draw(st.sampled_from(["north", "south"])),
            "due": f"day {draw(st.integers(1, 6))}",
        }
        if kind == "flow":
            obligation["each_day"] = {"trucks": 10}
        if draw(st.booleans()):
            obligation["grace"] = draw(st.sampled_from(["0 min", "1 d", "9 h"]))
        if n and draw(st.booleans()):
            obligation |= {"after": "step_0", "due": draw(st.sampled_from(["on gate", "day 3", "12 h after gate"]))}
        obligations[f"step_{n}"] = obligation
    phases: dict[str, Any] = {"one": {"truce": draw(st.booleans())}}
    if draw(st.booleans()):
        phases["one"]["lasts"] = draw(st.sampled_from(["8 d", "13 d", "20 d"]))
    behaviour: dict[str, Any] = {"parties": {}, "mediators": {"attempt": draw(st.sampled_from(["1 d", "3 d", "6 h"]))}}
    for party in ("north", "south"):
        times = {name: draw(st.sampled_from(["6 h", "1 d", "3 d"])) for name in ("patience", "suspends", "tolerance")}
        behaviour["parties"][party] = times
    if len(obligations) == 1:
        _add_one_more(draw, obligations, phases, behaviour)
    deal = {"horizon": "30 d", "phases": phases, "obligations": obligations}
    return {"deal": deal, "behaviour": behaviour}


def _add_one_more(draw: DrawFn, obligations: dict[str, Any], phases: dict[str, Any], behaviour: dict[str, Any]) -> None:
    """Talks that a second phase waits for, a shock, or neither."""
    extra = draw(st.sampled_from(["talks", "shock", "nothing"]))
    if extra == "talks":
        obligations["talks"] = {"kind": "talks", "by": "north", "topic": "next", "starts_by": "day 2"}
        obligations["talks"]["concludes_by"] = draw(st.sampled_from(["day 3", "day 6"]))
        if "lasts" in phases["one"]:
            phases["one"]["then"] = "two"
            phases["two"] = {"enters_when": "talks.next.agreed", "lasts": "2 d"}
    elif extra == "shock":
        effect = draw(
            st.sampled_from([{"effect": "settles_all"}, {"effect": "suspends_truce", "by": "north", "lasts": "2 d"}])
        )
        when = draw(st.sampled_from([{"at": f"day {draw(st.integers(1, 5))}"}, {"per_day": 0.1}]))
        before = {"accord": {"at": "day 4", "effect": "settles_all"}} if draw(st.booleans()) else {}
        behaviour["shocks"] = {**before, "storm": {**when, **effect}}


def _choices(plan: Plan) -> list[tuple[int, int]]:
    """Every decision that a small deal could possibly have, with each choice beyond compliance: (address, entry)."""
    p = plan.record[0]
    found: list[tuple[Decision, int, int, list[int]]] = []
    for o in range(len(plan.obligations)):
        if p["kind"][o] == Kind.TALKS:
            found.append((Decision.TALKS, int(p["topic"][o]), 0, list(Outlook)[1:]))
            continue
        found.append((Decision.PERFORMANCE, o, 0, list(Performs)[1:]))
        found.append((Decision.DISPUTE, o, 0, [1]))
        found.append((Decision.PATIENCE, o, 0, list(Patience)[1:]))
    stretches = p["stretch"][: p["n_stretches"]].tolist()
    for shock in range(len(plan.shocks)):
        for minute in stretches if p["shock_at_kind"][shock] == NONE else [int(p["shock_at"][shock])]:
            found.append((Decision.SHOCK, shock, minute, [1]))
            found.append((Decision.AFTERMATH, shock, minute, [1]))
    for minute in stretches:
        for source in range(len(plan.sources)):
            found.append((Decision.INCIDENT, source, minute, list(Incident)[1:]))
            found.append((Decision.ANSWER, source, minute, [1]))
    return [
        (address(decision, subject, occurrence), entry(address(decision, subject, occurrence), choice))
        for decision, subject, occurrence, choices in found
        for choice in choices
    ]


def enumerated(plan: Plan, goal_text: str, most: int) -> set[frozenset[int]]:
    """Minimal sets by definition: run every set of choices in different decisions, keep those without a smaller one."""
    engine, goal = ReferenceEngine(plan), read_goal(plan, goal_text)
    reaching: set[frozenset[int]] = set()
    for size in range(most + 1):
        for chosen in combinations(_choices(plan), size):
            if len({where for where, _ in chosen}) < size:
                continue
            entries = frozenset(choice for _, choice in chosen)
            if any(smaller <= entries for smaller in reaching):
                continue
            engine.plans["n_script"] = size
            engine.plans["script"][0, :size] = [choice for _, choice in chosen]
            if goal.reached(engine.run(0, 0).outcomes[np.newaxis])[0]:
                reaching.add(entries)
    engine.plans["n_script"] = 0
    return reaching


def searched(plan: Plan, goal_text: str, most: int) -> set[frozenset[int]]:
    """Minimal sets as the search finds them."""
    exploration = Search(plan, read_goal(plan, goal_text), workers=1).explore(most)
    assert exploration.complete
    assert not exploration.broken
    return {frozenset(script) for script in exploration.minimal_sets}


def small_plan(scenario: ResolvedScenario) -> Plan:
    """The scripted plan, with incidents in as many stretches as leave the deal small."""
    plan = scripted_plan(scenario)
    add_stretches(plan)
    while plan.record["n_stretches"][0] > 0 and len(_choices(plan)) > MOST_CHOICES:
        plan.record["n_stretches"] -= 1
    return plan


@examples(120)
@given(data=small_deals(), goal=st.sampled_from(GOALS))
def test_the_search_finds_exactly_the_minimal_sets_that_plain_enumeration_finds(data, goal):
    scenario = tiny_of(data)
    note(as_yaml(scenario))
    plan = small_plan(scenario)
    most = 3 if len(_choices(plan)) <= 10 else 2
    found, wanted = searched(plan, goal, most), enumerated(plan, goal, most)
    assert found == wanted, [sorted(in_words(plan, e) for e in s) for s in found ^ wanted]


def told_by_step(plan: Plan, script: list[int]) -> tuple[list[list[int]], list[tuple[int, int]], list[int]]:
    """One run on the reference engine: its trace, how long trace and decisions were before each step, its decisions."""
    before: list[tuple[int, int]] = []

    def look(engine: ReferenceEngine, _: int) -> None:
        before.append((int(engine.states["n_events"][0]), int(engine.states["n_decisions"][0])))

    engine = ReferenceEngine(plan, behaviour=look)
    engine.plans["n_script"], engine.plans["script"][0, : len(script)] = len(script), script
    trace = engine.run(0, 0).trace.tolist()
    decisions = engine.states["decisions"][0, : int(engine.states["n_decisions"][0]), 0].tolist()
    engine.plans["n_script"] = 0
    return trace, before, decisions


@examples(30)
@given(data=small_deals(), chance=st.randoms(use_true_random=False))
def test_up_to_its_last_deviation_a_run_is_that_of_the_set_without_it(data, chance):
    plan = small_plan(tiny_of(data))
    runner, script = Runner(plan), list[int]()
    for _ in range(3):
        entries, steps, _ = runner.extensions(np.array([script], np.int64).reshape(1, -1), ANYBODY)
        if not len(entries):
            return
        without, _, _ = told_by_step(plan, script)
        place = chance.randrange(len(entries))
        script = [*script, int(entries[place])]
        trace, before, decisions = told_by_step(plan, script)
        n_events, n_decisions = before[steps[place]]
        taken = decisions.index(script[-1] >> CHOICE_BITS)
        after = before[steps[place] + 1][1] if steps[place] + 1 < len(before) else len(decisions)
        assert (n_decisions if steps[place] else 0) <= taken < after, "the deviation is taken in another step"
        assert trace[:n_events] == without[:n_events]


def tiny_of(data: dict[str, Any]) -> ResolvedScenario:
    import json

    return tiny(json.dumps(data))  # JSON is YAML


MINUTES = {"0 min": 0, "6 h": 360, "9 h": 540, "1 d": 1440, "3 d": 4320}


@examples(40)
@given(data=small_deals())
def test_what_is_late_by_script_is_done_a_day_after_its_creditor_would_complain(data):
    plan = small_plan(tiny_of(data))
    for place, key in enumerate(plan.obligations):
        terms = data["deal"]["obligations"][key]
        if terms["kind"] in ("flow", "talks"):
            continue
        script = [entry(address(Decision.PERFORMANCE, place, 0), Performs.LATE)]
        trace, _, _ = told_by_step(plan, script)
        delays = [(row[0], row[5]) for row in trace if row[1:3] == [Event.OBLIGATION_DELAYED, place]]
        due = [row[0] for row in trace if row[1:3] == [Event.OBLIGATION_DUE, place]]
        grace = MINUTES[terms["grace"]] if "grace" in terms else 1440 - due[0] % 1440
        creditor = "south" if terms["by"] == "north" else "north"
        tolerance = MINUTES[data["behaviour"]["parties"][creditor]["tolerance"]]
        assert delays == [(due[0], grace + tolerance + 1440)]


def test_a_shock_without_a_date_may_strike_in_every_stretch():
    steps = {f"step_{n}": {"kind": "access", "by": "north", "due": f"day {n}"} for n in (2, 5, 9)}
    shocks = {key: {"per_day": 0.1, "effect": "settles_all"} for key in ("one", "two")}
    plan = scripted_plan(tiny_of({"deal": {"horizon": "30 d", "obligations": steps}, "behaviour": {"shocks": shocks}}))
    add_stretches(plan)
    stretches = plan.record["stretch"][0, : plan.record["n_stretches"][0]].tolist()
    end = told_by_step(plan, [])[0][-1][0]
    assert len([minute for minute in stretches if minute < end]) >= 3
    for minute in stretches:
        for shock in (0, 1):
            trace, _, _ = told_by_step(plan, [entry(address(Decision.SHOCK, shock, minute), 1)])
            struck = [row[0] for row in trace if row[1:3] == [Event.SHOCK_STRUCK, shock]]
            assert struck == [minute] * (minute < end), (shock, minute)


HOLDS_BACK = {
    "deal": {
        "horizon": "60 d",
        "obligations": {
            "step_0": {"kind": "access", "by": "south", "due": "day 2"},
            "step_1": {"kind": "access", "by": "north", "due": "day 4", "after": "step_0"},
        },
    },
    "behaviour": {"parties": {"north": {"patience": "3 d"}, "south": {"patience": "3 d"}}},
}


@pytest.mark.parametrize("left_out", [Decision.PERFORMANCE, Decision.DISPUTE, Decision.PATIENCE])
def test_a_search_that_leaves_out_a_decision_disagrees_with_plain_enumeration(left_out, monkeypatch):
    plan = scripted_plan(tiny_of(HOLDS_BACK))
    goal = GOALS[1] if left_out == Decision.PATIENCE else GOALS[0]  # patience is not needed for what stays undone
    assert searched(plan, goal, 3) == enumerated(plan, goal, 3) != set()
    whole = Runner.extensions

    def with_omission(self, scripts, sides):
        found, steps, counts = whole(self, scripts, sides)
        is_kept = (found >> (CHOICE_BITS + OCCURRENCE_BITS + SUBJECT_BITS)) != left_out
        owner = np.repeat(np.arange(len(counts)), counts)
        return found[is_kept], steps[is_kept], np.bincount(owner[is_kept], minlength=len(counts))

    monkeypatch.setattr(Runner, "extensions", with_omission)
    assert searched(plan, goal, 3) != enumerated(plan, goal, 3)
