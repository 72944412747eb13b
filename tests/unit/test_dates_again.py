"""New dates by hand where something else goes on: complaints, people under way, settlements, phases, lots."""

from __future__ import annotations

from sim.outcomes.trace import records
from tests.builders import DAY, history_of, noon


def held_back(history, key):
    """When it was told that an obligation is held back, and by whom."""
    told = [record for record in records(history.plan, history.run.trace) if record["event"] == "ObligationHeldBack"]
    return [(record["minute"], record["held_back_by"]) for record in told if record["obligation"] == key]


def test_what_is_held_back_and_has_a_new_date_is_done_on_that():
    """Held back on day 5, moved on day 6 to day 16; the complaint over which that was ends on day 11."""
    history = history_of("""
    deal:
      obligations:
        road: {kind: access, by: south, due: day 2}
        names: {kind: information, by: north, due: day 5, grace: 9 d}
      powers: {extend: {by: envoy, may: redate, what: [names], days: 10 d, after: day 6}}
    behaviour:
      powers: {extend: {used: 1}}
      mediators: {settles: 0}
      parties:
        north: {withholds: 1, patience: 300 d}
        south: {obligations: {road: {late: 1, delay: 9 d}}}
    """)
    assert history.minutes("obligation_withheld", "names") == [noon(5)]
    assert history.minutes("obligation_cured", "road") == [noon(11)]
    assert history.minutes("obligation_resumed") == []
    assert history.life("names")[-3:] == [(noon(6), "redated"), (noon(16), "due"), (noon(16), "met")]


def test_those_left_behind_have_to_follow_by_the_grace_of_the_new_date():
    """One sets out on day 2 and is there on day 7; all have to be by day 5 and 4 days, and the other is not."""
    history = history_of("""
    deal:
      groups: {a: {side: hostages, held_by: north, count: 2}}
      obligations:
        out: {kind: release, by: north, amount: {a: 2}, due: day 2, deadline: day 4, grace: 4 d, transit: 5 d}
    behaviour:
      mediators: {lag: 1 d, settles: 0}
      shocks: {dates: {effect: redates_all, at: day 4}}
      parties: {north: {capacity: {release: 1}}, south: {complains: 0}}
    """)
    assert history.minutes("obligation_due", "out") == [noon(2), noon(7)]
    assert history.minutes("obligation_late", "out") == [noon(9)]
    assert history.moved("a") == [(noon(7), 1), (noon(12), 1)]


def test_a_settlement_before_the_due_minute_is_kept_under_a_new_timetable():
    """Settled for day 15, due and ready on day 6; of the timetable of day 7 the debtor decides nothing afresh."""
    history = history_of("""
    deal:
      obligations:
        key: {kind: access, by: north, due: day 2}
        x: {kind: act, by: north, due: day 2, deadline: day 3, after: key}
        z: {kind: act, by: south, due: day 20, grace: 9 d}
      exchanges: {swap: {legs: [x, z]}}
    behaviour:
      mediators: {attempt: 1 d, lag: 11 d}
      shocks: {dates: {effect: redates_all, at: day 7}}
      parties: {north: {kinds: {act: {refused: 1}}, obligations: {key: {late: 1, delay: 4 d}}}, south: {patience: 90 d}}
    """)
    assert history.minutes("obligation_late", "x") == [3 * DAY]
    assert history.minutes("dispute_settled", "x") == [4 * DAY]
    assert history.minutes("obligation_due", "x") == [noon(6)]
    assert not history.all("obligation_refused", "x")
    assert history.minutes("obligation_cured", "x") == history.minutes("obligation_met", "z") == [noon(31)]


LONGER = """
deal:
  phases: {one: {lasts: 30 d}}
  groups: {a: {side: hostages, held_by: north, count: 1}, p: {side: prisoners, held_by: south, count: 9}}
  obligations:
    aid: {kind: flow, by: north, due: day 1, until: day 10, each_day: {trucks: 10}}
    out: {kind: release, by: north, amount: {a: 1}, due: day 6}
    back: {kind: return, by: south, ratio: {a: {p: 2}}, for_each: release, due: day 8}
  powers: {longer: {by: envoy, may: redate, what: [one], days: 5 d, after: day 3}}
behaviour:
  powers: {longer: {used: 1}}
  mediators: {lag: 1 d}
  parties: {north: {obligations: {aid: {late: 1, level: 0.5}}}, south: {complains: 0}}
"""


def test_what_is_owed_in_a_phase_that_ends_later_keeps_its_dates():
    """A flow that begins later would too; what comes to be owed on day 6 is due on day 8, as it was."""
    history = history_of(LONGER)
    assert history.minutes("obligation_due", "back.out") == [noon(8)]
    assert history.minutes("obligation_met_late", "aid") == [noon(10)]
    assert history.end.minute == 35 * DAY


def test_a_flow_in_a_phase_that_ends_later_is_moved_by_the_timetable_alone():
    history = history_of(LONGER + "  shocks: {dates: {effect: redates_all, at: day 5}}\n")
    assert history.minutes("obligation_due", "aid") == [noon(1), noon(6)]
    assert history.minutes("obligation_met_late", "aid") == [noon(11)]
    assert history.end.minute == 36 * DAY


