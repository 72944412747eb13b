"""A deal's model, its text and a base-rate forecaster against the deal's own record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.history.base_rates import N_DRAWS, forecast
from sim.analysis.history.record import RECORDED, HistoryError, kept_by_day, read_record, rows_of
from sim.analysis.history.rows import Step, StepScores, read_rows
from sim.analysis.history.scores import Agreement, agreement
from sim.analysis.history.terms import as_written
from sim.document.deal import Deal
from sim.document.scenario import ResolvedScenario
from sim.engine.batch import run_blocks
from sim.engine.workers import Workers
from sim.errors import SimError
from sim.outcomes.by_day import ByDay
from sim.plan.compile import compile_plan
from sim.reading.resolve import resolve
from sim.statistics.curves import Bands, bands
from sim.statistics.moments import Array

IN_SAMPLE = (
    "In-sample: the model's behaviour was set with knowledge of this same record, so this checks calibration and "
    "is no test of a forecast."
)
LEFT_OUT = (
    "Leave one out: behaviour estimated from {} and from rows of other deals, nothing of it from this record. "
    "The terms of the deal are those of its document, which was written after the event."
)
FORECASTS = ("model", "as_written", "base_rate", "refitted")
RIVALS = FORECASTS[1:]


@dataclass(frozen=True)
class CurveTest:
    """Forecasts of one kind of release and the record, from day 1 to the last day of the record.

    Attributes
    ----------
    total : int
        People of this kind under the deal.
    due : int
        Those who come out by the last day as the text has it.
    observed : ndarray of int64, shape (n_days,)
        Cumulative number of people by day, from the record.
    bands : dict of str to Bands
        Of each forecast, by the names of `FORECASTS`.
    agreement : dict of str to Agreement
        Of each forecast; the text alone is a point, whose CRPS is the absolute error.
    """

    total: int
    due: int
    observed: Array
    bands: dict[str, Bands]
    agreement: dict[str, Agreement]

    def share(self, forecast: str) -> float:
        """How far a forecast lies from the record: CRPS as a share of the people due, mean over days.

        Parameters
        ----------
        forecast : str
            One of `FORECASTS`.

        Returns
        -------
        float
            In [0, 1].
        """
        return self.agreement[forecast].crps / max(1, self.due)

    def days(self, forecast: str) -> float:
        """The same in days: by how many a person's day is missed, mean over the people due.

        Parameters
        ----------
        forecast : str
            One of `FORECASTS`.

        Returns
        -------
        float
            At most the days of the record.
        """
        return len(self.observed) * self.share(forecast)


@dataclass(frozen=True)
class Backtest:
    """The model of a deal against its record.

    Attributes
    ----------
    deal : str
        Its name in the catalogue.
    scenario : str
        Name of the model.
    in_sample : bool
        Whether the model was made with knowledge of the record.
    calibrated_on : tuple of str
        Deals that its behaviour was estimated from, if it was estimated.
    starts : date
        Calendar date of day 1.
    n, seed : int
        Replicates of the model and their seed.
    n_rows : dict of str to int
        Rows of other deals that 'base_rate' and 'refitted' are drawn from.
    n_days : int
        Days that are scored: 1 to `n_days`.
    curves : dict of str to CurveTest
        By name (`sim.analysis.history.record.RECORDED`), those that the deal has people for.
    pair : str
        'known' if the model knows other deals of the same pair of parties, 'unknown' if not, '' if nothing was learned.
    pair_unknown : Backtest or None
        The model that takes the pair for a new one, beside one that knows it.
    steps : StepScores or None
        Of the deal's steps on people, if there are rows of it.
    terms : Deal or None
        The deal, for what it calls its lists.
    """

    deal: str
    scenario: str
    in_sample: bool
    calibrated_on: tuple[str, ...]
    starts: date
    n: int
    seed: int
    n_rows: dict[str, int]
    n_days: int
    curves: dict[str, CurveTest]
    pair: str = ""
    pair_unknown: Backtest | None = None
    steps: StepScores | None = None
    terms: Deal | None = None

    @property
    def share(self) -> float:
        """The model's CRPS as a share of the people due, mean over curves."""
        return float(np.mean([test.share("model") for test in self.curves.values()]))

    def skill(self, rival: str) -> float | None:
        """One less the model's mean share over a rival's; None where the rival is never off.

        Parameters
        ----------
        rival : str
            One of `RIVALS`.

        Returns
        -------
        float or None
            At most 1.
        """
        theirs = float(np.mean([test.share(rival) for test in self.curves.values()]))
        return 1 - self.share / theirs if theirs else None

    @property
    def note(self) -> str:
        """What the test can show and what not."""
        return IN_SAMPLE if self.in_sample else LEFT_OUT.format(" and ".join(self.calibrated_on) or "no record")

    def as_json(self) -> dict[str, Any]:
        """The back-test as an object of JSON.

        Returns
        -------
        dict
            What `ceasefire backtest --json` prints.
        """
        head = {
            "deal": self.deal, "scenario": self.scenario, "in_sample": self.in_sample,
            "calibrated_on": list(self.calibrated_on), "note": self.note,
            "n": self.n, "seed": self.seed, "days": self.n_days,
            "base_rate": {"rows": self.n_rows["base_rate"], "draws": N_DRAWS},
            "refitted": {"rows": self.n_rows["refitted"], "draws": N_DRAWS},
            "curves": {name: _curve_json(test) for name, test in self.curves.items()},
        }  # fmt: skip
        beside = {"pair_unknown": self.pair_unknown.scores_as_json()} if self.pair_unknown else {}
        return head | self.scores_as_json() | beside

    def scores_as_json(self) -> dict[str, Any]:
        """The scores alone, as an object of JSON.

        Returns
        -------
        dict
            Part of what `as_json` returns.
        """
        return {
            **({"pair": self.pair} if self.pair else {}),
            "coverage": {name: _coverage_json(test) for name, test in self.curves.items()},
            "crps": self._scores(lambda test, key: test.agreement[key].crps),
            "bias": self._scores(lambda test, key: test.agreement[key].bias),
            "share_of_people": self._scores(CurveTest.share),
            "days_off": self._scores(CurveTest.days),
            "ranks": {name: list(test.agreement["model"].ranks) for name, test in self.curves.items()},
            "mean_share": self.share,
            "skill": {rival: self.skill(rival) for rival in RIVALS},
            **({"steps": asdict(self.steps)} if self.steps else {}),
        }

    def _scores(self, score: Callable[[CurveTest, str], float]) -> dict[str, dict[str, float]]:
        return {name: {key: score(test, key) for key in FORECASTS} for name, test in self.curves.items()}


