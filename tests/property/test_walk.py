"""Walks and arbitrary behaviours reach every phase, status and end of each shipped deal that can be reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from sim.document.behaviour import Behaviour
from sim.document.deal import Deal
from sim.document.scenario import ResolvedScenario
from sim.engine.batch import PLAINLY
from sim.engine.kernel import run_block
from sim.errors import EngineError
from sim.native.entry import for_rules
from sim.outcomes.by_day import ByDay
from sim.outcomes.columns import columns
from sim.plan.codes import N_PARTIES, End, Event, Kind, Status
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.plan.record import STATE
from sim.reading.catalogue import Entry, deals
from sim.reading.model import load_deal
from sim.reading.resolve import resolve
from sim.testing import DealWalk, Walker, around, scenarios
from tests import broken
from tests.amounts import examples, one_quick

N_WALKS, LONGEST, N_BEHAVIOURS, N_REPLICATES, N_DIRECTED = 150, 6, 60, 20, 400
MOST_ROUNDS = 30
_TELL_STATUS = [
    event for event in Event
    if (event.name.startswith("OBLIGATION_") and not event.name.endswith(("DELAYED", "REFUSED", "FORWARD", "SHARE")))
    or event in (Event.DISPUTE_OPENED, Event.DISPUTE_SETTLED)
]  # fmt: skip
_PHASES = (Event.PHASE_ENTERED, Event.PHASE_CONTINUED, Event.PHASE_ENDED, Event.PHASE_LAPSED)
Seen = dict[str, set[str]]
"""By phase, kind of obligation, and 'end': what was reached."""

CANNOT_END: dict[str, dict[End, str]] = {
    "october-2025": {End.LAPSED: "phase one continues until phase two can begin, and phase two is the last"},
}
TALKS_HAVE_NO_DEBTOR = {
    Status.DUE, Status.LATE, Status.WITHHELD, Status.DISPUTED, Status.REDATED, Status.CURED, Status.DEFAULTED,
}  # fmt: skip


NOTHING_TO_COMPLAIN_OF = "its debtor is owed nothing before it that could still be in dispute"
ALL_DUE_AT_ONCE = "but for the truce, without which nothing else is decided, both sides owe all in one minute"
ALL_IN_ONE_EXCHANGE = "its legs are all that the parties owe each other, and an exchange holds back by itself"
CANNOT_BE: dict[tuple[str, Kind, Status], str] = {
    (
        "october-2025",
        Kind.TRUCE,
        Status.VOID,
    ): "late after day 1, and nothing ends the deal on day 1",
    ("october-2025-talks", Kind.TRUCE, Status.WITHHELD): NOTHING_TO_COMPLAIN_OF,
    ("october-2025-talks", Kind.INFORMATION, Status.WITHHELD): NOTHING_TO_COMPLAIN_OF,
    ("october-2025-talks", Kind.WITHDRAWAL, Status.WITHHELD): NOTHING_TO_COMPLAIN_OF,
    ("israel-hezbollah-2004", Kind.RELEASE, Status.WITHHELD): "it is due before anything that could be in dispute",
    ("israel-hezbollah-2004", Kind.RELEASE, Status.VOID): "nothing ends the deal in its first hours",
    ("vietnam-1973", Kind.RELEASE, Status.WITHHELD): "beside its exchange the other side owes nothing at all",
    ("vietnam-1973", Kind.INFORMATION, Status.VOID): "nothing ends the deal in its first minute",
    ("aceh-2005", Kind.TRUCE, Status.VOID): "nothing ends the deal before it is owed, as day 16 begins",
    ("lebanon-2024", Kind.TRUCE, Status.WITHHELD): NOTHING_TO_COMPLAIN_OF,
    ("lebanon-2024", Kind.TRUCE, Status.VOID): "nothing ends the deal in its first minute",
    ("lebanon-2024", Kind.WITHDRAWAL, Status.WITHHELD): ALL_DUE_AT_ONCE,
    ("lebanon-2024", Kind.FORCE_DEPLOYMENT, Status.WITHHELD): ALL_DUE_AT_ONCE,
    ("colombia-2016", Kind.ARMS, Status.WITHHELD): NOTHING_TO_COMPLAIN_OF,
    ("damascus-sdf-2025", Kind.TRUCE, Status.WITHHELD): NOTHING_TO_COMPLAIN_OF,
    ("damascus-sdf-2025", Kind.TRUCE, Status.VOID): "nothing ends the deal in its first hours",
    ("korea-1953", Kind.TRUCE, Status.VOID): "nothing ends the deal in its first hours",
    ("colombia-2016", Kind.TRUCE, Status.VOID): "nothing ends the deal in its first hours",
    ("yemen-2020", Kind.ACCESS, Status.VOID): "nothing ends the deal before day 17",
    ("iran-iraq-1988", Kind.RELEASE, Status.WITHHELD): ALL_IN_ONE_EXCHANGE,
    ("iran-iraq-1988", Kind.ACCESS, Status.VOID): "nothing ends the deal before day 9",
    ("iran-iraq-1990", Kind.RELEASE, Status.WITHHELD): ALL_IN_ONE_EXCHANGE,
    ("iran-iraq-1990", Kind.ACCESS, Status.VOID): "nothing ends the deal in its first minute",
}


def impossible(plan: Plan, kind: Kind, status: Status) -> str:
    """Why no obligation of this kind can come to this status in this deal; empty if one can."""
    if why := CANNOT_BE.get((plan.scenario.deal.deal, kind, status)):
        return why
    p = plan.record[0]
    mine = [o for o in range(len(plan.obligations)) if p["kind"][o] == kind]
    between = [o for o in mine if p["debtor"][o] < N_PARTIES and p["creditor"][o] == 1 - p["debtor"][o]]
    disputable = [o for o in mine if p["creditor"][o] < N_PARTIES and p["may_be_disputed"][o]]
    if kind == Kind.TALKS and status in TALKS_HAVE_NO_DEBTOR:
        return "talks are agreed or not; nobody is late with them"
    if (
        kind == Kind.TALKS
        and status == Status.MET_LATE
        and not any(p["deadline_kind"][p["topic"][o]] >= 0 for o in mine)
    ):
        return "no talks have a date to conclude by"
    if status == Status.EXCUSED and not any(p["is_dynamic"][o] for o in mine):
        return "only a return for releases can come to be owed for nobody"
    if status == Status.WITHHELD and not between:
        return "only a party holds back, from the other party"
    if status in (Status.DISPUTED, Status.CURED) and not disputable:
        return "only a party complains"
    return ""


def directed(deal: Deal) -> list[Behaviour]:
    """Behaviours that arbitrary ones rarely come near."""
    everybody = [*deal.parties, *deal.others, *deal.mediators]
    shared = [_most_of_it_comes(deal, everybody)] if _has_gate_on_a_share(deal) else []
    open_, one = _complaints_stay_open(deal, everybody), _one_complains(deal, everybody)
    return [*open_, *one, _dates_move_far(deal, everybody), *shared]


def _has_gate_on_a_share(deal: Deal) -> bool:
    return any(condition.share is not None for o in deal.obligations.values() for condition in o.after)


def _most_of_it_comes(deal: Deal, everybody: list[str]) -> Behaviour:
    """Each does four fifths of its units, which opens gates that ask for a share; nobody settles the rest."""
    party = {"default": {"short": 0.7, "level": 0.8}, "withholds": 1.0, "patience": "150 d"}
    return _behaviour(deal, dict.fromkeys(everybody, party), mediators={"settles": 0.0})


def _complaints_stay_open(deal: Deal, everybody: list[str]) -> Iterator[Behaviour]:
    """All are late for long, and attempts to settle take long."""
    for late, refused, median, attempt, searches in (
        (0.5, 0.0, "6 d", "20 d", False), (0.9, 0.0, "6 d", "40 d", False), (0.4, 0.1, "6 d", "3 d", False),
        (0.3, 0.0, "2 d", "2 d", False), (0.6, 0.0, "3 d", "30 d", True),
    ):  # fmt: skip
        party = _late(
            late, median, refused=refused, withholds=0.8, patience="150 d", latency="1 d", leaves={"after_lapse": 0.5}
        )
        search = {key: {"found": 0.8, "time": {"median": "3 d", "p95": "40 d"}} for key, g in deal.stocks.items()
                  if g.list == "hostages"}  # fmt: skip
        yield _behaviour(
            deal,
            dict.fromkeys(everybody, party),
            mediators={"settles": 0.7, "attempt": attempt, "lag": "1 d"},
            search=search if searches else {},
            shocks={"new_dates": {"per_day": 0.02, "effect": "redates_all"}} if refused else {},
        )


def _one_complains(deal: Deal, everybody: list[str]) -> Iterator[Behaviour]:
    """Nobody complains of what is late, or one party only, which then holds back what it is late with itself."""
    patient = _late(0.5, "6 d", complains=0.0)
    others = dict.fromkeys(everybody, patient)
    yield _behaviour(deal, others)
    angry = _late(0.5, "6 d", complains=1.0, withholds=0.9, patience="150 d", latency="1 d")
    slow = _late(0.5, "20 d", complains=0.0)
    first, second = deal.parties
    yield _behaviour(deal, {**others, first: angry, second: slow})
    yield _behaviour(deal, {**others, first: slow, second: angry})


def _dates_move_far(deal: Deal, everybody: list[str]) -> Behaviour:
    """New dates lie a month ahead, and what nobody settles ends the deal before them."""
    party = _late(0.5, "9 d", complains=1.0, patience="1 d", latency="6 h")
    return _behaviour(
        deal,
        dict.fromkeys(everybody, party),
        mediators={"settles": 0.0, "attempt": "40 d", "lag": "30 d"},
        shocks={"new_dates": {"per_day": 0.5, "effect": "redates_all"}},
    )


def _late(late: float, median: str, *, refused: float = 0.0, **others: Any) -> dict[str, Any]:
    """A party that is late so often, by so much."""
    delay = {"median": median, "p95": "60 d"}
    return {"default": {"late": late, "refused": refused, "delay": delay, "level": 0.6}, **others}


def _behaviour(deal: Deal, parties: dict[str, Any], **others: Any) -> Behaviour:
    """The behaviour of all; talks agree within days."""
    talks = {o.topic: {"agrees_per_day": 0.5} for o in deal.obligations.values() if o.topic}
    return Behaviour.model_validate({"assumption": "For this test.", "parties": parties, "talks": talks, **others})


class Look:
    """Runs scenarios of a deal on the batch engine, and keeps what they come to."""

    def __init__(self) -> None:
        self.seen: Seen = defaultdict(set)
        self._states = for_rules(np.zeros(1, STATE))

    def at(self, plan: Plan, states: Any) -> None:
        trace = states["events"][0][: int(states["n_events"][0])]
        kinds, n = plan.record["kind"][0], len(plan.obligations)
        told = trace[np.isin(trace[:, 1], _TELL_STATUS)]
        pairs = {*zip(kinds[told[:, 2]].tolist(), told[:, 6].tolist(), strict=True)}
        pairs |= {*zip(kinds[:n].tolist(), states["status"][0, :n].tolist(), strict=True)}
        for kind, status in pairs:
            self.seen[Kind(kind).name].add(Status(status).name)
        for _, event, phase, *_ in trace[np.isin(trace[:, 1], _PHASES)].tolist():
            self.seen[f"phase {plan.phases[phase]}"].add(Event(event).name.removeprefix("PHASE_"))
        self.seen["end"].add(End(int(states["end"][0])).name)

    def run(self, resolved: ResolvedScenario, n: int) -> Plan:
        plan = compile_plan(resolved)
        curves, outcomes = ByDay.of(plan), np.zeros((1, len(columns(plan))), np.int64)
        layout = curves.layout(curves.empty())
        for replicate in range(n):
            assert (
                run_block(for_rules(plan.record), self._states, np.uint64(1), replicate, outcomes, *PLAINLY, *layout)
                == -1
            )
            self.at(plan, self._states)
        return plan


def explore(entry: Entry) -> tuple[Plan, Seen]:
    """What walks, directed and arbitrary behaviours reach in a deal."""
    deal, look, chance = load_deal(entry.path), Look(), np.random.default_rng(1)
    walker = Walker(resolve(f"{entry.name}/baseline"))
    for _ in range(N_WALKS):
        for _ in walker.wander(chance, LONGEST):
            look.at(walker.plan, walker.states)
    for behaviour in directed(deal):
        look.run(around(deal, behaviour), N_DIRECTED)

    for round_ in range(MOST_ROUNDS):  # arbitrary behaviours, until nothing is left to reach: as many in any profile

        @settings(max_examples=N_BEHAVIOURS, suppress_health_check=list(HealthCheck))
        @seed(round_)
        @given(scenarios(deal))
        def behave(resolved: ResolvedScenario) -> None:
            look.run(resolved, N_REPLICATES)

        behave()
        if not missed(walker.plan, entry.name, look.seen):
            break
    return walker.plan, look.seen


def cannot_end(plan: Plan, end: End) -> str:
    """Why no deal like this one can end so, whatever anybody does."""
    has_length = any(phase.lasts is not None for phase in plan.scenario.deal.phases.values())
    return "no phase has a length that could run out" if end is End.LAPSED and not has_length else ""


def missed(plan: Plan, name: str, seen: Seen) -> list[str]:
    """What can be reached and was not, and what cannot and was; prints the table."""
    found = []
    for phase in plan.phases:
        states = seen[f"phase {phase}"]
        print(f"{name:20} {'phase ' + phase:30} {', '.join(sorted(states))}")
        if "ENTERED" not in states or not states & {"ENDED", "LAPSED"}:
            found.append(f"{name}: phase {phase} is not entered and left")
    for kind in sorted({Kind(k) for k in plan.record["kind"][0, : len(plan.obligations)]}):
        marks = []
        for status in list(Status)[1:]:  # every obligation begins as planned
            why, is_seen = impossible(plan, kind, status), status.name in seen[kind.name]
            marks.append(status.name.lower() if is_seen else f"({status.name.lower()}: {why})")
            if is_seen == bool(why):
                found.append(
                    f"{name}: {kind.name} {status.name} " + (f"is reached, though {why}" if why else "is missed")
                )
        print(f"{name:20} {kind.name.lower():30} {', '.join(marks)}")
    for end in list(End)[1:]:
        why, is_seen = CANNOT_END.get(name, {}).get(end, "") or cannot_end(plan, end), end.name in seen["end"]
        print(f"{name:20} {'end ' + end.name.lower():30} {'reached' if is_seen else why}")
        if is_seen == bool(why):
            found.append(f"{name}: end {end.name} " + (f"is reached, though {why}" if why else "is missed"))
    return found


@pytest.mark.parametrize("entry", one_quick(deals()), ids=lambda entry: entry.name)
def test_every_phase_status_and_end_that_can_be_reached_is_reached(entry: Entry) -> None:
    plan, seen = explore(entry)
    assert not missed(plan, entry.name, seen)


def test_a_status_that_is_not_reached_is_missed() -> None:
    walker, look = Walker(resolve("november-2023/baseline")), Look()
    walker.walk()
    look.at(walker.plan, walker.states)
    assert "november-2023: RELEASE LATE is missed" in missed(walker.plan, "november-2023", look.seen)


# ---------------------------------------------------------------- the state machine


class Walk(DealWalk):
    scenario = "november-2023/baseline"


FEW = examples(8, stateful_step_count=6, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", [entry.name for entry in deals()])
def test_no_walk_through_a_shipped_deal_breaks_an_invariant(name: str) -> None:
    run_state_machine_as_test(type("Walk", (DealWalk,), {"scenario": f"{name}/baseline"}), settings=FEW)


@pytest.mark.parametrize(
    ("breaks", "message"),
    [(broken.lose_somebody, "people_are_conserved"), (broken.end_for_no_reason, "every_end_has_a_root_cause")],
)
def test_a_walk_catches_a_broken_engine(breaks: broken.Break, message: str) -> None:
    walk = Walk()
    with broken.rules_that(breaks), pytest.raises(EngineError, match=message):
        walk.comply()


def test_a_walk_counts_people_itself() -> None:
    walk = Walk()
    walk.comply()
    assert walk.walked is not None
    walk.people_are_conserved()
    moved = np.flatnonzero(walk.walked.trace[:, 1] == Event.PEOPLE_MOVED)
    walk.walked.trace[moved[-1], 5] += 1
    with pytest.raises(AssertionError, match="people"):
        walk.people_are_conserved()


def test_a_walk_follows_phases_itself() -> None:
    walk = Walk()
    walk.comply()
    assert walk.walked is not None
    walk.phases_come_in_order()
    entered = np.flatnonzero(walk.walked.trace[:, 1] == Event.PHASE_ENTERED)
    walk.walked.trace[entered[1], 2] += 1
    with pytest.raises(AssertionError, match="came from nowhere"):
        walk.phases_come_in_order()
