"""Derive `scenarios/history/january-2025.csv` from the dated record of the deal.

    python tests/catalog/derive_history.py RECORD.csv scenarios/history/january-2025.csv

The record has one line for each reported event, with counts, due date, delay and addresses. This script keeps the
lines on steps of the deal, says in its own words what each is, and splits the people by group of the deal. Prisoners
are split by the ratios; the record's own count of life terms stands beside them (they differ by one in two rounds).
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path
from typing import NamedTuple

FIELDS = [
    "date", "time", "time_as_reported", "day", "kind", "by", "obligation", "stocks", "hostages_living",
    "hostages_deceased", "foreign_nationals", "prisoners", "prisoners_life_sentence", "due_date", "delay_hours", "what",
    "source",
]  # fmt: skip


class Step(NamedTuple):
    """A line of the record that is kept: its kind here, the obligations it bears on, the people by group, its words."""

    kind: str
    obligation: str
    what: str
    stocks: str = ""


# By the number of the line in the record, from 1 below its head.
STEPS = {
    6: Step("dispute", "names_1", "first names not given"),
    7: Step("dispute", "truce", "start of the truce held back for the names"),
    9: Step("information", "names_1", "first names given"),
    10: Step("truce", "truce", "truce in force"),
    11: Step("withdrawal", "populated_areas", "first forces move towards the border"),
    12: Step("release", "batch_1", "three released", "female_civilians:3"),
    14: Step("return", "prisoners.batch_1", "90 released", "women_and_minors:90"),
    16: Step("information", "operations_room", "operations room at work"),
    18: Step("dispute", "batch_2", "order of civilian women and soldiers"),
    19: Step("release", "batch_2", "four released", "female_soldiers:4"),
    20: Step("return", "prisoners.batch_2", "200 released", "life_term:120 other_sentences:80"),
    21: Step("withheld", "rashid return_on_foot_rashid", "pull-back and return north held back"),
    22: Step("dispute", "status_list", "status list not given"),
    24: Step("settlement", "batch_2 rashid", "added round of three, return north from day 9"),
    25: Step("information", "status_list", "status list given"),
    26: Step("withdrawal", "rashid return_on_foot_rashid", "coast road left, people go north on foot"),
    27: Step("access", "vehicles_north vehicle_inspection", "vehicles go north after inspection"),
    28: Step("dispute", "shelter equipment fuel", "fuel, tents and equipment late, by Hamas' account"),
    29: Step("release", "batch_2", "one released, place in the order settled", "female_civilians_pij:1"),
    30: Step("release", "batch_3", "two released ahead of their date", "female_soldiers:1 men_over_50:1"),
    31: Step("withheld", "prisoners.batch_3", "110 held back over crowding at a hand-over"),
    32: Step("return", "prisoners.batch_3", "110 released", "women_and_minors:30 life_term:33 other_sentences:47"),
    33: Step(
        "withdrawal", "rafah_redeployment border_mission", "forces leave the Rafah crossing, border mission there"
    ),
    34: Step("release", "batch_3", "three released", "men_over_50:2 ill_or_wounded:1"),
    35: Step("return", "prisoners.batch_3", "183 released", "life_term:18 other_sentences:54 gaza_detainees:111"),
    36: Step("access", "rafah_crossing sick_and_wounded wounded_fighters", "Rafah crossing open for patients"),
    38: Step("talks", "talks_two", "date for talks on phase two passes, accounts of contacts differ"),
    42: Step("release", "batch_4", "three released", "men_over_50:2 ill_or_wounded:1"),
    44: Step("return", "prisoners.batch_4", "183 released", "life_term:18 other_sentences:54 gaza_detainees:111"),
    46: Step("withdrawal", "netzarim return_on_foot_salah_al_din", "centre of the Strip left"),
    47: Step("withheld", "batch_5", "next release put off until further notice"),
    51: Step("settlement", "batch_5 shelter equipment", "next release confirmed for its date"),
    52: Step("release", "batch_5", "three released", "ill_or_wounded:3"),
    53: Step("return", "prisoners.batch_5", "369 released", "life_term:36 gaza_detainees:333"),
    54: Step("dispute", "shelter equipment", "decision on mobile homes and equipment put off"),
    56: Step("settlement", "bodies_1 batch_6 batch_7 bodies_2 shelter equipment", "rest of phase one brought forward"),
    59: Step("release", "bodies_1", "four handed over, three identified as hostages", "deceased_phase_one:3"),
    60: Step("access", "shelter equipment", "first mobile homes and equipment set out"),
    61: Step("dispute", "bodies_1", "one of the four not that of a hostage"),
    62: Step("release", "bodies_1", "the fourth handed over", "deceased_phase_one:1"),
    63: Step("release", "batch_6", "three released", "ill_or_wounded:3"),
    64: Step("release", "batch_7", "three released ahead of their date", "ill_or_wounded:1 long_held:2"),
    65: Step("withheld", "prisoners.batch_6 prisoners.batch_7", "620 held back over ceremonies"),
    66: Step("withheld", "talks_two", "no talks until the 620 are released, by Hamas' account"),
    68: Step("settlement", "prisoners.batch_6 prisoners.batch_7 bodies_2", "620 and more against the last four bodies"),
    70: Step("release", "bodies_2", "four handed over, the last of the 33", "deceased_phase_one:4"),
    71: Step(
        "return",
        "prisoners.batch_6 prisoners.batch_7",
        "596 released",
        "life_term:50 other_sentences:60 rearrested_2011:41 gaza_detainees:445",
    ),
    72: Step("withheld", "prisoners.bodies_2", "46 held back until identification"),
    73: Step("return", "prisoners.bodies_1", "24 released", "women_and_under_19_from_gaza:24"),
    74: Step("return", "prisoners.bodies_2", "22 released", "women_and_under_19_from_gaza:22"),
    75: Step("dispute", "philadelphi_start", "forces are to stay in the Philadelphi corridor, by Israel's account"),
    77: Step("talks", "talks_two", "first round of talks on what follows"),
    78: Step("talks", "talks_two", "the round ends without progress, by Hamas' account"),
    79: Step("phase", "one", "phase one runs out without an agreement"),
    80: Step("talks", "talks_two", "Israel adopts an outline for a longer phase one, Hamas declines"),
    81: Step("suspension", "aid fuel shelter", "all goods halted"),
    85: Step("dispute", "philadelphi_start philadelphi_finish", "corridor not left by day 50, by Hamas' account"),
    87: Step("talks", "talks_two", "US proposal for a longer phase one"),
    93: Step("end", "truce", "strikes across Gaza end the truce"),
}


def clock(reported: str) -> str:
    """The first hour and minute in the words of the record, if any; midnight at the end of a day stays on that day."""
    match = re.search(r"\b([01]\d|2[0-3]):[0-5]\d\b", reported)
    return match[0] if match else ""


def history(record: Path) -> list[dict[str, str]]:
    """The lines of the history."""
    with record.open(newline="", encoding="utf-8") as stream:
        lines = dict(enumerate(csv.DictReader(stream), 1))
    kept = []
    for number, step in STEPS.items():
        line = lines[number]
        kept.append({
            "date": line["date"],
            "time": clock(line["time"]),
            "time_as_reported": line["time"],
            "day": line["day_number"],
            "kind": step.kind,
            "by": line["by_party"],
            "obligation": step.obligation,
            "stocks": step.stocks,
            **{name: line[name] for name in FIELDS[8:13]},
            "due_date": line["scheduled_date"],
            "delay_hours": line["delay_hours"],
            "what": step.what,
            "source": " | ".join(part for part in line["source"].split(" | ") if part.startswith("http")),
        })  # fmt: skip
    return kept


def main() -> None:
    """Read the record named first on the command line, write the history named second."""
    record, target = map(Path, sys.argv[1:])
    with target.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(history(record))


if __name__ == "__main__":
    main()
