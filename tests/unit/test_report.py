"""Tables and figures of a comparison made by hand."""

import io
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from rich.console import Console

from sim.outcomes.by_day import ByDay
from sim.reading.resolve import resolve
from sim.report.commands import Asked
from sim.report.console import console_for
from sim.report.figures import FigureError, release_curves
from sim.report.figures.picture import COLOURS, DASHES, MARKERS
from sim.report.numbers import natural_frequency, number, plus_minus, verdict_on, with_interval
from sim.report.terminal import print_comparison, sparkline
from sim.report.words import FOOTER, outcome_in_words, scenarios_called
from sim.statistics.comparison import Comparison, Curve, RootCause, Summary, Variant
from sim.statistics.curves import bands, kaplan_meier
from sim.statistics.estimate import Estimate, share_estimate
from sim.statistics.paired import Example, PairedDifference

CURVES = ByDay(np.array([0, 25, 50, 75]), np.array([5, 5, 5]), 4, np.array([4, 4, 4]))


def curve(final):
    """Of four people, `final` are released on day 2, the same in all of eight replicates."""
    counts = np.zeros((5, 5), np.int64)
    counts[:2, 0] = counts[2:, final] = 8
    return Curve(4, bands(counts))


def summary(name, final):
    shares = {"completed": (0, share_estimate(0, 8)), "collapsed": (3, share_estimate(3, 8))}
    shares |= {"lapsed": (0, share_estimate(0, 8)), "standing": (5, share_estimate(5, 8))}
    return Summary(
        scenario=name,
        starts=date(2025, 1, 19),
        n=8,
        estimates={
            "hostages_living_released": Estimate(final, final - 0.5, final + 0.5, 8),
            "released_women": Estimate(1, 1, 1, 8),
        },
        ends=shares,
        root_causes=(
            RootCause("standing", "talks_opened phase_two", 5),
            RootCause("collapsed", "incident_major by_one", 3),
        ),
        curves={"hostages_living": curve(final), "hostages_deceased": curve(0), "prisoners": curve(4)},
        incidence={"collapsed": np.array([0, 0, 3 / 8, 3 / 8, 3 / 8])},
        survival=kaplan_meier(np.array([0, 0, 3, 0, 0]), np.array([0, 0, 0, 0, 5])),
    )


def difference(value, low, high, ratio=2.0, above=0.5, below=0.25):
    return PairedDifference(Estimate(value, low, high, 8), ratio, 0.01, above, below)


@pytest.fixture
def comparison():
    variant = Variant(
        summary("a-deal/variant", 3),
        {
            "hostages_living_released": difference(1, 0.4, 1.6),
            "disputes": difference(0.1, -0.3, 0.5),
            "truce_days": difference(0, 0, 0, ratio=None, above=0, below=0),
        },
        {"hostages_living_released": 0.02, "disputes": 0.6, "truce_days": 1.0},
        "hostages_living_released",
        {"lowest": Example(7, -2.0), "median": Example(4, 1.0), "highest": Example(1, 3.0)},
    )
    return Comparison(41, 8, "batch", 0.95, {}, False, summary("a-deal/baseline", 2), (variant,))


def printed(comparison, width=120, **options):
    file = io.StringIO()
    print_comparison(comparison, Console(file=file, width=width), **options)
    return file.getvalue()


def line_of(text, words, nth=0):
    return [line for line in text.splitlines() if line.strip().startswith(words)][nth]


def test_tables_speak_in_plain_words_with_intervals(comparison):
    text = printed(comparison)
    assert "2.00 ± 0.50" in line_of(text, "Hostages released, living")
    row = line_of(text, "Hostages released, living", 1)
    for cell in ("+1.00 (+0.40 to +1.60)", "50 / 25", "2.0", "up *"):
        assert cell in row
    assert text.rstrip().endswith(FOOTER)


def test_a_difference_whose_interval_contains_zero_is_undecided(comparison):
    assert line_of(printed(comparison), "Disputes").rstrip().endswith("undecided")
    assert line_of(printed(comparison), "Days of truce").rstrip().endswith("none")


@pytest.mark.parametrize(
    ("low", "high", "p_holm", "verdict"),
    [(0.1, 2, 0.01, "up *"), (0.1, 2, 0.2, "up"), (-2, -0.1, 0.01, "down *"), (-1, 2, 0.5, "undecided")],
)
def test_a_star_is_what_holms_adjustment_leaves(low, high, p_holm, verdict):
    assert verdict_on(difference((low + high) / 2, low, high), p_holm) == verdict


def test_ends_and_causes_are_natural_frequencies(comparison):
    text = printed(comparison)
    assert "38 of 100" in line_of(text, "Collapsed")
    assert "62 of 100" in line_of(text, "Still standing: talks opened (phase two)")


def test_examples_name_the_replicate_and_how_to_open_the_widest(comparison):
    text = printed(comparison, asked=Asked(("my base.yaml", "b.yaml"), ("horizon=9 d",)))
    assert "-2   replicate 7" in line_of(text, "lowest")
    opened = "ceasefire explain 'my base.yaml' b.yaml --set 'horizon=9 d' --seed 41 --replicate 1\n"
    assert opened in text


def test_scenarios_that_no_catalogue_has_are_not_named_in_commands(comparison):
    assert "ceasefire" not in printed(comparison)


def test_groups_are_shown_on_request_only(comparison):
    assert "Released: women" not in printed(comparison)
    assert "Released: women" in printed(comparison, outcomes=["released_women"])


