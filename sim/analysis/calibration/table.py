"""The joint posterior as a table of draws: a row holds together what one draw of all parameters makes of a deal.

Rows are ordered by the deal's effect on steps on people, so that a low uniform is a deal that keeps its dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from sim.analysis.calibration.behaviour import Calibrated
from sim.analysis.calibration.estimate import Estimate
from sim.analysis.calibration.forecast import chances, draw_effects
from sim.analysis.calibration.learning import VARIETIES, Learning
from sim.analysis.calibration.posterior import probabilities
from sim.analysis.calibration.rejection import Kept
from sim.document.scenario import Posterior
from sim.reading.posterior import keep
from sim.statistics.moments import Array

_KEY = 43
_DAY = 1440


def with_table(
    calibrated: Calibrated, learning: Learning, estimates: Mapping[str, Estimate], kept: Mapping[str, Kept]
) -> Calibrated:
    """The scenario that takes its unknown numbers from a table of draws.

    Parameters
    ----------
    calibrated : Calibrated
        With a distribution for each number.
    learning : Learning
        Draws of what rows tell.
    estimates : mapping of str to Estimate
    kept : mapping of str to Kept
        Draws kept by rejection, those of one set at the same place; none where no record was read.
    """
    paths = list(calibrated.scenario.uncertain)
    if not paths:
        return calibrated
    drawn = draw_all(learning, estimates, kept)
    of_path = {path: (drawn[name], factor, estimates[name].spread is not None)
               for name, places in calibrated.places.items() for path, factor in places}  # fmt: skip
    header = ",".join(f"{path} [d]" if of_path[path][2] else path for path in paths)
    columns = [
        factor * values / _DAY if is_time else factor * values
        for values, factor, is_time in (of_path[path] for path in paths)
    ]
    lines = [",".join(f"{value:.5g}" for value in row) for row in np.stack(columns, axis=1)]
    table = keep("\n".join((header, *lines, "")).encode())
    part = Posterior(file="posterior.csv", **table.part)
    scenario = calibrated.scenario.model_copy(update={"posterior": part})
    return replace(calibrated, scenario=scenario, table=table.content)


def draw_all(learning: Learning, estimates: Mapping[str, Estimate], kept: Mapping[str, Kept]) -> dict[str, Array]:
    """Draws of every estimate, times in minutes; those at one place belong together."""
    generator = np.random.Generator(np.random.Philox(key=_KEY))
    theta = learning.people.theta
    n = len(theta)
    effects = {
        name: draw_effects(of, learning.pair, generator) + of.theta[:, 4] * generator.standard_normal(n)
        for name, of in (("people", learning.people), ("forces", learning.forces))
    }
    drawn: dict[str, Array] = {}
    for sort, (is_open, is_one) in VARIETIES.items():
        of = "forces" if sort == "forces" else "people"
        found = chances(learning.of(sort).theta, effects[of], is_open=is_open, is_one_sided=is_one)
        drawn[f"{sort}.refused"], drawn[f"{sort}.late"] = found[:, 3], found[:, 1] + found[:, 2]
        drawn[f"{sort}.delay"] = _medians(learning, sort, found, generator)
    if kept:
        place = generator.integers(min(len(found.values) for found in kept.values()), size=n)
        drawn |= {name: found.values[place] for name, found in kept.items()}
    for name, estimate in estimates.items():
        if name not in drawn:
            drawn[name] = np.interp(generator.random(n), probabilities(len(estimate.posterior)), estimate.posterior)
    order = np.argsort(effects["people"], kind="stable")
    return {name: values[order] for name, values in drawn.items()}


def _medians(learning: Learning, sort: str, found: Array, generator: np.random.Generator) -> Array:
    """The median delay of a deal's late steps, from the cluster that a late step of it is in."""
    of, n = learning.of(sort), len(found)
    within = of.near.time.sigma
    beyond = found[:, 2] / np.maximum(found[:, 1] + found[:, 2], 1e-12)
    far, near = of.far.medians(generator, n, within), of.near.medians(generator, n, within)
    return np.where(generator.random(n) < beyond, far, near)
