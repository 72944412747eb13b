"""What must hold in every replicate: a fixed list for all deals, and what a deal or a scenario declares."""

from sim.guarantees.declared import begin_following_trace, follow_trace
from sim.guarantees.fixed import MEMORY, Fixed, broken_guarantee, remember

__all__ = ["MEMORY", "Fixed", "begin_following_trace", "broken_guarantee", "follow_trace", "remember"]
