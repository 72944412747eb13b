"""A second reading of the laying down of arms in Colombia, coded from the clauses; D + n is day n + 1."""

from __future__ import annotations

from datetime import date

import pytest

from tests.catalog.second_reading import SecondReading, amounts, gate

DEAL = SecondReading("colombia-2016")
deal = DEAL.deal
PARTS = ("arms_1", "arms_2", "arms_3")


def day_of(year: int, month: int, day: int) -> int:
    """A date as a day of the deal, whose first is 1 December 2016."""
    return (date(year, month, day) - date(2016, 12, 1)).days + 1


COMPARISONS = [
    ("CO16-02 D+5 to D+30", (5 + 1, 30 + 1, 26, 6900),
     lambda: (int(deal.obligations["zones"].due.split()[1]), int(deal.obligations["into_the_zones"].due.split()[1]),
              deal.obligations["zones"].units, deal.obligations["into_the_zones"].units)),
    ("CO16-02 who builds and who marches", ("government", "farc", ["zones"]),
     lambda: (deal.obligations["zones"].by, deal.obligations["into_the_zones"].by, gate(deal, "into_the_zones"))),
    ("CO16-03 D+90, D+120, D+150", [f"day {after + 1}" for after in (90, 120, 150)],
     lambda: [deal.obligations[key].due for key in PARTS]),
    ("CO16-03 30, 30 and 40 in a hundred of 7,132", [2140, 2140, ("all", 7132 - 2 * 2140)],
     lambda: [*(amounts(deal, key)["weapons"][1] for key in PARTS[:2]), amounts(deal, "arms_3")["weapons"]]),
    ("CO16-03 camps and containers first", [["into_the_zones"], ["containers"]],
     lambda: [gate(deal, "containers"), gate(deal, "arms_1")]),
    ("CO16-04 D+180, by the mission", ("un_mission", f"day {180 + 1}"),
     lambda: (deal.obligations["closed"].by, deal.obligations["closed"].due)),
    ("three new timetables, as they became known",
     [day_of(2017, 1, 18), day_of(2017, 5, 29), day_of(2017, 8, 31)],
     lambda: [int(one.from_.split()[1]) for one in deal.amended]),
    ("weapons are no captives", {}, lambda: dict(deal.people)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "found"), COMPARISONS, ids=[name for name, _, _ in COMPARISONS])
def test_the_document_says_what_the_second_reader_read(name, expected, found):
    assert found() == expected


def test_every_clause_is_carried_or_left_out_with_a_reason():
    assert DEAL.missing([f"CO16-{number:02}" for number in range(1, 7)]) == []


def test_as_written_arms_are_laid_down_in_150_days():
    run = DEAL.run("as-written")
    assert [run.met(key) for key in PARTS] == [91, 121, 151]
    assert [run.outcomes[f"delivered_{key}"] for key in PARTS] == [2140, 2140, 7132 - 2 * 2140]
    assert (run.end, run.outcomes["end_day"]) == ("completed", 181)


def test_by_the_last_timetable_parts_come_on_7_14_and_20_june_and_caches_on_15_september():
    run = DEAL.run("new-timetable")
    assert [run.met(key) for key in PARTS] == [day_of(2017, 6, day) for day in (7, 14, 20)]
    assert run.met("into_the_zones") == day_of(2017, 1, 31)
    assert (run.end, run.outcomes["end_day"]) == ("completed", day_of(2017, 9, 15))


def test_zones_that_come_late_keep_the_first_part_waiting_and_nobody_is_late_with_it():
    run = DEAL.run("zones-late")
    assert run.met("into_the_zones") == run.met("arms_1") == 6 + 98
    assert [run.met(key) for key in PARTS[1:]] == [121, 151]
    assert (run.outcomes["kept_waiting_arms_1"], run.outcomes["lateness_own_arms_1"]) == (1, 0)
    assert run.outcomes["late_farc"] == 0


def test_the_record_adds_up_to_the_total():
    assert DEAL.recorded() == {"weapons": 2300 + 1900 + 2932} == {"weapons": 7132}


def test_the_baseline_counts_rows_of_other_deals():
    """35 rows on forces less five: ten of thirty late, five in part or never."""
    assert DEAL.betas() == {"late": {(10 + 1, 20 + 1)}, "refused": {(5 + 1, 25 + 1)}}
