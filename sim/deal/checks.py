"""The rules of a deal and of behaviour that need several fields at once. Every rule yields faults and goes on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sim.deal.bounds import check_bounds
from sim.deal.document import (
    Asked,
    Claim,
    Condition,
    Deal,
    Guarantee,
    Minutes,
    Obligation,
    Part,
    ResolvedScenario,
    Scripted,
    Shock,
    parse_duration,
)
from sim.deal.expectation import parse_expectation
from sim.deal.measured import BY_DAY, quantities
from sim.deal.paths import NoSuchPathError, known, look_up, split
from sim.deal.problem import Fault, Path, nearest
from sim.deal.reach import Reach, check_lines, check_reach

# What each kind needs; a tuple within means: one of these.
MEASURES: dict[str, tuple[str | tuple[str, ...], ...]] = {
    "release": ("amount",),
    "return": (("amount", "ratio"),),
    "withdrawal": ("to_line",),
    "flow": (("each_day", "on_exchange_days"),),
    "talks": ("topic",),
}
# Fields that only these kinds have.
OWN_FIELDS = {
    "amount": ("release", "return"),
    "ratio": ("return",),
    "for_each": ("return",),
    "to_line": ("withdrawal",),
    "each_day": ("flow",),
    "on_exchange_days": ("flow",),
    "until": ("flow",),
    "topic": ("talks",),
    "starts_by": ("talks",),
    "concludes_by": ("talks",),
}


def check_deal(deal: Deal) -> Iterator[Fault]:
    """Everything that is wrong with a deal on its own.

    Parameters
    ----------
    deal : Deal
        As written.

    Yields
    ------
    Fault
        With a path into the deal.
    """
    yield from _check_names(deal)
    yield from _check_short_titles(deal)
    yield from _check_sources(deal)
    for key, obligation in deal.obligations.items():
        yield from _check_obligation(deal, key, obligation)
    for path, condition in conditions(deal):
        yield from _check_condition(deal, path, condition)
    yield from _check_counts(deal)
    reach = Reach(deal)
    yield from _check_owed(reach)
    yield from check_lines(reach)
    yield from check_reach(reach)


def _unknown(
    path: Path, what: str, word: str, words: Iterable[str], code: str = "unknown-reference"
) -> Iterator[Fault]:
    """A fault if the word is none of the words."""
    allowed = list(words)
    if word not in allowed:
        yield Fault(path, code, f"there is no {what} '{word}'", nearest(word, allowed), word)


def actors(deal: Deal) -> list[str]:
    """Everybody who may owe something: parties, mediators, third states and bodies."""
    return [*deal.parties, *deal.mediators, *deal.others]


def topics(deal: Deal) -> list[str]:
    """What the deal's talks are about."""
    return [obligation.topic for obligation in deal.obligations.values() if obligation.topic is not None]


def _check_names(deal: Deal) -> Iterator[Fault]:
    owners: dict[str, str] = {}
    for part in ("parties", "holders", "mediators", "others"):
        for key in getattr(deal, part):
            if key in owners:
                yield Fault((part, key), "name-used-twice", f"'{key}' is already one of the {owners[key]}", value=key)
            owners[key] = part
    for key, holder in deal.holders.items():
        yield from _unknown(("holders", key, "answers_to"), "party", holder.answers_to, deal.parties)
    for key, group in deal.groups.items():
        yield from _unknown(
            ("groups", key, "held_by"), "party or holder", group.held_by, [*deal.parties, *deal.holders]
        )
    for key, phase in deal.phases.items():
        if phase.then is not None:
            yield from _unknown(("phases", key, "then"), "phase", phase.then, deal.phases)
    for key, right in deal.rights.items():
        yield from _unknown(("rights", key, "by"), "party", right.by, deal.parties)
        for claimant in right.claimed_by or ():
            yield from _unknown(("rights", key, "claimed_by"), "party or body", claimant, actors(deal))


