"""Conditions by hand: days, what is not so, so many of several, and gates that shut again."""

import pytest

from sim.errors import PlanError
from sim.reading.problem import DocumentError
from tests.builders import DAY, history_of, noon, plan_of, tiny

GATES = """
deal:
  phases: {one: {lasts: 20 d, then: two}, two: {lasts: 5 d}}
  obligations:
    first: {kind: information, by: south, due: day 2}
    second: {kind: information, by: north, due: day 4}
    third: {kind: access, by: south, due: day 6}
    never: {kind: access, by: south, due: day 6}
    gated: {kind: information, by: north, %s}
behaviour:
  parties: {south: {obligations: {never: {refused: 1}}}, north: {complains: 0}}
"""


@pytest.mark.parametrize(
    ("gated", "due"),
    [
        ("after: day 10", [noon(10)]),
        ("after: day 10 16:30", [9 * DAY + 990]),
        ("after: {day: day 10}, due: day 12", [noon(12)]),
        ("after: day 10, due: day 4", [noon(10)]),
        ("after: day 10, due: 6 h after gate", [noon(10) + 360]),
        ("after: day 10, takes: 2 d", [noon(12)]),
        ("after: [third, day 3]", [noon(6)]),
        ("after: [first, day 3]", [noon(3)]),
        ("after: {any: [third, day 5 06:00]}", [4 * DAY + 360]),
        ("after: {any: [never, day 18]}", [noon(18)]),
        ("after: {not: day 10}", [0]),
        ("after: {not: day 10}, due: day 9", [noon(9)]),
        ("after: {not: {not: day 10}}", [noon(10)]),
        ("after: {not: first}, due: day 1", [noon(1)]),
        ("after: {not: first}, due: day 3", []),
        ("after: {not: gated}, due: day 3", [noon(3)]),  # done at once, it shuts its own gate
        ("after: {not: never}, due: day 18", [noon(18)]),
        ("after: [first, {not: second}]", [noon(2)]),
        ("after: [third, {not: second}]", []),
        ("after: {at_least: 1, of: [second, first, never]}", [noon(2)]),
        ("after: {at_least: 2, of: [third, first, never, second]}", [noon(4)]),
        ("after: {at_least: 3, of: [third, first, never, second]}", [noon(6)]),
        ("after: {at_least: 4, of: [third, first, never, second]}", []),
        ("after: {at_least: 2, of: [first, day 3, third]}", [noon(3)]),
        ("after: {at_least: 2, of: [{not: first}, second, third]}, due: day 1", [noon(6)]),
        ("after: {at_least: 2, of: [{not: third}, second, never]}, due: day 1", [noon(4)]),
        ("after: {not: {at_least: 2, of: [first, second, third]}}, due: day 3", [noon(3)]),
        ("after: {not: {at_least: 2, of: [first, second, third]}}, due: day 5", []),
        ("after: {not: {any: [{not: first}, {not: third}]}}", [noon(6)]),
        ("after: {not: {all: [first, third]}}, due: day 5", [noon(5)]),
        ("after: {not: {all: [first, third]}}, due: day 7", []),
        ("after: {any: [{all: [first, third]}, {all: [second, day 5]}]}", [noon(5)]),
        ("after: {any: [{all: [first, never]}, third]}", [noon(6)]),
        ("after: {not: phase.one}, due: day 1", []),
        ("after: {not: phase.one.ended}, due: day 19", [noon(19)]),
        ("after: {not: truce.holds}", []),
    ],
)
def test_a_gate_is_open_while_what_it_asks_for_holds(gated, due):
    assert history_of(GATES % gated).minutes("obligation_due", "gated") == due


@pytest.mark.parametrize(
    ("gated", "due"),
    [
        ("due: day 4", noon(6)),  # shut from day 3 on, and open again with the third
        ("due: day 3", noon(6)),  # a day comes before all else of its minute
        ("due: day 3 11:59", noon(3) - 1),
        ("takes: 5 d", noon(11)),  # the time that it takes starts again
        ("takes: 2 d", 2 * DAY),
        ("due: 3 d after gate", noon(9)),
    ],
)
def test_what_waits_is_shut_out_when_a_gate_shuts_and_its_time_starts_again(gated, due):
    gate = "after: {any: [{not: day 3}, third]}"
    assert history_of(GATES % f"{gate}, {gated}").minutes("obligation_due", "gated") == [due]


