"""A sparse scenario becomes a complete one."""

import json
import time
from pathlib import Path

import pytest

from sim.reading import catalogue
from sim.reading.model import load_deal, parse_text, read_deal
from sim.reading.problem import DocumentError
from sim.reading.resolve import resolve
from sim.reading.store import as_data, as_yaml, from_resolved, resolved_hash
from sim.reading.template import starting_deal, starting_scenario
from sim.reading.validate import validate_file

VALID = Path(__file__).parents[1] / "documents" / "valid"


def test_creditor_phase_and_horizon_are_written_out():
    resolved = resolve(VALID / "baseline.yaml")
    assert {key: (o.to, o.phase) for key, o in resolved.deal.obligations.items()} == {
        "batch_1": ("south", "one"),
        "batch_2": ("south", "one"),
        "batch_3": ("south", "two"),
        "batch_4": ("south", "two"),
        "back": ("north", None),  # owed for releases of both phases, each in its release's
        "more": ("north", "two"),
        "aid": ("north", "one"),
        "talks": ("north", "one"),
    }
    assert resolved.horizon == 180 * 1440
    assert resolved.changed == []


def test_a_third_state_owes_to_the_first_party(tmp_path):
    (tmp_path / "s.yaml").write_text(f"scenario: s\nquestion: Who?\ndeal: {VALID / 'short-forms.yaml'}\n")
    assert resolve(tmp_path / "s.yaml").deal.obligations["force"].to == "north"


def test_a_scenario_lays_its_behaviour_and_changes_over_what_it_builds_on():
    resolved = resolve(VALID / "builds-on-twice.yaml")
    north = resolved.behaviour.parties["north"]
    assert (north.default.late, north.default.delay.median) == (0.3, 1440)
    assert north.obligations["batch_3"].late == 0.4
    assert list(resolved.behaviour.shocks) == ["shift"]
    assert resolved.behaviour.talks["second"].delay.p95 == 3 * 1440
    assert resolved.horizon == 120 * 1440
    assert "aid" not in resolved.deal.obligations
    assert resolved.deal.obligations["batch_5"].to == "south"
    assert resolved.changed == [
        "deal.obligations.talks.starts_by",
        "deal.obligations.aid",
        "deal.obligations.batch_2.amount.civilians",
        "deal.obligations.batch_5",
    ]


def test_settings_come_last_and_are_read_as_yaml():
    settings = {
        "behaviour.parties.north.default.late": "0.75",
        "behaviour.parties.south.kinds.release.refused": 0.5,
        "deal.obligations.talks.starts_by": "day 9",
        "deal.obligations.batch_2.after": "null",
        "horizon": "60 d",
    }
    resolved = resolve(VALID / "builds-on.yaml", settings)
    assert resolved.behaviour.parties["north"].default.late == 0.75
    assert resolved.behaviour.parties["south"].kinds["release"].refused == 0.5
    assert resolved.deal.obligations["talks"].starts_by == "day 9"
    assert resolved.deal.obligations["batch_2"].after == []
    assert resolved.horizon == 60 * 1440


def test_a_path_may_lead_through_a_key_with_a_dot(tmp_path):
    (tmp_path / "s.yaml").write_text(
        f"scenario: s\nquestion: Who?\nbuilds_on: {VALID / 'baseline.yaml'}\nbehaviour:\n  assumption: x\n"
        "  parties: {south: {obligations: {back.batch_1: {late: 0.1}}}}\n"
        "uncertain: {parties.south.obligations.back.batch_1.late: {uniform: [0, 1], assumption: x}}\n"
        "vary: {behaviour.parties.south.obligations.back.batch_1.late: [0.1, 0.2]}\n"
    )
    path = "parties.south.obligations.back.batch_1.late"
    assert list(resolve(tmp_path / "s.yaml").uncertain) == [path]
    fixed = resolve(tmp_path / "s.yaml", {f"behaviour.{path}": "0.4"})
    assert fixed.behaviour.parties["south"].obligations["back.batch_1"].late == 0.4
    assert fixed.uncertain == {}


def test_a_setting_may_reach_into_a_default():
    resolved = resolve(VALID / "baseline.yaml", {"behaviour.parties.south.suspends.p95": "3 d"})
    suspends = resolved.behaviour.parties["south"].suspends
    assert (suspends.median, suspends.p95) == (1440, 3 * 1440)


