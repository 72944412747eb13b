"""Deadlines by hand: late while the gate is shut, and by whose doing; time that counts anew; what is refused."""

from __future__ import annotations

import copy

import pytest

from sim.analysis.deviations.prism import as_prism
from sim.document.deal import Deal
from sim.outcomes.story import story
from sim.outcomes.trace import records
from sim.plan.codes import LateBy
from sim.reading.checks import check_deal
from sim.reading.foresight import foresee_deal
from sim.reading.store import as_data, from_resolved
from tests.builders import DAY, history_of, noon, tiny
from tests.told.deadlines import LINES

NOT_SETTLED = "mediators: {settles: 0}"


def midnight(day):
    """The end of a day."""
    return day * DAY


def told(history, event, key):
    """Minute, and who held it back, of each event of an obligation."""
    return [
        (record["minute"], record.get("held_back_by"))
        for record in records(history.plan, history.run.trace)
        if record["event"] == event and record.get("obligation") == key
    ]


def doing(history, key):
    """The three columns: late by itself, by others, kept waiting."""
    return [history.outcomes[f"{name}_{key}"] for name in ("lateness_own", "lateness_of_others", "kept_waiting")]


def run(behaviour="", text=LINES):
    return history_of(text + (f"behaviour: {{{NOT_SETTLED}, parties: {{{behaviour}}}}}\n" if behaviour else ""))


# ---------------------------------------------------------------- whose fault


def test_with_everybody_in_time_nothing_is_late():
    history = run()
    assert history.minutes("obligation_met", "out_2") == [noon(61)]
    assert doing(history, "out_2") == [0, 0, 0]


def test_who_never_does_its_own_first_step_is_late_with_the_second():
    history = run("north: {obligations: {out_1: {refused: 1}}}, south: {patience: 300 d}")
    assert told(history, "ObligationLate", "out_2") == [(midnight(61), None)]
    assert history.minutes("dispute_opened", "out_2") == [midnight(61)]
    assert doing(history, "out_2") == [1, 0, 0]
    assert history.outcomes["not_met_north"] == 2


def test_whose_creditor_never_comes_is_not_late():
    history = run("south: {default: {refused: 1}}, north: {patience: 300 d}")
    assert not told(history, "ObligationLate", "out_2")
    assert told(history, "ObligationHeldBack", "out_2") == [(midnight(61), ["south"])]
    assert doing(history, "out_2") == [0, 0, 1]
    assert history.outcomes["broken_north"] == 0


def test_the_date_counts_anew_once_the_creditor_is_out_of_the_way():
    """The army comes on day 65; the debtor takes 4 days, and is late only at the end of day 69."""
    takes = LINES.replace("out_2: {", "out_2: {takes: 4 d, ")
    history = run("south: {default: {late: 1, delay: 15 d}}, north: {complains: 0}", takes)
    assert history.minutes("obligation_met", "army") == []
    assert history.minutes("obligation_met_late", "army") == [noon(65)]
    assert history.minutes("obligation_met", "out_2") == [noon(69)]
    late = (
        "south: {default: {late: 1, delay: 15 d}}, north: {complains: 0, obligations: {out_2: {late: 1, delay: 1 d}}}"
    )
    history = run(late, takes)
    assert told(history, "ObligationLate", "out_2") == [(midnight(69), None)]
    assert history.minutes("obligation_cured", "out_2") == [noon(70)]


def test_an_obstacle_that_is_gone_before_the_deadline_still_leaves_the_time_that_it_takes():
    """The army comes on day 60, and the second line takes 4 days: day 64, not 61."""
    takes = LINES.replace("out_2: {", "out_2: {takes: 4 d, ")
    history = run("south: {default: {late: 1, delay: 10 d}}, north: {complains: 0}", takes)
    assert history.minutes("obligation_met", "out_2") == [noon(64)]
    assert doing(history, "out_2") == [0, 0, 0]


