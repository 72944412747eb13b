"""Documents that come through pipes, documents that name themselves, and what a reader is told of a bad one."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

import sim.reading.catalogue
from sim.cli.commands import main
from sim.errors import DealError
from sim.reading.catalogue import find
from sim.reading.model import parse_bytes
from sim.reading.resolve import resolve, resolve_any
from sim.reading.validate import validate_file
from tests.amounts import slow
from tests.cases.test_large_numbers import VALID
from tests.faults.breaking import environment

SCENARIO = """\
scenario: {name}
question: What if?
{more}
"""


def command(*arguments: object, **options: object) -> subprocess.CompletedProcess:
    program = [sys.executable, "-c", "from sim.cli.start import main; main()", *map(str, arguments)]
    return subprocess.run(program, env=environment(), capture_output=True, timeout=120, check=False, **options)


PIPES = pytest.mark.case(
    "E9",
    before="validate <(cat s.yaml): 'no document in the file'; run /dev/stdin: unknown name",
    after="a document that comes through a pipe is read once, and relative names from the working folder",
)


@PIPES
@pytest.mark.parametrize(
    "arguments",
    [("validate",), slow(("show",)), slow(("show", "--resolved")), slow(("diff", str(VALID / "baseline.yaml")))],
)
@pytest.mark.parametrize("name", ["baseline.yaml", slow("two-phases.yaml")])
def test_a_document_is_taken_from_standard_input(arguments, name):
    told = command(*arguments, "/dev/stdin", input=(VALID / name).read_bytes(), cwd=VALID)
    assert told.returncode == 0, told.stderr.decode()
    assert told.stdout


@PIPES
def test_a_study_and_two_documents_at_once_come_through_pipes(tmp_path):
    fifos = [tmp_path / name for name in ("study.yaml", "minimal.yaml")]
    for fifo in fifos:
        os.mkfifo(fifo)
    for name in ("baseline", "two-phases", "uncertain"):
        shutil.copy(VALID / f"{name}.yaml", tmp_path)
    writers = [threading.Thread(target=fifo.write_bytes, args=((VALID / fifo.name).read_bytes(),)) for fifo in fifos]
    for writer in writers:
        writer.start()
    told = command("validate", *fifos, cwd=VALID)
    for writer in writers:
        writer.join(60)
    assert told.returncode == 0, told.stdout.decode()


@PIPES
@pytest.mark.parametrize("read", [validate_file, resolve_any])
def test_functions_read_a_pipe_once_and_another_pipe_anew(tmp_path, read):
    fifo = tmp_path / "minimal.yaml"
    os.mkfifo(fifo)
    for _ in range(2):
        writer = threading.Thread(target=fifo.write_bytes, args=((VALID / fifo.name).read_bytes(),))
        writer.start()
        found = read(fifo)
        writer.join(60)
        assert not isinstance(found, list) or all(problem.severity == "warning" for problem in found)


def test_an_endless_device_is_refused():
    assert CliRunner().invoke(main, ["validate", "/dev/zero"]).exit_code == 2


ITSELF = pytest.mark.case(
    "E18",
    before="january-2025.yaml with 'deal: january-2025' was said to be no deal: it named itself",
    after="a document that names itself means another one of that name, if there is one",
)


@ITSELF
@pytest.mark.parametrize("place", ["january-2025.yaml", "deals/january-2025.yaml", "scenarios/january-2025.yaml"])
def test_a_scenario_file_may_have_the_name_of_its_deal(tmp_path, place):
    file = tmp_path / place
    file.parent.mkdir(exist_ok=True)
    file.write_text(SCENARIO.format(name="january-2025", more="deal: january-2025"))
    assert [problem for problem in validate_file(file) if problem.severity == "error"] == []
    assert resolve(file).deal.deal == "january-2025"


@ITSELF
def test_a_scenario_file_may_have_the_name_of_what_it_builds_on(tmp_path):
    file = tmp_path / "january-2025" / "baseline.yaml"
    file.parent.mkdir()
    file.write_text(SCENARIO.format(name="mine", more="builds_on: january-2025/baseline"))
    assert resolve(file).behaviour == resolve("january-2025/baseline").behaviour


@ITSELF
def test_a_link_to_a_document_is_the_document_itself(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(SCENARIO.format(name="mine", more="deal: january-2025"))
    (tmp_path / "january-2025.yaml").symlink_to(file)
    assert resolve(file).deal.deal == "january-2025"


@ITSELF
def test_what_is_written_under_the_name_of_its_deal_validates(tmp_path):
    written = CliRunner().invoke(main, ["init", str(tmp_path / "january-2025.yaml"), "--deal", "january-2025"])
    assert written.exit_code == 0, written.output


def test_a_document_that_can_only_mean_itself_is_told_so(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(SCENARIO.format(name="mine", more="builds_on: mine"))
    (problem,) = validate_file(file)
    assert problem.code == "builds-on-cycle"
    assert find("mine", beside=file) == file


WORDS = pytest.mark.case(
    "E11",
    before="'not YAML 1.2' of a tab that YAML 1.2.2 allows; starts: \"1737268200\" was taken for a date",
    after="the tab is named; a number is no date",
)


@WORDS
@pytest.mark.parametrize(
    "text", ["deal: x\n\ttitle: y\n", "deal: x\nparties:\n\t- north\n", "a:\n  -\t- b\n", "\tdeal: x\n"]
)
def test_a_tab_is_named_and_yaml_not_blamed(text):
    problems = parse_bytes(text.encode(), "file").problems
    if problems:
        assert "a tab here cannot be read: YAML allows some" in str(problems[0])
        assert "not YAML" not in str(problems[0])


@WORDS
@pytest.mark.parametrize("starts", ['"1737268200"', "1737268200", "1737268200.5", '" 20250119 "', "0"])
def test_a_number_is_no_date(tmp_path, starts):
    text = (VALID / "minimal.yaml").read_text()
    line = next(line for line in text.splitlines() if line.startswith("starts:"))
    (tmp_path / "a.yaml").write_text(text.replace(line, f"starts: {starts}"))
    (problem,) = [problem for problem in validate_file(tmp_path / "a.yaml") if problem.severity == "error"]
    assert (problem.code, problem.path) == ("bad-date", "starts")
    assert "2025-01-19T08:30+02:00" in problem.message


@pytest.mark.case("E12", before="from a zip the catalogue is empty", after="said in words")
def test_a_catalogue_that_is_no_folder_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(
        sim.reading.catalogue, "__file__", str(tmp_path / "all.zip" / "sim" / "reading" / "catalogue.py")
    )
    with pytest.raises(DealError, match="unpack or install the package"):
        sim.reading.catalogue.deals()
    assert isinstance(Path(sim.reading.catalogue.__file__), Path)
