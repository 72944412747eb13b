"""Studies as documents describe them: every case on the same draws, what is counted, and the folder that keeps it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.compare import Design, Flag, Progress, Source, compare
from sim.analysis.design.run import design
from sim.document.study import Milestone, Tries
from sim.engine.batch import Block
from sim.engine.workers import Workers
from sim.outcomes.columns import VIOLATED
from sim.plan.codes import NONE, End
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.plan.ranked import Ranking, drawn_by, in_whole
from sim.plan.sobol import SCRAMBLES
from sim.reading.cases import ResolvedStudy, StudyCase
from sim.reading.catalogue import find
from sim.results.files import naming
from sim.results.folder import open_folder
from sim.results.ledger import LEDGER
from sim.results.manifest import Job, packed
from sim.statistics.accumulate import ENDS
from sim.statistics.comparison import Comparison, Summary, Variant
from sim.statistics.estimate import CONFIDENCE, Estimate, holm, share_estimate
from sim.statistics.paired import PairedDifference
from sim.statistics.scrambles import share_of_scrambles, variance_behind

ALPHA = 0.05
ENDS_AS = "ends:"
REACHES = "reaches:"
VIOLATES = "violates:"
"""How flags are named among the outcomes: 'ends:collapsed', 'reaches:all-home', 'violates:names_before_the_truce'."""


@dataclass(frozen=True)
class Difference:
    """A case minus the baseline within a replicate, for one outcome.

    Attributes
    ----------
    paired : PairedDifference
    p_holm : float
        Its p-value, adjusted for the number of cases in the family.
    """

    paired: PairedDifference
    p_holm: float

    @property
    def verdict(self) -> str:
        """'same' where no replicate differs; 'more' or 'fewer' where the interval and Holm agree; else 'undecided'."""
        if self.paired.share_above == self.paired.share_below == 0:
            return "same"
        if not self.paired.estimate.excludes_zero or self.p_holm >= ALPHA:
            return "undecided"
        return "more" if self.paired.estimate.value > 0 else "fewer"


@dataclass(frozen=True)
class CaseResult:
    """One case and what its replicates come to.

    Attributes
    ----------
    case : StudyCase
    summary : Summary
    differences : dict of str to Difference
        By outcome and flag, case minus baseline; empty for the baseline.
    phases, lines : tuple of str
        Of the case's deal, in the order in which they are reached.
    guarantees : tuple of str
        Names of those that it declares.
    is_even : bool
        Whether draws are Sobol numbers, so that intervals come from scrambles.
    """

    case: StudyCase
    summary: Summary
    differences: Mapping[str, Difference]
    phases: tuple[str, ...]
    lines: tuple[str, ...]
    guarantees: tuple[str, ...]
    is_even: bool = False

    def share(self, flag: str) -> Estimate:
        """The share of replicates in which a flag holds, with its exact interval."""
        n, estimate = self.summary.n, self.summary.estimates[flag]
        if self.is_even:
            variance = variance_behind(estimate, SCRAMBLES, CONFIDENCE)
            return share_of_scrambles(round(estimate.value * n), n, variance, SCRAMBLES)
        return share_estimate(round(estimate.value * n), n)


@dataclass(frozen=True)
class StudyResult:
    """A study that has been run.

    Attributes
    ----------
    study : ResolvedStudy
    n : int
        Replicates of each case.
    cases : tuple of CaseResult
        The baseline first, then variants, then the values of each axis.
    comparison : Comparison
        Of the baseline and the variants, for figures.
    design : mapping or None
        What a search of the baseline's terms comes to, as `ceasefire design --json` prints it.
    """

    study: ResolvedStudy
    n: int
    cases: tuple[CaseResult, ...]
    comparison: Comparison
    design: Mapping[str, Any] | None = None

    @property
    def baseline(self) -> CaseResult:
        """What all others are compared with."""
        return self.cases[0]

    def family(self, name: str) -> tuple[CaseResult, ...]:
        """The cases of one family: 'variants' or an axis."""
        return tuple(result for result in self.cases if result.case.family == name)

    def as_json(self, *, brief: bool = False) -> dict[str, Any]:
        """The object that `ceasefire study --json` prints.

        Parameters
        ----------
        brief : bool, optional
            Leave out outcomes that the study is not interested in, as the folder's summary does: tables have them all.
        """
        document = self.study.document
        wanted = set(document.outcomes) if brief else None
        return {
            "study": document.study,
            "question": document.question,
            "n": self.n,
            "seed": document.seed,
            "engine": self.comparison.engine,
            "baseline": _as_json(self.baseline, wanted),
            "variants": [_as_json(result, wanted) for result in self.family("variants")],
            "axes": [
                {
                    "name": name,
                    "path": axis.path,
                    "cases": [
                        {"value": value, **_as_json(result, wanted)}
                        for value, result in zip(axis.values, self.family(name), strict=True)
                    ],
                }
                for name, axis in document.axes.items()
            ],
        }


def _as_json(result: CaseResult, wanted: set[str] | None) -> dict[str, Any]:
    """A case as plain data, with all outcomes or those wanted, and every milestone."""
    estimates = {
        name: e for name, e in result.summary.estimates.items() if not is_flag(name) and (not wanted or name in wanted)
    }
    data: dict[str, Any] = {
        "name": result.case.key,
        "scenario": result.case.builds_on,
        "estimates": {name: {"mean": e.value, "low": e.low, "high": e.high} for name, e in estimates.items()},
        "ends": {
            end: {"count": count, "share": share.value, "low": share.low, "high": share.high}
            for end, (count, share) in result.summary.ends.items()
        },
        "milestones": {
            name.removeprefix(REACHES): _share_as_json(result.share(name))
            for name in result.summary.estimates
            if name.startswith(REACHES)
        },
    }
    if result.differences:
        data["paired_difference"] = {
            name: _difference_as_json(d)
            for name, d in result.differences.items()
            if not wanted or name in wanted or name.startswith(REACHES)
        }
    return data


def _share_as_json(share: Estimate) -> dict[str, float]:
    return {"share": share.value, "low": share.low, "high": share.high}


def _difference_as_json(difference: Difference) -> dict[str, Any]:
    paired = difference.paired
    return {
        "mean": paired.estimate.value,
        "low": paired.estimate.low,
        "high": paired.estimate.high,
        "variance_ratio": paired.variance_ratio,
        "p_value": paired.p_value,
        "p_holm": difference.p_holm,
        "share_above": paired.share_above,
        "share_below": paired.share_below,
        "verdict": difference.verdict,
    }


def is_flag(name: str) -> bool:
    """Whether a name among the outcomes is that of a flag."""
    return name.startswith((ENDS_AS, REACHES, VIOLATES))


# ---------------------------------------------------------------- running


def run_study(
    study: ResolvedStudy,
    *,
    n: int | None = None,
    workers: Workers | None = None,
    folder: Path | None = None,
    resume: bool = False,
    command: Sequence[str] = (),
    progress: Progress | None = None,
    ranking: Ranking | None = None,
) -> StudyResult:
    """Run every case of a study on the same draws.

    Parameters
    ----------
    study : ResolvedStudy
    n : int, optional
        Replicates of each case; by default what the document says.
    workers : int or Executor, optional
        By default one for each core, or any executor; the result is the same with any of them.
    folder : Path, optional
        Keep manifest and summary there. Replicates are kept while the study runs, so that it can be continued, and
        removed when it is done.
    resume : bool, optional
        Continue an interrupted study in `folder`.
    command : sequence of str, optional
        The command line, for the manifest.
    progress : callable, optional
        Called with the replicates run and all that are to be run.
    ranking : Ranking, optional
        Draws that are Sobol numbers in every case, as in `sim.analysis.compare.Design`.

    Returns
    -------
    StudyResult

    Raises
    ------
    ResultsError
        If the folder cannot be written or continued.
    """
    plans = [drawn_by(compile_plan(case.resolved), ranking) for case in study.cases]
    n = n or study.document.n
    if ranking is not None:
        n = in_whole(n)
    if folder is None:
        return _searched(_result(study, plans, _compared(study, n, workers, progress, ranking=ranking)), workers)
    job = _job(study, n, command, ranking)
    with open_folder(folder, job, plans[0], resume=resume) as writer:
        named = zip(study.cases, plans, strict=True)
        streams = [writer.blocks(case.key, plan, workers) for case, plan in named]
        compared = _compared(study, n, workers, progress, streams, ranking)
        result = _searched(_result(study, plans, compared), workers)
        writer.finish(result.as_json(brief=True), keeps_replicates=False)
        _drop_replicates(folder)
    return result


def _searched(result: StudyResult, workers: Workers | None) -> StudyResult:
    """With what a search of the baseline's terms comes to, where the study names terms."""
    document = result.study.document
    if document.design is None:
        return result
    tries = document.search or Tries()
    found = design(
        _place(result.study), wanted=document.design, points=tries.points, n=tries.n, again=tries.again,
        seed=document.seed, workers=workers,
    )  # fmt: skip
    return replace(result, design=found.content)