# ---------------------------------------------------------------- titles


def _check_short_titles(deal: Deal) -> Iterator[Fault]:
    """Two parts of one kind under one short title could not be told apart in a table."""
    for part in ("groups", "holders", "lines", "phases", "obligations"):
        before: dict[str, str] = {}
        for key, item in getattr(deal, part).items():
            if item.short_title is None:
                continue
            other = before.setdefault(item.short_title, key)
            if other != key:
                message, hint = f"'{other}' has this short title too", "say in what they differ"
                yield Fault((part, key, "short_title"), "same-title", message, hint, item.short_title)


# ---------------------------------------------------------------- sources


def _check_sources(deal: Deal) -> Iterator[Fault]:
    for part in ("groups", "phases", "obligations"):
        for key, item in getattr(deal, part).items():
            if not (item.source or item.assumption):
                yield _unsourced((part, key))
    for key, line in deal.lines.items():
        if line.share_held is not None and not (line.source or line.assumption):
            yield _unsourced(("lines", key))
    for part in ("groups", "holders", "lines", "phases", "obligations", "rights", "guarantees", "milestones"):
        for key, item in (getattr(deal, part) or {}).items():
            for source in item.source or ():
                yield from _unknown((part, key, "source"), "source", source, deal.sources, "unknown-source")


def _unsourced(path: Path) -> Fault:
    return Fault(path, "unsourced", "has neither source nor assumption", "name a source, or say why this value")


def check_sources_given(scenario: Mapping[str, Any]) -> Iterator[Fault]:
    """Parts of a scenario as written that set numbers and say nowhere where these come from.

    Parameters
    ----------
    scenario : mapping
        What was written of it, in its regular form.
    """
    yield from _sourced_below(scenario.get("behaviour", {}), ("behaviour",))
    for key, distribution in scenario.get("uncertain", {}).items():
        yield from _sourced_below(distribution, ("uncertain", key))


_DATED = re.compile(r"(?:phase )?day -?\d+.*|.* after gate")


def _sets_number(value: Any) -> bool:
    if isinstance(value, list):
        return any(_sets_number(item) for item in value)
    if isinstance(value, str):
        return bool(_DATED.fullmatch(value)) or isinstance(_duration_or_text(value), int)
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _duration_or_text(text: str) -> Any:
    try:
        return parse_duration(text)
    except ValueError:
        return text


def _sourced_below(block: Any, path: Path) -> Iterator[Fault]:
    """The outermost blocks that set a number of their own and are not covered; a time counts as a number."""
    if not isinstance(block, dict) or block.get("source") or block.get("assumption"):
        return
    values = [value for key, value in block.items() if key not in ("source", "assumption", "note", "title")]
    if any(_sets_number(value) or _is_bare_delay(value) for value in values):
        yield _unsourced(path)
        return
    for key, value in block.items():
        yield from _sourced_below(value, (*path, key))


def _is_bare_delay(value: Any) -> bool:
    return isinstance(value, dict) and "median" in value and not (value.get("source") or value.get("assumption"))


# ---------------------------------------------------------------- obligations


def _check_obligation(deal: Deal, key: str, obligation: Obligation) -> Iterator[Fault]:
    at: Path = ("obligations", key)
    yield from _unknown((*at, "by"), "party or body", obligation.by, actors(deal))
    if obligation.to is not None:
        yield from _unknown((*at, "to"), "party or body", obligation.to, actors(deal))
        if obligation.to == obligation.by:
            yield Fault((*at, "to"), "owed-to-itself", "nobody owes something to itself", value=obligation.to)
    if obligation.phase is not None:
        yield from _unknown((*at, "phase"), "phase", obligation.phase, deal.phases)
    yield from _check_measure(at, obligation)
    if obligation.to_line is not None:
        yield from _unknown((*at, "to_line"), "line", obligation.to_line, deal.lines)
    for group in obligation.amount:
        yield from _check_held(deal, (*at, "amount", group), group, obligation)
    for group, owed in obligation.ratio.items():
        yield from _unknown((*at, "ratio", group), "group", group, deal.groups, "unknown-group")
        for prisoners in owed:
            yield from _check_held(deal, (*at, "ratio", group, prisoners), prisoners, obligation)
    yield from _check_for_each(deal, at, obligation)


