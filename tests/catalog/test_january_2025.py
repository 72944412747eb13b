"""A second reading of the January 2025 deal, coded from the clauses and not from the document, compared with it."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from sim.document.deal import Deal, Spread
from sim.reading.model import load_deal, load_scenario_file
from tests.clauses import missing_clauses

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
DEAL_FILE = SCENARIOS / "deals" / "january-2025.yaml"
SCENARIO_FILES = sorted((SCENARIOS / "january-2025").glob("*.yaml"))


DEAL = load_deal(DEAL_FILE)
WRITTEN = {path.stem: load_scenario_file(path) for path in SCENARIO_FILES}

# ---------------------------------------------------------------- the second reading

# Sections A to I of the terms by letter.
CLAUSES = [
    f"{letter}{number:02}"
    for letter, numbers in {
        "T": [1, 2, 3, 4, 5, 6, 10, 11, 12],
        "H": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        "P": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
        "W": [1, 2, 3, 4],
        "R": [1, 2, 3],
        "A": [1, 2, 3, 4],
        "X": [1, 2, 3, 4],
        "N": [1, 2],
        "F": [21, 22, 23, 31, 32, 33],
        "V": [1, 2, 3, 4, 5],
    }.items()
    for number in numbers
]

# Category: people on the list of 33.
CIVILIAN_WOMEN = {"female_civilians", "female_civilians_pij"}
LIVING = {"civilian women": 4, "female soldiers": 5, "men over 50": 5, "ill or wounded": 9, "long held": 2}
DECEASED = 8
PRISONERS = {
    "women and minors in prison": 4 * 30,
    "serving life": 5 * 30 + 5 * 3 + 110,
    "other sentences": 5 * 20 + 5 * 27 + 2 * 30,
    "re-arrested after 2011": 47,
    "detained in Gaza": 1000,
    "women and under-19s from Gaza": 1904 - 737 - 1000,
}

# Calendar date of each release, and how many it brings: three, four, four times three, the rest by day 42.
RELEASES = {
    "batch_1": (date(2025, 1, 19), 3),
    "batch_2": (date(2025, 1, 25), 4),
    "batch_3": (date(2025, 2, 1), 3),
    "batch_4": (date(2025, 2, 8), 3),
    "batch_5": (date(2025, 2, 15), 3),
    "bodies_1": (date(2025, 2, 20), 4),
    "batch_6": (date(2025, 2, 22), 3),
    "bodies_2": (date(2025, 2, 27), 4),
    "batch_7": (date(2025, 3, 1), 6),
}
NAMES = {release: release.replace("batch", "names").replace("bodies", "names_bodies") for release in RELEASES}

# What each release brings in return by the ratio of its categories.
RETURNS = {
    "batch_1": 3 * 30,
    "batch_2": 30 + 3 * 50,
    "batch_3": 2 * 50 + 30,
    "batch_4": 3 * 30,
    "batch_5": 30 + 2 * (12 + 111),
    "batch_6": 3 * (12 + 111),
    "batch_7": (110 - 5 * 12) + (1000 - 5 * 111) + 2 * 30 + 47,
    "bodies_1": 4 * (167 // 8),
    "bodies_2": 167 - 4 * (167 // 8),
}

# Obligation: its calendar date.
DATES = {
    "truce": date(2025, 1, 19),
    "names_1": date(2025, 1, 18),
    "status_list": date(2025, 1, 25),
    "rashid": date(2025, 1, 25),
    "return_on_foot_rashid": date(2025, 1, 25),
    "vehicles_north": date(2025, 1, 25),
    "netzarim": date(2025, 2, 9),
    "return_on_foot_salah_al_din": date(2025, 2, 9),
    "philadelphi_start": date(2025, 3, 1),
    "philadelphi_finish": date(2025, 3, 9),
}


def day_of(due: str) -> date:
    match = re.match(r"day (-?\d+)", due)
    assert match, due
    return date(2025, 1, 19) + timedelta(days=int(match[1]) - 1)


def minute_of(due: str) -> int:
    """Minutes from the midnight before day 1."""
    match = re.fullmatch(r"day (-?\d+)(?: (\d\d):(\d\d))?", due)
    assert match, due
    hours, minutes = (match[2], match[3]) if match[2] else DEAL.due_hour.split(":")
    return (int(match[1]) - 1) * 1440 + int(hours) * 60 + int(minutes)


def count(*groups: str) -> int:
    return sum(DEAL.stocks[group].count for group in groups)


def owed_for_one(group: str) -> dict[str, Any]:
    ratio = DEAL.obligations["prisoners"].ratio[group]
    return {key: amount.total if isinstance(amount, Spread) else amount for key, amount in ratio.items()}


def returned_for(deal: Deal) -> dict[str, int]:
    """Prisoners owed by release when all go as dated: even shares, the remainder with the last of the group."""
    left = {group: deal.stocks[group].count for group in deal.obligations["prisoners"].ratio}
    returned = {}
    for key in sorted(RELEASES, key=lambda name: RELEASES[name][0]):
        returned[key] = 0
        for group, people in deal.obligations[key].amount.items():
            left[group] -= people
            for amount in deal.obligations["prisoners"].ratio[group].values():
                if isinstance(amount, Spread):
                    each, remainder = divmod(amount.total, deal.stocks[group].count)
                    returned[key] += each * people + (remainder if left[group] == 0 else 0)
                else:
                    returned[key] += amount * people
    return returned


def gate(key: str) -> list[Any]:
    """What an obligation waits for: names of obligations, and counts of people released."""
    return [condition.obligation or condition.released for condition in DEAL.obligations[key].after]


def per_day(key: str) -> dict[str, float]:
    return dict(DEAL.obligations[key].each_day)


ALL_WOMEN = {"female_civilians": 3, "female_civilians_pij": 1, "female_soldiers": 5}

COMPARISONS: list[tuple[str, Any, Callable[[], Any]]] = [
    ("T01 days of each phase", [42, 42, 42], lambda: [p.lasts // 1440 for p in DEAL.phases.values() if p.lasts]),
    ("T01 order of phases", ["two", "three", None], lambda: [p.then for p in DEAL.phases.values()]),
    ("T02 guarantors", 3, lambda: len(DEAL.mediators)),
    ("T04 goes on with the talks", [("phase_two", "under_way")],
     lambda: [(c.talks, c.state) for c in DEAL.phases["one"].continues_while]),
    ("T04 no limit to going on", None, lambda: DEAL.phases["one"].at_most),
    ("T05 start", "2025-01-19T08:30:00+02:00", lambda: DEAL.starts.isoformat()),
    ("T05 start of the truce", "day 1 08:30", lambda: DEAL.obligations["truce"].due),
    ("T05 waits for the first names", ["names_1"], lambda: gate("truce")),
    ("T11 hours", {"hours_without_flights": 10}, lambda: per_day("no_flights")),
    ("T11 exchange days", {"hours_without_flights": 12}, lambda: dict(DEAL.obligations["no_flights"].on_exchange_days)),
    ("H01 civilian women", LIVING["civilian women"], lambda: count(*CIVILIAN_WOMEN)),
    ("H01 female soldiers", LIVING["female soldiers"], lambda: count("female_soldiers")),
    ("H01 men over 50", LIVING["men over 50"], lambda: count("men_over_50")),
    ("H01 ill or wounded", LIVING["ill or wounded"], lambda: count("ill_or_wounded")),
    ("H01 long held", LIVING["long held"], lambda: count("long_held")),
    ("H01 deceased", DECEASED, lambda: count("deceased_phase_one")),
    ("H01 all of phase one", 33, lambda: sum(sum(DEAL.obligations[key].amount.values()) for key in RELEASES)),
    ("H02-H07 dates", {key: day for key, (day, _) in RELEASES.items()},
     lambda: {key: day_of(DEAL.obligations[key].due) for key in RELEASES}),
    ("H02-H07 people", {key: people for key, (_, people) in RELEASES.items()},
     lambda: {key: sum(DEAL.obligations[key].amount.values()) for key in RELEASES}),
    ("H05 the sixth week", 33 - 3 - 4 - 4 * 3,
     lambda: sum(sum(DEAL.obligations[key].amount.values()) for key in ("bodies_1", "bodies_2", "batch_7"))),
    ("H05 long held in the last batch", 2, lambda: DEAL.obligations["batch_7"].amount["long_held"]),
    ("H06 civilian women in the first two", 4,
     lambda: sum(DEAL.obligations[key].amount.get(g, 0) for key in ("batch_1", "batch_2") for g in CIVILIAN_WOMEN)),
    ("H06 no soldier in the first", 0, lambda: DEAL.obligations["batch_1"].amount.get("female_soldiers", 0)),
    ("H07 deceased only on days 33 and 40", {"bodies_1": 4, "bodies_2": 4},
     lambda: {key: o.amount["deceased_phase_one"] for key, o in DEAL.obligations.items()
              if "deceased_phase_one" in o.amount}),
    ("H08 first names", "day 0 16:00", lambda: DEAL.obligations["names_1"].due),
    ("H08 a day ahead", dict.fromkeys(RELEASES, 24 * 60),
     lambda: {key: minute_of(DEAL.obligations[key].due) - minute_of(DEAL.obligations[names].due)
              for key, names in NAMES.items()}),
    ("H09 still on the list", 33 - 3 - 4, lambda: DEAL.obligations["status_list"].units),
    ("P01 for a civilian woman", {"women_and_minors": 30}, lambda: owed_for_one("female_civilians")),
    ("P01 wherever she is held", {"women_and_minors": 30}, lambda: owed_for_one("female_civilians_pij")),
    ("P02 for a female soldier", {"life_term": 30, "other_sentences": 20}, lambda: owed_for_one("female_soldiers")),
    ("P03 for a man over 50", {"life_term": 3, "other_sentences": 27}, lambda: owed_for_one("men_over_50")),
    ("P04, P05 for all nine", {"life_term": 110, "gaza_detainees": 1000}, lambda: owed_for_one("ill_or_wounded")),
    ("P06 for the long held", {"other_sentences": 30, "rearrested_2011": 47}, lambda: owed_for_one("long_held")),
    ("P07 for all eight", {"women_and_under_19_from_gaza": 167}, lambda: owed_for_one("deceased_phase_one")),
    ("P01-P07 same day", "same day", lambda: DEAL.obligations["prisoners"].due),
    ("P01-P07 by release", RETURNS, lambda: returned_for(DEAL)),
    ("P11 planned total", 1904, lambda: sum(returned_for(DEAL).values())),
    ("P11 from prisons", 737, lambda: count("women_and_minors", "life_term", "other_sentences", "rearrested_2011")),
    ("P11 from Gaza", 1167, lambda: count("gaza_detainees", "women_and_under_19_from_gaza")),
    ("P11 groups", sorted(PRISONERS.values()),
     lambda: sorted(g.count for g in DEAL.stocks.values() if g.list == "prisoners")),
    ("P04 life terms", 275, lambda: count("life_term")),
    ("W, R, H dates", DATES, lambda: {key: day_of(DEAL.obligations[key].due) for key in DATES}),
    ("W01 after seven releases", [7], lambda: gate("rashid")),
    ("W03 after the last of 33", [33], lambda: gate("philadelphi_start")),
    ("W03 finish after start", ["philadelphi_start"], lambda: gate("philadelphi_finish")),
    ("W04 after all women", [ALL_WOMEN], lambda: gate("rafah_redeployment")),
    ("W lines in order of their dates",
     ["populated_areas", "rashid", "rafah_crossing", "netzarim", "philadelphi_reduced", "philadelphi_begun",
      "philadelphi", "border"], lambda: list(DEAL.lines)[1:]),
    ("R01 with W01", ["rashid"], lambda: gate("return_on_foot_rashid")),
    ("R02 with W02", ["netzarim"], lambda: gate("return_on_foot_salah_al_din")),
    ("R03 after inspection", True, lambda: "vehicle_inspection" in gate("vehicles_north")),
    ("A01 trucks", {"trucks": 600}, lambda: per_day("aid")),
    ("A01 fuel", {"fuel_trucks": 50}, lambda: per_day("fuel")),
    ("A02 homes and tents in 42 days", {"temporary_homes": 60_000, "tents": 200_000},
     lambda: {what: round(amount * 42, -2) for what, amount in per_day("shelter").items()}),
    ("X01 after all women", True, lambda: ALL_WOMEN in gate("rafah_crossing")),
    ("X02 wounded fighters", {"wounded_fighters": 50}, lambda: per_day("wounded_fighters")),
    ("X03 civilians and others", {"civilians": 50, "others": 100}, lambda: per_day("sick_and_wounded")),
    ("N01 talks start", "day 16", lambda: DEAL.obligations["talks_two"].starts_by),
    ("N02 talks conclude", "day 35", lambda: DEAL.obligations["talks_two"].concludes_by),
    ("N02 phase two by agreement", [("phase_two", "agreed")],
     lambda: [(c.talks, c.state) for c in DEAL.phases["two"].enters_when]),
    ("F21 calm before the exchange", ["calm_israel", "calm_hamas"], lambda: gate("remaining_living")),
    ("F22, F31 left after phase one", 59, lambda: count("remaining_living", "remaining_deceased")),
    ("F22 no ratio", False, lambda: "remaining_living" in DEAL.obligations["prisoners"].ratio),
    ("F23 out of the Strip", "border", lambda: DEAL.obligations["full_withdrawal"].to_line),
    ("V03 who claims the right", ["israel"], lambda: DEAL.rights["resume_after_42_days"].claimed_by),
]  # fmt: skip


def test_the_second_reading_compares_something():
    assert len(COMPARISONS) >= 60
    assert len({name for name, _, _ in COMPARISONS}) == len(COMPARISONS)


@pytest.mark.parametrize(("name", "expected", "found"), COMPARISONS, ids=[name for name, _, _ in COMPARISONS])
def test_the_document_says_what_the_second_reader_read(name, expected, found):
    assert found() == expected


def test_the_sum_of_the_second_reading_is_the_planned_total():
    assert sum(PRISONERS.values()) == sum(RETURNS.values()) == 1904
    assert sum(LIVING.values()) + DECEASED == sum(people for _, people in RELEASES.values()) == 33


# ---------------------------------------------------------------- clauses


def test_every_clause_is_carried_or_left_out_with_a_reason():
    assert missing_clauses(DEAL, CLAUSES) == []
    assert all(len(reason.split()) > 5 for reason in DEAL.not_modelled.values())


def test_a_dropped_clause_is_noticed():
    kept = {key: obligation for key, obligation in DEAL.obligations.items() if key != "netzarim"}
    assert missing_clauses(DEAL.model_copy(update={"obligations": kept}), CLAUSES) == ["W02"]


def test_no_clause_is_both_carried_and_left_out_or_unknown():
    carried = {c for o in [*DEAL.obligations.values(), *DEAL.phases.values()] for c in o.clause or ()}
    assert carried <= set(CLAUSES)
    assert not carried & set(DEAL.not_modelled)


# ---------------------------------------------------------------- scenarios


def test_the_expected_scenarios_are_there_and_ask_a_question():
    asked = {"as-written", "baseline", "talks-start-day-4", "no-guarantors", "phase-one-only"}
    assert asked <= set(WRITTEN)
    assert all(scenario.question.endswith("?") for scenario in WRITTEN.values())
    assert all(scenario.scenario == f"january-2025/{stem}" for stem, scenario in WRITTEN.items())


def test_variants_build_on_a_scenario_of_this_deal():
    for stem, scenario in WRITTEN.items():
        if scenario.builds_on is None:
            assert scenario.deal == "january-2025", stem
        else:
            assert scenario.builds_on.removeprefix("january-2025/") in WRITTEN, stem


def test_both_sides_may_leave_after_phase_one_by_the_same_rule():
    israel = WRITTEN["phase-one-only"].behaviour.parties["israel"].leaves
    hamas = WRITTEN["phase-one-only-hamas"].behaviour.parties["hamas"].leaves
    assert (israel.after_phase, israel.latency) == (hamas.after_phase, hamas.latency) == ({"one": 1.0}, israel.latency)


# The record: 4 of 9 prisoner batches late, 8 of 12 disputes settled. A flat start adds one to each count.
RECORD = {
    "parties.israel.kinds.return.late": (1 + 4, 1 + 5),
    "mediators.settles": (1 + 8, 1 + 4),
}


@pytest.mark.parametrize("path", RECORD)
def test_what_is_uncertain_follows_the_counts_of_the_record(path):
    assert WRITTEN["baseline"].uncertain[path].beta == RECORD[path]


def test_lateness_of_releases_is_as_wide_as_its_assumption_says():
    given = WRITTEN["baseline"].uncertain["parties.hamas.kinds.release.late"].beta
    drawn = stats.beta(*given)
    assert max(2 / 9, 15 / 58) < drawn.mean() < max(2 / 9, 15 / 58) + 0.03
    assert [f"{share:.0%}" for share in drawn.ppf([0.05, 0.95])] == ["16%", "42%"]
    counted = stats.beta(1 + 2 + 15, 1 + 7 + 43)
    assert drawn.std() > counted.std()


# ---------------------------------------------------------------- history

with (SCENARIOS / "history" / "january-2025.csv").open(newline="", encoding="utf-8") as stream:
    HISTORY = list(csv.DictReader(stream))


def people(line: dict[str, str]) -> dict[str, int]:
    """People by group in one line of the history."""
    return {group: int(number) for group, _, number in (part.partition(":") for part in line["stocks"].split())}


def total(name: str, until: int = 99) -> int:
    return sum(int(line[name] or 0) for line in HISTORY if int(line["day"]) <= until)


def test_the_history_adds_up_to_the_reported_totals():
    names = ("hostages_living", "hostages_deceased", "foreign_nationals", "prisoners", "prisoners_life_sentence")
    assert [total(name) for name in names] == [25, 8, 5, 1777, 275]


@pytest.mark.parametrize(
    ("day", "living", "deceased", "prisoners"),
    [(1, 3, 0, 0), (2, 3, 0, 90), (7, 7, 0, 290), (12, 10, 0, 400), (14, 13, 0, 583), (21, 16, 0, 766),
     (28, 19, 0, 1135), (33, 19, 3, 1135), (34, 19, 4, 1135), (35, 25, 4, 1135), (40, 25, 8, 1777)],
)  # fmt: skip
def test_the_history_has_the_running_totals_of_each_round(day, living, deceased, prisoners):
    found = (total("hostages_living", day), total("hostages_deceased", day), total("prisoners", day))
    assert found == (living, deceased, prisoners)


def test_every_handover_of_the_history_is_split_by_group():
    handovers = [line for line in HISTORY if line["kind"] in ("release", "return")]
    assert len(handovers) == 21
    for line in handovers:
        named = ("hostages_living", "hostages_deceased", "prisoners")
        assert sum(people(line).values()) == sum(int(line[name] or 0) for name in named), line["what"]


def test_the_history_hands_over_whole_groups_of_phase_one_except_where_the_record_falls_short():
    moved: dict[str, int] = {}
    for line in HISTORY:
        for group, number in people(line).items():
            moved[group] = moved.get(group, 0) + number
    of_phase_one = {key: g.count for key, g in DEAL.stocks.items() if not key.startswith("remaining")}
    short = {"rearrested_2011": 47 - 41, "women_and_under_19_from_gaza": 167 - 46}
    assert {key: number - moved[key] for key, number in of_phase_one.items() if number != moved[key]} == short


def test_the_history_names_obligations_of_the_deal_and_counts_days_from_its_first():
    returns = {f"prisoners.{release}" for release in RELEASES}
    for line in HISTORY:
        if line["kind"] != "phase":
            assert set(line["obligation"].split()) <= set(DEAL.obligations) | returns, line["what"]
        assert date.fromisoformat(line["date"]) == date(2025, 1, 18) + timedelta(days=int(line["day"]))
        assert line["what"]
        assert line["source"].startswith("http")
