"""Every kind of term that can be chosen acts on what comes of a deal; what cannot be chosen is refused in words."""

import numpy as np
import pytest

from sim.analysis.design.follow import bearer
from sim.analysis.design.plans import Plans, Refused
from sim.analysis.design.run import design
from sim.analysis.design.space import Space
from sim.engine.batch import simulate_block
from sim.plan.compile import compile_plan
from sim.reading.resolve import Documents
from sim.reading.validate import validate_file

DEAL = """
deal: levers
title: One of every kind
starts: 2025-01-01T00:00+00:00
horizon: 120 d
parties: {north: North, south: South}
holders: {faction: {answers_to: north, title: A faction, assumption: a}}
phases: {one: {title: One, lasts: 90 d, assumption: a}}
stocks:
  ours: {of: people, list: hostages, held_by: north, count: 10, assumption: a}
  theirs: {of: people, list: prisoners, held_by: south, count: 20, assumption: a}
  rifles: {of: weapons, held_by: north, count: 100, assumption: a}
  soldiers: {of: soldiers, held_by: south, count: 40, assumption: a}
obligations:
  first: {kind: release, by: north, due: day 8, amount: {ours: 4}, assumption: a}
  last: {kind: release, by: north, due: day 20, amount: {ours: 6}, assumption: a}
  back:
    {kind: release, by: south, due: day 22, after: {released: 6, list: hostages}, amount: {theirs: 10}, assumption: a}
  more: {kind: release, by: south, due: day 40, amount: {theirs: 10}, assumption: a}
  arms: {kind: arms, by: north, due: day 30, amount: {rifles: 100}, assumption: a}
  troops: {kind: withdrawal, by: south, due: day 30, amount: {soldiers: 40}, assumption: a}
  leave: {kind: act, by: south, due: day 32, after: {obligation: arms, share: 0.5}, assumption: a}
  second: {kind: talks, by: south, topic: second, due: day 10, starts_by: day 10, concludes_by: day 60, assumption: a}
exchanges: {step: {legs: [arms, troops], lots: 2, every: 5 d, assumption: a}}
powers: {longer: {by: [north, south], may: redate, what: [more], days: 5 d, after: day 30, assumption: a}}
"""
SCENARIO = """
scenario: levers
question: What acts?
deal: levers.yaml
behaviour:
  assumption: a
  parties:
    north: {default: {late: 0.4, delay: {median: 4 d, p95: 10 d}}, obligations: {arms: {refused: 0.3}}}
    south: {default: {late: 0.4, delay: {median: 4 d, p95: 10 d}}}
  mediators: {settles: 0}
  holders: {faction: {time: 15 d}}
  talks: {second: {fails: 0.3, agrees_per_day: 0.05}}
  powers: {longer: {used: 1}}
"""
LEVERS = {
    "a date": "{set: deal.obligations.first.due, range: [day 2, day 12]}",
    "an interval": "{dates: [first, last], every: [2 d, 20 d]}",
    "sizes of batches": "{amounts: [first, last]}",
    "a share in a gate": "{set: deal.obligations.leave.after.0.share, range: [0.5, 1], step: 0.25}",
    "people in a gate": "{set: deal.obligations.back.after.0.released, range: [1, 10]}",
    "grace": "{set: deal.obligations.first.grace, values: [0 h, 9 d]}",
    "talks": "{set: [deal.obligations.second.due, deal.obligations.second.starts_by], range: [day 4, day 50]}",
    "length of a phase": "{set: deal.phases.one.lasts, range: [50 d, 100 d], step: 10 d}",
    "lots of an exchange": "{set: deal.exchanges.step.lots, range: [2, 5]}",
    "lead in an exchange": "{set: deal.exchanges.step.lead, range: [0, 1]}",
    "what an exchange keeps in step": "{set: deal.exchanges.step.in, values: [share, number]}",
    "how far a power extends": "{set: deal.powers.longer.days, range: [5 d, 30 d], step: 5 d}",
    "how often a power is used": "{set: deal.powers.longer.times, range: [1, 3]}",
    "custody": "{set: deal.stocks.ours.held_by, values: [north, faction]}",
}


def written(folder, terms, more="", outcome="captive_days", deal=DEAL, scenario=SCENARIO):
    (folder / "levers.yaml").write_text(deal)
    path = folder / "terms.yaml"
    outcomes = f"  keep: nothing\n  outcomes: [{{minimise: {outcome}, step: 1}}]\n"
    path.write_text(f"{scenario}design:\n  terms:\n    it: {terms}\n{more}{outcomes}")
    return path


@pytest.mark.parametrize("kind", LEVERS)
def test_a_term_of_each_kind_acts(tmp_path, kind):
    """At one of its ends some run goes another way than as written, and the plan is that of the document."""
    path = written(tmp_path, LEVERS[kind])
    assert [str(problem) for problem in validate_file(path) if problem.severity == "error"] == []
    documents = Documents.of(path)
    space, plans = Space.of(documents.resolve(), documents.design), Plans(documents, ())
    as_written = simulate_block(plans.plan_of({}), 3, 0, 60).outcomes
    acts = []
    for number in (space.scales[0].numbers[0], space.scales[0].numbers[-1]):
        settings = space.alone(0, number)
        plan = plans.plan_of(settings)
        assert not isinstance(plan, Refused), plan.reasons
        assert plan.record.tobytes() == compile_plan(documents.resolve(settings)).record.tobytes()
        rows = simulate_block(plan, 3, 0, 60).outcomes
        acts.append(rows.shape != as_written.shape or not np.array_equal(rows, as_written))
        if not settings:
            assert not acts[-1]
    assert any(acts)


