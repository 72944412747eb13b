"""What is not known: a value for each replicate, from quantiles of its distribution."""

from __future__ import annotations

import copy
import math
from bisect import bisect
from pathlib import Path
from statistics import NormalDist
from typing import Any

from tests.oracle.reading import NotCovered, exactly, minutes
from tests.oracle.world import World

_HALVES = [2.0**-power for power in range(28, 8, -1)]
KNOWN = [0.0, *_HALVES, *(step / 256 for step in range(1, 256)), *(1 - half for half in reversed(_HALVES)), 1.0]
"""Probabilities at which quantiles are taken: equal steps, the outermost halved twenty times."""
END = 0.5 / 257
"""Where a distribution without a lowest value ends; one without a highest at its counterpart."""
_Z_95 = 1.6448536269514722


def draw(world: World) -> None:
    """Every path under `uncertain` takes its value for this replicate, those with a column in a table that of a row."""
    given = world.document.get("uncertain") or {}
    world.behaviour = copy.deepcopy(world.behaviour)
    row = row_of(world, world.document.get("posterior"))
    for path, value in row.items():
        put(world.behaviour, path, value)
    for path, terms in given.items():
        if path in row:
            continue
        u = world.chance.at(f"uncertain {terms.get('moves_with') or path}")[0]
        put(world.behaviour, path, value_at(u, terms))


def row_of(world: World, table: dict[str, Any] | None) -> dict[str, float]:
    """The row of the table that this replicate takes, by path; times in minutes."""
    if table is None:
        return {}
    head, *lines = Path(table["file"]).read_text().splitlines()
    u = world.chance.at("posterior row")[0]
    cells = lines[min(int(u * len(lines)), len(lines) - 1)].split(",")
    row = {}
    for name, cell in zip(head.split(","), cells, strict=True):
        path, _, unit = name.partition(" ")
        row[path] = float(cell) * (minutes(f"1 {unit.strip('[]')}") if unit else 1)
    return {path: row[path] for path in table["columns"]}


def put(behaviour: dict[str, Any], path: str, value: float) -> None:
    """Give the number at a path of the behaviour another value; times are minutes."""
    *steps, last = path.split(".")
    place = behaviour
    for step in steps:
        place = place.setdefault(step, {})
    place[last] = value


def value_at(u: float, terms: dict[str, Any]) -> float:
    """The value at a probability: linear between neighbouring quantiles."""
    step = bisect(KNOWN, u) - 1
    before, after = KNOWN[step], KNOWN[step + 1]
    low, high = quantile(before, terms), quantile(after, terms)
    return low + (high - low) * (u - before) / (after - before)


def quantile(p: float, terms: dict[str, Any]) -> float:
    """Of a distribution as a document writes it."""
    if terms.get("uniform") is not None:
        low, high = map(exactly, terms["uniform"])
        return low + (high - low) * p
    if terms.get("quantiles") is not None:
        values = [exactly(value) for value in terms["quantiles"]]
        at = p * (len(values) - 1)
        step = min(int(at), len(values) - 2)
        return values[step] + (values[step + 1] - values[step]) * (at - step)
    if terms.get("beta") is not None:
        return _beta(p, *map(float, terms["beta"]))
    if terms.get("lognormal") is not None:
        p = min(max(p, END), 1 - END)
        median, p95 = map(exactly, terms["lognormal"])
        return median * math.exp(math.log(p95 / median) / _Z_95 * NormalDist().inv_cdf(p))
    raise NotCovered(f"distribution {terms}")


def _beta(p: float, a: float, b: float) -> float:
    """By halving the interval in which the distribution reaches `p`."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _beta_cdf(middle, a, b) < p else (low, middle)
    return 0.0 if p <= 0 else 1.0 if p >= 1 else (low + high) / 2


def _beta_cdf(x: float, a: float, b: float) -> float:
    """The regularized incomplete beta function, by its continued fraction (Lentz)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_cdf(1 - x, b, a)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, 300):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1 / (1 + even * d), 1 + even / c
        fraction *= c * d
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1 / (1 + odd * d), 1 + odd / c
        fraction *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return math.exp(log_front) * fraction / a
