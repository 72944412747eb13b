"""Exchanges of which a leg is excused, by hand: people never found, and people under way to the other side by then."""

from __future__ import annotations

import pytest

from tests.builders import DAY, history_of, noon

CALLED_OFF = """
deal:
  stocks:
    a: {{of: people, list: hostages, held_by: north, count: 2}}
    p: {{of: people, list: prisoners, held_by: south, count: 1}}
    q: {{of: people, list: prisoners, held_by: south, count: 1}}
  obligations:
    ours: {{kind: {ours}, by: north, amount: {{a: 2}}, due: day 2, grace: 30 d, transit: 10 d}}
    theirs: {{kind: {theirs}, by: south, amount: {{p: 1, q: 1}}, due: day 2}}
  exchanges: {{swap: {{legs: [{legs}]}}}}
behaviour:
  search: {search}
  mediators: {{attempt: 1 d, cannot_be_done: excused}}
  parties: {{north: {{patience: 90 d}}}}
"""
NOBODY_FOUND = "{p: {found: 0, time: 1 d}, q: {found: 0, time: 1 d}}"
ONE_FOUND = "{q: {found: 0, time: 1 d}}"
EITHER_WAY = [("release", "release", "ours, theirs"), ("release", "return", "theirs, ours")]


@pytest.mark.parametrize(("ours", "theirs", "legs"), EITHER_WAY)
def test_an_excused_leg_whose_people_are_never_found_excuses_the_other(ours, theirs, legs):
    """Late at the end of day 2, and excused by the attempt of a day later; nobody has come out."""
    history = history_of(CALLED_OFF.format(ours=ours, theirs=theirs, legs=legs, search=NOBODY_FOUND))
    assert history.life("ours") == [(noon(2), "due"), (3 * DAY, "excused")]
    assert history.life("theirs")[-1] == (3 * DAY, "excused")
    assert history.moved("a") == history.moved("p") == []
    assert history.end.event == "deal_completed"


@pytest.mark.parametrize(("ours", "theirs", "legs"), EITHER_WAY)
def test_people_under_way_arrive_after_the_exchange_is_called_off(ours, theirs, legs):
    """One for one on day 2; the second is excused on day 3, and of our leg once the first has arrived, on day 12."""
    history = history_of(CALLED_OFF.format(ours=ours, theirs=theirs, legs=legs, search=ONE_FOUND))
    assert history.moved("p") == [(noon(2), 1)]
    assert history.life("theirs")[-1] == (3 * DAY, "excused")
    assert history.moved("a") == [(noon(12), 1)]
    assert history.life("ours") == [(noon(2), "due"), (noon(12), "excused")]
    assert history.end.event == "deal_completed"
