"""What is measured of a replicate, by name: the columns of outcomes, and what expectations may speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.document.deal import Deal

FIXED = (
    "hostages_living_released", "hostages_deceased_returned", "hostages_still_held", "prisoners_released",
    "prisoners_deceased_returned", "captive_days", "truce_days", "phase_reached", "line_reached", "disputes",
    "dispute_days", "incidents", "suspensions", "aid_delivered", "implementation_score", "end_day",
    "end", "root_event", "root_subject", "hostages_died_in_captivity", "prisoners_died_in_captivity",
    "pre_truce_days", "truce_at_end", "prisoners_still_held", "prisoner_captive_days",
)  # fmt: skip
PER_PARTY = ("on_time", "late", "not_met", "largest_lead", "broken", "void", "not_due")
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
