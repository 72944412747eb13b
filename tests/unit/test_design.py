"""The search for terms: planted answers are found, sides are exchanged exactly, and what cannot be done is said."""

import json
import re
import shutil

import numpy as np
import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from sim.analysis.design import cost
from sim.analysis.design.deals import built_on, given_up
from sim.analysis.design.front import distinct, thinned
from sim.analysis.design.run import POINTS, design
from sim.analysis.design.search import Search, non_dominated
from sim.analysis.design.space import Space, spread
from sim.analysis.design.task import DesignError, combined
from sim.cli.commands import main
from sim.document.design import Designed, Term
from sim.errors import ResultsError, SimError
from sim.explore.session import Session, Wish
from sim.plan.compile import compile_plan
from sim.reading.difference import differences
from sim.reading.resolve import Documents, resolve
from sim.reading.validate import validate_file
from sim.report.figures.design import share_of, together

DEAL = """
deal: swap
title: Ten against ten
starts: 2025-01-01T00:00+00:00
horizon: 60 d
parties: {north: North, south: South}
phases: {one: {lasts: 40 d, assumption: a}}
stocks:
  ours: {of: people, list: hostages, held_by: north, count: 10, assumption: a}
  theirs: {of: people, list: prisoners, held_by: south, count: 10, assumption: a}
obligations:
  give:
    {kind: release, by: north, title: Ten in one go, clause: A1, grade: text, due: day 8, amount: {ours: 10},
     assumption: a}
  take: {kind: release, by: south, due: day 12, amount: {theirs: 10}, assumption: a}
guarantees:
  not_after_prisoners: {precedes: [give, take], assumption: a}
"""
SCENARIO = """
scenario: swap-terms
question: When should the ten come out?
deal: swap.yaml
"""
WHEN = """
design:
  terms: {when: {title: Day, set: deal.obligations.give.due, range: [day 2, day 20]}}
  keep: nothing
  outcomes: [{minimise: captive_days, step: 1}, {minimise: largest_lead_north, step: 0.01}]
"""
BOTH = WHEN.replace("when: {", "then: {set: deal.obligations.take.due, range: [day 2, day 20]}, when: {")
UNSURE = """
behaviour:
  assumption: a
  parties: {north: {default: {late: 0.3, refused: 0.05}}, south: {default: {late: 0.3, refused: 0.05}}}
"""


def written(folder, text, deal=DEAL, name="terms"):
    """A scenario in a file beside its deal."""
    (folder / "swap.yaml").write_text(deal)
    path = folder / f"{name}.yaml"
    path.write_text(SCENARIO + text)
    return path


def asked(path, **options):
    return design(path, **{"points": 24, "n": 4, "again": 8, "workers": 1, **options})


# ---------------------------------------------------------------- search


def zdt1(x):
    """Two outcomes, both small, of any number of terms; best where all terms but the first are 0."""
    g = 1 + 9 * x[1:].mean()
    return np.array([x[0], g * (1 - np.sqrt(x[0] / g))])


def dtlz2(x):
    """Three outcomes; best on the unit sphere, where all terms but two are a half."""
    g = ((x[2:] - 0.5) ** 2).sum()
    a, b = x[0] * np.pi / 2, x[1] * np.pi / 2
    return (1 + g) * np.array([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)])


def searched(function, n_outcomes, budget, seed, *, start=128):
    """All points of a search."""
    search = Search(9, np.full(n_outcomes, 0.05), seed, start)
    tried, values = np.empty((0, 9)), np.empty((0, n_outcomes))
    for number, count in enumerate(search.sizes(budget)):
        new = search.next(number, count, tried, values, np.zeros(len(values)))
        tried, values = np.vstack([tried, new]), np.vstack([values, [function(x) for x in new]])
    assert len(tried) == budget
    return values


