"""Strategies of drafts and habits, each made once: to make one takes several times as long as to draw from it.

What obligations wait for is another list in every deal. Its strategies are kept by the form of the list: they draw
places in it, which are then filled with what stands there.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache, lru_cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

KEPT = 4096
"""Strategies that are kept of those which depend on a deal's own names."""
days: SearchStrategy[str] = st.sampled_from(["day 3", "day 2 08:00", "day 4", "day 6"])
_tenths = st.integers(0, 9)


def maybe(draw: DrawFn, chance_in_ten: int = 5) -> bool:
    """Yes so many times in ten; shrinks to no."""
    return draw(_tenths) >= 10 - chance_in_ten


@lru_cache(maxsize=KEPT, typed=True)
def one_of(*values: Hashable) -> SearchStrategy[Any]:
    """One of these."""
    return st.sampled_from(values)


@lru_cache(maxsize=KEPT)
def some_of(values: tuple[str, ...], least: int, most: int) -> SearchStrategy[list[str]]:
    """Different ones of these, so many."""
    return st.lists(one_of(*values), min_size=least, max_size=most, unique=True)


@cache
def whole(least: int, most: int) -> SearchStrategy[int]:
    """A whole number."""
    return st.integers(least, most)


@lru_cache(maxsize=KEPT)
def counts_of(names: tuple[str, ...], most: int) -> SearchStrategy[dict[str, int]]:
    """A number, zero to this one, of one or more of these."""
    return st.dictionaries(one_of(*names), whole(0, most), min_size=1)


# ---------------------------------------------------------------- conditions

Form = tuple[str | None, ...]
"""The words among conditions, and None for each that is a mapping."""


class _Place:
    """The place of a condition that is a mapping, and like that not to be hashed.

    Hypothesis tells samples apart by the hashes of what is in them, and tries parts of one in the place of another.
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, n: int):
        self.n = n


def one_condition(draw: DrawFn, possible: list[Any]) -> Any:
    """One of these conditions."""
    return _filled(draw(_sampled(_form(possible))), possible)


def few_conditions(draw: DrawFn, possible: list[Any], least: int = 0) -> list[Any]:
    """Up to two of these conditions, perhaps the same twice."""
    return list(_filled(draw(_few(_form(possible), least)), possible))


def compound(draw: DrawFn, possible: list[Any]) -> Any:
    """A day, or a condition made of several of these and of days, within one another."""
    return _filled(draw(_compounds(_form(possible))), possible)


@lru_cache(maxsize=KEPT)
def compounds(*possible: str) -> SearchStrategy[Any]:
    """Days, and conditions made of several of these and of days, within one another."""
    return _compounds(possible)


def _form(possible: list[Any]) -> Form:
    return tuple(one if isinstance(one, str) else None for one in possible)


def _filled(drawn: Any, possible: list[Any]) -> Any:
    """What was drawn, with conditions in their places."""
    if isinstance(drawn, _Place):
        return possible[drawn.n]
    if isinstance(drawn, list):
        return [_filled(one, possible) for one in drawn]
    return {key: _filled(one, possible) for key, one in drawn.items()} if isinstance(drawn, dict) else drawn


@cache
def _sampled(form: Form) -> SearchStrategy[Any]:
    return st.sampled_from([_Place(n) if word is None else word for n, word in enumerate(form)])


@cache
def _few(form: Form, least: int) -> SearchStrategy[list[Any]]:
    return st.lists(_sampled(form), min_size=least, max_size=2)


@lru_cache(maxsize=KEPT)
def _compounds(form: Form) -> SearchStrategy[Any]:
    return st.recursive(st.one_of(days, _sampled(form)), _made_of, max_leaves=4)


def _made_of(conditions: SearchStrategy[Any]) -> SearchStrategy[Any]:
    few = st.lists(conditions, min_size=1, max_size=3)
    some = few.flatmap(lambda of: st.fixed_dictionaries({"at_least": st.integers(1, len(of)), "of": st.just(of)}))
    alternatives = [st.fixed_dictionaries({word: few}) for word in ("any", "all")]
    return st.one_of(days, *alternatives, some, st.fixed_dictionaries({"not": conditions}))
