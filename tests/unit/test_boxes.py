"""Boxes by peeling: planted ones are found with their limits and no others, and noise has none."""

import numpy as np
import pytest
from scipy.stats import binom

from sim.analysis.discover.boxes import Box, chosen, fit, is_worth_telling, peel, pruned, quasi_p

N, UNKNOWNS = 1500, 8
PLANTED = Box(
    np.array([-np.inf, 0.4, *[-np.inf] * 6]), np.array([np.inf, np.inf, np.inf, 0.5, *[np.inf] * 4])
)  # fmt: skip
"""Unknown 1 above 0.4 and unknown 3 below 0.5: 0.3 of all points."""


def drawn(seed, inside, outside):
    """Points on the unit cube and whether it happens in each: with one chance in the planted box, another outside."""
    chance = np.random.default_rng(seed)
    points = chance.random((N, UNKNOWNS))
    share = np.where(PLANTED.holds(points), inside, outside)
    return points, (chance.random(N) < share).astype(float)


def found(seed, inside, outside, coverage):
    """The box of one half of the points, as the other half has it."""
    one, other = drawn(2 * seed, inside, outside), drawn(2 * seed + 1, inside, outside)
    box = pruned(chosen(peel(*one), *one, coverage), *other)
    return box, fit(box, *other), float(other[1].mean())


def test_a_sharp_box_is_found_whole():
    box, on_fresh, base = found(1, 1.0, 0.0, 0.9)
    assert box.limits() == [(1, "low"), (3, "high")]
    assert on_fresh.coverage > 0.9
    assert on_fresh.density > 0.9
    assert is_worth_telling(on_fresh, base)


@pytest.mark.parametrize("seed", range(4))
def test_a_soft_box_is_found_with_its_two_limits_and_no_other(seed):
    box, on_fresh, base = found(seed, 0.7, 0.1, 0.5)
    assert box.limits() == [(1, "low"), (3, "high")]
    assert on_fresh.density == pytest.approx(0.7, abs=0.05)
    assert is_worth_telling(on_fresh, base)


@pytest.mark.slow
def test_noise_has_no_box_in_95_of_100_seeds():
    told = 0
    for seed in range(100):
        box, on_fresh, base = found(1000 + seed, 0.23, 0.23, 0.5)
        told += bool(box.limits()) and is_worth_telling(on_fresh, base)
    assert told <= 5


def test_a_quasi_p_is_the_tail_of_a_binomial():
    points, happens = drawn(5, 0.7, 0.1)
    box = Box(PLANTED.low, np.full(UNKNOWNS, np.inf))
    inside = box.holds(points)
    tail = binom.sf(happens[inside].sum() - 1, inside.sum(), happens.mean())
    assert quasi_p(box, points, happens) == {(1, "low"): pytest.approx(tail)}
    assert pruned(box, points, happens).limits() == [(1, "low")]
    assert quasi_p(Box.whole(UNKNOWNS), points, happens) == {}
