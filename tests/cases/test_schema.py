"""The published JSON Schemas, as editors and strict validators take them."""

from __future__ import annotations

import copy
import json
import random
import re
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from sim.cli.commands import main
from sim.document.deal import Deal
from sim.document.scenario import Scenario
from sim.document.study import Study
from sim.reading.catalogue import folder
from sim.reading.model import kind_of, parse_file, read_model, schema
from tests.cases.test_large_numbers import VALID, with_value

KINDS = ("deal", "scenario", "study")
MODELS = {"deal": Deal, "scenario": Scenario, "study": Study}
KEYWORDS = {
    "$schema", "$id", "$defs", "$ref", "title", "description", "type", "properties", "required", "items", "prefixItems",
    "additionalProperties", "patternProperties", "propertyNames", "minItems", "maxItems", "minLength", "maxLength",
    "minProperties", "maxProperties", "pattern", "format", "enum", "const", "anyOf", "allOf", "oneOf", "not", "default",
    "examples", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
}  # fmt: skip
"""Of draft 2020-12, those that are used; a validator in strict mode does not compile a schema with any other word."""
NAMES = ("properties", "patternProperties", "$defs")
DATA = ("default", "examples", "enum", "const")
SHIPPED = [path for path in sorted(folder().rglob("*.yaml")) if kind_of(parse_file(path))]
FORMATS = jsonschema.FormatChecker()


@FORMATS.checks("date-time")
def is_rfc_3339(value: object) -> bool:
    """As ajv-formats and check-jsonschema judge a date-time: with seconds."""
    return not isinstance(value, str) or bool(
        re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", value)
    )


@pytest.fixture(scope="module")
def validators():
    return {kind: jsonschema.Draft202012Validator(schema(kind), format_checker=FORMATS) for kind in KINDS}


def parts(part: Any, path: str, *, is_schema: bool = True) -> Any:
    """Every schema within a schema, with its place."""
    if isinstance(part, list):
        for number, below in enumerate(part):
            yield from parts(below, f"{path}/{number}", is_schema=is_schema)
    if isinstance(part, dict):
        if is_schema:
            yield path, part
        for key, below in part.items():
            if not is_schema or key not in DATA:
                yield from parts(below, f"{path}/{key}", is_schema=not (is_schema and key in NAMES))


CASE = pytest.mark.case(
    "E10",
    before="every shipped deal refused for its date, 'gt' is no keyword, four defaults broke their own schema",
    after="shipped and fresh documents pass with formats asserted; known keywords and sound defaults alone",
)


@CASE
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_documents_pass_with_formats_asserted(validators, path):
    parsed = parse_file(path)
    assert [error.message for error in validators[kind_of(parsed)].iter_errors(parsed.data)] == []


@CASE
@pytest.mark.parametrize("more", [[], ["--deal", "january-2025"], ["--from", "november-2023/baseline"]])
def test_a_fresh_document_passes_with_formats_asserted(validators, tmp_path, more):
    file = tmp_path / "fresh.yaml"
    assert CliRunner().invoke(main, ["init", str(file), *more]).exit_code == 0
    parsed = parse_file(file)
    assert [error.message for error in validators[kind_of(parsed)].iter_errors(parsed.data)] == []


@CASE
@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_has_known_keywords_and_defaults_of_its_own(kind):
    whole = schema(kind)
    found = list(parts(whole, kind))
    assert [(place, set(part) - KEYWORDS) for place, part in found if set(part) - KEYWORDS] == []
    for place, part in found:
        if part.get("default") is not None:
            validator = jsonschema.Draft202012Validator({"$defs": whole.get("$defs", {}), **part})
            assert validator.is_valid(part["default"]), place
    assert len(found) > 50


WRONG = {
    "starts": ["2025-01-19", "2025-01-19T08:30", "1737268200", "soon", "2025-13-19T08:30Z", "0900-01-19T08:30Z"],
    "due_hour": ["8:30", "24:00", "noon", "08:60"],
    "due": ["day", "day 7 25:00", "7", "tomorrow", "phase 3", "1 month after gate", "day 123456"],
    "horizon": ["0 d", "0 min", "10", "ten days", "1 month"],
}
RIGHT = {
    "starts": ["2025-01-19T08:30+02:00", "2025-01-19T08:30:00Z", "2025-01-19T08:30-0500"],
    "due_hour": ["08:30", "23:59"],
    "due": ["day 7", "day -3 08:00", "phase day 3", "12 h after gate", "same day", "on gate", "phase end"],
    "horizon": ["10 d", "1 d 12 h", "0.5 d", "90 min"],
}


def placed(field: str, value: str) -> dict[str, Any]:
    data = parse_file(VALID / "minimal.yaml").data
    return with_value(
        data, ("obligations", next(iter(data["obligations"])), field) if field == "due" else (field,), value
    )


@CASE
@pytest.mark.parametrize(("field", "value"), [(field, value) for field in WRONG for value in WRONG[field]])
def test_dates_hours_and_times_that_are_none_are_refused(validators, field, value):
    assert not validators["deal"].is_valid(placed(field, value))


@CASE
@pytest.mark.parametrize(("field", "value"), [(field, value) for field in RIGHT for value in RIGHT[field]])
def test_dates_hours_and_times_pass(validators, field, value):
    assert validators["deal"].is_valid(placed(field, value))
    Deal.model_validate_json(json.dumps(placed(field, value)), strict=True)


@CASE
def test_paths_that_every_scenario_has_are_named_for_editors():
    properties = schema("scenario")["properties"]
    for part in ("changes", "uncertain", "vary"):
        assert "behaviour.mediators.settles" in properties[part]["properties"]


# ---------------------------------------------------------------- mutants of documents

REPLACED: tuple[Any, ...] = (None, True, -1, 0, 1.5, 7, "", "x", "Not A Key", [], {}, [1], {"x": 1}, "3 d", "day 3")


def everywhere(data: Any, path: tuple[Any, ...] = ()) -> Any:
    if path:
        yield path
    for key, below in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from everywhere(below, (*path, key))


def mutant(data: Any, chance: random.Random) -> Any:
    """A document with one part replaced, removed, or beside a key that nobody knows."""
    path = chance.choice(list(everywhere(data)))
    changed = copy.deepcopy(data)
    part = changed
    for key in path[:-1]:
        part = part[key]
    what = chance.randrange(4)
    if what == 0 and isinstance(part, dict):
        part["unknown_key"] = 1
    elif what == 1:
        del part[path[-1]]
    else:
        part[path[-1]] = chance.choice(REPLACED)
    return changed


@CASE
def test_of_mutated_documents_the_schema_refuses_none_wrongly_and_most_that_are_wrong(validators):
    wrongly, accepted, judged = [], 0, 0
    documents = [parse_file(path) for path in sorted(VALID.glob("*.yaml"))]
    for number in range(1100):
        chance = random.Random(number)
        parsed = chance.choice(documents)
        kind = kind_of(parsed)
        data = mutant(parsed.data, chance)
        if kind not in data:
            continue
        takes = validators[kind].is_valid(data)
        is_sound = read_model(type(parsed)(parsed.file, data, {}), MODELS[kind])[0] is not None
        judged += 1
        if is_sound and not takes:
            wrongly.append((parsed.file, number))
        accepted += takes and not is_sound
    assert wrongly == []
    assert judged > 1000
    assert accepted <= 8, f"{accepted} of {judged} are taken by the schema alone"
