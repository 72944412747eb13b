"""The skeleton for model checkers: people owed by ratio, and a lapse that waits on, read by Storm."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.analysis.deviations.prism import as_prism
from tests.builders import tiny
from tests.unit.test_export import reached_in_skeleton

RATIO = """
deal:
  horizon: 12 d
  phases: {{one: {{lasts: 6 d}}}}
  groups: {{a: {{side: hostages, held_by: north, count: 4}}, p: {{side: prisoners, held_by: south, count: 100}}}}
  obligations:
    r1: {{kind: release, by: north, amount: {{a: 4}}, due: day 2}}
    ret: {{kind: return, by: south, ratio: {{a: {{p: {ratio}}}}}, for_each: [r1], due: same day}}
    acc: {{kind: access, by: north, due: day 3, after: [{{released: {asked}, side: prisoners}}]}}
"""


@pytest.mark.case(
    "R5",
    before="a condition on prisoners owed by ratio becomes `0>=20`: no completed deal can be reached",
    after="the people whom a return owes for its release count: completed deals can be reached, as the rules have it",
)
@pytest.mark.parametrize(("ratio", "asked"), [("10", 20), ("10", 40), ("{total: 7}", 7), ("{total: 8}", 3)])
def test_people_owed_by_ratio_count_in_the_skeleton(ratio, asked, tmp_path: Path):
    assert "completed" in reached_in_skeleton(as_prism(tiny(RATIO.format(ratio=ratio, asked=asked))), tmp_path)


def test_more_people_than_are_owed_are_never_out_in_the_skeleton(tmp_path: Path):
    scenario = tiny(RATIO.format(ratio="10", asked=40))
    text = as_prism(scenario).replace(">=40", ">=41")
    assert "completed" not in reached_in_skeleton(text, tmp_path)


@pytest.mark.slow
def test_a_total_over_several_releases_is_out_with_the_last_of_them(tmp_path: Path):
    text = as_prism(
        tiny("""
    deal:
      horizon: 12 d
      phases: {one: {lasts: 6 d}}
      groups: {a: {side: hostages, held_by: north, count: 4}, p: {side: prisoners, held_by: south, count: 100}}
      obligations:
        r1: {kind: release, by: north, amount: {a: 2}, due: day 2}
        r2: {kind: release, by: north, amount: {a: 2}, due: day 3}
        ret: {kind: return, by: south, ratio: {a: {p: {total: 7}}}, for_each: release, due: same day}
        acc: {kind: access, by: north, due: day 3, after: [{released: 7, side: prisoners}]}
    """)
    )
    assert "completed" in reached_in_skeleton(text, tmp_path)
    assert "completed" not in reached_in_skeleton(text.replace(">=7", ">=8"), tmp_path)


LAPSE = """
deal:
  horizon: 20 d
  phases: {{one: {{lasts: 5 d, then: two}}, two: {{lasts: 5 d, enters_when: [talks.t.agreed]}}}}
  obligations:
    t: {{kind: talks, by: south, topic: t, due: day 2, concludes_by: day 7}}
behaviour: {{parties: {{north: {{leaves: {{latency: {latency}}}}}, south: {{leaves: {{latency: {latency}}}}}}}}}
"""


@pytest.mark.case(
    "R6",
    before="in the skeleton a lapse ends the deal at once",
    after="it waits on until a party leaves: talks that agree in time complete the deal, as in the compliant run",
)
@pytest.mark.parametrize(("latency", "ends"), [("3 d", True), ("0 min", False)])
def test_a_lapse_waits_on_in_the_skeleton_until_a_party_leaves(latency, ends, tmp_path: Path):
    reached = reached_in_skeleton(as_prism(tiny(LAPSE.format(latency=latency))), tmp_path)
    assert ("completed" in reached) == ends
    assert "lapsed" in reached
