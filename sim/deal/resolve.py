"""A sparse scenario becomes a complete one: what it builds on, its changes, its deal, and every default written out.

The order is fixed: the scenario at the root of `builds_on` first, its behaviour and then its changes; each scenario
that builds on it likewise; the settings of the command line last. A later value replaces an earlier one; None removes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any

from sim.deal.catalogue import find
from sim.deal.checks import check_behaviour, check_deal, check_sources_given
from sim.deal.document import (
    Behaviour,
    Deal,
    Obligation,
    Part,
    ResolvedScenario,
    Scenario,
    Scripted,
    TimeAbove0,
    Uncertain,
    write_duration,
)
from sim.deal.foresight import foresee_deal, foresee_scenario
from sim.deal.load import (
    hold,
    kind_of,
    no_kind,
    parse_file,
    parse_text,
    read_deal,
    read_model,
    read_value,
    shown,
)
from sim.deal.parsed import Parsed
from sim.deal.paths import NoSuchPathError, exists, known, look_up, merge, put, split, touches
from sim.deal.pipes import reading_pipes_once
from sim.deal.problem import DocumentError, Fault, Path, Place, Problem, in_order, refuse
from sim.deal.write import write_yaml

LONGEST_CHAIN = 20
NO_SETTINGS: Mapping[str, Any] = MappingProxyType({})
Also = Callable[
    [ResolvedScenario, Mapping[str, Any], Callable[[Mapping[str, Any]], ResolvedScenario] | None], Iterable[Fault]
]
"""What later stages find wrong with a sound scenario and its settings, given how to resolve it with others."""


@dataclass(frozen=True)
class _Layer:
    """One scenario of a chain: its file, its text with places, and what it says."""

    path: FilePath
    parsed: Parsed
    scenario: Scenario
    deal: Parsed | None = None
    """Of a resolved scenario, which holds its deal and says where the terms differ from those agreed."""
    changed: tuple[str, ...] = ()


@dataclass
class _Draft:
    """Deal, behaviour and horizon while layers are laid on top of each other, and where each part was written."""

    deal_parsed: Parsed
    top: Parsed
    data: dict[str, Any]
    places: dict[Path, Place] = field(default_factory=dict)
    changes: dict[Path, Place] = field(default_factory=dict)
    removed: dict[Path, bool] = field(default_factory=dict)
    uncertain: dict[Path, tuple[Uncertain, Place]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def locate(self, path: Path) -> Place:
        """Where a part was written last: in a change or setting that touches it, a scenario, or the deal."""
        for change, place in reversed(self.changes.items()):
            beside = path not in self.places and len(path) > 1 and change[:-1] == path[:-1]
            if beside or touches(change, path):
                return place
        for length in range(len(path), 0, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return self.deal_parsed.locate(path[1:]) if path[:1] == ("deal",) else self.top.locate(path)

    def lay(self, layer: _Layer) -> None:
        """Lay a scenario's behaviour on top, then apply its changes."""
        behaviour = sparse(layer.scenario.behaviour)
        for path in _paths(behaviour, ("behaviour",)):
            self.places[path] = layer.parsed.locate(path)
            self.changes.pop(path, None)
        self.data["behaviour"] = merge(self.data["behaviour"], behaviour)
        self._drop_uncertain(lambda path: exists({"behaviour": behaviour}, path))
        for text, value in layer.scenario.changes.items():
            self.apply(text, value, layer.parsed.locate(("changes", text)))
        if layer.scenario.horizon is not None:
            self.data["horizon"] = layer.scenario.model_dump(mode="json", include={"horizon"})["horizon"]
            self.places[("horizon",)] = layer.parsed.locate(("horizon",))
        for text, distribution in layer.scenario.uncertain.items():
            place = layer.parsed.locate(("uncertain", text))
            self.uncertain[known(self.data, _behaviour_path(text))] = (distribution, place)
        self.settle()

    def apply(self, text: str, value: Any, place: Place) -> None:
        """Make one change."""
        path = known(self.data, split(text))
        try:
            if path != ("horizon",) and (len(path) < 2 or path[0] not in ("deal", "behaviour")):
                raise NoSuchPathError("a path begins with 'deal.' or 'behaviour.', or is 'horizon'")
            if path[0] == "behaviour" and value is not None:
                self._unfold(path)
            put(self.data, path, value, grow=path[0] == "behaviour")
        except NoSuchPathError as error:
            self.problems.append(Fault(path, "unknown-path", "there is nothing at this path", str(error)).at(place))
            return
        self.changes.pop(path, None)
        self.changes[path] = place
        self.removed[path] = value is None
        self._drop_uncertain(lambda other: other[: len(path)] == path)

    def _unfold(self, path: Path) -> None:
        """Write out the default of the outermost block that a change of behaviour reaches into."""
        behaviour, _ = hold(Behaviour, self.data["behaviour"], self.locate, ("behaviour",))
        if behaviour is None:
            return
        whole = {"behaviour": behaviour.model_dump(mode="json", by_alias=True, exclude_none=True)}
        for length in range(2, len(path)):
            block = path[:length]
            if not exists(self.data, block):
                if exists(whole, block):
                    put(self.data, block, look_up(whole, block), grow=True)
                return

    def _drop_uncertain(self, is_set: Callable[[Path], bool]) -> None:
        """A value that is given later takes the place of an earlier distribution."""
        for path in [path for path in self.uncertain if is_set(path)]:
            del self.uncertain[path]

    def settle(self) -> None:
        """Bring the behaviour into its regular form, or note why it has none."""
        behaviour, problems = hold(Behaviour, self.data["behaviour"], self.locate, ("behaviour",))
        self.problems += problems
        if behaviour is not None:
            self.data["behaviour"] = sparse(behaviour)


