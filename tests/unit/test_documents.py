"""Every valid document is taken, every invalid one is refused with exactly the problems written at its end."""

import re
from pathlib import Path
from typing import Annotated

import jsonschema
import pytest
from pydantic import AfterValidator, Field

from sim.document.broken import AtMost, broken
from sim.document.values import Part, Text
from sim.reading import catalogue
from sim.reading.model import hold, kind_of, load_deal, load_document, parse_file, schema
from sim.reading.problem import Place, Problem
from sim.reading.resolve import resolve
from sim.reading.store import as_yaml, from_resolved
from sim.reading.validate import validate_file
from tests.amounts import a_share

DOCUMENTS = Path(__file__).parents[1] / "documents"
VALID = sorted((DOCUMENTS / "valid").glob("*.yaml"))
INVALID = sorted((DOCUMENTS / "invalid").glob("*.yaml"))
SHIPPED = [entry.path for entry in [*catalogue.deals(), *catalogue.scenarios(), *catalogue.studies()]]
EXPECTATION = re.compile(r"^# expect: (.+)$", re.MULTILINE)


def expected(path: Path) -> list[str]:
    """Place, code and path of each problem, as the comments of the file say; a file in front where it is another."""
    content = path.read_bytes()
    text = content.decode("utf-16" if content.startswith(b"\xff\xfe") else "utf-8", errors="replace")
    return EXPECTATION.findall(text)


def found(path: Path, problems: list[Problem]) -> list[str]:
    return [_line(path, problem) for problem in problems]


def _line(path: Path, problem: Problem) -> str:
    elsewhere = "" if Path(problem.file).name == path.name else f"{Path(problem.file).name}:"
    return f"{elsewhere}{problem.line}:{problem.column} {problem.code} {problem.path}".rstrip()


def assert_problems(path: Path, problems: list[Problem], lines: list[str]) -> None:
    assert found(path, problems) == lines, "\n".join(map(str, problems))


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_a_valid_document_has_no_problems(path):
    assert [str(problem) for problem in validate_file(path)] == []


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_document_has_exactly_the_expected_problems(path):
    problems = validate_file(path)
    assert expected(path)
    assert_problems(path, problems, expected(path))
    for problem in problems:
        assert problem.message
        assert "\x1b" not in str(problem)
        assert len(problem.value) <= 80


def test_there_is_a_document_for_many_faults_and_forms():
    codes = {line.split()[1] for path in INVALID for line in expected(path)}
    assert len(VALID) >= 8
    assert len(INVALID) >= 45
    assert len(codes) >= 45


def test_there_is_a_document_for_everything_that_validate_foresees():
    page = (Path(__file__).parents[2] / "docs" / "guarantees.md").read_text(encoding="utf-8")
    _, told = page.split("## What validate foresees")
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", told))
    assert len(named) >= 15
    assert named <= {line.split()[1] for path in INVALID for line in expected(path)}


@pytest.mark.parametrize(
    "wrong",
    [
        ["7:47 negative-count groups.civilians.count"],
        ["7:46 negative-count groups.civilians.count", "12:58 negative-count obligations.batch.amount.civilians"],
        [],
    ],
    ids=["too few", "another column", "none"],
)
def test_the_comparison_itself_can_fail(wrong):
    path = DOCUMENTS / "invalid" / "negative-count.yaml"
    with pytest.raises(AssertionError, match="negative-count"):
        assert_problems(path, validate_file(path), wrong)


def test_a_problem_too_many_fails_the_comparison():
    path = DOCUMENTS / "valid" / "minimal.yaml"
    with pytest.raises(AssertionError, match="1:1 missing-key"):
        assert_problems(path, validate_file(path), ["1:1 missing-key title"])


def test_short_and_long_forms_are_the_same_deal():
    short, long = (load_deal(DOCUMENTS / "valid" / f"{name}-forms.yaml") for name in ("short", "long"))
    assert short == long


@pytest.mark.parametrize(
    "path", a_share((path for path in [*VALID, *SHIPPED] if kind_of(parse_file(path)) == "scenario"), 10),
    ids=lambda path: path.stem,
)  # fmt: skip
def test_a_resolved_scenario_is_read_back_equal(path):
    resolved = resolve(path)
    assert from_resolved(as_yaml(resolved)) == resolved


@pytest.mark.parametrize("path", a_share([*VALID, *SHIPPED], 3), ids=lambda path: path.stem)
def test_the_schema_takes_what_the_loader_takes(path):
    parsed = parse_file(path)
    validator = jsonschema.Draft202012Validator(schema(kind_of(parsed)))
    assert [error.message for error in validator.iter_errors(parsed.data)] == []
    assert load_document(path) is not None


@pytest.mark.parametrize("kind", ["deal", "scenario", "study"])
def test_the_schema_is_one_of_draft_2020_12_with_a_name_of_its_own(kind):
    jsonschema.Draft202012Validator.check_schema(schema(kind))
    assert schema(kind)["$id"] == f"urn:ceasefire-sim:schema:{kind}"
    assert schema(kind)["title"] == f"ceasefire-sim {kind}"


@pytest.mark.parametrize(
    "name",
    ["unknown-key", "unknown-key-in-gate", "merge-key", "negative-count", "quoted-number", "bad-name", "yes-is-text",
     "missing-keys", "unknown-word", "three-parties", "chance-above-one", "behaviour-unknown-kind", "wrong-type",
     "study-shape"],
)  # fmt: skip
def test_the_schema_refuses_what_the_loader_refuses_for_its_shape(name):
    parsed = parse_file(DOCUMENTS / "invalid" / f"{name}.yaml")
    validator = jsonschema.Draft202012Validator(schema(kind_of(parsed)))
    assert not validator.is_valid(parsed.data)


def _nowhere(_):
    return Place("file")


def test_two_limits_of_one_number_are_told_by_their_own_names():
    class Hut(Part):
        title: Text = ""
        log: Annotated[str, AtMost(4000, "LONGEST_LOG", "4000 letters", "hut.py")] = ""
        doors: Annotated[list[str], AtMost(4000, "MOST_DOORS", "4000 doors", "hut.py")] = Field(default_factory=list)
        height: Annotated[float, AtMost(4000, "GREATEST_HEIGHT", "4000 metres", "hut.py")] = 0

    data = {"title": "t" * 4001, "log": "t" * 4001, "doors": ["d"] * 4001, "height": 4000.5}
    _, problems = hold(Hut, data, _nowhere)
    assert {(problem.path, problem.code, problem.hint) for problem in problems} == {
        ("title", "too-long", "at most 4000 characters (LONGEST_TEXT in sim/document/values.py)"),
        ("log", "too-long", "at most 4000 letters (LONGEST_LOG in hut.py)"),
        ("doors", "too-long", "at most 4000 doors (MOST_DOORS in hut.py)"),
        ("height", "out-of-range", "at most 4000 metres (GREATEST_HEIGHT in hut.py)"),
    }
    assert (
        hold(
            Hut,
            {key: value[1:] if key != "height" else 4000 for key, value in data.items()},
            _nowhere,
        )[1]
        == []
    )


def test_the_code_of_a_rule_does_not_come_from_its_words():
    def refuse(text: str) -> str:
        raise broken("bad-hour", f"a duration is a condition, {text}")

    class Odd(Part):
        hour: Annotated[str, AfterValidator(refuse)]

    _, problems = hold(Odd, {"hour": "the median {hint}"}, _nowhere)
    assert [(problem.code, problem.message) for problem in problems] == [
        ("bad-hour", "a duration is a condition, the median {hint}")
    ]
