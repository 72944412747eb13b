"""Gates and guarantees ask for what is owed: one meaning of a share, of people, units and flows."""

from __future__ import annotations

import numpy as np
import pytest

from sim.document.scenario import ResolvedScenario
from sim.reading.problem import DocumentError
from tests.builders import DAY, history_of, noon, sample, tiny

ANSWERED = """
deal:
  groups: {{a: {{side: hostages, held_by: north, count: {people}}}, p: {{side: prisoners, held_by: south, count: 500}}}}
  obligations:
    r1: {{kind: release, by: north, amount: {{a: {people}}}, due: day 20}}
    ret: {{kind: return, by: south, ratio: {{a: {{p: {number}}}}}, for_each: release, due: same day}}
    acc: {{kind: access, by: south, after: [{gate}], due: day 1}}
  guarantees:
    answered: {{responds: {{to: r1, with: ret, within: 2 d}}, title: t}}
    in_order: {{precedes: [r1, ret], title: t}}
behaviour: {{deaths: {{a: {{per_day: {hazard}}}}}}}
"""
COMPLETED = 1


@pytest.mark.case(
    "R1",
    before="one of two dies: all 30 that are owed come out, the gate stays shut, the guarantee is violated",
    after="gate and guarantee ask for what is owed: in every replicate met, kept and completed",
)
@pytest.mark.parametrize("gate", ["ret", "{obligation: ret, share: 1.0}", "{obligation: ret, share: 0.5}"])
def test_a_return_has_come_once_all_that_it_owes_after_deaths_is_handed_over(gate):
    found = sample(ANSWERED.format(people=2, number=30, gate=gate, hazard=0.03), 200)
    died = found["hostages_died_in_captivity"]
    assert set(died) == {0, 1, 2}
    assert (found["prisoners_released"] == 30 * (2 - died)).all()
    assert (found["end"] == COMPLETED).all()
    assert (found["violated_answered"] == -1).all()


@pytest.mark.case(
    "R1",
    before="the last of a release is excused when its phase is over: all that is owed came out, the gate stays shut",
    after="the gate opens in the minute in which nobody is left to come out",
)
def test_a_return_has_come_once_the_rest_of_its_release_is_excused():
    history = history_of("""
    deal:
      phases: {one: {lasts: 10 d, then: two}, two: {lasts: 20 d}}
      stocks:
        a: {of: people, list: hostages, held_by: north, count: 1}
        b: {of: people, list: hostages, held_by: north, count: 1}
        p: {of: people, list: prisoners, held_by: south, count: 9}
      obligations:
        r1: {kind: release, by: north, amount: {a: 1, b: 1}, due: day 2}
        ret: {kind: return, by: south, ratio: {a: {p: 3}, b: {p: 1}}, for_each: release, due: same day}
        acc: {kind: access, by: south, after: ret, due: day 1, phase: two}
    behaviour:
      search: {b: {found: 0}}
      mediators: {settles: 1, attempt: 12 d, cannot_be_done: excused}
      parties: {south: {patience: 90 d}}
    """)
    assert history.moved("p") == [(noon(2), 3)]
    # late with day 2, and twelve days later nobody can perform it
    assert history.minutes("obligation_excused", "r1") == [14 * DAY]
    assert history.minutes("obligation_met", "acc") == [14 * DAY]


@pytest.mark.case(
    "R2",
    before="a return of a total for all counts as delivered in the deal's first minute, before anybody has come out",
    after="it has come when the last of the group is out and the total is handed over",
)
def test_a_return_of_a_total_has_not_come_before_anybody_is_out():
    text = ANSWERED.format(people=10, number="{total: 5}", gate="ret", hazard=0)
    history = history_of(text)
    assert history.moved("p") == [(noon(20), 5)]
    assert history.minutes("obligation_due", "acc") == [noon(20)]
    assert history.outcomes["violated_in_order"] == -1
    assert history.outcomes["violated_answered"] == -1


