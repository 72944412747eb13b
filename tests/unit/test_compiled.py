import numba
import numpy as np
import pytest

from sim.draws import draw_block, to_uniform

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="rules run as plain Python")


@numba.njit
def uniform_of(word):
    return to_uniform(word)


@numba.njit
def first_uniform(replicate):
    return draw_block(np.uint64(0), replicate, np.uint64(1), np.uint64(2))[0]


def pointer(function) -> int:
    """Address of a function's machine code, 0 if it has none of its own."""
    (compiled,) = function.overloads.values()
    return int(compiled.library.get_pointer_to_function(compiled.fndesc.mangled_name))


def test_a_rule_called_from_elsewhere_is_compiled_into_its_caller_and_has_no_machine_code_of_its_own():
    assert uniform_of(np.uint64(0)) == 0.5 / 2**52
    assert pointer(uniform_of) != 0
    assert pointer(to_uniform) == 0


def test_an_entry_has_machine_code_and_may_be_called_from_elsewhere_with_the_same_result():
    expected = draw_block(np.uint64(0), np.uint64(5), np.uint64(1), np.uint64(2))[0]
    assert pointer(draw_block) != 0
    assert first_uniform(np.uint64(5)) == expected
