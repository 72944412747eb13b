"""What can come about: gates that wait for part of a return, and lines that several parties withdraw to."""

from __future__ import annotations

import pytest

from sim.reading.foresight import foresee_deal, foresee_scenario
from tests.builders import history_of, noon, tiny

CYCLE = """
deal:
  groups: {{a: {{side: hostages, held_by: north, count: 4}}, p: {{side: prisoners, held_by: south, count: 100}}}}
  obligations:
    r1: {{kind: release, by: north, amount: {{a: 2}}, due: day 2}}
    ret: {{kind: return, by: south, ratio: {{a: {{p: 10}}}}, for_each: {releases}, due: same day}}
    r2: {{kind: release, by: north, amount: {{a: 2}}, due: day 5, after: [{{released: {number}, side: prisoners}}]}}
"""


@pytest.mark.case(
    "R7",
    before="a release that waits for 20 prisoners, whom the first release alone brings out, is refused as a cycle",
    after="the deal is sound and completed; only what needs more than that waits for itself",
)
@pytest.mark.parametrize("releases", ["release", "[r1, r2]", "[r2, r1]"])
@pytest.mark.parametrize("number", [1, 20])
def test_a_release_may_wait_for_what_an_earlier_release_alone_brings_out(releases, number):
    history = history_of(CYCLE.format(releases=releases, number=number))
    assert history.minutes("obligation_met", "r2") == [noon(5)]
    assert history.end.event == "deal_completed"


def test_a_release_that_waits_for_its_own_return_waits_for_itself():
    with pytest.raises(Exception, match="ret waits for r2 waits for ret"):
        tiny(CYCLE.format(releases="release", number=21))


LINES = """
deal:
  lines: [a, b]
  obligations:
    {wn}
    {ws}
    info: {{kind: information, by: north, after: {gate}}}
"""
WN = "wn: {{kind: withdrawal, by: north, to_line: b, due: day {day}}}"
WS = "ws: {{kind: withdrawal, by: south, to_line: b, due: day {day}}}"


def warnings_of(text: str) -> list[str]:
    """What is foreseen of the lines of a deal."""
    resolved = tiny(text)
    found = [*foresee_deal(resolved.deal), *foresee_scenario(resolved)]
    return [fault.message for fault in found if fault.code == "line-of-several"]


@pytest.mark.case(
    "R8",
    before="`line.b` with two withdrawing parties silently means the first of them in the document",
    after="it still does, and is warned of with the ways to write one of them, or both",
)
def test_a_line_of_two_withdrawing_parties_is_warned_of():
    text = LINES.format(wn=WN.format(day=3), ws=WS.format(day=10), gate="line.b")
    assert warnings_of(text) == ["north and south withdraw: without 'by' it means line b of north"]
    assert history_of(text).minutes("obligation_met", "info") == [noon(3)]


@pytest.mark.parametrize(("north", "south"), [(3, 10), (20, 10)])
@pytest.mark.parametrize("by", ["north", "south", "both"])
def test_a_line_with_a_party_means_that_party_and_both_means_the_later(north, south, by):
    each = ["{line: b, by: north}", "{line: b, by: south}"]
    gate = {"north": each[0], "south": each[1], "both": f"[{', '.join(each)}]"}[by]
    text = LINES.format(wn=WN.format(day=north), ws=WS.format(day=south), gate=gate)
    assert warnings_of(text) == []
    day = {"north": north, "south": south, "both": max(north, south)}[by]
    assert history_of(text).minutes("obligation_met", "info") == [noon(day)]


def test_a_line_of_one_withdrawing_party_needs_no_party():
    text = LINES.format(wn=WN.format(day=3), ws="more: {kind: access, by: south, due: day 2}", gate="line.b")
    assert warnings_of(text) == []


def test_lines_in_guarantees_and_reasons_to_stay_are_warned_of():
    text = (
        LINES.format(wn=WN.format(day=3), ws=WS.format(day=10), gate="wn")
        + """
  guarantees: {g: {precedes: [{any: [line.b, wn]}, info], title: t}}
behaviour: {parties: {south: {leaves: {unless: [line.b]}}}}
"""
    )
    assert len(warnings_of(text)) == 2