def test_a_narrow_console_gets_more_tables_and_no_cut_number(comparison):
    wide, narrow = printed(comparison), printed(comparison, width=60)
    assert wide.count("Mean of each outcome") == 1
    assert narrow.count("How it ends") == 2
    assert "…" not in narrow
    assert max(map(len, narrow.splitlines())) <= 80


def test_plain_output_has_no_escape_codes(comparison, monkeypatch):
    assert "\x1b" not in printed(comparison)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    file = io.StringIO()
    print_comparison(comparison, console_for(file))
    assert "\x1b" not in file.getvalue()


def test_a_terminal_gets_styles(comparison, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    file = io.StringIO()
    print_comparison(comparison, console_for(file))
    assert "\x1b[1m" in file.getvalue()


def test_a_console_without_unicode_is_served_in_ascii(comparison):
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding="ascii")
    print_comparison(comparison, Console(file=file, width=100))
    file.flush()
    assert b"2.00 +/- 0.50" in raw.getvalue()


def test_one_scenario_is_printed_alone(comparison):
    text = printed(replace(comparison, variants=()))
    assert "baseline" in text
    assert "minus" not in text


def test_precision_and_whether_it_was_reached_are_said(comparison):
    text = printed(replace(comparison, precision={"disputes": 0.5}, confidence=0.97))
    assert "Asked for Disputes ± 0.5: not reached." in text
    assert "intervals of 97 %" in text


def test_sparkline_rises_from_nobody_to_everybody():
    assert sparkline(curve(4)) == "  ███"
    assert sparkline(curve(2)) == "  ▄▄▄"
    assert sparkline(curve(1), width=2) == " ▂"


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.38, "38 of 100"),
        (0.0004, "4 of 10,000"),
        (0.999, "999 of 1,000"),
        (0.0, "0 of 100"),
        (1.0, "100 of 100"),
    ],
)
def test_small_shares_are_counted_out_of_more(share, words):
    assert natural_frequency(share) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hostages_living_released", "Hostages released, living"),
        ("not_met_one_side", "Obligations not met: one side"),
        ("released_life_term", "Released: life term"),
        ("something_else", "Something else"),
    ],
)
def test_published_names_have_plain_words(name, words):
    assert outcome_in_words(name) == words


def test_scenarios_are_called_by_their_short_titles_else_by_their_names_in_words():
    def called(*names):
        return scenarios_called([(name, None) for name in names])

    assert called("d/one", "d/two-or-three") == ("one", "two or three")
    assert called("d/one", "e/one") == ("d/one", "e/one")
    assert called("d/one", "d/one", "d/two") == ("one (1)", "one (2)", "two")
    titled = [(name, resolve(name)) for name in ("january-2025/baseline", "january-2025/ordering-last-for-last")]
    assert scenarios_called(titled) == ("baseline", "last for last")


def test_digits_follow_the_interval():
    assert plus_minus(Estimate(1234.567, 1200.0, 1270.0, 9)) == "1,235 ± 35"
    assert with_interval(Estimate(0.12345, 0.12, 0.127, 9), signed=True) == "+0.1235 (+0.1200 to +0.1270)"
    assert plus_minus(Estimate(3.0, float("nan"), float("nan"), 1)) == "3"


def test_zero_has_no_sign():
    assert number(-0.001, signed=True, digits=1) == "0.0"
    assert number(0.001, signed=True, digits=1) == "0.0"
    assert number(-0.1, digits=1) == "-0.1"


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_same_comparison_gives_the_same_bytes(comparison, tmp_path, ending):
    one, other = tmp_path / f"one.{ending}", tmp_path / f"other.{ending}"
    release_curves(comparison).save(one)
    release_curves(comparison).save(other)
    assert one.read_bytes() == other.read_bytes()
    changed = replace(comparison, baseline=summary("a-deal/baseline", 1))
    release_curves(changed).save(other)
    assert one.read_bytes() != other.read_bytes()


def test_the_figure_says_scenarios_dates_n_seed_and_that_it_is_no_forecast(comparison, tmp_path):
    release_curves(comparison).save(tmp_path / "figure.svg")
    text = (tmp_path / "figure.svg").read_text(encoding="utf-8")
    for words in ("baseline", "variant", "19 Jan", "day 1", "n = 8 replicates", "seed 41", FOOTER):
        assert words in text
    assert "<dc:date>" not in text


def test_dates_are_left_out_where_scenarios_begin_on_different_ones(comparison, tmp_path):
    moved = replace(comparison, baseline=replace(comparison.baseline, starts=date(2025, 10, 10)))
    release_curves(moved).save(tmp_path / "figure.svg")
    text = (tmp_path / "figure.svg").read_text(encoding="utf-8")
    assert "day 1" in text
    assert "Jan" not in text
    assert "Oct" not in text


def test_every_scenario_has_a_colour_a_dash_and_a_marker_of_its_own():
    assert len(set(COLOURS)) == len(set(DASHES)) == len(set(MARKERS)) == 8


def test_more_scenarios_than_can_be_told_apart_are_refused(comparison):
    crowded = replace(comparison, variants=comparison.variants * 8)
    with pytest.raises(FigureError, match="9 scenarios: a figure can tell apart at most 8"):
        release_curves(crowded)


def test_another_ending_is_refused(comparison, tmp_path):
    with pytest.raises(FigureError, match=r"figure.pdf: a figure ends in .png or .svg"):
        release_curves(comparison).save(tmp_path / "figure.pdf")
