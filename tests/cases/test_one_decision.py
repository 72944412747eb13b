"""One decision for each obligation: drawn once, neither for every consignment nor passed over."""

import math

import numpy as np
import pytest

from tests.builders import DAY, history_of, noon, sample
from tests.oracle.chance import Chance, exponential

N = 20_000


def near(share: float, expected: float, n: int = N) -> bool:
    """Within five standard errors, which chance leaves once in 1.7 million."""
    return abs(share - expected) <= 5 * math.sqrt(expected * (1 - expected) / n)


WITHHELD = """
deal:
  groups: {a: {side: hostages, held_by: north, count: 10}, p: {side: prisoners, held_by: north, count: 30}}
  obligations:
    x: {kind: access, by: south, due: day 2}
    ten: %s
behaviour:
  mediators: {settles: 0}
  parties:
    north: {patience: 200 d, withholds: 0.2, capacity: {%s}}
    south: {complains: 0, kinds: {access: {refused: 1}}}
"""
RELEASE = "{kind: release, by: north, amount: {a: 10}, due: day 5}"
RETURN = "{kind: return, by: north, amount: {p: 10}, due: day 5}"


@pytest.mark.statistical
@pytest.mark.case(
    "R9",
    before="a chance of 0.2 to hold back leaves ten released with 0.80, 0.64 or 0.105, as the days that they take",
    after="with 0.8, in however many parts they come",
)
@pytest.mark.parametrize(
    ("owed", "capacity", "column"),
    [
        (RELEASE, "", "hostages_living_released"),
        (RELEASE, "release: 5", "hostages_living_released"),
        (RELEASE, "release: 1", "hostages_living_released"),
        (RETURN, "return: 3", "prisoners_living_released"),
    ],
)
def test_whether_it_is_held_back_is_one_decision_however_many_days_it_takes(owed, capacity, column):
    text = WITHHELD % (owed, capacity)
    released = sample(text, N)[next(c for c in sample(text, 1) if c in (column, "prisoners_released"))]
    assert set(np.unique(released)) == {0, 10}
    assert near(float((released == 10).mean()), 0.8)


ANSWERED = """
deal:
  groups: {a: {side: hostages, held_by: north, count: 10}, p: {side: prisoners, held_by: south, count: 30}}
  obligations:
    r1: {kind: release, by: north, amount: {a: 10}, due: day 5}
    ret: {kind: return, by: south, ratio: {a: {p: 3}}, for_each: release, due: same day}
behaviour:
  mediators: {settles: 0}
  parties: {north: {complains: 0, capacity: {release: %d}}, south: {kinds: {return: {%s}}}}
"""


@pytest.mark.statistical
@pytest.mark.case(
    "R9", before="a return for ten who come one by one is refused ten times anew", after="it is refused or not, once"
)
@pytest.mark.parametrize("a_day", [10, 5, 1])
def test_a_return_is_refused_as_a_whole_or_not_at_all(a_day):
    released = sample(ANSWERED % (a_day, "refused: 0.3"), N)["prisoners_released"]
    assert set(np.unique(released)) == {0, 30}
    assert near(float((released == 30).mean()), 0.7)


@pytest.mark.case(
    "R9", before="each handover of a late return has a delay of its own", after="one delay, from each date"
)
def test_a_late_return_has_one_delay_for_each_of_its_parts():
    history = history_of(ANSWERED % (5, "late: 1, delay: {median: 6 h, p95: 30 h}"))
    delays = {h.before for h in history.all("obligation_delayed", "ret.r1")}
    assert len(delays) == 1
    assert [m - due for m, due in zip([m for m, _ in history.moved("p")], [noon(5), noon(6)], strict=True)] == [
        *delays, *delays,
    ]  # fmt: skip


@pytest.mark.case("R9", before="a flow held back is drawn again with each complaint", after="one decision for the flow")
@pytest.mark.statistical
def test_a_flow_is_held_back_over_the_first_complaint_or_over_none():
    text = """
    deal:
      obligations:
        x: {kind: access, by: south, due: day 2}
        y: {kind: access, by: south, due: day 4}
        z: {kind: access, by: south, due: day 6}
        aid: {kind: flow, by: north, due: day 1 00:00, each_day: {trucks: 100}}
    behaviour:
      mediators: {settles: 0}
      parties: {north: {patience: 200 d, withholds: 0.5}, south: {complains: 0, kinds: {access: {refused: 1}}}}
    """
    delivered = sample(text, 2000)["aid_delivered"]
    assert set(np.unique(delivered)) == {200, 10_000}
    assert near(float((delivered == 200).mean()), 0.5, 2000)


