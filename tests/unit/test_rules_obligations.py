"""The life of an obligation, worked by hand: each deal is a few lines, each history is told minute by minute."""

import pytest

from tests.builders import DAY, history_of, noon

ONE_DUTY = """
deal:
  obligations:
    duty: {kind: information, by: south, due: day 3, grace: 12 h}
behaviour:
  mediators: {attempt: 1 d}
  parties:
    north: {tolerance: 2 d}
    south: {kinds: {information: %s}}
"""


def test_what_falls_due_is_met_on_the_minute():
    assert history_of(ONE_DUTY % "{late: 0}").life("duty") == [(noon(3), "due"), (noon(3), "met")]


def test_late_within_grace_is_met_and_not_late():
    history = history_of(ONE_DUTY % "{late: 1, delay: 5 h}")
    assert history.life("duty") == [(noon(3), "due"), (noon(3), "delayed"), (noon(3) + 300, "met")]
    assert history.outcomes["on_time_south"] == 1


def test_performance_in_the_last_minute_of_grace_is_on_time_and_a_minute_later_is_late():
    assert history_of(ONE_DUTY % "{late: 1, delay: 12 h}").life("duty")[-1] == (noon(3) + 720, "met")
    assert history_of(ONE_DUTY % "{late: 1, delay: 721 min}").life("duty")[-2:] == [
        (noon(3) + 720, "late"),
        (noon(3) + 721, "met_late"),
    ]


def test_without_a_grace_of_its_own_a_duty_is_late_at_the_end_of_its_day():
    text = ONE_DUTY.replace(", grace: 12 h", "") % "{late: 1, delay: 20 h}"
    assert history_of(text).minutes("obligation_late") == [3 * DAY]


def test_late_beyond_grace_and_tolerance_is_disputed_settled_redated_and_cured():
    late = noon(3) + 720
    history = history_of(ONE_DUTY % "{late: 1, delay: 20 d}")
    assert history.life("duty") == [
        (noon(3), "due"),
        (noon(3), "delayed"),
        (late, "late"),
        (late + 2 * DAY, "dispute_opened"),
        (late + 3 * DAY, "dispute_settled"),
        (late + 3 * DAY, "redated"),
        (late + 3 * DAY, "cured"),
    ]
    assert history.outcomes["disputes"] == 1
    assert history.outcomes["dispute_days"] == DAY
    assert history.outcomes["late_south"] == 1


def test_late_within_the_tolerance_of_the_creditor_is_met_late_without_a_dispute():
    history = history_of(ONE_DUTY % "{late: 1, delay: 2 d}")
    assert history.life("duty")[-2:] == [(noon(3) + 720, "late"), (noon(3) + 2 * DAY, "met_late")]
    assert history.outcomes["disputes"] == 0


def test_performance_during_a_dispute_cures_it_without_the_mediators():
    text = ONE_DUTY.replace("attempt: 1 d", "attempt: 30 d") % "{late: 1, delay: 5 d}"
    life = history_of(text).life("duty")
    assert life[-2:] == [(noon(3) + 720 + 2 * DAY, "dispute_opened"), (noon(3) + 5 * DAY, "cured")]


def test_a_refusal_is_disputed_at_once_and_its_debtor_performs_only_when_it_is_settled():
    late = noon(3) + 720
    history = history_of(ONE_DUTY % "{refused: 1}")
    assert history.life("duty")[1:4] == [(noon(3), "refused"), (late, "late"), (late, "dispute_opened")]
    assert history.life("duty")[-1] == (late + DAY, "cured")


def test_a_creditor_that_does_not_complain_opens_no_dispute_and_a_refusal_stays_undone():
    history = history_of(ONE_DUTY.replace("tolerance: 2 d", "complains: 0") % "{refused: 1}")
    assert history.life("duty")[-1] == (100 * DAY, "defaulted")
    assert history.end.event == "deal_standing"
    assert history.outcomes["not_met_south"] == 1


def test_settled_disputes_leave_the_lag_of_the_mediators_before_the_new_date():
    history = history_of(ONE_DUTY.replace("attempt: 1 d", "attempt: 1 d, lag: 3 d") % "{refused: 1}")
    (redated,) = history.all("obligation_redated")
    assert redated.before == (noon(3) + 720 + 4 * DAY) // DAY + 1
    assert history.minutes("obligation_cured") == [noon(3) + 720 + 4 * DAY]


def test_what_is_due_before_the_first_day_is_due_before_the_truce_begins():
    history = history_of("deal: {obligations: {names: {kind: information, by: south, due: day 0 16:00}}}")
    assert history.minutes("deal_began") == [-480]
    assert history.life("names") == [(-480, "due"), (-480, "met")]
    assert history.minutes("truce_began") == [0]
    assert history.outcomes["truce_days"] == 50 * DAY


def test_what_falls_due_at_minute_0_is_met_at_minute_0():
    history = history_of("deal: {obligations: {pass: {kind: access, by: south, due: day 1 00:00}}}")
    assert history.life("pass") == [(0, "due"), (0, "met")]


def test_simultaneous_duties_are_met_in_the_order_of_the_document():
    history = history_of("""
    deal:
      obligations:
        second: {kind: information, by: south, due: day 2}
        first: {kind: information, by: north, due: day 2}
    """)
    assert [h.subject for h in history.all("obligation_met")] == ["second", "first"]


