"""A comparison as the page draws it: plain data, with every number also in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.report.numbers import frequency, natural_frequency, number, verdict_on, with_interval
from sim.report.words import CURVES, ENDS, VERDICTS, cause_in_words, cut, outcome_in_words
from sim.statistics.comparison import Comparison, Summary, Variant
from sim.statistics.curves import PERCENTS
from sim.statistics.estimate import Estimate
from sim.statistics.paired import PairedDifference

OUTCOMES = (
    "hostages_living_released", "hostages_deceased_returned", "prisoners_released", "captive_days", "truce_days",
    "disputes", "suspensions", "aid_delivered", "implementation_score",
)  # fmt: skip
MOST_CAUSES = 5
VERDICTS_ON_ENDS = VERDICTS | {"up": "more often", "down": "less often"}


def as_answer(comparison: Comparison) -> dict[str, Any]:
    """What one request to run comes to.

    Parameters
    ----------
    comparison : Comparison
        Of a baseline and one variant, with a flag 'ends:<end>' for each end.
    """
    (variant,) = comparison.variants
    return {
        "n": comparison.n,
        "seed": comparison.seed,
        "scenario": _curves(variant.summary),
        "baseline": _curves(comparison.baseline),
        "ends": [_end(end, words, variant, comparison.baseline) for end, words in ENDS.items()],
        "differences": [
            _difference(outcome_in_words(name), variant.differences[name], variant.p_holm[name]) | {"outcome": name}
            for name in OUTCOMES
            if name in variant.differences
        ],
        "causes": [
            f"{ENDS[root.end]}: {cut(cause_in_words(root.cause), 120)}, {_of_runs(root.count / comparison.n)}"
            for root in variant.summary.root_causes[:MOST_CAUSES]
        ],
        "examples": [
            {"which": which, "replicate": example.replicate, "difference": number(example.difference, signed=True)}
            for which, example in variant.examples.items()
        ],
        "example_outcome": outcome_in_words(variant.example_outcome).lower(),
    }


def _curves(summary: Summary) -> dict[str, Any]:
    return {
        "name": cut(summary.scenario, 120),
        "starts": summary.starts.isoformat(),
        "curves": {
            name: {"words": CURVES[name], "total": curve.total}
            | {band: getattr(curve.bands, band).tolist() for band in PERCENTS}
            for name, curve in summary.curves.items()
        },
    }


def _end(end: str, words: str, variant: Variant, baseline: Summary) -> dict[str, Any]:
    """One way to end: how often, in both, and whether that differs."""
    shares = {"scenario": variant.summary.ends[end][1], "baseline": baseline.ends[end][1]}
    key = f"ends:{end}"
    return _difference(words, variant.differences[key], variant.p_holm[key], VERDICTS_ON_ENDS) | {
        which: {"share": share.value, "words": _share(share)} for which, share in shares.items()
    }


def _of_runs(share: float) -> str:
    return f"{natural_frequency(share)} runs"


def _share(share: Estimate) -> str:
    return frequency(share, " runs")


def _difference(
    words: str, difference: PairedDifference, p_value: float, verdicts: Mapping[str, str] = VERDICTS
) -> dict[str, Any]:
    """Scenario minus baseline within a run: undecided where the interval contains 0."""
    verdict = verdict_on(difference, p_value).removesuffix(" *")
    return {
        "words": words,
        "verdict": verdicts[verdict],
        "is_decided": verdict in ("up", "down"),
        "difference": with_interval(difference.estimate, signed=True),
        "higher_in": natural_frequency(difference.share_above),
        "lower_in": natural_frequency(difference.share_below),
    }
