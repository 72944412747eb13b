"""The page of findings of a study, written from its numbers by a template."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.study import ENDS_AS, REACHES, VIOLATES, declared_by_all
from sim.document.names import called, phase_called
from sim.outcomes.story import cause_called
from sim.report.axes import axes_called
from sim.report.changes import changes_in_words, value_in_words
from sim.report.commands import Asked, name_of_scenario, name_of_study, option_of
from sim.report.design import said, tables_of
from sim.report.numbers import frequency, natural_frequency, with_interval
from sim.report.sentences import say
from sim.report.words import ENDS, FOOTER, guarantees_called, name_in_words, outcome_in_words, spaced
from sim.statistics.estimate import Estimate

if TYPE_CHECKING:
    from sim.analysis.study import CaseResult, Difference, StudyResult
    from sim.reading.cases import StudyCase

TEMPLATES = Path(__file__).with_name("templates")
MOST_CAUSES = 3


def findings(result: StudyResult, figure: str | None) -> str:
    """The page as Markdown.

    Parameters
    ----------
    result : StudyResult
    figure : str or None
        File name of the figure of releases, where there is one.

    Returns
    -------
    str
        Every sentence is from the study's document or from its numbers.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False,
    )  # fmt: skip
    return environment.get_template("findings.md.j2").render(_content(result, figure))


def _content(result: StudyResult, figure: str | None) -> dict[str, Any]:
    document = result.study.document
    return {
        "study": document,
        "made_by": shlex.join(["ceasefire", "study", name_of_study(result.study)]),
        "made_again": shlex.join(_made_again(result)),
        "n": result.n,
        "footer": FOOTER,
        "figure": figure,
        "baseline": _name(result.baseline),
        "left_out": _left_out(result),
        "cases": [_case(case) for case in (result.baseline.case, *result.study.family("variants"))],
        "axes": [_axis(result, key) for key in document.axes],
        "in_short": [_in_short(result, flag, title) for flag, title in _flags(result)],
        "measures": measures(result),
        "guarantees": _guarantees(result),
        "undecided": _undecided(result),
        "causes": [(_name(one), _causes(one)) for one in _main(result)],
        "never": [(_name(one), _never(one, result)) for one in _main(result)],
        "notes": _notes(result),
        "explainable": _explainable(result),
        "design": None if result.design is None else _design(result.design),
    }


def _design(content: Mapping[str, Any]) -> dict[str, Any]:
    """What a search of terms comes to: its sentences, its tables, and whether it has a picture."""
    return {
        "first": content["first"], "said": list(said(content)), "tables": list(tables_of(content)),
        "has_picture": bool(content["front"]),
    }  # fmt: skip


def measures(result: StudyResult) -> list[tuple[str, str, list[dict[str, str]]]]:
    """Milestones, ends and outcomes of interest: title, what is told of each, and a row for baseline and variants.

    Parameters
    ----------
    result : StudyResult

    Returns
    -------
    list of (str, str, list of dict)
        Rows with `case`, `value`, `n`, `difference`, `more`, `fewer` and `verdict`, all in words.
    """
    shares = [(title, "in so many runs (of 100)", _share_rows(result, flag)) for flag, title in _flags(result)]
    means = [(_outcome(result, name), "mean", _rows(result, name)) for name in result.study.document.outcomes]
    return shares + means


def _main(result: StudyResult) -> list[CaseResult]:
    """Baseline and variants; the values of an axis have a table of their own."""
    return [result.baseline, *result.family("variants")]


def _name(one: CaseResult) -> str:
    """What sentences and tables of the page call a case."""
    return name_in_words(one.case.key)


def _outcome(result: StudyResult, name: str) -> str:
    return outcome_in_words(name, result.baseline.case.resolved.deal)


# ---------------------------------------------------------------- what is compared


def _left_out(result: StudyResult) -> list[tuple[str, int, str]]:
    """For each deal: its title, and the clauses that its document leaves out."""
    deals = {case.resolved.deal.deal: case.resolved.deal for case in result.study.cases}
    return [(d.title, len(d.not_modelled), ", ".join(d.not_modelled)) for d in deals.values() if d.not_modelled]


