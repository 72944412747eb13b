"""How fast: both engines side by side in one process, cost against replicates and obligations, start-up and memory.

Run on purpose: ``python tests/benchmarks/speed.py [--quick] [--most 10000000]``. Machines are noisy, so figures are
ratios measured side by side, each the best of several turns.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from sim.document.scenario import ResolvedScenario
from sim.engine.batch import reference_block, run_blocks, simulate_block
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.reading.resolve import resolve

BASELINE = "january-2025/baseline"


def chain_of(n_obligations: int) -> Plan:
    """A generated deal of so many obligations: releases one after the other, each with its return."""
    n = n_obligations // 2
    days = max(2, n // 4)
    obligations: dict[str, object] = {
        f"batch_{i}": {
            "kind": "release", "by": "south", "to": "north", "phase": "one", "due": f"day {1 + i * days // n}",
            "amount": {"held": 1}, "after": [f"batch_{i - 1}"] if i else [], "assumption": "generated",
        }
        for i in range(n)
    }  # fmt: skip
    obligations["returns"] = {
        "kind": "return", "by": "north", "to": "south", "phase": "one", "for_each": "release", "due": "same day",
        "ratio": {"held": {"jailed": 3}}, "assumption": "generated",
    }  # fmt: skip
    of_people = {"of": "people", "assumption": "generated"}
    party = {"default": {"late": 0.2, "refused": 0.01, "delay": {"median": "1 d", "p95": "4 d"}}, "withholds": 0.5}
    scenario = ResolvedScenario.model_validate({
        "scenario": "generated/chain", "question": "What does one more obligation cost?", "horizon": f"{4 * days} d",
        "deal": {
            "deal": "generated", "title": "generated", "starts": "2025-01-01T00:00+00:00",
            "parties": {"north": "North", "south": "South"}, "phases": {"one": {"assumption": "generated"}},
            "stocks": {
                "held": {"list": "hostages", "held_by": "south", "count": n, **of_people},
                "jailed": {"list": "prisoners", "held_by": "north", "count": 3 * n, **of_people},
            },
            "obligations": obligations,
        },
        "behaviour": {"parties": {"north": party, "south": party}},
    })  # fmt: skip
    return compile_plan(scenario)


def best(work: Callable[[], object], turns: int = 3) -> float:
    """Processor seconds of the fastest of so many turns."""
    times = []
    for _ in range(turns):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def engines(plan: Plan, n: int) -> None:
    """Replicates a second of both engines on one core, the best of several turns, and the median of their ratios.

    The turns of both follow each other, since a machine that others use changes its speed from second to second.
    """
    simulate_block(plan, 0, 0, 10)
    reference_block(plan, 0, 0, 2)
    n_reference = max(20, n // 200)
    turns = [
        (
            n_reference / best(lambda: reference_block(plan, 0, 0, n_reference), turns=1),
            n / best(lambda: simulate_block(plan, 0, 0, n), turns=1),
        )
        for _ in range(9)
    ]
    ratio = statistics.median(batch / reference for reference, batch in turns)
    print(f"reference engine    {max(r for r, _ in turns):10,.0f} replicates a second on one core")
    print(f"batch engine        {max(b for _, b in turns):10,.0f} replicates a second on one core")
    print(f"batch to reference  {ratio:10,.0f} times as many, the median of {len(turns)} turns")


def cores(plan: Plan, n: int) -> None:
    """Two threads against one, by the wall clock, in turns."""
    spans: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(3):
        for workers, times in spans.items():
            start = time.perf_counter()
            for _ in run_blocks(plan, 0, n, workers=workers):
                pass
            times.append(time.perf_counter() - start)
    print(f"two cores           {min(spans[1]) / min(spans[2]):10.2f} times one")


def cost_by_replicates(plan: Plan, sizes: list[int]) -> None:
    """Microseconds a replicate for runs of growing length."""
    for n in sizes:
        start = time.process_time()
        for _ in run_blocks(plan, 0, n, workers=1):
            pass
        print(f"{n:14,d}      {(time.process_time() - start) / n * 1e6:10.1f} microseconds a replicate")


def cost_by_obligations(sizes: list[int]) -> None:
    """Microseconds a replicate against the number of obligations, and the fitted exponent."""
    costs = []
    for size in sizes:
        plan = chain_of(size)
        n = max(50, 200_000 // size)
        simulate_block(plan, 0, 0, 10)
        costs.append(best(lambda plan=plan, n=n: simulate_block(plan, 0, 0, n)) / n)  # type: ignore[misc]
        print(f"{size:6d} obligations  {costs[-1] * 1e6:10.1f} microseconds a replicate")
    exponent = np.polyfit(np.log(sizes), np.log(costs), 1)[0]
    n_log_n = np.polyfit(np.log(sizes), np.log(np.multiply(sizes, np.log(sizes))), 1)[0]
    print(f"fitted exponent     {exponent:10.2f} (n log n over the same sizes: {n_log_n:.2f})")


def start_up() -> None:
    """Wall seconds of whole processes, best of three."""
    for arguments in (["--help"], ["run", BASELINE, "--json"], ["compare", BASELINE, "-n", "1000", "--json"]):
        times = []
        for _ in range(3):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-m", "sim.cli", *arguments], check=True, capture_output=True)
            times.append(time.perf_counter() - start)
        print(f"ceasefire {' '.join(arguments)[:34]:34s} {min(times):6.2f} s")


def memory(n: int) -> None:
    """Largest resident size of a whole `compare` of two scenarios with all estimates."""
    script = (
        "import sys; from sim.cli.commands import main\n"
        f"sys.argv = ['ceasefire', 'compare', '{BASELINE}', 'january-2025/no-guarantors', '-n', '{n}', '--json']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0], file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    print(f"{n:14,d} x 2  {int(result.stderr.split()[-1]) // 1024:6d} MB resident at most (Linux)")


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument(
        "--most", type=int, default=10**6, help="replicates of the longest run and of the largest study"
    )
    arguments = parser.parse_args()
    quick, most = arguments.quick, 10**4 if arguments.quick else arguments.most
    plan = compile_plan(resolve(BASELINE))
    engines(plan, 4_000 if quick else 20_000)
    cores(plan, 20_000 if quick else 100_000)
    cost_by_replicates(plan, [10**k for k in range(3, 10) if 10**k <= most])
    cost_by_obligations([10, 100, 1000] if quick else [10, 30, 100, 300, 1000])
    start_up()
    for n in sorted({min(most, 10**5), most}):
        memory(n)


if __name__ == "__main__":
    main()
