"""Histories are read by column name, and all that is wrong with one is told at once."""

import csv
import json

import pytest
from click.testing import CliRunner

from sim.cli.commands import main
from sim.reading.catalogue import folder
from sim.reading.history import COLUMNS, EVENTS, KINDS, OUTCOMES, SUMS, read_history, schema
from sim.reading.resolve import resolve_any

DEAL = resolve_any("november-2023").deal
NEEDED = ("date", "day", "kind", "by", "obligation", "what", "source")
DONE = {"date": "2023-11-24", "day": "1", "kind": "release", "by": "Hamas", "obligation": "group_1", "what": "w",
        "source": "s"}  # fmt: skip


def written(path, *lines, columns):
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows(lines)
    return path


def told(path, *arguments):
    return CliRunner().invoke(main, ["validate", str(path), *arguments])


def test_columns_stand_in_any_order_and_what_is_not_needed_may_be_missing(tmp_path):
    path = written(tmp_path / "h.csv", DONE, columns=NEEDED[::-1])
    rows, problems = read_history(path, DEAL)
    assert problems == []
    assert rows == [{name: DONE.get(name, "") for name in COLUMNS if name not in SUMS}]
    assert [name for name, column in COLUMNS.items() if column.is_required] == list(NEEDED)


def test_all_that_is_wrong_is_told_at_once_each_with_line_and_field(tmp_path):
    columns = (*NEEDED, "outcome", "known", "amount", "due_date")
    lines = [
        DONE | {"kind": "releas", "day": "2"},
        DONE | {"obligation": "group_1 nothing", "known": "2023-11-23"},
        DONE | {"kind": "flow", "obligation": "aid", "outcome": "level"},
        DONE | {"outcome": "agreed", "amount": "nan", "due_date": "soon"},
        DONE | {"date": "", "outcome": "happy"},
    ]
    done = told(written(tmp_path / "h.csv", *lines, columns=columns), "--deal", "november-2023")
    assert done.exit_code == 2
    assert [line.split(": ", 2)[:2] for line in done.output.splitlines()] == [
        ["h.csv:2:2", "another-day day"],
        ["h.csv:2:3", "unknown-kind kind"],
        ["h.csv:3:5", "unknown-obligation obligation"],
        ["h.csv:3:9", "known-before known"],
        ["h.csv:4:10", "level-without-amount amount"],
        ["h.csv:5:8", "outcome-of-another-kind outcome"],
        ["h.csv:5:10", "another-form amount"],
        ["h.csv:5:11", "another-form due_date"],
        ["h.csv:6:1", "empty-field date"],
        ["h.csv:6:8", "unknown-outcome outcome"],
    ]
    assert "(did you mean release?)" in done.output


def test_talks_may_be_opened_and_a_flow_have_a_new_level(tmp_path):
    lines = [
        DONE | {"kind": "talks", "obligation": "", "outcome": "broken off", "known": "2023-11-24"},
        DONE | {"kind": "flow", "obligation": "aid", "outcome": "level", "amount": "0.5", "known": "2023-12-01"},
    ]
    path = written(tmp_path / "h.csv", *lines, columns=(*NEEDED, "outcome", "known", "amount"))
    assert read_history(path, DEAL)[1] == []


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ((*NEEDED, "sauce"), "h.csv:1:8: unknown-column sauce"),
        ((*NEEDED, "day"), "h.csv:1:8: repeated-column day"),
        (NEEDED[1:], "h.csv:1:1: missing-column date"),
        ((*NEEDED, "prisoners"), "h.csv:1:1: missing-column hostages_living"),
    ],
)
def test_a_header_is_checked_by_name(tmp_path, columns, says):
    path = tmp_path / "h.csv"
    path.write_text(",".join(columns) + "\n")
    assert says in told(path, "--deal", "november-2023").output


def test_without_a_deal_forms_are_looked_at_and_it_is_said_that_keys_are_not(tmp_path):
    path = written(tmp_path / "h.csv", DONE | {"obligation": "nothing", "source": ""}, columns=NEEDED)
    done = told(path)
    assert done.exit_code == 0
    assert [line.split(": ")[1] for line in done.output.splitlines()] == ["no-deal", "no-source source"]
    path = written(tmp_path / "h.csv", DONE | {"day": "one"}, columns=NEEDED)
    assert "another-form day: must be a whole number" in told(path).output


def test_no_deal_and_no_file_are_told_in_words(tmp_path):
    assert "cannot be read: No such file" in told(tmp_path / "none.csv").output
    path = written(tmp_path / "h.csv", DONE, columns=NEEDED)
    done = told(path, "--deal", "november-2032")
    assert done.exit_code == 2
    assert "november-2032" in done.output


@pytest.mark.parametrize("path", sorted((folder() / "history").glob("*.csv")), ids=lambda path: path.stem)
def test_records_of_the_catalogue_are_sound_and_say_where_each_line_is_from(path):
    assert told(path).output == "1 document(s) valid\n"


def test_the_published_table_names_the_columns_that_are_read():
    printed = json.loads(CliRunner().invoke(main, ["schema", "history"]).output)
    assert printed == schema()
    fields = {field["name"]: field for field in printed["fields"]}
    assert list(fields) == list(COLUMNS)
    assert fields["kind"]["constraints"]["enum"] == list(KINDS)
    assert set(OUTCOMES) == set(fields["outcome"]["constraints"]["enum"])
    assert set(EVENTS) < set(KINDS)
    assert fields["day"]["type"] == "integer"
