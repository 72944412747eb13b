"""Who runs the replicates: threads or processes of this machine, or any executor, such as a Dask cluster."""

from __future__ import annotations

import os
import re
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import get_context
from types import ModuleType
from typing import Any, TypeVar

from sim.errors import EngineError

Workers = int | Executor
"""So many threads or processes, or an executor that somebody else opened and closes."""
MOST_SLOTS = 64
"""Tasks taken to run side by side on an executor that does not say how many do."""
PATIENCE_SECONDS = 60
"""How long a cluster may be without any worker, at first or later."""
LOOK_SECONDS = 5.0
_REMOTE = re.compile(r"dask://([^/\s]+:[0-9]{1,5})")
_LOCAL = re.compile(r"local:([1-9][0-9]{0,3})")

Result = TypeVar("Result")
Task = tuple[Any, ...]
"""A function that workers can import, and its arguments."""


def n_workers() -> int:
    """Workers used when none are asked for: one for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def n_slots(workers: Workers) -> int:
    """How many tasks run side by side.

    Parameters
    ----------
    workers : int or Executor
        An executor is asked for `n_slots` (as those of `open_workers` have), then for `_max_workers` (as those of the
        standard library and of mpi4py have).
    """
    if isinstance(workers, int):
        return workers
    slots = getattr(workers, "n_slots", None) or getattr(workers, "_max_workers", None)
    return int(slots) if slots else MOST_SLOTS


def in_order(executor: Executor, tasks: Iterable[Task], slots: int) -> Iterator[Any]:
    """Results in the order of the tasks, with never more than two tasks a slot under way.

    Raises
    ------
    EngineError
        If an executor has lost its workers, or the same task too many of them.
    """
    waiting: deque[Future[Any]] = deque()
    try:
        for task in tasks:
            waiting.append(executor.submit(*task))
            if len(waiting) >= 2 * slots:
                yield _result_of(waiting.popleft(), executor)
        while waiting:
            yield _result_of(waiting.popleft(), executor)
    finally:
        for future in waiting:
            future.cancel()


def _result_of(future: Future[Result], executor: Executor) -> Result:
    """A result; an executor that can count its workers (`n_alive`) must not be without any for long."""
    n_alive, seconds_without = getattr(executor, "n_alive", None), 0.0
    try:
        while n_alive is not None and not wait([future], LOOK_SECONDS).done:
            seconds_without = 0.0 if n_alive() else seconds_without + LOOK_SECONDS
            if seconds_without > PATIENCE_SECONDS:
                raise _lost(TimeoutError(f"for {PATIENCE_SECONDS} s the cluster has had none"))
        return future.result()
    except (BrokenExecutor, CancelledError) as error:
        raise _lost(error) from None
    except Exception as error:
        if type(error).__name__ == "KilledWorker":  # of distributed, which need not be installed
            raise _lost(error) from None
        raise


def _lost(error: BaseException) -> EngineError:
    said = str(error).strip().split("\n", 1)[0] or type(error).__name__
    return EngineError(f"workers were lost: {said}; results that are kept in a folder are continued with --resume")


# ---------------------------------------------------------------- processes


def most_processes() -> int:
    """Processes of our own at most, 4 for each core, but 8 in any case: each needs its memory and seconds to start."""
    return max(8, 4 * n_workers())


class Processes(ProcessPoolExecutor):
    """Processes that import this package and nothing of the program that asks for them.

    So a script needs no `if __name__ == "__main__":`; whoever is to run what the script defines takes another pool.
    """

    def __init__(self, most: int) -> None:
        super().__init__(min(most, most_processes()), get_context("spawn"))

    def submit(self, *arguments: Any, **options: Any) -> Future[Any]:
        """As that of any executor; a process that this starts is not told of the program's own file."""
        with without_main():
            return super().submit(*arguments, **options)


@contextmanager
def without_main() -> Iterator[None]:
    """Let processes that start now not run the program's file again, as Python has new processes do."""
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


# ---------------------------------------------------------------- clusters


def parse_workers(text: str) -> int | str:
    """A number of workers, or the text of a cluster, as `open_workers` takes it.

    Raises
    ------
    EngineError
        If it is neither.
    """
    if re.fullmatch("[1-9][0-9]{0,3}", text):
        return int(text)
    if (local := _LOCAL.fullmatch(text)) and int(local[1]) > most_processes():
        raise EngineError(
            f"{text}: at most {most_processes()} processes on this machine (most_processes in {__name__})"
        )
    if local or _REMOTE.fullmatch(text):
        return text
    raise EngineError(f"workers are a number from 1 to 9999, 'local:N' or 'dask://HOST:PORT', got {text[:80]!r}")


@contextmanager
def open_workers(workers: int | str | None) -> Iterator[Workers | None]:
    """Workers by number, or those of a cluster for as long as this context lasts.

    Parameters
    ----------
    workers : int or str or None
        A number, or None for one for each core; 'local:N', a Dask cluster of N processes on this machine that is
        started and stopped; 'dask://HOST:PORT', a Dask cluster that runs.

    Yields
    ------
    int or Executor or None

    Raises
    ------
    EngineError
        If the text is neither, the extra 'cluster' is not installed, or the cluster cannot be reached.
    """
    parsed = parse_workers(workers) if isinstance(workers, str) else workers
    if not isinstance(parsed, str):
        yield parsed
        return
    with _dask_client(parsed) as client:
        executor = client.get_executor(pure=False)
        executor.n_slots = sum(client.nthreads().values())
        executor.n_alive = lambda: len(client.nthreads())
        yield executor


@contextmanager
def _dask_client(workers: str) -> Iterator[Any]:
    """A client of the cluster that this text names."""
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError:
        raise EngineError(
            f"--workers {workers} needs Dask, which is not installed: pip install 'ceasefire-sim[cluster]'"
        ) from None
    if local := _LOCAL.fullmatch(workers):
        # A nanny replaces its worker each time. Dask dismisses the nanny too, where 15 s after a death its worker
        # happens to be missing because it has just died again.
        lasting = {
            "distributed.scheduler.allowed-failures": 100,
            "distributed.worker.daemon": True,
            "distributed.deploy.lost-worker-timeout": "365 days",
        }
        with (
            dask.config.set(lasting),
            without_main(),
            # left to itself, Dask takes a fixed port for its pages, which a second cluster of this machine cannot have
            LocalCluster(
                n_workers=int(local[1]), threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0",
                silence_logs=50,
            ) as cluster,
            Client(cluster) as client,
        ):  # fmt: skip
            yield client
        return
    address = workers.removeprefix("dask://")
    try:
        client = Client(f"tcp://{address}", timeout=PATIENCE_SECONDS / 4)
        client.wait_for_workers(1, timeout=PATIENCE_SECONDS)
    except (OSError, TimeoutError) as error:
        said = str(error).strip().split("\n", 1)[0]
        raise EngineError(f"{workers}: no cluster with workers answers there: {said}") from None
    with client:
        yield client
