"""What a truce that comes back, a settlement and lateness that is not one's own do."""

import math

import pytest

from tests.builders import DAY, history_of, noon, sample

REFUSED = """
deal:
  obligations: {x: {kind: access, by: south, due: day 2}}
behaviour:
  mediators: {settles: %s, attempt: %s%s}
  parties: {north: {patience: %s, suspends: %s, restores: %s}, south: {default: {refused: 1}}}
"""
LATE = 2 * DAY


@pytest.mark.case("R23", before="a truce that comes back settles the dispute for certain", after="it stays open")
def test_a_truce_that_comes_back_leaves_a_dispute_that_nobody_settles_open():
    history = history_of(REFUSED % (0, "1 d", "", "10 d", "3 d", 1))
    suspended = history.minutes("truce_suspended")
    restored = history.minutes("truce_restored")
    assert history.minutes("dispute_settled") == []
    # patience runs anew from the minute in which the truce comes back
    assert suspended[:3] == [LATE + k * 13 * DAY + 10 * DAY for k in range(3)]
    assert restored[:3] == [minute + 3 * DAY for minute in suspended[:3]]
    assert history.minutes("obligation_defaulted", "x") == [history.end.minute]


@pytest.mark.statistical
@pytest.mark.case(
    "R23", before="1 whatever the chance of a settlement", after="by default the chance of one attempt, or a given one"
)
@pytest.mark.parametrize(
    ("settles", "given", "expected"), [(0.3, "", 0.3), (0.3, ", settles_with_truce: 0.8", 0.8), (1, "", 1.0)]
)
def test_a_truce_that_comes_back_settles_with_the_chance_of_an_attempt_or_its_own(settles, given, expected):
    """No attempt before the first suspension is over; after it patience outlasts the deal."""
    n = 4000
    text = REFUSED % (settles, "60 d", given, "20 d", "1 d", 1)
    minutes = sample(text, n)["dispute_days"]
    share = float((minutes == 21 * DAY).mean())
    assert abs(share - expected) <= 5 * math.sqrt(expected * (1 - expected) / n)


@pytest.mark.statistical
@pytest.mark.case("R23", before="pressure has no part in it", after="the default is an attempt under the pressure then")
def test_the_default_chance_is_that_of_an_attempt_under_the_pressure_of_that_minute():
    n = 4000
    pressure = ", pressure: {envoy: {on: {south: 2}, starts: day 10}}"
    share = float((sample(REFUSED % (0.3, "60 d", pressure, "20 d", "1 d", 1), n)["dispute_days"] == 21 * DAY).mean())
    expected = 1 - 0.7**2
    assert abs(share - expected) <= 5 * math.sqrt(expected * (1 - expected) / n)


@pytest.mark.case("R24", before="settled on day 5, collapsed on day 9 over it", after="the truce is restored on day 5")
@pytest.mark.parametrize("restores", [0, 1])
def test_a_dispute_settled_during_the_suspension_restores_the_truce(restores):
    history = history_of(REFUSED % (1, "2 d", "", "1 d", "5 d", restores))
    settled = LATE + 2 * DAY
    assert history.minutes("truce_suspended") == [LATE + DAY]
    assert history.minutes("dispute_settled") == [settled]
    (restored,) = history.all("truce_restored")
    assert (restored.minute, history.happenings[restored.cause].event) == (settled, "dispute_settled")
    assert history.minutes("obligation_cured", "x") == [settled]
    assert history.end.event == "deal_completed"


@pytest.mark.case("R24", before="a collapse over what was handed over meanwhile", after="doing it takes the cause away")
def test_what_is_done_during_the_suspension_over_it_restores_the_truce():
    history = history_of("""
    deal: {obligations: {x: {kind: information, by: south, due: day 2}}}
    behaviour:
      mediators: {settles: 0}
      parties:
        north: {patience: 1 d, suspends: 5 d, restores: 0}
        south: {default: {late: 1, delay: 3 d}}
    """)
    assert history.minutes("truce_suspended") == [LATE + DAY]
    assert history.minutes("obligation_cured", "x") == [noon(5)]
    assert history.minutes("truce_restored") == [noon(5)]
    assert history.end.event == "deal_completed"


@pytest.mark.case("R24", before="as it was", after="a dispute that it is not over changes nothing about a suspension")
def test_a_suspension_over_an_incident_or_another_dispute_goes_on():
    history = history_of("""
    deal:
      obligations:
        x: {kind: access, by: south, due: day 2}
        y: {kind: information, by: south, due: day 2}
    behaviour:
      mediators: {settles: 0, kinds: {information: {settles: 1, attempt: 2 d}}}
      parties: {north: {patience: 1 d, suspends: 5 d, restores: 0}, south: {default: {refused: 1}}}
    """)
    assert history.minutes("dispute_settled", "y") == [LATE + 2 * DAY]
    assert (history.end.event, history.end.minute) == ("deal_collapsed", LATE + 6 * DAY)


