"""A sweep that is stopped at any moment leaves a folder that resumes to the same bytes."""

import os
import random
import subprocess
import sys
import time

import pytest

from sim.analysis.sweeps import sweep
from sim.results.folder import verify
from tests.amounts import in_turn, slow

VARY = {"behaviour.mediators.settles": "0.2,0.8", "behaviour.parties.hamas.complains": "0.5,1"}
PROGRAM = """
import sys
from pathlib import Path
from sim.analysis.sweeps import sweep
sweep("january-2025/baseline", {vary!r}, n=300, seed=3, folder=Path(sys.argv[1]), resume=True, workers=1)
"""
N_KILLS = 6
N_WRITES = 24
"""Files and folders brought to disk: 2 for the manifest, 5 for each of the 4 cells, 2 for the summary."""


def run_sweep(folder, **options):
    return sweep("january-2025/baseline", VARY, n=300, seed=3, folder=folder, workers=1, **options)


def bytes_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of a sweep that nothing interrupts."""
    folder = tmp_path_factory.mktemp("whole") / "results"
    run_sweep(folder)
    return bytes_of(folder)


def stop_at(monkeypatch, call, step):
    """Let the given call of `os.fsync` be the moment at which somebody presses Ctrl-C, before or after it."""
    calls = iter(range(10**6))
    real = os.fsync

    def fsync(descriptor):
        number = next(calls)
        if number == call and step == "before":
            raise KeyboardInterrupt
        real(descriptor)
        if number == call:
            raise KeyboardInterrupt

    monkeypatch.setattr("sim.results.files.os.fsync", fsync)


QUICK = {(3, "after"), (21, "before")}
"""In the first cell and at the summary; the other moments are slow."""
MOMENTS = [(call, step) for call in range(0, N_WRITES, 3) for step in ("before", "after")]
SLOW = [slow(*moment) for moment in MOMENTS if moment not in QUICK and in_turn(moment)]


@pytest.mark.parametrize(("call", "step"), [*sorted(QUICK), *SLOW])
def test_ctrl_c_at_any_write_leaves_a_folder_that_resumes(tmp_path, whole, monkeypatch, call, step):
    with monkeypatch.context() as patch:
        stop_at(patch, call, step)
        with pytest.raises(KeyboardInterrupt):
            run_sweep(tmp_path / "results")
    run_sweep(tmp_path / "results", resume=True)
    assert bytes_of(tmp_path / "results") == whole


@pytest.mark.slow
def test_a_sweep_killed_at_random_moments_resumes_to_the_same_bytes(tmp_path, whole):
    moments = random.Random(20250119)
    program = PROGRAM.format(vary=VARY)
    killed_midway = 0
    for number in range(N_KILLS):
        folder = tmp_path / f"results-{number}"
        with subprocess.Popen([sys.executable, "-c", program, str(folder)]) as process:
            while not (folder / "manifest.json").exists() and process.poll() is None:
                time.sleep(0.005)
            time.sleep(moments.uniform(0, 0.6))
            process.kill()
        killed_midway += not (folder / "summary.json").exists()
        run_sweep(folder, resume=True)
        assert verify(folder) == []
        assert bytes_of(folder) == whole
    assert killed_midway >= N_KILLS // 2, f"only {killed_midway} of {N_KILLS} kills hit a sweep under way"
