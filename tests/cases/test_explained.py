"""What `explain` prints of outcomes: in the words of the tables, with the digits that a reader needs."""

import re

import pytest
from click.testing import CliRunner

from sim.cli.commands import main
from sim.report.words import OUTCOMES


@pytest.mark.case(
    "O16",
    before="explain tells 'captive_days  4640.12  8281.06': raw keys, six digits",
    after="outcomes in the words of all tables, numbers with thousands marked, differences with their sign",
)
@pytest.mark.parametrize("variant", ["january-2025/no-guarantors", "january-2025/talks-never-open"])
def test_outcomes_that_differ_are_told_in_words(variant):
    arguments = ["explain", "january-2025/baseline", variant, "--replicate", "802"]
    told = CliRunner().invoke(main, arguments, env={"COLUMNS": "100"}).stdout
    rows = told.split("\n\n")[-1].splitlines()[1:]
    assert rows
    for row in rows:
        words, *numbers = re.split(r"\s{2,}", row.strip())
        assert "_" not in words
        assert words in OUTCOMES.values() or ": " in words
        assert len(numbers) == 3
        assert all(re.fullmatch(r"[+-]?\d{1,3}(,\d{3})*(\.\d\d)?", number) for number in numbers)
        assert numbers[2][0] in "+-"
