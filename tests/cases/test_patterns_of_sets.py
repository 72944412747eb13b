"""`check` tells what may go wrong by kinds, and an importance only where something moves."""

import json
import re

import pytest
from click.testing import CliRunner

from sim.cli.commands import main

BASELINE = "january-2025/baseline"


def said(scenario, *words):
    result = CliRunner().invoke(main, ["check", scenario, *words], env={"COLUMNS": "100"})
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.case(
    "O6",
    before="108 of 115 minimal sets are one finding repeated by the minute; other pairs are not printed",
    after="sets of one kind are one line with their number, and every kind is there",
)
def test_sets_of_one_kind_are_told_once_and_every_kind_is_told():
    words = "october-2025/baseline", "--deviations", "2", "-n", "30", "--goal", "end != completed"
    text, data = said(*words), json.loads(said(*words, "--json"))
    kinds = {}
    for found in data["minimal_sets"]:
        kinds.setdefault(tuple((next(iter(d)), d["choice"], *d["by"]) for d in found["deviations"]), []).append(found)
    assert len(kinds) < len(data["minimal_sets"]) / 5
    assert f"Minimal sets of deviations: {len(data['minimal_sets'])} of {len(kinds)} kinds" in text
    flat = " ".join(text.split())
    rows = re.findall(r" (\d+) +(?:collapsed|lapsed|standing|completed) +\d+", text)
    assert sum(map(int, rows)) == len(data["minimal_sets"])
    assert len(rows) == len(kinds)
    for party in ("Israel", "Hamas"):  # what either side may do is told of both
        assert f"major incident by {party}" in flat
    for sets in kinds.values():
        earliest = min(sets, key=lambda found: found["end_day"])
        assert earliest["deviations"][0]["words"].split(" on day")[0] in flat


@pytest.mark.case(
    "O6",
    before="where the goal comes about in every run, a table of +0.000 throughout",
    after="a sentence that nothing moves it, and how to ask for another goal, whose table has numbers",
)
def test_importance_is_told_only_where_the_goal_varies():
    text = said(BASELINE, "--deviations", "1", "-n", "30", "--goal", "end != completed")
    assert "+0.000" not in text
    assert "another goal with --goal." in text
    other = said(BASELINE, "--deviations", "1", "-n", "60", "--goal", "hostages_living_released < 25")
    assert "What each obligation means" in other
    assert re.search(r"Release of day 42 +\d+ +\+0\.\d{3}", other)
