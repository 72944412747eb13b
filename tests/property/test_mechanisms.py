"""Every mechanism that a document can name does something, and in the stated direction.

Each case is a pair of scenarios that differ in one mechanism, and the mean outcomes that it must raise (+1) or lower
(-1). Both run on the batch engine with the same draws; the mean difference must lie beyond `Z` of its own standard
errors, so an effect in the wrong direction, or none, passes once in 30,000 times. What a case could miss is an effect
smaller than that: the cases are chosen so that all of them lie well beyond.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from sim.engine.batch import reference_block, simulate_block
from sim.outcomes.columns import columns
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.reading.paths import known, put, split
from sim.reading.resolve import resolve
from sim.reading.store import as_data, from_resolved
from tests.amounts import in_turn
from tests.builders import tiny

pytestmark = [pytest.mark.slow, pytest.mark.statistical]
N = 2_000
SEED = 3
Z = 4.0

SMALL = """
deal:
  groups:
    women: {side: hostages, held_by: south, count: 4}
    men: {side: hostages, held_by: south, count: 6}
    remains: {side: hostages, held_by: south, count: 4, condition: deceased}
    prisoners: {side: prisoners, held_by: north, count: 200}
  lines: [start, river, border]
  phases:
    one: {lasts: 30 d, then: two}
    two: {lasts: 30 d, enters_when: talks.next.agreed}
  obligations:
    truce: {kind: truce, by: north, due: day 1}
    names: {kind: information, by: south, due: day 2}
    river: {kind: withdrawal, by: north, due: day 4, to_line: river}
    batch_1: {kind: release, by: south, due: day 5, amount: {women: 4}}
    batch_2: {kind: release, by: south, due: day 12, amount: {men: 3}}
    batch_3: {kind: release, by: south, due: day 19, amount: {men: 3}}
    bodies: {kind: release, by: south, due: day 20, amount: {remains: 4}}
    prisoners: {kind: return, by: north, due: same day, for_each: [batch_1, batch_2, batch_3],
                ratio: {women: {prisoners: 10}, men: {prisoners: 10}}}
    talks: {kind: talks, by: envoy, to: north, topic: next, starts_by: day 10, concludes_by: day 25}
    aid: {kind: flow, by: north, due: day 1, each_day: {trucks: 100}}
behaviour:
  parties:
    north: {default: {late: 0.3, refused: 0.1, delay: {median: 2 d, p95: 8 d}}, patience: {median: 10 d, p95: 30 d}}
    south: {default: {late: 0.3, refused: 0.1, delay: {median: 2 d, p95: 8 d}}, patience: {median: 10 d, p95: 30 d}}
  mediators: {settles: 0.3, attempt: 2 d}
  talks: {next: {delay: {median: 3 d, p95: 10 d}, agrees_per_day: 0.05, breaks_off_per_day: 0.02, resumes: 3 d}}
"""
"""A deal in which everything can happen and nothing hides anything else."""

Settings = Mapping[str, Any]
JANUARY, OCTOBER, NOVEMBER = (f"{month}/baseline" for month in ("january-2025", "october-2025", "november-2023"))


@dataclass(frozen=True)
class Case:
    """A mechanism: the same scenario with it and without it, and what it moves.

    Attributes
    ----------
    name : str
    moves : dict of str to int
        By outcome, +1 if the mechanism raises its mean, -1 if it lowers it.
    on, off : mapping
        Settings with the mechanism, and without it.
    scenario : str
        A name of the catalogue, or 'small'.
    instead : str, optional
        The scenario without it, where that is another one.
    """

    name: str
    moves: Mapping[str, int]
    on: Settings = field(default_factory=dict)
    off: Settings = field(default_factory=dict)
    scenario: str = "small"
    instead: str | None = None


def small(settings: Settings) -> Any:
    """The small deal with other values at these paths; None removes."""
    data = as_data(tiny(SMALL))
    for path, value in settings.items():
        put(data, known(data, split(path)), value, grow=True)
    return from_resolved(data)


def plan_of(scenario: str, settings: Settings) -> Plan:
    """The plan of a scenario of the catalogue, or of the small deal, with these settings."""
    return compile_plan(small(settings) if scenario == "small" else resolve(scenario, settings))


def outcomes_of(scenario: str, settings: Settings) -> dict[str, np.ndarray]:
    """Outcome columns, as measured, of the first N replicates."""
    plan = plan_of(scenario, settings)
    return dict(zip(columns(plan), simulate_block(plan, SEED, 0, N).outcomes.T, strict=True))


def standard_errors_from_zero(differences: np.ndarray) -> float:
    """Mean over its standard error; infinite where every replicate differs by the same amount."""
    mean, standard_error = differences.mean(), differences.std(ddof=1) / math.sqrt(len(differences))
    if standard_error == 0:
        return math.copysign(math.inf, mean) if mean else 0.0
    return float(mean / standard_error)


def shock(effect: str, day: int, **more: Any) -> Settings:
    """A dated shock."""
    return {"behaviour.shocks.blow": {"at": f"day {day}", "effect": effect, **more}}


def under(mediator: str, strength: float | None, *parties: str) -> Settings:
    """Another strength of a mediator's pressure on these parties, in the January deal."""
    return {f"behaviour.mediators.pressure.{mediator}.on.{party}": strength for party in parties}


