"""Whether the legs of exchanges were in step, read off a trace alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.document.deal import Deal
from sim.document.exchanges import Exchange, counted_of, least_number
from sim.plan.codes import Custody, Event
from sim.plan.plan import Plan

A_HAIR = 1e-6


def out_of_step(plan: Plan, trace: np.ndarray[Any, Any]) -> Iterator[tuple[str, str, float]]:
    """Legs that were ahead of another one, at the end of some minute, by more than their lead and a unit of either.

    People count as they set out. A trace does not say when parts of other legs go, so that exchanges of living people
    alone are watched: remains may turn out to be somebody else's, which puts a leg back.

    Parameters
    ----------
    plan : Plan
    trace : ndarray of int32, shape (n_events, 7)

    Yields
    ------
    str, str, float
        The leg ahead, the one behind, and how far, in shares of what each owes.
    """
    deal, given = plan.scenario.deal, Counter[str]()
    watched = [exchange for exchange in deal.exchanges.values() if _is_of_people(deal, exchange.legs)]
    rows = [*trace.tolist()]
    for number, (minute, event, _, actor, _, before, after) in enumerate(rows):
        if event in (Event.PEOPLE_MOVED, Event.REMAINS_MOVED) and after == Custody.IN_TRANSIT:
            given[plan.obligations[actor].partition(".")[0]] += before
        if number + 1 < len(rows) and rows[number + 1][0] == minute:
            continue
        for exchange in watched:
            owed = {leg: _owed(deal, exchange, leg) for leg in exchange.legs}
            shares = {leg: given[leg] / owed[leg] for leg in exchange.legs}
            for ahead in exchange.legs:
                for behind in exchange.legs:
                    room = exchange.lead + 1 / owed[ahead] + 1 / owed[behind] + A_HAIR
                    if shares[ahead] - shares[behind] > room:
                        yield ahead, behind, shares[ahead] - shares[behind]


def _is_of_people(deal: Deal, legs: list[str]) -> bool:
    return all(deal.hands_over_people(deal.obligations[leg]) and _is_exact(deal, leg) for leg in legs)


def _is_exact(deal: Deal, leg: str) -> bool:
    """Whether all of it is asked for, and everybody in it leaves once."""
    obligation = deal.obligations[leg]
    return obligation.share_enough == 1.0 and all(deal.stocks[stock].of == "people" for stock in obligation.amount)


def _owed(deal: Deal, exchange: Exchange, leg: str) -> int:
    number, least = counted_of(deal, leg) or 1, least_number(deal, exchange)
    return number if least is None else min(number, least)
