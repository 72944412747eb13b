"""What is printed of a deal whose lists are nobody's hostages: its own words, for each list a line."""

import json

import pytest
from click.testing import CliRunner

from sim.analysis.deviations.goals import read_goal
from sim.cli.commands import main
from sim.document.lists import lists_of
from sim.document.measured import main_outcome
from sim.errors import GoalError
from sim.plan.compile import compile_plan
from sim.reading.resolve import resolve_any
from sim.reading.validate import validate_file
from sim.report.figures.timeline_people import _list_called
from tests.builders import plan_of

DEAL = """
deal: exchange
title: Exchange of captured soldiers
starts: 2025-05-16T14:00+03:00
horizon: 60 d
sources: {t: {title: Text}}
parties: {north: North, south: South}
stocks:
  officers: {of: people, held_by: south, count: 30, list: northern_soldiers, source: t}
  men: {of: people, held_by: south, count: 400, list: northern_soldiers, source: t}
  fallen: {of: remains, held_by: south, count: 50, list: northern_soldiers, source: t}
  southerners: {of: people, held_by: north, count: 390, title: Southern soldiers, source: t}
  guns: {of: guns, held_by: north, count: 5, source: t}
phases: {one: {lasts: 40 d, source: t}}
obligations:
  a1: {kind: release, by: south, due: day 3, amount: {officers: 30}, source: t}
  a2: {kind: release, by: south, due: day 9, amount: {men: 400, fallen: 50}, source: t,
       after: {released: 100, list: southerners}}
  b1: {kind: release, by: north, due: day 3, amount: {southerners: 390}, source: t}
"""
SCENARIO = """
scenario: exchange-late
question: What if the last are never found?
deal: exchange.yaml
behaviour: {assumption: a, search: {fallen: {found: 0.5, time: 1 d}}, parties: {north: {default: {refused: 0.2}}}}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "exchange.yaml").write_text(DEAL)
    (tmp_path / "late.yaml").write_text(SCENARIO)
    return tmp_path


def call(*words):
    result = CliRunner().invoke(main, [str(word) for word in words], env={"COLUMNS": "120"})
    assert result.exit_code == 0, result.output
    return result.output


def test_people_and_remains_of_a_list_are_a_line_each_and_a_stock_without_one_is_its_own(folder):
    deal = resolve_any(folder / "exchange.yaml").deal
    assert [(one.key, one.name, one.groups, one.outcome) for one in lists_of(deal)] == [
        ("northern_soldiers_living", "living northern soldiers", ("officers", "men"), "hostages_living_released"),
        ("northern_soldiers_deceased", "deceased northern soldiers", ("fallen",), "hostages_deceased_returned"),
        ("southerners_living", "Southern soldiers", ("southerners",), "prisoners_released"),
    ]
    assert main_outcome(deal) == "hostages_living_released"


@pytest.mark.case(
    "L1",
    before="people on both sides had to be hostages or prisoners, and tables called them so",
    after="lists have any name, and show, run, compare and explain say nothing else",
)
@pytest.mark.parametrize("command", [("show",), ("run", "--replicate", "3"), ("compare", "-n", "200", "--all")])
def test_nobody_is_called_a_hostage_or_a_prisoner(folder, command):
    text = call(command[0], folder / "late.yaml", *command[1:])
    if command[0] != "show":
        assert "northern soldiers" in text
    assert "hostage" not in text.lower()
    assert "prisoner" not in text.lower()


def test_rows_and_milestones_of_an_answer_are_of_the_same_list(folder):
    told = json.loads(call("compare", folder / "late.yaml", "-n", "200", "--json"))
    text = json.dumps(told)
    assert "all_northern_soldiers_living" in text
    assert "reached_all_southerners_living" in text or "all_southerners_living" in text


def test_a_third_list_is_told_stock_by_stock(folder):
    more = DEAL.replace(
        "  guns:", "  old: {of: people, held_by: north, count: 5, list: village, source: t}\n"
        "  ill: {of: people, held_by: north, count: 4, list: village, source: t}\n  guns:",
    )  # fmt: skip
    (folder / "exchange.yaml").write_text(more)
    lists = lists_of(resolve_any(folder / "exchange.yaml").deal)
    assert [(one.name, one.outcome) for one in lists[2:]] == [
        ("Southern soldiers", "released_southerners"), ("old", "released_old"), ("ill", "released_ill"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "broken", "told"),
    [
        ("{officers: 30}", "{guns: 3}", "not-people obligations.a1.amount.guns"),
        ("list: southerners}}", "list: southrners}}", "unknown-list obligations.a2.after.list"),
        ("released: 100, list: southerners", "released: 100", "bad-condition obligations.a2.after"),
        (
            "released: 100, list: southerners",
            "obligation: b1, list: southerners",
            "bad-condition obligations.a2.after",
        ),
        ("{of: people, held_by: south, count: 30,", "{held_by: south, count: 30,", "missing-key stocks.officers.of"),
    ],
)
def test_what_is_wrong_with_stocks_and_lists(folder, written, broken, told):
    file = folder / "exchange.yaml"
    file.write_text(DEAL.replace(written, broken, 1))
    assert told in [f"{problem.code} {problem.path}" for problem in validate_file(file)]


def test_the_timeline_and_the_example_of_a_goal_name_the_lists_of_the_deal(folder):
    plan = compile_plan(resolve_any(folder / "exchange.yaml"))
    called = [_list_called(name, plan) for name in ("hostages_living", "hostages_deceased", "prisoners")]
    assert called == ["Northern soldiers released, living", "Northern soldiers returned, deceased",
                      "Southerners released, living"]  # fmt: skip
    assert _list_called("hostages_living", compile_plan(resolve_any("january-2025"))) == "Hostages, living"


def test_a_goal_that_is_none_is_answered_with_an_outcome_that_the_deal_has():
    text = (
        "deal: {stocks: {guns: {of: guns, held_by: north, count: 5}},"
        " obligations: {arms: {kind: arms, by: north, due: day 3, amount: {guns: all}}}}"
    )
    with pytest.raises(GoalError, match="implementation_score < 33"):
        read_goal(plan_of(text), "no guns left")
