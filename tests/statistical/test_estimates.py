"""Coverage: intervals against distributions whose truth is known.

Every study below is one row of a matrix of independent draws. A share of misses among 4,000 studies has a standard
error of at most 0.35 percentage points at 5 %; the margins are 5 standard errors, which err about once in 1.7 million.
"""

import math

import numpy as np
import pytest
from scipy import stats

from sim.statistics.estimate import mean_estimate, share_estimate
from sim.statistics.moments import Moments
from sim.statistics.stopping import StoppingRule

pytestmark = pytest.mark.statistical
STUDIES = 4000
ALPHA = 0.05
MARGIN = 5 * math.sqrt(ALPHA * (1 - ALPHA) / STUDIES)


def running_intervals(draws, looks):
    """Mean and half-width of each study (row) at each look (n, confidence), as `mean_estimate` computes them."""
    for n, confidence in looks:
        seen = draws[:, :n]
        reach = stats.t.isf((1 - confidence) / 2, n - 1) * seen.std(axis=1, ddof=1) / math.sqrt(n)
        yield seen.mean(axis=1), reach


def miss_share_when_stopped(draws, truth, looks, half_width):
    """Share of studies whose interval misses the truth at the look where it is first narrow enough, or the last."""
    running, missed = np.ones(len(draws), bool), np.zeros(len(draws), bool)
    for mean, reach in running_intervals(draws, looks):
        missed[running] = (np.abs(mean - truth) > reach)[running]
        running &= reach > half_width
    return missed.mean()


def miss_share_at_any_look(draws, truth, looks):
    """Share of studies whose interval misses the truth at one look or more."""
    return np.any([np.abs(mean - truth) > reach for mean, reach in running_intervals(draws, looks)], axis=0).mean()


def waiting_times(n):
    """Exponential with mean 1: small samples of small values have a small spread, which tempts one to stop."""
    return np.random.default_rng(11).exponential(1.0, (STUDIES, n))


def test_the_running_intervals_are_those_of_mean_estimate():
    sample = waiting_times(50)[:1]
    ((mean, reach),) = running_intervals(sample, [(50, 0.9)])
    estimate = mean_estimate(sample.mean(), sample.std(ddof=1) / math.sqrt(50), 50, 0.9)
    assert (estimate.value, estimate.half_width) == pytest.approx((mean[0], reach[0]))


def test_the_rule_covers_under_repeated_looks():
    rule = StoppingRule({"waiting": 0.15}, most=2048, first=64)
    assert miss_share_when_stopped(waiting_times(2048), 1.0, list(rule.looks()), 0.15) <= ALPHA + MARGIN


def test_stopping_a_plain_interval_as_soon_as_it_is_narrow_under_covers():
    looks = [(n, 0.95) for n in range(8, 513, 4)]
    assert miss_share_when_stopped(waiting_times(512), 1.0, looks, 0.25) > ALPHA + MARGIN


def test_the_intervals_of_the_rule_cover_at_all_looks_at_once():
    draws = np.random.default_rng(12).normal(3.0, 2.0, (STUDIES, 4096))
    looks = list(StoppingRule({}, most=4096, first=64).looks())
    assert len(looks) == 7
    assert miss_share_at_any_look(draws, 3.0, looks) <= ALPHA + MARGIN


def test_plain_intervals_miss_at_one_of_many_looks_far_more_often():
    draws = np.random.default_rng(12).normal(3.0, 2.0, (STUDIES, 4096))
    looks = [(64 * 2**k, 0.95) for k in range(7)]
    assert miss_share_at_any_look(draws, 3.0, looks) > 2 * ALPHA


def test_mean_interval_covers_at_a_fixed_n():
    draws = np.random.default_rng(13).binomial(30, 0.3, (STUDIES, 200))
    missed = 0
    for row in draws:
        moments = Moments(("disputes",))
        moments.add(row[:, None])
        estimate = moments.estimate(0)
        missed += not estimate.low <= 9.0 <= estimate.high
    assert abs(missed / STUDIES - ALPHA) <= MARGIN


def test_exact_interval_of_a_share_never_covers_less_than_it_says():
    n, p = 60, 0.04
    counts = np.arange(n + 1)
    estimates = [share_estimate(int(count), n) for count in counts]
    missing = [count for count, e in zip(counts, estimates, strict=True) if not e.low <= p <= e.high]
    assert 0 < stats.binom.pmf(missing, n, p).sum() <= ALPHA
