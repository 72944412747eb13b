"""Derive histories of the catalogue's deals from their dated records.

    python tests/catalog/derive_histories.py FOLDER [DEAL...]

FOLDER has a folder for each record, with a `timeline.csv` of one line for each reported event.
`tests/catalog/steps/DEAL.yaml` says which record it is and which of its lines are steps of the deal, by their number
from 1 below the head: what kind of step, which obligations it bears on, how many of which stock, and what it is in our
words. Date, hour, due date, delay and addresses are those of the record unless a step has its own. Written to
`scenarios/history/DEAL.csv`.
"""

from __future__ import annotations

import csv
import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

sys.path.insert(0, str(Path(__file__).parents[2]))

from sim.reading.model import load_deal

ROOT = Path(__file__).parents[2]
STEPS = Path(__file__).parent / "steps"
FIELDS = (
    "date", "time", "time_as_reported", "day", "kind", "by", "obligation", "stocks", "due_date", "delay_hours", "what",
    "source",
)  # fmt: skip
KEYS = {"line", "kind", "by", "obligation", "stocks", "what", "source", "date", "due", "delay"}


def clock(reported: str) -> str:
    """The first hour and minute in the words of the record, if any."""
    match = re.search(r"\b([01]\d|2[0-3]):[0-5]\d\b", reported)
    return match[0] if match else ""


def addresses(source: str) -> str:
    """The addresses among what the record names as its source."""
    return " | ".join(part for part in source.split(" | ") if part.startswith("http"))


def line_of(line: dict[str, str], step: dict[str, Any], starts: date) -> dict[str, str]:
    """One line of the history."""
    on = str(step.get("date", line["date"]))
    return {
        "date": on,
        "time": clock(line["time"]),
        "time_as_reported": line["time"],
        "day": str((date.fromisoformat(on) - starts).days + 1),
        "kind": step["kind"],
        "by": step.get("by", line["by_party"]),
        "obligation": step.get("obligation", ""),
        "stocks": step.get("stocks", ""),
        "due_date": str(step.get("due", line["scheduled_date"])),
        "delay_hours": str(step.get("delay", line["delay_hours"])),
        "what": step["what"],
        "source": step.get("source") or addresses(line["source"]),
    }


def history(deal: str, folder: Path) -> list[dict[str, str]]:
    """The lines of the history, in the order of their days."""
    chosen = YAML(typ="safe").load(STEPS / f"{deal}.yaml")
    with (folder / chosen["record"] / "timeline.csv").open(newline="", encoding="utf-8") as stream:
        lines = dict(enumerate(csv.DictReader(stream), 1))
    starts = load_deal(ROOT / "scenarios" / "deals" / f"{deal}.yaml").starts.date()
    if unknown := {key for step in chosen["steps"] for key in step} - KEYS:
        raise SystemExit(f"{deal}: no step has {', '.join(sorted(unknown))}; a comma in a sentence asks for quotes")
    kept = [line_of(lines[step["line"]], step, starts) for step in chosen["steps"]]
    return sorted(kept, key=lambda line: int(line["day"]))


def main(arguments: list[str]) -> None:
    """Write the history of the deals named, by default of all that have steps."""
    for deal in arguments[1:] or sorted(path.stem for path in STEPS.glob("*.yaml")):
        target = ROOT / "scenarios" / "history" / f"{deal}.csv"
        with target.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, FIELDS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(history(deal, Path(arguments[0])))


if __name__ == "__main__":
    main(sys.argv[1:])
