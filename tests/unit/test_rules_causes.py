"""What events go back to, by hand: the table of causes and what is missing, as docs/development/rules-in-detail.md."""

import pytest

from tests.builders import DAY, History, history_of, noon


def cause_of(history: History, event: str, subject: str) -> tuple[int, str, str]:
    """Minute, event and subject of the cause of something that happened once."""
    (happening,) = history.all(event, subject)
    cause = history.happenings[happening.cause]
    return cause.minute, cause.event, cause.subject


def test_what_opened_a_gate_stays_the_cause_whatever_happens_to_the_gate_later():
    # to_road is done in the minute in which to_river is: that touches the line, and the gate is open already
    history = history_of("""
    deal:
      lines: {start: {}, river: {}, road: {}}
      obligations:
        to_river: {kind: withdrawal, by: north, to_line: river, due: day 2}
        to_road: {kind: withdrawal, by: north, to_line: road, after: to_river}
        duty: {kind: information, by: south, after: [to_river, {line: river, by: north}], takes: 1 h}
    """)
    assert history.minutes("obligation_due", "duty") == [noon(2) + 60]
    assert cause_of(history, "obligation_due", "duty") == (noon(2), "obligation_met", "to_river")


@pytest.mark.parametrize("due", ["on gate", "day 2"])
def test_a_gate_that_opens_in_the_minute_of_the_date_or_before_is_not_what_was_waited_for(due):
    history = history_of(f"""
    deal:
      obligations:
        first: {{kind: information, by: north, due: on gate}}
        second: {{kind: information, by: south, due: {due}, after: first}}
    """)
    assert cause_of(history, "obligation_due", "second") == (0, "phase_entered", "one")


def test_what_waits_for_talks_follows_from_their_opening_though_they_cannot_agree():
    history = history_of("""
    deal:
      obligations:
        talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 3}
        duty: {kind: information, by: south, after: talks.t.started}
    behaviour: {talks: {t: {fails: 1}}}
    """)
    assert cause_of(history, "obligation_due", "duty") == (noon(3), "talks_opened", "t")


def test_what_waits_for_an_agreement_follows_from_it_and_what_waits_for_the_duty_to_talk_from_that():
    history = history_of("""
    deal:
      obligations:
        talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 3}
        on_word: {kind: information, by: south, after: talks.t.agreed}
        on_deed: {kind: information, by: south, after: [talks, talks.t.agreed]}
    """)
    assert cause_of(history, "obligation_due", "on_word") == (noon(3), "talks_agreed", "t")
    assert cause_of(history, "obligation_due", "on_deed") == (noon(3), "obligation_met", "talks")


def test_what_waits_for_a_flow_follows_from_its_running():
    history = history_of("""
    deal:
      obligations:
        aid: {kind: flow, by: north, due: day 2, each_day: {trucks: 5}}
        duty: {kind: information, by: south, after: aid}
    """)
    assert cause_of(history, "obligation_due", "duty") == (noon(2), "flow_changed", "aid")


STAYS = """
deal:
  phases:
    one: {lasts: 4 d, then: two, continues_while: phase.one}
    two: {enters_when: %s, lasts: 5 d}
  obligations:
    early: {kind: information, by: south, due: day 2}
    later: {kind: information, by: south, due: day 6}
    noise: {kind: information, by: south, due: day 7}
behaviour:
  parties: {north: {leaves: {after_phase: {one: 1}, latency: 3 d, unless: early}}}
"""


@pytest.mark.parametrize(
    ("enters_when", "cause"),
    [("early", (4 * DAY, "phase_continued", "one")), ("later", (noon(6), "obligation_met", "later"))],
)
def test_a_phase_held_up_by_a_party_that_stays_ends_by_its_going_on_or_by_what_brought_the_next(enters_when, cause):
    history = history_of(STAYS % enters_when)
    assert history.minutes("phase_ended", "one") == [7 * DAY]
    assert cause_of(history, "phase_ended", "one") == cause


