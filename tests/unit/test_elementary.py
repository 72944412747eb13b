"""Logarithm and exponential of our own: to the last digit or nearly, against the 80-bit ones of the C library."""

import math
import struct

import numpy as np
import pytest

from sim import elementary
from sim.compiled import _bits_of, _of_bits, entry

log = entry(getattr(elementary.log, "py_func", elementary.log))
exp = entry(getattr(elementary.exp, "py_func", elementary.exp))
RNG = np.random.default_rng(20250119)
POSITIVE = np.concatenate([
    10 ** RNG.uniform(-300, 300, 2000), RNG.uniform(0, 2, 2000), 1 + RNG.uniform(-1, 1, 2000) * 2.0**-40,
    [2.0**-53, 1 - 2.0**-53, 0.5, math.sqrt(0.5), 2.0],
])  # fmt: skip
POWERS = np.concatenate([RNG.uniform(-700, 700, 2000), RNG.uniform(-1, 1, 4000), RNG.uniform(-1e-12, 1e-12, 500)])
has_80_bits = pytest.mark.skipif(np.finfo(np.longdouble).nmant < 63, reason="long double has no more digits here")


def units_off(found, exact):
    """By how many units in its last place a number is off."""
    return np.abs(found - exact) / np.spacing(np.abs(exact.astype(np.float64)))


@has_80_bits
def test_a_logarithm_is_less_than_a_unit_in_the_last_place_off():
    assert units_off(np.array([log(x) for x in POSITIVE]), np.log(POSITIVE.astype(np.longdouble))).max() < 1


@has_80_bits
def test_an_exponential_is_less_than_a_unit_in_the_last_place_off():
    assert units_off(np.array([exp(x) for x in POWERS]), np.exp(POWERS.astype(np.longdouble))).max() < 1


def test_what_is_exact_is_exact():
    assert [log(1.0), exp(0.0), exp(-0.0)] == [0.0, 1.0, 1.0]
    assert [log(2.0**k) for k in (-1, 1, 10)] == [math.log(2.0**k) for k in (-1, 1, 10)]


def test_what_is_too_small_counts_as_nothing_and_what_is_too_large_as_the_largest():
    assert [exp(-709.0), exp(-1e300), exp(-math.inf)] == [0.0, 0.0, 0.0]
    assert exp(-707.9) > 0.0
    assert exp(800.0) == exp(709.0) < math.inf


def test_machine_code_and_plain_python_give_the_same_bits():
    for function, numbers in ((elementary.log, POSITIVE[::20]), (elementary.exp, POWERS[::20])):
        plain = getattr(function, "py_func", function)
        compiled = entry(plain)
        for x in numbers.tolist():
            assert struct.pack("<d", in_plain_python(plain, x)) == struct.pack("<d", compiled(x))


def in_plain_python(plain, x):
    """A rule without its compiler."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(elementary, "bits_of", _bits_of)
        patch.setattr(elementary, "of_bits", _of_bits)
        return plain(x)


def test_the_bits_of_a_number_are_those_of_its_bytes():
    for x in (0.5, -3.75, 2.0**-1074, math.inf):
        assert _bits_of(x) == struct.unpack("<q", struct.pack("<d", x))[0]
        assert _of_bits(_bits_of(x)) == x
