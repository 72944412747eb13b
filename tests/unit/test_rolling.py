"""Rolling origins: forecasts of what follows a day worked out by hand, and nothing taken from what comes after it."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from sim.analysis.calibration.steps import ranked, scores_of
from sim.analysis.history.rolling import FORECASTERS, NEAREST, Seen, lag_so_far, nearest, on_what_is_left, roll
from sim.analysis.history.rows import Step
from sim.analysis.history.scores import crps, crps_of_draws
from sim.cli.commands import main

TEXT = np.array([0, 10, 10, 20, 20, 20, 20, 20, 20, 20])
RECORD = np.array([0, 0, 10, 10, 10, 10, 10, 20, 20, 20])
"""Ten due on day 1 and ten on day 3; the first came a day late, the others four."""
LATE = np.array([0.0, np.inf])


def step(outcome, hours):
    return Step("deal", "pair", "first", "step", outcome, False, False, hours, ())


ROWS = [step(0, 0.0), step(3, None)]


def seen(record=RECORD, drawn=None):
    return Seen(TEXT, record, np.tile(TEXT, (3, 1)) if drawn is None else np.array(drawn))


def target(found, origin, horizon=None):
    (one,) = (t for t in found if (t.origin, t.horizon) == (origin, horizon))
    return one


def test_plain_rivals_are_off_by_what_a_hand_finds():
    found = roll({"people": seen()}, ROWS, 2)
    at_2 = target(found, 2, 7)
    assert (at_2.day, at_2.came) == (9, 10)
    assert {name: at_2.crps[name] for name in ("persistence", "text", "redated")} == {
        "persistence": 10, "text": 0, "redated": 0,
    }  # fmt: skip
    # half of the rows are on time, so ten or nobody: half the distance less half of half of it
    assert at_2.crps["base_rate"] == pytest.approx(2.5, abs=0.15)
    # whoever was due on day 3 and on time is out by day 4: nothing but never is left
    assert target(found, 4).crps["base_rate"] == 10
    assert at_2.log_crps["persistence"] == pytest.approx(np.log(11))


def test_only_origins_with_somebody_due_are_scored():
    assert {t.origin for t in roll({"people": seen()}, ROWS, 2)} == {0, 2, 4, 6}
    ahead = np.where(np.arange(10) < 2, 0, 20)
    assert {t.origin for t in roll({"people": seen(ahead)}, ROWS, 2)} == {0}


@pytest.mark.parametrize(
    ("record", "origin", "lag"),
    [
        (RECORD, 0, 0), (RECORD, 1, 0), (RECORD, 2, 1), (RECORD, 6, 1), (RECORD, 7, 4),
        (np.where(np.arange(10) < 2, 0, 20), 2, -1),
        (np.where(np.arange(10) < 5, 0, 25), 5, -4),
    ],
)  # fmt: skip
def test_the_lag_is_that_of_the_last_who_came(record, origin, lag):
    assert lag_so_far(seen(record), origin) == lag


def test_people_who_are_out_are_taken_for_the_first_due():
    record = np.where(np.arange(10) < 2, 0, 14)
    drawn = on_what_is_left(seen(record), 2, 9, LATE)
    assert set(np.unique(drawn)) == {0, 6}


def test_a_model_is_raised_to_what_is_known_and_its_nearest_replicates_are_taken():
    like, unlike = [0, 0, 10, 10, 10, 10, 10, 20, 20, 20], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    drawn = [unlike, *[like] * NEAREST]
    curves = {"people": seen(drawn=drawn)}
    assert nearest(curves, 4).tolist() == list(range(1, NEAREST + 1))
    at_4 = target(roll(curves, ROWS, 4), 4)
    assert at_4.crps["near"] == 0
    assert at_4.crps["floor"] == pytest.approx(10 / (NEAREST + 1) ** 2)  # nobody goes back: the unlike one adds nobody


def test_replicates_are_near_by_all_curves_of_a_deal():
    right, wrong = RECORD, RECORD + 5
    curves = {"one": seen(drawn=[right, right, wrong]), "other": seen(drawn=[wrong, right, right])}
    assert nearest(curves, 6)[0] == 1


def test_no_forecast_knows_what_comes_after_its_origin():
    """Of two records that part after an origin every forecast says the same: scores against one outcome are equal."""
    generator = np.random.default_rng(3)
    drawn = np.sort(generator.integers(0, 21, (600, 10)), axis=1)
    other = np.where(np.arange(10) > 4, RECORD + 3, RECORD)
    other[-1] = RECORD[-1]
    one, two = (target(roll({"people": seen(r, drawn)}, ROWS, 4), 4) for r in (RECORD, other))
    assert one == two
    before = np.where(np.arange(10) == 4, RECORD + 3, RECORD)
    assert target(roll({"people": seen(before, drawn)}, ROWS, 4), 4).crps != one.crps


def test_the_score_of_draws_is_that_of_their_counts():
    generator = np.random.default_rng(8)
    drawn, observed = generator.integers(0, 12, (50, 4)), np.array([0, 3, 7, 11])
    counts = np.stack([np.bincount(day, minlength=12) for day in drawn.T])
    assert crps_of_draws(drawn, observed).mean() == pytest.approx(crps(counts, observed))


def test_the_ranked_score_is_that_of_a_hand():
    level = np.full((2, 4), 0.25)
    assert ranked(level, np.array([0, 3])) == pytest.approx((0.75**2 + 0.5**2 + 0.25**2) / 3)
    assert ranked(level, np.array([1, 2])) == pytest.approx((0.25**2 + 0.5**2 + 0.25**2) / 3)
    assert ranked(np.eye(4), np.arange(4)) == 0


@pytest.mark.slow
def test_steps_are_scored_from_rows_of_others():
    from sim.analysis.calibration.forecast import learn

    others = [replace(step(0, 0.0), deal=f"d{i}", agreement=f"a{i}", pair=f"p{i}") for i in range(8)]
    mine = [replace(step(0, 0.0), pair="p9"), replace(step(3, None), pair="p9")]
    found = scores_of(learn(others, 1), mine, None)
    share = np.array([8.5, 0.5, 0.5, 0.5]) / 10
    assert found.log_score["refitted"] == pytest.approx(np.log(share[0]) + np.log(share[3]))
    assert (found.n, found.on_time) == (2, 1)
    assert found.on_time_range[0] <= found.on_time_range[1] <= found.on_time_range[2] <= 2


# ------------------------------------------------------------------ the command


@pytest.mark.slow
def test_the_command_scores_what_follows_a_day(tmp_path):
    arguments = ["backtest", "november-2023", "-n", "500", "--draws", "100", "--rolling", "2", "--json", "--out"]
    found = CliRunner().invoke(main, [*arguments, str(tmp_path)])
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    assert told == json.loads((tmp_path / "rolling.json").read_text())
    assert {t["origin"] for t in told["targets"]} == {0, 2, 4, 6}
    assert set(told["crps"]["prisoners"]["end"]) == {"origins", *FORECASTERS}
    # nobody more comes after day 0: off by all 240 who came
    assert told["targets"][-1]["crps"]["persistence"] == told["targets"][-1]["came"]
    first = [t for t in told["targets"] if t["origin"] == 0 and t["curve"] == "prisoners" and t["horizon"] is None]
    assert first[0]["crps"]["persistence"] == 240


@pytest.mark.parametrize("with_it", [["--in-sample"], ["-n", "499"], ["--rolling", "0"]])
def test_rolling_origins_need_a_model_of_others_and_replicates_enough(with_it):
    found = CliRunner().invoke(main, ["backtest", "november-2023", "--rolling", "7", *with_it])
    assert found.exit_code == 2
    assert "Traceback" not in found.output