def test_what_is_held_back_names_the_last_of_the_complaints_that_are_open():
    # the complaint about the second is over, with its delay, before the step is due
    history = history_of("""
    deal:
      obligations:
        first: {kind: information, by: south, due: day 2}
        second: {kind: information, by: south, due: day 3}
        step: {kind: access, by: north, due: day 6}
    behaviour:
      mediators: {settles: 0}
      parties:
        north: {withholds: 1, patience: 60 d}
        south: {obligations: {first: {refused: 1}, second: {late: 1, delay: 2 d}}}
    """)
    assert history.minutes("obligation_cured", "second") == [noon(5)]
    assert cause_of(history, "obligation_withheld", "step") == (2 * DAY, "dispute_opened", "first")


def test_nothing_is_taken_up_again_when_the_deal_is_over():
    history = history_of("""
    deal:
      horizon: 20 d
      obligations:
        duty: {kind: information, by: south, due: day 3}
        step: {kind: access, by: north, due: day 5}
        aid: {kind: flow, by: north, due: day 2, each_day: {trucks: 5}, until: day 90}
    behaviour:
      mediators: {settles: 0}
      parties: {north: {withholds: 1, patience: 500 d}, south: {default: {refused: 1}}}
    """)
    assert history.minutes("obligation_withheld", "step") == [noon(5)]
    assert history.all("obligation_resumed") == []
    assert history.life("step")[-1] == (20 * DAY, "defaulted")
    assert history.life("aid")[-1] == (20 * DAY, "void")


def test_talks_that_have_agreed_are_not_what_a_step_still_lacks():
    history = history_of("""
    deal:
      phases: {one: {lasts: 10 d, then: two}, two: {enters_when: duty}}
      obligations:
        talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 2, concludes_by: day 3}
        duty: {kind: information, by: south, after: talks.t.under_way, takes: 5 d}
    """)
    assert history.minutes("talks_agreed") == [noon(3)]
    assert history.all("talks_missing") == []
    assert cause_of(history, "phase_lapsed", "one") == (10 * DAY, "obligation_missing", "duty")


def test_what_lies_beyond_the_horizon_is_not_missing_though_it_is_the_earliest_with_a_date():
    history = history_of("""
    deal:
      horizon: 20 d
      phases: {one: {}}
      obligations:
        beyond: {kind: information, by: south, due: day 30}
        talks: {kind: talks, by: envoy, to: north, topic: t, after: never}
        never: {kind: information, by: north, due: day 25}
    """)
    assert history.all("obligation_missing") == []
    assert history.all("talks_missing") == []


def test_a_step_that_waits_for_people_does_not_wait_for_those_whom_it_hands_over_itself():
    # the second waits for anybody's release; the first, which would be that, is refused
    history = history_of("""
    deal:
      horizon: 20 d
      phases: {one: {}}
      groups: {a: {side: hostages, held_by: south, count: 4}}
      obligations:
        second: {kind: release, by: south, due: day 1, amount: {a: 2}, after: {released: 1}}
        first: {kind: release, by: south, due: day 4, amount: {a: 2}}
    behaviour: {parties: {south: {obligations: {first: {refused: 1}}}, north: {complains: 0}}}
    """)
    refused = [happening for happening in history.causes(history.end) if happening.event == "obligation_refused"]
    assert [happening.subject for happening in refused] == ["first"]


