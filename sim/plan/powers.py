"""Powers: when they come up, who has them, and what they change."""

from __future__ import annotations

from typing import Any

from sim.document.behaviour import Behaviour, PowerBehaviour
from sim.document.deal import Deal
from sim.plan.calendar import Calendar
from sim.plan.codes import NONE
from sim.plan.draws import decision_key
from sim.plan.limits import refuse_over
from sim.plan.names import Names
from sim.plan.slots import Slots


def fill_powers(p: Any, deal: Deal, behaviour: Behaviour, names: Names, calendar: Calendar, slots: Slots) -> None:
    """Write all powers but for their gates; phases stand behind obligations in what they change."""
    changed: list[int] = []
    for key, power in deal.powers.items():
        place, path = names.powers[key], f"powers.{key}"
        given = behaviour.powers.get(key, PowerBehaviour())
        p["power_by"][place] = sum(1 << actor for actor in {names.actors[actor] for actor in power.by})
        p["power_times"][place] = power.times
        p["power_to"][place] = NONE if power.to is None else calendar.minute(power.to, f"deal.{path}.to")
        p["power_shift"][place] = power.days or 0
        p["power_used"][place] = slots.at(f"{path}.used", given.used)
        p["power_median"][place], p["power_p95"][place] = slots.delay(f"{path}.time", given.time)
        p["key_uses"][place] = decision_key(f"uses {key}")
        p["changed_start"][place] = len(changed)
        for what in dict.fromkeys(power.what):
            if what in names.phases:
                changed.append(len(names.instances) + names.phases[what])
            else:
                changed.extend(names.instances_of(what))
    refuse_over("what powers change", len(changed), "MAX_CHANGED")
    p["changed_start"][len(deal.powers)] = len(changed)
    p["changed"][: len(changed)] = changed
