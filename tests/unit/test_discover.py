"""What unknowns explain, and the box of them: planted where one unknown decides, and none where none does."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from sim.analysis.discover.boxes import box_of, fit
from sim.analysis.discover.run import ceiling, discover
from sim.cli.commands import main
from sim.errors import GoalError

SCENARIO = """
scenario: unsure
question: When is the north not on time?
builds_on: swap-terms.yaml
behaviour:
  assumption: a
  parties: {north: {default: {refused: 0.5}}, south: {default: {late: 0.1}}}
uncertain:
  parties.north.default.refused: {uniform: [0, 1], assumption: a}
  parties.south.default.late: {uniform: [0, 0.5], assumption: a}
"""
BASE = "scenario: swap-terms\nquestion: When?\ndeal: swap.yaml\n"


@pytest.fixture
def unsure(tmp_path):
    from tests.unit.test_design import DEAL

    (tmp_path / "swap.yaml").write_text(DEAL)
    (tmp_path / "swap-terms.yaml").write_text(BASE)
    path = tmp_path / "unsure.yaml"
    path.write_text(SCENARIO)
    return path


def halves(seed, n, chance_of, n_unknowns=8):
    """Points at random and where it happens, one replicate each: those that choose a box, and those that judge it."""
    chance = np.random.default_rng([24, seed])

    def half(size):
        points = chance.random((size, n_unknowns))
        return points, (chance.random(size) < chance_of(points)).astype(float)

    return half(n), half(n), half(20_000)


def in_the_corner(points):
    return (points[:, 2] > 0.45) & (points[:, 5] < 0.55)


@pytest.mark.parametrize("seed", range(3))
def test_a_box_with_sharp_walls_is_found_as_it_is(seed):
    """Two walls among eight unknowns: on points that neither chose nor judged it, nearly all of it and little else."""
    one, other, fresh = halves(seed, 1000, lambda points: in_the_corner(points).astype(float))
    box, _, says_much = box_of(one, other, 0.9)
    found = fit(box, *fresh)
    assert says_much
    assert box.limits() == [(2, "low"), (5, "high")]
    assert (box.low[2], box.high[5]) == pytest.approx((0.45, 0.55), abs=0.05)
    assert min(found.coverage, found.density) > 0.9


@pytest.mark.parametrize("seed", range(5))
def test_a_box_of_seven_in_ten_against_one_in_ten_is_found_with_its_two_walls_alone(seed):
    one, other, fresh = halves(seed, 1500, lambda points: np.where(in_the_corner(points), 0.7, 0.1))
    box, _, says_much = box_of(one, other, 0.5)
    found = fit(box, *fresh)
    assert says_much
    assert box.limits() == [(2, "low"), (5, "high")]
    assert found.density == pytest.approx(0.7, abs=0.05)
    assert found.coverage > 0.5


@pytest.mark.slow
def test_in_noise_there_is_no_box():
    """A chance of three in ten everywhere: in 95 of 100 seeds, at least, nothing is told."""
    told = [box_of(*halves(seed, 400, lambda points: np.full(len(points), 0.3), 5)[:2], 0.5)[2] for seed in range(100)]
    assert sum(told) <= 5


@pytest.mark.slow
def test_the_unknown_that_decides_is_found_with_its_limit_alone(unsure):
    found = discover(unsure, "P(on_time_north < 1) > 0.5", points=200, each=40, coverage=0.8, workers=1)
    assert found["explained"] > 0.2
    assert found["ceiling"] > 1.25 * found["base"]
    (limit,) = found["box"]["limits"]
    assert (limit["path"], limit["is"]) == ("parties.north.default.refused", "at least")
    assert limit["value"] == pytest.approx(0.5, abs=0.12)
    assert found["box"]["density"] > 0.85
    assert found["box"]["coverage"] > 0.75
    again = discover(unsure, "on_time_north < 1", points=200, each=40, coverage=0.8, workers=2)
    assert again == found


def test_no_box_is_told_where_the_unknowns_hardly_matter(unsure):
    found = discover(unsure, "prisoners_released < 10", points=60, each=20, workers=1)
    assert found["box"] is None
    assert "no box" in found["why_not"]


def test_what_is_explained_of_shares_that_are_known():
    chance = np.random.default_rng(1)
    share = np.where(np.arange(400) < 100, 0.9, 0.1)
    halves = np.column_stack([chance.binomial(2000, share) / 2000, chance.binomial(2000, share) / 2000])
    told = ceiling(halves, 0.5)
    assert told["base"] == pytest.approx(0.3, abs=0.01)
    # the variance of 0.9 at a quarter and 0.1 elsewhere is 0.12, of one replicate 0.21
    assert told["explained"] == pytest.approx(0.12 / 0.21, abs=0.02)
    assert told["ceiling"] == pytest.approx(0.9, abs=0.01)
    noise = chance.binomial(20, 0.3, (400, 2)) / 20
    assert ceiling(noise, 0.5)["explained"] < 0.02
    assert ceiling(noise, 0.5)["ceiling"] < 1.25 * 0.3


def test_what_cannot_be_asked_is_said(unsure):
    for goal, said in (("P(end = collapsed) < 0.5", "a chance is written"), ("end = over", "an end is one of")):
        with pytest.raises(GoalError, match=said):
            discover(unsure, goal, points=60, each=20)
    with pytest.raises(GoalError, match="nothing is uncertain"):
        discover("january-2025/as-written", "end = collapsed")


@pytest.mark.slow
def test_the_command_keeps_numbers_and_a_picture(unsure, tmp_path):
    given = ["discover", str(unsure), "--goal", "on_time_north < 1", "--points", "120", "--each", "20"]
    result = CliRunner().invoke(main, [*given, "--out", str(tmp_path / "found")])
    assert result.exit_code == 0, result.output
    assert "explain" in result.output
    assert "at least" in result.output
    assert {"discover.json", "box.png", "box.svg"} == {file.name for file in (tmp_path / "found").iterdir()}
    assert json.loads(CliRunner().invoke(main, [*given, "--json"]).stdout)["goal"] == "P(on_time_north < 1) > 0.5"
