"""Commands with `--draws sobol`: their replicates, intervals from scrambles, folders, and what is printed."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import stats

from sim.analysis.compare import Design, Source, compare, stored
from sim.analysis.draws import ranking
from sim.cli.commands import main
from sim.engine.batch import simulate_outcomes
from sim.outcomes.columns import columns
from sim.plan.codes import End
from sim.plan.compile import compile_plan
from sim.plan.ranked import drawn_by
from sim.plan.sobol import SCRAMBLES
from sim.reading.resolve import resolve
from sim.results.load import load
from sim.results.replay import replay
from sim.sources import source_digest
from sim.statistics.scrambles import Scrambles, share_of_scrambles
from sim.statistics.stopping import FIRST_LOOK

NAME = "january-2025/baseline"
PEOPLE = "hostages_living_released"
pytestmark = pytest.mark.usefixtures("without_drawing")


@pytest.fixture(scope="module")
def ranked():
    return ranking.ranking_of(NAME)


@pytest.fixture(scope="module")
def rows(ranked):
    """Outcomes of 1,024 replicates, 32 in each scramble."""
    return simulate_outcomes(drawn_by(compile_plan(resolve(NAME)), ranked), 0, 0, 1024)


def call(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_the_catalogue_is_ranked_by_the_rules_of_today():
    assert ranking._stored()["rules"] == source_digest("replicate"), "run python -m sim.analysis.draws.ranking"


def test_a_draw_that_decides_is_ranked_and_one_that_does_nothing_is_not(ranked):
    names = [(draw.decision, draw.place) for draw in ranked.draws]
    assert len(set(ranked.draws)) == len(names) > 16
    assert ("performs batch_7", 0) in names[:4]
    assert not [name for name in names if name[0] == "leaves three"]


def test_an_interval_comes_from_the_means_of_scrambles(ranked, rows):
    found = compare(Design(resolve(NAME), n=1000, ranking=ranked), Source(1)).baseline
    assert found.n == 1024
    names = columns(compile_plan(resolve(NAME)))
    values = rows[:, names.index(PEOPLE)].reshape(32, SCRAMBLES)
    means = values.mean(0)
    reach = stats.t.ppf(0.975, SCRAMBLES - 1) * means.std(ddof=1) / SCRAMBLES**0.5
    estimate = found.estimates[PEOPLE]
    assert estimate.value == pytest.approx(values.mean())
    assert estimate.half_width == pytest.approx(reach)
    collapsed = (rows[:, names.index("end")] == End.COLLAPSED).reshape(32, SCRAMBLES)
    share, variance = collapsed.mean(), collapsed.mean(0).var(ddof=1) / SCRAMBLES
    worth = share * (1 - share) / variance * (stats.t.ppf(0.025, 1023) / stats.t.ppf(0.025, 31)) ** 2
    count, interval = found.ends["collapsed"]
    assert count == collapsed.sum()
    assert interval.low == pytest.approx(stats.beta.ppf(0.025, share * worth, (1 - share) * worth + 1))
    assert interval.high == pytest.approx(stats.beta.ppf(0.975, share * worth + 1, (1 - share) * worth))
    assert found.survival.high[-1] <= 1
    assert (found.survival.low <= found.survival.share)[~np.isnan(found.survival.low)].all()


def test_sums_by_scramble_do_not_depend_on_order_or_split():
    rows = np.random.default_rng(1).integers(-(10**6), 10**6, (640, 3))
    whole, split, other = (Scrambles(SCRAMBLES, 3) for _ in range(3))
    whole.add(rows, 0)
    for first in (601, 0, 100, 333):
        split.add(rows[first : {601: 640, 0: 100, 100: 333, 333: 500}[first]], first)
    other.add(rows[500:601], 500)
    split.merge(other)
    assert whole.n.tolist() == split.n.tolist()
    assert whole.sums.tolist() == split.sums.tolist()
    means = rows[:, 1].reshape(20, SCRAMBLES).mean(0)
    assert whole.variance_of_mean(1) == pytest.approx(means.var(ddof=1) / SCRAMBLES)


def test_a_share_whose_scrambles_agree_keeps_its_exact_interval():
    plain = stats.binomtest(30, 100).proportion_ci(method="exact")
    found = share_of_scrambles(30, 100, 0.0, SCRAMBLES)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high))
    wide = share_of_scrambles(30, 100, 0.3 * 0.7 / 100, SCRAMBLES)
    assert wide.low < found.low < found.high < wide.high


def test_precision_looks_at_whole_scrambles(ranked):
    found = compare(Design(resolve(NAME), n=5000, precision={PEOPLE: 0.9}, ranking=ranked), Source(1))
    assert found.is_precise
    assert found.n in (FIRST_LOOK, 2 * FIRST_LOOK, 4 * FIRST_LOOK)
    assert found.baseline.estimates[PEOPLE].half_width <= 0.9


def test_a_folder_says_how_it_was_drawn_and_is_continued_replayed_and_added_up(tmp_path, ranked, rows):
    design = Design(resolve(NAME), [resolve("january-2025/talks-start-day-4")], n=1024, ranking=ranked)
    whole = compare(design, Source(1, tmp_path / "whole"))
    folder = load(tmp_path / "whole")
    assert folder.manifest["extra"]["draws"] == ranked.as_json()
    key = folder.scenarios[0]
    assert np.concatenate([block.outcomes for block in folder.blocks(key)]).tolist() == rows.tolist()
    assert stored(folder).as_json() == whole.as_json()
    assert replay(folder, 700).outcomes.tolist() == rows[700].tolist()
    ledger = tmp_path / "whole" / "blocks.jsonl"
    (tmp_path / "whole" / "summary.json").unlink()
    ledger.write_text(ledger.read_text().split("\n")[0] + "\n")
    assert compare(design, Source(2, tmp_path / "whole", resume=True)).as_json() == whole.as_json()
    plain = Design(design.baseline, design.variants, n=1024)
    with pytest.raises(Exception, match=r"extra\.draws was"):
        compare(plain, Source(1, tmp_path / "whole", resume=True))


def test_a_longer_run_has_the_replicates_of_a_shorter_one(ranked, rows):
    plan = drawn_by(compile_plan(resolve(NAME)), ranked)
    assert simulate_outcomes(plan, 0, 0, 1500)[:1024].tolist() == rows.tolist()
    assert simulate_outcomes(plan, 0, 900, 200)[:124].tolist() == rows[900:].tolist()


def test_a_printed_command_tells_the_replicate_of_the_comparison(ranked, rows):
    told = call("run", NAME, "--draws", ranked.option, "--replicate", 700, "--json")
    names = columns(compile_plan(resolve(NAME)))
    assert json.loads(told.stdout)["outcomes"][PEOPLE] == rows[700, names.index(PEOPLE)]
    printed = call("compare", NAME, "january-2025/no-guarantors", "-n", 1000, "--draws", "sobol", "--all")
    assert printed.exit_code == 0
    assert "1,000 replicates are rounded up to 1,024, 32 in each of 32 scrambles" in printed.stderr
    assert "differences between scenarios are no sharper with --draws sobol" in printed.stderr
    assert f"--draws {ranked.option}" in printed.stdout.replace("\n", " ")
    assert "ranked for january-2025/baseline" in printed.stdout


def test_what_is_no_kind_of_draws_is_refused():
    for words in ("halton", "sobol:", "sobol:january-2025/no-such"):
        refused = call("compare", NAME, "-n", 64, "--draws", words)
        assert refused.exit_code == 2, refused.output
        assert "Traceback" not in refused.output
    assert "nothing" not in call("run", "january-2025/as-written", "--draws", "sobol").output


def test_own_deals_are_ranked_by_a_pilot(monkeypatch):
    monkeypatch.setattr(ranking, "PILOT", 512)
    found = ranking.ranking_of("tests/documents/small/arms-base.yaml")
    assert found.is_pilot
    assert found == ranking.ranking_of("tests/documents/small/arms-base.yaml")


def test_a_sweep_is_drawn_alike_in_every_cell(ranked, rows):
    words = "--vary", "behaviour.mediators.settles=0.3,0.6", "-n", 100, "--draws", "sobol", "--json"
    found = call("sweep", NAME, *words)
    cells = json.loads(found.stdout)["cells"]
    assert [cell["estimates"][PEOPLE]["mean"] for cell in cells]
    assert json.loads(found.stdout)["n"] == 128
