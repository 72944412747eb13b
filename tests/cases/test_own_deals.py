"""A deal of one's own is calibrated and tested like one of the catalogue's."""

import json
import re

import pytest
from click.testing import CliRunner

from sim.analysis.calibration.evidence import read_evidence
from sim.analysis.calibration.learning import counted_with_people, sort_of
from sim.analysis.history.record import read_record
from sim.cli.commands import main
from sim.reading.history import COLUMNS
from sim.reading.model import read_yaml
from sim.reading.resolve import resolve
from tests.builders import tiny

DEAL = """
deal: two-exchanges
title: Two exchanges
starts: 2024-03-01T08:00+00:00
parties: {north: The North, south: The South}
stocks:
  soldiers: {of: people, held_by: north, count: 60, list: prisoners, assumption: a}
  others: {of: people, held_by: south, count: 40, list: hostages, assumption: a}
phases: {one: {lasts: 60 d, assumption: a}}
obligations:
  first: {kind: release, by: north, due: day 5, amount: {soldiers: 60}, assumption: a, settled: yes, date_set_by: both}
  second: {kind: release, by: south, due: day 12, amount: {others: 40}, assumption: a, settled: open, date_set_by: one}
"""
LINES = [
    {"date": "2024-03-05", "day": 5, "kind": "release", "obligation": "first", "stocks": "soldiers:60",
     "prisoners": 60},
    {"date": "2024-03-20", "day": 20, "kind": "release", "obligation": "second", "stocks": "others:30",
     "hostages_living": 30},
]  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A deal and its history in the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deal.yaml").write_text(DEAL)
    rows = [",".join(str(line.get(name, "")) for name in COLUMNS) for line in LINES]
    (tmp_path / "history.csv").write_text("\n".join([",".join(COLUMNS), *rows, ""]))
    return tmp_path


def invoke(*arguments):
    return CliRunner().invoke(main, [*arguments])


@pytest.mark.slow
@pytest.mark.case(
    "O15",
    before="`calibrate --for my-deal.yaml` and `backtest my-deal.yaml` knew names of the catalogue alone",
    after="a file of a deal is calibrated, the result is a scenario of that file, and a history of one's own tests it",
)
def test_a_deal_of_ones_own_is_calibrated(folder):
    (folder / "out").mkdir()
    found = invoke("calibrate", "--for", "deal.yaml", "--draws", "100", "--out", "out/behaviour.yaml", "--json")
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    assert told["target"] == "two-exchanges"
    assert told["deals"] == ["january-2025", "november-2023", "october-2025"]
    assert not told["pair_known"]
    assert invoke("validate", "out/behaviour.yaml").exit_code == 0
    scenario = resolve(folder / "out" / "behaviour.yaml")
    assert scenario.deal.deal == "two-exchanges"
    parties = scenario.behaviour.parties
    assert parties["south"].kinds["release"].refused > parties["north"].kinds["release"].refused  # its names were open


def test_a_deal_of_ones_own_is_tested_against_its_history(folder):
    arguments = ["backtest", "deal.yaml", "--record", "history.csv", "--draws", "100", "-n", "200", "--workers", "1"]
    found = invoke(*arguments, "--out", "kept", "--json")
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    assert told["curves"]["hostages_living"]["observed"] == [0] * 19 + [30]
    # the text has all 40 out on day 12, so it is off by 40 on eight days and by 10 on the last, of 20
    assert told["crps"]["hostages_living"]["as_written"] == pytest.approx((8 * 40 + 10) / 20)
    assert told["crps"]["prisoners"]["as_written"] == 0
    assert invoke("validate", "kept/behaviour.yaml").exit_code == 0


def test_without_a_record_the_way_out_is_told(folder):
    found = invoke("backtest", "deal.yaml")
    assert found.exit_code == 2
    assert "--record" in found.stderr


def test_a_scenario_is_no_deal_to_calibrate(folder):
    invoke("calibrate", "--for", "deal.yaml", "--draws", "100", "--out", "behaviour.yaml")
    found = invoke("calibrate", "--for", "behaviour.yaml", "--draws", "100", "--out", str(folder / "again.yaml"))
    assert found.exit_code == 2
    assert "this is a scenario; name its deal" in found.stderr
    assert re.match("name a deal", invoke("calibrate", "--out", "x.yaml").stderr)


@pytest.mark.slow
def test_a_known_pair_is_nearer_to_its_other_agreements(folder):
    """Rows of the pair of Vietnam are late more often than those of all pairs, those of the Korean one never."""
    refused = {}
    for pair in ("yemen", "korea", "nobody"):
        (folder / "deal.yaml").write_text(DEAL + f"pair: {pair}\n")
        invoke("calibrate", "--for", "deal.yaml", "--draws", "100", "--out", f"{pair}.yaml")
        refused[pair] = resolve(folder / f"{pair}.yaml").behaviour.parties["north"].kinds["release"].refused
    assert refused["korea"] < refused["nobody"] < refused["yemen"]
    found = invoke("calibrate", "--for", "deal.yaml", "--new-pair", "--draws", "100", "--out", "-")
    assert found.exit_code == 0


