"""Exchanges by hand: numbers and shares in step, who is late and who is held back, escrow, and what is refused."""

from __future__ import annotations

import copy
from itertools import accumulate

import pytest

from sim.document.deal import Deal
from sim.outcomes.story import story
from sim.outcomes.trace import records
from sim.plan.codes import Event
from sim.plan.compile import compile_plan
from sim.reading.checks import check_deal
from sim.reading.foresight import foresee_deal, foresee_scenario
from sim.reading.store import as_data, from_resolved
from tests.builders import DAY, history_of, noon, tiny
from tests.told.in_step import COLLECTED, ESCROW, ONE_FOR_ONE, ROUNDS

PATIENT = "patience: 300 d"
ASSUMED = {"assumption": "a"}


def released(history, stock):
    """Day and number of each arrival."""
    return [(minute // DAY + 1, number) for minute, number in history.moved(stock)]


def is_late(history, key):
    return bool(history.all("obligation_late", key))


def held_back(history, key):
    """When it was told that an obligation is held back, and by whom."""
    told = [record for record in records(history.plan, history.run.trace) if record["event"] == "ObligationHeldBack"]
    return [(record["minute"], record["held_back_by"]) for record in told if record["obligation"] == key]


# ---------------------------------------------------------------- numbers


def test_390_a_day_are_390_390_and_220_both_ways():
    history = history_of(ONE_FOR_ONE + "behaviour: {parties: {north: {capacity: {release: 390}}}}")
    for stock in ("in_north", "in_south"):
        assert released(history, stock) == [(8, 390), (9, 390), (10, 220)]
    assert not history.all("obligation_late")


@pytest.mark.parametrize("slow", ["north", "south"])
def test_390_307_and_303_both_ways_as_one_side_brings_them(slow):
    history = history_of(
        ONE_FOR_ONE
        + f"""
behaviour:
  parties: {{{slow}: {{capacity: {{release: 390}}}}}}
  shocks:
    fewer: {{at: day 9, effect: shifts, path: parties.{slow}.capacity.release, to: 307}}
    last: {{at: day 10, effect: shifts, path: parties.{slow}.capacity.release, to: 303}}
"""
    )
    for stock in ("in_north", "in_south"):
        assert released(history, stock) == [(8, 390), (9, 307), (10, 303)]


@pytest.mark.parametrize(("refuses", "other"), [("north", "south"), ("south", "north")])
def test_one_side_refuses_and_nobody_leaves_the_other_which_is_not_late(refuses, other):
    history = history_of(
        ONE_FOR_ONE
        + f"""
behaviour: {{mediators: {{settles: 0}}, parties: {{{refuses}: {{default: {{refused: 1}}}}, {other}: {{{PATIENT}}}}}}}
"""
    )
    assert not history.moved("in_north")
    assert not history.moved("in_south")
    assert is_late(history, f"{refuses}_gives")
    assert not is_late(history, f"{other}_gives")
    assert held_back(history, f"{other}_gives") == [(noon(11), [refuses])]
    assert history.outcomes[f"held_back_days_{other}_gives"] == 100 * DAY - noon(8)
    assert history.outcomes[f"held_back_days_{refuses}_gives"] == 0
    assert history.outcomes[f"broken_{other}"] == 0
    root = [h.event for h in history.causes(history.end)]
    assert "obligation_refused" in root, "what stands open goes back to the refusal, not to who was ready"


def test_an_exchange_of_numbers_is_over_with_the_smaller():
    history = history_of(ONE_FOR_ONE.replace("{in_north: 1000}", "{in_north: 340}"))
    assert released(history, "in_north") == released(history, "in_south") == [(8, 340)]
    assert history.outcomes["on_time_south"] == 1
    assert history.end.event == "deal_completed"


# ---------------------------------------------------------------- shares, lots, leads


def test_rounds_go_on_days_17_32_47_and_62_in_step_with_troops():
    history = history_of(ROUNDS)
    assert released(history, "prisoners") == [(17, 145), (32, 145), (47, 145), (62, 146)]
    assert [history.minutes("obligation_met", f"troops.{lot}") for lot in range(1, 5)] == [
        [noon(day)] for day in (17, 32, 47, 62)
    ]
    assert history.outcomes["delivered_troops"] == 24000


def test_a_round_20_days_late_stops_the_troops_at_a_half_who_are_not_late():
    history = history_of(
        ROUNDS
        + f"""
behaviour:
  parties: {{north: {{obligations: {{prisoners.2: {{late: 1, delay: 20 d}}}}}}, south: {{complains: 0, {PATIENT}}}}}
"""
    )
    assert is_late(history, "prisoners.2")
    assert not any(is_late(history, f"troops.{lot}") for lot in range(1, 5))
    assert history.minutes("obligation_met", "troops.2") == [noon(32)], "a quarter ahead, as it may be"
    assert held_back(history, "troops.3") == [(noon(48), ["north"])]
    assert (
        history.minutes("obligation_met", "troops.3") == [noon(52)] == history.minutes("obligation_met", "prisoners.3")
    )
    assert released(history, "prisoners") == [(17, 145), (52, 145), (52, 145), (62, 146)]
    assert history.outcomes["held_back_days_troops"] == 5 * DAY


def test_45_of_a_hundred_are_answered_by_as_many_and_then_a_stop():
    history = history_of("""
deal:
  stocks:
    a: {of: people, held_by: north, count: 116, list: northern}
    b: {of: people, held_by: south, count: 40, list: southern}
  phases: {one: {truce: false}}
  obligations:
    a: {kind: release, by: north, amount: {a: all}, due: day 5, grace: 2 d}
    b: {kind: release, by: south, amount: {b: all}, due: day 5, grace: 2 d}
  exchanges: {flights: {legs: [a, b]}}
behaviour:
  mediators: {settles: 0}
  parties: {north: {capacity: {release: 52}, default: {late: 0}}, south: {patience: 300 d}}
  shocks: {stop: {at: day 6, effect: shifts, path: parties.north.capacity.release, to: 0}}
""")
    assert released(history, "a") == [(5, 52)]
    assert released(history, "b") == [(5, 17)], "52 of 116 of 40, in whole people"
    assert is_late(history, "a")
    assert not is_late(history, "b")


def test_lots_of_45_in_a_hundred_on_three_days():
    history = history_of("""
deal:
  stocks:
    a: {of: people, held_by: north, count: 348, list: northern}
    b: {of: people, held_by: south, count: 123, list: southern}
  phases: {one: {truce: false}}
  obligations:
    a: {kind: release, by: north, amount: {a: all}, due: day 5, grace: 30 d}
    b: {kind: release, by: south, amount: {b: all}, due: day 5, grace: 30 d}
  exchanges: {flights: {legs: [a, b]}}
behaviour: {parties: {north: {capacity: {release: 52}}}}
""")
    north, south = ([number for _, number in released(history, stock)] for stock in ("a", "b"))
    assert list(accumulate(north[:3])) == [52, 104, 156]
    assert list(accumulate(south[:3])) == [52 * 123 // 348, 104 * 123 // 348, 156 * 123 // 348] == [18, 36, 55]


# ---------------------------------------------------------------- receivers


def test_who_comes_9_days_late_to_collect_is_late_and_the_other_is_not():
    history = history_of(
        COLLECTED
        + f"""
behaviour:
  mediators: {{settles: 0}}
  parties:
    north: {{capacity: {{release: 1212}}, {PATIENT}}}
    south: {{default: {{late: 1, delay: 9 d}}}}
"""
    )
    assert history.minutes("obligation_late", "collected") == [noon(29)]
    assert not is_late(history, "bodies")
    assert held_back(history, "bodies") == [(noon(32), ["south"])]
    assert released(history, "bodies") == [(34, 1212), (35, 1212), (36, 1212), (37, 1212), (38, 1152)]
    assert history.minutes("obligation_met", "bodies") == [noon(38)]
    assert history.outcomes["held_back_days_bodies"] == 9 * DAY


def test_grace_runs_anew_once_the_other_has_come():
    """What was held back and then takes too long by itself is late, so long after the other has come."""
    history = history_of(
        COLLECTED
        + f"""
behaviour:
  mediators: {{settles: 0}}
  parties: {{north: {{capacity: {{release: 500}}, {PATIENT}}}, south: {{default: {{late: 1, delay: 9 d}}, {PATIENT}}}}}
"""
    )
    assert history.minutes("obligation_late", "bodies") == [noon(34 + 7)]


# ---------------------------------------------------------------- escrow


def test_52_people_and_100_tonnes_go_in_one_minute_two_days_late():
    history = history_of(
        ESCROW
        + f"""
behaviour:
  mediators: {{settles: 0}}
  parties: {{north: {{obligations: {{free: {{late: 1, delay: 2 d}}}}}}, south: {{{PATIENT}}}}}
"""
    )
    assert released(history, "people") == [(5, 52)]
    assert history.minutes("obligation_met", "pay_out") == [noon(5)]
    assert history.minutes("dispute_opened", "free") == [noon(3) + 360]
    assert not is_late(history, "pay_out")
    assert held_back(history, "pay_out") == [(noon(3) + 360, ["north"])]


def test_all_or_nothing_waits_for_the_last_of_them():
    """Nobody goes while one of 52 is not found; with shares, those found go."""
    behaviour = (
        "behaviour: {search: {people: {found: 1, time: {median: 4 d, p95: 9 d}}}, parties: {south: {complains: 0}}}"
    )
    whole = history_of(ESCROW + behaviour)
    assert [number for _, number in released(whole, "people")] == [52]
    parts = history_of(ESCROW.replace("whole: true", "whole: false") + behaviour)
    assert len(released(parts, "people")) > 1
    assert (
        whole.minutes("obligation_met", "pay_out") == [whole.moved("people")[-1][0]] == [parts.moved("people")[-1][0]]
    )


# ---------------------------------------------------------------- withholding, excuses, words


def test_a_complaint_about_the_other_leg_holds_nothing_back():
    """The exchange itself does; once the other side is ready, both go."""
    history = history_of(
        ONE_FOR_ONE
        + f"""
behaviour:
  mediators: {{settles: 0}}
  parties: {{north: {{default: {{late: 1, delay: 9 d}}}}, south: {{withholds: 1, {PATIENT}}}}}
"""
    )
    assert history.minutes("dispute_opened", "north_gives") == [noon(11)]
    assert not history.all("obligation_withheld")
    assert released(history, "in_north") == released(history, "in_south") == [(17, 1000)]


def test_a_complaint_about_something_else_holds_a_leg_back():
    history = history_of(
        ONE_FOR_ONE.replace("obligations:", "obligations:\n    list: {kind: information, by: north, due: day 2}")
        + f"""
behaviour:
  mediators: {{settles: 0}}
  parties: {{north: {{obligations: {{list: {{late: 1, delay: 20 d}}}}}}, south: {{withholds: 1, {PATIENT}}}}}
"""
    )
    assert history.minutes("obligation_withheld", "south_gives") == [noon(8)]
    assert held_back(history, "north_gives") == [(noon(11), ["south"])]
    assert released(history, "in_north") == [(22, 1000)]


def test_what_nobody_can_perform_frees_the_other_side():
    history = history_of(
        ONE_FOR_ONE.replace("1000", "3")
        + """
behaviour:
  search: {in_north: {found: 0, time: 1 d}}
  mediators: {cannot_be_done: excused}
"""
    )
    assert [e for _, e in history.life("south_gives")][-1] == "excused"
    assert history.minutes("obligation_excused") == [noon(12)] * 2
    assert history.end.event == "deal_completed"


def test_the_story_names_who_holds_back():
    history = history_of(ESCROW + "behaviour: {mediators: {settles: 0}, parties: {north: {default: {refused: 1}}}}")
    told = [text for _, _, text in story(history.plan, history.run.trace)]
    assert "Bank stands ready with \u201cpay out\u201d and is not late: North holds it back" in " | ".join(told)


# ---------------------------------------------------------------- reading


def deal_of(exchanges, **obligations):
    """A deal with these exchanges; `a` and `b` release 6 and 9, `c` hands over arms, `d` comes, unless changed."""
    owed = {
        "a": {"kind": "release", "by": "north", "amount": {"men": 6}},
        "b": {"kind": "release", "by": "south", "amount": {"women": 9}},
        "c": {"kind": "arms", "by": "south", "units": 4},
        "d": {"kind": "act", "by": "envoy", "to": "north"},
    }
    for key, terms in obligations.items():
        owed[key] = {**owed.get(key, {}), **terms}
    stocks = {"men": ("north", 20), "boys": ("north", 20), "women": ("south", 20)}
    return Deal.model_validate({
        "deal": "d", "title": "D", "starts": "2030-01-01T00:00+00:00", "parties": ["north", "south"],
        "mediators": {"envoy": "Envoy"},
        "stocks": {key: {"of": "people", "held_by": by, "count": n, **ASSUMED} for key, (by, n) in stocks.items()},
        "obligations": {key: {"due": "day 2", **ASSUMED, **terms} for key, terms in copy.deepcopy(owed).items()},
        "phases": {"one": {"lasts": "50 d", "then": "two", "assumption": "a"}, "two": {"assumption": "a"}},
        "exchanges": {key: {"assumption": "a", **terms} for key, terms in exchanges.items()},
    })  # fmt: skip


def faults(exchanges, **obligations):
    """Code and place of each error."""
    found = check_deal(deal_of(exchanges, **obligations))
    return [(fault.code, ".".join(map(str, fault.path))) for fault in found if fault.severity == "error"]


RATIO = {"kind": "return", "by": "south", "ratio": {"men": {"women": 1}}, "for_each": ["a"]}
X = {"legs": ["a", "b"]}


@pytest.mark.parametrize(("exchanges", "obligations", "wanted"), [
    ({"x": {"legs": ["a", "z"]}}, {}, ("unknown-reference", "exchanges.x.legs.1")),
    ({"x": {"legs": ["a", "b"]}, "y": {"legs": ["c", "a"]}}, {}, ("leg-twice", "exchanges.y.legs.1")),
    ({"x": {"legs": ["b", "c"]}}, {}, ("same-debtor", "exchanges.x.legs")),
    ({"x": X}, {"b": {"phase": "two"}}, ("different-phases", "exchanges.x.legs")),
    ({"x": {"legs": ["a", "f"]}}, {"f": {"kind": "flow", "by": "south", "each_day": {"trucks": 5}}},
     ("not-in-step", "exchanges.x.legs.1")),
    ({"x": {"legs": ["a", "t"]}}, {"t": {"kind": "truce", "by": "south"}}, ("not-in-step", "exchanges.x.legs.1")),
    ({"x": {"legs": ["a", "t"]}}, {"t": {"kind": "talks", "by": "south", "topic": "more"}},
     ("not-in-step", "exchanges.x.legs.1")),
    ({"x": {"legs": ["a", "r"]}}, {"r": RATIO}, ("not-in-step", "exchanges.x.legs.1")),
    ({"x": {**X, "in": "number"}}, {"r": RATIO}, ("not-in-step", "exchanges.x.legs.0")),
    ({"x": X}, {"b": {"amount": {"women": {"up_to": 9}}}}, ("not-in-step", "exchanges.x.legs.1")),
    ({"x": {**X, "in": "number"}}, {"b": {"amount": {"women": {"about": 9}}}}, ("not-in-step", "exchanges.x.legs.1")),
    ({"x": {**X, "lots": 7}}, {}, ("not-in-lots", "exchanges.x.legs.0")),
    ({"x": {**X, "lots": 2}}, {"b": {"due": "phase end"}}, ("not-in-lots", "exchanges.x.legs.1")),
    ({"x": {**X, "every": "2 d"}}, {}, ("every-without-lots", "exchanges.x.every")),
    ({"x": {"legs": ["a", "d"], "in": "number"}}, {}, ("number-of-nothing-counted", "exchanges.x.in")),
    ({"x": {**X, "in": "number"}}, {"a": {"amount": {"men": 6, "boys": 6}}}, ("number-of-several", "exchanges.x.in")),
    ({"x": X}, {"a": {"after": "b"}}, ("exchange-deadlock", "obligations.a.after.0")),
    ({"x": X}, {"a": {"after": {"obligation": "b", "share": 0.5}}}, ("exchange-deadlock", "obligations.a.after.0")),
    ({"x": X, "y": {"legs": ["c", "d"]}}, {"a": {"after": "d"}, "c": {"after": "b"}},
     ("exchange-deadlock", "obligations.a.after.0")),
    ({"x": X}, {"a": {"after": {"released": 1, "list": "women"}}}, ("exchange-deadlock", "obligations.a.after.0")),
])  # fmt: skip
def test_what_cannot_be_in_step_is_refused_in_words(exchanges, obligations, wanted):
    assert wanted in faults(exchanges, **obligations)


@pytest.mark.parametrize(("exchanges", "obligations"), [
    ({"x": X}, {}),
    ({"x": {**X, "in": "number", "lots": 3, "every": "2 d"}}, {}),
    ({"x": {"legs": ["a", "c", "d"], "whole": True}}, {}),
    ({"x": {**X, "lead": 0.5}}, {"a": {"after": {"obligation": "b", "share": 0.5}}}),
    ({"x": {**X, "lots": 2, "every": "30 d"}}, {"c": {"after": {"obligation": "a", "share": 0.5}, "due": "on gate"}}),
    ({"x": {**X, "every": "1 d", "lots": 2}}, {"c": {"after": "a"}}),
])  # fmt: skip
def test_what_can_be_in_step_is_not(exchanges, obligations):
    assert not faults(exchanges, **obligations)


def test_a_lot_that_is_due_after_its_phase_is_refused():
    assert ("never-due", "obligations.a.due") in faults({"x": {**X, "lots": 4, "every": "20 d"}})


def test_a_deadlock_names_the_way_round():
    [fault] = [one for one in check_deal(deal_of({"x": X}, a={"after": "b"})) if one.code == "exchange-deadlock"]
    assert fault.message == "a waits for b, which goes only in step with a: neither ever can"


def test_a_document_with_an_exchange_is_written_as_it_was_read():
    scenario = tiny(ROUNDS)
    data = as_data(scenario)
    assert data["deal"]["exchanges"]["pace"]["lots"] == 4
    assert data["deal"]["exchanges"]["pace"]["every"] == "15 d"
    assert as_data(from_resolved(data)) == data


def test_lots_have_decisions_of_their_own_that_a_script_can_name():
    scenario = tiny(ROUNDS + "scripted: [{obligation: troops.3, choice: refused}]")
    trace = history_of(compile_plan(scenario)).run.trace
    refused = [row[2] for row in trace.tolist() if row[1] == Event.OBLIGATION_REFUSED]
    assert [compile_plan(scenario).obligations[o] for o in refused] == ["troops.3"]


def test_legs_that_are_due_apart_and_lots_larger_than_a_day_are_foreseen():
    scenario = tiny(
        ESCROW.replace("due: day 3, grace: 6 h, after: pay_in}\n    pay_out", "due: day 9, after: pay_in}\n    pay_out")
        + "behaviour: {parties: {north: {capacity: {release: 40}}}}"
    )
    faults = [*foresee_deal(scenario.deal), *foresee_scenario(scenario)]
    found = {(fault.code, ".".join(map(str, fault.path))) for fault in faults}
    assert ("held-back", "obligations.pay_out.due") in found
    assert ("lot-too-large", "behaviour.parties.north.capacity.release") in found
