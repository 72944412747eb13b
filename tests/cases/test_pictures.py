"""Figures show the runs themselves: two peaks stay two, and scenarios that differ look different."""

import numpy as np
import pytest

from sim.report.figures.dots import by_column, columns_of, dots
from sim.report.figures.outcomes import outcomes


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
