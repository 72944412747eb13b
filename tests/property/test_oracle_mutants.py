"""What is wrong with the second simulator on purpose is told by the deals by hand: each of these faults is noticed.

A simulator that nothing contradicts would be no witness. Every mutant changes one line of a copy of `tests/oracle/`.
"""

from __future__ import annotations

import importlib
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.amounts import a_share
from tests.builders import tiny
from tests.property.test_oracle import ORACLE, REPLICATES
from tests.told.by_hand import BY_HAND
from tests.told.compare import difference, document_of, told_by_oracle, told_by_program

MUTANTS = {
    "a time rounded down": ("chance.py", "min(time + 0.5, _LONGEST)", "min(time, _LONGEST)"),
    "a hazard rounded down": ("incidents.py", "world.now + math.ceil(days * DAY)", "world.now + int(days * DAY)"),
    "another uniform for the delay": (
        "obligations.py",
        'time_at(u[1], world.compliance(duty, "delay"',
        'time_at(u[2], world.compliance(duty, "delay"',
    ),
    "late where refused": ("obligations.py", 'if u[0] < refused else "late"', 'if u[0] > refused else "late"'),
    "a day begins a minute later": (
        "reading.py",
        "return (minute + self.start) // DAY * DAY - self.start",
        "return (minute + self.start) // DAY * DAY - self.start + 1",
    ),
    "takes no time": ("obligations.py", "ready = world.now + after_gate(duty)", "ready = world.now"),
    "no transit": ("people.py", 'transit = minutes(duty.terms.get("transit") or 0)', "transit = 0"),
    "one person more a day": (
        "people.py",
        "return max(0, int(capacity) - used)",
        "return max(0, int(capacity) + 1 - used)",
    ),
    "misidentified count as returned": ("people.py", "earned[key] = living = living - wrong", "earned[key] = living"),
    "the last to live leave first": (
        "deaths.py",
        "del captivity.amounts[:living]",
        "del captivity.amounts[len(captivity.amounts) - living :]",
    ),
    "deaths stop with the first": ("deaths.py", "    expect(world, key)\n\n\ndef leave", "\n\ndef leave"),
    "a refusal is tolerated": ("disputes.py", "wait = 0 if is_refused else", "wait ="),
    "settled on its own time": ("disputes.py", "duty.time = min(about_to, duty.time)", "duty.time = about_to"),
    "attempts share their luck": ("disputes.py", "    duty.attempts += 1\n    mediation", "    mediation"),
    "nothing is held back": (
        "disputes.py",
        'if world.chance.at(f"withholds {duty.key}")[0] >= world',
        'if world.chance.at(f"withholds {duty.key}")[0] >= 0 * world',
    ),
    "excitement does not fade": (
        "incidents.py",
        "source.excess *= math.exp(-(world.now - source.since) / DAY / source.decay)",
        "source.excess *= 1.0",
    ),
    "this incident strains too": (
        "incidents.py",
        '    world.count["incidents"] += 1\n',
        '    world.count["incidents"] += 1\n    source.times.append(world.now)\n',
    ),
    "a deadline does not press": ("talks.py", "(end, near)", "(end, 1.0)"),
    "talks resume at once": ("talks.py", 'world.now + max(1, time_at(u[3], talks.terms["resumes"]))', "world.now + 1"),
    "a flow is kept in part from 70 % on": ("flows.py", "IN_PART, ALMOST = 0.95, 0.5", "IN_PART, ALMOST = 0.95, 0.7"),
    "part of the units is accepted": (
        "obligations.py",
        "return int(units * level + 1e-9)",
        "return int(units * level + 1)",
    ),
    "nobody leaves after a lapse": ("phases.py", 'chance = float(leaves.get("after_lapse", 1.0))', "chance = 0.0"),
    "a phase lasts from midnight": (
        "phases.py",
        "return None if lasts is None else minutes(lasts)",
        "return None if lasts is None else minutes(lasts) + 1",
    ),
    "what talks came to is not seen": ("missing.py", "return int(talks.event)", "return int(phase)"),
}


@cache
def histories(name: str) -> tuple[Any, list[Any]]:
    """A deal by hand as plain data, and what the program tells of it."""
    scenario = tiny(BY_HAND[name])
    return document_of(scenario), told_by_program(scenario, REPLICATES)


@pytest.mark.parametrize("mutant", a_share(MUTANTS, 5))
def test_a_fault_of_the_oracle_is_noticed(mutant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file, right, wrong = MUTANTS[mutant]
    package = "oracle_" + "".join(c for c in mutant if c.isalpha())
    (tmp_path / package).mkdir()
    for path in ORACLE.glob("*.py"):
        text = path.read_text()
        if path.name == file:
            assert text.count(right) == 1, f"{right!r} stands {text.count(right)} times in {file}"
            text = text.replace(right, wrong)
        (tmp_path / package / path.name).write_text(text.replace("tests.oracle", package))
    monkeypatch.syspath_prepend(tmp_path)
    simulate = importlib.import_module(f"{package}.simulate").simulate
    try:
        assert any(_differs(name, simulate) for name in BY_HAND)
    finally:
        for module in [name for name in sys.modules if name.split(".")[0] == package]:
            del sys.modules[module]


def _differs(name: str, simulate: Any) -> bool:
    document, program = histories(name)
    for replicate, told in enumerate(program):
        try:
            oracle = told_by_oracle(document, replicate, simulate)
        except (AssertionError, LookupError, ArithmeticError, TypeError, ValueError):
            return True
        if difference(told, oracle):
            return True
    return False