TERMS = """
deal:
  others: {third: Third state}
  stocks:
    held: {list: hostages, of: people, held_by: north, count: 9}
    mine: {list: prisoners, of: people, held_by: south, count: 9}
    guns: {of: weapons, held_by: south, count: 9}
  obligations:
    list: {kind: information, by: north, due: day 1}
    r1: {kind: release, by: north, due: day 1, amount: {held: 3}, after: list, settled: "yes"}
    r2: {kind: release, by: north, due: day 8, amount: {held: 3}, after: r1, settled: open, date_set_by: one}
    back: {kind: return, by: south, for_each: [r1], ratio: {held: {mine: 1}}, due: same day}
    alone: {kind: information, by: south, due: day 2}
"""


def test_sorts_of_steps_follow_from_the_text():
    deal = tiny(TERMS).deal
    sorts = {key: sort_of(deal, obligation) for key, obligation in deal.obligations.items()}
    assert sorts == {
        "list": None, "r1": "people", "r2": "people_open_one_sided", "back": "people", "alone": None,
    }  # fmt: skip
    assert sort_of(deal, deal.obligations["r1"].model_copy(update={"by": "third"})) == "people_open"
    assert counted_with_people(deal) == {"list", "back"}


OTHER_KINDS = """
deal:
  stocks:
    held: {list: hostages, of: people, held_by: north, count: 9}
    guns: {of: weapons, held_by: south, count: 9}
  obligations:
    law: {kind: act, by: north, due: day 1}
    paid: {kind: payment, by: south, due: day 2, units: 5}
    moved: {kind: transfer, by: north, due: day 3, amount: {held: 3}, after: law, settled: open}
    arms: {kind: transfer, by: south, due: day 4, amount: {guns: 3}}
    counted: {kind: transfer, by: south, due: day 4, units: 4}
    home: {kind: demobilisation, by: south, due: day 5, units: 4}
"""


def test_kinds_that_are_new_are_steps_too():
    deal = tiny(OTHER_KINDS).deal
    sorts = {key: sort_of(deal, obligation) for key, obligation in deal.obligations.items()}
    assert sorts == {
        "law": None, "paid": None, "moved": "people_open", "arms": "forces", "counted": "forces", "home": "forces",
    }  # fmt: skip
    assert counted_with_people(deal) == {"law"}


def test_an_act_and_a_payment_may_be_late_and_a_transfer_of_people_comes_out(folder):
    more = """
  law: {kind: act, by: north, due: day 2, assumption: a}
  paid: {kind: payment, by: south, due: day 4, units: 5, assumption: a}
"""
    text = DEAL.replace("kind: release, by: north", "kind: transfer, to: south, by: north")
    (folder / "deal.yaml").write_text(text.rstrip() + more)
    found = invoke("calibrate", "--for", "deal.yaml", "--draws", "100", "--out", "behaviour.yaml", "--json")
    assert found.exit_code == 0, found.output
    told = {estimate["parameter"] for estimate in json.loads(found.stdout)["estimates"]}
    assert {"act.late", "act.refused", "payment.late"} < told
    parties = resolve(folder / "behaviour.yaml").behaviour.parties
    assert parties["north"].kinds["act"].late > 0
    assert parties["south"].kinds["payment"].refused > 0
    assert 0 < parties["north"].kinds["transfer"].refused < parties["south"].kinds["release"].refused
    history = (folder / "history.csv").read_text().replace(",release,,first", ",transfer,,first")
    (folder / "history.csv").write_text(history)
    deal = resolve(folder / "behaviour.yaml").deal
    assert read_record(deal, folder / "history.csv").released[2].tolist()[4:6] == [0, 60]
    evidence = read_evidence(deal, folder / "history.csv")
    assert evidence.batches_after_another == 1


@pytest.mark.slow
def test_a_deal_without_an_act_tells_nothing_of_acts():
    found = invoke("calibrate", "november-2023", "--draws", "100", "--out", "/dev/null", "--json")
    assert "act.late" not in found.stdout


def test_words_of_the_text_that_calibration_reads_belong_to_people():
    deal, _ = read_yaml(DEAL.replace("kind: release, by: south", "kind: withdrawal, by: south"), "deal.yaml")
    assert deal["obligations"]["second"]["kind"] == "withdrawal"
    with pytest.raises(Exception, match="settled"):
        tiny(TERMS.replace("alone: {kind: information,", 'alone: {kind: information, settled: "yes",'))
