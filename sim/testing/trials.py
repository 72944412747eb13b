"""What `pytest --deal` tries on a deal or scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from sim.analysis.deviations.decisions import as_document
from sim.document.deal import Deal
from sim.document.scenario import ResolvedScenario
from sim.engine.batch import simulate_block
from sim.engine.reference import ReferenceEngine
from sim.errors import SimError
from sim.outcomes.columns import columns, end_name
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.reading.model import load_document
from sim.reading.store import as_yaml
from sim.reading.validate import validate_file
from sim.reading.write import write_yaml
from sim.testing.walk import Walked, Walker

Trial = Callable[[], None]
N_REPLICATES = 5
"""Replicates of each behaviour, and replicates in which the engines are compared."""


class FoundError(AssertionError):
    """A deal does not have a property."""


@dataclass
class Subject:
    """A file that is tried.

    Attributes
    ----------
    path : Path
        A deal, which is tried with any behaviour, or a scenario.
    n_examples, n_walks, longest : int
        Random behaviours, walks, and deviations in one walk.
    """

    path: Path
    n_examples: int
    n_walks: int
    longest: int

    @cached_property
    def scenario(self) -> ResolvedScenario:
        """The scenario, or one of the deal in which everybody complies."""
        from sim.api import resolve
        from sim.testing import around

        document = load_document(self.path)
        return around(document) if isinstance(document, Deal) else resolve(self.path)

    @cached_property
    def walker(self) -> Walker:
        """Walks on the batch engine."""
        return Walker(self.scenario)

    @property
    def guarantees(self) -> list[str]:
        """Names of what the deal and the scenario declare."""
        return [*self.scenario.deal.guarantees, *self.scenario.guarantees]


def trials(subject: Subject) -> dict[str, Trial]:
    """Tests by name; a document that cannot be read has only the first.

    Parameters
    ----------
    subject : Subject

    Returns
    -------
    dict of str to callable
        Each raises `FoundError` or `SimError`.
    """
    found: dict[str, Trial] = {"is_valid": partial(_is_valid, subject)}
    if _errors(subject):
        return found
    found["completes_if_everybody_complies"] = partial(_completes, subject)
    found["fixed_guarantees_hold_whatever_people_do"] = partial(_holds_whatever_people_do, subject)
    found["engines_agree"] = partial(_engines_agree, subject)
    for name in subject.guarantees:
        found[f"keeps[{name}]"] = partial(_keeps, subject, name)
    return found


def _errors(subject: Subject) -> list[str]:
    return [str(problem) for problem in validate_file(subject.path) if problem.severity == "error"]


def _is_valid(subject: Subject) -> None:
    """The document is sound; warnings are for `ceasefire validate`."""
    if errors := _errors(subject):
        raise FoundError("\n".join(errors))


def _completes(subject: Subject) -> None:
    """Full compliance leads to the end of the deal, and violates nothing that is declared."""
    walked = subject.walker.walk()
    end = end_name(int(walked.outcomes[columns(subject.walker.plan).index("end")]))
    if end != "completed":
        raise FoundError(f"everybody complies, and the deal is {end} at the end{_horizon(subject, end)}")
    if violated := subject.walker.violated(walked):
        raise FoundError(f"everybody complies, and yet violated: {', '.join(violated)}")


def _horizon(subject: Subject, end: str) -> str:
    days = subject.scenario.horizon / 1440
    return f"; it may need a longer horizon than {days:g} days, or a last phase that ends" if end == "standing" else ""


def _keeps(subject: Subject, name: str) -> None:
    """No walk violates a declared guarantee; the shortest that does is shown."""
    walker, chance = subject.walker, np.random.default_rng(0)
    shortest: Walked | None = None
    for _ in range(subject.n_walks):
        most = subject.longest if shortest is None else len(shortest.script) - 1
        for walked in walker.wander(chance, most):
            if name in walker.violated(walked):
                shortest = walked
                break
        if shortest is not None and len(shortest.script) <= 1:
            break
    if shortest is None:
        return
    shortest = _without_needless(walker, shortest, name)
    why = ", ".join(map(walker.words, shortest.script)) or "everybody complies"
    raise FoundError(f"{name} is violated: {why}\n\n{_script(walker, shortest)}".rstrip())


def _script(walker: Walker, walked: Walked) -> str:
    """Deviations as a scenario has them, to be replayed by `ceasefire run`."""
    script = [as_document(walker.plan, deviation) for deviation in walked.script]
    return write_yaml({"scripted": script}) if script else ""


def _without_needless(walker: Walker, walked: Walked, name: str) -> Walked:
    """The same violation with every deviation left out that it does not need."""
    for deviation in walked.script:
        fewer = walker.walk([other for other in walked.script if other != deviation])
        if name in walker.violated(fewer):
            return _without_needless(walker, fewer, name)
    return walked


def _holds_whatever_people_do(subject: Subject) -> None:
    """Fixed guarantees and the phase machine, at every step, under behaviours made up by Hypothesis."""
    from sim.testing import scenarios  # says what is missing if Hypothesis is

    from hypothesis import HealthCheck, given, settings  # isort: skip

    last: list[ResolvedScenario] = []

    @settings(
        max_examples=subject.n_examples, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(scenarios(subject.scenario.deal))
    def hold(scenario: ResolvedScenario) -> None:
        last[:] = [scenario]
        engine = ReferenceEngine(compile_plan(scenario))
        for replicate in range(N_REPLICATES):
            engine.run(0, replicate)

    try:
        hold()
    except SimError as error:
        behaviour = as_yaml(last[0]).partition("\nbehaviour:")[2]
        raise FoundError(f"{error}, under this behaviour:\nbehaviour:{behaviour}") from error


def _engines_agree(subject: Subject) -> None:
    """Both engines tell the same first replicates."""
    plan: Plan = compile_plan(subject.scenario)
    told = ReferenceEngine(plan)
    counted = simulate_block(plan, 0, 0, N_REPLICATES).outcomes
    for replicate in range(N_REPLICATES):
        different = np.flatnonzero(told.run(0, replicate).outcomes != counted[replicate])
        if len(different):
            names = [columns(plan)[place] for place in different]
            raise FoundError(f"seed 0, replicate {replicate}: the engines differ in {', '.join(names)}")
