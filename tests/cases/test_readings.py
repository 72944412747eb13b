"""Terms that can be read in two ways run as ever, and validate says in which way, and how to write the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.reading.foresight import foresee_deal, foresee_scenario
from tests.builders import history_of, sample, tiny


def warned(text: str) -> dict[str, tuple[str, str]]:
    """By code, the place of a warning and its hint."""
    return {fault.code: (".".join(map(str, fault.path)), fault.hint) for fault in foresee_deal(tiny(text).deal)}


THIRD = """
deal:
  others: {eu: Union}
  obligations: {x: {kind: access, by: eu, due: day 2%s}}
behaviour:
  mediators: {settles: 0}
  parties: {%s: {patience: 1 d, restores: 0}, %s: {complains: 0}, eu: {default: {refused: 1}}}
"""
COLLAPSED, STANDING = 2, 4


@pytest.mark.case("R21", before="owed to whoever is listed first, without a word", after="the same, with a warning")
@pytest.mark.parametrize(("complains", "other", "end"), [("north", "south", COLLAPSED), ("south", "north", STANDING)])
def test_what_a_third_party_owes_to_nobody_is_warned_of(complains, other, end):
    text = THIRD % ("", complains, other)
    place, hint = warned(text)["owed-to-nobody"]
    assert place == "obligations.x.to"
    assert "to: north" in hint
    assert "to: south" in hint
    assert set(sample(text, 20)["end"].tolist()) == {end}


@pytest.mark.case("R21", before="-", after="with `to` whoever it is owed to can complain, and nothing is warned of")
@pytest.mark.parametrize(("complains", "other"), [("north", "south"), ("south", "north")])
def test_to_whom_it_is_owed_can_be_written(complains, other):
    text = THIRD % (f", to: {complains}", complains, other)
    assert warned(text) == {}
    assert set(sample(text, 20)["end"].tolist()) == {COLLAPSED}


TRUCES = """
deal:
  obligations:
    halt_n: {kind: truce, by: north, due: day 1%s}
    halt_s: {kind: %s, by: south, due: day 1}
behaviour: {mediators: {settles: 0}, parties: {north: {complains: 0}, south: {default: {refused: 1}}}}
"""


@pytest.mark.case("R22", before="the first of two truces begins it, without a word", after="the same, with a warning")
def test_two_truces_of_one_phase_are_warned_of_and_the_hint_does_what_it_says():
    place, hint = warned(TRUCES % ("", "truce"))["truce-of-several"]
    assert place == "obligations.halt_s.kind"
    assert "after: [halt_s]" in hint
    assert len(history_of(TRUCES % ("", "truce")).minutes("truce_began")) == 1
    as_hinted = TRUCES % (", after: [halt_s]", "information")
    assert warned(as_hinted) == {}
    assert history_of(as_hinted).minutes("truce_began") == []


@pytest.mark.case("R22", before="-", after="truces of two phases are no such thing")
def test_a_truce_in_each_of_two_phases_is_not_warned_of():
    assert "truce-of-several" not in warned("""
    deal:
      phases: {one: {lasts: 5 d, then: two}, two: {lasts: 5 d}}
      obligations:
        first: {kind: truce, by: north, due: day 1}
        again: {kind: truce, by: south, phase: two, due: phase day 1}
    """)


LADDER = """
deal:
  lines: [plain, ridge, border]
  obligations:
    ridge: {kind: withdrawal, by: south, to_line: ridge, due: day 5%s}
    border: {kind: withdrawal, by: south, to_line: border, due: day 9%s}
    names: {kind: information, by: north, due: day 3, after: %s}
behaviour:
  mediators: {settles: 0}
  parties: {north: {complains: 0}, south: {obligations: {ridge: {refused: 1}}}}
"""


@pytest.mark.case("R29", before="a refused line counts as reached by a later one", after="the same, with a warning")
def test_a_line_that_a_later_withdrawal_passes_over_is_warned_of():
    place, hint = warned(LADDER % ("", "", "[line.ridge]"))["line-passed-over"]
    assert place == "obligations.names.after.0"
    assert "write ridge in place of line.ridge" in hint
    assert len(history_of(LADDER % ("", "", "[line.ridge]")).minutes("obligation_met", "names")) == 1
    assert history_of(LADDER % ("", "", "[ridge]")).minutes("obligation_met", "names") == []


@pytest.mark.case("R29", before="-", after="not where the later withdrawal waits for the earlier, nor of the last line")
@pytest.mark.parametrize(
    ("gate", "asked"),
    [
        (", after: [ridge]", "[line.ridge]"),
        (", after: [line.ridge]", "[line.ridge]"),
        ("", "[ridge]"),
        ("", "[line.border]"),
    ],
)
def test_a_ladder_whose_steps_wait_for_each_other_is_not_warned_of(gate, asked):
    assert "line-passed-over" not in warned(LADDER % ("", gate, asked))


@pytest.mark.case("R29", before="-", after="conditions within any, and of guarantees, are looked at too")
def test_alternatives_and_guarantees_are_looked_at_too():
    assert "line-passed-over" in warned(LADDER % ("", "", "[{any: [line.ridge, {released: 0}]}]"))
    text = (LADDER % ("", "", "[ridge]")).replace(
        "behaviour:", "  guarantees: {never: {never: [line.ridge, {obligation: names, state: met}]}}\nbehaviour:"
    )
    assert "line-passed-over" in warned(text)


@pytest.mark.case(
    "R29",
    before="a later withdrawal of the other side is warned of; in `leaves.unless` nothing is",
    after="only withdrawals of the party whose line is meant are looked at, in `leaves.unless` too",
)
@pytest.mark.parametrize(
    ("gate", "asked", "is_warned"),
    [("", "line.ridge", True), (", after: {line: ridge, by: north}", "line.ridge", True), ("", "ridge", False)],
)
def test_a_line_is_passed_over_by_withdrawals_of_its_own_party_only(gate, asked, is_warned):
    text = f"""
    deal:
      lines: [plain, ridge, border]
      obligations:
        ridge: {{kind: withdrawal, by: south, to_line: ridge, due: day 5}}
        border: {{kind: withdrawal, by: south, to_line: border, due: day 9{gate}}}
        theirs: {{kind: withdrawal, by: north, to_line: ridge, due: day 5}}
        names: {{kind: information, by: north, due: day 3, after: {asked}}}
    behaviour: {{parties: {{north: {{leaves: {{after_lapse: 1, unless: {{line: ridge, by: south}}}}}}}}}}
    """
    assert ("line-passed-over" in warned(text)) == is_warned
    # of north, which goes back no farther than the ridge
    assert "line-passed-over" not in warned(text.replace("after: line.ridge}", "after: {line: ridge, by: north}}"))
    foreseen = {fault.code: fault.path for fault in foresee_scenario(tiny(text))}
    assert foreseen["line-passed-over"][:4] == ("behaviour", "parties", "north", "leaves")


@pytest.mark.case(
    "R26",
    before="a condition that one side sets silences the other, and no page says so",
    after="what waits for its gate is not due, whoever set the condition; nobody complains, and the page says so",
)
def test_what_waits_for_its_gate_is_complained_of_by_nobody():
    history = history_of("""
        deal:
          obligations:
            first: {kind: access, by: north, due: day 2}
            second: {kind: access, by: south, due: day 3, after: first}
        behaviour:
          parties: {north: {obligations: {first: {refused: 1}}}, south: {complains: 0}}
    """)
    assert history.life("second") == [(100 * 1440, "void")]  # at the horizon, until which the last phase goes on
    assert "whoever set the condition" in Path("docs/documents.md").read_text(encoding="utf-8")
