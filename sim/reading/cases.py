"""A study's document becomes its cases: a resolved scenario for the baseline, each variant, each value of an axis."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from sim.document.measured import quantities
from sim.document.scenario import ResolvedScenario
from sim.document.study import Case, Study
from sim.document.values import Sourced
from sim.reading.catalogue import find
from sim.reading.checks_design import check_design
from sim.reading.model import kind_of, parse_file, read_model
from sim.reading.parsed import Parsed
from sim.reading.paths import split
from sim.reading.problem import DocumentError, Fault, Path, Problem, dotted, in_order, nearest, refuse
from sim.reading.resolve import Also, Documents


@dataclass(frozen=True)
class StudyCase:
    """One scenario of a study, ready to run.

    Attributes
    ----------
    key : str
        What tables call it; unique in the study.
    title : str
    family : str
        'baseline', 'variants' or the name of an axis: cases of one family are adjusted for each other.
    builds_on : str
        The scenario that it is, or that it changes.
    changes : dict
        The study's own changes, by path.
    reasons : tuple of str
        Sources and assumptions of these changes, in words.
    resolved : ResolvedScenario
        Named '<study>/<key>'.
    """

    key: str
    title: str
    family: str
    builds_on: str
    changes: Mapping[str, Any]
    reasons: tuple[str, ...]
    resolved: ResolvedScenario


@dataclass(frozen=True)
class ResolvedStudy:
    """A study with its cases, the baseline first."""

    document: Study
    cases: tuple[StudyCase, ...]
    parsed: Parsed

    @property
    def baseline(self) -> StudyCase:
        """What all others are compared with."""
        return self.cases[0]

    def family(self, name: str) -> tuple[StudyCase, ...]:
        """The cases of one family, in order."""
        return tuple(case for case in self.cases if case.family == name)

    def problem(self, fault: Fault) -> Problem:
        """A broken rule at its place in the study's file."""
        return self.parsed.problem(fault)


@dataclass(frozen=True)
class _Wanted:
    """A case before it is resolved, and where its scenario and its changes are written."""

    key: str
    family: str
    case: Case
    named_at: Path
    changed_at: Mapping[str, Path] = field(default_factory=dict)


def load_study(name_or_path: str | FilePath, also: Also | None = None) -> ResolvedStudy:
    """A study of the catalogue, or the one in a file, with all its cases resolved.

    Parameters
    ----------
    name_or_path : str or Path
    also : callable, optional
        What later stages find wrong with a case that is sound so far.

    Returns
    -------
    ResolvedStudy

    Raises
    ------
    DocumentError
        With all problems of the study and of the scenarios that it names.
    """
    path = find(name_or_path)
    parsed = parse_file(path)
    if parsed.data is not None and kind_of(parsed) != "study":
        hint = "a study begins with 'study:'"
        raise DocumentError([parsed.problem(Fault((), "not-a-study", f"{parsed.file} is no study", hint))])
    study, problems = read_study(parsed, path, also)
    refuse(problems)
    assert study is not None
    return study


def read_study(parsed: Parsed, path: FilePath, also: Also | None = None) -> tuple[ResolvedStudy | None, list[Problem]]:
    """A parsed document as a study, with all its problems.

    Parameters
    ----------
    parsed : Parsed
    path : Path
        Its file: scenarios are looked for beside it first.
    also : callable, optional
        As in `load_study`.
    """
    document, problems = read_model(parsed, Study)
    if document is None:
        return None, in_order(problems)
    problems += [parsed.problem(fault) for fault in _faults(document)]
    cases = []
    read: dict[str, Documents] = {}
    for wanted in _wanted(document):
        case, found = _resolved(document, wanted, parsed, path, read, also)
        problems += found
        if case is not None:
            cases.append(case)
    problems += [parsed.problem(fault) for fault in _outcome_faults(document, cases)]
    if document.design is not None and cases and cases[0].family == "baseline":
        problems += [parsed.problem(fault) for fault in check_design(cases[0].resolved, document.design)]
        problems += _unread(document.design.behaviours, parsed, path)
    has_errors = any(problem.severity == "error" for problem in problems)
    return (None if has_errors else ResolvedStudy(document, tuple(cases), parsed)), in_order(problems)


def _unread(behaviours: Sequence[str], parsed: Parsed, path: FilePath) -> Iterator[Problem]:
    """Scenarios of a design that cannot be read."""
    for place, name in enumerate(behaviours):
        try:
            Documents.of(find(name, beside=path))
        except DocumentError as error:
            first = error.problems[0]
            at: Path = ("design", "behaviours", place)
            yield parsed.problem(Fault(at, first.code, first.message, first.hint, first.value))


# ---------------------------------------------------------------- rules of the document itself


