"""Talks, mediators, incidents and shocks: what may happen beside what is owed."""

from __future__ import annotations

from typing import Any

from sim.document.behaviour import NO_TIME, Behaviour, Mediation, Pressure, Shock, TalksBehaviour
from sim.document.deal import Deal, Obligation
from sim.document.kinds import Kind
from sim.plan.calendar import Calendar
from sim.plan.codes import NEVER, NONE, DueKind, Effect
from sim.plan.draws import decision_key
from sim.plan.names import Names
from sim.plan.obligations import opening_of
from sim.plan.slots import Slots


def fill_talks(p: Any, behaviour: Behaviour, names: Names, calendar: Calendar, slots: Slots) -> None:
    """When talks open and end, and how they go."""
    for o, instance in enumerate(names.instances):
        obligation = instance.obligation
        if obligation.kind != "talks" or obligation.topic is None:
            continue
        t, path = names.topics[obligation.topic], f"talks.{obligation.topic}"
        talks = behaviour.talks.get(obligation.topic, TalksBehaviour())
        p["talks_obligation"][t] = o
        fill_opening(p, t, obligation, behaviour, calendar)
        _fill_course(p, t, path, talks, slots)
        p["key_opens"][t] = decision_key(f"opens {obligation.topic}")
        p["key_agrees"][t] = decision_key(f"agrees {obligation.topic}")


def fill_opening(p: Any, t: int, obligation: Obligation, behaviour: Behaviour, calendar: Calendar) -> None:
    """When talks open, and by when they are to agree."""
    p["opens_kind"][t], p["opens_offset"][t] = calendar.date(opening_of(obligation, behaviour))
    p["deadline_kind"][t] = NONE
    if obligation.concludes_by is not None:
        p["deadline_kind"][t], p["deadline_offset"][t] = calendar.date(obligation.concludes_by)


def _fill_course(p: Any, t: int, path: str, talks: TalksBehaviour, slots: Slots) -> None:
    p["opens_delay_median"][t], p["opens_delay_p95"][t] = slots.delay(f"{path}.delay", talks.delay)
    p["talks_never"][t] = slots.at(f"{path}.never", talks.never)
    p["talks_fail"][t] = slots.at(f"{path}.fails", talks.fails)
    p["has_hazard"][t] = talks.agrees_per_day is not None
    p["agrees_per_day"][t] = slots.at(f"{path}.agrees_per_day", talks.agrees_per_day or 0.0)
    p["near_deadline"][t] = slots.at(f"{path}.near_deadline", talks.near_deadline)
    p["near_factor"][t] = slots.at(f"{path}.near_deadline_factor", talks.near_deadline_factor)
    p["after_factor"][t] = slots.at(f"{path}.after_deadline_factor", talks.after_deadline_factor)
    p["breaks_per_day"][t] = slots.at(f"{path}.breaks_off_per_day", talks.breaks_off_per_day)
    p["resumes"][t] = talks.resumes is not None
    if talks.resumes is not None:
        p["resume_median"][t], p["resume_p95"][t] = slots.delay(f"{path}.resumes", talks.resumes)


def fill_mediation(p: Any, deal: Deal, behaviour: Behaviour, names: Names, calendar: Calendar, slots: Slots) -> None:
    """What mediators settle and how fast, what a settlement moves, and who can press whom."""
    mediation = behaviour.mediators
    p["flows_to"] = slots.at("mediators.flows_to", mediation.flows_to)
    slots.at("mediators.settles", mediation.settles)
    slots.delay("mediators.attempt", mediation.attempt)
    for o, instance in enumerate(names.instances):
        _fill_settling(p, o, instance.obligation.kind, mediation, slots)
    p["lag_median"], p["lag_p95"] = slots.delay("mediators.lag", mediation.lag)
    p["redates_all"] = mediation.redates == "all_open"
    p["excuses"] = mediation.cannot_be_done == "excused"
    p["settles_with_truce"] = NONE
    if mediation.settles_with_truce is not None:
        p["settles_with_truce"] = slots.at("mediators.settles_with_truce", mediation.settles_with_truce)
    p["guarantors_restore"] = slots.at("guarantors.restores", behaviour.guarantors.restores)
    p["n_pressures"] = len(mediation.pressure)
    for m, (mediator, pressure) in enumerate(mediation.pressure.items()):
        path = f"mediators.pressure.{mediator}"
        _fill_pressure(p, m, path, pressure, calendar, slots)
        for party in deal.parties:
            slot = slots.at(f"{path}.on.{party}", pressure.on.get(party, 0.0))
            p["pressure"][m, names.actors[party]] = slot


