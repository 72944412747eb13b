"""A second reading of the October 2025 deal, coded from the clauses and not from the document, compared with it."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine.batch import simulate_block
from sim.engine.reference import ReferenceEngine
from sim.outcomes.by_day import ByDay
from sim.outcomes.columns import columns, end_name
from sim.plan.codes import Test as ConditionTest
from sim.plan.compile import compile_plan
from sim.reading.model import load_deal, load_scenario_file
from sim.reading.resolve import resolve
from tests.clauses import missing_clauses

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"


DEAL = load_deal(SCENARIOS / "deals" / "october-2025.yaml")
WRITTEN = {path.stem: load_scenario_file(path) for path in sorted((SCENARIOS / "october-2025").glob("*.yaml"))}

# ---------------------------------------------------------------- the second reading

CLAUSES = [
    "O25-P", *(f"O25-{number:02}" for number in range(1, 33) if number != 8), "O25-04a",
    *(f"O25-05{letter}" for letter in "abcdefg"),
]  # fmt: skip
LIVING, DECEASED, FOREIGN_DECEASED = 20, 28, 4
LONG_SENTENCES, FROM_GAZA, BODIES_FOR_ONE = 250, 1718, 15
SHARES = {"before_truce": 0.80, "yellow": 0.55, "red": 0.37, "perimeter": 0.18}


def gate(key: str) -> list[Any]:
    """What an obligation waits for: names of obligations, topics, and counts of people released."""
    return [condition.obligation or condition.talks or condition.released for condition in DEAL.obligations[key].after]


def count(name: str, of: str) -> int:
    return sum(g.count for g in DEAL.stocks.values() if (g.list, g.of) == (name, of))


def tranches() -> list[str]:
    return [key for key, o in DEAL.obligations.items() if o.kind == "arms"]


COMPARISONS: list[tuple[str, Any, Callable[[], Any]]] = [
    ("O25-02 start", "2025-10-10T12:00:00+03:00", lambda: DEAL.starts.isoformat()),
    ("O25-02 truce at noon", ("day 1", "12:00"), lambda: (DEAL.obligations["truce"].due, DEAL.due_hour)),
    ("O25-02 72 h without surveillance", ("day 4", {"hours_without_surveillance": 24}),
     lambda: (DEAL.obligations["no_surveillance"].until, dict(DEAL.obligations["no_surveillance"].each_day))),
    ("O25-03 trucks in both phases", [{"trucks": 600}] * 2,
     lambda: [dict(DEAL.obligations[key].each_day) for key in ("aid", "aid_later")]),
    ("O25-04 first line", "yellow", lambda: DEAL.obligations["yellow_line"].to_line),
    ("O25-04 shares by line", SHARES, lambda: {key: line.share_held for key, line in DEAL.lines.items()}),
    ("O25-05 all hostages", 48, lambda: count("hostages", "people") + count("hostages", "remains")),
    ("O25-05 after the withdrawal", ["truce", "yellow_line"], lambda: gate("living")),
    ("O25-05 72 h after it", [("66 h after gate", 6 * 60)] * 2,
     lambda: [(DEAL.obligations[key].due, DEAL.obligations[key].grace) for key in ("living", "remains")]),
    ("O25-05b all living at once", {"living_hostages": LIVING}, lambda: dict(DEAL.obligations["living"].amount)),
    ("O25-05c up to 28", DECEASED, lambda: sum(DEAL.obligations["remains"].amount.values())),
    ("O25-05c foreign nationals among them", FOREIGN_DECEASED,
     lambda: DEAL.stocks["deceased_foreign_nationals"].count),
    ("O25-05a, O25-05d both sides inform", {"israel": 2, "hamas": 2},
     lambda: {party: sum(o.kind == "information" and o.by == party for o in DEAL.obligations.values())
              for party in ("israel", "hamas")}),
    ("O25-05e open end", None, lambda: DEAL.phases["one"].at_most),
    ("O25-05e goes on until all are found", ["one"], lambda: [c.phase for c in DEAL.phases["one"].continues_while]),
    ("O25-05e 72 h first", 72 * 60, lambda: DEAL.phases["one"].lasts),
    ("O25-05f, O25-09, O25-10 prisoners", {"long_sentences": LONG_SENTENCES, "from_gaza": FROM_GAZA},
     lambda: dict(DEAL.obligations["prisoners"].amount)),
    ("O25-09 after the living", ["living"], lambda: gate("prisoners")),
    ("O25-10 all prisoners", 1968, lambda: count("prisoners", "people")),
    ("O25-11 for an Israeli only", {"deceased_israelis": {"bodies_of_palestinians": BODIES_FOR_ONE}},
     lambda: {key: dict(owed) for key, owed in DEAL.obligations["bodies"].ratio.items()}),
    ("O25-11 360 in all", (DECEASED - FOREIGN_DECEASED) * BODIES_FOR_ONE, lambda: count("prisoners", "remains")),
    ("O25-11 next day", "24 h after gate", lambda: DEAL.obligations["bodies"].due),
    ("O25-06 four states", 4, lambda: DEAL.obligations["task_force"].units),
    ("O25-06 mediators", {"qatar", "egypt", "turkey", "united_states"}, lambda: set(DEAL.mediators)),
    ("O25-13 who claims the right", ["israel"], lambda: DEAL.rights["annex_b"].claimed_by),
    ("O25-14 after all hostages", [LIVING, DECEASED], lambda: gate("safe_passage")[:2]),
    ("O25-15 prepared for 14 October", "day 5", lambda: DEAL.obligations["rafah"].due),
    ("O25-17 members of the committee", 15, lambda: DEAL.obligations["committee_named"].units),
    ("O25-21 administration", ("hamas", "handover_of_government"),
     lambda: (DEAL.obligations["government"].by, DEAL.obligations["government"].kind)),
    ("O25-22 by an agreed process", ["weapons"], lambda: gate("arms_preparation")),
    ("O25-22 all weapons", 100, lambda: sum(DEAL.obligations[key].units or 0 for key in tranches())),
    ("O25-22 one tranche after another", [["arms_preparation"], ["arms_heavy"]],
     lambda: [gate(key) for key in tranches()[1:]]),
    ("O25-30 calendar", ["phase day 60", "phase day 90", "phase day 240"],
     lambda: [DEAL.obligations[key].due for key in tranches()]),
    ("O25-23 guarantors", 4, lambda: DEAL.obligations["guarantee"].units),
    ("O25-24 soldiers and police", 20_000 + 12_000, lambda: DEAL.obligations["force"].units),
    ("O25-25 lines in order", ["yellow", "red", "perimeter"],
     lambda: [o.to_line for o in DEAL.obligations.values() if o.kind == "withdrawal"]),
    ("O25-25 tied to weapons and force", [["force", "arms_heavy"], ["red_line", "arms_rest"]],
     lambda: [gate("red_line"), gate("perimeter_line")]),
    ("O25-28 six months after the resolution", "day 220", lambda: DEAL.obligations["first_report"].due),
    ("O25-29 center", "day 8", lambda: DEAL.obligations["coordination_center"].due),
    ("later phases have no date of their own", {"on gate", "phase day 1"},
     lambda: {o.due for o in DEAL.obligations.values() if o.phase == "two" and o.kind != "arms"}),
]  # fmt: skip


def test_the_second_reading_compares_something():
    assert len(COMPARISONS) >= 35
    assert len({name for name, _, _ in COMPARISONS}) == len(COMPARISONS)


@pytest.mark.parametrize(("name", "expected", "found"), COMPARISONS, ids=[name for name, _, _ in COMPARISONS])
def test_the_document_says_what_the_second_reader_read(name, expected, found):
    assert found() == expected


def test_every_clause_is_carried_or_left_out_with_a_reason():
    assert missing_clauses(DEAL, CLAUSES) == []
    assert all(len(reason.split()) > 5 for reason in DEAL.not_modelled.values())


def test_a_dropped_clause_is_noticed():
    kept = {key: obligation for key, obligation in DEAL.obligations.items() if key != "rafah"}
    assert missing_clauses(DEAL.model_copy(update={"obligations": kept}), CLAUSES) == ["O25-15"]


# ---------------------------------------------------------------- behaviour against the record

# Days from day 1 to the return of each of the 28, by the dates of the transfers: day of the deal, number.
RETURNED = [
    (4, 4), (5, 3), (6, 2), (8, 1), (9, 2), (11, 1), (12, 2), (21, 2), (24, 3), (26, 1), (27, 1), (29, 1), (31, 1),
    (35, 1), (47, 1), (55, 1), (109, 1),
]  # fmt: skip
ERRORS = 3  # bodies of days 5, 18 and 54 handed over as those of hostages


def test_search_times_are_those_of_the_record():
    days = np.array([day - 1 for day, number in RETURNED for _ in range(number)])
    assert len(days) == DECEASED
    for group in ("deceased_israelis", "deceased_foreign_nationals"):
        time = WRITTEN["baseline"].behaviour.search[group].time
        assert time.median == np.median(days) * 1440
        assert time.p95 == math.floor(np.quantile(days, 0.95)) * 1440


def test_what_is_uncertain_follows_the_counts_of_the_record():
    uncertain = WRITTEN["baseline"].uncertain
    assert uncertain["search.deceased_israelis.misidentified"].beta == (1 + ERRORS, 1 + DECEASED)
    assert uncertain["talks.weapons.fails"].beta == (1 + 1, 1 + 0)
    assert uncertain["parties.israel.obligations.aid.level"].uniform == (0.2, 0.8)


def test_a_slow_search_takes_three_times_as_long():
    for group, search in WRITTEN["baseline"].behaviour.search.items():
        slow = WRITTEN["remains-slow"].behaviour.search[group].time
        assert (slow.median, slow.p95) == (3 * search.time.median, 3 * search.time.p95)


# ---------------------------------------------------------------- as run


def run(name: str) -> tuple[dict[str, int], Callable[[int], list[int]]]:
    """Outcomes of one replicate, and the count of one curve at the end of each day."""
    plan = compile_plan(resolve(f"october-2025/{name}"))
    block, by_day = simulate_block(plan, 0, 0, 1), ByDay.of(plan)
    outcomes = dict(zip(columns(plan), block.outcomes[0].tolist(), strict=True))
    return outcomes, lambda curve: by_day.released(block.histogram, curve).argmax(axis=1).tolist()


def test_as_written_all_come_out_on_day_4_against_all_prisoners():
    outcomes, curve = run("as-written")
    assert curve(0)[:6] == [0, 0, 0, 0, LIVING, LIVING]
    assert curve(1)[:6] == [0, 0, 0, 0, DECEASED, DECEASED]
    assert curve(2)[:6] == [0, 0, 0, 0, 1968, 1968]
    released = {key: outcomes[f"released_{key}"] for key in DEAL.stocks}
    assert released == {key: group.count for key, group in DEAL.stocks.items()}
    assert outcomes["prisoners_deceased_returned"] == 360


def test_as_written_the_calendar_of_tranches_ends_it():
    outcomes, _ = run("as-written")
    assert (end_name(outcomes["end"]), outcomes["phase_reached"]) == ("completed", 2)
    # The second phase begins on day 4, so day 240 of it is day 243.
    assert outcomes["end_day"] == 4 + 240 - 1
    assert outcomes["line_reached"] == list(DEAL.lines).index("perimeter")


def test_the_second_phase_waits_for_27_of_28():
    plan = compile_plan(resolve("october-2025/as-written"))
    record, remains = plan.record[0], plan.obligations.index("remains")
    waits = plan.obligations.index("second_phase")
    conditions = range(record["gate_start"][waits], record["gate_start"][waits + 1])
    thresholds = [
        int(record["threshold"][c])
        for c in conditions
        if record["test"][c] == ConditionTest.DELIVERED and record["subject"][c] == remains
    ]
    assert thresholds == [DECEASED - 1]


def test_the_last_hostage_waits_for_the_last_line():
    scenario = resolve("october-2025/last-for-last")
    obligations = scenario.deal.obligations
    assert [c.obligation for c in obligations["last_living"].after] == ["perimeter_line"]
    living = [o.amount["living_hostages"] for o in obligations.values() if "living_hostages" in o.amount]
    assert (sum(living), living[-1]) == (LIVING, 1)


def test_both_engines_tell_the_same_histories_of_the_baseline():
    plan = compile_plan(resolve("october-2025/baseline"))
    reference = ReferenceEngine(plan)
    expected = [reference.run(seed=0, replicate=replicate).outcomes.tolist() for replicate in range(8)]
    assert simulate_block(plan, 0, 0, 8).outcomes.tolist() == expected
