"""Every two things that a document can say act together in some generated deal, and both engines tell what follows.

So does the oracle, a second simulator that shares no code with them: each deal is composed once and told by all three.

A covering array, not luck: the next deal is asked for the pairs that are still short. Whether a feature acted is read
from the trace, so that one which is written and never comes about counts for nothing.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest

from sim.outcomes.trace import records
from sim.plan.compile import compile_plan
from tests.builders import History, history_of
from tests.combinations.covering import Composed, Coverage, compose
from tests.combinations.table import FEATURES
from tests.combinations.triples import TRIPLES
from tests.combinations.vocabulary import SILENT, vocabulary
from tests.oracle.reading import NotCovered
from tests.oracle.simulate import simulate
from tests.told.compare import difference, document_of, measured_otherwise, of_oracle, of_program, with_causes

N_QUICK, N_LONG = 300, 3000
ENOUGH_LONG = 5
"""Histories in which each pair acts in the long run; in the quick one it is one."""
NOT_COVERED = 0.01
"""Of the deals at most so many say something that the oracle does not tell yet; in the quick run none does."""
N_TRIPLE = 12
"""Deals in which a triple may act at last."""
INCOMPATIBLE: dict[tuple[str, str], str] = {}
"""Pairs that no valid document holds, with what `validate` says of them."""


@dataclass
class Alike:
    """How many histories the oracle tells as the program does, and which not."""

    alike: int = 0
    not_covered: int = 0
    otherwise: list[str] = field(default_factory=list)

    def look(self, composed: Composed, history: History) -> None:
        """Let the oracle tell one replicate that the program has told, and measure it."""
        program = with_causes([of_program(record) for record in records(history.plan, history.run.trace)])
        try:
            again = simulate(document_of(composed.resolved), composed.seed, 0)
        except NotCovered:
            self.not_covered += 1
            return
        found = difference(program, with_causes([of_oracle(event) for event in again.events]))
        found = found or "\n".join(
            measured_otherwise(composed.resolved, history.plan, history.run.outcomes.tolist(), again)
        )
        if found:
            self.otherwise.append(f"deal {composed.seed}:\n{found}")
        else:
            self.alike += 1


def told(composed: Composed) -> History:
    """One history, the same on both engines, with every fixed guarantee looked at."""
    return history_of(compile_plan(composed.resolved), composed.seed)


def cover(n: int, enough: int) -> tuple[Coverage, Alike]:
    """Run so many deals, each asked for what is still short."""
    coverage, alike, chance = Coverage(enough), Alike(), random.Random(0)
    for seed in range(n):
        composed = compose(coverage.choose(chance), seed)
        history = told(composed)
        coverage.count(composed.in_history(history))
        alike.look(composed, history)
    return coverage, alike


def assert_told_alike(alike: Alike, n: int) -> None:
    assert not alike.otherwise, f"{len(alike.otherwise)} of {n} deals told otherwise:\n" + alike.otherwise[0]
    assert alike.not_covered <= NOT_COVERED * n
    assert alike.alike + alike.not_covered == n


def assert_nothing_is_missing(coverage: Coverage) -> None:
    missing = [pair for pair in coverage.missing() if pair not in INCOMPATIBLE]
    assert not missing, f"{len(missing)} pairs never act together:\n" + "\n".join(
        " and ".join(pair) for pair in missing
    )


def test_every_field_kind_and_value_is_a_feature_or_silent_for_a_reason() -> None:
    covered = {word for feature in FEATURES.values() for word in feature.covers}
    words = set(vocabulary())
    assert not words - covered - set(SILENT), "write a feature in tests/combinations, or say why it is silent"
    assert not set(SILENT) - words, "no document says this any more"
    assert not covered & set(SILENT)


@pytest.mark.parametrize("name", FEATURES)
def test_every_feature_acts_on_its_own(name: str) -> None:
    """In one of a few deals, whose values differ."""
    assert any(name in composed.in_history(told(composed)) for composed in (compose([name], seed) for seed in range(8)))


def test_every_pair_of_features_acts_in_one_history_that_the_oracle_tells_alike() -> None:
    coverage, alike = cover(N_QUICK, 1)
    assert_nothing_is_missing(coverage)
    assert_told_alike(alike, N_QUICK)


@pytest.mark.slow
def test_every_pair_of_features_acts_in_several_histories_that_the_oracle_tells_alike() -> None:
    coverage, alike = cover(N_LONG, ENOUGH_LONG)
    assert_nothing_is_missing(coverage)
    assert_told_alike(alike, N_LONG)


@pytest.mark.parametrize("triple", TRIPLES, ids=" ".join)
def test_what_failed_together_once_acts_together(triple: tuple[str, ...]) -> None:
    assert any(
        set(triple) <= composed.in_history(told(composed))
        for composed in (compose(list(triple), seed) for seed in range(N_TRIPLE))
    )


def test_a_pair_that_never_acts_is_named() -> None:
    coverage = Coverage(1)
    coverage.count(set(FEATURES) - {"grace"})
    with pytest.raises(AssertionError, match=f"{len(FEATURES) - 1} pairs never act together:\n.*grace"):
        assert_nothing_is_missing(coverage)
    coverage.count({"grace", "takes"})
    assert len(list(coverage.missing())) == len(FEATURES) - 2
