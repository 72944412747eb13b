"""How late dated steps are, by class, in three levels: pairs of parties, their agreements, steps.

Step *i* of agreement *p* of pair *g* falls into one of four classes (`sim.analysis.history.rows.CLASSES`):
P(class <= k) = logistic(c_k - eta), eta = v_g + u_p + b_open * open + b_one * one-sided, v_g ~ N(0, tau_pair²),
u_p ~ N(0, tau_agreement²). Both effects are integrated out on a grid; what is left, seven parameters, is drawn by
importance sampling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim import special
from sim.analysis.history.rows import CLASSES, Step
from sim.statistics.moments import Array

PARAMETERS = ("c1", "log_gap_1", "log_gap_2", "tau_pair", "tau_agreement", "b_open", "b_one_sided")
PRIOR_MEAN = np.array([0.3, -0.5, -0.3, 0.0, 0.0, 0.0, 0.0])
PRIOR_SD = np.array([1.2, 0.7, 0.7, 1.2, 1.2, 0.7, 0.7])
"""Normal; of the two standard deviations half-normal, which is the absolute value of a normal one."""
_SPREADS = slice(3, 5)
GRID = np.linspace(-10, 10, 51)
"""Of effects, on the logit scale."""
_STEP = GRID[1] - GRID[0]
_KINDS = [(outcome, is_open, one) for outcome in range(len(CLASSES)) for is_open in (0, 1) for one in (0, 1)]
_OPEN = np.array([is_open for _, is_open, _ in _KINDS[:4]])
_ONE = np.array([one for *_, one in _KINDS[:4]])
_NARROWEST = 1e-3
_AT_ONCE = 64


@dataclass(frozen=True)
class Counted:
    """Agreements that differ in their steps by kind (class, open, one-sided), and how many of each a pair has.

    Attributes
    ----------
    counts : ndarray of float64, shape (n_different, 16)
    pairs : tuple of str
    of_pair : ndarray of float64, shape (n_pairs, n_different)
        Agreements of each pair.
    """

    counts: Array
    pairs: tuple[str, ...]
    of_pair: Array


def count(steps: Sequence[Step]) -> Counted:
    """The steps as the likelihood needs them; their order does not matter."""
    agreements = sorted({(step.pair, step.deal, step.agreement) for step in steps})
    pairs = tuple(sorted({pair for pair, *_ in agreements}))
    counts = np.zeros((len(agreements), len(_KINDS)))
    for step in steps:
        kind = _KINDS.index((step.outcome, int(step.is_open), int(step.is_one_sided)))
        counts[agreements.index((step.pair, step.deal, step.agreement)), kind] += 1
    different, place = np.unique(counts, axis=0, return_inverse=True)
    of_pair = np.zeros((len(pairs), len(different)))
    for (pair, *_), i in zip(agreements, place, strict=True):
        of_pair[pairs.index(pair), i] += 1
    return Counted(different, pairs, of_pair)


def log_prior(theta: Array) -> Array:
    """Logarithm of the prior density up to a constant, shape (n,)."""
    return np.asarray(-0.5 * np.sum(((theta - PRIOR_MEAN) / PRIOR_SD) ** 2, axis=-1))


def thresholds(theta: Array) -> Array:
    """The three c_k, shape (n, 3)."""
    return np.stack(
        [theta[:, 0], theta[:, 0] + np.exp(theta[:, 1]), theta[:, 0] + np.exp(theta[:, 1]) + np.exp(theta[:, 2])],
        axis=1,
    )  # fmt: skip


def log_chances(theta: Array, effects: Array) -> Array:
    """Logarithms of the chances of the 16 kinds given both effects together, shape (n, 16, n_effects)."""
    covariate = theta[:, 5, None] * _OPEN + theta[:, 6, None] * _ONE
    eta = covariate[:, :, None] + effects
    above = [cut[:, None, None] - eta for cut in thresholds(theta).T]
    low, middle, high = (special.log_expit(value) for value in above)
    not_low, not_middle, not_high = (special.log_expit(-value) for value in above)
    gaps = [np.log(-np.expm1(-np.exp(theta[:, k])))[:, None, None] for k in (1, 2)]
    # logistic(a) - logistic(b) = logistic(a) logistic(-b) (1 - exp(b - a)), which loses no digits
    classes = [low, middle + not_low + gaps[0], high + not_middle + gaps[1], not_high]
    return np.concatenate(classes, axis=1)


def _normal(spread: Array, distance: Array) -> Array:
    """Weights of a normal distribution on the grid, adding up to 1 over a grid without ends."""
    narrow = np.maximum(np.abs(spread), _NARROWEST)[:, None]
    weight = np.exp(-0.5 * (distance / narrow) ** 2)
    whole = np.arange(-len(GRID), len(GRID) + 1) * _STEP
    return np.asarray(weight / np.exp(-0.5 * (whole / narrow) ** 2).sum(axis=1)[:, None])


def log_given_pair(theta: Array, counted: Counted) -> Array:
    """Log-likelihood of each agreement given its pair's effect on the grid, shape (n, n_different, n_grid)."""
    by_effect = np.matmul(counted.counts, log_chances(theta, GRID))
    top = by_effect.max(axis=2, keepdims=True)
    lags = _normal(theta[:, 4], np.arange(len(GRID)) * _STEP)
    kernel = np.take(lags, np.abs(np.arange(len(GRID))[:, None] - np.arange(len(GRID))), axis=1)
    smoothed = np.matmul(np.exp(by_effect - top), kernel)
    return np.asarray(np.log(np.maximum(smoothed, 1e-300)) + top)


