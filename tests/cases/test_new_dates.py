"""A new timetable: new dates for what is open, a fresh decision, and later dates that move as well."""

import math

import pytest

from tests.builders import DAY, history_of, noon, sample

TEXT = """
deal:
  lines: [plain, ridge]
  phases: {one: {%s}}
  obligations:
    x: {kind: access, by: south, due: day 5}
    y: {kind: information, by: south, due: day 20}
behaviour:
  mediators: {settles: 0, lag: 6 d}
  parties: {north: {complains: %d}, south: {kinds: {access: {%s}}}}
  shocks: {new: {at: day 8, effect: redates_all}}
"""


@pytest.mark.statistical
@pytest.mark.case("R25", before="a refused duty is met in every run on the new day", after="its debtor decides afresh")
@pytest.mark.parametrize("complains", [0, 1])
def test_the_debtor_decides_afresh_on_the_new_date(complains):
    n = 4000
    late = sample(TEXT % ("lasts: 50 d", complains, "refused: 0.5"), n)
    refused_twice = float((late["not_met_south"] == 1).mean())
    assert abs(refused_twice - 0.25) <= 5 * math.sqrt(0.25 * 0.75 / n)


@pytest.mark.case("R25", before="met at once, and later dates stay", after="due anew on day 14, later dates 6 d later")
@pytest.mark.parametrize("complains", [0, 1])
def test_what_is_late_or_in_dispute_falls_due_anew_and_later_dates_move(complains):
    history = history_of(TEXT % ("", complains, "late: 1, delay: 30 d"))
    assert history.minutes("obligation_redated", "x") == [noon(8)]
    assert history.minutes("obligation_due", "x") == [noon(5), noon(14)]
    assert history.minutes("obligation_delayed", "x") == [noon(5), noon(14)]
    assert history.minutes("obligation_late", "x") == [5 * DAY, 14 * DAY]
    assert history.minutes("dispute_opened", "x") == [5 * DAY, 14 * DAY] * complains
    assert history.minutes("obligation_due", "y") == [noon(26)]


@pytest.mark.case("R25", before="an open duty keeps its date", after="it has the new one too, and is on time by it")
def test_an_open_duty_that_is_not_late_has_the_new_date_too():
    history = history_of("""
    deal: {obligations: {x: {kind: access, by: south, due: day 5, grace: 10 d}}}
    behaviour:
      mediators: {lag: 4 d}
      parties: {south: {default: {late: 1, delay: 5 d}}}
      shocks: {new: {at: day 8, effect: redates_all}}
    """)
    # the delay of 5 d would have ended on day 10; decided afresh on day 12 it ends on day 17, within the new grace
    assert history.minutes("obligation_due", "x") == [noon(5), noon(12)]
    assert history.minutes("obligation_met", "x") == [noon(17)]


@pytest.mark.case("R25", before="a re-timetabling moves the end earlier", after="it moves the end later, by its lag")
@pytest.mark.parametrize("phase", ["", "lasts: 50 d"])
def test_a_new_timetable_moves_the_end_later(phase):
    with_it = history_of(TEXT % (phase, 0, ""))
    without = history_of((TEXT % (phase, 0, "")).replace("at: day 8", "chance: 0, at: day 8"))
    assert with_it.end.event == without.end.event == "deal_completed"
    assert with_it.end.minute - without.end.minute == 6 * DAY


@pytest.mark.case("R25", before="deadlines and last moments stay", after="they move with the dates")
def test_deadlines_of_talks_and_the_last_moment_of_a_flow_move():
    history = history_of("""
    deal:
      obligations:
        t: {kind: talks, by: south, topic: peace, due: day 10, concludes_by: day 15}
        aid: {kind: flow, by: north, due: day 1 00:00, each_day: {trucks: 100}, until: day 31 00:00}
    behaviour:
      mediators: {lag: 3 d}
      shocks: {new: {at: day 8, effect: redates_all}}
    """)
    assert history.minutes("talks_opened") == [noon(13)]
    assert history.minutes("talks_agreed") == [noon(18)]
    assert history.minutes("obligation_met", "aid") == [33 * DAY]
    assert history.outcomes["aid_delivered"] == 3300


@pytest.mark.case(
    "R25", before="a flow that runs short is full at once", after="its debtor decides afresh on the new date"
)
def test_a_flow_that_runs_short_goes_on_so_until_the_new_date():
    text = """
    deal:
      obligations: {aid: {kind: flow, by: north, due: day 1 00:00, each_day: {trucks: 100}, until: day 31 00:00}}
    behaviour:
      mediators: {lag: 3 d}
      parties: {north: {default: {late: 1, level: 0.5}}, south: {complains: 0}}
      shocks:
        willing: {at: day 9 00:00, effect: shifts, path: parties.north.default.late, to: %s}
        new: {at: day 11 00:00, effect: redates_all}
    """
    assert history_of(text % 0).outcomes["aid_delivered"] == 13 * 50 + 20 * 100
    assert history_of(text % 1).outcomes["aid_delivered"] == 33 * 50


@pytest.mark.case("R25", before="as it was", after="people on the way arrive, and the rest is decided afresh")
def test_people_on_the_way_arrive_and_the_rest_has_the_new_date():
    history = history_of("""
    deal:
      groups: {a: {side: hostages, held_by: south, count: 4}}
      obligations: {r: {kind: release, by: south, amount: {a: 4}, due: day 5, transit: 1 d}}
    behaviour:
      mediators: {lag: 4 d}
      parties: {north: {complains: 0}, south: {capacity: {release: 2}}}
      shocks: {new: {at: day 5 18:00, effect: redates_all}}
    """)
    assert history.moved("a") == [(noon(6), 2), (9 * DAY + 18 * 60 - DAY + DAY, 2)]


@pytest.mark.case(
    "R25", before="as it was", after="settling everything is no timetable: what is not in dispute keeps its date"
)
def test_settling_all_moves_no_dates():
    history = history_of((TEXT % ("", 1, "refused: 1")).replace("redates_all", "settles_all"))
    assert history.minutes("obligation_cured", "x") == [noon(14)]
    assert history.minutes("obligation_due", "y") == [noon(20)]