def test_a_day_is_told_and_is_the_cause_of_what_it_opens():
    history = history_of(GATES % "after: [first, day 10 16:00], due: day 4")
    assert [(h.minute, h.subject) for h in history.all("day_came")] == [(9 * DAY + 960, "day 10 16:00")]
    (due,) = history.all("obligation_due", "gated")
    assert [(h.event, h.subject) for h in history.causes(due)] == [("day_came", "day 10 16:00"), ("deal_began", "")]


def test_days_are_told_once_each_in_their_order_and_not_beyond_the_end():
    gated = "after: {any: [day 9, {all: [day 8, day 9 12:00, {not: day 95}]}]}"
    history = history_of(GATES % gated)
    assert history.minutes("obligation_due", "gated") == [noon(9)]
    assert history.end.event == "deal_standing"  # never is never done
    assert [h.subject for h in history.all("day_came")] == ["day 8", "day 9", "day 95"]
    short = history_of(GATES % gated + "horizon: 40 d\n")
    assert [h.subject for h in short.all("day_came")] == ["day 8", "day 9"]


def test_a_day_that_has_come_with_the_first_minute_is_not_told():
    history = history_of(GATES % "after: day 1 00:00")
    assert history.minutes("obligation_due", "gated") == [0]
    assert history.all("day_came") == []


def test_a_new_timetable_moves_dates_and_no_day_that_is_a_condition():
    text = GATES % "after: {not: day 10}, due: day 8"
    history = history_of(text + "  shocks: {again: {at: day 7, effect: redates_all}}\n  mediators: {lag: 5 d}\n")
    assert history.minutes("day_came") == [noon(10)]
    assert history.minutes("obligation_due", "gated") == []  # its date is day 13 now, when the gate has shut


VIETNAM = """
deal:
  due_hour: "08:00"
  lines: {all: {}, three: {}, half: {}, one: {}, none: {}}
  phases: {one: {lasts: 90 d}}
  obligations:
    laos: {kind: access, by: north, due: day 61}
    troops_1: {kind: withdrawal, by: south, to_line: three, due: day 17, after: &by_own_reading
      {any: [{not: {day: day 55}}, laos]}}
    troops_2: {kind: withdrawal, by: south, to_line: half, due: day 32, after: *by_own_reading}
    troops_3: {kind: withdrawal, by: south, to_line: one, due: day 47, after: *by_own_reading}
    troops_4: {kind: withdrawal, by: south, to_line: none, due: day 62, after: *by_own_reading}
behaviour:
  parties:
    north: {obligations: {laos: {%s}}}
    south: {complains: 0}
"""


@pytest.mark.parametrize(("laos", "last"), [("late: 0", 62), ("late: 1, delay: 10 d", 71), ("refused: 1", None)])
def test_a_reading_put_forward_on_a_day_holds_the_last_round_back(laos, last):
    """Three rounds go as agreed; on day 55 a condition is added, and the fourth waits for those in a third country."""
    history = history_of(VIETNAM % laos)
    eight = [(day - 1) * DAY + 480 for day in (17, 32, 47)]
    assert [history.minutes("obligation_due", f"troops_{n}")[0] for n in (1, 2, 3)] == eight
    fourth = [] if last is None else [(last - 1) * DAY + 480]
    assert history.minutes("obligation_due", "troops_4") == fourth
    assert history.minutes("obligation_late", "troops_4") == []  # what waits for its gate is not late
    if last == 71:
        (due,) = history.all("obligation_due", "troops_4")
        cause = next(history.causes(due))
        assert (cause.event, cause.subject) == ("obligation_met_late", "laos")


# ---------------------------------------------------------------- what has begun goes on


def test_what_is_due_is_done_though_its_gate_shuts():
    text = GATES % "after: {not: day 3}, due: day 2"
    own = "north: {obligations: {gated: {late: 1, delay: 5 d}}}, south: {complains: 0}"
    assert history_of(text[: text.index("behaviour")] + f"behaviour: {{parties: {{{own}}}}}\n").life("gated") == [
        (noon(2), "due"), (noon(2), "delayed"), (2 * DAY, "late"), (noon(7), "met_late"),
    ]  # fmt: skip


