"""Which sliders move the most runs: ranked once for the catalogue, by a short pilot for anybody's own scenario.

``python -m sim.explore.ranking`` ranks the baseline of each deal of the catalogue, chooses what the page sets beside it
as it opens, and writes both to `ranking.json` beside this file, with the digest of the sources that decide a replicate.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from sim.document.measured import PEOPLE, main_outcome
from sim.document.scenario import ResolvedScenario
from sim.engine.batch import simulate_block
from sim.errors import SimError
from sim.explore.rows import Row, rows
from sim.explore.sliders import Slider, sliders
from sim.outcomes.columns import columns
from sim.plan.compile import compile_plan
from sim.reading.catalogue import Entry, deals, scenarios
from sim.reading.problem import DocumentError
from sim.reading.resolve import Documents
from sim.sources import source_digest
from sim.statistics.moments import Array

FIRST = 8
"""Rows that stand first."""
RUNS, PILOT = 400, 100
"""Replicates of each setting: for the catalogue, and for a scenario that is ranked while somebody waits."""
LEAST = 0.01
"""A chance goes up by this at least."""
SEED = 0
OF_NO_PARTY = ("talks", "mediators", "guarantors", "search")
"""Parts of the behaviour that say nothing of how one party or holder acts."""
_FILE = "ranking.json"


def rank(
    documents: Documents, n: int, is_stale: Callable[[], bool] = lambda: False
) -> tuple[list[tuple[str, int]], str]:
    """The rows of a scenario by how many of n runs change when a number is moved, the most first.

    Parameters
    ----------
    documents : Documents
    n : int
        Replicates of each setting.
    is_stale : callable, optional
        Looked at between rows; what is left is then not ranked.

    Returns
    -------
    ranked : list of (str, int)
        Keys of rows, and the runs in which the outcome changes in the setting and side that changes most.
    outcome : str
        What is looked at: the first list of people that varies, else how far the deal is carried out.
    """
    scenario = documents.resolve()
    usual = _rows_of(scenario, n)
    outcome = _outcome(scenario, usual)
    ranked = []
    for row in rows(scenario, sliders(scenario)):
        if is_stale():
            break
        moved = [_moved(documents, slider, value, usual, outcome, n) for slider, value in _settings(row)]
        ranked.append((row.key, max(moved, default=0)))
    return sorted(ranked, key=lambda item: -item[1]), outcome


def _rows_of(scenario: ResolvedScenario, n: int) -> dict[str, Array]:
    plan = compile_plan(scenario)
    return dict(zip(columns(plan), simulate_block(plan, SEED, 0, n).outcomes.T, strict=True))


def _outcome(scenario: ResolvedScenario, found: dict[str, Array]) -> str:
    """What the deal is about first, if that varies; else the next that does."""
    order = [main_outcome(scenario.deal), *PEOPLE, "implementation_score"]
    return next((name for name in order if _differs(found[name])), order[-1])


def _differs(values: Array) -> bool:
    """Whether at least 1 run in 20 has another value than the most frequent one."""
    _, counts = np.unique(values, return_counts=True)
    return bool(20 * (len(values) - int(counts.max())) >= len(values))


def _settings(row: Row) -> Iterator[tuple[Slider, float]]:
    """Where each slider of a row is moved to: both sides by the same step, however their own values differ."""
    for _, slider in row.sides:
        for value in steps_of(row, slider):
            if value != slider.value:
                yield slider, value


def steps_of(row: Row, slider: Slider) -> Sequence[float]:
    """Where a slider of a row is moved to: down by half of the larger side's value, and up by all of it."""
    largest = max(each.value for _, each in row.sides)
    step = max(largest, LEAST) if slider.unit == "chance" else largest or slider.high / 4
    return [max(0.0, slider.value - step / 2), min(slider.high, slider.value + step)]


