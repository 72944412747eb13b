"""Names of lists that differ by a slip of the pen are pointed out, and those that are meant to differ are not."""

from __future__ import annotations

import pytest

from sim.reading.readings import foresee_readings
from tests.builders import tiny

DEAL = """
deal:
  stocks:
    one: {{of: people, held_by: north, count: 4, list: {usual}}}
    two: {{of: people, held_by: north, count: 4, list: {usual}}}
    odd: {{of: people, held_by: north, count: 4, list: {odd}}}
  obligations: {{free: {{kind: release, by: north, due: day 2, amount: {{one: 4, two: 4, odd: 4}}}}}}
"""


@pytest.mark.parametrize(
    ("usual", "odd", "is_told"),
    [
        ("detainees", "detanees", True),
        ("sick_detainees", "sick_detainee", True),
        ("hostages", "hostage", True),
        ("hostagess", "hostages", False),
        ("camp_a", "camp_b", False),
        ("fighters_12", "fighters_13", False),
        ("fighters", "fighters_2", False),
        ("soldiers", "conscripts", False),
    ],
)
def test_a_list_nearly_named_like_another_is_pointed_out(usual, odd, is_told):
    found = [fault.path for fault in foresee_readings(tiny(DEAL.format(usual=usual, odd=odd)).deal)]
    assert found == [("stocks", "odd", "list")] * is_told
