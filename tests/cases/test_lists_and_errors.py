"""Lists that can be looked through, errors about arguments in words, differences down to the last part."""

import re

import pytest
from click.testing import CliRunner

from sim.cli.commands import main
from sim.reading.catalogue import deals, scenarios


def said(*words, width=80):
    result = CliRunner().invoke(main, [str(word) for word in words], env={"COLUMNS": str(width)})
    return result.exit_code, result.output


@pytest.mark.case(
    "O14",
    before="list is 228 lines without filter or search",
    after="one line each; by deal, or by words that are looked for",
)
def test_the_list_has_a_line_for_each_and_can_be_narrowed():
    code, text = said("list")
    assert code == 0
    lines = text.splitlines()
    for entry in (*deals(), *scenarios()):
        assert sum(line.split("  ")[0].strip() == entry.name for line in lines) == 1
    assert max(map(len, lines)) <= 80
    named = {line.split()[0] for line in said("list", "november-2023")[1].splitlines() if "/" in line}
    assert named == {entry.name for entry in scenarios() if entry.deal == "november-2023"}
    found = {line.split()[0] for line in said("list", "--search", "AID complaint")[1].splitlines() if "/" in line}
    wanted = {
        entry.name
        for entry in scenarios()
        if all(word in f"{entry.name} {entry.title} {entry.question}".lower() for word in ("aid", "complaint"))
    }
    assert found == wanted != set()


def test_what_is_not_there_is_said_with_a_way_out():
    assert said("list", "novembre-2023") == (
        2,
        "no deal 'novembre-2023' in the catalogue (did you mean november-2023?)\n",
    )
    code, text = said("list", "--search", "no such words at all")
    assert code == 2
    assert "fewer of them" in text


@pytest.mark.case(
    "O14",
    before="nothing:1:1: unknown-name: …, like a compiler",
    after="in words, with the nearest name or where to look",
)
@pytest.mark.parametrize("command", ["compare", "run", "show", "sweep", "check", "validate", "diff"])
def test_an_argument_that_is_no_scenario_is_refused_in_words(command):
    more = ["january-2025/baseline"] if command == "diff" else []
    code, text = said(command, *more, "january-2025/basline", width=300)
    assert code == 2
    assert text == "no file and no catalogue entry 'january-2025/basline' (did you mean january-2025/baseline?)\n"
    assert said(command, *more, "nothing", width=300)[1].endswith("('ceasefire list' shows what there is)\n")


@pytest.mark.case("O14", before="validate refuses names of the catalogue", after="it takes them as all commands do")
def test_validate_takes_a_name_of_the_catalogue(tmp_path):
    assert said("validate", "january-2025/baseline", "january-2025") == (0, "2 document(s) valid\n")
    code, text = said("validate", tmp_path / "none.yaml", width=300)
    assert code == 2
    assert "cannot be read" in text


@pytest.mark.case(
    "O16",
    before="against a scenario without behaviour diff prints whole parties, defaults and all, in one cell",
    after="each number that differs on a line of its own, and no default",
)
def test_a_difference_is_told_down_to_its_last_part():
    code, text = said("diff", "january-2025/as-written", "january-2025/baseline", width=200)
    assert code == 0
    assert re.search(r"parties\.israel\.kinds\.withdrawal\.late +- +0\.4", text)
    assert re.search(r"parties\.israel\.default\.delay\.median +- +2 d", text)
    assert not re.search(r"\w+: \w+: ", text)  # no part is told whole
    assert "parties.israel.obligations " not in text


@pytest.mark.parametrize("given", ["abc", "1.5", "1e3", ""])
def test_a_number_of_runs_that_is_none_is_refused_in_words(given):
    result = CliRunner().invoke(main, ["compare", "aceh-2005/baseline", "-n", given])
    assert result.exit_code == 2
    assert f"a whole number is needed, got {given!r}" in result.output
    assert "MOST_REPLICATES" not in result.output
