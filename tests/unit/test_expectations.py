"""Expectations: their grammar, the three answers, and what compare makes of them; shares of violated guarantees."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

from sim.analysis.compare import Design, compare
from sim.cli.commands import main
from sim.document.expectation import Happening, parse_expectation
from sim.engine.reference import ReferenceEngine
from sim.outcomes.columns import columns, violations
from sim.plan.compile import compile_plan
from sim.reading.resolve import resolve
from sim.statistics.estimate import Estimate
from sim.statistics.expectations import judge
from sim.statistics.guarantees import Violations
from tests.builders import sample, tiny


@pytest.mark.parametrize(
    ("text", "happening", "mean_of", "relation", "bound"),
    [
        ("P(hostages_living_released >= 20 by day 4) >= 0.9",
         Happening("hostages_living_released", ">=", 20, 4), "", ">=", 0.9),
        ("P( captive_days<9000.5 )>0", Happening("captive_days", "<", 9000.5), "", ">", 0),
        ("P(end = collapsed) <= 0.05", Happening(end="collapsed"), "", "<=", 0.05),
        ("P(violates calm) < 1", Happening(violates="calm"), "", "<", 1),
        ("mean(truce_days) > 40", None, "truce_days", ">", 40),
    ],
)  # fmt: skip
def test_an_expectation_is_read_as_it_is_written(text, happening, mean_of, relation, bound):
    read = parse_expectation(text)
    assert (read.happening, read.mean_of, read.relation, read.bound) == (happening, mean_of, relation, bound)


@pytest.mark.parametrize(
    ("low", "high", "relation", "verdict"),
    [
        (0.9, 0.95, ">=", "holds"), (0.9, 0.95, ">", "undecided"), (0.8, 0.89, ">=", "fails"),
        (0.8, 0.95, ">=", "undecided"), (0.8, 0.9, "<=", "holds"), (0.8, 0.9, "<", "undecided"),
        (0.91, 0.95, "<=", "fails"), (0.9, 0.95, "<", "fails"), (float("nan"), float("nan"), ">", "undecided"),
    ],
)  # fmt: skip
def test_both_ends_of_the_interval_have_to_agree(low, high, relation, verdict):
    assert judge(Estimate(0.9, low, high, 100), relation, 0.9) == verdict


COIN = """
deal:
  groups: {people: {side: hostages, held_by: north, count: 4}}
  obligations:
    batch: {kind: release, by: north, to: south, due: day 2, amount: {people: 4}}
    notice: {kind: information, by: south, to: north, due: day 3}
guarantees:
  notice_first: {precedes: [notice, batch]}
  all_out: {responds: {to: phase.one.entered, with: batch, within: 3 d}}
behaviour: {parties: {north: {default: {late: 0.5, delay: 4 d}}, south: {complains: 0.0}}}
"""
EXPECTS = {
    "P(hostages_living_released >= 4 by day 2) >= 0.4": "holds",
    "P(hostages_living_released >= 4 by day 2) >= 0.5": "undecided",
    "P(hostages_living_released >= 4 by day 2) > 0.6": "fails",
    "P(hostages_living_released = 4) >= 0.9": "holds",
    "P(violates notice_first) < 0.4": "fails",
    "P(violates all_out) >= 0.4": "holds",
    "P(end = completed) > 0.9": "holds",
    "mean(captive_days) < 10": "fails",
}


def coin(*expects: str):
    return tiny(COIN).model_copy(update={"expects": list(expects)})


def test_an_expectation_holds_fails_or_is_undecided():
    found = compare(Design(coin(*EXPECTS), [], n=400, seed=3)).baseline
    assert {one.text: one.verdict for one in found.expectations} == EXPECTS
    released = found.expectations[0].estimate
    late = sample(compile_plan(coin()), 400, seed=3)["late_north"]
    assert released.value == 1 - late.mean() == 1 - found.guarantees[1].share.value


def test_the_replicate_named_is_the_first_that_violates():
    scenario = coin()
    plan = compile_plan(scenario)
    engine = ReferenceEngine(plan)
    for violation in compare(Design(scenario, [], n=50, seed=8)).baseline.guarantees:
        kept = [violations(plan, engine.run(8, i).outcomes)[violation.name] is None for i in range(50)]
        assert violation.count == kept.count(False) > 0
        assert violation.replicate == kept.index(False)


def test_counts_of_violations_do_not_depend_on_how_replicates_are_split():
    rows = np.array([[0, -1], [0, 7], [0, -1], [0, 0]])
    names = ("disputes", "violated_calm")
    whole, parts = Violations(names), Violations(names)
    whole.add(rows, 10)
    for first in (2, 0):
        part = Violations(names)
        part.add(rows[first : first + 2], 10 + first)
        parts.merge(part)
    assert whole.found(4) == parts.found(4)
    (calm,) = whole.found(4)
    assert (calm.count, calm.replicate, calm.share.value) == (2, 11, 0.5)


def test_compare_ends_with_1_where_an_expectation_fails(tmp_path):
    def run(expected: str):
        file = tmp_path / "expecting.yaml"
        file.write_text(
            f"scenario: expecting\nquestion: Does it show?\nbuilds_on: january-2025/talks-never-open\n"
            f"expects: ['{expected}']\n"
        )
        return CliRunner().invoke(main, ["compare", str(file), "-n", "40", "--json"])

    for expected, verdict, code in (
        ("P(end = lapsed) >= 0.5", "holds", 0),
        ("P(end = lapsed) >= 0.99", "undecided", 0),
        ("P(end = completed) >= 0.5", "fails", 1),
    ):
        result = run(expected)
        assert result.exit_code == code, result.output
        (judged,) = json.loads(result.stdout)["baseline"]["expects"]
        assert (judged["expectation"], judged["verdict"]) == (expected, verdict)


def test_run_tells_which_guarantees_are_violated_and_when():
    name, replicate = "november-2023/baseline", "60"
    told = CliRunner().invoke(main, ["run", name, "--replicate", replicate, "--json"])
    plan = compile_plan(resolve(name))
    expected = violations(plan, ReferenceEngine(plan).run(0, int(replicate)).outcomes)
    guarantees = json.loads(told.stdout)["guarantees"]
    assert {found["name"]: found["minute"] for found in guarantees} == expected
    assert not all(found["kept"] for found in guarantees)
    story = CliRunner().invoke(main, ["run", name, "--replicate", replicate]).stdout
    assert "Violated: 1 of 5 declared guarantees" in story
    assert len(columns(plan)) == len(set(columns(plan)))
