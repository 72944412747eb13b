"""A second reading of the memorandum of Helsinki on Aceh, coded from the clauses and not from the document."""

from __future__ import annotations

from datetime import date

import pytest

from tests.catalog.second_reading import SecondReading, amounts

DEAL = SecondReading("aceh-2005")
deal = DEAL.deal
CLAUSES = [f"AC05-{number:02}" for number in range(1, 14)]
ARMS = {1: 33, 2: 62, 3: 94, 4: 122}  # days after signature
TROOPS = {1: 41, 2: 70, 3: 102, 4: 138}
DATES = [15, 31, *ARMS.values(), *TROOPS.values()]


def day(after: int) -> str:
    """So many days after signature, as a day of the deal."""
    return f"day {after + 1}"


def dues(kind: str) -> dict[int, object]:
    """Dates of the four rounds of one kind of thing."""
    return {n: deal.obligations[f"{kind}_{n}"].due for n in (1, 2, 3, 4)}


def gates(key: str) -> list[tuple[object, object]]:
    """Obligations that one waits for, with the share that is enough."""
    return [(condition.obligation, condition.share) for condition in deal.obligations[key].after]


COMPARISONS = [
    ("signature", date(2005, 8, 15), lambda: deal.starts.date()),
    ("AC05-01 violence ends within fifteen days", ("gam", f"{day(15)} 00:00"),
     lambda: (deal.obligations["truce"].by, deal.obligations["truce"].due)),
    ("AC05-01 decree and release within fifteen days", {day(15)},
     lambda: {deal.obligations[key].due for key in ("amnesty", "prisoners_freed")}),
    ("AC05-01 all, some 1,700", {"political_prisoners": ("all", 298 + 1424)}, lambda: amounts(deal, "prisoners_freed")),
    ("AC05-03 monitors", ("mission", 125 + 93, day(31)),
     lambda: (deal.obligations["monitors"].by, deal.obligations["monitors"].units, deal.obligations["monitors"].due)),
    ("AC05-04 to 10 dates of the weapons", {n: day(after) for n, after in ARMS.items()}, lambda: dues("arms")),
    ("AC05-04 to 10 a quarter of 840 a round", [{"weapons": ("", 840 // 4)}] * 4,
     lambda: [amounts(deal, f"arms_{n}") for n in (1, 2, 3, 4)]),
    ("AC05-10 all by day 139", 16 * 1440, lambda: deal.obligations["arms_4"].grace),
    ("AC05-05 to 12 dates of soldiers and police", [{n: day(after) for n, after in TROOPS.items()}] * 2,
     lambda: [dues("soldiers"), dues("police")]),
    ("AC05-05 to 12 quarters", [{5812, 5813}, {1525}],
     lambda: [{amounts(deal, f"{what}_{n}")[what][1] for n in (1, 2, 3, 4)} for what in ("soldiers", "police")]),
    ("AC05-05 to 12 all that is to leave", (1250 + 6500 + 6000 + 5700 + 3800, 4 * 1525),
     lambda: tuple(sum(amounts(deal, f"{what}_{n}")[what][1] for n in (1, 2, 3, 4))
                   for what in ("soldiers", "police"))),
    ("AC05-05 to 09 troops after their round in substance", [[(f"arms_{n}", 0.75)] for n in (1, 2, 3)],
     lambda: [gates(f"soldiers_{n}") for n in (1, 2, 3)]),
    ("AC05-11 after the last weapons", [("arms_4", None)], lambda: gates("soldiers_4")),
    ("AC05-06 to 10 weapons after the troops before",
     [{f"arms_{n}", f"soldiers_{n}", f"police_{n}"} for n in (1, 2, 3)],
     lambda: [{key for key, _ in gates(f"arms_{n + 1}")} for n in (1, 2, 3)]),
    ("forces and weapons are no captives", ["political_prisoners"], lambda: list(deal.people)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "found"), COMPARISONS, ids=[name for name, _, _ in COMPARISONS])
def test_the_document_says_what_the_second_reader_read(name, expected, found):
    assert found() == expected


def test_every_clause_is_carried_or_left_out_with_a_reason():
    assert DEAL.missing(CLAUSES) == []


def test_as_written_every_date_of_the_text_is_kept():
    run = DEAL.run("as-written")
    dated = [key for key in deal.obligations if key != "truce"]
    assert sorted({run.met(key) for key in dated}) == sorted({after + 1 for after in DATES})
    assert run.out("hostages_living") == {16: 1722}
    assert [run.outcomes[f"delivered_arms_{n}"] for n in (1, 2, 3, 4)] == [210] * 4
    assert (run.end, run.outcomes["end_day"]) == ("completed", 139)


def test_with_a_fifth_rejected_soldiers_leave_in_time_and_weapons_come_four_days_late():
    """A complaint at midnight, settled after two days, done after two more; the last round has a grace of 16 days."""
    run = DEAL.run("a-fifth-rejected")
    assert [run.met(f"arms_{n}") for n in (1, 2, 3)] == [ARMS[n] + 1 + 5 for n in (1, 2, 3)]
    assert [run.met(f"soldiers_{n}") for n in (1, 2, 3)] == [TROOPS[n] + 1 for n in (1, 2, 3)]
    assert run.met("arms_4") == run.met("soldiers_4") == 139 + 4
    assert run.outcomes["disputes"] == 4


def test_weapons_refused_in_the_second_round_leave_troops_where_they_are():
    path = "behaviour.parties.gam.obligations.arms_2.refused"
    run = DEAL.run("as-written", **{path: 1, "behaviour.mediators.settles": 0})
    assert [run.outcomes[f"delivered_soldiers_{n}"] for n in (1, 2, 3, 4)] == [5813, 0, 0, 0]


def test_the_record_adds_up_to_the_totals():
    found = DEAL.recorded()
    assert found == {"political_prisoners": 298 + 1424, "weapons": 840, "soldiers": 23250, "police": 1300 + 1350 + 2150}
    assert 243 + 233 + (166 + 56) + 142 == 840


def test_the_baseline_counts_rows_of_other_deals():
    """94 rows on people less one, on time; 35 on forces less nine, five on time and four up to two weeks late."""
    assert DEAL.betas() == {"late": {(20 + 1, 73 + 1)}, "refused": {(11 + 1, 82 + 1)}}
    assert DEAL.betas("kinds.arms") == {"late": {(11 + 1, 15 + 1)}, "refused": {(5 + 1, 21 + 1)}}
