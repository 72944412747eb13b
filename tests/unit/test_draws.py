import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import ndtri

from sim.document.scenario import Uncertain
from sim.native.compiler import entry
from sim.plan import draws
from sim.plan.draws import decision_key, to_uniform
from sim.plan.slots import probabilities, quantiles_of
from sim.rules import chance
from tests.amounts import examples


def for_python(rule):
    """A rule as an entry of its own."""
    return entry(getattr(rule, "py_func", rule))


philox_block, draw_block = for_python(draws.philox_block), for_python(draws.draw_block)
normal_quantile, lognormal_at = for_python(draws.normal_quantile), for_python(draws.lognormal_at)
spread_of = for_python(draws.spread_of)
exponential_days = for_python(draws.exponential_days)

WORD = st.integers(0, 2**64 - 1)
GOLDEN_KEYS = {
    "performs batch_1": 8884597454974727207,
    "agrees phase_two": 2738116970415538675,
    "uncertain parties.hamas.kinds.release.late": 14694250822417514127,
    "": 13020603013274838756,
}
N_SAMPLE = 20_000


def numpy_block(counter: tuple[int, ...], key: tuple[int, int]) -> list[int]:
    """The same block from numpy, which counts up once before its first block."""
    number = sum(word << (64 * place) for place, word in enumerate(counter))
    before = (number - 1) % 2**256
    return np.random.Philox(key=key[0] | key[1] << 64, counter=before).random_raw(4).tolist()


def our_block(counter: tuple[int, ...], key: tuple[int, int]) -> list[int]:
    return [int(word) for word in philox_block(*map(np.uint64, counter), *map(np.uint64, key))]


def uniform_of(word: int) -> float:
    """The uniform of one word; the rule runs as plain Python."""
    return float(getattr(to_uniform, "py_func", to_uniform)(np.uint64(word)))


@examples(300)
@given(st.tuples(WORD, WORD, WORD, WORD), st.tuples(WORD, WORD))
def test_a_block_equals_the_block_of_numpy_for_any_counter_and_key(counter, key):
    assert our_block(counter, key) == numpy_block(counter, key)


@pytest.mark.parametrize("counter", list(itertools.product([0, 1, 2**32, 2**64 - 1], repeat=4)))
def test_a_block_equals_the_block_of_numpy_at_the_corners_of_the_counter(counter):
    key = (2**64 - 1, 0)
    assert our_block(counter, key) == numpy_block(counter, key)


def test_a_draw_has_replicate_decision_and_occurrence_as_its_counter_and_the_seed_as_its_key():
    words = numpy_block((5, 7, 11, 0), (3, 0))
    expected = tuple(((word >> 12) + 0.5) / 2**52 for word in words)
    assert draw_block(*map(np.uint64, (3, 5, 7, 11))) == expected


@examples(100)
@given(WORD)
@example(0)
@example(2**64 - 1)
@example(2**63 + 2**12)
def test_uniforms_lie_strictly_between_0_and_1(word):
    u = uniform_of(word)
    assert 0.0 < u < 1.0
    assert abs(u - word / 2**64) <= 2.0**-52


def test_quantiles_of_the_extreme_uniforms_are_finite():
    for u in (uniform_of(0), uniform_of(2**64 - 1)):
        assert np.isfinite(normal_quantile(u))
        assert np.isfinite(exponential_days(u, 1.0))


@examples(500)
@given(st.floats(2.0**-54, 1 - 2.0**-53))
def test_the_normal_quantile_agrees_with_scipy(p):
    assert normal_quantile(p) == pytest.approx(float(ndtri(p)), rel=1e-14, abs=1e-15)


def test_the_normal_quantile_never_falls():
    p = np.concatenate([np.geomspace(2.0**-54, 0.5, 5000), 1 - np.geomspace(0.5, 2.0**-53, 5000)])
    quantiles = np.array([normal_quantile(value) for value in p])
    assert (np.diff(quantiles) >= -1e-15).all()


@examples(100)
@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_lognormal_time_has_the_median_and_the_95th_percentile_it_was_given(median, extra):
    p95 = min(median + extra, 10**8)
    spread = spread_of(float(median), float(p95))
    assert lognormal_at(0.5, float(median), spread) == median
    assert abs(lognormal_at(0.95, float(median), spread) - p95) <= 1e-9 * p95


def test_a_time_without_spread_is_exact_for_every_uniform():
    state = SimpleNamespace(parameter=[90.0, 90.0])
    time_of = getattr(chance.time_of, "py_func", chance.time_of)
    assert {int(time_of(state, u, 0, 1)) for u in (1e-16, 0.3, 0.999)} == {90}


def test_a_lognormal_time_is_bounded():
    assert lognormal_at(1 - 2.0**-53, 1e8, spread_of(1e8, 1e9)) == 10**9


def drawn_at(u, **given) -> np.ndarray:
    """Values of an unknown number of this distribution, at these probabilities."""
    at = getattr(chance.uncertain_at, "py_func", chance.uncertain_at)
    table = quantiles_of(Uncertain.model_validate({**given, "assumption": "For this test."}), probabilities())
    return np.array([at(SimpleNamespace(uncertain_quantile=table[None]), 0, one) for one in u])


