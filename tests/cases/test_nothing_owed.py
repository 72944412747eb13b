"""Nothing is owed: all of an empty stock, a leg of an exchange that owes nothing."""

from __future__ import annotations

import pytest

from tests.builders import history_of, noon


@pytest.mark.case(
    "R14",
    before="all that is left of a stock is refused where nothing is left, as at the edge of a sweep",
    after="it is void when it would fall due, and keeps nothing from being completed",
)
@pytest.mark.parametrize(("count", "some", "left"), [(0, 0, 0), (4, 4, 0), (4, 3, 1), (4, 0, 4)])
def test_all_that_is_left_of_a_stock_may_be_nothing(count, some, left):
    history = history_of(f"""
    deal:
      stocks: {{guns: {{of: weapons, held_by: north, count: {count}}}}}
      obligations:
        some: {{kind: arms, by: north, amount: {{guns: {some}}}, due: day 2}}
        rest: {{kind: arms, by: north, amount: {{guns: all}}, due: day 3}}
        road: {{kind: access, by: south, after: rest, due: day 1}}
    """)
    assert history.outcomes["delivered_rest"] == left
    assert history.life("rest")[-1] == (noon(3), "met" if left else "void")
    assert history.minutes("obligation_met", "road") == [noon(3)]
    assert history.end.event == "deal_completed"


LEGS = """
deal:
  stocks:
    a: {{of: people, list: hostages, held_by: north, count: 4}}
    guns: {{of: weapons, held_by: south, count: 8}}
  obligations:
    r: {{kind: release, by: north, amount: {{a: {people}}}, due: day 4}}
    guns: {{kind: arms, by: south, amount: {{guns: {guns}}}, due: day {day}}}
    road: {{kind: access, by: south, due: day 1, after: [r, guns]}}
  exchanges: {{swap: {{legs: [r, guns]{terms}}}}}
"""


@pytest.mark.case(
    "R14",
    before="a leg that owes nothing leaves it to a division by 0 whether the others go; in lots it is refused",
    after="it is void when it would fall due, and nobody has to keep step with it",
)
@pytest.mark.parametrize(
    ("people", "guns", "day", "terms", "out", "delivered", "goes_on"),
    [
        (0, 8, 2, "", [], 8, noon(4)),
        (0, 8, 9, "", [], 8, noon(9)),
        (2, 0, 9, ", whole: true", [(noon(4), 2)], 0, noon(9)),
        (0, 0, 2, "", [], 0, noon(4)),
        (0, 8, 2, ", in: number", [], 0, noon(4)),
        # in lots each is due so long after the one before
        (0, 8, 4, ", lots: 3, every: 2 d", [], 8, noon(8)),
        (2, 0, 4, ", lots: 2, every: 2 d", [(noon(4), 1), (noon(6), 1)], 0, noon(6)),
        (0, 8, 4, ", lots: 2, every: 2 d, in: number", [], 0, noon(6)),
    ],
)
def test_a_leg_of_nothing_limits_nobody(people, guns, day, terms, out, delivered, goes_on):
    history = history_of(LEGS.format(people=people, guns=guns, day=day, terms=terms))
    assert history.moved("a") == out
    assert history.outcomes["delivered_guns"] == delivered
    assert history.minutes("obligation_met", "road") == [goes_on]
    assert history.end.event == "deal_completed"
    assert history.outcomes["not_met_north"] == history.outcomes["not_met_south"] == 0
