"""What is measured of a replicate, by name: the columns of outcomes, and what expectations may speak of."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.document.deal import Deal


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
BY_DAY = ("hostages_living_released", "hostages_deceased_returned", "prisoners_released")
"""Counts that are known for each day, in the order of `sim.plan.plan.CURVES`."""


PEOPLE = ("hostages_living_released", "hostages_deceased_returned", "prisoners_released", "prisoners_deceased_returned")
"""What is counted of each list, in the order in which a first answer is sought among them."""
UNITS = ("arms", "force_deployment")
"""Kinds of obligation of which what is delivered is counted in units."""
SIDES = (("hostages", "living"), ("hostages", "deceased"), ("prisoners", "living"), ("prisoners", "deceased"))


def main_outcome(deal: Deal) -> str:
    """What a deal is about first: the first of its lists that holds anybody, else how far it is carried out."""
    held = {(group.side, group.condition) for group in deal.groups.values() if group.count}
    return next((name for name, of in zip(PEOPLE, SIDES, strict=True) if of in held), "implementation_score")


def measures(deal: Deal) -> tuple[str, ...]:
    """Names of all columns of outcomes, without those of declared guarantees, in order."""
    parties = [f"{name}_{party}" for party in deal.parties for name in PER_PARTY]
    units = [f"delivered_{key}" for key, obligation in deal.obligations.items() if obligation.kind in UNITS]
    return (*FIXED, *parties, *(f"released_{group}" for group in deal.groups), *units)


def quantities(deal: Deal) -> tuple[str, ...]:
    """Names of the columns that are numbers to be averaged, in order."""
    return tuple(name for name in measures(deal) if name not in CODES)