TALKS_FIRST = "october-2025-talks/baseline"


def before(name: str) -> str:
    """A scenario that begins with the talks."""
    return f"october-2025-talks/{name}"


def january(name: str) -> str:
    """A scenario of the deal of January 2025."""
    return f"january-2025/{name}"


def october(name: str) -> str:
    """A scenario of the deal of October 2025."""
    return f"october-2025/{name}"


MEDIATORS = ("qatar", "egypt", "united_states")
BATCHES = tuple(f"batch_{i}" for i in range(1, 8))
SILENT = {f"behaviour.parties.{party}.complains": 0.0 for party in ("north", "south")}
FIRE = {"by": "south", "per_day": 0.2, "major": 0.3}
HALT = {"north": {"major": 0.5, "minor": 0.1, "suspends": "2 d"}}
ANSWERED = {"behaviour.incidents.fire": FIRE, "behaviour.parties.north.responds": HALT["north"]}
NORTH, SOUTH = "behaviour.parties.north", "behaviour.parties.south"

NEXT = "behaviour.talks.next"
AGREED = {f"{NEXT}.agrees_per_day": 5.0, f"{NEXT}.delay": "0 min", f"{NEXT}.breaks_off_per_day": 0.0}
STRAINED = ANSWERED | {f"{NORTH}.responds": HALT["north"] | {"strain": 2.0}}

