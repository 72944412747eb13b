"""Which draws decide most: ranked once for the catalogue, by a pilot for anybody's own scenario.

``python -m sim.analysis.draws.ranking`` ranks the draws of the baseline of each deal of the catalogue and writes
`ranking.json` beside this file, with the digest of the sources that decide a replicate.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from sim.document.measured import PEOPLE
from sim.engine.batch import simulate_outcomes
from sim.outcomes.columns import columns
from sim.plan.codes import End
from sim.plan.compile import compile_plan
from sim.plan.draws import Draw, decision_key
from sim.plan.limits import MAX_RANKED
from sim.plan.plan import Plan
from sim.plan.ranked import UNIFORMS, Ranking, draws_of
from sim.plan.sobol import drawn_uniforms
from sim.reading.catalogue import deals, scenarios
from sim.reading.resolve import Documents
from sim.sources import source_digest
from sim.statistics.moments import Array

PILOT, RUNS = 8192, 65_536
"""Replicates from which draws are ranked: of anybody's own scenario, and of the catalogue."""
SEED = 2**64 - 1
BINS = 16
OCCURRENCES = 2
"""Of each decision that are ranked."""
NOISE = 2.0
"""A draw is ranked whose index is so many times what a draw without any influence shows on average."""
OF_ENDS = 0.25
"""Weight of the ends and their day beside each outcome of people."""
_FILE = "ranking.json"


def rank(plan: Plan, n: int) -> tuple[Draw, ...]:
    """The draws of a plan by their first-order index, the largest first.

    Parameters
    ----------
    plan : Plan
    n : int
        Replicates of the pilot, whose draws are independent.

    Returns
    -------
    tuple of Draw
        At most as many as a plan takes.

    Notes
    -----
    The first-order index is the share of an outcome's variance that the mean given a draw explains. It is estimated
    from the means in `BINS` equal parts of the draw, summed over the outcomes of people that vary, and over the ends
    and their day with a smaller weight.
    """
    outcomes, weights = _outcomes(plan, n)
    drawn, found = np.empty(UNIFORMS * n), []
    by_chance = (BINS - 1) / n * weights.sum()
    for draw in draws_of(plan)[::UNIFORMS]:
        for occurrence in range(OCCURRENCES):
            key = np.uint64(decision_key(draw.decision))
            drawn_uniforms(plan.record, np.uint64(SEED), key, occurrence, drawn)
            for place, bins in enumerate((drawn.reshape(n, UNIFORMS) * BINS).astype(np.int64).T):
                index = float(weights @ _explained(bins, outcomes))
                if index > NOISE * by_chance:
                    found.append((-index, Draw(draw.decision, place, occurrence)))
    return tuple(draw for _, draw in sorted(found)[:MAX_RANKED])


def _outcomes(plan: Plan, n: int) -> tuple[Array, Array]:
    """Outcomes that vary, with mean 0 and variance 1, one a row; and their weights."""
    rows, names = simulate_outcomes(plan, SEED, 0, n), columns(plan)
    people = [rows[:, names.index(name)] for name in (*PEOPLE, "captive_days") if name in names]
    ends = [rows[:, names.index("end_day")], *(rows[:, names.index("end")] == end for end in End if end != End.NONE)]
    values = np.array([*people, *ends], np.float64)
    weights = np.array([1.0] * len(people) + [OF_ENDS] * len(ends))
    varies = values.std(1) > 0
    values = values[varies]
    return (values - values.mean(1, keepdims=True)) / values.std(1, keepdims=True), weights[varies]


def _explained(bins: Array, outcomes: Array) -> Array:
    """Share of each outcome's variance that the means of the bins explain, chance included."""
    counts = np.bincount(bins, minlength=BINS).clip(1)
    sums = np.array([np.bincount(bins, outcome, BINS) for outcome in outcomes]).reshape(len(outcomes), BINS)
    return np.asarray((sums**2 / counts).sum(1) / len(bins))


def ranking_of(scenario: str) -> Ranking:
    """The ranking by which the draws of a command are made, that of its first scenario.

    Parameters
    ----------
    scenario : str
        Name in the catalogue, which takes the ranking of its deal's baseline; or file, which is ranked by a pilot.
    """
    deal = next((entry.deal for entry in scenarios() if entry.name == scenario), scenario)
    kept = _stored()["deals"].get(deal)
    if kept is not None:
        return Ranking(f"{deal}/baseline", tuple(Draw(*draw) for draw in kept))
    plan = compile_plan(Documents.of(scenario).resolve())
    return Ranking(scenario, rank(plan, PILOT), is_pilot=True)


@cache
def _stored() -> Mapping[str, Any]:
    """The rankings of the catalogue's deals, as the command wrote them."""
    try:
        found: dict[str, Any] = json.loads(files("sim.analysis.draws").joinpath(_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"rules": "", "runs": 0, "deals": {}}
    return found


def make(n: int = RUNS) -> dict[str, Any]:
    """The content of the file."""
    return {"rules": source_digest("replicate"), "runs": n, "deals": dict(_ranked(n))}


def _ranked(n: int) -> Iterator[tuple[str, list[list[Any]]]]:
    named = {entry.name for entry in scenarios()}
    for deal in (entry.name for entry in deals()):
        if f"{deal}/baseline" in named:
            plan = compile_plan(Documents.of(f"{deal}/baseline").resolve())
            yield deal, [[draw.decision, draw.place, draw.occurrence] for draw in rank(plan, n)]


if __name__ == "__main__":
    target = Path(__file__).with_name(_FILE)
    target.write_text(json.dumps(make(), separators=(",", ":")).replace('],"', '],\n"') + "\n", encoding="utf-8")
    print(f"wrote {target.name}")  # noqa: T201