def area_beyond(values, corner=1.1):
    """Hypervolume of two outcomes up to a corner."""
    best = values[non_dominated(values)]
    best = best[np.argsort(best[:, 0])]
    total, height = 0.0, corner
    for x, y in best:
        if x < corner and y < height:
            total += (corner - x) * (height - y)
            height = y
    return total


@pytest.mark.slow
def test_the_front_of_zdt1_is_found():
    ideal = 1.1 * 1.1 - 1 / 3  # the area below 1 - sqrt(x) is a third
    found = [area_beyond(searched(zdt1, 2, POINTS, seed)) for seed in (1, 2)]
    even = area_beyond(searched(zdt1, 2, 2048, 1, start=2048))
    assert min(found) > 0.97 * ideal
    assert even < 0.6 * ideal


@pytest.mark.slow
def test_the_front_of_dtlz2_is_found():
    values = searched(dtlz2, 3, POINTS, 1)
    front = values[non_dominated(values)]
    even = searched(dtlz2, 3, 512, 1, start=512)
    assert np.median(np.linalg.norm(front, axis=1)) < 1.06
    assert np.median(np.linalg.norm(even[non_dominated(even)], axis=1)) > 1.1
    octant = front / np.linalg.norm(front, axis=1)[:, None]
    assert (octant.max(axis=0) > 0.9).all()  # up to each corner


def test_points_that_nothing_dominates_by_definition():
    chance = np.random.default_rng(0)
    for _ in range(20):
        values = chance.integers(0, 4, (30, 3)).astype(float)
        plain = [not any((other <= one).all() and (other < one).any() for other in values) for one in values]
        assert non_dominated(values).tolist() == plain
    assert non_dominated(np.array([[0.0], [1.0]]), np.array([1.0, 0.5])).tolist() == [False, True]
    assert distinct(np.array([[0.0, 0], [0.5, 0.5], [1, 0]]), np.array([1.0, 1.0])) == [0, 2]
    # the second is worse by two steps, and better by no more than the last digits of a sum
    assert thinned(np.array([[0.0, 1e-9], [2.0, 0]]), np.zeros(2), np.array([1.0, 1.0])) == [0]
    assert thinned(np.array([[0.0, 0.1], [2.0, 0]]), np.zeros(2), np.array([1.0, 1.0])) == [0, 1]


# ---------------------------------------------------------------- terms


@pytest.mark.parametrize("tilt", [-1, -0.3, 0, 0.5, 1])
def test_amounts_keep_their_total_and_their_least(tilt):
    parts = spread(25, 7, tilt, 1)
    assert sum(parts) == 25
    assert min(parts) >= 1
    assert sorted(parts, reverse=tilt >= 0) == parts or tilt == 0
    assert spread(14, 7, 0, 1) == [2] * 7


def test_dates_follow_gates_and_each_other(tmp_path):
    path = tmp_path / "january.yaml"
    path.write_text("""
scenario: terms
question: What follows from what?
builds_on: january-2025/baseline
design:
  terms:
    interval:
      dates: [batch_1, batch_2, batch_3, batch_4]
      every: [2 d, 4 d]
      along: [names_1, names_2, names_3, names_4]
    sizes: {amounts: [batch_1, batch_2, batch_3], along: [names_1, names_2, names_3]}
    rashid: {set: deal.obligations.rashid.after.0.released, range: [3, 20]}
  derive:
    deal.obligations.rashid.due: {not_before: deal.obligations.rashid.after.0.released}
    deal.obligations.rafah_redeployment.due: {not_before: deal.obligations.rashid.due, plus: 1 d}
  outcomes: [{minimise: captive_days, step: 50}]
""")
    assert not validate_file(path)
    documents = Documents.of(path)
    space = Space.of(documents.resolve(), documents.design)
    found = space.settings((4 * 1440.0, 1.0, 10.0))
    dates = {key: found[f"deal.obligations.{key}.due"] for key in ("batch_2", "batch_4", "names_2", "names_4")}
    assert dates == {"batch_2": "day 5", "batch_4": "day 13", "names_2": "day 4 16:00", "names_4": "day 12 16:00"}
    owed = [found[f"deal.obligations.batch_{k}.amount"] for k in (1, 2, 3)]
    total = {"female_civilians": 3, "female_civilians_pij": 1, "female_soldiers": 5, "men_over_50": 1}
    written = [documents.resolve().deal.obligations[f"batch_{k}"].amount for k in (1, 2, 3)]
    assert {key: sum(each.get(key, 0) for each in owed) for key in total} == {
        key: sum(each.get(key, 0) for each in written) for key in total
    }
    assert found["deal.obligations.names_1.units"] == sum(owed[0].values()) > sum(owed[2].values())
    # 10 are out with the third batch, an hour after noon of day 9, so that noon of day 10 is the first behind it
    assert found["deal.obligations.rashid.due"] == "day 10"
    assert found["deal.obligations.rafah_redeployment.due"] == "day 11"
    assert documents.resolve(found).changed


