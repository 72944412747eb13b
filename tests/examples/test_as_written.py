"""January 2025 as written, worked out by hand from the terms: who comes out, for whom, and on which day.

The tables below were written from the terms of the deal (clause ids in brackets), not from its document.
"""

from collections import Counter

import numpy as np
import pytest

from sim.engine.batch import run_blocks
from sim.outcomes.columns import columns
from sim.plan.codes import End
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.reading.resolve import resolve
from tests.builders import DAY, History, history_of

# Day: living, deceased released (H02 to H05, H07). 25 and 8 together (H01).
HOSTAGES = {1: (3, 0), 7: (4, 0), 14: (3, 0), 21: (3, 0), 28: (3, 0), 33: (0, 4), 35: (3, 0), 40: (0, 4), 42: (6, 0)}

# Day: prisoners owed for those of the day (P01 to P07): 30 for a civilian woman, 50 for a soldier, 30 for a man over
# 50, 110 // 9 = 12 and 1,000 // 9 = 111 for one ill or wounded, 30 and 47 // 2 = 23 for a long-held captive, 167 // 8 =
# 20 for one deceased. The last of a group brings what is left over: 110 - 9 x 12 = 2, 1,000 - 9 x 111 = 1,
# 47 - 2 x 23 = 1, 167 - 8 x 20 = 7.
PRISONERS = {
    1: 3 * 30,
    7: 30 + 3 * 50,
    14: 2 * 50 + 30,
    21: 3 * 30,
    28: 30 + 2 * (12 + 111),
    33: 4 * 20,
    35: 3 * (12 + 111),
    40: 4 * 20 + 7,
    42: 4 * (12 + 111) + 2 + 1 + 2 * (30 + 23) + 1,
}

# Day: line reached (W01 to W04, T12); the Rafah redeployment follows the last woman on day 14, Philadelphi is finished
# by day 50, and the border within phase two, whose last day is day 84.
LINES = [
    (7, "populated_areas"), (7, "rashid"), (14, "rafah_crossing"), (22, "netzarim"), (42, "philadelphi_reduced"),
    (42, "philadelphi_begun"), (50, "philadelphi"), (84, "border"),
]  # fmt: skip
PHASE_BEGINS = {"one": 0, "two": 43, "three": 85}
"""Phase one is entered with its first duty, the names of the day before."""
LIFE_TERMS = 5 * 30 + 5 * 3 + 110
FROM_PRISONS = 4 * 30 + 5 * 50 + 5 * 30 + 110 + (2 * 30 + 47)
FROM_GAZA = 1000 + 167
PARTIES = ("israel", "hamas")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return compile_plan(resolve("january-2025/as-written"))


@pytest.fixture(scope="module")
def history(plan: Plan) -> History:
    return history_of(plan)


def day_of(minute: int) -> int:
    """Day 1 began at midnight, 8 h 30 min before the truce."""
    return (minute + 8 * 60 + 30) // DAY + 1


def released_by_day(history: History, groups: set[str]) -> Counter[int]:
    counts: Counter[int] = Counter()
    for group in groups:
        for minute, count in history.moved(group):
            counts[day_of(minute)] += count
    return counts


def groups_of(history: History, name: str, of: str = "people") -> set[str]:
    groups = history.plan.scenario.deal.stocks.items()
    return {key for key, group in groups if (group.list, group.of) == (name, of)}


def test_the_tables_add_up_to_the_totals_of_the_terms():
    assert tuple(map(sum, zip(*HOSTAGES.values(), strict=True))) == (25, 8)
    assert sum(PRISONERS.values()) == FROM_PRISONS + FROM_GAZA == 737 + 1167 == 1904
    assert LIFE_TERMS == 275


def test_33_hostages_come_out_in_phase_one_on_the_days_of_the_schedule(history):
    living = released_by_day(history, groups_of(history, "hostages") - {"remaining_living"})
    deceased = released_by_day(history, groups_of(history, "hostages", "remains") - {"remaining_deceased"})
    assert {day: (living[day], deceased[day]) for day in sorted({*living, *deceased})} == HOSTAGES


def test_the_others_come_out_on_the_last_day_of_their_phase(history):
    assert released_by_day(history, {"remaining_living"}) == {84: 24}
    assert released_by_day(history, {"remaining_deceased"}) == {126: 35}


def test_each_round_brings_the_prisoners_of_its_ratios_on_the_same_day(history):
    assert released_by_day(history, groups_of(history, "prisoners")) == PRISONERS


def test_275_life_terms_are_among_the_1904(history):
    assert history.outcomes["released_life_term"] == LIFE_TERMS
    from_gaza = ("released_gaza_detainees", "released_women_and_under_19_from_gaza")
    assert sum(history.outcomes[name] for name in from_gaza) == FROM_GAZA
    assert history.outcomes["prisoners_released"] == 1904


def test_no_prisoner_leaves_before_the_hostages_of_the_day_are_out(history):
    out = {
        day_of(h.minute): h.minute for h in history.all("handover_arrived") if not h.subject.startswith("prisoners.")
    }
    returns = [h for h in history.all("handover_began") if h.subject.startswith("prisoners.")]
    assert len(returns) == 9
    assert all(h.minute >= out[day_of(h.minute)] for h in returns)


def test_forces_reach_line_after_line_on_their_days(history):
    assert [(day_of(h.minute), h.subject) for h in history.all("line_reached")] == LINES


def test_the_truce_begins_at_0830_after_the_first_names(history):
    assert history.minutes("truce_began") == [0]
    assert day_of(history.minutes("obligation_met", "names_1")[0]) == 0


def test_the_displaced_go_north_on_days_7_and_22(history):
    days = {name: day_of(history.minutes("obligation_met", name)[0])
            for name in ("return_on_foot_rashid", "vehicles_north", "return_on_foot_salah_al_din")}  # fmt: skip
    assert days == {"return_on_foot_rashid": 7, "vehicles_north": 7, "return_on_foot_salah_al_din": 22}


def test_talks_open_on_day_16_and_agree_on_day_35(history):
    assert [day_of(minute) for minute in history.minutes("talks_opened")] == [16]
    assert [day_of(minute) for minute in history.minutes("talks_agreed")] == [35]


def test_all_three_phases_are_completed_without_a_dispute_or_an_incident(history):
    assert {h.subject: day_of(h.minute) for h in history.all("phase_entered")} == PHASE_BEGINS
    assert history.end.event == "deal_completed"
    failures = ("disputes", "incidents", "suspensions", *(f"{n}_{p}" for n in ("late", "not_met") for p in PARTIES))
    assert {name: history.outcomes[name] for name in failures} == dict.fromkeys(failures, 0)
    assert history.outcomes["implementation_score"] == 100_000_000


def test_aid_is_600_trucks_a_day_from_day_1_at_1600_to_the_end_of_phase_one(history):
    """From 7.5 h after the truce, the hour at which things without an hour are due, to 42 days after it."""
    assert history.outcomes["aid_delivered"] == int(600 * (42 - 7.5 / 24))


@pytest.mark.parametrize("engine", ["batch", "reference"])
def test_both_engines_tell_this_history_in_every_replicate(plan, history, engine):
    blocks = list(run_blocks(plan, 7, 4, engine=engine, workers=1))
    outcomes = np.concatenate([block.outcomes for block in blocks])
    expected = [history.outcomes[name] for name in columns(plan)]
    assert outcomes.tolist() == [expected] * 4
    assert expected[columns(plan).index("end")] == End.COMPLETED
