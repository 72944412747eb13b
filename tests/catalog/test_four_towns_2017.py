"""A second reading of the agreement on four besieged towns of 2017, coded from the clauses."""

from __future__ import annotations

from datetime import date

import pytest

from tests.catalog.second_reading import SecondReading, amounts, gate

DEAL = SecondReading("four-towns-2017")
deal = DEAL.deal
CLAUSES = [f"FT17-{number:02}" for number in range(1, 7)]


def day_of(month: int, day: int) -> int:
    """A date of 2017 as a day of the deal, whose first is 28 March."""
    return (date(2017, month, day) - date(2017, 3, 28)).days + 1


CONVOYS = ("out_of_foua", "out_of_madaya")
COMPARISONS = [
    ("FT17-01 8,000 of two towns", ("rebel_groups", {"foua_and_kefraya": ("", 8000)}),
     lambda: (deal.obligations["out_of_foua"].by, amounts(deal, "out_of_foua"))),
    ("FT17-02 3,800 of two others", ("government", {"madaya_and_zabadani": ("", 3800)}),
     lambda: (deal.obligations["out_of_madaya"].by, amounts(deal, "out_of_madaya"))),
    ("FT17-01, FT17-02 4 April, then 12 April", {(f"day {day_of(4, 4)}", (day_of(4, 12) - day_of(4, 4)) * 1440)},
     lambda: {(deal.obligations[key].due, deal.obligations[key].grace) for key in CONVOYS}),
    ("FT17-01, FT17-02 together", (list(CONVOYS), "share", 0),
     lambda: (list(deal.exchanges["convoys"].legs), deal.exchanges["convoys"].in_, deal.exchanges["convoys"].lead)),
    ("FT17-03 half of 1,500", {"detainees": ("", 1500 // 2)}, lambda: amounts(deal, "detainees_freed")),
    ("FT17-03 with the second convoys", (f"day {day_of(4, 19)}", list(CONVOYS)),
     lambda: (deal.obligations["detainees_freed"].due, gate(deal, "detainees_freed"))),
    ("FT17-05 12 and 8 for 19",
     [{"captives_of_the_groups": ("", 12), "dead_of_the_exchange": ("", 8)}, {"fighters": ("", 19)}],
     lambda: [amounts(deal, key) for key in deal.exchanges["small_exchange"].legs]),
    ("FT17-05 all or nothing on 12 April", (True, {f"day {day_of(4, 12)}"}),
     lambda: (deal.exchanges["small_exchange"].whole,
              {deal.obligations[key].due for key in deal.exchanges["small_exchange"].legs})),
    ("registers and dates agreed", {("yes", "both")}, DEAL.settled),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "found"), COMPARISONS, ids=[name for name, _, _ in COMPARISONS])
def test_the_document_says_what_the_second_reader_read(name, expected, found):
    assert found() == expected


def test_every_clause_is_carried_or_left_out_with_a_reason():
    assert DEAL.missing(CLAUSES) == []


def out(run, stock: str) -> dict[int, int]:
    """By day, how many come out of the list of a stock."""
    curve = "hostages_living" if stock == "foua_and_kefraya" else f"{deal.stocks[stock].list}.people"
    return run.out(curve)


def test_as_written_convoys_go_on_the_first_date_and_detainees_on_the_19th():
    run = DEAL.run("as-written")
    assert out(run, "foua_and_kefraya") == {8: 8000}
    assert out(run, "madaya_and_zabadani") == {8: 3800}
    assert out(run, "captives_of_the_groups") == {16: 12}
    assert out(run, "detainees") == {16: 19, 23: 750}
    assert (run.end, run.outcomes["end_day"]) == ("completed", 23)


def test_one_sides_delay_and_its_5000_places_are_the_others_too():
    """Ten days after 4 April 5,000 of 8,000 leave, so 5/8 of 3,800; the rest on the day after."""
    run = DEAL.run("buses-for-5000")
    assert out(run, "foua_and_kefraya") == {day_of(4, 14): 5000, day_of(4, 15): 3000}
    assert out(run, "madaya_and_zabadani") == {day_of(4, 14): 3800 * 5 // 8, day_of(4, 15): 3800 - 3800 * 5 // 8}
    assert run.outcomes["late_government"] == 0


def test_the_record_adds_up_to_the_totals():
    found = DEAL.recorded()
    assert (found["foua_and_kefraya"], found["madaya_and_zabadani"]) == (5000 + 3000, 2200 + 500)
    assert (found["captives_of_the_groups"], found["dead_of_the_exchange"], found["fighters"]) == (12, 8, 19)
    assert found["detainees"] == 750


def test_the_baseline_counts_rows_of_other_deals():
    """94 rows less two on time, one up to two weeks late and two later."""
    assert DEAL.betas() == {"late": {(17 + 1, 72 + 1)}, "refused": {(11 + 1, 78 + 1)}}
