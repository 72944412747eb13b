"""Every parameter that is estimated: what was known before, what is known after, and from what."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from sim.analysis.calibration.evidence import Evidence
from sim.analysis.calibration.lateness import cluster
from sim.analysis.calibration.learning import VARIETIES, Learning, Told, untold
from sim.analysis.calibration.posterior import (
    JEFFREYS,
    Chance,
    Rate,
    SearchTime,
    Time,
    minutes_of,
    probabilities,
    rounded,
)
from sim.analysis.calibration.priors import Priors
from sim.analysis.history.rows import Step, shares
from sim.plan.draws import Z_95
from sim.plan.slots import quantiles_of
from sim.statistics.moments import Array

ROWS = "ROWS"
"""The key under which a document names the rows of other deals as its source."""
ROWS_WORTH = 1.0
"""Steps of a kind without rows of its own that the sums of rows on people count as, together."""
OF_EVERY_DEAL = ("truce", "information")
"""Kinds of step that are estimated whether or not a deal has one."""
NEVER_REFUSED = "truce"
"""A deal whose truce never began has no record, so neither records nor base rates can tell how often that is."""
_AT_ENDS = np.array([0.05, 0.5, 0.95])
Method = Literal["rows", "counts", "times", "rejection", "prior"]


@dataclass(frozen=True)
class Estimate:
    """One parameter before and after the records.

    Attributes
    ----------
    name : str
        For instance 'people.late' or 'settles'.
    method : {'rows', 'counts', 'times', 'rejection', 'prior'}
        How it was estimated; 'prior' where no record tells anything.
    n : int
        Observations: steps, times, days or accepted draws.
    prior, posterior : ndarray of float64
        Quantiles at `posterior.probabilities()`; times are medians in minutes.
    written : dict
        The posterior as `uncertain` takes it.
    source : tuple of str
        Keys of what it rests on.
    note : str
        The counts.
    spread : float or None
        Of a time: its 95th percentile over its median.
    is_told : bool
        False for draws kept that are no narrower than as many blind ones.
    drawn_with : str
        Estimates of the same name here are drawn together, each at the same probability; by default alone.
    """

    name: str
    method: Method
    n: int
    prior: Array
    posterior: Array
    written: dict[str, Any]
    source: tuple[str, ...]
    note: str
    spread: float | None = None
    is_told: bool = True
    drawn_with: str = ""

    @property
    def narrowing(self) -> float:
        """Width of the range that holds 90 % after the records, over that before; times on a log scale."""
        before, after = (self._width(quantiles) for quantiles in (self.prior, self.posterior))
        return after / before

    @property
    def is_informed(self) -> bool:
        """Whether rows tell of it, or the records narrow it."""
        if self.method == "rows":
            return True
        return self.is_told and self.method != "prior" and self.narrowing < 1

    def _width(self, quantiles: Array) -> float:
        low, _, high = self.ends(quantiles)
        return math.log(high / low) if self.spread else high - low

    @staticmethod
    def ends(quantiles: Array) -> tuple[float, float, float]:
        """5 %, 50 % and 95 % of a distribution given by its quantiles."""
        low, middle, high = np.interp(_AT_ENDS, probabilities(len(quantiles)), quantiles)
        return float(low), float(middle), float(high)

    @property
    def centre(self) -> float:
        """The value of a scenario without any doubt: the mean of a chance, the median of a time."""
        return self.ends(self.posterior)[1] if self.spread else float(np.mean(self.posterior))

    def as_json(self) -> dict[str, Any]:
        """For people and programs: ranges before and after, evidence."""
        return {
            "parameter": self.name, "method": self.method, "n": self.n, "informed": self.is_informed,
            "prior": rounded(self.ends(self.prior)), "posterior": rounded(self.ends(self.posterior)),
            "narrowing": rounded([self.narrowing])[0], "source": list(self.source), "note": self.note,
        }  # fmt: skip


def history_key(deal: str) -> str:
    """The key under which a document names the record of a deal as its source."""
    return f"HISTORY-{deal.upper()}"


def estimate_all(
    evidence: Evidence, learning: Learning, priors: Priors, kinds: Sequence[str] = OF_EVERY_DEAL
) -> dict[str, Estimate]:
    """Everything that rows, counts and times decide, and the priors of all else.

    Parameters
    ----------
    evidence : Evidence
    learning : Learning
    priors : Priors
    kinds : sequence of str, optional
        Those of `evidence.STEPS` that the deals have.

    Returns
    -------
    dict of str to Estimate
        By name.
    """
    records = tuple(history_key(deal) for deal in evidence.deals)
    found = [estimate for sort in VARIETIES for estimate in _told(sort, learning)]
    found += [estimate for kind in kinds for estimate in _steps(kind, evidence, learning.rows.people, records)]
    found += _people(evidence, priors, records)
    found += _truce(evidence, priors, records)
    found += [_unobserved(name, priors) for name in priors.priors]
    return {estimate.name: estimate for estimate in found}


def _told(sort: str, learning: Learning) -> list[Estimate]:
    """Chances of one sort of step, which the deal's effect moves together, and its delay."""
    before, after, steps = untold(sort), learning.told(sort), learning.of(sort).steps
    of_pair = sum(step.pair == learning.pair for step in steps)
    pair = f"{of_pair} of them of this pair of parties" if of_pair else "none of them of this pair of parties"
    note = f"{len(steps)} rows of other deals, {pair}; drawn once for all steps of a deal."
    late = sum(step.outcome in (1, 2) for step in steps)
    return [
        _by_rows(f"{sort}.refused", "refused", before, after, len(steps), note, sort),
        _by_rows(f"{sort}.late", "late", before, after, len(steps), note, sort),
        Estimate(
            f"{sort}.delay", "rows" if late else "prior", late, before.delay, after.delay,
            {"quantiles": rounded(after.delay)}, (ROWS,), f"{late} rows late: up to two weeks, or months.",
            spread=after.spread,
        ),
    ]  # fmt: skip


