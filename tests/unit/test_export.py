"""The PRISM skeleton: read by a model checker where one is installed; its ends are those that the search reaches."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sim.analysis.deviations.decisions import scripted_plan
from sim.analysis.deviations.goals import read_goal
from sim.analysis.deviations.prism import as_prism
from sim.analysis.deviations.search import Search, add_stretches
from sim.cli.commands import main
from sim.reading.resolve import resolve_any
from tests.amounts import slow
from tests.builders import tiny

ENDS = ("completed", "collapsed", "lapsed", "standing")
DEALS = ("january-2025", "november-2023", "october-2025")
BEHAVIOUR = """
behaviour:
  parties: {north: {patience: 3 d}, south: {patience: 3 d}}
"""
DEAREST = "two lots for a list, in a truce"
SMALL = {
    "one step of paper before any truce": """
deal:
  horizon: 12 d
  phases: {one: {truce: false}}
  obligations: {list: {kind: information, by: south, due: day 2}}
""",
    "two steps in a truce": """
deal:
  horizon: 16 d
  phases: {one: {lasts: 8 d}}
  obligations:
    first: {kind: access, by: south, due: day 2}
    second: {kind: access, by: north, due: day 4, after: first}
""",
    "talks that the next phase waits for": """
deal:
  horizon: 14 d
  phases: {one: {lasts: 6 d, then: two}, two: {enters_when: talks.next.agreed, lasts: 2 d}}
  obligations:
    talks: {kind: talks, by: north, topic: next, starts_by: day 2, concludes_by: day 5}
""",
    "a phase that goes on while talks do": """
deal:
  horizon: 14 d
  phases: {one: {lasts: 6 d, then: two, continues_while: talks.next}, two: {enters_when: talks.next.agreed, lasts: 2 d}}
  obligations:
    talks: {kind: talks, by: north, topic: next, starts_by: day 2, concludes_by: day 5}
""",
    "a phase that begins on a day": """
deal:
  horizon: 14 d
  phases: {one: {lasts: 3 d, then: two}, two: {enters_when: day 6, lasts: 2 d}}
  obligations: {list: {kind: information, by: south, due: day 2}}
""",
    "a step that has to come before a day, for a phase that goes on up to another": """
deal:
  horizon: 14 d
  phases: {one: {lasts: 4 d, then: two, continues_while: {not: day 8}}, two: {enters_when: step, lasts: 2 d}}
  obligations: {step: {kind: access, by: south, due: day 2, after: {not: day 7}}}
""",
    "two steps, or one before a day": """
deal:
  horizon: 12 d
  phases:
    one: {lasts: 6 d, then: two, truce: false}
    two: {enters_when: {at_least: 2, of: [a, b, {not: day 5}]}, lasts: 2 d}
  obligations:
    a: {kind: information, by: south, due: day 2}
    b: {kind: information, by: north, due: day 2}
    c: {kind: information, by: south, due: day 3, after: {not: {all: [a, day 5]}}}
""",
    "a step owed to a body that cannot complain": """
deal:
  horizon: 12 d
  others: {agency: Agency}
  phases: {one: {truce: false}}
  obligations: {report: {kind: information, by: south, to: agency, due: day 2}}
""",
    "two releases in step": """
deal:
  horizon: 14 d
  phases: {one: {truce: false}}
  stocks:
    a: {of: people, held_by: north, count: 6, list: northern}
    b: {of: people, held_by: south, count: 9, list: southern}
  obligations:
    a: {kind: release, by: north, amount: {a: all}, due: day 2}
    b: {kind: release, by: south, amount: {b: all}, due: day 4}
  exchanges: {swap: {legs: [a, b]}}
""",
    DEAREST: """
deal:
  horizon: 14 d
  phases: {one: {lasts: 7 d}}
  stocks: {a: {of: people, held_by: north, count: 6, list: northern}}
  obligations:
    a: {kind: release, by: north, amount: {a: all}, due: day 2}
    come: {kind: act, by: south, due: day 2}
  exchanges: {swap: {legs: [a, come], lots: 2, every: 2 d, lead: 0.5}}
""",
    "nothing owed that can fail": """
deal:
  horizon: 12 d
  phases: {one: {truce: false, lasts: 3 d}}
  others: {agency: Agency}
  obligations: {aid: {kind: flow, by: envoy, to: agency, each_day: {trucks: 5}, due: day 1}}
