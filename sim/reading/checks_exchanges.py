"""The rules of exchanges: what can be in step at all, and legs that would wait for one another for ever."""

from __future__ import annotations

from collections.abc import Iterator

from sim.document.deal import Deal, Obligation
from sim.document.exchanges import Exchange, counted_of, least_number
from sim.document.quantities import word_of
from sim.reading.defaults import phase_of, releases_of
from sim.reading.problem import Fault, Path, nearest
from sim.reading.reach import NEVER, Node, Reach

_WHY_NOT = {
    "truce": "a truce is kept, not handed over",
    "flow": "a flow runs by the day, and has no whole of which shares could be in step",
    "talks": "talks agree or do not, whatever somebody is ready with",
}
"""Kinds that cannot be in step."""


def check_exchanges(deal: Deal) -> Iterator[Fault]:
    """Everything that keeps legs from being in step.

    Parameters
    ----------
    deal : Deal
    """
    taken: dict[str, str] = {}
    for key, exchange in deal.exchanges.items():
        legs: dict[str, Obligation] = {}
        for place, name in enumerate(exchange.legs):
            at: Path = ("exchanges", key, "legs", place)
            if name not in deal.obligations:
                hint = nearest(name, deal.obligations)
                yield Fault(at, "unknown-reference", f"there is no obligation '{name}'", hint, name)
            elif name in taken:
                message = f"'{name}' is a leg of {taken[name]} already" if taken[name] != key else "named twice"
                yield Fault(at, "leg-twice", message, "an obligation goes in step with one exchange", name)
            else:
                yield from _check_leg(deal, at, exchange, name)
                legs[name] = deal.obligations[name]
            taken.setdefault(name, key)
        yield from _check_together(deal, ("exchanges", key), exchange, legs)


def _check_leg(deal: Deal, at: Path, exchange: Exchange, name: str) -> Iterator[Fault]:
    """What an obligation must not be to be a leg."""
    obligation = deal.obligations[name]
    words = {word_of(number) for number in obligation.amount.values()}
    if obligation.kind in _WHY_NOT or obligation.ratio:
        why = "what it owes grows with a release" if obligation.ratio else _WHY_NOT[obligation.kind]
        yield Fault(at, "not-in-step", f"'{name}' cannot be in step: {why}", value=name)
    elif "up_to" in words:
        message = f"'{name}' owes up to so many: whatever has come is enough, so that nobody need keep step"
        yield Fault(at, "not-in-step", message, "give the number, or about so many", name)
    elif exchange.in_ == "number" and ("about" in words or obligation.accepted_from < 1):
        message = f"'{name}' is met by less than its number, which numbers in step are not"
        yield Fault(at, "not-in-step", message, "give the number, or exchange shares", name)
    if exchange.lots > 1:
        yield from _check_lots(at, exchange, name, obligation)
    answered = [key for key, one in deal.obligations.items() if one.ratio and name in releases_of(deal, one)]
    if answered and (exchange.lots > 1 or exchange.in_ == "number"):
        message = (
            f"{answered[0]} is owed for each who is released under '{name}', which comes in lots or numbers in step"
        )
        yield Fault(at, "not-in-step", message, "owe a number, and make it a leg", name)


def _check_lots(at: Path, exchange: Exchange, name: str, obligation: Obligation) -> Iterator[Fault]:
    """Whether an obligation can be owed in lots."""
    owed = sum(obligation.amount.values()) if obligation.amount else obligation.units
    if obligation.due.kind == "phase end":
        message = f"'{name}' is due as its phase ends, and later lots would be due after that"
        yield Fault(at, "not-in-lots", message, "give the date of the first lot", name)
    elif obligation.to_line is not None:
        message = f"'{name}' withdraws to one line, which is reached once"
        yield Fault(at, "not-in-lots", message, "owe an amount, or an exchange for each line", name)
    elif owed is not None and 0 < owed < exchange.lots:
        message = f"'{name}' owes {owed}, which is less than one for each of {exchange.lots} lots"
        yield Fault(at, "not-in-lots", message, "fewer lots", name)
    elif any(0 < number < exchange.lots for number in obligation.amount.values()):
        message = f"'{name}' owes fewer of some stock than there are lots, so that these would be of different people"
        yield Fault(at, "not-in-lots", message, "owe each stock by an obligation of its own", name)


