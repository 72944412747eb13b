"""`ceasefire upgrade`: the text of old documents in today's words, every other letter as it was."""

import json
import textwrap
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.cli.commands import main
from sim.errors import DealError
from sim.reading.parse import parse
from sim.reading.rewrite import history_rewritten, rewritten
from sim.reading.upgrade import upgraded
from tests.amounts import a_share

BEFORE = Path(__file__).parents[1] / "regression" / "documents_of_0.1"
BOTH = [
    ("groups:\n  men: {side: hostages, held_by: a, count: 4}   # four\n",
     "stocks:\n  men: {of: people, list: hostages, held_by: a, count: 4}   # four\n"),
    ("groups:\n  dead:\n    # found or not\n    side: hostages   # theirs\n    condition: deceased\n    count: 2\n",
     "stocks:\n  dead:\n    # found or not\n    list: hostages   # theirs\n    of: remains\n    count: 2\n"),
    ("groups:\n  men:\n    count: 4   # four\n    side: 'hostages'\n    note: >-\n      side: no key\n",
     "stocks:\n  men:\n    count: 4   # four\n    of: people\n    list: 'hostages'\n"
     "    note: >-\n      side: no key\n"),
    ("groups: {a: &same {side: prisoners, count: 1}, b: *same}\n",
     "stocks: {a: &same {of: people, list: prisoners, count: 1}, b: *same}\n"),
    ("obligations:\n  x:\n    after:\n      - released: 6   # six\n      - {released: 2, side: prisoners}\n",
     "obligations:\n  x:\n    after:\n      - list: hostages\n        released: 6   # six\n"
     "      - {released: 2, list: prisoners}\n"),
    ("obligations:\n  x: {after: [{released: 6}, {any: [y, {released: 1, condition: living}]}]}\n",
     "obligations:\n  x: {after: [{released: 6, list: hostages}, "
     "{any: [y, {released: 1, list: hostages, of: people}]}]}\n"),
    ("obligations:\n  x: {after: [{obligation: y, side: prisoners}, {side: hostages, line: z}]}\n",
     "obligations:\n  x: {after: [{obligation: y}, {line: z}]}\n"),
    ("changes:\n  deal.groups.men.count: 5\n  \"deal.groups.men.condition\": deceased\n"
     "  deal.obligations.x.after: {released: 1}\n",
     "changes:\n  deal.stocks.men.count: 5\n  deal.stocks.men.of: remains\n"
     "  deal.obligations.x.after: {released: 1, list: hostages}\n"),
    ("axes:\n  size: {path: deal.groups.men.count, values: [1, 2]}\n",
     "axes:\n  size: {path: deal.stocks.men.count, values: [1, 2]}\n"),
    ("behaviour:\n  shocks: {found: {effect: locates, group: men}}\n",
     "behaviour:\n  shocks: {found: {effect: locates, stock: men}}\n"),
    ("guarantees:\n  g: {responds: {to: x, with: {held: {men: 1}}, within: 1 d}}\n",
     "guarantees:\n  g: {responds: {to: x, with: {held: {men: 1}}, within: 1 d}}\n"),
]  # fmt: skip
"""What stands after the first line, before and after."""


@pytest.mark.parametrize(("before", "after"), BOTH)
def test_only_the_words_change_and_twice_is_once(before, after):
    text, _ = rewritten("deal: x\n" + before, "x.yaml")
    assert text == "deal: x\n" + after
    assert rewritten(text, "x.yaml") == (text, [])


@pytest.mark.parametrize(
    "file", a_share(sorted(BEFORE.rglob("*.yaml")), 6), ids=lambda file: f"{file.parent.name}/{file.stem}"
)
def test_the_text_of_every_document_of_0_1_says_what_was_read_of_it(file):
    before = file.read_text()
    after, changes = rewritten(before, file.name)
    assert parse(after, file.name).data == upgraded(parse(before, file.name)).data
    assert rewritten(after, file.name) == (after, [])
    assert [line for line in after.splitlines() if line.lstrip().startswith("#")] == [
        line for line in before.splitlines() if line.lstrip().startswith("#")
    ]
    if not changes:
        assert after == before


def test_a_word_that_an_anchor_shares_with_another_place_is_left_to_the_author():
    text = "deal: x\ngroups: {a: {side: hostages, condition: &c deceased}}\nobligations: {b: {title: *c}}\n"
    with pytest.raises(DealError, match=r"x\.yaml: cannot be rewritten as it stands.*condition.*deceased -> remains"):
        rewritten(text, "x.yaml")


def test_what_is_no_document_stays():
    for text in ("groups: {a: {side: left}}\n", "- 1\n- 2\n"):
        assert rewritten(text, "x.yaml") == (text, [])
    assert history_rewritten("a,groups\n1,2\n") == ("a,groups\n1,2\n", [])


def test_a_history_gets_the_new_name_of_its_column():
    text, changes = history_rewritten("date,day,kind,by,obligation,groups,what\n2025-01-01,1,release,a,b,groups:1,c\n")
    assert text.splitlines()[0] == "date,day,kind,by,obligation,stocks,what"
    assert text.splitlines()[1].endswith("groups:1,c")
    assert changes == [(1, "groups -> stocks")]


DEAL = textwrap.dedent("""\
    deal: x
    groups:
      men: {side: hostages, held_by: a, count: 4}
    """)


def call(*words):
    result = CliRunner().invoke(main, ["upgrade", *map(str, words)])
    return result.exit_code, result.output


def test_a_folder_is_upgraded_line_by_line_and_a_check_writes_nothing(tmp_path):
    (tmp_path / "deals").mkdir()
    old, new = tmp_path / "deals" / "x.yaml", tmp_path / "new.yaml"
    old.write_bytes(b"\xef\xbb\xbf" + DEAL.replace("\n", "\r\n").encode())
    new.write_text("deal: y\nstocks: {}\n")
    old.chmod(0o600)
    before = old.read_bytes()
    code, output = call("--check", tmp_path)
    assert (code, old.read_bytes()) == (1, before)
    assert output.endswith("1 of 2 file(s) would change\n")
    code, output = call(tmp_path)
    assert code == 0
    assert f"{old}:2: groups -> stocks\n" in output
    assert f"{old}:3: groups.men.side -> list\n" in output
    assert old.read_bytes().startswith(b"\xef\xbb\xbfdeal: x\r\nstocks:\r\n  men: {of: people, list: hostages,")
    assert old.stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in tmp_path.rglob("*.*")) == ["new.yaml", "x.yaml"]
    assert call(tmp_path) == (0, "0 of 2 file(s) changed\n")


def test_changes_as_json(tmp_path):
    file = tmp_path / "x.yaml"
    file.write_text(DEAL)
    code, output = call("--check", "--json", file)
    told = json.loads(output)
    assert (code, told["files"], told["written"]) == (1, 1, False)
    assert {"file": str(file), "line": 2, "change": "groups -> stocks"} in told["changes"]


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_upgraded(tmp_path):
    broken, good = tmp_path / "broken.yaml", tmp_path / "good.yaml"
    broken.write_text("deal: x\ngroups: {a: [\n")
    good.write_text(DEAL)
    code, output = call(broken, good, tmp_path / "none.yaml")
    assert code == 2
    assert "broken.yaml:2" in output or "broken.yaml:3" in output
    assert "none.yaml: cannot be read" in output
    assert "stocks:" in good.read_text()
