"""Tiny resolved scenarios from a few lines of YAML, and a readable view of what happened in one replicate."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.document.scenario import ResolvedScenario
from sim.engine.batch import run_blocks, simulate_block
from sim.engine.reference import ReferenceEngine, Replicate
from sim.outcomes.columns import columns, subject_name
from sim.plan.codes import Event
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.reading.model import read_yaml
from sim.reading.paths import merge
from sim.reading.store import from_resolved

DAY = 1440
NOON = 720
"""The hour of a date that names none in these deals, which start at midnight: minute (n - 1) * DAY + NOON is day n."""

SKELETON = """
deal:
  deal: tiny
  title: A deal for one test
  starts: 2025-01-01T00:00+00:00
  due_hour: "12:00"
  horizon: 100 d
  parties: {north: North, south: South}
  mediators: {envoy: Envoy}
  phases: {one: {lasts: 50 d, assumption: a}}
behaviour: {}
"""


def noon(day: int) -> int:
    """The minute at which something due on a day without an hour is due."""
    return (day - 1) * DAY + NOON


def tiny(text: str) -> ResolvedScenario:
    """A resolved scenario: these lines of YAML laid over a skeleton with two parties and one phase of 50 days.

    Parts written without a source get an assumption, so that tests show only what they are about.
    """
    skeleton, _ = read_yaml(SKELETON, "skeleton")
    written, _ = read_yaml(textwrap.dedent(text), "tiny")
    data: dict[str, Any] = merge(skeleton, written)
    if "phases" in written.get("deal", {}):
        data["deal"]["phases"] = written["deal"]["phases"]
    for part in ("holders", "stocks", "phases", "obligations", "exchanges", "powers", "rights"):
        for item in data["deal"].get(part, {}).values():
            item.setdefault("assumption", "for this test")
    for uncertain in data.get("uncertain", {}).values():
        uncertain.setdefault("assumption", "for this test")
    data["behaviour"].setdefault("assumption", "for this test")
    complete = {"scenario": "tiny/test", "question": "What happens?", "horizon": data["deal"]["horizon"], **data}
    return from_resolved(complete)


def plan_of(text: str) -> Plan:
    """The plan of a tiny scenario."""
    return compile_plan(tiny(text))


@dataclass(frozen=True)
class Happening:
    """One row of a trace in words."""

    minute: int
    event: str
    subject: str
    cause: int
    before: int
    after: int


@dataclass(frozen=True)
class History:
    """What happened in one replicate, by name."""

    plan: Plan
    happenings: tuple[Happening, ...]
    outcomes: dict[str, int]
    run: Replicate

    def minutes(self, event: str, subject: str | None = None) -> list[int]:
        """When an event happened."""
        return [h.minute for h in self.all(event, subject)]

    def all(self, event: str, subject: str | None = None) -> list[Happening]:
        """Every happening of this kind, about this subject."""
        return [h for h in self.happenings if h.event == event and subject in (None, h.subject)]

    def life(self, subject: str) -> list[tuple[int, str]]:
        """Minute and event of everything that happened to one obligation, without the prefix of its events."""
        return [
            (h.minute, h.event.removeprefix("obligation_"))
            for h in self.happenings
            if h.subject == subject and h.event.startswith(("obligation", "dispute", "mediation"))
        ]

    def moved(self, group: str, to: int = 2) -> list[tuple[int, int]]:
        """Minute and number of people of a group who came into this custody (2: released)."""
        return [(h.minute, h.before) for h in self.all("people_moved", group) if h.after == to]

    def causes(self, happening: Happening) -> Iterator[Happening]:
        """What a happening goes back to, step by step."""
        while happening.cause >= 0:
            happening = self.happenings[happening.cause]
            yield happening

    @property
    def end(self) -> Happening:
        """The happening that ended the deal."""
        return next(h for h in reversed(self.happenings) if h.event in ENDS)


ENDS = ("deal_completed", "deal_collapsed", "deal_lapsed", "deal_standing")


def history_of(plan: Plan | str, seed: int = 1, replicate: int = 0) -> History:
    """One replicate, the same on both engines, with the guarantees and the phase machine checked at every step."""
    plan = plan_of(plan) if isinstance(plan, str) else plan
    run = ReferenceEngine(plan).run(seed, replicate)
    assert simulate_block(plan, seed, replicate, 1).outcomes[0].tolist() == run.outcomes.tolist()
    happenings = tuple(
        Happening(minute, Event(event).name.lower(), subject_name(plan, Event(event), subject), cause, before, after)
        for minute, event, subject, _, cause, before, after in run.trace.tolist()
    )
    history = History(plan, happenings, dict(zip(columns(plan), run.outcomes.tolist(), strict=True)), run)
    _check_root(history)
    return history


def _check_root(history: History) -> None:
    """Every end goes back to the beginning of the deal or to something without a cause, never round in a circle."""
    chain = list(history.causes(history.end))
    assert chain, f"{history.end} has no cause"
    assert chain[-1].cause == -1
    assert all(later.minute >= earlier.minute for later, earlier in zip([history.end, *chain], chain, strict=False))


def sample(plan: Plan | str, n: int, seed: int = 1) -> dict[str, np.ndarray[Any, Any]]:
    """Outcome columns, as measured, of `n` replicates on the batch engine."""
    plan = plan_of(plan) if isinstance(plan, str) else plan
    outcomes = np.concatenate([block.outcomes for block in run_blocks(plan, seed, n)])
    return dict(zip(columns(plan), outcomes.T, strict=True))