def _check_together(deal: Deal, at: Path, exchange: Exchange, legs: dict[str, Obligation]) -> Iterator[Fault]:
    """What legs must not have in common, or have to."""
    debtors: dict[str, str] = {}
    for name, leg in legs.items():
        if leg.by in debtors:
            message = f"'{debtors[leg.by]}' and '{name}' are both owed by {leg.by}, who would wait for itself"
            yield Fault((*at, "legs"), "same-debtor", message, "give each leg another debtor", name)
        debtors.setdefault(leg.by, name)
    phases = {name: phase_of(deal, leg) for name, leg in legs.items()}
    if len(set(phases.values())) > 1:
        told = ", ".join(f"{name} in {phase}" for name, phase in phases.items())
        message = f"its legs are owed in different phases, which are never in force together: {told}"
        yield Fault((*at, "legs"), "different-phases", message, "owe them in the same phase")
    if exchange.in_ == "number":
        yield from _check_numbers(deal, at, exchange, legs)
    if exchange.every and exchange.lots == 1:
        yield Fault((*at, "every"), "every-without-lots", "there is one lot only", "say how many lots")


def _check_numbers(deal: Deal, at: Path, exchange: Exchange, legs: dict[str, Obligation]) -> Iterator[Fault]:
    """Whether equal numbers have a meaning for these legs."""
    counted = {name: number for name in legs if (number := counted_of(deal, name)) is not None}
    if len(counted) < 2:
        message = "equal numbers need two legs at least that owe a number"
        yield Fault((*at, "in"), "number-of-nothing-counted", message, "leave out 'in', for shares", "number")
    least = least_number(deal, exchange) or 0
    for name, number in counted.items():
        if number > least and len(legs[name].amount) > 1:
            message = (
                f"'{name}' owes {number} of several stocks and the other side {least}: which of them go is not said"
            )
            yield Fault(
                (*at, "in"), "number-of-several", message, "owe each stock by an obligation of its own", "number"
            )


def check_deadlock(reach: Reach) -> Iterator[Fault]:
    """Legs that wait for what goes only in step with themselves: none of them ever can.

    Parameters
    ----------
    reach : Reach
        Of the deal.
    """
    for exchange in reach.deal.exchanges.values():
        for leg in exchange.legs:
            if leg in reach.deal.obligations and reach.due[leg] == NEVER:
                yield from _deadlock_of(reach, exchange, leg)


def _deadlock_of(reach: Reach, exchange: Exchange, leg: str) -> Iterator[Fault]:
    """The shortest way from what a leg waits for back to its own exchange."""
    obligations = reach.deal.obligations
    for place, condition in enumerate(obligations[leg].after):
        if reach.holds(condition) < NEVER:
            continue
        ways: list[list[Node]] = [[node] for node in reach.behind(condition)]
        seen: set[Node] = set()
        while ways:
            way = ways.pop(0)
            part, key = way[-1]
            if part == "obligations" and key in exchange.legs:
                yield Fault(("obligations", leg, "after", place), "exchange-deadlock", _told(leg, way))
                return
            if way[-1] in seen or not reach.is_never(way[-1]):
                continue
            seen.add(way[-1])
            ways += [[*way, node] for node in [*reach.waits_for(way[-1]), *reach.in_step_with(way[-1])]]


def _told(leg: str, way: list[Node]) -> str:
    """'a waits for b, which goes only in step with a: neither ever can'."""
    last = way[-1][1]
    chain = " waits for ".join([leg, *(key for _, key in way)])
    if last == leg:
        return f"{chain}, by what goes only in step with it: none of them ever can"
    return f"{chain}, which goes only in step with {leg}: neither ever can"