CASES = (
    Case("a ratio owes prisoners for people", {"prisoners_released": 1},
         off={"deal.obligations.prisoners.ratio.women": None}),
    Case("a ratio is one of its category", {"prisoners_released": 1},
         on={"deal.obligations.prisoners.ratio.women.prisoners": 20, **SILENT},
         off={"deal.obligations.prisoners.ratio.men.prisoners": 12, **SILENT}),
    Case("a batch refused is owed no prisoners", {"hostages_living_released": -1, "prisoners_released": -1},
         on={f"{SOUTH}.obligations.batch_2.refused": 1.0, **SILENT}, off=SILENT),
    Case("all batches at once come home sooner", {"captive_days": -1, "largest_lead_hamas": 1},
         scenario="january-2025/all-in-one-batch", instead=JANUARY),
    Case("one date for all comes home sooner than weekly batches", {"captive_days": -1},
         on={"deal.obligations.batch_2.due": "day 5", "deal.obligations.batch_3.due": "day 5"}),
    Case("the last against the last keeps people longer", {"captive_days": 1, "hostages_living_released": -1},
         scenario="october-2025/last-for-last", instead=OCTOBER),
    Case("pressure on one party is met by that party", {"not_met_israel": -1, "dispute_days": -1},
         scenario=JANUARY, off={k: v for m in MEDIATORS for k, v in under(m, 0.0, "israel").items()}),
    Case("pressure on the other party is met by the other", {"not_met_hamas": -1, "hostages_living_released": 1},
         scenario=JANUARY, off={k: v for m in MEDIATORS for k, v in under(m, 0.0, "hamas").items()}),
    Case("pressure fades", {"dispute_days": 1, "not_met_israel": 1}, scenario=JANUARY,
         off={f"behaviour.mediators.pressure.{m}.half_life": None for m in MEDIATORS}),
    Case("one mediator more settles more", {"dispute_days": -1, "not_met_israel": -1}, scenario=JANUARY,
         off={"behaviour.mediators.pressure.united_states": None}),
    Case("pressure ends on its date", {"dispute_days": 1},
         on={"behaviour.mediators.pressure.envoy": {"on": {"north": 1, "south": 1}, "ends": "day 8"}},
         off={"behaviour.mediators.pressure.envoy": {"on": {"north": 1, "south": 1}}}),
    Case("mediators settle disputes", {"hostages_living_released": 1, "dispute_days": -1},
         off={"behaviour.mediators.settles": 0.0}),
    Case("a settlement re-dates everything open", {"dispute_days": -1},
         on={"behaviour.mediators.redates": "all_open"}),
    Case("guarantors bring the truce back", {"truce_days": 1, "hostages_living_released": 1}, scenario=JANUARY,
         off={"behaviour.guarantors.restores": 0.0}),
    Case("no contact keeps people held", {"hostages_living_released": -1, "captive_days": 1}, scenario=JANUARY,
         on={"behaviour.holders.pij.contacted": 0.0}),
    Case("late contact delays", {"captive_days": 1}, scenario=JANUARY,
         on={"behaviour.holders.pij.time": {"median": "20 d", "p95": "40 d"}}),
    Case("a phase continues while talks last", {"truce_days": 1}, scenario=JANUARY,
         off={"deal.phases.one.continues_while": []}),
    Case("leaving after a phase ends the truce", {"truce_days": -1, "end_day": -1}, scenario=JANUARY,
         on={"behaviour.parties.israel.leaves.after_phase.one": 0.9}),
    Case("leaving after a lapse ends the truce", {"end_day": -1}, on={f"{NORTH}.leaves.after_lapse": 1.0},
         off={f"{NORTH}.leaves.after_lapse": 0.0, f"{SOUTH}.leaves.after_lapse": 0.0}),
    Case("withholding keeps people longer", {"captive_days": 1, "late_hamas": 1}, scenario=JANUARY,
         on={"behaviour.parties.hamas.withholds": 1.0}, off={"behaviour.parties.hamas.withholds": 0.0}),
    Case("withholding is both sides'", {"late_israel": 1, "prisoners_released": -1},
         scenario="january-2025/every-complaint-answered",
         off={f"behaviour.parties.{party}.withholds": 0.0 for party in ("israel", "hamas")}),
    Case("a line is a gate", {"captive_days": 1}, on={"deal.obligations.batch_1.after": ["line.river"]}),
    Case("names are a condition of a handover", {"captive_days": 1}, on={"deal.obligations.batch_1.after": ["names"]}),
    Case("names are a condition of every batch", {"captive_days": 1}, scenario=JANUARY,
         on={"behaviour.parties.hamas.kinds.information.late": 1.0},
         off={"behaviour.parties.hamas.kinds.information.late": 1.0}
         | {f"deal.obligations.{batch}.after": ["truce"] for batch in BATCHES}),
    Case("incidents draw incidents", {"incidents": 1, "truce_days": -1}, scenario=OCTOBER,
         instead="october-2025/strikes-off"),
    Case("incidents answered suspend the truce", {"truce_days": -1, "captive_days": 1}, on=ANSWERED),
    Case("major incidents are answered more", {"suspensions": 1}, on=ANSWERED,
         off=ANSWERED | {"behaviour.incidents.fire": FIRE | {"major": 0.0}}),
    Case("strain makes answers more likely", {"suspensions": 1},
         on=ANSWERED | {f"{NORTH}.responds": HALT["north"] | {"strain": 2.0}}, off=ANSWERED),
    Case("a longer suspension delays", {"captive_days": 1},
         on=ANSWERED | {f"{NORTH}.responds": HALT["north"] | {"suspends": "6 d"}}, off=ANSWERED),
    Case("search delays remains", {"hostages_deceased_returned": -1}, scenario="october-2025/remains-slow",
         instead="october-2025/remains-found-fast"),
    Case("what is not found does not come home", {"hostages_deceased_returned": -1},
         on={"behaviour.search.remains": {"found": 0.5}}),
    Case("misidentified remains go out again", {"hostages_deceased_returned": -1},
         on={"behaviour.search.remains": {"misidentified": 0.5, "time": {"median": "20 d", "p95": "60 d"}}},
         off={"behaviour.search.remains": {"time": {"median": "20 d", "p95": "60 d"}}}),
    Case("batches ahead of their date come home sooner", {"captive_days": -1},
         on={f"{SOUTH}.default.ahead": 0.8}),
    Case("capacity delays", {"captive_days": 1}, on={f"{SOUTH}.capacity.release": 1}),
    Case("capacity delays returns", {"late_north": 1}, on={f"{NORTH}.capacity.return": 8}),
    Case("tolerance puts off complaints", {"disputes": -1},
         on={f"{NORTH}.tolerance": "5 d", f"{SOUTH}.tolerance": "5 d"}),
    Case("who does not complain opens no dispute", {"disputes": -1, "hostages_living_released": -1},
         on={f"{NORTH}.complains": 0.0}),
    Case("patience that runs out suspends the truce", {"truce_days": -1},
         on={f"{NORTH}.patience": "3 d", f"{NORTH}.restores": 0.0}),
    Case("latency delays what was held back", {"captive_days": 1},
         on={f"{SOUTH}.withholds": 1.0, f"{SOUTH}.latency": "4 d"}, off={f"{SOUTH}.withholds": 1.0}),
    Case("grace puts off lateness", {"late_south": -1}, on={"deal.obligations.batch_1.grace": "4 d"}),
    Case("what a debtor needs after its gate delays", {"captive_days": 1},
         on={"deal.obligations.batch_1.after": ["names"], "deal.obligations.batch_1.takes": "4 d"},
         off={"deal.obligations.batch_1.after": ["names"]}),
    Case("a flow that runs late delivers less", {"aid_delivered": -1},
         on={f"{NORTH}.default.level": 0.5}, off={f"{NORTH}.default.level": 1.0}),
    Case("time in transit delays", {"captive_days": 1}, on={"deal.obligations.batch_1.transit": "12 h"}),
    Case("aid withheld is not delivered and answered", {"aid_delivered": -1, "captive_days": 1},
         scenario="january-2025/aid-withheld", instead=JANUARY,  # whose aid runs late and short by itself
         off={f"behaviour.parties.israel.obligations.{flow}": {"late": 0.0, "refused": 0.0}
              for flow in ("aid", "fuel", "shelter")}),
    Case("the ladder brings more people home", {"hostages_living_released": 1, "truce_days": 1}, scenario=NOVEMBER,
         off={"behaviour.parties.hamas.obligations.list_5": {"refused": 1.0}}),
    Case("a rung more brings more people home", {"hostages_living_released": 1},
         scenario="november-2023/ladder-to-ten-days", instead="november-2023/as-written"),
    Case("a refused ladder ends after four days", {"hostages_living_released": -1, "truce_days": -1},
         scenario="november-2023/ladder-refused", instead="november-2023/as-written"),
    Case("late lists cost days", {"hostages_living_released": -1}, scenario="november-2023/lists-come-late",
         instead=NOVEMBER),
    Case("slow mediators cost days", {"hostages_living_released": -1}, scenario="november-2023/mediators-need-a-day",
         instead=NOVEMBER),
    Case("a shock suspends the truce", {"captive_days": 1, "suspensions": 1},
         on=shock("suspends_truce", 4, by="north", lasts="10 d")),
    Case("a shock breaks off talks", {"phase_reached": -1}, on=shock("breaks_off_talks", 18, topic="next")),
    Case("a shock shifts behaviour", {"hostages_living_released": -1},
         on=shock("shifts", 10, path="parties.south.default.refused", to=1.0)),
    Case("a shock locates people", {"hostages_deceased_returned": 1},
         on={"behaviour.search.remains": {"found": 0.5}, **shock("locates", 15, group="remains")},
         off={"behaviour.search.remains": {"found": 0.5}}),
    Case("a shock settles all disputes", {"dispute_days": -1, "hostages_living_released": 1},
         on={"behaviour.mediators.settles": 0.0, **shock("settles_all", 16)}, off={"behaviour.mediators.settles": 0.0}),
    Case("a shock re-dates all that is late", {"captive_days": -1},
         on=SILENT | shock("redates_all", 16), off=SILENT),
    Case("captivity costs lives where a hazard says so",
         {"hostages_died_in_captivity": 1, "hostages_living_released": -1, "prisoners_released": -1},
         on={"behaviour.deaths.south": {"per_day": 0.003}}),
    Case("captivity costs more lives in fighting", {"hostages_died_in_captivity": 1},
         on={"behaviour.deaths.men": {"per_day": 0.003, "without_truce": 10.0}},
         off={"behaviour.deaths.men": {"per_day": 0.003}}),
    Case("deaths in captivity are off unless a scenario asks", {"hostages_died_in_captivity": 1,
         "prisoners_died_in_captivity": 1}, scenario="january-2025/deaths-in-captivity", instead=JANUARY),
    Case("fighting goes on before the truce", {"incidents": 1},
         on={"deal.obligations.truce.due": "day 5", "behaviour.incidents.fire": FIRE | {"without_truce": 3.0}},
         off={"deal.obligations.truce.due": "day 5", "behaviour.incidents.fire": FIRE}),
    Case("major incidents break off talks", {"phase_reached": -1},
         on={"behaviour.incidents.fire": FIRE | {"breaks_off_talks": 1.0}}, off={"behaviour.incidents.fire": FIRE}),
    Case("a deadline brings an agreement sooner", {"pre_truce_days": -1}, scenario=TALKS_FIRST,
         instead=before("no-deadline")),
    Case("a date from outside brings an agreement", {"pre_truce_days": -1, "phase_reached": 1},
         scenario=before("inauguration-day"),
         off={f"behaviour.talks.{t}.near_deadline_factor": 1.0 for t in ("ground", "prisoner_list", "terms")}
         , instead=before("inauguration-day")),
    Case("leaders who must meet first keep a truce waiting", {"pre_truce_days": 1, "incidents": 1},
         scenario=before("leaders-must-meet"), instead=TALKS_FIRST),
    Case("who decides without meeting decides sooner", {"pre_truce_days": -1}, scenario=before("leaders-must-meet"),
         on={"deal.obligations.talks_terms.after": [{"talks": "ground", "state": "agreed"},
                                                   {"talks": "prisoner_list", "state": "agreed"}]}),
    Case("a strike on negotiators costs agreements", {"phase_reached": -1, "pre_truce_days": 1},
         scenario=before("strike-on-negotiators"), instead=TALKS_FIRST),
    Case("fighting breaks off talks and costs captives", {"pre_truce_days": 1, "hostages_died_in_captivity": 1},
         scenario=before("fighting-breaks-off-talks"), instead=TALKS_FIRST),
    Case("fighting goes on while talks do", {"incidents": 1}, scenario=TALKS_FIRST,
         off={f"behaviour.incidents.by_{p}.without_truce": 0.0 for p in ("israel", "hamas")}),
    Case("a contested list of prisoners costs agreements", {"phase_reached": -1, "prisoners_released": -1},
         scenario=before("contested-list"), instead=TALKS_FIRST),
    Case("each obstacle costs days", {"pre_truce_days": -1}, scenario=TALKS_FIRST,
         on={"deal.obligations.talks_terms.after": ["envoys_join"]}),
    Case("a truce that begins later is waited for", {"pre_truce_days": 1}, on={"deal.obligations.truce.due": "day 5"}),
    Case("pressure begins on its date", {"dispute_days": 1},
         on={"behaviour.mediators.pressure.envoy": {"on": {"north": 1, "south": 1}, "starts": "day 15"}},
         off={"behaviour.mediators.pressure.envoy": {"on": {"north": 1, "south": 1}}}),
    Case("time to carry out a settlement delays", {"captive_days": 1}, on={"behaviour.mediators.lag": "4 d"}),
    Case("a longer attempt settles later", {"dispute_days": 1}, on={"behaviour.mediators.attempt": "5 d"}),
    Case("memory keeps strain alive", {"suspensions": 1},
         on=STRAINED | {f"{NORTH}.responds.memory": "30 d"}, off=STRAINED | {f"{NORTH}.responds.memory": "6 h"}),
    Case("a truce begins with more incidents", {"incidents": 1},
         on={"behaviour.incidents.fire": FIRE | {"initial": 3.0}}, off={"behaviour.incidents.fire": FIRE}),
    Case("near their deadline talks agree more", {"phase_reached": 1},
         on={f"{NEXT}.near_deadline_factor": 5.0}),
    Case("after their deadline talks agree less", {"phase_reached": -1},
         on={f"{NEXT}.after_deadline_factor": 0.0}),
    Case("talks broken off agree less", {"phase_reached": -1},
         on={f"{NEXT}.breaks_off_per_day": 0.3}),
    Case("talks broken off open again", {"phase_reached": 1}, off={f"{NEXT}.resumes": None}),
    Case("some talks cannot agree", {"phase_reached": -1}, on={f"{NEXT}.fails": 0.5}),
    Case("latency of leaving keeps the deal", {"end_day": 1},
         on={f"{NORTH}.leaves.latency": "10 d", f"{SOUTH}.leaves.after_lapse": 0.0},
         off={f"{SOUTH}.leaves.after_lapse": 0.0}),
    Case("a phase continues for a while at most", {"truce_days": -1}, scenario=JANUARY,
         on={"deal.phases.one.at_most": "5 d"}),
    Case("a phase that may end early does", {"truce_days": -1},
         on=AGREED | {"deal.phases.one.ends_early": True}, off=AGREED),
    Case("a day of exchange has its own flow", {"aid_delivered": 1},
         on={"deal.obligations.aid.on_exchange_days": {"trucks": 300}}),
    Case("a flow ends on its date", {"aid_delivered": -1}, on={"deal.obligations.aid.until": "day 10"}),
    Case("the weight of a batch counts in the lead", {"largest_lead_south": 1},
         on={"deal.obligations.batch_1.weight": 8}),
    Case("a party that keeps a suspended truce down collapses the deal", {"truce_days": -1},
         on={f"{NORTH}.patience": "3 d", f"{NORTH}.restores": 0.0}, off={f"{NORTH}.patience": "3 d"}),
    Case("delays delay", {"captive_days": 1}, on={f"{SOUTH}.default.delay": {"median": "6 d", "p95": "12 d"}}),
    Case("a kind has its own compliance", {"captive_days": 1}, on={f"{SOUTH}.kinds.release.late": 1.0}),
    Case("a return has its own compliance", {"late_north": 1},
         on={f"{NORTH}.obligations": {"prisoners.batch_1": {"late": 1.0}}}),
    Case("a phase that does not continue ends the truce", {"truce_days": -1}, scenario=january("no-continuation"),
         instead=JANUARY),
    Case("talks under way keep a party that would leave", {"truce_days": 1}, scenario=january("side-letter"),
         instead=january("side-letter"), off={"behaviour.parties.israel.leaves.unless": []}),
    Case("a veto on what was agreed costs the next phase", {"phase_reached": -1}, scenario=january("coalition-veto"),
         off={"behaviour.parties.israel.obligations.ratified.refused": 0.0}, instead=january("coalition-veto")),
    Case("what waits for an inspection waits", {"implementation_score": -1, "not_met_israel": 1},
         scenario=january("inspection-fails"), instead=JANUARY),
    Case("a kind of dispute has its own chance to be settled", {"line_reached": -1, "not_met_israel": 1},
         scenario=january("withdrawal-disputes-last"), instead=JANUARY),
    Case("a settlement may bring a part of a flow", {"aid_delivered": -1}, scenario=january("aid-settled-in-part"),
         instead=JANUARY),
    Case("another holder out of contact keeps people held", {"hostages_living_released": -1},
         scenario=january("holder-out-of-contact"), instead=JANUARY),
    Case("nobody behind the deal ends the truce", {"truce_days": -1, "hostages_living_released": -1},
         scenario=january("no-guarantors"), instead=JANUARY),
    Case("one party leaves after phase one", {"truce_days": -1, "phase_reached": -1},
         scenario=january("phase-one-only"), instead=JANUARY),
    Case("the other party leaves after phase one", {"truce_days": -1, "phase_reached": -1},
         scenario=january("phase-one-only-hamas"), instead=JANUARY),
    Case("two mediators more are obeyed by whom they speak to", {"not_met_hamas": -1, "dispute_days": -1},
         scenario=OCTOBER, instead=october("without-turkey-and-qatar")),
    Case("a crossing that waits for the last opens later", {"not_met_israel": 1},
         scenario=october("crossing-as-leverage"), instead=OCTOBER),
    Case("no force, no further line", {"line_reached": -1}, scenario=october("force-never-comes"),
         instead=october("force-never-comes"),
         off={"behaviour.parties.contributors.default": {"late": 0.6, "refused": 0.0}}),
    Case("no weapons, no further line", {"line_reached": -1}, scenario=october("disarmament-refused"),
         instead=october("disarmament-refused"), off={"behaviour.parties.hamas.kinds.arms.refused": 0.0}),
    Case("a committee kept out holds up the administration", {"implementation_score": -1, "not_met_hamas": 1},
         scenario=october("committee-kept-out"), instead=OCTOBER),
    Case("what is promised on completion is worked for", {"not_met_israel": -1, "not_met_hamas": -1},
         scenario=october("inducements"), instead=october("inducements"),
         off={f"behaviour.mediators.pressure.donors.on.{p}": 0.0 for p in ("israel", "hamas")}),
    Case("conditions before a handover delay it", {"captive_days": 1}, scenario=october("conditions-before-handover"),
         instead=OCTOBER),
    Case("the stricter of two verifiers holds up the line", {"line_reached": -1}, scenario=october("two-verifiers"),
         instead=october("two-verifiers"),
         off={"deal.obligations.red_line.after": ["force", "verified_by_mediators"]}),
    Case("who falls short is not done", {"on_time_hamas": -1, "line_reached": -1}, scenario=october("two-verifiers"),
         instead=october("two-verifiers"), off={"behaviour.parties.hamas.kinds.arms.short": 0.0}),
    Case("what is substantially met counts as met", {"on_time_hamas": 1, "disputes": -1, "line_reached": 1},
         scenario=october("substantially-met"), instead=october("substantially-met"),
         off={f"deal.obligations.arms_{t}.accepted_from": 1.0 for t in ("preparation", "heavy", "rest")}),
    Case("step against step keeps the sides closer", {"largest_lead_hamas": -1},
         scenario=october("reciprocal-stages"), instead=october("disarmament-refused"),
         off={"behaviour.parties.hamas.kinds.arms": {"late": 0.5, "refused": 0.4}}),
    Case("a random shock strikes sometimes", {"captive_days": 1},
         on={"behaviour.shocks.blow": {"per_day": 0.05, "effect": "suspends_truce", "by": "north", "lasts": "10 d"}}),
)  # fmt: skip