def test_a_term_may_set_a_phase_what_is_left_open_and_dates_of_several_hours(tmp_path):
    terms = """
design:
  terms:
    phase: {set: deal.phases.one.lasts, range: [30 d, 50 d], step: 5 d}
    grace: {set: deal.obligations.give.grace, values: [1 d, 36 h]}
    day: {set: [deal.obligations.give.due, deal.obligations.take.due], range: [day 3, day 9]}
  outcomes: [{minimise: captive_days, step: 1}]
"""
    path = written(tmp_path, terms, DEAL.replace("due: day 12", "due: day 12 18:00"))
    assert [str(problem) for problem in validate_file(path)] == []
    documents = Documents.of(path)
    space = Space.of(documents.resolve(), documents.design)
    for _ in range(2):  # the deal as written is not changed by asking
        assert space.settings((30 * 1440.0, 36 * 60.0, 4.0)) == {
            "deal.phases.one.lasts": "30 d", "deal.obligations.give.grace": "1 d 12 h",
            "deal.obligations.give.due": "day 4", "deal.obligations.take.due": "day 4 18:00",
        }  # fmt: skip


def test_several_rounds_go_along_with_dates():
    """Soldiers and police leave eight days after their round of weapons, whenever that is."""
    documents = Documents.of("aceh-2005/baseline")
    rounds = [f"{what}_{k}" for what in ("soldiers", "police") for k in (1, 2)]
    term = Term.model_validate({"dates": ["arms_1", "arms_2"], "every": ["20 d", "36 d"], "along": rounds})
    design = Designed.model_validate({"terms": {"rounds": term}, "outcomes": [{"minimise": "broken_gam", "step": 1}]})
    found = Space.of(documents.resolve(), design).settings((20 * 1440.0,))
    assert found == {f"deal.obligations.{key}_2.due": day for key, day in
                     (("arms", "day 54"), ("soldiers", "day 62"), ("police", "day 62"))}  # fmt: skip
    with pytest.raises(ValidationError, match="or several rounds"):
        Term.model_validate({"dates": ["arms_1", "arms_2"], "every": ["20 d", "36 d"], "along": rounds[:3]})


# ---------------------------------------------------------------- planted


def test_a_planted_best_is_found_and_nothing_else(tmp_path):
    """Out on day 2 they wait least; on day 12, with the others, nobody is ahead: all other days lose to one of both."""
    found = asked(written(tmp_path, WHEN)).content
    assert [point["terms"] for point in found["front"]] == [{"when": "day 2"}, {"when": "day 12"}]
    waits = [point["outcomes"]["captive_days"]["mean"] for point in found["front"]]
    assert waits == [10 * 1.5, 10 * 11.5]
    leads = [
        [point["outcomes"][f"largest_lead_{side}"]["mean"] for side in found["parties"]] for point in found["front"]
    ]
    assert leads == [[1, 0], [0, 0]]
    assert found["first"].startswith("Behaviour does not answer to terms")
    assert {one["harder_for"] for one in found["front"][0]["gives_up"]} == {"north"}
    assert {one["harder_for"] for one in found["front"][1]["gives_up"]} == {"south"}


