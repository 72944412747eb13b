"""What compiling at build time is worth: this version against another, in turns.

    python tests/benchmarks/built.py install [COMMIT]   installs both from source into environments of their own, then
                                                         times the first and later commands; processor time and clock
    python tests/benchmarks/built.py speed [COMMIT]     both engines of both versions, in one environment

Prints for each question both medians, and the ratio (this version's to the other's) with a 90 % interval of its median
by bootstrap. `--turns N` says how often.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from io import BytesIO
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
COMPARE = ["compare", "january-2025/baseline", "-n", "1000", "--json"]
RUN = ["run", "january-2025/baseline"]
BEFORE = {"install": "07e654b", "speed": "HEAD"}
BATCHES = {"january-2025/baseline": 4000, "october-2025/baseline": 1500}
REFERENCE_RUNS = 40
SPEED = f"""
import json, time
from sim.deal.resolve import resolve
from sim.engine.batch import simulate_block
from sim.engine.reference import ReferenceEngine
from sim.plan.compile import compile_plan

def seconds(work):
    times = []
    for _ in range(3):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)

found = {{}}
for name, n in {BATCHES!r}.items():
    plan = compile_plan(resolve(name))
    simulate_block(plan, 1, 0, 100)
    found[f"batch, {{name}}"] = seconds(lambda: simulate_block(plan, 1, 0, n))
engine = ReferenceEngine(compile_plan(resolve("january-2025/baseline")))
engine.run(1, 0)
found["reference, january-2025/baseline"] = seconds(lambda: [engine.run(1, i) for i in range({REFERENCE_RUNS})])
print(json.dumps(found))
"""


class Version:
    """One version of the sources in a folder, with a home folder of its own."""

    def __init__(self, folder: Path, commit: str | None):
        self.source, self.home = folder / "source", folder / "home"
        self.home.mkdir(parents=True)
        archive = ["git", "stash", "create"] if commit is None else ["git", "rev-parse", commit]
        tree = subprocess.run(archive, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip() or "HEAD"
        packed = subprocess.run(["git", "archive", tree], cwd=ROOT, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=BytesIO(packed)) as files:
            files.extractall(self.source, filter="data")
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
        self.environment = kept | {"HOME": str(self.home), "XDG_CACHE_HOME": str(self.home / "cache")}

    def time(self, command: list[str], **more: str) -> tuple[float, float]:
        """Processor seconds and clock of a command, in this version's folder."""
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, cwd=self.source, env=self.environment | more, stdout=subprocess.PIPE, check=True)
        after, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - begun
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, clock

    def install(self) -> tuple[float, float]:
        """Install from source into a new environment."""
        environment = self.source.parent / "environment"
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment)], check=True)
        self.command = str(environment / "bin" / "ceasefire")
        return self.time([str(environment / "bin" / "pip"), "install", "-q", "."])


def show(question: str, new: list[float], old: list[float]) -> None:
    """Both medians, and the ratio of the medians with its interval."""
    chance = np.random.default_rng(1)
    pairs = np.array([new, old]).T
    drawn = pairs[chance.integers(0, len(pairs), (10_000, len(pairs)))]
    ratios = np.median(drawn[..., 0], axis=1) / np.median(drawn[..., 1], axis=1)
    low, high = np.quantile(ratios, [0.05, 0.95])
    ratio = np.median(new) / np.median(old)
    print(
        f"{question}: {np.median(new):.3f} s, was {np.median(old):.3f} s; {ratio:.3f} ({low:.3f} to {high:.3f}) of it"
    )


def compare_installed(new: Version, old: Version, turns: int) -> None:
    """From source to the first answer, then warm commands."""
    found: dict[str, list[tuple[float, float]]] = {}
    both = {"new": new, "old": old}
    for key, version in both.items():
        found[f"install {key}"] = [version.install()]
        found[f"first compare {key}"] = [version.time([version.command, *COMPARE])]
        version.time([version.command, *RUN])
    for _ in range(turns):
        for key, version in both.items():
            found.setdefault(f"compare {key}", []).append(version.time([version.command, *COMPARE]))
            found.setdefault(f"run {key}", []).append(version.time([version.command, *RUN]))
    for question in ("install", "first compare", "compare", "run"):
        for place, unit in enumerate(("processor", "clock")):
            show(f"{question}, {unit}", *([pair[place] for pair in found[f"{question} {key}"]] for key in both))


def compare_speed(new: Version, old: Version, turns: int) -> None:
    """Both engines, each turn in processes of their own."""
    found: dict[str, dict[str, list[float]]] = {}
    for version in (new, old):
        if (version.source / "sim" / "native").exists():
            version.time([sys.executable, "-m", "sim.native"])
    for _ in range(turns):
        for key, version in (("new", new), ("old", old)):
            environment = version.environment | {"PYTHONPATH": str(version.source)}
            done = subprocess.run([sys.executable, "-c", SPEED], env=environment, capture_output=True, check=True)
            for question, seconds in json.loads(done.stdout).items():
                found.setdefault(question, {}).setdefault(key, []).append(seconds)
    for question, times in found.items():
        show(question, times["new"], times["old"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=sorted(BEFORE))
    parser.add_argument("commit", nargs="?")
    parser.add_argument("--turns", type=int, default=21)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        new = Version(Path(scratch, "new"), None)
        old = Version(Path(scratch, "old"), chosen.commit or BEFORE[chosen.what])
        {"install": compare_installed, "speed": compare_speed}[chosen.what](new, old, chosen.turns)


if __name__ == "__main__":
    main()
