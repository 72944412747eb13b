"""Sums of the rows of past deals, each deal left out in turn: python tests/catalog/derive_base_rates.py.

Writes scenarios/evidence/base-rates.csv. The program sums the rows itself; the file is for people who want to see what
a deal left out takes away, and what is left without all deals whose record was kept day by day ("daily records"), which
baselines cite.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from sim.analysis.history.record import kept_by_day
from sim.analysis.history.rows import CLASSES, counts, read_rows

PAGE = Path(__file__).parents[2] / "scenarios" / "evidence" / "base-rates.csv"


def table() -> str:
    """Steps by class, without each deal, of people and of forces."""
    rows = read_rows()
    lines = [",".join(("left_out", "of", *CLASSES))]
    for deal in ("none", "daily records", *rows.deals):
        rest = rows.without(kept_by_day() if deal == "daily records" else {deal})
        for name, steps, whole in (("people", rest.people, rows.people), ("forces", rest.forces, rows.forces)):
            if deal in ("none", "daily records") or len(steps) < len(whole):
                lines.append(",".join((deal, name, *map(str, counts(steps)))))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(table(), encoding="utf-8")
