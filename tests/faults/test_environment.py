"""Where people run it: no home folder, an installation that cannot be written, Ctrl-C at any time."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from sim.cli.commands import main
from sim.cli.common import interruptible
from sim.native.library import LIBRARY
from sim.results.folder import verify
from tests.amounts import slow
from tests.faults.breaking import ROOT, _obey_permissions, bytes_of, bytes_of_package, environment

pytestmark = pytest.mark.fault
BASELINE = "january-2025/baseline"
LONG = {
    "run": ["run", BASELINE],
    "explain": ["explain", BASELINE, "january-2025/no-guarantors", "--replicate", "1"],
    "compare": ["compare", BASELINE, "-n", "1000000", "--json"],
    "sweep": ["sweep", BASELINE, "--vary", "behaviour.mediators.settles=0:1:50", "-n", "20000"],
    "backtest": ["backtest", "january-2025", "-n", "1000000"],
}


def ceasefire(*arguments, **options):
    return [sys.executable, "-m", "sim.cli", *map(str, arguments)], {"env": environment(), "cwd": ROOT} | options


def run(*arguments, **options):
    command, others = ceasefire(*arguments, **options)
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, **others)


@pytest.mark.slow
@pytest.mark.parametrize("home", [slow({}), {"HOME": "/proc/nonexistent"}], ids=["none", "not there"])
def test_without_a_home_folder_commands_work(tmp_path, home):
    without = {name: value for name, value in environment().items() if name not in ("HOME", "XDG_CACHE_HOME")}
    done = run("compare", BASELINE, "-n", "20", "--out", tmp_path / "results", env=without | home)
    assert done.returncode == 0, done.stderr
    assert verify(tmp_path / "results") == []


@pytest.mark.slow
def test_nothing_is_written_outside_the_folders_that_a_user_names(tmp_path):
    """No cache, no file beside the package: neither where a home folder can be written nor anywhere else."""
    home, temporary, here = (tmp_path / name for name in ("home", "temporary", "here"))
    for folder in (home, temporary, here):
        folder.mkdir()
    env = environment() | {"HOME": str(home), "TMPDIR": str(temporary)}
    env = {name: value for name, value in env.items() if name not in ("MPLCONFIGDIR", "XDG_CACHE_HOME")}
    before = bytes_of_package()
    for arguments in (["run", BASELINE], ["compare", BASELINE, "-n", "20", "--out", here / "results"]):
        done = run(*arguments, env=env, cwd=here)
        assert done.returncode == 0, done.stderr
    assert [path.name for folder in (home, temporary, here) for path in folder.iterdir()] == ["results"]
    assert bytes_of_package() == before


@pytest.mark.slow
def test_an_installation_that_cannot_be_written_works_and_stays_as_it_is(tmp_path):
    install = tmp_path / "install"
    for name in ("sim", "scenarios"):
        shutil.copytree(ROOT / name, install / name, ignore=shutil.ignore_patterns("__pycache__"))
    before = bytes_of(install)
    places = [install, *install.rglob("*")]
    for path in places:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        env = environment(PYTHONPATH=str(install))
        del env["PYTHONDONTWRITEBYTECODE"]
        deal = install / "scenarios" / "deals" / "january-2025.yaml"
        for arguments in (["list"], ["validate", deal], ["run", BASELINE]):
            done = run(*arguments, env=env, cwd=tmp_path, preexec_fn=_obey_permissions)
            assert done.returncode == 0, done.stderr
        done = run("compare", BASELINE, "-n", "20", "--out", install / "results", env=env, cwd=tmp_path,
                   preexec_fn=_obey_permissions)  # fmt: skip
        assert done.returncode == 2
        assert "cannot be written: Permission denied" in done.stderr
        assert bytes_of(install) == before
    finally:
        for path in places:
            path.chmod(0o700)


@pytest.mark.parametrize("name", sorted(main.commands))
def test_ctrl_c_ends_every_command_in_words(name, monkeypatch, capsys):
    """Every command hands what it does to `reporting`; whatever is interrupted within, it says so and ends with 130."""
    command = main.commands[name]
    inner = command.callback.__wrapped__
    cell = next(c for c in command.callback.__closure__ if c.cell_contents is inner)

    def interrupted(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cell, "cell_contents", interrupted)
    with pytest.raises(click.exceptions.Exit) as ended:
        command.callback()
    assert ended.value.exit_code == 130
    assert "interrupted" in capsys.readouterr().err


AT_AN_IMPORT = """
import os, signal, sys

class Interrupting:
    def find_spec(self, name, *_):
        if name == {name!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
from sim.cli.start import main
main()
"""


@pytest.mark.parametrize(
    "name",
    ["sim.cli.commands", slow("sim.cli.studies"), slow("click"), "sim.engine.workers", slow("sim.analysis.compare")],
)
def test_ctrl_c_while_everything_loads_ends_in_words(name):
    """The last two are loaded while the options are read, and within the command."""
    command = [sys.executable, "-c", AT_AN_IMPORT.format(name=name), "compare", BASELINE, "--workers", "2", "-n", "10"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment(), cwd=ROOT)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (130, "interrupted")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", [name if name == "compare" else slow(name) for name in LONG])
def test_a_real_ctrl_c_ends_a_long_command_at_once_and_in_words(name, tmp_path):
    keeps = name in ("compare", "sweep")
    out = ["--out", tmp_path / "results"] if keeps else []
    command, options = ceasefire(*LONG[name], *out)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options) as process:
        _wait_until_busy(process, tmp_path / "results" / "blocks.jsonl" if keeps else None)
        process.send_signal(signal.SIGINT)
        told, said = process.communicate(timeout=120)
    # where it struck within exec(), Python ends by the signal though it was dealt with; to a shell both are 130
    is_interrupted = process.returncode in (130, -signal.SIGINT)
    assert is_interrupted or process.returncode == 0, said.decode()
    assert b"Traceback" not in said, said.decode()
    if is_interrupted and b"not a forecast" not in told:  # it had not told everything
        assert b"interrupted" in said
    if keeps:
        assert is_interrupted
        assert b"continue with --resume" in said
        assert [problem for problem in verify(tmp_path / "results") if "not finished" not in problem] == []


def _wait_until_busy(process, file):
    """Wait until a command has read its input: until it has kept a first block, or has opened the rules."""
    until = time.monotonic() + 120
    maps = Path(f"/proc/{process.pid}/maps")
    while time.monotonic() < until and process.poll() is None:
        if file is not None and file.exists():
            return
        if file is None and (not maps.exists() or LIBRARY.name in maps.read_text()):
            return
        time.sleep(0.01)


def test_ctrl_c_while_a_class_is_made_is_told_in_words(capsys):
    """Until Python 3.12, what strikes in __set_name__ comes out as the cause of a RuntimeError."""

    def make_a_class():
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as struck:
            raise RuntimeError("Error calling __set_name__") from struck

    with pytest.raises(click.exceptions.Exit):
        interruptible(make_a_class, "")
    assert capsys.readouterr().err == "interrupted\n"


def test_other_errors_are_no_interruption():

    def err():
        raise RuntimeError("a mistake of ours")

    with pytest.raises(RuntimeError, match="a mistake of ours"):
        interruptible(err, "")