def _case(case: StudyCase) -> dict[str, Any]:
    reasons = case.reasons if case.changes else (case.resolved.question,)
    return {
        "key": case.key, "name": name_in_words(case.key), "title": case.title, "builds_on": case.builds_on,
        "changes": changes_in_words(case.changes, case.resolved),
        "reasons": "; ".join(reasons),
    }  # fmt: skip


def _notes(result: StudyResult) -> list[str]:
    """Notes of the study, then those of its scenarios, each once."""
    of_scenarios = (note for case in result.study.cases for note in case.resolved.notes)
    return list(dict.fromkeys([*result.study.document.notes, *of_scenarios]))


def _made_again(result: StudyResult) -> list[str]:
    """The command that makes the study again."""
    document = result.study.document
    fewer = [] if result.n == document.n else ["-n", str(result.n)]
    return ["ceasefire", "study", name_of_study(result.study), *fewer, "--out", f"results/{document.study}"]


def _explainable(result: StudyResult) -> str | None:
    """The command that opens a replicate of the first variant that is a scenario as it is written."""
    variant = next((case.builds_on for case in result.study.family("variants") if not case.changes), None)
    if result.baseline.case.changes or variant is None:
        return None
    names = (name_of_scenario(name, result.study) for name in (result.baseline.case.builds_on, variant))
    return Asked(tuple(names), (), option_of(result.comparison.draws)).explain(1, result.study.document.seed, 0)


# ---------------------------------------------------------------- numbers in words


def _flags(result: StudyResult) -> list[tuple[str, str]]:
    """What a run comes to or not, with its title: milestones, then the ends that any run came to."""
    milestones = [(f"{REACHES}{key}", one.title) for key, one in result.study.document.milestones.items()]
    ends = [(f"{ENDS_AS}{end}", f"The deal ends {words.lower()}") for end, words in ENDS.items()]
    seen = [(flag, title) for flag, title in ends if any(one.share(flag).value > 0 for one in _main(result))]
    return milestones + seen


def _in_short(result: StudyResult, flag: str, title: str) -> str:
    """One line: in how many runs of each case, and whether that differs from the baseline."""
    told = []
    for one in _main(result):
        difference = one.differences.get(flag)
        told.append(f"*{_name(one)}* {frequency(one.share(flag))}{f', {difference.verdict}' if difference else ''}")
    return say("in short", title=title, cases="; ".join(told))


def _share_rows(result: StudyResult, flag: str) -> list[dict[str, str]]:
    """For each case: in how many runs, and in how many of them only with it or only with the baseline."""
    rows = []
    for one in _main(result):
        difference = one.differences.get(flag)
        row = {"case": _name(one), "value": frequency(one.share(flag)), "n": f"{one.summary.n:,}"}
        rows.append(row | _against(difference, scale=100))
    return rows


def _against(difference: Difference | None, scale: float = 1) -> dict[str, str]:
    """What stands beside a value: the difference from the baseline, in how many runs more and fewer, the verdict."""
    if difference is None:
        return dict.fromkeys(("difference", "more", "fewer", "verdict"), "-")
    paired = difference.paired
    e = paired.estimate
    return {
        "difference": with_interval(Estimate(scale * e.value, scale * e.low, scale * e.high, e.n), signed=True),
        "more": natural_frequency(paired.share_above),
        "fewer": natural_frequency(paired.share_below),
        "verdict": difference.verdict,
    }


def _rows(result: StudyResult, name: str) -> list[dict[str, str]]:
    return [_row(one, name) for one in _main(result)]


def _row(one: CaseResult, name: str) -> dict[str, str]:
    value = with_interval(one.summary.estimates[name])
    return {"case": _name(one), "value": value, "n": f"{one.summary.n:,}"} | _against(one.differences.get(name))


