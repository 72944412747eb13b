"""Which numbers of a scenario anything takes: those of the parameter slots that a rule can come to read.

A number that nothing takes moves nothing, so whoever sweeps it would be told "no difference" as if that were a finding.
What is taken is read off the plan: the slots to which its obligations, parties, groups, talks, incidents and shocks
point. A number of the deal is taken if the plan is another one with another value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

import numpy as np

from sim.document.dates import written_due
from sim.document.scenario import ResolvedScenario
from sim.document.values import written_duration
from sim.plan.codes import N_PARTIES, NONE, Effect, Kind
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.reading.paths import exists, known, look_up, split
from sim.reading.posterior import taken_columns
from sim.reading.problem import DocumentError, Fault, Path, Place, dotted, refuse
from sim.reading.resolve import NO_SETTINGS, Documents
from sim.reading.upgrade import path_upgraded

Array = np.ndarray[Any, Any]
Resolve = Callable[[Mapping[str, Any]], ResolvedScenario]
MOST_NAMED = 4


def taken_paths(plan: Plan) -> frozenset[str]:
    """Paths below `behaviour` of the numbers that a rule can come to read.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    frozenset of str
        Some of `plan.parameter_paths`.
    """
    return frozenset(plan.parameter_paths[slot] for slot in _slots_read(plan))


def _slots_read(plan: Plan) -> set[int]:
    readers = (
        _by_obligations, _by_parties, _by_people, _by_talks, _by_incidents_and_shocks, _by_powers, _by_mediators,
    )  # fmt: skip
    slots = {int(slot) for reader in readers for found in reader(plan.record[0]) for slot in np.atleast_1d(found)}
    return slots - {NONE}


def _owed(p: Any) -> tuple[Array, Array, Array]:
    """Kind, debtor and creditor of each obligation."""
    n = p["n_obligations"]
    return p["kind"][:n], p["debtor"][:n], p["creditor"][:n]


def _may_be_disputed(p: Any) -> Array:
    """Obligations over which a party can complain."""
    _, _, creditor = _owed(p)
    disputed: Array = (p["may_be_disputed"][: len(creditor)] == 1) & (creditor < N_PARTIES)
    return disputed


def _fields(p: Any, mask: Array, *names: str) -> Iterator[Array]:
    for name in names:
        yield p[name][: len(mask)][mask]


def _times(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}_{end}" for name in names for end in ("median", "p95"))


def _by_obligations(p: Any) -> Iterator[Array]:
    kind, _, _ = _owed(p)
    is_talks, is_flow = kind == Kind.TALKS, kind == Kind.FLOW
    in_units = ~is_talks & ~is_flow & (p["hands_over"][: len(kind)] == 0) & (p["owed"][: len(kind)] > 1)
    yield from _fields(p, ~is_talks, "late", "refused")
    yield from _fields(p, ~is_talks & ~is_flow, *_times("delay"))
    yield from _fields(p, is_flow | in_units, "level")
    yield from _fields(p, in_units, "short")
    yield from _fields(p, p["next_release"][: len(kind)] != NONE, "ahead")
    yield from _fields(p, _may_be_disputed(p), "settles", *_times("attempt"))


def _by_parties(p: Any) -> Iterator[Array]:
    """Whoever is owed something complains; whoever owes the complained-of party may hold back; parties may leave."""
    kind, debtor, creditor = _owed(p)
    actors = np.arange(p["n_actors"])
    is_party = actors < N_PARTIES
    complains = np.isin(actors, creditor[_may_be_disputed(p)])
    owes_other = np.isin(
        actors, debtor[(debtor < N_PARTIES) & (creditor == _counterparts(debtor)) & (kind != Kind.TALKS)]
    )
    yield from _fields(p, complains, "complains", *_times("tolerance", "patience", "suspends"))
    yield from _fields(p, complains & owes_other, "withholds", *_times("latency"))
    yield from _fields(p, _may_suspend(p), "restores")
    if (p["then"][: p["n_phases"]] != NONE).any():
        yield from _fields(p, is_party, "leaves_after_lapse", *_times("leave"))
    after_phase = p["leaves_after_phase"][:N_PARTIES, : p["n_phases"]]
    yield after_phase.ravel()
    leaves = np.append((after_phase != NONE).any(axis=1), np.zeros(len(actors) - N_PARTIES, bool))
    yield from _fields(p, leaves, *_times("leave"))
    yield from _fields(p, np.isin(actors, _answers(p)), "responds_minor", "responds_major", "strain", "strain_memory")
    yield from _fields(p, np.isin(actors, _answers(p)), *_times("response"))
    hands_over, returns = p["hands_over"][: len(kind)] == 1, kind == Kind.RETURN
    yield from _fields(p, np.isin(actors, debtor[hands_over & ~returns]), "capacity_release")
    yield from _fields(p, np.isin(actors, debtor[hands_over & returns]), "capacity_return")


def _counterparts(parties: Array) -> Array:
    """The other party of each, as `sim.rules.sides` has it."""
    others: Array = 1 - parties
    return others


def _answers(p: Any) -> Array:
    """Parties whose other side causes incidents."""
    return _counterparts(p["source_party"][: p["n_sources"]])


def _may_suspend(p: Any) -> Array:
    """Actors over whose suspension of the truce it is drawn whether it comes back."""
    _, _, creditor = _owed(p)
    shocks = slice(0, p["n_shocks"])
    by_shock = p["shock_party"][shocks][p["effect"][shocks] == Effect.SUSPENDS_TRUCE]
    return np.isin(np.arange(p["n_actors"]), np.concatenate([creditor[_may_be_disputed(p)], _answers(p), by_shock]))


def _by_people(p: Any) -> Iterator[Array]:
    """People who are owed are looked for, and their holders reached; those who are held may die."""
    groups = np.arange(p["n_groups"])
    is_owed = np.isin(groups, p["entry_group"][: p["n_entries"]])
    is_searched = is_owed & (p["is_searched"][: len(groups)] == 1)
    yield from _fields(p, is_searched, "found", *_times("search"))
    yield from _fields(p, is_searched & (p["is_deceased"][: len(groups)] == 1), "misidentified")
    mortal = np.isin(groups, p["mortal"][: p["n_mortal"]])
    yield from _fields(p, mortal, "deaths_per_day", "deaths_without_truce")
    actors = np.arange(p["n_actors"])
    holds = np.isin(actors, p["holder"][: len(groups)][is_owed]) & (p["contacted"][: len(actors)] != NONE)
    yield from _fields(p, holds, "contacted", *_times("contact"))


def _by_talks(p: Any) -> Iterator[Array]:
    topics = np.ones(p["n_topics"], bool)
    hazard = p["has_hazard"][: len(topics)] == 1
    has_deadline = p["deadline_kind"][: len(topics)] != NONE
    yield from _fields(p, topics, "talks_fail", "talks_never", "breaks_per_day", *_times("opens_delay"))
    yield from _fields(p, hazard, "agrees_per_day")
    yield from _fields(p, hazard & has_deadline, "near_deadline", "near_factor", "after_factor")
    yield from _fields(p, p["resumes"][: len(topics)] == 1, *_times("resume"))


def _by_incidents_and_shocks(p: Any) -> Iterator[Array]:
    sources = np.ones(p["n_sources"], bool)
    yield from _fields(p, sources, "per_day", "initial", "branching", "decay", "major", "without_truce")
    if p["n_topics"]:
        yield from _fields(p, sources, "breaks_off_talks")
    shocks = np.arange(p["n_shocks"])
    yield from _fields(p, shocks >= 0, "shock_chance")
    yield from _fields(p, p["shock_at_kind"][: len(shocks)] == NONE, "shock_per_day")
    yield from _fields(p, p["effect"][: len(shocks)] == Effect.SUSPENDS_TRUCE, *_times("shock"))


def _by_powers(p: Any) -> Iterator[Array]:
    yield from _fields(p, np.ones(p["n_powers"], bool), *_times("power"), "power_used")


def _by_mediators(p: Any) -> Iterator[Array]:
    kind, _, _ = _owed(p)
    shocks = p["effect"][: p["n_shocks"]]
    redates = np.isin(shocks, (Effect.REDATES_ALL, Effect.SETTLES_ALL)).any()
    disputed = _may_be_disputed(p)
    if disputed.any() or redates:
        yield p["lag_median"]
        yield p["lag_p95"]
    if (disputed & (kind == Kind.FLOW)).any() or (redates and (kind == Kind.FLOW).any()):
        yield p["flows_to"]
    if _may_suspend(p).any():
        yield p["guarantors_restore"]
    if disputed.any() or _may_suspend(p).any():
        yield p["pressure_half_life"][: p["n_pressures"]]
        yield p["pressure"][: p["n_pressures"]].ravel()


# ---------------------------------------------------------------- what a document or a command gives


def untaken(scenario: ResolvedScenario, settings: Mapping[str, Any], resolve: Resolve | None = None) -> list[Fault]:
    """Numbers that a scenario or a command gives and nothing takes: uncertain ones, shifts by shocks, settings.

    Parameters
    ----------
    scenario : ResolvedScenario
        Sound, with these settings.
    settings : mapping
        Values by path, as `--set` takes them; of axes any of their values.
    resolve : callable, optional
        The scenario with other settings; without it, settings of the deal are not judged.

    Returns
    -------
    list of Fault
        With paths into the scenario.
    """
    return [*untaken_in_document(scenario), *untaken_settings(scenario, settings, resolve).values()]


def untaken_in_document(scenario: ResolvedScenario) -> list[Fault]:
    """Uncertain numbers and shifts by shocks that lie on numbers which nothing takes.

    Parameters
    ----------
    scenario : ResolvedScenario
        Sound.

    Returns
    -------
    list of Fault
        With paths into the scenario.
    """
    shocks = {key: shock for key, shock in scenario.behaviour.shocks.items() if shock.effect == "shifts"}
    columns = taken_columns(scenario)
    if scenario.scripted is not None or not (shocks or scenario.uncertain or columns):
        return []
    taken = taken_paths(compile_plan(_without_paths(scenario)))
    given: list[tuple[Path, str]] = [(("uncertain", path), path) for path in scenario.uncertain]
    given += [(("posterior",), path) for path in columns if path not in scenario.uncertain]
    given += [(("behaviour", "shocks", key, "path"), str(shock.path)) for key, shock in shocks.items()]
    return [_untaken(at, path, taken) for at, path in given if path.removeprefix("behaviour.") not in taken]


def _without_paths(scenario: ResolvedScenario) -> ResolvedScenario:
    """The scenario without what names a slot by its path, which would be refused first."""
    shocks = {
        key: shock.model_copy(update={"effect": "settles_all"}) if shock.effect == "shifts" else shock
        for key, shock in scenario.behaviour.shocks.items()
    }
    behaviour = scenario.behaviour.model_copy(update={"shocks": shocks})
    return scenario.model_copy(update={"behaviour": behaviour, "uncertain": {}, "posterior": None})


def _untaken(at: Path, text: str, taken: Iterable[str]) -> Fault:
    path = text.removeprefix("behaviour.")
    return Fault(at, "taken-by-nothing", f"nothing in this scenario takes {path}", _instead(path, taken), text)


def _instead(path: str, taken: Iterable[str]) -> str:
    """Numbers of the same name that are taken: of the same party, talks or source first."""
    parts = path.split(".")
    same = [other for other in taken if other.split(".")[-1] == parts[-1]]
    if not same and len(parts) > 1:
        same = [other for other in taken if other.split(".")[-2:-1] == parts[-1:]]

    def far(other: str) -> tuple[int, int]:
        shared = next((i for i, (a, b) in enumerate(zip(parts, other.split("."), strict=False)) if a != b), len(parts))
        return -shared, len(other)

    named = sorted(same, key=lambda other: (far(other), other))[:MOST_NAMED]
    return f"taken are, for instance, {', '.join(named)}" if named else "no number of this name is taken"


def untaken_settings(
    scenario: ResolvedScenario, settings: Mapping[str, Any], resolve: Resolve | None = None
) -> dict[str, Fault]:
    """Settings of numbers that nothing takes, by path, as in `untaken`."""
    if not settings:
        return {}
    whole, plan, found = _whole(scenario), compile_plan(_without_paths(scenario)), {}
    taken = taken_paths(plan) if scenario.scripted is None else frozenset()
    for text in settings:
        path = known(whole, split(path_upgraded(text)))
        numbers = [leaf for leaf, value in _leaves(whole, path) if _is_number(value)]
        if path[0] == "behaviour" and scenario.scripted is None:
            is_taken = any(_is_taken(leaf, scenario, taken) for leaf in numbers)
        else:
            is_taken = resolve is None or _changes_plan(whole, plan, text, settings, resolve)
        if numbers and not is_taken:
            found[text] = _untaken(path, text, taken)
    return found


def _whole(scenario: ResolvedScenario) -> dict[str, Any]:
    return scenario.model_dump(mode="json", by_alias=True, include={"deal", "behaviour", "horizon"})


def _leaves(whole: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """What stands at or below a path; nothing where it is left out."""
    if not exists(whole, path):
        return
    value = look_up(whole, path)
    if not isinstance(value, (dict, list)):
        yield path, value
        return
    for key in value if isinstance(value, dict) else range(len(value)):
        yield from _leaves(whole, (*path, key))


def _is_number(value: Any) -> bool:
    """Numbers, durations and dates; words and truth values are none."""
    if isinstance(value, str):
        due = written_due(value)
        return written_duration(value) is not None or (due is not None and due.is_dated)
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_taken(leaf: Path, scenario: ResolvedScenario, taken: frozenset[str]) -> bool:
    """Whether a number of the behaviour is in a slot that is read, or in none and so part of the plan itself."""
    if dotted(leaf[1:]) in taken:
        return True
    if leaf[1] == "shocks" and leaf[-1] == "to":
        return scenario.behaviour.shocks[str(leaf[2])].effect == "shifts"
    return leaf[-1] in ("opens", "starts", "ends", "at")


def _changes_plan(whole: Any, plan: Plan, text: str, settings: Mapping[str, Any], resolve: Resolve) -> bool:
    """Whether the plan is another one without a setting that says something new."""
    try:
        before = resolve({path: value for path, value in settings.items() if path != text})
    except DocumentError:
        return True  # the other settings need it
    return _whole(before) == whole or not same_plan(compile_plan(_without_paths(before)), plan)


def untaken_axis(path: str, values: Sequence[Any], settings: Mapping[str, Any], resolve: Resolve) -> Fault | None:
    """The fault of an axis that nothing takes: no number that is read, or the same plan with each of its values.

    Parameters
    ----------
    path : str
    values : sequence
        As a document takes them.
    settings : mapping
        All else that is set, the other axes at one of their values among it.
    resolve : callable
        The scenario with settings.
    """
    cells = [resolve({**settings, path: value}) for value in dict.fromkeys(values)]
    if path.startswith("behaviour.") and cells[0].scripted is None:
        return untaken_settings(cells[0], {path: values[0]}).get(path)
    plans = [compile_plan(_without_paths(cell)) for cell in cells]
    if len(plans) == 1 or not all(same_plan(plans[0], plan) for plan in plans[1:]):
        return None
    return _untaken(split(path), path, ())


def same_plan(one: Plan, other: Plan) -> bool:
    """Whether two plans make the same histories: equal but for numbers that no rule reads.

    Parameters
    ----------
    one, other : Plan
    """
    mine, theirs = _effective(one), _effective(other)
    return all(np.array_equal(mine[name], theirs[name]) for name in mine.dtype.names or ())


def _effective(plan: Plan) -> Any:
    """The plan's record without the numbers that no rule reads, and without how many there are."""
    record = plan.record.copy()
    read = _slots_read(plan)
    unread = [slot for slot in range(len(plan.parameter_paths)) if slot not in read]
    record["parameter"][0, unread] = 0.0
    return record


# ---------------------------------------------------------------- refused


def resolve_taken(names: Sequence[str | FilePath], settings: Mapping[str, Any] = NO_SETTINGS) -> list[ResolvedScenario]:
    """Scenarios with settings, each of which at least one of them takes.

    Parameters
    ----------
    names : sequence of str or Path
        Of the catalogue, or files.
    settings : mapping, optional
        Values by path, as `--set` takes them.

    Returns
    -------
    list of ResolvedScenario

    Raises
    ------
    DocumentError
        With all problems of the documents; or with the settings, uncertain numbers and shifts that nothing takes.
    """
    resolved, refused = [], []
    for name in names:
        documents = Documents.of(name)
        resolved.append(documents.resolve(settings, also=lambda scenario, _settings, _: untaken_in_document(scenario)))
        refused.append(untaken_settings(resolved[-1], settings, documents.resolve))
    everywhere = [text for text in settings if all(text in found for found in refused)]
    lines = {text: line for line, text in enumerate(settings, 1)}
    refuse(refused[0][text].at(Place("--set", lines[text])) for text in everywhere)
    return resolved