def _check_measure(at: Path, obligation: Obligation) -> Iterator[Fault]:
    kind = obligation.kind
    for needed in MEASURES.get(kind, ()):
        names = (needed,) if isinstance(needed, str) else needed
        if not any(getattr(obligation, name) for name in names):
            yield Fault(at, "missing-measure", f"a {kind} needs {' or '.join(names)}", value=kind)
    for name, kinds in OWN_FIELDS.items():
        if kind not in kinds and getattr(obligation, name):
            hint = f"only a {' or '.join(kinds)} has it"
            yield Fault((*at, name), "foreign-measure", f"a {kind} has no {name}", hint, name)
    if obligation.accepted_from < 1 and not obligation.units:
        hint = "give its units, or let what waits for it ask for a share"
        yield Fault((*at, "accepted_from"), "foreign-measure", f"this {kind} is not counted in units", hint)
    if obligation.unit is not None and obligation.units is None:
        hint = "give its units, or leave out 'unit'"
        yield Fault((*at, "unit"), "foreign-measure", f"this {kind} is not counted in units", hint, obligation.unit)
    if kind == "return" and bool(obligation.ratio) != (obligation.for_each is not None):
        yield Fault(at, "missing-measure", "ratio and for_each go together", "give both, or a plain amount")
    if obligation.due == "same day" and obligation.for_each is None:
        hint = "only a return with for_each has it"
        yield Fault((*at, "due"), "same-day-without-release", "'same day' needs a release to follow", hint, "same day")


def _check_held(deal: Deal, path: Path, group: str, obligation: Obligation) -> Iterator[Fault]:
    """A group can be handed over by who holds it, or by the party that its holder answers to."""
    if group not in deal.groups:
        yield from _unknown(path, "group", group, deal.groups, "unknown-group")
        return
    holder = deal.groups[group].held_by
    answers_to = deal.holders[holder].answers_to if holder in deal.holders else holder
    if obligation.by not in (holder, answers_to):
        message = f"{group} is held by {holder}, not by {obligation.by}"
        yield Fault(path, "not-held-by-debtor", message, f"owed by {answers_to}?", group)


def _check_for_each(deal: Deal, at: Path, obligation: Obligation) -> Iterator[Fault]:
    if isinstance(obligation.for_each, list):
        releases = [key for key, other in deal.obligations.items() if other.kind == "release"]
        for place, name in enumerate(obligation.for_each):
            yield from _unknown((*at, "for_each", place), "release", name, releases)


def _check_counts(deal: Deal) -> Iterator[Fault]:
    """No group hands over more people than it has, in one batch or in all together."""
    used: dict[str, int] = {}
    for key, obligation in deal.obligations.items():
        for group, count in obligation.amount.items():
            if group not in deal.groups:
                continue
            before, available = used.get(group, 0), deal.groups[group].count
            used[group] = before + count
            if before <= available < before + count:
                together = f" after {before} in earlier batches" if before else ""
                message = f"{count} of {group}{together}, which has {available}"
                yield Fault(("obligations", key, "amount", group), "batch-exceeds-group", message, value=count)


def _check_owed(reach: Reach) -> Iterator[Fault]:
    """A warning where the ratios owe more people than a group has: no more than all of them can come home."""
    for group, held in reach.deal.groups.items():
        owed = [(key, number) for key, name, number in reach.handed_over if name == group]
        total = round(sum(number for _, number in owed))
        by_ratio = [key for key, _ in owed if reach.deal.obligations[key].ratio]
        if by_ratio and total > held.count:
            message = f"{total} of {group} owed in all, which has {held.count}"
            yield Fault(("obligations", by_ratio[0]), "return-exceeds-group", message, severity="warning")


