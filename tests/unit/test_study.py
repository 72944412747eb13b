"""Studies from document to folder: cases, shares, verdicts, tables, findings, and going on after an interruption."""

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from rich.console import Console

from sim.analysis.study import Difference, run_study
from sim.cli.commands import main
from sim.engine.batch import run_blocks
from sim.errors import ResultsError
from sim.outcomes.columns import columns
from sim.plan.codes import End
from sim.plan.compile import compile_plan
from sim.reading.cases import load_study
from sim.reading.problem import DocumentError
from sim.report.findings import findings
from sim.report.study import print_study, tables, write_study
from sim.results.folder import verify
from sim.statistics.estimate import Estimate, holm, share_estimate
from sim.statistics.paired import PairedDifference
from tests.cases.folders import plain_figures

N = 300
STUDY = """\
study: short
title: Talks in short
question: Does it matter when talks open?
baseline: {name: late, title: As recorded, scenario: january-2025/baseline}
variants:
  never:
    title: Never
    changes: {behaviour.talks.phase_two.never: 1.0}
    assumption: Nobody comes.
  early: {title: On day 4, scenario: january-2025/talks-start-day-4}
  again: {title: The baseline once more, scenario: january-2025/baseline}
axes:
  opening:
    title: Day of opening
    path: behaviour.talks.phase_two.opens
    values: [day 4, day 30]
    source: TEXT
outcomes: [hostages_living_released, truce_days]
milestones:
  all-living: {title: All living are out, outcome: hostages_living_released, at_least: 49}
  few-disputes: {title: Five disputes or fewer, outcome: disputes, at_most: 5}
n: 300
seed: 3
sources: {TEXT: {title: The text of the deal}}
not_modelled: [Why talks open late.]
notes: ["A note of its own: kept."]
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("studies") / "short.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def study(file):
    return load_study(file)


@pytest.fixture(scope="module")
def result(study):
    return run_study(study, workers=2)


def case(result, key):
    return next(one for one in result.cases if one.case.key == key)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---------------------------------------------------------------- cases


def test_baseline_variants_and_values_of_an_axis_are_cases_in_this_order(study):
    named = [(one.key, one.family, one.builds_on) for one in study.cases]
    assert named == [
        ("late", "baseline", "january-2025/baseline"),
        ("never", "variants", "january-2025/baseline"),
        ("early", "variants", "january-2025/talks-start-day-4"),
        ("again", "variants", "january-2025/baseline"),
        ("opening-1", "opening", "january-2025/baseline"),
        ("opening-2", "opening", "january-2025/baseline"),
    ]
    assert [one.resolved.scenario for one in study.cases[:2]] == ["short/late", "short/never"]
    opens = [one.resolved.behaviour.talks["phase_two"].opens for one in study.family("opening")]
    assert opens == ["day 4", "day 30"]
    assert study.cases[1].reasons == ("Nobody comes.",)
    assert study.cases[4].reasons == ("The text of the deal",)


def test_a_scenario_is_no_study():
    with pytest.raises(DocumentError, match=r"not-a-study.*begins with 'study:'"):
        load_study("january-2025/baseline")


def test_an_outcome_that_no_case_has_is_refused_at_its_place(file, tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text(STUDY.replace("truce_days]", "truce_day]").replace("outcome: disputes", "outcome: dispute"))
    with pytest.raises(
        DocumentError, match=r"wrong\.yaml:18:38: unknown-outcome outcomes\.1: .*did you mean truce_days"
    ):
        load_study(path)
    printed = CliRunner().invoke(main, ["validate", str(path)])
    assert printed.exit_code == 2
    assert re.search(r"unknown-outcome milestones\.few-disputes\.outcome", printed.stdout)


# ---------------------------------------------------------------- numbers


def test_shares_are_counts_of_replicates_with_their_exact_interval(study, result):
    for key in ("late", "never"):
        one = case(result, key)
        plan = compile_plan(one.case.resolved)
        rows = np.concatenate([block.outcomes for block in run_blocks(plan, 3, N)])
        column = dict(zip(columns(plan), rows.T, strict=True))
        counted = {
            "reaches:all-living": int((column["hostages_living_released"] >= 49).sum()),
            "reaches:few-disputes": int((column["disputes"] <= 5).sum()),
            "ends:lapsed": int((column["end"] == End.LAPSED).sum()),
            "violates:civilian_women_before_soldiers": int(
                (column["violated_civilian_women_before_soldiers"] >= 0).sum()
            ),
        }
        assert {flag: one.share(flag) for flag in counted} == {f: share_estimate(c, N) for f, c in counted.items()}
        assert 0 < counted["reaches:few-disputes"] < N


def test_the_same_scenario_differs_in_no_run_and_another_does(result):
    assert {d.verdict for d in case(result, "again").differences.values()} == {"same"}
    assert case(result, "never").differences["truce_days"].verdict == "fewer"


def test_holm_is_taken_over_the_variants_and_over_each_axis_by_itself(result):
    for family in ("variants", "opening"):
        found = [one.differences["truce_days"] for one in result.family(family)]
        assert [d.p_holm for d in found] == holm([d.paired.p_value for d in found])
    assert len(result.family("variants")) == 3


@pytest.mark.parametrize(
    ("low", "high", "p_holm", "above", "verdict"),
    [(0.5, 1.5, 0.01, 0.2, "more"), (-1.5, -0.5, 0.01, 0.2, "fewer"), (0.5, 1.5, 0.08, 0.2, "undecided"),
     (-0.5, 1.5, 0.01, 0.2, "undecided"), (0.0, 0.0, 1.0, 0.0, "same")],
)  # fmt: skip
def test_a_difference_is_decided_only_if_interval_and_holm_agree(low, high, p_holm, above, verdict):
    paired = PairedDifference(Estimate((low + high) / 2, low, high, N), 2.0, 0.01, above, 0.0)
    assert Difference(paired, p_holm).verdict == verdict


def test_the_number_of_workers_changes_nothing(study, result):
    assert run_study(study, workers=1).as_json() == result.as_json()


# ---------------------------------------------------------------- tables and findings


def test_tables_hold_every_case_and_what_is_known_of_it(result):
    found = tables(result)
    head, *rows = found["shares"]
    assert head[:3] == ["case", "what", "n"]
    declared = len(result.baseline.guarantees)
    assert declared
    assert Counter(row[0] for row in rows) == dict.fromkeys([one.case.key for one in result.cases], 6 + declared)
    bands = [row for row in found["releases"][1:] if row[:2] == ["late", "prisoners"]]
    days = [day for row in bands for day in range(row[2], row[3] + 1)]
    assert days == list(range(len(result.comparison.baseline.curves["prisoners"].bands.median)))
    counted = Counter({one.case.key: 0 for one in result.cases})
    for row in found["causes"][1:]:
        counted[row[0]] += row[3]
    assert counted == {"late": N, "never": N, "early": N, "again": N, "opening-1": 0, "opening-2": 0}
    of_axis = {row[1] for row in found["estimates"][1:] if row[0] == "opening-1"}
    assert of_axis == {"hostages_living_released", "truce_days"}


def test_findings_say_what_is_not_modelled_first_and_each_number_with_interval_and_n(result):
    page = findings(result, figure=None)
    headings = re.findall(r"^## (.+)$", page, re.MULTILINE)
    assert headings == [
        "What is not modelled", "What is compared", "Findings", "Declared guarantees", "What the ends go back to",
        "What is undecided", "What never happened", "How to make it again", "Sources",
    ]  # fmt: skip
    assert "Why talks open late." in page
    assert "A note of its own: kept." in page
    assert page.count("Ranges under stated assumptions, not a forecast.") == 2
    shares = re.findall(r"^\| \w+ \| \d+ of [\d,]+ \([\d.]+ to [\d.]+\) \| 300 \|", page, re.MULTILINE)
    assert len(shares) >= 4 * 4
    never = page.partition("## What never happened")[2].partition("\n## ")[0]
    assert "- *never*: " in never
    assert "All living are out: in none of 300 runs, so in at most 1.2 of 100" in never
    assert "entering phase two" in never


def test_findings_name_every_undecided_difference_and_no_decided_one(result):
    page = findings(result, figure=None)
    listed = page.partition("## What is undecided")[2].partition("\n## ")[0]
    names = {
        "hostages_living_released": "Hostages released, living",
        "truce_days": "Days of truce",
        "ends:collapsed": "The deal ends collapsed",
        "reaches:few-disputes": "Five disputes or fewer",
    }
    for one in result.family("variants"):
        for outcome, words in names.items():
            is_listed = f"{words}: *{one.case.key}* against *late*" in listed
            assert is_listed == (one.differences[outcome].verdict == "undecided")


def test_findings_set_guarantees_that_are_violated_apart_from_those_that_are_kept(result):
    page = findings(result, figure=None).partition("## Declared guarantees")[2].partition("\n## ")[0]
    share = case(result, "late").share("violates:civilian_women_before_soldiers")
    assert share.value > 0
    assert re.search(rf"^\| Every civilian woman .* \| {share.value * 100:.0f} of 100 \(", page, re.MULTILINE)
    assert "Violated in none of 300 runs of any case: The truce does not start before the first names; " in page


# ---------------------------------------------------------------- the folder


@pytest.mark.slow
def test_a_study_writes_the_same_bytes_after_an_interruption(study, tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    write_study(run_study(study, n=50, folder=whole, workers=2), whole)

    def stop(done, total):
        if done > 150:
            raise RuntimeError("the power fails")

    with pytest.raises(RuntimeError, match="the power fails"):
        run_study(study, n=50, folder=broken, progress=stop)
    assert (broken / "replicates").is_dir()
    with pytest.raises(ResultsError, match="holds results already"):
        run_study(study, n=50, folder=broken)
    with pytest.raises(ResultsError, match="n_replicates was 50, is 60"):
        run_study(study, n=60, folder=broken, resume=True)
    write_study(run_study(study, n=50, folder=broken, resume=True, workers=1), broken)
    assert files(broken) == files(whole)
    assert verify(whole) == []
    assert set(files(whole)) == {"manifest.json", "summary.json", "findings.md", "releases.png"} | {
        f"tables/{name}.csv" for name in ("cases", "estimates", "shares", "differences", "causes", "releases")
    }


def test_the_command_prints_one_object_and_names_its_folder(file, tmp_path, monkeypatch):
    plain_figures(monkeypatch)
    out = tmp_path / "out"
    printed = CliRunner().invoke(main, ["study", str(file), "-n", "20", "--out", str(out), "--json"])
    assert printed.exit_code == 0, printed.output
    data = json.loads(printed.stdout)
    assert (data["study"], data["n"], data["seed"], data["results"]) == ("short", 20, 3, str(out))
    assert [variant["name"] for variant in data["variants"]] == ["never", "early", "again"]
    (axis,) = data["axes"]
    assert (axis["name"], axis["path"]) == ("opening", "behaviour.talks.phase_two.opens")
    assert [one["value"] for one in axis["cases"]] == ["day 4", "day 30"]
    manifest = json.loads((out / "manifest.json").read_text())
    assert (manifest["kind"], manifest["command"]) == ("study", ["study", "short", "-n", "20"])
    with (out / "tables" / "shares.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["case"] == "late" and row["what"] == "ends:lapsed"]
    assert float(rows[0]["share"]) == pytest.approx(data["baseline"]["ends"]["lapsed"]["share"], rel=1e-5)
    again = CliRunner().invoke(main, ["study", str(file), "-n", "20", "--out", str(out)])
    assert again.exit_code == 2
    assert "holds results already" in again.stderr


def test_a_terminal_shows_a_table_for_each_milestone_and_outcome(result):
    stream = io.StringIO()
    print_study(result, Console(file=stream, width=100), everything=True)
    for title in ("All living are out", "Five disputes or fewer", "The deal ends lapsed", "Days of truce"):
        pattern = rf"^{title} *\n +.*against late.*\nlate .* - .*\nnever .* (more|fewer|undecided|same)"
        assert re.search(pattern, stream.getvalue(), re.MULTILINE), title