def test_an_obstacle_of_the_debtors_own_leaves_no_time():
    takes = LINES.replace("out_2: {", "out_2: {takes: 4 d, ")
    history = run("north: {obligations: {out_1: {late: 1, delay: 30 d}}}, south: {complains: 0}", takes)
    assert told(history, "ObligationLate", "out_2") == [(midnight(61), None)]
    assert history.minutes("obligation_met_late", "out_2") == [noon(64)]


def test_what_others_keep_back_is_late_and_names_them():
    text = LINES.replace("army: {kind: force_deployment, by: south", "army: {kind: force_deployment, by: un")
    history = run("un: {default: {refused: 1}}, south: {patience: 300 d}", text)
    assert told(history, "ObligationLate", "out_2") == [(midnight(61), ["un"])]
    assert doing(history, "out_2") == [0, 1, 0]
    lines = [line for _, _, line in story(history.plan, history.run.trace)]
    assert any(line.startswith("North is late with “out 2”, held back by Peacekeepers") for line in lines)


def test_whoever_keeps_both_is_not_alone_and_the_creditor_excuses():
    history = run("north: {default: {refused: 1}, patience: 300 d}, south: {default: {refused: 1}, patience: 300 d}")
    assert told(history, "ObligationHeldBack", "out_2") == [(midnight(61), ["north", "south"])]


def test_one_who_could_have_opened_its_gate_itself_is_late():
    text = LINES.replace("after: [out_1, army]", "after: {any: [out_1, army]}")
    both = "north: {default: {refused: 1}, patience: 300 d}, south: {default: {refused: 1}, patience: 300 d}"
    assert told(run(both, text), "ObligationLate", "out_2") == [(midnight(61), None)]
    of_creditor = text.replace("out_1: {kind: withdrawal, by: north, to_line: west", "out_1: {kind: act, by: south")
    history = run("south: {default: {refused: 1}}, north: {patience: 300 d}", of_creditor)
    assert told(history, "ObligationHeldBack", "out_2") == [(midnight(61), ["south"])]


def test_the_walk_goes_on_through_shut_gates():
    """The army waits for a road that the debtor of the second line owes: it stands in its own way."""
    text = LINES.replace("due: day 50}", "due: day 50, after: road}\n    road: {kind: access, by: north, due: day 40}")
    assert told(
        run("north: {obligations: {road: {refused: 1}}}, south: {patience: 300 d}", text), "ObligationLate", "out_2"
    )
    text = text.replace("road: {kind: access, by: north", "road: {kind: access, by: south")
    assert not told(
        run("south: {obligations: {road: {refused: 1}}}, north: {patience: 300 d}", text), "ObligationLate", "out_2"
    )


def test_what_is_in_nobodys_hands_makes_nobody_late():
    text = LINES.replace("after: [out_1, army]", "after: [out_1, {not: army}]")
    history = run(text=text)
    assert told(history, "ObligationHeldBack", "out_2") == [(midnight(61), [])]
    lines = [line for _, _, line in story(history.plan, history.run.trace)]
    assert "North is not late with “out 2”: what it waits for is in nobody's hands" in lines


def test_who_waits_for_a_truce_is_kept_back_by_who_suspended_it():
    text = LINES.replace("truce: false", "truce: true")
    blow = "shocks: {blow: {at: day 49, effect: suspends_truce, by: BY, lasts: 20 d}}"
    for by, is_late in (("south", False), ("north", True)):
        history = history_of(
            text + f"behaviour: {{{NOT_SETTLED}, {blow.replace('BY', by)}, parties: {{north: {{complains: 0}}}}}}"
        )
        assert bool(told(history, "ObligationLate", "out_2")) is is_late, by


