"""The commands as people and scripts call them: what they print, how they end, and how they refuse."""

import json
import re
from dataclasses import replace

import click
import numpy as np
import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from sim import __version__
from sim.cli.commands import main
from sim.cli.common import MOST_REPLICATES
from sim.outcomes.columns import columns, is_quantity
from sim.outcomes.story import cause_called, describe
from sim.plan.codes import Event
from sim.plan.compile import compile_plan
from sim.reading.resolve import resolve
from sim.reading.store import from_resolved
from sim.results.load import load
from tests.amounts import slow

pytestmark = pytest.mark.usefixtures("without_drawing")
BASELINE, VARIANT = "january-2025/baseline", "january-2025/talks-start-day-4"
SETTLES = "behaviour.mediators.settles"
COMPLAINS = "behaviour.parties.hamas.complains"
ENDS = {"completed", "collapsed", "lapsed", "standing"}


def call(*words):
    """A command that may fail, but never with an exception that nobody caught."""
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def text_of(*words):
    result = call(*words)
    assert result.exit_code == 0, result.output
    return result.stdout


def json_of(*words, exit_code=0):
    """What a command prints with --json; there must be one object and nothing else."""
    result = call(*words, "--json")
    assert result.exit_code == exit_code, result.output
    assert result.stdout.endswith("}\n")
    assert result.stdout.count("\n") == 1
    return json.loads(result.stdout)


