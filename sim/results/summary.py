"""Estimates and ends of one scenario as plain data, as commands print and folders keep them."""

from __future__ import annotations

import math
from typing import Any

from sim.outcomes import Curves, columns
from sim.plan.compile import Plan
from sim.statistics.accumulate import Accumulator
from sim.statistics.estimate import Estimate


def accumulator_of(plan: Plan) -> Accumulator:
    """An empty accumulator of one plan's outcomes."""
    return Accumulator(columns(plan), Curves.of(plan))


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
