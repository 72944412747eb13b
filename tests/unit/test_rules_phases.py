"""Phases, talks, leaving, shocks and incidents by hand."""

import pytest

from tests.builders import DAY, history_of, noon

PHASES = """
deal:
  phases:
    one: {lasts: 10 d, then: two%s}
    two: {enters_when: talks.next.agreed, lasts: 10 d}
  obligations:
    first: {kind: information, by: south, due: day 2}
    talks: {kind: talks, by: envoy, to: north, topic: next, starts_by: day 5, concludes_by: %s}
    last: {kind: information, by: south, phase: two, due: phase day 2}
behaviour:
  %s
"""
STAY = "parties: {north: {leaves: {after_lapse: 0}}, south: {leaves: {after_lapse: 0}}}"


def test_the_next_phase_is_entered_when_the_time_of_this_one_is_up_and_its_talks_have_agreed():
    history = history_of(PHASES % ("", "day 8", "{}"))
    assert history.minutes("talks_agreed") == [noon(8)]
    assert history.minutes("phase_entered", "two") == [10 * DAY]
    assert history.minutes("obligation_due", "last") == [noon(12)]
    assert (history.end.event, history.end.minute) == ("deal_completed", 20 * DAY)
    assert history.outcomes["phase_reached"] == 2


def test_a_phase_goes_on_while_its_talks_do_and_the_next_begins_in_the_minute_they_agree():
    history = history_of(PHASES % (", continues_while: talks.next", "day 30", "{}"))
    assert history.minutes("phase_continued") == [10 * DAY]
    assert history.minutes("phase_entered", "two") == [noon(30)]


def test_a_phase_that_goes_on_lapses_when_its_talks_are_broken_off():
    history = history_of(
        PHASES % (", continues_while: talks.next", "day 30", "shocks: {s: {at: day 20, effect: breaks_off_talks}}")
    )
    assert history.minutes("phase_lapsed") == [noon(20)]
    assert (history.end.event, history.end.minute) == ("deal_lapsed", noon(20))
    assert [cause.event for cause in history.causes(history.end)] == [
        "party_left",
        "phase_lapsed",
        "talks_broken_off",
        "shock_struck",
    ]


def test_a_phase_goes_on_no_longer_than_its_limit_whatever_happens_meanwhile():
    text = PHASES % (", continues_while: truce.holds, at_most: 7 d", "day 60", "{}")
    history = history_of(text.replace("starts_by: day 5", "starts_by: day 14"))
    assert history.minutes("talks_opened") == [noon(14)]
    assert history.minutes("phase_lapsed") == [17 * DAY]


def test_a_phase_whose_talks_have_not_agreed_lapses_and_a_party_may_leave():
    history = history_of(PHASES % ("", "day 30", "parties: {south: {leaves: {after_lapse: 0, latency: 1 d}}}"))
    assert history.minutes("phase_lapsed") == [10 * DAY]
    assert [(h.minute, h.subject) for h in history.all("party_left")] == [(10 * DAY, "north")]
    assert history.end.event == "deal_lapsed"


def test_a_lapse_that_nobody_leaves_over_is_mended_by_a_later_agreement():
    history = history_of(PHASES % ("", "day 30", STAY))
    assert history.minutes("phase_entered", "two") == [noon(30)]
    assert history.end.event == "deal_completed"


def test_a_lapse_that_nothing_mends_and_nobody_answers_is_cut_off_at_the_horizon():
    history = history_of(PHASES % ("", "day 30", STAY + "\n  talks: {next: {never: 1}}"))
    assert (history.end.event, history.end.minute) == ("deal_standing", 100 * DAY)
    assert "talks_not_opened" in [cause.event for cause in history.causes(history.end)]


def test_an_agreement_keeps_a_party_that_was_about_to_leave_and_the_next_phase_ends_in_its_time():
    leaves = "parties: {north: {leaves: {latency: 20 d}}, south: {leaves: {after_lapse: 0}}}"
    history = history_of(PHASES % ("", "day 15", leaves))
    assert history.minutes("phase_entered", "two") == [noon(15)]
    assert history.all("party_left") == []
    assert (history.end.event, history.end.minute) == ("deal_completed", noon(25))


