"""Amounts of stocks and the words beside them: what is owed, from how much on it is met, and what is refused."""

from __future__ import annotations

import copy
import pickle
from typing import get_args

import pytest

from sim.document.deal import Deal
from sim.document.kinds import MEASURE, Kind
from sim.document.quantities import Quantity
from sim.plan.codes import Kind as KindCode
from sim.plan.compile import compile_plan
from sim.reading.checks import check_deal
from sim.reading.problem import DocumentError
from sim.reading.store import as_data
from tests.builders import DAY, history_of, noon, sample, tiny

STOCKS = {
    "guns": {"of": "guns", "held_by": "south", "count": 30, "assumption": "a"},
    "gold": {"of": "bars", "held_by": "envoy", "count": 4, "assumption": "a"},
    "men": {"of": "people", "held_by": "north", "count": 10, "list": "prisoners", "assumption": "a"},
    "dead": {"of": "remains", "held_by": "north", "count": 5, "list": "prisoners", "assumption": "a"},
}


def faults(**obligations):
    """Code and place of each fault of a deal with these stocks and obligations, errors and warnings."""
    owed = {key: {"due": "day 2", "assumption": "a", **terms} for key, terms in obligations.items()}
    deal = Deal.model_validate({
        "deal": "d", "title": "D", "starts": "2030-01-01T00:00+00:00", "parties": ["north", "south"],
        "mediators": {"envoy": "Envoy"}, "stocks": copy.deepcopy(STOCKS), "obligations": owed,
        "phases": {"one": {"lasts": "50 d", "assumption": "a"}},
    })  # fmt: skip
    return [(fault.code, ".".join(map(str, fault.path[1:])), fault.severity) for fault in check_deal(deal)]


def arms(number, **terms):
    return {"kind": "arms", "by": "south", "amount": {"guns": number}, **terms}


def free(number, **terms):
    return {"kind": "release", "by": "north", "amount": {"men": number}, **terms}


# ---------------------------------------------------------------- the table of kinds


def test_every_kind_has_its_measure_and_its_code():
    assert set(get_args(Kind)) == set(MEASURE) == {kind.name.lower() for kind in KindCode}


@pytest.mark.parametrize("kind", ["act", "information"])
def test_an_act_is_done_while_no_truce_holds(kind):
    text = f"""
    deal:
      obligations: {{law: {{kind: {kind}, by: north, due: day 5}}, gate: {{kind: access, by: south, due: day 5}}}}
    behaviour: {{shocks: {{blow: {{at: day 4, effect: suspends_truce, by: south, lasts: 6 d}}}}}}
    """
    history = history_of(text)
    assert history.minutes("obligation_met", "law") == [noon(5)]
    assert history.minutes("obligation_met", "gate") != [noon(5)]


def test_an_act_of_the_debtor_is_no_list_that_comes_with_the_people():
    text = """
    deal:
      stocks: {{men: {{of: people, held_by: north, count: 4}}}}
      obligations:
        step: {{kind: {kind}, by: north, due: day 9}}
        one: {{kind: release, by: north, due: day 2, amount: {{men: 2}}}}
        two: {{kind: release, by: north, due: day 9, amount: {{men: 2}}, after: step}}
    behaviour: {{parties: {{north: {{default: {{ahead: 1.0}}}}}}}}
    """
    assert history_of(text.format(kind="information")).moved("men") == [(noon(2), 2), (noon(2), 2)]
    assert history_of(text.format(kind="act")).moved("men") == [(noon(2), 2), (noon(9), 2)]


# ---------------------------------------------------------------- things


def test_things_are_owed_by_stock_and_told_by_obligation():
    found = history_of("""
    deal:
      stocks: {guns: {of: guns, held_by: south, count: 30}}
      obligations:
        some: {kind: arms, by: south, due: day 2, amount: {guns: 11}, accepted_from: 0.5}
        rest: {kind: transfer, by: south, due: day 3, amount: {guns: all}}
        posts: {kind: withdrawal, by: north, due: day 3, amount: {}, units: 2, to_line: road}
      lines: [start, road]
    behaviour: {parties: {south: {obligations: {some: {short: 1.0, level: 0.6}}}}}
    """)
    assert found.outcomes["delivered_some"] == 6  # the whole part of 0.6 times 11
    assert found.outcomes["delivered_rest"] == 30 - 11
    assert "delivered_posts" not in found.outcomes
    assert "released_guns" not in found.outcomes


