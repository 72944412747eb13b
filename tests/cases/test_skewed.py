"""A mean that rests on few replicates is told as such, beside its interval."""

from __future__ import annotations

import io

import numpy as np
import pytest
from rich.console import Console

from sim.analysis.compare import Design, compare
from sim.report.terminal import print_comparison
from sim.statistics.moments import Moments
from tests.builders import tiny

N = 200


def found(values: np.ndarray) -> bool:
    """Whether the mean of these values is said to rest on few of them."""
    moments = Moments(("disputes",))
    moments.add(values.reshape(-1, 1).astype(np.int64))
    return moments.rests_on_few(0)


@pytest.mark.case(
    "R32",
    before="t intervals of very skewed outcomes cover 92 % at n = 200 without a word",
    after="their means are named as resting on few replicates",
)
def test_very_skewed_values_are_found_and_symmetric_ones_are_not():
    generator = np.random.default_rng(1)
    skewed = [found(1000 * generator.lognormal(0, 1.5, N)) for _ in range(200)]
    even = [found(1000 * generator.normal(size=N)) for _ in range(200)]
    assert sum(skewed) > 180
    assert sum(even) == 0


def test_a_rare_outcome_is_found_and_a_common_one_is_not():
    assert found(np.arange(N) < 2)
    assert found(np.arange(N) >= 2)
    assert not found(np.arange(N) < 40)
    assert not found(np.full(N, 7))
    assert not found(np.array([3]))


def test_the_tables_name_what_rests_on_few_runs():
    scenario = tiny("""
    deal: {obligations: {road: {kind: access, by: south, due: day 2}}}
    behaviour: {parties: {south: {default: {refused: 0.01}}}}
    """)
    comparison = compare(Design(scenario, [], n=N, seed=1))
    assert "disputes" in comparison.baseline.few
    console = Console(file=io.StringIO(), width=200)
    print_comparison(comparison, console)
    told = console.file.getvalue()
    assert "Means that rest on few runs" in told
    assert "Disputes" in told.split("Means that rest on few runs")[1]
