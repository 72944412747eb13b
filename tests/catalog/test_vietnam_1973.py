"""A second reading of prisoners and withdrawal in the Paris agreement of 1973, coded from the clauses."""

from __future__ import annotations

from datetime import date

import pytest

from tests.catalog.second_reading import SecondReading, amounts, gate

DEAL = SecondReading("vietnam-1973")
deal = DEAL.deal
CLAUSES = [f"VN73-{number:02}" for number in range(1, 9)]
SIGNED, CEASE_FIRE = date(1973, 1, 27), date(1973, 1, 28)
ROUNDS = [(CEASE_FIRE - SIGNED).days + 1 + 15 * n for n in (1, 2, 3, 4)]

COMPARISONS = [
    ("VN73-01 lists on the day of signature", ("information", "northern_side", "day 1 18:00"),
     lambda: (deal.obligations["lists"].kind, deal.obligations["lists"].by, deal.obligations["lists"].due)),
    ("VN73-02 all, about 590", {"americans": ("all", 590)}, lambda: amounts(deal, "captured")),
    ("VN73-02 after the lists", ["lists"], lambda: gate(deal, "captured")),
    ("VN73-02 no slower pace", (["captured", "withdrawal"], "share", 0.25),
     lambda: (list(deal.exchanges["pace"].legs), deal.exchanges["pace"].in_, deal.exchanges["pace"].lead)),
    ("VN73-02 four rounds of fifteen days", (4, 15 * 1440),
     lambda: (deal.exchanges["pace"].lots, deal.exchanges["pace"].every)),
    ("VN73-02 agreed lists and dates", {("yes", "both")}, DEAL.settled),
    ("VN73-08 all forces", {"forces": ("all", 25000)}, lambda: amounts(deal, "withdrawal")),
    ("VN73-08 between 23,000 and 27,000", True, lambda: 23000 <= deal.stocks["forces"].count <= 27000),
    ("VN73-08 waits for nothing in the text", [], lambda: gate(deal, "withdrawal")),
    ("first round", {f"day {ROUNDS[0]}"}, lambda: {deal.obligations[key].due for key in ("captured", "withdrawal")}),
    ("signature", SIGNED, lambda: deal.starts.date()),
    ("forces are no captives", ["americans"], lambda: list(deal.people)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "found"), COMPARISONS, ids=[name for name, _, _ in COMPARISONS])
def test_the_document_says_what_the_second_reader_read(name, expected, found):
    assert found() == expected


def test_every_clause_is_carried_or_left_out_with_a_reason():
    assert DEAL.missing(CLAUSES) == []


def test_as_written_a_quarter_of_both_goes_on_each_of_four_days():
    run = DEAL.run("as-written")
    assert ROUNDS == [17, 32, 47, 62]
    out = run.out("hostages_living")
    assert list(out) == ROUNDS
    assert sorted(out.values()) == [147, 147, 148, 148]  # 590 in quarters of 147.5
    assert run.outcomes["delivered_withdrawal"] == 25000
    assert (run.end, run.outcomes["end_day"]) == ("completed", 62)


def test_a_round_20_days_late_holds_the_third_quarter_of_the_forces_until_it_comes():
    run = DEAL.run("second-round-late")
    out = run.out("hostages_living")
    assert {17, 52, 62} == set(out)
    assert out[52] == sum(DEAL.run("as-written").out("hostages_living")[day] for day in (32, 47))
    assert run.outcomes["late_united_states"] == 0
    assert run.outcomes["late_northern_side"] == 1
    assert run.outcomes["held_back_days_withdrawal"] == (52 - 47) * 1440


def test_the_record_adds_up_to_what_has_an_address():
    assert DEAL.recorded() == {"americans": (116 + 27) + (106 + 30) + (108 + 32) + 67 + 1}


def test_the_baseline_counts_rows_of_other_deals():
    """94 rows less two on time, two up to two weeks late and three later."""
    assert DEAL.betas() == {"late": {(15 + 1, 72 + 1)}, "refused": {(11 + 1, 76 + 1)}}
