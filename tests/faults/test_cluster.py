"""Replicates computed elsewhere: any executor gives the bytes of one process, also when a worker dies."""

import json
import os
import pickle
import signal
import sys
import threading
import time
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor

import numpy as np
import pytest
from click.testing import CliRunner

from sim.analysis.compare import Design, Source, compare
from sim.analysis.study import run_study
from sim.analysis.sweeps import sweep
from sim.cli.commands import main
from sim.engine.batch import SerializedPlan, run_blocks
from sim.engine.workers import in_order, n_slots, open_workers, parse_workers
from sim.errors import EngineError
from sim.plan.compile import compile_plan
from sim.reading.cases import load_study
from sim.reading.resolve import resolve

BASELINE = "january-2025/baseline"
VARY = {"behaviour.mediators.settles": "0.2,0.8"}


class Elsewhere(Executor):
    """Another process in all but name: whatever goes there and back is pickled."""

    n_slots = 3

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(3)

    def submit(self, work, /, *args):
        sent = pickle.dumps((work, args))

        def run():
            function, arguments = pickle.loads(sent)
            return pickle.dumps(function(*arguments))

        there, here = self.threads.submit(run), Future()
        there.add_done_callback(lambda done: here.set_result(pickle.loads(done.result())))
        return here


@pytest.fixture(scope="module")
def scenarios():
    return resolve(BASELINE), resolve("january-2025/no-guarantors")


def compared(scenarios, workers, **options):
    return json.dumps(compare(Design(scenarios[0], scenarios[1:], n=700, seed=4, **options), Source(workers)).as_json())


def swept(workers, **options):
    found = sweep(BASELINE, VARY, n=70, seed=4, workers=workers, **options).as_json()
    return json.dumps({key: value for key, value in found.items() if key != "results"})


def bytes_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("engine", ["batch", "reference"])
def test_blocks_computed_elsewhere_are_those_computed_here(scenarios, engine):
    plan = compile_plan(scenarios[0])
    here, there = (list(run_blocks(plan, 9, 9, engine=engine, workers=workers)) for workers in (1, Elsewhere()))
    assert len(there) == 3
    np.testing.assert_array_equal(*(np.concatenate([b.outcomes for b in blocks]) for blocks in (here, there)))
    np.testing.assert_array_equal(*(sum(b.histogram for b in blocks) for blocks in (here, there)))


def test_comparisons_and_sweeps_elsewhere_give_the_same_text(scenarios):
    assert compared(scenarios, Elsewhere()) == compared(scenarios, 1)
    precise = {"precision": {"truce_days": 6.0}}
    assert compared(scenarios, Elsewhere(), **precise) == compared(scenarios, 1, **precise)
    assert swept(Elsewhere()) == swept(1)


def test_the_replicate_to_open_is_the_same_where_a_guarantee_is_seldom_violated():
    rare = (resolve("november-2023/every-complaint-answered"),)
    first = {found["name"]: found["replicate"] for found in json.loads(compared(rare, 1))["baseline"]["guarantees"]}
    assert any(replicate and replicate > 100 for replicate in first.values()), "beyond the first shard"
    assert compared(rare, Elsewhere()) == compared(rare, 1)


def test_folders_written_from_elsewhere_have_the_same_bytes(tmp_path, scenarios):
    for name, workers in (("here", 1), ("there", Elsewhere())):
        swept(workers, folder=tmp_path / name)
    assert bytes_of(tmp_path / "there") == bytes_of(tmp_path / "here")


@pytest.mark.slow
def test_studies_elsewhere_are_the_same(tmp_path):
    study = load_study("holders")
    here, there = (
        run_study(study, n=40, workers=workers, folder=tmp_path / name)
        for name, workers in (("here", 1), ("there", Elsewhere()))
    )
    assert json.dumps(there.as_json()) == json.dumps(here.as_json())
    assert bytes_of(tmp_path / "there") == bytes_of(tmp_path / "here")


def test_a_search_takes_threads_only():
    run = CliRunner().invoke(main, ["check", BASELINE, "--workers", "local:2"])
    assert run.exit_code == 2
    assert "'local:2' is not a valid integer range" in run.output


def test_a_worker_with_other_sources_is_refused(scenarios):
    serialized = SerializedPlan(SerializedPlan.of(compile_plan(scenarios[0])).plan, "another")
    with pytest.raises(EngineError, match=r"another.*: install the same version on all machines"):
        serialized.load()


