"""What compiling at build time is worth: this version against another, in turns.

    python tests/benchmarks/built.py commands [COMMIT]  the first and later commands of both, installed
    python tests/benchmarks/built.py source [COMMIT]    from source to the first answer, each turn anew
    python tests/benchmarks/built.py wheel [COMMIT]     from a wheel to the first answer, each turn anew
    python tests/benchmarks/built.py speed [COMMIT]     both engines of both versions, in one environment
    python tests/benchmarks/built.py edit               the part of the quick tests that an edited rule adds

Prints for each question both medians, and the ratio (this version's to the other's) with a 90 % interval of its median
by bootstrap, in processor time and by the clock. `--turns N` says how often; what is committed counts. `commands` and
`wheel` take packages from one folder, filled before, so that no network is in what is measured; `source` installs as
anybody does, pip's cache empty at first.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
COMPARE = ["compare", "january-2025/baseline", "-n", "1000", "--json"]
RUN = ["run", "january-2025/baseline"]
README = [
    "compare", "january-2025/baseline", "january-2025/talks-start-day-4", "january-2025/no-guarantors", "--out", "out",
]  # fmt: skip
BEFORE = "07e654b"
BATCHES = {"january-2025/baseline": 4000, "october-2025/baseline": 1500}
REFERENCE_RUNS = 40
SPEED = f"""
import json, time
try:
    from sim.reading.resolve import resolve
except ImportError:  # an earlier commit
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

Times = tuple[float, float]
"""Processor seconds and clock."""


class Version:
    """One version of the sources in a folder, with a home folder of its own."""

    def __init__(self, folder: Path, commit: str):
        self.folder, self.source, self.home = folder, folder / "source", folder / "home"
        self.home.mkdir(parents=True)
        packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=BytesIO(packed)) as files:
            files.extractall(self.source, filter="data")
        left_out = ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")
        kept = {name: value for name, value in os.environ.items() if name not in left_out}
        self.environment = kept | {"HOME": str(self.home), "XDG_CACHE_HOME": str(self.home / "cache")}
        self.python = str(folder / "environment" / "bin" / "python")
        self.wheels = folder / "wheels"

    def time(self, command: list[str]) -> Times:
        """How long a command takes, in this version's folder."""
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, cwd=self.source, env=self.environment, stdout=subprocess.PIPE, check=True)
        after, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - begun
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, clock

    def ceasefire(self, command: list[str]) -> Times:
        """How long a command of the simulator takes."""
        return self.time([str(Path(self.python).with_name("ceasefire")), *command])

    def begin_anew(self) -> None:
        """A new environment, nothing in the home folder but pip's cache, no result."""
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(self.folder / "environment")], check=True)
        shutil.rmtree(self.home / "cache" / "ceasefire-sim", ignore_errors=True)
        shutil.rmtree(self.source / "out", ignore_errors=True)

    def collect_wheels(self) -> None:
        """Build a wheel, and put it into a folder with all that it needs."""
        subprocess.run(
            [sys.executable, "-m", "pip", "wheel", "-q", "-w", str(self.wheels), "."],
            cwd=self.source, env=self.environment, check=True,
        )  # fmt: skip

    def install_wheel(self) -> Times:
        """Install the wheel, everything from the folder."""
        wheel = next(self.wheels.glob("ceasefire_sim-*.whl"))
        return self.time(
            [self.python, "-m", "pip", "install", "-q", "--no-index", "--find-links", str(self.wheels), str(wheel)]
        )

    def install_source(self) -> Times:
        """Install from source, as README says."""
        return self.time([self.python, "-m", "pip", "install", "-q", "."])


Found = dict[str, dict[str, list[Times]]]
"""Times by question and version."""


def note(found: Found, question: str, key: str, times: Times) -> Times:
    """Keep what was measured."""
    found.setdefault(question, {}).setdefault(key, []).append(times)
    return times


