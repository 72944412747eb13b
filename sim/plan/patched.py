"""The plan of a scenario with other dates: days, grace and numbers in gates are written anew, all else is kept.

To compile a plan takes as long as some hundred of its replicates; who tries thousands of dates does it once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sim.document.deal import Obligation
from sim.document.scenario import ResolvedScenario
from sim.plan.behaviour import fill_opening
from sim.plan.calendar import Calendar
from sim.plan.days import days_of
from sim.plan.gates import rewrite_gate
from sim.plan.names import Instance, names_of
from sim.plan.obligations import Owed, fill_dates, first_minute
from sim.plan.plan import Plan
from sim.reading.defaults import phase_of

MOVED = ("due", "starts_by", "concludes_by", "grace", "takes", "transit", "after")
"""Fields of an obligation that may differ from the template's, `after` in its numbers."""
MOST_KNOWN = 5000
"""Obligations with other dates that a template knows again."""


class Template:
    """A compiled plan that is given other dates.

    Parameters
    ----------
    plan : Plan
        Of a scenario that is not scripted.
    """

    def __init__(self, plan: Plan):
        deal, behaviour = plan.scenario.deal, plan.scenario.behaviour
        p = plan.record[0]
        self.plan = plan
        self._names = names_of(deal, behaviour)
        self._known: dict[tuple[int, int], tuple[Obligation, Instance]] = {}
        self._places = {key: self._names.instances_of(key) for key in deal.obligations}
        self._calendar = Calendar(int(p["midnight"]), int(p["due_hour"]))
        guarantees = {**deal.guarantees, **plan.scenario.guarantees}
        self._days = days_of(deal, behaviour, guarantees, self._calendar, int(p["first_minute"]))

    def moved(self, scenario: ResolvedScenario, keys: Iterable[str]) -> Plan | None:
        """The plan of a scenario that is the template's but for the fields `MOVED` of some obligations.

        Parameters
        ----------
        scenario : ResolvedScenario
        keys : iterable of str
            Of obligations that may differ.

        Returns
        -------
        Plan or None
            Equal to the compiled one byte for byte; None where more hangs on these dates: it has to be compiled.
        """
        record = self.plan.record.copy()
        p, n = record[0], len(self._names.instances)
        owed = Owed(p["measured_by"][:n], p["phase"][:n], p["owed"][:n], p["enough"][:n], p["is_dynamic"][:n], {})
        for key in keys:
            now, before = scenario.deal.obligations[key], self.plan.scenario.deal.obligations[key]
            for o in self._places[key]:
                instance = self._instance(o, now, before)
                phase = scenario.deal.phases[phase_of(scenario.deal, now, instance.release)]
                fill_dates(p, o, instance, scenario.behaviour, self._calendar, lasts=phase.lasts is not None)
                gate = instance.obligation.after
                is_same = now.after == before.after
                if not is_same and not rewrite_gate(p, o, gate, scenario.deal, self._names, owed, self._days):
                    return None
            if now.kind == "talks" and now.topic is not None:
                fill_opening(p, self._names.topics[now.topic], now, scenario.behaviour, self._calendar)
        if first_minute(p, n) != p["first_minute"]:
            return None
        return replace(self.plan, record=record, scenario=scenario)

    def _instance(self, o: int, now: Obligation, before: Obligation) -> Instance:
        """An instance with these dates; the same obligation comes again and again in a search."""
        known = self._known.get((o, id(now)))
        if known is None or known[0] is not now:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[o, id(now)] = now, _with_dates_of(self._names.instances[o], now, before)
        return known[1]


def _with_dates_of(instance: Instance, now: Obligation, before: Obligation) -> Instance:
    """An instance with the dates that its obligation has now; a later lot waits for the one before besides."""
    fields: dict[str, Any] = {name: getattr(now, name) for name in MOVED}
    fields["after"] = [*now.after, *instance.obligation.after[len(before.after) :]]
    return replace(instance, obligation=instance.obligation.model_copy(update=fields))
