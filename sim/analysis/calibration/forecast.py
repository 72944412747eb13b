"""Forecasts of a deal's steps and curves from rows of other deals: by the model in three levels, and by base rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.calibration.lateness import IN_PART, LOTS, NOTHING, Cluster, cluster
from sim.analysis.calibration.ordinal import GRID, Counted, count, effects, log_chances, sample
from sim.analysis.history.rows import CLASSES, Step, hours_on_time, shares
from sim.statistics.moments import Array

_HOURS = 24


@dataclass(frozen=True)
class Batch:
    """People of a curve who are due on one day, and the place of the step that they belong to."""

    day: int
    people: float
    step: int


@dataclass(frozen=True)
class Learned:
    """What rows of people tell.

    Attributes
    ----------
    steps : tuple of Step
    counted : Counted
    theta : ndarray of float64, shape (n, 7)
        Draws from the posterior.
    near, far : Cluster
        Delays up to two weeks, and beyond.
    hours : ndarray of float64
        Of steps on time.
    """

    steps: tuple[Step, ...]
    counted: Counted
    theta: Array
    near: Cluster
    far: Cluster
    hours: Array


def learn(steps: Sequence[Step], key: int) -> Learned:
    """Fit the model and the delays to these rows."""
    counted = count(steps)
    return Learned(
        tuple(steps), counted, sample(counted, key), cluster(steps, "B"), cluster(steps, "C"), hours_on_time(steps)
    )  # fmt: skip


def draw_effects(learned: Learned, pair: str | None, generator: np.random.Generator) -> Array:
    """The effect of a pair, new or known, one for each draw of the parameters."""
    cumulative = np.cumsum(effects(learned.theta, learned.counted, pair), axis=1)
    place = (cumulative < generator.random(len(learned.theta))[:, None]).sum(axis=1).clip(max=len(GRID) - 1)
    width = GRID[1] - GRID[0]
    return np.asarray(GRID[place] + width * (generator.random(len(place)) - 0.5))


def chances(theta: Array, effect: Array, *, is_open: bool, is_one_sided: bool) -> Array:
    """Chances of the four classes for one kind of step, shape (n, 4)."""
    kinds = np.exp(log_chances(theta, effect[:, None, None]))[:, :, 0]
    return np.asarray(kinds.reshape(len(theta), len(CLASSES), 4)[:, :, 2 * is_open + is_one_sided])


def by_model(learned: Learned, steps: Sequence[Step], pair: str | None, generator: np.random.Generator) -> Array:
    """Classes of the steps of one deal, drawn together, shape (n, n_steps)."""
    theta, of_pair = learned.theta, draw_effects(learned, pair, generator)
    of_agreement = {
        name: of_pair + theta[:, 4] * generator.standard_normal(len(theta))
        for name in dict.fromkeys(step.agreement for step in steps)
    }
    drawn = []
    for step in steps:
        effect = of_agreement[step.agreement]
        chance = chances(theta, effect, is_open=step.is_open, is_one_sided=step.is_one_sided)
        drawn.append(_choose(chance, generator))
    return np.stack(drawn, axis=1)


def by_base_rates(
    rows: Sequence[Step], steps: Sequence[Step], draws: int, generator: np.random.Generator
) -> Array:  # fmt: skip
    """Classes of the steps, each drawn for itself by its share among these rows, shape (draws, n_steps)."""
    return np.stack([_choose(np.tile(shares(rows), (draws, 1)), generator) for _ in steps], axis=1)


def _choose(chance: Array, generator: np.random.Generator) -> Array:
    place = generator.random(len(chance))[:, None]
    return np.asarray((np.cumsum(chance, axis=1)[:, :-1] < place).sum(axis=1))


def curve(
    learned: Learned, classes: Array, batches: Sequence[Batch], days: int, generator: np.random.Generator
) -> Array:
    """People out by the end of each day, shape (n, days), for steps of these classes."""
    hours = learned.hours if len(learned.hours) else np.zeros(1)
    on_time = np.round(generator.choice(hours, classes.shape) / _HOURS)
    near = np.maximum(1, np.round(learned.near.draw(generator, classes.shape)))
    far = learned.far.draw(generator, classes.shape)
    comes = generator.random(classes.shape) >= NOTHING
    share = np.where(classes == CLASSES.index("D"), comes * generator.uniform(*IN_PART, classes.shape), 1.0)
    out, draws = np.zeros((len(classes), days + 1)), np.arange(len(classes))
    for lot in LOTS:
        late = np.choose(classes, [on_time, near, np.round(lot * far), np.zeros(classes.shape)]).astype(np.int64)
        for batch in batches:
            day = np.minimum(batch.day + late[:, batch.step], days)
            np.add.at(out, (draws, day), batch.people / len(LOTS) * share[:, batch.step])
    return np.asarray(np.cumsum(out, axis=1)[:, :days])