@pytest.mark.parametrize(
    ("terms", "code", "said"),
    [
        ("{set: behaviour.mediators.settles, range: [0, 1]}", "not-a-term", "negotiators choose terms, not behaviour"),
        ("{set: deal.obligations.first.after, values: [back, more]}", "bad-term", "no number, time, day or word"),
        ("{set: deal.stocks.ours.held_by, range: [1, 2]}", "bad-term", "list its `values`"),
        ("{set: deal.exchanges.step.whole, values: [0, 1]}", "bad-term", "yes or no"),
        ("{set: deal.stocks.ours.held_by, values: [north, north]}", "bad-term", "listed twice"),
        ("{set: deal.exchanges.step.legs.2, values: [arms, troops]}", "unknown-path", "nothing at this path"),
        ("{amounts: [first, second]}", "bad-term", "'second' hands over no numbers by stock"),
    ],
)
def test_what_is_no_term_is_refused_in_words(tmp_path, terms, code, said):
    problems = [one for one in validate_file(written(tmp_path, terms)) if one.severity == "error"]
    assert [problem.code for problem in problems] == [code]
    assert said in f"{problems[0].message} {problems[0].hint}"


def test_people_in_neutral_custody_are_no_deal_and_counted(tmp_path):
    """The language has no third party that keeps people: a choice of one is refused with its rule, the other stays."""
    deal = DEAL.replace("obligations:\n", "mediators: {envoy: Envoy}\nobligations:\n", 1)
    found = design(
        written(tmp_path, "{set: deal.stocks.ours.held_by, values: [north, envoy]}", deal=deal),
        points=4, n=4, again=4, workers=1,
    ).content  # fmt: skip
    assert found["refused"]["n"] == 1
    assert {reason["n"] for reason in found["refused"]["reasons"]} == {1}
    assert any("held_by" in reason["example"] for reason in found["refused"]["reasons"])
    assert [point["terms"]["it"] for point in found["front"]] == ["north"]


# ---------------------------------------------------------------- behaviour that hangs on a name

REFUSES = SCENARIO.replace("obligations: {arms: {refused: 0.3}}", "obligations: {last: {refused: 1}}").replace(
    "north: {default: {late: 0.4, delay: {median: 4 d, p95: 10 d}}", "north: {default: {late: 0}"
)


@pytest.mark.parametrize(
    ("follow", "most"),
    [("", 8), ("  follow: {last: heaviest}\n", 5), ("  follow: {last: last}\n", 8)],
)
def test_behaviour_goes_with_the_heaviest_or_stays_with_its_name(tmp_path, follow, most):
    """Ten in two parts, of which the second is refused: by name, eight in the first come out. Where it is the larger
    one that is refused, five do."""
    path = written(tmp_path, LEVERS["sizes of batches"], follow, "captive_days", scenario=REFUSES)
    path.write_text(path.read_text().replace("minimise: captive_days", "maximise: hostages_living_released by day 30"))
    found = design(path, points=21, n=4, again=4, workers=1)
    (point,) = found.content["front"]
    assert point["outcomes"]["hostages_living_released by day 30"]["mean"] == most
    documents = Documents.of(path)
    moved = [key for key in point["changes"] if key.startswith("behaviour.")]
    assert not moved  # five and five are as heavy as each other, so that it stays where it is
    space, plans = Space.of(documents.resolve(), documents.design), Plans(documents, ())
    assert plans.followed(space.alone(0, 1.0)) == space.alone(0, 1.0)


def test_behaviour_that_follows_changes_places_in_every_document(tmp_path):
    path = written(
        tmp_path, LEVERS["sizes of batches"], "  follow: {last: heaviest}\n", "largest_lead_north", scenario=REFUSES
    )
    path.write_text(path.read_text().replace("minimise: largest_lead_north", "minimise: hostages_living_released"))
    found = design(path, points=21, n=4, again=4, workers=1, folder=tmp_path / "kept")
    (point,) = found.content["front"]
    assert point["outcomes"]["hostages_living_released"]["mean"] == 2
    kept = Documents.of(tmp_path / "kept" / "deals" / f"{point['point']}.yaml").resolve()
    refused = {key: one.refused for key, one in kept.behaviour.parties["north"].obligations.items()}
    sizes = {key: sum(kept.deal.obligations[key].amount.values()) for key in ("first", "last")}
    assert refused == {max(sizes, key=sizes.get): 1.0}


def test_which_of_several_bears_it():
    assert bearer("heaviest", ["a", "b", "c"], [3, 5, 4], "c") == "b"
    assert bearer("heaviest", ["a", "b", "c"], [5, 4, 5], "c") == "c"
    assert bearer("last", ["a", "b", "c"], [5, 4, 0], "c") == "b"
    assert bearer("last", ["a", "b"], [5, 4], "b") == "b"


@pytest.mark.parametrize(
    ("follow", "said"),
    [
        ("{first: heaviest}", "'last' hands over more than 'first'"),
        ("{first: last}", "as written 'last' is the last, not 'first'"),
        ("{back: last}", "no term shares amounts among 'back' and others"),
        ("{nobody: last}", "there is no obligation 'nobody'"),
    ],
)
def test_what_cannot_follow_is_said(tmp_path, follow, said):
    problems = validate_file(written(tmp_path, LEVERS["sizes of batches"], f"  follow: {follow}\n"))
    assert said in problems[0].message


def test_what_is_drawn_does_not_follow(tmp_path):
    unsure = REFUSES + "uncertain: {parties.north.obligations.last.refused: {uniform: [0, 1], assumption: a}}\n"
    path = written(tmp_path, LEVERS["sizes of batches"], "  follow: {last: heaviest}\n", scenario=unsure)
    assert "what is drawn stays with its name" in validate_file(path)[0].message
