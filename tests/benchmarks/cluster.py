"""What a cluster costs: python tests/benchmarks/cluster.py [REPLICATES].

Prints the table of docs/development/performance.md.

Measures tasks of blocks in this process and on one and two Dask workers, with and without a worker killed midway, then
simulates a thousand workers in SimPy from the times measured. Needs the extra `cluster`.
"""

from __future__ import annotations

import os
import pickle
import random
import signal
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import simpy

sys.path.insert(0, str(Path(__file__).parents[2]))

from sim.analysis.shards import LONGEST, Sums, add_up, received, shards
from sim.engine.batch import BLOCK_SIZE, simulate_block
from sim.engine.workers import in_order, n_slots, open_workers
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.reading.resolve import resolve

WANTED = 10**10
N_WORKERS = 1000
HOURS_BETWEEN_DEATHS = 1000.0
"""Of one worker; a thousand of them then lose one an hour."""


def block_seconds(plan: Plan, n: int) -> list[float]:
    """Processor times of single blocks in this process; other work on the machine does not count."""
    seconds = []
    for number in range(n):
        started = time.thread_time()
        simulate_block(plan, 1, number * BLOCK_SIZE, BLOCK_SIZE)
        seconds.append(time.thread_time() - started)
    return seconds


def client_seconds(plan: Plan) -> float:
    """What one task costs where it is sent from: packing it, unpacking and merging its sums (processor time)."""
    executor = type("Slots", (), {"n_slots": 1})()
    task = next(iter(shards([plan], 1, 0, BLOCK_SIZE, engine="batch", executor=executor, example=None)))
    result = pickle.dumps(add_up(task[1]))
    sums, seconds = Sums.of([plan], None), []
    for _ in range(20):
        started = time.thread_time()
        pickle.dumps(task)
        sums.merge(received(pickle.loads(result)))
        seconds.append(time.thread_time() - started)
    return statistics.median(seconds)


@dataclass(frozen=True)
class Cost:
    """Seconds for some replicates: by the clock on the wall, and of the processors of all that took part."""

    wall: float
    processor: float
    tasks: int = 0


def alone(plan: Plan, n: int) -> Cost:
    """So many replicates in this process."""
    started, used = time.perf_counter(), time.process_time()
    for first in range(0, n, BLOCK_SIZE):
        simulate_block(plan, 1, first, min(BLOCK_SIZE, n - first))
    return Cost(time.perf_counter() - started, time.process_time() - used)


def on_cluster(plan: Plan, workers: str, n: int, *, kill: bool = False) -> Cost:
    """So many replicates on warm workers, perhaps with one of them killed midway, which is made good."""
    with open_workers(workers) as executor:
        client = executor._client
        _run(plan, executor, 256)
        before, lost = client.run(time.process_time), [0.0]
        killer = threading.Thread(target=_kill_one, args=(client, before, lost))
        started, used = time.perf_counter(), time.process_time()
        if kill:
            killer.start()
        tasks = _run(plan, executor, n)
        wall, used = time.perf_counter() - started, time.process_time() - used
        if kill:
            killer.join()
        after = client.run(time.process_time)
        of_workers = sum(seconds - before.get(address, 0.0) for address, seconds in after.items())
        return Cost(wall, used + of_workers + lost[0], tasks)


def _run(plan: Plan, executor, n: int) -> int:
    tasks = list(shards([plan], 1, 0, n, engine="batch", executor=executor, example=None))
    for result in in_order(executor, tasks, n_slots(executor)):
        received(result)
    return len(tasks)


def _kill_one(client, before: dict[str, float], lost: list[float]) -> None:
    """Kill a worker that has done about half of its share, and note the time that it had used."""
    while not (busy := [address for address, tasks in client.processing().items() if tasks]):
        time.sleep(0.01)
    time.sleep(2.0)
    pid, used = client.run(_who, workers=busy[:1])[busy[0]]
    lost[0] = used - before[busy[0]]
    os.kill(pid, signal.SIGKILL)


def _who() -> tuple[int, float]:
    return os.getpid(), time.process_time()


# ---------------------------------------------------------------- a thousand workers


def schedule(blocks: list[float], client: float, seed: int = 1) -> dict[str, float]:
    """A sweep of 10^10 replicates on a thousand workers that die now and then.

    Every task is sent and merged by one client, one at a time; a worker that dies is replaced, its task begun again.
    """
    env, chance = simpy.Environment(), random.Random(seed)
    queue, sender = simpy.Store(env), simpy.Resource(env)
    n_tasks = -(-WANTED // LONGEST)
    queue.items.extend(range(n_tasks))
    done = {"tasks": 0, "work": 0.0, "lost": 0.0, "deaths": 0.0}
    all_done = env.event()

    def worker() -> Iterator[simpy.Event]:
        while queue.items:
            yield queue.get()
            work = sum(chance.choices(blocks, k=LONGEST // BLOCK_SIZE))
            with sender.request() as turn:
                yield turn
                yield env.timeout(client / 2)
            death = chance.expovariate(1 / (HOURS_BETWEEN_DEATHS * 3600))
            while death < work:
                done["lost"] += death
                done["deaths"] += 1
                yield env.timeout(death)
                death = chance.expovariate(1 / (HOURS_BETWEEN_DEATHS * 3600))
            yield env.timeout(work)
            with sender.request() as turn:
                yield turn
                yield env.timeout(client / 2)
            done["work"] += work
            done["tasks"] += 1
            if done["tasks"] == n_tasks:
                all_done.succeed()

    for _ in range(N_WORKERS):
        env.process(worker())
    env.run(until=all_done)
    return done | {"seconds": env.now, "efficiency": done["work"] / (N_WORKERS * env.now)}


def main(n: int) -> None:
    """Measure and print."""
    plan = compile_plan(resolve("january-2025/baseline"))
    simulate_block(plan, 1, 0, 1)
    blocks, client = block_seconds(plan, 12), client_seconds(plan)
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print(f"| one block of {BLOCK_SIZE:,} replicates, one core | {statistics.median(blocks):.3f} s |")
    print(f"| one task at the client: packed, unpacked, merged | {1000 * client:.1f} ms |")
    none = alone(plan, n)
    print(f"| {n:,} replicates in this process | {none.wall:.1f} s, processor {none.processor:.1f} s |")
    one, two = (on_cluster(plan, f"local:{workers}", n) for workers in (1, 2))
    for workers, cost in ((1, one), (2, two)):
        print(f"| the same on {workers} Dask worker(s) | {cost.wall:.1f} s, {none.wall / cost.wall:.2f} times as fast; "
              f"processor {cost.processor:.1f} s |")  # fmt: skip
    more = (one.processor - none.processor) / (n / BLOCK_SIZE)
    share = one.processor / none.processor - 1
    print(f"| overhead of one Dask worker, processor | {1000 * more:.1f} ms a block ({100 * share:.1f}%), "
          f"{one.tasks} tasks |")  # fmt: skip
    killed = on_cluster(plan, "local:2", n, kill=True)
    print(f"| on 2 Dask workers, one killed midway | {killed.wall:.1f} s; processor {killed.processor:.1f} s, "
          f"{100 * (killed.processor / two.processor - 1):.0f}% more |")  # fmt: skip
    found = schedule(blocks, client)
    print(f"| 10^10 replicates on {N_WORKERS:,} workers, simulated | {found['seconds'] / 60:.1f} minutes, "
          f"efficiency {found['efficiency']:.3f}, {found['work'] / 3600:.0f} core hours, "
          f"{found['deaths']:.0f} workers lost with {found['lost']:.0f} s of work |")  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400_000)