def test_what_is_met_with_less_than_was_tried_is_not_missing():
    # one a day: a single one of up to three by the end of day 2, and so the first is met
    history = history_of("""
    deal:
      phases: {one: {lasts: 10 d, then: two}, two: {enters_when: {released: 4, list: hostages}}}
      stocks:
        a: {of: people, list: hostages, held_by: north, count: 3}
        b: {of: people, list: hostages, held_by: north, count: 2}
      obligations:
        first: {kind: release, by: north, amount: {a: {up_to: 3}}, due: day 2}
        second: {kind: release, by: north, amount: {b: 2}, due: day 4}
    behaviour:
      parties: {north: {capacity: {release: 1}, obligations: {second: {refused: 1}}}, south: {complains: 0}}
    """)
    assert history.minutes("obligation_met", "first") == [2 * DAY]
    assert cause_of(history, "obligation_late", "second")[1:] == ("obligation_refused", "second")
    assert cause_of(history, "phase_lapsed", "one") == (4 * DAY, "obligation_late", "second")


def test_a_part_of_the_forces_leaves_the_line_that_a_phase_waits_for_missing():
    history = history_of("""
    deal:
      lines: [plain, ridge]
      phases: {one: {lasts: 10 d, then: two}, two: {enters_when: line.ridge}}
      obligations: {back: {kind: withdrawal, by: north, to_line: ridge, units: 4, due: day 3}}
    behaviour: {parties: {north: {default: {short: 1, level: 0.5}}, south: {complains: 0}}}
    """)
    assert history.minutes("line_reached") == []
    assert cause_of(history, "phase_lapsed", "one") == (3 * DAY, "obligation_late", "back")


def test_a_step_that_waits_for_what_is_dated_beyond_the_horizon_lacks_nothing_behind_that():
    # the step could not be done within the window, even if the talks had agreed
    history = history_of("""
    deal:
      horizon: 20 d
      phases: {one: {}}
      obligations:
        step: {kind: access, by: south, due: day 5, after: beyond}
        beyond: {kind: access, by: north, due: day 30, after: talks.t.agreed}
        talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 2}
    behaviour: {talks: {t: {fails: 1}}}
    """)
    assert len(history.all("talks_deadlocked")) == 1
    (reached,) = history.all("horizon_reached")
    assert history.happenings[reached.cause].event == "deal_began"


@pytest.mark.parametrize("others", [0, 1])
def test_of_steps_that_wait_for_each_other_the_first_one_reached_is_missing(others):
    # whichever of a circle is told, it does not depend on how much else a deal owes
    aside = "aside: {kind: act, by: north, due: day 60}" * others
    history = history_of(f"""
    deal:
      horizon: 30 d
      phases: {{one: {{}}}}
      obligations:
        step: {{kind: access, by: south, due: day 2, after: first}}
        first: {{kind: access, by: north, due: day 3, after: {{any: [second, day 40]}}}}
        second: {{kind: access, by: north, due: day 4, after: {{any: [third, day 41]}}}}
        third: {{kind: access, by: north, due: day 5, after: {{any: [fourth, day 42]}}}}
        fourth: {{kind: access, by: north, due: day 6, after: {{any: [second, day 43]}}}}
        {aside}
    """)
    assert [missing.subject for missing in history.all("obligation_missing")] == ["second"]


def test_a_lot_that_follows_the_one_before_has_no_date_until_that_is_delivered():
    # the road waits for anybody's release: for the batch that was refused, not for the lots that wait for the road
    history = history_of("""
    deal:
      horizon: 30 d
      phases: {one: {}}
      groups: {a: {side: hostages, held_by: north, count: 7}}
      obligations:
        road: {kind: access, by: south, due: day 3, after: {released: 1}}
        batch: {kind: release, by: north, amount: {a: 1}, due: day 1}
        lots: {kind: release, by: north, amount: {a: 6}, due: 4 d after gate}
        come: {kind: act, by: south, due: on gate, after: road}
      exchanges: {swap: {legs: [lots, come], lots: 3, every: 2 d}}
    behaviour: {parties: {north: {obligations: {batch: {refused: 1}}}, south: {complains: 0}}}
    """)
    (reached,) = history.all("horizon_reached")
    back = [(happening.event, happening.subject) for happening in history.causes(reached)]
    assert ("obligation_refused", "batch") in back
