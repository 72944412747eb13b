"""The explorer opens what people have, with something to compare, and says what its order rests on."""

import json
import shlex
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="needs the extra 'explore'")

from click.testing import CliRunner

import sim
from sim.cli.commands import main
from sim.explore import ranking
from sim.explore.ranking import FIRST, steps_of
from sim.explore.rows import rows
from sim.explore.session import Session, Wish
from sim.explore.sliders import sliders
from sim.reading.catalogue import deals, scenarios
from sim.reading.resolve import Documents, resolve
from sim.sources import source_digest
from tests.amounts import DEAR, one_quick, slow
from tests.cases.deals import ARMS, write
from tests.cases.folders import plain_figures

BASELINE = "january-2025/baseline"


def never():
    return False


@pytest.fixture
def opened(tmp_path):
    """Opens a session, and closes it at the end."""
    sessions = []

    def one(start):
        folder = tmp_path / f"session-{len(sessions)}"
        folder.mkdir()
        sessions.append(Session(folder, str(start)))
        return sessions[-1]

    yield one
    for session in sessions:
        session.close()


def ran(session, n=200, **more):
    """What the page gets when it opens."""
    catalogue = session.catalogue()
    start = catalogue["start"]
    wish = Wish(scenario=start, baseline=catalogue["against"].get(start, start), n=n, **more)
    return wish, session.run(wish, never)


@pytest.mark.case(
    "O13",
    before="the page opens a baseline against itself, or refuses a deal of tens of thousands of people",
    after="any deal of the catalogue opens, as a scenario beside its baseline that differs from it in some of 100 runs",
)
@pytest.mark.parametrize("deal", [slow(one.name) if one.name in DEAR else one.name for one in deals()])
def test_each_deal_opens_with_a_telling_pair(opened, deal):
    wish, answer = ran(opened(f"{deal}/baseline"))
    assert wish.scenario == ranking.beside(deal)
    assert wish.baseline == f"{deal}/baseline"
    told = answer["cells"][-1]["value"]
    assert int(told.partition(" of 100 runs ")[0]) >= 1, told
    assert [row["name"] for row in answer["dots"][0]["rows"]] == answer["names"]
    assert answer["days"]["scenario"]["curves"]


@pytest.mark.slow
def test_the_largest_deal_opens_with_as_many_runs_as_any_and_its_curves_are_those_of_compare(opened):
    """98,000 people over 121 days: 12 million cells, which are kept without their zeros."""
    session = opened("iran-iraq-1990/baseline")
    wish, answer = ran(session, n=10_000)
    assert answer["n"] == 10_000
    found = sim.compare(resolve(wish.baseline), [resolve(wish.scenario)], n=10_000)
    for name, curve in found.variants[0].summary.curves.items():
        assert answer["days"]["scenario"]["curves"][name]["median"] == curve.bands.median.tolist()
    kept = next(iter(session._runs.values()))
    held = sum(
        chunk.days.places.nbytes + chunk.days.counts.nbytes for chunk in kept.chunks(10_000, session._pool, never)
    )
    assert held < kept.by_day.empty().nbytes / 4


def test_beside_a_baseline_stands_what_concerns_no_single_party_and_differs_most(monkeypatch):
    january = {entry.name.partition("/")[2]: entry for entry in scenarios() if entry.deal == "january-2025"}
    neutral = {name for name, entry in january.items() if ranking._is_neutral(entry, BASELINE)}
    assert neutral >= {"pressure-fades-fast", "talks-start-day-4", "no-guarantors"}
    of_one_side = {"refuses-last-batch", "phase-one-only", "strike-on-negotiators", "deaths-in-captivity"}
    of_other_terms = {"all-in-one-batch", "coalition-veto", "ordering-ladder", "no-continuation"}
    assert not neutral & (of_one_side | of_other_terms | {"talks-never-open", "as-written"})
    monkeypatch.setattr(ranking, "_rows_of", lambda *_: {})
    runs = {"january-2025/no-guarantors": (3, 9), "january-2025/talks-start-day-4": (3, 12)}
    monkeypatch.setattr(ranking, "_differing", lambda entry, *_: runs.get(entry.name, (0, 100)))
    assert ranking.telling("january-2025", "end", 100) == "january-2025/talks-start-day-4"
    monkeypatch.setattr(ranking, "_differing", lambda *_: (0, 0))
    assert ranking.telling("january-2025", "end", 100) is None


def test_a_deal_that_is_not_ranked_yet_opens_with_a_telling_pair_too(monkeypatch):
    monkeypatch.setattr(ranking, "stored", lambda: {"deals": {}})
    assert ranking.beside("israel-hezbollah-2004") == "israel-hezbollah-2004/identified-next-day"


def test_a_number_that_others_move_with_can_be_set_and_they_go_on_together(tmp_path):
    """`moves_with: A` of B and C: with A set, B draws for itself and C moves with B."""
    base = resolve(BASELINE)
    a, b, c = (f"parties.{party}.{rest}" for party, rest in (
        ("israel", "tolerance.median"), ("hamas", "tolerance.median"), ("hamas", "patience.median")))  # fmt: skip
    own = tmp_path / "shared.yaml"
    text = "scenario: shared\nquestion: What if?\nbuilds_on: january-2025/baseline\nuncertain:\n"
    text += f"  {a}: {{uniform: [1 d, 2 d], assumption: For a test.}}\n"
    text += "".join(f"  {path}: {{uniform: [1 d, 2 d], moves_with: {a}, assumption: For a test.}}\n" for path in (b, c))
    own.write_text(text, encoding="utf-8")
    documents = Documents.of(own)
    before, moved = (documents.resolve(given).uncertain for given in ({}, {f"behaviour.{a}": "2 d"}))
    assert [before[path].moves_with for path in (a, b, c)] == [None, a, a]
    assert a not in moved
    assert [moved[path].moves_with for path in (b, c)] == [None, b]
    assert set(base.uncertain) <= set(before)


