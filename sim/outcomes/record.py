"""One replicate as plain data: outcomes, verdicts on guarantees and milestones, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.outcomes.columns import (
    columns,
    day_of,
    end_name,
    is_quantity,
    local_time,
    published,
    reached,
    root_cause_of,
    violations,
)
from sim.plan.plan import Plan

if TYPE_CHECKING:
    pass


def outcomes_of(plan: Plan, row: np.ndarray[Any, Any]) -> dict[str, float | int]:
    """Outcomes by name in published units; codes are left out."""
    result: dict[str, float | int] = {}
    for name, raw in zip(columns(plan), row, strict=True):
        if is_quantity(name):
            value = published(name, raw)
            result[name] = int(value) if np.issubdtype(type(value), np.integer) else round(float(value), 6)
    return result


def as_record(plan: Plan, seed: int, replicate: int, row: np.ndarray[Any, Any]) -> dict[str, Any]:
    """What `ceasefire run --json` prints."""
    names = columns(plan)
    return {
        "scenario": plan.scenario.scenario,
        "seed": seed,
        "replicate": replicate,
        "engine": "reference",
        "outcomes": outcomes_of(plan, row),
        "end": end_name(int(row[names.index("end")])),
        "root_cause": root_cause_of(plan, row, names),
        "guarantees": [_as_verdict(plan, name, minute) for name, minute in violations(plan, row).items()],
        "milestones": _milestones(plan, row),
    }


def _milestones(plan: Plan, row: np.ndarray[Any, Any]) -> list[dict[str, Any]]:
    """What came about in one run, and when."""
    titles = {one.key: one.title for one in plan.milestones}
    return [
        {"name": name, "title": titles[name], "minute": minute} | ({} if minute is None else _moment(plan, minute))
        for name, minute in reached(plan, row).items()
    ]


def _moment(plan: Plan, minute: int) -> dict[str, Any]:
    return {"day": day_of(plan, minute), "local_time": local_time(plan, minute).isoformat(timespec="minutes")}


def _as_verdict(plan: Plan, name: str, minute: int | None) -> dict[str, Any]:
    """A declared guarantee: kept, or violated and when."""
    verdict: dict[str, Any] = {"name": name, "kept": minute is None, "minute": minute}
    if minute is not None:
        verdict |= _moment(plan, minute)
    return verdict
