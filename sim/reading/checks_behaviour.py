"""The rules of a scenario and its behaviour that need several fields at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sim.document.behaviour import Shock
from sim.document.expectation import parse_expectation
from sim.document.measured import PEOPLE, quantities
from sim.document.scenario import ResolvedScenario, Scripted
from sim.document.values import Minutes, Part
from sim.reading.bounds import check_bounds
from sim.reading.checks import _check_condition, _gate, _guarantee_conditions, _unknown, actors, topics, unknown_people
from sim.reading.checks_powers import check_used_powers
from sim.reading.defaults import instance_names, lots_named
from sim.reading.paths import NoSuchPathError, known, look_up, split
from sim.reading.posterior import column_faults
from sim.reading.problem import Fault, Path, nearest


def check_behaviour(resolved: ResolvedScenario, *, is_sound: bool = True) -> Iterator[Fault]:
    """What a scenario says of parties, stocks, talks, paths and sources that do not exist.

    Parameters
    ----------
    resolved : ResolvedScenario
        Complete.
    is_sound : bool, optional
        Whether its deal is; only then is there a bound on what it can do.

    Yields
    ------
    Fault
        With a path into the scenario.
    """
    deal = resolved.deal
    everybody = [*actors(deal), *deal.holders]
    yield from _check_parties(resolved, everybody)
    yield from _check_names(resolved, everybody)
    for path, condition in _guarantee_conditions(resolved.guarantees):
        yield from _check_condition(deal, path, condition)
    yield from check_used_powers(resolved)
    yield from _check_script(resolved)
    for key in resolved.guarantees:
        if key in deal.guarantees:
            hint = f"to change that of the deal, write 'deal.guarantees.{key}' under changes"
            message = f"'{key}' is already a guarantee of the deal"
            yield Fault(("guarantees", key), "name-used-twice", message, hint, key)
    for place, text in enumerate(resolved.expects):
        yield from _check_expectation(resolved, ("expects", place), text)
    yield from _check_scenario_sources(resolved)
    wrong_paths = list(_check_paths(resolved))
    yield from wrong_paths
    if is_sound and not wrong_paths and not any(_check_parties(resolved, everybody)):
        yield from check_bounds(resolved)


def _check_names(resolved: ResolvedScenario, everybody: list[str]) -> Iterator[Fault]:
    """Holders, stocks, topics, mediators, sources and shocks whose names do not exist."""
    deal, behaviour = resolved.deal, resolved.behaviour
    tables: list[tuple[str, Iterable[str], str, Iterable[str], str]] = [
        ("holders", behaviour.holders, "holder", deal.holders, "unknown-reference"),
        (
            "deaths",
            behaviour.deaths,
            "stock of people, party or holder",
            [*deal.people, *deal.parties, *deal.holders],
            "unknown-stock",
        ),
        ("talks", behaviour.talks, "talks obligation on", topics(deal), "topic-without-talks"),
    ]
    for key in behaviour.search:
        yield from unknown_people(deal, ("behaviour", "search", key), key)
    for part, used, what, allowed, code in tables:
        for key in used:
            yield from _unknown(("behaviour", part, key), what, key, allowed, code)
    for key, pressure in behaviour.mediators.pressure.items():
        at: Path = ("behaviour", "mediators", "pressure", key)
        yield from _unknown(at, "mediator", key, [*deal.mediators, *deal.others])
        for party in pressure.on:
            yield from _unknown((*at, "on", party), "party", party, deal.parties)
    for key, incidents in behaviour.incidents.items():
        at = ("behaviour", "incidents", key, "by")
        yield from _unknown(at, "party or holder", incidents.by, [*deal.parties, *deal.holders])
    for key, shock in behaviour.shocks.items():
        yield from _check_shock(resolved, ("behaviour", "shocks", key), shock, everybody)


def _check_script(resolved: ResolvedScenario) -> Iterator[Fault]:
    """What a script names that does not exist, and decisions that it names twice."""
    deal, shocks = resolved.deal, resolved.behaviour.shocks
    allowed: dict[str, tuple[str, Iterable[str], str]] = {
        "talks": ("talks obligation on", topics(deal), "topic-without-talks"),
        "incident": ("party", deal.parties, "unknown-reference"),
        "answer": ("party", deal.parties, "unknown-reference"),
        "shock": ("shock", shocks, "unknown-reference"),
        "aftermath": ("shock", shocks, "unknown-reference"),
        "power": ("power", deal.powers, "unknown-reference"),
    }
    seen = []
    for place, scripted in enumerate(resolved.scripted or ()):
        at: Path = ("scripted", place, scripted.subject)
        name = getattr(scripted, scripted.subject)
        owed = ("obligation", instance_names(deal), "unknown-reference")
        what, known_names, code = allowed.get(scripted.subject, owed)
        yield from _unknown(at, what, name, known_names, code)
        if scripted.subject in ("shock", "aftermath") and name in shocks:
            yield from _check_scripted_time(("scripted", place, "at"), scripted, shocks[name])
        decision = (scripted.subject, name, scripted.at, scripted.time)
        if decision in seen:
            yield Fault(at, "scripted-twice", f"{scripted.subject} {name} is scripted twice", value=name)
        seen.append(decision)


def _check_scripted_time(at: Path, scripted: Scripted, shock: Shock) -> Iterator[Fault]:
    """A shock with a date strikes on it; one without needs a time."""
    if shock.at is not None and scripted.at is not None:
        yield Fault(at, "dated-twice", "this shock has a date of its own", "leave out 'at'", scripted.at)
    elif shock.at is None and scripted.at is None:
        yield Fault(at[:-1], "missing-key", "this shock has no date: say when it strikes", "add 'at: day 3 09:20'")


def _check_expectation(resolved: ResolvedScenario, at: Path, text: str) -> Iterator[Fault]:
    expected = parse_expectation(text)
    asked, names = expected.happening, quantities(resolved.deal)
    if asked is None:
        yield from _unknown(at, "outcome", expected.mean_of, names, "unknown-outcome")
    elif asked.violates:
        declared = [*resolved.deal.guarantees, *resolved.guarantees]
        yield from _unknown(at, "guarantee", asked.violates, declared)
    elif asked.day is not None:
        if asked.outcome not in PEOPLE:
            hint = nearest(asked.outcome, PEOPLE)
            yield Fault(at, "not-by-day", f"'{asked.outcome}' is not known by day", hint, asked.outcome)
        if asked.day * 1440 > resolved.horizon + 1440:
            yield Fault(at, "out-of-range", f"day {asked.day} lies beyond the horizon", value=asked.day)
    elif not asked.end:
        yield from _unknown(at, "outcome", asked.outcome, names, "unknown-outcome")


def _check_parties(resolved: ResolvedScenario, everybody: list[str]) -> Iterator[Fault]:
    deal = resolved.deal
    for key, party in resolved.behaviour.parties.items():
        at: Path = ("behaviour", "parties", key)
        yield from _unknown(at, "party, holder or body", key, everybody)
        for name in party.obligations:
            owed, _, release = name.partition(".")
            yield from _unknown((*at, "obligations", name), "obligation", owed, deal.obligations)
            if release.isdigit() and owed in deal.obligations:
                yield from _unknown((*at, "obligations", name), "lot", release, lots_named(deal, owed))
            elif release:
                yield from _unknown((*at, "obligations", name), "obligation", release, deal.obligations)
            if key in everybody and owed in deal.obligations and deal.obligations[owed].by != key:
                message = f"'{name}' is owed by {deal.obligations[owed].by}, not by {key}"
                yield Fault((*at, "obligations", name), "not-its-obligation", message, value=name)
        for phase in party.leaves.after_phase:
            yield from _unknown((*at, "leaves", "after_phase", phase), "phase", phase, deal.phases)
        for path, condition in _gate((*at, "leaves", "unless"), party.leaves.unless):
            yield from _check_condition(deal, path, condition)


def _check_shock(resolved: ResolvedScenario, at: Path, shock: Shock, everybody: list[str]) -> Iterator[Fault]:
    deal = resolved.deal
    if shock.by is not None:
        yield from _unknown((*at, "by"), "party or holder", shock.by, everybody)
    if shock.topic is not None:
        yield from _unknown((*at, "topic"), "talks obligation on", shock.topic, topics(deal), "topic-without-talks")
    if shock.stock is not None:
        yield from unknown_people(deal, (*at, "stock"), shock.stock)


def _check_paths(resolved: ResolvedScenario) -> Iterator[Fault]:
    """Paths that lead nowhere in the whole scenario, every default written out, and numbers that are none."""
    whole = resolved.model_dump(mode="json", by_alias=True, include={"deal", "behaviour", "horizon"})
    for text, uncertain in resolved.uncertain.items():
        found = list(_check_number(("uncertain", text), whole, text))
        yield from found or _check_units(("uncertain", text), whole, text, uncertain.values, uncertain.beta is not None)
        if uncertain.moves_with is not None:
            yield from _check_moves_with(resolved, text, uncertain.moves_with)
    for text, values, _ in column_faults(resolved):
        found = list(_check_number(("posterior",), whole, text))
        for fault in found or _check_units(("posterior",), whole, text, values):
            yield replace(fault, message=f"column {text}: {fault.message}", value=None)
    for key, shock in resolved.behaviour.shocks.items():
        if shock.path is not None:
            found = list(_check_number(("behaviour", "shocks", key, "path"), whole, shock.path))
            given = [] if shock.to is None else [shock.to]
            yield from found or _check_units(("behaviour", "shocks", key, "to"), whole, shock.path, given)
    for text, axis in resolved.vary.items():
        if (axis.values is None) == (None in (axis.low, axis.high, axis.steps)):
            yield Fault(("vary", text), "bad-axis", "an axis is a list of values, or has low, high and steps")
        yield from _check_path(("vary", text), whole, known(whole, split(text)))


def _check_moves_with(resolved: ResolvedScenario, text: str, other: str) -> Iterator[Fault]:
    """A draw may be shared with another uncertain parameter that has a draw of its own."""
    at: Path = ("uncertain", text, "moves_with")
    leads = [path for path, uncertain in resolved.uncertain.items() if uncertain.moves_with is None]
    yield from _unknown(at, "uncertain parameter with a draw of its own called", other, leads, "unknown-path")


def _check_number(at: Path, whole: dict[str, Any], text: str) -> Iterator[Fault]:
    path = known(whole, split("behaviour." + text.removeprefix("behaviour.")))
    missing = list(_check_path(at, whole, path))
    yield from missing
    if not missing and isinstance(look_up(whole, path), (dict, list)):
        hint = "go on to one of its numbers"
        yield Fault(at, "path-to-no-number", "the path leads to a block, not to a number", hint, text)


def _check_units(
    at: Path, whole: dict[str, Any], text: str, values: Sequence[float], is_beta: bool = False
) -> Iterator[Fault]:
    """Times have a unit, for 7 may be minutes or days; what is no time has none."""
    path = known(whole, split("behaviour." + text.removeprefix("behaviour.")))
    if not is_time(path, look_up(whole, path)):
        for value in values:
            if isinstance(value, Minutes):
                hint = "leave the unit out"
                yield Fault(at, "unit-not-allowed", "is a chance or a number, which has no unit", hint, value)
                return
        return
    if is_beta:
        hint = "lognormal: [MEDIAN, P95], each with its unit"
        yield Fault(at, "missing-unit", "is a time; a beta distribution lies between 0 and 1", hint)
    for value in values:
        if value and not isinstance(value, Minutes):
            message = f"a time has a unit: {value:g} min or {value:g} d?"
            yield Fault(at, "missing-unit", message, f"write '{value:g} min' or '{value:g} d'", value)
            return


def is_time(path: Path, value: Any) -> bool:
    """Whether what stands at a path of the behaviour is a time; of what is left out only the half-life can be one."""
    return isinstance(value, str) or path[-1] == "half_life"


def _check_path(at: Path, whole: dict[str, Any], path: Path) -> Iterator[Fault]:
    text = ".".join(map(str, path))
    if path[0] not in whole:
        hint = "a path begins with 'deal.' or 'behaviour.', or is 'horizon'"
        yield Fault(at, "unknown-path", "there is nothing at this path", hint, text)
        return
    try:
        look_up(whole, path)
    except NoSuchPathError as error:
        yield Fault(at, "unknown-path", "there is nothing at this path", str(error), text)


def _check_scenario_sources(resolved: ResolvedScenario) -> Iterator[Fault]:
    known = [*resolved.sources, *resolved.deal.sources]
    parts = {name: getattr(resolved, name) for name in ("behaviour", "uncertain", "guarantees")}
    for path, source in _sources_below(parts, ()):
        yield from _unknown(path, "source", source, known, "unknown-source")


def _sources_below(block: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(block, dict):
        for key, value in block.items():
            yield from _sources_below(value, (*path, key))
    elif isinstance(block, Part):
        for source in getattr(block, "source", None) or ():
            yield (*path, "source"), source
        for name in type(block).model_fields:
            yield from _sources_below(getattr(block, name), (*path, name))
