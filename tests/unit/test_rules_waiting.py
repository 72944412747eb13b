"""What waits, by hand: gates that shut for a moment, truces owed or come back, settlements kept, new timetables."""

import pytest

from tests.builders import DAY, History, history_of, noon

SHORTLY_SHUT = """
deal:
  obligations:
    duty: {kind: %s, by: south, after: truce.holds, due: %s%s}
behaviour:
  shocks: {strike: {at: day 1 03:00, effect: suspends_truce, by: south, lasts: 1 min}}
"""


@pytest.mark.parametrize(
    ("kind", "due", "terms"),
    [
        ("information", "6 h after gate", ""),
        ("information", "on gate", ", takes: 6 h"),
        ("information", "day 1 01:00", ", takes: 6 h"),
        ("information", "1 h after gate", ", takes: 5 h"),
        ("talks", "6 h after gate", ", topic: t"),
        ("talks", "on gate", ", takes: 6 h, topic: t"),
    ],
)
def test_the_time_after_a_gate_runs_anew_however_shortly_the_gate_was_shut(kind, due, terms):
    # open at minute 0, shut from 180 on, open again at 181; six hours later
    history = history_of(SHORTLY_SHUT % (kind, due, terms))
    event = "talks_opened" if kind == "talks" else "obligation_due"
    assert history.minutes(event) == [181 + 360]


def test_the_delay_of_talks_runs_anew_however_shortly_their_gate_was_shut():
    shut = SHORTLY_SHUT % ("talks", "on gate", ", topic: t")
    assert history_of(shut + "  talks: {t: {delay: 6 h}}\n").minutes("talks_opened") == [181 + 360]


ENDS_EARLY = """
deal:
  phases:
    one: {lasts: 3 d, then: two}
    two: {lasts: 12 d, ends_early: true, then: three}
    three: {%s}
  obligations:
    done: {kind: information, by: south, due: day 2}
    last_of_two: {kind: flow, by: south, phase: two, due: phase end, each_day: {trucks: 1}}
    last: {kind: information, by: south, phase: three, due: phase day 2}
"""


@pytest.mark.parametrize(("three", "ends"), [("enters_when: done", 3), ("", 3), ("enters_when: last_of_two", 15)])
def test_a_phase_that_ends_early_and_owes_nothing_ends_at_once_if_the_next_may_begin(three, ends):
    history = history_of(ENDS_EARLY % three)
    times = history.minutes("phase_ended", "two") + history.minutes("phase_lapsed", "two")
    assert times == [ends * DAY]


TRUCE_OWED_BEFORE = """
deal:
  phases:
    one: {lasts: 4 d, then: two}
    two: {lasts: 30 d%s}
  obligations:
    quiet: {kind: truce, by: south, due: day 2}
    step: {kind: access, by: north, phase: two, due: phase day 1}
behaviour:
  mediators: {settles: 0}
  parties: {north: {complains: 0}, south: {obligations: {quiet: {%s}}}}
"""


def test_a_later_phase_does_not_bring_a_truce_that_somebody_still_owes():
    history = history_of(TRUCE_OWED_BEFORE % ("", "late: 1, delay: 9 d"))
    assert history.minutes("truce_began") == [noon(11)]
    assert history.minutes("obligation_met", "step") == [noon(11)]
    # who waits for the other side's truce is not late while it has not begun
    assert history.minutes("obligation_late", "step") == []


def test_a_truce_that_nobody_owes_any_more_comes_with_the_next_phase_that_has_one():
    # refused until its phase lapses; the talks on what follows go on
    history = history_of("""
    deal:
      phases: {one: {lasts: 4 d, then: two}, two: {enters_when: talks.t.agreed, lasts: 30 d}}
      obligations:
        quiet: {kind: truce, by: south, due: day 2}
        talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 2, concludes_by: day 7}
    behaviour:
      mediators: {settles: 0}
      parties:
        north: {complains: 0, leaves: {after_lapse: 0}}
        south: {default: {refused: 1}, leaves: {after_lapse: 0}}
    """)
    assert history.minutes("phase_lapsed", "one") == [4 * DAY]
    assert history.minutes("obligation_defaulted", "quiet") == [4 * DAY]
    assert history.minutes("truce_began") == history.minutes("phase_entered", "two") == [noon(7)]


