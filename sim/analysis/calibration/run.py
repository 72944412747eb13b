"""Calibrating on the records of some deals, and testing on another that was left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

from sim.analysis.calibration.behaviour import Calibrated, write_behaviour
from sim.analysis.calibration.estimate import OF_EVERY_DEAL, Estimate, after_rejection, estimate_all, history_key
from sim.analysis.calibration.evidence import STEPS, Evidence, read_evidence
from sim.analysis.calibration.learning import Learning, learn_for, rows_for
from sim.analysis.calibration.priors import read_priors
from sim.analysis.calibration.rejection import Kept, reject
from sim.analysis.calibration.steps import score_steps
from sim.analysis.calibration.table import with_table
from sim.analysis.history.backtest import Backtest, backtest
from sim.analysis.history.record import kept_by_day, read_record
from sim.analysis.history.terms import as_written
from sim.engine.workers import Workers
from sim.errors import SimError
from sim.reading import catalogue

NOT_IDENTIFIED = (
    "how far agreements of one pair of parties differ",
    "what a date set by one side changes (few deals have one; its prior decides)",
    "how long a stall lasts beyond months",
    "whether a deal halts after a refusal",
    "how one late step makes the next one late",
    "parts of a batch brought ahead of its date",
)
"""What neither rows nor records can tell, whatever the ranges say."""
DRAWS = 20_000
FEWEST_DRAWS = 100
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Calibration:
    """Behaviour estimated from records and rows of other deals, written for one deal.

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
    learning : Learning
        What rows of other deals tell.
    evidence : Evidence
        Counts and times that the records tell.
    estimates : dict of str to Estimate
        By parameter, for instance 'people.late': before and after the records.
    calibrated : Calibrated
        The same as a scenario.
    """

    deals: tuple[str, ...]
    target: str
    draws: int
    seed: int
    learning: Learning
    evidence: Evidence
    estimates: dict[str, Estimate]
    calibrated: Calibrated

    @property
    def is_pair_known(self) -> bool:
        """Whether there are rows of the deal's pair of parties, from which its effect is taken."""
        return any(step.pair == self.learning.pair for step in self.learning.rows.people)

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
            "pair": self.learning.pair, "pair_known": self.is_pair_known,
            "rows": {"people": len(self.learning.rows.people), "forces": len(self.learning.rows.forces)},
            "not_informed": [name for name, estimate in self.estimates.items() if not estimate.is_informed],
            "not_identified": list(NOT_IDENTIFIED),
        }  # fmt: skip


def calibrate(
    deals: Sequence[str],
    target: str | Path | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    is_pair_known: bool = True,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Calibration:
    """Estimate behaviour from the records of deals and from rows of others.

    Parameters
    ----------
    deals : sequence of str
        Deals of the catalogue with a history; none for rows of other deals alone.
    target : str or Path, optional
        The deal to write the behaviour for, or its file; by default the first of `deals`. Its record and its rows are
        read only if it is one of them.
    draws : int, optional
        Draws of the rejection.
    seed : int, optional
        Of its replicates.
    is_pair_known : bool, optional
        Whether rows of the same pair of parties count as that pair's; else it is taken for a new one.
    folder : Path, optional
        Where the folders `history` and `evidence` are, by default the catalogue's.
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
    deal, priors = as_written(target).deal, read_priors()
    terms = {name: as_written(name).deal for name in names}
    files = {name: (folder or catalogue.folder()) / "history" / f"{name}.csv" for name in names}
    evidence = reduce(add, (read_evidence(terms[name], files[name]) for name in names), Evidence())
    rows = rows_for(deal.deal, names, folder and folder / "evidence")
    learning = learn_for(deal, rows, is_pair_known=is_pair_known)
    owed = {o.kind for each in (deal, *terms.values()) for o in each.obligations.values()}
    kinds = [kind for kind in STEPS if kind in owed or kind in OF_EVERY_DEAL]
    estimates = estimate_all(evidence, learning, priors, kinds)
    kept: dict[str, Kept] = {}
    if names:
        written = [write_behaviour(name, estimates, priors, names) for name in names]
        records = [read_record(terms[name], files[name]) for name in names]
        kept = reject(
            list(zip(written, records, strict=True)), estimates, list(priors.priors), draws=draws, seed=seed,
            progress=progress,
        )  # fmt: skip
        estimates = _with_kept(estimates, kept, names)
    written_for = with_table(write_behaviour(target, estimates, priors, names), learning, estimates, kept)
    return Calibration(names, deal.deal, draws, seed, learning, evidence, estimates, written_for)


def _with_kept(estimates: dict[str, Estimate], kept: dict[str, Kept], deals: Sequence[str]) -> dict[str, Estimate]:
    records = [history_key(deal) for deal in deals]
    changed = {
        name: after_rejection(estimates[name], found.values, found.is_narrower, records) for name, found in kept.items()
    }
    return {**estimates, **changed}


def other_deals(deal: str) -> tuple[str, ...]:
    """The catalogue's deals whose record was kept day by day, without this one."""
    return tuple(name for name in kept_by_day() if name != deal)


def others_than(deal: str | Path) -> tuple[str, ...]:
    """The same of a deal that may be a file."""
    return other_deals(as_written(deal).deal.deal)


def leave_one_out(
    deal: str | Path,
    *,
    n: int,
    seed: int,
    draws: int = DRAWS,
    record: Path | None = None,
    is_pair_known: bool = True,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> tuple[Calibration, Backtest]:
    """Score behaviour that was calibrated on all other deals against the record of this one.

    Parameters
    ----------
    deal : str or Path
        A deal of the catalogue with a history, or a file with a deal.
    n : int
        Replicates of the model.
    seed : int
        Of these and of the rejection.
    draws : int, optional
        Draws of the rejection.
    record : Path, optional
        The history, by default the catalogue's; a file of a deal needs one.
    is_pair_known : bool, optional
        As for `calibrate`. If it is, and other deals have rows of the pair, the model that takes it for a new one is
        scored beside it.
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
    terms = as_written(deal).deal
    read_record(terms, record)  # a deal without a record is refused before the draws
    others = other_deals(terms.deal)

    def scored(*, is_known: bool) -> tuple[Calibration, Backtest]:
        calibration = calibrate(others, deal, draws=draws, seed=seed, is_pair_known=is_known, progress=progress)
        result = backtest(
            deal, model=calibration.calibrated.scenario, calibrated_on=others, n=n, seed=seed, record=record,
            rows=calibration.learning.rows.people, workers=workers, progress=progress,
        )  # fmt: skip
        pair = "known" if calibration.is_pair_known else "unknown"
        return calibration, replace(result, pair=pair, steps=score_steps(calibration.learning, terms.deal))

    calibration, result = scored(is_known=is_pair_known)
    if result.pair == "known":
        result = replace(result, pair_unknown=scored(is_known=False)[1])
    return calibration, result
