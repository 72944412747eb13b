"""The committed results: untouched, and what the documents and rules of today give."""

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.engine.batch import simulate_block
from sim.reading.resolve import resolve
from sim.reading.store import resolved_hash
from sim.results.folder import verify

FOLDER = Path(__file__).parents[2] / "results" / "january-2025"
RENEW = "numbers moved: if that is meant, renew the folder as results/README.md says, and note it in CHANGELOG.md"
SCENARIOS = ("january-2025/baseline", "january-2025/talks-start-day-4", "january-2025/no-guarantors")


def keys() -> list[str]:
    return sorted(sim.load(FOLDER).scenarios)


def test_every_file_is_as_it_was_written():
    assert verify(FOLDER) == []


@pytest.mark.parametrize("place", range(len(SCENARIOS)))
def test_the_rows_are_what_todays_documents_and_rules_give(place):
    results = sim.load(FOLDER)
    key = keys()[place]
    today = resolve(SCENARIOS[place])
    assert resolved_hash(results.document(key)) == resolved_hash(today), RENEW
    (stored,) = results.blocks(key)
    again = simulate_block(results.plan(key), results.manifest["seed"], stored.first, len(stored.outcomes))
    assert np.array_equal(stored.outcomes, again.outcomes), RENEW


def test_a_moved_number_is_noticed():
    results = sim.load(FOLDER)
    (stored,) = results.blocks(keys()[0])
    again = simulate_block(results.plan(keys()[0]), results.manifest["seed"] + 1, 0, len(stored.outcomes))
    assert not np.array_equal(stored.outcomes, again.outcomes)