def test_what_is_refused_stays_in_dispute_though_its_gate_shuts():
    history = history_of("""
    deal:
      obligations: {gated: {kind: access, by: north, due: day 2, after: {not: day 3}}}
    behaviour:
      mediators: {attempt: 6 d, settles: 1, lag: 2 d}
      parties: {north: {default: {refused: 1}}, south: {complains: 1, tolerance: 1 d, patience: 30 d}}
    """)
    assert [event for _, event in history.life("gated")] == [
        "due", "refused", "late", "dispute_opened", "dispute_settled", "redated", "cured",
    ]  # fmt: skip
    assert history.minutes("obligation_cured")[0] == history.minutes("dispute_opened")[0] + 8 * DAY


def test_a_flow_runs_on_though_its_gate_shuts():
    history = history_of("""
    deal:
      obligations: {aid: {kind: flow, by: north, each_day: {trucks: 10}, due: day 2, until: day 6, after: {not: day 3}}}
    """)
    assert history.minutes("flow_changed", "aid") == [noon(2)]
    assert history.minutes("obligation_met", "aid") == [noon(6)]


TALKS = """
deal:
  obligations: {gated: {kind: talks, by: envoy, to: north, topic: t, due: day 2, concludes_by: day 6, after: %s}}
behaviour:
  talks: {t: {%s}}
"""


@pytest.mark.parametrize(
    ("gate", "talks", "opened", "agreed"),
    [
        ("{not: day 3}", "delay: 6 h", [noon(2) + 360], [noon(6)]),  # under way they stay
        ("{not: day 3}", "delay: 2 d", [], []),  # their delay was not over
        ("{any: [{not: day 3}, day 9]}", "delay: 2 d", [noon(11)], [noon(11)]),
        ("{not: day 7}", "opens: day 4", [noon(4)], [noon(6)]),
    ],
)
def test_talks_that_have_opened_go_on_and_others_wait(gate, talks, opened, agreed):
    history = history_of(TALKS % (gate, talks))
    assert history.minutes("talks_opened") == opened
    assert history.minutes("talks_agreed") == agreed


def test_talks_broken_off_open_again_only_while_their_gate_is_open():
    text = TALKS % ("{any: [{not: day 3}, day 9]}", "resumes: 1 d")
    history = history_of(text + "  shocks: {strike: {at: day 4, effect: breaks_off_talks}}\n")
    assert history.minutes("talks_broken_off") == [noon(4)]
    assert history.minutes("talks_opened") == [noon(2), noon(9)]


PEOPLE = """
deal:
  stocks: {held: {of: people, list: hostages, held_by: south, count: 2}}
  obligations:
    batch: {kind: release, by: south, amount: {held: 2}, due: day 2, after: {not: day 3}%s}
behaviour: {%s}
"""


def test_people_on_their_way_arrive_though_the_gate_shuts():
    assert history_of(PEOPLE % (", transit: 3 d", "")).moved("held") == [(noon(5), 2)]


def test_people_who_follow_are_handed_over_though_the_gate_has_shut():
    text = PEOPLE % ("", "parties: {south: {capacity: {release: 1}}}")
    assert history_of(text).moved("held") == [(noon(2), 1), (noon(3), 1)]


AHEAD = """
deal:
  stocks: {held: {of: people, list: hostages, held_by: south, count: 4}}
  obligations:
    list: {kind: information, by: south, due: day 9}
    first: {kind: release, by: south, amount: {held: 2}, due: day 2}
    second: {kind: release, by: south, amount: {held: 2}, due: day 9, after: %s}
behaviour: {parties: {south: {default: {ahead: 1}}}}
"""


@pytest.mark.parametrize(
    ("gate", "out"),
    [
        ("list", noon(2)),
        ("{not: day 12}", noon(2)),
        ("{any: [{not: day 2 11:00}, day 9]}", noon(9)),
        ("{any: [list, day 8]}", noon(2)),  # its own list is enough
        ("{at_least: 2, of: [list, day 8, first]}", noon(2)),
        ("{at_least: 3, of: [list, day 8, first]}", noon(9)),
        ("{any: [{not: list}, day 8]}", noon(2)),
        ("[{not: list}]", noon(2)),
        ("[list, day 3]", noon(9)),
    ],
)
def test_a_batch_comes_forward_if_all_but_its_own_lists_is_there(gate, out):
    assert history_of(AHEAD % gate).moved("held") == [(noon(2), 2), (out, 2)] or out == noon(2)
    assert sum(count for minute, count in history_of(AHEAD % gate).moved("held") if minute <= out) == 4