def _place(study: ResolvedStudy) -> Path:
    """Where the baseline's scenario lies."""
    return find(study.document.baseline.scenario, beside=Path(study.parsed.file))


def _job(study: ResolvedStudy, n: int, command: Sequence[str], ranking: Ranking | None) -> Job:
    first = study.baseline.resolved
    documents = {case.key: packed(case.resolved, first if place else None) for place, case in enumerate(study.cases)}
    extra = {"study": study.document.model_dump(mode="json", exclude_none=True)}
    if ranking is not None:
        extra["draws"] = ranking.as_json()
    return Job("study", documents, study.document.seed, n, command=command, extra=extra)


def _drop_replicates(folder: Path) -> None:
    """Leave only what is small: each replicate follows from the manifest."""
    with naming(folder, "cannot be written"):
        (folder / LEDGER).unlink()
        for table in ("replicates", "histograms"):
            shutil.rmtree(folder / table)


def _compared(
    study: ResolvedStudy, n: int, workers: Workers | None, progress: Progress | None,
    streams: list[Iterator[Block]] | None = None, ranking: Ranking | None = None,
) -> Comparison:  # fmt: skip
    baseline, *variants = (case.resolved for case in study.cases)
    design = Design(
        baseline,
        variants,
        n,
        study.document.seed,
        example_outcome=study.document.outcomes[0],
        flags=_flags(study),
        ranking=ranking,
    )
    return compare(design, Source(workers, streams=streams), progress)