def test_what_a_lapse_voids_no_longer_keeps_the_deal_from_being_completed():
    text = PHASES % ("", "day 15", STAY)
    history = history_of(text.replace("due: day 2}", "due: day 2, after: talks.next.agreed}"))
    assert history.life("first") == [(10 * DAY, "void")]
    assert history.end.event == "deal_completed"


def test_the_next_phase_waits_for_what_a_lapse_voids_and_does_not_begin_without_it():
    approval = PHASES.replace("enters_when: talks.next.agreed", "enters_when: [first, talks.next.agreed]")
    text = approval % ("", "day 15", STAY)
    history = history_of(text.replace("due: day 2}", "due: day 2, after: talks.next.agreed}"))
    assert history.life("first") == [(10 * DAY, "void"), (100 * DAY, "missing")]
    assert history.minutes("talks_agreed") == [noon(15)]
    assert history.minutes("phase_entered", "two") == []
    assert (history.end.event, history.end.minute) == ("deal_standing", 100 * DAY)


def test_a_later_phase_does_not_wait_for_what_a_lapse_voided_once_the_lapse_is_mended():
    text = PHASES.replace("phase: two, due: phase day 2", "phase: two, due: phase day 2, after: first")
    text = (text % ("", "day 15", STAY)).replace("due: day 2}", "due: day 2, after: talks.next.agreed}")
    history = history_of(text)
    assert history.minutes("phase_entered", "two") == [noon(15)]
    assert history.minutes("obligation_due", "last") == [noon(16)]


def test_what_waits_for_a_flow_goes_ahead_in_the_minute_its_phase_ends_and_leaves_it_undone():
    history = history_of("""
    deal:
      phases: {one: {lasts: 10 d, then: two}, two: {lasts: 10 d}}
      obligations:
        aid: {kind: flow, by: north, due: day 2, each_day: {trucks: 600}}
        list: {kind: information, by: south, due: day 3, after: aid}
    behaviour:
      parties: {north: {obligations: {aid: {refused: 1}}}, south: {complains: 0}}
    """)
    assert history.life("aid")[-1] == (10 * DAY, "defaulted")
    assert history.minutes("obligation_due", "list") == [10 * DAY]


def test_what_is_late_when_a_phase_lapses_is_a_default():
    text = PHASES % ("", "day 15", "parties: {south: {obligations: {first: {refused: 1}}}, north: {complains: 0}}")
    assert history_of(text).life("first")[-1] == (10 * DAY, "defaulted")


def test_a_party_may_leave_when_a_phase_is_over_though_the_talks_have_agreed():
    history = history_of(PHASES % ("", "day 8", "parties: {north: {leaves: {after_phase: {one: 1}, latency: 2 d}}}"))
    assert history.minutes("phase_entered", "two") == []
    assert (history.end.event, history.end.minute) == ("deal_collapsed", 12 * DAY)
    assert next(history.causes(history.end)).event == "party_left"


def test_an_open_ended_phase_ends_when_its_duties_are_done():
    history = history_of("""
    deal:
      phases: {one: {then: two}, two: {}}
      obligations:
        first: {kind: information, by: south, due: day 4}
        second: {kind: information, by: north, due: day 6}
        last: {kind: information, by: north, phase: two, due: phase day 3}
    """)
    assert history.minutes("phase_entered", "two") == [noon(6)]
    assert (history.end.event, history.end.minute) == ("deal_completed", noon(8))


def test_the_last_phase_waits_for_what_is_still_owed():
    history = history_of("""
    deal:
      phases: {one: {lasts: 5 d}}
      obligations: {first: {kind: information, by: south, due: day 4}}
    behaviour: {parties: {south: {default: {late: 1, delay: 6 d}}, north: {complains: 0}}}
    """)
    assert history.minutes("phase_continued") == [5 * DAY]
    assert (history.end.event, history.end.minute) == ("deal_completed", noon(10))


EARLY = """
deal:
  phases: {one: {lasts: 30 d, then: two, ends_early: %s}, two: {enters_when: truce.holds, lasts: 5 d}}
  obligations:
    first: {kind: information, by: south, due: day 3}
    last: {kind: information, by: south, phase: two, due: phase day 2}
behaviour: {shocks: {strike: {at: day 2, effect: suspends_truce, by: north, lasts: 6 d}}}
"""


