"""The page on data names every file and data set that figures rest on; the catalogue in numbers is counted by hand."""

import csv
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from sim.cli.commands import main
from sim.reading import catalogue
from sim.report.catalogue import NO_PAIR, groups, numbers, totals

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
ATTRIBUTION = (catalogue.folder() / "ATTRIBUTION.md").read_text(encoding="utf-8")
NUMBERS = {row.deal: row for row in numbers()}


def raw(deal: str) -> dict:
    """A deal as plain YAML."""
    return YAML(typ="safe").load(catalogue.folder() / "deals" / f"{deal}.yaml")


@pytest.mark.parametrize("deal", NUMBERS)
def test_the_numbers_of_a_deal_are_those_of_its_file(deal):
    document, row = raw(deal), NUMBERS[deal]
    assert row.obligations == len(document["obligations"])
    assert row.not_modelled == len(document["not_modelled"])
    assert row.sources >= len(document["sources"])
    assert row.dated == sum(
        bool(re.match(r"(phase )?day |phase end", str(o.get("due", "")))) for o in document["obligations"].values()
    )
    history = catalogue.folder() / "history" / f"{deal}.csv"
    text = history.read_text(encoding="utf-8") if history.is_file() else ""
    lines = list(csv.DictReader(text.splitlines()))
    assert row.steps == sum(bool(line["date"]) for line in lines)
    assert row.scenarios == len(list((catalogue.folder() / deal).glob("*.yaml")))


def test_the_exchange_of_2011_in_numbers_by_hand():
    """Ten duties, eight with a day and two 48 hours after a list; five clauses; seven sources and its baseline's."""
    row = NUMBERS["israel-hamas-2011"]
    assert (row.obligations, row.dated, row.clauses, row.not_modelled, row.sources, row.steps, row.scenarios) == (
        10, 8, 5, 4, 8, 11, 3,
    )  # fmt: skip


def test_the_page_has_the_numbers_of_today():
    """Written by `python docs/data.py`."""
    whole = totals(list(NUMBERS.values()))
    told = " ".join(PAGE.partition("<!-- numbers -->")[2].partition("<!-- /numbers -->")[0].split())
    found = [int(number.replace(",", "")) for number in re.findall(r"[\d,]*\d", told)]
    names = ("deals", "obligations", "dated", "clauses", "not_modelled", "sources", "steps", "scenarios")
    assert found == [whole[name] for name in names]


def test_the_page_names_every_file_of_evidence():
    for path in (catalogue.folder() / "evidence").iterdir():
        assert path.name in PAGE, path.name


def test_every_data_set_behind_a_figure_is_on_the_page_and_attributed():
    with (catalogue.folder() / "evidence" / "assumptions.csv").open(newline="", encoding="utf-8") as stream:
        keys = {row["source"] for row in csv.DictReader(stream)}
    assert keys
    for key in {*keys, "UCDP-PA"}:
        assert f"| {key} | " in PAGE
        assert f"- {key}: " in ATTRIBUTION


def test_deals_are_grouped_by_pair_and_by_kind():
    by_pair, by_kind = groups("pair"), groups("kind")
    assert sorted(name for names in by_pair.values() for name in names) == sorted(NUMBERS)
    assert by_pair["iran-iraq"] == ["iran-iraq-1988", "iran-iraq-1990"]
    assert NO_PAIR not in by_pair
    assert set(by_kind["arms"]) == {"aceh-2005", "colombia-2016", "october-2025"}
    assert set(by_kind["release"]) == {name for name in NUMBERS if "kind: release" in str_of(name)}


def str_of(deal: str) -> str:
    """A deal's file as text."""
    return (catalogue.folder() / "deals" / f"{deal}.yaml").read_text(encoding="utf-8")


def said(*words: str) -> tuple[int, str]:
    """Exit code and output of a command."""
    found = CliRunner().invoke(main, ["list", *words], env={"COLUMNS": "120"})
    return found.exit_code, found.output


def test_the_command_prints_them_all():
    code, text = said("--numbers")
    assert code == 0
    assert all(name in text for name in NUMBERS)
    code, text = said("--by", "pair")
    assert code == 0
    assert "vietnam" in text.splitlines()
    code, text = said("--by", "pair", "--numbers")
    assert code == 2
    assert "one at a time" in text
