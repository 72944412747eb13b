"""Features of exchanges: shares and numbers in step, lots, leads, all or nothing."""

from __future__ import annotations

from typing import Any

from tests.combinations.deal_features import delivered
from tests.combinations.draft import ASSUMED, Acted, Draft, both, happened
from tests.combinations.table import feature


def _legs(draft: Draft, **terms: Any) -> list[str]:
    """A release of party a, and what party b or a third state owes in step with it."""
    number = draft.chance.choice([2, 4])
    legs = [draft.owe("release", "a", amount={draft.group("a", number): number}, due="day 3", after=[], **terms)]
    by = draft.chance.choice(["b", "e"])
    if by == "b":
        legs.append(draft.owe("return", "b", amount={draft.group("b", 6): 6}, due="day 3", after=[], **terms))
    else:
        legs.append(draft.owe("payment", "e", amount={draft.things("e"): 8}, due="day 3", after=[], **terms))
    draft.chance.shuffle(legs)
    return legs


def _exchange(draft: Draft, legs: list[str], **terms: Any) -> None:
    draft.deal.setdefault("exchanges", {})[draft.key("exchange")] = {"legs": legs, **terms, **ASSUMED}


@feature("Deal.exchanges", "Exchange.legs", "Exchange.in")
def equal_numbers(draft: Draft) -> Acted:
    legs = _legs(draft)
    _exchange(draft, legs, **{"in": "number"})
    return both(*map(delivered, legs))


@feature("Exchange.lots", "Exchange.every", "Exchange.lead")
def lots_with_a_lead(draft: Draft) -> Acted:
    legs = _legs(draft)
    _exchange(draft, legs, lots=2, every="12 h", lead=draft.chance.choice([0.25, 0.5]))
    return both(*(delivered(f"{leg}.2") for leg in legs))


@feature("Exchange.whole")
def all_or_nothing(draft: Draft) -> Acted:
    """One side is late with all of it, and the other is held back."""
    legs = _legs(draft, grace="6 h")
    _exchange(draft, legs, whole=True)
    draft.late(legs[0], delay="2 d")
    return both(happened("obligation_held_back", legs[1]), delivered(legs[1]))