def test_a_guarantee_stays_kept_unless_it_is_given_away(tmp_path):
    """North must not come after South: with outcomes that would have it come last, day 12 is as late as it may be."""
    late = WHEN.replace("minimise: captive_days", "maximise: captive_days").replace("  keep: nothing\n", "")
    found = asked(written(tmp_path, late)).content
    assert [point["terms"]["when"] for point in found["front"]] == ["day 12"]
    free = asked(written(tmp_path, late.replace("  outcomes", "  keep: nothing\n  outcomes"))).content
    assert [point["terms"]["when"] for point in free["front"]] == ["day 20"]


@pytest.mark.slow
def test_the_exchanged_deal_has_the_exchanged_front(tmp_path):
    terms = BOTH.replace("}]", "}, {minimise: largest_lead_south, step: 0.01}]")

    def exchange(text):
        return text.replace("north", "@").replace("south", "north").replace("@", "south")

    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    one = asked(written(tmp_path / "one", terms + UNSURE), n=40, again=60)
    same_order = exchange(DEAL).replace("{south: North, north: South}", "{north: South, south: North}")
    other = asked(written(tmp_path / "other", exchange(terms + UNSURE), same_order), n=40, again=60)
    told = [
        {key: point[key] for key in ("terms", "outcomes", "own", "difference", "ends")}
        for point in one.content["front"]
    ]
    back = [
        {key: point[key] for key in ("terms", "outcomes", "own", "difference", "ends")}
        for point in other.content["front"]
    ]
    assert json.loads(exchange(json.dumps(told))) == back
    assert len(told) > 1


@pytest.mark.slow
def test_a_term_that_cannot_matter_has_no_effect(tmp_path):
    """Both are always on time, so that nobody ever asks how long grace is."""
    terms = WHEN.replace(
        "terms: {", "terms: {grace: {set: deal.obligations.take.grace, range: [1 d, 5 d], step: 1 d}, "
    )
    deal = DEAL.replace("take: {", "take: {grace: 2 d, ")
    found = asked(written(tmp_path, terms, deal), points=128).content
    grace, when = found["effects"]
    assert grace["low"]["same"]
    assert grace["high"]["same"]
    assert not when["low"]["same"]
    assert [point["terms"]["when"] for point in found["front"]] == ["day 2", "day 12"]


NEVER = """
behaviour:
  assumption: a
  parties: {north: {default: {refused: 0.0}}, south: {default: {refused: 1.0}}}
"""


def test_robust_looks_at_all_behaviours(tmp_path):
    """Where the south never gives anything, the north is ahead whatever the day.

    At the worst only the waiting counts, so that day 2 alone is left. On average, and by what is lost against the best
    day under the same behaviour, being level on day 12 under the first one still counts.
    """
    written(tmp_path, NEVER, name="never")
    path = written(tmp_path, WHEN.replace("day 20", "day 12") + "  behaviours: [never.yaml]\n")
    days = {"baseline": ["day 2", "day 12"], "worst": ["day 2"], "mean": ["day 2", "day 12"],
            "regret": ["day 2", "day 12"]}  # fmt: skip
    for robust, wanted in days.items():
        found = asked(path, robust=robust).content
        assert found["points"] == 11
        assert [point["terms"]["when"] for point in found["front"]] == wanted
        for point in found["front"]:
            assert point["behaviours"]["never.yaml"]["outcomes"]["largest_lead_north"]["mean"] == 1
    with pytest.raises(DesignError, match="needs other behaviours"):
        asked(written(tmp_path, WHEN), robust="mean")