@pytest.mark.parametrize(("opens", "due"), [(11 * 60, 14 * 60), (5 * 60, 12 * 60), (13 * 60, 16 * 60)])
def test_a_duty_is_due_on_its_date_or_when_its_debtor_is_ready_after_the_gate(opens, due):
    history = history_of(f"""
    deal:
      obligations:
        gate: {{kind: information, by: south, due: "day 5 {opens // 60:02}:00"}}
        duty: {{kind: information, by: north, due: day 5 12:00, after: gate, takes: 3 h}}
    """)
    assert history.minutes("obligation_due", "duty") == [4 * DAY + due]


def test_so_long_after_a_gate_means_from_the_minute_in_which_it_opens():
    history = history_of("""
    deal:
      obligations:
        gate: {kind: information, by: south, due: day 5}
        duty: {kind: information, by: north, due: 12 h after gate, after: gate, takes: 1 h}
    """)
    assert history.minutes("obligation_due", "duty") == [noon(5) + 13 * 60]


def test_a_gate_that_shuts_while_its_debtor_prepares_is_waited_for_again():
    history = history_of("""
    deal:
      obligations:
        duty: {kind: access, by: north, due: on gate, after: truce.holds, takes: 5 d}
    behaviour:
      shocks: {strike: {at: day 3, effect: suspends_truce, by: south, lasts: 10 d}}
    """)
    assert history.minutes("truce_restored") == [noon(13)]
    assert history.minutes("obligation_due", "duty") == [noon(18)]


GATES = """
deal:
  lines: [front, back]
  phases: {one: {lasts: 20 d, then: two}, two: {lasts: 20 d}}
  groups:
    a: {side: hostages, held_by: south, count: 2}
    b: {side: hostages, held_by: south, count: 1}
    p: {side: prisoners, held_by: north, count: 4}
  obligations:
    first: {kind: release, by: south, due: day 2, amount: {a: 1}}
    second: {kind: release, by: south, due: day 4, amount: {b: 1}}
    third: {kind: release, by: south, due: day 6, amount: {a: 1}}
    back: {kind: return, by: north, due: day 5, amount: {p: 4}}
    pull: {kind: withdrawal, by: north, to_line: back, due: day 7}
    talks: {kind: talks, by: envoy, to: north, topic: next, starts_by: day 8, concludes_by: day 9}
    rooms: {kind: access, by: north, due: day 10, units: 10}
    gated: {kind: information, by: north, after: %s}
"""


@pytest.mark.parametrize(
    ("gate", "due"),
    [
        ("first", noon(2)),
        ("[first, second]", noon(4)),
        ("{released: 2}", noon(4)),
        ("{released: 3}", noon(6)),
        ("{released: {a: 2}}", noon(6)),
        ("{released: {a: 1, b: 1}}", noon(4)),
        ("{released: 4, side: prisoners}", noon(5)),
        ("line.back", noon(7)),
        ("talks.next.started", noon(8)),
        ("talks.next", noon(8)),
        ("talks.next.agreed", noon(9)),
        ("phase.two", 20 * DAY),
        ("phase.one.ended", 20 * DAY),
        ("truce.holds", 0),
        ("{obligation: rooms, share: 0.5}", noon(10)),
        ("{any: [line.back, first]}", noon(2)),
        ("[{any: [first, line.back]}, second]", noon(4)),
        ("{any: [{released: {a: 1, b: 1}}, line.back]}", noon(4)),
        ("{any: [{released: {a: 2, b: 1}}, back]}", noon(5)),
        ("{any: [{any: [line.back, second]}, third]}", noon(4)),
    ],
)
def test_a_gate_opens_when_what_it_names_has_come(gate, due):
    assert history_of(GATES % gate).minutes("obligation_due", "gated") == [due]


def test_a_share_of_an_obligation_opens_a_gate_while_the_rest_is_on_its_way():
    history = history_of("""
    deal:
      groups: {a: {side: hostages, held_by: south, count: 4}}
      obligations:
        batch: {kind: release, by: south, due: day 2, amount: {a: 4}}
        half: {kind: information, by: north, after: {obligation: batch, share: 0.5}}
        all: {kind: information, by: north, after: batch}
    behaviour: {parties: {south: {capacity: {release: 2}}}}
    """)
    assert history.minutes("obligation_due", "half") == [noon(2)]
    assert history.minutes("obligation_due", "all") == [noon(3)]


def test_forces_that_are_behind_a_farther_line_do_not_come_back_to_a_nearer_one():
    history = history_of("""
    deal:
      lines: [front, middle, back]
      obligations:
        near: {kind: withdrawal, by: north, to_line: middle, due: day 2}
        far: {kind: withdrawal, by: north, to_line: back, due: day 3}
    behaviour: {parties: {north: {obligations: {near: {late: 1, delay: 3 d}}}, south: {complains: 0}}}
    """)
    assert [h.subject for h in history.all("line_reached")] == ["back"]
    assert history.minutes("obligation_met_late", "near") == [noon(5)]
    assert history.outcomes["line_reached"] == 2


def test_units_that_were_settled_are_done_whole_however_late_they_are_again():
    """29 of 100 on day 2; disputed on day 3, settled a day later for day 5 00:00; the truce is back on day 6 18:00."""
    history = history_of("""
        deal: {obligations: {arms: {kind: arms, by: south, due: day 2, units: 100}}}
        behaviour:
          mediators: {attempt: 1 d, settles: 1, lag: 1 d}
          shocks: {blow: {at: day 3 18:00, effect: suspends_truce, by: north, lasts: 3 d}}
          parties: {north: {restores: 1}, south: {default: {short: 1, level: 0.29}}}
        """)
    afterwards = [(minute, event) for minute, event in history.life("arms") if minute >= 4320]
    assert afterwards == [(4320, "dispute_settled"), (4320, "redated"), (7200, "late"), (8280, "cured")]
