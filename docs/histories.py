"""Writes docs/histories.md from the table of columns: ``python docs/histories.py``. A test fails while they differ."""

from __future__ import annotations

from pathlib import Path

from sim.reading.history import EVENTS, OUTCOMES, SUMS, TABLE

PAGE = Path(__file__).with_name("histories.md")
FORMS = {
    "date": "YYYY-MM-DD",
    "time": "HH:MM",
    "whole": "whole number",
    "number": "number",
    "word": "one word of a list",
    "words": "words",
    "counts": "`key:number`",
    "text": "text",
}
INTRO = """\
# Histories

Written from `sim/reading/history.py` by `python docs/histories.py`; a test fails while the two differ.

A history tells what was done under a deal, a line for each thing: a CSV file in UTF-8 with a header. Columns stand in
any order; those that are not marked may be left out, the five sums by list only together. A field that does not apply
stays empty. Counts and categories only: no names of captives or of private persons, in no column and no address.

    ceasefire validate my-history.csv --deal my-deal.yaml

tells all that is wrong with one, each with its line and field: forms, words that are not listed, a day that is not its
date's, keys that the deal does not have, people who do not add up. A file named after a deal of the catalogue needs no
`--deal`; without a deal only forms and words are looked at. A line without `source` is warned of. `ceasefire schema
history` prints the same columns as a [Table Schema](https://specs.frictionlessdata.io/table-schema/), for programs that
read and check tables.

`backtest --record FILE` reads people by day off it; [calibration](calibration.md) reads how late steps were, incidents,
disputes and what became of them. Both know the records of the catalogue, `scenarios/history/<deal>.csv`, by the deal's
name. What either does not need, such as `amount`, `outcome` and `known`, is checked and kept.

| column | written as | what it has |
| --- | --- | --- |
"""
KINDS = """
`kind` is that of the obligation, or one of these:

| kind | when |
| --- | --- |
"""
SAID = {
    "dispute": "somebody complains, or holds something back over what is not done",
    "withheld": "a step is held back in answer to another",
    "settlement": "a dispute is settled",
    "incident": "the truce is broken without ending",
    "suspension": "the truce is suspended",
    "resumption": "a truce or a step that had been suspended goes on",
    "misidentified": "remains turn out to be somebody else's",
    "phase": "a phase begins, ends or lapses",
    "end": "the deal ends",
}
OUTCOMES_INTRO = """
`outcome` is one of these, each of some kinds only:

| outcome | of |
| --- | --- |
"""


def page() -> str:
    """The page as it should be."""
    columns = []
    for column in TABLE:
        name = f"`{column.name}`" + (" (required)" if column.is_required else "")
        columns.append(f"| {name} | {FORMS[column.form]} | {column.says.replace('|', chr(92) + '|')} |")
    kinds = [f"| `{kind}` | {SAID[kind]} |" for kind in EVENTS]
    outcomes = [f"| `{name}` | {', '.join(f'`{kind}`' for kind in kinds)} |" for name, kinds in OUTCOMES.items()]
    assert set(SUMS) <= {column.name for column in TABLE}
    return "\n".join([INTRO + "\n".join(columns), KINDS + "\n".join(kinds), OUTCOMES_INTRO + "\n".join(outcomes), ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
