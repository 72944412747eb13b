"""A stopping rule on cases worked by hand; its coverage is in tests/statistical."""

import math

import pytest

from sim.statistics.estimate import Estimate
from sim.statistics.stopping import StoppingRule


def test_looks_double_and_end_at_the_most():
    assert [n for n, _ in StoppingRule({}, most=10_000).looks()] == [1024, 2048, 4096, 8192, 10_000]
    assert [n for n, _ in StoppingRule({}, most=500).looks()] == [500]


def test_first_look_spends_61_percent_of_alpha():
    (_, confidence) = next(StoppingRule({}, most=1).looks())
    assert 1 - confidence == pytest.approx(0.05 * 0.6079, abs=1e-5)


def test_all_looks_together_never_spend_more_than_alpha():
    rule = StoppingRule({}, most=1)
    spent = math.fsum(1 - rule.confidence_at(k) for k in range(1, 20_000))
    assert 0.0499 < spent <= 0.05


def test_rule_is_met_only_when_every_named_interval_is_narrow():
    rule = StoppingRule({"disputes": 0.5}, most=9999)
    wide, narrow = Estimate(3, 2, 4, 9), Estimate(3, 2.5, 3.5, 9)
    assert rule.is_met([("disputes", narrow), ("incidents", wide)])
    assert not rule.is_met([("disputes", narrow), ("disputes", wide)])


def test_an_interval_that_does_not_exist_is_not_narrow():
    assert not StoppingRule({"disputes": 0.5}, most=9).is_met([("disputes", Estimate(3, math.nan, math.nan, 1))])


@pytest.mark.parametrize("half_width", [0, -1, math.inf, math.nan])
def test_a_half_width_is_a_number_above_zero(half_width):
    with pytest.raises(ValueError, match="half-width of disputes: must be a number above 0"):
        StoppingRule({"disputes": half_width}, most=9)


def test_a_first_look_at_one_replicate_is_refused():
    with pytest.raises(ValueError, match="first look needs 2 replicates"):
        StoppingRule({}, most=9, first=1)
