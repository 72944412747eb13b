"""A sparse scenario becomes a complete one: what it builds on, its changes, its deal, and every default written out.

The order is fixed: the scenario at the root of `builds_on` first, its behaviour and then its changes; each scenario
that builds on it likewise; the settings of the command line last. A later value replaces an earlier one; None removes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any

from sim.document.behaviour import Behaviour
from sim.document.deal import Deal
from sim.document.design import Designed
from sim.document.scenario import ResolvedScenario, Scenario, Scripted
from sim.document.values import Part, TimeAbove0, write_duration
from sim.reading.amended import SETTING, amend, day_of
from sim.reading.catalogue import find
from sim.reading.checks import check_deal, check_sources_given
from sim.reading.checks_behaviour import check_behaviour
from sim.reading.checks_design import check_design
from sim.reading.defaults import filled
from sim.reading.draft import Draft, Layer, _behaviour_path, sparse
from sim.reading.foresight import foresee_deal, foresee_scenario
from sim.reading.model import hold, kind_of, parse_file, read_deal, read_model, read_value, shown
from sim.reading.parsed import Parsed
from sim.reading.paths import exists, known, look_up, split, touches
from sim.reading.pipes import reading_pipes_once
from sim.reading.problem import DocumentError, Fault, Path, Place, Problem, in_order, refuse
from sim.reading.upgrade import path_before, path_upgraded, setting_upgraded

LONGEST_CHAIN = 20
NO_SETTINGS: Mapping[str, Any] = MappingProxyType({})
Also = Callable[
    [ResolvedScenario, Mapping[str, Any], Callable[[Mapping[str, Any]], ResolvedScenario] | None], Iterable[Fault]
]
"""What later stages find wrong with a sound scenario and its settings, given how to resolve it with others."""


# ---------------------------------------------------------------- resolving


@dataclass(frozen=True)
class Documents:
    """A scenario with all that it builds on and its deal, read once, to be resolved with one setting after another."""

    layers: tuple[Layer, ...]
    deal: Deal | None
    deal_parsed: Parsed | None
    problems: tuple[Problem, ...]

    @classmethod
    def of(cls, name_or_path: str | FilePath) -> Documents:
        """The documents of a catalogue entry or file; what is wrong with them is found when they are resolved."""
        return _read(find(name_or_path))

    def resolve(self, settings: Mapping[str, Any] = NO_SETTINGS, also: Also | None = None) -> ResolvedScenario:
        """As `resolve`, without reading any file; `also` finds what else is wrong with the whole."""
        resolved, problems = _lay(self, settings, also)
        refuse(problems)
        assert resolved is not None
        return resolved

    @property
    def design(self) -> Designed | None:
        """What can be chosen, of the last scenario that says so."""
        return next((design for layer in reversed(self.layers) if (design := layer.scenario.design)), None)

    def before(self) -> ResolvedScenario | None:
        """What the scenario builds on, resolved; None if it builds on nothing, or on what has no deal of its own."""
        if len(self.layers) < 2 or self.layers[-1].scenario.deal is not None:
            return None
        return replace(self, layers=self.layers[:-1]).resolve()


def resolve(name_or_path: str | FilePath, settings: Mapping[str, Any] = NO_SETTINGS) -> ResolvedScenario:
    """A scenario with its deal and every default written out.

    Parameters
    ----------
    name_or_path : str or Path
        A scenario of the catalogue, for instance 'january-2025/baseline', or a file.
    settings : mapping
        Values by path, applied last, as by `--set`: 'deal.…', 'behaviour.…' or 'horizon'. Text is read as one YAML
        value; None (or 'null') removes.

    Returns
    -------
    ResolvedScenario
        Complete and checked.

    Raises
    ------
    DocumentError
        With all problems of the scenario, of what it builds on, of its deal and of the settings.
    """
    return Documents.of(name_or_path).resolve(settings)


@reading_pipes_once()
def resolve_any(name_or_path: str | FilePath, settings: Mapping[str, Any] = NO_SETTINGS) -> ResolvedScenario:
    """A scenario, or a deal on its own with everybody doing what it says.

    Parameters
    ----------
    name_or_path : str or Path
        A scenario or a deal of the catalogue, or a file.
    settings : mapping
        As in `resolve`; a deal on its own takes none.

    Returns
    -------
    ResolvedScenario

    Raises
    ------
    DocumentError
        With all problems.
    """
    path = find(name_or_path)
    parsed = parse_file(path)
    if kind_of(parsed) != "deal":
        return resolve(name_or_path, settings)
    if settings:
        hint = f"name one of its scenarios, for instance {parsed.data['deal']}/as-written"
        raise DocumentError([Fault((), "not-a-scenario", "only a scenario can be changed", hint).at(Place("--set"))])
    deal, problems = read_deal(parsed)
    refuse(problems)
    assert deal is not None
    question = "What does the text itself provide, if everybody does what it says?"
    return ResolvedScenario.model_validate(
        {"scenario": deal.deal, "question": question, "horizon": write_duration(deal.horizon),
         "deal": filled(_first_agreed(deal)).model_dump(mode="json", by_alias=True), "behaviour": {}}
    )  # fmt: skip


def _first_agreed(deal: Deal) -> Deal:
    """The deal without what was agreed anew."""
    return deal.model_copy(update={"amended": []})


def _read(path: FilePath) -> Documents:
    layers, problems = _chain(path)
    deal, deal_parsed, found = _deal_of(layers)
    return Documents(tuple(layers), deal, deal_parsed, (*problems, *found))


def _lay(
    documents: Documents, settings: Mapping[str, Any], also: Also | None = None, *, foresee: bool = False
) -> tuple[ResolvedScenario | None, list[Problem]]:
    """The layers laid on top of each other, then the settings; with what can be foreseen of them, if asked."""
    layers, deal, problems = list(documents.layers), documents.deal, list(documents.problems)
    if deal is None or documents.deal_parsed is None or _has_errors(problems):
        return None, in_order(problems)
    draft = _draft(documents.deal_parsed, layers[-1].parsed, deal)
    agreed = json.loads(json.dumps(draft.data["deal"]))
    settings = dict(settings)
    _amend(draft, layers, deal, documents.deal_parsed, settings.pop(SETTING, None))
    for layer in layers:
        draft.lay(layer)
        # where everything is written out, defaults stand among what was written and have no source of their own
        faults = check_sources_given(sparse(layer.scenario) if layer.deal is None else {})
        draft.problems += [layer.parsed.problem(fault) for fault in faults]
    _apply_settings(draft, settings)
    settings = {path_upgraded(text): value for text, value in settings.items()}
    problems += draft.problems
    resolved, found = _complete(draft, layers, deal, agreed)
    problems += found
    if also is not None and resolved is not None and not _has_errors(problems):
        problems += [
            fault.at(_place_of(draft, layers, fault.path)) for fault in also(resolved, settings, documents.resolve)
        ]
    if foresee and resolved is not None and not _has_errors(problems):
        problems += _foreseen(draft, layers, deal, resolved)
        if also is not None:
            problems += _moving_nothing(layers[-1], resolved, also)
    return (None if _has_errors(problems) else resolved), in_order(problems)


def _draft(deal_parsed: Parsed, top: Parsed, deal: Deal) -> Draft:
    """A draft of the deal as first agreed."""
    agreed = deal.model_dump(mode="json", by_alias=True, exclude={"amended"})
    return Draft(deal_parsed, top, {"deal": json.loads(json.dumps(agreed)), "behaviour": {}})


def _amend(draft: Draft, layers: list[Layer], deal: Deal, parsed: Parsed, setting: Any) -> None:
    """Lay on the deal what had been agreed anew by the day of a setting, or of the last scenario that names one."""
    named = [layer for layer in layers if layer.scenario.amended is not None]
    if setting is None and not named:
        return
    text = named[-1].scenario.amended if setting is None else setting
    place = named[-1].parsed.locate((SETTING,)) if setting is None else Place("--set")
    day = day_of(text, deal)
    if day is None:
        message, hint = (
            f"must be a day of the deal or a date, got {str(text)[:40]!r}",
            "such as 21, 'day 21' or 2025-02-08",
        )
        draft.problems.append(Fault((SETTING,), "not-a-day", message, hint).at(place))
    elif not deal.amended:
        draft.problems.append(Fault((SETTING,), "not-amended", f"the deal {deal.deal} has no amendments").at(place))
    else:
        amend(draft, deal, parsed, day)


def _has_errors(problems: list[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def _chain(path: FilePath) -> tuple[list[Layer], list[Problem]]:
    """The scenarios that one builds on, the first of them first, and itself last."""
    layers: list[Layer] = []
    problems: list[Problem] = []
    seen: list[FilePath] = []
    while True:
        seen.append(path.resolve())
        parsed = parse_file(path)
        kind = kind_of(parsed)
        if kind != "scenario":
            return layers, [*problems, *(parsed.problems or [_not_a_scenario(parsed, layers)])]
        layer, found = _layer_of(path, parsed)
        problems += found
        if layer is None:
            return layers, problems
        layers.insert(0, layer)
        scenario = layer.scenario
        if scenario.builds_on is None:
            return layers, problems
        place = parsed.locate(("builds_on",))
        try:
            path = find(scenario.builds_on, beside=path)
        except DocumentError as error:
            return layers, [*problems, _moved(error, ("builds_on",), place)]
        if len(seen) >= LONGEST_CHAIN and path.resolve() not in seen:
            message = f"more than {LONGEST_CHAIN} scenarios build on each other"
            hint = f"at most {LONGEST_CHAIN} (LONGEST_CHAIN in sim/reading/resolve.py)"
            return layers, [*problems, Fault(("builds_on",), "too-long", message, hint).at(place)]
        if path.resolve() in seen:
            files = " builds on ".join(shown(file) for file in [*seen, path.resolve()])
            fault = Fault(("builds_on",), "builds-on-cycle", f"a scenario cannot build on itself: {files}")
            return layers, [*problems, fault.at(place)]


def _layer_of(path: FilePath, parsed: Parsed) -> tuple[Layer | None, list[Problem]]:
    """A scenario as written, or one that has been resolved: as `show --resolved` prints it, and results store it."""
    data = parsed.data if isinstance(parsed.data, dict) else {}
    if not isinstance(data.get("deal"), dict):
        scenario, problems = read_model(parsed, Scenario)
        return (None if scenario is None else Layer(path, parsed, scenario)), problems
    changed = data.get("changed")
    rest = parsed.without("deal", "changed")
    scenario, problems = read_model(rest, Scenario)
    kept = tuple(map(str, changed)) if isinstance(changed, list) else ()
    return (None if scenario is None else Layer(path, rest, scenario, parsed.part("deal"), kept)), problems


def _not_a_scenario(parsed: Parsed, layers: list[Layer]) -> Problem:
    """The problem of another document where a scenario should be, at the place that names it if one does."""
    fault = Fault((), "not-a-scenario", f"{parsed.file} is no scenario", "a scenario begins with 'scenario:'")
    if layers:
        return replace(fault, path=("builds_on",)).at(layers[0].parsed.locate(("builds_on",)))
    return fault.at(parsed.locate(()))


def _moved(error: DocumentError, path: Path, place: Place) -> Problem:
    """The problem of a name, at the place where the name is written."""
    first = error.problems[0]
    return Fault(path, first.code, first.message, first.hint, first.value).at(place)


def _deal_of(layers: list[Layer]) -> tuple[Deal | None, Parsed | None, list[Problem]]:
    """The deal that the last scenario naming one names; a chain cut short may miss it."""
    named = [layer for layer in layers if layer.scenario.deal is not None or layer.deal is not None]
    if not named and (not layers or layers[0].scenario.builds_on is not None):
        return None, None, []
    if not named:
        fault = Fault(("deal",), "missing-key", "is needed here, or in a scenario that this one builds on")
        return None, None, [fault.at(layers[-1].parsed.locate(()))]
    layer = named[-1]
    if layer.deal is not None:
        deal, problems = read_model(layer.deal, Deal)
        faults = [] if deal is None else check_deal(deal)
        return deal, layer.deal, [*problems, *(layer.deal.problem(fault) for fault in faults)]
    place = layer.parsed.locate(("deal",))
    try:
        path = find(str(layer.scenario.deal), beside=layer.path)
    except DocumentError as error:
        return None, None, [_moved(error, ("deal",), place)]
    parsed = parse_file(path)
    if parsed.data is not None and kind_of(parsed) != "deal":
        return None, None, [Fault(("deal",), "not-a-deal", "this document is no deal", shown(path)).at(place)]
    deal, problems = read_deal(parsed)
    return deal, parsed, problems


def _apply_settings(draft: Draft, settings: Mapping[str, Any]) -> None:
    for line, (text, value) in enumerate(settings.items(), 1):
        place = Place("--set", line)
        try:
            given = read_value(value) if isinstance(value, str) else value
        except DocumentError as error:
            draft.problems.append(_moved(error, split(text), place))
            continue
        path, new = setting_upgraded(text, given)
        draft.apply(path, new, place if path == text else replace(place, words=path_before))
    if settings:
        draft.settle()


def _complete(
    draft: Draft, layers: list[Layer], deal: Deal, agreed: dict[str, Any]
) -> tuple[ResolvedScenario | None, list[Problem]]:
    """The resolved scenario from a draft without errors, with the problems that only the whole shows."""
    new_deal, problems = hold(Deal, draft.data["deal"], draft.locate, ("deal",)) if _terms(draft) else (deal, [])
    behaviour, found = hold(Behaviour, draft.data["behaviour"], draft.locate, ("behaviour",))
    problems += found
    horizon, found = _horizon(draft)
    problems += found
    if new_deal is None or behaviour is None or _has_errors(problems):
        return None, problems
    top = layers[-1].scenario
    resolved = ResolvedScenario.model_validate(
        {
            "scenario": top.scenario,
            "title": top.title,
            "short_title": top.short_title,
            "question": top.question,
            "horizon": write_duration(horizon or new_deal.horizon),
            "deal": filled(_first_agreed(new_deal)),
            "behaviour": behaviour,
            "sources": _merged([layer.scenario.sources for layer in layers]),
            "uncertain": {_joined(path[1:]): given for path, (given, _) in draft.uncertain.items()},
            "posterior": draft.posterior,
            "vary": top.vary,
            "guarantees": _merged([layer.scenario.guarantees for layer in layers]),
            "scripted": _scripted(layers),
            "expects": top.expects,
            "notes": [*top.notes, *draft.notes],
            "changed": list(dict.fromkeys([*(path for la in layers for path in la.changed), *_changed(draft, agreed)])),
        }
    )
    broken = [_at_change(draft, fault) for fault in check_deal(new_deal)] if _terms(draft) else []
    faults = check_behaviour(resolved, is_sound=not broken)
    problems += [*broken, *(fault.at(_place_of(draft, layers, fault.path)) for fault in faults)]
    problems += _of_design(layers, resolved)
    return resolved, problems


def _of_design(layers: list[Layer], resolved: ResolvedScenario) -> Iterator[Problem]:
    """What is wrong with the design that the scenario itself has; one that it inherits has been checked there."""
    top = layers[-1]
    if top.scenario.design is None:
        return
    for fault in check_design(resolved, top.scenario.design):
        yield fault.at(top.parsed.locate(fault.path))
    for place, name in enumerate(top.scenario.design.behaviours):
        at: Path = ("design", "behaviours", place)
        try:
            find(name, beside=top.path)
        except DocumentError as error:
            yield _moved(error, at, top.parsed.locate(at))


def _scripted(layers: list[Layer]) -> list[Scripted] | None:
    """The script of the last scenario that has one."""
    return next((layer.scenario.scripted for layer in reversed(layers) if layer.scenario.scripted is not None), None)


def _foreseen(draft: Draft, layers: list[Layer], deal: Deal, resolved: ResolvedScenario) -> list[Problem]:
    """Warnings about the scenario, and about what its changes make of the deal."""
    faults = foresee_scenario(resolved)
    problems = [fault.at(_place_of(draft, layers, fault.path)) for fault in faults]
    if _terms(draft):
        as_agreed = {(fault.path, fault.code) for fault in foresee_deal(deal)}
        new = [fault for fault in foresee_deal(resolved.deal) if (fault.path, fault.code) not in as_agreed]
        problems += [_at_change(draft, fault) for fault in new]
    return problems


def _moving_nothing(top: Layer, resolved: ResolvedScenario, also: Also) -> Iterator[Problem]:
    """Warnings about the changes and axes of the scenario itself that are of numbers which nothing takes."""
    for part, given in (("changes", top.scenario.changes), ("vary", top.scenario.vary)):
        for text in given:
            for fault in also(resolved, {text: None}, None):
                if fault.value == text:
                    at = top.parsed.locate((part, text))
                    yield replace(fault, path=(part, text), severity="warning").at(at)


class _Horizon(Part):
    horizon: TimeAbove0 | None = None


def _horizon(draft: Draft) -> tuple[int | None, list[Problem]]:
    given = {"horizon": draft.data["horizon"]} if "horizon" in draft.data else {}
    read, problems = hold(_Horizon, given, draft.locate)
    return (read.horizon if read else None), problems


def _merged(parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: value for part in parts for key, value in part.items()}


def _joined(path: Path) -> str:
    return ".".join(map(str, path))


def _terms(draft: Draft) -> list[Path]:
    """The changes that touch the deal itself."""
    return [path for path in draft.changes if path[0] == "deal"]


def _changed(draft: Draft, agreed: dict[str, Any]) -> list[str]:
    """The changed paths whose value differs from the deal as agreed."""

    def value(deal: dict[str, Any], path: Path) -> Any:
        return look_up(deal, path[1:]) if exists(deal, path[1:]) else None

    return [_joined(p) for p in _terms(draft) if value(draft.data["deal"], p) != value(agreed, p)]


def _at_change(draft: Draft, fault: Fault) -> Problem:
    """A problem of the changed deal, at the change that brought it about."""
    path: Path = ("deal", *fault.path)
    terms = _terms(draft)
    culprits = [change for change in terms if touches(change, path)]
    culprits += [change for change in terms if draft.removed[change] and change[-1] == fault.value]
    culprits += [change for change in terms if change[:3] == path[:3]]
    culprits += terms if len(terms) == 1 else []
    if culprits:
        return replace(fault, path=path).at(draft.changes[culprits[0]])
    hint = "; ".join(filter(None, (fault.hint, "the deal as agreed is sound: see the changes of the scenario")))
    return replace(fault, path=path, hint=hint).at(draft.locate(path))


def _place_of(draft: Draft, layers: list[Layer], path: Path) -> Place:
    """The place of a part of the resolved scenario."""
    if (path[0] in ("behaviour", "deal", "horizon") and path in draft.changes) or path[0] == "behaviour":
        return draft.locate(path)
    if path[0] == "uncertain":
        return draft.uncertain[known(draft.data, _behaviour_path(str(path[1])))][1]
    for layer in reversed(layers):
        if exists(layer.parsed.data, path[:2]):
            return layer.parsed.locate(path)
    return layers[-1].parsed.locate(path)


# ---------------------------------------------------------------- storing


def _known_to(stored: Any, data: Any) -> Any:
    """What of plain data stands in what is stored, in the order of today's fields."""
    if isinstance(data, dict) and isinstance(stored, Mapping):
        return {key: _known_to(stored[key], value) for key, value in data.items() if key in stored}
    if isinstance(data, list) and isinstance(stored, list) and len(data) == len(stored):
        return [_known_to(before, value) for before, value in zip(stored, data, strict=True)]
    return data
