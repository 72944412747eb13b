"""Explanations: where two histories part, and what follows."""

import json

import numpy as np
import pytest

from sim.analysis.explain import MOST_FOLLOWING, consequences, explain, unshared
from sim.plan.codes import NONE
from sim.reading.resolve import resolve

BASELINE = "january-2025/baseline"
PATH = "behaviour.talks.phase_two.opens"


@pytest.fixture(scope="module")
def documents():
    return resolve(BASELINE), resolve("january-2025/talks-start-day-4")


@pytest.fixture(scope="module")
def parted(documents):
    """The first replicate in which each history has events that the other has not."""
    for replicate in range(50):
        told = explain(*documents, 0, replicate)
        if told.baseline.own and told.variant.own and told.differences():
            return replicate, told
    pytest.fail("no replicate of 50 in which the histories part for good")


def test_equal_scenarios_do_not_part(documents):
    same = explain(documents[0], documents[0], 0, 3)
    assert same.is_same
    assert same.parting is None
    assert same.parts_at is None
    assert same.differences() == {}


def test_histories_part_where_the_change_first_acts(parted):
    _, told = parted
    assert told.parts_at == "variant"
    assert (told.parting["event"], told.parting["day"]) == ("TalksOpened", 4)
    assert told.baseline.tell(told.baseline.parting)["minute"] > told.parting["minute"]


def test_exchanging_the_scenarios_exchanges_the_explanation(documents, parted):
    replicate, one = parted
    other = explain(*reversed(documents), 0, replicate)
    assert one.parting == other.parting
    assert one.baseline.own == other.variant.own
    assert {name: pair[::-1] for name, pair in one.differences().items()} == other.differences()


def test_before_the_parting_the_events_are_the_same(documents):
    told = explain(*documents, 0, 2)
    minute = told.parting["minute"]
    before = [history.trace[history.trace[:, 0] < minute][:, :4] for history in (told.baseline, told.variant)]
    np.testing.assert_array_equal(before[0], before[1])


def test_differences_are_those_of_the_outcomes(parted):
    _, told = parted
    assert told.differences()
    assert all(one != other for one, other in told.differences().values())
    assert "root_event" not in told.differences()


def test_what_follows_is_limited_and_keeps_the_end(documents):
    refused = resolve(BASELINE, {"behaviour.parties.hamas.kinds.release.refused": 1.0})
    for replicate in range(10):
        told = explain(documents[0], refused, 0, replicate)
        for history in (told.baseline, told.variant):
            assert len(history.follows) <= MOST_FOLLOWING
            assert set(history.follows) < set(history.own)
            ends = [event for event in history.own if history.tell(event)["event"].startswith("Deal")]
            assert set(ends) <= {*history.follows, history.own[0]}


def test_an_explanation_is_plain_data(parted):
    data = json.loads(json.dumps(parted[1].as_json(), allow_nan=False))
    assert data["parting"]["text"] == "talks open: “Talks on phase two”"
    assert data["variant"]["parting"]["traced"] is True
    assert data["differences"]["truce_days"]["difference"] == pytest.approx(
        data["differences"]["truce_days"]["variant"] - data["differences"]["truce_days"]["baseline"]
    )


def test_consequences_follow_causes_only():
    trace = np.zeros((5, 7), np.int32)
    trace[:, 4] = [NONE, 0, 0, 1, 2]
    assert consequences(trace, 1) == [1, 3]


def test_unshared_facts_are_matched_as_often_as_they_occur():
    a, b = ("a", None), ("b", None)
    assert unshared([a, b, a], [a]) == [1, 2]
    assert unshared([a], [a, b]) == []
