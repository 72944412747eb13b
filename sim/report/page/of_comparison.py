"""The page of a comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sim.analysis.history.record import Record
from sim.document.measured import main_outcome
from sim.document.scenario import ResolvedScenario
from sim.outcomes.story import cause_called
from sim.report import figures
from sim.report.answer import answer_of
from sim.report.figures import Picture
from sim.report.figures.picture import MOST_SCENARIOS
from sim.report.numbers import natural_frequency, number, verdict_on, with_interval
from sim.report.page.answer import answer_table, run_for_run
from sim.report.page.assumptions import assumptions, rank_in_words
from sim.report.page.contents import MOST_TITLE, Example, Page, PageError, Shown, Table, not_modelled, question
from sim.report.page.obligations import met_table
from sim.report.sentences import listed, say
from sim.report.terminal import MOST_CAUSES, causes_by_scenario
from sim.report.told import PER_GROUP, can_vary, first_of, same_for_all, told_of
from sim.report.words import ENDS, VERDICTS, cause_in_words, columns_of, cut, deals_of, list_in_words, outcome_in_words
from sim.statistics.comparison import Comparison, Summary, Variant
from sim.statistics.estimate import Estimate

_CURVE_OF = {
    "hostages_living_released": "hostages_living", "hostages_deceased_returned": "hostages_deceased",
    "prisoners_released": "prisoners", "prisoners_deceased_returned": "prisoners_deceased",
}  # fmt: skip
_RANKING = (
    "Order: first the numbers that are not known and drawn anew for each run, by their rank correlation (Spearman) "
    "with '{}' over {:,} runs of the baseline; then all others in the order of the document, which says nothing "
    "about their weight."
)
_IN_ORDER = (
    "Order: that of the document, which says nothing about their weight; nothing here is uncertain or the main outcome "
    "does not vary, so that no ranking can be computed from the stored runs."
)


def comparison_page(
    comparison: Comparison,
    documents: Sequence[ResolvedScenario],
    manifest: Mapping[str, Any],
    *,
    influence: Mapping[str, Estimate],
    reached: Sequence[Mapping[str, tuple[int, int]]],
    example: Example | None,
    record: Record | None = None,
    lead: Shown | None = None,
) -> Page:
    """The page of a comparison of at most eight scenarios.

    Parameters
    ----------
    comparison : Comparison
    documents : sequence of ResolvedScenario
        Of its scenarios, the baseline first.
    manifest : mapping
        Of the results folder.
    influence : mapping of str to Estimate
        Rank correlation of each uncertain parameter with the main outcome, in the baseline, the strongest first.
    reached : sequence of mapping
        For each scenario, by curve: fewest and most released by the last day in any replicate.
    example : Example or None
        None where the replicates cannot be run again.
    record : Record, optional
        What happened under the deal.
    lead : Shown, optional
        The figure beside the answer.

    Raises
    ------
    PageError
        If there are more scenarios.
    """
    if len(comparison.summaries) > MOST_SCENARIOS:
        raise PageError(
            f"{len(comparison.summaries)} scenarios: a page shows at most {MOST_SCENARIOS}, more cannot be told apart"
        )
    drawn = answer_of(comparison)
    names = columns_of(comparison.summaries)
    asked = manifest["extra"].get("outcomes", ())
    main = manifest["extra"].get("example_outcome") or main_outcome(documents[0].deal)
    told = first_of(comparison, asked, main)
    ranked = next(iter(influence.values()), None)
    ordering = _RANKING.format(outcome_in_words(main, documents[0].deal), ranked.n) if ranked else _IN_ORDER
    return Page(
        title=cut(documents[0].deal.title, MOST_TITLE),
        kind="Comparison" if comparison.variants else "Scenario",
        name=_against(names) if comparison.variants else names[0],
        questions=[question(name, each) for name, each in zip(names, documents, strict=True)],
        not_modelled=not_modelled(documents[0].deal),
        first=answer_table(drawn),
        run_for_run=run_for_run(drawn),
        answer=answer(comparison, told),
        lead=lead,
        pictures=_pictures(comparison, record),
        tables=tables(comparison, asked),
        ranking=ordering,
        assumptions=assumptions(documents[0], rank_in_words(influence)),
        never=never(comparison, reached),
        example=example,
        manifest=manifest,
        summary=f"{comparison.n:,} runs of each scenario, seed {comparison.seed}, {comparison.engine} engine",
    )


def _against(names: Sequence[str]) -> str:
    """'Baseline against 2 variants: all at once; two halves'."""
    first, *others = names
    variants = f"{len(others)} variant{'s' if len(others) > 1 else ''}"
    return f"{first[:1].upper()}{first[1:]} against {variants}: {'; '.join(others)}"


# ---------------------------------------------------------------- the answer


def answer(comparison: Comparison, told: Sequence[str]) -> list[str]:
    """Sentences written from the numbers: what the baseline comes to, what differs, how it ends.

    Parameters
    ----------
    comparison : Comparison
    told : sequence of str
        The outcomes that they are about.
    """
    names = columns_of(comparison.summaries)
    first = " ".join(_what_it_comes_to(comparison.baseline, names[0], name) for name in told)
    if not comparison.variants:
        return [first, _how_long(comparison.baseline), _how_it_ends(comparison, names)]
    second = [
        _what_differs(names[0], name, variant, outcome)
        for name, variant in zip(names[1:], comparison.variants, strict=True)
        for outcome in told
    ]
    return [first, " ".join(dict.fromkeys(second)), _how_it_ends(comparison, names)]


def _what_it_comes_to(base: Summary, name: str, outcome: str) -> str:
    total = base.curves[_CURVE_OF[outcome]].total if outcome in _CURVE_OF else 0
    fields = {
        "scenario": name, "n": f"{base.n:,}", "outcome": outcome_in_words(outcome, *deals_of((base,))).lower(),
        "of_total": f" of {total:,}" if total else "",
    }  # fmt: skip
    estimate = base.estimates[outcome]
    if base.n > 1 and not can_vary([base], outcome):
        return say("always", value=number(estimate.value), **fields)
    return say("mean", estimate=with_interval(estimate), **fields)


def _what_differs(baseline: str, name: str, variant: Variant, outcome: str) -> str:
    """How a variant moves an outcome; where it does not, which outcome it moves in most runs."""
    deals = deals_of((variant.summary,))
    fields = {"baseline": baseline, "variant": name, "outcome": outcome_in_words(outcome, *deals).lower()}
    found = variant.differences[outcome]
    verdict = verdict_on(found, variant.p_holm[outcome])
    difference = with_interval(found.estimate, signed=True)
    if verdict == "undecided":
        return say("undecided", difference=difference, **fields)
    if verdict != "none":
        return say("moves", difference=difference, **fields)
    differing = {
        other: paired.share_above + paired.share_below
        for other, paired in variant.differences.items()
        if not other.startswith(PER_GROUP)
    }
    other = max(differing, key=lambda key: differing[key])
    if not differing[other]:
        return say("moves nothing", **fields)
    return say(
        "moves another", other=outcome_in_words(other, *deals).lower(), share=natural_frequency(differing[other]),
        difference=with_interval(variant.differences[other].estimate, signed=True), **fields,
    )  # fmt: skip


def _how_long(base: Summary) -> str:
    stands = sum(base.ends[end][0] for end in ("completed", "standing")) / base.n
    return say("lasts", days=with_interval(base.estimates["truce_days"]), share=natural_frequency(stands))


def _how_it_ends(comparison: Comparison, names: Sequence[str]) -> str:
    collapsed = [
        f"{natural_frequency(summary.ends['collapsed'][1].value)} runs of “{name}”"
        for name, summary in zip(names, comparison.summaries, strict=True)
    ]
    said = say("collapses", shares=listed(collapsed))
    roots = comparison.baseline.root_causes
    if roots:
        share = natural_frequency(roots[0].count / comparison.n)
        document = comparison.baseline.document
        cause = cause_in_words(roots[0].cause) if document is None else cause_called(document, roots[0].cause)
        said += " " + say("goes back", scenario=names[0], cause=cause, end=roots[0].end, share=share)
    return said


# ---------------------------------------------------------------- figures and tables


def _pictures(comparison: Comparison, record: Record | None) -> list[Shown]:
    releases = "Who is released by which day. A wide band means that runs differ much among themselves."
    if record:
        releases += " The dotted line is what happened, with which the behaviour was set; it is no test."
    draw: list[tuple[Callable[..., Picture], str]] = [
        (partial(figures.release_curves, comparison, record), releases),
        (partial(figures.ends_by_day, comparison), "When and how the deal ends."),
        (partial(figures.truce_survival, comparison), "In how many runs the truce has not failed."),
    ]
    if comparison.variants:
        note = "How much each scenario moves each outcome. What crosses the line at 0 is undecided."
        draw.append((partial(figures.differences, comparison), note))
    return [Shown(each(), note, each(narrow=True)) for each, note in draw]


def tables(comparison: Comparison, asked: Sequence[str] = ()) -> list[Table]:
    """The numbers of the comparison: means, differences, ends, root causes, when obligations are met.

    Parameters
    ----------
    comparison : Comparison
    asked : sequence of str, optional
        Outcomes to tell, by default those that can vary.
    """
    names = columns_of(comparison.summaries)
    told = told_of(comparison, asked)
    differences = [
        _differences(name, names[0], variant, comparison, told)
        for name, variant in zip(names[1:], comparison.variants, strict=True)
    ]
    return [
        _means(comparison, names, told, has_constants=not asked),
        *differences,
        _ends(comparison, names),
        _causes(comparison, names),
        *met_table(comparison, names),
    ]


def _interval(comparison: Comparison) -> str:
    return f"intervals of {100 * comparison.confidence:.4g} % from n = {comparison.n:,} runs"


def _means(comparison: Comparison, names: Sequence[str], told: Sequence[str], *, has_constants: bool) -> Table:
    rows = [
        [
            outcome_in_words(outcome, *deals_of(comparison.summaries)),
            *(with_interval(s.estimates[outcome]) if outcome in s.estimates else "-" for s in comparison.summaries),
        ]
        for outcome in told
    ]
    constant = same_for_all(comparison) if has_constants else {}
    deals = deals_of(comparison.summaries)
    words = ", ".join(f"{outcome_in_words(name, *deals).lower()} {number(value)}" for name, value in constant.items())
    note = say("same for all", outcomes=words) if words else ""
    return Table(f"Mean of each outcome ({_interval(comparison)})", ("Outcome", *names), rows, note)


def _differences(name: str, baseline: str, variant: Variant, comparison: Comparison, told: Sequence[str]) -> Table:
    rows = []
    for outcome in (outcome for outcome in told if outcome in variant.differences):
        found = variant.differences[outcome]
        verdict = verdict_on(found, variant.p_holm[outcome])
        above, below = (natural_frequency(share) for share in (found.share_above, found.share_below))
        words = VERDICTS[verdict.removesuffix(" *")] + (" *" if verdict.endswith("*") else "")
        called = outcome_in_words(outcome, *deals_of(comparison.summaries))
        rows.append([called, with_interval(found.estimate, signed=True), above, below, words])
    return Table(
        f"{name} minus {baseline}, run for run ({_interval(comparison)})",
        ("Outcome", "Mean difference", "Runs with more", "Runs with less", "Verdict"),
        rows,
        f"Undecided: the interval contains 0. A star: holds after Holm's adjustment for the number of variants, "
        f"{len(comparison.variants)}.",
    )


def _ends(comparison: Comparison, names: Sequence[str]) -> Table:
    """Ends that any run had; of the others the page says how frequent they may be."""
    rows = [
        [words, *(_end(s, end) for s in comparison.summaries)]
        for end, words in ENDS.items()
        if any(s.ends[end][0] for s in comparison.summaries)
    ]
    return Table(f"How it ends ({_interval(comparison)})", ("End", *names), rows)


def _end(summary: Summary, end: str) -> str:
    count, share = summary.ends[end]
    low, high = (f"{100 * bound:.1f}" for bound in (share.low, share.high))
    return f"{natural_frequency(share.value)} ({low} to {high} of 100); {count:,} of {summary.n:,}"


def _causes(comparison: Comparison, names: Sequence[str]) -> Table:
    rows = [
        [f"{ENDS[end]}: {cut(cause, 120)}", *(f"{count:,} of {comparison.n:,}" for count in counts)]
        for (end, cause), counts in causes_by_scenario(comparison.summaries)[: 2 * MOST_CAUSES]
    ]
    return Table("What the ends go back to, in runs, the most frequent first", ("End and its root cause", *names), rows)


# ---------------------------------------------------------------- what never happened


def never(comparison: Comparison, reached: Sequence[Mapping[str, tuple[int, int]]]) -> list[str]:
    """What no run of a scenario did, and how frequent it may be all the same."""
    names = columns_of(comparison.summaries)
    said = []
    for name, summary, most in zip(names, comparison.summaries, reached, strict=True):
        for end, (count, share) in summary.ends.items():
            if count == 0:
                most_often = number(10_000 * share.high, digits=1)
                said.append(
                    say("never ended", scenario=name, n=f"{summary.n:,}", end=ENDS[end].lower(), most=most_often)
                )
        for curve, (low, high) in most.items():
            total = summary.curves[curve].total
            fields = {
                "scenario": name,
                "total": f"{total:,}",
                "curve": list_in_words(curve, *deals_of((summary,))).lower(),
            }
            if high < total:
                said.append(say("never more", count=f"{high:,}", **fields))
            if total and low > 0:
                said.append(say("never fewer", count=f"{low:,}", **fields))
    return said
