"""Milestones: what follows from a deal, the minute in which each comes about, and what is not met, apart."""

import numpy as np
import pytest

from sim.document.milestones import milestones_of, whose
from sim.engine.batch import simulate_block
from sim.engine.reference import ReferenceEngine
from sim.outcomes.columns import columns, reached
from sim.plan.codes import End
from sim.plan.compile import compile_plan
from sim.plan.limits import MAX_GUARANTEES
from sim.reading.catalogue import scenarios
from sim.reading.problem import DocumentError
from sim.reading.resolve import resolve
from tests.builders import DAY, history_of, noon, plan_of, sample, tiny

TWO_PHASES = """
deal:
  title: Hostages for prisoners under a truce
  groups:
    young: {side: hostages, held_by: north, count: 2}
    old: {side: hostages, held_by: north, count: 3}
    dead: {side: hostages, held_by: north, count: 1, condition: deceased}
    p: {side: prisoners, held_by: south, count: 9}
  lines: {here: {}, river: {title: Over the river}, border: {}}
  phases: {one: {lasts: 20 d, then: two}, two: {lasts: 20 d}}
  obligations:
    truce: {kind: truce, by: south, due: day 1}
    first: {kind: release, by: north, amount: {young: 2, old: 1}, due: day 3}
    moved: {kind: withdrawal, by: south, to_line: river, due: day 5}
    second: {kind: release, by: north, amount: {old: 2, dead: 1}, due: phase day 2, phase: two}
    ret: {kind: return, by: south, ratio: {old: {p: 3}}, for_each: release, due: same day}
    guns: {kind: arms, by: north, units: 10, due: phase day 4, phase: two, title: Heavy weapons given up}
    left: {kind: withdrawal, by: south, to_line: border, due: phase day 9, phase: two}
"""


def row_of(plan, replicate=0):
    return reached(plan, simulate_block(plan, 1, replicate, 1).outcomes[0])


def test_each_milestone_of_a_deal_in_which_all_is_kept_comes_about_on_its_date():
    plan = plan_of(TWO_PHASES)
    second = 20 * DAY  # the first phase lasts so long from the first minute
    expected = {
        "one_hostages_living": noon(3),
        "all_hostages_living": second + noon(2),
        "all_hostages_deceased": second + noon(2),
        "all_prisoners_living": second + noon(2),
        "phase_two": second,
        "line_border_south": second + noon(9),
        "line_river_south": noon(5),
        "arms_north": second + noon(4),
        "truce_begins": noon(1),
        "truce_ends": None,
    }
    assert row_of(plan) == expected
    assert reached(plan, ReferenceEngine(plan).run(1, 0).outcomes) == expected


def test_titles_are_short_and_say_whom_they_count():
    titles = {one.key: one.title for one in milestones_of(tiny(TWO_PHASES).deal)}
    assert titles == {
        "one_hostages_living": "3 living of phase one",
        "all_hostages_living": "All 5 living hostages",
        "all_hostages_deceased": "The one of the deceased hostages",
        "all_prisoners_living": "All 9 prisoners",
        "phase_two": "Phase two entered",
        "line_border_south": "Border reached",
        "line_river_south": "South over the river",
        "arms_north": "Heavy weapons given up",
        "truce_begins": "Truce begins",
        "truce_ends": "Truce ends",
    }


def test_people_are_hostages_only_where_the_deal_says_so():
    deal = tiny(TWO_PHASES.replace("Hostages for prisoners under a truce", "An exchange")).deal
    titles = {one.key: one.title for one in milestones_of(deal)}
    assert titles["all_hostages_living"] == "All 5 held by North"
    assert titles["all_prisoners_living"] == "All 9 held by South"


def test_those_of_the_first_phase_are_these_people_and_not_as_many_others():
    text = """
    deal:
      title: Hostages
      groups: {a: {side: hostages, held_by: north, count: 2}, b: {side: hostages, held_by: north, count: 4}}
      phases: {one: {lasts: 5 d, then: two}, two: {lasts: 40 d}}
      obligations:
        late: {kind: release, by: north, amount: {a: 2}, due: day 2}
        soon: {kind: release, by: north, amount: {b: 4}, due: day 8, phase: two}
    behaviour: {parties: {north: {obligations: {late: {refused: 1}}}}, mediators: {settles: 0}}
    """
    found = sample(text, 20)
    assert (found["hostages_living_released"] == 4).all()  # more than the two of phase one
    assert (found["reached_one_hostages_living"] == -1).all()
    assert (found["reached_all_hostages_living"] == -1).all()