""",
}


def reached_by_search(text: str) -> set[str]:
    """The ends that up to three deviations from compliance lead to."""
    plan = scripted_plan(tiny(text))
    add_stretches(plan)
    ends = set()
    for end in ENDS:
        exploration = Search(plan, read_goal(plan, f"end = {end}")).explore(3)
        if exploration.reaching:
            ends.add(end)
    return ends


def read_by_storm(text: str, folder: Path) -> tuple[Any, Any]:
    """The model checker, and the program as it reads it."""
    stormpy = pytest.importorskip("stormpy", reason="the model checker Storm is not installed")
    file = folder / "deal.prism"
    file.write_text(text, encoding="utf-8")
    return stormpy, stormpy.parse_prism_program(str(file))


def reached_in_skeleton(text: str, folder: Path) -> set[str]:
    """The ends that a model checker reaches in a skeleton."""
    stormpy, program = read_by_storm(text, folder)
    ends = set()
    for end in ENDS:
        (formula,) = stormpy.parse_properties(f'Pmax=? [F "{end}"]', program)
        model = stormpy.build_model(program, [formula])
        if stormpy.model_checking(model, formula).get_value(model.initial_states[0]) > 0:
            ends.add(end)
    return ends


@pytest.mark.parametrize("name", [slow(name) if name == DEAREST else name for name in SMALL])
def test_a_model_checker_reaches_the_ends_that_the_search_reaches(name, tmp_path):
    text = SMALL[name] + BEHAVIOUR
    assert reached_in_skeleton(as_prism(tiny(text)), tmp_path) == reached_by_search(text)


def test_a_skeleton_in_which_every_truce_comes_back_misses_an_end_that_the_search_reaches(tmp_path):
    text = SMALL["talks that the next phase waits for"] + BEHAVIOUR
    mended = as_prism(tiny(text)).replace("(fails'=true)", "(fails'=false)")
    assert reached_by_search(text) - reached_in_skeleton(mended, tmp_path) == {"collapsed"}


@pytest.mark.parametrize("name", DEALS)
def test_a_model_checker_reads_the_skeleton_of_every_shipped_deal(name, tmp_path):
    _, program = read_by_storm(as_prism(resolve_any(name)), tmp_path)
    assert program.nr_modules == 1
    assert {label.name for label in program.labels} == set(ENDS)
    assert not program.has_undefined_constants


STATEMENT = re.compile(
    r"mdp"
    r"|formula \w+ = [^;\n]+;"
    r"|module deal|endmodule"
    r"|\w+ : (?:bool|\[-?\d+\.\.\d+\]) init (?:-?\d+|false|true);"
    r"|\[\] [^;\n]+ -> (?:true|\(\w+'=[^;\n]+\));"
    r'|label "\w+" = end=\d;'
)


@pytest.mark.parametrize("name", DEALS)
def test_the_skeleton_of_every_shipped_deal_is_a_list_of_statements_over_names_that_it_declares(name):
    text = as_prism(resolve_any(name))
    lines = [line.partition("//")[0].strip() for line in text.splitlines()]
    assert [line for line in lines if line and not STATEMENT.fullmatch(line)] == []
    body = "\n".join(lines)
    declared = set(re.findall(r"^(?:formula )?(\w+) [:=]", body, re.MULTILINE))
    words = {"mdp", "module", "deal", "endmodule", "formula", "label", "init", "bool", "true", "false", "min", "max"}
    used = set(re.findall(r"[A-Za-z_]\w*", re.sub(r'"\w+"', "", body)))
    assert used - declared - words == set()


def test_the_command_writes_the_skeleton_to_stdout_or_a_file(tmp_path):
    printed = CliRunner().invoke(main, ["export", "november-2023", "--prism"])
    assert printed.exit_code == 0, printed.output
    file = tmp_path / "deal.prism"
    assert CliRunner().invoke(main, ["export", "november-2023", "--prism", "--out", str(file)]).exit_code == 0
    assert file.read_text() == printed.stdout == as_prism(resolve_any("november-2023"))


def test_a_lot_and_an_obligation_of_like_names_are_told_apart():
    text = """
deal:
  obligations:
    x: {kind: arms, by: north, units: 4, due: day 3}
    y: {kind: arms, by: south, units: 4, due: day 3}
    x_1: {kind: act, by: north, due: day 5}
  exchanges: {swap: {legs: [x, y], lots: 2}}
"""
    variables = [line.split(" : ")[0].strip() for line in as_prism(tiny(text)).splitlines() if " : [" in line]
    assert len(variables) == len(set(variables))
    assert {"o_x_1", "o_x_1_", "o_x_2"} <= set(variables)
