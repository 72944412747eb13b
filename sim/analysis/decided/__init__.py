"""Which decision fell otherwise where two histories with the same draws part, in words."""

from sim.analysis.decided.parting import fell_otherwise
from sim.analysis.decided.verdict import Otherwise

__all__ = ["Otherwise", "fell_otherwise"]
