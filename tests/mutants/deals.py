"""The deals on which mutants are judged: those of a strategy, and those that combine features."""

from __future__ import annotations

import random
from collections.abc import Iterator

from hypothesis import HealthCheck, Phase, given, seed
from hypothesis.strategies import SearchStrategy

from sim.document.scenario import ResolvedScenario
from tests.amounts import examples
from tests.combinations import test_combinations as pairs
from tests.combinations.covering import Composed, Coverage, compose


def of_strategy(strategy: SearchStrategy[ResolvedScenario], n: int, number: int) -> list[ResolvedScenario]:
    """The first deals of a strategy with this seed."""
    found: list[ResolvedScenario] = []

    @seed(number)
    @examples(n, phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None, database=None)
    @given(strategy)
    def keep(scenario: ResolvedScenario) -> None:
        found.append(scenario)

    keep()
    return found


def combined() -> Iterator[Composed]:
    """Those of the quick run that combine features."""
    coverage, chance = Coverage(pairs.ENOUGH), random.Random(0)
    for number in range(pairs.N):
        composed = compose(coverage.choose(chance), number)
        coverage.count(composed.in_history(pairs.told(composed)))
        yield composed
