"""Clauses of a deal's text against the document that carries them."""

from collections.abc import Iterable

from sim.document.deal import Deal


def missing_clauses(deal: Deal, clauses: Iterable[str]) -> list[str]:
    """Clauses that nothing in the deal carries and no reason leaves out."""
    parts = (deal.obligations, deal.rights, deal.phases, deal.exchanges, deal.powers)
    carried = {clause for part in parts for one in part.values() for clause in one.clause or ()}
    return [clause for clause in clauses if clause not in carried and clause not in deal.not_modelled]
