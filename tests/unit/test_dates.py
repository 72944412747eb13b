"""A date is read once: what it counts from, its day, its hour, and the time after a gate."""

import copy
import pickle

import pytest

from sim.document.dates import Due, written_due
from sim.document.deal import Obligation
from sim.document.values import LONGEST_DURATION

READ = {
    "day 7": ("day", 7, None, 0),
    "day 7 16:05": ("day", 7, 965, 0),
    "day -2 00:00": ("day", -2, 0, 0),
    "phase day 3": ("phase day", 3, None, 0),
    "phase day 3 23:59": ("phase day", 3, 1439, 0),
    "on gate": ("gate", 0, None, 0),
    "12 h after gate": ("gate", 0, None, 720),
    "1 d 12 h after gate": ("gate", 0, None, 2160),
    "same day": ("same day", 0, None, 0),
    "phase end": ("phase end", 0, None, 0),
}


@pytest.mark.parametrize("text", READ)
def test_a_date_says_what_it_counts_from_and_remains_its_text(text):
    due = Due(text)
    assert (due.kind, due.day, due.time, due.after) == READ[text]
    assert due == text
    assert due.is_dated == ("day " in text)


@pytest.mark.parametrize(
    "text", ["day", "day x", "day 7 24:00", "day 7 9:00", "day 7  16:00", "week 2", "gate", "after gate",
             "7 after gate", "phase", "phase end 16:00", "same day 16:00", "", "Day 7",
             f"{LONGEST_DURATION + 1} min after gate"]
)  # fmt: skip
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match=r"a date is|at most 20 years"):
        Due(text)
    assert written_due(text) is None


@pytest.mark.parametrize("value", [7, 7.5, None, True, ["day 7"], {"median": "1 d"}])
def test_what_is_no_text_is_no_date(value):
    assert written_due(value) is None


def test_a_day_without_an_hour_comes_at_the_usual_hour_and_the_first_never_before_the_start():
    midnight, hour = -510, 480  # the deal starts at 08:30, things are due at 08:00
    assert Due("day 2").minute(midnight, hour) == 24 * 60 - 30
    assert Due("day 1").minute(midnight, hour) == 0
    assert Due("day 1 08:00").minute(midnight, hour) == -30
    assert Due("phase day 1").minute(midnight, hour) == -30
    assert Due("day 1").from_midnight.minute(midnight, hour) == midnight
    assert Due("day 3 09:00").from_midnight == "day 3 09:00"


def test_a_date_is_the_same_in_a_document_a_copy_and_another_process():
    obligation = Obligation.model_validate({"kind": "truce", "by": "a", "due": "day 3 10:00", "source": "text"})
    for due in (obligation.due, copy.deepcopy(obligation.due), pickle.loads(pickle.dumps(obligation.due))):
        assert isinstance(due, Due)
        assert (due, due.kind, due.day, due.time) == ("day 3 10:00", "day", 3, 600)
    assert type(obligation.model_dump(mode="json")["due"]) is str
    assert isinstance(Obligation.model_validate({"kind": "truce", "by": "a", "source": "text"}).due, Due)
