"""What is foreseen comes about, and nothing is foreseen of what people have shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.plan.compile import compile_plan
from sim.reading.catalogue import deals, scenarios
from sim.reading.foresight import foresee_deal
from sim.reading.resolve import resolve, resolve_any
from sim.reading.validate import validate_file
from tests.builders import DAY, history_of, tiny

INVALID = Path(__file__).parents[1] / "documents" / "invalid"


MEANT = {
    "january-2025/ordering-ladder": {"delay-beyond-phase"},
    "october-2025-talks/leaders-must-meet": {"due-before-gate"},
    "iran-iraq-1988/fifty-two-a-day": {"capacity-too-small"},
    "yemen-2020": {"list-nearly-alike"},
    "yemen-2020/interviews-100-a-day": {"capacity-too-small"},
    "yemen-2023": {"list-nearly-alike"},
}
"""Rungs of a day keep the delays of weeks; the meeting comes after the day by which terms were wanted; fewer people are
brought than were planned; lists of the north and of the south are two: as meant."""


@pytest.mark.parametrize("entry", [*deals(), *scenarios()], ids=lambda entry: entry.name)
def test_nothing_is_foreseen_of_the_catalogue_but_what_is_meant(entry):
    problems = validate_file(entry.path)
    assert {problem.code for problem in problems} == MEANT.get(entry.name, set())
    assert all(problem.severity == "warning" for problem in problems)


def test_people_longer_on_the_way_than_the_grace_are_late_though_everybody_complies():
    history = history_of(compile_plan(resolve_any(INVALID / "always-late.yaml")))
    late = {happening.subject for happening in history.all("obligation_late")}
    assert late == {"batch", "open"} == foreseen("always-late", "always-late")


def foreseen(document: str, code: str) -> set[str]:
    """The obligations of which a document's warnings speak."""
    return {p.path.split(".")[1] for p in validate_file(INVALID / f"{document}.yaml") if p.code == code}


@pytest.mark.parametrize(("transit", "is_late"), [(10, False), (11, False), (12, True)])
def test_what_waits_for_talks_is_late_from_the_date_on_which_they_open(transit, is_late):
    """Agreed at noon, due an hour later, and late from midnight on; talks that open at once would leave time enough."""
    scenario = tiny(f"""
        deal:
          groups: {{people: {{side: hostages, held_by: south, count: 1}}}}
          obligations:
            next: {{kind: talks, by: south, to: north, topic: next, starts_by: phase day 2, due: on gate}}
            batch: {{kind: release, by: south, after: next, takes: 1 h, transit: {transit} h, amount: {{people: 1}}}}
    """)
    late = {happening.subject for happening in history_of(compile_plan(scenario)).all("obligation_late")}
    assert late == ({"batch"} if is_late else set())
    assert {fault.path[1] for fault in foresee_deal(scenario.deal) if fault.code == "late-if-all-comply"} == late


def test_people_on_the_way_past_midnight_are_late_in_a_deal_without_a_truce():
    """Due at noon on day 1: late from midnight on, and home at noon on day 2."""
    scenario = tiny("""
        deal:
          groups: {people: {side: hostages, held_by: south, count: 1}}
          phases: {one: {lasts: 5 d, truce: false}}
          obligations:
            batch: {kind: release, by: south, due: 12 h after gate, transit: 24 h, amount: {people: 1}}
    """)
    (late,) = history_of(compile_plan(scenario)).all("obligation_late")
    assert late.minute == DAY
    (fault,) = [fault for fault in foresee_deal(scenario.deal) if fault.code == "late-if-all-comply"]
    assert fault.message.endswith("due on day 1 at the earliest, and it is 1 d in transit")


def test_what_is_dated_before_its_gate_falls_due_after_its_date():
    history = history_of(compile_plan(resolve_any(INVALID / "due-before-gate.yaml")))
    start = 8 * 60 + 30
    days = {name: (history.minutes("obligation_due", name)[0] + start) // 1440 + 1 for name in ("batch", "rest")}
    assert days == {"batch": 5, "rest": 5}
    assert foreseen("due-before-gate", "due-before-gate") == {"batch", "rest"}


def test_a_capacity_too_small_makes_late_and_one_that_is_not_does_not():
    def late(release: int, back: int) -> set[str]:
        settings = {
            "behaviour.parties.north.capacity.release": release,
            "behaviour.parties.south.capacity.return": back,
        }
        history = history_of(compile_plan(resolve(INVALID / "capacity-too-small.yaml", settings)))
        return {happening.subject for happening in history.all("obligation_late")}

    assert late(1, 50) >= {"batch_1", "batch_3"}
    assert "back.batch_3" in late(3, 20)
    assert late(3, 50) == set()


def test_a_phase_with_nothing_but_flows_and_no_length_ends_as_it_begins():
    history = history_of(compile_plan(resolve_any(INVALID / "phase-ends-at-once.yaml")))
    (entered,), (ended,) = (history.minutes(event, "two") for event in ("phase_entered", "phase_ended"))
    assert entered == ended
