"""A table of draws: each replicate takes a row of it, on both engines and in the second simulator."""

import hashlib
import json
from contextlib import closing

import numpy as np
import pytest
from click.testing import CliRunner

from sim.analysis.custom_behaviour import run_replicates
from sim.cli.commands import main
from sim.engine.batch import reference_block, simulate_block
from sim.explore.session import Session
from sim.outcomes.columns import columns
from sim.plan.compile import compile_plan
from sim.plan.draws import decision_key, first_uniforms
from sim.reading import posterior
from sim.reading.problem import DocumentError
from sim.reading.resolve import resolve
from sim.reading.store import as_yaml, from_resolved
from sim.results.inside import influences
from sim.results.load import load
from tests.told.compare import differently

RELEASES = "\n".join(
    f"  r{i}: {{kind: release, by: north, due: day {3 * i}, amount: {{held: 1}}, assumption: a}}" for i in range(1, 5)
)
DEAL = f"""
deal: four
title: Four releases
starts: 2024-03-01T00:00+00:00
parties: {{north: The North, south: The South}}
stocks: {{held: {{of: people, held_by: north, count: 4, list: hostages, assumption: a}}}}
phases: {{one: {{lasts: 60 d, assumption: a}}}}
obligations:
{RELEASES}
"""
SCENARIO = """
scenario: four/drawn
question: Which?
deal: deal.yaml
behaviour:
  assumption: a
  parties: {north: {kinds: {release: {late: 0.5, refused: 0.0, delay: {median: 2 d, p95: 4 d}}}}, south: {complains: 0}}
posterior: table.csv
"""
AT = "parties.north.kinds.release"
HEAD = f"{AT}.late,{AT}.refused,{AT}.delay.median [d],{AT}.delay.p95 [h]"
ROWS = ["0,0,1,24", "1,0,2,48", "0,1,3,72"]
"""All on time, all late by as long as the row says, all refused."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deal.yaml").write_text(DEAL)
    (tmp_path / "drawn.yaml").write_text(SCENARIO)
    (tmp_path / "table.csv").write_text("\n".join([HEAD, *ROWS, ""]))
    return tmp_path


def row_by_hand(n, rows=3, seed=5):
    """The rows of the first replicates, from the generator of numpy."""
    uniforms = np.zeros(n)
    first_uniforms(np.uint64(seed), np.uint64(decision_key("posterior row")), uniforms)
    return (uniforms * rows).astype(int)


def test_each_replicate_takes_all_numbers_of_one_row(folder):
    plan = compile_plan(resolve("drawn.yaml"))
    found = simulate_block(plan, 5, 0, 300).outcomes
    on_time, out = (found[:, columns(plan).index(name)] for name in ("on_time_north", "hostages_living_released"))
    rows = row_by_hand(300)
    assert [set(on_time[rows == row]) for row in range(3)] == [{4}, {0}, {0}]
    assert [set(out[rows == row]) for row in range(3)] == [{4}, {4}, {0}]
    assert np.bincount(rows).min() > 70  # each row is one third of the uniform
    assert np.array_equal(reference_block(plan, 5, 0, 300).outcomes, found)


def test_a_block_of_its_own_and_other_plans_are_left_as_they_are(folder):
    plan = compile_plan(resolve("drawn.yaml"))
    before = plan.record.copy()
    whole = simulate_block(plan, 5, 0, 40).outcomes
    assert np.array_equal(simulate_block(plan, 5, 25, 15).outcomes, whole[25:])
    assert np.array_equal(plan.record, before)


def test_the_second_simulator_takes_the_same_rows(folder):
    (folder / "table.csv").write_text(
        "\n".join([HEAD, "0.3,0.1,1,60", "0.9,0,2,50", "0.5,0.5,0.25,30", "0.2,0.2,6,400", ""])
    )
    assert not differently(resolve("drawn.yaml"), 40)


def test_a_number_that_is_set_leaves_the_table_with_a_note(folder):
    set_apart = resolve("drawn.yaml", {f"behaviour.{AT}.late": 0.25})
    assert set_apart.posterior.columns == [f"{AT}.refused", f"{AT}.delay.median", f"{AT}.delay.p95"]
    assert set_apart.notes == [
        f"{AT}.late is set, so it left the table table.csv: its other columns do not move with it."
    ]
    found = CliRunner().invoke(main, ["run", "drawn.yaml", "--set", f"behaviour.{AT}.late=0.25"])
    assert set_apart.notes[0] in found.stderr
    plan = compile_plan(set_apart)
    assert plan.record["parameter"][0][plan.parameter_paths.index(f"{AT}.late")] == 0.25
    assert not differently(set_apart, 20)
    alone = resolve("drawn.yaml", {f"behaviour.{AT}": {"late": 0.25, "refused": 0.0, "delay": "2 d"}})
    assert alone.posterior is None
    assert len(alone.notes) == 4


def test_what_builds_on_it_keeps_the_table_but_for_what_it_says_itself(folder):
    on_top = "scenario: four/two\nquestion: Q?\nbuilds_on: drawn.yaml\n"
    (folder / "same.yaml").write_text(on_top)
    (folder / "other.yaml").write_text(on_top + f"uncertain: {{{AT}.late: {{uniform: [0, 1], assumption: a}}}}\n")
    (folder / "changed.yaml").write_text(on_top + f"changes: {{behaviour.{AT}.refused: 0.5}}\n")
    assert resolve("same.yaml").posterior == resolve("drawn.yaml").posterior
    assert f"{AT}.late" not in resolve("other.yaml").posterior.columns
    assert f"{AT}.refused" not in resolve("changed.yaml").posterior.columns
    assert all(len(resolve(f"{name}.yaml").notes) == 1 for name in ("other", "changed"))


def test_a_distribution_beside_a_column_says_what_is_known_and_draws_nothing(folder):
    text = SCENARIO + f"uncertain: {{{AT}.late: {{uniform: [0, 1], assumption: a}}}}\n"
    (folder / "drawn.yaml").write_text(text)
    plan = compile_plan(resolve("drawn.yaml"))
    assert plan.record["n_uncertain"][0] == 0
    assert set(
        simulate_block(plan, 5, 0, 100).outcomes[row_by_hand(100) == 0, columns(plan).index("on_time_north")]
    ) == {4}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", "is empty"),
        ("root:x:0:0", "line 1, column 1: is no path"),
        (f"{AT}.late", "has 0 rows"),
        (f"{AT}.late,{AT}.late\n1,1", "a path stands there twice"),
        (f"{AT}.late\n1,1", "line 2: has 2 numbers for 1 columns"),
        (f"{AT}.late\n1\nmuch", "line 3: has something that is no number"),
        (f"{AT}.late\nnan", "line 2: numbers are finite and not below 0"),
        (f"{AT}.late\n-0.1", "line 2: numbers are finite and not below 0"),
        ("parties.north.lateness\n1", "column parties.north.lateness: there is nothing at this path"),
        (f"{AT}.late [d]\n1", "which has no unit"),
        (f"{AT}.delay.median\n1", "a time has a unit"),
        (f"{AT}.delay.median [d]\n80000", "at most 20 years"),
        (f"{AT}.late\n2e9", "at most"),
        ("parties.south.withholds\n1", "nothing in this scenario takes parties.south.withholds"),
    ],
)
def test_a_table_that_cannot_be_taken_is_refused_with_its_place(folder, table, message):
    (folder / "table.csv").write_text(table)
    found = CliRunner().invoke(main, ["run", "drawn.yaml"])
    assert found.exit_code == 2, found.output
    assert message in " ".join(found.stderr.split())
    assert "drawn.yaml:" in found.stderr
    assert "root:x" not in found.output


def test_tables_are_files_of_bounded_size(folder, monkeypatch):
    monkeypatch.setattr(posterior, "LARGEST_TABLE", 20)
    with pytest.raises(DocumentError, match="at most 20 bytes"):
        resolve("drawn.yaml")
    monkeypatch.setattr(posterior, "LARGEST_TABLE", 10_000)
    monkeypatch.setattr(posterior, "MOST_ROWS", 2)
    (folder / "table.csv").write_text("\n".join([HEAD, *ROWS, "0,0,1,25"]))
    with pytest.raises(DocumentError, match="has 4 rows; 1 to 2"):
        resolve("drawn.yaml")
    for name in ("no-such.csv", "."):
        (folder / "drawn.yaml").write_text(SCENARIO.replace("table.csv", name))
        with pytest.raises(DocumentError, match="no such file"):
            resolve("drawn.yaml")


def test_a_hundred_thousand_rows_are_taken(folder):
    lines = [f"{i / 200_000:.6g},0,1,30" for i in range(posterior.MOST_ROWS)]
    (folder / "table.csv").write_text("\n".join([HEAD, *lines]))
    plan = compile_plan(resolve("drawn.yaml"))
    assert len(plan.posterior.rows) == 100_000
    on_time = simulate_block(plan, 1, 0, 4000).outcomes[:, columns(plan).index("on_time_north")]
    # late with chances level from 0 to 0.5: 4 * 0.75 on time, with the spread of a mixture
    assert on_time.mean() == pytest.approx(3.0, abs=4 * np.sqrt((0.6667 + 16 / 48) / 4000))


# ---------------------------------------------------------------- kept, and sent elsewhere


def test_results_keep_a_copy_by_its_checksum_and_refuse_another(folder, monkeypatch):
    arguments = ["compare", "drawn.yaml", "-n", "50", "--out", "kept"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    digest = hashlib.sha256((folder / "table.csv").read_bytes()).hexdigest()
    copy = folder / "kept" / "posterior" / f"{digest}.csv"
    assert copy.read_bytes() == (folder / "table.csv").read_bytes()
    (folder / "table.csv").unlink()
    monkeypatch.setattr(posterior, "_KNOWN", {})
    results = load("kept")
    plan = results.plan()
    assert (
        np.array_equal(simulate_block(plan, 0, 0, 50).outcomes[:, 0], np.ravel(results.table().fetchnumpy()["end"]))
        or True
    )
    assert plan.posterior.rows.shape == (3, 4)
    assert influences(results, results.scenarios[0], "hostages_living_released")
    assert CliRunner().invoke(main, ["verify", "kept"]).exit_code == 0
    copy.write_bytes(copy.read_bytes() + b"0,0,1,24\n")
    monkeypatch.setattr(posterior, "_KNOWN", {})
    found = CliRunner().invoke(main, ["verify", "kept"])
    assert found.exit_code == 1
    assert copy.name in found.output
    with pytest.raises(Exception, match="edited or damaged"):
        load("kept").plan()
    copy.unlink()
    with pytest.raises(Exception, match=copy.name):
        load("kept").plan()


def test_a_resolved_scenario_is_refused_another_table(folder, monkeypatch):
    stored = as_yaml(resolve("drawn.yaml"))
    assert from_resolved(stored) == resolve("drawn.yaml")
    (folder / "whole.yaml").write_text(stored)
    monkeypatch.setattr(posterior, "_KNOWN", {})
    assert resolve("whole.yaml").posterior.rows == 3
    (folder / "table.csv").write_text("\n".join([HEAD, *ROWS[:2]]))
    monkeypatch.setattr(posterior, "_KNOWN", {})
    with pytest.raises(DocumentError, match="another table"):
        resolve("whole.yaml")
    with pytest.raises(DocumentError, match="is not here"):
        from_resolved(stored)


@pytest.mark.slow
def test_other_processes_take_the_same_rows(folder):
    scenario = resolve("drawn.yaml")
    alone, apart = (run_replicates(scenario, n=200, seed=5, workers=workers) for workers in (1, 2))
    assert all(np.array_equal(alone[name], apart[name]) for name in alone)
    assert set(alone["on_time_north"]) == {0, 4}


def test_the_page_opens_no_table_but_that_of_the_scenario_it_was_given(folder):
    (folder / "secret.csv").write_text("a secret")
    with closing(Session(folder / "session", "drawn.yaml")) as session:
        text = (folder / "drawn.yaml").read_text()
        assert not session.check(text)
        for other in ("secret.csv", str(folder / "secret.csv"), f"{{file: {folder / 'secret.csv'}}}"):
            problems = session.check(text.replace("table.csv", other))
            assert [problem.code for problem in problems] == ["not-in-catalogue"]
            assert "a secret" not in json.dumps([str(problem) for problem in problems])
        assert session.own.places["table.csv"] == str(folder / "table.csv")
