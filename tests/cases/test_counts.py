"""Amounts of nothing, parts of units, what flows deliver and owe, and who is ahead."""

from __future__ import annotations

import pytest

from tests.builders import DAY, history_of, noon, sample

COMPLETED = 1


@pytest.mark.case(
    "R14",
    before="an amount of 0 can never be done and keeps the deal from being completed",
    after="it is void when it would fall due, and what waits for it goes on",
)
@pytest.mark.parametrize("count", [0, 1, 2])
def test_an_amount_of_nothing_keeps_nothing_from_being_completed(count):
    history = history_of(f"""
    deal:
      groups: {{a: {{side: hostages, held_by: north, count: 2}}}}
      obligations:
        r1: {{kind: release, by: north, amount: {{a: {count}}}, due: day 20}}
        acc: {{kind: access, by: south, after: r1, due: day 1}}
      guarantees: {{first: {{precedes: [r1, acc], title: t}}}}
    """)
    assert history.end.event == "deal_completed"
    assert history.minutes("obligation_void", "r1") == ([] if count else [noon(20)])
    assert history.minutes("obligation_met", "acc") == [noon(20)]
    assert history.outcomes["violated_first"] == -1
    assert history.outcomes["not_met_north"] == 0
    assert history.outcomes["on_time_north"] == (1 if count else 0)
    assert history.outcomes["implementation_score"] == 100_000_000


@pytest.mark.case("R14", before="`units: 0` counts as one unit", after="nothing is owed: void when it would fall due")
@pytest.mark.parametrize("owed", ["{kind: arms, units: 0}", "{kind: flow, each_day: {trucks: 0}}"])
def test_nothing_owed_in_units_or_a_day_is_void_when_due(owed):
    history = history_of(f"""
    deal:
      phases: {{one: {{}}}}
      obligations:
        nothing: {owed[:-1]}, by: north, due: day 3}}
        names: {{kind: information, by: south, due: day 2}}
        more: {{kind: information, by: south, due: day 5}}
    """)
    assert history.life("nothing") == [(noon(3), "void")]
    assert history.end.minute == noon(5)
    assert history.outcomes["not_met_north"] == 0
    assert history.outcomes.get("delivered_nothing", 0) == 0


def test_a_batch_of_nobody_is_not_brought_forward():
    history = history_of("""
    deal:
      groups: {a: {side: hostages, held_by: north, count: 2}}
      obligations:
        r1: {kind: release, by: north, amount: {a: 1}, due: day 2}
        r2: {kind: release, by: north, amount: {a: 0}, due: day 9}
        r3: {kind: release, by: north, amount: {a: 1}, due: day 16}
    behaviour: {parties: {north: {default: {ahead: 1}}}}
    """)
    assert history.moved("a") == [(noon(2), 1), (noon(2), 1)]
    assert history.life("r2") == [(noon(9), "void")]


@pytest.mark.case("R16", before="29 of 100 at a level of 0.29 are cut to 28", after="29, which is enough")
@pytest.mark.parametrize(("units", "level"), [(100, 0.29), (100, 0.57), (10, 0.7), (1000, 0.001), (1_000_000, 0.29)])
def test_no_unit_is_lost_to_rounding(units, level):
    history = history_of(f"""
    deal: {{obligations: {{arms: {{kind: arms, by: north, units: {units}, due: day 5, accepted_from: {level}}}}}}}
    behaviour: {{parties: {{north: {{default: {{short: 1, level: {level}}}}}}}}}
    """)
    assert history.minutes("obligation_met", "arms") == [noon(5)]


FLOW = """
deal:
  groups: {{a: {{side: hostages, held_by: north, count: 1}}}}
  obligations:
    aid: {{kind: flow, by: south, each_day: {{trucks: {rate}}}, on_exchange_days: {{trucks: {exchange}}}, due: {due},
          until: {until}}}
    r1: {{kind: release, by: north, amount: {{a: 1}}, due: {handover}}}
behaviour: {{parties: {{south: {{obligations: {{aid: {{late: 1, level: {level}}}}}, complains: 0}}}}}}
"""


