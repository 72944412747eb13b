"""A second reading of the agreements of Damascus and the SDF of 2025, coded from the clauses."""

from __future__ import annotations

from datetime import date

import pytest

from tests.catalog.second_reading import SecondReading, amounts

DEAL = SecondReading("damascus-sdf-2025")
deal = DEAL.deal
SIDES = ("sdf", "government")


def day_of(month: int, day: int) -> int:
    """A date of 2025 as a day of the deal, whose first is 10 March."""
    return (date(2025, month, day) - date(2025, 3, 10)).days + 1


def owed(batch: str) -> list[dict[str, tuple[str, int]]]:
    """What both sides owe in a batch."""
    return [amounts(deal, f"{batch}_from_{side}") for side in SIDES]


def dues(batch: str) -> set[str]:
    """The dates of a batch."""
    return {deal.obligations[f"{batch}_from_{side}"].due for side in SIDES}


COMPARISONS = [
    ("SD25-01 integration by the end of 2025", ("sdf", f"day {day_of(12, 31)}"),
     lambda: (deal.obligations["integration"].by, deal.obligations["integration"].due)),
    ("SD25-02 3 April", {f"day {day_of(4, 3)}"}, lambda: dues("first")),
    ("SD25-02 100 and 140", [{"held_by_the_sdf": ("", 100)}, {"held_by_the_government": ("", 140)}],
     lambda: owed("first")),
    ("SD25-03 about 5 April", {f"day {day_of(4, 5)}"}, lambda: dues("second")),
    ("SD25-03 176 and 290", [{"held_by_the_sdf": ("all", 176)}, {"held_by_the_government": ("all", 282 + 8)}],
     lambda: owed("second")),
    ("SD25-02, SD25-03 both sides at once",
     [{f"{batch}_from_{side}" for side in SIDES} for batch in ("first", "second")],
     lambda: [{*deal.exchanges[f"{batch}_batch"].legs} for batch in ("first", "second")]),
    ("SD25-04 fighters leave from 4 April", ("sdf", f"day {day_of(4, 4)}", {"fighters": ("all", 800)}),
     lambda: (deal.obligations["fighters_leave"].by, deal.obligations["fighters_leave"].due,
              amounts(deal, "fighters_leave"))),
    ("names of the first batch settled, of the second open", {("yes", "both"), ("open", "both")}, DEAL.settled),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "found"), COMPARISONS, ids=[name for name, _, _ in COMPARISONS])
def test_the_document_says_what_the_second_reader_read(name, expected, found):
    assert found() == expected


def test_every_clause_is_carried_or_left_out_with_a_reason():
    assert DEAL.missing([f"SD25-{number:02}" for number in range(1, 7)]) == []


def test_as_written_both_batches_go_on_their_days():
    run = DEAL.run("as-written")
    assert run.out("hostages_living") == {25: 100, 27: 176}
    assert run.out("prisoners") == {25: 140, 27: 290}
    assert (run.end, run.outcomes["end_day"]) == ("completed", 297)


def test_one_side_late_over_names_keeps_290_of_the_other_waiting_for_58_days():
    run = DEAL.run("a-few-names")
    assert run.out("hostages_living") == {25: 100, day_of(6, 2): 176}
    assert run.out("prisoners") == {25: 140, day_of(6, 2): 290}
    assert (run.outcomes["late_sdf"], run.outcomes["late_government"]) == (1, 0)


def test_the_record_adds_up_to_the_totals():
    assert DEAL.recorded() == {"held_by_the_sdf": 100 + 176, "held_by_the_government": 140 + 290}


def test_the_baseline_counts_rows_of_other_deals():
    """94 rows on people less two on time and one late; 35 on forces less two on time and one that never came."""
    assert DEAL.betas() == {"late": {(19 + 1, 72 + 1)}, "refused": {(11 + 1, 80 + 1)}}
    assert DEAL.betas("kinds.withdrawal") == {"late": {(15 + 1, 17 + 1)}, "refused": {(4 + 1, 28 + 1)}}
