"""What the axes of a sweep are called: the part of the deal or the behaviour by its title, then what of it varies."""

from __future__ import annotations

from collections.abc import Sequence

from sim.document.names import (
    actor_called,
    called,
    in_words,
    obligation_called,
    phase_called,
    source_called,
    talks_called,
)
from sim.document.scenario import ResolvedScenario
from sim.report.words import path_in_words, short_names, spaced

_SHORT = {
    "mediators.settles": "mediators' success", "guarantors.restores": "guarantors' success", "lasts": "length",
    "late": "chance to be late", "refused": "chance of refusal", "per_day": "a day", "due": "due date",
    "short": "chance to do only a part", "ahead": "chance of the next batch at once",
    "complains": "chance to complain", "withholds": "chance to hold back its own",
    "restores": "chance to let the truce resume", "contacted": "chance of contact", "found": "chance to be found",
    "misidentified": "chance of misidentification", "never": "chance that they never open",
    "fails": "chance that they cannot agree", "agrees_per_day": "agreement a day",
    "breaks_off_per_day": "breakdown a day",
    "near_deadline_factor": "factor near the deadline", "after_deadline_factor": "factor after the deadline",
    "initial": "extra ones at the start", "branching": "how many follow from one",
    "breaks_off_talks": "chance to break off talks",
}  # fmt: skip


def axes_called(paths: Sequence[str], scenario: ResolvedScenario | None = None) -> list[str]:
    """What each axis is called; the ends of their paths, where two would be called the same.

    Parameters
    ----------
    paths : sequence of str
        Into a scenario.
    scenario : ResolvedScenario, optional
        Whose titles are used.
    """
    short = [path_in_words(name) for name in short_names(paths)]
    if scenario is None:
        return short
    found = [_called(path, scenario) for path in paths]
    return [name if found.count(name) == 1 else other for name, other in zip(found, short, strict=True)]


def _called(path: str, scenario: ResolvedScenario) -> str:
    deal = scenario.deal
    actors = {**deal.parties, **deal.holders, **deal.mediators, **deal.others}
    parts = path.removesuffix(".median").split(".")
    what = _SHORT.get(parts[-1], spaced(parts[-1]))
    match parts:
        case ["behaviour", "mediators" | "guarantors" as who, name]:
            return _SHORT.get(f"{who}.{name}", f"{who}: {spaced(name)}")
        case ["behaviour", "mediators", "pressure", mediator, "on", party] if {mediator, party} <= set(actors):
            return f"pressure of {actor_called(deal, mediator)} on {actor_called(deal, party)}"
        case ["behaviour", "mediators", "pressure", mediator, _] if mediator in actors:
            return f"pressure of {actor_called(deal, mediator)}: {what}"
        case ["behaviour", "parties" | "holders", actor, *between, _] if actor in actors:
            return f"{actor_called(deal, actor)}: {_of(between, scenario)}{what}"
        case ["behaviour", "talks", topic, _]:
            return f"{talks_called(deal, topic)}: {what}"
        case ["behaviour", "incidents", source, *between, _] if source in scenario.behaviour.incidents:
            return f"incidents, {source_called(deal, scenario.behaviour.incidents, source)}: {_of(between)}{what}"
        case ["behaviour", "shocks", shock, _] if shock in scenario.behaviour.shocks:
            return f"{called(scenario.behaviour.shocks[shock], shock)}: {what}"
        case ["behaviour", "search" | "deaths" as kind, key, _]:
            held = called(deal.stocks[key], key) if key in deal.stocks else in_words(key)
            return f"{kind}, {actor_called(deal, key) if key in actors else held}: {what}"
        case ["deal", "obligations", key, *between, _] if key in deal.obligations:
            return f"{obligation_called(deal, key)}: {_of(between)}{what}"
        case ["deal", "phases", key, *between, _] if key in deal.phases:
            return f"{phase_called(deal, key)}: {_of(between)}{what}"
        case ["deal", "lines", key, _] if key in deal.lines:
            return f"{called(deal.lines[key], key)}: {what}"
        case ["deal", "stocks", key, _] if key in deal.stocks:
            return f"{called(deal.stocks[key], key)}: {what}"
    return path_in_words(short_names([path])[0])


def _of(between: Sequence[str], scenario: ResolvedScenario | None = None) -> str:
    """'release, ' of what stands between the owner and the number."""
    known = {} if scenario is None else scenario.deal.obligations
    words = [called(known[part], part) if part in known else spaced(part)
             for part in between if part not in ("kinds", "obligations", "default")]  # fmt: skip
    return "".join(f"{word}, " for word in words)
