"""The table of docs/development/faults.md: python tests/faults/table.py [TRIES [WORD]].

With 100 tries it takes about half an hour; with a word, only the faults in whose name it occurs.
"""

import json
import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from sim.analysis.compare import Design, Source, compare
from sim.engine.workers import open_workers
from sim.reading.resolve import resolve
from tests.faults.breaking import FAULTS, broken, bytes_of, recover, run_sweep

N_CLUSTER = 6000
SHARES = {"SIGKILL of the main process": 2.0}
"""Tries of a fault, as a multiple of those asked for; of the others a fifth."""


DASK = "worker killed mid-block (Dask)"


def table(tries: int, word: str = "") -> list[tuple[str, int, int, int, int]]:
    """Rows: fault, tries, those that hit the sweep midway, replicates lost, bytes different."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        run_sweep(base / "whole")
        whole = bytes_of(base / "whole")
        for fault in filter(lambda fault: word in fault, FAULTS):
            n = int(tries * SHARES.get(fault, 0.2))
            counts = [0, 0, 0]
            for number in range(n):
                with broken(fault, base / "broken", number) as when:
                    lost, different = recover(base / "broken", whole)
                counts = [counts[0] + (when == "midway"), counts[1] + lost, counts[2] + different]
            rows.append((fault, n, *counts))
            show(rows[-1])
    if word in DASK:
        rows.append(kill_dask_workers(int(tries * 0.25)))
        show(rows[-1])
    return rows


def compared(**options):
    scenarios = resolve("january-2025/baseline"), resolve("january-2025/no-guarantors")
    return json.dumps(compare(Design(scenarios[0], scenarios[1:], n=N_CLUSTER, seed=4), Source(**options)).as_json())


def kill_dask_workers(tries: int) -> tuple[str, int, int, int, int]:
    """SIGKILL of a worker of a local Dask cluster while it runs a task."""
    alone, n_hit, different = compared(workers=1), 0, 0
    with open_workers("local:2") as executor:
        for _ in range(tries):
            killed: list[int] = []
            is_over = threading.Event()
            killer = threading.Thread(target=kill_a_worker, args=(executor._client, killed, is_over))
            killer.start()
            elsewhere = compared(workers=executor)
            is_over.set()
            killer.join()
            n_hit += len(killed)
            different += sum(a != b for a, b in zip(alone, elsewhere, strict=False)) + abs(len(alone) - len(elsewhere))
    return DASK, tries, n_hit, 0 if not different else N_CLUSTER, different


def kill_a_worker(client, killed: list[int], is_over: threading.Event) -> None:
    """SIGKILL of the first worker that is surely in the middle of a task: it is halted, and still has one."""
    pids: dict[str, int] = {}
    while not is_over.is_set():
        for address in [address for address, tasks in client.processing().items() if tasks]:
            if address not in pids:
                pids |= client.run(os.getpid, workers=[address])
            os.kill(pids[address], signal.SIGSTOP)
            time.sleep(0.05)  # what it has sent before arrives
            if client.processing().get(address):
                os.kill(pids[address], signal.SIGKILL)
                killed.append(pids[address])
                return
            os.kill(pids[address], signal.SIGCONT)
        time.sleep(0.01)


def show(row):
    print("| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else cell for cell in row) + " |", flush=True)


if __name__ == "__main__":
    started = time.monotonic()
    print("| fault | tried | of these midway | lost replicates | different bytes |\n|---|---|---|---|---|", flush=True)
    rows = table(int(sys.argv[1]) if len(sys.argv) > 1 else 100, "".join(sys.argv[2:3]))
    kills = sum(row[1] for row in rows if "kill" in row[0].lower())
    print(f"\n{kills} kills in {(time.monotonic() - started) / 60:.0f} minutes")
    sys.exit(any(row[3] or row[4] for row in rows))
