"""Documents in the words of 0.1: what is read of them, and at which place and by which key a problem is told."""

import json

import pytest

from sim.analysis.sweeps.axes import axes_of
from sim.plan.compile import compile_plan
from sim.plan.taken import same_plan
from sim.reading.model import parse_text
from sim.reading.problem import DocumentError
from sim.reading.resolve import resolve
from sim.reading.store import as_data, from_resolved
from sim.reading.upgrade import data_before, path_before, path_upgraded, setting_upgraded, steps_of
from sim.reading.validate import validate_file

DEAL = """
deal: old
title: In the words of 0.1
starts: 2025-01-01T08:00+00:00
sources: {text: {title: Text}}
parties: {north: North, south: South}
groups:
  men: {side: hostages, held_by: north, count: 4, source: text}
  bodies: {side: hostages, held_by: north, count: 2, condition: deceased, source: text}
  jailed: {side: prisoners, held_by: south, count: 9, source: text}
phases: {one: {lasts: 30 d, source: text}}
obligations:
  batch: {kind: release, by: north, due: day 2, amount: {men: 4, bodies: 2}, source: text}
  back: {kind: return, by: south, due: day 3, amount: {jailed: 9}, after: [{released: 2}], source: text}
  more: {kind: access, by: south, due: day 4, after: [{released: 1, side: prisoners}], source: text}
  last: {kind: access, by: south, due: day 5, after: [{released: 2, condition: deceased}], source: text}
guarantees:
  first: {precedes: [{released: {men: 1}}, {any: [back, {in_transit: 1, side: prisoners, condition: living}]}]}
"""
SCENARIO = """
scenario: old
question: What is read of it?
deal: old.yaml
behaviour:
  assumption: a
  search: {bodies: {time: 2 d}}
  shocks: {found: {at: day 4, effect: locates, group: bodies}}
  parties: {north: {leaves: {unless: [{released: 3, side: prisoners}]}}}
changes:
  deal.groups.men.count: 5
  deal.groups.bodies.condition: living
  deal.obligations.more.after.0.side: hostages
  deal.obligations.last.after: {released: 2}
vary:
  deal.groups.jailed.count: {low: 3, high: 9, steps: 3}
"""


@pytest.fixture
def old(tmp_path):
    """The file of the scenario, beside its deal."""
    (tmp_path / "old.yaml").write_text(DEAL)
    file = tmp_path / "scenario.yaml"
    file.write_text(SCENARIO)
    return file


def test_groups_are_stocks_whose_side_is_their_list_and_whose_condition_is_what_they_are_of():
    stocks = parse_text(DEAL, "deal").data["stocks"]
    assert {key: (stock["of"], stock["list"]) for key, stock in stocks.items()} == {
        "men": ("people", "hostages"), "bodies": ("remains", "hostages"), "jailed": ("people", "prisoners"),
    }  # fmt: skip
    assert list(stocks) == ["men", "bodies", "jailed"]


def test_a_number_without_a_side_was_of_hostages():
    gates = {key: o.get("after") for key, o in parse_text(DEAL, "deal").data["obligations"].items()}
    assert gates["back"] == [{"released": 2, "list": "hostages"}]
    assert gates["more"] == [{"released": 1, "list": "prisoners"}]
    assert gates["last"] == [{"released": 2, "of": "remains", "list": "hostages"}]


@pytest.mark.parametrize(
    "gate", ["{any: [back, %s]}", "{all: [back, %s]}", "{not: %s}", "{at_least: 1, of: [back, {not: {not: %s}}]}"]
)
def test_conditions_that_others_are_made_of_may_be_in_the_words_of_old_too(gate):
    last = "after: [{released: 2, condition: deceased}]"
    for old, new in [
        ("{released: 2, condition: deceased}", "{released: 2, of: remains, list: hostages}"),
        ("{released: 3, side: prisoners}", "{released: 3, list: prisoners}"),
    ]:
        read = parse_text(DEAL.replace(last, f"after: [{gate % old}]"), "deal").data
        said = parse_text(DEAL.replace(last, f"after: [{gate % new}]"), "deal").data
        assert read["obligations"]["last"] == said["obligations"]["last"]


def test_a_deal_of_today_names_the_list_and_no_default_is_made_up(tmp_path):
    file = tmp_path / "new.yaml"
    text = DEAL.replace("groups:", "stocks:").replace("side: hostages", "of: people, list: hostages")
    text = text.replace("side: prisoners, held_by", "of: people, list: prisoners, held_by").replace(
        ", condition: deceased", ""
    )
    file.write_text(text)
    told = [(p.line, p.path, p.message) for p in validate_file(file) if p.code == "bad-condition"]
    assert [(line, path) for line, path, _ in told] == [
        (14, "obligations.back.after.0"),
        (16, "obligations.last.after.0"),
    ]
    assert "names their list: {released: 2, list: NAME}" in told[0][2]


