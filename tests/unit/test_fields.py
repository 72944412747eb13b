"""Columns, fields of a trace and uniforms are taken by name, and each name is the place that it always was."""

import re
from pathlib import Path

import pytest

from sim.document.measured import FIXED, PER_PARTY, Column, PartyColumn
from sim.plan import codes

SIM = Path(codes.__file__).parents[1]
COMPILED = [file for room in ("rules", "guarantees") for file in sorted((SIM / room).glob("*.py"))]
OTHERS = [SIM / "outcomes/measure.py", SIM / "outcomes/story.py", *sorted((SIM / "analysis/decided").glob("*.py"))]
BY_NUMBER = re.compile(r"\brow\[\d|\bcause\[\d|events\[[^\]\n]*, \d+\]|rows\[[^\]\n]*\]\[\d")


@pytest.mark.parametrize("file", [*COMPILED, *OTHERS], ids=lambda file: file.relative_to(SIM).as_posix())
def test_no_field_is_taken_by_its_number(file):
    assert BY_NUMBER.findall(file.read_text()) == []


def test_numbers_of_columns_and_fields_are_those_of_stored_results():
    assert FIXED[Column.CAPTIVE_DAYS] == "captive_days"
    assert FIXED[Column.HOSTAGES_DIED_IN_CAPTIVITY] == "hostages_died_in_captivity"
    assert [column.value for column in Column] == list(range(25))
    assert PER_PARTY[PartyColumn.LARGEST_LEAD] == "largest_lead"
    assert [column.value for column in PartyColumn] == list(range(7))
    assert (codes.FIELD_MINUTE, codes.FIELD_CAUSE, codes.FIELD_AFTER) == (0, 4, 6)