def _moved(
    documents: Documents, slider: Slider, value: float, usual: dict[str, Array], outcome: str, n: int
) -> int:  # fmt: skip
    try:
        found = _rows_of(documents.resolve({slider.path: slider.setting(value)}), n)
    except (DocumentError, SimError):  # a value that another forbids
        return 0
    return int(np.count_nonzero(found[outcome] != usual[outcome]))


def telling(deal: str, outcome: str, n: int) -> str | None:
    """The scenario of a deal that tells most beside its baseline.

    Of those with a question, without the deal as written, it is the one in which most of n runs have another number of
    the outcome than the baseline, then other numbers of people or another end; the first by name among equals. Where
    any scenario only adds to the baseline what concerns no single party (`OF_NO_PARTY`), one of these is chosen, so
    that the page opens with an assumption about talks, mediators or a search, and not about one side's good faith.

    Parameters
    ----------
    deal : str
        Name in the catalogue.
    outcome : str
        That of its ranking.
    n : int
        Replicates of each scenario.

    Returns
    -------
    str or None
        None if nothing differs.
    """
    usual = _rows_of(Documents.of(f"{deal}/baseline").resolve(), n)
    others = [entry for entry in scenarios() if entry.deal == deal and entry.question]
    asked = [entry for entry in others if entry.name not in (f"{deal}/baseline", f"{deal}/as-written")]
    neutral = [entry for entry in asked if _is_neutral(entry, f"{deal}/baseline")]
    differing = {entry.name: _differing(entry, usual, outcome, n) for entry in neutral or asked}
    best = max(differing, key=differing.__getitem__, default=None)
    return best if best is not None and any(differing[best]) else None


def beside(deal: str) -> str | None:
    """What the page sets beside a deal's baseline: as stored, or by a short pilot for a deal that is not ranked yet."""
    ranked = stored()["deals"].get(deal)
    if ranked is None:
        return telling(deal, main_outcome(Documents.of(f"{deal}/baseline").resolve().deal), PILOT)
    found: str | None = ranked["beside"]
    return found


def _is_neutral(entry: Entry, baseline: str) -> bool:
    """Whether a scenario only adds to the baseline what concerns no single party; the terms stay as they are."""
    scenario = Documents.of(entry.path).layers[-1].scenario
    if scenario.builds_on != baseline or scenario.uncertain:
        return False
    given = scenario.behaviour.model_fields_set - {"assumption", "source"}
    begins = tuple(f"behaviour.{part}." for part in OF_NO_PARTY)
    return given <= set(OF_NO_PARTY) and all(path.startswith(begins) for path in scenario.changes)


def _differing(entry: Entry, usual: dict[str, Array], outcome: str, n: int) -> tuple[int, int]:
    """Runs of n with another number of the outcome, and with other numbers of people or another end."""
    found = _rows_of(Documents.of(entry.path).resolve(), n)
    of_any = np.any([found[name] != usual[name] for name in (*PEOPLE, "end")], axis=0)
    return int(np.count_nonzero(found[outcome] != usual[outcome])), int(np.count_nonzero(of_any))


def stored() -> dict[str, Any]:
    """The ranking of the catalogue's deals, as the command wrote it."""
    return dict(_stored())


@cache
def _stored() -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(files("sim.explore").joinpath(_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"rules": "", "runs": 0, "deals": {}}
    return found


def make(n: int = RUNS) -> dict[str, Any]:
    """Rank the baseline of each deal of the catalogue, and choose what is set beside it."""
    made = {}
    for deal in deals():
        ranked, outcome = rank(Documents.of(f"{deal.name}/baseline"), n)
        made[deal.name] = {
            "outcome": outcome,
            "beside": telling(deal.name, outcome, n),
            "rows": {key: moved for key, moved in ranked if moved},
        }
    return {"rules": source_digest("replicate"), "runs": n, "deals": made}


if __name__ == "__main__":
    target = Path(__file__).with_name(_FILE)
    target.write_text(json.dumps(make(), indent=1) + "\n", encoding="utf-8")
    print(f"wrote {target.name}")  # noqa: T201
