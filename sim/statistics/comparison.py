"""What a comparison comes to: plain records that reports and JSON are made of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.statistics.curves import PERCENTS, Bands, Survival
from sim.statistics.estimate import Estimate
from sim.statistics.expectations import Judged
from sim.statistics.guarantees import Violation
from sim.statistics.moments import Array
from sim.statistics.paired import Example, PairedDifference
from sim.statistics.tallies import Crossing

if TYPE_CHECKING:
    from sim.document.scenario import ResolvedScenario


@dataclass(frozen=True)
class RootCause:
    """What an end goes back to, and in how many replicates.

    Attributes
    ----------
    end : str
        'completed', 'collapsed', 'lapsed' or 'standing'.
    cause : str
        In words.
    count : int
        Replicates.
    """

    end: str
    cause: str
    count: int


@dataclass(frozen=True)
class Curve:
    """Cumulative releases by day, of so many people in all.

    Attributes
    ----------
    total : int
        People who can be released.
    bands : Bands
        Number of people by day: median, and where 50 % and 90 % of replicates lie.
    mean : ndarray of float64, shape (n_days + 1,)
        Mean number of people by day; the difference of two means is the mean difference within a replicate. Empty
        where only quantiles are known.
    """

    total: int
    bands: Bands
    mean: Array = field(default_factory=lambda: np.empty(0))

    @property
    def holds_somebody(self) -> bool:
        """Whether anybody is in the list as the deal begins or comes to be, by dying in captivity."""
        return bool(self.total or self.bands.high_90[-1])


@dataclass(frozen=True)
class Summary:
    """One scenario over all its replicates.

    Attributes
    ----------
    scenario : str
        Its name.
    starts : date
        Calendar date of day 1.
    n : int
        Replicates.
    estimates : dict of str to Estimate
        Mean by outcome, in published units.
    ends : dict of str to (int, Estimate)
        Count and share by end.
    root_causes : tuple of RootCause
        The most frequent first.
    curves : dict of str to Curve
        By list of people: 'hostages_living', 'hostages_deceased', 'prisoners' and 'prisoners_deceased'.
    incidence : dict of str to ndarray, shape (n_days + 1,)
        Share of replicates that have ended so, by end and day.
    survival : Survival
        Share whose truce still stands, by day.
    guarantees : tuple of Violation
        How often each declared guarantee is violated.
    expectations : tuple of Judged
        What the scenario is expected to show, and whether it does.
    ranges : dict of str to (float, float)
        Smallest and largest value by outcome, in published units.
    few : tuple of str
        Outcomes whose mean rests on so few replicates that its interval covers less than it says.
    counts : dict of str to ndarray of int64, shape (largest count + 1, 4)
        Replicates by count and end (`sim.statistics.crossed`), of people, units and broken promises.
    days : dict of str to ndarray of int64, shape (n_days + 1,)
        By milestone: replicates by the day on which it first comes about.
    met : dict of str to ndarray of int64, shape (n_days + 1,)
        By obligation: replicates by the day on which it was met. Empty where an older version made the results.
    document : ResolvedScenario or None
        What was run.
    """

    scenario: str
    starts: date
    n: int
    estimates: dict[str, Estimate]
    ends: dict[str, tuple[int, Estimate]]
    root_causes: tuple[RootCause, ...]
    curves: dict[str, Curve]
    incidence: dict[str, Array]
    survival: Survival
    guarantees: tuple[Violation, ...] = ()
    expectations: tuple[Judged, ...] = ()
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)
    few: tuple[str, ...] = ()
    counts: dict[str, Array] = field(default_factory=dict)
    days: dict[str, Array] = field(default_factory=dict)
    met: dict[str, Array] = field(default_factory=dict)
    document: ResolvedScenario | None = field(default=None, repr=False, compare=False)

    @cached_property
    def met_on_days(self) -> dict[str, list[list[int]]]:
        """By obligation: each day on which it was met in any replicate, and in how many."""
        return {name: on_days(days) for name, days in self.met.items()}

    @property
    def last_day(self) -> int:
        """The last day that is counted, from 0."""
        return len(next(iter(self.curves.values())).bands.median) - 1

    def curve(self, name: str) -> Curve:
        """The releases of one list by day.

        Parameters
        ----------
        name : str
            Of the list, as a key of `curves`.

        Returns
        -------
        Curve
            With nobody on any day where the deal has no such list.
        """
        none = np.zeros(self.last_day + 1, np.int64)
        return self.curves.get(name) or Curve(0, Bands(*[none] * len(PERCENTS)), none)

    def as_json(self) -> dict[str, Any]:
        """Plain data, with null where a number does not exist.

        Returns
        -------
        dict
            As the scenario stands in `ceasefire compare --json`.
        """
        return {
            "scenario": self.scenario,
            "estimates": {name: _interval(estimate) for name, estimate in self.estimates.items()},
            "ends": {
                end: {"count": count, "share": share.value, "low": share.low, "high": share.high}
                for end, (count, share) in self.ends.items()
            },
            "root_causes": [
                {"end": root.end, "cause": root.cause, "count": root.count, "share": root.count / self.n}
                for root in self.root_causes
            ],
            "curves": {
                name: {"total": curve.total} | {band: getattr(curve.bands, band).tolist() for band in PERCENTS}
                for name, curve in self.curves.items()
            },
            "ends_by_day": {end: shares.tolist() for end, shares in self.incidence.items()},
            "truce_survival": {
                name: [_number(value) for value in getattr(self.survival, name).tolist()]
                for name in ("share", "low", "high")
            },
            "guarantees": [violation.as_json() for violation in self.guarantees],
            "expects": [judged.as_json() for judged in self.expectations],
            "counts": {
                name: [[count, *ends] for count, ends in enumerate(table.tolist()) if any(ends)]
                for name, table in self.counts.items()
            },
            "milestones": _by_day(self.days),
            **({"obligations": _by_day(self.met)} if self.met else {}),
        }


@dataclass(frozen=True)
class Variant:
    """A scenario and how it differs from the baseline.

    Attributes
    ----------
    summary : Summary
        The scenario by itself.
    differences : dict of str to PairedDifference
        By outcome, of those that both scenarios have.
    p_holm : dict of str to float
        p-value by outcome, adjusted for the number of variants.
    example_outcome : str
        The outcome that picks the examples.
    examples : dict of str to Example
        Replicates at its 'lowest', 'median' and 'highest' difference.
    crossings : dict of str to Crossing
        By milestone: in how many of the same runs it comes about in both scenarios, or in one alone.
    """

    summary: Summary
    differences: dict[str, PairedDifference]
    p_holm: dict[str, float]
    example_outcome: str
    examples: dict[str, Example]
    crossings: dict[str, Crossing] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain data, with null where a number does not exist.

        Returns
        -------
        dict
            As the scenario stands in `ceasefire compare --json`.
        """
        return self.summary.as_json() | {
            "paired_difference": {
                name: _interval(difference.estimate)
                | {
                    "variance_ratio": difference.variance_ratio,
                    "p_value": difference.p_value,
                    "p_holm": self.p_holm[name],
                    "share_above": difference.share_above,
                    "share_below": difference.share_below,
                }
                for name, difference in self.differences.items()
            },
            "milestones_paired": {
                name: {
                    "both": found.both,
                    "only_baseline": found.only_baseline,
                    "only_variant": found.only_variant,
                    "days_later": [[days, n] for days, n in sorted(found.later.items())],
                }
                for name, found in self.crossings.items()
            },
            "examples": {
                "outcome": self.example_outcome,
                **{
                    which: {"replicate": example.replicate, "difference": example.difference}
                    for which, example in self.examples.items()
                },
            },
        }


