"""The lists of a deal: stocks of people, and of remains, that it counts together, and what they are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.document.measured import COUNTED, PEOPLE, SIDES, list_name, places_of_lists

if TYPE_CHECKING:
    from sim.document.deal import Deal

STATES = {"people": "living", "remains": "deceased"}
"""How names of outcomes and milestones tell people from remains."""


@dataclass(frozen=True)
class PeopleList:
    """The people of one list, or its remains, whom a deal counts together.

    Attributes
    ----------
    list : str
        Its key; the stock's own of one that is on no list, or whose list is told stock by stock.
    of : {'people', 'remains'}
    groups : tuple of str
        Keys of its stocks.
    count : int
        Number of people as the deal begins.
    name : str
        'living hostages', 'prisoners', the list in words, or by whom they are held where the deal speaks of neither.
    short : str
        'living' where the name is a condition of hostages, else the name.
    outcome : str
        The column of outcomes that counts them.
    """

    list: str
    of: str
    groups: tuple[str, ...]
    count: int
    name: str
    short: str
    outcome: str

    @property
    def key(self) -> str:
        """'hostages_living'."""
        return f"{self.list}_{STATES[self.of]}"

    @property
    def full_name(self) -> str:
        """'living hostages' whatever the deal calls them; of any other list its name."""
        return f"{STATES[self.of]} {self.list}" if self.list in COUNTED else self.name


def lists_of(deal: Deal) -> list[PeopleList]:
    """The lists of a deal that hold anybody: of each list its people, then its remains, in the document's order.

    A list of several stocks that shares its column of outcomes with another list is told stock by stock.

    Parameters
    ----------
    deal : Deal
    """
    found: dict[tuple[str, str], list[str]] = {}
    for key, stock in deal.people.items():
        if stock.count:
            found.setdefault((list_name(deal, key), stock.of), []).append(key)
    told = []
    for name in dict.fromkeys(name for name, _ in found):
        for of in STATES:
            stocks = found.get((name, of), [])
            column = _column(deal, name, of, found)
            together = [stocks] if column or len(stocks) < 2 else [[stock] for stock in stocks]
            told += [_list(deal, name, of, tuple(part), column, found) for part in together if part]
    return told


def _column(deal: Deal, name: str, of: str, found: dict[tuple[str, str], list[str]]) -> str:
    """The column that counts people of this list and of no other; empty without one."""
    places = places_of_lists(deal)
    beside = [other for other, what in found if what == of and places[other] == places[name]]
    return PEOPLE[SIDES.index((COUNTED[places[name]], of))] if beside == [name] else ""


def _list(
    deal: Deal, name: str, of: str, stocks: tuple[str, ...], column: str, found: dict[tuple[str, str], list[str]]
) -> PeopleList:
    """A list with its name: of a side only where title or summary speaks of it, since a side is a place in the deal."""
    count = sum(deal.stocks[stock].count for stock in stocks)
    outcome = column or f"released_{stocks[0]}"
    is_alone = len([one for one, _ in found if one == name]) == 1
    is_told_whole = len(stocks) == len(found[name, of])
    if name not in COUNTED or not is_told_whole:
        words = _called(deal, name, of, stocks, is_alone=is_alone, is_whole=bool(column) or len(stocks) > 1)
        return PeopleList(name if is_told_whole else stocks[0], of, stocks, count, words, words, outcome)
    text = f"{deal.title} {deal.summary or ''}".lower()
    if name.removesuffix("s") in text:
        words = name if is_alone and of == "people" else f"{STATES[of]} {name}"
        is_state = name == "hostages" and words != name
        return PeopleList(name, of, stocks, count, words, STATES[of] if is_state else words, outcome)
    holders = list(dict.fromkeys(deal.stocks[stock].held_by for stock in stocks))
    held_by = f"held by {_listed([_title(deal, holder) for holder in holders])}"
    words = held_by if of == "people" else f"bodies {held_by}"
    return PeopleList(name, of, stocks, count, words, words, outcome)


def _called(deal: Deal, name: str, of: str, stocks: tuple[str, ...], *, is_alone: bool, is_whole: bool) -> str:
    """The list in words, or the title of its only stock; people and remains of one list are told apart."""
    only = deal.stocks[stocks[0]] if len(stocks) == 1 else None
    if only is not None and (only.list is None or not is_whole):
        return only.short_title or only.title or stocks[0].replace("_", " ")
    words = list_called(deal, name)
    return words if is_alone else f"{STATES[of]} {words}"


def list_called(deal: Deal, name: str) -> str:
    """A list in words: 'prisoners in Russia' for `prisoners_in_russia`, a party by its name.

    Parameters
    ----------
    deal : Deal
    name : str
        A list's key, or that of a stock on none.
    """
    keys = "|".join(sorted(map(re.escape, deal.parties), key=len, reverse=True))
    named = re.sub(rf"(?<=_)(?:{keys})(?=_|$)", lambda found: deal.parties[found[0]], name)
    return named.replace("_", " ")


def _title(deal: Deal, holder: str) -> str:
    if holder in deal.parties:
        return deal.parties[holder]
    return deal.holders[holder].title or holder.replace("_", " ")


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