def refusal(*words):
    """What a command says that refuses its input: nothing on stdout, exit code 2."""
    result = call(*words)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    return " ".join(result.stderr.split())


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A small comparison kept in a folder."""
    folder = tmp_path_factory.mktemp("compare") / "out"
    text_of("compare", BASELINE, VARIANT, "-n", 40, "--seed", 5, "--out", folder)
    return folder


@pytest.fixture
def copy(results, tmp_path):
    """The same files, to spoil."""
    for path in results.rglob("*"):
        if path.is_file():
            place = tmp_path / "copy" / path.relative_to(results)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
    return tmp_path / "copy"


# ---------------------------------------------------------------- the documents


def test_the_version_is_the_packages():
    assert text_of("--version").split()[-1] == __version__


def test_every_command_has_help_and_a_description():
    for name, command in main.commands.items():
        assert command.help, name
        assert text_of(name, "--help").startswith("Usage: main " + name)


def test_every_command_that_prints_results_has_json():
    without = {
        name for name, command in main.commands.items() if not any("--json" in param.opts for param in command.params)
    }
    # one prints JSON as it is, one serves a page, the others write a file
    assert without == {"schema", "explore", "init", "export", "plot", "report"}


def test_list_names_every_deal_and_the_question_of_every_scenario():
    listed = json_of("list")
    assert {deal["name"] for deal in listed["deals"]} >= {"january-2025", "november-2023", "october-2025"}
    assert all(set(scenario) == {"name", "deal", "question"} for scenario in listed["scenarios"])
    assert {"name", "title"} == set(listed["deals"][0])
    assert {study["name"] for study in listed["studies"]} >= {"orderings", "talks-timing"}
    assert all(set(study) == {"name", "title", "question"} for study in listed["studies"])
    text = text_of("list")
    assert all(entry["name"] in text for entry in [*listed["scenarios"], *listed["studies"]])


@pytest.mark.parametrize("width", ["80", "120"])
@pytest.mark.parametrize("deal", ["january-2025", "november-2023", "october-2025"])
def test_show_keeps_every_obligation_whole_on_a_line_that_fits(deal, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", width)
    text = text_of("show", deal)
    words = set(re.findall(r"\S+", text))
    obligations = json_of("show", deal)["deal"]["obligations"]
    assert set(obligations) <= words
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= int(width)


def test_show_resolved_prints_a_document_that_can_be_read_back():
    text = text_of("show", BASELINE, "--resolved")
    assert YAML(typ="safe").load(text)["scenario"] == BASELINE
    assert from_resolved(text) == resolve(BASELINE)


def test_show_draws_the_phase_machine():
    text = text_of("show", "january-2025", "--mermaid")
    assert text.startswith("stateDiagram-v2")
    assert "two" in text


def test_show_takes_settings():
    shown = json_of("show", BASELINE, "--set", f"{SETTLES}=0.125")
    assert shown["behaviour"]["mediators"]["settles"] == 0.125


def test_validate_accepts_what_is_sound(tmp_path):
    file = tmp_path / "a-deal.yaml"
    text_of("init", file)
    assert json_of("validate", file) == {"valid": True, "problems": []}
    assert text_of("validate", file) == "1 document(s) valid\n"


def test_validate_says_place_code_path_and_hint_of_every_problem(tmp_path):
    file = tmp_path / "a-deal.yaml"
    text_of("init", file)
    file.write_text(file.read_text().replace("title:", "titel:").replace("count: 6", "count: six"))
    answer = json_of("validate", file, exit_code=2)
    assert answer["valid"] is False
    assert {"unknown-key", "missing-key", "wrong-type"} <= {problem["code"] for problem in answer["problems"]}
    for problem in answer["problems"]:
        assert set(problem) >= {"file", "line", "column", "code", "path", "message", "hint"}
        assert problem["file"].endswith("a-deal.yaml")
    printed = call("validate", file)
    assert printed.exit_code == 2
    assert re.search(r"a-deal\.yaml:4:1: unknown-key titel: .*did you mean title\?", printed.stdout)


@pytest.mark.parametrize("kind", ["deal", "scenario", "study"])
def test_schema_is_a_json_schema(kind):
    schema = json.loads(text_of("schema", kind))
    assert schema["type"] == "object"
    assert kind in schema["properties"]


def test_init_writes_a_deal_and_a_scenario_that_run(tmp_path):
    text_of("init", tmp_path / "a-deal.yaml")
    text_of("init", tmp_path / "first.yaml", "--deal", "a-deal")
    assert json_of("run", tmp_path / "first.yaml")["scenario"] == "first"


@pytest.mark.parametrize("deal", ["january-2025", "november-2023", "october-2025"])
def test_init_writes_a_sound_scenario_of_any_deal(tmp_path, deal):
    text_of("init", tmp_path / "mine.yaml", "--deal", deal)
    assert json_of("validate", tmp_path / "mine.yaml")["valid"]


def test_init_leaves_nothing_behind_that_is_not_sound(tmp_path):
    assert "no file and no catalogue entry 'nowhere'" in refusal("init", tmp_path / "mine.yaml", "--deal", "nowhere")
    assert "small letters, digits and hyphens" in refusal("init", tmp_path / "Not a Name.yaml")
    assert list(tmp_path.iterdir()) == []


def test_init_overwrites_nothing(tmp_path):
    file = tmp_path / "a-deal.yaml"
    file.write_text("mine")
    assert f"{file.name}: there is a file of this name" in refusal("init", file)
    assert file.read_text() == "mine"
    assert "No such file or directory" in refusal("init", tmp_path / "none" / "a-deal.yaml")


# ---------------------------------------------------------------- one replicate


def test_run_prints_the_outcomes_by_name():
    told = json_of("run", BASELINE, "--seed", 3, "--replicate", 2)
    assert list(told) == [
        "scenario", "seed", "replicate", "engine", "outcomes", "end", "root_cause", "guarantees", "milestones",
    ]  # fmt: skip
    assert (told["scenario"], told["seed"], told["replicate"]) == (BASELINE, 3, 2)
    assert told["engine"] == "reference"
    assert told["end"] in ENDS
    assert told["root_cause"]
    plan = compile_plan(resolve(BASELINE))
    assert set(told["outcomes"]) == {name for name in columns(plan) if is_quantity(name)}
    assert tuple(found["name"] for found in told["guarantees"]) == plan.guarantees
    assert [found["name"] for found in told["milestones"]] == [one.key for one in plan.milestones]


def test_run_tells_a_story_with_obligations_by_their_title():
    text = " ".join(text_of("run", BASELINE).split())
    for words in ("is met by Hamas", "released: 3", "How it ended, followed back", "Still held"):
        assert words in text
    assert "batch_1" not in text
    assert text.rstrip().endswith("not a forecast.")
    assert "\x1b" not in text


def test_every_event_has_a_sentence():
    power = {"by": "hamas", "may": "redate", "what": "batch_7", "days": "7 d", "assumption": "Of this test."}
    of = resolve("january-2025/strike-on-negotiators", {"deal.powers.extension": power})  # with a shock
    plan = replace(compile_plan(of), days=("day 9",))
    told = [describe(plan, [0, event, 0, 0, -1, 1, 2]) for event in Event]
    assert not [text for text in told if re.search(r"[a-z][A-Z]|[{}]", text)]
    assert len(set(told)) == len(Event)


def test_the_trace_is_json_lines_with_causes_that_come_first():
    text = text_of("run", BASELINE, "--trace", "-")
    events = [json.loads(line) for line in text.splitlines()]
    assert [event["id"] for event in events] == list(range(len(events)))
    assert all(event["cause"] is None or 0 <= event["cause"] < event["id"] for event in events)
    assert sum(event["cause"] is not None for event in events) > len(events) / 2
    minutes = [event["minute"] for event in events]
    assert minutes == sorted(minutes)
    assert {event["event"] for event in events} >= {"DealBegan", "ObligationMet", "PeopleMoved"}


def test_the_same_trace_comes_twice_and_another_with_another_replicate(tmp_path):
    for name, replicate in (("one", 1), ("again", 1), ("other", 2)):
        json_of("run", BASELINE, "--replicate", replicate, "--trace", tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "again").read_bytes()
    assert (tmp_path / "one").read_bytes() != (tmp_path / "other").read_bytes()


def test_settings_change_outcomes():
    short, whole = json_of("run", BASELINE, "--set", "horizon=5 d"), json_of("run", BASELINE)
    assert short["end"] == "standing"
    assert short["outcomes"]["hostages_living_released"] == 3
    assert whole["outcomes"]["hostages_living_released"] > 3


# ---------------------------------------------------------------- comparing


def test_compare_prints_estimates_ends_and_paired_differences():
    told = json_of("compare", BASELINE, VARIANT, "-n", 30, "--seed", 9)
    assert {"seed", "n", "engine", "baseline", "variants"} <= set(told)
    assert (told["seed"], told["n"], told["engine"]) == (9, 30, "batch")
    assert [told["baseline"]["scenario"], told["variants"][0]["scenario"]] == [BASELINE, VARIANT]
    for side in (told["baseline"], told["variants"][0]):
        assert set(side["ends"]) == ENDS
        for estimate in side["estimates"].values():
            assert estimate["low"] <= estimate["mean"] <= estimate["high"]
    assert "paired_difference" not in told["baseline"]
    pair = told["variants"][0]["paired_difference"]
    assert set(pair) == set(told["baseline"]["estimates"])
    means = [side["estimates"]["disputes"]["mean"] for side in (told["baseline"], told["variants"][0])]
    assert pair["disputes"]["mean"] == pytest.approx(means[1] - means[0])
    assert all(set(difference) >= {"mean", "low", "high", "variance_ratio"} for difference in pair.values())


def test_both_engines_print_the_same_estimates():
    batch, reference = (json_of("compare", BASELINE, "-n", 12, "--engine", engine) for engine in ("batch", "reference"))
    assert (batch.pop("engine"), reference.pop("engine")) == ("batch", "reference")
    assert batch == reference


def test_precision_stops_early_and_says_whether_it_was_reached():
    loose = json_of("compare", BASELINE, "-n", 4000, "--precision", "disputes=2")
    assert loose["n"] < 4000
    assert "Asked for Disputes ± 2: reached." in text_of("compare", BASELINE, "-n", 4000, "--precision", "disputes=2")
    assert json_of("compare", BASELINE, "-n", 30, "--precision", "disputes=0.001")["n"] == 30


def test_out_keeps_manifest_tables_summary_and_figure(results):
    assert {"manifest.json", "blocks.jsonl", "summary.json", "releases.png", "releases.svg"} <= {
        path.name for path in results.iterdir()
    }
    assert json_of("verify", results) == {"valid": True, "problems": []}
    assert json.loads((results / "summary.json").read_text())["n"] == 40


def test_resume_of_what_is_complete_gives_the_same(results):
    before = (results / "summary.json").read_bytes()
    words = ("compare", BASELINE, VARIANT, "-n", 40, "--seed", 5, "--out", results, "--resume")
    assert json_of(*words)["n"] == 40
    assert (results / "summary.json").read_bytes() == before


def test_more_scenarios_than_a_figure_can_tell_apart_are_compared_without_one(tmp_path):
    result = call("compare", *[BASELINE] * 9, "-n", 2, "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert "no figure: 9 scenarios: a figure can tell apart at most 8" in result.stderr
    assert not (tmp_path / "out" / "releases.png").exists()


def test_replay_prints_the_stored_row(results):
    stored = load(results)
    for place, key in enumerate(stored.scenarios):
        told = json_of("replay", results, "--replicate", 17, "--scenario", key)
        assert told["scenario"] == (BASELINE, VARIANT)[place]
        rows = stored.table().filter(f"scenario = '{key}' AND replicate = 17")
        row = dict(zip(rows.columns, rows.fetchall()[0], strict=True))
        for name, value in told["outcomes"].items():
            np.testing.assert_allclose(value, row[name], atol=1e-6)
        assert told["end"] == row["end"]
    assert "equal to the stored row" in text_of("replay", results, "--replicate", 17)


def test_replay_writes_the_trace_that_run_writes(results, tmp_path):
    json_of("replay", results, "--replicate", 4, "--trace", tmp_path / "replayed")
    json_of("run", BASELINE, "--seed", 5, "--replicate", 4, "--trace", tmp_path / "run")
    assert (tmp_path / "replayed").read_bytes() == (tmp_path / "run").read_bytes()


# ---------------------------------------------------------------- sweeping and explaining


def test_sweep_prints_a_cell_for_each_point(tmp_path):
    told = json_of("sweep", BASELINE, "--vary", f"{SETTLES}=0:1:3", "--vary", f"{COMPLAINS}=0,1", "-n", 10,
                   "--out", tmp_path / "out")  # fmt: skip
    assert {"results", "n", "cells"} <= set(told)
    assert (told["results"], told["n"]) == (str(tmp_path / "out"), 10)
    assert [list(cell["values"].values()) for cell in told["cells"]] == [
        [settles, complains] for settles in (0, 0.5, 1) for complains in (0, 1)
    ]
    assert all(set(cell["ends"]) == ENDS for cell in told["cells"])
    assert json_of("verify", tmp_path / "out")["valid"]
    assert "equal to the stored row" in text_of(
        "replay", tmp_path / "out", "--replicate", 3, "--scenario", "cell-00004"
    )


@pytest.mark.parametrize("width", ["80", slow("120")])
@pytest.mark.parametrize("design", [("grid",), slow(("lhs", "--points", 5)), slow(("sobol", "--points", 4))])
def test_every_design_is_printed_as_tables_that_fit(design, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", width)
    text = text_of("sweep", BASELINE, "--vary", f"{SETTLES}=0.1:0.9:3", "--vary", f"{COMPLAINS}=0:1:2", "-n", 20,
                   "--all", "--design", *design)  # fmt: skip
    assert f"mediators' success is {SETTLES}" in text
    assert "Effect on hostages released" in text
    assert ("Sobol indices" in text) == (design[0] == "sobol")
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= int(width)


def test_a_sweep_tells_the_outcomes_that_are_asked_for(tmp_path):
    words = (
        "sweep",
        BASELINE,
        "--vary",
        f"{SETTLES}=0,1",
        "-n",
        20,
        "--outcome",
        "captive_days",
        "--outcome",
        "disputes",
    )
    text = text_of(*words, "--out", tmp_path / "out")
    heading = " ".join(text.partition("mediators' success is")[2].split("\n", 3)[:3])
    assert "captivity" in heading
    assert "Disputes" in heading
    assert "Hostages released" not in text
    assert "Effect on days in captivity, living hostages" in text
    assert "Effect on disputes" in text
    drawn = (tmp_path / "out" / "tornado.svg").read_text(encoding="utf-8")
    assert "Disputes" in drawn
    assert "Days of truce" not in drawn


def test_a_comparison_tells_the_outcomes_that_are_asked_for():
    text = text_of("compare", BASELINE, VARIANT, "-n", 20, "--all", "--outcome", "largest_lead_hamas")
    assert text.count("Largest lead") == 3  # the means, the differences, the replicates to open
    assert "Disputes" not in text


@pytest.mark.parametrize("command", [("compare", VARIANT), ("sweep", "--vary", f"{SETTLES}=0,1")])
@pytest.mark.parametrize(
    ("outcome", "hint"), [("dispute", "did you mean disputes?"), ("peace of mind", "choose from aid_delivered")]
)
def test_an_unknown_outcome_is_refused_before_anything_runs(command, outcome, hint, monkeypatch):
    monkeypatch.setattr("sim.engine.batch.simulate_block", None)
    said = refusal(command[0], BASELINE, *command[1:], "-n", 10, "--outcome", outcome)
    assert f"no outcome '{outcome}' in every scenario; {hint}" in said


def test_axes_with_the_same_last_part_are_told_apart():
    text = text_of("sweep", BASELINE, "--vary", f"{COMPLAINS}=0,1", "--vary",
                   "behaviour.parties.israel.complains=0,1", "-n", 5, "--all")  # fmt: skip
    assert "Hamas: chance to complain is" in text
    assert "Israel: chance to complain is" in text


def test_a_sweep_uses_the_scenarios_own_axes():
    told = json_of("sweep", VARIANT, "-n", 5)
    assert {axis["path"] for axis in told["axes"]} == set(resolve(VARIANT).vary)


def test_explain_shows_where_histories_part_and_their_ends():
    told = json_of("explain", BASELINE, VARIANT, "--replicate", 0)
    assert told["same"] is False
    assert {told[side]["end"] for side in ("baseline", "variant")} <= ENDS
    text = text_of("explain", BASELINE, VARIANT, "--replicate", 0)
    assert "the histories part here" in text
    told_cause = cause_called(resolve(VARIANT), told["variant"]["root_cause"])
    assert f"ends {told['variant']['end']}: {told_cause}" in text
    assert "the two histories are the same" in text_of("explain", BASELINE, BASELINE, "--replicate", 0)


# ---------------------------------------------------------------- refusing


@pytest.mark.parametrize("command", ["show", "run", "compare", "sweep"])
def test_an_unknown_scenario_is_answered_with_the_nearest_name(command):
    assert f"did you mean {BASELINE}?" in refusal(command, "january-2025/baselin")


def test_a_deal_is_no_scenario():
    assert "january-2025.yaml is no scenario" in refusal("run", "january-2025")


@pytest.mark.parametrize("command", ["show", "run", "compare", "sweep"])
@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("behaviour.mediators.settle=0.5", "behaviour.mediators.settle: no such key here (did you mean settles?)"),
        ("behaviour.mediators.settles=lots", "behaviour.mediators.settles: must be a number"),
        ("behaviour.mediators.settles=2", "behaviour.mediators.settles: must be less than or equal to 1"),
        ("deal.obligations.batch_1.due=day 99999999999", "deal.obligations.batch_1.due: a date is"),
        ("horizon=99999999 d", "horizon: must be less than or equal to"),
        ("settles", "--set takes PATH=VALUE, got 'settles'"),
        ("=1", "--set takes PATH=VALUE, got '=1'"),
    ],
)
def test_a_bad_setting_is_named_with_its_path(command, setting, message):
    vary = ("--vary", f"{COMPLAINS}=0,1") if command == "sweep" else ()
    assert message in refusal(command, BASELINE, *vary, "--set", setting)


@pytest.mark.parametrize(
    ("axis", "message"),
    [
        ("behaviour.mediators.setles=0,1", "behaviour.mediators.setles: no such key here (did you mean settles?)"),
        ("deal.obligations.batch_11.due=day 1,day 2", "the nearest path is deal.obligations.batch_1"),
        (f"{SETTLES}=", "an axis is written path=lo:hi:k or path=a,b,c"),
        (f"{SETTLES}=0,,1", "a value is missing"),
        (f"{SETTLES}=0:1:0", "a range has 2 to 10000 values"),
        (f"{SETTLES}=0:1:99999999999", "a range has 2 to 10000 values"),
        (f"{SETTLES}=low,high", "not a number, a duration"),
        (f"{SETTLES}=0,nan", "not a number, a duration"),
        ("deal.title=1,2", "what stands at this path is no number, duration or day"),
        (SETTLES, "an axis is written path=lo:hi:k or path=a,b,c"),
    ],
)
def test_a_bad_axis_is_named_with_its_path(axis, message):
    assert message in refusal("sweep", BASELINE, "--vary", axis, "-n", 5)


def test_a_sweep_without_cells_or_with_too_many_is_refused():
    assert "a sweep needs an axis" in refusal("sweep", BASELINE)
    many = ("--vary", f"{SETTLES}=0:1:200", "--vary", f"{COMPLAINS}=0:1:200")
    assert "40000 cells, at most 10000 are allowed" in refusal("sweep", BASELINE, *many)
    grid = ("--vary", f"{SETTLES}=0,1", "--points", 4)
    assert "points belong to the designs lhs and sobol" in refusal("sweep", BASELINE, *grid)


@pytest.mark.parametrize("command", ["compare", "sweep"])
@pytest.mark.parametrize("n", ["0", "-1", "10000000000000000000000", "1.5", "many"])
def test_replicates_are_a_whole_number_within_bounds(command, n):
    assert "Invalid value for '-n'" in refusal(command, BASELINE, "-n", n)
    assert int(f"{MOST_REPLICATES}") == 10**9


@pytest.mark.parametrize("seed", ["-1", str(2**64), "x"])
def test_a_seed_outside_64_bits_is_refused(seed):
    assert "Invalid value for '--seed'" in refusal("run", BASELINE, "--seed", seed)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("dispute=1", "no outcome 'dispute' in every scenario; did you mean disputes?"),
        ("disputes", "--precision takes OUTCOME=HALFWIDTH with a number"),
        ("disputes=narrow", "--precision takes OUTCOME=HALFWIDTH with a number"),
        ("disputes=0", "half-width of disputes: must be a number above 0"),
        ("disputes=nan", "half-width of disputes: must be a number above 0"),
    ],
)
def test_a_bad_precision_is_refused(option, message):
    assert message in refusal("compare", BASELINE, "-n", 10, "--precision", option)


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    below = tmp_path / "file" / "below"
    assert f"{below}: cannot be written" in refusal("compare", BASELINE, "-n", 5, "--out", below)
    assert f"{below}: cannot be written" in refusal("run", BASELINE, "--trace", below)
    assert f"{below}: cannot be written" in refusal("sweep", BASELINE, "--vary", f"{SETTLES}=0,1", "--out", below)


def test_an_existing_folder_is_neither_overwritten_nor_continued_with_something_else(results, tmp_path):
    words = ("compare", BASELINE, VARIANT, "-n", 40, "--out", results)
    assert f"{results}: holds results already; continue them with --resume" in refusal(*words, "--seed", 5)
    assert "seed was 5, is 6" in refusal(*words, "--seed", 6, "--resume")
    (tmp_path / "letter.txt").write_text("not results")
    assert "holds letter.txt but no manifest.json" in refusal("compare", BASELINE, "-n", 5, "--out", tmp_path)


def test_resume_without_a_folder_is_refused():
    assert "--resume needs --out" in refusal("compare", BASELINE, "-n", 5, "--resume")
    assert "--resume needs --out" in refusal("sweep", BASELINE, "-n", 5, "--resume")


@pytest.mark.parametrize("command", [("replay", "--replicate", 1), ("verify",)])
def test_a_folder_without_results_is_refused(command, tmp_path):
    assert "manifest.json: missing" in refusal(command[0], tmp_path, *command[1:])
    assert "does not exist" in refusal(command[0], tmp_path / "nowhere", *command[1:])


def test_results_of_another_version_are_refused(copy):
    place = copy / "manifest.json"
    place.write_text(place.read_text().replace('"format": 1', '"format": 999', 1))
    message = f"{place}: results of format 999; this version reads format 1"
    assert message in refusal("replay", copy, "--replicate", 1)
    told = json_of("verify", copy, exit_code=1)
    assert told == {"valid": False, "problems": [message]}


def test_an_edited_manifest_is_refused(copy):
    place = copy / "manifest.json"
    place.write_text(place.read_text().replace('"seed": 5', '"seed": 6', 1))
    assert f"{place}: edited or damaged" in refusal("replay", copy, "--replicate", 1)


@pytest.mark.parametrize("damage", ["flip", "truncate", "remove"])
def test_a_damaged_table_is_named(copy, damage):
    table = sorted((copy / "replicates").rglob("*.parquet"))[0]
    content = table.read_bytes()
    table.unlink()
    if damage == "flip":
        table.write_bytes(content[:-20] + bytes([content[-20] ^ 255]) + content[-19:])
    elif damage == "truncate":
        table.write_bytes(content[: len(content) // 2])
    told = json_of("verify", copy, exit_code=1)
    assert len(told["problems"]) == 1
    assert told["problems"][0].startswith(f"{table}: ")
    assert str(table) in refusal("replay", copy, "--replicate", 1)
    words = ("compare", BASELINE, VARIANT, "-n", 40, "--seed", 5, "--out", copy, "--resume")
    json_of(*words)
    assert table.read_bytes() == content


def test_a_replicate_or_scenario_that_is_not_stored_is_refused(results):
    assert "no replicate 40" in refusal("replay", results, "--replicate", 40)
    assert "it has 0-january-2025-baseline" in refusal("replay", results, "--replicate", 1, "--scenario", "x")


def test_ctrl_c_ends_quietly_and_what_is_complete_continues(tmp_path, monkeypatch):
    words = ("compare", BASELINE, "-n", 20, "--out", tmp_path / "out")

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("sim.analysis.compare._Total.comparison", stop)
        stopped = call(*words)
    assert stopped.exit_code == 130
    assert "continue with --resume" in stopped.stderr
    assert "not finished; continue with --resume" in call("verify", tmp_path / "out").stdout
    assert json_of(*words, "--resume")["n"] == 20


def test_an_exception_that_is_a_bug_is_not_hidden(monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("sim.plan.taken.resolve_taken", fail)
    result = CliRunner().invoke(main, ["run", BASELINE])
    assert isinstance(result.exception, ZeroDivisionError)
    with pytest.raises(AssertionError, match="a bug"):
        call("run", BASELINE)


def test_colour_is_for_terminals_only(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in CliRunner().invoke(main, ["show", BASELINE], color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in CliRunner().invoke(main, ["show", BASELINE], color=True).stdout


def test_options_are_described():
    """What an option is for is its name or its help; short ones speak for themselves."""
    plain = {"seed", "replicate", "engine", "design", "max_cells"}
    for name, command in main.commands.items():
        for param in command.params:
            if isinstance(param, click.Option) and param.name not in plain:
                assert param.help, f"{name} {param.name}"


def test_sources_of_numbers_are_broken_over_lines_and_not_cut():
    shown = CliRunner().invoke(main, ["show", "january-2025/baseline"], env={"COLUMNS": "80"})
    assert shown.exit_code == 0
    assert "…" not in shown.output
    sources = " ".join(line[57:].strip() for line in shown.output.splitlines())
    assert "one date in the text against one date on which it was done; AFP / Bangkok Post, 21 Feb 2025" in sources