def test_who_keeps_a_phase_going_by_a_flow_does_so_until_that_ends():
    """The phase has no length: until day 5 a third state keeps it going, from then on only the other party does."""
    history = history_of("""
    deal:
      others: {eu: Third state}
      groups: {a: {side: hostages, held_by: south, count: 2}}
      phases: {one: {then: two}, two: {lasts: 20 d}}
      obligations:
        aid: {kind: flow, by: eu, to: north, phase: one, due: day 1, until: day 5, each_day: {trucks: 3}}
        first: {kind: release, by: south, phase: one, due: day 2, amount: {a: 1}}
        x: {kind: access, by: north, phase: one, due: day 2, after: [{released: 1, side: hostages}], deadline: day 8}
        last: {kind: release, by: south, phase: two, due: phase day 2, amount: {a: 1}}
    behaviour: {mediators: {settles: 0}, parties: {south: {default: {refused: 1}}, north: {complains: 0}}}
    """)
    assert history.minutes("obligation_met", "aid") == [noon(5)]
    assert held_back(history, "x") == [(8 * DAY, ["south"])]


def test_a_gate_that_opens_after_a_new_date_is_what_its_debtor_falls_due_by():
    """Late by its deadline before its date at the end, given day 6; the truce that it waits for is back on day 9."""
    history = history_of("""
    deal:
      obligations:
        truce: {kind: truce, by: south, due: day 1}
        x: {kind: withdrawal, by: north, to_line: river, due: phase end, deadline: day 3, after: truce.holds}
      lines: [plain, river]
    behaviour:
      mediators: {settles: 0, lag: 2 d}
      parties: {south: {complains: 0}, north: {restores: 1}}
      shocks:
        dates: {effect: redates_all, at: day 4}
        raid: {effect: suspends_truce, by: north, at: day 2, lasts: 7 d}
    """)
    due = history.all("obligation_due", "x")
    assert [h.minute for h in due] == [noon(9)]
    assert history.happenings[due[0].cause].event == "truce_restored"


def test_a_dispute_that_a_power_ends_leaves_nothing_settled():
    """Late on day 3; its creditor kept it waiting until day 6, so that 3 days are left; day 9 becomes day 13."""
    history = history_of("""
    deal:
      obligations:
        key: {kind: access, by: north, due: day 2}
        x: {kind: access, by: north, due: day 2, takes: 3 d, deadline: day 3, after: [key, truce.holds]}
      powers: {extend: {by: envoy, may: redate, what: [x], days: 4 d, after: day 7}}
    behaviour:
      powers: {extend: {used: 1}}
      mediators: {settles: 0}
      parties:
        north: {obligations: {key: {late: 1, delay: 6 d}, x: {refused: 1}}}
        south: {patience: 300 d, restores: 1}
      shocks: {raid: {effect: suspends_truce, by: south, at: day 4, lasts: 2 d}}
    """)
    assert history.minutes("dispute_opened", "x")[0] == 3 * DAY
    assert history.minutes("dispute_settled", "x") == [noon(7)]
    assert [h.before for h in history.all("obligation_redated", "x")] == [13]
    assert history.minutes("obligation_due", "x") == history.minutes("obligation_refused", "x") == [noon(13)]
    assert history.minutes("obligation_late", "x") == [3 * DAY, 13 * DAY]


def test_a_lot_that_is_late_before_its_turn_is_not_missing_before_the_lot_that_it_follows():
    """Late by 5 d after grace: the first is done as day 11 ends, the second refused then; the third had day 6."""
    history = history_of("""
    deal:
      horizon: 40 d
      others: {eu: Third state}
      phases: {one: {lasts: 30 d, then: two}, two: {enters_when: theirs, lasts: 5 d}}
      obligations:
        ours: {kind: arms, by: north, to: eu, phase: one, units: 3, due: day 2}
        theirs: {kind: arms, by: south, to: eu, phase: one, units: 3, due: day 2, deadline: day 3}
      exchanges: {swap: {legs: [ours, theirs], lots: 3, every: 1 d}}
    behaviour:
      mediators: {lag: 1 d}
      parties: {south: {default: {delay: 5 d}}}
      shocks: {dates: {effect: redates_all, at: day 5}}
    scripted:
    - {shock: dates, choice: strikes}
    - {obligation: theirs.1, choice: late}
    - {obligation: theirs.1, time: 2, choice: late}
    - {obligation: theirs.2, choice: refused}
    """)
    assert history.minutes("obligation_met_late", "theirs.1") == [11 * DAY]
    assert history.minutes("obligation_refused") == [11 * DAY]
    (lapsed,) = history.all("phase_lapsed", "one")
    causes = [lapsed, *history.causes(lapsed)]
    assert ("obligation_refused", "theirs.2") in [(h.event, h.subject) for h in causes]


def test_a_phase_that_is_about_to_end_early_is_not_made_to_go_on():
    """The power comes up with the last step, in the minute in which the next phase may begin."""
    history = history_of("""
    deal:
      phases: {one: {lasts: 20 d, ends_early: true, then: two}, two: {lasts: 5 d}}
      obligations: {x: {kind: access, by: north, phase: one, due: day 4}}
      powers: {longer: {by: envoy, may: redate, what: [one], days: 5 d, after: x}}
    behaviour: {powers: {longer: {used: 1}}}
    """)
    assert history.minutes("power_used") == [noon(4)]
    assert history.minutes("phase_ended", "one") == [noon(4)]


def test_a_flow_that_ends_in_the_minute_of_a_timetable_ends_by_what_it_fell_due_by():
    history = history_of("""
    deal: {obligations: {aid: {kind: flow, by: south, due: day 2, until: day 14, grace: 1 d, each_day: {trucks: 10}}}}
    behaviour:
      mediators: {settles: 0}
      parties: {south: {default: {late: 1, level: 0.6}}, north: {patience: 90 d}}
      shocks: {dates: {effect: redates_all, at: day 14}}
    """)
    (ended,) = history.all("obligation_cured", "aid")
    assert ended.minute == noon(14)
    assert history.minutes("dispute_settled", "aid") == [noon(14)]
    assert history.happenings[ended.cause].event == "phase_entered"
