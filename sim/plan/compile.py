"""From a resolved scenario to a plan: names become indices, dates become minutes, behaviour becomes parameter slots.

Each part of the plan is written by one function, which is given what it reads and returns what later parts need; the
record `p` is only written to. Every number of the behaviour gets its slot before shocks and uncertain numbers look for
theirs, and guarantees add to the shares that gates wait for.
"""

from __future__ import annotations

import numpy as np

from sim.document.measured import lists_by_day
from sim.document.milestones import milestones_of
from sim.document.scenario import ResolvedScenario
from sim.plan.behaviour import fill_incidents, fill_mediation, fill_shocks, fill_talks
from sim.plan.calendar import fill_calendar
from sim.plan.days import days_of, fill_days
from sim.plan.gates import fill_gates, fill_phases, fill_steps, withdrawing
from sim.plan.guarantees import Facts, fill_guarantees
from sim.plan.limits import refuse_all_over
from sim.plan.names import Names, fill_counts, names_of
from sim.plan.obligations import fill_obligations
from sim.plan.people import fill_actors, fill_deaths, fill_groups
from sim.plan.plan import Plan
from sim.plan.powers import fill_powers
from sim.plan.queue import fill_clocks
from sim.plan.record import PLAN
from sim.plan.scripted import compliant, fill_script
from sim.plan.slots import Slots, fill_parameters


def compile_plan(scenario: ResolvedScenario) -> Plan:
    """The plan of a resolved scenario.

    Parameters
    ----------
    scenario : ResolvedScenario
        Checked by `sim.reading.resolve`: every name in it exists.

    Returns
    -------
    Plan

    Raises
    ------
    PlanError
        If the scenario is larger than the engine takes, or a path leads to no parameter.
    """
    deal, script = scenario.deal, scenario.scripted
    behaviour = scenario.behaviour if script is None else compliant(scenario)
    uncertain = scenario.uncertain if script is None else {}
    names, slots, guarantees = names_of(deal, behaviour), Slots(), {**deal.guarantees, **scenario.guarantees}
    _check_sizes(names, len(scenario.uncertain))
    record = np.zeros(1, PLAN)
    p = record[0]

    fill_counts(p, names)
    calendar = fill_calendar(p, deal, scenario.horizon)
    fill_groups(p, deal, behaviour, names, slots)
    n_mortal = fill_deaths(p, deal, behaviour, slots)
    fill_actors(p, behaviour, names, slots)
    owed = fill_obligations(p, deal, behaviour, names, calendar, slots)
    fill_phases(p, deal, names, owed)
    days = days_of(deal, behaviour, guarantees, calendar, int(p["first_minute"]))
    fill_days(p, days)
    steps = fill_gates(p, deal, behaviour, names, owed, days)
    fill_talks(p, behaviour, names, calendar, slots)
    fill_mediation(p, deal, behaviour, names, calendar, slots)
    fill_incidents(p, deal, behaviour, names, slots)
    fill_powers(p, deal, behaviour, names, calendar, slots)
    fill_shocks(p, behaviour, names, calendar, slots)
    posterior = scenario.posterior if script is None else None
    drawn = fill_parameters(p, uncertain, posterior, slots)
    facts = Facts(deal, names, owed.is_dynamic, owed.owed, lambda claim: withdrawing(deal, names, claim), steps, days)
    milestones = fill_guarantees(p, guarantees, facts, milestones_of(deal))
    fill_clocks(p, names, n_days=len(days.minutes), n_watched=fill_steps(p, steps, owed), n_mortal=n_mortal)
    fill_script(p, script, names, calendar)
    return Plan(
        record=record,
        scenario=scenario,
        obligations=tuple(names.obligations),
        groups=tuple(names.groups),
        phases=tuple(names.phases),
        topics=tuple(names.topics),
        actors=tuple(names.actors),
        sources=tuple(names.sources),
        shocks=tuple(names.shocks),
        powers=tuple(names.powers),
        lines=tuple(names.lines),
        days=days.names(),
        guarantees=tuple(guarantees),
        milestones=milestones,
        parameter_paths=tuple(slots.paths),
        lists=lists_by_day(scenario.deal),
        posterior=drawn,
    )


def _check_sizes(names: Names, n_uncertain: int) -> None:
    refuse_all_over(
        [
            (
                "obligations (returns count once for each release, legs once for each lot)",
                len(names.instances),
                "MAX_OBLIGATIONS",
            ),
            ("groups", len(names.groups), "MAX_GROUPS"),
            ("phases", len(names.phases), "MAX_PHASES"),
            ("topics of talks", len(names.topics), "MAX_TOPICS"),
            ("parties, holders, mediators and others", len(names.actors), "MAX_ACTORS"),
            ("sources of incidents", len(names.sources), "MAX_SOURCES"),
            ("shocks", len(names.shocks), "MAX_SHOCKS"),
            ("powers", len(names.powers), "MAX_POWERS"),
            ("uncertain parameters", n_uncertain, "MAX_UNCERTAIN"),
        ]
    )
