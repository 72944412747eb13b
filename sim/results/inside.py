"""What the stored replicates of one scenario say beyond their means: which unknowns matter, and a typical one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.errors import ResultsError
from sim.outcomes.columns import columns, published
from sim.plan.draws import ROW_KEY, first_uniforms
from sim.plan.ranked import UNIFORMS
from sim.plan.slots import drawn_apart
from sim.plan.sobol import drawn_uniforms
from sim.plan.uniforms import UNCERTAIN_VALUE
from sim.reading.posterior import taken_columns
from sim.results.load import Results
from sim.results.summary import plain
from sim.statistics.crossed import crossed
from sim.statistics.estimate import Estimate
from sim.statistics.moments import Array, Moments
from sim.statistics.ranks import rank_correlation

MOST_RANKED = 10_000


def influences(results: Results, scenario: str, outcome: str) -> dict[str, Estimate]:
    """Rank correlation of each uncertain parameter with an outcome over stored replicates, the strongest first.

    Parameters
    ----------
    results : Results
    scenario : str
        Scenario or cell.
    outcome : str

    Returns
    -------
    dict of str to Estimate
        By path; over the first `MOST_RANKED` replicates, whose draws are made again from their addresses. Empty where
        nothing is uncertain or the outcome does not vary.

    Raises
    ------
    ResultsError
        If no replicates of the scenario are there.
    """
    plan = results.plan(scenario)
    (values,) = _columns(results, scenario, outcome)
    values = values[:MOST_RANKED]
    seed = np.uint64(results.manifest["seed"])
    found = {}
    columns = taken_columns(plan.scenario)
    if plan.posterior is not None:
        rows, uniforms = plan.posterior.rows, np.empty(len(values))
        first_uniforms(seed, ROW_KEY, uniforms)
        places = np.minimum((uniforms * len(rows)).astype(np.int64), len(rows) - 1)
        for path, drawn in zip(columns, rows[places].T, strict=True):
            correlation = rank_correlation(drawn, values)
            if correlation is not None:
                found[path] = correlation
    for place, path in enumerate(drawn_apart(plan.scenario.uncertain, columns)):
        key = plan.record["uncertain_key"][0, place]
        # a parameter grows with its uniform, so that both have the same ranks
        uniforms = np.empty(UNIFORMS * len(values))
        drawn_uniforms(plan.record, seed, key, 0, uniforms)
        correlation = rank_correlation(uniforms[UNCERTAIN_VALUE::UNIFORMS], values)
        if correlation is not None:
            found[path] = correlation
    return dict(sorted(found.items(), key=lambda item: -abs(item[1].value)))


def typical_replicate(results: Results, scenario: str, outcome: str) -> int:
    """The first replicate with the most frequent end whose outcome is nearest to the median of those with this end.

    Parameters
    ----------
    results : Results
    scenario : str
        Scenario or cell.
    outcome : str
    """
    ends, values = _columns(results, scenario, "end", outcome)
    counts = Counter(ends.tolist())
    end = max(sorted(counts), key=lambda code: counts[code])
    numbers = np.flatnonzero(ends == end)
    gaps = np.abs(values[numbers] - np.median(values[numbers]))
    return int(numbers[np.argmin(gaps)])


def crossed_with_ends(results: Results, scenario: str, outcome: str) -> Array:
    """Replicates of one scenario by the value of an outcome, as a whole number, and how they end.

    Parameters
    ----------
    results : Results
    scenario : str
        Scenario or cell.
    outcome : str

    Returns
    -------
    ndarray of int64
        As `sim.statistics.crossed.crossed` gives it.
    """
    values, ends = _columns(results, scenario, outcome, "end")
    return crossed(published(outcome, values), ends)


def paired_estimates(results: Results, scenario: str, first: str, outcomes: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Mean and interval of the difference of two stored scenarios within a replicate, by outcome.

    Parameters
    ----------
    results : Results
    scenario, first : str
        Scenarios or cells; the second is taken off the first.
    outcomes : sequence of str
    """
    moments = Moments(tuple(outcomes), n_scrambles=results.plan(scenario).n_scrambles)
    places = [[columns(results.plan(key)).index(name) for name in outcomes] for key in (scenario, first)]
    for one, other in zip(results.blocks(scenario), list(results.blocks(first)), strict=True):
        moments.add(one.outcomes[:, places[0]] - other.outcomes[:, places[1]], one.first)
    return {name: plain(moments.estimate(place)) for place, name in enumerate(outcomes)}


def reached_by_last_day(results: Results, scenario: str) -> dict[str, tuple[int, int]]:
    """Fewest and most people released by the last day in any replicate, by list."""
    found = {}
    for name, by_day in results.histograms(scenario).items():
        occurring = np.flatnonzero(by_day[-1])
        found[name] = (int(occurring[0]), int(occurring[-1]))
    return found


def _columns(results: Results, scenario: str, *names: str) -> list[Array]:
    """Outcomes of all replicates in order, as measured, from one reading of the blocks."""
    known = columns(results.plan(scenario))
    blocks = list(results.blocks(scenario))
    if not blocks:
        raise ResultsError(f"{results.folder}: no block of replicates of {scenario} is complete")
    return [np.concatenate([block.outcomes[:, known.index(name)] for block in blocks]) for name in names]