@pytest.mark.case(
    "R15",
    before="a handover adds the whole day's difference: 550 trucks",
    after="its day owes the other amount for the hours that the flow runs: 4 x 100 + 0.5 x 200 = 500",
)
@pytest.mark.parametrize(
    ("rate", "exchange", "due", "until", "handover", "level", "trucks"),
    [
        (100, 200, "day 1 00:00", "day 5 12:00", "day 5 10:00", 1, 4 * 100 + 100),
        (100, 200, "day 1 00:00", "day 6 00:00", "day 5 10:00", 1, 4 * 100 + 200),
        (100, 200, "day 1 00:00", "day 5 12:00", "day 3 23:59", 1, 3 * 100 + 200 + 50),
        (100, 0, "day 1 00:00", "day 5 12:00", "day 5 10:00", 1, 4 * 100),
        (100, 200, "day 5 06:00", "day 5 12:00", "day 5 10:00", 1, 200 / 4),
        # the handover comes first, the flow later that day
        (100, 200, "day 5 12:00", "day 6 00:00", "day 5 10:00", 1, 200 / 2),
        (0, 240, "day 1 00:00", "day 9 00:00", "day 5 10:00", 1, 240),
        (100, 200, "day 1 00:00", "day 5 12:00", "day 5 10:00", 0.5, 250),
    ],
)
def test_a_day_with_a_handover_owes_its_amount_for_the_hours_that_the_flow_runs(
    rate, exchange, due, until, handover, level, trucks
):
    history = history_of(FLOW.format(**{key: value for key, value in locals().items() if key != "trucks"}))
    assert history.outcomes["aid_delivered"] == trucks


@pytest.mark.case(
    "R15",
    before="a suspension on a day with a handover is not seen in that day's other amount",
    after="what is delivered of it is what was delivered in the hours in which the truce held",
)
@pytest.mark.parametrize(("exchange", "trucks"), [(200, 100 + 200 / 4 + 100), (0, 100 + 100)])
def test_a_suspension_on_a_day_with_a_handover(exchange, trucks):
    # day 2: holds to 06:00, when one comes out and the truce is suspended until the end of the day
    history = history_of(f"""
    deal:
      groups: {{a: {{side: hostages, held_by: north, count: 1}}}}
      obligations:
        aid: {{kind: flow, by: south, each_day: {{trucks: 100}}, on_exchange_days: {{trucks: {exchange}}},
              due: day 1 00:00, until: day 4 00:00}}
        r1: {{kind: release, by: north, amount: {{a: 1}}, due: day 2 05:00}}
    behaviour:
      shocks: {{quarrel: {{effect: suspends_truce, by: north, at: day 2 06:00, lasts: 18 h, chance: 1}}}}
    """)
    assert history.outcomes["aid_delivered"] == trucks


@pytest.mark.case(
    "R17",
    before="a phase without length is over on day 3, and with it a flow that is owed until day 50",
    after="a flow with an end of its own keeps the phase going: 49.5 days of it are delivered",
)
def test_a_flow_with_an_end_keeps_a_phase_without_length_going():
    history = history_of("""
    deal:
      phases: {one: {}}
      obligations:
        truce: {kind: truce, by: north, due: day 1}
        names: {kind: information, by: south, due: day 3}
        aid: {kind: flow, by: south, each_day: {trucks: 100}, until: day 50, due: day 1}
    """)
    assert history.minutes("obligation_met", "aid") == [noon(50)]
    assert (history.end.minute, history.end.event) == (noon(50), "deal_completed")
    assert history.outcomes["aid_delivered"] == 4900


def test_a_flow_with_an_end_keeps_a_last_phase_going_beyond_its_length():
    history = history_of("""
    deal: {obligations: {aid: {kind: flow, by: south, each_day: {trucks: 100}, until: day 80, due: day 1}}}
    """)
    assert (history.end.minute, history.end.event) == (noon(80), "deal_completed")
    assert history.outcomes["aid_delivered"] == 7900


def test_a_flow_until_the_end_of_a_phase_without_length_keeps_nothing_going():
    history = history_of("""
    deal:
      phases: {one: {}}
      obligations:
        names: {kind: information, by: south, due: day 3}
        aid: {kind: flow, by: south, each_day: {trucks: 100}, until: phase end, due: day 1}
    """)
    assert history.minutes("obligation_met", "aid") == [noon(3)]
    assert history.outcomes["aid_delivered"] == 200


