"""Every shipped scenario gives the same outcomes everywhere, to the last bit."""

import json

import numpy as np
import pytest

from sim.plan.codes import End
from sim.reading.catalogue import scenarios
from tests.regression.digests import FILE, TOLD, N, current, digest, entry_of, moved, rows_of

STORED = json.loads(FILE.read_text())
RENEW = (
    "if that is meant, run python tests/regression/digests.py, and note it in CHANGELOG.md; "
    "python tests/regression/moved.py COMMIT tells more"
)


@pytest.mark.parametrize("name", STORED)
def test_outcomes_are_those_of_the_table(name):
    told = moved(STORED[name], current(name, STORED[name]))
    assert not told, f"{name} moved {told}; {RENEW}"


def test_every_shipped_scenario_is_in_the_table():
    assert {entry.name for entry in scenarios()} == set(STORED), RENEW


def test_a_moved_outcome_changes_the_digest_and_a_new_column_does_not():
    names, rows = ("a", "b"), np.arange(6).reshape(3, 2)
    before = digest(names, rows, ["a", "b"])
    assert digest(("new", "b", "a"), np.stack([rows[:, 0] * 7, rows[:, 1], rows[:, 0]], axis=1), ["a", "b"]) == before
    rows[2, 1] += 1
    assert digest(names, rows, ["a", "b"]) != before


def test_what_moved_is_told_from_what_to_what_in_published_units():
    names = (*TOLD, "incidents")
    rows = np.zeros((10, len(names)), np.int64)
    rows[:, names.index("end")] = End.COMPLETED
    before = entry_of(names, rows)
    assert moved(before, entry_of(names, rows.copy())) == ""
    rows[:5, names.index("truce_days")] = 1440
    rows[0, names.index("end")] = End.COLLAPSED
    shown = f"over {N} replicates: truce_days 0.0 -> 0.5, completed (%) 100.0 -> 90.0, collapsed (%) 0.0 -> 10.0"
    assert moved(before, entry_of(names, rows)) == shown
    rows[:, names.index("truce_days")] = 0
    rows[:, names.index("end")] = End.COMPLETED
    rows[0, names.index("incidents")] = 1
    assert moved(before, entry_of(names, rows)) == f"no mean over {N} replicates, single outcomes only"


def test_means_that_were_changed_by_hand_are_noticed():
    name = next(iter(STORED))
    changed = STORED[name] | {"means": STORED[name]["means"] | {"disputes": -1.0}}
    assert "disputes -1.0 -> " in moved(changed, entry_of(*rows_of(name), STORED[name]["columns"].split()))
