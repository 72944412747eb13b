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


def test_rules_and_entries_may_be_called_from_elsewhere_with_the_same_result():
    assert uniform_of(np.uint64(0)) == 0.5 / 2**52
    expected = draw_block(np.uint64(0), np.uint64(5), np.uint64(1), np.uint64(2))[0]
    assert first_uniform(np.uint64(5)) == expected