def _by_rows(name: str, of: str, before: Told, after: Told, n: int, note: str, sort: str) -> Estimate:
    prior, posterior = getattr(before, of), getattr(after, of)
    together = "forces" if sort == "forces" else "people"
    return Estimate(
        name, "rows" if n else "prior", n, prior, posterior, {"quantiles": rounded(posterior)}, (ROWS,), note,
        drawn_with=together,
    )  # fmt: skip


def _chance(
    name: str, prior: Chance, successes: float, failures: float, records: Sequence[str], note: str
) -> Estimate:  # fmt: skip
    posterior = prior.updated(successes, failures)
    n = round(successes + failures)
    at = probabilities()
    return Estimate(
        name, "counts" if n else "prior", n, prior.quantiles(at), posterior.quantiles(at), posterior.written,
        tuple(records), note,
    )  # fmt: skip


def _steps(kind: str, evidence: Evidence, rows: Sequence[Step], records: tuple[str, ...]) -> list[Estimate]:
    """How steps of a kind without rows of its own are carried out: late, refused, and how late.

    On time, late and not carried out is a Dirichlet distribution, of which a scenario takes the chances one by one,
    each beta distributed. Its prior are the sums of rows on people, which count as one step together.
    """
    timing = evidence.of_kind(kind)
    source = (*(records if timing.n else ()), ROWS)
    late = len(timing.hours_late)
    on_time, near, far, never = ROWS_WORTH * shares(rows)
    note = f"{timing.on_time} on time, {late} late, {timing.refused} not carried out."
    found = [_chance(f"{kind}.late", Chance(near + far, on_time + never), late, timing.n - late, source, note)]
    if kind != NEVER_REFUSED:
        done = timing.n - timing.refused
        found.append(_chance(f"{kind}.refused", Chance(never, ROWS_WORTH - never), timing.refused, done, source, note))
    hours = ", ".join(f"{hours:g}" for hours in timing.hours_late)
    minutes = minutes_of(timing.hours_late, "h")
    return [*found, _time(f"{kind}.delay", cluster((), "B").time, minutes, source, f"Hours late: {hours or 'none'}.")]


def _time(name: str, prior: Time, minutes: list[float], source: tuple[str, ...], note: str) -> Estimate:
    posterior, at = prior.updated(minutes), probabilities()
    median = posterior.median_quantiles(at)
    return Estimate(
        name, "times" if minutes else "prior", len(minutes), prior.median_quantiles(at), median,
        {"quantiles": rounded(median)}, source, note, spread=math.exp(Z_95 * posterior.sigma),
    )  # fmt: skip


