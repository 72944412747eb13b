"""By hand: what is done in part, accepted in part, settled by kind or in part, and what keeps a party from leaving."""

import pytest

from sim.reading.problem import DocumentError
from tests.builders import DAY, history_of, noon, sample

TRANCHE = """
deal:
  obligations:
    arms: {kind: arms, by: south, due: day 2, units: 40%s}
    most: {kind: information, by: north, due: on gate, after: {obligation: arms, share: 0.8}}
    all: {kind: information, by: north, due: on gate, after: {obligation: arms, share: 0.999}}
    next: {kind: information, by: north, due: on gate, after: arms}
behaviour:
  parties: {south: {kinds: {arms: {short: 1.0, level: 0.85}}}, north: {complains: %s}}
  mediators: {attempt: 1 d}
"""


def test_a_part_is_done_opens_what_asks_for_no_more_and_is_late_for_the_rest():
    history = history_of(TRANCHE % ("", 0.0))
    assert history.minutes("obligation_met", "most") == [noon(2)]
    assert not history.minutes("obligation_due", "all") + history.minutes("obligation_due", "next")
    assert [event for _, event in history.life("arms")] == ["due", "delayed", "late", "defaulted"]


def test_a_settlement_brings_the_rest():
    history = history_of(TRANCHE % ("", 1.0))
    assert history.life("arms")[-1] == (3 * DAY, "cured")
    assert history.minutes("obligation_due", "all") == history.minutes("obligation_due", "next") == [3 * DAY]


def test_what_is_accepted_in_part_is_met_for_all_but_those_who_ask_for_more():
    history = history_of(TRANCHE % (", accepted_from: 0.85", 1.0))
    assert history.life("arms") == [(noon(2), "due"), (noon(2), "delayed"), (noon(2), "met")]
    assert history.minutes("obligation_due", "next") == [noon(2)]
    assert not history.minutes("obligation_due", "all")


def test_only_what_is_counted_in_units_can_be_accepted_in_part():
    with pytest.raises(DocumentError, match="this access is not counted in units"):
        history_of("deal: {obligations: {road: {kind: access, by: south, due: day 2, accepted_from: 0.5}}}")


def test_disputes_over_one_kind_have_their_own_attempts():
    history = history_of("""
    deal:
      obligations:
        road: {kind: access, by: south, due: day 2}
        list: {kind: information, by: south, due: day 2}
    behaviour:
      parties: {south: {default: {refused: 1.0}}}
      mediators: {attempt: 1 d, kinds: {access: {attempt: 4 d}}}
    """)
    assert history.minutes("dispute_settled", "list") == [3 * DAY]
    assert history.minutes("dispute_settled", "road") == [6 * DAY]


@pytest.mark.parametrize(("level", "expected"), [(0.5, 0.75), (0.9, 0.9), (0.0, 1.0)])
def test_a_settlement_brings_a_flow_to_its_level_and_never_lower(level, expected):
    """A flow at `level`, settled to 0.75 if lower: so 0.5 becomes 0.75 and 0.9 stays; refused and settled in full."""
    flows_to = 1.0 if level == 0.0 else 0.75
    history = history_of(f"""
    deal: {{obligations: {{aid: {{kind: flow, by: north, due: day 1 00:00, each_day: {{trucks: 100}}, grace: 1 d}}}}}}
    behaviour:
      parties: {{north: {{default: {{late: 1.0, level: {level}}}}}}}
      mediators: {{attempt: 1 d, flows_to: {flows_to}}}
    """)
    assert history.outcomes["aid_delivered"] == pytest.approx(100 * (2 * level + 48 * expected), abs=1)


def test_a_party_stays_while_what_keeps_it_holds():
    text = """
    deal:
      phases: {one: {lasts: 5 d, then: two}, two: {lasts: 5 d, enters_when: road}}
      obligations:
        road: {kind: access, by: south, due: day 2}
        late: {kind: access, by: south, phase: two, due: day 8}
    behaviour: {parties: {north: {leaves: {after_phase: {one: 1.0}, latency: 1 d, unless: [%s]}}}}
    """
    assert (sample(text % "", 3)["phase_reached"] == 1).all()
    assert (sample(text % "road", 3)["phase_reached"] == 2).all()
    assert (sample(text % "road, phase.two", 3)["phase_reached"] == 1).all()
