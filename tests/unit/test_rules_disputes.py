"""Disputes by hand: withholding, patience, suspension, mediators and guarantors."""

import math

import pytest

from sim.plan.codes import Status
from tests.builders import DAY, history_of, noon, sample

LATE = 3 * DAY
"""A duty of day 3 without a grace of its own is late at the end of day 3."""

REFUSED = """
deal:
  obligations:
    duty: {kind: information, by: south, due: day 3}
    step: {kind: access, by: north, due: day 5}
    step_of_south: {kind: access, by: south, due: day 5}
behaviour:
  mediators: {settles: 0, attempt: 2 d}
  parties:
    north: {withholds: 1, patience: 10 d, suspends: 3 d, latency: 6 h}
    south: {obligations: {duty: {refused: 1}}}
"""


def test_a_creditor_with_an_open_complaint_holds_back_what_it_owes_and_performs_once_it_is_settled():
    history = history_of(REFUSED.replace("settles: 0, attempt: 2 d", "attempt: 4 d"))
    settled = LATE + 4 * DAY
    assert history.minutes("dispute_settled") == [settled]
    assert history.life("step") == [
        (noon(5), "due"),
        (noon(5), "withheld"),
        (settled, "resumed"),
        (settled + 6 * 60, "met_late"),
    ]
    assert history.minutes("obligation_met", "step_of_south") == [noon(5)]


def test_what_is_held_back_points_to_the_complaint_that_it_is_held_back_for():
    history = history_of(REFUSED)
    (withheld,) = history.all("obligation_withheld")
    assert history.happenings[withheld.cause].event == "dispute_opened"
    assert "obligation_refused" in [cause.event for cause in history.causes(withheld)]


def test_every_failed_attempt_is_followed_by_another():
    history = history_of(REFUSED)
    assert history.minutes("mediation_failed")[:4] == [LATE + 2 * DAY * k for k in (1, 2, 3, 4)]


SETTLED_WITH_TRUCE = REFUSED.replace("settles: 0", "settles: 0, settles_with_truce: 1")


def test_at_the_end_of_patience_the_truce_is_suspended_and_its_return_may_settle_the_dispute():
    history = history_of(SETTLED_WITH_TRUCE)
    assert history.minutes("truce_suspended") == [LATE + 10 * DAY]
    assert history.minutes("truce_restored") == [LATE + 13 * DAY]
    assert history.minutes("dispute_settled") == [LATE + 13 * DAY]
    assert history.minutes("obligation_cured") == [LATE + 13 * DAY]
    assert history.outcomes["suspensions"] == 1
    assert history.outcomes["truce_days"] == 47 * DAY
    assert history.end.event == "deal_completed"


def test_a_truce_that_is_not_restored_is_a_collapse_whose_root_is_the_refusal():
    history = history_of(REFUSED.replace("withholds: 1", "withholds: 1, restores: 0"))
    assert (history.end.event, history.end.minute) == ("deal_collapsed", LATE + 13 * DAY)
    assert [c.event for c in history.causes(history.end)][:5] == [
        "truce_suspended",
        "dispute_opened",
        "obligation_late",
        "obligation_refused",
        "obligation_due",
    ]
    assert history.minutes("obligation_defaulted", "duty") == [LATE + 13 * DAY]
    assert history.minutes("obligation_void", "step") == []
    assert history.minutes("obligation_defaulted", "step") == [LATE + 13 * DAY]


def test_guarantors_bring_back_a_truce_that_the_party_would_not_restore():
    text = SETTLED_WITH_TRUCE.replace("withholds: 1", "withholds: 1, restores: 0").replace(
        "behaviour:", "behaviour:\n  guarantors: {restores: 1}"
    )
    assert history_of(text).minutes("truce_restored") == [LATE + 13 * DAY]


def test_patience_with_a_truce_that_never_began_ends_the_deal():
    history = history_of("""
    deal:
      obligations:
        truce: {kind: truce, by: south, due: day 1}
        step: {kind: access, by: north, due: day 2}
    behaviour:
      mediators: {settles: 0}
      parties: {north: {patience: 4 d}, south: {kinds: {truce: {refused: 1}}}}
    """)
    assert (history.end.event, history.end.minute) == ("deal_collapsed", 5 * DAY)
    assert history.minutes("obligation_met", "step") == []
    assert history.outcomes["truce_days"] == 0


