"""Histories that part at levels: copies of the state, their weights, and the chance of a goal."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.rare.split import Levels, Splitter, address_of, weights_of
from sim.engine.batch import simulate_outcomes
from sim.outcomes.columns import columns
from sim.outcomes.so_far import OF_STEPS
from sim.plan.codes import NONE
from sim.plan.compile import compile_plan
from sim.reading.resolve import resolve

LEVELS = Levels(OF_STEPS, NONE, (1040, 2050, 2060), (3, 2, 4))


@pytest.fixture(scope="module")
def plan():
    return compile_plan(resolve("january-2025/baseline"))


@pytest.mark.parametrize("name", ["january-2025/baseline", "october-2025/baseline", "iran-iraq-1988/baseline"])
def test_copy_0_goes_on_as_if_nothing_had_been_copied(name):
    plan = compile_plan(resolve(name))
    levels = Levels(OF_STEPS, NONE, (1024, 1026, 1028), (3, 2, 4))
    found = Splitter(plan).run(levels, 5, 0, 60)
    own = (found.paths[:, 1:4] == 0).all(1)
    assert len(found.outcomes) > 2 * own.sum() > 0
    assert found.outcomes[own].tolist() == simulate_outcomes(plan, 5, 0, 60).tolist()


def test_copies_draw_anew_and_have_addresses_of_their_own(plan):
    found = Splitter(plan).run(LEVELS, 5, 0, 60)
    assert len({address_of(path) for path in found.paths}) == len(found.paths)
    for replicate in np.unique(found.replicate[found.level > 0])[:20]:
        assert len(np.unique(found.outcomes[found.replicate == replicate], axis=0)) > 1


def test_weights_add_up_to_one_for_each_replicate_and_leave_means_as_they_are(plan):
    found = Splitter(plan).run(LEVELS, 7, 0, 3000)
    weights = weights_of(LEVELS, found)
    assert np.bincount(found.replicate, weights).tolist() == pytest.approx([1.0] * 3000)
    column = columns(plan).index("hostages_living_released")
    split = np.bincount(found.replicate, weights * found.outcomes[:, column])
    plain = simulate_outcomes(plan, 8, 0, 3000)[:, column]
    error = np.sqrt(split.var() / 3000 + plain.var() / 3000)
    assert abs(split.mean() - plain.mean()) < 4.5 * error
