"""Calibration: what records come to, posteriors against known truth, nothing taken from a record left out."""

import json
import math
import shutil

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import stats

from sim.analysis.calibration.behaviour import Calibrated
from sim.analysis.calibration.estimate import ROWS, Estimate, estimate_all, history_key
from sim.analysis.calibration.evidence import Evidence, Timing, read_evidence
from sim.analysis.calibration.learning import learn_for, rows_for
from sim.analysis.calibration.posterior import Chance, Rate, SearchTime, Time, probabilities
from sim.analysis.calibration.priors import read_priors
from sim.analysis.calibration.rejection import Simulator, distance, keep_closest, reject
from sim.analysis.calibration.run import calibrate, leave_one_out, other_deals
from sim.analysis.history.record import Record
from sim.analysis.history.rows import Rows, read_rows
from sim.cli.commands import main
from sim.errors import SimError
from sim.plan.compile import compile_plan
from sim.reading import catalogue
from sim.reading.posterior import keep
from sim.reading.problem import DocumentError
from sim.reading.resolve import resolve
from sim.reading.validate import validate_file
from tests.amounts import one_quick
from tests.builders import DAY, tiny

DEALS = ("november-2023", "january-2025", "october-2025")
PRIORS = read_priors()
NO_ROWS = Rows((), ())


def terms(name):
    return resolve(f"{name}/as-written").deal


# ------------------------------------------------------------------ what the records tell


def test_lines_of_the_records_come_to_counts_made_by_hand():
    november, january, october = (read_evidence(terms(name)) for name in DEALS)
    assert november.timing["information"] == Timing(on_time=12, refused=1)
    assert january.timing["information"].hours_late == ()  # the latest list came 24 hours late, which is tolerated
    assert january.timing["truce"] == Timing(on_time=1)
    assert set(january.timing) == {"truce", "information"}
    assert january.found_by_days == (32.5, 32.5, 32.5, 33.5, 39.5, 39.5, 39.5, 39.5)
    assert (november.batches_after_another, november.share_ahead) == (6, pytest.approx(0.2))
    assert (january.batches_after_another, january.share_ahead) == (6, pytest.approx(2 / 5 + 1))
    assert len(october.searched_days) + len(october.found_by_days) == 28
    assert max(october.searched_days) == 108.5
    assert (october.suspensions, october.restored, october.misidentified) == (2, 2, 4)
    assert (november.truce_days, january.truce_days, october.truce_days) == (8, 59, 266)


def test_evidence_of_several_deals_adds_up():
    apart = [read_evidence(terms(name)) for name in DEALS[:2]]
    both = apart[0] + apart[1]
    assert both.deals == DEALS[:2]
    assert both.of_kind("information").n == sum(one.of_kind("information").n for one in apart)
    assert both.incidents == apart[0].incidents + apart[1].incidents
    assert Evidence() + both == both


def test_a_faulty_file_of_priors_is_refused_with_its_place(tmp_path):
    text = (catalogue.folder() / "evidence" / "priors.yaml").read_text()
    path = tmp_path / "priors.yaml"
    path.write_text(text.replace("share: 0.76", "share: 1.76"))
    with pytest.raises(DocumentError, match=r"survival\.share"):
        read_priors(path)


# ------------------------------------------------------------------ posteriors against known truth


def test_times_update_as_by_integration():
    prior, minutes = Time(math.log(60), 0.5, 2.0, 1.0), [30.0, 90.0, 200.0]
    mean, variance = np.meshgrid(np.linspace(-6, 14, 2001), np.geomspace(1e-3, 200, 1201), indexing="ij")
    log_density = stats.norm.logpdf(mean, prior.centre, np.sqrt(variance / prior.weight))
    log_density += stats.invgamma.logpdf(variance, prior.shape, scale=prior.scale)
    log_density += sum(stats.norm.logpdf(math.log(m), mean, np.sqrt(variance)) for m in minutes)
    weight = np.exp(log_density - log_density.max()) * variance  # the grid of variances is level on a log scale
    cumulative = np.cumsum(weight.sum(axis=1)) / weight.sum()
    expected = np.interp([0.05, 0.5, 0.95], cumulative, mean[:, 0])
    found = np.log(prior.updated(minutes).median_quantiles(np.array([0.05, 0.5, 0.95])))
    assert found == pytest.approx(expected, abs=0.02)
    assert prior.updated([]) == prior


