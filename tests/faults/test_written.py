"""What commands write, and where: nothing outside the folders and files that a user names."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.breaking import ROOT, bytes_of, bytes_of_package, environment

pytestmark = pytest.mark.fault
BASELINE, WRITTEN = "january-2025/baseline", "january-2025/as-written"
N = ("-n", "20")
COMMANDS = {
    "list": ["list"],
    "init": ["init", "named/deal.yaml"],
    "validate": ["validate", "named/deal.yaml"],
    "run": ["run", BASELINE],
    "check": ["check", WRITTEN, *N],
    "explain": ["explain", BASELINE, WRITTEN, "--replicate", "1"],
    "compare": ["compare", BASELINE, WRITTEN, *N],
    "compare --out": ["compare", BASELINE, WRITTEN, *N, "--out", "named/results"],
    "compare on two processes": ["compare", BASELINE, WRITTEN, *N, "--workers", "2", "--out", "named/two"],
    "sweep --out": ["sweep", WRITTEN, "--vary", "behaviour.mediators.settles=0.1:0.3:2", *N, "--out", "named/sweep"],
    "backtest": ["backtest", "january-2025", *N, "--draws", "100"],
    "report": ["report", "named/results", "--out", "named/page.html"],
}
"""In an order in which each finds what it needs."""
DRAW = ["plot", str(ROOT / "results" / "january-2025"), "--kind", "ends", "--out", "named/ends.png"]
CALLS = "openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,truncate,mknod,mknodat"
_CALL = re.compile(r"(\w+)\((.*)\) = (\d+)")
_TO_WRITE = re.compile("O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)")


@pytest.fixture
def places(tmp_path):
    """Folders of a user's own: home, temporary files, and where the commands are given."""
    folders = {name: tmp_path / name for name in ("home", "temporary", "here")}
    for folder in folders.values():
        folder.mkdir()
    folders["here"].joinpath("named").mkdir()
    return folders


def run(places, arguments, before=(), **variables):
    kept = {name: value for name, value in environment().items() if name not in ("MPLCONFIGDIR", "XDG_CACHE_HOME")}
    variables = {"HOME": str(places["home"]), "TMPDIR": str(places["temporary"])} | variables
    command = [*before, sys.executable, "-m", "sim.cli", *arguments]
    done = subprocess.run(
        command, env=kept | variables, cwd=places["here"], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done


def written(log):
    """Every file and folder that was opened to write, made, or renamed, by the system's own account."""
    found = set()
    for line in log.read_text(errors="replace").splitlines():
        if (call := _CALL.search(line)) and (call[1] not in ("open", "openat") or _TO_WRITE.search(call[2])):
            found.update(re.findall(r'"((?:[^"\\]|\\.)*)"', call[2]))
    return found


def tracing(log):
    """The words before a command that have every file named which it writes; none where strace does not work.

    Where it can, only what is named stops a command, and not every other call of the system too.
    """
    if not shutil.which("strace"):
        return []
    trace = ["strace", "-f", "-qq", "-e", f"trace={CALLS}", "-o", str(log)]
    ways = [trace, [*trace, "--seccomp-bpf"]]
    works = [way for way in ways if not subprocess.run([*way, "true"], capture_output=True, check=False).returncode]
    return works[-1] if works else []


@pytest.mark.slow  # twelve commands; `test_environment.py` has two of them
def test_no_command_writes_anything_but_what_it_is_told_to(places, tmp_path):
    """Nothing is left elsewhere; where strace works, nothing was there for a moment either, but temporary files."""
    package, log = bytes_of_package(), tmp_path / "log"
    trace = tracing(log)
    allowed = (str(places["temporary"]), str(places["here"] / "named"), "/dev/null", "/dev/shm/")
    n_written = 0
    for arguments in COMMANDS.values():
        run(places, arguments, trace)
        files = {str(places["here"] / name) for name in written(log)} if trace else set()
        n_written += len(files)
        assert [name for name in files if not name.startswith(allowed)] == []
        assert [*places["home"].iterdir(), *places["temporary"].iterdir()] == []
        assert [path.name for path in places["here"].iterdir()] == ["named"]
    assert n_written > 40 or not trace
    assert len(bytes_of(places["here"])) > 20
    assert bytes_of_package() == package


@pytest.mark.slow
def test_a_list_of_fonts_that_is_there_is_taken_and_left_as_it_is(places):
    cache = places["home"] / ".cache" / "matplotlib"
    program = "import matplotlib.font_manager"
    subprocess.run([sys.executable, "-c", program], check=True, env=environment(MPLCONFIGDIR=str(cache)))
    before = bytes_of(places["home"])
    assert any("fontlist" in name for name in before)
    run(places, DRAW)
    assert bytes_of(places["home"]) == before


@pytest.mark.slow
def test_a_folder_for_fonts_that_is_named_is_used(places, tmp_path):
    run(places, DRAW, MPLCONFIGDIR=str(tmp_path / "fonts"))
    assert [path.name for path in Path(tmp_path, "fonts").glob("fontlist-*.json")] != []


@pytest.mark.slow
def test_in_a_program_of_the_users_own_matplotlib_has_its_own_folder(places):
    program = """
import os
from sim.report.figures import Picture
Picture("title", "alt", (1, 1), lambda figure: None).as_png()
import matplotlib
assert "MPLCONFIGDIR" not in os.environ
print(matplotlib.get_configdir())
"""
    kept = {name: value for name, value in environment().items() if name not in ("MPLCONFIGDIR", "XDG_CONFIG_HOME")}
    done = subprocess.run([sys.executable, "-c", program], env=kept | {"HOME": str(places["home"])},
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.stdout == f"{places['home']}/.config/matplotlib\n", done.stderr
