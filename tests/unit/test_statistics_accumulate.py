"""Accumulators of one scenario and of a comparison, on rows written by hand."""

import numpy as np
import pytest

from sim.outcomes.by_day import ByDay
from sim.plan.codes import End
from sim.statistics.accumulate import Accumulator
from sim.statistics.moments import Moments
from sim.statistics.paired import DISTINCT, Examples, PairedAccumulator

NAMES = ("disputes", "end_day", "end", "root_event", "root_subject")
CURVES = ByDay(np.array([0, 8, 16, 24]), np.array([2, 2, 2]), 3, np.array([1, 1, 1]))  # days 0 to 3, one person each
ROWS = np.array(
    [
        [0, 3, End.STANDING, 44, 0],
        [2, 1, End.COLLAPSED, 7, 5],
        [4, 1, End.COLLAPSED, 7, 5],
        [2, 2, End.COMPLETED, 35, 0],
    ]
)


def filled(rows=ROWS):
    accumulator = Accumulator(NAMES, CURVES)
    accumulator.add(rows, CURVES.empty(), 0)
    return accumulator


def test_codes_are_not_estimated():
    assert list(filled().estimates()) == ["disputes", "end_day"]


def test_mean_of_disputes_is_two():
    estimate = filled().estimates()["disputes"]
    assert (estimate.value, estimate.n) == (2.0, 4)
    assert estimate.high == pytest.approx(2 + 3.182446 * (8 / 3) ** 0.5 / 2, abs=1e-5)


def test_ends_add_up_to_all_replicates():
    ends = filled().ends()
    assert {name: count for name, (count, _) in ends.items()} == {
        "completed": 1,
        "collapsed": 2,
        "lapsed": 0,
        "standing": 1,
    }
    assert ends["collapsed"][1].value == 0.5


def test_incidence_rises_on_the_day_of_the_end():
    incidence = filled().incidence()
    assert incidence["collapsed"].tolist() == [0, 0.5, 0.5, 0.5]
    assert incidence["completed"].tolist() == [0, 0, 0.25, 0.25]


def test_a_completed_deal_keeps_its_truce_to_the_horizon():
    assert filled().survival().share.tolist() == [1.0, 0.5, 0.5, 0.5]
    completed_first = np.array([[0, 1, End.COMPLETED, 35, 0], [0, 2, End.COLLAPSED, 7, 5]])
    assert filled(completed_first).survival().share.tolist() == [1.0, 1.0, 0.5, 0.5]


def test_root_causes_are_counted_with_their_end():
    assert filled().roots[(End.COLLAPSED, 7, 5)] == 2


def test_blocks_merge_in_any_order_to_the_same_result():
    one, other = filled(ROWS[:1]), filled(ROWS[1:])
    one.merge(other)
    back = filled(ROWS[1:])
    back.merge(filled(ROWS[:1]))
    assert repr(one.estimates()) == repr(back.estimates()) == repr(filled().estimates())
    assert one.ends_by_day == back.ends_by_day == filled().ends_by_day
    assert one.roots == back.roots == filled().roots


def test_bands_follow_the_histogram():
    accumulator = Accumulator(NAMES, CURVES)
    histogram = CURVES.empty()
    histogram[0] += 4  # four replicates begin with nobody released
    histogram[2 * 2] -= 3  # on day 2 three of them release one person
    histogram[2 * 2 + 1] += 3
    accumulator.add(ROWS, histogram, 0)
    bands, mean = accumulator.released(0)
    assert bands.median.tolist() == [0, 0, 1, 1]
    assert bands.low_90.tolist() == [0, 0, 0, 0]
    assert mean.tolist() == [0, 0, 0.75, 0.75]


PAIRED = ("incidents", "disputes", "end")


def paired(baseline, variant, first=0, names=PAIRED):
    accumulator = PairedAccumulator(PAIRED, names, "disputes")
    accumulator.add(np.array(baseline), np.array(variant), first)
    return accumulator


def test_identical_scenarios_differ_by_exactly_zero_and_have_no_variance_ratio():
    rows = np.random.default_rng(2).integers(0, 50, (30, 3))
    for difference in paired(rows, rows).differences().values():
        assert (difference.estimate.value, difference.estimate.low, difference.estimate.high) == (0.0, 0.0, 0.0)
        assert difference.variance_ratio is None
        assert difference.p_value == 1.0
        assert difference.share_above == difference.share_below == 0


