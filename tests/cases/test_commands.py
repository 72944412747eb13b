"""Every command that is printed runs as it is printed, where it is printed."""

import html
import json
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import sim
from sim.cli.commands import main
from sim.explore.session import Session, Wish
from tests.amounts import slow
from tests.cases.deals import ARMS, FLOWS, write

pytestmark = pytest.mark.usefixtures("without_drawing")
COMMAND = re.compile(
    r"ceasefire (?:run|compare|sweep|study|replay|explain|verify|report|plot|check|validate) (?:'[^'\n]*'|[^'\n`<])+"
)


def called(words):
    sys.argv = ["ceasefire", *map(str, words)]  # as a shell gives it; `here` puts back what was there
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert "Traceback" not in result.output
    return result


def commands_in(text):
    """Each command of a text, from its name to the end of its line."""
    return [found.strip() for found in COMMAND.findall(text)]


def run_all(texts):
    """Run what is printed, in the order in which it is printed; how many there were comes back."""
    found = list(dict.fromkeys(command for text in texts for command in commands_in(text)))
    for command in found:
        if command.startswith("ceasefire study"):
            shutil.rmtree("results", ignore_errors=True)  # each of two makes the same folder
        result = called(shlex.split(command)[1:])
        assert result.exit_code == 0, f"{command}\n{result.output}"
    return found


def page_of(path):
    return html.unescape(path.read_text(encoding="utf-8"))


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with own documents, one of them in a folder whose name has a space."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", sys.argv)
    base, firm = write(tmp_path, ARMS)
    return str(base.relative_to(tmp_path)), str(firm.relative_to(tmp_path))


CASE = {
    "before": "compare of own files prints 'ceasefire run baseline …', which has no such file; --set is dropped",
    "after": "the files are named as they were given, with their settings, and every command runs",
}


@pytest.mark.case("O2", **CASE)
def test_commands_of_a_comparison_of_own_files_run(here):
    settings = ["--set", "behaviour.mediators.attempt=1 d 12 h"]
    told = called(["compare", *here, "-n", 60, "--seed", 7, "--all", *settings]).stdout
    found = run_all([told])
    assert any(command.startswith("ceasefire explain 'own documents/arms-base.yaml' 'own documents/arms-firm.yaml'")
               for command in found)  # fmt: skip
    assert any(command.startswith("ceasefire run") for command in found)
    assert all("--set 'behaviour.mediators.attempt=1 d 12 h' --seed 7" in command for command in found)


@pytest.mark.case(
    "O2", before="--set is dropped from the command, which runs another deal", after="the same difference"
)
def test_the_command_that_explains_a_difference_shows_that_difference(here):
    """The widest difference that the comparison names is the one that its command shows."""
    words = [
        "compare",
        *here,
        "-n",
        60,
        "--all",
        "--outcome",
        "disputes",
        "--set",
        "behaviour.parties.north.default.late=0.9",
    ]
    told = called(words).stdout
    lowest, highest = (float(re.search(rf"{which}\s+(\S+)\s+replicate", told)[1]) for which in ("lowest", "highest"))
    (command,) = [command for command in commands_in(told) if "explain" in command]
    shown = json.loads(called([*shlex.split(command)[1:], "--json"]).stdout)
    assert abs(shown["differences"]["disputes"]["difference"]) == max(abs(lowest), abs(highest))


@pytest.mark.case("O2", **CASE)
@pytest.mark.parametrize("names", [slow(("january-2025/baseline", "january-2025/no-guarantors")), None])
def test_commands_of_a_report_make_it_again(names, here):
    names = names or here
    first = called(["compare", *names, "-n", 40, "--seed", 3, "--all", "--out", "my results"]).stdout
    called(["report", "my results", "--out", "page.html"])
    found = run_all([first, page_of(Path("page.html"))])
    assert sum(command.startswith(("ceasefire compare", "ceasefire verify")) for command in found) == 2


@pytest.mark.case("O2", **CASE)
def test_commands_of_a_sweep_and_its_report_run(here):
    axis = "behaviour.mediators.settles=0.1,0.9"
    told = called(["sweep", here[0], "--vary", axis, "-n", 20, "--out", "swept"]).stdout
    called(["report", "swept", "--out", "page.html"])
    assert run_all([told, page_of(Path("page.html"))])


@pytest.mark.case("O2", before="the page of an own study says 'ceasefire study mine'", after="it names the file")
def test_commands_of_an_own_study_run(here, tmp_path):
    study = tmp_path / "own documents" / "my study.yaml"
    study.write_text(
        "study: mine\ntitle: Mine\nquestion: What?\nbaseline: {name: base, title: Base, scenario: arms-base.yaml}\n"
        "variants: {firm: {title: Firm, scenario: arms-firm.yaml}}\noutcomes: [disputes]\n"
        "not_modelled: [Nothing.]\nn: 20\n",
        encoding="utf-8",
    )
    assert called(["study", "own documents/my study.yaml", "--out", "made"]).exit_code == 0
    page = (tmp_path / "made" / "findings.md").read_text(encoding="utf-8")
    found = run_all([page.replace("`ceasefire study", "\nceasefire study")])
    assert any(command.startswith("ceasefire explain 'own documents/arms-base.yaml'") for command in found)


@pytest.mark.case("O2", before="a path with a space is printed without quotes", after="it is quoted")
def test_the_command_that_init_prints_runs(here):
    told = called(["init", "own documents/new-deal.yaml"]).stdout
    assert run_all([told])


@pytest.mark.case("O2", before="results made in Python name a folder that is not there", after="their own folder")
def test_commands_of_results_made_in_python_run(here):
    base, _ = write(Path(), FLOWS)
    sim.compare(base, n=30, folder="from python")
    called(["report", "from python", "--out", "page.html"])
    assert len(run_all([page_of(Path("page.html"))])) == 3


def test_a_counterexample_runs_from_where_it_is_kept(here):
    assert called(["check", here[0], "--deviations", 2, "-n", 0, "--out", "found"]).exit_code == 0
    assert called(["run", "found/counterexample.yaml"]).exit_code == 0


@pytest.mark.parametrize("settings", [{}, {"behaviour.mediators.settles": 0.4}])
def test_the_explorers_command_runs(here, settings):
    Path("explored").mkdir()
    session = Session(Path("explored"), "january-2025/baseline")
    wish = Wish(scenario="january-2025/baseline", baseline="january-2025/baseline", n=1000, settings=settings)
    try:
        command = session.command(wish)
        if settings:
            Path(shlex.split(command)[3]).write_text(session.document(wish), encoding="utf-8")
        assert run_all([command])
    finally:
        session.close()
