"""Who stands against whom: all that the rules know of there being two parties."""

from sim.native.rule import rule
from sim.plan.codes import N_PARTIES


@rule
def is_party(actor):
    """Whether an actor is one of the parties; holders, mediators and third states are not."""
    return 0 <= actor < N_PARTIES


@rule
def counterpart(party):
    """The other party."""
    return 1 - party


@rule
def answering_party(plan, source):
    """The party that may answer incidents of a source."""
    return counterpart(plan.source_party[source])


@rule
def is_owed_to_counterpart(plan, obligation):
    """Whether one party owes this to the other."""
    debtor = plan.debtor[obligation]
    return is_party(debtor) and plan.creditor[obligation] == counterpart(debtor)