def test_a_creditor_does_nothing_in_the_minute_in_which_the_truce_comes_back_whatever_falls_due_in_it():
    # the duty is due with the truce, without grace and refused: its complaint is put off by a day
    history = history_of("""
    deal:
      obligations:
        duty: {kind: information, by: south, after: truce.holds, due: day 2, grace: 0 min}
    behaviour:
      shocks: {strike: {at: day 1 12:00, effect: suspends_truce, by: south, lasts: 3 d}}
      parties: {south: {default: {refused: 1}}}
    """)
    assert history.minutes("obligation_late") == [noon(4)]
    assert history.minutes("dispute_opened") == [noon(5)]


def test_what_was_put_off_comes_a_day_after_the_suspension_in_which_it_came_up_and_no_later():
    # put off at noon of day 4 to noon of day 6; a second suspension, over the duty, ends before that
    history = history_of("""
    deal:
      obligations:
        duty: {kind: information, by: south, due: day 4, grace: 0 min}
    behaviour:
      shocks:
        strike: {at: day 4 00:00, effect: suspends_truce, by: south, lasts: 1 d 12 h}
        again: {at: day 5 13:00, effect: suspends_truce, by: south, lasts: 2 h}
      parties: {south: {default: {refused: 1}}}
    """)
    assert history.minutes("obligation_late") == [noon(4)]
    assert history.minutes("truce_restored") == [noon(5), noon(5) + 180]
    assert history.minutes("dispute_opened") == [noon(6)]


def test_patience_that_runs_anew_is_over_a_day_after_the_truce_has_come_back_at_the_earliest():
    history = history_of("""
    deal: {obligations: {duty: {kind: information, by: south, due: day 3, grace: 0 min}}}
    behaviour:
      mediators: {settles: 0}
      parties: {north: {patience: 6 h, suspends: 1 h}, south: {default: {refused: 1}}}
    """)
    first = noon(3) + 360
    assert history.minutes("truce_suspended")[:3] == [first, first + 60 + DAY, first + 2 * (60 + DAY)]


def _withheld(history: History) -> list[str]:
    return [event for _, event in history.life("aid") if event in ("withheld", "resumed")]


@pytest.mark.parametrize(("settles", "held_back"), [(1, []), (0, ["withheld"])])
def test_a_flow_that_was_settled_is_not_held_back_over_the_next_complaint(settles, held_back):
    # aid runs short, is complained of on day 9, settled or not an hour later; north's own complaint comes on day 20
    history = history_of(f"""
    deal:
      obligations:
        aid: {{kind: flow, by: north, due: day 2, each_day: {{trucks: 10}}, grace: 6 d 12 h}}
        duty: {{kind: information, by: south, due: day 19}}
    behaviour:
      mediators: {{attempt: 1 h, kinds: {{flow: {{settles: {settles}}}, information: {{settles: 0}}}}}}
      parties:
        north: {{withholds: 1, patience: 90 d, default: {{late: 1, level: 0.5}}}}
        south: {{patience: 90 d, complains: {settles}, obligations: {{duty: {{refused: 1}}}}}}
    """)
    assert history.minutes("dispute_opened", "duty") == [19 * DAY]
    assert _withheld(history) == held_back


def test_a_return_that_was_in_dispute_is_cured_with_every_later_part():
    # one a day: the first release's return is late, complained of and cured; the second's is due again and late again
    history = history_of("""
    deal:
      groups:
        a: {side: hostages, held_by: south, count: 2}
        p: {side: prisoners, held_by: north, count: 9}
      obligations:
        one: {kind: release, by: south, due: day 2, amount: {a: 2}}
        ret: {kind: return, by: north, due: same day, for_each: release, ratio: {a: {p: 2}}, grace: 1 h}
    behaviour:
      mediators: {settles: 0}
      search: {a: {time: {median: 3 d, p95: 9 d}}}
      parties: {south: {patience: 90 d, complains: 1}, north: {complains: 0, capacity: {return: 1}}}
    """)
    ends = [event for _, event in history.life("ret.one") if event in ("met", "met_late", "cured")]
    assert len(ends) == 2
    assert ends == ["cured", "cured"]


def test_a_batch_that_was_settled_brings_none_forward():
    # the first is delayed, complained of and settled: that is not on time, though its debtor keeps the settlement
    history = history_of("""
    deal:
      groups: {a: {side: hostages, held_by: south, count: 2}}
      obligations:
        one: {kind: release, by: south, due: day 2, amount: {a: 1}}
        two: {kind: release, by: south, due: day 20, amount: {a: 1}}
    behaviour:
      mediators: {attempt: 1 h}
      parties: {south: {default: {ahead: 1}, obligations: {one: {late: 1, delay: 5 d, ahead: 1}}}}
    """)
    assert history.minutes("obligation_cured", "one") == [2 * DAY + 60]
    assert history.minutes("obligation_brought_forward") == []


