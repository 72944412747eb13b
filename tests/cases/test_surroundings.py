"""Terminals, encodings, full and closed outputs, and programs of others around the commands."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner

from sim.cli.commands import main
from sim.cli.start import CLOSED
from tests.amounts import one_quick, slow
from tests.cases.folders import BASELINE
from tests.faults.breaking import environment

PROGRAM = [sys.executable, "-c", "from sim.cli.start import main; main()"]
N = ("-n", "20", "--workers", "1")
COMPARE = ("compare", BASELINE, *N)
ENCODINGS = ("ascii", "latin-1", "cp1252", "ascii:strict")
PATIENCE = 60
"""Seconds after which somebody has waited."""


def command(*arguments: object, folder=None, stdout=subprocess.PIPE, **changes: str) -> subprocess.CompletedProcess:
    run = [*PROGRAM, *map(os.fsencode, map(str, arguments))]
    environ = {name: value for name, value in environment(**changes).items() if value != "absent"}
    return subprocess.run(
        run, env=environ, stdout=stdout, stderr=subprocess.PIPE, timeout=200, check=False, cwd=folder
    )  # fmt: skip


def called(*arguments: object):
    """A command in this process; it fails if it waits."""

    def waited(*_):
        raise AssertionError(f"{arguments}: waited for {PATIENCE} seconds")

    before = signal.signal(signal.SIGALRM, waited)
    signal.alarm(PATIENCE)
    try:
        return CliRunner().invoke(main, [str(argument) for argument in arguments])
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


CASE = pytest.mark.case(
    "E6",
    before="COLUMNS=0 printed nothing; other encodings, full disks and MPLBACKEND=nonsense gave tracebacks",
    after="everything is printed, or words and the exit code that fits",
)


@CASE
@pytest.mark.parametrize("columns", ["0", slow("-3"), slow("1"), "nonsense", slow(""), "99999999999"])
def test_a_width_that_no_terminal_has_is_not_taken(columns):
    told = command("list", COLUMNS=columns, LINES=columns)
    assert told.returncode == 0
    assert told.stdout == called("list").stdout.encode()
    assert len(told.stdout.splitlines()) > 20


@CASE
@pytest.mark.parametrize(
    ("encoding", "arguments"),
    one_quick([(coding, words) for coding in ENCODINGS for words in (("list",), COMPARE, ("show", "january-2025"))]),
)
def test_an_encoding_without_all_letters_loses_no_line(encoding, arguments):
    told = command(*arguments, PYTHONIOENCODING=encoding)
    assert (told.returncode, told.stderr) == (0, b"")
    assert len(told.stdout.splitlines()) == len(called(*arguments).stdout.splitlines())


@CASE
def test_json_and_documents_are_whole_in_any_encoding():
    told = command("show", "january-2025", "--json", PYTHONIOENCODING="ascii")
    assert json.loads(told.stdout) == json.loads(called("show", "january-2025", "--json").stdout)
    resolved = command("show", "january-2025", "--resolved", PYTHONIOENCODING="ascii")
    assert resolved.stdout.decode() == called("show", "january-2025", "--resolved").stdout


@CASE
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device here")
@pytest.mark.parametrize(
    "arguments", [("list",), slow(("--help",)), COMPARE, slow((*COMPARE, "--json")), slow(("schema",))]
)
def test_a_full_disk_behind_standard_output_is_said(arguments):
    with open("/dev/full", "wb") as full:
        told = command(*arguments, stdout=full)
    said = told.stderr.decode()
    assert told.returncode == 2, said
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1, said


@CASE
@pytest.mark.parametrize("arguments", [slow(("list",)), COMPARE, slow(("schema",)), ("show", "january-2025")])
def test_a_pipe_that_nobody_reads_ends_without_words(arguments):
    reading, writing = os.pipe()
    os.close(reading)
    told = command(*arguments, stdout=writing)
    os.close(writing)
    assert (told.returncode, told.stderr) == (CLOSED, b"")


@pytest.mark.slow
@CASE
def test_results_are_kept_whatever_becomes_of_the_output(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    told = command("compare", BASELINE, *N, "--out", tmp_path / "out", stdout=writing, MPLBACKEND="nonsense")
    os.close(writing)
    assert told.returncode == CLOSED, told.stderr
    assert (tmp_path / "out" / "releases.png").stat().st_size > 1000
    assert called("verify", tmp_path / "out").exit_code == 0


@CASE
@pytest.mark.parametrize("place", ["", "relative"])
def test_a_cache_folder_that_is_none_makes_nothing_here(tmp_path, place):
    """There is no cache folder: whatever the variable says, a run leaves nothing behind."""
    here, home = tmp_path / "here", tmp_path / "home"
    here.mkdir()
    home.mkdir()
    told = command(
        "run", BASELINE, folder=here, XDG_CACHE_HOME=place, HOME=str(home), MPLCONFIGDIR=str(tmp_path / "mpl")
    )
    assert told.returncode == 0, told.stderr
    assert [*here.iterdir(), *home.iterdir()] == []


SCRIPT = pytest.mark.case(
    "E7",
    before="a script without a main guard died with its children's tracebacks",
    after="it works, or one sentence names the guard",
)
LINES = 'import sim\nprint(sim.compare({baseline!r}, n=40, engine="reference", workers=2).n)\n'
OWN = """\
import sim
from sim.analysis.custom_behaviour import Behaviour, run_replicates
from sim.reading.resolve import resolve
class Mine(Behaviour): pass
run_replicates(resolve({baseline!r}), Mine(), n=400, workers=2)
"""


@pytest.mark.slow
@SCRIPT
def test_a_script_of_two_lines_works(tmp_path):
    (tmp_path / "script.py").write_text(LINES.format(baseline=BASELINE))
    told = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, env=environment(), capture_output=True, timeout=200, check=False
    )
    assert (told.returncode, told.stdout, told.stderr) == (0, b"40\n", b"")


@pytest.mark.slow
@SCRIPT
def test_a_script_with_a_behaviour_of_its_own_is_told_of_the_guard(tmp_path):
    (tmp_path / "script.py").write_text(OWN.format(baseline=BASELINE))
    told = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, env=environment(), capture_output=True, timeout=200, check=False
    )
    said = told.stderr.decode()
    assert told.returncode == 1
    assert 'if __name__ == "__main__":' in said.splitlines()[-1]
    assert said.count("Traceback") == 1, said


BROKEN_OFF = pytest.mark.case(
    "E15",
    before="--resume recorded another command, FIFOs made readers wait, names not UTF-8 and local:999 gave tracebacks",
    after="the command without --resume, and words",
)


@BROKEN_OFF
def test_a_folder_begun_with_resume_is_that_of_the_command_without(tmp_path, monkeypatch, without_drawing):
    for more, name in (([], "one"), (["--resume"], "two")):
        monkeypatch.chdir(_made(tmp_path / name))
        words = [*COMPARE, "--out", "out", *more]
        monkeypatch.setattr(sys, "argv", ["ceasefire", *words])  # as a shell gives it
        assert called(*words).exit_code == 0
    one, other = ((tmp_path / name / "out" / "manifest.json").read_bytes() for name in ("one", "two"))
    assert one == other


def _made(folder):
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def results(tmp_path_factory, without_drawing):
    """A finished folder, which nobody changes."""
    out = tmp_path_factory.mktemp("results") / "out"
    assert called(*COMPARE, "--out", out).exit_code == 0
    return out


@BROKEN_OFF
@pytest.mark.parametrize("name", ["manifest.json", "blocks.jsonl", "summary.json", ".lock"])
@pytest.mark.parametrize("then", ["verify", "resume", "report"])
def test_a_pipe_in_place_of_a_file_makes_nobody_wait(results, tmp_path, name, then):
    out = shutil.copytree(results, tmp_path / "out")
    (out / name).unlink(missing_ok=True)
    os.mkfifo(out / name)
    arguments = {
        "verify": ("verify", out), "resume": (*COMPARE, "--out", out, "--resume"),
        "report": ("report", out, "--out", tmp_path / "page.html"),
    }  # fmt: skip
    told = called(*arguments[then])
    assert told.exception is None or isinstance(told.exception, SystemExit), told.exception
    if name == "summary.json" and then == "resume":
        assert told.exit_code == 0, "a summary is made again"
    elif name != ".lock":
        assert told.exit_code in (1, 2)


@BROKEN_OFF
def test_a_folder_whose_name_is_not_utf8_is_refused_and_other_files_are_not(tmp_path):
    name = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")
    told = command("compare", BASELINE, *N, "--out", name)
    assert told.returncode == 2
    assert b"must be UTF-8" in told.stderr
    assert b"Traceback" not in told.stderr
    assert command("init", name + ".yaml").returncode in (0, 2)


@BROKEN_OFF
@pytest.mark.parametrize("workers", ["local:999", "local:0", "local:99999", "nonsense"])
def test_more_processes_than_a_machine_can_bear_are_refused(workers):
    told = called("compare", BASELINE, "-n", "20", "--workers", workers)
    assert told.exit_code == 2, told.exception
    assert "processes on this machine" in told.stderr or "workers are a number" in told.stderr