@pytest.mark.parametrize(("early", "entered"), [("true", noon(8)), ("false", 30 * DAY)])
def test_a_phase_may_end_as_soon_as_its_duties_are_done_and_the_next_may_begin(early, entered):
    assert history_of(EARLY % early).minutes("phase_entered", "two") == [entered]


def test_the_horizon_is_the_end_of_a_deal_that_still_stands():
    history = history_of("""
    deal: {horizon: 20 d, obligations: {first: {kind: information, by: south, due: day 3}}}
    """)
    assert (history.end.event, history.end.minute) == ("deal_standing", 20 * DAY)
    assert history.outcomes["end_day"] == 21


TALKS = """
deal:
  obligations:
    gate: {kind: information, by: south, due: day 10}
    talks: {kind: talks, by: envoy, to: north, topic: next, starts_by: day 5, concludes_by: day 20%s}
behaviour:
  talks: {next: {%s}}
  shocks: %s
"""


def talks_of(gate: str = "", behaviour: str = "", shocks: str = "{}") -> list[tuple[int, str]]:
    history = history_of(TALKS % (gate, behaviour, shocks))
    return [(h.minute, h.event.removeprefix("talks_")) for h in history.happenings if h.event.startswith("talks_")]


def test_talks_open_on_their_date_and_agree_by_their_deadline():
    assert talks_of() == [(noon(5), "opened"), (noon(20), "agreed")]


def test_talks_wait_for_their_gate():
    assert talks_of(", after: gate") == [(noon(10), "opened"), (noon(20), "agreed")]


def test_talks_open_after_a_delay_or_on_another_date():
    assert talks_of(behaviour="delay: 3 d")[0] == (noon(8), "opened")
    assert talks_of(behaviour="opens: day 2, delay: 1 d")[0] == (noon(3), "opened")


def test_talks_may_never_open():
    assert talks_of(behaviour="never: 1") == [(noon(5), "not_opened")]


def test_talks_that_cannot_agree_go_on_without_end():
    assert talks_of(behaviour="fails: 1, agrees_per_day: 50") == [(noon(5), "opened"), (noon(5), "deadlocked")]


def test_talks_broken_off_stay_so_or_open_again():
    shock = "{s: {at: day 7, effect: breaks_off_talks, topic: next}}"
    assert talks_of(shocks=shock) == [(noon(5), "opened"), (noon(7), "broken_off")]
    assert talks_of(behaviour="resumes: 4 d", shocks=shock) == [
        (noon(5), "opened"),
        (noon(7), "broken_off"),
        (noon(11), "opened"),
        (noon(20), "agreed"),
    ]


def test_talks_that_agree_after_the_day_of_their_deadline_are_met_late():
    history = history_of(TALKS % ("", "delay: 30 d", "{}"))
    assert history.minutes("talks_agreed") == [noon(35)]
    assert history.minutes("obligation_met_late", "talks") == [noon(35)]


SHOCKS = """
deal:
  groups: {a: {side: hostages, held_by: south, count: 1}}
  obligations:
    early: {kind: release, by: south, due: day 5, amount: {a: 1}}
    duty: {kind: information, by: south, due: day 5}
    later: {kind: information, by: south, due: day 8}
behaviour:
  mediators: {settles: 0}
  parties: {south: {kinds: {information: {late: 0, refused: %s}}}, north: {%s}}
  shocks: {s: {at: day 7, %s}}
"""


def test_a_shock_suspends_the_truce_for_its_time_and_its_party_restores_it_or_not():
    shock = "effect: suspends_truce, by: north, lasts: 2 d"
    history = history_of(SHOCKS % (0, "", shock))
    assert (history.minutes("truce_suspended"), history.minutes("truce_restored")) == ([noon(7)], [noon(9)])
    history = history_of(SHOCKS % (0, "restores: 0", shock))
    assert (history.end.event, history.end.minute) == ("deal_collapsed", noon(9))
    assert [cause.event for cause in history.causes(history.end)] == ["truce_suspended", "shock_struck"]


def test_a_shock_shifts_behaviour_from_then_on():
    history = history_of(
        SHOCKS % (0, "complains: 0", "effect: shifts, path: parties.south.kinds.information.refused, to: 1")
    )
    assert history.minutes("obligation_met", "duty") == [noon(5)]
    assert history.minutes("obligation_refused", "later") == [noon(8)]


