"""What follows a day, forecast from what is known by then: plain rivals and a model's replicates, at rolling origins.

At each origin everything that came out until then is known. Scored are the people who come out between it and a target
day, by CRPS in people and on log(1 + people); on origins alone at which somebody due by the text is not out yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.history.base_rates import N_DRAWS, days_late
from sim.analysis.history.rows import Step
from sim.analysis.history.scores import crps_of_draws
from sim.document.deal import Deal
from sim.statistics.moments import Array

HORIZONS = (7, 14, 28)
"""Days from an origin to its targets, beside the last day of the record."""
NEAREST = 500
"""Replicates nearest to the record so far, for `near`."""
FORECASTERS = ("persistence", "text", "redated", "base_rate", "floor", "near")
_KEY = 23


@dataclass(frozen=True)
class Seen:
    """One curve: people out by the end of each day, from day 0 on.

    Attributes
    ----------
    text, record : ndarray, shape (n_days + 1,)
        As the text has it, and what happened.
    drawn : ndarray, shape (n, n_days + 1)
        Replicates of a model that knows nothing of the record.
    """

    text: Array
    record: Array
    drawn: Array


@dataclass(frozen=True)
class Target:
    """The forecasts of one curve from one origin to one day.

    Attributes
    ----------
    curve : str
    origin : int
        The last day that is known.
    horizon : int or None
        Days from there; None for the last day of the record.
    day : int
    came : float
        People who came out in between.
    crps, log_crps : dict of str to float
        By forecaster.
    """

    curve: str
    origin: int
    horizon: int | None
    day: int
    came: float
    crps: dict[str, float]
    log_crps: dict[str, float]


@dataclass(frozen=True)
class Rolling:
    """Rolling origins of one deal.

    Attributes
    ----------
    deal, scenario : str
    pair : str
        As for `Backtest`.
    every, n, seed : int
        Days between origins; replicates of the model and their seed.
    targets : tuple of Target
    terms : Deal
        For what it calls its lists.
    """

    deal: str
    scenario: str
    pair: str
    every: int
    n: int
    seed: int
    targets: tuple[Target, ...]
    terms: Deal

    def means(self, score: str = "crps") -> dict[str, dict[str, dict[str, float]]]:
        """Mean scores over origins, by curve, horizon and forecaster; with the number of origins.

        Parameters
        ----------
        score : {'crps', 'log_crps'}

        Returns
        -------
        dict
        """
        found: dict[str, dict[str, list[Target]]] = {}
        for target in self.targets:
            horizon = "end" if target.horizon is None else str(target.horizon)
            found.setdefault(target.curve, {}).setdefault(horizon, []).append(target)
        return {
            curve: {
                horizon: {"origins": len(those)}
                | {name: float(np.mean([getattr(target, score)[name] for target in those])) for name in FORECASTERS}
                for horizon, those in by_horizon.items()
            }
            for curve, by_horizon in found.items()
        }

    def as_json(self) -> dict[str, Any]:
        """The scores as an object of JSON.

        Returns
        -------
        dict
            What `ceasefire backtest --rolling DAYS --json` prints.
        """
        return {
            "deal": self.deal, "scenario": self.scenario, "pair": self.pair, "every": self.every, "n": self.n,
            "seed": self.seed, "nearest": NEAREST, "crps": self.means(), "log_crps": self.means("log_crps"),
            "targets": [
                {"curve": t.curve, "origin": t.origin, "horizon": t.horizon, "day": t.day, "came": t.came,
                 "crps": t.crps, "log_crps": t.log_crps}
                for t in self.targets
            ],
        }  # fmt: skip


def roll(curves: Mapping[str, Seen], rows: Sequence[Step], every: int) -> tuple[Target, ...]:
    """Score all forecasters on all open origins.

    Parameters
    ----------
    curves : mapping of str to Seen
        Of one deal, all of the same days, and the replicates of all those of the same histories.
    rows : sequence of Step
        Of other deals, for base rates on what is left.
    every : int
        Days from one origin to the next, the first of which is day 0.

    Returns
    -------
    tuple of Target
    """
    last = min(len(seen.record) for seen in curves.values()) - 1
    late = _lateness(rows)
    found: list[Target] = []
    for origin in range(0, last, every):
        near = nearest(curves, origin)
        for name, seen in curves.items():
            if seen.record[origin] >= seen.text[last]:
                continue  # nobody is due any more
            for horizon in (*HORIZONS, None):
                day = last if horizon is None else origin + horizon
                if day <= last:
                    found.append(_target(name, seen, origin, horizon, day, near, late))
    return tuple(found)


def _target(
    name: str, seen: Seen, origin: int, horizon: int | None, day: int, near: Array, late: Array
) -> Target:  # fmt: skip
    known, came = seen.record[origin], float(seen.record[day] - seen.record[origin])
    drawn = {
        "persistence": np.zeros(1),
        "text": np.array([seen.text[day] - known]),
        "redated": np.array([text_moved(seen, day - lag_so_far(seen, origin)) - known]),
        "base_rate": on_what_is_left(seen, origin, day, late),
        "floor": seen.drawn[:, day] - known,
        "near": seen.drawn[near, day] - known,
    }
    more = {key: np.maximum(0, values)[:, None] for key, values in drawn.items()}  # nobody goes back
    return Target(
        name, origin, horizon, day, came,
        crps={key: float(crps_of_draws(values, np.array([came]))[0]) for key, values in more.items()},
        log_crps={
            key: float(crps_of_draws(np.log1p(values), np.log1p([came]))[0]) for key, values in more.items()
        },
    )  # fmt: skip


def lag_so_far(seen: Seen, origin: int) -> int:
    """Days from the text to the record at which the last who came out until an origin did; below 0 if early."""
    known = seen.record[origin]
    if known == 0:
        return 0
    by_text = np.flatnonzero(seen.text >= known)
    due = int(by_text[0]) if len(by_text) else len(seen.text) - 1
    return int(np.flatnonzero(seen.record >= known)[0]) - due


def text_moved(seen: Seen, day: int) -> float:
    """The text on another day than the record's; before it nobody is out, past the record as on its last day."""
    return float(seen.text[np.clip(day, 0, len(seen.text) - 1)])