def test_a_scenario_is_read_with_its_changes_its_axes_its_gates_and_its_shocks(old):
    resolved = resolve(old)
    deal = resolved.deal
    assert (deal.stocks["men"].count, deal.stocks["bodies"].of) == (5, "people")
    assert [c.list for c in deal.obligations["more"].after] == ["hostages"]
    assert [c.list for c in deal.obligations["last"].after] == ["hostages"]
    assert resolved.behaviour.shocks["found"].stock == "bodies"
    assert resolved.behaviour.parties["north"].leaves.unless[0].list == "prisoners"
    assert list(resolved.vary) == ["deal.stocks.jailed.count"]
    assert [change for change in resolved.changed if "groups" in change] == []


def test_settings_and_axes_of_the_command_line_may_be_of_before(old):
    settings = {"deal.groups.men.count": "4", "deal.obligations.more.after": "{released: 1, side: prisoners}"}
    resolved = resolve(old, settings)
    assert resolved.deal.stocks["men"].count == 4
    assert resolved.deal.obligations["more"].after[0].list == "prisoners"
    assert [axis.path for axis in axes_of(resolved, ["deal.groups.men.count=1:4:2"])] == ["deal.stocks.men.count"]
    assert setting_upgraded("deal.groups.men.condition", "deceased") == ("deal.stocks.men.of", "remains")


@pytest.mark.parametrize(
    ("written", "broken", "told"),
    [
        ("condition: deceased", "condition: decesed", "9:54 unknown-word groups.bodies.condition"),
        ("side: prisoners, held_by", "side: prisonrs, held_by", "10:12 unknown-word groups.jailed.side"),
        ("held_by: south, count: 9", "held_by: sout, count: 9", "10:29 unknown-reference groups.jailed.held_by"),
        ("count: 4", "count: -4", "8:41 negative-count groups.men.count"),
        ("count: 4, source: text", "count: 4", "8:3 unsourced groups.men"),
        ("{men: 1}}", "{mem: 1}}", "18:34 unknown-stock guarantees.first.precedes.0.released.mem"),
    ],
)  # fmt: skip
def test_a_problem_names_the_key_that_was_written_at_its_place(tmp_path, written, broken, told):
    file = tmp_path / "old.yaml"
    file.write_text(DEAL.replace(written, broken, 1))
    assert told in [f"{p.line}:{p.column} {p.code} {p.path}" for p in validate_file(file)]


def test_problems_of_changes_and_settings_name_the_path_that_was_written(old):
    old.write_text(SCENARIO.replace("deal.groups.men.count: 5", "deal.groups.mem.count: 5"))
    assert [p.path for p in validate_file(old) if p.severity == "error"] == ["deal.groups.mem.count"]
    with pytest.raises(DocumentError, match=r"--set:1:1: unknown-path deal\.groups\.nobody\.count"):
        resolve("november-2023/baseline", {"deal.groups.nobody.count": 3})


def test_paths_of_today_and_of_before_are_each_others():
    for before, today in [
        ("deal.groups.men.count", "deal.stocks.men.count"),
        ("deal.groups.side.side", "deal.stocks.side.list"),
        ("deal.obligations.side.after.0.any.1.condition", "deal.obligations.side.after.0.any.1.of"),
        ("behaviour.shocks.group.group", "behaviour.shocks.group.stock"),
        ("behaviour.search.groups.found", "behaviour.search.groups.found"),
        ("horizon", "horizon"),
    ]:
        assert path_upgraded(before) == today
        assert path_upgraded(today) == today
        assert ".".join(map(str, path_before(tuple(today.split("."))))) == before


def test_a_resolved_scenario_goes_back_to_what_0_1_stored_and_comes_again(old):
    resolved = resolve(old)
    before = data_before(as_data(resolved))
    assert "stocks" not in json.dumps(before)
    assert "groups" in before["deal"]
    assert from_resolved(before) == resolved
    assert same_plan(compile_plan(from_resolved(before)), compile_plan(resolved))


def test_what_has_the_words_of_today_takes_no_step():
    assert steps_of(parse_text(DEAL, "deal").data) == []
    assert steps_of({"groups": {"side": {"side": "left"}}}) == []