def _flags(study: ResolvedStudy) -> dict[str, Flag]:
    ends = {f"{ENDS_AS}{end.name.lower()}": Flag("end", _is_end(end)) for end in ENDS}
    milestones = study.document.milestones.items()
    reached = {f"{REACHES}{key}": Flag(milestone.outcome, _is_reached(milestone)) for key, milestone in milestones}
    violated = {f"{VIOLATES}{name}": Flag(f"{VIOLATED}{name}", _is_violated) for name in declared_by_all(study)}
    return ends | reached | violated


def declared_by_all(study: ResolvedStudy) -> dict[str, str]:
    """Titles of the guarantees that every case declares, by name."""
    declared = [{**case.resolved.deal.guarantees, **case.resolved.guarantees} for case in study.cases]
    return {
        name: guarantee.title or name.replace("_", " ")
        for name, guarantee in declared[0].items()
        if all(name in others for others in declared)
    }


def _is_violated(minutes: np.ndarray) -> np.ndarray:
    return np.asarray(minutes != NONE)


def _is_end(end: End) -> Any:
    return lambda codes: codes == end


def _is_reached(milestone: Milestone) -> Any:
    def holds(values: np.ndarray) -> np.ndarray:
        if milestone.at_least is not None:
            return np.asarray(values >= milestone.at_least)
        return np.asarray(values <= milestone.at_most)

    return holds


def _result(study: ResolvedStudy, plans: Sequence[Plan], comparison: Comparison) -> StudyResult:
    """The comparison as cases, each family adjusted for itself."""
    families = dict.fromkeys(case.family for case in study.cases[1:])
    found: dict[str, Mapping[str, Difference]] = {}
    for family in families:
        members = [
            (case.key, variant)
            for case, variant in zip(study.cases[1:], comparison.variants, strict=True)
            if case.family == family
        ]
        found |= _adjusted(members)
    cases = tuple(
        CaseResult(case, summary, found.get(case.key, {}), plan.phases, plan.lines, plan.guarantees, bool(plan.ranking))
        for case, summary, plan in zip(study.cases, comparison.summaries, plans, strict=True)
    )
    n_variants = len(study.family("variants"))
    shown = replace(comparison, variants=comparison.variants[:n_variants])
    return StudyResult(study, comparison.n, cases, shown)


def _adjusted(members: Sequence[tuple[str, Variant]]) -> dict[str, dict[str, Difference]]:
    """Differences by case and outcome, with Holm's p-values over the cases of one family."""
    differences: dict[str, dict[str, Difference]] = {key: {} for key, _ in members}
    for name in dict.fromkeys(name for _, variant in members for name in variant.differences):
        having = [(key, variant.differences[name]) for key, variant in members if name in variant.differences]
        p_holm = holm([paired.p_value for _, paired in having])
        for (key, paired), p in zip(having, p_holm, strict=True):
            differences[key][name] = Difference(paired, p)
    return differences
