"""A second reading of the exchanges of 2025 and 2026, coded from the clauses and not from the document."""

from __future__ import annotations

from datetime import date

import pytest

from tests.catalog.second_reading import SecondReading, amounts, gate

DEAL = SecondReading("russia-ukraine-2025")
deal = DEAL.deal
CLAUSES = [f"RU25-{number:02}" for number in range(1, 7)]
SIDES = ("russia", "ukraine")


def day_of(month: int, day: int, year: int = 2025) -> str:
    """A date as a day of the deal, whose first is 16 May 2025."""
    return f"day {(date(year, month, day) - date(2025, 5, 16)).days + 1}"


def both(key: str) -> list[object]:
    """The obligations of both sides of one exchange of people."""
    return [deal.obligations[f"{key}_from_{side}"] for side in SIDES]


def numbers(exchange: str) -> tuple[str, list[int]]:
    """How an exchange counts, and how many people each leg has."""
    legs = deal.exchanges[exchange].legs
    counts = [sum(map(int, deal.obligations[leg].amount.values())) for leg in legs]
    return deal.exchanges[exchange].in_, counts


COMPARISONS = [
    ("no truce", False, lambda: deal.has_truce),
    ("RU25-01 equal numbers of 1,000", ("number", [1000, 1000]), lambda: numbers("first_thousand")),
    ("RU25-01 the week after, in stages", ({day_of(5, 23)}, {3 * 1440}),
     lambda: ({o.due for o in both("may")}, {o.grace for o in both("may")})),
    ("RU25-01 after the lists", {"russian_lists", "ukrainian_lists"}, lambda: set(gate(deal, "may_from_ukraine"))),
    ("RU25-01 settled", {("yes", "both")}, lambda: {(o.settled, o.date_set_by) for o in both("may")}),
    ("RU25-02 all of the categories",
     [{"ill_and_young_ukrainians": ("all", 1200)}, {"ill_and_young_russians": ("all", 1200)}],
     lambda: [amounts(deal, f"ill_and_young_from_{side}") for side in SIDES]),
    ("RU25-02 open and one side's date", {("open", "one")},
     lambda: {(o.settled, o.date_set_by) for o in both("ill_and_young")}),
    ("RU25-02 from the week of 9 June", {day_of(6, 9)}, lambda: {o.due for o in both("ill_and_young")}),
    ("RU25-02 ceiling", ("number", [1200, 1200]), lambda: numbers("ill_and_young")),
    ("RU25-03 about 6,000", {"fallen_ukrainians": ("about", 6000)}, lambda: amounts(deal, "bodies_to_ukraine")),
    ("RU25-03 if there are any", {"fallen_russians": ("up_to", 78)}, lambda: amounts(deal, "bodies_to_russia")),
    ("RU25-03 9 to 15 June", (f"{day_of(6, 9)} 00:00", 7 * 1440),
     lambda: (deal.obligations["bodies_to_ukraine"].due, deal.obligations["bodies_to_ukraine"].grace)),
    ("RU25-03 somebody comes for them", ["bodies_to_ukraine", "bodies_collected"],
     lambda: list(deal.exchanges["collection"].legs)),
    ("RU25-03 what came back", 27 + 51, lambda: deal.stocks["fallen_russians"].count),
    ("RU25-04 1,200", ("number", [1200, 1200]), lambda: numbers("twelve_hundred")),
    ("RU25-04 New Year, one side's", {(day_of(12, 31), "one")},
     lambda: {(o.due, o.date_set_by) for o in both("july")}),
    ("RU25-05 3,000", {"more_fallen_ukrainians": ("", 3000)}, lambda: amounts(deal, "more_bodies_to_ukraine")),
    ("RU25-05 when Ukraine is ready", ["ready_for_more_bodies"], lambda: gate(deal, "more_bodies_to_ukraine")),
    ("RU25-06 200 and 300", [("number", [200, 200]), ("number", [300, 300])],
     lambda: [numbers("geneva_1"), numbers("geneva_2")]),
    ("RU25-06 5 and 6 March", [day_of(3, 5, 2026), day_of(3, 6, 2026)],
     lambda: [deal.obligations[f"march_from_ukraine_{n}"].due for n in (1, 2)]),
    ("the rounds of Istanbul", [day_of(6, 2), day_of(7, 23)],
     lambda: [deal.obligations[key].due for key in ("second_round", "third_round")]),
    ("nobody who signs holds for another", set(SIDES), lambda: {stock.held_by for stock in deal.stocks.values()}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "found"), COMPARISONS, ids=[name for name, _, _ in COMPARISONS])
def test_the_document_says_what_the_second_reader_read(name, expected, found):
    assert found() == expected


def test_every_clause_is_carried_or_left_out_with_a_reason():
    assert DEAL.missing(CLAUSES) == []


PEOPLE = {8: 1000, 25: 1200, 230: 1200, 294: 200, 295: 300}


def test_as_written_both_sides_give_the_same_numbers_on_the_same_days():
    run = DEAL.run("as-written")
    assert run.out("hostages_living") == PEOPLE
    assert run.out("prisoners_in_ukraine.people") == PEOPLE
    assert run.out("bodies_in_russia.remains") == {25: 6000, 69: 3000}
    assert run.out("bodies_in_ukraine.remains") == {25: 78}
    assert (run.end, run.outcomes["end_day"]) == ("completed", 295)


def test_390_a_day_of_one_side_are_390_390_and_220_of_both():
    run = DEAL.run("bring-390-a-day")
    for curve in ("hostages_living", "prisoners_in_ukraine.people"):
        assert {day: n for day, n in run.out(curve).items() if day < 25} == {8: 390, 9: 390, 10: 220}


def test_whoever_gets_nobody_gives_nobody_and_is_not_late():
    run = DEAL.run("nobody-for-nobody")
    assert run.out("hostages_living") == run.out("prisoners_in_ukraine.people") == {}
    assert run.out("bodies_in_russia.remains") == {25: 6000, 69: 3000}
    assert (run.outcomes["broken_russia"], run.outcomes["broken_ukraine"]) == (0, 5)


def test_the_sides_exchanged_it_is_the_other_one_that_is_not_late():
    refused = {"behaviour.parties.russia.kinds.release.refused": 1, "behaviour.parties.ukraine.patience": "400 d"}
    run = DEAL.run("as-written", **refused, **{"behaviour.mediators.settles": 0})
    assert run.out("hostages_living") == run.out("prisoners_in_ukraine.people") == {}
    assert (run.outcomes["broken_russia"], run.outcomes["broken_ukraine"]) == (5, 0)


def test_the_record_adds_up_to_the_totals():
    """390, 307 and 303; 4,812 bodies by 15 June and what was left of 6,000; 84, 146 and 205; three times 1,000."""
    found = DEAL.recorded()
    assert found["may_ukrainians"] == found["may_russians"] == 390 + 307 + 303
    assert found["fallen_ukrainians"] == 1212 + 3 * 1200 + 1188
    assert found["fallen_russians"] == 78
    assert (found["july_ukrainians"], found["july_russians"]) == (84 + 146 + 205, 84 + 146 + 8 + 185)
    assert found["more_fallen_ukrainians"] == 3000
    assert found["march_ukrainians"] == found["march_russians"] == 500


def test_the_baseline_counts_rows_of_other_deals():
    """94 rows, five of them of this deal: three on time, one up to two weeks late, one in part."""
    assert DEAL.betas() == {"late": {(19 + 1, 70 + 1)}, "refused": {(10 + 1, 79 + 1)}}