@pytest.mark.case(
    "R2",
    before="the remainder of a total is lost where the last of the group comes out as remains",
    after="it is owed with the last of the group, alive or not, unless nobody came out alive",
)
def test_the_remainder_of_a_total_comes_with_the_last_even_as_remains():
    found = sample(ANSWERED.format(people=3, number="{total: 5}", gate="ret", hazard=0.03), 300)
    died = found["hostages_died_in_captivity"]
    # each of three earns 5 // 3 = 1, the last of the group the remainder of 2
    assert (found["prisoners_released"] == np.choose(died, [5, 4, 3, 0])).all()
    assert set(died) == {0, 1, 2, 3}
    assert (found["end"] == COMPLETED).all()


@pytest.mark.case(
    "R2",
    before="a return of a total never counts towards the largest lead",
    after="it counts for its part of what its debtor owes",
)
def test_a_return_of_a_total_counts_in_the_lead():
    history = history_of("""
    deal:
      groups: {a: {side: hostages, held_by: north, count: 4}, p: {side: prisoners, held_by: south, count: 50}}
      obligations:
        r1: {kind: release, by: north, amount: {a: 4}, due: day 20}
        ret: {kind: return, by: south, ratio: {a: {p: {total: 8}}}, for_each: release, due: same day}
        late: {kind: access, by: north, due: day 30}
    """)
    # south has given all that it owes from day 20 on, north half until day 30
    assert history.outcomes["largest_lead_south"] == 500_000


@pytest.mark.case(
    "R2",
    before="a lead does not notice that the last of a group, who earn the remainder, are left to one release",
    after="what a return may still come to owe is looked at whenever fewer of its group are left",
)
def test_a_remainder_is_still_to_be_earned_once_the_last_of_the_group_are_left_to_one_release():
    # one a day: of the second release on day 2, the first on day 3, of the second on day 4, with the remainder of 4 / 3
    history = history_of("""
    deal:
      groups: {a: {side: hostages, held_by: north, count: 3}, p: {side: prisoners, held_by: south, count: 9}}
      obligations:
        first: {kind: release, by: north, amount: {a: 1}, due: day 3}
        second: {kind: release, by: north, amount: {a: 2}, due: day 2}
        ret: {kind: return, by: south, ratio: {a: {p: {total: 4}}}, for_each: release, due: same day}
    behaviour: {parties: {north: {capacity: {release: 1}}, south: {complains: 0}}}
    """)
    assert history.moved("p") == [(noon(2), 1), (noon(3), 1), (noon(4), 2)]
    # from day 3 north has given 3/4; south all for the first, and 1 of 3 for the second: 2/3
    assert history.outcomes["largest_lead_north"] == 750_000 - 666_666
    assert history.outcomes["largest_lead_south"] == 0


ARMS = """
deal:
  lines: [plain, ridge]
  obligations:
    arms: {{kind: arms, by: north, units: 100, due: day 5, accepted_from: 0.9}}
    ridge: {{kind: withdrawal, by: south, to_line: ridge, due: day 7, after: {{obligation: arms, share: {share}}}}}
  guarantees: {{first: {{precedes: [{{obligation: arms, share: {share}}}, ridge], title: t}}}}
behaviour:
  parties:
    north: {{obligations: {{arms: {{short: 1, level: {level}}}}}}}
    south: {{complains: 0}}
"""


@pytest.mark.case(
    "R3",
    before="80 of 100 delivered open a gate that asks for 0.75 and violate the guarantee with the same words",
    after="gate and guarantee say the same of every share; of two shares the smaller is reached no later",
)
@pytest.mark.parametrize("level", [0.0, 0.8, 0.9, 0.92, 1.0])
@pytest.mark.parametrize("share", [0.05, 0.75, 0.8, 0.81, 0.9, 0.95, 1.0])
def test_a_share_of_units_means_the_same_in_gate_and_guarantee(level, share):
    history = history_of(ARMS.format(share=share, level=level))
    opens = round(100 * level) >= round(100 * share)
    assert history.minutes("obligation_met", "ridge") == ([noon(7)] if opens else [])
    assert history.outcomes["violated_first"] == -1


def test_without_a_share_a_step_is_waited_for_until_it_counts_as_met():
    text = ARMS.format(share=0.9, level=0.92).replace("{obligation: arms, share: 0.9}", "arms")
    history = history_of(text)
    assert history.minutes("obligation_met", "ridge") == [noon(7)]
    assert history.outcomes["violated_first"] == -1


