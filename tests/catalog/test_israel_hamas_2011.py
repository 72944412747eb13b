"""A second reading of the exchange of 2011, coded from the clauses and not from the document, compared with it."""

from __future__ import annotations

import pytest

from sim.reading.resolve import resolve
from tests.catalog.second_reading import SecondReading, gate

DEAL = SecondReading("israel-hamas-2011")
deal = DEAL.deal
CLAUSES = [f"S11-{number:02}" for number in range(1, 6)]
FIRST, SECOND = 450 + 27, 550

COMPARISONS = [
    ("S11-01 one for 1,027", (1, 1027), lambda: tuple(map(DEAL.held, ("hamas", "israel")))),
    ("S11-01 two stages", ["first_stage", "second_stage"], lambda: list(deal.phases)),
    ("S11-01 day 1", "2011-10-11", lambda: deal.starts.date().isoformat()),
    ("S11-01 no truce", False, lambda: deal.has_truce),
    ("S11-02 men and women", {"men": 450, "women": 27},
     lambda: {key: deal.stocks[key].count for key in ("men", "women")}),
    ("S11-02 names on the list", FIRST, lambda: deal.obligations["list_of_477"].units),
    ("S11-02 two days for petitions", ("48 h after gate", ["list_of_477"]),
     lambda: (deal.obligations["petitions_1"].due, gate(deal, "petitions_1"))),
    ("S11-03 at dawn of 18 October", "day 8 05:00", lambda: deal.obligations["at_the_crossings"].due),
    ("S11-03 who brings them", "israel", lambda: deal.obligations["at_the_crossings"].by),
    ("S11-04 the morning of 18 October", {"day 8 06:00"},
     lambda: {deal.obligations[key].due for key in ("handover_to_egypt", "women_on_proof", "men_on_custody")}),
    ("S11-04 women on proof of life", (27, True),
     lambda: (deal.obligations["women_on_proof"].amount["women"], "proof_of_life" in gate(deal, "women_on_proof"))),
    ("S11-04 men on Egyptian custody", (450, True),
     lambda: (deal.obligations["men_on_custody"].amount["men"], "handover_to_egypt" in gate(deal, "men_on_custody"))),
    ("S11-04 the captive waits for nobody", [], lambda: gate(deal, "handover_to_egypt")),
    ("S11-05 the second list", SECOND, lambda: deal.obligations["list_of_550"].units),
    ("S11-05 evening of 18 December", ("day 69", "18:00"), lambda: (deal.obligations["second_550"].due, deal.due_hour)),
    ("S11-05 how many", {"second_list": SECOND}, lambda: dict(deal.obligations["second_550"].amount)),
    ("S11-05 for nothing in return", ["petitions_2"], lambda: gate(deal, "second_550")),
    ("who is agreed or left to the giver", {("yes", "both")}, DEAL.settled),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "found"), COMPARISONS, ids=[name for name, _, _ in COMPARISONS])
def test_the_document_says_what_the_second_reader_read(name, expected, found):
    assert found() == expected


def test_every_clause_is_carried_or_left_out_with_a_reason():
    assert DEAL.missing(CLAUSES) == []


def test_as_written_477_follow_the_captive_on_day_8_and_550_come_on_day_69():
    run = DEAL.run("as-written")
    assert run.out("hostages_living") == {8: 1}
    assert run.out("prisoners") == {8: 477, 69: 550}
    assert (run.end, run.outcomes["end_day"]) == ("completed", 69)


def test_without_the_second_stage_550_are_not_released():
    path = "behaviour.parties.israel.obligations.second_550.refused"
    run = DEAL.run("as-written", **{path: 1, "behaviour.mediators.settles": 0})
    assert run.out("prisoners") == {8: 477}
    assert run.out("hostages_living") == {8: 1}
    assert (
        resolve("israel-hamas-2011/nothing-left-to-give").behaviour.parties["israel"].obligations["second_550"].refused
        == 1
    )


def test_the_record_adds_up_to_the_totals():
    assert DEAL.recorded() == {"captive": 1, "women": 27, "men": 450, "second_list": 550}


def test_the_baseline_counts_rows_of_other_deals():
    """94 rows, three of them of this deal and all three on time."""
    assert DEAL.betas() == {"late": {(20 + 1, 71 + 1)}, "refused": {(11 + 1, 80 + 1)}}