def test_every_path_that_may_vary_can_be_set():
    resolved = resolve(VALID / "baseline.yaml")
    whole = {"behaviour": resolved.behaviour.model_dump(mode="json", by_alias=True)}
    times = [path.removesuffix(".median") for path in _scalars(whole, "") if path.endswith(".median")]
    chances = [path for path in _scalars(whole, "") if path.endswith((".late", ".settles", ".restores"))]
    assert len(times) > 10
    assert len(chances) > 5
    for settings in [dict.fromkeys(times, "1 d"), dict.fromkeys(chances, 0.5)]:
        assert resolve(VALID / "baseline.yaml", settings).changed == []


def _scalars(block, prefix):
    for key, value in block.items():
        yield from _scalars(value, f"{prefix}{key}.") if isinstance(value, dict) else [f"{prefix}{key}"]


def test_what_a_setting_leaves_out_is_named_at_the_setting():
    with pytest.raises(
        DocumentError, match=r"^--set:1:1: missing-key behaviour\.parties\.north\.kinds\.return\.delay\.median"
    ):
        resolve(VALID / "baseline.yaml", {"behaviour.parties.north.kinds.return.delay.p95": "3 d"})


def test_there_is_nothing_to_remove_where_nothing_is_written():
    with pytest.raises(DocumentError, match=r"^--set:1:1: unknown-path [^\n]*$"):
        resolve(VALID / "baseline.yaml", {"behaviour.parties.south.latency.median": None})


def test_a_change_back_to_what_was_agreed_is_no_change():
    resolved = resolve(VALID / "builds-on.yaml", {"deal.obligations.talks.starts_by": "day 16"})
    assert resolved.changed == []


def test_a_setting_with_a_problem_is_named_by_its_place_on_the_command_line():
    settings = {"horizon": "60 d", "deal.obligations.batch_7.due": "day 3", "behaviour.parties.nort.withholds": "0.1"}
    with pytest.raises(DocumentError, match="unknown-path") as caught:
        resolve(VALID / "baseline.yaml", settings)
    assert [(p.file, p.line, p.code) for p in caught.value.problems] == [
        ("--set", 2, "unknown-path"),
        ("--set", 3, "unknown-reference"),
    ]
    assert "nearest path is deal.obligations.batch_" in caught.value.problems[0].hint


def test_a_value_given_later_takes_the_place_of_an_earlier_distribution():
    assert set(resolve(VALID / "uncertain.yaml").uncertain) == {
        "parties.north.default.late",
        "parties.south.withholds",
        "search.remains.found",
    }
    fixed = resolve(VALID / "uncertain.yaml", {"behaviour.parties.north.default.late": 0.2})
    assert set(fixed.uncertain) == {"parties.south.withholds", "search.remains.found"}


def test_a_longer_chain_than_allowed_is_refused(tmp_path):
    for number in range(25):
        text = f"scenario: s\nquestion: How far?\nbuilds_on: s{number + 1}\n"
        (tmp_path / f"s{number}.yaml").write_text(text)
    (tmp_path / "s25.yaml").write_text(f"scenario: s\nquestion: How far?\ndeal: {VALID / 'minimal.yaml'}\n")
    assert [problem.code for problem in validate_file(tmp_path / "s0.yaml")] == ["too-long"]
    assert validate_file(tmp_path / "s20.yaml") == []


@pytest.mark.parametrize("name", ["baseline", "builds-on-twice", "uncertain", "no-behaviour"])
def test_a_stored_scenario_is_the_same_with_the_same_hash(name):
    resolved = resolve(VALID / f"{name}.yaml")
    for stored in (as_yaml(resolved), as_data(resolved), json.dumps(as_data(resolved))):
        again = from_resolved(stored)
        assert again == resolved
        assert resolved_hash(again) == resolved_hash(resolved)


def test_the_hash_changes_with_a_value_and_with_the_order_of_obligations():
    resolved = resolve(VALID / "baseline.yaml")
    data = as_data(resolved)
    data["deal"]["obligations"] = dict(reversed(data["deal"]["obligations"].items()))
    other = resolve(VALID / "baseline.yaml", {"behaviour.parties.north.default.late": 0.11})
    assert len({resolved_hash(resolved), resolved_hash(from_resolved(data)), resolved_hash(other)}) == 3


def test_a_stored_scenario_with_a_fault_is_refused():
    data = as_data(resolve(VALID / "baseline.yaml"))
    data["deal"]["obligations"]["batch_1"]["by"] = "nobody"
    with pytest.raises(DocumentError, match=r"resolved:1:1: .*unknown-reference deal\.obligations\.batch_1\.by"):
        from_resolved(data)


