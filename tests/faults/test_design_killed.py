"""A search of terms that is killed again and again, or run by other processes, ends in the same bytes."""

import random
import subprocess
import sys
import time

import pytest

from sim.analysis.design.run import design
from sim.engine.workers import Processes, open_workers
from tests.faults.test_interruption import bytes_of
from tests.unit.test_design import BOTH, UNSURE, written

TERMS = BOTH.replace("terms: {", "terms: {grace: {set: deal.obligations.give.grace, range: [1 d, 6 d], step: 1 d}, ")
PROGRAM = """
import sys
from pathlib import Path
from sim.analysis.design.run import design
design(sys.argv[1], points=480, n=20, again=40, folder=Path(sys.argv[2]), resume=True, workers=1)
"""
N_KILLS = 20


def search(path, folder=None, **options):
    return design(path, **{"points": 480, "n": 20, "again": 40, "workers": 1, "folder": folder, **options})


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return written(tmp_path_factory.mktemp("terms"), TERMS + UNSURE)


@pytest.mark.slow
@pytest.mark.fault
def test_a_search_killed_twenty_times_ends_in_the_same_bytes(tmp_path, path):
    search(path, tmp_path / "whole")
    whole = bytes_of(tmp_path / "whole")
    moments, folder = random.Random(25), tmp_path / "killed"

    def kept():
        return len(list(folder.glob("generations/*.json")))

    killed_midway = 0
    for _ in range(N_KILLS):
        before = kept()
        with subprocess.Popen([sys.executable, "-c", PROGRAM, str(path), str(folder)]) as process:
            while kept() == before and process.poll() is None:
                time.sleep(0.002)
            time.sleep(moments.uniform(0, 0.03))
            process.kill()
        killed_midway += not (folder / "front.json").exists()
    assert killed_midway >= N_KILLS // 2, f"only {killed_midway} of {N_KILLS} kills hit a search under way"
    search(path, folder, resume=True)
    assert bytes_of(folder) == whole


@pytest.mark.slow
def test_other_processes_find_the_same_front(path):
    """By an executor of processes, with stages: a fifth of the replicates first."""
    alone = search(path, points=96, n=120)
    processes = Processes(2)
    with processes:
        assert search(path, points=96, n=120, workers=processes) == alone
    assert search(path, points=96, n=120, workers=2) == alone


@pytest.mark.slow
@pytest.mark.fault
def test_a_dask_cluster_finds_the_same_front(path):
    pytest.importorskip("distributed")
    alone = search(path, points=64, n=120)
    with open_workers("local:2") as executor:
        assert search(path, points=64, n=120, workers=executor) == alone
