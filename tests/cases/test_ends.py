"""How deals end, what the window cuts off, and what an end goes back to."""

from __future__ import annotations

import pytest

from sim.analysis.compare import Design, compare
from sim.outcomes.columns import root_cause
from tests.builders import DAY, History, history_of, noon, sample, tiny


def root(history: History) -> str:
    """The root cause of one history in words."""
    return root_cause(history.plan, history.outcomes["root_event"], history.outcomes["root_subject"])


LAPSE = """
deal:
  groups: {{a: {{side: hostages, held_by: north, count: 20}}}}
  phases: {{one: {{lasts: 10 d, then: two}}, two: {{lasts: 10 d, enters_when: [{needs}]}}}}
  obligations:
    names: {{kind: information, by: north, due: day 2}}
    road: {{kind: access, by: south, due: day 4, after: names}}
    t: {{kind: talks, by: south, topic: extension, due: day 3, concludes_by: day 8}}
    y: {{kind: access, by: north, due: day 4, after: talks.extension.agreed}}
    out: {{kind: release, by: north, amount: {{a: 20}}, due: day 4 00:00}}
    x: {{kind: access, by: north, phase: two, due: phase day 2}}
behaviour: {{{behaviour}}}
"""
BOTH_LEAVE = "parties: {north: {leaves: {latency: 3 d}}, south: {leaves: {latency: 3 d}}}"
NORTH_LEAVES = (
    "parties: {north: {complains: 0, leaves: {after_lapse: %s}, capacity: {release: 1}}, "
    "south: {complains: 0, leaves: {after_lapse: 0}}}"
)


@pytest.mark.case(
    "R30",
    before="a refused last step goes back to the horizon",
    after="it goes back to the refusal: the earliest open step without which the deal would have gone on",
)
def test_an_end_at_the_horizon_goes_back_to_the_refused_step():
    history = history_of("""
    deal:
      obligations:
        names: {kind: information, by: north, due: day 2}
        road: {kind: access, by: south, due: day 4}
        list: {kind: information, by: north, due: day 6, after: road}
    behaviour: {mediators: {settles: 0}, parties: {south: {obligations: {road: {refused: 1}}}, north: {complains: 0}}}
    """)
    assert history.end.event == "deal_standing"
    assert root(history) == "obligation_refused road"


def test_what_waits_for_a_refused_step_is_not_blamed_whichever_is_written_first():
    history = history_of("""
    deal:
      obligations:
        list: {kind: information, by: north, due: day 1, after: road}
        road: {kind: access, by: south, due: day 4}
    behaviour: {mediators: {settles: 0}, parties: {south: {obligations: {road: {refused: 1}}}, north: {complains: 0}}}
    """)
    assert root(history) == "obligation_refused road"


def test_a_deal_cut_off_within_its_time_goes_back_to_the_horizon():
    history = history_of("""
    deal: {horizon: 20 d, obligations: {road: {kind: access, by: south, due: day 30}}}
    """)
    assert (history.end.event, root(history)) == ("deal_standing", "horizon_reached")


@pytest.mark.case(
    "R30",
    before="a completed deal goes back to the extension of its last phase",
    after="a completed deal goes back to itself: what went right is no cause",
)
def test_a_completed_deal_has_no_cause_but_itself():
    history = history_of("""
    deal: {obligations: {road: {kind: access, by: south, due: day 49}}}
    behaviour: {parties: {south: {default: {late: 1, delay: 5 d}}, north: {complains: 0}}}
    """)
    assert [h.event for h in history.all("phase_continued")]
    assert (history.end.minute, root(history)) == (noon(54), "deal_completed")


@pytest.mark.case(
    "R30",
    before="talks that open too late are blamed on the side that leaves after the lapse",
    after="the lapse, and the end with it, goes back to the agreement that the next phase lacked",
)
def test_a_lapse_goes_back_to_what_the_next_phase_lacked():
    late = "talks: {extension: {delay: 20 d, agrees_per_day: 1}}, " + BOTH_LEAVE
    history = history_of(LAPSE.format(needs="talks.extension.agreed", behaviour=late))
    assert (history.end.event, history.end.minute) == ("deal_lapsed", 13 * DAY)
    assert root(history) == "talks_missing extension"


@pytest.mark.case(
    "R30",
    before="'lapsed: talks opened (extension)' names what went right",
    after="the agreement that was missing is named",
)
@pytest.mark.parametrize(
    ("talks", "cause"),
    [
        ("{agrees_per_day: 0}", "talks_missing extension"),
        ("{agrees_per_day: 1, fails: 1}", "talks_deadlocked extension"),
        ("{never: 1}", "talks_not_opened extension"),
        ("{agrees_per_day: 0, breaks_off_per_day: 1000}", "talks_broken_off extension"),
    ],
)
def test_talks_without_agreement_are_named_by_what_became_of_them(talks, cause):
    text = LAPSE.format(needs="talks.extension.agreed", behaviour=f"talks: {{extension: {talks}}}, {BOTH_LEAVE}")
    assert root(history_of(text)) == cause