def test_a_leg_that_stands_ready_is_kept_back_by_the_other():
    text = """
deal:
  phases: {one: {lasts: 90 d, truce: false}}
  obligations:
    give: {kind: act, by: north, due: day 3}
    come: {kind: act, by: south, due: day 3}
    next: {kind: act, by: north, due: day 9, deadline: day 9, after: give}
  exchanges: {swap: {legs: [give, come]}}
"""
    history = run("south: {default: {refused: 1}}, north: {patience: 300 d}", text)
    assert told(history, "ObligationHeldBack", "next") == [(midnight(9), ["south"])]
    history = run("north: {obligations: {give: {refused: 1}}}, south: {patience: 300 d}", text)
    assert told(history, "ObligationLate", "next") == [(midnight(9), None)]


def test_talks_take_both():
    text = LINES.replace("after: [out_1, army]", "after: talks.next.agreed").replace(
        "    army", "    talks: {kind: talks, by: south, topic: next, due: day 20, concludes_by: day 40}\n    army"
    )
    history = history_of(text + "behaviour: {talks: {next: {fails: 1}}}")
    assert told(history, "ObligationHeldBack", "out_2") == [(midnight(61), ["north", "south"])]


# ---------------------------------------------------------------- after it is late


def test_a_settlement_before_it_is_due_is_kept_once_it_is():
    """Late on day 62 for want of the first line; settled to day 72; the first line comes on day 70."""
    history = history_of(
        LINES
        + """
behaviour:
  mediators: {settles: 1, attempt: 5 d, lag: 5 d}
  parties: {north: {obligations: {out_1: {late: 1, delay: 40 d}, out_2: {refused: 1}}}, south: {tolerance: 30 d}}
  shocks: {settled: {at: day 93, effect: settles_all}}
"""
    )
    assert history.minutes("obligation_late", "out_2") == [midnight(61)]
    assert history.minutes("obligation_due", "out_2") == [noon(70)]
    assert history.minutes("obligation_refused", "out_2") == [noon(70)], "it was not settled by then"


def test_a_dispute_over_what_is_not_due_can_be_settled_and_is_late_again():
    history = history_of(
        LINES
        + """
behaviour:
  mediators: {settles: 1, attempt: 2 d, lag: 5 d}
  parties: {north: {obligations: {out_1: {late: 1, delay: 60 d}}}, south: {obligations: {}}}
""".replace("out_1: {late: 1, delay: 60 d}", "out_1: {refused: 1}").replace(
            "settles: 1", "kinds: {withdrawal: {settles: 1}}, settles: 0"
        )
    )
    assert history.minutes("obligation_late", "out_1") == [midnight(30)]
    assert history.minutes("obligation_cured", "out_1") == [midnight(30) + 7 * DAY]
    assert history.minutes("obligation_met", "out_2") == [noon(61)]


def test_without_a_deadline_nothing_of_this_happens():
    history = run(
        "north: {obligations: {out_1: {refused: 1}}}, south: {patience: 300 d}", LINES.replace("deadline: day 61, ", "")
    )
    assert not told(history, "ObligationLate", "out_2")
    assert "lateness_own_out_2" not in history.outcomes


