"""What deals declare is judged alike by both engines and by an onlooker in plain Python, on any deal."""

from __future__ import annotations

from collections import Counter
from typing import Any
from unittest import mock

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from sim.document.conditions import CLAIM_STATES
from sim.document.deal import Deal, Guarantee
from sim.document.scenario import ResolvedScenario
from sim.engine import reference
from sim.engine.batch import simulate_block
from sim.engine.reference import ReferenceEngine
from sim.outcomes.columns import reached, violations
from sim.plan.codes import Pattern
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.reading.catalogue import scenarios
from sim.reading.checks_behaviour import check_behaviour
from sim.reading.resolve import resolve
from sim.reading.store import as_data
from sim.testing.strategies import scenarios as resolved_scenarios
from tests import onlooker
from tests.amounts import examples, in_proportion
from tests.builders import DAY, noon, plan_of

N_REPLICATES = 2
WITHIN = ["0 min", "6 h", "1 d", "5 d"]


@st.composite
def claims(draw: DrawFn, deal: Deal) -> Any:
    """Something that may be said of a deal."""
    kind = draw(
        st.sampled_from(
            ["count", "groups", "obligation", "delivered", "phase", "truce", "other", "any", "all", "of", "not", "day"]
        )
    )
    if kind == "count":
        custody = draw(st.sampled_from(["held", "in_transit", "released"]))
        side = draw(st.sampled_from(["hostages", "prisoners"]))
        of = draw(st.sampled_from([None, "people", "remains"]))
        return {custody: draw(st.integers(0, 8)), "list": side, "of": of}
    if kind == "groups":
        names = st.sampled_from(list(deal.people))
        return {draw(st.sampled_from(["held", "in_transit", "released"])): draw(
            st.dictionaries(names, st.integers(0, 4), min_size=1, max_size=2))}  # fmt: skip
    obligation = draw(st.sampled_from(list(deal.obligations)))
    if kind == "obligation":
        return {"obligation": obligation, "state": draw(st.sampled_from(CLAIM_STATES["obligation"]))}
    if kind == "delivered":
        terms = deal.obligations[obligation]
        is_counted = terms.kind in ("return", "flow") or terms.amount or terms.units is not None
        return {"obligation": obligation, "share": draw(st.sampled_from([None, 1.0, 0.5] if is_counted else [None]))}
    if kind == "phase":
        phase = draw(st.sampled_from(list(deal.phases)))
        return {"phase": phase, "state": draw(st.sampled_from(CLAIM_STATES["phase"]))}
    if kind == "truce":
        return {"truce": draw(st.sampled_from(["not_begun", "holds", "suspended", "ended"]))}
    if kind in ("any", "all"):
        return {kind: draw(st.lists(claims(deal), min_size=1, max_size=2))}
    if kind == "of":
        among = draw(st.lists(claims(deal), min_size=2, max_size=3))
        return {"at_least": draw(st.integers(1, len(among))), "of": among}
    if kind == "not":
        return {"not": draw(claims(deal).filter(lambda claim: "day 1 00:00" not in str(claim)))}  # never before that
    if kind == "day":
        return draw(st.sampled_from(["day 1", "day 2", "day 3 08:00", "day 1 00:00", "day 6"]))
    topics = [o.topic for o in deal.obligations.values() if o.topic]
    if topics and draw(st.booleans()):
        return {"talks": draw(st.sampled_from(topics)), "state": draw(st.sampled_from(CLAIM_STATES["talks"]))}
    if draw(st.booleans()):
        return {"line": draw(st.sampled_from(list(deal.lines)))}
    return {"end": draw(st.sampled_from(["completed", "collapsed", "lapsed", "standing"]))}


@st.composite
def guarantees(draw: DrawFn, deal: Deal) -> dict[str, Any]:
    """One guarantee in one of the four patterns."""
    one, few = claims(deal), st.lists(claims(deal), min_size=1, max_size=2)
    pattern = draw(st.sampled_from(["never", "always", "precedes", "responds"]))
    if pattern == "precedes":
        return {pattern: [draw(one), draw(one)]}
    if pattern == "responds":
        return {pattern: {"to": draw(few), "with": draw(few), "within": draw(st.sampled_from(WITHIN))}}
    if pattern == "always" and draw(st.booleans()):  # alone, few claims hold to the end
        return {pattern: [{"any": [draw(one), {"held": draw(st.integers(0, 2)), "list": "hostages"}]}]}
    return {pattern: draw(few)}


