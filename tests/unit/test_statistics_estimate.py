"""Estimates, exact sums and curves, on cases worked by hand."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from sim.statistics.curves import bands, kaplan_meier
from sim.statistics.estimate import Estimate, holm, mean_estimate, p_value, share_estimate
from sim.statistics.moments import LARGEST, Moments, exact_sums


def test_t_interval_of_three_values_is_the_one_in_the_tables():
    estimate = mean_estimate(2.0, 1 / math.sqrt(3), 3)  # 1, 2, 3; t at 2 degrees of freedom is 4.3027
    assert estimate.low == pytest.approx(2 - 4.302653 / math.sqrt(3), abs=1e-5)
    assert estimate.half_width == pytest.approx(4.302653 / math.sqrt(3), abs=1e-5)


def test_one_replicate_has_a_value_and_no_interval():
    estimate = mean_estimate(4.0, 0.0, 1)
    assert estimate.value == 4.0
    assert math.isnan(estimate.low)
    assert math.isnan(estimate.high)


def test_exact_interval_of_no_case_in_ten_reaches_31_percent():
    estimate = share_estimate(0, 10)
    assert estimate.low == 0.0
    assert estimate.high == pytest.approx(1 - 0.025**0.1)


@pytest.mark.parametrize(("low", "high", "excludes"), [(-1, 2, False), (0, 2, False), (0.1, 2, True), (-3, -0.1, True)])
def test_an_interval_excludes_zero_only_from_one_side(low, high, excludes):
    assert Estimate(0.5, low, high, 9).excludes_zero is excludes


def test_p_value_is_that_of_the_one_sample_t_test():
    sample = np.array([1.0, -2.0, 4.0, 3.0, 0.5])
    error = sample.std(ddof=1) / math.sqrt(5)
    assert p_value(sample.mean(), error, 5) == pytest.approx(stats.ttest_1samp(sample, 0).pvalue)


def test_p_value_of_a_difference_that_is_always_zero_is_one_and_of_one_that_never_varies_is_zero():
    assert p_value(0.0, 0.0, 100) == 1.0
    assert p_value(2.0, 0.0, 100) == 0.0
    assert p_value(2.0, 0.0, 1) == 1.0


def test_holm_multiplies_the_smallest_by_all_and_never_decreases():
    # sorted 0.01 * 4, 0.02 * 3 = 0.06, 0.03 * 2 = 0.06, 0.04 * 1 -> 0.06
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])


def test_holm_stays_within_one_and_leaves_a_single_question_alone():
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([0.03]) == [0.03]


def test_sums_are_exact_where_floats_and_64_bits_are_not():
    rows = np.array([[LARGEST - 1, -3], [LARGEST - 3, 5], [-(LARGEST - 1), 1 << 25]], np.int64)
    sums, squares = exact_sums(rows)
    assert sums.tolist() == [sum(column) for column in zip(*rows.tolist(), strict=True)]
    assert squares.tolist() == [sum(v * v for v in column) for column in zip(*rows.tolist(), strict=True)]


def test_sums_are_exact_over_more_rows_than_one_part_holds():
    rows = np.full((20_000, 1), -(LARGEST - 1), np.int64)
    sums, squares = exact_sums(rows)
    assert sums[0] == -20_000 * (LARGEST - 1)
    assert squares[0] == 20_000 * (LARGEST - 1) ** 2


def test_values_beyond_the_exact_range_are_refused():
    with pytest.raises(ValueError, match=r"must lie within 2\*\*47 of 0"):
        exact_sums(np.array([[LARGEST]], np.int64))


def test_any_order_and_split_gives_the_same_bits():
    rows = np.random.default_rng(0).integers(-(10**12), 10**12, (60, 2))
    parts = [rows[:1], rows[1:30], rows[30:41], rows[41:]]
    seen = set()
    for order in itertools.permutations(range(4)):
        whole = Moments(("disputes", "captive_days"))
        for i in order:
            part = Moments(whole.names)
            part.add(parts[i])
            whole.merge(part)
        seen.add((repr(whole.estimate(0)), repr(whole.estimate(1)), whole.range(0), tuple(whole.n_above)))
    at_once = Moments(("disputes", "captive_days"))
    at_once.add(rows)
    assert seen == {(repr(at_once.estimate(0)), repr(at_once.estimate(1)), at_once.range(0), tuple(at_once.n_above))}


def test_variance_does_not_cancel_far_from_zero():
    moments = Moments(("disputes",))
    moments.add(10**13 + np.array([[0], [1], [2]]))
    assert Fraction(moments.scatter(0), 3 * 2) == 1


def test_moments_come_in_published_units_with_range_and_signs():
    moments = Moments(("dispute_days", "disputes"))
    moments.add(np.array([[1440, -1], [4320, 0], [0, 4]]))
    assert moments.estimate(0).value == pytest.approx(4 / 3)
    assert moments.range(0) == (0.0, 3.0)
    assert moments.range(1) == (-1.0, 4.0)
    assert moments.n_above.tolist() == [2, 1]
    assert moments.n_below.tolist() == [0, 1]


def test_moments_without_replicates_or_of_other_columns_are_refused():
    moments = Moments(("disputes",))
    with pytest.raises(ValueError, match="no replicates"):
        moments.estimate(0)
    with pytest.raises(ValueError, match="columns differ: disputes, incidents"):
        moments.merge(Moments(("incidents",)))


def test_bands_are_the_inverted_cdf_of_numpy():
    values = np.random.default_rng(1).binomial(9, 0.4, size=(40, 3))  # replicates by day
    counts = np.stack([np.bincount(values[:, day], minlength=10) for day in range(3)])
    found = bands(counts)
    for name, q in {"median": 0.5, "low_50": 0.25, "high_50": 0.75, "low_90": 0.05, "high_90": 0.95}.items():
        assert getattr(found, name).tolist() == np.quantile(values, q, axis=0, method="inverted_cdf").tolist(), name


def test_survival_of_four_deals_worked_by_hand():
    # day 1: one of four fails -> 3/4; day 2: one censored; day 3: one of two fails -> 3/8; the last is censored
    survival = kaplan_meier(np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]))
    assert survival.share.tolist() == [1.0, 0.75, 0.75, 0.375]


def test_survival_and_its_interval_are_those_of_scipy():
    failed, censored = np.array([0, 3, 0, 2, 5, 1]), np.array([0, 0, 4, 1, 0, 9])
    survival = kaplan_meier(failed, censored)
    days = np.arange(6)
    sample = stats.CensoredData(uncensored=np.repeat(days, failed), right=np.repeat(days, censored))
    curve = stats.ecdf(sample).sf
    interval = curve.confidence_interval(0.95, method="log-log")
    assert survival.share == pytest.approx(curve.evaluate(days))
    assert survival.low[1:] == pytest.approx(interval.low.evaluate(days[1:]))
    assert survival.high[1:] == pytest.approx(interval.high.evaluate(days[1:]))


def test_survival_when_everybody_fails_reaches_zero_without_an_interval():
    survival = kaplan_meier(np.array([0, 2, 1]), np.array([0, 0, 0]))
    assert survival.share.tolist() == [1.0, pytest.approx(1 / 3), 0.0]
    assert math.isnan(survival.low[2])
    assert math.isnan(survival.low[0])
