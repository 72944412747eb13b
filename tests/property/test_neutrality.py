"""Exchange the two parties, their order and perhaps the sides' labels, and every outcome is exchanged exactly.

Draws go by the ids of obligations, sources, phases and topics, which stay. Two things are drawn by party: leaving,
whose lanes follow `party_in_lane`, and parameters that are not known, whose address is their path. Both follow the
roles here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from sim.document.measured import CODES, HELD_BACK
from sim.document.scenario import ResolvedScenario
from sim.engine.reference import ReferenceEngine, Replicate
from sim.outcomes.columns import REACHED, columns, root_cause
from sim.plan.codes import Custody, Event, Status
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.reading.resolve import resolve
from sim.reading.store import as_data
from sim.testing.strategies import scenarios as resolved_scenarios
from tests import broken
from tests.amounts import examples, shipped

SIDES = {"hostages": "prisoners", "prisoners": "hostages"}
OF_SIDE = {
    "hostages_living_released": "prisoners_released",
    "hostages_deceased_returned": "prisoners_deceased_returned",
    "prisoners_released": "hostages_living_released",
    "prisoners_deceased_returned": "hostages_deceased_returned",
    "hostages_died_in_captivity": "prisoners_died_in_captivity",
    "prisoners_died_in_captivity": "hostages_died_in_captivity",
    "hostages_still_held": "prisoners_still_held",
    "prisoners_still_held": "hostages_still_held",
    "captive_days": "prisoner_captive_days",
    "prisoner_captive_days": "captive_days",
}
MOVED = (Event.PEOPLE_MOVED, Event.REMAINS_MOVED)


def rename(value: Any, names: dict[str, str]) -> Any:
    """The document with these names exchanged, in keys, values and paths."""
    if isinstance(value, dict):
        return {rename(key, names): rename(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [rename(item, names) for item in value]
    if isinstance(value, str):
        return ".".join(names.get(part, part) for part in value.split("."))
    return value


def exchanged(resolved: ResolvedScenario, *, sides: bool) -> ResolvedScenario:
    """The scenario in which each party has the other's role, and comes in the other's place."""
    first, second = resolved.deal.parties
    data = rename(as_data(resolved), {first: second, second: first})
    data["deal"]["parties"] = dict(reversed(data["deal"]["parties"].items()))
    return ResolvedScenario.model_validate(_exchange_sides(data) if sides else data)


def _exchange_sides(value: Any) -> Any:
    if isinstance(value, dict):
        side = {"list": SIDES.get(value["list"], value["list"])} if "list" in value else {}
        return {**{key: _exchange_sides(item) for key, item in value.items()}, **side}
    return [_exchange_sides(item) for item in value] if isinstance(value, list) else value


def exchanged_plan(resolved: ResolvedScenario, plan: Plan, *, sides: bool) -> Plan:
    """Its plan, with what is drawn by party following the roles."""
    other = compile_plan(exchanged(resolved, sides=sides))
    other.record["party_in_lane"][0, :2] = (1, 0)
    other.record["uncertain_key"] = plan.record["uncertain_key"]
    return other


def account(plan: Plan, replicate: Replicate, names: dict[str, str]) -> dict[str, Any]:
    """All outcomes by name, the root cause in words; who is held and for how long agrees with the trace."""
    row = dict(zip(columns(plan), replicate.outcomes.tolist(), strict=True))
    found = {}
    for name, value in row.items():
        party = next((one for one in plan.parties if name.endswith(f"_{one}")), None)
        if party is None or name.startswith((HELD_BACK, "delivered_", "released_")):
            found[name] = value
        else:
            found[name.removesuffix(party) + names.get(party, party)] = value
    root = root_cause(plan, row["root_event"], row["root_subject"])
    found["root"] = " ".join(names.get(word, word) for word in root.split())
    for code in CODES[1:]:
        del found[code]
    for side, days in (("hostages", "captive_days"), ("prisoners", "prisoner_captive_days")):
        assert (found[f"{side}_still_held"], found[days]) == _held_and_days(plan, replicate, side)
    return found


def _held_and_days(plan: Plan, replicate: Replicate, side: str) -> tuple[int, int]:
    """People of a side still held at the end, and minutes in captivity of its living."""
    p, held, minutes = plan.record[0], 0, 0
    released, ended = (dict.fromkeys(range(len(plan.groups)), 0) for _ in range(2))
    living = {g: not p["is_deceased"][g] for g in released}
    of_side = {g for g in released if bool(p["is_hostages"][g]) == (side == "hostages")}
    for minute, event, group, _, _, count, custody in replicate.trace.tolist():
        if event in MOVED and custody == Custody.RELEASED and group in of_side:
            released[group] += count
        alive = event == Event.PEOPLE_MOVED and custody == Custody.RELEASED
        if (alive or event == Event.PEOPLE_DIED) and group in of_side:
            ended[group] += count
            minutes += count * max(0, minute) * living[group]
    for group in of_side:
        held += int(p["count"][group]) - released[group]
        minutes += (int(p["count"][group]) - ended[group]) * int(p["horizon"]) * living[group]
    return held, minutes


def assert_neutral(resolved: ResolvedScenario, n: int, *, sides: bool) -> None:
    """Fail unless every outcome of every replicate is exchanged; sides only of deals that speak of them."""
    sides = sides and any(stock.list in SIDES for stock in resolved.deal.stocks.values())
    plan = compile_plan(resolved)
    other = exchanged_plan(resolved, plan, sides=sides)
    first, second = plan.parties
    engine, mirror = ReferenceEngine(plan), ReferenceEngine(other)
    for number in range(n):
        here, there = engine.run(3, number), mirror.run(3, number)
        assert _steps(here) == _steps(there), f"replicate {number}: another history"
        expected = account(plan, here, {first: second, second: first})
        found = account(other, there, {})
        if sides:
            expected = {_of_other_side(name): value for name, value in expected.items()}
        for name in expected:
            assert found[name] == expected[name], f"replicate {number}: {name}"


def _of_other_side(name: str) -> str:
    """What an outcome is called once the sides are exchanged."""
    if name.startswith(REACHED):
        return "_".join(SIDES.get(word, word) for word in name.split("_"))
    return OF_SIDE.get(name, name)


def _steps(replicate: Replicate) -> list[list[int]]:
    """Minute, event and cause of each step: what does not name a party."""
    steps: list[list[int]] = replicate.trace[:, [0, 1, 4]].tolist()
    return steps


@pytest.mark.parametrize("sides", [False, True], ids=["parties", "parties and sides"])
def test_generated_deals_are_neutral(sides: bool) -> None:
    @given(resolved_scenarios())
    @examples(50)
    def neutral(resolved: ResolvedScenario) -> None:
        assert_neutral(resolved, 2, sides=sides)

    neutral()


@pytest.mark.parametrize("sides", [False, True], ids=["parties", "parties and sides"])
@pytest.mark.parametrize("name", shipped(every=10, always=["baseline"]))
def test_shipped_scenarios_are_neutral(name: str, sides: bool) -> None:
    assert_neutral(resolve(name), 10, sides=sides)


def test_exchanging_twice_gives_the_scenario_back() -> None:
    resolved = resolve("january-2025/baseline")
    twice = exchanged(exchanged(resolved, sides=True), sides=True)
    assert as_data(twice) == as_data(resolved)
    assert as_data(exchanged(resolved, sides=True)) != as_data(resolved)


def first_party_is_forgiven(plan: Any, state: Any) -> None:
    """A rule that favours one party: what the first one owes is never late."""
    n = int(plan["n_obligations"])
    forgiven = (plan["debtor"][:n] == 0) & (state["status"][:n] == Status.LATE)
    state["status"][:n][forgiven] = Status.DUE


def test_a_rule_that_favours_a_party_is_caught() -> None:
    resolved = resolve("january-2025/every-complaint-answered")
    with broken.rules_that(first_party_is_forgiven), pytest.raises(AssertionError, match="another history"):
        assert_neutral(resolved, 20, sides=False)


def test_draws_that_follow_the_order_of_parties_are_caught() -> None:
    resolved = resolve("january-2025/baseline")
    plan = compile_plan(resolved)
    other = exchanged_plan(resolved, plan, sides=False)
    other.record["party_in_lane"][0, :2] = (0, 1)
    engine, mirror = ReferenceEngine(plan), ReferenceEngine(other)
    pairs = [(_steps(engine.run(3, n)), _steps(mirror.run(3, n))) for n in range(200)]
    assert any(here != there for here, there in pairs)
    assert np.mean([here == there for here, there in pairs]) > 0.1