def test_searches_known_only_to_have_ended_pull_the_median_down():
    level = SearchTime.level((60.0, 500_000.0), (0.25, 2.5))
    half = np.array([0.5])
    at_most = level.updated([], [33 * DAY] * 8)
    exact = level.updated([33 * DAY] * 8, [])
    assert level.median_quantiles(half) == pytest.approx(math.sqrt(60 * 500_000), rel=0.05)
    assert at_most.median_quantiles(half) < 0.5 * level.median_quantiles(half)
    assert exact.median_quantiles(half) == pytest.approx(33 * DAY, rel=0.05)


def ranks_are_level(places):
    """Places of the truth in its posterior, which are uniform if the posterior is right."""
    return stats.kstest(places, "uniform").pvalue > 0.001


@pytest.mark.statistical
def test_posteriors_are_calibrated_over_truths_drawn_from_the_prior():
    """Simulation-based calibration: Talts et al. 2018, arXiv:1804.06788."""
    generator = np.random.Generator(np.random.Philox(key=5))
    prior_time, prior_chance, prior_rate = Time(3.0, 0.8, 3.0, 2.0), Chance(0.7, 2.0), Rate(1.5, 20.0)
    chances, times, rates = [], [], []
    for _ in range(400):
        chance = generator.beta(prior_chance.a, prior_chance.b)
        successes = generator.binomial(12, chance)
        posterior = prior_chance.updated(successes, 12 - successes)
        chances.append(stats.beta.cdf(chance, posterior.a, posterior.b))
        variance = prior_time.scale / generator.gamma(prior_time.shape)
        mean = generator.normal(prior_time.centre, math.sqrt(variance / prior_time.weight))
        after = prior_time.updated(np.exp(generator.normal(mean, math.sqrt(variance), 5)).tolist())
        times.append(np.interp(math.exp(mean), after.median_quantiles(probabilities(2001)), probabilities(2001)))
        rate = generator.gamma(prior_rate.shape) / prior_rate.days
        seen = prior_rate.updated(generator.poisson(60 * rate), 60)
        rates.append(stats.gamma.cdf(rate, seen.shape, scale=1 / seen.days))
    assert ranks_are_level(chances)
    assert ranks_are_level(times)
    assert ranks_are_level(rates)
    assert not ranks_are_level(np.square(chances))


N_RELEASES = 40
RELEASES = "\n".join(
    f"    r{i}: {{kind: release, by: north, due: day {i}, amount: {{held: 1}}}}" for i in range(1, N_RELEASES + 1)
)
MANY_RELEASES = f"""
deal:
  groups: {{held: {{side: hostages, held_by: north, count: {N_RELEASES}}}}}
  obligations:
{RELEASES}
behaviour:
  mediators: {{settles: 0.0}}
  parties:
    south: {{patience: 5000 d}}
    north:
      kinds: {{release: {{late: 0.3, refused: 0.1, delay: {{median: 3 d, p95: 9 d}}}}}}
"""


TRUTH = {"information.late": 0.3, "information.refused": 0.1, "information.delay": 3 * DAY}


def holds(estimate, truth, share):
    low, high = np.interp([(1 - share) / 2, (1 + share) / 2], probabilities(), estimate.posterior)
    return low < truth < high


def drawn_evidence(generator):
    """Forty lists, each refused, late or on time by the chances of `TRUTH`; nine of ten delays within 3 to 27 days."""
    refused, late, _ = generator.multinomial(N_RELEASES, [0.1, 0.3, 0.6])
    hours = np.exp(generator.normal(math.log(72), math.log(3) / 1.645, late))
    timing = Timing(N_RELEASES - refused - late, tuple(hours.tolist()), refused)
    return Evidence(timing={"information": timing})


@pytest.mark.slow
@pytest.mark.statistical
def test_behaviour_is_recovered_from_drawn_lists():
    """From each of 40 records by ranges of 90 %, and closely from all of them together."""
    generator = np.random.Generator(np.random.Philox(key=3))
    together, held, learning = Evidence(), dict.fromkeys(TRUTH, 0), learn_for(terms("january-2025"), NO_ROWS)
    for _ in range(40):
        evidence = drawn_evidence(generator)
        for name, truth in TRUTH.items():
            held[name] += holds(estimate_all(evidence, learning, PRIORS)[name], truth, 0.9)
        together += evidence
    found = estimate_all(together, learning, PRIORS)
    for name, truth in TRUTH.items():
        assert 30 <= held[name] <= 40
        assert holds(found[name], truth, 0.99)
        assert found[name].is_informed
        assert found[name].narrowing < 0.15
    assert found["information.delay"].spread == pytest.approx(3, rel=0.1)
    assert found["forces.late"].method == "prior"
    assert not found["forces.late"].is_informed