def _people(evidence: Evidence, priors: Priors, records: tuple[str, ...]) -> list[Estimate]:
    """Batches ahead of their date, and the search for remains."""
    level = Chance(JEFFREYS, JEFFREYS)
    chances, ahead = evidence.batches_after_another, evidence.share_ahead
    n_found = len(evidence.searched_days) + len(evidence.found_by_days)
    prior = SearchTime.level(
        (float(priors.search.median[0]), float(priors.search.median[1])), priors.search.sigma
    )  # fmt: skip
    search = prior.updated(minutes_of(evidence.searched_days, "d"), minutes_of(evidence.found_by_days, "d"))
    at = probabilities()
    median = search.median_quantiles(at)
    return [
        _chance("release.ahead", level, ahead, chances - ahead, records,
                f"{ahead:g} of {chances} later batches came before their day, counted by people."),
        _chance("search.found", level, n_found, evidence.not_found, records,
                f"{n_found} found, {evidence.not_found} not."),
        _chance("search.misidentified", level, evidence.misidentified, n_found, records,
                f"{evidence.misidentified} misidentified, {n_found} not."),
        Estimate("search.time", "times" if n_found else "prior", n_found, prior.median_quantiles(at), median,
                 {"quantiles": rounded(median)}, records,
                 f"{len(evidence.searched_days)} times known, {len(evidence.found_by_days)} at most as long as known.",
                 spread=math.exp(Z_95 * search.sigma)),
    ]  # fmt: skip


def _truce(evidence: Evidence, priors: Priors, records: tuple[str, ...]) -> list[Estimate]:
    """Incidents, answers to them, and the return to the truce."""
    level, at = Chance(JEFFREYS, JEFFREYS), probabilities()
    before = Rate(JEFFREYS, 1.0)
    rate = before.updated(evidence.incidents, 2 * evidence.truce_days)
    unanswered = max(0, evidence.incidents - evidence.suspensions)
    responds = level.updated(evidence.suspensions, unanswered)
    survival = priors.survival
    hazard = -math.log(survival.share) / survival.day
    restored = min(0.95, max(0.05, 1 - hazard / (2 * rate.mean * responds.mean)))
    broken = evidence.suspensions - evidence.restored
    incidents = Estimate(
        "incidents.per_day", "counts", evidence.incidents, before.quantiles(at), rate.quantiles(at),
        {"quantiles": rounded(rate.quantiles(at))}, records,
        f"{evidence.incidents} lines with an incident in {evidence.truce_days:g} days, by either of two sides.",
    )  # fmt: skip
    note = f"{evidence.suspensions} of {evidence.incidents} incidents answered by a suspension."
    answered = _chance("responds", level, evidence.suspensions, unanswered, records, note)
    note = (
        f"{evidence.restored} of {evidence.suspensions} suspensions ended; the prior lets as many truces collapse "
        "as in comparable agreements."
    )
    restores = _chance("restores", Chance(restored, 1 - restored), evidence.restored, broken, records, note)
    return [incidents, answered, replace(restores, source=(*records, *(survival.source or ())))]


def _unobserved(name: str, priors: Priors) -> Estimate:
    """A parameter that no line of a record gives: its prior, until draws are rejected."""
    prior = priors.priors[name]
    quantiles = quantiles_of(prior.distribution, probabilities())
    distribution = prior.distribution.model_dump(mode="json", exclude_none=True)
    return Estimate(
        name, "prior", 0, quantiles, quantiles, distribution, (), str(prior.assumption),
        spread=None if prior.median is None else priors.spread.factor,
    )  # fmt: skip


def after_rejection(estimate: Estimate, accepted: Array, is_narrower: bool, records: Sequence[str]) -> Estimate:
    """The estimate of a parameter from the draws that were kept, whether or not they are narrower than blind ones."""
    posterior = np.quantile(accepted, probabilities())
    told = "" if is_narrower else " They are no narrower than as many blind draws."
    return replace(
        estimate, method="rejection", n=len(accepted), posterior=posterior, is_told=is_narrower,
        written={"quantiles": rounded(posterior)}, source=tuple(records),
        note=f"{estimate.note} {len(accepted)} draws kept of those closest to the releases.{told}",
    )  # fmt: skip
