"""Logarithm, exponential and power of our own: to the last digit or nearly, and the same everywhere."""

from __future__ import annotations

import math
import os
import struct
import subprocess
import sys
from decimal import Decimal, getcontext
from fractions import Fraction

import numpy as np
import pytest

from sim.native import elementary

compiler = pytest.importorskip("sim.native.compiler")
log, exp, power = (compiler.entry(rule.py_func) for rule in (elementary.log, elementary.exp, elementary.power))
RNG = np.random.default_rng(20250119)
POSITIVE = np.concatenate([
    10 ** RNG.uniform(-300, 300, 2000), RNG.uniform(0, 2, 4000), 1 + RNG.uniform(-1, 1, 4000) * 2.0**-6,
    1 + RNG.uniform(-1, 1, 2000) * 2.0**-40, [2.0**-53, 1 - 2.0**-53, 0.5, math.sqrt(0.5), 2.0],
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


@has_80_bits
def test_a_power_is_off_by_three_units_for_each_unit_of_its_logarithm_at_most():
    bases, exponents = RNG.uniform(0.001, 1, 3000), RNG.uniform(0, 5, 3000)
    exact = bases.astype(np.longdouble) ** exponents.astype(np.longdouble)
    found = np.array([power(base, exponent) for base, exponent in zip(bases, exponents, strict=True)])
    # the logarithm errs by up to 2^-52 of itself, its product with the exponent by 2^-53; a unit is 2^-53 at least
    assert (units_off(found, exact) < 1 + 3 * np.abs(exponents * np.log(bases))).all()


def test_what_is_exact_is_exact():
    assert [log(1.0), exp(0.0), exp(-0.0), power(0.3, 0.0), power(1.0, 7.5)] == [0.0, 1.0, 1.0, 1.0, 1.0]
    assert [log(2.0**k) for k in (-1, 1, 10)] == [math.log(2.0**k) for k in (-1, 1, 10)]


def test_what_is_too_small_counts_as_nothing_and_what_is_too_large_as_the_largest():
    assert [exp(-709.0), exp(-1e300), exp(-math.inf)] == [0.0, 0.0, 0.0]
    assert exp(-707.9) > 0.0
    assert exp(800.0) == exp(math.inf) == exp(709.0) < math.inf


def test_machine_code_and_plain_python_give_the_same_bits():
    for rule, compiled, numbers in ((elementary.log, log, POSITIVE[::20]), (elementary.exp, exp, POWERS[::20])):
        for x in numbers.tolist():
            assert struct.pack("<d", rule(x)) == struct.pack("<d", compiled(x))


def nearest(exact):
    number = Fraction(exact)
    return number.numerator / number.denominator


def test_tables_and_constants_are_the_nearest_numbers():
    getcontext().prec = 60
    log_2 = Decimal(2).ln()
    for place in range(128):
        numerator = place if place >= 91 else place + 128
        if numerator <= 181:
            exact = (Decimal(numerator) / 128).ln()
            high = float(elementary._LOG_HIGH[place])
            assert Fraction(high) * 2**42 == round(Fraction(exact) * 2**42)
            assert elementary._LOG_LOW[place] == nearest(exact - Decimal(high))
        exact = (log_2 * place / 128).exp()
        number = nearest(exact)
        assert elementary._POWER_BITS[place] == struct.unpack("<q", struct.pack("<d", number))[0]
        assert elementary._POWER_LOW[place] == nearest(exact / Decimal(number) - 1)
    for whole, high, low in ((log_2, elementary._LOG_2_HIGH, elementary._LOG_2_LOW),
                             (log_2 / 128, elementary._STEP_HIGH, elementary._STEP_LOW)):  # fmt: skip
        assert (Fraction(high) * 2**42).denominator == 1
        assert low == nearest(whole - Decimal(high))
    assert nearest(128 / log_2) == elementary._STEPS_PER_UNIT


WITHOUT_NEWER_INSTRUCTIONS = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-AVX2"}


def test_outcomes_are_the_same_whatever_the_c_library_makes_of_a_processor():
    program = """
import hashlib
from sim.reading.resolve import resolve
from sim.engine.batch import simulate_block
from sim.plan.compile import compile_plan
block = simulate_block(compile_plan(resolve("january-2025/baseline")), 1, 0, 2000)
print(hashlib.sha256(block.outcomes.tobytes() + block.histogram.tobytes()).hexdigest())
"""
    outputs = {
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, env=os.environ | more).stdout
        for more in ({}, WITHOUT_NEWER_INSTRUCTIONS)
    }
    assert len(outputs) == 1