def test_strange_text_survives_storing():
    data = as_data(resolve(VALID / "no-behaviour.yaml"))
    data["notes"] = [
        "yes",
        "null",
        "1e3",
        "a: b # c",
        "'",
        '"\\',
        " lead",
        "é\u00a0\u200b😀",
        "- x",
        "",
        "two\nlines\t",
    ]
    resolved = from_resolved(data)
    assert from_resolved(as_yaml(resolved)).notes == data["notes"]


def test_more_owed_by_ratio_than_a_group_has_is_a_warning(tmp_path):
    text = (VALID / "short-forms.yaml").read_text().replace("{sentenced: 10}", "{sentenced: 11}")
    (tmp_path / "deal.yaml").write_text(text)
    assert [(p.severity, p.code) for p in validate_file(tmp_path / "deal.yaml")] == [
        ("warning", "return-exceeds-stock")
    ]
    assert load_deal(tmp_path / "deal.yaml").deal == "forms"


def test_a_long_chain_of_gates_is_followed_in_either_order():
    def deal(numbers):
        items = "".join(
            f"  o{n}: {{kind: truce, by: a, after: {f'o{n - 1}' if n else '[]'}, assumption: x}}\n" for n in numbers
        )
        head = "deal: d\ntitle: d\nstarts: 2025-01-19T08:30Z\nparties: [a, b]\nphases: {one: {assumption: x}}\n"
        return parse_text(f"{head}obligations:\n{items}", "file")

    start = time.perf_counter()
    for numbers in (range(300), range(299, -1, -1)):
        assert read_deal(deal(numbers))[1] == []
    assert time.perf_counter() - start < 10


def test_the_starting_documents_are_sound(tmp_path):
    (tmp_path / "my-deal.yaml").write_text(starting_deal("my-deal"))
    (tmp_path / "my-scenario.yaml").write_text(starting_scenario("my-scenario", "my-deal"))
    assert validate_file(tmp_path / "my-deal.yaml") == []
    assert validate_file(tmp_path / "my-scenario.yaml") == []
    assert resolve(tmp_path / "my-scenario.yaml").deal.deal == "my-deal"


# ---------------------------------------------------------------- catalogue


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    (tmp_path / "deals").mkdir()
    (tmp_path / "studies").mkdir()
    (tmp_path / "first").mkdir()
    (tmp_path / "deals" / "first.yaml").write_text(starting_deal("first"))
    (tmp_path / "studies" / "all.yaml").write_text("study: all\ntitle: All\nquestion: Which?\n")
    for name in ("late", "early"):
        (tmp_path / "first" / f"{name}.yaml").write_text(starting_scenario(name, "first"))
    monkeypatch.setattr(catalogue, "folder", lambda: tmp_path)
    return tmp_path


def test_the_catalogue_lists_deals_and_scenarios_by_name(shelf):
    assert [(entry.name, entry.deal, entry.title) for entry in catalogue.deals()] == [
        ("first", "first", "Title of the deal")
    ]
    assert [(entry.name, entry.deal, entry.question) for entry in catalogue.scenarios()] == [
        ("first/early", "first", "What happens if releases run late?"),
        ("first/late", "first", "What happens if releases run late?"),
    ]


def test_the_catalogue_lists_studies_apart_from_scenarios(shelf):
    assert [(entry.name, entry.title, entry.question) for entry in catalogue.studies()] == [("all", "All", "Which?")]
    assert catalogue.find("all") == shelf / "studies" / "all.yaml"


def test_a_name_of_the_catalogue_resolves(shelf):
    assert resolve("first/late").deal.deal == "first"
    assert catalogue.find("first") == shelf / "deals" / "first.yaml"


def test_an_unknown_name_gets_the_nearest_one(shelf):
    with pytest.raises(
        DocumentError, match=r"^no file and no catalogue entry 'first/lat' \(did you mean first/late"
    ) as e:
        resolve("first/lat")
    assert [problem.code for problem in e.value.problems] == ["unknown-name"]


@pytest.mark.parametrize("name", ["", "\0", "a" * 5000, "..", "/"])
def test_a_name_that_can_be_no_file_is_unknown(shelf, name):
    with pytest.raises(DocumentError, match="no file and no catalogue entry") as error:
        catalogue.find(name)
    assert [problem.code for problem in error.value.problems] == ["unknown-name"]


def test_forty_scenarios_are_listed_quickly(shelf):
    for number in range(40):
        (shelf / "first" / f"s{number}.yaml").write_text(starting_scenario(f"s{number}", "first"))
    start = time.process_time()
    assert len(catalogue.scenarios()) == 42
    assert time.process_time() - start < 0.2
