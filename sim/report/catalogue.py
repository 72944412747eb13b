"""The catalogue by pair of parties or by kind of obligation, and in numbers."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from sim.document.deal import Deal
from sim.reading import catalogue
from sim.reading.catalogue import Entry
from sim.reading.model import load_deal, load_scenario_file
from sim.report.console import plain_table
from sim.report.words import cut, spaced

if TYPE_CHECKING:
    from rich.console import Console

NO_PAIR = "no pair named"


@dataclass(frozen=True)
class DealNumbers:
    """A deal of the catalogue in numbers.

    Attributes
    ----------
    deal : str
    obligations : int
        As the document has them; a leg of several lots is one.
    dated : int
        Of these, those with a day of the calendar or of a phase.
    clauses : int
        Of the text, that something in the document carries.
    not_modelled : int
        Clauses and parts of clauses that are left out, each with its reason.
    sources : int
        Of the deal and of its scenarios, each once.
    steps : int
        Lines of its record, each with a date; 0 without a record.
    scenarios : int
    """

    deal: str
    obligations: int
    dated: int
    clauses: int
    not_modelled: int
    sources: int
    steps: int
    scenarios: int


def numbers() -> list[DealNumbers]:
    """Every deal of the catalogue in numbers, by name."""
    mine: dict[str, list[Entry]] = {}
    for entry in catalogue.scenarios():
        mine.setdefault(_deal_of(entry), []).append(entry)
    return [_numbers(load_deal(entry.path), mine.get(entry.name, [])) for entry in catalogue.deals()]


def totals(of: Sequence[DealNumbers]) -> dict[str, int]:
    """The sum of each number, and how many deals there are."""
    sums = {one.name: sum(getattr(row, one.name) for row in of) for one in fields(DealNumbers) if one.name != "deal"}
    return {"deals": len(of), **sums}


def as_json() -> dict[str, Any]:
    """The catalogue in numbers, as `ceasefire list --numbers --json` prints it."""
    found = numbers()
    return {"deals": [asdict(row) for row in found], "all": totals(found)}


def print_numbers(console: Console) -> None:
    """A line for each deal, and their sum."""
    found = numbers()
    names = [one.name for one in fields(DealNumbers)]
    table = plain_table("The catalogue in numbers", *(spaced(name) for name in names))
    table.columns[0].no_wrap = True
    for row in found:
        table.add_row(row.deal, *(f"{getattr(row, name):,}" for name in names[1:]))
    whole = totals(found)
    table.add_row(f"{whole['deals']} deals", *(f"{whole[name]:,}" for name in names[1:]), style="bold")
    console.print(table)
    told = (
        "Obligations of several lots count once. Dated: with a day of the calendar or of a phase. Not modelled: "
        "clauses and parts of clauses that are left out, each with its reason. Steps: lines of the record."
    )
    console.print(told, style="dim", highlight=False)


def groups(by: str) -> dict[str, list[str]]:
    """Names of deals by their pair of parties, or by each kind of obligation that they have.

    Parameters
    ----------
    by : {'pair', 'kind'}
    """
    found: dict[str, list[str]] = {}
    for entry in catalogue.deals():
        deal = load_deal(entry.path)
        keys = [deal.pair or NO_PAIR] if by == "pair" else sorted({o.kind for o in deal.obligations.values()})
        for key in keys:
            found.setdefault(key, []).append(entry.name)
    return dict(sorted(found.items()))


def print_groups(by: str, console: Console) -> None:
    """Each group with its deals, a line for each."""
    titles = {entry.name: entry.title for entry in catalogue.deals()}
    width = 2 + max(map(len, titles))
    for key, names in groups(by).items():
        console.print(key if by == "pair" else spaced(key), style="bold", highlight=False)
        for name in names:
            words = cut(titles[name], max(20, console.width - width))
            console.print(f"{name:<{width}}{words}", markup=False, highlight=False, soft_wrap=True)


def _deal_of(entry: Entry) -> str:
    """The deal in whose folder a scenario stands."""
    return entry.path.parent.name


def _numbers(deal: Deal, scenarios: Sequence[Entry]) -> DealNumbers:
    owed = list(deal.obligations.values())
    parts = (owed, deal.phases.values(), deal.rights.values(), deal.exchanges.values(), deal.powers.values())
    clauses = {clause for part in parts for one in part for clause in one.clause or ()}
    sources = {*deal.sources, *(key for entry in scenarios for key in load_scenario_file(entry.path).sources)}
    return DealNumbers(
        deal=deal.deal,
        obligations=len(owed),
        dated=sum(o.due.kind in ("day", "phase day", "phase end") for o in owed),
        clauses=len(clauses),
        not_modelled=len(deal.not_modelled),
        sources=len(sources),
        steps=_steps(deal.deal),
        scenarios=len(scenarios),
    )


def _steps(deal: str) -> int:
    path = catalogue.folder() / "history" / f"{deal}.csv"
    if not path.is_file():
        return 0
    with path.open(newline="", encoding="utf-8") as stream:
        return sum(1 for row in csv.DictReader(stream) if row["date"])
