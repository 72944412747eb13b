"""Logarithm and exponential as rules take them: the same digits on every machine, whatever its C library.

Made of sums, products, quotients and the bits of a number alone, which IEEE 754 settles to the last digit. Both err by
less than one unit in the last place (a test measures it). After e_log.c and e_exp.c of the Freely Distributable LIBM:

    Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.

    Developed at SunSoft, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this
    software is freely granted, provided that this notice is preserved.
"""

import math

from sim.compiled import bits_of, of_bits, rule

LOG_2 = 0.693147180559945309417232
_LOG_2_HIGH, _LOG_2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
"""ln 2 in two parts: whole multiples of the first are exact."""
_SMALLEST, _LARGEST = -708.0, 709.0
"""Of what is raised to: the exponential of less counts as 0, of more as that of the largest."""
_FRACTION, _EXPONENT_BIAS = 52, 1023
_SQRT_HALF = 0x3FE6A09E << 32
_ONE = _EXPONENT_BIAS << _FRACTION


@rule
def log(x):
    """Natural logarithm of a positive number."""
    shifted = bits_of(x) + (_ONE - _SQRT_HALF)
    exponent = (shifted >> _FRACTION) - _EXPONENT_BIAS
    f = of_bits((shifted & ((1 << _FRACTION) - 1)) + _SQRT_HALF) - 1.0  # of a number between √½ and √2
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    odd = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 + w * (
        1.818357216161805012e-01 + w * 1.479819860511658591e-01)))  # fmt: skip
    half_square = 0.5 * f * f
    k = float(exponent)
    return s * (half_square + (odd + even)) + k * _LOG_2_LOW - half_square + f + k * _LOG_2_HIGH


@rule
def exp(x):
    """Exponential of a number."""
    if x < _SMALLEST:
        return 0.0
    x = min(x, _LARGEST)
    k = math.floor(x * (1.0 / LOG_2) + 0.5)
    high, low = x - k * _LOG_2_HIGH, k * _LOG_2_LOW
    r = high - low
    t = r * r
    c = r - t * (1.66666666666666019037e-01 + t * (-2.77777777770155933842e-03 + t * (
        6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))))  # fmt: skip
    return (1.0 + (r * c / (2.0 - c) - low + high)) * of_bits((k + _EXPONENT_BIAS) << _FRACTION)