@pytest.mark.case(
    "R18",
    before="a deal that collapses on day 3 leaves its flow met, and counts it so",
    after="what the end cuts off is void and not met; its score is that of its share of what was owed so far",
)
@pytest.mark.parametrize(("level", "score", "status"), [(1.0, 3, "void"), (0.6, 2, "void"), (0.2, 1, "void")])
def test_a_flow_that_the_end_of_the_deal_cuts_off_is_not_met(level, score, status):
    history = history_of(f"""
    deal:
      obligations:
        aid: {{kind: flow, by: south, each_day: {{trucks: 100}}, due: day 1 00:00, until: day 50}}
        road: {{kind: access, by: north, due: day 2}}
    behaviour:
      mediators: {{settles: 0}}
      parties:
        north: {{obligations: {{road: {{refused: 1}}}}, complains: 0}}
        south: {{patience: 1 d, suspends: 1 d, restores: 0, obligations: {{aid: {{late: 1, level: {level}}}}}}}
    """)
    assert history.end.event == "deal_collapsed"
    assert [h.event for h in history.all(f"obligation_{status}", "aid")]
    assert (history.outcomes["on_time_south"], history.outcomes["not_met_south"]) == (0, 1)
    # suspended from day 3 00:00 + 1 d on: 3 of 4 days, so a full flow has 0.75 of what it owed
    share = level * 3 / 4
    by_hand = 3 if share >= 0.95 else 2 if share >= 0.5 else 1
    assert history.outcomes["implementation_score"] == 100_000_000 * by_hand // 6
    assert by_hand == {3: 2, 2: 1, 1: 1}[score]


def test_a_flow_that_the_horizon_cuts_off_scores_what_it_owed_so_far():
    history = history_of("""
    deal:
      horizon: 20 d
      obligations: {aid: {kind: flow, by: south, each_day: {trucks: 100}, due: day 1 00:00, until: day 50}}
    """)
    assert history.minutes("obligation_void", "aid") == [20 * DAY]
    assert history.outcomes["not_met_south"] == 1
    assert history.outcomes["aid_delivered"] == 2000
    assert history.outcomes["implementation_score"] == 100_000_000


TWO = """
deal:
  obligations:
    {first}
    {second}
    later: {{kind: information, by: {late}, due: day 5}}
"""
X, Y = "x: {kind: information, by: north, due: day 2}", "y: {kind: information, by: south, due: day 2}"


@pytest.mark.case(
    "R20",
    before="north is ahead by all that it owes, or south is, by which of two acts of one minute is written first",
    after="what happens within one minute is simultaneous: nobody is ahead",
)
@pytest.mark.parametrize("order", [(X, Y), (Y, X)])
def test_a_lead_is_looked_at_when_the_minute_is_over(order):
    history = history_of(TWO.format(first=order[0], second=order[1], late="north"))
    # from day 2 to day 5 south has given everything, north one of two
    assert history.outcomes["largest_lead_north"] == 0
    assert history.outcomes["largest_lead_south"] == 500_000


@pytest.mark.case(
    "R20",
    before="a truce is delivered in its first minute: a lead of 100 % from day 1 on",
    after="its share is the time kept over the time owed",
)
def test_a_truce_counts_in_the_lead_by_the_time_kept():
    history = history_of("""
    deal:
      obligations:
        halt: {kind: truce, by: north, due: day 1 00:00}
        road: {kind: access, by: south, due: day 11 00:00}
    """)
    # kept for ten of fifty days, less the minute before the road is open; then south is ahead by what is left
    assert history.outcomes["largest_lead_north"] == 1_000_000 * (10 * DAY - 1) // (50 * DAY)
    assert history.outcomes["largest_lead_south"] == 800_000
    assert history.outcomes["on_time_north"] == 1


