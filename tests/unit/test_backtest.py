"""Back-tests: what a history comes to, scores worked out by hand, and the command."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from sim.analysis.history.backtest import backtest
from sim.analysis.history.base_rates import N_DRAWS, days_late, forecast
from sim.analysis.history.record import HistoryError, read_record
from sim.analysis.history.rows import Step, read_rows
from sim.analysis.history.scores import agreement, bias, coverage, crps, ranks
from sim.cli.commands import main
from sim.reading import catalogue
from sim.reading.history import COLUMNS
from sim.reading.resolve import resolve
from sim.report.backtest import gaps, verdicts

DEAL = resolve("november-2023/baseline").deal


def counts_of(*days, width=12):
    """Forecasts by day, each day given as its list of numbers of people."""
    return np.stack([np.bincount(day, minlength=width) for day in days])


# ------------------------------------------------------------------ scores


def test_the_crps_of_a_point_forecast_is_its_absolute_error():
    counts = counts_of([5] * 7, [9] * 7, [4] * 7)
    assert crps(counts, np.array([8, 3, 4])) == pytest.approx((3 + 6 + 0) / 3)


def test_the_crps_of_two_equal_points_is_the_sum_by_hand():
    # half at 2 and half at 6, observed 3: a quarter at each of 2 (F too high), 3, 4 and 5 (F too low)
    assert crps(counts_of([2, 6]), np.array([3])) == pytest.approx(1.0)
    # three quarters at 2, observed 6: (3/4)² at each of 2, 3, 4 and 5
    assert crps(counts_of([2, 2, 2, 6]), np.array([6])) == pytest.approx(4 * 9 / 16)


def test_the_crps_is_the_mean_distance_less_half_the_mean_spread():
    rng = np.random.default_rng(5)
    values, observed = rng.integers(0, 12, 40), 7
    spread = np.abs(values[:, None] - values).mean()
    expected = np.abs(values - observed).mean() - spread / 2
    assert crps(counts_of(values), np.array([observed])) == pytest.approx(expected)


def test_the_bands_of_twenty_even_forecasts_hold_what_they_hold_by_hand():
    # one forecast each of 0 to 19: the middle half runs from the 5th (4) to the 15th (14), 90 % from 0 to the 19th (18)
    observed = np.array([4, 3, 14, 15, 0, 18, 19])
    found = agreement(counts_of(*[range(20)] * len(observed), width=20), observed)
    assert found.coverage_50 == pytest.approx(2 / 7)
    assert found.coverage_90 == pytest.approx(6 / 7)
    assert (found.width_50, found.width_90) == (10, 18)


def test_the_edges_of_a_band_belong_to_it():
    low, high = np.array([2, 2, 2, 2]), np.array([4, 4, 4, 4])
    assert coverage(low, high, np.array([1, 2, 4, 5])) == 0.5


def test_bias_is_forecast_minus_record():
    assert bias(counts_of([2, 4], [10, 10]), np.array([5, 4])) == pytest.approx((-2 + 6) / 2)


def test_ranks_of_a_calibrated_forecast_are_level():
    counts = counts_of(*[range(100)] * 100, width=100)
    assert ranks(counts, np.arange(100)) == (10,) * 10


def test_ranks_say_on_which_side_the_record_lies():
    counts = counts_of(*[[3, 4, 5]] * 6)
    assert ranks(counts, np.full(6, 9)) == (0,) * 9 + (6,)
    assert ranks(counts, np.full(6, 1)) == (6,) + (0,) * 9


def test_ranks_spread_days_that_are_certain_over_all_tenths_in_the_same_way_each_time():
    counts, observed = counts_of(*[[4]] * 400), np.full(400, 4)
    found = ranks(counts, observed)
    assert min(found) > 15  # 40 expected, standard deviation 6
    assert ranks(counts, observed) == found


# ------------------------------------------------------------------ base rates


LATE = [0, 0, 0, 12, 60, None]
"""Days late of six rows, worked out by hand from their hours."""
ROWS = [
    Step("deal", "pair", "first", "step", outcome, False, False, hours, ())
    for outcome, hours in [(0, 0.0), (0, -48.0), (0, 8.0), (1, 290.0), (2, 1440.0), (3, None)]
]


def share_of(p):
    """Four standard deviations of a share of `N_DRAWS`."""
    return pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / N_DRAWS))


def test_rows_are_late_by_whole_days():
    assert [days_late(step) for step in ROWS] == LATE
    assert days_late(replace(ROWS[0], hours_late=13.0)) == 1


@pytest.mark.parametrize(("days", "met"), [(-1, 0), (0, 3), (11, 3), (12, 4), (59, 4), (60, 5), (74, 5)])
def test_a_batch_is_as_late_as_the_rows(days, met):
    as_written = np.where(np.arange(80) < 5, 0, 10)
    counts = forecast(as_written, 11, ROWS)
    assert counts.sum(axis=1).tolist() == [N_DRAWS] * 80
    assert counts[5 + days, 10] / N_DRAWS == (share_of(met / 6) if met else 0)


def test_batches_are_late_independently():
    last = forecast(np.array([0, 3, 10]), 11, ROWS)[2]
    both, first_only, second_only = last[10], last[3], last[7]
    assert [both / N_DRAWS, first_only / N_DRAWS, second_only / N_DRAWS] == [share_of(0.25)] * 3


def test_the_forecast_is_the_same_each_time_and_another_with_another_key():
    as_written = np.array([0, 3, 10])
    assert np.array_equal(forecast(as_written, 11, ROWS), forecast(as_written, 11, ROWS))
    assert not np.array_equal(forecast(as_written, 11, ROWS), forecast(as_written, 11, ROWS, key=22))


# ------------------------------------------------------------------ the record


# Living hostages with foreign nationals that the deal names, deceased hostages, prisoners; last day.
@pytest.mark.parametrize(
    ("name", "totals", "last_day"),
    [("november-2023", [105, 0, 240], 8), ("january-2025", [25, 8, 1777], 59), ("october-2025", [20, 28, 1968], 266)],
)
def test_a_record_comes_to_the_reported_totals(name, totals, last_day):
    record = read_record(resolve(f"{name}/baseline").deal)
    assert record.released[:, -1].tolist() == totals
    assert record.last_day == last_day
    assert record.released.shape == (3, last_day + 1)


def test_a_record_runs_by_day():
    living, _, prisoners = read_record(DEAL).released.tolist()
    assert living == [0, 24, 41, 58, 69, 81, 97, 105, 105]
    assert prisoners == [0, 39, 78, 117, 117, 180, 180, 210, 240]


def line(**fields):
    """A line of a history: thirteen released on day 1, with these fields changed."""
    whole = dict.fromkeys(COLUMNS, "")
    whole |= {"date": "2023-11-24", "day": "1", "kind": "release", "stocks": "women_and_children:13"}
    return whole | {"hostages_living": "13"} | fields


def history(folder, *lines, columns=COLUMNS):
    path = folder / "record.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(lines)
    return path


def test_a_line_of_a_record_counts_to_its_day(tmp_path):
    record = read_record(DEAL, history(tmp_path, line(), line(date="2023-11-26", day="3")))
    assert record.released[0].tolist() == [0, 13, 13, 26]


WRONG = {
    "8: unknown-stock stocks: the deal has no stock of people 'soldiers'": line(stocks="soldiers:13"),
    "8: another-form stocks: must be key:number, with spaces between, got 'women:many'": line(stocks="women:many"),
    "8: another-sum stocks: they do not add up to the people of the line": line(hostages_living="12"),
    "4: another-day day: 2023-11-24 is day 1 of the deal, got 2": line(day="2"),
    "4: another-form day: must be a whole number, got 'first'": line(day="first"),
    "1: another-form date: must be YYYY-MM-DD, got '24 November'": line(date="24 November"),
    "12: another-form prisoners: must be a whole number, got '3.5'": line(prisoners="3.5"),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_line_that_does_not_fit_is_refused_with_its_place(tmp_path, message):
    path = history(tmp_path, line(), WRONG[message])
    with pytest.raises(HistoryError, match=f"^record.csv:3:{message}( \\(.*\\))?$"):
        read_record(DEAL, path)


def test_more_people_than_the_deal_has_are_refused(tmp_path):
    held = sum(group.count for group in DEAL.stocks.values() if group.list == "hostages")
    path = history(tmp_path, line(hostages_living=str(held + 1), stocks=f"women_and_children:{held + 1}"))
    with pytest.raises(HistoryError, match=f"hostages_living: {held + 1} were released, and the deal's stocks have"):
        read_record(DEAL, path)


def test_other_columns_are_refused(tmp_path):
    with pytest.raises(HistoryError, match=r"^record\.csv:1:1: missing-column source: "):
        read_record(DEAL, history(tmp_path, line(), columns=[name for name in COLUMNS if name != "source"]))


def test_a_line_cut_short_is_refused(tmp_path):
    path = history(tmp_path, line())
    path.write_text(path.read_text() + "2023-11-25,,\n")
    with pytest.raises(HistoryError, match=r"^record\.csv:3:1: another-length: .*, this one 3$"):
        read_record(DEAL, path)


def test_a_history_without_lines_is_refused(tmp_path):
    with pytest.raises(HistoryError, match="no line lies on day 1"):
        read_record(DEAL, history(tmp_path))


def test_a_history_that_is_not_there_is_said_to_be_missing(tmp_path):
    with pytest.raises(HistoryError, match="there is no history of this deal"):
        read_record(DEAL, tmp_path / "record.csv")


def test_a_history_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "record.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(HistoryError, match=r"record\.csv:1:1: not-a-table: cannot be read"):
        read_record(DEAL, path)


# ------------------------------------------------------------------ the back-test


@pytest.fixture(scope="module")
def november():
    return backtest("november-2023", n=300, seed=4, workers=1)


def test_every_deal_with_a_record_can_be_back_tested():
    with_record = [
        entry for entry in catalogue.deals() if (catalogue.folder() / "history" / f"{entry.name}.csv").exists()
    ]
    assert len(with_record) >= 3
    for entry in with_record:
        result = backtest(entry.name, n=20, seed=0, workers=1)
        assert result.n_days == read_record(resolve(f"{entry.name}/baseline").deal).last_day
        people = resolve(f"{entry.name}/baseline").deal.people
        assert bool(result.curves.keys() & {"hostages_living", "prisoners"}) == bool(people)


def test_the_curves_of_forecasts_begin_on_day_1_as_the_record_does(november):
    text = november.as_json()["curves"]["prisoners"]["as_written"]
    assert text == [39, 78, 117, 150, 180, 210, 240, 270]
    everybody_on_day_4 = backtest("october-2025", n=20, seed=0, workers=1).as_json()["curves"]["prisoners"]
    for curve in (everybody_on_day_4["model"]["high_90"], everybody_on_day_4["base_rate"]["high_90"]):
        assert curve[2:4] == [0, 1968]


def test_the_score_of_the_text_is_its_distance_from_the_record(november):
    found = november.as_json()
    for name, curve in found["curves"].items():
        distance = np.abs(np.subtract(curve["as_written"], curve["observed"]))
        assert len(distance) == 8
        assert found["crps"][name]["as_written"] == pytest.approx(distance.mean())
        assert distance.mean() > 0


def test_the_coverage_is_that_of_the_published_bands(november):
    found = november.as_json()
    for name, curve in found["curves"].items():
        for share in ("50", "90"):
            band = zip(curve["model"][f"low_{share}"], curve["observed"], curve["model"][f"high_{share}"], strict=True)
            held = [low <= observed <= high for low, observed, high in band]
            assert found["coverage"][name]["model"][share] == pytest.approx(np.mean(held))


def test_a_back_test_says_that_it_is_in_sample_and_leaves_out_who_is_not_in_the_deal(november):
    found = november.as_json()
    assert found["in_sample"] is True
    assert found["deal"] == "november-2023"
    assert set(found["curves"]) == {"hostages_living", "prisoners"}
    assert all(set(scores) == {"model", "as_written", "base_rate", "refitted"} for scores in found["crps"].values())
    assert sum(found["ranks"]["prisoners"]) == 8


def test_scores_are_told_in_people_in_shares_of_those_due_and_in_days(november):
    found = november.as_json()
    assert found["days"] == 8
    due = {"hostages_living": 115, "prisoners": 270}
    assert {name: curve["due"] for name, curve in found["curves"].items()} == due
    for name, scores in found["crps"].items():
        for key, people in scores.items():
            assert found["share_of_people"][name][key] == pytest.approx(people / due[name])
            assert found["days_off"][name][key] == pytest.approx(8 * people / due[name])
    shares = found["share_of_people"]
    means = {key: np.mean([shares[name][key] for name in due]) for key in ("model", "as_written")}
    assert found["mean_share"] == pytest.approx(means["model"])
    assert found["skill"]["as_written"] == pytest.approx(1 - means["model"] / means["as_written"])


def test_base_rates_leave_out_deals_with_a_document_and_refitted_ones_the_deal_alone(november):
    found, people = november.as_json(), read_rows().people
    mine = sum(step.deal == "november-2023" for step in people)
    shipped = sum(step.deal in ("november-2023", "january-2025", "october-2025") for step in people)
    assert found["refitted"]["rows"] == len(people) - mine
    assert found["base_rate"]["rows"] == len(people) - shipped


def test_the_seed_decides(november):
    again = backtest("november-2023", n=300, seed=4, workers=2)
    other = backtest("november-2023", n=300, seed=5, workers=1)
    assert again.as_json() == november.as_json()
    assert other.as_json()["crps"] != november.as_json()["crps"]


def test_verdicts_name_who_is_nearer_to_the_record(november):
    scores = november.as_json()["crps"]["prisoners"]
    (verdict,) = (text for text in verdicts(november) if text.startswith("Prisoners"))
    gap = scores["base_rate"] - scores["model"]
    assert gap > 0
    assert f"better than the base rates by {gap:,.2g}" in verdict


def test_gaps_name_the_day_on_which_the_median_is_furthest_off(november):
    prisoners = november.curves["prisoners"]
    behind = np.abs(prisoners.bands["model"].median - prisoners.observed)
    day = int(np.argmax(behind)) + 1
    assert behind[day - 1] == behind.max() > 0
    (gap,) = (text for text in gaps(november) if text.startswith("Prisoners"))
    assert f"furthest off on day {day}, with a median of {prisoners.bands['model'].median[day - 1]}" in gap
    assert f"in the highest on {november.as_json()['ranks']['prisoners'][-1]} of 8 days" in gap


@pytest.mark.slow
def test_the_command_writes_numbers_and_figures(tmp_path):
    arguments = ["backtest", "november-2023", "-n", "50", "--draws", "100", "--json", "--out"]
    first, second = tmp_path / "first", tmp_path / "second"
    found = CliRunner().invoke(main, [*arguments, str(first)])
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout) == json.loads((first / "backtest.json").read_text())
    CliRunner().invoke(main, [*arguments, str(second)])
    for name in ("backtest.json", "backtest.png", "backtest.svg", "behaviour.yaml"):
        assert (first / name).stat().st_size > 1000
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_the_command_prints_that_it_is_in_sample():
    found = CliRunner().invoke(main, ["backtest", "november-2023", "-n", "50", "--in-sample"])
    assert found.exit_code == 0, found.output
    assert "In-sample" in found.stdout


def test_an_unknown_deal_is_bad_input():
    found = CliRunner().invoke(main, ["backtest", "november-2032"])
    assert found.exit_code == 2
    assert "november-2032" in found.stderr