@pytest.mark.parametrize(
    ("needs", "party", "cause"),
    [
        ("road", "north: {complains: 0}, south: {obligations: {road: {refused: 1}}}", "obligation_refused road"),
        ("road", "north: {obligations: {names: {refused: 1}}}, south: {complains: 0}", "obligation_refused names"),
        (
            "road",
            "north: {complains: 0}, south: {obligations: {road: {late: 1, delay: 30 d}}}",
            "obligation_delayed road",
        ),
        ("out", "north: {capacity: {release: 1}}, south: {complains: 0}", "obligation_missing out"),
        ("{released: 9}", "north: {capacity: {release: 1}}, south: {complains: 0}", "obligation_missing out"),
        (
            "{any: [x, road]}",
            "north: {complains: 0}, south: {obligations: {road: {refused: 1}}}",
            "obligation_refused road",
        ),
    ],
)
def test_a_lapse_over_a_step_goes_back_to_its_own_last_decision(needs, party, cause):
    behaviour = f"mediators: {{settles: 0}}, parties: {{{party}}}"
    history = history_of(LAPSE.format(needs=needs, behaviour=behaviour))
    assert history.end.event == "deal_lapsed"
    assert root(history) == cause


def test_a_side_that_leaves_when_a_phases_time_is_up_is_the_cause_itself():
    history = history_of("""
    deal:
      phases: {one: {lasts: 10 d, then: two}, two: {lasts: 10 d}}
      obligations:
        names: {kind: information, by: north, due: day 2}
        x: {kind: access, by: north, phase: two, due: phase day 2}
    behaviour: {parties: {north: {default: {late: 1, delay: 2 h}}, south: {leaves: {after_phase: {one: 1}}}}}
    """)
    assert (history.end.event, root(history)) == ("deal_collapsed", "party_left south")


@pytest.mark.case(
    "R31",
    before="a phase that has lapsed with nobody gone becomes an end on the last day, and a cliff in the survival curve",
    after="what the end of the window cuts off stands: censored, with the state of its truce apart",
)
def test_what_the_window_cuts_off_after_a_lapse_is_censored():
    text = LAPSE.format(needs="out", behaviour=NORTH_LEAVES % 0)
    history = history_of(text)
    assert history.minutes("phase_lapsed") == [10 * DAY]
    assert (history.end.event, history.end.minute) == ("deal_standing", 100 * DAY)
    assert history.outcomes["truce_at_end"] == 1
    assert root(history) == "obligation_missing out"
    summary = compare(Design(tiny(text), [], n=50, seed=1)).baseline
    assert summary.ends["standing"][0] == 50
    assert summary.survival.share[-1] == 1.0


def test_a_truce_that_is_suspended_at_the_horizon_does_not_hold_then():
    history = history_of("""
    deal: {horizon: 20 d, obligations: {road: {kind: access, by: south, due: day 30}}}
    behaviour: {shocks: {quarrel: {effect: suspends_truce, by: south, at: day 18, lasts: 9 d, chance: 1}}}
    """)
    assert (history.end.event, history.outcomes["truce_at_end"]) == ("deal_standing", 0)


def test_a_party_that_leaves_after_a_lapse_ends_the_deal():
    found = sample(LAPSE.format(needs="out", behaviour=NORTH_LEAVES % 0.3), 400)
    lapsed = found["end"] == 3
    assert 70 < lapsed.sum() < 170  # 0.3 of 400, five standard errors of 9.2
    assert (found["end"][~lapsed] == 4).all()
    assert (found["truce_at_end"] == ~lapsed).all()


@pytest.mark.case(
    "R19",
    before="'still held: 0' with 26 people in prison, no days in captivity for 104 held: one list is counted",
    after="both lists are counted, each under its name",
)
def test_both_lists_are_counted_where_people_are_still_held():
    history = history_of("""
    deal:
      groups: {p: {side: prisoners, held_by: south, count: 104}, q: {side: hostages, held_by: north, count: 3}}
      obligations: {back: {kind: return, by: south, amount: {p: 78}, due: day 11 00:00}}
    """)
    assert history.outcomes["prisoners_still_held"] == 26
    assert history.outcomes["hostages_still_held"] == 3
    assert history.outcomes["prisoner_captive_days"] == (78 * 10 + 26 * 100) * DAY
    assert history.outcomes["captive_days"] == 3 * 100 * DAY


def test_deaths_count_in_the_days_of_both_lists():
    found = sample(
        """
        deal:
          groups: {p: {side: prisoners, held_by: south, count: 5}, q: {side: hostages, held_by: north, count: 5}}
          obligations: {road: {kind: access, by: south, due: day 2}}
        behaviour: {deaths: {p: {per_day: 100}, q: {per_day: 100}}}
        """,
        20,
    )
    assert (found["prisoners_died_in_captivity"] == 5).all()
    assert (found["prisoner_captive_days"] < 5 * DAY).all()
    assert (found["captive_days"] < 5 * DAY).all()
