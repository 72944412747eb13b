"""One scenario over many values: every cell with the same draws, its estimates, and which axis matters most."""

from sim.analysis.sweeps.found import Cell, Effect, Sweep, Told
from sim.analysis.sweeps.run import sweep
from sim.analysis.sweeps.sensitivity import Indices

__all__ = ["Cell", "Effect", "Indices", "Sweep", "Told", "sweep"]