@pytest.mark.parametrize(
    ("obligations", "expected"),
    [
        ({"a": arms(20), "b": arms(10)}, []),
        ({"a": arms(20), "b": arms(11)}, [("batch-exceeds-stock", "b.amount.guns", "error")]),
        ({"a": arms(20), "b": arms({"at_least": 11})}, [("batch-exceeds-stock", "b.amount.guns", "warning")]),
        ({"a": free({"at_least": 11})}, [("batch-exceeds-stock", "a.amount.men", "error")]),
        ({"a": arms(3) | {"by": "north"}}, [("not-held-by-debtor", "a.amount.guns", "error")]),
        ({"a": {"kind": "payment", "by": "envoy", "to": "north", "amount": {"gold": 4}}}, []),
        ({"a": {"kind": "arms", "by": "north", "amount": {"men": 2}}}, [("not-things", "a.amount.men", "error")]),
        ({"a": {"kind": "transfer", "by": "north", "amount": {"men": 2, "dead": 1}}}, []),
        ({"a": {"kind": "release", "by": "south", "amount": {"guns": 2}}}, [("not-people", "a.amount.guns", "error")]),
        ({"a": arms(3, units=4)}, [("foreign-measure", "a.units", "error")]),
        ({"a": {"kind": "transfer", "by": "south"}}, [("missing-measure", "a", "error")]),
        ({"a": {"kind": "act", "by": "south", "amount": {"guns": 2}}}, [("foreign-measure", "a.amount", "error")]),
    ],
)  # fmt: skip
def test_what_may_be_owed_of_a_stock(obligations, expected):
    assert faults(**obligations)[: len(expected) or None] == expected


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("number", "owed", "enough"),
    [(7, 7, 7), ("all", 10, 10), ({"at_least": 7}, 7, 7), ({"about": 7}, 7, 7), ({"about": 10}, 10, 9),
     ({"up_to": 7}, 7, 7)],
)  # fmt: skip
def test_what_is_owed_and_enough(number, owed, enough):
    plan = compile_plan(
        tiny(f"""
    deal:
      stocks: {{men: {{of: people, held_by: north, count: 10}}}}
      obligations: {{free: {{kind: release, by: north, due: day 2, amount: {{men: {number}}}}}}}
    """)
    )
    assert (plan.record["owed"][0, 0], plan.record["enough"][0, 0]) == (owed, enough)


def test_all_is_what_no_other_obligation_owes():
    scenario = tiny("""
    deal:
      stocks: {men: {of: people, held_by: north, count: 10}}
      obligations:
        rest: {kind: release, by: north, due: day 2, amount: {men: all}}
        some: {kind: release, by: north, due: day 2, amount: {men: {up_to: 3}}}
        more: {kind: transfer, by: north, due: day 2, amount: {men: 2}}
    """)
    amount = scenario.deal.obligations["rest"].amount["men"]
    assert amount == 5
    assert pickle.loads(pickle.dumps(amount)).written == "all"
    written = as_data(scenario)["deal"]["obligations"]
    assert [written[key]["amount"]["men"] for key in ("rest", "some", "more")] == ["all", {"up_to": 3}, 2]


@pytest.mark.parametrize(
    ("obligations", "expected"),
    [
        ({"a": free("all"), "b": free("all")}, ("all-owed-twice", "b.amount.men", "error")),
        ({"a": arms({"about": 9}, accepted_from=0.5)}, ("amount-not-alone", "a.amount.guns", "error")),
        ({"a": {"kind": "transfer", "by": "north", "amount": {"men": {"up_to": 2}, "dead": 1}}},
         ("amount-not-alone", "a.amount.men", "error")),
    ],
)  # fmt: skip
def test_what_a_word_cannot_say_is_refused(obligations, expected):
    assert expected in faults(**obligations)


def test_all_of_what_others_owe_is_nothing_and_told():
    assert faults(a=free(10), b=free("all")) == [("all-of-nothing", "b.amount.men", "warning")]


def test_a_release_of_about_so_many_cannot_be_answered_one_by_one():
    returned = {"kind": "return", "by": "north", "for_each": "release", "ratio": {"jailed": {"men": 1}}}
    STOCKS["jailed"] = {"of": "people", "held_by": "south", "count": 9, "assumption": "a"}
    released = {"kind": "release", "by": "south", "amount": {"jailed": {"about": 9}}}
    assert ("amount-with-returns", "a.amount.jailed", "error") in faults(a=released, b=returned)
    assert ("all-of-unknown", "c.amount.men", "error") in faults(a=released, b=returned, c=free("all"))
    del STOCKS["jailed"]


@pytest.mark.parametrize("number", ["most", {"around": 3}, {"about": 3, "up_to": 4}, {"about": -1}, -1, 1.5, {}])
def test_an_amount_that_is_none_is_refused(number):
    with pytest.raises(ValueError, match=r"all|number|integer|greater"):
        faults(a=free(number))


def test_a_count_that_nobody_knows_is_refused_with_a_way_out():
    with pytest.raises(DocumentError, match=r"(?s)a count that nobody knows cannot be run.*with an assumption"):
        tiny("""
        deal:
          stocks: {men: {of: people, held_by: north, count: unknown}}
          obligations: {free: {kind: release, by: north, due: day 2, amount: {men: all}}}
        """)


