"""When talks open and are late, who leaves when, and what the first day's hour does."""

import pytest

from tests.builders import DAY, history_of, noon

GATED = """
deal:
  obligations:
    names: {kind: information, by: north, due: day 10}
    talks: {kind: talks, by: south, topic: peace, after: names, %s}
behaviour: {talks: {peace: {delay: %s%s}}}
"""


@pytest.mark.case(
    "R12", before="talks open at the gate, on day 10", after="on day 24: gate, 9 d, and their delay of 5 d"
)
@pytest.mark.parametrize(
    ("terms", "delay", "opens"),
    [
        ("due: 9 d after gate", "5 d", 24),
        ("due: 9 d after gate", "0 min", 19),
        ("due: on gate", "5 d", 15),
        ("due: on gate, takes: 3 d", "5 d", 18),
        ("due: day 4", "5 d", 15),
        ("due: day 12", "5 d", 17),
        ("starts_by: 2 d after gate", "1 d", 13),
        ("due: day 12, takes: 4 d", "1 d", 15),
    ],
)
def test_talks_open_at_the_later_of_date_and_gate_with_all_that_they_wait_for(terms, delay, opens):
    assert history_of(GATED % (terms, delay, "")).minutes("talks_opened") == [noon(opens)]


@pytest.mark.case("R12", before="9 d after gate beside behaviour's date", after="behaviour's date is in place of it")
def test_a_date_of_the_behaviour_stands_in_place_of_the_documents():
    history = history_of(GATED % ("due: 9 d after gate", "1 d", ", opens: day 14"))
    assert history.minutes("talks_opened") == [noon(15)]


@pytest.mark.case("R12", before="the gate is looked at once", after="a gate that has shut again starts the time anew")
def test_a_gate_that_shuts_while_talks_wait_starts_their_time_anew():
    history = history_of("""
    deal:
      obligations:
        talks: {kind: talks, by: south, topic: peace, after: truce.holds, due: 6 d after gate}
    behaviour:
      shocks: {strike: {at: day 5 00:00, effect: suspends_truce, by: south, lasts: 4 d}}
    """)
    assert history.minutes("talks_opened") == [8 * DAY + 6 * DAY]


@pytest.mark.case("R12", before="agreed on day 10 with a grace of 10 d from day 5: met late", after="met")
@pytest.mark.parametrize(
    ("grace", "event"),
    [(", grace: 10 d", "met"), (", grace: 5 d", "met"), (", grace: 4 d", "met_late"), ("", "met_late")],
)
def test_talks_have_grace_for_their_deadline(grace, event):
    history = history_of(f"""
    deal: {{obligations: {{t: {{kind: talks, by: south, topic: peace, due: day 1, concludes_by: day 5{grace}}}}}}}
    behaviour: {{talks: {{peace: {{delay: 9 d}}}}}}
    """)
    assert history.life("t") == [(noon(10), event)]


STAYS = """
deal:
  phases: {one: {lasts: 10 d, then: two}, two: {lasts: 10 d, enters_when: [%s]}}
  obligations:
    t: {kind: talks, by: south, topic: t, due: day 5}
    s: {kind: talks, by: south, topic: s, due: day 5}
    x: {kind: access, by: south, phase: two, due: phase day 5}
behaviour:
  talks: {t: {%s}, s: {agrees_per_day: 0}}
  parties: {north: {leaves: {%s, unless: [talks.t.under_way]}}, south: {leaves: {after_lapse: 0}}}
"""
NOT_YET = "agrees_per_day: 0"


@pytest.mark.case("R13", before="north leaves in the minute of the lapse", after="it stays while talks are under way")
def test_a_reason_to_stay_keeps_a_party_after_a_lapse():
    history = history_of(STAYS % ("talks.s.agreed", NOT_YET, "after_lapse: 1"))
    assert history.minutes("phase_lapsed") == [10 * DAY]
    assert history.minutes("party_left") == []


@pytest.mark.case("R13", before="never looked at", after="looked at when it would leave")
@pytest.mark.parametrize(("latency", "left"), [("2 d", 12 * DAY), ("0 min", 10 * DAY)])
def test_a_party_without_a_reason_when_it_would_leave_leaves(latency, left):
    late = "delay: 20 d, " + NOT_YET
    history = history_of(STAYS % ("talks.s.agreed", late, f"after_lapse: 1, latency: {latency}"))
    assert history.minutes("party_left") == [left]


@pytest.mark.case("R13", before="never looked at", after="a reason that comes within the latency keeps it")
def test_a_reason_that_comes_within_the_latency_keeps_a_party():
    history = history_of(STAYS % ("talks.s.agreed", "delay: 7 d, " + NOT_YET, "after_lapse: 1, latency: 5 d"))
    assert history.minutes("talks_opened", "t") == [noon(12)]
    assert history.minutes("party_left") == []


@pytest.mark.case("R13", before="never looked at", after="it leaves in the minute in which the reason is gone")
@pytest.mark.parametrize("when", ["after_lapse: 1", "after_phase: {one: 1}, after_lapse: 0"])
def test_a_party_leaves_once_its_reason_is_gone(when):
    text = STAYS % ("talks.s.agreed", NOT_YET, when)
    text += "  shocks: {walkout: {at: day 20, effect: breaks_off_talks, topic: t}}\n"
    assert history_of(text).minutes("party_left") == [noon(20)]


@pytest.mark.case("R13", before="as it was", after="who stays for a reason does not hold up the deal")
@pytest.mark.parametrize("latency", ["0 min", "3 d"])
def test_who_stays_does_not_hold_up_the_next_phase(latency):
    history = history_of(STAYS % ("talks.t.started", NOT_YET, f"after_phase: {{one: 1}}, latency: {latency}"))
    wait = 0 if latency == "0 min" else 3 * DAY
    assert history.minutes("phase_entered", "two") == [10 * DAY + wait]
    assert history.minutes("party_left") == []


@pytest.mark.case("R32", before="an unhoured day 1 before the start enters the first phase early", after="at the start")
@pytest.mark.parametrize(
    ("due", "minute"), [("day 1", 0), ("day 1 10:00", -360), ("day 2", 20 * 60), ("day 0", -28 * 60)]
)
def test_a_date_without_an_hour_on_the_first_day_is_not_before_the_start(due, minute):
    history = history_of(f"""
    deal:
      starts: 2025-01-01T16:00+00:00
      obligations: {{names: {{kind: information, by: north, due: {due}}}}}
    """)
    assert history.minutes("obligation_due", "names") == [minute]
    assert history.minutes("phase_entered") == [min(0, minute)]
