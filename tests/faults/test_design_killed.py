"""A search of terms that is killed again and again, or run by other processes, ends in the same bytes."""

import multiprocessing
import random
import time

import pytest

from sim.analysis.design.run import design
from sim.engine.workers import Processes, open_workers
from tests.faults.test_interruption import bytes_of
from tests.unit.test_design import BOTH, UNSURE, written

TERMS = BOTH.replace("terms: {", "terms: {grace: {set: deal.obligations.give.grace, range: [1 d, 6 d], step: 1 d}, ")
SMALL = {"points": 400, "n": 6, "again": 8, "workers": 1}
N_KILLS = 20


def search(path, folder=None, **options):
    return design(path, **{**SMALL, "folder": folder, **options})


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return written(tmp_path_factory.mktemp("terms"), TERMS + UNSURE)


@pytest.mark.slow
@pytest.mark.fault
def test_a_search_killed_twenty_times_ends_in_the_same_bytes(tmp_path, path):
    search(path, tmp_path / "whole")
    whole = bytes_of(tmp_path / "whole")
    moments, folder = random.Random(25), tmp_path / "killed"
    started = multiprocessing.get_context("forkserver")
    started.set_forkserver_preload(["sim.analysis.design.run"])

    def kept():
        return len(list(folder.glob("generations/*.json")))

    killed_midway = 0
    for _ in range(N_KILLS):
        before = kept()
        process = started.Process(target=design, args=(path,), kwargs={**SMALL, "folder": folder, "resume": True})
        process.start()
        while kept() == before and process.is_alive():
            time.sleep(0.002)
        time.sleep(moments.uniform(0, 0.03))
        process.kill()
        process.join()
        killed_midway += not (folder / "front.json").exists()
    assert killed_midway >= N_KILLS // 2, f"only {killed_midway} of {N_KILLS} kills hit a search under way"
    search(path, folder, resume=True)
    assert bytes_of(folder) == whole


@pytest.mark.slow
def test_other_processes_find_the_same_front(path):
    """By an executor of processes, with stages: a fifth of the replicates first."""
    alone = search(path, points=40, n=120)
    processes = Processes(2)
    with processes:
        assert search(path, points=40, n=120, workers=processes) == alone
    assert search(path, points=40, n=120, workers=2) == alone


@pytest.mark.slow
@pytest.mark.fault
def test_a_dask_cluster_finds_the_same_front(path):
    pytest.importorskip("distributed")
    alone = search(path, points=40, n=120)
    with open_workers("local:2") as executor:
        assert search(path, points=40, n=120, workers=executor) == alone
