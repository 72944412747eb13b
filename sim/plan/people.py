"""The people held, who holds them, and how parties answer one another."""

from __future__ import annotations

from typing import Any

from sim.document.behaviour import UNWRITTEN, Behaviour, Deaths, PartyBehaviour
from sim.document.deal import Deal
from sim.document.measured import curve_of_stock, list_name, places_of_lists
from sim.plan.codes import NONE
from sim.plan.draws import decision_key
from sim.plan.limits import refuse_over
from sim.plan.names import Names
from sim.plan.plan import PEOPLE
from sim.plan.slots import Slots


def fill_groups(p: Any, deal: Deal, behaviour: Behaviour, names: Names, slots: Slots) -> None:
    """Groups, who holds them, and the search for those who have to be found."""
    searched = 0
    places = places_of_lists(deal)
    for g, (key, group) in enumerate(deal.people.items()):
        is_first, is_deceased = places[list_name(deal, key)] == 0, group.of == "remains"
        p["count"][g] = group.count
        p["is_hostages"][g] = is_first
        p["is_deceased"][g] = is_deceased
        p["holder"][g] = names.actors[group.held_by]
        p["curve"][g] = curve_of_stock(deal, key)
        search = behaviour.search.get(key)
        if search is not None:
            path = f"search.{key}"
            p["is_searched"][g], p["searched_start"][g] = 1, searched
            searched += group.count
            p["found"][g] = slots.at(f"{path}.found", search.found)
            p["search_median"][g], p["search_p95"][g] = slots.delay(f"{path}.time", search.time)
            p["misidentified"][g] = slots.at(f"{path}.misidentified", search.misidentified)
        p["key_search"][g] = decision_key(f"search {key}")
        p["key_identifies"][g] = decision_key(f"identifies {key}")
    refuse_over("people searched for one by one", searched, "MAX_SEARCHED")


def fill_deaths(p: Any, deal: Deal, behaviour: Behaviour, slots: Slots) -> int:
    """Groups of the living of which people may die, and how many: a group's own hazard goes before its custodian's."""
    mortal, people = 0, 0
    p["remains_curve"][:] = NONE
    for g, (key, group) in enumerate(deal.people.items()):
        named = next((name for name in (key, group.held_by) if name in behaviour.deaths), None)
        if named is None or group.of == "remains":
            continue
        deaths: Deaths = behaviour.deaths[named]
        p["mortal"][mortal], p["fate_start"][g] = g, people
        p["deaths_per_day"][g] = slots.at(f"deaths.{named}.per_day", deaths.per_day)
        p["deaths_without_truce"][g] = slots.at(f"deaths.{named}.without_truce", deaths.without_truce)
        p["remains_curve"][g] = curve_of_stock(deal, key, "remains")
        p["key_dies"][g] = decision_key(f"dies {key}")
        mortal, people = mortal + 1, people + group.count
    p["n_mortal"] = mortal
    refuse_over("people of whom each may die in captivity", people, "MAX_MORTAL")
    return mortal


def fill_actors(p: Any, behaviour: Behaviour, names: Names, slots: Slots) -> None:
    """Whether holders are reached, and how each actor behaves as a party."""
    for actor, a in names.actors.items():
        p["contacted"][a] = NONE
        holder = behaviour.holders.get(actor)
        if holder is not None:
            path = f"holders.{actor}"
            p["contacted"][a] = slots.at(f"{path}.contacted", holder.contacted)
            p["contact_median"][a], p["contact_p95"][a] = slots.delay(f"{path}.time", holder.time)
        p["key_contact"][a] = decision_key(f"contact {actor}")
        _fill_party(p, a, actor, behaviour.parties.get(actor, UNWRITTEN), names, slots)
    p["party_in_lane"][:2] = (0, 1)


def _fill_party(p: Any, a: int, actor: str, party: PartyBehaviour, names: Names, slots: Slots) -> None:
    path = f"parties.{actor}"
    for name in ("latency", "tolerance", "patience", "suspends"):
        p[f"{name}_median"][a], p[f"{name}_p95"][a] = slots.delay(f"{path}.{name}", getattr(party, name))
    for name in ("complains", "withholds", "restores"):
        p[name][a] = slots.at(f"{path}.{name}", getattr(party, name))
    p["leaves_after_lapse"][a] = slots.at(f"{path}.leaves.after_lapse", party.leaves.after_lapse)
    p["leave_median"][a], p["leave_p95"][a] = slots.delay(f"{path}.leaves.latency", party.leaves.latency)
    p["leaves_after_phase"][a] = NONE
    for phase, chance in party.leaves.after_phase.items():
        slot = slots.at(f"{path}.leaves.after_phase.{phase}", chance)
        p["leaves_after_phase"][a, names.phases[phase]] = slot
    responds = party.responds
    p["responds_minor"][a] = slots.at(f"{path}.responds.minor", responds.minor)
    p["responds_major"][a] = slots.at(f"{path}.responds.major", responds.major)
    p["strain"][a] = slots.at(f"{path}.responds.strain", responds.strain)
    p["strain_memory"][a] = slots.at(f"{path}.responds.memory", responds.memory)
    p["response_median"][a], p["response_p95"][a] = slots.delay(f"{path}.responds.suspends", responds.suspends)
    for kind in PEOPLE:
        capacity = party.capacity.get(kind)  # type: ignore[call-overload]
        slot = NONE if capacity is None else slots.at(f"{path}.capacity.{kind}", capacity)
        p[f"capacity_{kind}"][a] = slot