def test_what_is_due_while_the_truce_is_suspended_waits_until_it_is_restored_and_is_late():
    history = history_of("""
    deal: {obligations: {step: {kind: access, by: north, due: day 4}}}
    behaviour: {shocks: {strike: {at: day 3, effect: suspends_truce, by: south, lasts: 3 d}}}
    """)
    assert history.life("step") == [(noon(4), "due"), (4 * DAY, "late"), (noon(6), "met_late")]


def test_a_settlement_of_all_open_disputes_settles_them_together():
    history = history_of("""
    deal:
      obligations:
        one: {kind: information, by: south, due: day 3}
        two: {kind: information, by: south, due: day 4}
    behaviour:
      mediators: {attempt: 5 d, redates: all_open}
      parties: {south: {default: {refused: 1}}}
    """)
    assert history.minutes("dispute_settled") == [3 * DAY + 5 * DAY] * 2


FADING = """
deal:
  mediators: {envoy: Envoy, broker: Broker}
  obligations: {duty: {kind: information, by: south, due: day 3}}
behaviour:
  mediators:
    settles: 0.4
    attempt: 5 d
    pressure:
      envoy: {on: {south: 1.5}, half_life: 8 d, starts: day 1}
      broker: {on: {south: 1.0, north: 9}, starts: day 1, ends: day 30}
  parties: {north: {patience: 60 d, restores: 0}, south: {default: {refused: 1}}}
"""


@pytest.mark.statistical
def test_pressure_of_several_mediators_adds_up_and_fades_with_its_half_life():
    """Chance of a first attempt that fails: (1 - 0.4) ** (1.5 * 2 ** (-8 / 8) + 1); z = 5 errs once in 1.7 million."""
    n = 20_000
    days = sample(FADING, n)["dispute_days"]
    expected = 0.6 ** (1.5 * 0.5 + 1.0)
    share = float((days > 5 * DAY).mean())
    assert abs(share - expected) <= 5 * math.sqrt(expected * (1 - expected) / n)


@pytest.mark.parametrize(("starts", "end"), [("day 1", "deal_completed"), ("day 2", "deal_collapsed")])
def test_pressure_is_brought_to_bear_from_the_beginning_of_its_first_day(starts, end):
    history = history_of(f"""
    deal: {{obligations: {{duty: {{kind: information, by: south, due: day 3}}}}}}
    behaviour:
      parties: {{south: {{restores: 0.0001}}}}
      mediators: {{pressure: {{envoy: {{on: {{south: 1.0e+6}}, starts: {starts}}}}}}}
      shocks: {{strike: {{at: day 1 06:00, effect: suspends_truce, by: south, lasts: 1 d}}}}
    """)
    assert history.end.event == end


FLOW = """
deal:
  obligations:
    duty: {kind: information, by: south, due: day 11}
    aid: {kind: flow, by: north, due: day 1 00:00, each_day: {trucks: 100}, until: day 31 00:00}
behaviour:
  mediators: {attempt: 4 d}
  parties: {north: {withholds: 1}, south: {kinds: {information: {refused: 1}}}}
"""


def test_a_flow_held_back_stops_runs_again_and_still_ends_on_its_day():
    history = history_of(FLOW)
    assert history.minutes("obligation_withheld", "aid") == [11 * DAY]
    assert history.minutes("obligation_resumed", "aid") == [15 * DAY]
    assert history.minutes("obligation_met_late", "aid") == [30 * DAY]
    assert history.outcomes["aid_delivered"] == 26 * 100


