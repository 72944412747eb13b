"""The tables of mechanisms name the same ones, scenarios that ask a question, and cases that exist."""

from pathlib import Path

import pytest

from sim.reading.catalogue import scenarios
from tests.property import test_mechanisms

DOCS = Path(__file__).parents[2] / "docs"


def rows_of(page: str) -> list[list[str]]:
    lines = (DOCS / page).read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and not line.startswith("| mechanism")]
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in rows]


ROWS = rows_of("mechanisms.md")
CASE_OF = dict(rows_of("development/mechanisms.md"))
QUESTIONS = {entry.name: entry.question for entry in scenarios()}
CASES = {case.name for case in test_mechanisms.CASES} | {name for name in dir(test_mechanisms) if "test_" in name}


def test_the_tables_are_read_and_name_the_same_mechanisms():
    assert len(ROWS) > 30
    assert {len(row) for row in ROWS} == {3}
    assert [row[0] for row in ROWS] == list(CASE_OF)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_mechanism_has_a_scenario_with_a_question_and_a_case(row):
    mechanism, _, scenario = row
    assert QUESTIONS[scenario].endswith("?")
    assert CASE_OF[mechanism] in CASES