@pytest.mark.parametrize("case", list(filter(in_turn, CASES)), ids=lambda case: case.name)
def test_a_mechanism_moves_the_mean_in_its_direction(case: Case) -> None:
    with_it = outcomes_of(case.scenario, case.on)
    without = outcomes_of(case.instead or case.scenario, case.off)
    for name, direction in case.moves.items():
        distance = direction * standard_errors_from_zero(with_it[name] - without[name])
        assert distance > Z, f"{name} moves by {distance:.1f} standard errors in the stated direction"


@pytest.mark.parametrize("case", list(filter(in_turn, CASES)), ids=lambda case: case.name)
def test_both_engines_tell_the_same_with_a_mechanism_and_every_guarantee_holds(case: Case) -> None:
    """The reference engine raises where a guarantee is broken or the phase machine is asked for an illegal move."""
    plan = plan_of(case.scenario, case.on)
    slow, fast = reference_block(plan, SEED, 0, 10), simulate_block(plan, SEED, 0, 10)
    assert (slow.outcomes == fast.outcomes).all()
    assert (slow.histogram == fast.histogram).all()


TALKS = {
    "early": {"behaviour.talks.phase_two.opens": "day 4", "behaviour.talks.phase_two.never": 0.0},
    "on time": {"behaviour.talks.phase_two.delay": "0 min", "behaviour.talks.phase_two.never": 0.0},
    "late": {"behaviour.talks.phase_two.opens": "day 40", "behaviour.talks.phase_two.never": 0.0},
    "never": {"behaviour.talks.phase_two.never": 1.0},
}


