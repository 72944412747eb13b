"""`explain` names the decision that fell otherwise: who decided, about what, the draw, both chances and both results.

The draws come by their address from the second simulator, which shares no code with the program; the words are written
by hand. A replicate is taken whose draw lies between the chances of the two scenarios, so that the decision must fall
otherwise there.
"""

import io

import numpy as np
import pytest
from rich.console import Console

from sim.analysis.decided.moments import Moment
from sim.analysis.explain import Explanation, explain
from sim.document.scenario import ResolvedScenario
from sim.plan.compile import compile_plan
from sim.report.explanation import print_explanation
from tests.builders import tiny
from tests.oracle.chance import key_of, philox

SEED = 3
PEOPLE = "groups: {a: {side: hostages, held_by: south, count: 4, title: Captives}}"
GROUP = "third: {kind: release, by: south, due: day 3, amount: {a: 2}, title: Third group}"


def drawn(name: str, replicate: int, occurrence: int = 0) -> list[float]:
    """The four uniforms of a decision."""
    words = philox((replicate, key_of(name), occurrence, 0), (SEED, 0))
    return [((word >> 12) + 0.5) / 2**52 for word in words]


def replicate_between(low: float, high: float, name: str, place: int, occurrence: int = 0) -> int:
    """The first replicate in which this draw lies well between two chances."""
    tenth = (high - low) / 10
    return next(r for r in range(1000) if low + tenth < drawn(name, r, occurrence)[place] < high - tenth)


def both(text: str, one: str, other: str) -> tuple[ResolvedScenario, ResolvedScenario]:
    """A scenario twice: with one text where it says HERE, and with another."""
    return tiny(text.replace("HERE", one)), tiny(text.replace("HERE", other))


def printed(told: Explanation) -> list[str]:
    """What the terminal says of it."""
    out = io.StringIO()
    print_explanation(told.as_json(), Console(file=out, width=300))
    return out.getvalue().splitlines()


LATE = f"""
deal:
  {PEOPLE}
  obligations: {{{GROUP}}}
behaviour: {{parties: {{south: {{default: {{late: HERE, delay: 52 h}}}}, north: {{complains: 0}}}}}}
"""


@pytest.mark.case(
    "O16",
    before="explain prints the event at which two histories part, and names no decision, chance or draw",
    after="who decided, about which obligation by its title, the draw, and in each scenario the chance and the result",
)
def test_whoever_is_late_in_one_scenario_is_told_with_both_chances():
    replicate = replicate_between(0.1, 0.4, "performs third", 0)
    lines = printed(explain(*both(LATE, "0.1", "0.4"), SEED, replicate))
    u = f"{drawn('performs third', replicate)[0]:.2f}"
    assert lines[1:4] == [
        "What fell otherwise, on day 3: whether to be late with “Third group”, or to refuse it, decided by South.",
        f"  baseline: {u} is not below 0.1 (late); so: on time",
        f"  variant: {u} is below 0.4 (late); delay 2 d 4 h; so: late by 2 d 4 h",
    ]


def test_exchanged_scenarios_tell_the_same_decision():
    replicate = replicate_between(0.1, 0.4, "performs third", 0)
    lines = printed(explain(*both(LATE, "0.4", "0.1"), SEED, replicate))
    assert "whether to be late with “Third group”" in lines[1]
    assert lines[2].endswith("so: late by 2 d 4 h")
    assert lines[3].endswith("so: on time")


DUTY = "duty: {kind: information, by: south, due: day 3, title: The list}"
DISPUTE = f"""
deal: {{obligations: {{{DUTY}, step: {{kind: access, by: north, due: day 20, title: The road}}}}}}
behaviour:
  mediators: {{settles: 1, attempt: 2 d}}
  parties:
    south: {{kinds: {{information: {{refused: 1}}}}}}
    north: {{complains: 1}}
"""
TALKS = """
deal:
  obligations: {talks: {kind: talks, by: envoy, to: north, topic: t, due: day 4, concludes_by: day 9, title: Round two}}
behaviour: {talks: {t: {HERE}}}
"""
INCIDENTS = """
deal: {obligations: {duty: {kind: information, by: south, due: day 30}}}
behaviour:
  incidents: {fire: {by: south, per_day: 2, major: HERE}}
  parties: {north: {responds: {major: 0}}}
"""
SEARCH = """
deal:
  groups: {a: {side: hostages, held_by: south, count: 1, title: Captives}}
  obligations: {one: {kind: release, by: south, due: day 3, amount: {a: 1}}}
behaviour: {search: {a: {found: HERE, time: 1 h}}, parties: {north: {complains: 0}}}
"""