def test_a_quantity_counts_like_its_number():
    assert Quantity(6, "about") + 1 == 7
    assert sum([Quantity(6, "about"), Quantity(2, "up_to")]) == 8


# ---------------------------------------------------------------- from how much on it is met

FEW_A_DAY = """
deal:
  stocks: {{men: {{of: people, held_by: north, count: 20}}}}
  obligations:
    free: {{kind: transfer, by: north, due: day 3, grace: {grace}, transit: {transit}, amount: {{men: {number}}}}}
    next: {{kind: act, by: south, due: on gate, after: free}}
    half: {{kind: act, by: south, due: on gate, after: {{obligation: free, share: 0.5}}}}
behaviour: {{parties: {{north: {{capacity: {{release: 4}}}}, south: {{complains: 0.0}}}}}}
"""


def few_a_day(number, grace="2 d", transit="0 min"):
    return history_of(FEW_A_DAY.format(number=number, grace=grace, transit=transit))


def test_about_so_many_is_met_by_nine_tenths_and_no_more_come():
    history = few_a_day("{about: 13}", grace="10 d")  # twelve of thirteen, on three days
    assert history.moved("men") == [(noon(3), 4), (noon(4), 4), (noon(5), 4)]
    assert history.minutes("obligation_met", "free") == history.minutes("obligation_met", "next") == [noon(5)]


def test_up_to_so_many_is_met_when_grace_ends_by_what_has_come():
    history = few_a_day("{up_to: 20}", grace="36 h")  # four on day 3 and four on day 4
    assert history.moved("men") == [(noon(3), 4), (noon(4), 4)]
    assert history.minutes("obligation_met", "free") == [noon(3) + 36 * 60]
    assert history.minutes("obligation_met", "next") == [noon(3) + 36 * 60]
    assert history.minutes("obligation_late", "free") == history.minutes("obligation_met", "half") == []


def test_up_to_so_many_is_met_at_once_by_all():
    assert few_a_day("{up_to: 8}").minutes("obligation_met", "free") == [noon(4)]


def test_those_under_way_when_grace_ends_are_waited_for():
    history = few_a_day("{up_to: 20}", grace="26 h", transit="5 h")
    # those of day 4 set out at noon and arrive at 17:00, three hours after grace has ended
    assert history.minutes("obligation_met", "free") == [noon(4) + 5 * 60]
    assert history.minutes("obligation_late", "free") == []


def test_up_to_so_many_is_late_where_nobody_has_come_and_met_by_the_first():
    history = few_a_day("{up_to: 20}", grace="1 h", transit="5 h")
    assert history.minutes("obligation_late", "free") == [noon(3) + 60]
    assert history.minutes("obligation_met_late", "free") == [noon(3) + 5 * 60]
    assert history.moved("men") == [(noon(3) + 5 * 60, 4)]


def test_exactly_so_many_is_late_where_up_to_so_many_is_met():
    history = few_a_day("20", grace="36 h")
    assert history.minutes("obligation_late", "free") == [noon(3) + 36 * 60]
    assert history.minutes("obligation_met_late", "free") == [noon(3) + 4 * DAY]


def test_what_is_held_back_when_grace_ends_is_not_enough():
    text = """
    deal:
      stocks: {men: {of: people, held_by: north, count: 20}}
      obligations:
        theirs: {kind: act, by: south, due: day 3, grace: 6 h}
        free: {kind: release, by: north, due: day 3, grace: 3 d, amount: {men: {up_to: 20}}}
    behaviour:
      mediators: {settles: 0.0}
      parties:
        north: {capacity: {release: 4}, withholds: 1.0, complains: 1.0, patience: 90 d}
        south: {default: {refused: 1.0}, complains: 0.0}
    """
    history = history_of(text)
    assert history.moved("men") == [(noon(3), 4)]
    assert history.minutes("obligation_withheld", "free") == [noon(4)]
    assert history.minutes("obligation_met", "free") == []


def test_a_part_of_up_to_so_many_things_is_enough_when_grace_ends():
    text = """
    deal:
      stocks: {guns: {of: guns, held_by: south, count: 30}}
      obligations: {guns: {kind: arms, by: south, due: day 3, grace: 1 d, amount: {guns: NUMBER}}}
    behaviour: {parties: {south: {default: {short: 0.5, level: 0.3}}, north: {complains: 0.0}}}
    """
    found = sample(text.replace("NUMBER", "{up_to: 30}"), 200)
    assert set(found["delivered_guns"]) == {9, 30}
    assert (found["on_time_south"] == 1).all()
    assert (sample(text.replace("NUMBER", "30"), 200)["on_time_south"] == (found["delivered_guns"] == 30)).all()
