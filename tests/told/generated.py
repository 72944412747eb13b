"""Deals in which people come out, phases go on, parties quarrel or something waits for the end of a phase."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import assume, note
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from sim.document.scenario import ResolvedScenario
from sim.reading.checks import check_deal
from sim.reading.store import as_data
from sim.testing import scenarios
from sim.testing.choices import compounds
from sim.testing.drafts import ASSUMED, durations, lives
from sim.testing.strategies import Shown
from tests.builders import tiny


@st.composite
def people_come_out(draw: DrawFn) -> ResolvedScenario:
    """A deal whose parties mostly do what they owe, with a flow beside it and something owed for each release."""
    data = as_data(draw(scenarios()))
    deal, parties = data["deal"], data["behaviour"]["parties"]
    for party in ("a", "b"):
        parties.setdefault(party, {})["default"] = {"late": 0.15, "ahead": 1.0, "delay": "6 h"}
    deal["obligations"]["aid"] = {
        "kind": "flow", "by": "b", "to": "a", "phase": next(iter(deal["phases"])), "due": "day 1",
        "each_day": {"trucks": 600}, "on_exchange_days": {"trucks": 100}, **ASSUMED,
    }  # fmt: skip
    _let_a_batch_wait_for_their_list(draw, deal["obligations"])
    of_side = {side: [key for key, group in deal["stocks"].items() if group.get("list") == side]
               for side in ("hostages", "prisoners")}  # fmt: skip
    if of_side["prisoners"] and not any(o.get("ratio") for o in deal["obligations"].values()):
        owed = st.one_of(st.integers(1, 2), st.builds(lambda n: {"total": n}, st.integers(3, 7)))
        ratio = {group: {of_side["prisoners"][0]: draw(owed)} for group in of_side["hostages"]}
        terms = {"kind": "return", "by": "b", "to": "a", "due": "same day", "phase": list(deal["phases"])[-1]}
        deal["obligations"]["back"] = {**terms, "ratio": ratio, "for_each": "release", "assumption": "Generated."}
    return _sound(data)


def _let_a_batch_wait_for_their_list(draw: DrawFn, obligations: dict[str, Any]) -> None:
    """A batch that could come forward, but for a list that the other side owes."""
    batches = [key for key, terms in obligations.items() if terms["kind"] == "release"]
    if len(batches) > 1 and draw(st.booleans()):
        later = obligations[batches[1]]
        later["after"] = [*later.get("after", []), "their_names"]
        obligations["their_names"] = {
            "kind": "information", "by": "b" if later["by"] == "a" else "a", "to": later["by"],
            "phase": obligations[batches[0]].get("phase"), "due": f"day {draw(st.integers(2, 9))}", **ASSUMED,
        }  # fmt: skip


@st.composite
def phases_go_on(draw: DrawFn) -> ResolvedScenario:
    """A deal in which each phase waits for the one before it, and goes on, lapses or sees a party leave."""
    data = as_data(draw(scenarios()))
    phases, obligations = data["deal"]["phases"], data["deal"]["obligations"]
    for party in ("a", "b"):
        leaves: dict[str, Any] = {"after_phase": dict.fromkeys(phases, 0.4), "latency": "1 d"}
        leaves["unless"] = draw(st.sampled_from([[], ["truce.holds"]]))
        habits = {"default": {"late": 0.5, "delay": "20 d"}, "complains": 0.4, "leaves": leaves}
        data["behaviour"]["parties"][party] = {**data["behaviour"]["parties"].get(party, {}), **habits}
    for key, phase in phases.items():
        mine = [name for name, o in obligations.items() if (o.get("phase") or next(iter(phases))) == key]
        if "lasts" in phase and "then" in phase and mine:
            phase |= {"continues_while": [{"phase": key, "state": "entered"}], "at_most": "2 d"}
            phases[phase["then"]]["enters_when"] = [{"obligation": draw(st.sampled_from(mine))}]
    return _sound(data)


@st.composite
def quarrels(draw: DrawFn) -> ResolvedScenario:
    """A deal whose parties are often late, complain, hold back what they owe, and let complaints stay open for long."""
    data = as_data(draw(scenarios()))
    deal, behaviour = data["deal"], data["behaviour"]
    for party in ("a", "b"):
        habits = {"default": {"late": 0.5, "delay": "3 d"}, "withholds": 0.8, "patience": "9 d", "latency": "6 h"}
        behaviour["parties"][party] = {**behaviour["parties"].get(party, {}), **habits, "complains": 1.0}
    behaviour["mediators"] = {"settles": 0.6, "attempt": draw(st.sampled_from(["6 h", "2 d"]))}
    if draw(st.booleans()):
        behaviour["mediators"]["pressure"] = {"m": {"on": {"a": 2.0, "b": 1.0}, "half_life": "2 d"}}
    flow = {"kind": "flow", "phase": next(iter(deal["phases"])), "due": "day 1", "each_day": {"trucks": 600}}
    flow |= {"on_exchange_days": {"trucks": 300}, "assumption": "Generated."}
    deal["obligations"] |= {"aid": {**flow, "by": "b", "to": "a"}, "fuel": {**flow, "by": "a", "to": "b"}}
    return _sound(data)


@st.composite
def gates_shut(draw: DrawFn) -> ResolvedScenario:
    """A deal in which much waits for days, for what is not so and for some of several, and gates shut again."""
    data = as_data(draw(scenarios()))
    deal = data["deal"]
    earlier: list[Any] = ["truce.holds"]
    for key, terms in deal["obligations"].items():
        if draw(st.booleans()):
            terms["after"] = [*(terms.get("after") or []), draw(compounds(*earlier))]
        if not terms.get("ratio"):
            earlier.append(key)
        if terms["kind"] == "talks":
            earlier.append(f"talks.{terms['topic']}.under_way")
    for key, phase in deal["phases"].items():
        if "then" in phase and "lasts" in phase:
            phase["continues_while"] = [draw(compounds(*earlier, f"phase.{key}"))]
            deal["phases"][phase["then"]]["enters_when"] = [draw(compounds(*earlier))]
    for party in data["behaviour"]["parties"].values():
        party["leaves"] = {"after_lapse": 0.5, "latency": "1 d", "unless": [draw(compounds(*earlier))]}
    deal["milestones"] = {"seen": {"title": "Seen", "when": [draw(compounds(*earlier))], **ASSUMED}}
    return _sound(data)


@st.composite
def kept_waiting(draw: DrawFn) -> ResolvedScenario:
    """A deal with deadlines, in which much waits for what others owe, who are late with it or refuse."""
    data = as_data(draw(scenarios(deadlines=True, exchanges=draw(st.booleans()))))
    deal, behaviour = data["deal"], data["behaviour"]
    earlier: list[Any] = ["truce.holds", "day 4"]
    for key, terms in deal["obligations"].items():
        if len(earlier) > 2 and not terms.get("ratio") and draw(st.booleans()):
            terms["after"] = [*(terms.get("after") or []), draw(compounds(*earlier))]
        if not terms.get("ratio"):
            earlier.append(key)
        if terms["kind"] == "talks":
            earlier.append(f"talks.{terms['topic']}.agreed")
    for party in ("a", "b", "e", "m"):
        habits = {"default": {"late": 0.4, "refused": 0.2, "delay": "2 d"}, "patience": draw(lives)}
        behaviour["parties"][party] = {**behaviour["parties"].get(party, {}), **habits}
    behaviour["mediators"] = {**behaviour.get("mediators", {}), "settles": 0.5, "lag": draw(durations)}
    if draw(st.booleans()):
        behaviour.setdefault("shocks", {})["dates"] = {
            "effect": "redates_all",
            "at": draw(st.sampled_from(["day 4", "day 6"])),
        }
    return _sound(data)


@st.composite
def redated(draw: DrawFn) -> ResolvedScenario:
    """A deal in which some may change dates, of what others are late with, dispute and settle."""
    data = as_data(draw(scenarios(deadlines=draw(st.booleans()), exchanges=draw(st.booleans()), powers=True)))
    behaviour = data["behaviour"]
    for party in ("a", "b"):
        habits = {"default": {"late": 0.4, "refused": 0.2, "delay": "2 d"}, "patience": draw(lives)}
        behaviour["parties"][party] = {**behaviour["parties"].get(party, {}), **habits}
    behaviour["mediators"] = {**behaviour.get("mediators", {}), "settles": 0.5, "lag": draw(durations)}
    for power in behaviour.get("powers", {}).values():
        power["used"] = draw(st.sampled_from([1.0, 0.6]))
    return _sound(data)


def _sound(data: dict[str, Any]) -> ResolvedScenario:
    resolved = ResolvedScenario.model_validate(data)
    assume(not any(fault.severity == "error" for fault in check_deal(resolved.deal)))
    note(Shown(resolved))
    return resolved


@st.composite
def waiting_for_a_phase(draw: DrawFn) -> ResolvedScenario:
    """A small deal whose second phase lapses, for want of a release, and in which something waits for its end."""
    phases: dict[str, Any] = {}
    phases["one"] = {"lasts": draw(lives), "then": "two", "continues_while": [{"phase": "two", "state": "entered"}]}
    phases["two"] = {"lasts": draw(lives), "then": "three"}
    phases["three"] = {"enters_when": [{"released": 1, "list": "hostages"}], "lasts": "3 d"}
    waits = {"kind": draw(st.sampled_from(["access", "information"])), "by": "north", "phase": "one"}
    waits |= {"due": draw(st.sampled_from(["on gate", "day 4", "day 12", "day 20"])), "takes": draw(durations)}
    obligations = {
        "batch": {"kind": "release", "by": "south", "due": "day 3", "amount": {"people": 1}, "phase": "two"},
        "waits": {**waits, "after": [{"phase": "two", "state": "ended"}]},
    }
    south = {"default": {"refused": 1.0}, "leaves": {"after_lapse": draw(st.sampled_from([0.0, 0.5]))}}
    north = {"complains": 0.0, "leaves": {"after_lapse": 0.0}}
    deal = {
        "stocks": {"people": {"of": "people", "list": "hostages", "held_by": "south", "count": 1}},
        "horizon": "40 d",
    }
    deal |= {"phases": {key: phase | ASSUMED for key, phase in phases.items()}, "obligations": obligations}
    return tiny(json.dumps({"deal": deal, "behaviour": {"parties": {"north": north, "south": south}}}))