AID = """
deal:
  lines: [plain, ridge]
  obligations:
    aid: {{kind: flow, by: north, each_day: {{trucks: 100}}, due: day 1 00:00}}
    ridge: {{kind: withdrawal, by: south, to_line: ridge, due: day 7, after: {{obligation: aid, share: {share}}}}}
  guarantees: {{half: {{never: [{{obligation: aid, share: 0.5}}], title: t}}}}
behaviour:
  mediators: {{attempt: 3 d}}
  parties:
    north: {{obligations: {{aid: {{late: 1, level: {level}}}}}}}
    south: {{complains: {complains}}}
"""


@pytest.mark.case(
    "R4",
    before="a share of a flow is ignored: a gate that asks for 0.9 opens at a level of 0.01, and `never` half at 0.1",
    after="a share of a flow is delivered over what was owed so far",
)
@pytest.mark.parametrize(("level", "opens"), [(0.01, False), (0.89, False), (0.9, True), (1.0, True)])
def test_a_gate_waits_for_a_share_of_a_flow(level, opens):
    history = history_of(AID.format(share=0.9, level=level, complains=0))
    assert history.minutes("line_reached") == ([noon(7)] if opens else [])
    assert history.outcomes["violated_half"] == (0 if level >= 0.5 else -1)


@pytest.mark.case(
    "R4",
    before="a gate on a share of a flow opens when the flow begins",
    after="it opens in the minute in which the share is reached: 40 a day for 10 days, then 100 a day",
)
def test_a_gate_on_a_flow_opens_in_the_minute_in_which_its_share_is_reached():
    # late after a week, settled after three days more; then (400 + 100 x) / (1000 + 100 x) = 0.6 at x = 5 days
    history = history_of(AID.format(share=0.6, level=0.4, complains=1))
    assert history.minutes("dispute_settled") == [10 * DAY]
    assert history.minutes("line_reached") == [15 * DAY]
    # (400 + 100 x) / (1000 + 100 x) = 0.5 at x = 2 days
    assert history.outcomes["violated_half"] == 12 * DAY


def test_a_gate_on_a_flow_shuts_again_while_the_flow_is_paused():
    history = history_of("""
    deal:
      obligations:
        aid: {kind: flow, by: north, each_day: {trucks: 100}, due: day 1 00:00}
        seen: {kind: information, by: south, due: day 12, after: {obligation: aid, share: 0.9}}
    behaviour:
      shocks: {quarrel: {effect: suspends_truce, by: south, at: day 10 00:00, lasts: 3 d, chance: 1}}
    """)
    # nothing from day 9.0 to 12.0: 900 / 1000 at 10.0, so the share is 0.9 again when 900 + 100 x = 0.9 (1200 + 100 x)
    assert history.minutes("obligation_due", "seen") == [30 * DAY]


@pytest.mark.case(
    "R4",
    before="a share of what is not counted, or beside what is no obligation, is taken and means nothing",
    after="it is refused, with the way out",
)
@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("{obligation: names, share: 0.5}", "nothing of 'names' is counted"),
        ("{obligation: ridge, share: 0.5}", "nothing of 'ridge' is counted"),
        ("{released: 3, share: 0.5}", "only an obligation is delivered in shares"),
        ("{line: ridge, share: 0.5}", "only an obligation is delivered in shares"),
        ("{any: [names], share: 0.5}", "only an obligation is delivered in shares"),
    ],
)
def test_a_share_without_a_meaning_is_refused(condition, words):
    with pytest.raises(DocumentError, match=words):
        _gate(condition)


def test_a_share_beside_a_state_is_refused():
    with pytest.raises(DocumentError, match="only an obligation is delivered in shares"):
        tiny("""
        deal:
          obligations: {arms: {kind: arms, by: north, units: 10, due: day 2}}
          guarantees: {g: {never: [{obligation: arms, state: late, share: 0.5}], title: t}}
        """)


def _gate(condition: str) -> ResolvedScenario:
    return tiny(f"""
    deal:
      lines: [plain, ridge]
      obligations:
        names: {{kind: information, by: north, due: day 2}}
        ridge: {{kind: withdrawal, by: south, to_line: ridge, due: day 2}}
        acc: {{kind: access, by: south, due: day 3, after: {condition}}}
    """)
