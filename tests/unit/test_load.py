"""Reading YAML 1.2 with places, and holding it against the models."""

import pytest

from sim.reading.model import (
    LARGEST_FILE,
    load_deal,
    load_document,
    load_scenario_file,
    parse_bytes,
    parse_text,
    read_header,
    read_value,
    read_yaml,
)
from sim.reading.problem import DocumentError, Fault, Place, nearest, plain
from sim.reading.validate import validate_file


def test_places_are_those_of_keys_and_list_items():
    data, positions = read_yaml("a:\n  b: [1, {c: 2}]\n", "file")
    assert data == {"a": {"b": [1, {"c": 2}]}}
    assert positions == {
        (): (1, 1),
        ("a",): (1, 1),
        ("a", "b"): (2, 3),
        ("a", "b", 0): (2, 7),
        ("a", "b", 1): (2, 10),
        ("a", "b", 1, "c"): (2, 11),
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"), ("off", "off"), ("true", True), ("~", None), ("", None), ("007", 7), ("0o17", 15), ("0x1F", 31),
        ("1_000", "1_000"), ("1e3", 1000.0), (".5", 0.5), ("12:30", "12:30"), ("2025-01-19", "2025-01-19"),
        ("'7'", "7"), ("42 d", "42 d"), ("+3", 3), ("{a: [1]}", {"a": [1]}), ("=", "="), ("0b11", "0b11"),
    ],
)  # fmt: skip
def test_values_follow_the_core_schema_of_yaml_1_2(text, value):
    read = read_value(text)
    assert read == value
    assert type(read) is type(value)


def test_a_key_is_always_text():
    assert read_yaml("2024: a\ntrue: b\n", "file")[0] == {"2024": "a", "true": "b"}


def test_aliases_repeat_what_their_anchor_marks():
    assert read_yaml("a: &x {b: 1}\nc: *x\n", "file")[0] == {"a": {"b": 1}, "c": {"b": 1}}


def test_all_problems_of_a_text_are_raised_together():
    with pytest.raises(DocumentError, match="duplicate-key") as caught:
        read_yaml("a: 1\na: 2\nb: .nan\nc: !!str x\n", "file")
    assert [problem.code for problem in caught.value.problems] == ["duplicate-key", "not-a-number", "tag-not-allowed"]
    assert (
        str(caught.value).splitlines()[0]
        == "file:2:1: duplicate-key a: given twice; first on line 1 (keep one of them)"
    )


@pytest.mark.parametrize("text", ["3\nb: 4", "[1", "'", "*x"])
def test_a_value_that_is_not_one_value_is_refused(text):
    with pytest.raises(DocumentError, match="bad-value"):
        read_value(text)


def test_a_byte_order_mark_of_utf_8_is_no_problem():
    assert parse_bytes(b"\xef\xbb\xbfdeal: a\n", "file").data == {"deal": "a"}


def test_a_file_above_one_mebibyte_is_not_read(tmp_path):
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (LARGEST_FILE + 1))
    assert [problem.code for problem in validate_file(path)] == ["file-too-large"]
    path.write_bytes(b"#" * LARGEST_FILE)
    assert [problem.code for problem in validate_file(path)] == ["empty-document"]


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path):
    assert [problem.code for problem in validate_file(tmp_path / "missing.yaml")] == ["unreadable"]
    assert [problem.code for problem in validate_file(tmp_path)] == ["unreadable"]
    assert [problem.code for problem in validate_file("a\0b")] == ["unreadable"]


@pytest.mark.parametrize("load", [load_deal, load_scenario_file, load_document])
def test_loading_raises_all_problems_at_once(load, tmp_path):
    path = tmp_path / "both.yaml"
    path.write_text("deal: x\ntitle: .inf\nfoo: 1\nbar: 2\n")
    with pytest.raises(DocumentError, match=r"(?s)not-a-number.*unknown-key.*unknown-key"):
        load(path)


def test_the_header_is_read_without_the_rest():
    text = "scenario: a\nbehaviour: [[[ broken\ntitle: >\n  Two\n  lines\nquestion: What if?\nx: {title: no}\n"
    assert read_header(text) == {"scenario": "a", "title": "Two lines\n", "question": "What if?"}


def test_a_header_that_cannot_be_read_is_empty():
    assert read_header("title: [") == {}


@pytest.mark.parametrize(
    "document",
    ["parties: [1, 2]", "parties: [[a], [b]]", "lines: [{}, []]", "phases: {one: {lasts: %s d}}" % ("9" * 400),
     "obligations: {a: {due: day %s}}" % ("9" * 5000), "groups: {a: {count: %s}}" % ("9" * 300), "starts: 1737268200"],
)  # fmt: skip
def test_strange_values_are_problems_too(document):
    parsed = parse_text(document, "file")
    assert parsed.problems == ()
    with pytest.raises(DocumentError, match="missing-key"):
        _load_text(document)


def _load_text(text):
    from sim.reading.model import read_deal
    from sim.reading.problem import refuse

    refuse(read_deal(parse_text(text, "file"))[1])


def test_a_problem_shows_place_rule_value_and_way_out():
    problem = Fault(("a", 0), "unknown-key", "no such key here", "did you mean b?", "x" * 100).at(Place("f", 3, 4))
    assert str(problem) == "f:3:4: unknown-key a.0: no such key here (did you mean b?)"
    assert problem.as_json() == {
        "file": "f", "line": 3, "column": 4, "code": "unknown-key", "path": "a.0", "value": "x" * 79 + "…",
        "message": "no such key here", "hint": "did you mean b?", "severity": "error",
    }  # fmt: skip


def test_messages_hold_no_control_characters():
    assert plain("\x1b[31mred\n") == "\\x1b[31mred\\n"


def test_the_nearest_word_is_the_hint():
    assert nearest("relese", ["release", "return"]) == "did you mean release?"
    assert nearest("zzz", ["release", "return"]) == "choose from release, return"
    assert nearest("zzz", []) == "there is none to choose from"
    assert nearest("zzz", [f"word{number:02}" for number in range(14)]).endswith("word11 and 2 more")