# ---------------------------------------------------------------- conditions


def conditions(deal: Deal) -> Iterator[tuple[Path, Asked]]:
    """Every condition of a deal with its path, those within an `any` included."""
    for key, phase in deal.phases.items():
        yield from _gate(("phases", key, "enters_when"), phase.enters_when)
        yield from _gate(("phases", key, "continues_while"), phase.continues_while)
    for key, obligation in deal.obligations.items():
        yield from _gate(("obligations", key, "after"), obligation.after)
    for key, right in deal.rights.items():
        yield from _gate(("rights", key, "after"), right.after)
    yield from _guarantee_conditions(deal.guarantees)
    for key, milestone in (deal.milestones or {}).items():
        yield from _gate(("milestones", key, "when"), milestone.when)


def behaviour_conditions(resolved: ResolvedScenario) -> Iterator[tuple[Path, Asked]]:
    """Every condition that a scenario adds to those of its deal, with its path."""
    yield from _guarantee_conditions(resolved.guarantees)
    for key, party in resolved.behaviour.parties.items():
        yield from _gate(("behaviour", "parties", key, "leaves", "unless"), party.leaves.unless)


def _guarantee_conditions(guarantees: Mapping[str, Guarantee]) -> Iterator[tuple[Path, Claim]]:
    for key, guarantee in guarantees.items():
        at: Path = ("guarantees", key)
        yield from _gate((*at, "never"), guarantee.never or [])
        yield from _gate((*at, "always"), guarantee.always or [])
        yield from _gate((*at, "precedes"), list(guarantee.precedes or ()))
        if guarantee.responds is not None:
            yield from _gate((*at, "responds", "to"), guarantee.responds.to)
            yield from _gate((*at, "responds", "with"), guarantee.responds.with_)


Anything = TypeVar("Anything", Condition, Claim)


def _gate(path: Path, gate: list[Anything]) -> Iterator[tuple[Path, Anything]]:
    for place, condition in enumerate(gate):
        yield (*path, place), condition
        yield from _gate((*path, place, "any"), condition.any or [])


def _check_condition(deal: Deal, path: Path, condition: Asked) -> Iterator[Fault]:
    if condition.obligation is not None:
        yield from _unknown((*path, "obligation"), "obligation", condition.obligation, deal.obligations)
        yield from _check_share(deal, path, condition)
    for count in ("released", "held", "in_transit"):
        counted = getattr(condition, count, None)
        for group in counted if isinstance(counted, dict) else ():
            yield from _unknown((*path, count, group), "group", group, deal.groups, "unknown-group")
    if condition.line is not None:
        yield from _unknown((*path, "line"), "line", condition.line, deal.lines)
    if condition.by is not None:
        yield from _unknown((*path, "by"), "party", condition.by, deal.parties)
    if condition.talks is not None:
        yield from _unknown(
            (*path, "talks"), "talks obligation on", condition.talks, topics(deal), "topic-without-talks"
        )
    if condition.phase is not None:
        yield from _unknown((*path, "phase"), "phase", condition.phase, deal.phases)


def _check_share(deal: Deal, path: Path, condition: Asked) -> Iterator[Fault]:
    """A part can be delivered of people, units and flows only; anything else is done or not."""
    obligation = deal.obligations.get(str(condition.obligation))
    if obligation is None or condition.share in (None, 1.0):
        return
    if obligation.kind not in ("release", "return", "flow") and obligation.units is None:
        message = f"nothing of '{condition.obligation}' is counted, so no share of it can be delivered"
        hint = f"leave out 'share' to wait until it is done, or give '{condition.obligation}' its 'units'"
        yield Fault((*path, "share"), "share-of-nothing-counted", message, hint, condition.share)