@pytest.mark.case("R24", before="put off to a day after the planned end", after="to a day after the truce is back")
def test_what_creditors_put_off_comes_up_a_day_after_the_truce_is_back():
    history = history_of("""
    deal:
      obligations:
        x: {kind: information, by: south, due: day 2}
        y: {kind: information, by: south, due: day 3}
    behaviour:
      mediators: {settles: 0, kinds: {information: {settles: 1, attempt: 2 d}}}
      parties: {north: {patience: 1 d, suspends: 9 d, restores: 0}, south: {default: {refused: 1}}}
    """)
    settled = LATE + 2 * DAY
    assert history.minutes("obligation_late", "y") == [3 * DAY]
    assert history.minutes("truce_restored")[0] == settled
    assert history.minutes("dispute_opened", "y") == [settled + DAY]


WAITS = """
deal:
  groups: {a: {side: hostages, held_by: south, count: 1}}
  obligations:
    halt: {kind: truce, by: %s, due: day 1}
    r: {kind: release, by: south, amount: {a: 1}, due: day 2%s}
behaviour:
  parties:
    north: {%s}
    south: {complains: 0, %s}
"""
HALTS_LATE = "kinds: {truce: {late: 1, delay: 4 d}}"


@pytest.mark.case("R27", before="whoever waits for the other side's truce is late and complained of", after="it is not")
def test_whoever_waits_for_the_other_sides_late_truce_is_not_late():
    history = history_of(WAITS % ("north", "", HALTS_LATE, ""))
    assert history.life("r") == [(noon(2), "due"), (noon(5), "met")]
    assert history.minutes("dispute_opened", "r") == []


@pytest.mark.case(
    "R27", before="late at the end of day 2", after="grace runs from the minute in which the truce begins"
)
@pytest.mark.parametrize(("grace", "ends"), [("", 5 * DAY), (", grace: 6 h", noon(5) + 360), (", grace: 0", noon(5))])
def test_grace_runs_from_the_minute_in_which_the_truce_of_others_begins(grace, ends):
    history = history_of(WAITS % ("north", grace, HALTS_LATE, "kinds: {release: {refused: 1}}"))
    assert history.minutes("obligation_late", "r") == [ends]
    assert history.minutes("dispute_opened", "r") == [ends]


@pytest.mark.case("R27", before="as it was", after="who owes the late truce itself is late with what waits for it")
def test_whoever_owes_the_late_truce_is_late_with_what_waits_for_it():
    history = history_of(WAITS % ("south", "", "complains: 0", HALTS_LATE))
    assert history.life("r") == [(noon(2), "due"), (2 * DAY, "late"), (noon(5), "met_late")]


@pytest.mark.case("R27", before="three days late during a suspension is on time", after="it is late")
@pytest.mark.parametrize("kind", ["access", "information"])
def test_what_is_late_during_a_suspension_is_late_and_only_the_complaint_waits(kind):
    history = history_of(f"""
    deal: {{obligations: {{x: {{kind: {kind}, by: south, due: day 4}}}}}}
    behaviour:
      parties: {{south: {{default: {{late: 1, delay: 9 d}}}}}}
      shocks: {{strike: {{at: day 3, effect: suspends_truce, by: south, lasts: 5 d}}}}
    """)
    assert history.life("x")[:4] == [
        (noon(4), "due"), (noon(4), "delayed"), (4 * DAY, "late"), (noon(9), "dispute_opened"),
    ]  # fmt: skip


@pytest.mark.case("R27", before="on time, since the creditor did not look", after="met late")
def test_what_is_done_late_within_a_suspension_is_met_late_without_a_complaint():
    history = history_of("""
    deal: {obligations: {x: {kind: information, by: south, due: day 4}}}
    behaviour:
      parties: {south: {default: {late: 1, delay: 3 d}}}
      shocks: {strike: {at: day 3, effect: suspends_truce, by: south, lasts: 5 d}}
    """)
    assert history.minutes("obligation_met_late", "x") == [noon(7)]
    assert (history.outcomes["late_south"], history.outcomes["disputes"]) == (1, 0)


MISSING = """
deal:
  groups: {a: {side: hostages, held_by: south, count: 2}}
  holders: {h: {answers_to: south}}
  obligations: {r: {kind: release, by: south, amount: {a: 2}, due: day 2}}
behaviour:
  mediators: {settles: 1, attempt: 1 d%s}
  search: {a: {time: %s, found: %s}}
  parties: {north: {patience: %s, restores: 0}}
"""


