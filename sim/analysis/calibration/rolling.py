"""Rolling origins of a deal through the simulator, with behaviour calibrated on the other deals."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sim.analysis.calibration.behaviour import Calibrated
from sim.analysis.calibration.rejection import Simulator
from sim.analysis.calibration.run import DRAWS, Progress, calibrate, other_deals
from sim.analysis.history.backtest import text_and_record
from sim.analysis.history.record import RECORDED
from sim.analysis.history.rolling import NEAREST, Rolling, Seen, roll
from sim.analysis.history.terms import as_written
from sim.errors import SimError
from sim.statistics.moments import Array


def roll_deal(
    deal: str | Path,
    *,
    every: int,
    n: int,
    seed: int,
    draws: int = DRAWS,
    record: Path | None = None,
    is_pair_known: bool = True,
    progress: Progress | None = None,
) -> Rolling:
    """Score what a model says of the days after each origin, beside plain rivals.

    Parameters
    ----------
    deal : str or Path
        As for `leave_one_out`.
    every : int
        Days from one origin to the next.
    n : int
        Replicates of the model, at least 500.
    seed : int
        Of these and of the rejection.
    draws : int, optional
        Draws of the rejection.
    record : Path, optional
        The history, by default the catalogue's.
    is_pair_known : bool, optional
        As for `calibrate`.
    progress : callable, optional
        Called with the draws made and those to make.

    Returns
    -------
    Rolling

    Raises
    ------
    SimError
        As `leave_one_out`, and if there are fewer replicates than `near` takes.
    """
    if n < NEAREST:
        raise SimError(f"n: rolling origins take the {NEAREST} replicates nearest to the record, got {n}")
    terms = as_written(deal).deal
    curves = text_and_record(deal, record)
    calibration = calibrate(
        other_deals(terms.deal), deal, draws=draws, seed=seed, is_pair_known=is_pair_known, progress=progress
    )  # fmt: skip
    last = min(len(text) for text, _ in curves.values())
    drawn = replicates(calibration.calibrated, n, seed, last)
    seen = {
        name: Seen(_from_day_0(text), _from_day_0(known), drawn[:, RECORDED.index(name), : last + 1])
        for name, (text, known) in curves.items()
    }
    targets = roll(seen, calibration.learning.rows.people, every)
    pair = "known" if calibration.is_pair_known else "unknown"
    return Rolling(terms.deal, calibration.calibrated.scenario.scenario, pair, every, n, seed, targets, terms)


def replicates(calibrated: Calibrated, n: int, seed: int, last_day: int) -> Array:
    """People out by the end of each day from day 0 on, shape (n, n_curves, last_day + 1)."""
    simulator = Simulator(calibrated, (), last_day)
    none = np.zeros(0)
    return np.stack([simulator.releases(seed, replicate, none).astype(np.int32) for replicate in range(n)])


def _from_day_0(values: Array) -> Array:
    return np.concatenate([[0], values])
