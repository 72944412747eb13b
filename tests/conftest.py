"""What all tests share: Hypothesis profiles, the catalogue parsed once, and one fixture that runs on both engines."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings

from sim.engine.batch import Engine, run_blocks
from sim.plan.plan import Plan
from tests import afresh, parsed_once

ROOT = Path(__file__).parents[1]
_COMMON = {
    "deadline": None,  # the first example imports what it needs
    "database": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
}
_UNEXPLAINED = [phase for phase in Phase if phase != Phase.explain]
"""To say which lines a failure needs takes twice as long as to find and shrink it, and some tests are made to fail."""
_COMMON["backend"] = afresh.register()
settings.register_profile("ci", derandomize=True, print_blob=False, phases=_UNEXPLAINED, **_COMMON)
settings.register_profile("explore", **_COMMON)
settings.register_profile("find", derandomize=True, phases=[Phase.generate], **_COMMON)
# of each test ten times as many examples: tests/amounts.py
settings.register_profile("long", derandomize=True, max_examples=1000, phases=_UNEXPLAINED, **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

parsed_once.begin()

Run = Callable[..., np.ndarray]


def pytest_configure(config: pytest.Config) -> None:
    """Compile the rules where they have changed: once, before there are any workers."""
    if not hasattr(config, "workerinput") and os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0"):
        subprocess.run([sys.executable, "-m", "sim.native", "--if-stale"], check=True, cwd=ROOT)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the profile `long` whatever does more of something is slow, so that ``-m slow`` runs it.

    Drawn mutants come first: some take minutes, which another process could not help with at the end.
    """
    items.sort(key=lambda item: "mutants/test_drawn" not in item.nodeid)
    from tests.amounts import FACTOR, grows  # only now the profile is known

    for item in items if FACTOR > 1 else ():
        if grows(getattr(item, "function", None)):
            item.add_marker(pytest.mark.slow)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Never look for garbage among modules and tests: a tenth of the time of all tests would go into that."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.fixture(params=["reference", "batch"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """The name of an engine; a test that takes it runs on both."""
    return request.param


@pytest.fixture(scope="module")
def without_drawing() -> Iterator[None]:
    """Figures as their words alone, for tests that read what stands beside them: drawing them is most of the time."""
    from tests.cases.folders import plain_figures

    with pytest.MonkeyPatch.context() as patch:
        plain_figures(patch)
        yield


@pytest.fixture
def run(engine: Engine) -> Run:
    """Outcomes of the first replicates of a plan on this engine, shape (n, columns)."""

    def outcomes(plan: Plan, seed: int = 1, n: int = 4, first: int = 0) -> np.ndarray:
        blocks = run_blocks(plan, seed, n, first=first, engine=engine, workers=1)
        return np.concatenate([block.outcomes for block in blocks])

    return outcomes
