"""Each property test names its number of examples once, and the quick run has a share of what is slow."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.reading.catalogue import scenarios
from tests.amounts import (
    ALWAYS,
    DEAR,
    EVERY,
    FACTOR,
    a_share,
    examples,
    grows,
    in_proportion,
    in_turn,
    is_quick,
    one_quick,
)

TESTS = Path(__file__).parents[1]
UNTIL_ALL_IS_REACHED = {"test_walk.py: behave"}
"""Makes examples in rounds, until nothing is left to reach."""


def unnamed(file: str, source: str) -> Iterator[str]:
    """Properties without a number of examples."""
    for node in ast.walk(ast.parse(source)):
        decorators = [ast.unparse(d).partition("(")[0] for d in getattr(node, "decorator_list", [])]
        if "given" in decorators and "examples" not in decorators:
            yield f"{file}: {node.name}"


def test_every_property_names_its_number_of_examples():
    found = {name for path in TESTS.rglob("*.py") for name in unnamed(path.name, path.read_text(encoding="utf-8"))}
    assert found == UNTIL_ALL_IS_REACHED


def test_a_property_that_names_none_is_found():
    source = "@given(st.integers())\ndef f(n): ...\n@examples(5)\n@given(st.integers())\ndef g(n): ..."
    assert list(unnamed("file", source)) == ["file: f"]


def test_the_profile_long_makes_ten_times_as_many():
    assert settings.get_profile("long").max_examples == 10 * settings.get_profile("ci").max_examples


def test_what_grows_in_the_profile_long_is_known():
    @examples(5)
    @given(st.integers())
    def a_property(n):
        pass

    def with_one_inside():
        examples(5)(a_property)

    def with_a_count():
        assert in_proportion(5)

    assert all(map(grows, (a_property, with_one_inside, with_a_count)))
    assert not grows(test_the_profile_long_makes_ten_times_as_many)


def test_the_quick_scenarios_are_always_some_and_about_a_fifth_of_the_others_and_in_time_all():
    names = [entry.name for entry in scenarios() if entry.deal not in DEAR]
    others = {name for name in names if name.rpartition("/")[2] not in ALWAYS}
    assert all(is_quick(name) for name in names if name not in others)
    chosen = [{name for name in others if is_quick(name, str(sources))} for sources in range(60)]
    assert sum(map(len, chosen)) == pytest.approx(60 * len(others) / EVERY, rel=0.1)
    assert set.union(*chosen) == others


def test_one_of_several_is_quick():
    assert sum(value in (1, 2, 3) for value in one_quick([1, 2, 3])) == 1


def test_a_share_is_about_one_in_so_many_and_never_none():
    values = [str(number) for number in range(300)]
    assert sum(value in values for value in a_share(values, 3)) == pytest.approx(100, rel=0.25)
    assert all(sum(value in few for value in a_share(few, 1000)) == 1 for few in (["a"], ["a", "b", "c"]))


def test_of_what_is_dear_the_slow_tests_have_a_share_that_changes_with_the_sources():
    names = [entry.name for entry in scenarios() if entry.deal not in DEAR]
    shares = [{name for name in names if in_turn(name, 3, sources)} for sources in ("a", "b")]
    if FACTOR > 1:
        assert shares == [set(names), set(names)]
        return
    assert shares[0] != shares[1]
    assert all(0 < len(share) < len(names) * 2 / 3 for share in shares)
