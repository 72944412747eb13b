"""What a search reports, by hand on tiny deals; what it finds in shipped deals happens again on its own."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from sim.analysis.deviations.check import check
from sim.analysis.deviations.decisions import scripted_plan
from sim.analysis.deviations.document import as_scenario
from sim.analysis.deviations.goals import read_goal
from sim.analysis.deviations.importance import forced
from sim.analysis.deviations.search import Runner, expected
from sim.analysis.deviations.sets import minimal
from sim.cli.checks import so_far
from sim.cli.commands import main
from sim.document.names import source_called
from sim.document.scenario import Scripted
from sim.engine.reference import ReferenceEngine
from sim.errors import GoalError
from sim.guarantees import Fixed
from sim.outcomes.columns import columns
from sim.plan.compile import compile_plan
from sim.reading.problem import DocumentError
from sim.reading.resolve import resolve
from tests.builders import DAY, noon, plan_of, tiny

ONE_STEP = """
deal:
  horizon: 60 d
  phases: {one: {truce: false}}
  obligations:
    step: {kind: information, by: south, due: day 3}
behaviour:
  parties: {north: {patience: 4 d, tolerance: 1 d}}
"""
"""Without a truce, patience that runs out ends the deal at once."""

BOTH_GIVE = """
deal:
  obligations:
    first: {kind: access, by: south, due: day 3}
    second: {kind: access, by: north, due: day 5}
    third: {kind: access, by: south, due: day 7}
