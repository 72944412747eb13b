"""The model in three levels: chances by hand, likelihood by another quadrature, recovery, curves of deals."""

import itertools

import numpy as np
import pytest
from scipy import stats

from sim.analysis.calibration.forecast import Batch, Learned, by_base_rates, by_model, chances, curve, learn
from sim.analysis.calibration.lateness import Cluster, cluster
from sim.analysis.calibration.ordinal import (
    GRID,
    PARAMETERS,
    PRIOR_MEAN,
    count,
    effects,
    joint_log_score,
    log_chances,
    log_likelihood,
    sample,
    thresholds,
)
from sim.analysis.calibration.posterior import Time
from sim.analysis.history.rows import Step, read_rows
from sim.analysis.history.scores import crps_of_draws

THETA = np.array([[0.5, -0.3, 0.2, 1.4, 0.7, 1.2, 0.3]])
ROWS = read_rows()


def step(outcome, *, deal="d", pair="p", agreement="a", is_open=False, one=False, hours=None):
    return Step(deal, pair, agreement, "s", outcome, is_open, one, hours, ())


def by_hand(outcome, eta):
    """The chance of a class from three cuts, written out."""
    cuts = thresholds(THETA)[0]
    below = [0.0, *(1 / (1 + np.exp(-(cut - eta))) for cut in cuts), 1.0]
    return below[outcome + 1] - below[outcome]


def test_chances_are_those_of_three_cuts_and_both_covariates():
    for outcome, is_open, one in itertools.product(range(4), (0, 1), (0, 1)):
        found = chances(THETA, np.array([0.4]), is_open=bool(is_open), is_one_sided=bool(one))
        assert found[0, outcome] == pytest.approx(by_hand(outcome, 0.4 + 1.2 * is_open + 0.3 * one), rel=1e-12)
        assert found.sum() == pytest.approx(1)


def test_chances_far_out_keep_their_digits():
    far = log_chances(THETA, np.array([[[-60.0, 60.0]]]))[0]
    assert np.isfinite(far).all()
    assert far[0, 1] == pytest.approx(0.5 - 60, rel=1e-6)  # on time at an effect of 60: the exponential tail


STEPS = [
    step(0), step(0), step(1), step(3, agreement="b", is_open=True), step(2, agreement="b"),
    step(0, pair="q", deal="e"), step(0, pair="q", deal="e", one=True), step(3, pair="q", deal="f"),
]  # fmt: skip


