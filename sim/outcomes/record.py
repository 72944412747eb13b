"""One replicate told: its outcomes, verdicts, events and story by name, made once for whoever shows them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

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
from sim.outcomes.story import chain, story
from sim.outcomes.trace import records
from sim.plan.plan import Plan


@dataclass(frozen=True)
class ReplicateRecord:
    """One replicate, told event by event.

    Attributes
    ----------
    plan : Plan
        The scenario as the engine reads it.
    seed, replicate : int
        Address of its draws.
    row : ndarray of int64, shape (n_columns,)
        Outcomes as measured: whole numbers, times in minutes; `outcomes` has them by name in published units.
    trace : ndarray of int32, shape (n_events, 7)
        Minute since the deal's start, event, subject, actor, cause, before, after; `events` has them by name.
    """

    plan: Plan
    seed: int
    replicate: int
    row: np.ndarray[Any, Any]
    trace: np.ndarray[Any, Any]

    @cached_property
    def outcomes(self) -> dict[str, float | int]:
        """Outcomes by name in published units; codes are left out."""
        result: dict[str, float | int] = {}
        for name, raw in zip(columns(self.plan), self.row, strict=True):
            if is_quantity(name):
                value = published(name, raw)
                result[name] = int(value) if np.issubdtype(type(value), np.integer) else round(float(value), 6)
        return result

    @property
    def end(self) -> str:
        """'completed', 'collapsed', 'lapsed' or 'standing'."""
        return end_name(int(self.row[columns(self.plan).index("end")]))

    @property
    def root_cause(self) -> str:
        """What the end goes back to, in words."""
        return root_cause_of(self.plan, self.row, columns(self.plan))

    @property
    def violations(self) -> dict[str, int | None]:
        """By declared guarantee, the minute at which it was first violated; None where it is kept."""
        return violations(self.plan, self.row)

    @property
    def milestones(self) -> dict[str, int | None]:
        """By milestone, the minute in which it first came about; None where it never did."""
        return reached(self.plan, self.row)

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """The trace as records: id, minute, day, local_time, event, what it is about, cause."""
        return list(records(self.plan, self.trace))

    @cached_property
    def story(self) -> list[tuple[int, str, str]]:
        """Day of the deal, date and hour, and what happened; without minor incidents and bookkeeping."""
        return story(self.plan, self.trace)

    @property
    def chain(self) -> list[str]:
        """The events that the end goes back to, the end first."""
        return chain(self.plan, self.trace)

    def as_json(self) -> dict[str, Any]:
        """The replicate as plain data.

        Returns
        -------
        dict
            As `ceasefire run --json` prints it.
        """
        titles = {one.key: one.title for one in self.plan.milestones}
        return {
            "scenario": self.plan.scenario.scenario,
            "seed": self.seed,
            "replicate": self.replicate,
            "engine": "reference",
            "outcomes": self.outcomes,
            "end": self.end,
            "root_cause": self.root_cause,
            "guarantees": [
                {"name": name, "kept": minute is None, "minute": minute} | self._moment(minute)
                for name, minute in self.violations.items()
            ],
            "milestones": [
                {"name": name, "title": titles[name], "minute": minute} | self._moment(minute)
                for name, minute in self.milestones.items()
            ],
        }

    def _moment(self, minute: int | None) -> dict[str, Any]:
        """Day and local time of what came about."""
        if minute is None:
            return {}
        time = local_time(self.plan, minute).isoformat(timespec="minutes")
        return {"day": day_of(self.plan, minute), "local_time": time}
