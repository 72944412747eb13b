"""Strategies are made once and kept by form; what they draw is filled with the conditions of the deal at hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.testing import choices, scenarios, strategies
from tests.amounts import examples

DAYS = {"day 3", "day 2 08:00", "day 4", "day 6"}
POSSIBLE = [
    ["truce.holds", {"obligation": "one"}, {"line": "river", "by": "b"}],
    ["truce.holds", {"obligation": "two"}, {"phase": "one", "state": "ended"}],
]


def leaves(condition):
    """The conditions that one is made of."""
    if isinstance(condition, dict) and set(condition) & {"any", "all", "of", "not"}:
        inside = next(condition[word] for word in ("any", "all", "of", "not") if word in condition)
        return [leaf for one in (inside if isinstance(inside, list) else [inside]) for leaf in leaves(one)]
    return [condition]


@given(st.data(), st.sampled_from(POSSIBLE))
@examples(60)
def test_conditions_are_those_of_the_deal_whose_turn_it_is(data, possible):
    assert choices.one_condition(data.draw, possible) in possible
    few = choices.few_conditions(data.draw, possible, 1)
    assert 1 <= len(few) <= 2
    assert all(one in possible for one in few)
    for leaf in leaves(choices.compound(data.draw, possible)):
        assert leaf in possible or leaf in DAYS


def test_a_strategy_is_made_once_and_numbers_of_other_kinds_have_their_own():
    assert choices.one_of("a", "b") is choices.one_of("a", "b")
    assert choices.one_of(0.0, 1.0) is not choices.one_of(0, 1)


def test_only_a_scenario_that_fails_is_written_and_then_with_the_failure(monkeypatch):
    written = []
    monkeypatch.setattr(strategies, "as_yaml", lambda scenario: written.append(scenario) or "scenario: shown")

    @given(scenarios(most_phases=1))
    @examples(5)
    def passes(_):
        pass

    @given(scenarios(most_phases=1))
    @examples(5)
    def fails(_):
        raise AssertionError("on purpose")

    passes()
    assert not written
    with pytest.raises(AssertionError, match="on purpose") as error:
        fails()
    assert "scenario: shown" in error.value.__notes__