def show(found: Found) -> None:
    """Both medians, and the ratio of the medians with its interval."""
    for question, times in found.items():
        for place, unit in enumerate(("processor", "clock")):
            pairs = np.array([[pair[place] for pair in times[key]] for key in ("new", "old")]).T
            if not pairs.any():
                continue
            drawn = pairs[np.random.default_rng(1).integers(0, len(pairs), (10_000, len(pairs)))]
            ratios = np.median(drawn[..., 0], axis=1) / np.median(drawn[..., 1], axis=1)
            low, high = np.quantile(ratios, [0.05, 0.95])
            new, old = np.median(pairs, axis=0)
            ratio = f"{new / old:.3f} ({low:.3f} to {high:.3f}) of it"
            print(f"{question}, {unit}: {new:.3f} s, was {old:.3f} s; {ratio}; {len(pairs)} turns", flush=True)


def commands(new: Version, old: Version, turns: int) -> Found:
    """The first comparison after an install, then warm commands in turns."""
    found: Found = {}
    both = {"new": new, "old": old}
    for version in both.values():
        version.collect_wheels()
    for _ in range(min(3, turns)):
        for key, version in both.items():
            version.begin_anew()
            version.install_wheel()
            note(found, "first compare", key, version.ceasefire(COMPARE))
    for version in both.values():
        version.ceasefire(RUN)
    for _ in range(turns):
        for key, version in both.items():
            note(found, "compare", key, version.ceasefire(COMPARE))
            note(found, "run", key, version.ceasefire(RUN))
    return found


def _to_the_first_answer(
    new: Version, old: Version, turns: int, install: Callable[[Version], Times], command: list[str]
) -> Found:
    found: Found = {}
    for _ in range(turns):
        for key, version in (("new", new), ("old", old)):
            version.begin_anew()
            installing = note(found, "install", key, install(version))
            answering = note(found, f"first {command[0]}", key, version.ceasefire(command))
            note(found, "together", key, (installing[0] + answering[0], installing[1] + answering[1]))
    return found


def source(new: Version, old: Version, turns: int) -> Found:
    """README's first command as a whole."""
    return _to_the_first_answer(new, old, turns, Version.install_source, README)


def wheel(new: Version, old: Version, turns: int) -> Found:
    """A wheel that lies there, and the first answer."""
    for version in (new, old):
        version.collect_wheels()
    return _to_the_first_answer(new, old, turns, Version.install_wheel, COMPARE)


def speed(new: Version, old: Version, turns: int) -> Found:
    """Both engines, each turn in processes of their own."""
    found: Found = {}
    for version in (new, old):
        if (version.source / "sim" / "native").exists():
            version.time([sys.executable, "-m", "sim.native"])
    for _ in range(turns):
        for key, version in (("new", new), ("old", old)):
            environment = version.environment | {"PYTHONPATH": str(version.source)}
            done = subprocess.run([sys.executable, "-c", SPEED], env=environment, capture_output=True, check=True)
            for question, seconds in json.loads(done.stdout).items():
                note(found, question, key, (seconds, 0.0))
    return found


def edit(new: Version) -> None:
    """What compiling an edited rule adds to the quick tests."""
    compiling = new.time([sys.executable, "-m", "sim.native"])
    testing = new.time([sys.executable, "-m", "pytest", "-q", "-n", "2"])
    for place, unit in enumerate(("processor", "clock")):
        ratio = 1 + compiling[place] / testing[place]
        print(f"compiling, {unit}: {compiling[place]:.1f} s; quick tests: {testing[place]:.1f} s; {ratio:.3f} together")


def main() -> None:
    """Measure and print."""
    in_turns = {"commands": commands, "source": source, "wheel": wheel, "speed": speed}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=[*in_turns, "edit"])
    parser.add_argument("commit", nargs="?", default=BEFORE)
    parser.add_argument("--new", default="HEAD", help="the version itself, if not the one that is checked out")
    parser.add_argument("--turns", type=int, default=21)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        new = Version(Path(scratch, "new"), chosen.new)
        if chosen.what == "edit":
            edit(new)
        else:
            show(in_turns[chosen.what](new, Version(Path(scratch, "old"), chosen.commit), chosen.turns))


if __name__ == "__main__":
    main()