def test_a_batch_does_not_come_forward_once_a_list_is_there_that_was_not_to_be():
    text = AHEAD.replace("due: day 9}\n    first", "due: day 1}\n    first") % "{any: [{not: list}, day 8]}"
    assert history_of(text).moved("held") == [(noon(2), 2), (noon(9), 2)]


# ---------------------------------------------------------------- phases and parties

PHASES = """
deal:
  phases:
    one: {lasts: 5 d, then: two%s}
    two: {lasts: 2 d, enters_when: %s}
  obligations:
    done: {kind: information, by: north, due: day 2}
    never: {kind: information, by: south, due: day 3}
behaviour:
  parties:
    south: {obligations: {never: {refused: 1}}, leaves: {after_lapse: 1, latency: 40 d%s}}
    north: {leaves: {after_lapse: 0}, complains: 0}
"""


def phases_of(continues: str, enters: str, leaves: str = "") -> list[tuple[int, str, str]]:
    history = history_of(PHASES % (continues, enters, leaves))
    return [(h.minute, h.event.removeprefix("phase_"), h.subject) for h in history.happenings if "phase" in h.event]


def test_a_phase_is_entered_on_the_day_that_it_waits_for():
    assert phases_of("", "day 9")[1:4] == [
        (5 * DAY, "lapsed", "one"), (noon(9), "ended", "one"), (noon(9), "entered", "two"),
    ]  # fmt: skip


def test_a_phase_that_may_be_entered_only_before_a_day_lapses_after_it():
    may = "{any: [{all: [{not: day 6}, done]}, never]}"
    assert phases_of("", may)[1:3] == [(5 * DAY, "ended", "one"), (5 * DAY, "entered", "two")]
    too_late = "{any: [{all: [{not: day 5}, done]}, never]}"
    assert phases_of("", too_late)[1:] == [(5 * DAY, "lapsed", "one")]


def test_a_phase_goes_on_until_the_day_up_to_which_it_may():
    told = phases_of(", continues_while: {not: day 8}", "never")
    assert told[1:] == [(5 * DAY, "continued", "one"), (noon(8), "lapsed", "one")]


def test_a_phase_once_entered_stays_though_what_it_waited_for_is_gone():
    told = phases_of("", "{not: day 6 18:00}")
    assert told[1:] == [(5 * DAY, "ended", "one"), (5 * DAY, "entered", "two"), (7 * DAY, "continued", "two")]


def test_a_party_stays_before_a_day_and_leaves_on_it():
    text = PHASES % ("", "never", ", unless: {not: day 30}")
    history = history_of(text.replace("latency: 40 d", "latency: 2 d"))
    assert history.minutes("phase_lapsed") == [5 * DAY]
    assert history.minutes("party_left") == [noon(30)]
    assert history.end.event == "deal_lapsed"


def test_what_is_not_so_is_nobodys_missing_step():
    """The next phase lacks a day and a step: the step is told. Of what only time could have brought nothing is."""
    step = history_of(PHASES % ("", "[day 70, never]", ""))
    assert next(step.causes(step.all("phase_lapsed")[0])).subject == "never"
    day = history_of(PHASES % ("", "[day 70, {not: never}]", ""))
    assert next(day.causes(day.all("phase_lapsed")[0])).event == "phase_entered"
    undone = history_of(PHASES % ("", "{any: [{not: done}, day 70]}", ""))
    assert next(undone.causes(undone.all("phase_lapsed")[0])).event == "phase_entered"


def test_a_deal_may_begin_on_a_day():
    history = history_of("""
    deal:
      phases: {one: {lasts: 5 d, enters_when: day 3}}
      obligations: {list: {kind: information, by: north, due: phase day 2}}
    """)
    assert history.minutes("phase_entered") == [noon(3)]
    assert next(history.causes(history.all("phase_entered")[0])).event == "day_came"
    assert history.minutes("obligation_met", "list") == [noon(4)]


# ---------------------------------------------------------------- guarantees and milestones