def sparse(model: Any) -> dict[str, Any]:
    """What was written of a model, in its regular form."""
    data: dict[str, Any] = model.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return data


def _paths(data: Any, path: Path) -> Iterator[Path]:
    yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from _paths(value, (*path, key))


def _behaviour_path(text: str) -> Path:
    path = split(text)
    return path if path[0] == "behaviour" else ("behaviour", *path)


# ---------------------------------------------------------------- resolving


@dataclass(frozen=True)
class Documents:
    """A scenario with all that it builds on and its deal, read once, to be resolved with one setting after another."""

    layers: tuple[_Layer, ...]
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
         "deal": _filled(deal).model_dump(mode="json", by_alias=True), "behaviour": {}}
    )  # fmt: skip


@reading_pipes_once()
def validate_file(path: str | FilePath, also: Also | None = None) -> list[Problem]:
    """Everything that is wrong with a deal, scenario or study, with all it refers to; never raises for bad input.

    Parameters
    ----------
    path : str or Path
        The file.
    also : callable, optional
        What later stages find wrong with a scenario that is sound so far.

    Returns
    -------
    list of Problem
        In order; empty for a sound document. Warnings are among them.
    """
    parsed = parse_file(FilePath(path))
    kind = kind_of(parsed)
    if kind == "scenario":
        return _lay(_read(FilePath(path)), NO_SETTINGS, also, foresee=True)[1]
    if kind == "study":
        from sim.deal.study import read_study  # a study resolves scenarios

        return read_study(parsed, FilePath(path), also)[1]
    if kind is None:
        return in_order(parsed.problems or [no_kind(parsed)])
    deal, problems = read_deal(parsed)
    if deal is not None and not _has_errors(problems):
        problems += [parsed.problem(fault) for fault in foresee_deal(deal)]
    return in_order(problems)


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
    agreed = deal.model_dump(mode="json", by_alias=True)
    draft = _Draft(documents.deal_parsed, layers[-1].parsed, {"deal": json.loads(json.dumps(agreed)), "behaviour": {}})
    for layer in layers:
        draft.lay(layer)
        # where everything is written out, defaults stand among what was written and have no source of their own
        faults = check_sources_given(sparse(layer.scenario) if layer.deal is None else {})
        draft.problems += [layer.parsed.problem(fault) for fault in faults]
    _apply_settings(draft, settings)
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