def pair_effects(theta: Array, counted: Counted) -> tuple[Array, Array]:
    """Weights of each pair's effect on the grid after its agreements, and the log-likelihood of each pair.

    Returns
    -------
    tuple of ndarray
        Shapes (n, n_pairs, n_grid), whose last axis adds up to 1, and (n, n_pairs).
    """
    of_pair = np.matmul(counted.of_pair, log_given_pair(theta, counted))
    top = of_pair.max(axis=2, keepdims=True)
    weight = _normal(theta[:, 3], GRID)[:, None, :] * np.exp(of_pair - top)
    total = weight.sum(axis=2)
    return weight / total[:, :, None], np.log(total) + top[:, :, 0]


def log_likelihood(theta: Array, counted: Counted) -> Array:
    """Of all rows, effects integrated out, shape (n,)."""
    if not counted.pairs:
        return np.zeros(len(theta))
    return np.concatenate([pair_effects(part, counted)[1].sum(axis=1) for part in _parts(theta)])


def _parts(theta: Array) -> list[Array]:
    """A few draws at a time, whose grids stay near the processor."""
    return np.array_split(theta, max(1, len(theta) // _AT_ONCE))


DRAWS = 4000
_POINTS, _LAST = 2000, 8000
"""Of each round, and of the last one."""
_WORTH = 0.1
"""Share of its points that a round has to be worth, or it takes a part of the likelihood only."""
_MOST_ROUNDS = 40
_FREEDOM = 6.0
_WIDENED = 1.3
"""Of the variances fitted, so that a round reaches beyond the one before."""


def sample(counted: Counted, key: int, draws: int = DRAWS) -> Array:
    """Draws of the parameters from their posterior, the same in each run.

    Parameters
    ----------
    counted : Counted
    key : int
        Of the generator.
    draws : int, optional

    Returns
    -------
    ndarray of float64, shape (draws, 7)
        In the order of `PARAMETERS`.

    Notes
    -----
    Adaptive importance sampling (Cappé et al. 2004, doi:10.1198/106186004X12803): the first round draws from the prior,
    each other one from a t distribution fitted to the one before. A round takes the likelihood to the largest power
    up to 1 at which it is worth enough equal draws (Del Moral et al. 2006, doi:10.1111/j.1467-9868.2006.00553.x); after
    the first that takes it whole comes the last, which is resampled systematically. Spreads are sampled as
    log(exp(tau) - 1), which has no ends.
    """
    generator = np.random.Generator(np.random.Philox(key=key))
    theta = generator.normal(PRIOR_MEAN, PRIOR_SD, (_POINTS, len(PARAMETERS)))
    theta[:, _SPREADS] = np.abs(theta[:, _SPREADS])
    points, rest = _free(theta), np.zeros(_POINTS)
    for _ in range(_MOST_ROUNDS):
        power, weights = _tempered(rest, log_likelihood(theta, counted))
        points, log_proposal = _around(points, weights, _LAST if power == 1 else _POINTS, generator)
        theta = _bounded(points)
        # the density of a spread in its free form is that of the spread times its derivative
        slope = np.log(-np.expm1(-theta[:, _SPREADS])).sum(axis=1)
        rest = log_prior(theta) + slope - log_proposal
        if power == 1:
            break
    weights = _normalised(rest + log_likelihood(theta, counted))
    places = (np.arange(draws) + generator.random()) / draws
    return np.asarray(theta[np.searchsorted(np.cumsum(weights), places).clip(max=len(points) - 1)])


def _tempered(rest: Array, log_likelihoods: Array) -> tuple[float, Array]:
    """The power of the likelihood that a round can take, and its weights."""
    low, high = 0.0, 1.0
    if effective(_normalised(rest + log_likelihoods)) >= _WORTH * len(rest):
        return 1.0, _normalised(rest + log_likelihoods)
    for _ in range(30):
        middle = (low + high) / 2
        is_worth = effective(_normalised(rest + middle * log_likelihoods)) >= _WORTH * len(rest)
        low, high = (middle, high) if is_worth else (low, middle)
    return low, _normalised(rest + low * log_likelihoods)


def _around(points: Array, weights: Array, n: int, generator: np.random.Generator) -> tuple[Array, Array]:
    """Points of a t distribution fitted to weighted ones, and the logarithm of its density up to a constant."""
    centre = weights @ points
    scale = _WIDENED * ((weights[:, None] * (points - centre)).T @ (points - centre)) + 1e-6 * np.eye(len(centre))
    normal = generator.standard_normal((n, len(centre)))
    stretch = np.sqrt(_FREEDOM / generator.chisquare(_FREEDOM, n))
    length = stretch**2 * np.sum(normal**2, axis=1)
    log_density = -0.5 * (_FREEDOM + len(centre)) * np.log1p(length / _FREEDOM)
    return centre + stretch[:, None] * (normal @ np.linalg.cholesky(scale).T), log_density


def effective(weights: Array) -> float:
    """Number of equal draws that weighted ones are worth."""
    return float(1 / np.sum(weights**2))


def _free(theta: Array) -> Array:
    free = theta.copy()
    spread = np.maximum(theta[:, _SPREADS], _NARROWEST)
    free[:, _SPREADS] = spread + np.log(-np.expm1(-spread))
    return free


def _bounded(free: Array) -> Array:
    theta = free.copy()
    theta[:, _SPREADS] = np.maximum(np.logaddexp(0, free[:, _SPREADS]), _NARROWEST)
    return theta


def _normalised(log_weights: Array) -> Array:
    weights = np.exp(log_weights - log_weights.max())
    return np.asarray(weights / weights.sum())


def effects(theta: Array, counted: Counted, pair: str | None) -> Array:
    """Weights of a pair's effect on the grid, shape (n, n_grid): after its agreements, or of a pair without any.

    Parameters
    ----------
    theta : ndarray of float64, shape (n, 7)
    counted : Counted
        What is known.
    pair : str or None
        None, or one without agreements, for a new pair.
    """
    if pair not in counted.pairs:
        weights = _normal(theta[:, 3], GRID)
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))
    mine = Counted(counted.counts, (pair,), counted.of_pair[[counted.pairs.index(pair)]])
    return np.concatenate([pair_effects(part, mine)[0][:, 0] for part in _parts(theta)])


def joint_log_score(theta: Array, known: Counted, deal: Counted, pair: str | None) -> float:
    """Logarithm of the probability that the model gives all steps of one deal together.

    Parameters
    ----------
    theta : ndarray of float64, shape (n, 7)
        From the other deals.
    known, deal : Counted
        Steps of the others, and of the deal itself, which has one pair.
    pair : str or None
        As for `effects`.
    """
    given = np.matmul(deal.of_pair, log_given_pair(theta, deal)).sum(axis=1)
    top = given.max(axis=1)
    by_draw = np.log((effects(theta, known, pair) * np.exp(given - top[:, None])).sum(axis=1)) + top
    return float(special.logsumexp(by_draw) - np.log(len(theta)))
