"""Faults: each breaks a small sweep on purpose; `recover` continues it and counts what was lost."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.analysis.sweeps import sweep
from sim.errors import SimError
from sim.results.folder import verify
from sim.results.ledger import LEDGER, read_ledger
from sim.results.lock import LOCK
from sim.results.manifest import MANIFEST

SCENARIO = Path(__file__).parents[1] / "documents" / "valid" / "baseline.yaml"
VARY = {"behaviour.parties.south.withholds": "0.2,0.5,0.8", "behaviour.parties.north.default.late": "0.1,0.3"}
N = 60
PROGRAM = "import sys; from pathlib import Path; from tests.faults.breaking import attempt; attempt(Path(sys.argv[1]))"
ROOT = Path(__file__).parents[2]
SECONDS = 0.4
"""About how long the sweep takes in a process that has loaded everything."""
_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(["tests.faults.warm"])


def run_sweep(folder: Path) -> None:
    """The sweep, begun or continued, in this process."""
    sweep(SCENARIO, VARY, n=N, seed=3, folder=folder, workers=1, resume=True)


def attempt(folder: Path, largest_file: int | None = None) -> None:
    """The sweep in a process of its own: what it says goes to standard error, as from the command line."""
    if largest_file is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, resource.RLIM_INFINITY))
    try:
        run_sweep(folder)
    except SimError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


def begin(folder: Path, *arguments: int) -> multiprocessing.process.BaseProcess:
    """The sweep in a process of its own."""
    process = _SERVER.Process(target=attempt, args=(folder, *arguments))
    process.start()
    return process


def environment(**changes: str) -> dict[str, str]:
    """The environment of a process that is to find this package."""
    return os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"} | changes


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def bytes_of_package() -> dict[str, bytes]:
    """Every file of the package but Python's own bytecode, which another test may write meanwhile."""
    return {name: content for name, content in bytes_of(ROOT / "sim").items() if "__pycache__" not in name}


def wait_for(what: Callable[[], object], process: multiprocessing.process.BaseProcess, seconds: float = 60) -> None:
    """Wait until something has come about, the process is over, or so many seconds have passed."""
    until = time.monotonic() + seconds
    while not what() and process.is_alive() and time.monotonic() < until:
        time.sleep(0.002)


# ---------------------------------------------------------------- what became of it


def recover(folder: Path, whole: dict[str, bytes]) -> tuple[int, int]:
    """Continue a broken sweep.

    Parameters
    ----------
    folder : Path
    whole : dict of str to bytes
        Every file of the same sweep where nothing was broken.

    Returns
    -------
    lost : int
        Replicates that were complete before and had to be made again, or that are missing at the end.
    different : int
        Bytes in which the finished folder differs.
    """
    complete = _complete(folder)
    run_sweep(folder)
    found = bytes_of(folder)
    again = {name for name, written in complete.items() if (folder / name).stat().st_mtime_ns != written}
    missing = {name for name in whole if name not in found}
    lost = N * sum(name.startswith("replicates/") for name in again | missing)
    return lost, sum(_differing(found.get(name, b""), whole.get(name, b"")) for name in {*found, *whole})


def _complete(folder: Path) -> dict[str, int]:
    """The files of blocks that are complete and sound, with the time at which they were written."""
    if not (folder / MANIFEST).exists():
        return {}
    wrong = "\n".join(verify(folder))
    blocks = [entry.files for entry in read_ledger(folder)[0]]
    sound = [name for files in blocks if not any(name in wrong for name in files) for name in files]
    return {name: (folder / name).stat().st_mtime_ns for name in sound}


def _differing(one: bytes, other: bytes) -> int:
    return sum(a != b for a, b in zip(one, other, strict=False)) + abs(len(one) - len(other))


# ---------------------------------------------------------------- faults


def kill_the_process(folder: Path, chance: random.Random) -> str:
    """SIGKILL at a random moment after the folder has come into being."""
    process = begin(folder)
    wait_for((folder / MANIFEST).exists, process)
    process.join(chance.uniform(0, SECONDS))
    process.kill()
    process.join()
    return "after it was done" if process.exitcode == 0 else "midway"


def fill_the_disk(folder: Path, chance: random.Random) -> str:
    """A disk that is too small: a tmpfs where we may mount one, else a limit on the size of files."""
    if os.geteuid() != 0:
        return limit_files(folder, chance)
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={chance.randrange(8, 64)}k", "tmpfs", str(folder))
    try:
        process = begin(folder)
        process.join()
        aside = folder.with_name(folder.name + "-aside")
        shutil.copytree(folder, aside)
    finally:
        subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()
    aside.rename(folder)
    return "midway" if process.exitcode == 2 else "after it was done"


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def limit_files(folder: Path, chance: random.Random) -> str:
    """Files that may not grow beyond a limit, as on a disk with a quota."""
    process = begin(folder, chance.randrange(100, 20_000))
    process.join()
    return "midway" if process.exitcode == 2 else "after it was done"


