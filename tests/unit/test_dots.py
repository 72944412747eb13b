"""A hundred dots stand for all runs: whole, a hundred together, and none for what did not happen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.document.lists import lists_of
from sim.document.milestones import milestones_of
from sim.plan.codes import End
from sim.reading.resolve import resolve
from sim.report.figures.dots import Column, by_column, columns_of, dots, named_counts, of_100
from sim.statistics.apportion import apportioned
from sim.statistics.crossed import STACK, crossed, percentile
from tests.amounts import examples


@given(
    st.lists(st.lists(st.integers(0, 5000), min_size=4, max_size=4), min_size=1, max_size=14), st.data()
)  # fmt: skip
@examples(200)
def test_dots_are_a_hundred_keep_both_margins_and_stand_only_for_what_happened(rows, data):
    counts = np.array(rows)
    if not counts.sum():
        return
    is_named = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    found = dots(counts, is_named)
    together = min(100, int(counts.sum()))
    assert found.min() >= 0
    assert found.sum() == together
    assert found.sum(axis=0).tolist() == apportioned(counts.sum(axis=0), together).tolist()
    exact = counts.sum(axis=1) * together / counts.sum()
    assert np.all(np.abs(found.sum(axis=1) - exact) < 1 + 1e-9)
    assert not found[counts == 0].any()


def test_a_named_count_has_its_share_rounded_and_the_others_what_is_left():
    counts = np.array([[596, 0, 0, 0], [137, 0, 0, 0], [133, 0, 0, 0], [134, 0, 0, 0]])
    assert dots(counts, [True, False, False, False])[:, 0].tolist() == [60, 14, 13, 13]
    assert dots(counts, [False] * 4)[:, 0].tolist() == [60, 14, 13, 13]
    assert dots(np.array([[25, 25, 25, 25]]), [True])[0].tolist() == [25, 25, 25, 25]
    assert apportioned(np.array([1, 1, 1, 0]), 100).tolist() == [34, 33, 33, 0]


def test_fewer_than_a_hundred_runs_have_a_dot_each():
    counts = np.array([[3, 0, 1, 0], [0, 2, 0, 0]])
    assert dots(counts, [False, False]).tolist() == counts.tolist()


def test_what_is_seldom_is_not_called_never():
    assert [of_100(0, 0, 999), of_100(3, 0, 999), of_100(24, 24, 100)] == ["", "<1", "24"]
    assert [of_100(9_970, 100, 10_000), of_100(10_000, 100, 10_000)] == [">99", "100"]


def test_columns_hold_each_count_once_and_named_ones_by_themselves():
    columns = columns_of({0: "none", 25: "phase one", 49: "all"}, 49, 11)
    held = [count for column in columns for count in range(column.low, column.high + 1)]
    assert held == list(range(50))
    assert [c.low for c in columns if c.words] == [0, 25, 49]
    assert all(c.low == c.high for c in columns if c.words)
    assert [c.label for c in columns_of({0: "none", 1: "all"}, 1, 8)] == ["0", "1"]
    assert columns_of({0: "none", 3: "all"}, 5, 8)[-1] == Column(5, 5)
    assert Column(1000, 1269).label == "1,000-1,269"


def test_replicates_are_counted_by_value_and_end():
    table = crossed(np.array([0, 2, 2, 1]), np.array([End.COLLAPSED, End.LAPSED, End.STANDING, End.COMPLETED]))
    assert table.tolist() == [[1, 0, 0, 0], [0, 0, 0, 1], [0, 1, 1, 0]]
    assert STACK == ("collapsed", "lapsed", "standing", "completed")
    assert by_column(table, [Column(0, 1), Column(2, 2)]).tolist() == [[1, 0, 0, 1], [0, 1, 1, 0]]
    assert percentile(table.sum(axis=1), 50) == 1
    assert percentile(table.sum(axis=1), 95) == 2


@pytest.mark.parametrize(
    ("scenario", "outcome", "expected"),
    [
        ("january-2025/baseline", "hostages_living_released", {0: "none", 25: "phase one", 49: "all"}),
        ("january-2025/baseline", "prisoners_released", {0: "none", 1904: "all"}),
        ("january-2025/baseline", "implementation_score", {}),
    ],
)
def test_a_deal_names_what_is_owed_by_the_end_of_a_phase(scenario, outcome, expected):
    named = named_counts(resolve(scenario).deal, outcome)
    assert {count: words for count, words in named.items() if count in expected} == expected
    assert list(named) == sorted(named)


@pytest.mark.parametrize("name", ["january-2025/baseline", "january-2025/ordering-ladder", "november-2023/baseline"])
def test_a_figure_names_the_number_and_the_phase_that_the_answer_does(name):
    deal = resolve(name).deal
    steps = {one.of: one.title for one in milestones_of(deal) if one.kind == "people" and " of " in one.title}
    assert steps
    for people in lists_of(deal):
        named = {count: words for count, words in named_counts(deal, people.outcome).items() if words[:3] != "all"}
        title = steps.get(people.key)
        if title is not None:
            count, words = list(named.items())[1]
            assert title == f"{count:,} {people.short} of {words}"
        assert named_counts(deal, people.outcome)[people.count] == "all"
