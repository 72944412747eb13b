"""Draws as scrambled Sobol numbers: those that decide most are spread evenly over the replicates, in 32 scrambles.

A ranked draw is a dimension. Replicate r takes point r // 32 of scramble r % 32, so that a longer run has the same
replicates and more of them; scrambles are independent, and their means give intervals. Points are scrambled as by Owen
(1995): whether a digit changes is drawn for itself for each way in which the digits before it can stand. It is a bit of
a hash of these digits (SplitMix64; Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195). The shorter hash of Laine
and Karras, which scrambles a whole number at once, was tried: of its key, few bits reach the first digits, and changes
of the third were correlated by 0.5.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.native.entry import entry
from sim.native.rule import rule
from sim.plan.draws import decision_key, draw_block, philox_block
from sim.plan.limits import MAX_RANKED, RANKED_SLOTS

SCRAMBLES = 32
"""Independent scrambles: intervals from so few means are 1.04 times as wide as from many."""
_SCRAMBLE_BITS = np.uint64(5)
_SCRAMBLE_MASK = np.uint64(SCRAMBLES - 1)
BITS = 32
MOST_NUMBERED = SCRAMBLES << BITS
"""Replicates from this number on would have the points of earlier ones."""
_WORD = np.uint64(0xFFFFFFFF)
_SLOT_MASK = np.uint64(RANKED_SLOTS - 1)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_OF_SCRAMBLES = np.uint64(decision_key("scrambles"))
_TO_52_BITS, _OF_52_BITS = 4503599627370496.0, 2.220446049250313e-16
_LOWER_BITS = np.uint64(20)
_LOWER = np.uint64((1 << 20) - 1)


@rule
def mixed(word):
    """A hash of 64 bits, each of whose bits depends on all of them."""
    word = (word ^ word >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ word >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return word ^ word >> np.uint64(31)


@rule
def scrambled(word, key):
    """A number of 32 digits with each changed or not, as the key and the digits before it say."""
    changes = np.uint64(0)
    for digit in range(BITS):
        before = np.uint64(1) << np.uint64(digit) | word >> np.uint64(BITS - digit)
        changes = changes << np.uint64(1) | mixed(key + before * _SPREAD) >> np.uint64(63)
    return word ^ changes


@rule
def sobol_word(plan, seed, replicate, dimension):
    """32 digits of the scrambled Sobol number of a replicate in a dimension."""
    point, word, bit = replicate >> _SCRAMBLE_BITS & _WORD, np.uint64(0), 0
    while point != np.uint64(0):
        if point & np.uint64(1) != np.uint64(0):
            word = word ^ plan.direction[dimension, bit]
        point, bit = point >> np.uint64(1), bit + 1
    scramble = replicate & _SCRAMBLE_MASK
    key, _, _, _ = philox_block(scramble, np.uint64(dimension), np.uint64(0), np.uint64(0), seed, _OF_SCRAMBLES)
    return scrambled(word, key)


@rule
def evened(plan, seed, replicate, dimension, drawn):
    """A uniform whose first 32 bits are those of a Sobol number, where its dimension is one: not less than 0."""
    if dimension < 0:
        return drawn
    below = np.uint64(drawn * _TO_52_BITS) & _LOWER
    word = sobol_word(plan, seed, replicate, dimension) << _LOWER_BITS | below
    return (np.float64(word) + 0.5) * _OF_52_BITS


@rule
def slot_of(key, occurrence):
    """Where a ranked draw is looked for first."""
    return np.int64((key ^ np.uint64(occurrence) * _SPREAD) & _SLOT_MASK)


@rule
def even_block(plan, seed, replicate, key, occurrence, drawn):
    """The four uniforms of a decision with Sobol numbers in place of those that are ranked."""
    slot = slot_of(key, occurrence)
    while plan.is_ranked[slot] != 0:
        if plan.ranked_key[slot] == key and plan.ranked_occurrence[slot] == occurrence:
            dimension = plan.dimension[slot]
            return (
                evened(plan, seed, replicate, dimension[0], drawn[0]),
                evened(plan, seed, replicate, dimension[1], drawn[1]),
                evened(plan, seed, replicate, dimension[2], drawn[2]),
                evened(plan, seed, replicate, dimension[3], drawn[3]),
            )
        slot = (slot + 1) % RANKED_SLOTS
    return drawn


@entry("plans uint uint int floats")
def drawn_uniforms(plans, seed, key, occurrence, drawn):
    """Fill in the four uniforms of a decision in each of the first replicates, one after another; for Python."""
    plan = plans[0]
    for replicate in range(len(drawn) // 4):
        four = draw_block(seed, np.uint64(replicate), key, np.uint64(occurrence))
        if plan.n_ranked != 0:
            four = even_block(plan, seed, np.uint64(replicate), key, occurrence, four)
        drawn[4 * replicate], drawn[4 * replicate + 1] = four[0], four[1]
        drawn[4 * replicate + 2], drawn[4 * replicate + 3] = four[2], four[3]


def directions() -> np.ndarray:
    """Direction numbers by dimension and bit of a point's number, lowest first.

    Returns
    -------
    ndarray of uint64, shape (MAX_RANKED, BITS)
    """
    found = np.zeros((MAX_RANKED, BITS), np.uint64)
    found[0] = [1 << BITS - 1 - k for k in range(BITS)]
    for dimension, line in enumerate(_INITIAL.replace("\n", " ").split("; "), 1):
        polynomial, _, numbers = line.partition(": ")
        m = _continued(int(polynomial), numbers.split())
        found[dimension] = [number << BITS - 1 - k for k, number in enumerate(m)]
    return found


def _continued(polynomial: int, first: Sequence[str]) -> list[int]:
    """All numbers m of a dimension: the first are free, the polynomial over two elements gives the others."""
    m, degree = [int(number) for number in first], polynomial.bit_length() - 1
    for k in range(degree, BITS):
        following = m[k - degree] ^ m[k - degree] << degree
        for j in range(1, degree):
            if polynomial >> degree - j & 1:
                following ^= m[k - j] << j
        m.append(following)
    return m


_INITIAL = """
3: 1; 7: 1 3; 11: 1 3 1; 13: 1 1 1; 19: 1 1 3 3; 25: 1 3 5 13; 37: 1 1 5 5 17; 41: 1 1 5 5 5; 47: 1 1 7 11 19; 55: 1 1
5 1 1; 59: 1 1 1 3 11; 61: 1 3 5 5 31; 67: 1 3 3 9 7 49; 91: 1 1 1 15 21 21; 97: 1 3 1 13 27 49; 103: 1 1 1 15 7 5;
109: 1 3 1 15 13 25; 115: 1 1 5 5 19 61; 131: 1 3 7 11 23 15 103; 137: 1 3 7 13 13 15 69; 143: 1 1 3 13 7 35 63; 145:
1 3 5 9 1 25 53; 157: 1 3 1 13 9 35 107; 167: 1 3 1 5 27 61 31; 171: 1 1 5 11 19 41 61; 185: 1 3 5 3 3 13 69; 191: 1 1
7 13 1 19 1; 193: 1 3 7 5 13 19 59; 203: 1 1 3 9 25 29 41; 211: 1 3 5 13 23 1 55; 213: 1 3 7 3 13 59 17; 229: 1 3 1 3
5 53 69; 239: 1 1 5 5 23 33 13; 241: 1 1 7 7 1 61 123; 247: 1 1 7 9 13 61 49; 253: 1 3 3 5 3 55 33; 285: 1 3 1 15 31
13 49 245; 299: 1 3 5 15 31 59 63 97; 301: 1 3 1 11 11 11 77 249; 333: 1 3 1 11 27 43 71 9; 351: 1 1 7 15 21 11 81 45;
355: 1 3 7 3 25 31 65 79; 357: 1 3 1 1 19 11 3 205; 361: 1 1 5 9 19 21 29 157; 369: 1 3 7 11 1 33 89 185; 391: 1 3 3 3
15 9 79 71; 397: 1 3 7 11 15 39 119 27; 425: 1 1 3 1 11 31 97 225; 451: 1 1 1 3 23 43 57 177; 463: 1 3 7 7 17 17 37
71; 487: 1 3 1 5 27 63 123 213; 501: 1 1 3 5 11 43 53 133; 529: 1 3 5 5 29 17 47 173 479; 539: 1 3 3 11 3 1 109 9 69;
545: 1 1 1 5 17 39 23 5 343; 557: 1 3 1 5 25 15 31 103 499; 563: 1 1 1 11 11 17 63 105 183; 601: 1 1 5 11 9 29 97 231
363; 607: 1 1 5 15 19 45 41 7 383; 617: 1 3 7 7 31 19 83 137 221; 623: 1 1 1 3 23 15 111 223 83; 631: 1 1 5 13 31 15
55 25 161; 637: 1 1 3 13 25 47 39 87 257
""".strip()
"""Polynomial and first numbers of dimensions 2 to 64: those of Joe and Kuo (2008), doi:10.1137/070709359, file
new-joe-kuo-6.21201, which SciPy has too; a test compares the points.
"""
