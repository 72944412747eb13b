"""Folders that version 0.1.0 wrote are read; what needs its rules is refused with the command that installs it."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.analysis.compare import stored
from sim.cli.commands import main
from sim.results.load import load
from sim.results.manifest import as_text, manifest_hash
from tests.cases.folders import plain_figures

MADE = Path(__file__).with_name("made_by_0.1.0")
INSTALL = "pip install 'ceasefire-sim==0.1.0'"


@pytest.fixture
def folder(request, tmp_path):
    """A copy of the frozen folder that a test names."""
    return Path(shutil.copytree(MADE / request.param, tmp_path / "results"))


either = pytest.mark.parametrize("folder", ["comparison", "sweep"], indirect=True)
comparison = pytest.mark.parametrize("folder", ["comparison"], indirect=True)


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def call(*words, exit_code=0):
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == exit_code, result.output
    return result.output


@either
def test_an_old_folder_is_as_it_was_written(folder):
    assert "as they were written" in call("verify", folder)


@either
def test_a_report_of_an_old_folder_tells_no_run_and_says_why(folder, tmp_path, monkeypatch):
    plain_figures(monkeypatch)
    before = content(folder)
    call("report", folder, "--out", tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert "Version 0.1.0 made these results" in page
    assert "pip install ceasefire-sim==0.1.0" in page
    assert content(folder) == before


@comparison
def test_tables_of_an_old_folder_add_up_to_the_estimates_that_its_version_wrote(folder):
    summary, results = json.loads((folder / "summary.json").read_text()), load(folder)
    again = stored(results)
    first = summary["baseline"]["estimates"]
    for name, estimate in again.baseline.estimates.items():
        told = list(first[name].values())[:3]
        assert [estimate.value, estimate.low, estimate.high] == pytest.approx(told), name
    assert set(first) == set(again.baseline.estimates)
    means = results.table().aggregate("scenario, avg(hostages_living_released) AS mean").fetchall()
    assert dict(means)["0-november-2023-baseline"] == pytest.approx(first["hostages_living_released"]["mean"])
    assert "truce_at_end" not in results.table().columns


@comparison
@pytest.mark.parametrize("kind", ["releases", "ends", "survival", "differences"])
def test_figures_are_drawn_from_an_old_folder(folder, tmp_path, kind):
    call("plot", folder, "--kind", kind, "--out", tmp_path / "figure.svg")
    assert (tmp_path / "figure.svg").stat().st_size > 10_000


@either
def test_a_replicate_of_an_old_folder_is_not_replayed_by_other_rules(folder):
    said = call("replay", folder, "--replicate", "1", exit_code=2)
    assert "version 0.1.0" in said
    assert INSTALL in said


@comparison
def test_an_old_folder_is_not_continued_by_other_rules(folder):
    before = content(folder)
    command = json.loads((folder / "manifest.json").read_text())["command"]
    said = call(*command[:-1], folder, "--resume", exit_code=2)
    assert "version 0.1.0" in said
    assert INSTALL in said
    assert content(folder) == before


@comparison
@pytest.mark.parametrize("edit", [("horizon", "1 d"), ("due_hour", "11:00"), ("title", "Another")])
def test_an_old_document_that_was_edited_is_refused(folder, edit):
    place = folder / "manifest.json"
    manifest = json.loads(place.read_text())
    manifest["documents"]["0-november-2023-baseline"]["document"]["deal"][edit[0]] = edit[1]
    manifest["sha256"] = manifest_hash(manifest)
    place.write_text(as_text(manifest))
    assert "does not have the checksum" in call("report", folder, exit_code=2)


@comparison
def test_an_old_folder_has_by_day_what_its_version_counted(folder):
    results = load(folder)
    assert list(results.histograms()) == ["hostages_living", "hostages_deceased", "prisoners"]
    assert results.met_by_day() == {}
    told = stored(results).baseline
    assert list(told.curves) == ["hostages_living", "hostages_deceased", "prisoners"]
    assert told.met == {}
