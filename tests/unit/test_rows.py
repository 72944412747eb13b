"""Rows of past deals: each with its source, its class as its hours say, and base rates that are their sums."""

import csv
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from sim.analysis.history.record import rows_of
from sim.analysis.history.rows import (
    CLASSES,
    FORCES_COLUMNS,
    PEOPLE_COLUMNS,
    EvidenceError,
    counts,
    hours_on_time,
    read_rows,
    read_table,
    shares,
)
from sim.document.deal import Deal
from sim.reading import catalogue
from sim.reading.resolve import resolve
from tests.catalog.derive_base_rates import PAGE, table

EVIDENCE = catalogue.folder() / "evidence"
FILES = {"people.csv": PEOPLE_COLUMNS, "forces.csv": FORCES_COLUMNS}
ROWS = read_rows()


@pytest.mark.parametrize("name", FILES)
def test_every_row_names_a_source(name):
    for row in read_table(EVIDENCE / name, FILES[name]):
        for source in row["source"].split(" | "):
            is_file = source.startswith("scenarios/") and (EVIDENCE.parents[1] / source).is_file()
            assert is_file or re.match(r"https?://\S+$", source), (row["deal"], row["step"], source)


@pytest.mark.parametrize("name", FILES)
def test_no_row_is_there_twice(name):
    keys = [(row["deal"], row["step"]) for row in read_table(EVIDENCE / name, FILES[name])]
    assert len(keys) == len(set(keys))


def test_hours_agree_with_classes():
    """Within a day, up to two weeks, later; steps most of which came in time may have a late rest (at most a sixth)."""
    for row in read_table(EVIDENCE / "people.csv", PEOPLE_COLUMNS):
        if not row["last_hours_late"] or row["class"] == "D":
            continue
        hours = float(row["last_hours_late"])
        ends = {"A": (-np.inf, 24), "B": (24, 14 * 24), "C": (14 * 24, np.inf)}
        low, high = ends[row["class"]]
        assert low < hours <= high, (row["deal"], row["step"])


def test_what_never_came_in_full_is_in_the_last_class():
    for row in read_table(EVIDENCE / "people.csv", PEOPLE_COLUMNS):
        if row["class"] == "D" and row["planned"]:
            assert float(row["done"]) < 0.9 * float(row["planned"])


def test_the_rows_come_to_counts_made_by_hand():
    assert counts(ROWS.people).tolist() == [63, 9, 11, 11]
    assert counts(ROWS.forces).tolist() == [15, 7, 8, 5]
    assert len({step.deal for step in ROWS.people}) == 16
    assert len({step.pair for step in ROWS.people}) == 13
    doha = [step for step in ROWS.people if step.deal == "doha-2020"]
    assert [CLASSES[step.outcome] for step in doha] == ["C", "C", "C", "D"]
    assert [step.is_open for step in doha] == [True, False, True, True]
    assert [step.is_one_sided for step in doha] == [False, False, True, True]
    assert doha[0].hours_late == 4416


def test_base_rates_are_sums_of_rows_with_half_a_step_added():
    four = ROWS.people[:4]  # of Doha: three later than two weeks, one in part
    assert shares(four) == pytest.approx([0.5 / 6, 0.5 / 6, 3.5 / 6, 1.5 / 6])
    assert shares(()) == pytest.approx([0.25] * 4)
    assert hours_on_time(ROWS.people).min() == 0


def test_the_table_of_base_rates_is_that_of_the_rows():
    """Written by `python tests/catalog/derive_base_rates.py`."""
    assert PAGE.read_text(encoding="utf-8") == table()


def test_the_table_of_base_rates_leaves_each_deal_out():
    with PAGE.open(newline="", encoding="utf-8") as stream:
        found = {(row["left_out"], row["of"]): [int(row[name]) for name in CLASSES] for row in csv.DictReader(stream)}
    assert found["none", "people"] == [63, 9, 11, 11]
    assert found["doha-2020", "people"] == [63, 9, 8, 10]
    assert found["november-2023", "people"] == [49, 8, 11, 11]
    assert found["none", "forces"] == [15, 7, 8, 5]


def test_leaving_a_deal_out_leaves_the_others():
    rest = ROWS.without({"doha-2020"})
    assert set(rest.deals) == set(ROWS.deals) - {"doha-2020"}
    assert [step for step in ROWS.people if step.deal != "doha-2020"] == list(rest.people)


def test_the_catalogues_deals_have_the_pair_of_their_rows():
    pair_of = {step.deal: step.pair for step in (*ROWS.forces, *ROWS.people)}
    for entry in catalogue.deals():
        deal: Deal = resolve(f"{entry.name}/as-written").deal
        of_no_rows = {"colombia-2016": "colombia", "october-2025-talks": "israel-hamas"}
        assert deal.pair == pair_of.get(rows_of(entry.name), of_no_rows.get(entry.name))
        people = [o for o in deal.obligations.values() if deal.hands_over_people(o)]
        dated = [o for o in deal.obligations.values() if o.settled is not None]
        assert dated or not people
        assert all(o.source for o in dated)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",D03,people,C,", ",D03,people,E,", "people.csv, line 2: class: must be one of A, B, C, D, got 'E'"),
        (",696,4416,", ",696,soon,", "people.csv, line 2: last_hours_late: must be a number, got 'soon'"),
        ("deal,pair,", "deal,couple,", "people.csv: its columns are deal,pair,"),
        ("scenarios/history/october-2025.csv", "", "source: a row without a source is no evidence"),
    ],
)
def test_a_faulty_row_is_refused_with_its_place(tmp_path, old, new, message):
    shutil.copytree(EVIDENCE, tmp_path / "evidence")
    path = tmp_path / "evidence" / "people.csv"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(EvidenceError, match=re.escape(message)):
        read_rows(path.parent)


def test_all_faults_are_told_at_once(tmp_path):
    shutil.copytree(EVIDENCE, tmp_path / "evidence")
    path: Path = tmp_path / "evidence" / "forces.csv"
    path.write_text(path.read_text().replace(",C,", ",X,"))
    with pytest.raises(EvidenceError) as found:
        read_rows(path.parent)
    assert str(found.value).count("class: must be one of") == counts(ROWS.forces)[2]


def test_missing_evidence_is_said(tmp_path):
    with pytest.raises(EvidenceError, match=r"people\.csv: cannot be read"):
        read_rows(tmp_path)
