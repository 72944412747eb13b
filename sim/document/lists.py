"""The lists of a deal: the people of one side in one condition, whom it counts together, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.document.measured import PEOPLE, SIDES

if TYPE_CHECKING:
    from sim.document.deal import Deal


@dataclass(frozen=True)
class PeopleList:
    """The people of one side and condition, whom a deal counts together.

    Attributes
    ----------
    side : {'hostages', 'prisoners'}
    condition : {'living', 'deceased'}
    groups : tuple of str
        Keys of its groups.
    count : int
        Number of people as the deal begins.
    name : str
        'living hostages', 'prisoners', or by whom they are held where the deal speaks of neither.
    short : str
        'living' where the name is a condition of hostages, else the name.
    """

    side: str
    condition: str
    groups: tuple[str, ...]
    count: int
    name: str
    short: str

    @property
    def key(self) -> str:
        """'hostages_living'."""
        return f"{self.side}_{self.condition}"

    @property
    def full_name(self) -> str:
        """'living hostages': condition and side, whatever the deal calls them."""
        return f"{self.condition} {self.side}"

    @property
    def outcome(self) -> str:
        """The column of outcomes that counts them."""
        return PEOPLE[SIDES.index((self.side, self.condition))]


def lists_of(deal: Deal) -> list[PeopleList]:
    """The lists of a deal that hold anybody: each side's living, then its deceased, in the document's order.

    Parameters
    ----------
    deal : Deal
    """
    found: dict[tuple[str, str], list[str]] = {}
    for key, group in deal.groups.items():
        if group.count:
            found.setdefault((group.side, group.condition), []).append(key)
    sides = dict.fromkeys(side for side, _ in found)
    return [
        _list(deal, side, condition, tuple(groups), is_alone=len([of for of in found if of[0] == side]) == 1)
        for side in sides
        for condition in ("living", "deceased")
        if (groups := found.get((side, condition)))
    ]


def _list(deal: Deal, side: str, condition: str, groups: tuple[str, ...], *, is_alone: bool) -> PeopleList:
    """A list with its name: the side only where title or summary speaks of it, since a side is a place in the deal."""
    count = sum(deal.groups[group].count for group in groups)
    text = f"{deal.title} {deal.summary or ''}".lower()
    if side.removesuffix("s") in text:
        name = side if is_alone and condition == "living" else f"{condition} {side}"
        is_condition = side == "hostages" and name != side
        return PeopleList(side, condition, groups, count, name, condition if is_condition else name)
    holders = list(dict.fromkeys(deal.groups[group].held_by for group in groups))
    held_by = f"held by {_listed([_title(deal, holder) for holder in holders])}"
    name = held_by if condition == "living" else f"bodies {held_by}"
    return PeopleList(side, condition, groups, count, name, name)


def _title(deal: Deal, holder: str) -> str:
    if holder in deal.parties:
        return deal.parties[holder]
    return deal.holders[holder].title or holder.replace("_", " ")


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
