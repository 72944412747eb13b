"""Every number of a document at its extremes: refused with its place before the run, or run to a sound end."""

from __future__ import annotations

import copy
import json
import random
import re
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.document.machine import PhaseMachine
from sim.document.values import MOST_LINES, MOST_NUMBER
from sim.engine.batch import run_blocks
from sim.engine.reference import ReferenceEngine
from sim.errors import PlanError, SimError
from sim.outcomes.columns import REACHED, VIOLATED, columns
from sim.plan.compile import compile_plan
from sim.reading.model import read_yaml
from sim.reading.problem import DocumentError
from sim.reading.resolve import resolve
from sim.reading.validate import validate_file
from tests.builders import plan_of, tiny

VALID = Path(__file__).parents[1] / "documents" / "valid"
DURATION = re.compile(r"\d+ (d|h|min|w)")
NUMBERS = (0, 5e-324, 1e-12, 1.0, MOST_NUMBER, 9.3e18, 10**19, 1e300, 1e308)
TIMES = ("0 min", "1 min", "7300 d", "7301 d", "999999999 w", "999999999 w 999999999 w")
DATES = ("day 0", "day -99999", "day 99999", "phase day 99999", "999999999 w after gate", "7300 d after gate")
STARTS = ("0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "9000-12-31T23:59+00:00", "1000-01-01T00:00+00:00")


def leaves(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """The paths of all numbers, times and dates, each with the extremes to try."""
    if isinstance(data, dict | list):
        items = data.items() if isinstance(data, dict) else enumerate(data)
        return [found for key, value in items for found in leaves(value, (*path, key))]
    if isinstance(data, bool) or path[-1] in ("title", "question", "assumption", "note"):
        return []
    if isinstance(data, int | float):
        return [(path, NUMBERS)]
    if not isinstance(data, str):
        return []
    if path[-1] == "starts":
        return [(path, STARTS)]
    if DURATION.fullmatch(data):
        return [(path, TIMES)]
    return [(path, DATES)] if re.match(r"(phase )?day -?\d|.* after gate", data) else []


def with_value(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    data = copy.deepcopy(data)
    part = data
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return data


def cases() -> list[tuple[Path, tuple[Any, ...], Any]]:
    found = []
    for file in sorted(VALID.glob("*.yaml")):
        data, _ = read_yaml(file.read_text(encoding="utf-8"), str(file))
        found += [(file, path, value) for path, values in leaves(data) for value in values if file.stem != "study"]
    return found


def judge(folder: Path, file: Path, path: tuple[Any, ...], value: Any) -> str:
    """'refused' with a place, or 'run' to an end that no law forbids."""
    data, _ = read_yaml(file.read_text(encoding="utf-8"), str(file))
    changed = folder / file.name
    changed.write_text(json.dumps(with_value(data, path, value)), encoding="utf-8")
    try:
        problems = [problem for problem in validate_file(changed) if problem.severity == "error"]
        if problems:
            assert all(problem.message and problem.line for problem in problems)
            return "refused"
        if "scenario" not in data:
            return "run"
        plan = compile_plan(resolve(str(changed)))
    except PlanError as error:
        return "refused" if "sim/plan/limits.py" in str(error) else str(error)
    engine = ReferenceEngine(plan)
    again = np.concatenate([block.outcomes for block in run_blocks(plan, 3, 2, workers=1)])
    for replicate, row in enumerate(again):
        np.testing.assert_array_equal(engine.run(3, replicate).outcomes, row)
        for name, number in zip(columns(plan), row.tolist(), strict=True):
            may_be_none = name.startswith((VIOLATED, REACHED)) or name in ("root_subject", "root_event", "end_day")
            assert number >= 0 or may_be_none, (
                file.name, path, value, name, number,
            )  # fmt: skip
    return "run"


CASE = pytest.mark.case(
    "E5",
    before="1e19 a day released nobody, aid became negative, 1e308 broke conservation, the year 9999 a traceback",
    after="refused with its place, or run to the end by both engines",
)


@pytest.fixture
def folder(tmp_path):
    for file in VALID.glob("*.yaml"):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path


@CASE
def test_numbers_at_their_extremes_are_refused_or_run(folder):
    chosen = random.Random(1).sample(cases(), 60)
    assert {judge(folder, *case) for case in chosen} == {"refused", "run"}


@CASE
@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_every_number_at_its_extremes_is_refused_or_runs(folder, part):
    for case in cases()[part::4]:
        judge(folder, *case)


def problems_of(text: str) -> list[str]:
    try:
        compile_plan(tiny(text))
    except DocumentError as error:
        return [str(problem) for problem in error.problems]
    except SimError as error:
        return [str(error)]
    return []


def a_deal(more: str) -> str:
    return f"""
deal:
  groups: {{all: {{side: prisoners, held_by: south, count: 10}}}}
  obligations: {{pause: {{kind: truce, by: south}}, home: {{kind: return, by: south, amount: {{all: 10}}, due: day 3}}}}
{more}"""


FAR = {
    "lines": (
        "deal: {lines: [" + ", ".join(f"l{i}" for i in range(MOST_LINES + 1)) + "], "
        "obligations: {back: {kind: withdrawal, by: south, to_line: l9, due: day 2}}}",
        "MOST_LINES in sim/document/values.py",
    ),
    "incidents without a truce": (
        a_deal("behaviour: {incidents: {fire: {by: south, without_truce: 1000}}}"), "too-many-events",
    ),
    "incidents without a truce, uncertain": (
        a_deal(
            "behaviour: {incidents: {fire: {by: south, without_truce: 1}}}\n"
            "uncertain: {incidents.fire.without_truce: {uniform: [1, 1000]}}"
        ),
        "too-many-events",
    ),
    "a hazard": (a_deal("behaviour: {deaths: {all: {per_day: 1e308}}}"), "MOST_NUMBER in sim/document/values.py"),
    "a hazard, uncertain": (
        a_deal("behaviour: {deaths: {all: {per_day: 1}}}\nuncertain: {deaths.all.per_day: {uniform: [1, 1e300]}}"),
        "MOST_NUMBER in sim/document/values.py",
    ),
    "a spread beyond numbers": (
        a_deal("behaviour: {deaths: {all: {per_day: 1}}}\nuncertain: {deaths.all.per_day: {lognormal: [1e-300, 1e9]}}"),
        "reaches 2e+256",
    ),
    "a capacity, uncertain": (
        a_deal(
            "behaviour: {parties: {south: {capacity: {return: 5}}}}\n"
            "uncertain: {parties.south.capacity.return: {uniform: [1, 1e19]}}"
        ),
        "MOST_NUMBER in sim/document/values.py",
    ),
    "a time, uncertain": (
        a_deal(
            "behaviour: {parties: {south: {latency: 1 d}}}\n"
            "uncertain: {parties.south.latency.median: {uniform: [1 d, 99999999 w]}}"
        ),
        "LONGEST_DURATION in sim/document/values.py",
    ),
    "a shift": (
        a_deal(
            "behaviour: {deaths: {all: {per_day: 1}}, shocks: {hot: {at: day 2, effect: shifts, "
            "path: deaths.all.per_day, to: 1e300}}}"
        ),
        "MOST_NUMBER in sim/document/values.py",
    ),
    "a shape": (
        a_deal(
            "behaviour: {parties: {south: {complains: 1}}}\nuncertain: {parties.south.complains: {beta: [1e300, 1]}}"
        ),
        "MOST_NUMBER in sim/document/values.py",
    ),
    "aid": (
        "deal: {obligations: {aid: {kind: flow, by: south, each_day: {lorries: 1e19}, due: day 1}}}",
        "MOST_NUMBER in sim/document/values.py",
    ),
    "aid in all": (
        "deal: {horizon: 7300 d, obligations: {"
        + ", ".join(f"a{i}: {{kind: flow, by: south, each_day: {{kg: 1e9}}, due: day 1}}" for i in range(20)) + "}}",
        "MOST_DELIVERED in sim/reading/bounds.py",
    ),
    "the year": (a_deal("").replace("deal:\n", "deal:\n  starts: 9999-12-31T00:00+00:00\n", 1), "LAST_YEAR"),
}  # fmt: skip


@CASE
@pytest.mark.parametrize("what", FAR)
def test_what_goes_too_far_is_told_its_limit(what):
    text, said = FAR[what]
    assert any(said in problem for problem in problems_of(text)), problems_of(text)


@CASE
def test_as_many_lines_as_are_allowed_make_a_machine_at_once():
    lines = ", ".join(f"l{i}" for i in range(MOST_LINES))
    back = "kind: withdrawal, due: day 2"
    plan = plan_of(f"""
deal:
  lines: [{lines}]
  obligations: {{one: {{{back}, by: south, to_line: l9}}, two: {{{back}, by: north, to_line: l59}}}}
""")
    before = time.process_time()
    PhaseMachine(plan.scenario.deal)
    assert time.process_time() - before < 2
