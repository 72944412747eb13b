"""A whole check: the search, what it found in words and dates, importance and exposure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from sim.analysis.deviations.decisions import as_document, in_words, scripted_plan
from sim.analysis.deviations.exposure import Moment, worst_moment
from sim.analysis.deviations.goals import Goal, read_goal, usual_goal
from sim.analysis.deviations.importance import Importance, importances
from sim.analysis.deviations.search import (
    ANYBODY,
    AT_MOST,
    FROM_THE_BEGINNING,
    Exploration,
    Runner,
    Search,
    add_stretches,
)
from sim.analysis.deviations.sets import Script
from sim.document.scenario import ResolvedScenario, Scripted
from sim.engine.reference import ReferenceEngine, Replicate
from sim.errors import GoalError
from sim.guarantees import Fixed
from sim.outcomes.columns import columns, day_of, end_name, local_time
from sim.plan.codes import N_PARTIES
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.reading.problem import nearest
from sim.rules.sides import counterpart

FIXED_GUARANTEES = tuple(fixed.name.lower() for fixed in Fixed if fixed != Fixed.KEPT)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Deviation:
    """One deviation from compliance, as its run has it.

    Attributes
    ----------
    document : dict
        As `scripted:` of a scenario takes it.
    words : str
        In a few words, such as 'batch_2 refused'.
    by : tuple of str
        Parties whose doing it can be.
    minute : int
        When, in minutes since the deal's start.
    """

    document: dict[str, Any]
    words: str
    by: tuple[str, ...]
    minute: int


@dataclass(frozen=True)
class Found:
    """A set of deviations and what its run comes to.

    Attributes
    ----------
    deviations : tuple of Deviation
        In the order in which the run comes to them.
    end : {'completed', 'collapsed', 'lapsed', 'standing'}
        How the run ends.
    end_minute : int
        When, in minutes since the deal's start.
    """

    deviations: tuple[Deviation, ...]
    end: str
    end_minute: int

    @property
    def script(self) -> list[Scripted]:
        """The set as a scenario document has it."""
        return [Scripted.model_validate(deviation.document) for deviation in self.deviations]


@dataclass(frozen=True)
class Exposure:
    """How far one side's delivered share can run ahead while a party complies.

    Attributes
    ----------
    party : str
        The one that complies.
    ahead : str
        Whose delivered share is ahead: the party's own (it has given and not been given), or the other side's.
    compliant, worst : Moment
        When everybody complies, and at the worst.
    found : Found
        The deviations that bring the worst about.
    """

    party: str
    ahead: str
    compliant: Moment
    worst: Moment
    found: Found


@dataclass(frozen=True)
class Check:
    """What can go wrong, up to so many deviations from compliance.

    Attributes
    ----------
    plan : Plan
        The scripted plan in which everybody complies.
    scenario : ResolvedScenario
        Whose deal and times it is.
    goal : Goal
        What was looked for.
    by : str or None
        The party whose deviations alone were looked at.
    deviations : int
        Largest number of deviations in one run.
    exploration : Exploration
        How many runs there were, and whether they are all.
    minimal_sets : list of Found
        The smallest first, those of one size by the date of the end.
    importances : list of Importance
        Of each obligation.
    exposures : list of Exposure
        Of each party, of its own share and of the other side's.
    broken : dict of str to Found
        Guarantees that were broken, of the fixed list or declared.
    """

    plan: Plan
    scenario: ResolvedScenario
    goal: Goal
    by: str | None
    deviations: int
    exploration: Exploration
    minimal_sets: list[Found]
    importances: list[Importance]
    exposures: list[Exposure]
    broken: dict[str, Found] = field(default_factory=dict)

    @property
    def fails(self) -> bool:
        """Whether a property fails: a guarantee of the fixed list, or the declared one that was asked for."""
        return any(name in FIXED_GUARANTEES or name == self.goal.text for name in self.broken)

    @property
    def shortest(self) -> Found | None:
        """The smallest set that reaches the goal; of several, the one with the earliest end."""
        return self.minimal_sets[0] if self.minimal_sets else None

    @property
    def earliest(self) -> Found | None:
        """The minimal set whose run ends first."""
        return min(self.minimal_sets, key=lambda found: found.end_minute, default=None)

    def replay(self, found: Found) -> Replicate:
        """The run of a set on the reference engine, with its trace.

        Parameters
        ----------
        found : Found
            One of the sets.

        Returns
        -------
        Replicate
            Outcomes (times in minutes) and trace.

        Raises
        ------
        EngineError
            If the run breaks a fixed guarantee; sets in `broken` can.
        """
        return ReferenceEngine(scripted_plan(self.scenario, found.script)).run(0, 0)

    def as_json(self) -> dict[str, Any]:
        """The check as plain data.

        Returns
        -------
        dict
            What `ceasefire check --json` prints.
        """
        exploration = self.exploration
        return {
            "scenario": self.scenario.scenario,
            "goal": self.goal.text,
            "by": self.by,
            "deviations": self.deviations,
            "explored": exploration.n_runs,
            "explored_by_size": exploration.by_size,
            "complete": exploration.complete,
            "seconds": round(exploration.seconds, 3),
            "runs_per_second": round(exploration.n_runs / exploration.seconds),
            "reached": bool(self.minimal_sets),
            "guarantees": [self._guarantee(name) for name in (*FIXED_GUARANTEES, *self.plan.guarantees)],
            "minimal_sets": [self._found(found) for found in self.minimal_sets],
            "shortest": self._found(self.shortest),
            "earliest": self._found(self.earliest),
            "importance": [_importance(importance) for importance in self.importances],
            "exposure": [self._exposure(exposure) for exposure in self.exposures],
        }

    def _guarantee(self, name: str) -> dict[str, Any]:
        return {"name": name, "holds": name not in self.broken, "counterexample": self._found(self.broken.get(name))}

    def _found(self, found: Found | None) -> dict[str, Any] | None:
        if found is None:
            return None
        deviations = [
            {**d.document, "words": d.words, "by": list(d.by), **self._when(d.minute)} for d in found.deviations
        ]
        end = {"end": found.end, "end_day": day_of(self.plan, found.end_minute)}
        return {"deviations": deviations, **end, "end_time": self._when(found.end_minute)["local_time"]}

    def _when(self, minute: int) -> dict[str, Any]:
        moment = local_time(self.plan, minute).isoformat(timespec="minutes")
        return {"day": day_of(self.plan, minute), "local_time": moment}

    def _exposure(self, exposure: Exposure) -> dict[str, Any]:
        def moment(of: Moment) -> dict[str, Any]:
            when = self._when(of.minute) if of.after is not None else {"day": None, "local_time": None}
            return {"lead": round(of.lead, 6), **when, "after": of.after}

        found = self._found(exposure.found)
        worst = {**moment(exposure.worst), "deviations": found["deviations"] if found else []}
        compliant = moment(exposure.compliant)
        return {"party": exposure.party, "ahead": exposure.ahead, "compliant": compliant, "worst": worst}


def _importance(importance: Importance) -> dict[str, Any]:
    estimate = importance.birnbaum
    interval = None if estimate is None else {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    return {
        "obligation": importance.obligation,
        "minimal_sets": importance.n_sets,
        "birnbaum": interval,
        "if_it_deviates": importance.deviates,
        "if_on_time": importance.complies,
    }


def check(
    scenario: ResolvedScenario, deviations: int = 2, *, by: str | None = None, goal: str | None = None, n: int = 0,
    seed: int = 0, at_most: int = AT_MOST, workers: int | None = None, progress: Progress = lambda *_: None,
) -> Check:  # fmt: skip
    """Explore every set of deviations from full compliance, up to a size.

    Parameters
    ----------
    scenario : ResolvedScenario
        Its deal is explored; its behaviour gives how long things usually take, its shocks what may happen.
    deviations : int, optional
        Largest number of deviations in one run.
    by : str, optional
        Only deviations that can be this party's doing.
    goal : str, optional
        What to look for; by default that the deal is not completed, or where that comes about whatever happens, that
        fewer come out than if everybody complies.
    n, seed : int, optional
        Replicates for each obligation's importance under the scenario's chances; none by default.
    at_most : int, optional
        Runs after which the search stops, incomplete.
    workers : int, optional
        Threads; by default one for each core.
    progress : callable, optional
        Told what has been done, 'runs' or 'obligations', how many, and about how many there are.

    Returns
    -------
    Check

    Raises
    ------
    GoalError
        If the goal cannot be read, or `by` is no party of the deal.
    """
    plan = scripted_plan(scenario)
    drawn = compile_plan(scenario.model_copy(update={"scripted": None}))
    if goal is None:
        compliant, _ = Runner(plan).run(np.zeros((1, 0), np.int64), FROM_THE_BEGINNING)
        wanted = usual_goal(plan, drawn, compliant)
    else:
        wanted = read_goal(plan, goal)
    if by is not None and by not in plan.parties:
        raise GoalError(f"no party is called {by!r}: {nearest(by, plan.parties)}")
    add_stretches(plan)
    sides = ANYBODY if by is None else 1 << plan.parties.index(by)
    exploration = Search(plan, wanted, sides, at_most, workers).explore(deviations, partial(progress, "runs"))
    scripts = exploration.minimal_sets
    tell = _Teller(plan)
    found = sorted(map(tell.found, scripts), key=lambda f: (len(f.deviations), f.end_minute))
    weights = importances(drawn, wanted, scripts, n, seed, workers, partial(progress, "obligations"))
    exposures = [
        tell.exposure(scenario, exploration, p, ahead) for p in range(N_PARTIES) for ahead in (p, counterpart(p))
    ]
    broken = {name: tell.found(script) for name, script in exploration.broken.items()}
    return Check(plan, scenario, wanted, by, deviations, exploration, found, weights, exposures, broken)


class _Teller:
    """Tells scripts in words and dates."""

    def __init__(self, plan: Plan):
        self.plan, self.runner = plan, Runner(plan)
        self.end = columns(plan).index("end")

    def found(self, script: Script) -> Found:
        """What a set of deviations comes to."""
        entries = np.array(script, np.int64)
        minutes, end_minute = self.runner.dates(script)
        outcomes, _ = self.runner.run(entries.reshape(1, -1), FROM_THE_BEGINNING)
        deviations = tuple(
            Deviation(as_document(self.plan, entry), in_words(self.plan, entry), self._by(int(sides)), minute)
            for entry, minute, sides in zip(script, minutes, self.runner.sides(entries), strict=True)
        )
        return Found(deviations, end_name(int(outcomes[0, self.end])), end_minute)

    def _by(self, sides: int) -> tuple[str, ...]:
        return tuple(party for p, party in enumerate(self.plan.parties) if sides >> p & 1)

    def exposure(self, scenario: ResolvedScenario, exploration: Exploration, party: int, ahead: int) -> Exposure:
        """How far `ahead` can run ahead while `party` complies."""
        _, script = exploration.leads[party, ahead]
        found = self.found(script)
        compliant, worst = (worst_moment(scripted_plan(scenario, s), ahead) for s in ([], found.script))
        return Exposure(self.plan.parties[party], self.plan.parties[ahead], compliant, worst, found)
