"""Whether a drawn mutant changes any history at all: `python tests/mutants/alike.py NAME...`.

Each mutant is compiled in a copy of the sources, and 20,000 histories of generated deals, deals by hand and every
shipped scenario are run there and here. Where all events and outcomes are equal it may be equivalent, which the
command writes into drawn.json; the sentence that says why is written by hand, and without it nothing is equivalent.
"""

from __future__ import annotations

import os
import pickle
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from hypothesis import HealthCheck, Phase, given, seed, settings  # noqa: E402
from hypothesis.strategies import SearchStrategy  # noqa: E402

from sim.engine.kernel import run_block  # noqa: E402
from sim.native.entry import for_rules  # noqa: E402
from sim.outcomes.columns import Curves, columns  # noqa: E402
from sim.plan.compile import Plan, compile_plan  # noqa: E402
from sim.plan.record import STATE  # noqa: E402
from sim.reading.catalogue import scenarios  # noqa: E402
from sim.reading.resolve import resolve  # noqa: E402
from tests.builders import tiny  # noqa: E402
from tests.combinations import test_combinations as pairs  # noqa: E402
from tests.combinations.covering import Coverage, compose  # noqa: E402
from tests.mutants.drawn import EQUIVALENT, PAGE, drawn_from, page, read, write  # noqa: E402
from tests.mutants.run import copy_sources, made  # noqa: E402
from tests.mutants.table import Mutant  # noqa: E402
from tests.property import test_oracle as suite  # noqa: E402
from tests.told.by_hand import BY_HAND  # noqa: E402

N_GENERATED, REPLICATES = 1700, 10
"""Generated deals, besides those that combine features, and replicates of each deal."""
OF_SHIPPED = 100
LONGEST = 300
"""Seconds after which histories are said never to end."""
SEED = 7
Deals = list[tuple[str, Plan, int]]
"""Name, plan and number of replicates."""


def deals() -> Iterator[tuple[str, Plan, int]]:
    """What is run: 20,000 histories of generated deals, those by hand, and every shipped scenario."""
    for kind, (strategy, _) in suite.KINDS.items():
        for number, plan in enumerate(_generated(strategy, N_GENERATED // len(suite.KINDS))):
            yield f"{kind} {number}", plan, REPLICATES
    coverage, chance = Coverage(pairs.ENOUGH), random.Random(0)
    for number in range(pairs.N):
        composed = compose(coverage.choose(chance), number)
        coverage.count(composed.in_history(pairs.told(composed)))
        yield f"combined {number}", compile_plan(composed.resolved), REPLICATES
    for name, text in BY_HAND.items():
        yield name, compile_plan(tiny(text)), REPLICATES
    for entry in scenarios():
        yield entry.name, compile_plan(resolve(entry.name)), OF_SHIPPED


def _generated(strategy: SearchStrategy[Any], n: int) -> list[Plan]:
    found: list[Plan] = []

    @seed(SEED)
    @settings(max_examples=n, phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None,
              database=None)  # fmt: skip
    @given(strategy)
    def keep(scenario: Any) -> None:
        found.append(compile_plan(scenario))

    keep()
    return found


def histories(told: Iterable[tuple[str, Plan, int]]) -> dict[tuple[str, int], bytes]:
    """By deal and replicate, a digest of all events and outcomes."""
    found = {}
    states = for_rules(np.zeros(1, STATE))
    for name, plan, n in told:
        plans, layout = for_rules(plan.record), Curves.of(plan).layout(Curves.of(plan).empty())
        for replicate in range(n):
            outcomes = np.zeros((1, len(columns(plan))), np.int64)
            faulty = run_block(plans, states, np.uint64(SEED), replicate, outcomes, *layout)
            trace = states["events"][0, : states["n_events"][0]]
            digest = blake2b(trace.tobytes() + outcomes.tobytes() + bytes([faulty >= 0]), digest_size=16)
            found[name, replicate] = digest.digest()
    return found


def otherwise(mutant: Mutant, plans: Path, right: dict[tuple[str, int], bytes]) -> str:
    """The first deal and replicate that a mutant tells otherwise; nothing if it tells all alike."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        copy_sources(folder)
        environment = os.environ | {"PYTHONPATH": str(folder)}
        told = folder / "told"
        with made(mutant, folder):
            subprocess.run([sys.executable, "-m", "sim.native"], cwd=folder, env=environment, check=True)
            tell = [sys.executable, "-m", "tests.mutants.alike", "--tell", str(plans), str(told)]
            try:
                done = subprocess.run(tell, cwd=folder, env=environment, check=False, timeout=LONGEST)
            except subprocess.TimeoutExpired:
                return "histories that do not end"
        if done.returncode:
            return f"histories that end with {done.returncode}"
        wrong = pickle.loads(told.read_bytes())
    assert wrong.keys() == right.keys()
    return next((f"{name}, replicate {replicate}" for name, replicate in right
                 if wrong[name, replicate] != right[name, replicate]), "")  # fmt: skip


def main(names: list[str]) -> int:
    """Say of each mutant what it tells otherwise, and write down those of which nothing is; 1 if any is told so."""
    table = {judged.name: judged for judged in read()}
    if unknown := set(names) - set(table):
        sys.exit(f"no such mutants: {sorted(unknown)}")
    with tempfile.TemporaryDirectory() as temporary:
        plans = Path(temporary) / "plans"
        told = list(deals())
        plans.write_bytes(pickle.dumps(told))
        right = histories(told)
        print(f"{len(right)} histories of {len(told)} deals", flush=True)
        differ = 0
        for name in names:
            found = otherwise(table[name].mutant, plans, right)
            print(f"{name}: {found or 'all alike'}", flush=True)
            differ += bool(found)
            if not found and table[name].says:
                now = {judged.name: judged for judged in read()}
                now[name] = replace(now[name], verdict=EQUIVALENT, by="")
                write(list(now.values()), drawn_from())
                PAGE.write_text(page(list(now.values()), drawn_from()), encoding="utf-8")
    return int(differ > 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--tell"]:
        Path(sys.argv[3]).write_bytes(pickle.dumps(histories(pickle.loads(Path(sys.argv[2]).read_bytes()))))
    else:
        sys.exit(main(sys.argv[1:]))
