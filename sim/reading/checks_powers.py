"""The rules of powers: who can have one, and what it can change."""

from __future__ import annotations

from collections.abc import Iterator

from sim.document.deal import Deal
from sim.document.exchanges import lots_of
from sim.document.powers import Power
from sim.document.scenario import ResolvedScenario
from sim.reading.problem import Fault, Path, nearest

_WHY_NOT = {
    "flow": "a flow runs from the minute in which it falls due",
    "talks": "talks have dates of their own",
}
"""Kinds whose dates no power changes."""


def check_powers(deal: Deal) -> Iterator[Fault]:
    """Everything that keeps powers from having a meaning.

    Parameters
    ----------
    deal : Deal
    """
    actors = [*deal.parties, *deal.holders, *deal.mediators, *deal.others]
    for key, power in deal.powers.items():
        at: Path = ("powers", key)
        for place, actor in enumerate(power.by):
            yield from _unknown((*at, "by", place), "party or body", actor, actors)
        for place, claimant in enumerate(power.claimed_by or ()):
            yield from _unknown((*at, "claimed_by", place), "party or body", claimant, actors)
        for place, what in enumerate(power.what):
            yield from _check_changed(deal, (*at, "what", place), power, what)


def check_used_powers(resolved: ResolvedScenario) -> Iterator[Fault]:
    """Behaviour of powers that the deal does not give.

    Parameters
    ----------
    resolved : ResolvedScenario
    """
    for key in resolved.behaviour.powers:
        yield from _unknown(("behaviour", "powers", key), "power", key, list(resolved.deal.powers))


def _unknown(at: Path, what: str, word: str, words: list[str]) -> Iterator[Fault]:
    if word not in words:
        yield Fault(at, "unknown-reference", f"there is no {what} '{word}'", nearest(word, words), word)


def _check_changed(deal: Deal, at: Path, power: Power, what: str) -> Iterator[Fault]:
    """An obligation with a date to be changed, or a phase with an end."""
    if what in deal.obligations:
        obligation = deal.obligations[what]
        if what in deal.phases:
            message = f"there are an obligation and a phase '{what}'"
            yield Fault(at, "ambiguous-name", message, "rename one of them", what)
        elif obligation.kind in _WHY_NOT or obligation.ratio:
            why = "what it owes comes with its releases" if obligation.ratio else _WHY_NOT[obligation.kind]
            yield Fault(at, "not-redated", f"'{what}' cannot be re-dated: {why}", value=what)
        elif power.to is not None and lots_of(deal, what) > 1:
            message = f"'{what}' is owed in lots, which have a date each"
            yield Fault(at, "not-redated", message, "give 'days' in place of 'to'", what)
    elif what not in deal.phases:
        yield from _unknown(at, "obligation or phase", what, [*deal.obligations, *deal.phases])
    elif deal.phases[what].lasts is None:
        message = f"'{what}' has no length, and ends when everything owed in it is done"
        yield Fault(at, "not-redated", message, "name its obligations", what)