def _fill_pressure(p: Any, m: int, path: str, pressure: Pressure, calendar: Calendar, slots: Slots) -> None:
    """When a mediator's pressure starts, ends and fades; a day without an hour starts at midnight."""
    p["pressure_half_life"][m] = slots.at(f"{path}.half_life", pressure.half_life or 0)
    p["pressure_starts"][m] = calendar.minute(pressure.starts.from_midnight, f"behaviour.{path}.starts")
    p["pressure_ends"][m] = NEVER
    if pressure.ends is not None:
        p["pressure_ends"][m] = calendar.minute(pressure.ends, f"behaviour.{path}.ends")


def _fill_settling(p: Any, o: int, kind: Kind, mediation: Mediation, slots: Slots) -> None:
    """How a dispute over one obligation is settled: as its kind, else as all disputes."""
    own, path = mediation.kinds.get(kind), f"mediators.kinds.{kind}"
    if own is not None and own.settles is not None:
        p["settles"][o] = slots.at(f"{path}.settles", own.settles)
    else:
        p["settles"][o] = slots.at("mediators.settles", mediation.settles)
    if own is not None and own.attempt is not None:
        p["attempt_median"][o], p["attempt_p95"][o] = slots.delay(f"{path}.attempt", own.attempt)
    else:
        p["attempt_median"][o], p["attempt_p95"][o] = slots.delay("mediators.attempt", mediation.attempt)


def fill_incidents(p: Any, deal: Deal, behaviour: Behaviour, names: Names, slots: Slots) -> None:
    """Sources of incidents; what a holder does is answered for by its party."""
    for s, (key, source) in enumerate(behaviour.incidents.items()):
        by = source.by
        if by in deal.holders:
            by = deal.holders[by].answers_to
        p["source_party"][s] = names.actors[by]
        for name in ("per_day", "initial", "branching", "decay", "major", "without_truce", "breaks_off_talks"):
            p[name][s] = slots.at(f"incidents.{key}.{name}", getattr(source, name))
        p["key_arrives"][s] = decision_key(f"arrives {key}")
        p["key_answer"][s] = decision_key(f"answer {key}")


def fill_shocks(p: Any, behaviour: Behaviour, names: Names, calendar: Calendar, slots: Slots) -> None:
    """Shocks, each after every part whose numbers one may shift."""
    for s, (key, shock) in enumerate(behaviour.shocks.items()):
        _fill_shock(p, s, key, shock, names, calendar, slots)


def _fill_shock(p: Any, s: int, key: str, shock: Shock, names: Names, calendar: Calendar, slots: Slots) -> None:
    path = f"shocks.{key}"
    p["effect"][s] = Effect[shock.effect.upper()]
    p["shock_chance"][s] = slots.at(f"{path}.chance", shock.chance)
    p["shock_at_kind"][s] = NONE
    if shock.at is not None:
        p["shock_at_kind"][s], p["shock_at"][s] = DueKind.DEAL, calendar.minute(shock.at, f"behaviour.{path}.at")
    p["shock_per_day"][s] = slots.at(f"{path}.per_day", shock.per_day or 0.0)
    p["shock_party"][s] = NONE if shock.by is None else names.actors[shock.by]
    p["shock_median"][s], p["shock_p95"][s] = slots.delay(f"{path}.lasts", shock.lasts or NO_TIME)
    p["shock_topic"][s] = NONE if shock.topic is None else names.topics[shock.topic]
    p["shock_group"][s] = NONE if shock.stock is None else names.groups[shock.stock]
    if shock.effect == "shifts":
        p["shock_slot"][s] = slots.of(str(shock.path), f"behaviour.{path}.path")
        p["shock_value"][s] = shock.to
    p["key_shock"][s] = decision_key(f"shock {key}")