def _curve_json(test: CurveTest) -> dict[str, Any]:
    ranges = {
        name: {key: values.tolist() for key, values in asdict(test.bands[name]).items()}
        for name in FORECASTS
        if name != "as_written"
    }
    text = test.bands["as_written"].median.tolist()
    return {"total": test.total, "due": test.due, "observed": test.observed.tolist(), "as_written": text, **ranges}


def _coverage_json(test: CurveTest) -> dict[str, dict[str, float]]:
    """Of the forecasts that are ranges; the text alone has no band."""
    return {
        name: {"50": found.coverage_50, "90": found.coverage_90, "width_50": found.width_50, "width_90": found.width_90}
        for name, found in test.agreement.items()
        if name != "as_written"
    }


def backtest(
    deal: str | Path,
    *,
    n: int,
    seed: int,
    model: ResolvedScenario | None = None,
    calibrated_on: tuple[str, ...] = (),
    record: Path | None = None,
    rows: Sequence[Step] | None = None,
    workers: Workers | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Backtest:
    """Score a model of a deal against the deal's record.

    Parameters
    ----------
    deal : str or Path
        A deal with the scenarios '<deal>/baseline' and '<deal>/as-written' and a history, or a file with a deal.
    n : int
        Replicates of the model.
    seed : int
        In [0, 2**64).
    model : ResolvedScenario, optional
        By default '<deal>/baseline', which was written with knowledge of the record: in-sample.
    calibrated_on : tuple of str, optional
        Deals that the model's behaviour was estimated from.
    record : Path, optional
        The history, by default the catalogue's.
    rows : sequence of Step, optional
        Steps on people that refitted base rates are drawn from, by default those of all other deals; plain ones are
        drawn from those of deals whose record was not kept day by day.
    workers : int or Executor, optional
        By default one for each core; the result is the same with any number.
    progress : callable, optional
        Called with the replicates run and those to run.

    Returns
    -------
    Backtest
        Coverage, CRPS, bias and ranks of four forecasts, by curve.

    Raises
    ------
    SimError
        If n is below 1, a scenario or the history is missing, or the history does not fit.
    """
    if n < 1:
        raise SimError(f"n: must be 1 or more, got {n}")
    is_in_sample = model is None or deal in calibrated_on
    text_alone = as_written(deal)
    model = model or resolve(f"{deal}/baseline")
    known = read_record(model.deal, record)
    refitted = read_rows().without({rows_of(known.deal)}).people if rows is None else rows
    shipped = kept_by_day()
    steps = {"base_rate": [step for step in refitted if step.deal not in shipped], "refitted": refitted}
    by_day, counts = _counts(model, n, seed, workers, progress)
    others, text = _counts(text_alone, 1, seed, workers)
    if others.widths.tolist() != by_day.widths.tolist():
        raise HistoryError(f"{deal}: its model and as-written scenarios hold different people")
    last = min(known.last_day, by_day.n_days, others.n_days)
    tests = {
        name: _test(counts[c][1 : last + 1], text[c][1 : last + 1], known.released[c, 1 : last + 1], steps)
        for c, name in enumerate(RECORDED)
        if counts[c].shape[1] > 1
    }
    starts = model.deal.starts.date()
    return Backtest(
        known.deal, model.scenario, is_in_sample, calibrated_on, starts, n, seed,
        {name: len(found) for name, found in steps.items()}, last, tests, terms=model.deal,
    )  # fmt: skip


def text_and_record(deal: str | Path, record: Path | None = None) -> dict[str, tuple[Array, Array]]:
    """People out by the end of each day from day 1 as the text of a deal has it, and in its record, by curve."""
    scenario = as_written(deal)
    known = read_record(scenario.deal, record)
    by_day, text = _counts(scenario, 1, 0, 1)
    last = min(known.last_day, by_day.n_days)
    return {
        name: (np.argmax(text[c][1 : last + 1], axis=1), known.released[c, 1 : last + 1])
        for c, name in enumerate(RECORDED)
        if text[c].shape[1] > 1
    }


def _counts(
    scenario: ResolvedScenario,
    n: int,
    seed: int,
    workers: Workers | None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[ByDay, list[Array]]:
    """Replicates by day and cumulative count, for each list that a history tells."""
    plan = compile_plan(scenario)
    by_day = ByDay.of(plan)
    histogram, done = by_day.empty(), 0
    for block in run_blocks(plan, seed, n, workers=workers):
        histogram += block.histogram
        done += len(block.outcomes)
        if progress:
            progress(done, n)
    return by_day, [by_day.released(histogram, plan.lists.index(name)) for name in RECORDED]


def _test(model: Array, text: Array, observed: Array, steps: dict[str, Sequence[Step]]) -> CurveTest:
    """Score the forecasts of one curve."""
    width, dates = model.shape[1], np.argmax(text, axis=1)
    counts = {"model": model, "as_written": text}
    counts |= {name: forecast(dates, width, found) for name, found in steps.items()}
    return CurveTest(
        total=width - 1,
        due=int(dates[-1]),
        observed=observed,
        bands={name: bands(found) for name, found in counts.items()},
        agreement={name: agreement(found, observed) for name, found in counts.items()},
    )
