"""Every shipped scenario gives the same outcomes everywhere, to the last bit."""

import json

import numpy as np
import pytest

from sim.deal.catalogue import scenarios
from tests.regression.digests import FILE, digest, rows_of

STORED = json.loads(FILE.read_text())
RENEW = "outcomes moved: if that is meant, run python tests/regression/digests.py, and note it in CHANGELOG.md"


@pytest.mark.parametrize("name", STORED)
def test_outcomes_are_those_of_the_table(name):
    names, rows = rows_of(name)
    assert digest(names, rows, STORED[name]["columns"]) == STORED[name]["digest"], RENEW


def test_every_shipped_scenario_is_in_the_table():
    assert {entry.name for entry in scenarios()} == set(STORED), RENEW


def test_a_moved_outcome_changes_the_digest_and_a_new_column_does_not():
    names, rows = ("a", "b"), np.arange(6).reshape(3, 2)
    before = digest(names, rows, ["a", "b"])
    assert digest(("new", "b", "a"), np.stack([rows[:, 0] * 7, rows[:, 1], rows[:, 0]], axis=1), ["a", "b"]) == before
    rows[2, 1] += 1
    assert digest(names, rows, ["a", "b"]) != before
