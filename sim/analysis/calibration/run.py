"""Calibrating on the records of some deals, and testing on another that was left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

from sim.analysis.calibration.behaviour import Calibrated, write_behaviour
from sim.analysis.calibration.estimate import Estimate, after_rejection, estimate_all, history_key
from sim.analysis.calibration.evidence import Evidence, read_evidence
from sim.analysis.calibration.priors import read_base_rates
from sim.analysis.calibration.rejection import Kept, reject
from sim.analysis.history.backtest import Backtest, backtest
from sim.analysis.history.record import read_record
from sim.engine.workers import Workers
from sim.errors import SimError
from sim.reading import catalogue
from sim.reading.resolve import resolve

DRAWS = 20_000
FEWEST_DRAWS = 100
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Calibration:
    """Behaviour estimated from records and base rates, written for one deal.

    Attributes
    ----------
    deals : tuple of str
        Whose records were read.
    target : str
        The deal that the behaviour is written for.
    draws : int
        Of the rejection.
    seed : int
        Of the draws of the rejection.
    evidence : Evidence
        Counts and times that the records tell.
    estimates : dict of str to Estimate
        By parameter, for instance 'release.late': before and after the records.
    calibrated : Calibrated
        The same as a scenario.
    """

    deals: tuple[str, ...]
    target: str
    draws: int
    seed: int
    evidence: Evidence
    estimates: dict[str, Estimate]
    calibrated: Calibrated

    def as_json(self) -> dict[str, Any]:
        """The calibration as an object of JSON.

        Returns
        -------
        dict
            What `ceasefire calibrate --json` prints.
        """
        return {
            "deals": list(self.deals), "target": self.target, "in_sample": self.target in self.deals,
            "draws": self.draws, "seed": self.seed,
            "estimates": [estimate.as_json() for estimate in self.estimates.values()],
            "not_informed": [name for name, estimate in self.estimates.items() if not estimate.is_informed],
        }  # fmt: skip


def calibrate(
    deals: Sequence[str],
    target: str | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Calibration:
    """Estimate behaviour from the records of deals and from base rates.

    Parameters
    ----------
    deals : sequence of str
        Deals of the catalogue with a history; none for base rates alone.
    target : str, optional
        The deal to write the behaviour for; by default the first of `deals`. Its record is read only if it is one of
        them.
    draws : int, optional
        Draws of the rejection.
    seed : int, optional
        Of its replicates.
    folder : Path, optional
        Where the histories are, by default the catalogue's.
    progress : callable, optional
        Called with the draws made and those to make.

    Returns
    -------
    Calibration
        Estimates, and a scenario that holds them.

    Raises
    ------
    SimError
        If a deal is unknown or named twice, or a history does not fit.
    """
    names = tuple(deals)
    if len(set(names)) < len(names):
        raise SimError("a deal is named twice")
    if target is None and not names:
        raise SimError("name a deal")
    if draws < FEWEST_DRAWS:
        raise SimError(f"draws: must be {FEWEST_DRAWS} or more, got {draws}")
    target = target or names[0]
    rates = read_base_rates()
    terms = {name: resolve(f"{name}/as-written").deal for name in names}
    files = {name: (folder or catalogue.folder() / "history") / f"{name}.csv" for name in names}
    evidence = reduce(add, (read_evidence(terms[name], files[name]) for name in names), Evidence())
    estimates = estimate_all(evidence, rates)
    if names:
        written = [write_behaviour(name, estimates, rates, names) for name in names]
        records = [read_record(terms[name], files[name]) for name in names]
        kept = reject(
            list(zip(written, records, strict=True)), estimates, list(rates.priors), draws=draws, seed=seed,
            progress=progress,
        )  # fmt: skip
        estimates = _with_kept(estimates, kept, names)
    return Calibration(
        names, target, draws, seed, evidence, estimates, write_behaviour(target, estimates, rates, names)
    )  # fmt: skip


def _with_kept(estimates: dict[str, Estimate], kept: dict[str, Kept], deals: Sequence[str]) -> dict[str, Estimate]:
    records = [history_key(deal) for deal in deals]
    changed = {
        name: after_rejection(estimates[name], found.values, found.is_narrower, records) for name, found in kept.items()
    }
    return {**estimates, **changed}


def other_deals(deal: str) -> tuple[str, ...]:
    """The catalogue's deals that have a history, without this one."""
    files = sorted((catalogue.folder() / "history").glob("*.csv"))
    return tuple(file.stem for file in files if file.stem != deal)


def leave_one_out(
    deal: str,
    *,
    n: int,
    seed: int,
    draws: int = DRAWS,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> tuple[Calibration, Backtest]:
    """Score behaviour that was calibrated on all other deals against the record of this one.

    Parameters
    ----------
    deal : str
        A deal of the catalogue with a history.
    n : int
        Replicates of the model.
    seed : int
        Of these and of the rejection.
    draws : int, optional
        Draws of the rejection.
    workers : int or Executor, optional
        By default one thread for each core; the result is the same with any number.
    progress : callable, optional
        Called with the draws, then with the replicates, made and to make.

    Returns
    -------
    tuple of Calibration and Backtest
        What was estimated from the others, and how it scores against this deal's record.

    Raises
    ------
    SimError
        As `calibrate` and `sim.analysis.history.backtest.backtest`.
    """
    read_record(resolve(f"{deal}/as-written").deal)  # a deal without a record is refused before the draws
    others = other_deals(deal)
    calibration = calibrate(others, deal, draws=draws, seed=seed, progress=progress)
    result = backtest(
        deal, model=calibration.calibrated.scenario, calibrated_on=others, n=n, seed=seed, workers=workers,
        progress=progress,
    )  # fmt: skip
    return calibration, result