@pytest.mark.parametrize("outcome", ["phase_reached", "hostages_living_released"])
@pytest.mark.parametrize(("sooner", "later"), [("early", "on time"), ("on time", "late"), ("late", "never")])
def test_talks_that_open_sooner_reach_further(sooner: str, later: str, outcome: str) -> None:
    """Opened at once where the baseline has no delay; so day 4, day 16, day 40 and never."""
    at_once = {"behaviour.talks.phase_two.delay": "0 min"}
    one, other = (outcomes_of(JANUARY, at_once | TALKS[when])[outcome] for when in (sooner, later))
    assert standard_errors_from_zero(one - other) > Z


def test_talks_that_never_open_lose_the_deal_even_if_everything_else_is_kept() -> None:
    kept, lost = (outcomes_of(f"january-2025/{name}", {}) for name in ("as-written", "talks-never-open"))
    assert (kept["hostages_living_released"] - lost["hostages_living_released"] == 24).all()


def log_variance_ratio(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Log of the ratio of two paired variances, and its standard error by the delta method."""
    squares = [(x - x.mean()) ** 2 for x in (one, other)]
    influence = squares[0] / squares[0].mean() - squares[1] / squares[1].mean()
    return math.log(squares[0].mean() / squares[1].mean()), float(influence.std(ddof=1)) / math.sqrt(len(one))


def test_clustered_incidents_vary_more_than_as_many_that_come_alone() -> None:
    """Half of them in answer to another, at half the background rate: the same mean in the long run."""
    source = "behaviour.incidents.fire"
    alone = outcomes_of("small", {source: FIRE | {"per_day": 0.4}})["incidents"]
    clustered = outcomes_of("small", {source: FIRE | {"branching": 0.5, "decay": "1 d"}})["incidents"]
    assert abs(clustered.mean() / alone.mean() - 1) < 0.1
    ratio, standard_error = log_variance_ratio(clustered, alone)
    assert ratio > Z * standard_error


@pytest.mark.parametrize("outcome", ["on_time_south", "not_met_south"])
def test_uncertain_parameters_widen_the_spread(outcome: str) -> None:
    """Against the same chance known, which is the mean of what is uncertain."""
    path, settings = "parties.south.default.refused", {f"{SOUTH}.default.refused": 0.5, **SILENT}
    uncertain = {"uncertain": {path: {"uniform": [0.0, 1.0], "assumption": "for this test"}}}
    unknown, known_well = (outcomes_of("small", setting)[outcome] for setting in (settings | uncertain, settings))
    ratio, standard_error = log_variance_ratio(unknown, known_well)
    assert ratio > Z * standard_error


def test_the_distance_from_zero_is_signed_and_sees_no_effect_where_there_is_none() -> None:
    assert standard_errors_from_zero(np.zeros(5)) == 0.0
    assert standard_errors_from_zero(np.full(5, -2)) == -math.inf
    assert standard_errors_from_zero(np.array([1, 3, 1, 3])) == pytest.approx(2 / math.sqrt(4 / 3 / 4))


def test_a_mechanism_without_effect_would_be_seen() -> None:
    idle = Case("pressure in a deal without disputes", {"captive_days": 1}, on=SILENT | {
        "behaviour.mediators.pressure.envoy": {"on": {"north": 0.1, "south": 0.1}}}, off=SILENT)  # fmt: skip
    with pytest.raises(AssertionError, match=r"captive_days moves by 0\.0 standard errors"):
        test_a_mechanism_moves_the_mean_in_its_direction(idle)