def test_an_executor_without_workers_left_is_named():
    class Broken(Executor):
        def submit(self, *_):
            future = Future()
            future.set_exception(BrokenExecutor("the pool is gone"))
            return future

    assert n_slots(Broken()) == 64
    with pytest.raises(EngineError, match="workers were lost: the pool is gone"):
        list(in_order(Broken(), [(print,)], 1))


def test_a_cluster_that_has_lost_all_its_workers_is_not_waited_for_without_end(monkeypatch):
    monkeypatch.setattr("sim.engine.workers.PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr("sim.engine.workers.LOOK_SECONDS", 0.02)

    class Deserted(Executor):
        def submit(self, *_):
            return Future()

        def n_alive(self):
            return 0

    with pytest.raises(EngineError, match=r"workers were lost: for 0\.05 s the cluster has had none"):
        list(in_order(Deserted(), [(print,)], 1))


def test_no_more_than_two_tasks_a_slot_are_under_way():
    begun = []

    class Counting(Executor):
        def submit(self, *task):
            begun.append(task)
            future = Future()
            future.set_result(task[1])
            return future

    results = in_order(Counting(), ((print, number) for number in range(100)), 3)
    assert [next(results) for _ in range(4)] == [0, 1, 2, 3]
    assert len(begun) == 9


@pytest.mark.parametrize(
    "text", ["0", "-1", "local:0", "local:", "dask://", "dask://host", "tcp://a:1", "10000", "²", "0000019999"]
)
def test_workers_that_are_none_are_refused(text):
    with pytest.raises(EngineError, match="workers are a number from 1 to 9999, 'local:N' or 'dask://HOST:PORT'"):
        parse_workers(text)
    run = CliRunner().invoke(main, ["compare", BASELINE, "--workers", text])
    assert run.exit_code == 2
    assert "Invalid value for '--workers'" in run.output


def test_workers_by_number_and_by_name_are_read():
    assert [parse_workers(text) for text in ("3", "local:2", "dask://node-1:8786")] == [
        3,
        "local:2",
        "dask://node-1:8786",
    ]


def test_missing_dask_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(EngineError, match=r"needs Dask, which is not installed: pip install 'ceasefire-sim\[cluster\]'"),
        open_workers("local:2"),
    ):
        pass


def test_a_cluster_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setattr("sim.engine.workers.PATIENCE_SECONDS", 2)
    with pytest.raises(EngineError, match=r"dask://127\.0\.0\.1:9: no cluster with workers answers there"):
        open_workers("dask://127.0.0.1:9").__enter__()


@pytest.mark.slow
@pytest.mark.fault
def test_a_worker_killed_mid_block_on_a_dask_cluster_costs_nothing_but_time(scenarios):
    alone = json.dumps(compare(Design(scenarios[0], scenarios[1:], n=16_000, seed=4), Source(workers=1)).as_json())
    with open_workers("local:2") as executor:
        client = executor._client
        client.run(os.getpid)
        killed = []

        def kill():
            while not any(client.processing().values()):
                time.sleep(0.01)
            time.sleep(0.1)
            worker = next(address for address, tasks in client.processing().items() if tasks)
            killed.append(client.run(os.getpid, workers=[worker], nanny=False)[worker])
            os.kill(killed[0], signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        elsewhere = json.dumps(
            compare(Design(scenarios[0], scenarios[1:], n=16_000, seed=4), Source(workers=executor)).as_json()
        )
        killer.join()
    assert killed
    assert elsewhere == alone


@pytest.mark.fault
@pytest.mark.slow
def test_a_worker_that_dies_again_and_again_is_replaced_each_time():
    """Dask looks 15 s after a death whether the worker is there; dead again just then, it used to be given up."""
    with open_workers("local:1") as executor:
        until = time.monotonic() + 18
        while time.monotonic() < until:
            pid = executor.submit(os.getpid).result(timeout=60)
            os.kill(pid, signal.SIGKILL)
            while executor.n_alive() and time.monotonic() < until:
                time.sleep(0.01)
        assert executor.submit(pow, 2, 5).result(timeout=60) == 32


@pytest.mark.slow
@pytest.mark.fault
def test_two_local_clusters_run_side_by_side():
    """Dask's pages take a free port: at a fixed one the second cluster complained or did not start."""
    with open_workers("local:1") as first, open_workers("local:1") as second:
        assert first.submit(sum, [1, 2]).result() == second.submit(sum, [1, 2]).result() == 3