# ------------------------------------------------------------------ rejection


NONE_REFUSED = MANY_RELEASES.replace("refused: 0.1", "refused: 0.0")


def level_estimate(name):
    quantiles = probabilities()
    return Estimate(name, "prior", 0, quantiles, quantiles, {"uniform": [0, 1]}, (), "level")


@pytest.fixture(scope="module")
def releases():
    """Simulated releases under 2,000 values of the chance of being late, and of one that changes nothing."""
    scenario = tiny(NONE_REFUSED).model_copy(update={"horizon": 60 * DAY})
    places = {
        "late": [("parties.north.kinds.release.late", 1.0)],
        "idle": [("parties.south.kinds.release.late", 1.0), ("parties.south.withholds", 1.0)],
    }
    simulator = Simulator(Calibrated(scenario, {}, places), ["late", "idle"], 45)
    values = np.random.Generator(np.random.Philox(key=8)).random((2000, 2)) * [0.9, 1.0]
    return values, np.stack([simulator.releases(2, i, row) for i, row in enumerate(values)]), simulator


def test_the_simulated_curve_is_that_of_the_engine(releases):
    _, curves, simulator = releases
    on_time = simulator.releases(2, 0, np.array([0.0, 0.5]))
    assert on_time.shape == (3, 46)
    assert on_time[0].tolist() == [min(day, N_RELEASES) for day in range(46)]
    assert (np.diff(curves, axis=2) >= 0).all()
    assert curves[:, 0, -1].max() <= N_RELEASES
    late = simulator.releases(2, 0, np.array([0.9, 0.5]))
    assert late[0, 20] < on_time[0, 20]


@pytest.mark.statistical
def test_draws_kept_by_rejection_hold_the_truth_as_often_as_they_say(releases):
    """Ranges of 90 % in nearly as many of 100 simulated records; draws that scatter less are kept too readily."""
    values, curves, simulator = releases
    n, living = len(values), curves[:, 0]
    by_hand = np.abs(living[1] - living[0]).mean() / N_RELEASES
    assert distance(curves[1], Record("tiny", 45, curves[0]), simulator.totals) == pytest.approx(by_hand)
    held = 0
    for truth in range(100):
        gaps = np.abs(living - living[truth]).mean(axis=1)
        gaps[truth] = np.inf
        closest = values[np.argsort(gaps)[: n // 50], 0]
        low, high = np.quantile(closest, [0.05, 0.95])
        held += low < values[truth, 0] < high
    assert 80 <= held <= 97


def test_rejection_tells_what_it_cannot_know(releases):
    values, curves, simulator = releases
    told = []
    for truth in range(12):
        gaps = np.array([distance(curve, Record("tiny", 45, curves[truth]), simulator.totals) for curve in curves[12:]])
        told.append([kept.is_narrower for kept in keep_closest(values[12:], gaps, [False, False])])
    late, idle = np.mean(told, axis=0)
    assert late > 0.7
    assert idle < 0.2


def test_rejection_of_one_record_finds_the_chance_that_made_it(releases):
    _, _, simulator = releases
    record = Record("tiny", 45, simulator.releases(77, 1, np.array([0.8, 0.5])))
    estimates = {name: level_estimate(name) for name in ("late", "idle")}
    scenario = tiny(NONE_REFUSED)
    places = {"late": [("parties.north.kinds.release.late", 1.0)], "idle": [("parties.south.withholds", 1.0)]}
    kept = reject([(Calibrated(scenario, {}, places), record)], estimates, ["late", "idle"], draws=1500, seed=4)
    assert kept["late"].is_narrower
    assert kept["late"].values.min() < 0.8 < kept["late"].values.max()
    assert kept["late"].values.mean() == pytest.approx(0.8, abs=0.15)


# ------------------------------------------------------------------ calibrating


@pytest.mark.slow
def test_rows_alone_inform_steps_and_nothing_else():
    found = calibrate([], "january-2025", draws=100)
    by_rows = {name for name, estimate in found.estimates.items() if estimate.method == "rows"}
    assert {"people.late", "people.refused", "forces.delay"} < by_rows
    assert set(found.as_json()["not_informed"]) == set(found.estimates) - by_rows
    assert found.as_json()["rows"]["people"] == len(read_rows().without(DEALS).people)


@pytest.fixture(scope="module", params=one_quick(DEALS))
def left_out(request):
    return calibrate(other_deals(request.param), request.param, draws=200)


def sources_of(block):
    if isinstance(block, dict):
        yield from block.get("source", [])
        for value in block.values():
            yield from sources_of(value)


@pytest.mark.slow
def test_no_source_of_calibrated_behaviour_is_of_the_deal_left_out(left_out):
    cited = set(sources_of(left_out.calibrated.document))
    own = {history_key(left_out.target), *terms(left_out.target).sources}
    own |= set(resolve(f"{left_out.target}/baseline").sources)
    own -= {*PRIORS.sources, ROWS}  # rows of deals without a document, which baselines cite as well
    assert not cited & own
    assert {history_key(deal) for deal in left_out.deals} < cited
    assert cited <= set(left_out.calibrated.document["sources"])


@pytest.mark.slow
def test_a_changed_record_or_row_of_the_deal_left_out_changes_nothing(left_out, tmp_path):
    for name in ("history", "evidence"):
        shutil.copytree(catalogue.folder() / name, tmp_path / name)
    (tmp_path / "history" / f"{left_out.target}.csv").write_text("not a history any more")
    for name in ("people.csv", "forces.csv"):
        path = tmp_path / "evidence" / name
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith(f"{left_out.target},")))
    again = calibrate(left_out.deals, left_out.target, draws=200, folder=tmp_path)
    assert again.calibrated.as_yaml() == left_out.calibrated.as_yaml()
    assert again.calibrated.table == left_out.calibrated.table
    other = tmp_path / "history" / f"{left_out.deals[0]}.csv"
    lines = other.read_text().splitlines(keepends=True)
    other.write_text("".join(line for line in lines if ",incident," not in line and ",return," not in line))
    changed = calibrate(left_out.deals, left_out.target, draws=200, folder=tmp_path)
    assert changed.calibrated.as_yaml() != left_out.calibrated.as_yaml()
    assert changed.calibrated.table != left_out.calibrated.table


