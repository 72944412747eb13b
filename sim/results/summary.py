"""What the replicates of scenarios come to: as records for reports, and as plain data that folders keep."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sim.engine.batch import Engine
from sim.outcomes.by_day import MET, ByDay
from sim.outcomes.columns import columns, end_name, root_cause
from sim.plan.plan import Plan
from sim.statistics.accumulate import Accumulator
from sim.statistics.comparison import Comparison, Curve, RootCause, Summary, Variant
from sim.statistics.estimate import CONFIDENCE, Estimate, holm
from sim.statistics.expectations import Expectations
from sim.statistics.paired import PairedAccumulator, PairedDifference


def accumulator_of(plan: Plan) -> Accumulator:
    """An empty accumulator of one plan's outcomes."""
    return Accumulator(columns(plan), ByDay.of(plan), n_scrambles=plan.n_scrambles)


def plain(estimate: Estimate) -> dict[str, float | None]:
    """Mean and interval; None for the ends of an interval where there is only one replicate."""
    return {"mean": estimate.value, "low": _or_none(estimate.low), "high": _or_none(estimate.high)}


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None


def summary_of(accumulator: Accumulator) -> dict[str, Any]:
    """Estimates by outcome, count and share of each end, and of each guarantee that was violated."""
    return {
        "n": accumulator.n,
        "estimates": {name: plain(estimate) for name, estimate in accumulator.estimates().items()},
        "ends": {
            name: {"count": count, "share": share.value, "low": share.low, "high": share.high}
            for name, (count, share) in accumulator.ends().items()
        },
        "guarantees": [violation.as_json() for violation in accumulator.guarantees()],
    }


def set_against(
    summaries: Sequence[Summary],
    pairs: Sequence[PairedAccumulator],
    *,
    n: int,
    seed: int,
    engine: Engine = "batch",
    confidence: float = CONFIDENCE,
    precision: Mapping[str, float] = MappingProxyType({}),
    is_precise: bool = False,
) -> Comparison:
    """The comparison of scenarios that have been summarized.

    Parameters
    ----------
    summaries : sequence of Summary
        The baseline first.
    pairs : sequence of PairedAccumulator
        Of each variant with the baseline.
    n, seed, engine, confidence, precision, is_precise
        As in `Comparison`.
    """
    differences = [pair.differences(confidence) for pair in pairs]
    p_holm = _adjusted(differences, looks_factor=(1 - CONFIDENCE) / (1 - confidence))
    variants = tuple(
        Variant(summary, found, adjusted, pair.examples.name, pair.examples.chosen(), pair.crossings.found)
        for summary, found, adjusted, pair in zip(summaries[1:], differences, p_holm, pairs, strict=True)
    )
    return Comparison(seed, n, engine, confidence, precision, is_precise, summaries[0], variants)


def summarize(
    plan: Plan, accumulator: Accumulator, expectations: Expectations | None = None, confidence: float = CONFIDENCE
) -> Summary:
    """What the replicates of one scenario come to.

    Parameters
    ----------
    plan : Plan
    accumulator : Accumulator
        Of its replicates.
    expectations : Expectations, optional
        That have counted the same replicates; by default nothing is judged.
    confidence : float, optional
        Coverage of each interval.
    """
    roots = [
        RootCause(end_name(end), root_cause(plan, event, subject), count)
        for (end, event, subject), count in accumulator.roots.items()
    ]
    return Summary(
        scenario=plan.scenario.scenario,
        starts=plan.scenario.deal.starts.date(),
        n=accumulator.n,
        estimates=accumulator.estimates(confidence),
        ends=accumulator.ends(confidence),
        root_causes=tuple(sorted(roots, key=lambda root: (-root.count, root.end, root.cause))),
        curves={
            name: Curve(int(accumulator.by_day.totals[i]), *accumulator.released(i))
            for i, name in enumerate(plan.lists)
            if name not in plan.unmeasured
        },
        met={name: days for name, days in accumulator.met().items() if f"{MET}{name}" not in plan.unmeasured},
        incidence=accumulator.incidence(),
        survival=accumulator.survival(confidence),
        guarantees=accumulator.guarantees(confidence),
        expectations=expectations.judged(accumulator, confidence) if expectations else (),
        ranges={name: accumulator.moments.range(i) for i, name in enumerate(accumulator.moments.names)},
        few=tuple(name for i, name in enumerate(accumulator.moments.names) if accumulator.moments.rests_on_few(i)),
        counts=accumulator.tallies.counts,
        days=accumulator.tallies.days,
        document=plan.scenario,
    )


def _adjusted(differences: list[dict[str, PairedDifference]], looks_factor: float) -> list[dict[str, float]]:
    """Holm's p-values by variant and outcome, over the variants that have the outcome.

    `looks_factor` makes up for earlier looks, so that p below 0.05 still means that the interval excludes 0.
    """
    adjusted: list[dict[str, float]] = [{} for _ in differences]
    for name in dict.fromkeys(name for found in differences for name in found):
        having = [v for v, found in enumerate(differences) if name in found]
        p_values = [min(1.0, differences[v][name].p_value * looks_factor) for v in having]
        for v, p in zip(having, holm(p_values), strict=True):
            adjusted[v][name] = p
    return adjusted