@st.composite
def guaranteed(draw: DrawFn) -> ResolvedScenario:
    """A scenario with guarantees of its deal and of its own."""
    resolved = draw(resolved_scenarios())
    data = as_data(resolved)
    drawn = draw(st.lists(guarantees(resolved.deal), min_size=2, max_size=6))
    data["deal"]["guarantees"] = {f"deal_{i}": g for i, g in enumerate(drawn[::2])}
    data["guarantees"] = {f"own_{i}": g for i, g in enumerate(drawn[1::2])}
    whole = ResolvedScenario.model_validate(data)
    assert not [fault for fault in check_behaviour(whole) if fault.severity == "error"]
    return whole


def declared(plan: Plan) -> dict[str, Guarantee]:
    return {**plan.scenario.deal.guarantees, **plan.scenario.guarantees}


def assert_judged_alike(plan: Plan, seed: int, n: int, seen: Counter[tuple[str, bool]]) -> None:
    """Fail unless both engines and the onlooker agree on every guarantee in the first replicates."""
    engine, block = ReferenceEngine(plan), simulate_block(plan, seed, 0, n)
    for replicate in range(n):
        told = engine.run(seed, replicate)
        seen_by_onlooker = onlooker.pictures(plan, told.trace)
        for custody in ("held", "in_transit", "released"):
            people = {key: at[custody] for key, at in seen_by_onlooker[-1][1].people.items()}
            here = {key: int(engine.states[custody][0, plan.groups.index(key)]) for key in people}
            assert people == here, "the onlooker lost sight of somebody"
        expected = {name: onlooker.first_violation(plan, g, seen_by_onlooker) for name, g in declared(plan).items()}
        assert violations(plan, told.outcomes) == expected, f"replicate {replicate}: reference engine"
        assert violations(plan, block.outcomes[replicate]) == expected, f"replicate {replicate}: batch engine"
        come_about = {
            one.key: onlooker.first_violation(plan, Guarantee(never=list(one.claims)), seen_by_onlooker)
            for one in plan.milestones
        }
        assert reached(plan, told.outcomes) == come_about, f"replicate {replicate}: reference engine"
        assert reached(plan, block.outcomes[replicate]) == come_about, f"replicate {replicate}: batch engine"
        for place, minute in enumerate(expected.values()):
            seen[Pattern(plan.record["pattern"][0, place]).name, minute is None] += 1


def test_engines_and_onlooker_agree_on_generated_deals_and_guarantees() -> None:
    seen: Counter[tuple[str, bool]] = Counter()

    @given(guaranteed())
    @examples(80)
    def agree(resolved: ResolvedScenario) -> None:
        plan = compile_plan(resolved)
        assert_judged_alike(plan, 3, N_REPLICATES, seen)
        event(f"{len(plan.guarantees)} guarantees")

    agree()
    assert {key for key, count in seen.items() if count > in_proportion(5)} == {
        (pattern.name, kept) for pattern in Pattern for kept in (True, False)
    }


@given(st.integers(1, 5), st.integers(0, 4), st.sampled_from([-1, 0, 1]))
@examples(40)
def test_an_answer_is_in_time_up_to_its_last_minute(day: int, gap: int, more: int) -> None:
    within = max(0, gap * DAY + more)
    deal = f"""
    deal:
      obligations:
        asks: {{kind: information, by: south, due: day {day}}}
        answers: {{kind: information, by: north, due: day {day + gap}}}
      guarantees:
        answered: {{responds: {{to: asks, with: answers, within: {within} min}}, assumption: For this test.}}
    """
    plan = plan_of(deal)
    assert_judged_alike(plan, 1, 1, Counter())
    violated = violations(plan, simulate_block(plan, 1, 0, 1).outcomes[0])["answered"]
    assert violated == (None if within >= gap * DAY else noon(day) + within)


@pytest.mark.parametrize("name", [entry.name for entry in scenarios() if entry.name.endswith("/baseline")])
def test_engines_and_onlooker_agree_on_shipped_scenarios(name: str) -> None:
    assert_judged_alike(compile_plan(resolve(name)), 4, 5, Counter())


def test_a_monitor_that_does_not_listen_is_caught() -> None:
    plan = compile_plan(resolve("january-2025/baseline", {"deal.guarantees.calm": {"always": "truce.holds"}}))
    assert_judged_alike(plan, 4, 3, Counter())
    with (
        mock.patch.object(reference, "follow_trace"),
        pytest.raises(AssertionError, match="reference engine"),
    ):
        assert_judged_alike(plan, 4, 3, Counter())