@pytest.mark.slow
def test_a_changed_row_of_another_deal_changes_what_is_estimated(tmp_path):
    shutil.copytree(catalogue.folder() / "evidence", tmp_path / "evidence")
    path = tmp_path / "evidence" / "people.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("doha-2020,")))
    before, after = (calibrate([], "january-2025", draws=100, folder=folder) for folder in (None, tmp_path))
    assert after.calibrated.as_yaml() != before.calibrated.as_yaml()


def test_rows_of_a_deal_with_a_record_are_read_only_if_it_is_named():
    assert "november-2023" not in rows_for("january-2025", ()).deals
    assert "november-2023" in rows_for("january-2025", ("november-2023",)).deals
    assert "january-2025" not in rows_for("january-2025", ("november-2023",)).deals
    assert "january-2025" in rows_for("january-2025", ("january-2025",)).deals
    assert "doha-2020" not in rows_for("doha-2020", ()).deals


def test_the_document_is_a_scenario_like_any_other(left_out, tmp_path):
    path = tmp_path / "calibrated.yaml"
    path.write_text(left_out.calibrated.as_yaml())
    assert not [problem for problem in validate_file(path) if problem.severity == "error"]
    resolved = resolve(path)
    assert resolved.behaviour == left_out.calibrated.scenario.behaviour
    assert resolved.uncertain == left_out.calibrated.scenario.uncertain
    compile_plan(resolved)


def test_both_sides_have_the_same_rules(left_out):
    parties = left_out.calibrated.document["behaviour"]["parties"]
    israel, hamas = parties["israel"], parties["hamas"]
    reactions = ("tolerance", "complains", "withholds", "patience", "restores", "leaves", "responds")
    assert [israel[name] for name in reactions] == [hamas[name] for name in reactions]
    assert israel["kinds"]["information"]["late"] == hamas["kinds"]["information"]["late"]
    uncertain = left_out.calibrated.document["uncertain"]
    assert uncertain["parties.hamas.withholds"]["moves_with"] == "parties.israel.withholds"


@pytest.mark.slow
def test_leaving_one_out_says_on_what_it_was_calibrated():
    calibration, result = leave_one_out("november-2023", n=100, seed=1, draws=100, workers=1)
    found = result.as_json()
    assert found["in_sample"] is False
    assert found["calibrated_on"] == ["january-2025", "october-2025"] == list(calibration.deals)
    assert found["scenario"] == "november-2023/calibrated"
    assert "nothing of it from this record" in found["note"]
    assert (found["pair"], found["pair_unknown"]["pair"]) == ("known", "unknown")
    assert set(found["pair_unknown"]["crps"]) == set(found["crps"])
    assert found["pair_unknown"]["crps"] != found["crps"]
    assert found["steps"]["n"] == 15
    _, alone = leave_one_out("november-2023", n=100, seed=1, draws=100, is_pair_known=False, workers=1)
    told = alone.as_json()
    assert "pair_unknown" not in told
    assert {key: told[key] for key in found["pair_unknown"]} == found["pair_unknown"]


