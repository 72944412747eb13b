"""A second reading of the armistice in Korea of 1953, coded from the clauses on prisoners."""

from __future__ import annotations

from datetime import date

import pytest

from tests.catalog.second_reading import SecondReading, amounts, gate

DEAL = SecondReading("korea-1953")
deal = DEAL.deal
CLAUSES = [f"KO53-{number:02}" for number in range(1, 10)]


def day_of(month: int, day: int) -> int:
    """A date of 1953 as a day of the deal, whose first is 27 July."""
    return (date(1953, month, day) - date(1953, 7, 27)).days + 1


FIRST, LIMIT = day_of(8, 5), day_of(9, 25)
HANDED = [f"{what}_from_the_{side}" for what in ("return", "custody") for side in ("north", "south")]
COMPARISONS = [
    ("sixty days after 27 July", 60 + 1, lambda: LIMIT),
    ("KO53-01 in force at 22:00", ("day 1 22:00", "1953-07-27T22:00:00+09:00"),
     lambda: (deal.obligations["truce"].due, deal.starts.isoformat())),
    ("KO53-02 and KO53-04 from 5 August, within 60 days", {(f"day {FIRST}", (LIMIT - FIRST + 1) * 1440)},
     lambda: {(deal.obligations[key].due, deal.obligations[key].grace) for key in HANDED}),
    ("KO53-02 who returns",
     [{"prisoners_in_the_north": ("all", 12763)}, {"prisoners_in_the_south": ("all", 70183 + 5640)}],
     lambda: [amounts(deal, key) for key in HANDED[:2]]),
    ("KO53-03 numbers by nationality before", [["numbers_from_the_north"], ["numbers_from_the_south"]],
     lambda: [gate(deal, key) for key in HANDED[:2]]),
    ("KO53-04 who does not",
     [{"unwilling_in_the_north": ("all", 359)}, {"unwilling_in_the_south": ("all", 14704 + 7900)}],
     lambda: [amounts(deal, key) for key in HANDED[2:]]),
    ("KO53-04 custody of neutral states", {"neutral_nations"},
     lambda: {deal.obligations[key].to for key in HANDED[2:]}),
    ("KO53-06 the commission admits once all are in custody", ("neutral_nations", {*HANDED[2:]}),
     lambda: (deal.obligations["explanations"].by, {*gate(deal, "explanations")})),
    ("numbers and dates agreed", {("yes", "both")}, DEAL.settled),
    ("nobody answers to one that it does not in law", {}, lambda: dict(deal.holders)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "found"), COMPARISONS, ids=[name for name, _, _ in COMPARISONS])
def test_the_document_says_what_the_second_reader_read(name, expected, found):
    assert found() == expected


def test_every_clause_is_carried_or_left_out_with_a_reason():
    assert DEAL.missing(CLAUSES) == []


def by_rate(of: int, rate: int, used: int = 0) -> dict[int, int]:
    """So many people from 5 August on at a rate a day, of which on the first day so many are used already."""
    found, day, left = {}, FIRST, of
    while left:
        found[day] = min(left, rate - (used if day == FIRST else 0))
        left, day = left - found[day], day + 1
    return found


@pytest.mark.slow  # 111,549 people
def test_as_written_everybody_goes_on_the_first_day_named():
    run = DEAL.run("as-written")
    assert {run.met(key) for key in HANDED} == {FIRST}
    assert run.out("hostages_living") == {FIRST: 12763}
    assert (run.end, run.outcomes["end_day"]) == ("completed", LIMIT)


@pytest.mark.slow
def test_both_sides_are_done_within_60_days_at_their_rates():
    """31 days of 400 and 363; 28 days of 2,700 and 223; all others with what is left of a day after that."""
    run = DEAL.run("rates-announced")
    assert run.out("hostages_living") == by_rate(12763, 400)
    assert max(by_rate(12763, 400)) == FIRST + 31
    assert run.out("prisoners_in_the_south.people") == by_rate(75823, 2700)
    assert max(by_rate(75823, 2700)) == FIRST + 28
    assert [run.met(key) for key in HANDED] == [41, 38, 42, FIRST + (75823 + 22604) // 2700]
    assert (run.end, run.outcomes["end_day"]) == ("completed", LIMIT)


@pytest.mark.slow
def test_at_half_the_rate_the_north_is_late_by_twelve_days():
    run = DEAL.run("half-the-rate")
    assert run.met("return_from_the_north") == FIRST + 63 == LIMIT + 12
    assert run.met("custody_from_the_north") == LIMIT + 14
    assert run.outcomes["late_northern_side"] == 2
    assert run.outcomes["late_un_command"] == 0


def test_the_record_adds_up_to_the_totals():
    assert DEAL.recorded() == {
        "prisoners_in_the_north": 12773 - 10, "prisoners_in_the_south": 75823,
        "unwilling_in_the_south": 22604, "unwilling_in_the_north": 359,
    }  # fmt: skip


def test_the_baseline_counts_rows_of_other_deals():
    """94 rows less six on time."""
    assert DEAL.betas() == {"late": {(20 + 1, 68 + 1)}, "refused": {(11 + 1, 77 + 1)}}
