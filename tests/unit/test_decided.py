"""What is said to have decided an incident is what the trace shows."""

import pytest

from sim.analysis.decided.moments import Side
from sim.analysis.decided.truce import answer, severity
from sim.engine.reference import ReferenceEngine
from sim.plan.codes import FIELD_CAUSE, FIELD_EVENT, FIELD_MINUTE, FIELD_SUBJECT, Event
from sim.plan.compile import compile_plan
from sim.reading.resolve import resolve
from tests.amounts import one_quick


@pytest.mark.parametrize("replicate", one_quick([0, 1, 2]))
def test_who_answers_an_incident_and_how_grave_it_is_are_read_off_the_same_draws(replicate):
    plan = compile_plan(resolve("january-2025/baseline"))
    trace = ReferenceEngine(plan).run(5, replicate).trace
    side = Side(plan, trace, 5, replicate)
    answered = {row[FIELD_CAUSE] for row in side.rows if row[FIELD_EVENT] == Event.TRUCE_SUSPENDED}
    told = []
    for number, row in enumerate(side.rows):
        if row[FIELD_EVENT] in (Event.INCIDENT_MINOR, Event.INCIDENT_MAJOR):
            minute, kind, source = row[FIELD_MINUTE], Event(row[FIELD_EVENT]), plan.sources[row[FIELD_SUBJECT]]
            grave, fell = severity(plan, source).fell(side, minute), answer(plan, source, kind).fell(side, minute)
            assert grave.result == ("major" if kind == Event.INCIDENT_MAJOR else "minor")
            assert fell.result == ("answered" if number in answered else "not answered")
            told.append(fell)
    assert len(told) > 10