def test_what_is_small_over_behaviours_by_hand():
    """Two choices, two behaviours, one outcome: 1 and 9 against 4 and 7, where the best are 1 and 7."""
    values = np.array([[[1.0], [9.0]], [[4.0], [7.0]]])
    floor = values.min(axis=0)
    assert combined("mean", values, floor).tolist() == [[5.0], [5.5]]
    assert combined("worst", values, floor).tolist() == [[9.0], [7.0]]
    assert combined("regret", values, floor).tolist() == [[2.0], [3.0]]
    assert combined("baseline", values[:, :1], floor[:1]).tolist() == [[1.0], [4.0]]


@pytest.mark.slow
def test_a_search_stops_before_it_costs_more_than_it_may(tmp_path, monkeypatch):
    """It counts replicates and what its plans are worth, and stops at the same choice wherever it is interrupted."""
    path = written(tmp_path, BOTH + UNSURE)
    whole = asked(path, points=32, n=6).content
    assert not whole["cost"]["stopped"]
    assert (
        whole["cost"]["spent"] == whole["points"] * (cost.PREPARED + 6) + cost.TOLD * whole["candidates"] + cost.APART
    )
    for may in (whole["cost"]["spent"] - 1, 1):
        monkeypatch.setattr(cost, "USUAL", may)
        monkeypatch.setattr(cost, "ALLOWED", 0)
        folder = tmp_path / str(may)
        short = asked(path, points=32, n=6, folder=folder).content
        assert short["cost"]["stopped"]
        assert 8 <= short["points"] < 32
        assert short["cost"]["spent"] <= short["cost"]["allowed"] == may or short["points"] == 8
        assert asked(path, points=32, n=6, folder=folder, resume=True).content == short


# ---------------------------------------------------------------- folders and documents


@pytest.mark.slow
def test_a_search_cut_short_anywhere_ends_in_the_same_bytes(tmp_path):
    path = written(tmp_path, BOTH + UNSURE)
    options = {"points": 40, "n": 6, "again": 6}

    def everything(folder):
        return {
            str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()
        }

    asked(path, folder=tmp_path / "whole", **options)
    whole = everything(tmp_path / "whole")
    generations = [name for name in whole if name.startswith("generations")]
    assert len(generations) > 1
    for cut in range(len(generations)):
        shutil.copytree(tmp_path / "whole", tmp_path / "cut")
        for name in [*generations[cut:], "front.json"]:
            (tmp_path / "cut" / name).unlink()
        asked(path, folder=tmp_path / "cut", resume=True, **options)
        assert everything(tmp_path / "cut") == whole
        shutil.rmtree(tmp_path / "cut")
    with pytest.raises(ResultsError, match="holds a design already"):
        asked(path, folder=tmp_path / "whole", **options)
    with pytest.raises(ResultsError, match="begun with something else: seed"):
        asked(path, folder=tmp_path / "whole", resume=True, **{**options, "seed": 1})


@pytest.mark.slow
def test_each_point_is_a_deal_that_validates_and_says_what_is_not_agreed(tmp_path):
    path = written(tmp_path, WHEN)
    found = asked(path, folder=tmp_path / "kept")
    for point in found.content["front"]:
        file = tmp_path / "kept" / "deals" / f"{point['point']}.yaml"
        assert [str(problem) for problem in validate_file(file)] == []
        resolved, as_written = resolve(file), resolve(path)
        changes = {change.path: change.after for change in differences(as_written, resolved)}
        assert changes == {"deal.obligations.give.due": point["terms"]["when"]} or changes == {
            "obligations.give.due": point["terms"]["when"]
        }
        give = resolved.deal.obligations["give"]
        assert (give.title, give.clause, give.grade, give.assumption) == (
            "give (changed here)",
            None,
            None,
            "changed here",
        )


