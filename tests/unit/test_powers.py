"""Powers by hand: used or not, decided afresh on the new date, several times; what is refused, and what stays."""

from __future__ import annotations

import pytest

from sim.analysis.deviations.check import check
from sim.analysis.deviations.prism import as_prism
from sim.analysis.explain import explain
from sim.document.scenario import Scripted
from sim.outcomes.story import story
from sim.outcomes.trace import records
from sim.plan.compile import compile_plan
from sim.reading.store import as_data, from_resolved
from tests.builders import DAY, history_of, noon, tiny
from tests.told.powers import EXTENDED, PROLONGED

REFUSED = """
behaviour:
  mediators: {settles: 0}
  powers: {extend: {used: 1}}
  parties: {north: {obligations: {out_2: {refused: 1}, out_3: {refused: 1}}}, south: {patience: 300 d}}
  shocks: {yields: {at: day 70, effect: shifts, path: parties.north.obligations.out_2.refused, to: 0}}
"""


def used(history, power):
    """When, and by whom."""
    return [
        (record["minute"], record["by"])
        for record in records(history.plan, history.run.trace)
        if record["event"] == "PowerUsed" and record["power"] == power
    ]


def test_refused_extended_and_refused_again():
    """Late at the end of day 61, moved to day 84; the posts are left on 84, the last line is late at its end."""
    history = history_of(EXTENDED + REFUSED)
    assert history.minutes("obligation_late", "out_2") == [61 * DAY]
    assert used(history, "extend") == [(noon(62), ["north", "south", "envoy"])]
    assert [h.before for h in history.all("obligation_redated", "out_2")] == [84]
    assert history.minutes("line_reached", "posts") == [noon(84)]
    assert history.minutes("obligation_refused", "out_3") == [noon(84)]
    assert history.minutes("obligation_late", "out_3") == [61 * DAY, 84 * DAY]
    assert history.outcomes["disputes"] == 3
    lines = [line for _, _, line in story(history.plan, history.run.trace)]
    assert "North and South and Envoy use a power: “extend”" in lines
    assert "“out 2” is due anew on day 84" in lines


def test_a_power_that_is_not_used_changes_nothing():
    assert history_of(EXTENDED).minutes("obligation_met", "out_3") == [noon(61)]
    late = "behaviour: {powers: {POWERS}, parties: {north: {default: {late: 1, delay: 20 d}}}}"
    plain = history_of(EXTENDED + late.replace("POWERS", "extend: {used: 0}"))
    assert not used(plain, "extend")
    without = history_of(EXTENDED[: EXTENDED.index("  powers:")] + late.replace("POWERS", ""))
    alike = [(h.minute, h.event) for h in plain.happenings if h.event != "day_came"]
    assert alike == [(h.minute, h.event) for h in without.happenings]


def test_one_new_date_for_everything_moves_the_end_later():
    text = EXTENDED.replace(
        "what: [out_2, out_3], to: day 84, after: day 62", "what: [out_1, out_2, out_3], days: 40 d"
    )
    text = text.replace("lasts: 100 d, ", "")
    assert history_of(text).end.minute == noon(61)
    history = history_of(text + "behaviour: {powers: {extend: {used: 1, time: 10 d}}}")
    assert used(history, "extend") == [(10 * DAY, ["north", "south", "envoy"])]
    assert history.minutes("obligation_met") == [noon(70), noon(101), noon(101)]
    assert history.end.minute == noon(101)


def test_nothing_comes_earlier_by_a_day():
    text = EXTENDED.replace("to: day 84, after: day 62", "to: day 50, after: day 40")
    history = history_of(text + "behaviour: {powers: {extend: {used: 1}}}")
    assert used(history, "extend")
    assert not history.all("obligation_redated")
    assert history.minutes("obligation_met", "out_3") == [noon(61)]


def test_a_deadline_moves_with_its_date():
    """The date of day 61 and the deadline of day 70 become days 84 and 93."""
    text = EXTENDED.replace(
        "due: day 61, deadline: day 61, after: out_1", "due: day 61, deadline: day 70, after: out_1"
    )
    text = text.replace("after: day 62", "after: day 40")
    late = "north: {obligations: {out_2: {late: 1, delay: 30 d}}}, south: {complains: 0}"
    history = history_of(text + f"behaviour: {{powers: {{extend: {{used: 1}}}}, parties: {{{late}}}}}")
    assert history.minutes("obligation_due", "out_2") == [noon(84)]
    assert history.minutes("obligation_late", "out_2") == [93 * DAY]


def test_used_twice_on_the_dates_that_it_gave():
    """The names of day 25 are given day 30 on day 18, and on day 30 day 35; arms wait for them."""
    habits = "powers: {extend_round: {used: 1}}, parties: {north: {obligations: {last: {late: 0}}}}"
    history = history_of(PROLONGED + f"behaviour: {{{habits}}}")
    assert used(history, "extend_round") == [(noon(18), ["envoy"]), (noon(30), ["envoy"])]
    assert [h.before for h in history.all("obligation_redated", "names")] == [30, 35], "debtors act after powers"
    assert history.minutes("obligation_met") == [noon(35), noon(35), noon(58), noon(63)]


def test_a_phase_ends_later_and_again():
    history = history_of(PROLONGED + "behaviour: {powers: {prolong: {used: 1}}}")
    assert used(history, "prolong") == [(noon(50), ["north", "south"]), (80 * DAY, ["north", "south"])]
    assert history.minutes("obligation_met", "last") == [noon(78)]
    assert history.minutes("phase_ended", "mandate") == [100 * DAY]
    assert history.minutes("obligation_met", "next") == [noon(103)]