NEW_DATES = """
deal:
  phases: {one: {lasts: %s%s}}
  obligations:
    talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 1}
    aid: {kind: flow, by: north, due: day 2, each_day: {trucks: 10}}
    open: {kind: information, by: south, due: day 6}
behaviour:
  mediators: {lag: 3 d}
  shocks: {accord: {at: day %d 12:00, effect: redates_all}}
  talks: {t: {delay: 4 d}}
  parties: {south: {default: {refused: 1}}, north: {complains: 0}}
"""


def test_a_new_timetable_moves_the_opening_of_talks_whose_delay_runs():
    history = history_of(NEW_DATES % ("50 d", "", 2))
    assert history.minutes("talks_opened") == [noon(1) + 4 * DAY + 3 * DAY]


def test_a_new_timetable_does_not_bring_back_the_length_of_a_phase_that_goes_on():
    # its time was up on day 8; the timetable of day 30 cannot make the flow one that the horizon cuts off
    history = history_of(NEW_DATES % ("8 d", "", 98))
    assert history.minutes("phase_continued") == [8 * DAY]
    assert history.life("aid")[-1] == (100 * DAY, "met")
    assert history.outcomes["on_time_north"] == 1


def test_what_was_settled_keeps_its_settlement_under_a_new_timetable():
    # settled at noon of day 4 for noon of day 7; the timetable of day 5 moves that by three days, decided once
    history = history_of("""
    deal: {obligations: {duty: {kind: information, by: south, due: day 3, grace: 1 d}}}
    behaviour:
      mediators: {lag: 3 d, attempt: 1 min}
      shocks: {accord: {at: day 5 12:00, effect: redates_all}}
      parties: {south: {default: {refused: 1}}}
    """)
    assert history.minutes("obligation_due") == [noon(3)]
    assert history.minutes("obligation_cured") == [noon(4) + 1 + 6 * DAY]


def test_a_flow_ends_on_its_day_though_its_gate_is_shut_under_a_new_timetable():
    # re-dated from day 6 to day 7, when the talks that it waits for are broken off; its last moment moves by a day too
    history = history_of("""
    deal:
      horizon: 30 d
      obligations:
        talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 1}
        aid: {kind: flow, by: north, after: talks.t.under_way, each_day: {trucks: 10}, until: day 9}
        open: {kind: information, by: south, due: day 29}
    behaviour:
      mediators: {lag: 1 d, settles: 0}
      talks: {t: {agrees_per_day: 0, resumes: 60 d}}
      shocks:
        blow: {at: day 5 12:00, effect: breaks_off_talks}
        accord: {at: day 6 12:00, effect: redates_all}
      parties: {north: {default: {late: 1, level: 0.6}}, south: {patience: 60 d}}
    """)
    assert history.minutes("obligation_redated", "aid") == [noon(6)]
    assert history.life("aid")[-1] == (noon(10), "met_late")


@pytest.mark.parametrize(("level", "status"), [(1.0, "met"), (0.6, "met_late")])
def test_a_flow_whose_last_moment_this_is_has_no_other_by_a_new_timetable(level, status):
    history = history_of(f"""
    deal:
      obligations:
        aid: {{kind: flow, by: north, due: day 2, each_day: {{trucks: 10}}, until: day 6, grace: 9 d}}
        open: {{kind: information, by: south, due: day 29}}
    behaviour:
      mediators: {{lag: 1 d}}
      shocks: {{accord: {{at: day 6 12:00, effect: redates_all}}}}
      parties: {{north: {{default: {{late: 1, level: {level}}}}}}}
    """)
    assert history.life("aid")[-1] == (noon(6), status)


def test_what_a_flow_delivers_while_it_waits_for_its_gate_under_a_new_timetable_counts():
    # new date on day 7, talks again under way from day 8 on; until day 21, at 0.6 of 10 a day all the while
    history = history_of("""
    deal:
      horizon: 30 d
      obligations:
        talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 1}
        aid: {kind: flow, by: north, after: talks.t.under_way, each_day: {trucks: 10}, until: day 20}
    behaviour:
      mediators: {lag: 1 d, settles: 0}
      talks: {t: {agrees_per_day: 0, resumes: 3 d}}
      shocks:
        blow: {at: day 5 12:00, effect: breaks_off_talks}
        accord: {at: day 6 12:00, effect: redates_all}
      parties: {north: {default: {late: 1, level: 0.6}}, south: {patience: 60 d}}
    """)
    assert history.minutes("obligation_due", "aid") == [noon(1), noon(8)]
    assert history.outcomes["aid_delivered"] == 6 * (21 - 1)
