"""What a document leaves to be understood: phases, creditors, the releases that a return answers."""

from __future__ import annotations

from sim.document.deal import Deal, Obligation
from sim.document.exchanges import lots_of


def filled(deal: Deal) -> Deal:
    """The deal with each obligation's creditor and phase written out."""
    written = {
        key: obligation.model_copy(
            update={"to": creditor_of(deal, obligation), "phase": _phase_of_all(deal, obligation)}
        )
        for key, obligation in deal.obligations.items()
    }
    return deal.model_copy(update={"obligations": written})


def phase_of(deal: Deal, obligation: Obligation, release: str | None = None) -> str:
    """An obligation's phase: the one named, for a return that of the release it is owed for, else the first."""
    named = obligation.phase or (None if release is None else deal.obligations[release].phase)
    return named or deal.first_phase


def _phase_of_all(deal: Deal, obligation: Obligation) -> str | None:
    """The phase of everything that an obligation is run as, None for returns of releases in several phases."""
    if obligation.phase is not None or not obligation.ratio:
        return phase_of(deal, obligation)
    phases = {phase_of(deal, obligation, release) for release in releases_of(deal, obligation)}
    return phases.pop() if len(phases) == 1 else None


def creditor_of(deal: Deal, obligation: Obligation) -> str:
    """Whom it is owed to: the one named, else the other party; for what a third state or body owes, the first party."""
    return obligation.to or next(party for party in deal.parties if party != obligation.by)


def instance_names(deal: Deal) -> list[str]:
    """Names of everything that is owed one by one: obligations, each return owed for a release, and each lot."""
    names = []
    for key, obligation in deal.obligations.items():
        each = releases_of(deal, obligation) if obligation.ratio else lots_named(deal, key)
        names.extend([f"{key}.{one}" for one in each] if obligation.ratio or each else [key])
    return names


def lots_named(deal: Deal, key: str) -> list[str]:
    """What the lots of an obligation are called after its key; none where it is owed at once."""
    lots = lots_of(deal, key)
    return [str(lot + 1) for lot in range(lots)] if lots > 1 else []


def releases_of(deal: Deal, obligation: Obligation) -> list[str]:
    """The releases for which a return is owed: those named, else those that move a group of its ratio."""
    if isinstance(obligation.for_each, list):
        return obligation.for_each
    return [
        key
        for key, other in deal.obligations.items()
        if other.kind == "release" and not other.ratio and set(other.amount) & set(obligation.ratio)
    ]
