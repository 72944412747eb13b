"""When obligations are met, as the report tells it."""

from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from sim.analysis.compare import Design, compare
from sim.cli.commands import main
from sim.report.page.obligations import met_table
from tests.builders import tiny

TWO = """
deal:
  groups: {held: {side: hostages, held_by: north, count: 3}}
  obligations:
    first: {kind: release, by: north, amount: {held: 1}, due: day 3, title: First of them}
    second: {kind: release, by: north, amount: {held: 2}, due: day 8}
    never: {kind: information, by: south, due: day 9, title: A list of names}
behaviour:
  parties:
    north: {obligations: {second: {late: 0.7, delay: 2 d}}}
    south: {obligations: {never: {refused: 1}}}
  mediators: {settles: 0}
"""


def found(text=TWO, n=200):
    return compare(Design(tiny(text), n=n, seed=3))


def test_a_row_says_in_how_many_runs_and_by_when():
    (table,) = met_table(found(), ["this"])
    assert table.rows == [
        ["First of them", "100, half by day 3"],
        ["second", "100, half by day 10 (8 to 10)"],
    ]
    assert table.note.endswith("Met in no run: A list of names.")


def test_without_counts_by_day_there_is_no_table():
    comparison = found(n=5)
    older = replace(comparison, baseline=replace(comparison.baseline, met={}))
    assert met_table(older, ["this"]) == []
    none = {name: np.zeros_like(days) for name, days in comparison.baseline.met.items()}
    assert met_table(replace(comparison, baseline=replace(comparison.baseline, met=none)), ["this"]) == []


def call(*words, exit_code=0):
    result = CliRunner().invoke(main, list(map(str, words)))
    assert result.exit_code == exit_code, result.output
    return result.output


@pytest.mark.slow
def test_releases_of_one_list_are_drawn_alone(tmp_path):
    folder = tmp_path / "out"
    call("compare", "october-2025/baseline", "-n", 40, "--out", folder)
    words = ["plot", folder, "--kind", "releases", "--out", tmp_path / "one.svg"]
    call(*words, "--list", "prisoners_deceased")
    drawn = (tmp_path / "one.svg").read_text()
    assert "Prisoners returned, deceased" in drawn
    assert "Hostages" not in drawn
    said = call(*words, "--list", "nobody", exit_code=2)
    assert "lists are hostages_living, hostages_deceased, prisoners, prisoners_deceased" in said
