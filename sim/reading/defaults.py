"""What a document leaves to be understood: phases, creditors, the releases that a return answers."""

from __future__ import annotations

from sim.document.deal import Deal, Obligation


def _filled(deal: Deal) -> Deal:
    """The deal with each obligation's creditor and phase written out."""
    filled = {
        key: obligation.model_copy(
            update={"to": obligation.to or _creditor(deal, obligation), "phase": _phase(deal, obligation)}
        )
        for key, obligation in deal.obligations.items()
    }
    return deal.model_copy(update={"obligations": filled})


def _phase(deal: Deal, obligation: Obligation) -> str | None:
    """The phase named, else the first; for returns, that of their releases, None where these belong to several."""
    first_phase = next(iter(deal.phases))
    if obligation.phase is not None or not obligation.ratio:
        return obligation.phase or first_phase
    releases = [
        other
        for key, other in deal.obligations.items()
        if other.kind == "release"
        and (
            key in obligation.for_each
            if isinstance(obligation.for_each, list)
            else set(other.amount) & set(obligation.ratio)
        )
    ]
    phases = {release.phase or first_phase for release in releases}
    return phases.pop() if len(phases) == 1 else None


def _creditor(deal: Deal, obligation: Obligation) -> str:
    """The other party; for what a third state or body owes, the first party."""
    return next(party for party in deal.parties if party != obligation.by)


def instance_names(deal: Deal) -> list[str]:
    """Names of everything that is owed one by one: obligations, and each return owed for a release."""
    names = []
    for key, obligation in deal.obligations.items():
        each = releases_of(deal, obligation) if obligation.ratio else []
        names.extend([f"{key}.{release}" for release in each] if obligation.ratio else [key])
    return names


def releases_of(deal: Deal, obligation: Obligation) -> list[str]:
    """The releases for which a return is owed: those named, else those that move a group of its ratio."""
    if isinstance(obligation.for_each, list):
        return obligation.for_each
    return [
        key
        for key, other in deal.obligations.items()
        if other.kind == "release" and not other.ratio and set(other.amount) & set(obligation.ratio)
    ]
