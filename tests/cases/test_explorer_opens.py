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
from sim.explore.ranking import BESIDE, FIRST, steps_of
from sim.explore.rows import rows
from sim.explore.session import Session, Wish
from sim.explore.sliders import sliders
from sim.reading.catalogue import deals
from sim.reading.resolve import resolve
from sim.sources import source_digest
from tests.amounts import one_quick
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
    before="the page opens a baseline against itself: nine rows of 'no difference'",
    after="it opens a scenario of the deal beside its baseline, in which at least 5 of 100 runs differ",
)
@pytest.mark.parametrize("deal", sorted(BESIDE))
def test_each_deal_opens_with_a_telling_pair(opened, deal):
    wish, answer = ran(opened(f"{deal}/baseline"))
    assert wish.scenario == BESIDE[deal]
    assert wish.baseline == f"{deal}/baseline"
    one, other = (resolve(name) for name in (wish.scenario, wish.baseline))
    pair = sim.compare(other, [one], n=200)
    found = pair.variants[0].differences[ranking.stored()["deals"][deal]["outcome"]]
    assert found.share_above + found.share_below >= 0.05
    assert answer["cells"][-1]["value"] != "no difference"


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
    assert set(ranking.stored()["deals"]) == {entry.name for entry in deals()} >= set(BESIDE)


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
