"""Figures show the runs themselves: two peaks stay two, and scenarios that differ look different."""

import numpy as np
import pytest

import sim
from sim.report import figures
from sim.report.figures.dots import by_column, columns_of, dots
from sim.report.figures.outcomes import outcomes
from sim.report.words import ENDINGS
from sim.results.load import load


@pytest.mark.case(
    "O10",
    before="where all 20 or nobody comes home, the figure is a band filled from 0 to 20; three medians lie on one line",
    after="a hundred dots stand along the count, 28 at none and 72 at all, and what differs differs in dots",
)
def test_two_peaks_are_drawn_as_two_and_nothing_stands_between():
    named = {0: "none", 20: "all"}
    tables = {}
    for name, all_home in (("one", 720), ("other", 420)):
        table = np.zeros((21, 4), np.int64)
        table[0, 0], table[20, 2] = 1000 - all_home, all_home
        tables[name] = table
    picture = outcomes(tables, named, what="Living hostages released, of 20", about="A deal", note="n = 1,000.")
    drawn = {axes.get_label(): axes for axes in picture.figure().axes}
    for name, (none, everybody) in {"one": (28, 72), "other": (58, 42)}.items():
        at = [len(line.get_xdata()) for line in drawn[name].get_lines() if line.get_marker() == "o"]
        assert at == [none, everybody]
    columns = columns_of(named, 20, 11)
    whole = dots(by_column(tables["one"], columns), [bool(column.words) for column in columns])
    assert whole.sum(axis=1).tolist() == [28, *[0] * (len(columns) - 2), 72]


@pytest.mark.case(
    "O11",
    before="days 4, 10 and 40 stand at equal steps, on an axis that begins near the means, beside unpaired intervals",
    after="days stand at their distances, means begin at 0, and differences run for run have intervals of their own",
)
def test_a_response_stands_on_a_true_axis_with_paired_differences(tmp_path):
    path = "behaviour.talks.phase_two.opens"
    swept = sim.sweep("january-2025/baseline", {path: "day 4,day 10,day 40"}, n=60, folder=tmp_path / "out").as_json()
    means, below = figures.stored_response(load(tmp_path / "out"), ["truce_days"]).figure().axes
    (line,) = [line for line in means.get_lines() if len(line.get_xdata()) == 3]
    assert line.get_xdata().tolist() == [4, 10, 40]
    assert means.get_ylim()[0] <= 0
    assert not means.collections
    found = [cell["estimates"]["truce_days"]["mean"] for cell in swept["cells"]]
    (moved,) = [line for line in below.get_lines() if len(line.get_xdata()) == 3]
    assert moved.get_ydata() == pytest.approx([mean - found[0] for mean in found])
    rows = sorted(load(tmp_path / "out").table().project("replicate, scenario, truce_days").fetchall())
    first, last = (np.array([days for _, key, days in rows if key == cell["key"]]) for cell in swept["cells"][::2])
    differences = last - first
    half = differences.std(ddof=1) / np.sqrt(60) * 2.0010  # t with 59 degrees of freedom
    segment = below.collections[-1].get_segments()[0][:, 1]
    assert segment == pytest.approx([differences.mean() - half, differences.mean() + half], abs=1e-3)


@pytest.mark.case(
    "O12",
    before="at the width of a telephone the figure of differences shows no mark for one of two scenarios",
    after="a narrow version has names and numbers above the marks, and every mark within 4 inches",
)
def test_differences_have_a_narrow_version_with_every_mark(tmp_path):
    scenarios = [sim.resolve(f"january-2025/{name}") for name in ("baseline", "no-guarantors", "talks-start-day-4")]
    comparison = sim.compare(*scenarios[:1], scenarios[1:], n=100)
    drawn = figures.differences(comparison, narrow=True).figure()
    assert drawn.get_size_inches()[0] == 4
    for axes in drawn.axes:
        marks = [line for line in axes.get_lines() if line.get_linestyle() == "None"]
        low, high = axes.get_xlim()
        assert sum(low < mark.get_xdata()[0] < high for mark in marks) == 2


def test_the_ends_in_words_of_a_narrow_figure_lie_within_it_and_apart():
    """All four ends in one scenario: two rows of two, the longest words first in either."""
    table = np.array([[2, 3, 4, 5], [20, 30, 20, 16]])
    picture = outcomes({"one": table}, {0: "none", 1: "all"}, what="One", about="A deal", note="", narrow=True)
    figure = picture.figure()
    figure.canvas.draw()
    texts = [text for axes in figure.axes for text in axes.texts if text.get_text() in ENDINGS.values()]
    boxes = [text.get_window_extent() for text in texts]
    assert len(boxes) == 4
    assert max(box.x1 for box in boxes) <= figure.bbox.x1
    markers = [text.get_window_extent() for axes in figure.axes for text in axes.texts if text.get_text() == "  "]
    assert not [1 for box in boxes for marker in markers if box.overlaps(marker)]
