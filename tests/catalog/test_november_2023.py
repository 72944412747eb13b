"""A second reading of the November 2023 pause, coded from the clauses and not from the document, compared with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.engine.batch import simulate_block
from sim.outcomes.by_day import ByDay
from sim.outcomes.columns import columns, end_name, root_cause
from sim.plan.compile import compile_plan
from sim.reading.model import load_deal, load_scenario_file
from sim.reading.resolve import resolve
from tests.clauses import missing_clauses

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"


DEAL = load_deal(SCENARIOS / "deals" / "november-2023.yaml")
BASELINE = load_scenario_file(SCENARIOS / "november-2023" / "baseline.yaml")

# ---------------------------------------------------------------- the second reading

CLAUSES = [f"N23-{number:02}" for number in range(1, 18)]

# Hostages of the quota by day of the pause: three times 13, the rest of the 50, then ten a day up to 50 more.
QUOTA = {1: 13, 2: 13, 3: 13, 4: 50 - 3 * 13} | dict.fromkeys(range(5, 10), 10)
ADDED_DAYS = 50 // 10
OUTSIDE = {"foreign_nationals": 23 + 1, "dual_national": 3 - 2}
LADDER = [f"day_{day}" for day in range(5, 10)]


def groups_by_day() -> dict[int, int]:
    return {day: DEAL.obligations[f"group_{day}"].amount["women_and_children"] for day in QUOTA}


def gate(key: str) -> list[Any]:
    """What an obligation waits for: names of obligations."""
    return [condition.obligation for condition in DEAL.obligations[key].after]


def entry(phase: str) -> list[Any]:
    return [condition.obligation for condition in DEAL.phases[phase].enters_when]


def ratios() -> list[dict[str, Any]]:
    return [dict(o.ratio["women_and_children"]) for o in DEAL.obligations.values() if o.ratio]


COMPARISONS: list[tuple[str, Any, Callable[[], Any]]] = [
    ("N23-01 start", "2023-11-24T07:00:00+02:00", lambda: DEAL.starts.isoformat()),
    ("N23-01 start of the truce", "day 1 07:00", lambda: DEAL.obligations["truce"].due),
    ("N23-01 96 hours", 96 * 60, lambda: DEAL.phases["first_four_days"].lasts),
    ("N23-02 50 in four days", 50, lambda: sum(groups_by_day()[day] for day in range(1, 5))),
    ("N23-02 by day", QUOTA, groups_by_day),
    ("N23-02 at least ten a day", True, lambda: min(groups_by_day().values()) >= 10),
    ("N23-02 hour of the groups", "16:00", lambda: DEAL.due_hour),
    ("N23-02 days of the groups", [f"day {day}" for day in QUOTA],
     lambda: [DEAL.obligations[f"group_{day}"].due for day in QUOTA]),
    ("N23-03 three for one", [{"women_and_minors": 3}] * 6, ratios),
    ("N23-03 same day", {"same day"}, lambda: {o.due for o in DEAL.obligations.values() if o.ratio}),
    ("N23-03, N23-07 150 and 150", 300, lambda: 3 * sum(groups_by_day().values())),
    ("N23-04 list of 300", 300, lambda: DEAL.obligations["published_list"].units),
    ("N23-04 prisoners on the list", 300, lambda: DEAL.stocks["women_and_minors"].count),
    ("N23-04 two days before", "day -1", lambda: DEAL.obligations["published_list"].due),
    ("N23-05 a list a day from each side", [QUOTA, {day: 3 * n for day, n in QUOTA.items()}],
     lambda: [{day: DEAL.obligations[f"{kind}_{day}"].units for day in QUOTA} for kind in ("list", "tranche")]),
    ("N23-05 no group without both lists", [["truce", f"list_{day}", f"tranche_{day}"] for day in QUOTA],
     lambda: [gate(f"group_{day}") for day in QUOTA]),
    ("N23-07 one day a rung", [24 * 60] * ADDED_DAYS, lambda: [DEAL.phases[phase].lasts for phase in LADDER]),
    ("N23-07 rungs in order", ["first_four_days", *LADDER], lambda: list(DEAL.phases)),
    ("N23-07 each leads to the next", [*LADDER, None], lambda: [phase.then for phase in DEAL.phases.values()]),
    ("N23-07 a rung for a list", [f"list_{day}" for day in range(5, 10)], lambda: [entry(p)[0] for p in LADDER]),
    ("N23-07 after the group before", [f"group_{day}" for day in range(4, 9)], lambda: [entry(p)[1] for p in LADDER]),
    ("N23-07 the list belongs to the day before", ["first_four_days", *LADDER[:-1]],
     lambda: [DEAL.obligations[f"list_{day}"].phase or "first_four_days" for day in range(5, 10)]),
    ("N23-07 further hostages", 50, lambda: sum(groups_by_day()[day] for day in range(5, 10))),
    ("N23-08 trucks", {200},
     lambda: {o.each_day["trucks"] for o in DEAL.obligations.values() if "trucks" in o.each_day}),
    ("N23-09 diesel and gas", {"litres_of_diesel": 130_000, "gas_trucks": 4},
     lambda: dict(DEAL.obligations["fuel"].each_day)),
    ("N23-10 hours without flights", {"hours_in_the_south": 24, "hours_in_the_north": 16 - 10},
     lambda: dict(DEAL.obligations["no_flights"].each_day)),
    ("N23-08 to N23-10 on every added day", 3 * ADDED_DAYS,
     lambda: sum(o.kind == "flow" and o.phase in LADDER for o in DEAL.obligations.values())),
    ("N23-14 by the end of day 4", "day 4 23:59", lambda: DEAL.obligations["red_cross_visits"].due),
    ("N23-15 who keeps the room", "qatar", lambda: DEAL.obligations["operations_room"].by),
    ("N23-16 outside the quota", OUTSIDE, lambda: {key: DEAL.stocks[key].count for key in OUTSIDE}),
    ("N23-16 owed to the states concerned", {"states_concerned"},
     lambda: {DEAL.obligations[key].to for key in OUTSIDE}),
    ("N23-16 nothing in return", set(),
     lambda: {group for o in DEAL.obligations.values() for group in o.ratio} & set(OUTSIDE)),
    ("N23-17 who resumes", ("israel", "leave"),
     lambda: (DEAL.rights["war_goes_on"].by, DEAL.rights["war_goes_on"].right)),
    ("N23-17 nothing continues by itself", [], lambda: [p for p in DEAL.phases.values() if p.continues_while]),
]  # fmt: skip


def test_the_second_reading_compares_something():
    assert len(COMPARISONS) >= 30
    assert len({name for name, _, _ in COMPARISONS}) == len(COMPARISONS)


@pytest.mark.parametrize(("name", "expected", "found"), COMPARISONS, ids=[name for name, _, _ in COMPARISONS])
def test_the_document_says_what_the_second_reader_read(name, expected, found):
    assert found() == expected


def test_every_clause_is_carried_or_left_out_with_a_reason():
    assert missing_clauses(DEAL, CLAUSES) == []
    assert all(len(reason.split()) > 5 for reason in DEAL.not_modelled.values())


def test_a_dropped_clause_is_noticed():
    kept = {key: obligation for key, obligation in DEAL.obligations.items() if key != "red_cross_visits"}
    assert missing_clauses(DEAL.model_copy(update={"obligations": kept}), CLAUSES) == ["N23-14"]


# The record: one of four added days not bought, two of seven groups late, four of five disputes over handovers settled
# in time. A flat start adds one to each count.
RECORD = {
    "parties.hamas.kinds.information.refused": (1 + 1, 1 + 3),
    "parties.hamas.kinds.release.late": (1 + 2, 1 + 5),
    "mediators.settles": (1 + 4, 1 + 1),
}


@pytest.mark.parametrize("path", RECORD)
def test_what_is_uncertain_follows_the_counts_of_the_record(path):
    assert BASELINE.uncertain[path].beta == RECORD[path]


# ---------------------------------------------------------------- as run


def run(name: str) -> tuple[dict[str, int], Callable[[int], list[int]]]:
    """Outcomes of one replicate, and the count of one curve at the end of each day."""
    plan = compile_plan(resolve(f"november-2023/{name}"))
    block, by_day = simulate_block(plan, 0, 0, 1), ByDay.of(plan)
    outcomes = dict(zip(columns(plan), block.outcomes[0].tolist(), strict=True))
    return outcomes, lambda curve: by_day.released(block.histogram, curve).argmax(axis=1).tolist()


def running(by_day: dict[int, int], last: int) -> list[int]:
    return [sum(n for when, n in by_day.items() if when <= day) for day in range(last + 1)]


def test_as_written_every_rung_brings_ten_against_thirty_up_to_the_ceiling():
    outcomes, curve = run("as-written")
    everybody = QUOTA | {1: QUOTA[1] + sum(OUTSIDE.values())}
    assert curve(0)[:10] == running(everybody, 9)
    assert curve(2)[:10] == running({day: 3 * n for day, n in QUOTA.items()}, 9)
    assert (outcomes["released_women_and_children"], outcomes["prisoners_released"]) == (100, 300)
    assert (end_name(outcomes["end"]), outcomes["end_day"]) == ("completed", 4 + ADDED_DAYS + 1)
    assert outcomes["truce_days"] == (4 + ADDED_DAYS) * 1440


def test_without_the_ladder_it_is_50_against_150_in_four_days():
    outcomes, curve = run("ladder-refused")
    assert curve(2)[:6] == [0, 39, 78, 117, 150, 150]
    assert (outcomes["released_women_and_children"], outcomes["prisoners_released"]) == (50, 150)
    assert (end_name(outcomes["end"]), outcomes["end_day"], outcomes["truce_days"]) == ("lapsed", 5, 96 * 60)


def test_the_end_goes_back_to_the_list_that_did_not_come():
    plan = compile_plan(resolve("november-2023/ladder-refused"))
    outcomes, _ = run("ladder-refused")
    assert root_cause(plan, outcomes["root_event"], outcomes["root_subject"]) == "obligation_refused list_5"


def test_the_other_reading_of_the_ceiling_is_ten_days_and_60_further_hostages():
    outcomes, _ = run("ladder-to-ten-days")
    assert (outcomes["released_women_and_children"], outcomes["prisoners_released"]) == (110, 330)
    assert outcomes["truce_days"] == 10 * 1440
