"""Second readings of the exchanges for Yemen of 2020 and 2023, coded from the clauses."""

from __future__ import annotations

from datetime import date

import pytest

from sim.document.lists import list_called
from tests.catalog.second_reading import SecondReading, amounts, gate

OLD, NEW = SecondReading("yemen-2020"), SecondReading("yemen-2023")
old, new = OLD.deal, NEW.deal
FIRST = (date(2020, 10, 15) - date(2020, 9, 27)).days + 1
THREE_WEEKS = (date(2023, 4, 10) - date(2023, 3, 20)).days + 1
MAY = (date(2023, 5, 15) - date(2023, 3, 20)).days + 1


def owed(deal, *keys: str) -> int:
    """How many people obligations owe together."""
    return sum(number for key in keys for _, number in amounts(deal, key).values())


COMPARISONS = [
    ("YE20-01 681 against 400, 15 and 4 of the coalition", (681, 400, 15 + 4),
     lambda: (OLD.held("government"), OLD.held("ansar_allah"), old.stocks["coalition_soldiers"].count)),
    ("YE20-02 first day, 480 and 250 planned", (480, 250, {f"day {FIRST}"}),
     lambda: (owed(old, "south_first_day"), owed(old, "north_first_day"),
              {old.obligations[f"{side}_first_day"].due for side in ("north", "south")})),
    ("YE20-02 the rest a day later", ({f"day {FIRST + 1}"}, {"all"}),
     lambda: ({old.obligations[f"{side}_second_day"].due for side in ("north", "south")},
              {word for side in ("north", "south") for word, _ in amounts(old, f"{side}_second_day").values()})),
    ("YE20-03 interviews before the flights of their side", [["interviews_north"]] * 2 + [["interviews_south"]] * 2,
     lambda: [gate(old, f"{side}_{day}_day") for side in ("north", "south") for day in ("first", "second")]),
    ("YE23-01 706 against 181, 15 and 3 of the coalition", (706, 181, 15 + 3),
     lambda: (NEW.held("government"), NEW.held("ansar_allah"), new.stocks["coalition_soldiers"].count)),
    ("YE23-01 within three weeks, in three days", {(f"day {THREE_WEEKS}", 3 * 1440)},
     lambda: {(new.obligations[f"from_the_{side}"].due, new.obligations[f"from_the_{side}"].grace)
              for side in ("north", "south")}),
    ("YE23-02 interviews before anybody flies", [["interviews_north", "interviews_south"]] * 2,
     lambda: [gate(new, f"from_the_{side}") for side in ("north", "south")]),
    ("YE23-03 visits of both by 15 May", {("north", f"day {MAY}"), ("south", f"day {MAY}")},
     lambda: {(side, new.obligations[f"visits_{side}"].due) for side in ("north", "south")}),
    ("interviews are owed to the carrier", {"icrc"},
     lambda: {deal.obligations[f"interviews_{side}"].to for deal in (old, new) for side in ("north", "south")}),
    ("names and dates agreed", [{("yes", "both")}] * 2, lambda: [OLD.settled(), NEW.settled()]),
    ("no truce", (False, False), lambda: (old.has_truce, new.has_truce)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "found"), COMPARISONS, ids=[name for name, _, _ in COMPARISONS])
def test_the_documents_say_what_the_second_reader_read(name, expected, found):
    assert found() == expected


def test_every_clause_is_carried_or_left_out_with_a_reason():
    assert OLD.missing([f"YE20-{n:02}" for n in range(1, 6)]) == []
    assert NEW.missing([f"YE23-{n:02}" for n in range(1, 5)]) == []


def test_as_written_the_flights_of_2020_take_the_two_days_planned():
    run = OLD.run("as-written")
    assert run.out("hostages_living") == {19: 250, 20: 400 - 250}
    assert run.out("prisoners") == {19: 480, 20: 681 - 480}
    assert (run.end, run.outcomes["end_day"]) == ("completed", 20)


def test_with_100_a_day_the_smaller_side_is_out_in_four_days_and_the_larger_in_seven():
    run = OLD.run("interviews-100-a-day")
    assert run.out("hostages_living") == dict.fromkeys(range(19, 23), 100)
    assert run.out("prisoners") == {**dict.fromkeys(range(19, 25), 100), 25: 81}
    assert run.outcomes["end_day"] == 25


def test_as_written_everybody_of_2023_flies_on_the_last_day_and_visits_follow_in_may():
    run = NEW.run("as-written")
    assert (run.out("hostages_living"), run.out("prisoners")) == ({22: 181}, {22: 706})
    assert (run.end, run.outcomes["end_day"]) == ("completed", 57)


def test_three_days_longer_and_300_a_day_take_three_days_more_for_one_side_and_five_for_the_other():
    run = NEW.run("three-days-later")
    assert (run.out("hostages_living"), run.out("prisoners")) == ({25: 181}, {25: 300, 26: 300, 27: 106})
    assert [run.outcomes[f"late_{party}"] for party in new.parties] == [1, 1]


def test_the_records_add_up_to_the_totals():
    assert OLD.recorded() == {"held_in_the_south": 671, "held_in_the_north": 372, "coalition_soldiers": 19}
    assert 671 + 372 + 19 == 710 + 352 == 1062
    assert sum(NEW.recorded().values()) == 318 + 357 + 194 == 869


def test_the_baselines_count_rows_of_other_deals():
    """94 rows, five of them of these two sides: one on time, one up to two weeks late, three in part or never."""
    for reading in (OLD, NEW):
        assert reading.betas() == {"late": {(19 + 1, 70 + 1)}, "refused": {(8 + 1, 81 + 1)}}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("held_by_ansar_allah", "held by Ansar Allah"),
        ("held_by_government", "held by Government and coalition"),
        ("ansar_allah_held", "ansar allah held"),
        ("held_by_ansar_allahs", "held by ansar allahs"),
        ("between_government_ansar_allah", "between Government and coalition Ansar Allah"),
    ],
)
def test_a_list_names_a_party_whose_key_has_several_words(name, told):
    assert list_called(old, name) == told