def test_a_deadline_later_than_the_date_leaves_time_beyond_it():
    text = LINES.replace("deadline: day 61", "deadline: day 70, grace: 12 h")
    history = run("north: {obligations: {out_2: {late: 1, delay: 8 d}}}", text)
    assert history.minutes("obligation_met", "out_2") == [noon(69)]
    history = run("north: {obligations: {out_2: {late: 1, delay: 10 d}}}, south: {complains: 0}", text)
    assert told(history, "ObligationLate", "out_2") == [(noon(70) + DAY // 2, None)]


def test_a_deadline_after_its_gate():
    text = LINES.replace("due: day 61, deadline: day 61", "due: on gate, deadline: 9 d after gate, grace: 0 min")
    history = run("north: {obligations: {out_2: {late: 1, delay: 20 d}}}, south: {complains: 0}", text)
    assert told(history, "ObligationLate", "out_2") == [(noon(59), None)]


def test_a_new_timetable_moves_deadlines():
    shift = "shocks: {dates: {at: day 20, effect: redates_all}}, mediators: {lag: 10 d, settles: 0}"
    history = history_of(
        LINES + f"behaviour: {{{shift}, parties: {{south: {{default: {{refused: 1}}}}, north: {{patience: 300 d}}}}}}"
    )
    assert told(history, "ObligationHeldBack", "out_2") == [(midnight(71), ["south"])]


# ---------------------------------------------------------------- documents


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ("due: day 61, deadline: day 60", "deadline-before-due"),
        ("due: day 61, deadline: on gate", "bad-deadline"),
        ("due: day 61, deadline: same day", "bad-deadline"),
        ("due: day 61, deadline: 3 d after gate", "bad-deadline"),
        ("due: 3 d after gate, deadline: 2 d after gate", "deadline-before-due"),
        ("due: day 61, deadline: phase end", None),
        ("due: day 61, deadline: day 61 12:00", None),
        ("due: phase day 61, deadline: day 70", None),
    ],
)
def test_deadlines_without_a_meaning_are_refused(terms, code):
    text = LINES.replace("due: day 61, deadline: day 61", terms)
    if code is None:
        tiny(text)
        return
    with pytest.raises(Exception, match=f"{code} deal.obligations.out_2.deadline"):
        tiny(text)


@pytest.mark.parametrize(
    "obligation",
    [
        "{kind: flow, by: north, each_day: {trucks: 3}, deadline: day 9}",
        "{kind: talks, by: north, topic: x, due: day 3, deadline: day 9}",
    ],
)
def test_what_ends_otherwise_has_no_deadline(obligation):
    with pytest.raises(Exception, match=r"foreign-measure deal\.obligations\.one\.deadline"):
        tiny(f"deal: {{obligations: {{one: {obligation}}}}}")


def test_a_return_for_each_release_has_none():
    deal = copy.deepcopy(
        as_data(
            tiny("""
deal:
  stocks:
    a: {of: people, held_by: north, count: 3, list: hostages}
    b: {of: people, held_by: south, count: 3, list: prisoners}
  obligations:
    out: {kind: release, by: north, amount: {a: 3}, due: day 3}
    back: {kind: return, by: south, ratio: {a: {b: 1}}, for_each: release, due: same day}
""")
        )["deal"]
    )
    deal["obligations"]["back"]["deadline"] = "day 9"
    assert [fault.code for fault in check_deal(Deal.model_validate(deal))] == ["foreign-measure"]


def test_a_phase_without_a_length_has_no_end_to_be_late_by():
    with pytest.raises(Exception, match="bad-deadline"):
        tiny("deal: {phases: {one: {}}, obligations: {a: {kind: act, by: north, due: day 3, deadline: phase end}}}")


def test_a_deadline_that_cannot_be_kept_is_foreseen():
    deal = tiny(
        LINES.replace(
            "army: {kind: force_deployment, by: south, to: north, due: day 50}",
            "army: {kind: force_deployment, by: south, to: north, due: day 80}",
        )
    ).deal
    assert "deadline-before-gate" in [fault.code for fault in foresee_deal(deal)]
    assert "deadline-before-gate" not in [fault.code for fault in foresee_deal(tiny(LINES).deal)]


def test_it_is_written_back_as_it_was():
    scenario = tiny(LINES)
    assert as_data(scenario)["deal"]["obligations"]["out_2"]["deadline"] == "day 61"
    assert from_resolved(as_data(scenario)) == scenario


def test_the_export_says_that_it_leaves_deadlines_out():
    assert "Deadlines are left out" in as_prism(tiny(LINES))


def test_a_column_for_each_doing():
    assert [name.name for name in LateBy] == ["ITSELF", "OTHERS", "NOT_LATE"]
    assert [int(bit) for bit in LateBy] == [1, 2, 4]
