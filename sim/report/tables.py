"""Estimates as one table, for a data frame or a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.results.tables import relation_of
from sim.statistics.comparison import Comparison, Variant
from sim.statistics.estimate import Estimate

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation


NUMBERS = (
    "mean", "low", "high", "n", "difference", "difference_low", "difference_high", "variance_ratio", "p_holm",
)  # fmt: skip


def estimates_table(comparison: Comparison) -> DuckDBPyRelation:
    """One row for each scenario and outcome, the baseline first.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    DuckDBPyRelation
        scenario, outcome, mean, low, high, n, difference, difference_low, difference_high, variance_ratio, p_holm; the
        last five are NULL for the baseline, and for an outcome that the baseline does not have.
    """
    rows = [_row(comparison, comparison.baseline.scenario, *item) for item in comparison.baseline.estimates.items()]
    for variant in comparison.variants:
        for name, estimate in variant.summary.estimates.items():
            rows.append(_row(comparison, variant.summary.scenario, name, estimate) | _difference(variant, name))
    table = {column: np.array([row[column] for row in rows]) for column in ("scenario", "outcome")}
    for column in NUMBERS:
        table[column] = np.array([row.get(column, np.nan) for row in rows], np.float64)
    return relation_of(table)


def _row(comparison: Comparison, scenario: str, outcome: str, estimate: Estimate) -> dict[str, Any]:
    return {
        "scenario": scenario, "outcome": outcome, "mean": estimate.value, "low": estimate.low, "high": estimate.high,
        "n": comparison.n,
    }  # fmt: skip


def _difference(variant: Variant, outcome: str) -> dict[str, Any]:
    if outcome not in variant.differences:
        return {}
    found = variant.differences[outcome]
    return {
        "difference": found.estimate.value,
        "difference_low": found.estimate.low,
        "difference_high": found.estimate.high,
        "variance_ratio": found.variance_ratio,
        "p_holm": variant.p_holm[outcome],
    }
