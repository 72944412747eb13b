"""Links inside a results folder: whatever is put there, nothing outside is written."""

import random
from pathlib import Path

import pytest

from sim.results.folder import SUMMARY
from sim.results.ledger import LEDGER
from tests.cases.folders import COMPARE, RefusedError, bytes_of, laid_out, run
from tests.faults.hostile import picture_of, with_links

pytestmark = [pytest.mark.fault, pytest.mark.usefixtures("without_drawing")]
QUICK, ALL = 15, 200
STUDY = """\
study: short
title: Two cases
question: Does it matter?
baseline: {{name: one, title: One, scenario: {baseline}}}
variants:
  two: {{title: Two, changes: {{behaviour.parties.south.withholds: 0.9}}, assumption: For this test.}}
outcomes: [truce_days, disputes]
milestones:
  few: {{title: Few disputes, outcome: disputes, at_most: 5}}
n: 20
seed: 3
not_modelled: [Much.]
"""


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    """Commands, each with the files that it leaves behind when it is done or was stopped."""
    place = tmp_path_factory.mktemp("jobs")
    (place / "short.yaml").write_text(STUDY.format(baseline=COMPARE[1]))
    study = ("study", place / "short.yaml", "--workers", "1", "--json", "--out")
    found = []
    for number, command in enumerate((COMPARE, study)):
        folder = place / str(number)
        run(*command, folder)
        whole = bytes_of(folder)
        stopped = {name: content for name, content in whole.items() if name not in (SUMMARY, LEDGER)}
        found += [(command, whole), (command, stopped), (command, {})]
    return found


def attacked(jobs, place: Path, numbers: range) -> tuple[int, int]:
    """Commands that were refused, and those that did their work, in hostile folders of these numbers."""
    refused = done = 0
    for number in numbers:
        command, files = jobs[number % len(jobs)]
        folder, outside = place / f"results-{number}", place / f"outside-{number}"
        folder.mkdir()
        laid_out(folder, files)
        what = with_links(folder, outside, random.Random(number))
        before = picture_of(outside)
        try:
            run(*command, folder, "--resume")
            done += 1
        except RefusedError:
            refused += 1
        assert picture_of(outside) == before, f"folder {number}: {what}"
    return refused, done


CASE = pytest.mark.case(
    "E3",
    before="a link inside a results folder was followed: the file outside was overwritten, exit code 0",
    after="the link is replaced or refused; nothing outside is written",
)


@CASE
def test_no_link_inside_a_results_folder_is_followed_when_it_is_written(jobs, tmp_path):
    assert min(attacked(jobs, tmp_path, range(QUICK))) >= 3


@CASE
@pytest.mark.slow
def test_of_two_hundred_hostile_folders_none_has_anything_outside_written(jobs, tmp_path):
    assert min(attacked(jobs, tmp_path, range(QUICK, ALL))) >= 20


@CASE
@pytest.mark.parametrize("name", ["manifest.json.unfinished", "releases.svg", "summary.json"])
def test_a_link_is_replaced_by_the_file_that_is_written(jobs, tmp_path, name):
    command, files = jobs[0] if name == "releases.svg" else jobs[2]
    folder, victim = laid_out(tmp_path / "results", files), tmp_path / "victim"
    folder.mkdir(exist_ok=True)
    victim.write_text("mine")
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(victim)
    if name == "summary.json":
        with pytest.raises(RefusedError, match=r"holds summary\.json but no manifest\.json"):
            run(*command, folder, "--resume")
    else:
        run(*command, folder, "--resume")
        assert not (folder / name).is_symlink()
    assert victim.read_text() == "mine"
