"""How much the quick run does of everything, and how much more the slow tests do.

A property test names its quick number of examples, `@examples(100)`, and a count that it asks of itself is
`in_proportion(5)`. The Hypothesis profile `long` multiplies both by ten, and makes these tests slow. Of tests that are
many alike, for instance of each shipped scenario, the quick run has a share and the slow run half of the others; which,
changes with the sources. The profile `long` has all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import pytest
from hypothesis import is_hypothesis_test, settings

from sim.reading.catalogue import scenarios
from sim.sources import source_digest

USUAL = 100
"""Examples of a profile that asks for as many as each test names; `long` asks for ten times as many."""
FACTOR = settings.default.max_examples // USUAL
ALWAYS = ("baseline", "as-written")
EVERY = 5
"""Of the other shipped scenarios the quick run takes one in so many."""
IN_TURN = 2
"""Of many alike which the quick run leaves out, the slow run has one in so many."""
DEAR = ("iran-iraq-1990", "korea-1953", "russia-ukraine-2025")
"""Deals of tens of thousands of people, each with a time of their own: theirs are slow tests."""
SOURCES = source_digest("replicate")
"""What decides which these are."""


def examples(n: int, **others: Any) -> settings:
    """So many examples in the quick run."""
    return settings(max_examples=in_proportion(n), **others)


def in_proportion(n: int) -> int:
    """A count that grows with the number of examples."""
    return n * FACTOR


def grows(test: Any) -> bool:
    """Whether a test does more in the profile `long`: it has examples, or its code names one of the two above."""
    names = getattr(getattr(test, "__code__", None), "co_names", ())
    named = [test.__globals__.get(name) for name in names]
    return is_hypothesis_test(test) or any(value is examples or value is in_proportion for value in named)


def in_turn(value: Any, every: int = IN_TURN, sources: str = SOURCES) -> bool:
    """Whether the slow tests before a landing have this one of many alike; in the profile `long` they have all."""
    return FACTOR > 1 or _number(f"{_called(value)} in turn", sources) % every == 0


def is_quick(name: str, sources: str = SOURCES, *, every: int = EVERY, always: Collection[str] = ALWAYS) -> bool:
    """Whether the quick run has this scenario; which ones it has changes with every change of the package's sources."""
    deal, _, scenario = name.rpartition("/")
    return deal not in DEAR and (scenario in always or _number(name, sources) % every == 0)


def shipped(every: int = EVERY, always: Collection[str] = ALWAYS) -> list[Any]:
    """The shipped scenarios as parameters of a test, those that the quick run leaves out in turn and marked as slow."""
    names = [entry.name for entry in scenarios()]
    return _some_quick(names, [name for name in names if is_quick(name, every=every, always=always)])


def a_share(values: Iterable[Any], every: int) -> list[Any]:
    """Parameters of a test of which the quick run has one in so many; which, changes likewise."""
    numbered = [(_number(_called(value), SOURCES), value) for value in values]
    first = min(number for number, _ in numbered)
    quick = [value for number, value in numbered if number % every == 0 or number == first]
    return _some_quick([value for _, value in numbered], quick)


def one_quick(values: Sequence[Any]) -> list[Any]:
    """Parameters of a test of which the quick run has one; which, changes likewise."""
    return _some_quick(values, [values[int(SOURCES, 16) % len(values)]])


def _some_quick(values: Iterable[Any], quick: Collection[Any]) -> list[Any]:
    """Those that the quick run has, and of the others those whose turn it is in the slow run."""
    kept = [value for value in values if value in quick or in_turn(value)]
    return [value if value in quick else slow(*value) if isinstance(value, tuple) else slow(value) for value in kept]


def _called(value: Any) -> str:
    return getattr(value, "name", str(value))


def _number(name: str, sources: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{name} {sources}".encode()).digest()[:8])


def slow(*values: Any) -> Any:
    """A parameter that only the slow tests have."""
    return pytest.param(*values, marks=pytest.mark.slow)