def test_a_milestone_that_the_deal_names_stands_first_and_takes_the_place_of_one_that_follows():
    named = TWO_PHASES + (
        "  milestones:\n"
        "    half: {title: Half are home, when: [{released: 3}, truce.holds]}\n"
        "    phase_two: {title: The second phase, when: phase.two}\n"
    )
    plan = plan_of(named)
    assert [one.key for one in plan.milestones][:3] == ["half", "phase_two", "one_hostages_living"]
    found = row_of(plan)
    assert found["half"] == noon(3)
    assert found["phase_two"] == 20 * DAY


def test_what_a_milestone_asks_for_has_to_be_there():
    with pytest.raises(DocumentError, match="milestones"):
        tiny(TWO_PHASES + "  milestones: {home: {title: Home, when: phase.three}}\n")
    with pytest.raises(DocumentError, match="title"):
        tiny(TWO_PHASES + "  milestones: {home: {when: phase.two}}\n")


def test_where_guarantees_leave_no_room_only_what_the_deal_names_is_followed():
    promises = ", ".join(f"g{i}: {{never: [truce.suspended], assumption: a}}" for i in range(MAX_GUARANTEES - 1))
    named = "  milestones: {half: {title: Half, when: {released: 3}}}\n"
    plan = plan_of(TWO_PHASES + named + f"guarantees: {{{promises}}}\n")
    assert [one.key for one in plan.milestones] == ["half"]
    assert row_of(plan) == {"half": noon(3)}


@pytest.mark.parametrize(
    "name",
    [pytest.param(one.name, marks=() if one.name.endswith("/baseline") else pytest.mark.slow) for one in scenarios()],
)
def test_what_is_not_met_is_broken_void_or_not_due_and_milestones_fit_the_columns(name):
    plan = compile_plan(resolve(name))
    rows = simulate_block(plan, 3, 0, 100).outcomes
    found = dict(zip(columns(plan), rows.T, strict=True))
    for party in plan.parties:
        parts = [found[f"{part}_{party}"] for part in ("broken", "void", "not_due")]
        assert np.array_equal(sum(parts), found[f"not_met_{party}"])
        assert (found[f"not_due_{party}"][found["end"] != End.STANDING] == 0).all()
    for place, phase in enumerate(plan.phases[1:], 2):
        if f"reached_phase_{phase}" in found:
            assert np.array_equal(found[f"reached_phase_{phase}"] >= 0, found["phase_reached"] >= place)
    assert ("reached_truce_ends" in found) == plan.scenario.deal.has_truce
    ended = found.get("reached_truce_ends", np.full(len(rows), -1)) >= 0
    assert not (ended & (found["truce_at_end"] == 1)).any()


@pytest.mark.parametrize(
    ("title", "is_alone", "told"),
    [
        ("Out of the Strip", True, "North out of the Strip"),
        ("Out of the Strip", False, "North out of the Strip"),
        ("East of the coast road", True, "North east of the coast road"),
        ("First line (yellow)", True, "First line (yellow) reached"),
        ("Second line (red)", False, "Second line (red) reached (North)"),
        ("blue line", True, "Blue line reached"),
    ],
)
def test_a_line_that_says_where_to_says_who(title, is_alone, told):
    assert whose(title, "North", is_alone=is_alone) == told


SHARED = """
deal:
  stocks:
    h: {list: hostages, of: people, held_by: south, count: 3}
    camp: {list: detainees, of: people, held_by: north, count: 3}
    p1: {list: prisoners, of: people, held_by: north, count: 3}
    p2: {list: prisoners, of: people, held_by: north, count: 2}
  obligations:
    one: {kind: release, by: north, due: day 2, amount: {camp: 3, p1: 3}}
    two: {kind: release, by: north, due: day 4, amount: {p2: 2}}
"""


def test_a_list_that_shares_its_column_has_a_milestone_for_each_of_its_stocks_and_keeps_its_name_if_it_has_one():
    outcomes = history_of(SHARED).outcomes
    reached = {name: minute for name, minute in outcomes.items() if name.startswith("reached_all")}
    assert reached == {
        "reached_all_hostages_living": -1, "reached_all_detainees_living": noon(2),
        "reached_all_p1_living": noon(2), "reached_all_p2_living": noon(4),
    }  # fmt: skip
