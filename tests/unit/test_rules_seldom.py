"""What seldom meets, by hand: capacity and searches, people under way under a new timetable, lines counted in units."""

import pytest

from tests.builders import DAY, history_of, noon

IN_THE_MORNING = 2 * DAY + 9 * 60
TWO_STOCKS = """
deal:
  groups: {a: {side: hostages, held_by: north, count: 5}, b: {side: hostages, held_by: north, count: 1}}
  obligations: {one: {kind: release, by: north, due: day 2, amount: {a: %d, b: 1}}}
behaviour:
  search: {b: {time: 57 h}}
  parties: {north: {capacity: {release: 2}}, south: {complains: 0}}
"""


@pytest.mark.parametrize(
    ("of_a", "minutes"),
    [(2, [noon(2), IN_THE_MORNING]), (3, [noon(2), noon(3)]), (4, [noon(2), noon(3), noon(4)])],
)
def test_who_is_located_in_the_morning_waits_for_the_due_hour_where_others_wait_for_capacity(of_a, minutes):
    # two a day; b is found 57 hours after the start, on day 3 at nine, when two, one or none of a are left
    assert history_of(TWO_STOCKS % of_a).minutes("handover_began", "one") == minutes


FOUND = """
deal:
  groups: {a: {side: hostages, held_by: north, count: 5}, b: {side: hostages, held_by: north, count: 2}}
  obligations: {one: {kind: release, by: north, due: day 2, amount: {%s}}}
behaviour:
  search: {b: {found: 0}}
  parties: {north: {capacity: {release: 2}}, south: {complains: 0}}
  shocks: {found: {at: day 3 09:00, effect: locates, stock: %s}}
"""


@pytest.mark.parametrize(
    ("amount", "stock", "minutes"),
    [
        ("a: 5", "b", [noon(2), noon(3), noon(4)]),
        ("a: 5", "a", [noon(2), noon(3), noon(4)]),
        ("a: 1, b: 1", "a", [noon(2)]),
        ("a: 1, b: 1", "b", [noon(2), IN_THE_MORNING]),
    ],
)
def test_a_stock_that_is_found_brings_only_those_to_act_who_waited_for_its_people(amount, stock, minutes):
    history = history_of(FOUND % (amount, stock))
    assert history.minutes("handover_began", "one") == minutes
    assert len(history.all("people_not_located", "one")) == ("b" in amount)


UNDER_WAY = """
deal:
  groups: {a: {side: hostages, held_by: north, count: 3}}
  obligations: {one: {kind: release, by: north, due: day 2, amount: {a: %s}, transit: %s, grace: 2 d}}
behaviour:
  mediators: {lag: 1 h}
  shocks: {table: {at: day 3, effect: redates_all}}
  parties: {south: {complains: 0}, north: {capacity: {release: 2}}}
"""


@pytest.mark.parametrize(("transit", "is_late"), [("3 d", False), ("4 d", True)])
def test_people_under_way_have_to_be_there_by_the_grace_of_a_new_timetable(transit, is_late):
    # on the way from day 2; the new date is an hour after the shock, and its grace two days
    history = history_of(UNDER_WAY % (2, transit))
    arrived = noon(2) + int(transit[0]) * DAY
    assert history.minutes("obligation_late", "one") == [noon(5) + 60] * is_late
    assert history.minutes("obligation_met_late" if is_late else "obligation_met", "one") == [arrived]


def test_those_left_of_what_was_late_under_way_follow_when_it_has_arrived():
    history = history_of(UNDER_WAY % (3, "4 d"))
    assert history.minutes("handover_began", "one") == [noon(2), noon(6)]
    assert history.minutes("obligation_due", "one") == [noon(2)]  # nothing is decided anew
    assert history.minutes("obligation_met_late", "one") == [noon(10)]


IN_UNITS = """
deal:
  lines: {start: {}, road: {}}
  obligations:
    quiet: {kind: truce, by: north, due: day 1, units: 4}
    back: {kind: withdrawal, by: north, due: day 3, to_line: road, units: 10, accepted_from: %s}
behaviour:
  mediators: {attempt: 1 d, settles: 1}
  parties: {north: {default: {short: 1, level: 0.6}}}
"""


@pytest.mark.parametrize(("accepted_from", "minute"), [(1, noon(3) + DAY + 720), (0.6, noon(3))])
def test_a_line_that_is_counted_in_units_is_reached_when_enough_are_behind_it(accepted_from, minute):
    # six of ten on day 3; late at midnight, complained of, and settled a day later
    history = history_of(IN_UNITS % accepted_from)
    assert history.minutes("line_reached") == [minute]
    assert history.minutes("obligation_met", "quiet") == history.minutes("truce_began") == [noon(1)]


STAYS = """
deal:
  phases: {one: {lasts: 10 d, then: two, continues_while: phase.one, at_most: 5 d}, two: {enters_when: step}}
  obligations: {step: {kind: access, by: north, due: day 3}}
behaviour:
  shocks: {blow: {at: day 16, effect: suspends_truce, by: north, lasts: 1 d}}
  parties:
    north: {default: {refused: 1}, leaves: {after_lapse: 0}}
    south: {complains: 0, leaves: {after_phase: {one: %d}, after_lapse: 1, latency: 3 d, unless: truce.holds}}
"""


@pytest.mark.parametrize(("decides", "minutes"), [(1, [noon(16)]), (0, [])])
def test_a_lapse_does_not_put_off_what_a_party_had_decided_before(decides, minutes):
    # decided on day 11, kept by the truce on day 14, lapsed on day 16 at midnight, without a truce from noon to noon
    history = history_of(STAYS % decides)
    assert history.minutes("phase_lapsed") == [15 * DAY]
    assert history.minutes("party_left") == minutes