FAR_OUT = 2.0 ** -np.arange(1.5, 22)
"""Probabilities between those at which quantiles are kept, down to one in three million."""
SHAPES = [(6, 1), (0.5, 0.5), (2, 3), (12, 79), (79, 12), (300, 40)]


@pytest.mark.parametrize("shape", SHAPES)
def test_an_unknown_chance_has_its_law_out_to_both_ends(shape):
    """From SciPy's distribution function, in proportion to the probability that is left beyond the value."""
    low, high = drawn_at(FAR_OUT, beta=shape), drawn_at(1 - FAR_OUT, beta=shape)
    assert stats.beta.cdf(low, *shape) == pytest.approx(FAR_OUT, rel=0.06)
    assert stats.beta.sf(high, *shape) == pytest.approx(FAR_OUT, rel=0.06)


@pytest.mark.parametrize("shape", SHAPES)
def test_an_unknown_chance_reaches_from_0_to_1_and_never_falls(shape):
    u = np.concatenate([2.0 ** -np.arange(53, 1, -0.25), 1 - 2.0 ** -np.arange(1, 53, 0.25)])
    drawn = drawn_at(u, beta=shape)
    assert (np.diff(drawn) >= 0).all()
    lowest, highest = (float(stats.beta.ppf(2.0**-28, *either)) for either in (shape, shape[::-1]))
    assert 0 <= drawn[0] < 1e-6 * lowest
    assert 1 >= drawn[-1] > 1 - max(1e-6 * highest, 2.0**-50)


def test_an_unknown_number_is_linear_between_given_quantiles_and_between_bounds():
    u = np.concatenate([FAR_OUT, [0.3, 0.5, 0.7], 1 - FAR_OUT])
    assert drawn_at(u, uniform=[0.2, 0.8]) == pytest.approx(0.2 + 0.6 * u, rel=1e-14)
    given = [0.1, 0.1, 0.7, 0.9, 0.9]
    assert drawn_at(u, quantiles=given) == pytest.approx(np.interp(4 * u, range(5), given), rel=1e-14)


def test_an_unknown_lognormal_number_has_its_law_up_to_where_it_is_cut_off():
    """Half a 257th from either end: there its quantile stands for all beyond."""
    law = stats.lognorm(np.log(9) / float(ndtri(0.95)))
    u = np.linspace(0.6, 255.4, 200) / 256
    assert law.cdf(drawn_at(u, lognormal=[1, 9])) == pytest.approx(u, abs=0.0004)
    ends = drawn_at([1e-16, 0.5 / 257, 1 - 0.5 / 257, 1 - 1e-16], lognormal=[1, 9])
    assert ends[:1] == pytest.approx(law.ppf(0.5 / 257), rel=1e-12)
    assert ends[3:] == pytest.approx(law.isf(0.5 / 257), rel=1e-12)


def test_an_exponential_time_has_its_mean_and_never_comes_without_hazard():
    assert exponential_days(0.5, 2.0) == pytest.approx(np.log(2) / 2, rel=1e-15)
    assert exponential_days(0.999, 0.0) == np.inf


@pytest.mark.parametrize(("name", "key"), list(GOLDEN_KEYS.items()))
def test_the_key_of_a_decision_never_changes(name, key):
    assert decision_key(name) == key


def test_keys_of_many_decisions_do_not_collide():
    decisions = ("performs", "complains", "mediates", "withholds", "suspends", "ahead")
    names = [f"{decision} obligation_{i}" for decision in decisions for i in range(50_000)]
    assert len({decision_key(name) for name in names}) == len(names)


@pytest.mark.statistical
@pytest.mark.parametrize("varied", ["replicate", "decision", "occurrence"])
def test_neighbouring_addresses_are_uncorrelated(varied):
    """16 correlations of n = 20,000, each within 5 standard errors (1/sqrt(n)): errs about once in 100,000."""
    order = ["replicate", "decision", "occurrence"]
    base = np.array([[draw_block(*map(np.uint64, (1, *address))) for address in _addresses(order, varied, shift)]
                     for shift in (0, 1)])  # fmt: skip
    correlations = np.corrcoef(base[0].T, base[1].T)[:4, 4:]
    assert np.abs(correlations).max() < 5 / np.sqrt(N_SAMPLE)


def _addresses(order: list[str], varied: str, shift: int) -> list[tuple[int, ...]]:
    fixed = {"replicate": 0, "decision": decision_key("performs batch_1"), "occurrence": 0}
    fixed[varied] += shift
    return [tuple(fixed[name] + (i if name == "replicate" else 0) for name in order) for i in range(N_SAMPLE)]


def test_first_uniforms_are_those_of_single_draws():
    drawn = np.empty(4)
    draws.first_uniforms(np.uint64(3), np.uint64(7), drawn)
    assert drawn.tolist() == [draw_block(*map(np.uint64, (3, i, 7, 0)))[0] for i in range(4)]