@pytest.mark.case(
    "R28", before="mediators settle what nobody can perform", after="it stays in dispute, until patience ends"
)
def test_what_nobody_can_perform_is_not_settled():
    history = history_of(MISSING % ("", "30 d", 1, "5 d"))
    assert history.minutes("dispute_settled") == []
    assert history.minutes("mediation_failed") == [LATE + k * DAY for k in range(1, 7)]
    assert (history.end.event, history.end.minute) == ("deal_collapsed", LATE + 6 * DAY)


@pytest.mark.case("R28", before="settled on the first attempt", after="by the first attempt after somebody was located")
def test_it_is_settled_by_the_first_attempt_after_somebody_was_located():
    refusing = "parties: {south: {default: {refused: 1}}, north"
    history = history_of((MISSING % ("", "10 d", 1, "30 d")).replace("parties: {north", refusing))
    assert history.minutes("mediation_failed") == [k * DAY for k in range(3, 10)]
    assert history.minutes("dispute_settled") == [10 * DAY]
    assert history.moved("a") == [(10 * DAY, 2)]
    assert history.minutes("obligation_cured") == [10 * DAY]


@pytest.mark.case("R28", before="settled, and waited for without end", after="excused, where the scenario says so")
def test_what_nobody_can_perform_is_excused_where_the_scenario_says_so():
    history = history_of(MISSING % (", cannot_be_done: excused", "10 d", 0, "30 d"))
    assert history.minutes("obligation_excused", "r") == [LATE + DAY]
    assert history.end.event == "deal_completed"
    counted = [history.outcomes[f"{word}_south"] for word in ("on_time", "late", "not_met")]
    assert counted == [0, 0, 0]


@pytest.mark.case(
    "R28", before="what is re-dated is never complained of again", after="it is late again, and complained of"
)
def test_what_is_redated_and_late_again_is_complained_of_again():
    history = history_of("""
    deal:
      groups: {a: {side: hostages, held_by: south, count: 4}}
      obligations: {r: {kind: release, by: south, amount: {a: 4}, due: day 2}}
    behaviour:
      mediators: {settles: 1, attempt: 1 d, lag: 2 d}
      parties: {south: {default: {refused: 1}, capacity: {release: 2}}}
    """)
    settled = LATE + DAY
    redated = settled + 2 * DAY
    late = redated + DAY  # the end of the day of the new date
    assert history.life("r") == [
        (noon(2), "due"), (noon(2), "refused"), (LATE, "late"), (LATE, "dispute_opened"),
        (settled, "dispute_settled"), (settled, "redated"), (late, "late"), (late, "dispute_opened"),
        (late + noon(1), "cured"),
    ]  # fmt: skip
    assert history.moved("a") == [(redated, 2), (late + noon(1), 2)]


@pytest.mark.case(
    "R28", before="100 % of collapses without, 0 % with a settlement", after="the same, for nobody is there"
)
def test_a_chance_to_settle_does_not_bring_back_people_whom_nobody_has_found():
    text = MISSING % ("", "40 d", 1, "5 d")
    ends = [sample(text.replace("settles: 1", f"settles: {chance}"), 50)["end"] for chance in (0, 1)]
    assert {int(end) for column in ends for end in column} == {2}


@pytest.mark.case(
    "R24",
    before="a flow that ends on its day, kept in part, leaves the truce suspended over it: a collapse",
    after="it is done, and with that the cause of the suspension is gone: the truce is restored in that minute",
)
@pytest.mark.parametrize(("level", "end"), [(0.9, "deal_completed"), (0.5, "deal_collapsed")])
def test_a_flow_that_ends_in_a_dispute_over_it_takes_the_cause_of_a_suspension_away(level, end):
    history = history_of(f"""
    deal:
      phases: {{one: {{lasts: 50 d}}}}
      obligations: {{aid: {{kind: flow, by: north, each_day: {{trucks: 100}}, due: day 1 00:00, until: day 12 00:00}}}}
    behaviour:
      mediators: {{settles: 0}}
      parties:
        north: {{default: {{late: 1, level: {level}}}}}
        south: {{patience: 1 d, suspends: 20 d, restores: 0}}
    """)
    # late after a week, the truce suspended a day later: 8 days of 11 at this level, 0.65 or 0.36 of what was owed
    assert history.minutes("truce_suspended") == [8 * DAY]
    assert history.minutes("truce_restored") == ([11 * DAY] if level == 0.9 else [])
    assert history.end.event == end
    assert history.end.minute == (50 * DAY if level == 0.9 else 28 * DAY)
