"""Numbers in words, the one place for terminal, pages, figures and the explorer: so that one number has one reading."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sim.statistics.apportion import apportioned
from sim.statistics.estimate import Estimate
from sim.statistics.paired import PairedDifference

ALPHA = 0.05


def natural_frequency(share: float) -> str:
    """'38 of 100', or of 1,000 and more where the share is small: a count that readers can picture."""
    if share in (0.0, 1.0):
        return f"{100 * share:.0f} of 100"
    out_of = 100
    while round(min(share, 1 - share) * out_of) < 1 and out_of < 1_000_000:
        out_of *= 10
    return f"{share * out_of:.0f} of {out_of:,}"


def of_runs(n: int) -> int:
    """The base of counts of runs: 100, or all where there are fewer."""
    return min(100, n)


def in_runs(count: int, n: int) -> str:
    """'66' for 66 of 100 runs; '<1' for what happens in some, '>99' for what happens in nearly all.

    Parameters
    ----------
    count, n : int
        Runs in which it happens, and all.
    """
    base = of_runs(n)
    return part_in_runs(count, (2 * count * base + n) // (2 * n), n, base)


def parts_in_runs(counts: Sequence[int], n: int, whole: int | None = None) -> list[str]:
    """Parts of all runs, or of so many of 100, that add up: by largest remainder, '<1' for what is not quite none.

    Parameters
    ----------
    counts : sequence of int
        Runs of each part.
    n : int
        All runs.
    whole : int, optional
        What the parts add up to, by default 100, or all runs where there are fewer.
    """
    base = of_runs(n)
    parts = apportioned(np.array(counts), base if whole is None else whole)
    return [part_in_runs(count, int(part), sum(counts), base) for count, part in zip(counts, parts, strict=True)]


def whole_in_runs(words: str, n: int) -> int:
    """The whole number that stands behind words of `parts_in_runs`: 0 behind '<1', the base behind '>99'."""
    return 0 if words.startswith("<") else of_runs(n) if words.startswith(">") else int(words)


def part_in_runs(count: int, part: int, total: int, base: int) -> str:
    """A part of all runs that has been rounded: '24'; '<1' for what is not quite none, '>99' for what is not quite all.

    Parameters
    ----------
    count, total : int
        Runs in which it happens, and all.
    part, base : int
        The same, in runs of 100.
    """
    if count and not part:
        return "<1"
    return f">{base - 1}" if part == base and count < total else str(part)


def count_range(middle: int, low: int, high: int) -> str:
    """'25 (16-49)'; '49' where all three are one."""
    return f"{middle:,}" if low == high else f"{middle:,} ({low:,}-{high:,})"


def day_range(middle: int, low: int, high: int) -> str:
    """'d42 (40-44)'."""
    return f"d{count_range(middle, low, high)}"


def share_with_interval(share: Estimate) -> str:
    """'31 of 100 (30.2 to 32.0 %)'."""
    percent = Estimate(100 * share.value, 100 * share.low, 100 * share.high, share.n)
    digits = min(2, _decimals(percent))
    return f"{natural_frequency(share.value)} ({percent.low:.{digits}f} to {percent.high:.{digits}f} %)"


def plus_minus(estimate: Estimate, sign: str = "±") -> str:
    """'24.27 ± 0.16': a mean and the half-width of its interval; alone where there is none."""
    digits = _decimals(estimate)
    value = number(estimate.value, digits=digits)
    if math.isnan(estimate.low) or estimate.half_width == 0:
        return value
    return f"{value} {sign} {number(estimate.half_width, digits=digits)}"


def with_interval(estimate: Estimate, *, signed: bool = False) -> str:
    """'24.3 (24.1 to 24.5)', with as many digits as the interval supports; alone where there is none."""
    digits = _decimals(estimate)
    value, low, high = (
        number(bound, signed=signed, digits=digits) for bound in (estimate.value, estimate.low, estimate.high)
    )
    return value if math.isnan(estimate.low) or estimate.half_width == 0 else f"{value} ({low} to {high})"


def _decimals(estimate: Estimate) -> int:
    """Decimals such that the half-width shows with two figures, none more than four."""
    if math.isnan(estimate.low) or estimate.half_width == 0:
        return 0 if estimate.value == round(estimate.value) else 2
    return min(4, max(0, 1 - math.floor(math.log10(estimate.half_width))))


def frequency(share: Estimate, of: str = "") -> str:
    """'38 of 100 (37.1 to 38.9)', the interval in runs of 100 as well; `of` follows the count."""
    width = 100 * (share.high - share.low)
    digits = 1 if width >= 0.2 else 2 if width >= 0.02 else 4
    return f"{natural_frequency(share.value)}{of} ({100 * share.low:.{digits}f} to {100 * share.high:.{digits}f})"


def number(value: float, *, signed: bool = False, digits: int | None = None) -> str:
    """A number with thousands marked and, if `signed`, a plus; zero has no sign."""
    if digits is None:
        digits = 0 if value == round(value) else 2
    text = f"{value:{'+' if signed else ''},.{digits}f}"
    if not any(digit in text for digit in "123456789"):
        text = text.lstrip("+-")
    return text


def verdict_on(difference: PairedDifference, p_holm: float) -> str:
    """What a difference amounts to, in a word or two.

    Parameters
    ----------
    difference : PairedDifference
    p_holm : float
        Adjusted for the number of variants.

    Returns
    -------
    str
        'none' where no replicate differs, 'undecided' where the interval contains 0, 'up' or 'down' where it doesn't,
        and a star where this holds after Holm's adjustment too.
    """
    if difference.share_above == difference.share_below == 0:
        return "none"
    if not difference.estimate.excludes_zero:
        return "undecided"
    return ("up" if difference.estimate.value > 0 else "down") + (" *" if p_holm < ALPHA else "")