def test_a_shock_settles_every_open_dispute():
    history = history_of(SHOCKS % (1, "", "effect: settles_all"))
    assert history.minutes("obligation_cured", "duty") == [noon(7)]
    assert history.minutes("obligation_cured", "later") == []  # comes into dispute afterwards


@pytest.mark.parametrize(("effect", "anew"), [("redates_all", [noon(7)]), ("settles_all", [])])
def test_a_shock_redates_what_is_late_though_nobody_complained(effect, anew):
    history = history_of(SHOCKS % (1, "complains: 0", f"effect: {effect}"))
    assert history.minutes("obligation_redated", "duty") == anew
    assert history.minutes("obligation_refused", "duty") == [noon(5), *anew]


def test_a_shock_with_no_chance_does_not_strike():
    history = history_of(SHOCKS % (0, "", "chance: 0, effect: suspends_truce, by: north, lasts: 2 d"))
    assert history.all("shock_struck") == []


INCIDENTS = """
deal: {obligations: {duty: {kind: information, by: south, due: day 5}}}
behaviour:
  incidents: {fire: {by: south, per_day: %s, major: %s}}
  parties: {north: {responds: {minor: %s, major: %s, suspends: 2 d}, restores: %s}}
"""


def test_an_incident_without_a_response_changes_nothing_but_the_count():
    history = history_of(INCIDENTS % (0.5, 0.5, 0, 0, 1))
    assert history.outcomes["incidents"] == len(history.all("incident_minor")) + len(history.all("incident_major")) > 0
    assert history.all("truce_suspended") == []


def test_major_incidents_are_answered_by_a_suspension_that_ends():
    history = history_of(INCIDENTS % (0.2, 0.5, 0, 1, 1))
    majors = history.minutes("incident_major")
    assert majors
    assert history.minutes("truce_suspended") == majors
    ended = [minute + 2 * DAY for minute in majors if minute + 2 * DAY < history.end.minute]
    assert history.minutes("truce_restored") == ended


def test_incidents_stop_while_the_truce_is_suspended():
    history = history_of(INCIDENTS % (2, 1, 0, 1, 1))
    pairs = zip(history.minutes("truce_suspended"), history.minutes("incident_major")[1:], strict=False)
    assert all(after >= suspended + 2 * DAY for suspended, after in pairs)


def test_an_answer_that_is_not_taken_back_is_a_collapse_whose_root_is_the_incident():
    history = history_of(INCIDENTS % (1, 1, 0, 1, 0))
    assert history.end.event == "deal_collapsed"
    assert [cause.event for cause in history.causes(history.end)] == ["truce_suspended", "incident_major"]


def test_an_uncertain_parameter_is_drawn_once_for_the_whole_replicate():
    duties = "".join(f"    d{i}: {{kind: information, by: south, due: day {i + 2}}}\n" for i in range(20))
    text = f"deal:\n  obligations:\n{duties}uncertain: {{parties.south.default.refused: {{quantiles: [0, 0, 1, 1]}}}}\n"
    text += "behaviour: {parties: {south: {default: {refused: 0.5}}, north: {complains: 0}}}\n"
    refused = [len(history_of(text, replicate=i).all("obligation_refused")) for i in range(30)]
    assert {0, 20} <= set(refused)
    assert sum(count in (0, 20) for count in refused) >= 15


WITHOUT_TRUCE = """
deal:
  phases: {one: {truce: %s}}
  groups: {people: {side: hostages, held_by: north, count: 5}}
  obligations:
    visit: {kind: access, by: north, due: day 2}
    flights: {kind: release, by: north, due: day 4, after: visit, amount: {people: 5}}
    food: {kind: flow, by: south, each_day: {trucks: 10}, until: day 5}
"""


def test_in_a_phase_without_a_truce_nothing_waits_for_one():
    history = history_of(WITHOUT_TRUCE % "false")
    assert history.minutes("truce_began") == []
    assert history.moved("people") == [(noon(4), 5)]
    assert history.end.event == "deal_completed"
    with_truce = history_of(WITHOUT_TRUCE % "true")
    assert with_truce.minutes("truce_began") == [0]
    assert history.outcomes["aid_delivered"] == with_truce.outcomes["aid_delivered"] > 0
