"""What is owed: by whom to whom, in which phase, when, and how its debtor keeps to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.document.behaviour import ONE_DAY, UNWRITTEN, Behaviour, PartyBehaviour, TalksBehaviour
from sim.document.dates import Due
from sim.document.deal import Deal, Obligation
from sim.document.kinds import AT_ANY_TIME, MEASURE
from sim.document.measured import is_told_in_units
from sim.plan.amounts import amount_of, fill_amounts, fill_next_releases, fill_values
from sim.plan.calendar import Calendar
from sim.plan.codes import GRACE_TO_END_OF_DAY, NONE, DueKind, Kind, Measure
from sim.plan.draws import decision_key
from sim.plan.exchanges import fill_exchanges
from sim.plan.names import Instance, Names
from sim.plan.scripted import SHORT_LEVEL
from sim.plan.slots import Slots
from sim.reading.defaults import creditor_of, phase_of

FLOW_GRACE_MINUTES = 7 * 1440
"""A flow that runs short is late after a week, unless the deal says otherwise."""
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Owed:
    """What later parts of the plan have to know of obligations, each by place.

    Attributes
    ----------
    measure, phase, owed, enough, is_dynamic : ndarray of int
        As in the plan: `enough` is what the creditor takes for all of it, and what is dynamic is owed only as releases
        are made.
    truce_owed_by : dict of str to set of str
        By phase, who owes the truce in it or in one before it.
    """

    measure: Array
    phase: Array
    owed: Array
    enough: Array
    is_dynamic: Array
    truce_owed_by: dict[str, set[str]]


def fill_obligations(p: Any, deal: Deal, behaviour: Behaviour, names: Names, calendar: Calendar, slots: Slots) -> Owed:
    """Write everything that is owed, and return what gates and guarantees have to know of it."""
    truce_owed_by = {phase: _who_owe_truce(deal, names, phase) for phase in deal.phases}
    for o, instance in enumerate(names.instances):
        debtor, phase = instance.obligation.by, phase_of(deal, instance.obligation, instance.release)
        _fill_sides(p, o, instance, deal, names)
        fill_dates(p, o, instance, behaviour, calendar, lasts=deal.phases[phase].lasts is not None)
        _fill_measure(p, o, instance)
        waits = deal.phases[phase].truce and instance.obligation.kind not in AT_ANY_TIME
        p["needs_truce"][o] = waits
        p["waits_for_truce_of_others"][o] = waits and bool(truce_owed_by[phase]) and debtor not in truce_owed_by[phase]
        _fill_compliance(p, o, instance, behaviour.parties.get(debtor, UNWRITTEN), slots)
        for decision in ("performs", "complains", "mediates", "withholds", "suspends", "ahead"):
            p[f"key_{decision}"][o] = decision_key(f"{decision} {instance.name}")
    fill_exchanges(p, deal, names)
    deadlined = np.flatnonzero(p["latest_kind"][: len(names.instances)] != NONE)
    p["n_deadlines"], p["deadlined"][: len(deadlined)] = len(deadlined), deadlined
    p["n_walked"] = len(names.instances) + len(names.phases) if len(deadlined) else 0
    fill_amounts(p, deal, names)
    fill_values(p, names)
    fill_next_releases(p, names)
    n = len(names.instances)
    p["first_minute"] = first_minute(p, n)
    return Owed(
        measure=p["measured_by"][:n],
        phase=p["phase"][:n],
        owed=p["owed"][:n],
        enough=p["enough"][:n],
        is_dynamic=p["is_dynamic"][:n],
        truce_owed_by=truce_owed_by,
    )


def first_minute(p: Any, n: int) -> int:
    """When the first of `n` obligations is due, or the deal begins if that is before."""
    dated = p["due_offset"][:n][p["due_kind"][:n] == DueKind.DEAL]
    return min(0, int(dated.min())) if len(dated) else 0


def _who_owe_truce(deal: Deal, names: Names, phase: str) -> set[str]:
    entered = {key for key, place in names.phases.items() if place <= names.phases[phase]}
    return {
        i.obligation.by
        for i in names.instances
        if i.obligation.kind == "truce" and phase_of(deal, i.obligation, i.release) in entered
    }


def _fill_sides(p: Any, o: int, instance: Instance, deal: Deal, names: Names) -> None:
    obligation = instance.obligation
    p["kind"][o] = Kind[obligation.kind.upper()]
    p["measured_by"][o] = Measure[MEASURE[obligation.kind].upper()]
    p["hands_over"][o] = deal.hands_over_people(obligation)
    p["is_in_units"][o] = is_told_in_units(deal, obligation)
    p["debtor"][o] = names.actors[obligation.by]
    p["creditor"][o] = names.actors[creditor_of(deal, obligation)]
    p["phase"][o] = names.phases[phase_of(deal, obligation, instance.release)]
    p["to_line"][o] = NONE if obligation.to_line is None else names.lines[obligation.to_line]
    p["topic"][o] = NONE if obligation.topic is None else names.topics[obligation.topic]
    p["may_be_disputed"][o] = obligation.kind != "talks"
    p["is_dynamic"][o] = instance.release is not None


def fill_dates(p: Any, o: int, instance: Instance, behaviour: Behaviour, calendar: Calendar, *, lasts: bool) -> None:
    """When it is due and until when; what lasts to the end of a phase that has none lasts until the deal's end.

    A later lot is due so much later than the first; without a date, so long after the one before.
    """
    obligation = instance.obligation
    p["due_kind"][o], p["due_offset"][o] = calendar.date(obligation.due)
    p["after_gate"][o] = obligation.takes + opening_of(obligation, behaviour).after
    if instance.lot and obligation.due.is_dated:
        p["due_offset"][o] += instance.later
    elif instance.lot:
        p["after_gate"][o] = obligation.takes + instance.later // instance.lot
    default_grace = FLOW_GRACE_MINUTES if obligation.kind == "flow" else GRACE_TO_END_OF_DAY
    p["grace"][o] = default_grace if obligation.grace is None else obligation.grace
    p["transit"][o] = obligation.transit
    p["latest_kind"][o] = NONE
    if obligation.deadline is not None:
        p["latest_kind"][o], p["latest_offset"][o] = calendar.date(obligation.deadline)
        if obligation.deadline.kind == "gate":
            p["latest_offset"][o] = obligation.deadline.after - p["after_gate"][o]
    p["until_kind"][o] = NONE
    if obligation.until is not None and (obligation.until.kind != "phase end" or lasts):
        p["until_kind"][o], p["until_offset"][o] = calendar.date(obligation.until)


def opening_of(obligation: Obligation, behaviour: Behaviour) -> Due:
    """When it is taken up: talks when behaviour says, else when the deal says; all else when it is due."""
    if obligation.kind != "talks" or obligation.topic is None:
        return obligation.due
    talks = behaviour.talks.get(obligation.topic, TalksBehaviour())
    return talks.opens or obligation.starts_by or obligation.due


def _fill_measure(p: Any, o: int, instance: Instance) -> None:
    """How much is owed, and at what rate; a flow that ends with its phase keeps no phase open."""
    obligation = instance.obligation
    measure = next(iter([*obligation.each_day, *obligation.on_exchange_days]), None)
    if measure is not None:
        p["rate"][o] = rate = obligation.each_day.get(measure, 0.0)
        p["exchange_rate"][o] = obligation.on_exchange_days.get(measure, rate)
        p["is_aid"][o] = measure == "trucks"
    p["owed"][o] = owed = amount_of(obligation)
    p["enough"][o] = max(1, int(np.ceil(obligation.share_enough * owed - 1e-9)))
    p["is_up_to"][o] = obligation.is_up_to and owed > 0
    ends_with_phase = obligation.kind == "flow" and p["until_kind"][o] == NONE
    p["keeps_open"][o] = (owed > 0 or instance.release is not None) and not ends_with_phase


def _fill_compliance(p: Any, o: int, instance: Instance, party: PartyBehaviour, slots: Slots) -> None:
    """Each field from the obligation, else from its kind, else from the default, with the path it came from."""
    actor, kind = instance.obligation.by, instance.obligation.kind
    layers = [
        (f"parties.{actor}.obligations.{instance.name}", party.obligations.get(instance.name)),
        (f"parties.{actor}.obligations.{instance.key}", party.obligations.get(instance.key)),
        (f"parties.{actor}.kinds.{kind}", party.kinds.get(kind)),
        (f"parties.{actor}.default", party.default),
    ]

    def find(name: str, otherwise: Any) -> tuple[str, Any]:
        for path, layer in layers:
            if layer is not None and getattr(layer, name) is not None:
                return f"{path}.{name}", getattr(layer, name)
        return f"parties.{actor}.default.{name}", otherwise

    for name in ("late", "refused", "level", "ahead", "short"):
        p[name][o] = slots.at(*find(name, SHORT_LEVEL if name == "level" else 0.0))
    p["delay_median"][o], p["delay_p95"][o] = slots.delay(*find("delay", ONE_DAY))
