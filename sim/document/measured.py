"""What is measured of a replicate, by name: the columns of outcomes, and what expectations may speak of."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from sim.document.kinds import IN_UNITS

if TYPE_CHECKING:
    from sim.document.conditions import Asked
    from sim.document.deal import Deal, Obligation


class Column(IntEnum):
    """Columns of outcomes that every deal has: durations are in minutes, the score in millionths of one per cent."""

    HOSTAGES_LIVING_RELEASED = 0
    HOSTAGES_DECEASED_RETURNED = 1
    HOSTAGES_STILL_HELD = 2
    PRISONERS_RELEASED = 3
    PRISONERS_DECEASED_RETURNED = 4
    CAPTIVE_DAYS = 5
    TRUCE_DAYS = 6
    PHASE_REACHED = 7
    LINE_REACHED = 8
    DISPUTES = 9
    DISPUTE_DAYS = 10
    INCIDENTS = 11
    SUSPENSIONS = 12
    AID_DELIVERED = 13
    IMPLEMENTATION_SCORE = 14
    END_DAY = 15
    END = 16
    ROOT_EVENT = 17
    ROOT_SUBJECT = 18
    HOSTAGES_DIED_IN_CAPTIVITY = 19
    PRISONERS_DIED_IN_CAPTIVITY = 20
    PRE_TRUCE_DAYS = 21
    TRUCE_AT_END = 22
    PRISONERS_STILL_HELD = 23
    PRISONER_CAPTIVE_DAYS = 24


class PartyColumn(IntEnum):
    """Columns of each party, those of the first party first: obligations by how they ended, and its largest lead."""

    ON_TIME = 0
    LATE = 1
    NOT_MET = 2
    LARGEST_LEAD = 3
    BROKEN = 4
    VOID = 5
    NOT_DUE = 6


FIXED = tuple(column.name.lower() for column in Column)
PER_PARTY = tuple(column.name.lower() for column in PartyColumn)
CODES = ("end", "root_event", "root_subject")
HELD_BACK = "held_back_days_"
"""Columns of legs of exchanges: the time for which each stood ready and waited for the others."""
LATE_BY = ("lateness_own_", "lateness_of_others_", "kept_waiting_")
"""Columns of obligations with a deadline: whether each was late by its own debtor's doing, by that of others, and not
late since its creditor, or nobody, kept it waiting.
"""
PEOPLE = ("hostages_living_released", "hostages_deceased_returned", "prisoners_released", "prisoners_deceased_returned")
"""What is counted of each list, in the order in which a first answer is sought among them."""
COUNTED_BY_DAY = ("hostages_living", "hostages_deceased", "prisoners", "prisoners_deceased")
"""Names of the lists where they are counted by day, in the order of `PEOPLE`."""
COUNTED = ("hostages", "prisoners")
"""Lists that every deal may speak of: outcomes are named after them."""
SIDES = (("hostages", "people"), ("hostages", "remains"), ("prisoners", "people"), ("prisoners", "remains"))
"""The list, and what it is of, that each of `PEOPLE` counts where a deal has a list of this name."""


def list_name(deal: Deal, stock: str) -> str:
    """The list that a stock is on; of one that is on none, its own key."""
    return deal.stocks[stock].list or stock


def counted_by(deal: Deal, condition: Asked) -> list[str]:
    """The stocks that a condition on a number of people counts: those of its list, of people, remains or both.

    Parameters
    ----------
    deal : Deal
    condition : Asked
    """
    return [
        key for key, stock in deal.people.items()
        if list_name(deal, key) == condition.list and condition.of in (None, stock.of)
    ]  # fmt: skip


def places_of_lists(deal: Deal) -> dict[str, int]:
    """Which columns count a list: 0 for those named after hostages, 1 for those named after prisoners.

    A list of either name has its own; of the others the first takes what is free, and all further ones the second.

    Parameters
    ----------
    deal : Deal
    """
    names = list(dict.fromkeys(list_name(deal, key) for key in deal.people))
    others = [name for name in names if name not in COUNTED]
    first = "hostages" if "hostages" in names or not others else others[0]
    return {name: int(name != first) for name in names}


def lists_by_day(deal: Deal) -> tuple[str, ...]:
    """Names of what is counted by day of the people of a deal.

    The columns of outcomes by day; then, where several lists share those named after prisoners, `LIST.people` and
    `LIST.remains` of each of these.

    Parameters
    ----------
    deal : Deal
    """
    sharing = [name for name, place in places_of_lists(deal).items() if place]
    own = [f"{name}.{of}" for name in sharing for of in ("people", "remains")]
    return *COUNTED_BY_DAY, *(own if len(sharing) > 1 else ())


def curve_of_stock(deal: Deal, stock: str, of: str = "") -> int:
    """The place in `lists_by_day` of the list of a stock by itself: beside others, or that of the column.

    Parameters
    ----------
    deal : Deal
    stock : str
    of : {'people', 'remains'}, optional
        By default what the stock is of.
    """
    own, names = f"{list_name(deal, stock)}.{of or deal.stocks[stock].of}", lists_by_day(deal)
    return names.index(own) if own in names else place_of_stock(deal, stock, of)


def place_of_stock(deal: Deal, stock: str, of: str = "") -> int:
    """The place in `PEOPLE`, and in `COUNTED_BY_DAY`, of what counts the people or remains of a stock.

    Parameters
    ----------
    deal : Deal
    stock : str
    of : {'people', 'remains'}, optional
        By default what the stock is of.
    """
    return 2 * places_of_lists(deal)[list_name(deal, stock)] + ((of or deal.stocks[stock].of) == "remains")


def outcome_of_list(name: str) -> str:
    """The column of outcomes in which a list that is counted by day is counted at the end, beside others or alone.

    Parameters
    ----------
    name : str
    """
    if name in COUNTED_BY_DAY:
        return PEOPLE[COUNTED_BY_DAY.index(name)]
    return PEOPLE[2 + name.endswith(".remains")]


def main_outcome(deal: Deal) -> str:
    """What a deal is about first: the first of its lists that holds anybody, else how far it is carried out."""
    places = places_of_lists(deal)
    held = {(SIDES[2 * places[list_name(deal, key)]][0], stock.of) for key, stock in deal.people.items() if stock.count}
    return next((name for name, of in zip(PEOPLE, SIDES, strict=True) if of in held), "implementation_score")


def is_told_in_units(deal: Deal, obligation: Obligation) -> bool:
    """Whether a column of outcomes says how many units of an obligation were delivered.

    Parameters
    ----------
    deal : Deal
    obligation : Obligation
    """
    if deal.hands_over_people(obligation):
        return False
    return obligation.kind in IN_UNITS or bool(obligation.amount)


def measures(deal: Deal) -> tuple[str, ...]:
    """Names of all columns of outcomes, without those of declared guarantees, in order."""
    parties = [f"{name}_{party}" for party in deal.parties for name in PER_PARTY]
    units = [f"delivered_{key}" for key, obligation in deal.obligations.items() if is_told_in_units(deal, obligation)]
    legs = {leg for exchange in deal.exchanges.values() for leg in exchange.legs}
    held_back = [f"{HELD_BACK}{key}" for key in deal.obligations if key in legs]
    late = [f"{name}{key}" for key, one in deal.obligations.items() if one.deadline is not None for name in LATE_BY]
    return (*FIXED, *parties, *(f"released_{group}" for group in deal.people), *units, *held_back, *late)


def quantities(deal: Deal) -> tuple[str, ...]:
    """Names of the columns that are numbers to be averaged, in order."""
    return tuple(name for name in measures(deal) if name not in CODES)
