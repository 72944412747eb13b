"""Comparisons of scenarios from engine to JSON."""

import json

import numpy as np
import pytest

from sim.analysis.compare import Design, Source, StudyError, compare
from sim.engine.batch import run_blocks
from sim.outcomes.columns import columns
from sim.plan.compile import compile_plan
from sim.reading.resolve import resolve

SEED = 5


@pytest.fixture(scope="module")
def baseline():
    return resolve("january-2025/baseline")


@pytest.fixture(scope="module")
def early_talks():
    return resolve("january-2025/talks-start-day-4")


@pytest.fixture(scope="module")
def comparison(baseline, early_talks):
    return compare(
        Design(baseline, [early_talks, resolve("january-2025/phase-one-only")], n=300, seed=SEED), Source(workers=2)
    )


def test_json_has_the_keys_that_others_rely_on(comparison):
    data = comparison.as_json()
    assert (data["seed"], data["n"], data["engine"]) == (SEED, 300, "batch")
    assert data["baseline"]["scenario"] == "january-2025/baseline"
    assert [variant["scenario"] for variant in data["variants"]] == [
        "january-2025/talks-start-day-4",
        "january-2025/phase-one-only",
    ]
    assert set(data["baseline"]["estimates"]["disputes"]) == {"mean", "low", "high"}
    assert set(data["baseline"]["ends"]) == {"completed", "collapsed", "lapsed", "standing"}
    for variant in data["variants"]:
        for difference in variant["paired_difference"].values():
            assert {"mean", "low", "high", "variance_ratio"} <= set(difference)
    assert not {"end", "root_event", "root_subject"} & set(data["baseline"]["estimates"])


def test_json_is_strict_json(comparison, baseline):
    alone = compare(Design(baseline, [], n=1, seed=SEED))  # one replicate: no interval exists
    assert alone.as_json()["baseline"]["estimates"]["disputes"]["low"] is None
    for found in (comparison, alone):
        assert json.loads(json.dumps(found.as_json(), allow_nan=False)) == found.as_json()


def test_estimates_are_the_means_of_the_replicates(comparison, baseline, early_talks):
    rows = []
    for scenario in (baseline, early_talks):
        plan = compile_plan(scenario)
        rows.append(np.concatenate([block.outcomes for block in run_blocks(plan, SEED, 300)]))
    disputes, days = (columns(compile_plan(baseline)).index(name) for name in ("disputes", "truce_days"))
    assert comparison.baseline.estimates["disputes"].value == pytest.approx(rows[0][:, disputes].mean())
    difference = comparison.variants[0].differences["truce_days"]
    apart = rows[0][:, days].var(ddof=1) + rows[1][:, days].var(ddof=1)
    together = rows[1][:, days] - rows[0][:, days]
    assert difference.estimate.value == pytest.approx(together.mean() / 1440)
    assert difference.variance_ratio == pytest.approx(apart / together.var(ddof=1))
    lowest = comparison.variants[0].examples["lowest"]
    people = rows[1][:, 0] - rows[0][:, 0]
    assert (lowest.difference, lowest.replicate) == (people.min(), people.argmin())


def test_ends_and_root_causes_account_for_every_replicate(comparison):
    for summary in comparison.summaries:
        assert sum(count for count, _ in summary.ends.values()) == 300
        assert sum(root.count for root in summary.root_causes) == 300
        assert sum(shares[-1] for shares in summary.incidence.values()) == pytest.approx(1)


def test_a_scenario_does_not_differ_from_itself(baseline):
    (variant,) = compare(Design(baseline, [baseline], n=100, seed=SEED)).variants
    for difference in variant.differences.values():
        assert (difference.estimate.value, difference.variance_ratio) == (0.0, None)


@pytest.mark.parametrize("workers", [1, 3])
def test_the_number_of_workers_changes_no_bit(comparison, baseline, early_talks, workers):
    again = compare(
        Design(baseline, [early_talks, resolve("january-2025/phase-one-only")], n=300, seed=SEED),
        Source(workers=workers),
    )
    assert json.dumps(again.as_json()) == json.dumps(comparison.as_json())


def test_both_engines_give_the_same_comparison(baseline, early_talks):
    one, other = (
        compare(Design(baseline, [early_talks], n=6, seed=SEED, engine=engine), Source(workers=1)).as_json()
        for engine in ("batch", "reference")
    )
    assert other.pop("engine") != one.pop("engine")
    assert one == other


def test_precision_stops_at_the_first_look_that_is_narrow_enough(baseline, early_talks):
    found = compare(Design(baseline, [early_talks], n=100_000, seed=SEED, precision={"disputes": 0.25}))
    assert found.is_precise
    assert found.n == 1024 * 2 ** round(np.log2(found.n / 1024)) < 100_000
    assert found.confidence > 0.95
    for summary in found.summaries:
        assert summary.estimates["disputes"].half_width <= 0.25
    assert found.as_json()["precision"] == {"half_widths": {"disputes": 0.25}, "reached": True}


def test_precision_that_cannot_be_reached_is_reported_so(baseline):
    found = compare(Design(baseline, [], n=50, seed=SEED, precision={"disputes": 0.001}))
    assert (found.n, found.is_precise) == (50, False)


def test_p_values_make_up_for_the_looks_as_intervals_do(baseline, early_talks):
    plain = compare(Design(baseline, [early_talks], n=64, seed=SEED))
    looked = compare(Design(baseline, [early_talks], n=64, seed=SEED, precision={"disputes": 0.001}))
    for name, difference in looked.variants[0].differences.items():
        assert looked.variants[0].p_holm[name] == pytest.approx(min(1, 1.6449341 * difference.p_value))
        assert plain.variants[0].p_holm[name] == difference.p_value
        assert difference.estimate.excludes_zero == (looked.variants[0].p_holm[name] < 0.05)


def test_progress_ends_at_all_replicates_of_all_scenarios(baseline, early_talks):
    seen = []
    compare(Design(baseline, [early_talks], n=40, seed=SEED), progress=lambda done, most: seen.append((done, most)))
    assert seen[-1] == (80, 80)
    assert seen == sorted(seen)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"n": 0}, "n: must be 1 or more, got 0"),
        ({"precision": {"dispute": 1}}, "no outcome 'dispute' in every scenario; did you mean disputes"),
        ({"precision": {"disputes": 0}}, "half-width of disputes: must be a number above 0, got 0"),
        ({"example_outcome": "end"}, "no outcome 'end' in every scenario"),
    ],
)
def test_what_cannot_be_studied_is_refused(baseline, asked, message):
    with pytest.raises(StudyError, match=message):
        compare(Design(baseline, [], **{"n": 10, "seed": SEED} | asked))