def test_a_point_stays_a_deal_wherever_its_folder_goes(tmp_path):
    """A file that the search was given need not go along: its folder has the deal as written, with its table."""
    (tmp_path / "here").mkdir()
    drawn = UNSURE + "posterior: table.csv\n"
    (tmp_path / "here" / "table.csv").write_text("parties.north.default.late\n0.2\n0.4\n")
    path = written(tmp_path / "here", WHEN + drawn)
    found = asked(path, folder=tmp_path / "here" / "kept")
    documents = Documents.of(path)
    searched = {point["point"]: documents.resolve(point["changes"]) for point in found.content["front"]}
    shutil.move(tmp_path / "here" / "kept", tmp_path / "kept")
    shutil.rmtree(tmp_path / "here")
    for point, same in searched.items():
        moved = resolve(tmp_path / "kept" / "deals" / f"{point}.yaml")
        assert compile_plan(moved).record.tobytes() == compile_plan(same).record.tobytes()
        assert moved.deal.obligations["give"].due == same.deal.obligations["give"].due
        assert moved.posterior == same.posterior


def test_a_point_opens_in_the_explorer(tmp_path):
    path = written(tmp_path, WHEN)
    point = asked(path, folder=tmp_path / "kept").content["front"][0]
    (tmp_path / "own").mkdir()
    session = Session(tmp_path / "own", str(tmp_path / "kept" / "deals" / f"{point['point']}.yaml"))
    assert session.start == point["point"]


def test_a_folder_of_a_design_opens_in_the_explorer_with_all_its_points(tmp_path):
    path = written(tmp_path, WHEN)
    points = [point["point"] for point in asked(path, folder=tmp_path / "kept").content["front"]]
    (tmp_path / "own").mkdir()
    session = Session(tmp_path / "own", str(tmp_path / "kept"))
    assert session.start == points[0] == "point-001"
    offered = session.catalogue()
    own = [one["name"] for one in offered["scenarios"] if one["name"] in session.own.files]
    assert own == [*points, "written"]
    assert {offered["against"][point] for point in points} == {"written"}
    opened = session.open(Wish(scenario=points[1], baseline="written"))
    assert opened["question"] == "What comes of point 2 of the design of swap-terms?"
    (tmp_path / "empty").mkdir()
    shutil.copy(tmp_path / "kept" / "design.json", tmp_path / "empty")
    with pytest.raises(SimError, match="a design without points yet"):
        Session(tmp_path / "own", str(tmp_path / "empty"))


def test_a_report_of_a_design_tells_all_of_it_first_that_behaviour_does_not_answer(tmp_path):
    path = written(tmp_path, WHEN)
    found = asked(path, folder=tmp_path / "kept").content
    given = ["report", str(tmp_path / "kept"), "--out", str(tmp_path / "page.html")]
    said = CliRunner().invoke(main, given)
    assert said.exit_code == 0, said.output
    page = (tmp_path / "page.html").read_text()
    text = re.sub(r"<[^>]+>", " ", page[page.index("<body>") :])
    assert text.index("Behaviour does not answer to terms") < text.index("choices of 1 terms")
    assert page.count("data:image/svg+xml;base64,") == 2
    for part in ("Who gives up what", "One term alone", "Farthest lead of North by one departure", "day 12"):
        assert part in text
    assert text.index("delivered share: north  1") < text.index("delivered share: south  0")  # as written
    assert len(page) < 1_000_000
    assert all(f"{point['point']}.yaml" in text for point in found["front"])
    (tmp_path / "kept" / "front.json").unlink()
    said = CliRunner().invoke(main, given)
    assert said.exit_code == 2
    assert "has not ended; continue it with --resume" in said.output


def test_a_point_of_a_scenario_of_the_catalogue_builds_on_its_name():
    documents = Documents.of("november-2023/baseline")
    assert built_on(documents, documents.resolve()) == ("november-2023/baseline", {})