def test_what_it_waits_for_has_to_hold_until_it_is_used():
    """It comes up on day 18, would be used on day 28, and the arms are there on day 25."""
    habits = "powers: {extend_round: {used: 1, time: 10 d}}"
    assert not used(history_of(PROLONGED + f"behaviour: {{{habits}}}"), "extend_round")


def test_a_dispute_over_it_is_over_and_what_was_withheld_is_taken_up():
    history = history_of(EXTENDED + REFUSED)
    assert history.minutes("dispute_settled") == [noon(62), noon(62)]


def test_chances_are_drawn_anew_each_time():
    plan = compile_plan(tiny(PROLONGED + "behaviour: {powers: {prolong: {used: 0.5}}}"))
    times = [len(used(history_of(plan, replicate=replicate), "prolong")) for replicate in range(60)]
    assert {0, 1, 2} == set(times)
    assert 15 <= times.count(0) <= 45


# ---------------------------------------------------------------- documents and commands


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("by: [north, south, envoy]", "by: [north, nobody]", "unknown-reference deal.powers.extend.by.1"),
        ("what: [out_2, out_3]", "what: [out_2, out_4]", "unknown-reference deal.powers.extend.what.1"),
        ("to: day 84, after", "after", "a power to redate has either"),
        ("to: day 84, after", "to: day 84, days: 3 d, after", "a power to redate has either"),
        ("after: day 62", "after: out_9", "unknown-reference deal.powers.extend.after.0"),
        ("may: redate", "may: waive", "deal.powers.extend.may"),
        ("lasts: 100 d, truce", "truce", None),
        ("what: [out_2, out_3]", "what: [one]", None),
    ],
)
def test_powers_without_a_meaning_are_refused(old, new, problem):
    text = EXTENDED.replace(old, new)
    if problem is None:
        tiny(text)
        return
    with pytest.raises(Exception, match=problem.replace(".", r"\.")):
        tiny(text)


@pytest.mark.parametrize(
    ("what", "terms"),
    [
        ("flow", "flow: {kind: flow, by: north, each_day: {trucks: 3}}"),
        ("talks", "talks: {kind: talks, by: north, topic: x, due: day 3}"),
        ("back", "back: {kind: return, by: south, ratio: {a: {b: 1}}, for_each: release, due: same day}"),
        ("arms", "arms: {kind: arms, by: south, units: 4, due: day 3}"),
    ],
)
def test_what_has_no_date_to_be_changed_is_refused(what, terms):
    text = f"""
deal:
  stocks:
    a: {{of: people, held_by: north, count: 3, list: hostages}}
    b: {{of: people, held_by: south, count: 3, list: prisoners}}
  obligations:
    out: {{kind: release, by: north, amount: {{a: 3}}, due: day 3}}
    gold: {{kind: payment, by: north, units: 4, due: day 3}}
    {terms}
  powers: {{set: {{by: north, may: redate, what: {what}, to: day 9}}}}
"""
    if what == "arms":
        text += "  exchanges: {swap: {legs: [arms, gold], lots: 2}}\n"
    with pytest.raises(Exception, match=r"not-redated deal\.powers\.set\.what\.0"):
        tiny(text)


def test_a_phase_without_a_length_has_no_end_to_be_moved():
    with pytest.raises(Exception, match="not-redated"):
        tiny(EXTENDED.replace("lasts: 100 d, ", "").replace("what: [out_2, out_3]", "what: [one]"))


def test_behaviour_of_a_power_that_is_not_there_is_refused():
    with pytest.raises(Exception, match=r"unknown-reference behaviour\.powers\.other"):
        tiny(EXTENDED + "behaviour: {powers: {other: {used: 1}}}")


def test_it_is_written_back_as_it_was():
    scenario = tiny(EXTENDED + REFUSED)
    assert from_resolved(as_data(scenario)) == scenario


def test_a_script_uses_a_power():
    scenario = tiny(EXTENDED).model_copy(update={"scripted": [Scripted(power="extend", choice="used")]})
    history = history_of(compile_plan(scenario))
    assert used(history, "extend"), "nothing is open any more, and it is used all the same"
    late = [Scripted(obligation="out_2", choice="refused"), Scripted(power="extend", choice="used")]
    history = history_of(compile_plan(scenario.model_copy(update={"scripted": late})))
    assert history.minutes("obligation_redated", "out_2") == [noon(62)]


def test_check_finds_a_power_among_the_deviations():
    """The last line moves from day 61 to day 121, beyond the window."""
    text = EXTENDED.replace("what: [out_2, out_3], to: day 84, after: day 62", "what: out_3, days: 60 d, after: day 40")
    found = check(tiny(text.replace("horizon: 120 d", "horizon: 105 d")), 1, goal="end = standing", workers=1)
    words = [deviation.words for one in found.minimal_sets for deviation in one.deviations]
    assert "power extend used" in words


def test_the_export_says_that_it_leaves_powers_out():
    assert "Powers are left out" in as_prism(tiny(EXTENDED))


def test_explain_names_the_decision_to_use_it():
    text = PROLONGED + "behaviour: {powers: {prolong: {used: USED}}}"
    one, other = (tiny(text.replace("USED", used)) for used in ("0.0", "1.0"))
    parted = explain(one, other, seed=1, replicate=0).otherwise
    assert parted is not None
    assert parted.decision == "uses prolong"
    assert (parted.baseline.result, parted.variant.result) == ("not used", "used")