def test_a_flow_that_runs_short_is_late_after_a_week_disputed_and_full_from_its_settlement_on():
    history = history_of("""
    deal: {obligations: {aid: {kind: flow, by: north, due: day 1 00:00, each_day: {trucks: 100}}}}
    behaviour:
      mediators: {attempt: 3 d}
      parties: {north: {kinds: {flow: {late: 1, level: 0.5}}}}
    """)
    assert history.minutes("obligation_late") == [7 * DAY]
    assert history.minutes("dispute_settled") == [10 * DAY]
    assert [(h.minute, h.after) for h in history.all("flow_changed")] == [(0, 500), (10 * DAY, 1000)]
    assert history.outcomes["aid_delivered"] == 10 * 50 + 40 * 100
    assert history.minutes("obligation_cured") == [50 * DAY]  # a complaint settled, 45 of 50 days' trucks


def test_a_refused_flow_delivers_nothing_and_is_a_default():
    history = history_of("""
    deal: {obligations: {aid: {kind: flow, by: north, due: day 1 00:00, each_day: {trucks: 100}}}}
    behaviour: {parties: {north: {kinds: {flow: {refused: 1}}}, south: {complains: 0}}}
    """)
    assert history.outcomes["aid_delivered"] == 0
    assert history.minutes("obligation_defaulted") == [50 * DAY]


def test_a_suspension_pauses_a_flow():
    history = history_of("""
    deal: {obligations: {aid: {kind: flow, by: north, due: day 1 00:00, each_day: {trucks: 100}}}}
    behaviour: {shocks: {strike: {at: day 11 00:00, effect: suspends_truce, by: south, lasts: 5 d}}}
    """)
    assert history.outcomes["aid_delivered"] == 45 * 100


def test_a_flow_owes_another_amount_on_days_with_a_handover_once_a_day():
    history = history_of("""
    deal:
      groups: {a: {side: hostages, held_by: south, count: 3}}
      obligations:
        one: {kind: release, by: south, due: day 2, amount: {a: 1}}
        two: {kind: release, by: south, due: day 2 18:00, amount: {a: 1}}
        three: {kind: release, by: south, due: day 4, amount: {a: 1}}
        aid:
          {kind: flow, by: north, due: day 1 00:00, each_day: {trucks: 100}, on_exchange_days: {trucks: 130}}
    """)
    assert history.outcomes["aid_delivered"] == 50 * 100 + 2 * 30


def test_a_flow_that_is_refused_is_not_held_back_as_well():
    history = history_of("""
    deal:
      obligations:
        aid: {kind: flow, by: north, each_day: {trucks: 100}, due: day 1 00:00}
        fuel: {kind: flow, by: north, each_day: {trucks: 100}, due: day 1 00:00}
        road: {kind: access, by: south, due: day 2}
    behaviour:
      parties:
        north: {withholds: 1, obligations: {aid: {refused: 1}}}
        south: {complains: 0, obligations: {road: {refused: 1}}}
    """)
    assert history.minutes("obligation_withheld", "fuel") == [2 * DAY]
    assert history.minutes("obligation_withheld", "aid") == []


def test_what_is_taken_up_within_the_grace_of_a_new_date_is_not_late_though_it_was_by_the_old_one():
    # held back on day 2 until its grace is over; a new date at 5 d, held back again and taken up 8 h later
    history = history_of("""
    deal:
      obligations:
        road: {kind: access, by: south, due: day 1}
        step: {kind: access, by: north, due: day 2, grace: 12 h}
        more: {kind: access, by: south, due: on gate, after: day 4 06:00, grace: 0 min}
    behaviour:
      shocks: {table: {at: day 4 00:00, effect: redates_all}}
      mediators: {settles: 1, attempt: 50 h, lag: 2 d}
      parties:
        north: {withholds: 1, patience: 90 d}
        south: {complains: 0, default: {refused: 1}}
    """)
    assert history.minutes("obligation_withheld", "step") == [noon(2), 5 * DAY]
    resumed = [(happening.minute, Status(happening.after)) for happening in history.all("obligation_resumed", "step")]
    # what is more is in dispute from 3 d 6 h, and settled 50 hours later
    assert resumed == [(3 * DAY, Status.LATE), (5 * DAY + 8 * 60, Status.DUE)]
    assert history.life("step")[-1] == (5 * DAY + 8 * 60, "met_late")
