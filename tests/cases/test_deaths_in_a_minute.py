"""Who has borne their part dies in that minute, whatever else happens in it."""

import math

import pytest

from sim.engine.reference import ReferenceEngine
from sim.outcomes.trace import records
from sim.plan.compile import compile_plan
from tests.builders import tiny
from tests.oracle.chance import Chance

SEED = 1
DEAL = """
deal:
  groups: {a: {side: hostages, held_by: north, count: 1}}
  obligations: {one: {kind: release, by: north, due: day 40, amount: {a: 1}}}
behaviour:
  deaths: {a: {per_day: 0.2}}
"""
STRUCK = "  shocks: {blow: {at: %s, effect: suspends_truce, by: south, lasts: 4 d}}\n"


def minutes_of(text, event):
    plan = compile_plan(tiny(text))
    told = ReferenceEngine(plan).run(SEED, 0).trace
    return [record["minute"] for record in records(plan, told) if record["event"] == event]


def borne_by():
    """The minute in which what has added up at 0.2 a day reaches what the one person bears, rounded up."""
    return math.ceil(-math.log(1 - Chance(SEED, 0).at("dies a")[0]) / 0.2 * 1440)


@pytest.mark.parametrize("earlier", [0, 1, 30])
def test_a_truce_that_is_suspended_in_the_minute_of_a_death_or_before_puts_it_off_by_nothing(earlier):
    expected = borne_by()
    assert minutes_of(DEAL, "PeopleDied") == [expected]
    days, rest = divmod(expected - earlier, 1440)
    at = f"day {days + 1} {rest // 60:02}:{rest % 60:02}"
    struck = DEAL + STRUCK % at
    assert minutes_of(struck, "TruceSuspended") == [expected - earlier]
    assert minutes_of(struck, "PeopleDied") == [expected]
