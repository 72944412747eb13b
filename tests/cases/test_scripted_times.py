"""A scripted run takes every time of its scenario at the median, and its limits; what is left out is said."""

from __future__ import annotations

import pytest

from sim.analysis.deviations.check import check
from sim.analysis.deviations.prism import as_prism
from tests.builders import DAY, history_of, noon, tiny

SLOW = """
deal: {obligations: {x: {kind: access, by: south, due: day 2}}}
behaviour:
  mediators: {attempt: 1 d, kinds: {access: {attempt: 20 d}}}
  parties: {north: {patience: 5 d}}
scripted: %s
"""


@pytest.mark.case("R11", before="settled after a day, as disputes of other kinds", after="after 20 d, as its kind")
def test_attempts_take_the_time_of_their_kind():
    history = history_of(SLOW % "[{obligation: x, choice: refused}]")
    assert history.minutes("truce_suspended") == [7 * DAY]
    history = history_of(SLOW % "[{obligation: x, choice: refused}, {patience: x, choice: lasts}]")
    assert history.minutes("dispute_settled") == [22 * DAY]


@pytest.mark.case("R11", before="check misses a set of two", after="x refused and the truce not restored end the deal")
def test_check_finds_the_set_that_ends_the_deal_before_it_is_settled():
    scripts = "[{obligation: x, choice: refused}, {patience: x, choice: not_restored}]"
    assert history_of(SLOW % scripts).end.event == "deal_collapsed"
    found = check(tiny((SLOW % "[]").replace("scripted: []", "")), 2, goal="end == collapsed")
    named = [[(d.document["choice"], d.minute) for d in one.deviations] for one in found.minimal_sets]
    assert [("refused", noon(2)), ("not_restored", 7 * DAY)] in named


@pytest.mark.case("R11", before="all ten at once", after="as many a day as the party can hand over")
def test_a_scripted_run_keeps_capacities():
    history = history_of("""
    deal:
      groups: {a: {side: hostages, held_by: south, count: 10}}
      obligations: {r: {kind: release, by: south, amount: {a: 10}, due: day 2, grace: 9 d}}
    behaviour: {parties: {south: {capacity: {release: 4}}}}
    scripted: []
    """)
    assert history.moved("a") == [(noon(2), 4), (noon(3), 4), (noon(4), 2)]


@pytest.mark.case(
    "R11", before="talks open on their date", after="on that of the behaviour, with the median of their delay"
)
@pytest.mark.parametrize(
    ("talks", "opens"),
    [("delay: {median: 3 d, p95: 9 d}", noon(8)), ("opens: day 9", noon(9)), ("opens: day 9, delay: 2 d", noon(11))],
)
def test_a_scripted_run_takes_when_talks_open_from_the_scenario(talks, opens):
    history = history_of(f"""
    deal: {{obligations: {{t: {{kind: talks, by: south, topic: t, due: day 5}}}}}}
    behaviour: {{talks: {{t: {{{talks}, never: 1}}}}}}
    scripted: []
    """)
    assert history.minutes("talks_opened") == [opens]


@pytest.mark.case(
    "R11", before="never again", after="talks broken off by script open again after their median, and agree"
)
def test_talks_that_a_script_breaks_off_open_again_if_the_scenario_has_a_time_for_it():
    history = history_of("""
    deal: {obligations: {t: {kind: talks, by: south, topic: t, due: day 5, concludes_by: day 9}}}
    behaviour: {talks: {t: {resumes: {median: 2 d, p95: 5 d}}}}
    scripted: [{talks: t, choice: broken_off}]
    """)
    assert history.minutes("talks_broken_off") == [noon(9)]
    assert history.minutes("talks_opened") == [noon(5), noon(11)]
    assert history.minutes("talks_agreed") == [noon(11)]


@pytest.mark.case("R11", before="a settled flow runs in full", after="at the level to which settlements bring flows")
def test_a_scripted_settlement_brings_a_flow_to_its_level():
    history = history_of("""
    deal: {obligations: {aid: {kind: flow, by: south, due: day 1 00:00, each_day: {trucks: 100}}}}
    behaviour:
      mediators: {flows_to: 0.6}
      parties: {south: {default: {level: 0.2}}}
    scripted: [{obligation: aid, choice: late}]
    """)
    assert [h.after for h in history.all("flow_changed")] == [200, 600]


@pytest.mark.case("R11", before="dropped without a word", after="what the export leaves out stands in the file's head")
def test_the_head_of_the_export_names_what_it_leaves_out():
    head = as_prism(tiny("deal: {obligations: {x: {kind: access, by: south, due: day 2}}}")).partition("\nmdp\n")[0]
    words = " ".join(line.removeprefix("//").strip() for line in head.splitlines())
    for left_out in ("capacity", "when talks open after their date or gate", "talks that open again",
                     "level to which settlements bring flows"):  # fmt: skip
        assert left_out in words


@pytest.mark.case("R11", before="the export takes the attempts of all disputes", after="those of its kind")
def test_the_export_takes_attempts_by_kind():
    by_kind = as_prism(tiny((SLOW % "[]").replace("scripted: []", "")))
    as_all = as_prism(tiny((SLOW % "[]").replace("scripted: []", "").replace("kinds: {access: {attempt: 20 d}}", "")))
    assert "day+21" in by_kind
    assert "day+21" not in as_all
