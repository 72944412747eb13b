"""Whatever the input, it is read or refused as text: Hypothesis, and what coverage-guided runs have found."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sim.cli.commands import main
from sim.document.deal import Deal
from sim.document.scenario import Scenario
from sim.errors import PlanError, ResultsError
from sim.plan.compile import compile_plan
from sim.reading.model import LARGEST_FILE, kind_of, parse_bytes, read_model
from sim.reading.parse import DEEPEST, MOST_ALIAS_NODES
from sim.reading.validate import validate_file
from sim.results.files import read_bytes
from sim.results.ledger import Entry
from sim.results.manifest import FORMAT, check_manifest, manifest_hash
from tests.amounts import examples
from tests.builders import tiny
from tests.faults.inputs import CHECKS, PIECES, WORDS, Choices, check_piece

CORPUS = sorted(path for path in (Path(__file__).parent / "corpus").rglob("*") if path.is_file())
texts = st.text(max_size=60) | st.lists(
    st.sampled_from(
        [*filter(None, (w for w in WORDS if isinstance(w, str) and w.isprintable())), "=", ":", ",", ".", " "]
    ),
    max_size=6,
).map("".join)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_once_stays_mended(path):
    CHECKS[path.parent.name](path.read_bytes())


@examples(400)
@given(st.integers(0, len(PIECES) - 1), texts)
def test_small_parsers_read_or_refuse(piece, text):
    check_piece(bytes([piece]) + text.encode(errors="replace"))


@examples(150)
@given(st.sampled_from(["horizon", "behaviour.mediators.settles", "deal.due_hour", "x"]), texts)
def test_axes_are_read_or_refused(path, text):
    CHECKS["axis"](f"{path}={text}".encode(errors="replace"))


@examples(200)
@given(st.sampled_from(["end", "truce_days", "hostages_living_released", ""]), texts)
def test_goals_are_read_or_refused(name, text):
    CHECKS["goal"](f"{name} {text}".encode(errors="replace"))


@examples(100)
@given(st.binary(max_size=80))
def test_documents_with_parts_replaced_are_read_or_refused(content):
    CHECKS["data"](content)


@examples(12)
@given(st.binary(max_size=40), texts)
def test_settings_are_read_or_refused(content, text):
    CHECKS["setting"](content + text.encode(errors="replace"))


def entries():
    names = st.sampled_from(
        ["replicates/a/block-000000.parquet", "histograms/a/block-000000.parquet", "../x", "/x", ""]
    )
    return st.fixed_dictionaries({
        "scenario": st.sampled_from(["a", "..", "a/b", "/a", ""]) | st.integers(),
        "first": st.integers(-1, 2**70) | st.none(),
        "count": st.integers(-1, 2) | st.booleans(),
        "files": st.dictionaries(names, st.sampled_from(["0" * 64, "", "x"]), max_size=3) | st.text(max_size=3),
    })  # fmt: skip


manifests = st.dictionaries(
    st.sampled_from(["format", "kind", "seed", "engine", "n_replicates", "block_size", "versions", "rules_sha256",
                     "columns", "extra", "documents"]),
    st.just(FORMAT) | st.integers() | st.text(max_size=3)
    | st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)  # fmt: skip


@examples(60)
@given(manifests | st.none() | st.integers(), st.lists(entries(), max_size=2))
def test_results_folders_are_read_or_refused(manifest, ledger):
    lines = "".join(json.dumps(entry) + "\n" for entry in ledger)
    CHECKS["results"](json.dumps(manifest).encode() + b"\0\0" + lines.encode())


@examples(25)
@given(st.integers(0, 3), st.binary(min_size=2, max_size=40))
def test_folders_with_parts_replaced_are_read_or_refused(part, content):
    CHECKS["folder"](bytes([part]) + content)


@examples(200)
@given(entries())
def test_an_entry_of_a_ledger_names_two_files_below_its_tables(entry):
    try:
        read = Entry.of(entry)
    except ValueError:
        return
    assert list(read.files) == ["replicates/a/block-000000.parquet", "histograms/a/block-000000.parquet"]


def test_the_checks_notice_what_is_wrong():
    assert [Choices(b"\x05\x02ab").below(4), Choices(b"").below(9)] == [1, 0]
    with pytest.raises(ResultsError, match="this is no manifest"):
        check_manifest(7, Path("manifest.json"))
    content = {"format": FORMAT}
    with pytest.raises(ResultsError, match="'kind' is missing or is no str"):
        check_manifest(content | {"sha256": manifest_hash(content)}, Path("manifest.json"))


# ---------------------------------------------------------------- limits


BASELINE = "january-2025/baseline"
MANY = ", ".join(f"o{i}: {{kind: information, by: north}}" for i in range(1001))
BEYOND = {
    "levels": (b"[" * (DEEPEST + 2), f"at most {DEEPEST} levels (DEEPEST in sim/reading/parse.py)"),
    "values from aliases": (
        b"a: &a [" + b"1," * 400 + b"1]\nb: [" + b"*a," * 40 + b"*a]",
        f"at most {MOST_ALIAS_NODES} values and {DEEPEST} levels "
        "(MOST_ALIAS_NODES and DEEPEST in sim/reading/parse.py)",
    ),
    "duration": (
        b"deal: x\nhorizon: 21 w 20 d 7300 d",
        "at most 20 years (LONGEST_DURATION in sim/document/values.py)",
    ),
    "text": (b"deal: x\ntitle: " + b"a" * 4001, "at most 4000 characters (LONGEST_TEXT in sim/document/values.py)"),
    "people": (
        b"deal: x\ngroups: {all: {side: prisoners, held_by: south, count: 1000001}}",
        "at most 1000000 (MOST_PEOPLE in sim/document/values.py)",
    ),
    "obligations": (
        f"deal: x\nobligations: {{{MANY}}}".encode(),
        "at most 1000 obligations (MOST_OBLIGATIONS in sim/document/sizes.py)",
    ),
    "steps of an axis": (
        b"scenario: x\ndeal: y\nvary: {horizon: {low: 1 d, high: 2 d, steps: 10001}}",
        "at most 10000 values (MOST_STEPS in sim/document/values.py)",
    ),
    "values of an axis": (
        b"scenario: x\ndeal: y\nvary: {horizon: [" + b"1," * 10_000 + b"1]}",
        "at most 10000 values (MOST_STEPS in sim/document/values.py)",
    ),
}


@pytest.mark.parametrize("limit", BEYOND)
def test_a_document_beyond_a_limit_is_told_the_limit_and_where_it_is_raised(limit):
    content, said = BEYOND[limit]
    parsed = parse_bytes(content, "file")
    problems = parsed.problems or read_model(parsed, Scenario if kind_of(parsed) == "scenario" else Deal)[1]
    assert any(said in str(problem) for problem in problems), "\n".join(map(str, problems))


OPTIONS = {
    "replicates": (["compare", "x", "-n", "1000000001"], "(MOST_REPLICATES in sim/cli/common.py)"),
    "replicates of a sweep": (["sweep", "x", "-n", "1000000001"], "(MOST_REPLICATES in sim/cli/common.py)"),
    "replicates of a study": (["study", "x", "-n", "1000000001"], "(MOST_REPLICATES in sim/cli/common.py)"),
    "replicates of a backtest": (["backtest", "x", "-n", "1000000001"], "(MOST_REPLICATES in sim/cli/common.py)"),
    "deviations": (["check", "x", "--deviations", "9"], "(MOST_DEVIATIONS in sim/cli/checks.py)"),
    "replicates of a search": (["check", "x", "-n", "1000001"], "(MOST_DRAWN in sim/cli/checks.py)"),
    "draws": (["calibrate", "x", "--draws", "10000001"], "(MOST_DRAWS in sim/cli/records.py)"),
    "number of a replicate": (["run", "x", "--replicate", str(2**63)], "(replicates are numbered with 63 bits)"),
    "steps": (["sweep", BASELINE, "--vary", "horizon=1 d:2 d:10001"], "MOST_STEPS in sim/document/values.py"),
    "values": (["sweep", BASELINE, "--vary", "horizon=" + "1," * 10_000 + "1"], "MOST_STEPS in sim/document/values.py"),
    "cells": (["sweep", BASELINE, "--vary", "behaviour.mediators.settles=0:1:5", "--max-cells", "4"], "--max-cells"),
}


@pytest.mark.parametrize("limit", OPTIONS)
def test_an_option_beyond_a_limit_is_told_the_limit_and_where_it_is_raised(limit):
    arguments, said = OPTIONS[limit]
    run = CliRunner().invoke(main, arguments)
    assert run.exit_code == 2
    assert said in run.output


def test_a_chain_beyond_its_limit_is_told_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.reading.resolve.LONGEST_CHAIN", 3)
    for number in range(5):
        text = f"scenario: s{number}\nquestion: What?\nbuilds_on: {tmp_path}/s{number + 1}.yaml\n"
        (tmp_path / f"s{number}.yaml").write_text(text)
    (problem, *_) = validate_file(tmp_path / "s0.yaml")
    assert "at most 3 (LONGEST_CHAIN in sim/reading/resolve.py)" in str(problem)


def test_a_file_beyond_its_limit_is_told_the_limit(tmp_path, monkeypatch):
    (tmp_path / "large.yaml").write_bytes(b"#" * (LARGEST_FILE + 1))
    run = CliRunner().invoke(main, ["validate", str(tmp_path / "large.yaml")])
    assert f"at most {LARGEST_FILE} bytes (LARGEST_FILE in sim/reading/model.py)" in run.output
    monkeypatch.setattr("sim.results.files.LARGEST_JSON", 10)
    with pytest.raises(ResultsError, match=r"larger than 10 bytes \(LARGEST_JSON in sim/results/files\.py\)"):
        read_bytes(tmp_path / "large.yaml")


def test_a_plan_beyond_a_limit_is_told_the_limit():
    groups = ", ".join(f"g{i}: {{side: prisoners, held_by: south, count: 1}}" for i in range(61))
    scenario = tiny(f"deal: {{groups: {{{groups}}}, obligations: {{pause: {{kind: truce, by: south}}}}}}")
    with pytest.raises(PlanError, match=r"groups: 61, at most 60 \(MAX_GROUPS in sim/plan/limits\.py\)"):
        compile_plan(scenario)