# ---------------------------------------------------------------- behaviour


def check_behaviour(resolved: ResolvedScenario, *, is_sound: bool = True) -> Iterator[Fault]:
    """What a scenario says of parties, groups, talks, paths and sources that do not exist.

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
    deal, behaviour = resolved.deal, resolved.behaviour
    everybody = [*actors(deal), *deal.holders]
    yield from _check_parties(resolved, everybody)
    tables: list[tuple[str, Iterable[str], str, Iterable[str], str]] = [
        ("holders", behaviour.holders, "holder", deal.holders, "unknown-reference"),
        ("search", behaviour.search, "group", deal.groups, "unknown-group"),
        (
            "deaths",
            behaviour.deaths,
            "group, party or holder",
            [*deal.groups, *deal.parties, *deal.holders],
            "unknown-group",
        ),
        ("talks", behaviour.talks, "talks obligation on", topics(deal), "topic-without-talks"),
    ]
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
    for path, condition in _guarantee_conditions(resolved.guarantees):
        yield from _check_condition(deal, path, condition)
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


def _check_script(resolved: ResolvedScenario) -> Iterator[Fault]:
    """What a script names that does not exist, and decisions that it names twice."""
    deal, shocks = resolved.deal, resolved.behaviour.shocks
    allowed: dict[str, tuple[str, Iterable[str], str]] = {
        "talks": ("talks obligation on", topics(deal), "topic-without-talks"),
        "incident": ("party", deal.parties, "unknown-reference"),
        "answer": ("party", deal.parties, "unknown-reference"),
        "shock": ("shock", shocks, "unknown-reference"),
        "aftermath": ("shock", shocks, "unknown-reference"),
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


def instance_names(deal: Deal) -> list[str]:
    """Names of everything that is owed one by one: obligations, and each return owed for a release."""
    names = []
    for key, obligation in deal.obligations.items():
        each = releases_of(deal, obligation) if obligation.ratio else []
        names.extend([f"{key}.{release}" for release in each] if obligation.ratio else [key])
    return names


def releases_of(deal: Deal, obligation: Obligation) -> list[str]:
    """The releases for which a return is owed: those named, else those that move a group of its ratio."""
    if isinstance(obligation.for_each, list):
        return obligation.for_each
    return [
        key
        for key, other in deal.obligations.items()
        if other.kind == "release" and not other.ratio and set(other.amount) & set(obligation.ratio)
    ]


def _check_expectation(resolved: ResolvedScenario, at: Path, text: str) -> Iterator[Fault]:
    expected = parse_expectation(text)
    asked, names = expected.happening, quantities(resolved.deal)
    if asked is None:
        yield from _unknown(at, "outcome", expected.mean_of, names, "unknown-outcome")
    elif asked.violates:
        declared = [*resolved.deal.guarantees, *resolved.guarantees]
        yield from _unknown(at, "guarantee", asked.violates, declared)
    elif asked.day is not None:
        if asked.outcome not in BY_DAY:
            hint = nearest(asked.outcome, BY_DAY)
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
            if release:
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
    if shock.group is not None:
        yield from _unknown((*at, "group"), "group", shock.group, deal.groups, "unknown-group")


def _check_paths(resolved: ResolvedScenario) -> Iterator[Fault]:
    """Paths that lead nowhere in the whole scenario, every default written out, and numbers that are none."""
    whole = resolved.model_dump(mode="json", by_alias=True, include={"deal", "behaviour", "horizon"})
    for text, uncertain in resolved.uncertain.items():
        found = list(_check_number(("uncertain", text), whole, text))
        yield from found or _check_units(("uncertain", text), whole, text, uncertain.values, uncertain.beta is not None)
        if uncertain.moves_with is not None:
            yield from _check_moves_with(resolved, text, uncertain.moves_with)
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
