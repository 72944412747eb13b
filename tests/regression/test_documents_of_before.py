"""Every document that 0.1 came with, as it was then, is read today and means what the shipped one of its name means."""

from pathlib import Path

import pytest

from sim.plan.compile import compile_plan
from sim.plan.taken import same_plan
from sim.reading.cases import load_study
from sim.reading.catalogue import scenarios
from sim.reading.model import parse_file
from sim.reading.resolve import resolve
from sim.reading.upgrade import steps_of
from sim.reading.validate import validate_file
from tests.amounts import a_share

BEFORE = Path(__file__).with_name("documents_of_0.1")
NAMES = sorted(str(file.relative_to(BEFORE).with_suffix("")) for file in BEFORE.rglob("*.yaml"))
SCENARIOS = [name for name in NAMES if not name.startswith(("deals/", "studies/"))]


def test_all_are_here():
    assert len(NAMES) == 70
    assert set(SCENARIOS) <= {entry.name for entry in scenarios()}


@pytest.mark.parametrize("name", a_share(SCENARIOS, 20))
def test_a_scenario_makes_the_plan_that_the_shipped_one_makes(name):
    before, today = compile_plan(resolve(BEFORE / f"{name}.yaml")), compile_plan(resolve(name))
    assert same_plan(before, today)
    assert before.groups == today.groups
    assert before.obligations == today.obligations


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("deals/")])
def test_a_deal_is_read_without_a_problem_and_has_nothing_left_to_upgrade(name):
    file = BEFORE / f"{name}.yaml"
    assert validate_file(file) == []
    assert "groups:" in file.read_text()
    assert steps_of(parse_file(file).data) == []


@pytest.mark.slow
def test_a_study_has_the_cases_of_the_shipped_one():
    before, today = (load_study(place) for place in (BEFORE / "studies" / "holders.yaml", "holders"))
    assert [case.key for case in before.cases] == [case.key for case in today.cases]
    for old, new in zip(before.cases, today.cases, strict=True):
        assert same_plan(compile_plan(old.resolved), compile_plan(new.resolved))