def make_it_read_only(folder: Path, chance: random.Random) -> str:
    """No folder of the results can be written any more, from a random moment on."""
    command = [sys.executable, "-c", PROGRAM, str(folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment(), preexec_fn=_obey_permissions) as process:
        while not (folder / LEDGER).exists() and process.poll() is None:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.5))
        places = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
        for place in places:
            place.chmod(0o500)
        _, said = process.communicate()
    for place in places:
        place.chmod(0o700)
    assert process.returncode in (0, 2), said.decode()
    assert process.returncode == 0 or b"cannot be" in said, said.decode()
    assert b"Traceback" not in said, said.decode()
    return "midway" if process.returncode else "after it was done"


def _obey_permissions() -> None:
    """Root is bound by permissions like anybody, once the next program is loaded."""
    if os.geteuid() == 0:
        drop_from_bounding_set, dac_override, dac_read_search = 24, 1, 2
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in (dac_override, dac_read_search):
            libc.prctl(drop_from_bounding_set, capability, 0, 0, 0)


def write_twice(folder: Path, chance: random.Random) -> str:
    """A second process wants to write where one is writing."""
    process = begin(folder)
    wait_for((folder / LOCK).exists, process)
    process.join(chance.uniform(0, SECONDS / 4))
    said = ""
    if process.is_alive():
        try:
            run_sweep(folder)
        except SimError as error:
            said = str(error)
            assert "is writing here and holds" in said, said
            assert LOCK in said
    process.join()
    assert process.exitcode == 0
    return "midway" if said else "after it was done"


def cut_a_file(folder: Path, chance: random.Random) -> str:
    """A file of a finished folder ends early."""
    return _spoil(folder, chance, lambda content: content[: chance.randrange(len(content))])


def flip_a_byte(folder: Path, chance: random.Random) -> str:
    """One bit of a file of a finished folder is another."""

    def flipped(content: bytes) -> bytes:
        place = chance.randrange(len(content))
        return content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]

    return _spoil(folder, chance, flipped)


def _spoil(folder: Path, chance: random.Random, change: Callable[[bytes], bytes]) -> str:
    """Change one file; `verify` must name it, and a manifest or ledger that is refused is put back as from a copy."""
    run_sweep(folder)
    path = chance.choice(sorted(path for path in folder.rglob("*") if path.is_file()))
    content = path.read_bytes()
    path.write_bytes(change(content))
    problems = verify(folder)
    assert problems, f"{path}: nobody noticed"
    if path.name in (MANIFEST, LEDGER):
        before = bytes_of(folder)
        try:
            run_sweep(folder)
        except SimError:
            assert bytes_of(folder) == before
            path.write_bytes(content)
    else:
        assert path.name in "\n".join(problems)
    return "midway"


def change_the_clock(folder: Path, chance: random.Random) -> str:
    """The time zone changes, and the clock goes back by a day at each look, while a sweep is killed and continued."""
    zone = chance.choice(["Pacific/Kiritimati", "America/St_Johns", "Asia/Jerusalem", "Nowhere/Unknown"])
    process = begin(folder)
    wait_for((folder / LEDGER).exists, process)
    process.kill()
    process.join()
    before, real = os.environ.get("TZ"), time.time
    now = iter(range(2_000_000_000, 0, -86_400))
    os.environ["TZ"] = zone
    time.tzset()
    time.time = lambda: float(next(now))
    try:
        run_sweep(folder)
    finally:
        time.time = real
        os.environ.pop("TZ")
        os.environ.update({} if before is None else {"TZ": before})
        time.tzset()
    return "midway"


FAULTS: dict[str, Callable[[Path, random.Random], str]] = {
    "SIGKILL of the main process": kill_the_process,
    "disk full (tmpfs)": fill_the_disk,
    "files limited (RLIMIT_FSIZE)": limit_files,
    "folder made read-only": make_it_read_only,
    "two processes, one folder": write_twice,
    "file cut short": cut_a_file,
    "byte flipped": flip_a_byte,
    "clock and time zone changed": change_the_clock,
}


@contextmanager
def broken(fault: str, folder: Path, seed: int) -> Iterator[str]:
    """A folder after one fault; gone at the end."""
    try:
        yield FAULTS[fault](folder, random.Random(seed))
    finally:
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(folder)
