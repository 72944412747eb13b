"""A second reading of the exchange through Cologne of 2004, coded from the clauses and not from the document."""

from __future__ import annotations

import pytest

from tests.catalog.second_reading import SecondReading, amounts, gate

DEAL = SecondReading("israel-hezbollah-2004")
deal = DEAL.deal
CLAUSES = [f"IH04-{number:02}" for number in range(1, 6)]
RETURNS = ("cologne", "crossings", "naqoura")

COMPARISONS = [
    ("one day", "2004-01-29", lambda: deal.starts.date().isoformat()),
    ("IH04-01 one living and three dead", {"captive": ("", 1), "dead_soldiers": ("", 3)},
     lambda: amounts(deal, "flight_to_cologne")),
    ("IH04-01 the dead are remains", {"captive": "people", "dead_soldiers": "remains", "dead_at_the_border": "remains"},
     lambda: {key: deal.stocks[key].of for key in ("captive", "dead_soldiers", "dead_at_the_border")}),
    ("IH04-01 in the morning", "day 1 07:00", lambda: deal.obligations["flight_to_cologne"].due),
    ("IH04-02 identified by the host in four hours", ("germany", 4 * 60, ["flight_to_cologne"]),
     lambda: (deal.obligations["identification"].by, deal.obligations["identification"].takes,
              gate(deal, "identification"))),
    ("IH04-02 to 04 how many", [36, 400, 59],
     lambda: [sum(map(int, deal.obligations[key].amount.values())) for key in RETURNS]),
    ("IH04-02 to 04 once they are identified", [["identification"]] * 3, lambda: [gate(deal, key) for key in RETURNS]),
    ("IH04-05 within three months", ("hezbollah", "information", "day 92"),
     lambda: (deal.obligations["word_of_the_airman"].by, deal.obligations["word_of_the_airman"].kind,
              deal.obligations["word_of_the_airman"].due)),
    ("names agreed", {("yes", "both")}, DEAL.settled),
    ("no truce", False, lambda: deal.has_truce),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "found"), COMPARISONS, ids=[name for name, _, _ in COMPARISONS])
def test_the_document_says_what_the_second_reader_read(name, expected, found):
    assert found() == expected


def test_every_clause_is_carried_or_left_out_with_a_reason():
    assert DEAL.missing(CLAUSES) == []


def test_as_written_all_is_done_on_one_day_but_the_promise():
    run = DEAL.run("as-written")
    assert run.out("hostages_living") == {1: 1}
    assert run.out("hostages_deceased") == {1: 3}
    assert run.out("prisoners") == {1: 36 + 400}
    assert run.out("prisoners_deceased") == {1: 59}
    assert (run.met("word_of_the_airman"), run.end) == (92, "completed")


def test_an_identification_on_the_next_day_makes_nobody_late_but_the_host():
    run = DEAL.run("identified-next-day")
    assert run.out("hostages_living") == {1: 1}
    assert run.out("prisoners") == {2: 436}
    assert (run.outcomes["late_israel"], run.outcomes["late_hezbollah"]) == (0, 0)


def test_without_the_word_of_the_airman_the_exchange_has_been_done_all_the_same():
    path = "behaviour.parties.hezbollah.obligations.word_of_the_airman.refused"
    run = DEAL.run("as-written", **{path: 1, "behaviour.mediators.settles": 0})
    assert run.out("prisoners") == {1: 436}
    assert run.end == "collapsed"


def test_the_record_adds_up_to_the_totals():
    found = DEAL.recorded()
    assert found == {"captive": 1, "dead_soldiers": 3, "prisoners_to_cologne": 30, "palestinian_prisoners": 400,
                     "dead_at_the_border": 59}  # fmt: skip


def test_the_baseline_counts_rows_of_other_deals():
    """94 rows less the eight of short swaps, all on time."""
    assert DEAL.betas() == {"late": {(20 + 1, 66 + 1)}, "refused": {(11 + 1, 75 + 1)}}