@dataclass(frozen=True)
class Comparison:
    """A baseline and its variants over the same replicates.

    Attributes
    ----------
    seed, n : int
        Of the draws, and the number of replicates of each scenario.
    engine : {'batch', 'reference'}
        What ran them; both tell the same.
    confidence : float
        Coverage of each interval: 0.95, or more where a stopping rule has looked before.
    precision : mapping of str to float
        Half-widths asked for, by outcome in its published unit; empty without a stopping rule.
    is_precise : bool
        Whether they were reached.
    baseline : Summary
        What the others are compared with.
    variants : tuple of Variant
        In the order in which they were given.
    draws : dict or None
        How draws were made, with 'kind', 'scrambles', 'ranked_for' and 'ranking'; None where they are independent.
    """

    seed: int
    n: int
    engine: str
    confidence: float
    precision: Mapping[str, float]
    is_precise: bool
    baseline: Summary
    variants: tuple[Variant, ...]
    draws: Mapping[str, Any] | None = None

    def __repr__(self) -> str:
        names = ", ".join(summary.scenario for summary in self.summaries)
        return f"<Comparison of {names}: {self.n:,} replicates of each, seed {self.seed}>"

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """The baseline, then the variants."""
        return self.baseline, *(variant.summary for variant in self.variants)

    @property
    def lists(self) -> list[str]:
        """Lists of people that hold anybody in any of the scenarios, or come to.

        Where one alone of the lists that share a column has living people, the column is that list and stands for it.
        """
        names = dict.fromkeys(name for summary in self.summaries for name in summary.curves)
        held = [name for name in names if any(summary.curve(name).holds_somebody for summary in self.summaries)]
        own = [name for name in held if name.endswith(".people")]
        return [name for name in held if name not in own or len(own) > 1]

    @property
    def has_failed(self) -> bool:
        """Whether any scenario fails an expectation of its own."""
        return any(judged.verdict == "fails" for summary in self.summaries for judged in summary.expectations)

    def as_json(self) -> dict[str, Any]:
        """The comparison as plain data.

        Returns
        -------
        dict
            What `ceasefire compare --json` prints.
        """
        data: dict[str, Any] = {"seed": self.seed, "n": self.n, "engine": self.engine, "confidence": self.confidence}
        if self.precision:
            data["precision"] = {"half_widths": dict(self.precision), "reached": self.is_precise}
        if self.draws:
            data["draws"] = dict(self.draws)
        return data | {
            "baseline": self.baseline.as_json(),
            "variants": [variant.as_json() for variant in self.variants],
        }


def on_days(days: Array) -> list[list[int]]:
    """Each day on which something came about in any run, and in how many.

    Parameters
    ----------
    days : ndarray of int64, shape (n_days + 1,)
        Runs by day.
    """
    occurring = np.flatnonzero(days)
    pairs: list[list[int]] = np.stack([occurring, days[occurring]], axis=1).tolist()
    return pairs


def _by_day(found: Mapping[str, Array]) -> dict[str, Any]:
    """By name: the runs in which it came about, and on which day in how many."""
    return {name: {"runs": int(days.sum()), "by_day": on_days(days)} for name, days in found.items()}


def _interval(estimate: Estimate) -> dict[str, float | None]:
    return {"mean": estimate.value, "low": _number(estimate.low), "high": _number(estimate.high)}


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