def on_what_is_left(seen: Seen, origin: int, day: int, late: Array) -> Array:
    """People who come out until a day by base rates, given who is out.

    Those who are out are taken for the first due. The rest of each batch is as late as a row drawn for it alone from
    those that are late enough not to have come.
    """
    sizes = np.diff(seen.text, prepend=0)
    out = np.minimum(sizes, np.maximum(0, seen.record[origin] - np.cumsum(sizes) + sizes))
    left = sizes - out
    generator = np.random.Generator(np.random.Philox(key=_KEY))
    comes = np.zeros(N_DRAWS)
    for due in np.flatnonzero(left):
        possible = late[due + late > origin]
        if len(possible):
            comes += left[due] * (due + generator.choice(possible, N_DRAWS) <= day)
    return comes


def _lateness(rows: Sequence[Step]) -> Array:
    """Whole days late of each row, infinite for one that never came."""
    return np.array([np.inf if days is None else days for days in map(days_late, rows)])


def nearest(curves: Mapping[str, Seen], origin: int) -> Array:
    """Places of the replicates that lie nearest to the record until an origin.

    The distance is the mean over days of the difference in shares of the people due, added up over curves.
    """
    gaps = [
        np.abs(seen.drawn[:, : origin + 1] - seen.record[: origin + 1]).mean(axis=1) / seen.text[-1]
        for seen in curves.values()
        if seen.text[-1]
    ]
    return np.argsort(np.sum(gaps, axis=0), kind="stable")[:NEAREST]