CHANCES = {
    # text, chance in baseline and variant, decision, place of the draw, who, what about, result in baseline and variant
    "refused": (LATE.replace("late: HERE", "refused: HERE"), 0.2, 0.7, "performs third", 0, "South",
                "whether to be late with “Third group”, or to refuse it", "on time", "refused"),
    "a part": ("""
        deal: {obligations: {arms: {kind: arms, by: south, due: day 2, units: 40, title: Launchers}}}
        behaviour: {parties: {south: {default: {short: HERE, level: 0.25}}, north: {complains: 0}}}
        """, 0.2, 0.8, "performs arms", 2, "South", "whether to do all of “Launchers”", "all of it", "10 of 40"),
    "complaint": (DISPUTE.replace("complains: 1", "complains: HERE"), 0.1, 0.6, "complains duty", 0, "North",
                  "whether to complain about “The list”", "no complaint",
                  "a complaint at once, since it is refused"),
    "mediation": (DISPUTE.replace("settles: 1", "settles: HERE"), 0.2, 0.7, "mediates duty", 0, "the mediators",
                  "whether to settle the dispute over “The list”", "not settled", "settled"),
    "held back": (DISPUTE.replace("complains: 1", "complains: 1, patience: 90 d, withholds: HERE")
                  .replace("settles: 1", "settles: 0"), 0.2, 0.7, "withholds step", 0, "North",
                  "whether to hold “The road” back until a complaint of its own is settled",
                  "not held back", "held back"),
    "talks never open": (TALKS.replace("HERE", "never: HERE"), 0.2, 0.7, "opens t", 0, "those who talk",
                         "whether and when “Round two” open", "open on day 4, 12:00, and can agree",
                         "they never open"),
    "shock": ("""
        deal: {obligations: {duty: {kind: information, by: south, due: day 30}}}
        behaviour: {shocks: {blow: {at: day 5 10:00, chance: HERE, effect: suspends_truce, by: south, lasts: 1 d,
                                    title: A raid}}}
        """, 0.2, 0.7, "shock blow", 0, "chance", "whether and when “A raid” strikes", "never", "on day 5, 10:00"),
    "restored": ("""
        deal: {obligations: {duty: {kind: information, by: south, due: day 30}}}
        behaviour:
          shocks: {blow: {at: day 5, effect: suspends_truce, by: south, lasts: 1 d}}
          parties: {south: {restores: HERE}}
        """, 0.2, 0.7, "shock blow", 3, "South", "whether the suspended truce comes back, and when",
                 "not back, known after 1 d", "back after 1 d"),
    "leaves": ("""
        deal: {phases: {one: {lasts: 8 d, then: two}, two: {lasts: 8 d}},
               obligations: {duty: {kind: information, by: south, due: day 2}}}
        behaviour: {parties: {south: {leaves: {after_phase: {one: HERE}}}}}
        """, 0.2, 0.7, "leaves one", 1, "South", "whether to leave when the phase's time is up", "stays",
               "decides to leave after 0 min, leaves on day 9, 00:00"),
    "ahead": (f"""
        deal:
          {PEOPLE}
          obligations: {{{GROUP}, fourth: {{kind: release, by: south, due: day 30, amount: {{a: 2}}}}}}
        behaviour: {{parties: {{south: {{default: {{ahead: HERE}}}}}}}}
        """, 0.2, 0.7, "ahead third", 0, "South", "whether to bring forward what follows “Third group”",
              "on its own date", "brought forward"),
    "located": (SEARCH, 0.2, 0.7, "search a", 0, "chance", "how many are located (Captives)",
                "0 of 1 located by then", "1 of 1 located by then"),
    "contact": ("""
        deal:
          holders: {h: {answers_to: south, title: The holder}}
          groups: {a: {side: hostages, held_by: h, count: 2}}
          obligations: {one: {kind: release, by: south, due: day 3, amount: {a: 2}}}
        behaviour: {holders: {h: {contacted: HERE, time: 1 h}}, parties: {north: {complains: 0}}}
        """, 0.2, 0.7, "contact h", 0, "chance", "whether and when contact with The holder is made", "never",
                "after 1 h"),
    "somebody else's": ("""
        deal:
          groups: {a: {side: hostages, held_by: south, count: 1, condition: deceased, title: The dead}}
          obligations: {one: {kind: release, by: south, due: day 3, amount: {a: 1}}}
        behaviour: {search: {a: {found: 1, time: 1 d, misidentified: HERE}}, parties: {north: {complains: 0}}}
        """, 0.2, 0.7, "identifies a", 0, "chance", "how many of the remains are somebody else's (The dead)",
                        "0 of them", "1 of them"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANCES)
def test_each_decision_is_named_where_it_falls_otherwise(name):
    text, one, other, decision, place, who, about, before, after = CHANCES[name]
    replicate = replicate_between(one, other, decision, place)
    told = explain(*both(text, str(one), str(other)), SEED, replicate).otherwise
    assert told is not None
    assert (told.decision, told.who, told.about) == (decision, who, about)
    assert (told.baseline.result, told.variant.result) == (before, after)
    if name not in ("located", "somebody else's"):  # each person has a draw of their own
        assert told.baseline.drawn == told.variant.drawn == pytest.approx(drawn(decision, replicate)[place])
        assert [side.limits[-1].value for side in (told.baseline, told.variant)] == pytest.approx([one, other])


def test_the_gravity_of_an_incident_is_told():
    for replicate in range(60):
        u = drawn("arrives fire", replicate)[2]
        told = explain(*both(INCIDENTS, "0.2", "0.7"), SEED, replicate).otherwise
        if 0.2 < u < 0.7:  # the first incident is a major one in the variant only
            assert told is not None
            assert (told.decision, told.who, told.about) == (
                "arrives fire",
                "chance",
                "how grave an incident is, by South",
            )
            assert (told.baseline.result, told.variant.result) == ("minor", "major")
            return
    pytest.fail("no such draw")


TIMES = {
    "delay": (LATE.replace("late: HERE, delay: 52 h", "late: 1, delay: HERE"), "2 d", "3 d", "South",
              "late by 2 d", "late by 3 d"),
    "tolerance": (DISPUTE.replace("refused: 1", "late: 1, delay: 30 d")
                  .replace("complains: 1", "complains: 1, tolerance: HERE"), "12 h", "2 d", "North",
                  "a complaint after 12 h", "a complaint after 2 d"),
    "patience": (DISPUTE.replace("complains: 1", "complains: 1, patience: HERE").replace("settles: 1", "settles: 0"),
                 "9 d", "11 d", "North", "9 d", "11 d"),
    "attempt": (DISPUTE.replace("attempt: 2 d", "attempt: HERE"), "2 d", "3 d", "the mediators", "2 d", "3 d"),
    "talks": (TALKS.replace("HERE", "delay: HERE"), "1 d", "2 d", "those who talk",
              "open on day 5, 12:00, 1 d after they could, and can agree",
              "open on day 6, 12:00, 2 d after they could, and can agree"),
    "a suspension": ("""
        deal: {obligations: {duty: {kind: information, by: south, due: day 30}}}
        behaviour: {shocks: {blow: {at: day 5, effect: suspends_truce, by: south, lasts: HERE}}}
        """, "1 d", "2 d", "South", "back after 1 d", "back after 2 d"),
    "a level": ("""
        deal: {obligations: {aid: {kind: flow, by: south, due: day 2, each_day: {trucks: 9}, title: Trucks}}}
        behaviour: {parties: {south: {default: {late: 1, level: HERE}}, north: {complains: 0}}}
        """, "0.25", "0.5", "South", "at 25% of what is owed", "at 50% of what is owed"),
}  # fmt: skip


@pytest.mark.parametrize("name", TIMES)
def test_times_and_levels_that_differ_are_told(name):
    text, one, other, who, before, after = TIMES[name]
    told = explain(*both(text, one, other), SEED, 0).otherwise
    assert told is not None
    assert (told.who, told.baseline.result, told.variant.result) == (who, before, after)


def test_other_terms_are_told_as_such_and_no_decision_is_made_up():
    one, other = both("deal: {obligations: {duty: {kind: information, by: south, due: HERE, title: The list}}}",
                      "day 3", "day 5")  # fmt: skip
    told = explain(one, other, SEED, 0)
    assert told.otherwise is None
    assert printed(told)[1] == "No decision fell otherwise here; what was agreed differs: “The list” (due)."


def test_a_number_that_is_not_known_is_told_with_this_replicates_value():
    text = LATE.replace("late: HERE", "late: 0") + "uncertain: {parties.south.default.late: {uniform: HERE}}"
    replicate = replicate_between(0.0, 1.0, "performs third", 0)
    u, v = drawn("performs third", replicate)[0], drawn("uncertain parties.south.default.late", replicate)[0]
    told = explain(*both(text, "[0, 0]", "[0.999, 1]"), SEED, replicate).otherwise
    assert told is not None
    assert told.variant.limits[-1].value == pytest.approx(0.999 + 0.001 * v, abs=1e-9)
    assert (u < told.variant.limits[-1].value, told.variant.result) == (True, "late by 2 d 4 h")
    assert told.baseline.result == "on time"


def test_what_is_scripted_is_told_as_scripted():
    drawn_one = tiny(LATE.replace("HERE", "1"))
    scripted = tiny(LATE.replace("HERE", "0") + "scripted: []")
    told = explain(drawn_one, scripted, SEED, 0).otherwise
    assert told is not None
    assert (told.baseline.result, told.variant.result) == ("late by 2 d 4 h", "on time")
    assert told.variant.why() == "as scripted, nothing is drawn"


def test_a_time_that_is_always_the_same_is_rounded_to_whole_minutes_as_histories_do():
    plan = compile_plan(tiny("deal: {obligations: {duty: {kind: information, by: south, due: day 5}}}"))
    moment = Moment(plan, 1, 0, {"parameter": np.array([90.6, 90.6, 30.4, 0.0])})
    assert (moment.time(0.3, 0, 1), moment.time(0.3, 2, 3)) == (91, 30)