@pytest.mark.case(
    "R20",
    before="a truce that its debtor breaks off later counts as met on time",
    after="it counts by the share of the time owed for which its debtor kept it",
)
@pytest.mark.parametrize(
    ("lasts", "outcome"), [("1 d", "on_time_north"), ("10 d", "late_north"), ("30 d", "not_met_north")]
)
@pytest.mark.parametrize("by", ["north", "south"])
def test_a_truce_counts_as_met_by_the_time_for_which_its_debtor_keeps_it(lasts, outcome, by):
    history = history_of(f"""
    deal: {{obligations: {{halt: {{kind: truce, by: north, due: day 1 00:00}}}}}}
    behaviour:
      shocks: {{quarrel: {{effect: suspends_truce, by: {by}, at: day 11 00:00, lasts: {lasts}, chance: 1}}}}
    """)
    assert history.outcomes[outcome if by == "north" else "on_time_north"] == 1


LATE_FLOW = """
deal: {{obligations: {{aid: {{kind: flow, by: north, due: day 1 00:00, each_day: {{trucks: 100}}}}}}}}
behaviour:
  mediators: {{attempt: 1 d}}
  parties: {{north: {{obligations: {{aid: {{late: 1{level}}}}}}}, south: {{complains: {complains}}}}}
"""


@pytest.mark.case(
    "R32",
    before="a flow settled after a dispute, 96.8 % of it delivered, counts as on time",
    after="it is cured, which counts as late",
)
def test_a_flow_that_was_complained_of_is_not_on_time():
    history = history_of(LATE_FLOW.format(level=", level: 0.8", complains=1))
    assert history.outcomes["aid_delivered"] == 8 * 80 + 42 * 100
    assert history.minutes("obligation_cured", "aid") == [50 * DAY]
    assert (history.outcomes["on_time_north"], history.outcomes["late_north"]) == (0, 1)


@pytest.mark.case("R32", before="a flow drawn late at level 1 is disputed", after="a flow at level 1 is not late")
def test_a_flow_at_its_full_level_is_not_late():
    history = history_of(LATE_FLOW.format(level=", level: 1.0", complains=1))
    assert history.life("aid") == [(0, "due"), (50 * DAY, "met")]


@pytest.mark.case(
    "R32",
    before="`level` is 0 where it is drawn and 0.5 where it is scripted, by default",
    after="0.5 in both",
)
def test_the_default_level_is_one_half_drawn_and_scripted():
    drawn = history_of(LATE_FLOW.format(level="", complains=0))
    scripted = history_of(LATE_FLOW.format(level="", complains=0) + "\nscripted: [{obligation: aid, choice: late}]\n")
    assert [h.after for h in drawn.all("flow_changed")] == [500]
    assert scripted.all("flow_changed")[0].after == 500
    short = sample(
        """
        deal:
          obligations:
            arms: {kind: arms, by: north, units: 10, due: day 5, accepted_from: 0.5}
        behaviour: {parties: {north: {default: {short: 1}}}}
        """,
        3,
    )
    assert (short["on_time_north"] == 1).all()


@pytest.mark.case(
    "O9",
    before="what fell away with its phase counts as not due yet where the deal stands when the window closes",
    after="void with its phase; not due yet is only what was open to the last",
)
def test_what_falls_away_with_its_phase_is_void_in_a_deal_that_stands():
    # the flow waits for a word that is refused, and ends with its phase; both steps of the second phase are ahead
    history = history_of("""
        deal:
          horizon: 20 d
          phases: {one: {lasts: 5 d, then: two}, two: {lasts: 50 d}}
          obligations:
            never: {kind: truce, by: north, due: phase day 30, phase: two}
            step: {kind: information, by: south, phase: two, due: phase day 40}
            word: {kind: information, by: north, due: day 2}
            aid: {kind: flow, by: south, due: day 2, after: word, each_day: {trucks: 9}}
        behaviour: {parties: {north: {kinds: {information: {refused: 1}}}, south: {complains: 0}}}
        """)
    assert history.end.event == "deal_standing"
    assert history.life("aid")[-1] == (5 * DAY, "void")
    assert [history.outcomes[f"{word}_south"] for word in ("void", "not_due", "broken")] == [1, 1, 0]
    assert [history.outcomes[f"{word}_north"] for word in ("void", "not_due", "broken")] == [0, 1, 1]