def _has_errors(problems: list[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def _chain(path: FilePath) -> tuple[list[_Layer], list[Problem]]:
    """The scenarios that one builds on, the first of them first, and itself last."""
    layers: list[_Layer] = []
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
            hint = f"at most {LONGEST_CHAIN} (LONGEST_CHAIN in sim/deal/resolve.py)"
            return layers, [*problems, Fault(("builds_on",), "too-long", message, hint).at(place)]
        if path.resolve() in seen:
            files = " builds on ".join(shown(file) for file in [*seen, path.resolve()])
            fault = Fault(("builds_on",), "builds-on-cycle", f"a scenario cannot build on itself: {files}")
            return layers, [*problems, fault.at(place)]


def _layer_of(path: FilePath, parsed: Parsed) -> tuple[_Layer | None, list[Problem]]:
    """A scenario as written, or one that has been resolved: as `show --resolved` prints it, and results store it."""
    data = parsed.data if isinstance(parsed.data, dict) else {}
    if not isinstance(data.get("deal"), dict):
        scenario, problems = read_model(parsed, Scenario)
        return (None if scenario is None else _Layer(path, parsed, scenario)), problems
    changed = data.get("changed")
    rest = parsed.without("deal", "changed")
    scenario, problems = read_model(rest, Scenario)
    kept = tuple(map(str, changed)) if isinstance(changed, list) else ()
    return (None if scenario is None else _Layer(path, rest, scenario, parsed.part("deal"), kept)), problems


def _not_a_scenario(parsed: Parsed, layers: list[_Layer]) -> Problem:
    """The problem of another document where a scenario should be, at the place that names it if one does."""
    fault = Fault((), "not-a-scenario", f"{parsed.file} is no scenario", "a scenario begins with 'scenario:'")
    if layers:
        return replace(fault, path=("builds_on",)).at(layers[0].parsed.locate(("builds_on",)))
    return fault.at(parsed.locate(()))


def _moved(error: DocumentError, path: Path, place: Place) -> Problem:
    """The problem of a name, at the place where the name is written."""
    first = error.problems[0]
    return Fault(path, first.code, first.message, first.hint, first.value).at(place)


def _deal_of(layers: list[_Layer]) -> tuple[Deal | None, Parsed | None, list[Problem]]:
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


def _apply_settings(draft: _Draft, settings: Mapping[str, Any]) -> None:
    for line, (text, value) in enumerate(settings.items(), 1):
        place = Place("--set", line)
        try:
            draft.apply(text, read_value(value) if isinstance(value, str) else value, place)
        except DocumentError as error:
            draft.problems.append(_moved(error, split(text), place))
    if settings:
        draft.settle()


def _complete(
    draft: _Draft, layers: list[_Layer], deal: Deal, agreed: dict[str, Any]
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
            "deal": _filled(new_deal),
            "behaviour": behaviour,
            "sources": _merged([layer.scenario.sources for layer in layers]),
            "uncertain": {_joined(path[1:]): given for path, (given, _) in draft.uncertain.items()},
            "vary": top.vary,
            "guarantees": _merged([layer.scenario.guarantees for layer in layers]),
            "scripted": _scripted(layers),
            "expects": top.expects,
            "notes": top.notes,
            "changed": list(dict.fromkeys([*(path for la in layers for path in la.changed), *_changed(draft, agreed)])),
        }
    )
    broken = [_at_change(draft, fault) for fault in check_deal(new_deal)] if _terms(draft) else []
    faults = check_behaviour(resolved, is_sound=not broken)
    problems += [*broken, *(fault.at(_place_of(draft, layers, fault.path)) for fault in faults)]
    return resolved, problems


def _scripted(layers: list[_Layer]) -> list[Scripted] | None:
    """The script of the last scenario that has one."""
    return next((layer.scenario.scripted for layer in reversed(layers) if layer.scenario.scripted is not None), None)


def _foreseen(draft: _Draft, layers: list[_Layer], deal: Deal, resolved: ResolvedScenario) -> list[Problem]:
    """Warnings about the scenario, and about what its changes make of the deal."""
    faults = foresee_scenario(resolved)
    problems = [fault.at(_place_of(draft, layers, fault.path)) for fault in faults]
    if _terms(draft):
        as_agreed = {(fault.path, fault.code) for fault in foresee_deal(deal)}
        new = [fault for fault in foresee_deal(resolved.deal) if (fault.path, fault.code) not in as_agreed]
        problems += [_at_change(draft, fault) for fault in new]
    return problems


def _moving_nothing(top: _Layer, resolved: ResolvedScenario, also: Also) -> Iterator[Problem]:
    """Warnings about the changes and axes of the scenario itself that are of numbers which nothing takes."""
    for part, given in (("changes", top.scenario.changes), ("vary", top.scenario.vary)):
        for text in given:
            for fault in also(resolved, {text: None}, None):
                if fault.value == text:
                    at = top.parsed.locate((part, text))
                    yield replace(fault, path=(part, text), severity="warning").at(at)


class _Horizon(Part):
    horizon: TimeAbove0 | None = None


def _horizon(draft: _Draft) -> tuple[int | None, list[Problem]]:
    given = {"horizon": draft.data["horizon"]} if "horizon" in draft.data else {}
    read, problems = hold(_Horizon, given, draft.locate)
    return (read.horizon if read else None), problems


def _merged(parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: value for part in parts for key, value in part.items()}


def _joined(path: Path) -> str:
    return ".".join(map(str, path))


def _terms(draft: _Draft) -> list[Path]:
    """The changes that touch the deal itself."""
    return [path for path in draft.changes if path[0] == "deal"]


def _changed(draft: _Draft, agreed: dict[str, Any]) -> list[str]:
    """The changed paths whose value differs from the deal as agreed."""

    def value(deal: dict[str, Any], path: Path) -> Any:
        return look_up(deal, path[1:]) if exists(deal, path[1:]) else None

    return [_joined(p) for p in _terms(draft) if value(draft.data["deal"], p) != value(agreed, p)]


def _at_change(draft: _Draft, fault: Fault) -> Problem:
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


def _place_of(draft: _Draft, layers: list[_Layer], path: Path) -> Place:
    """The place of a part of the resolved scenario."""
    if (path[0] in ("behaviour", "deal", "horizon") and path in draft.changes) or path[0] == "behaviour":
        return draft.locate(path)
    if path[0] == "uncertain":
        return draft.uncertain[known(draft.data, _behaviour_path(str(path[1])))][1]
    for layer in reversed(layers):
        if exists(layer.parsed.data, path[:2]):
            return layer.parsed.locate(path)
    return layers[-1].parsed.locate(path)


def _filled(deal: Deal) -> Deal:
    """The deal with each obligation's creditor and phase written out."""
    filled = {
        key: obligation.model_copy(
            update={"to": obligation.to or _creditor(deal, obligation), "phase": _phase(deal, obligation)}
        )
        for key, obligation in deal.obligations.items()
    }
    return deal.model_copy(update={"obligations": filled})


def _phase(deal: Deal, obligation: Obligation) -> str | None:
    """The phase named, else the first; for returns, that of their releases, None where these belong to several."""
    first_phase = next(iter(deal.phases))
    if obligation.phase is not None or not obligation.ratio:
        return obligation.phase or first_phase
    releases = [
        other
        for key, other in deal.obligations.items()
        if other.kind == "release"
        and (
            key in obligation.for_each
            if isinstance(obligation.for_each, list)
            else set(other.amount) & set(obligation.ratio)
        )
    ]
    phases = {release.phase or first_phase for release in releases}
    return phases.pop() if len(phases) == 1 else None


def _creditor(deal: Deal, obligation: Obligation) -> str:
    """The other party; for what a third state or body owes, the first party."""
    return next(party for party in deal.parties if party != obligation.by)


# ---------------------------------------------------------------- storing


def as_data(resolved: ResolvedScenario) -> dict[str, Any]:
    """The resolved scenario as plain data, in the order of the document, without empty parts."""
    data: dict[str, Any] = resolved.model_dump(mode="json", by_alias=True, exclude_none=True)
    return data


def as_yaml(resolved: ResolvedScenario) -> str:
    """The resolved scenario as YAML; `from_resolved` gives back an equal one."""
    return write_yaml(as_data(resolved))


def from_resolved(stored: Mapping[str, Any] | str) -> ResolvedScenario:
    """The resolved scenario from what `as_yaml` or `as_data` gave.

    Parameters
    ----------
    stored : mapping or str
        Plain data, or text in YAML or JSON.

    Raises
    ------
    DocumentError
        If it is no resolved scenario, or breaks a rule.
    """
    parsed = parse_text(stored, "resolved") if isinstance(stored, str) else Parsed("resolved", dict(stored))
    resolved, problems = read_model(parsed, ResolvedScenario)
    if resolved is not None:
        broken = [replace(fault, path=("deal", *fault.path)) for fault in check_deal(resolved.deal)]
        faults = [*broken, *check_behaviour(resolved, is_sound=not broken)]
        problems += [fault.at(parsed.locate(fault.path)) for fault in faults]
    refuse(problems)
    assert resolved is not None
    return resolved


def resolved_hash(resolved: ResolvedScenario) -> str:
    """SHA-256 of the resolved scenario as compact JSON in document order, which carries meaning (lines, ties)."""
    return _hash_of(as_data(resolved))


def hash_as_stored(resolved: ResolvedScenario, stored: Mapping[str, Any]) -> str:
    """`resolved_hash` as the version had it that wrote this plain data, which may not have known all fields of today.

    Parameters
    ----------
    resolved : ResolvedScenario
        From `stored`.
    stored : mapping
        Plain data, whole.
    """
    return _hash_of(_known_to(stored, as_data(resolved)))


def _hash_of(data: Any) -> str:
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _known_to(stored: Any, data: Any) -> Any:
    """What of plain data stands in what is stored, in the order of today's fields."""
    if isinstance(data, dict) and isinstance(stored, Mapping):
        return {key: _known_to(stored[key], value) for key, value in data.items() if key in stored}
    if isinstance(data, list) and isinstance(stored, list) and len(data) == len(stored):
        return [_known_to(before, value) for before, value in zip(stored, data, strict=True)]
    return data