BATCHES = """
deal:
  groups: {a: {side: hostages, held_by: north, count: 2}}
  obligations:
    r1: {kind: release, by: north, amount: {a: 1}, due: %s}
    r2: {kind: release, by: north, amount: {a: 1}, due: %s}
behaviour:
  mediators: {settles: 0}
  parties: {north: {default: {refused: 0.5, ahead: %d}}, south: {complains: 0}}
"""


@pytest.mark.statistical
@pytest.mark.case("R10", before="mean released 1.26 of two batches of one minute, each refused with 0.5", after="1.00")
@pytest.mark.parametrize("ahead", [0, 1])
def test_a_batch_of_the_same_minute_makes_its_own_decision(ahead):
    released = sample(BATCHES % ("day 2", "day 2", ahead), N)["hostages_living_released"]
    # the number of two that are not refused: mean 1, variance 1/2
    assert abs(float(released.mean()) - 1.0) <= 5 * math.sqrt(0.5 / N)


@pytest.mark.statistical
@pytest.mark.case("R10", before="as it was", after="a batch of the next minute still comes forward, without a decision")
def test_a_batch_of_the_minute_after_is_brought_forward():
    released = sample(BATCHES % ("day 2 12:00", "day 2 12:01", 1), N)["hostages_living_released"]
    # the first refused (0.5): the second decides itself; else both come out: 0.5 * 0.5 + 0.5 * 2
    shares = {0: 0.25, 1: 0.25, 2: 0.5}
    assert all(near(float((released == n).mean()), share) for n, share in shares.items())


@pytest.mark.case("R10", before="a batch whose date has passed skips its decision", after="it decides itself")
def test_a_batch_that_was_due_before_and_waits_for_its_list_is_not_brought_forward():
    history = history_of("""
    deal:
      groups: {a: {side: hostages, held_by: north, count: 2}}
      obligations:
        list: {kind: information, by: north, due: day 4}
        r1: {kind: release, by: north, amount: {a: 1}, due: day 3}
        r2: {kind: release, by: north, amount: {a: 1}, due: day 2, after: list}
    behaviour: {parties: {north: {default: {ahead: 1}}}}
    """)
    assert history.all("obligation_brought_forward") == []
    assert history.moved("a") == [(noon(3), 1), (noon(4), 1)]


@pytest.mark.case(
    "R33",
    before="nothing notices if a batch comes forward without the other side's list",
    after="it comes out on day 10, when that list is there",
)
def test_a_batch_waits_for_the_other_sides_list_and_brings_its_own_along():
    text = """
    deal:
      groups: {a: {side: hostages, held_by: north, count: 2}}
      obligations:
        names: {kind: information, by: %s, due: day 10}
        r1: {kind: release, by: north, amount: {a: 1}, due: day 3}
        r2: {kind: release, by: north, amount: {a: 1}, due: day 7, after: names}
    behaviour: {parties: {north: {default: {ahead: 1}}}}
    """
    assert history_of(text % "south").moved("a") == [(noon(3), 1), (noon(10), 1)]
    assert history_of(text % "north").moved("a") == [(noon(3), 1), (noon(3), 1)]


@pytest.mark.case("R32", before="a time by a hazard is cut to the minute below", after="it is rounded up, as all are")
def test_a_shock_by_hazard_strikes_in_the_minute_after_its_time():
    text = """
    deal: {obligations: {x: {kind: access, by: south, due: day 40}}}
    behaviour: {shocks: {s: {per_day: 0.1, effect: breaks_off_talks}}}
    """
    for replicate in range(20):
        exact = exponential(Chance(1, replicate).at("shock s")[1]) / 0.1 * DAY
        struck = history_of(text, replicate=replicate).minutes("shock_struck")
        assert struck == ([math.ceil(exact)] if exact <= 50 * DAY - 1 else [])
