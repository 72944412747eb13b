"""What can be foreseen of exchanges: legs due apart, and lots that no day has room for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from sim.document.dates import DAY
from sim.document.exchanges import exchange_of, owed_in_step
from sim.document.scenario import ResolvedScenario
from sim.document.values import write_duration
from sim.reading.problem import Fault, Path
from sim.reading.reach import NEVER, Reach


def legs_due_apart(reach: Reach) -> Iterator[Fault]:
    """A leg that is due a day or more before another one can go: until then its debtor stands ready for nothing.

    Parameters
    ----------
    reach : Reach
        Of the deal.
    """
    for exchange in reach.deal.exchanges.values():
        due = {leg: reach.due[leg] for leg in exchange.legs}
        last = max(due, key=lambda leg: due[leg])
        if due[last] == NEVER or exchange.lead > 0:
            continue
        for leg, minute in due.items():
            if due[last] - minute >= DAY and reach.deal.obligations[leg].due.is_dated:
                later = write_duration(int(due[last] - minute))
                message = f"goes only in step with {last}, which falls due {later} later: it stands ready until then"
                path: Path = ("obligations", leg, "due")
                yield Fault(path, "held-back", message, "date them alike", severity="warning")


def lots_too_large(resolved: ResolvedScenario, party: str) -> Iterator[Fault]:
    """Lots that go as a whole, and of more people than a party hands over in a day: they never go.

    Parameters
    ----------
    resolved : ResolvedScenario
    party : str
        Of those with behaviour.
    """
    deal = resolved.deal
    for key, obligation in deal.obligations.items():
        exchange = exchange_of(deal, key)
        if exchange is None or not exchange.whole or obligation.by != party or not deal.hands_over_people(obligation):
            continue
        counts: Literal["return", "release"] = "return" if obligation.kind == "return" else "release"
        capacity = resolved.behaviour.parties[party].capacity.get(counts)
        largest = -(-sum(owed_in_step(deal, key).values()) // exchange.lots)
        if capacity is not None and largest > capacity:
            message = f"{key} goes {largest} at a time, all or nothing, and {capacity} a day can be handed over: never"
            path: Path = ("behaviour", "parties", party, "capacity", counts)
            yield Fault(path, "lot-too-large", message, "more lots, or parts of them", capacity, severity="warning")