@pytest.mark.parametrize("deal", [entry.name for entry in deals()])
def test_each_number_that_others_move_with_can_be_set(deal):
    documents = Documents.of(f"{deal}/baseline")
    drawn = documents.resolve().uncertain
    for lead in {one.moves_with for one in drawn.values()} - {None}:
        assert lead not in documents.resolve({f"behaviour.{lead}": "0.5"}).uncertain


@pytest.mark.case(
    "O15",
    before="explore takes nothing but the catalogue",
    after="a scenario's file, a deal's file and a results folder open too, and the command that is shown runs",
)
@pytest.mark.parametrize("what", one_quick(["scenario", "beside its deal", "deal", "results"]))
def test_own_files_and_results_open(opened, tmp_path, monkeypatch, what):
    monkeypatch.chdir(tmp_path)
    plain_figures(monkeypatch)
    if what == "scenario":
        Path("mine.yaml").write_text(f"scenario: mine\nquestion: What if?\nbuilds_on: {BASELINE}\n", encoding="utf-8")
        start = "mine.yaml"
    elif what == "results":
        run("compare", BASELINE, "january-2025/no-guarantors", "-n", "120", "--out", "out")
        start = "out"
    else:
        start = write(tmp_path, ARMS)[1]
        if what == "deal":
            start = next(path for path in start.parent.glob("*.yaml") if path.read_text().startswith("deal:"))
    session = opened(start)
    wish, answer = ran(session, n=120)
    assert answer["n"] == 120
    text = session.open(wish)["text"]
    edited = Wish(**{**wish.model_dump(), "text": text})
    assert session.run(edited, never)["ends"] == answer["ends"]
    if what in ("scenario", "beside its deal"):
        words = shlex.split(session.command(wish))
        assert CliRunner().invoke(main, words[1:]).exit_code == 0
    if what == "beside its deal":
        assert (wish.scenario, wish.baseline) == ("arms-firm", "arms-base")
    if what == "results":
        assert wish.scenario == "no-guarantors (stored)"
        assert wish.baseline == "baseline (stored)"
        assert session.catalogue()["seed"] == 0
        stored = json.loads(Path("out/summary.json").read_text(encoding="utf-8"))
        median = stored["variants"][0]["curves"]["hostages_living"]["median"]
        assert answer["days"]["scenario"]["curves"]["hostages_living"]["median"] == median


def run(*words):
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == 0, result.output


@pytest.mark.case(
    "O13",
    before="98 sliders stand in the order of the document",
    after="the eight rows that move most runs come first, both sides in one row and moved by the same step",
)
def test_the_most_influential_rows_stand_first_and_hold_both_sides():
    scenario = resolve(BASELINE)
    found = {row.key: row for row in rows(scenario, sliders(scenario))}
    moves = ranking.stored()["deals"]["january-2025"]["rows"]
    first = sorted(moves, key=lambda key: -moves[key])[:FIRST]
    assert set(first) <= set(found)
    for key in first:
        sides = [side for side, _ in found[key].sides]
        owed_by_both = "*" in key and "obligations" not in key
        assert sides in (["Israel", "Hamas"], [""]) or not owed_by_both, (key, sides)
    a_day = found["behaviour.incidents.*.per_day"]
    (israel, hamas) = (slider for _, slider in a_day.sides)
    up = [steps_of(a_day, slider)[1] - slider.value for slider in (israel, hamas)]
    assert up[0] == pytest.approx(up[1]) == pytest.approx(max(israel.value, hamas.value))
    assert sorted(path for row in found.values() for _, s in row.sides for path in [s.path]) == sorted(
        slider.path for slider in sliders(scenario)
    )


def test_an_own_scenario_is_ranked_by_a_short_pilot_that_says_so(opened, tmp_path):
    session = opened(write(tmp_path, ARMS)[0])
    wish, _ = ran(session, n=100)
    assert session.open(wish)["ranking"]["is_to_come"]
    ranked = session.rank(wish, never)
    assert "by a short pilot of 100 runs" in ranked["words"]
    assert max(ranked["moves"].values()) > 0
    assert set(ranked["steps"]) == {slider["path"] for slider in session.open(wish)["sliders"]}
    assert session.rank(wish, lambda: True)["moves"] == {}


@pytest.mark.slow
def test_the_ranking_was_made_by_the_rules_of_today():
    assert ranking.stored()["rules"] == source_digest("replicate"), "run python -m sim.explore.ranking"
    assert set(ranking.stored()["deals"]) == {entry.name for entry in deals()}


@pytest.mark.case(
    "O13",
    before="charts have no read-out, and nothing opens a run of the kind that is pointed at",
    after="a column of the chart finds the first run whose count lies in it",
)
def test_a_run_of_a_kind_is_found(opened):
    from sim.explore.session import KindWish

    session = opened(BASELINE)
    wish, answer = ran(session, n=300)
    kind = {"outcome": "hostages_living_released", "low": 25, "high": 25}
    number = session.find(KindWish(**{**wish.model_dump(), **kind}))["replicate"]
    column = next(place for place, one in enumerate(answer["dots"][0]["columns"]) if one["label"] == "25")
    assert answer["dots"][0]["rows"][0]["columns"][column]["n"] > 0
    found = sim.run(wish.scenario, replicate=number, seed=0)
    assert found.outcomes["hostages_living_released"] == 25
    assert session.find(KindWish(**{**wish.model_dump(), **kind, "low": 10**6, "high": 10**7}))["replicate"] is None