def test_labels_of_points_that_lie_together_stand_as_one():
    places = [(0.0, 0.0), (1.0, 1.0), (0.01, 0.02), (0.04, 0.05)]
    assert together(places, (1.0, 1.0)) == [((0.04, 0.05), "1, 3, 4"), ((1.0, 1.0), "2")]
    assert [label for _, label in together(places, (0.1, 1.0))] == ["1", "2", "3", "4"]
    assert share_of("day 7", "day 5", "day 9") == 0.5
    assert share_of("12 h", "0 h", "2 d") == 0.25
    assert share_of(3, 3, 3) == 0.5
    assert [share_of(word, "a", "c", ("a", "b", "c")) for word in "abc"] == [0, 0.5, 1]


def test_who_a_change_asks_more_of():
    deal = resolve("january-2025/baseline").deal
    whole = {"deal": deal.model_dump(mode="json", by_alias=True)}
    changes = {
        "deal.obligations.batch_2.due": "day 5", "deal.obligations.netzarim.due": "day 30",
        "deal.obligations.philadelphi_start.after.0.released": 20, "deal.obligations.names_2.units": 6,
        "deal.obligations.talks_two.due": "day 4",
    }  # fmt: skip
    harder = [one["harder_for"] for one in given_up(whole, changes)]
    assert harder == ["hamas", "hamas", "israel", "hamas", None]


# ---------------------------------------------------------------- what cannot be done


BROKEN = """
design:
  terms:
    support: {set: behaviour.guarantors.restores, range: [0, 0.9]}
    nowhere: {set: deal.obligations.gave.due, range: [day 2, day 3]}
    hours: {set: deal.obligations.give.due, range: [2 h, 3 h]}
    dates: {dates: [give, taken], every: [1 d, 2 d]}
  derive: {deal.obligations.give.kind: {not_before: deal.obligations.take.due}}
  outcomes: [{minimise: captive_day, step: 1}, {minimise: prisoners by day 4, step: 1}]
  behaviours: [nobody.yaml]
"""


def test_all_that_is_wrong_is_said_at_once_with_its_place(tmp_path):
    problems = validate_file(written(tmp_path, BROKEN))
    assert [(problem.line, problem.code) for problem in problems] == [
        (8, "not-a-term"), (9, "unknown-path"), (10, "bad-term"), (11, "unknown-reference"), (12, "bad-term"),
        (13, "unknown-outcome"), (13, "unknown-outcome"), (14, "unknown-name"),
    ]  # fmt: skip
    assert problems[0].message == "negotiators choose terms, not behaviour, and behaviour does not answer to them"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no design"),
        (WHEN.replace("range: [day 2, day 20]", "range: [day 55, day 58]"), "none of 4 choices is a deal: 4 break"),
        (WHEN + "  require: ['mean(captive_days) <= 10']\n", "the nearest to captive_days <= 10 is 15"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence_with_counts(tmp_path, text, said):
    given = ["design", str(written(tmp_path, text)), "--points", "24", "-n", "4", "--again", "4"]
    result = CliRunner().invoke(main, given)
    assert result.exit_code == 2
    assert said in result.output.replace("\n", " ")
    assert "Traceback" not in result.output


@pytest.mark.slow
def test_the_command_prints_tables_and_keeps_pictures(tmp_path):
    given = ["design", str(written(tmp_path, WHEN)), "--points", "24", "-n", "4", "--again", "8"]
    result = CliRunner().invoke(main, [*given, "--out", str(tmp_path / "kept")])
    assert result.exit_code == 0, result.output
    assert (
        result.output.splitlines()[0].rstrip()
        == "Behaviour does not answer to terms: nobody here refuses less because a deal"
    )
    for part in ("Who gives up what", "One term alone", "both sides", "Farthest lead of North by one departure"):
        assert part in result.output
    assert {"front.png", "front.svg", "terms.png", "terms.svg"} <= {file.name for file in (tmp_path / "kept").iterdir()}
    told = json.loads(CliRunner().invoke(main, [*given, "--json"]).stdout)
    assert [point["terms"]["when"] for point in told["front"]] == ["day 2", "day 12"]
