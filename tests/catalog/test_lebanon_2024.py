"""A second reading of the cessation of hostilities between Israel and Lebanon of 2024, coded from the clauses."""

from __future__ import annotations

from datetime import date

import pytest

from sim.plan.compile import compile_plan
from sim.reading.resolve import resolve
from tests.builders import history_of
from tests.catalog.second_reading import SecondReading

DEAL = SecondReading("lebanon-2024")
deal = DEAL.deal
CLAUSES = [f"IL24-{number:02}" for number in range(1, 10)]
FIRST = (date(2025, 1, 26) - date(2024, 11, 27)).days + 1
SECOND = (date(2025, 2, 18) - date(2024, 11, 27)).days + 1
LEGS = ("withdrawal", "deployment")

COMPARISONS = [
    ("IL24-01 from 04:00 on", ("2024-11-27T04:00:00+02:00", "04:00", "day 1"),
     lambda: (deal.starts.isoformat(), str(deal.due_hour), deal.obligations["halt"].due)),
    ("IL24-03, IL24-04 within 60 days", (61, {f"day {FIRST}"}),
     lambda: (FIRST, {deal.obligations[key].due for key in LEGS})),
    ("IL24-03 who leaves, and to where", ("israel", "blue_line"),
     lambda: (deal.obligations["withdrawal"].by, deal.obligations["withdrawal"].to_line)),
    ("IL24-04 who deploys", ("lebanon", 10000, "soldiers"),
     lambda: (deal.obligations["deployment"].by, deal.obligations["deployment"].units,
              deal.obligations["deployment"].unit)),
    ("IL24-03, IL24-04 in step", ([*LEGS], 0),
     lambda: (deal.exchanges["in_step"].legs, deal.exchanges["in_step"].lead)),
    ("IL24-05 put off by 23 days, together", (23, f"day {SECOND}", {"israel", "lebanon"}, {*LEGS}),
     lambda: (SECOND - FIRST, deal.powers["extend"].to, {*deal.powers["extend"].by}, {*deal.powers["extend"].what})),
    ("nobody is owed people, Hezbollah owes nothing", ({}, {"israel", "lebanon"}),
     lambda: (dict(deal.people), {o.by for o in deal.obligations.values()})),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "found"), COMPARISONS, ids=[name for name, _, _ in COMPARISONS])
def test_the_document_says_what_the_second_reader_read(name, expected, found):
    assert found() == expected


def test_every_clause_is_carried_or_left_out_with_a_reason():
    assert DEAL.missing(CLAUSES) == []


def test_as_written_both_move_on_the_first_date():
    run = DEAL.run("as-written")
    assert [run.met(key) for key in LEGS] == [FIRST, FIRST]
    assert (run.end, run.outcomes["delivered_deployment"]) == ("completed", 10000)


def test_refused_put_off_and_refused_again_leaves_one_side_late_on_the_second_date_alone():
    run = DEAL.run("refused-twice")
    assert [run.met(key) for key in LEGS] == [None, None]
    assert (run.outcomes["broken_israel"], run.outcomes["broken_lebanon"]) == (1, 0)
    assert run.end == "standing"


@pytest.mark.parametrize(("used", "late_on"), [(0, FIRST + 1), (1, SECOND + 1)])
def test_it_is_late_on_the_first_date_unless_that_is_put_off(used, late_on):
    plan = compile_plan(resolve("lebanon-2024/refused-twice", {"behaviour.powers.extend.used": used}))
    late = [one for one in history_of(plan).all("obligation_late") if one.subject == "withdrawal"]
    minutes = (late_on - 1) * 1440 - 4 * 60
    assert [one.minute for one in late] == [minutes]
