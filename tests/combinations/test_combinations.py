"""Every two things that a document can say act together in some generated deal, and both engines tell what follows.

So does the oracle, a second simulator that shares no code with them: each deal is composed once and told by all three.

A covering array, not luck: the next deal is asked for the pairs that are still short. Whether a feature acted is read
from the trace, so that one which is written and never comes about counts for nothing.
"""

from __future__ import annotations

import random

import pytest

from sim.engine.batch import simulate_block
from sim.outcomes.trace import records
from sim.plan.compile import compile_plan
from tests.amounts import FACTOR, in_proportion
from tests.builders import History, history_of
from tests.combinations.covering import Composed, Coverage, compose
from tests.combinations.table import FEATURES
from tests.combinations.triples import TRIPLES
from tests.combinations.vocabulary import SILENT, vocabulary
from tests.oracle.reading import NotCovered
from tests.oracle.simulate import simulate
from tests.told.compare import difference, document_of, measured_otherwise, of_oracle, of_program, with_causes

N = 300
"""Deals of the quick run; the profile `long` has ten times as many."""
ENOUGH = 1 if FACTOR == 1 else 5
"""Histories in which each pair acts."""
NOT_COVERED = 0.01
"""Of the deals at most so many say something that the oracle does not tell yet; in the quick run none does."""
N_TRIPLE = 12
"""Deals in which a triple may act at last."""
INCOMPATIBLE: dict[tuple[str, str], str] = {}
"""Pairs that no valid document holds, with what `validate` says of them."""


def covers(composed: Composed, history: History) -> bool:
    """Let the oracle tell and measure one replicate that the program has told; whether it covers the deal."""
    program = with_causes([of_program(record) for record in records(history.plan, history.run.trace)])
    try:
        again = simulate(document_of(composed.resolved), composed.seed, 0)
    except NotCovered:
        return False
    found = difference(program, with_causes([of_oracle(event) for event in again.events]))
    block = simulate_block(history.plan, composed.seed, 0, 1)
    found = found or "\n".join(measured_otherwise(composed.resolved, history.plan, block, again))
    assert not found, f"deal {composed.seed} told otherwise: {found}"
    return True


def told(composed: Composed) -> History:
    """One history, the same on both engines, with every fixed guarantee looked at."""
    return history_of(compile_plan(composed.resolved), composed.seed)


def cover(n: int) -> tuple[Coverage, int]:
    """Run so many deals, each asked for what is still short; and how many of them the oracle covers."""
    coverage, covered, chance = Coverage(ENOUGH), 0, random.Random(0)
    for seed in range(n):
        composed = compose(coverage.choose(chance), seed)
        history = told(composed)
        coverage.count(composed.in_history(history))
        covered += covers(composed, history)
    return coverage, covered


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
    n = in_proportion(N)
    coverage, covered = cover(n)
    assert_nothing_is_missing(coverage)
    assert covered >= (1 - NOT_COVERED) * n


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
