"""The committed studies: untouched, of today's documents, and one of them made again byte for byte."""

import json
from pathlib import Path

import pytest

from sim.analysis.study import run_study
from sim.reading import catalogue
from sim.reading.cases import load_study
from sim.reading.store import resolved_hash
from sim.report.study import write_study
from sim.results.folder import verify
from sim.results.load import load

RESULTS = Path(__file__).parents[2] / "results"
STUDIES = [entry.name for entry in catalogue.studies()]
MADE_AGAIN = "talks-timing"
LARGEST = 400_000
"""Bytes of a folder; its figure, a panel for each scenario, is a third of that."""
RENEW = "numbers moved: if that is meant, renew the folder as results/README.md says, and note it in CHANGELOG.md"
OF_THE_MACHINE = ("versions", "rules_sha256", "sha256")
"""What a manifest says of the versions that made it; the numbers must not depend on them."""


def manifest(folder: Path) -> dict:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def told(folder: Path) -> dict[str, bytes]:
    """Tables, summary and findings; figures are left out, since their bytes depend on the version of matplotlib."""
    paths = [folder / "findings.md", folder / "summary.json", *sorted((folder / "tables").glob("*.csv"))]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_is_kept_small_and_of_todays_documents(name):
    folder, study = RESULTS / name, load_study(name)
    assert verify(folder) == []
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < LARGEST
    stored = manifest(folder)
    assert stored["n_replicates"] == study.document.n
    assert stored["extra"]["study"] == study.document.model_dump(mode="json", exclude_none=True), RENEW
    today = {case.key: resolved_hash(case.resolved) for case in study.cases}
    assert {key: entry["sha256"] for key, entry in stored["documents"].items()} == today, RENEW


@pytest.mark.parametrize("name", STUDIES)
def test_every_document_of_a_study_can_be_opened(name):
    results = load(RESULTS / name)
    for key in results.scenarios:
        assert resolved_hash(results.document(key)) == results.manifest["documents"][key]["sha256"]


@pytest.mark.slow
def test_a_study_made_again_is_the_same_to_the_byte(tmp_path):
    folder = tmp_path / MADE_AGAIN
    write_study(run_study(load_study(MADE_AGAIN), folder=folder, command=("study", MADE_AGAIN)), folder)
    assert told(folder) == told(RESULTS / MADE_AGAIN), RENEW
    again, stored = ({k: v for k, v in manifest(of).items() if k not in OF_THE_MACHINE}
                     for of in (folder, RESULTS / MADE_AGAIN))  # fmt: skip
    assert again == stored, RENEW


@pytest.mark.slow
def test_a_moved_number_is_noticed(tmp_path):
    folder = tmp_path / MADE_AGAIN
    write_study(run_study(load_study(MADE_AGAIN), n=20, folder=folder), folder)
    differing = {name for name, content in told(folder).items() if content != told(RESULTS / MADE_AGAIN)[name]}
    assert differing >= {"findings.md", "summary.json", "tables/estimates.csv", "tables/shares.csv"}
