"""Whether a scenario shows what it is expected to show: it holds, it fails, or these replicates do not decide."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sim.document.expectation import Expectation, Happening, parse_expectation
from sim.document.measured import PEOPLE
from sim.outcomes.columns import VIOLATED, published
from sim.plan.codes import NONE, End
from sim.statistics.accumulate import Accumulator
from sim.statistics.estimate import CONFIDENCE, Estimate, share_estimate
from sim.statistics.moments import Array
from sim.statistics.scrambles import Scrambles

Verdict = Literal["holds", "fails", "undecided"]
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq,
}  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """An expectation and what the replicates say of it.

    Attributes
    ----------
    text : str
        As written.
    verdict : {'holds', 'fails', 'undecided'}
        Undecided where the interval lies on both sides of the bound.
    estimate : Estimate
        Of the chance or the mean.
    """

    text: str
    verdict: Verdict
    estimate: Estimate

    def as_json(self) -> dict[str, Any]:
        """Plain data, with null where a number does not exist.

        Returns
        -------
        dict
            As the expectation stands in `ceasefire compare --json`.
        """
        low, high = (None if bound != bound else bound for bound in (self.estimate.low, self.estimate.high))
        numbers = {"value": self.estimate.value, "low": low, "high": high, "n": self.estimate.n}
        return {"expectation": self.text, "verdict": self.verdict, "estimate": numbers}


def judge(estimate: Estimate, relation: str, bound: float) -> Verdict:
    """What an interval says of a bound: both of its ends must agree.

    Parameters
    ----------
    estimate : Estimate
    relation : str
        One of '>=', '>', '<=', '<'.
    bound : float
    """
    answers = {bool(_COMPARE[relation](end, bound)) for end in (estimate.low, estimate.high)}
    if estimate.low != estimate.low or len(answers) == 2:
        return "undecided"
    return "holds" if answers == {True} else "fails"


class Expectations:
    """Counts what the chances of one scenario's expectations are asked of.

    Parameters
    ----------
    texts : sequence of str
        Checked: every name in them exists.
    names : tuple of str
        Columns of the outcome rows.
    n_scrambles : int, optional
        As in `sim.statistics.moments.Moments`.
    """

    def __init__(self, texts: Sequence[str], names: tuple[str, ...], n_scrambles: int = 0):
        self._expected = [parse_expectation(text) for text in texts]
        self._names = names
        self._counts = [0] * len(texts)
        self._scrambles = [Scrambles(n_scrambles, 1) for _ in texts]

    def add(self, outcomes: Array, first: int = 0) -> None:
        """Count in a block of outcomes, as measured, the first of them number `first`."""
        for place, expected in enumerate(self._expected):
            if expected.happening is not None and expected.happening.day is None:
                happens = self._happens(expected.happening, outcomes)
                self._counts[place] += int(happens.sum())
                self._scrambles[place].add(happens[:, None].astype(np.int64), first)

    def _happens(self, asked: Happening, outcomes: Array) -> Array:
        """Whether it happens, by replicate."""
        if asked.end:
            return np.equal(outcomes[:, self._names.index("end")], End[asked.end.upper()])
        if asked.violates:
            return np.not_equal(outcomes[:, self._names.index(VIOLATED + asked.violates)], NONE)
        column = published(asked.outcome, outcomes[:, self._names.index(asked.outcome)])
        return np.asarray(_COMPARE[asked.relation](column, asked.number))

    def judged(self, accumulator: Accumulator, confidence: float = CONFIDENCE) -> tuple[Judged, ...]:
        """What the replicates say of each expectation.

        Parameters
        ----------
        accumulator : Accumulator
            Of the same replicates.
        confidence : float, optional
            Coverage of each interval.
        """
        return tuple(
            Judged(expected.text, judge(estimate, expected.relation, expected.bound), estimate)
            for expected, estimate in (
                (expected, self._estimate(place, expected, accumulator, confidence))
                for place, expected in enumerate(self._expected)
            )
        )

    def _estimate(self, place: int, expected: Expectation, accumulator: Accumulator, confidence: float) -> Estimate:
        if expected.happening is None:
            return accumulator.estimates(confidence)[expected.mean_of]
        count = self._counts[place]
        if expected.happening.day is not None:
            count = _count_by_day(expected.happening, accumulator)
        elif len(self._scrambles[place]):
            return self._scrambles[place].share(0, confidence)
        return share_estimate(count, accumulator.n, confidence)


def _count_by_day(asked: Happening, accumulator: Accumulator) -> int:
    """Replicates in which a count stands so by the end of a day."""
    assert asked.day is not None
    counts_by_day = accumulator.by_day.released(accumulator.histogram, PEOPLE.index(asked.outcome))
    counts = counts_by_day[min(asked.day, accumulator.by_day.n_days)]
    return sum(int(n) for count, n in enumerate(counts.tolist()) if _COMPARE[asked.relation](count, asked.number))