def likelihood_by_hermite(theta, steps, n=80):
    """Both levels by Gauss and Hermite, from the chances written out."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(n)
    weights = weights / weights.sum()
    total = 0.0
    for pair in {s.pair for s in steps}:
        of_pair = np.ones(n)
        for deal, agreement in {(s.deal, s.agreement) for s in steps if s.pair == pair}:
            mine = [s for s in steps if (s.pair, s.deal, s.agreement) == (pair, deal, agreement)]
            eta = theta[0, 3] * nodes[:, None] + theta[0, 4] * nodes
            product = np.ones((n, n))
            for s in mine:
                product *= by_hand(s.outcome, eta + 1.2 * s.is_open + 0.3 * s.is_one_sided)
            of_pair *= product @ weights
        total += np.log(of_pair @ weights)
    return total


def test_the_likelihood_is_that_of_another_quadrature():
    assert log_likelihood(THETA, count(STEPS))[0] == pytest.approx(likelihood_by_hermite(THETA, STEPS), abs=1e-6)
    assert log_likelihood(THETA, count([]))[0] == 0


def test_the_order_of_rows_does_not_matter():
    turned = count(STEPS[::-1])
    assert np.array_equal(turned.counts, count(STEPS).counts)
    assert np.array_equal(turned.of_pair, count(STEPS).of_pair)


def test_without_differences_steps_are_exchangeable():
    """Where both spreads are 0, the likelihood is a product, whoever owes what to whom."""
    flat = THETA.copy()
    flat[0, 3:5] = 1e-3
    apart = [
        step(s.outcome, deal=str(i), pair=str(i), is_open=s.is_open, one=s.is_one_sided) for i, s in enumerate(STEPS)
    ]
    product = sum(np.log(by_hand(s.outcome, 1.2 * s.is_open + 0.3 * s.is_one_sided)) for s in STEPS)
    assert log_likelihood(flat, count(STEPS))[0] == pytest.approx(product, abs=1e-3)
    assert log_likelihood(flat, count(apart))[0] == pytest.approx(product, abs=1e-3)


def test_the_joint_score_of_one_step_is_its_chance():
    """Against the mean over draws of both effects."""
    normal = np.random.Generator(np.random.Philox(key=1)).standard_normal((200_000, 2))
    by_draws = by_hand(0, 1.4 * normal[:, 0] + 0.7 * normal[:, 1]).mean()
    found = joint_log_score(THETA, count([]), count([step(0)]), None)
    assert np.exp(found) == pytest.approx(by_draws, abs=0.004)


def test_a_known_pair_is_nearer_to_what_it_did():
    known = count([step(3) for _ in range(6)])
    new, mine = (effects(THETA, known, pair)[0] for pair in ("other", "p"))
    assert new @ GRID == pytest.approx(0, abs=1e-9)
    assert mine.sum() == pytest.approx(1)
    assert mine @ GRID > 1.5
    punctual = count([step(0, deal="next") for _ in range(3)])
    assert joint_log_score(THETA, known, punctual, "p") < joint_log_score(THETA, known, punctual, None)


def test_without_rows_the_posterior_is_the_prior():
    theta = sample(count([]), 3)
    at = PARAMETERS.index("tau_pair")
    assert theta[:, 0].mean() == pytest.approx(PRIOR_MEAN[0], abs=0.08)
    assert theta[:, at].mean() == pytest.approx(1.2 * np.sqrt(2 / np.pi), abs=0.06)
    assert stats.kstest(theta[:, 5], stats.norm(0, 0.7).cdf).statistic < 0.04


def test_the_posterior_is_the_same_each_time():
    counted = count(ROWS.people[:20])
    assert np.array_equal(sample(counted, 5, 500), sample(counted, 5, 500))


def simulate(theta, generator, pairs=12, agreements=2, steps=4):
    """Rows of deals that follow the model, each a deal with its agreements."""
    rows = []
    for pair in range(pairs):
        v = theta[3] * generator.standard_normal()
        for agreement in range(agreements):
            eta = v + theta[4] * generator.standard_normal()
            for _ in range(steps):
                is_open, one = (bool(flag) for flag in generator.random(2) < 0.3)
                chance = chances(theta[None], np.array([eta]), is_open=is_open, is_one_sided=one)[0]
                outcome = int(generator.choice(4, p=chance / chance.sum()))
                rows.append(
                    step(outcome, deal=str(pair), pair=str(pair), agreement=str(agreement), is_open=is_open, one=one)
                )
    return rows


@pytest.mark.slow
@pytest.mark.statistical
def test_parameters_are_recovered_from_many_deals():
    truth = np.array([0.8, -0.2, 0.1, 1.5, 0.6, 1.0, -0.4])
    rows = simulate(truth, np.random.Generator(np.random.Philox(key=11)), pairs=30, agreements=2, steps=6)
    theta = sample(count(rows), 1)
    low, high = np.quantile(theta, [0.005, 0.995], axis=0)
    assert ((low < truth) & (truth < high)).all()
    assert (high - low < [2.0, 1.0, 1.0, 2.0, 2.0, 1.6, 1.6]).all()


# ------------------------------------------------------------------ delays


def test_clusters_rest_on_their_own_class_alone():
    rows = [step(1, hours=72.0), step(1, hours=96.0), step(2, hours=2000.0), step(0, hours=20.0), step(3)]
    near, far = cluster(rows, "B"), cluster(rows, "C")
    assert (near.n, far.n) == (2, 1)
    prior = cluster((), "B").time
    assert near.time == prior.updated([72.0 * 60, 96.0 * 60])
    assert np.exp(prior.centre) / 1440 == pytest.approx(np.sqrt(14))


def test_delays_stay_within_their_class():
    generator = np.random.Generator(np.random.Philox(key=2))
    for name, low, high in (("B", 1, 14), ("C", 14, 7300)):
        days = cluster(ROWS.people, name).draw(generator, (2000, 3))
        assert low <= days.min()
        assert days.max() <= high
    rows = [s.hours_late / 24 for s in ROWS.people if s.outcome == 2 and s.hours_late]
    assert np.median(days) == pytest.approx(np.exp(np.mean(np.log(rows))), rel=0.35)


# ------------------------------------------------------------------ curves


def sure(days, sigma=0.0):
    """A cluster whose delay is known."""
    return Cluster(Time(np.log(1440 * days), 1e9, 1e9, 1e9 * sigma**2 + 1e-9), (0.0, 1e4), 1)


def test_a_curve_has_each_class_come_as_the_model_has_it():
    """On time at once, three days late, in four lots of 40 days, and nothing or a part of it."""
    theta = np.repeat(THETA, 4000, axis=0)
    learned = Learned((), count([]), theta, sure(3), sure(40), np.zeros(1))
    generator = np.random.Generator(np.random.Philox(key=4))
    classes = np.tile([0, 1, 2, 3], (4000, 1))
    found = [curve(learned, classes, [Batch(5, 100.0, place)], 60, generator) for place in range(4)]
    assert found[0][0].tolist() == [0.0] * 5 + [100.0] * 55
    assert found[1][0, 7:9].tolist() == [0.0, 100.0]
    assert found[2][0, [14, 15, 22, 23, 32, 33, 44, 45]].tolist() == [0, 25, 25, 50, 50, 75, 75, 100]
    never = found[3][:, -1]
    assert np.array_equal(found[3][:, 5], never)
    assert (never == 0).mean() == pytest.approx(0.5, abs=0.04)
    assert never[never > 0].min() >= 10
    assert never.max() <= 84


def test_batches_of_one_step_share_its_class_and_delay():
    learned = learn(ROWS.people[:30], 1)
    generator = np.random.Generator(np.random.Philox(key=4))
    classes = by_model(learned, [step(0)], None, generator)
    both = curve(learned, classes, [Batch(2, 10.0, 0), Batch(4, 10.0, 0)], 30, generator)
    assert set(np.unique(both[classes[:, 0] == 0][:, -1])) == {20.0}


def test_steps_of_a_deal_come_together_more_than_each_for_itself():
    learned = learn(ROWS.people, 1)
    steps = [step(0) for _ in range(8)]
    generator = np.random.Generator(np.random.Philox(key=6))
    together = (by_model(learned, steps, None, generator) == 0).sum(axis=1)
    apart = (by_base_rates(learned.steps, steps, len(together), generator) == 0).sum(axis=1)
    p = together.mean() / 8
    assert apart.var() == pytest.approx(8 * (apart.mean() / 8) * (1 - apart.mean() / 8), rel=0.15)
    assert together.var() > 2 * 8 * p * (1 - p)


def test_the_score_of_draws_is_that_by_definition():
    drawn = np.array([[1.0], [4.0], [4.0], [9.0]])
    apart = np.abs(drawn - drawn.T).mean()
    assert crps_of_draws(drawn, np.array([5.0]))[0] == pytest.approx((4 + 1 + 1 + 4) / 4 - apart / 2)
    assert crps_of_draws(np.full((7, 1), 3.0), np.array([5.0]))[0] == 2