def test_wrong_requests_are_refused():
    with pytest.raises(SimError, match="named twice"):
        calibrate(["january-2025", "january-2025"])
    with pytest.raises(SimError, match="name a deal"):
        calibrate([])
    with pytest.raises(SimError, match="draws: must be 100 or more, got 5"):
        calibrate(["january-2025"], draws=5)


# ------------------------------------------------------------------ the table of draws


@pytest.mark.slow
def test_a_row_holds_one_deal_together(left_out):
    """Rows run from deals that keep their dates to those that do not; kept sets stay whole; the rest is on its own."""
    table = keep(left_out.calibrated.table)
    column = {path: table.rows[:, place] for place, path in enumerate(table.columns)}
    late, refused = (column[f"parties.hamas.kinds.release.{name}"] for name in ("late", "refused"))
    met = 1 - late - refused
    assert met.min() >= 0
    assert met[:1000].mean() > met[-1000:].mean() + 0.2
    assert abs(stats.spearmanr(met, column["parties.israel.complains"]).statistic) < 0.08
    found = left_out.estimates["people.refused"]
    assert refused.mean() == pytest.approx(found.posterior.mean(), abs=0.02)
    pairs = {(a, b) for a, b in zip(column["mediators.settles"], column["parties.israel.complains"], strict=True)}
    assert len(pairs) == 4  # 2 % of 200 sets
    median, p95 = (column[f"parties.hamas.kinds.release.delay.{name}"] for name in ("median", "p95"))
    assert np.allclose(p95 / median, left_out.estimates["people.delay"].spread, rtol=1e-3)


# ------------------------------------------------------------------ parameters drawn together


def test_parameters_drawn_together_have_the_same_place_in_their_distributions():
    text = """
        deal:
          groups: {held: {side: hostages, held_by: north, count: 1}}
          obligations: {r1: {kind: release, by: north, due: day 1, amount: {held: 1}}}
        behaviour: {parties: {north: {complains: 0.5, withholds: 0.5, restores: 0.5}}}
        uncertain:
          parties.north.complains: {uniform: [0, 1]}
          parties.north.withholds: {uniform: [0, 0.5], moves_with: parties.north.complains}
          parties.north.restores: {uniform: [0, 1]}
        """
    plan = compile_plan(tiny(text))
    keys = plan.record["uncertain_key"][0]
    assert keys[0] == keys[1] != keys[2]
    with pytest.raises(DocumentError, match="no uncertain parameter with a draw of its own"):
        tiny(text.replace("moves_with: parties.north.c", "moves_with: parties.south.c"))


# ------------------------------------------------------------------ the command


@pytest.mark.slow
def test_the_command_writes_behaviour_and_its_evidence(tmp_path):
    first, second = (tmp_path / name / "behaviour.yaml" for name in ("first", "second"))
    first.parent.mkdir()
    second.parent.mkdir()
    arguments = ["calibrate", "november-2023", "--for", "january-2025", "--draws", "100", "--out"]
    found = CliRunner().invoke(main, [*arguments, str(first), "--json"])
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    assert told["in_sample"] is False
    assert {e["parameter"] for e in told["estimates"]} > {"people.late", "settles", "search.time"}
    assert "how far agreements of one pair of parties differ" in told["not_identified"]
    assert "search.time" in told["not_informed"]
    CliRunner().invoke(main, [*arguments, str(second)])
    assert first.read_bytes() == second.read_bytes()
    tables = [path.with_suffix(".csv") for path in (first, second)]
    assert tables[0].read_bytes() == tables[1].read_bytes()
    columns = resolve(first).posterior.columns
    assert columns == list(resolve(first).uncertain)  # each has its evidence beside it


def test_the_command_prints_what_the_records_tell_nothing_of(tmp_path):
    arguments = ["calibrate", "november-2023", "--draws", "100", "--out", str(tmp_path / "behaviour.yaml")]
    found = CliRunner().invoke(main, arguments)
    assert found.exit_code == 0, found.output
    assert "no test of a forecast" in found.stdout
    assert "search.time" in found.stdout.split("The records tell nothing of these")[1]


def test_an_unknown_deal_is_bad_input(tmp_path):
    found = CliRunner().invoke(main, ["calibrate", "november-2032", "--out", str(tmp_path / "behaviour.yaml")])
    assert found.exit_code == 2
    assert "november-2032" in found.stderr