def _axis(result: StudyResult, key: str) -> dict[str, Any]:
    """One axis: each of its values with the outcomes of interest and their differences from the baseline."""
    axis = result.study.document.axes[key]
    outcomes = result.study.document.outcomes
    rows, resolved = [], result.baseline.case.resolved
    for value, one in zip(axis.values, result.family(key), strict=True):
        cells = [_row(one, name) for name in outcomes]
        rows.append((value_in_words(value, resolved.deal), [f"{cell['value']}, {cell['verdict']}" for cell in cells]))
    reasons = result.family(key)[0].case.reasons
    return {
        "title": axis.title, "what": axes_called([axis.path], resolved)[0], "rows": rows, "reasons": "; ".join(reasons),
        "outcomes": [_outcome(result, name) for name in outcomes],
    }  # fmt: skip


def _guarantees(result: StudyResult) -> dict[str, Any]:
    """Declared guarantees: those violated in any run, by case, those kept in all, and those not declared by all."""
    titles = declared_by_all(result.study)
    found = {name: [one.share(f"{VIOLATES}{name}") for one in _main(result)] for name in titles}
    violated = [name for name, shares in found.items() if any(share.value > 0 for share in shares)]
    everywhere = {name for one in _main(result) for name in one.guarantees}
    words = {key: told for one in _main(result) for key, told in guarantees_called(one.case.resolved).items()}
    return {
        "cases": [_name(one) for one in _main(result)],
        "violated": [(titles[name], [_violated(one, name) for one in _main(result)]) for name in violated],
        "kept": [titles[name] for name in titles if name not in violated],
        "not_shared": sorted(words.get(name, spaced(name)) for name in everywhere - set(titles)),
    }


def _violated(one: CaseResult, name: str) -> str:
    difference = one.differences.get(f"{VIOLATES}{name}")
    verdict = f", {difference.verdict}" if difference else ""
    return f"{frequency(one.share(f'{VIOLATES}{name}'))}{verdict}"


def _undecided(result: StudyResult) -> list[str]:
    """Differences that chance alone may explain, among milestones, ends and outcomes of interest."""
    named = dict(_flags(result)) | {name: _outcome(result, name) for name in result.study.document.outcomes}
    return [
        say("open", outcome=words, case=_name(one), baseline=_name(result.baseline))
        for name, words in named.items()
        for one in result.family("variants")
        if one.differences[name].verdict == "undecided"
    ]


def _causes(one: CaseResult) -> list[str]:
    """The most frequent root causes, as natural frequencies."""
    return [
        f"{ENDS[root.end].lower()}, by {cause_called(one.case.resolved, root.cause)}: "
        f"{natural_frequency(root.count / one.summary.n)} runs"
        for root in one.summary.root_causes[:MOST_CAUSES]
    ]


def _never(one: CaseResult, result: StudyResult) -> list[str]:
    """What no replicate of a case came to: ends, milestones, phases, lines, people."""
    found = [f"the end {words.lower()}: {_at_most(one, f'{ENDS_AS}{end}')}" for end, words in ENDS.items()
             if one.share(f"{ENDS_AS}{end}").value == 0]  # fmt: skip
    found += [f"{milestone.title}: {_at_most(one, f'{REACHES}{key}')}"
              for key, milestone in result.study.document.milestones.items()
              if one.share(f"{REACHES}{key}").value == 0]  # fmt: skip
    deal = one.case.resolved.deal
    for name, words, steps in (
        ("phase_reached", "entering", [phase_called(deal, key) for key in one.phases]),
        ("line_reached", "reaching the line", [called(deal.lines[key], key) for key in one.lines]),
    ):
        last = int(one.summary.ranges[name][1])
        first_missed = last if name == "phase_reached" else last + 1
        found += [f"{words} {step}" for step in steps[first_missed:]]
    for name, (_, most) in one.summary.ranges.items():
        if name.startswith("released_") and most == 0:
            key = name.removeprefix("released_")
            found.append(f"a release of {called(deal.stocks[key], key)}")
    return found


def _at_most(one: CaseResult, flag: str) -> str:
    return f"in none of {one.summary.n:,} runs, so in at most {100 * one.share(flag).high:.2g} of 100"