"""


def found_in(text, **options):
    """Minimal sets in words, with how and when their run ends."""
    result = check(tiny(text), workers=1, **options)
    return [(sorted(d.words for d in found.deviations), found.end, found.end_minute) for found in result.minimal_sets]


def test_a_step_not_done_ends_the_deal_only_if_the_dispute_over_it_is_not_settled_either():
    complaint = noon(3) + 12 * 60
    found = found_in(ONE_STEP, deviations=2)
    assert found == [
        (["dispute over step not settled", "step refused"], "collapsed", complaint + 4 * DAY),
        (["dispute over step not settled", "step never"], "collapsed", complaint + 5 * DAY),
    ]


def test_without_deviations_a_deal_that_complies_is_completed_and_nothing_is_found():
    result = check(tiny(ONE_STEP), 0)
    assert (result.minimal_sets, result.exploration.n_runs, result.shortest) == ([], 1, None)


def test_a_goal_that_full_compliance_reaches_has_the_empty_set_as_its_only_minimal_set():
    found = found_in(ONE_STEP, deviations=2, goal="end = completed")
    assert [words for words, _, _ in found] == [[]]


def test_by_one_party_only_its_own_deviations_are_explored():
    assert found_in(ONE_STEP, deviations=2, by="north") == []
    by_south = check(tiny(ONE_STEP), 3, by="south", workers=1)
    assert {d.by for found in by_south.minimal_sets for d in found.deviations} == {("south",)}
    assert by_south.exploration.n_runs < check(tiny(ONE_STEP), 3, workers=1).exploration.n_runs


def test_a_search_that_reaches_its_limit_says_that_it_is_incomplete():
    result = check(tiny(BOTH_GIVE), 3, at_most=50, workers=1)
    assert not result.exploration.complete
    assert result.as_json()["complete"] is False
    assert check(tiny(BOTH_GIVE), 2, workers=1).exploration.complete


def test_the_number_of_threads_changes_nothing_that_is_found():
    one, two = (check(tiny(BOTH_GIVE), 2, workers=n).as_json() for n in (1, 2))
    for timing in ("seconds", "runs_per_second"):
        del one[timing], two[timing]
    assert one == two


def test_sets_that_contain_another_are_not_minimal():
    assert minimal([(3, 1), (2,), (2, 4), (1, 5, 3), (4, 5), (1, 3)]) == [(2,), (3, 1), (4, 5)]
    assert minimal([(1,), ()]) == [()]


def test_a_declared_guarantee_is_a_goal_that_is_reached_by_violating_it():
    text = BOTH_GIVE + "  guarantees: {in_order: {precedes: [first, second], assumption: for this test}}\n"
    result = check(tiny(text), 2, goal="in_order", workers=1)
    assert result.fails
    words = [{d.words for d in found.deviations} for found in result.minimal_sets]
    assert {"first refused", "dispute over first not settled"} in words
    assert all(any("first" in word or "incident" in word for word in deviations) for deviations in words)
    row = result.as_json()["guarantees"][-1]
    assert (row["name"], row["holds"], len(row["counterexample"]["deviations"])) == ("in_order", False, 2)
    assert not check(tiny(text), 2, workers=1).fails


def test_exposure_is_what_a_compliant_side_has_given_and_not_been_given_for():
    result = check(tiny(BOTH_GIVE), 2, workers=1)
    given = next(e for e in result.exposures if (e.party, e.ahead) == ("north", "north"))
    # north gives all it owes on day 5; south, which has given nothing by then, owes two steps
    assert given.compliant.lead == pytest.approx(0.5)
    assert given.worst.lead == pytest.approx(1.0)
    assert (given.worst.minute, given.worst.after) == (noon(5), "second")
    assert [d.words for d in given.found.deviations] == ["first never", "dispute over first not settled"]
    assert all("south" in d.by for d in given.found.deviations)


def test_birnbaum_importance_is_the_difference_that_an_obligation_makes_to_the_chance_of_the_goal():
    behaviour = ONE_STEP.replace("parties:", "mediators: {settles: 0}\n  parties:")
    behaviour = behaviour.replace("parties: {", "parties: {south: {default: {refused: 0.25}}, ")
    result = check(tiny(behaviour), 1, n=200, workers=1)
    (step,) = result.importances
    assert (step.deviates, step.complies) == (1.0, 0.0)
    assert step.birnbaum is not None
    assert step.birnbaum.value == 1.0


def test_a_forced_obligation_leaves_the_chances_of_the_others_as_they_are():
    plan = plan_of(BOTH_GIVE + "behaviour: {parties: {south: {default: {late: 0.2, refused: 0.2}}}}")
    p = forced(plan, 0, deviates=True).record[0]
    chances = [[float(p["parameter"][p[name][o]]) for name in ("late", "refused")] for o in (0, 2)]
    assert chances == [[0.5, 0.5], [0.2, 0.2]]


@pytest.mark.parametrize(
    ("goal", "message"),
    [
        ("", "a goal is a comparison"),
        ("end", "a goal is a comparison"),
        ("disputes < 3; import os", "a goal is a comparison"),
        ("disputes < 3 and", "a goal is a comparison"),
        ("dispute < 3", "did you mean disputes"),
        ("root_event = 3", "no outcome is called"),
        ("disputes = many", "compared with a number"),
        ("end = finished", "an end is one of completed"),
        ("end < completed", "compared with = or !="),
    ],
)
def test_a_goal_that_cannot_be_read_is_refused_with_the_reason(goal, message):
    with pytest.raises(GoalError, match=message):
        read_goal(scripted_plan(tiny(ONE_STEP)), goal)


def test_a_goal_compares_outcomes_in_their_published_unit():
    plan = scripted_plan(tiny(ONE_STEP))
    rows = np.zeros((2, len(columns(plan))), np.int64)
    rows[:, columns(plan).index("truce_days")] = [DAY, 3 * DAY]
    assert read_goal(plan, "truce_days >= 2 and disputes = 0").reached(rows).tolist() == [False, True]


@pytest.mark.parametrize(
    ("scripted", "message"),
    [
        ({"choice": "refused"}, "names exactly one of"),
        ({"obligation": "step", "dispute": "step", "choice": "refused"}, "names exactly one of"),
        ({"obligation": "step", "choice": "not_settled"}, "does not fit obligation"),
        ({"incident": "north", "choice": "major"}, "incident needs its time"),
        ({"obligation": "step", "choice": "late", "at": "day 3"}, "has a time of its own"),
        ({"talks": "next", "choice": "not_agreed", "time": 2}, "comes up once"),
    ],
)
def test_a_scripted_decision_that_makes_no_sense_is_refused(scripted, message):
    with pytest.raises(ValidationError, match=message):
        Scripted.model_validate(scripted)


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("[{obligation: stop, choice: refused}]", "unknown-reference"),
        ("[{talks: next, choice: not_agreed}]", "topic-without-talks"),
        ("[{shock: storm, choice: strikes}]", "unknown-reference"),
        ("[{obligation: step, choice: refused}, {obligation: step, choice: late}]", "scripted-twice"),
    ],
)
def test_a_script_that_names_what_does_not_exist_or_the_same_twice_is_refused(script, code):
    with pytest.raises(DocumentError, match=code):
        tiny(ONE_STEP + f"scripted: {script}\n")


def test_a_shock_without_a_date_needs_one_in_the_script_and_one_with_a_date_takes_none():
    shock = "  shocks: {storm: {%s, effect: settles_all, assumption: for this test}}\n"
    undated = ONE_STEP + shock % "per_day: 0.1" + "scripted: [{shock: storm, choice: strikes}]\n"
    with pytest.raises(DocumentError, match="say when it strikes"):
        tiny(undated)
    dated = ONE_STEP + shock % "at: day 2" + "scripted: [{shock: storm, choice: strikes, at: day 3}]\n"
    with pytest.raises(DocumentError, match="dated-twice"):
        tiny(dated)


def test_a_scripted_scenario_runs_the_same_whatever_the_seed():
    scenario = resolve("january-2025/baseline").model_copy(update={"scripted": []})
    engine = ReferenceEngine(compile_plan(scenario))
    assert np.array_equal(engine.run(1, 2).trace, engine.run(3, 4).trace)


@pytest.mark.parametrize("name", ["january-2025/baseline", "november-2023/baseline", "october-2025/baseline"])
def test_each_counterexample_in_a_shipped_deal_happens_again_from_its_scenario_file(name, tmp_path):
    result = check(resolve(name), 1, goal="end != completed")
    assert result.exploration.complete
    assert not result.broken
    assert result.minimal_sets
    for found in {id(f): f for f in (result.shortest, result.earliest, result.minimal_sets[-1])}.values():
        file = tmp_path / "counterexample.yaml"
        file.write_text(as_scenario(result, found, name, tmp_path), encoding="utf-8")
        plan = compile_plan(resolve(file))
        again = ReferenceEngine(plan).run(7, 7)
        assert result.goal.reached(again.outcomes[np.newaxis]).tolist() == [True]
        assert again.trace[-1, 0] == found.end_minute
        assert np.array_equal(again.trace, result.replay(found).trace)


def test_a_counterexample_by_incidents_over_two_deviations_happens_again():
    lasting = BOTH_GIVE.replace("deal:", "deal:\n  phases: {one: {lasts: 10 d}}", 1)
    result = check(tiny(lasting), 2, goal="end = collapsed")
    ways = {d.document["choice"] for found in result.minimal_sets for d in found.deviations}
    assert {"major", "not_restored"} <= ways
    for found in result.minimal_sets:
        again = result.replay(found)
        assert result.goal.reached(again.outcomes[np.newaxis]).tolist() == [True]
        assert again.trace[-1, 0] == found.end_minute


def break_a_guarantee(monkeypatch):
    """Let the last run with one deviation seem to have broken the first guarantee."""
    whole = Runner.run

    def run(self, scripts, looks_from):
        outcomes, verdicts = whole(self, scripts, looks_from)
        if scripts.shape == (len(scripts), 1):
            verdicts[-1] = Fixed.PEOPLE_ARE_CONSERVED
        return outcomes, verdicts

    monkeypatch.setattr(Runner, "run", run)


def test_a_broken_guarantee_is_reported_with_the_deviations_that_break_it(monkeypatch):
    break_a_guarantee(monkeypatch)
    rows = {row["name"]: row for row in check(tiny(ONE_STEP), 1, workers=1).as_json()["guarantees"]}
    assert len(rows) == len(Fixed) - 1
    broken = rows.pop("people_are_conserved")
    assert [d["words"] for d in broken["counterexample"]["deviations"]] == ["step refused"]
    assert not broken["holds"]
    assert all(row["holds"] and row["counterexample"] is None for row in rows.values())


def test_the_command_ends_with_1_where_a_guarantee_is_broken(monkeypatch):
    break_a_guarantee(monkeypatch)
    result = CliRunner().invoke(main, ["check", "november-2023/baseline", "--deviations", "1", "-n", "0"])
    assert result.exit_code == 1
    assert "Broken: people are conserved" in result.stdout


def test_the_command_prints_one_object_and_keeps_story_numbers_and_scenario_files(tmp_path):
    out = tmp_path / "kept"
    arguments = ["check", "november-2023/baseline", "--deviations", "1", "-n", "0", "--out", str(out), "--json"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    printed = json.loads(result.stdout)
    assert {"explored", "deviations", "complete", "guarantees", "minimal_sets", "runs_per_second"} <= set(printed)
    kept = json.loads((out / "check.json").read_text())
    assert kept == printed | {"sha256": kept["sha256"]}
    assert "the deal has lapsed" in (out / "story.txt").read_text()
    assert (out / "cutsets.svg").exists()
    drawn = CliRunner().invoke(main, ["plot", str(out), "--kind", "cutsets", "--out", str(tmp_path / "again.png")])
    assert drawn.exit_code == 0, drawn.output
    assert (tmp_path / "again.png").read_bytes() == (out / "cutsets.png").read_bytes()
    again = CliRunner().invoke(main, ["run", str(out / "counterexample.yaml"), "--json"])
    assert json.loads(again.stdout)["end"] == printed["shortest"]["end"]


def test_run_says_which_scripted_deviations_it_did_not_come_to(tmp_path):
    file = tmp_path / "by-hand.yaml"
    script = "[{obligation: group_1, choice: refused}, {patience: group_2, choice: lasts}]"
    head = "scenario: november-2023/by-hand\nquestion: What if?\nbuilds_on: november-2023/baseline\n"
    file.write_text(f"{head}scripted: {script}\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["run", str(file), "--json"])
    assert result.exit_code == 0, result.output
    assert "does not come to it: patience over Group of day 2 never ends\n" in result.stderr
    assert "group_1" not in result.stderr


def test_the_command_tells_people_what_it_found():
    result = CliRunner().invoke(main, ["check", "november-2023/baseline", "--deviations", "1", "-n", "20"])
    assert result.exit_code == 0, result.output
    for words in ("Minimal sets of deviations", "Earliest end", "complete", "percent of what each side owes"):
        assert words in result.stdout


def test_a_party_or_goal_that_is_none_ends_the_command_with_code_2():
    for option in (["--by", "nobody"], ["--goal", "peace"]):
        result = CliRunner().invoke(main, ["check", "november-2023/baseline", *option])
        assert result.exit_code == 2


# ---------------------------------------------------------------- the usual goal, and how far it is


@pytest.mark.case(
    "O6",
    before="the usual goal comes about in every run of a scenario, and what each obligation means is +0.000 throughout",
    after="another is taken that goes either way: fewer of the deal's main list come out than if everybody complies",
)
@pytest.mark.parametrize(
    ("name", "goal"),
    [
        ("january-2025/baseline", "hostages_living_released < 49"),
        ("october-2025/baseline", "hostages_living_released < 20"),
        ("january-2025/as-written", "end != completed"),
        ("october-2025-talks/baseline", "end != completed"),
    ],
)
def test_the_usual_goal_is_one_that_goes_either_way(name, goal):
    assert check(resolve(name), 0).goal.text == goal


def test_a_goal_that_is_asked_for_is_kept_though_it_comes_about_in_every_run():
    assert check(resolve("january-2025/baseline"), 0, goal="end != completed").goal.text == "end != completed"


def test_an_obligation_that_moves_the_goal_in_no_run_and_stands_in_no_set_has_no_row():
    words = ["check", "january-2025/baseline", "--deviations", "1", "-n", "60"]
    result = CliRunner().invoke(main, words, env={"COLUMNS": "100"})
    assert "What each obligation means" in result.output
    assert "+0.000 to +0.000" not in result.output


@pytest.mark.case(
    "O6",
    before="a search says how many runs it has made, not of how many, nor how long it goes on",
    after="of about how many, and about how many seconds are left",
)
def test_a_search_tells_of_about_how_many_runs_and_ends_at_their_number():
    told = []
    found = check(resolve("october-2025-talks/as-written"), 2, progress=lambda *what: told.append(what))
    totals = [total for what, _, total in told if what == "runs"]
    done = [done for what, done, _ in told if what == "runs"]
    assert done == sorted(done)
    assert done[-1] == totals[-1] == found.exploration.n_runs
    assert all(total >= n for n, total in zip(done, totals, strict=True))
    assert 0.3 < totals[0] / totals[-1] < 3


def test_how_many_sets_are_expected_follows_from_those_of_one():
    assert expected([1, 4], 1) == 5
    assert expected([1, 4], 2) == 5 + 4 * 4 // 2
    assert expected([1, 4, 6], 3) == 11 + 6 * 4 // 3


@pytest.mark.parametrize(
    ("what", "done", "total", "seconds", "words"),
    [
        ("runs", 1_200, 98_508, 0.2, "1,200 of about 98,508 runs"),
        ("runs", 1_000, 4_000, 2.0, "1,000 of about 4,000 runs, about 6 s left"),
        ("obligations", 10, 40, 5.0, "10 of 40 obligations, about 15 s left"),
        ("runs", 50, 40, 3.0, "50 of about 50 runs, about 0 s left"),
    ],
)
def test_what_is_done_and_left_is_said_in_words(what, done, total, seconds, words):
    assert so_far(what, done, total, seconds) == words


def test_a_search_over_incidents_of_a_party_without_a_source_is_told():
    """What a script lets happen has no source in the behaviour; its story names the party."""
    result = CliRunner().invoke(main, ["check", "november-2023/baseline", "--deviations", "1", "-n", "0"])
    assert result.exit_code == 0, result.output
    assert source_called(resolve("november-2023/baseline").deal, {}, "israel") == "Israel"