def test_variance_ratio_worked_by_hand():
    # baseline 1, 2, 3 (variance 1), variant 2, 4, 3 (variance 1), difference 1, 2, 0 (variance 1): ratio 2
    difference = paired([[0, 1, 0], [0, 2, 0], [0, 3, 0]], [[0, 2, 0], [0, 4, 0], [0, 3, 0]]).differences()["disputes"]
    assert difference.estimate.value == 1.0
    assert difference.variance_ratio == 2.0
    assert difference.share_above == pytest.approx(2 / 3)


def test_difference_is_variant_minus_baseline():
    assert paired([[0, 5, 0]], [[0, 3, 0]]).differences()["disputes"].estimate.value == -2.0


def test_only_common_columns_are_compared_wherever_they_stand():
    accumulator = paired([[9, 5, 0]], [[7, 1, 4]], names=("disputes", "end", "released_nobody"))
    assert accumulator.names == ("disputes",)
    assert accumulator.differences()["disputes"].estimate.value == 2.0


def test_other_replicates_cannot_be_paired():
    with pytest.raises(ValueError, match="must be the same in both scenarios, got 2 and 1"):
        paired([[0, 1, 0], [0, 2, 0]], [[0, 1, 0]])


def test_moments_that_are_there_already_give_the_same_as_rows():
    names = ("disputes", "released_nobody", "incidents")
    baseline, variant = np.array([[0, 1, 0], [4, 2, 1], [1, 7, 2]]), np.array([[2, 5, 0], [4, 6, 5], [3, 8, 1]])
    whole = paired(baseline, variant, names=names)
    apart, of_baseline, of_variant = PairedAccumulator(PAIRED, names, "disputes"), Moments(PAIRED), Moments(names)
    apart.add_differences(baseline, variant, 0)
    of_baseline.add(baseline)
    with pytest.raises(ValueError, match="must be the same, got 3, 0 and 3 differences"):
        apart.count_scenarios(of_baseline, of_variant)
    of_variant.add(variant)
    apart.count_scenarios(of_baseline, of_variant)
    assert apart.differences() == whole.differences()
    assert apart.examples.chosen() == whole.examples.chosen()


def test_an_example_needs_a_common_outcome():
    with pytest.raises(ValueError, match="no outcome 'end' in both scenarios; choose from incidents, disputes"):
        PairedAccumulator(PAIRED, PAIRED, "end")


def test_examples_name_the_first_replicate_of_each_kind():
    examples = Examples("disputes")
    examples.add(np.array([1, -2, 1, 5, -2]), first=100)
    chosen = examples.chosen()
    assert (chosen["lowest"].replicate, chosen["lowest"].difference) == (101, -2.0)
    assert (chosen["median"].replicate, chosen["median"].difference) == (100, 1.0)
    assert (chosen["highest"].replicate, chosen["highest"].difference) == (103, 5.0)


def test_the_median_of_an_even_number_is_the_lower_one():
    examples = Examples("disputes")
    examples.add(np.array([40, 10, 30, 20]), first=0)
    assert examples.chosen()["median"].replicate == 3


def test_among_equal_differences_the_smallest_replicate_is_shown_whichever_block_came_first():
    examples = Examples("disputes")
    examples.add(np.array([5, -2, 0]), first=100)
    examples.add(np.array([0, 5, -2]), first=0)
    assert {which: example.replicate for which, example in examples.chosen().items()} == {
        "lowest": 2,
        "median": 0,
        "highest": 1,
    }


def test_examples_come_in_the_published_unit():
    examples = Examples("dispute_days")
    examples.add(np.array([-1440]), first=0)
    assert examples.chosen()["lowest"].difference == -1.0


def test_many_distinct_differences_are_told_apart_up_to_a_width_that_order_does_not_change():
    differences = np.random.default_rng(3).permutation(np.arange(-30_000, 20_000) * 7)
    parts = np.array_split(differences, 5)
    starts = np.cumsum([0, *map(len, parts)])[:5]

    def merged(order):
        whole = Examples("disputes")
        for i in order:
            part = Examples("disputes")
            part.add(parts[i], int(starts[i]))
            whole.merge(part)
        return whole

    one, other = merged(range(5)), merged([3, 0, 4, 2, 1])
    assert one == other
    assert one.width > 1
    assert len(one.seen) <= DISTINCT
    median = one.chosen()["median"]
    assert abs(differences[median.replicate] - np.sort(differences)[24_999]) <= one.width


def test_merged_comparisons_equal_one_over_all_replicates():
    rng = np.random.default_rng(4)
    baseline, variant = rng.integers(0, 9, (2, 20, 3))
    late = paired(baseline[13:], variant[13:], 13)
    late.merge(paired(baseline[:13], variant[:13], 0))
    whole = paired(baseline, variant)
    assert late.differences() == whole.differences()
    assert late.examples == whole.examples
