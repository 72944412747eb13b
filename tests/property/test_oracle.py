"""A second simulator in plain Python tells the same history as the program, event by event, and the same measures.

It stands in `tests/oracle/`, knows the documents and the page on the model, and shares no code with the program.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed
from ruamel.yaml import YAML

from sim.document.scenario import ResolvedScenario
from sim.engine.reference import ReferenceEngine
from sim.plan.compile import compile_plan
from sim.reading.resolve import resolve
from sim.reading.store import as_yaml
from sim.rules.leads import shares_at
from sim.testing import scenarios
from tests.amounts import examples, in_proportion, shipped
from tests.builders import tiny
from tests.oracle import chance, lead
from tests.oracle.reading import NotCovered
from tests.oracle.simulate import simulate
from tests.oracle.totals import end_of
from tests.told import generated
from tests.told.by_hand import BY_HAND
from tests.told.compare import differently, document_of

ORACLE = Path(__file__).parents[1] / "oracle"
REPLICATES = 12
SEED = 20
"""Of the generated deals."""
COVERED = 0.9
"""The share of generated deals that the oracle tells, at least."""
AS_WRITTEN = ("january-2025", "november-2023", "october-2025", "october-2025-talks")


# ---------------------------------------------------------------- what it stands on


def test_the_oracle_imports_nothing_but_itself_and_the_standard_library():
    for path in ORACLE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                top = name.split(".")[0]
                assert name.startswith("tests.oracle") or top in sys.stdlib_module_names, f"{path.name}: {name}"


def test_no_file_of_the_oracle_is_longer_than_a_page_can_be_read():
    assert all(len(path.read_text().splitlines()) <= 400 for path in ORACLE.glob("*.py"))


def test_its_generator_is_that_of_numpy():
    counter, key = (3, 2**63 + 11, 5, 0), (7, 0)
    numpy_generator = np.random.Philox(counter=np.array(counter, dtype=np.uint64), key=np.array(key, dtype=np.uint64))
    # NumPy's counter is one ahead of the block that it returns
    assert chance.philox((counter[0] + 1, *counter[1:]), key) == tuple(numpy_generator.random_raw(4).tolist())


def test_it_reads_what_is_printed():
    for deal in AS_WRITTEN:
        scenario = resolve(f"{deal}/as-written")
        assert document_of(scenario) == YAML(typ="safe").load(as_yaml(scenario))


# ---------------------------------------------------------------- histories


@pytest.mark.parametrize("name", BY_HAND)
def test_a_deal_by_hand_is_told_alike(name: str):
    difference = differently(tiny(BY_HAND[name]), REPLICATES)
    assert not difference, difference


def test_shares_at_the_end_of_a_deal_by_hand_are_told_alike():
    seen = set()
    for name, text in BY_HAND.items():
        scenario = tiny(text)
        engine, history = ReferenceEngine(compile_plan(scenario)), simulate(document_of(scenario), 1, 0)
        engine.run(1, 0)
        shares, end = np.zeros(2, np.int64), end_of(history)
        shares_at(engine.plans, engine.states, end, shares)
        assert shares.tolist() == list(lead.shares(history.world, end).values()), name
        seen.update(shares.tolist())
    assert seen > {0, 1_000_000}


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_is_told_alike(name: str):
    difference = differently(resolve(name))
    assert not difference, difference


KINDS = {
    "any": (scenarios(), 40),
    "amounts": (scenarios(amounts=True), 40),
    "exchanges": (scenarios(exchanges=True), 40),
    "people come out": (generated.people_come_out(), 25),
    "phases go on": (generated.phases_go_on(), 25),
    "gates shut": (generated.gates_shut(), 15),
    "quarrels": (generated.quarrels(), 25),
    "kept waiting": (generated.kept_waiting(), 40),
    "re-dated": (generated.redated(), 40),
    "waiting for a phase": (generated.waiting_for_a_phase(), 20),
}
"""Strategies, and so many deals of each."""


@pytest.mark.parametrize("kind", KINDS)
def test_generated_deals_are_told_alike(kind: str):
    counts: Counter[str] = Counter()
    strategy, n = KINDS[kind]

    @seed(SEED)
    @examples(n, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(strategy)
    def told(scenario: ResolvedScenario) -> None:
        try:
            difference = differently(scenario)
        except NotCovered:
            counts["not covered"] += 1
            return
        assert not difference, difference
        counts["alike"] += 1

    told()
    assert counts["alike"] >= COVERED * in_proportion(n), counts