def _faults(study: Study) -> Iterator[Fault]:
    if not study.variants and not study.axes:
        yield Fault((), "nothing-compared", "a study needs a variant or an axis beside its baseline")
    if study.design is not None and study.baseline.changes:
        message = "terms are searched of a scenario as it stands, and this baseline has changes of the study's own"
        yield Fault(("baseline", "changes"), "bad-term", message, "write them as a scenario, and name that")
    if study.design is None and study.search is not None:
        yield Fault(("search",), "bad-term", "there are no terms to search", "name them under 'design'")
    parts = [(("baseline",), study.baseline), *((("variants", key), case) for key, case in study.variants.items())]
    for path, case in parts:
        if case.changes and not (case.source or case.assumption):
            yield _unsourced(path)
    for key, axis in study.axes.items():
        if not (axis.source or axis.assumption):
            yield _unsourced(("axes", key))
    yield from _source_faults(study)
    keys = [wanted.key for wanted in _wanted(study)]
    for path in (("variants", key) for key in study.variants):
        if keys.count(path[-1]) > 1:
            yield Fault(path, "duplicate-key", "another case of the study has this name", "name it otherwise", path[-1])
    if len(set(study.outcomes)) < len(study.outcomes):
        yield Fault(("outcomes",), "duplicate-key", "an outcome is listed twice", "keep one of them")


def _unsourced(path: Path) -> Fault:
    hint = "name a source, or say why these values"
    return Fault(path, "unsourced", "has changes with neither source nor assumption", hint)


def _source_faults(study: Study) -> Iterator[Fault]:
    parts: dict[Path, Sourced] = {("baseline",): study.baseline}
    parts |= {(part, key): item for part in ("variants", "axes") for key, item in getattr(study, part).items()}
    for path, item in parts.items():
        for source in item.source or ():
            if source not in study.sources:
                hint = nearest(source, study.sources)
                yield Fault((*path, "source"), "unknown-source", f"there is no source '{source}'", hint, source)


def _outcome_faults(study: Study, cases: list[StudyCase]) -> Iterator[Fault]:
    """Outcomes that the study names and not all of its cases have."""
    shared = set.intersection(*(set(quantities(case.resolved.deal)) for case in cases)) if cases else set()
    wanted: list[tuple[Path, str]] = [
        *((("outcomes", place), name) for place, name in enumerate(study.outcomes)),
        *((("milestones", key, "outcome"), milestone.outcome) for key, milestone in study.milestones.items()),
    ]
    for path, name in wanted:
        if cases and name not in shared:
            yield Fault(path, "unknown-outcome", "not an outcome of every case", nearest(name, shared), name)


# ---------------------------------------------------------------- cases


def _wanted(study: Study) -> Iterator[_Wanted]:
    """The cases that a study asks for, the baseline first."""
    yield _with_places(study.baseline.name, "baseline", study.baseline, ("baseline",))
    for key, case in study.variants.items():
        yield _with_places(key, "variants", case, ("variants", key))
    for key, axis in study.axes.items():
        for place, value in enumerate(axis.values):
            changes = {**study.baseline.changes, axis.path: value}
            case = Case(title=f"{axis.title}: {_shown(value)}", changes=changes, **_reasons_of(axis))
            places: dict[str, Path] = {path: ("baseline", "changes", path) for path in study.baseline.changes}
            places[axis.path] = ("axes", key, "values", place)
            yield _Wanted(f"{key}-{place + 1}", key, case, ("baseline", "scenario"), places)


def _with_places(key: str, family: str, case: Case, at: Path) -> _Wanted:
    named_at = (*at, "scenario") if case.scenario is not None else ("baseline", "scenario")
    return _Wanted(key, family, case, named_at, {path: (*at, "changes", path) for path in case.changes})


def _reasons_of(part: Any) -> dict[str, Any]:
    return {"source": part.source, "assumption": part.assumption}


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _resolved(
    study: Study, wanted: _Wanted, parsed: Parsed, path: FilePath, read: dict[str, Documents], also: Also | None
) -> tuple[StudyCase | None, list[Problem]]:
    name = wanted.case.scenario or study.baseline.scenario
    try:
        if name not in read:
            read[name] = Documents.of(find(name, beside=path))
    except DocumentError as error:
        first = error.problems[0]
        fault = Fault(wanted.named_at, first.code, first.message, first.hint, first.value)
        return None, [parsed.problem(fault)]
    settings = {text: _as_yaml(value) for text, value in wanted.case.changes.items()}
    try:
        resolved = read[name].resolve(settings, also)
    except DocumentError as error:
        return None, [_placed(problem, wanted, parsed) for problem in error.problems]
    named = resolved.model_copy(update={"scenario": f"{study.study}/{wanted.key}", "short_title": None})
    reasons = _in_words(study, wanted.case)
    return StudyCase(wanted.key, wanted.case.title, wanted.family, name, wanted.case.changes, reasons, named), []


def _as_yaml(value: Any) -> Any:
    """Text in quotes, since settings given as text are read as YAML once more."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else value


def _placed(problem: Problem, wanted: _Wanted, parsed: Parsed) -> Problem:
    """A problem of one of the study's changes, at its place in the study; any other as it is."""
    if problem.file != "--set":
        return problem
    at = list(wanted.changed_at.values())[problem.line - 1]
    place = parsed.locate(at)
    told = problem.path if place.words is None else dotted(place.words(split(problem.path)))
    return replace(problem, file=place.file, line=place.line, column=place.column, path=told)


def _in_words(study: Study, case: Case) -> tuple[str, ...]:
    sources = tuple(study.sources[key].title for key in case.source or () if key in study.sources)
    return (*sources, *((case.assumption,) if case.assumption else ()))
