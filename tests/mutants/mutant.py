"""What a mutant is, and the tests that are asked whether they notice it."""

from __future__ import annotations

from dataclasses import dataclass

_ORACLE = "tests/property/test_oracle.py"
HAND = f"{_ORACLE}::test_a_deal_by_hand_is_told_alike"
GENERATED = f"{_ORACLE}::test_generated_deals_are_told_alike"
SHIPPED = f"{_ORACLE}::test_a_shipped_scenario_is_told_alike"
_PAIRS = "test_every_pair_of_features_acts_in_one_history_that_the_oracle_tells_alike"
COMBINED = f"tests/combinations/test_combinations.py::{_PAIRS}"
ENGINES = "tests/equivalence/test_engines.py::test_engines_tell_the_same_history_of_generated_deals"
_GUARANTEES, _DECLARED = "tests/property/test_guarantees.py", "tests/property/test_declared_guarantees.py"
STEPS = f"{_GUARANTEES}::test_guarantees_hold_at_every_step_of_generated_deals_that_reach_every_state"
DECLARED = f"{_DECLARED}::test_engines_and_onlooker_agree_on_generated_deals_and_guarantees"
ANSWERS = f"{_DECLARED}::test_an_answer_is_in_time_up_to_its_last_minute"
SUITES = (HAND, GENERATED, ENGINES, COMBINED, ANSWERS, DECLARED, STEPS, SHIPPED)
"""The tests that are asked, in this order, after the one that a mutant names; they run on generated deals."""


@dataclass(frozen=True)
class Mutant:
    """One wrong place, found by its function and its syntax, as `tests/mutants/patterns.py` says.

    Attributes
    ----------
    name : str
    function : str
        The function, `Class.method` or constant in which it is, somewhere under `sim/`.
    old, new : str
        The pattern that is there, exactly once, and what stands in its place.
    breaks : str
        What is wrong with it.
    first : str, optional
        The test that is asked first.
    module : str, optional
        Where the function is, if several files have one of that name.
    """

    name: str
    function: str
    old: str
    new: str
    breaks: str
    first: str = HAND
    module: str = ""
