"""Second readings of the exchanges of Iran and Iraq of 1988 and 1990, coded from the clauses."""

from __future__ import annotations

from datetime import date

import pytest

from tests.catalog.second_reading import SecondReading, amounts, gate

SICK, ALL = SecondReading("iran-iraq-1988"), SecondReading("iran-iraq-1990")
sick, all_ = SICK.deal, ALL.deal
FLIGHTS = 10
FIRST_FLIGHT = (date(1988, 11, 20) - date(1988, 11, 11)).days + 1

COMPARISONS = [
    ("II88-01 who holds whom", {"sick_iraqis": ("iran", 1158), "sick_iranians": ("iraq", 411)},
     lambda: {key: (stock.held_by, stock.count) for key, stock in sick.stocks.items()}),
    ("II88-01 from 20 November", {f"day {FIRST_FLIGHT}"},
     lambda: {sick.obligations[f"from_{p}"].due for p in sick.parties}),
    ("II88-01 ten days in step", (["from_iran", "from_iraq"], "share", FLIGHTS, 1440),
     lambda: (list(sick.exchanges["ten_days"].legs), sick.exchanges["ten_days"].in_, sick.exchanges["ten_days"].lots,
              sick.exchanges["ten_days"].every)),
    ("II88-01 115 and 41 a day", (115, 41), lambda: (sick.stocks["sick_iraqis"].count // FLIGHTS,
                                                    sick.stocks["sick_iranians"].count // FLIGHTS)),
    ("II88-01, II88-02 doctors see the sick first", [["doctors_in_iran"], ["doctors_in_iraq"]],
     lambda: [gate(sick, "from_iran"), gate(sick, "from_iraq")]),
    ("II88 names and date agreed", {("yes", "both")}, SICK.settled),
    ("II88, II90 no truce", (False, False), lambda: (sick.has_truce, all_.has_truce)),
    ("II90-01 all of both", [{"iranians": ("all", 39000)}, {"iraqis": ("all", 39000 + 20000)}],
     lambda: [amounts(all_, "from_iraq"), amounts(all_, "from_iran")]),
    ("II90-01 at once", {"day 1"}, lambda: {all_.obligations[f"from_{party}"].due for party in all_.parties}),
    ("II90-01 first day", "1990-08-17", lambda: all_.starts.date().isoformat()),
    ("II90-02 equal numbers", ("number", {"from_iraq", "from_iran"}),
     lambda: (all_.exchanges["equal_numbers"].in_, set(all_.exchanges["equal_numbers"].legs))),
    ("II90-02 no rate", 1, lambda: all_.exchanges["equal_numbers"].lots),
    ("II90-02 after interviews", [["interviews_in_iraq"], ["interviews_in_iran"]],
     lambda: [gate(all_, "from_iraq"), gate(all_, "from_iran")]),
    ("II90 left to the giver", {("yes", "both")}, ALL.settled),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "found"), COMPARISONS, ids=[name for name, _, _ in COMPARISONS])
def test_the_documents_say_what_the_second_reader_read(name, expected, found):
    assert found() == expected


def test_every_clause_is_carried_or_left_out_with_a_reason():
    assert SICK.missing(["II88-01", "II88-02"]) == ALL.missing(["II90-01", "II90-02"]) == []


def tenths(of: int) -> dict[int, int]:
    """What each of ten flights brings so that each day's sum is the tenths so far, halves rounded to even."""
    so_far = [round(of * flight / FLIGHTS) for flight in range(FLIGHTS + 1)]
    return {FIRST_FLIGHT + n: so_far[n + 1] - so_far[n] for n in range(FLIGHTS)}


def test_as_written_each_flight_brings_a_tenth_of_each_list():
    run = SICK.run("as-written")
    iraqis, iranians = run.out("hostages_living"), run.out("prisoners")
    for found, of in ((iraqis, 1158), (iranians, 411)):
        assert sum(found.values()) == of
        assert {day: abs(number - tenths(of)[day]) <= 1 for day, number in found.items()} == dict.fromkeys(
            tenths(of), True
        )
    assert (run.end, run.outcomes["end_day"]) == ("completed", FIRST_FLIGHT + FLIGHTS - 1)


def test_fifty_two_of_115_are_answered_by_the_same_share_of_41():
    """Of lots of 115 and 41: after three days 52, 104 and 115 + 41 of the next 116, so 18, 37 and 41 + 14."""
    run = SICK.run("fifty-two-a-day")
    iraqis, iranians = ([run.out(curve)[day] for day in (10, 11, 12)] for curve in ("hostages_living", "prisoners"))
    assert iraqis == [52, 52, 52]
    assert [sum(iranians[:n]) for n in (1, 2, 3)] == [52 * 41 // 115, 104 * 41 // 115, 41 + 41 * 41 // 116]
    assert (run.outcomes["late_iraq"], run.outcomes["broken_iraq"]) == (0, 0)


def test_equal_numbers_end_with_the_smaller_stock():
    at_once, by_day = ALL.run("as-written"), ALL.run("thousand-a-day")
    for curve in ("hostages_living", "prisoners"):
        assert at_once.out(curve) == {1: 39000}
        assert by_day.out(curve) == dict.fromkeys(range(1, 40), 1000)
    for run, last in ((at_once, 1), (by_day, 39)):
        assert run.outcomes["prisoners_still_held"] == 20000
        assert (run.end, run.outcomes["end_day"]) == ("completed", last)


def test_equal_shares_leave_nobody():
    run = ALL.run("equal-shares")
    iranians, iraqis = run.out("hostages_living"), run.out("prisoners")
    assert iraqis == dict.fromkeys(range(1, 60), 1000)
    assert sum(iranians.values()) == 39000
    assert set(iranians.values()) == {39000 // 59, 39000 // 59 + 1}


def test_the_records_add_up_to_the_totals():
    assert SICK.recorded() == {"sick_iraqis": 3 * 52, "sick_iranians": 3 * 19}
    assert ALL.recorded() == {"iranians": 39000, "iraqis": 39000}


def test_the_baselines_count_rows_of_other_deals():
    """94 rows, nine of them of these two sides: three on time, one later than two weeks, five in part or never."""
    for reading in (SICK, ALL):
        assert reading.betas() == {"late": {(19 + 1, 66 + 1)}, "refused": {(6 + 1, 79 + 1)}}
