"""The dated histories: they add up to the reported totals, by day and by group, and name what the deals name."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sim.analysis.history.rows import read_rows
from sim.document.deal import Deal
from sim.reading.model import load_deal

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
NAMES = ("november-2023", "january-2025", "october-2025")
WITHOUT_SUMS = sorted({file.stem for file in (SCENARIOS / "history").glob("*.csv")} - set(NAMES))


def lines_of(name: str) -> list[dict[str, str]]:
    with (SCENARIOS / "history" / f"{name}.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def deal_of(name: str) -> Deal:
    return load_deal(SCENARIOS / "deals" / f"{name}.yaml")


HISTORY = {name: lines_of(name) for name in (*NAMES, *WITHOUT_SUMS)}
DEALS = {name: deal_of(name) for name in HISTORY}


def people(line: dict[str, str]) -> dict[str, int]:
    """People by group in one line of the history."""
    return {group: int(number) for group, _, number in (part.partition(":") for part in line["stocks"].split())}


def total(name: str, field: str, until: int = 9999) -> int:
    return sum(int(line[field] or 0) for line in HISTORY[name] if int(line["day"]) <= until)


def moved(name: str, until: int = 9999) -> dict[str, int]:
    """People released by group."""
    sums: dict[str, int] = dict.fromkeys(DEALS[name].stocks, 0)
    for line in HISTORY[name]:
        if int(line["day"]) <= until:
            for group, number in people(line).items():
                sums[group] += number
    return sums


# Living hostages, deceased hostages, foreign nationals counted apart, prisoners.
TOTALS = {"november-2023": [81, 0, 24, 240], "january-2025": [25, 8, 5, 1777], "october-2025": [20, 28, 0, 1968]}


@pytest.mark.parametrize("name", NAMES)
def test_a_history_adds_up_to_the_reported_totals(name):
    fields = ("hostages_living", "hostages_deceased", "foreign_nationals", "prisoners")
    assert [total(name, field) for field in fields] == TOTALS[name]


def test_105_came_out_in_november_2023_and_80_of_them_against_three_each():
    groups = moved("november-2023")
    assert groups == {"women_and_children": 80, "dual_national": 1, "foreign_nationals": 24, "women_and_minors": 240}
    assert groups["women_and_minors"] == 3 * groups["women_and_children"]
    assert sum(groups.values()) - groups["women_and_minors"] == 105


def test_360_bodies_in_october_2025_are_fifteen_for_each_deceased_israeli():
    groups = moved("october-2025")
    assert groups == {key: group.count for key, group in DEALS["october-2025"].stocks.items()}
    assert groups["bodies_of_palestinians"] == 15 * groups["deceased_israelis"] == 360


# Day: hostages and foreign nationals together, prisoners, both by the clock (some prisoners left after midnight).
NOVEMBER = {
    1: (24, 39), 2: (41, 78), 3: (58, 117), 4: (69, 117), 5: (81, 180), 6: (97, 180), 7: (105, 210), 8: (105, 240),
}  # fmt: skip


@pytest.mark.parametrize("day", NOVEMBER)
def test_the_pause_has_the_running_totals_of_each_day(day):
    hostages = total("november-2023", "hostages_living", day) + total("november-2023", "foreign_nationals", day)
    assert (hostages, total("november-2023", "prisoners", day)) == NOVEMBER[day]


# Day: deceased returned so far.
REMAINS = {
    3: 0, 4: 4, 5: 7, 6: 9, 8: 10, 9: 12, 11: 13, 12: 15, 21: 17, 24: 20, 26: 21, 27: 22, 29: 23, 31: 24, 35: 25,
    47: 26, 55: 27, 108: 27, 109: 28,
}  # fmt: skip


@pytest.mark.parametrize("day", REMAINS)
def test_remains_come_back_over_the_long_tail_of_the_record(day):
    assert total("october-2025", "hostages_deceased", day) == REMAINS[day]


@pytest.mark.parametrize(("day", "bodies"), [(5, 45), (7, 120), (13, 195), (25, 270), (36, 330), (48, 345), (112, 360)])
def test_bodies_follow_the_remains(day, bodies):
    assert moved("october-2025", day)["bodies_of_palestinians"] == bodies


def test_bodies_never_run_ahead_of_their_ratio():
    for day in range(1, 120):
        so_far = moved("october-2025", day)
        assert so_far["bodies_of_palestinians"] <= 15 * so_far["deceased_israelis"], day


@pytest.mark.parametrize("name", ["november-2023", "october-2025"])
def test_every_handover_is_split_by_group(name):
    groups = DEALS[name].stocks
    handovers = [line for line in HISTORY[name] if line["kind"] in ("release", "return")]
    assert len(handovers) >= 20
    for line in handovers:
        counted = {g: n for g, n in people(line).items() if (groups[g].list, groups[g].of) != BODIES}
        fields = ("hostages_living", "hostages_deceased", "foreign_nationals", "prisoners")
        assert people(line)
        assert sum(counted.values()) == sum(int(line[field] or 0) for field in fields), line["what"]


BODIES = ("prisoners", "remains")  # bodies of Palestinians have no column of their own


def named(deal: Deal) -> set[str]:
    """What a history may name: obligations, and returns for one release."""
    releases = [key for key, o in deal.obligations.items() if o.kind == "release"]
    lots = {f"{leg}.{n}" for e in deal.exchanges.values() for leg in e.legs for n in range(1, e.lots + 1) if e.lots > 1}
    returns = {f"{key}.{release}" for key, o in deal.obligations.items() if o.ratio for release in releases}
    return set(deal.obligations) | returns | lots


@pytest.mark.parametrize("name", HISTORY)
def test_a_history_names_obligations_of_its_deal_and_counts_days_from_its_first(name):
    deal = DEALS[name]
    for line in HISTORY[name]:
        if line["kind"] != "phase":
            assert set(line["obligation"].split()) <= named(deal), line["what"]
        assert date.fromisoformat(line["date"]) == deal.starts.date() + timedelta(days=int(line["day"]) - 1)
        assert line["what"]
        assert line["source"].startswith("http")


@pytest.mark.parametrize("name", HISTORY)
def test_a_history_is_in_order_of_its_days(name):
    days = [int(line["day"]) for line in HISTORY[name]]
    assert days == sorted(days)


@pytest.mark.parametrize("name", HISTORY)
def test_clock_times_are_hours_and_minutes(name):
    times: list[Any] = [line["time"] for line in HISTORY[name] if line["time"]]
    assert times or name not in NAMES
    assert all(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", time) for time in times)


@pytest.mark.parametrize("name", WITHOUT_SUMS)
def test_nobody_comes_out_twice(name):
    deal = DEALS[name]
    for key, number in moved(name).items():
        assert 0 <= number <= deal.stocks[key].count, key


def test_every_history_says_how_it_was_kept_and_whose_rows_are_its_own():
    with (SCENARIOS / "evidence" / "records.csv").open(newline="", encoding="utf-8") as stream:
        kept = {row["deal"]: (row["rows"], row["kept"]) for row in csv.DictReader(stream)}
    assert set(kept) == set(HISTORY)
    assert {name for name, (_, how) in kept.items() if how == "day by day"} == set(NAMES)
    assert {how for _, how in kept.values()} == {"day by day", "steps"}
    assert {rows for rows, _ in kept.values()} <= set(read_rows().deals)