def test_guarantees_and_milestones_ask_for_days_and_for_what_is_not_so():
    history = history_of("""
    deal:
      obligations:
        first: {kind: information, by: north, due: day 2}
        second: {kind: information, by: north, due: day 4}
        third: {kind: information, by: north, due: day 6}
      guarantees:
        not_before: {never: [second, {not: day 5}], assumption: a}
        in_time: {never: [{not: third}, day 7], assumption: a}
        too_late: {never: [{not: third}, day 6 11:59], assumption: a}
        two_on_day_3: {always: [{any: [{not: day 3}, {at_least: 2, of: [first, second, third]}]}], assumption: a}
        answered: {responds: {to: day 1, with: first, within: 1 d}, assumption: a}
      milestones:
        two: {title: Two of three, when: {at_least: 2, of: [first, second, third]}, assumption: a}
        both: {title: First without second, when: [first, {not: second}], assumption: a}
        day: {title: Day 5 without the third, when: {all: [day 5, {not: third}]}, assumption: a}
        begun: {title: It has begun, when: day 1 00:00, assumption: a}
    """)
    found = {name: history.outcomes[f"violated_{name}"] for name in history.plan.guarantees}
    assert found == {
        "not_before": noon(4), "in_time": -1, "too_late": noon(6) - 1, "two_on_day_3": noon(3), "answered": -1,
    }  # fmt: skip
    reached = {name: history.outcomes[f"reached_{name}"] for name in ("two", "both", "day", "begun")}
    assert reached == {"two": noon(4), "both": noon(2), "day": noon(5), "begun": 0}


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("gated", "words"),
    [
        ("after: {not: day 0}", "day 0 has come when the deal begins"),
        ("after: {any: [first, {not: {day: day 1 00:00}}]}", "day 1 00:00 has come when the deal begins"),
        ("after: {not: day 10}, due: day 10", "shut for good 9 d 12 h after the start"),
        ("after: {not: day 10}, due: day 11", "shut for good"),
        ("after: [{not: day 10}, day 11]", "shut for good"),
        ("after: {not: day 10}, takes: 10 d", "shut for good"),
        ("after: {not: day 10}, due: 10 d after gate", "shut for good"),
        ("after: [{all: [{not: day 10}, day 10]}]", "can never hold: part of it holds only before the rest"),
        ("after: {at_least: 2, of: [{not: day 10}, day 11, day 12 16:00]}, due: day 3", None),
        ("after: [{at_least: 2, of: [{not: day 4}, day 5]}]", "can never hold: part of it"),
        ("after: {not: day 25}, phase: two", None),
        ("after: {not: day 20}, phase: two", "shut for good"),
        ("after: {not: phase.two}, phase: two", None),
        ("after: day 120", "falls due 119 d 12 h after the start, when phase one is over"),
        ("after: {at_least: 3, of: [first, second]}", "at_least 3 of 2 conditions; give a number from 1 to 2"),
        ("after: {at_least: 0, of: [first, second]}", "at_least 0 of 2 conditions"),
        ("after: {at_least: 2}", "'at_least' goes with a list of conditions"),
        ("after: {of: [first]}", "'at_least' goes with a list of conditions"),
        ("after: {not: [first, second]}", "'not' takes one condition"),
        ("after: {day: phase day 3}", "a day of the deal"),
        ("after: phase day 3", "a day of the deal"),
        ("after: {not: nobody}", "there is no obligation 'nobody'"),
        ("after: {at_least: 1, of: [{all: [nothing, first]}]}", "there is no obligation 'nothing'"),
    ],
)
def test_nonsense_is_refused_in_words_and_what_can_run_runs(gated, words):
    if words is None:
        assert plan_of(GATES % gated)
        return
    with pytest.raises(DocumentError) as refused:
        tiny(GATES % gated)
    assert words in str(refused.value)


def test_a_release_that_may_come_forward_is_not_refused_for_its_date():
    assert plan_of(AHEAD % "{not: day 5}")
    assert history_of(AHEAD % "{not: day 5}").moved("held") == [(noon(2), 2), (noon(2), 2)]


def test_every_condition_that_is_wrong_is_told_at_once_with_its_place():
    with pytest.raises(DocumentError) as refused:
        tiny(GATES % "after: [{not: {any: [nobody, day 3]}}, {at_least: 1, of: [talks.none.agreed]}, {not: day 0}]")
    told = str(refused.value)
    for place in ("after.0.not.any.0.obligation", "after.1.of.0.talks", "after.2.not"):
        assert place in told, told


def test_too_many_ways_are_refused_before_they_are_written_out():
    steps = "".join(f"    step_{n}: {{kind: information, by: north, due: day 2}}\n" for n in range(40))
    named = ", ".join(f"step_{n}" for n in range(40))
    text = GATES % f"after: {{at_least: 20, of: [{named}]}}"
    text = text.replace("    first:", steps + "    first:", 1)
    with pytest.raises(PlanError, match=r"conditions in gates: \d+, at most 6000"):
        plan_of(text)
