"""The table of mechanisms names scenarios that ask a question and cases that exist."""

from pathlib import Path

import pytest

from sim.reading.catalogue import scenarios
from tests.property import test_mechanisms

PAGE = Path(__file__).parents[2] / "docs" / "mechanisms.md"
ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split("|")]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| mechanism")
]
QUESTIONS = {entry.name: entry.question for entry in scenarios()}
CASES = {case.name for case in test_mechanisms.CASES} | {name for name in dir(test_mechanisms) if "test_" in name}


def test_the_table_is_read():
    assert len(ROWS) > 30
    assert {len(row) for row in ROWS} == {4}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_mechanism_has_a_scenario_with_a_question_and_a_case(row):
    _, _, scenario, case = row
    assert QUESTIONS[scenario].endswith("?")
    assert case in CASES
