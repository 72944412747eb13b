"""Deaths in captivity by hand: who dies is held as remains, comes out in the same batch, and earns no prisoners."""

import pytest

from sim.plan.codes import Custody
from tests.builders import DAY, History, history_of, noon, sample

TWO_BATCHES = """
deal:
  horizon: 100 d
  groups:
    men: {side: hostages, held_by: south, count: 6}
    prisoners: {side: prisoners, held_by: north, count: 60}
  obligations:
    one: {kind: release, by: south, due: day 5, amount: {men: 3}, transit: 1 h}
    two: {kind: release, by: south, due: day 20, amount: {men: 3}, transit: 1 h}
    back: {kind: return, by: north, due: same day, for_each: release, ratio: {men: {prisoners: %s}}}
behaviour: {deaths: {%s}}
"""


def with_one_death_between_the_batches(ratio: object = 10) -> History:
    """The first replicate in which one of six dies before the first batch and nobody else does."""
    text = TWO_BATCHES % (ratio, "men: {per_day: 0.02}")
    for replicate in range(200):
        history = history_of(text, replicate=replicate)
        died = history.all("people_died")
        if [h.before for h in died] == [1] and died[0].minute < noon(5):
            return history
    raise AssertionError("no such replicate")


def test_the_living_leave_first_and_remains_come_in_the_place_of_the_person():
    history = with_one_death_between_the_batches()
    assert history.moved("men") == [(noon(5) + 60, 3), (noon(20) + 60, 2)]
    remains = history.all("remains_moved", "men")
    assert [(h.minute, h.before, h.after) for h in remains] == [
        (noon(20), 1, Custody.IN_TRANSIT),
        (noon(20) + 60, 1, Custody.RELEASED),
    ]
    assert history.minutes("obligation_met", "two") == [noon(20) + 60]
    assert history.outcomes["hostages_living_released"] == 5
    assert history.outcomes["hostages_deceased_returned"] == 1
    assert history.outcomes["hostages_died_in_captivity"] == 1
    assert history.outcomes["released_men"] == 6
    died = history.minutes("people_died")[0]
    assert history.outcomes["captive_days"] == died + 3 * (noon(5) + 60) + 2 * (noon(20) + 60)


def test_remains_earn_nothing_under_the_ratio_of_the_living():
    assert with_one_death_between_the_batches().outcomes["prisoners_released"] == 50


def test_the_remainder_of_a_total_comes_with_the_last_of_the_group_if_that_one_lives():
    assert with_one_death_between_the_batches("{total: 62}").moved("prisoners") == [
        (noon(5) + 60, 30),
        (noon(20) + 60, 22),
    ]


def test_nobody_dies_without_a_hazard_and_everybody_under_a_great_one():
    safe, lost = (history_of(TWO_BATCHES % (10, f"south: {{per_day: {hazard}}}")) for hazard in (0.0, 100.0))
    assert safe.outcomes["hostages_died_in_captivity"] == 0
    assert not safe.all("people_died")
    assert lost.outcomes["hostages_died_in_captivity"] == 6
    assert lost.outcomes["hostages_deceased_returned"] == 6
    assert lost.outcomes["hostages_living_released"] == lost.outcomes["prisoners_released"] == 0


def test_a_group_has_its_own_hazard_before_that_of_its_custodian_and_either_side_may_have_one():
    behaviour = "north: {per_day: 100}, south: {per_day: 100}, men: {per_day: 0}"
    outcomes = history_of(TWO_BATCHES % (10, behaviour)).outcomes
    assert outcomes["hostages_died_in_captivity"] == 0
    assert outcomes["prisoners_died_in_captivity"] == 60


ENDS_ON_DAY_2 = """
deal:
  horizon: 60 d
  groups: {men: {side: hostages, held_by: south, count: 4}}
  obligations: {one: {kind: release, by: south, due: day 30, amount: {men: 4}}}
behaviour:
  deaths: {men: {per_day: 0.001, without_truce: 1000}}
  parties: {north: {restores: 0}}
  shocks: {blow: {at: day 2 00:00, effect: suspends_truce, by: north, lasts: 1 min}}
"""


def test_who_is_still_held_when_the_deal_ends_goes_on_dying_to_the_horizon():
    history = history_of(ENDS_ON_DAY_2)
    assert history.end.minute == DAY + 1
    assert history.minutes("people_died")[0] > DAY
    assert sum(h.before for h in history.all("people_died")) == history.outcomes["hostages_died_in_captivity"] == 4
    assert history.outcomes["captive_days"] == sum(h.before * h.minute for h in history.all("people_died"))


@pytest.mark.parametrize("hazard", [0.01, 0.02])
def test_the_same_people_live_longer_under_a_smaller_hazard(hazard):
    less, more = (sample(TWO_BATCHES % (10, f"men: {{per_day: {h}}}"), 300) for h in (hazard, 2 * hazard))
    assert (less["hostages_died_in_captivity"] <= more["hostages_died_in_captivity"]).all()
    assert (less["hostages_died_in_captivity"] < more["hostages_died_in_captivity"]).any()


def test_a_suspension_of_the_truce_costs_lives_where_fighting_does():
    shock = ", shocks: {s: {at: day 2, effect: suspends_truce, by: north, lasts: 10 d}}}"
    text = (TWO_BATCHES % (10, "men: {per_day: 0.001, without_truce: 1000}")).rstrip()[:-1] + shock
    history = history_of(text)
    assert history.outcomes["hostages_died_in_captivity"] == 6
    assert all(history.minutes("truce_suspended")[0] < m < noon(12) for m in history.minutes("people_died"))


def test_a_declared_guarantee_counts_remains_among_the_released():
    history = history_of("""
    deal:
      groups: {men: {side: hostages, held_by: south, count: 2}}
      obligations: {one: {kind: release, by: south, due: day 3, amount: {men: 2}}}
      guarantees: {nobody_out: {never: {released: 2}, assumption: For this test.}}
    behaviour: {deaths: {men: {per_day: 100}}}
    """)
    assert history.outcomes["hostages_deceased_returned"] == 2
    assert history.outcomes["violated_nobody_out"] == noon(3)
