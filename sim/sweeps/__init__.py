"""One scenario over many values: every cell with the same draws, its estimates, and which axis matters most."""

from sim.sweeps.found import Cell, Effect, Sweep, Told
from sim.sweeps.run import sweep
from sim.sweeps.sensitivity import Indices

__all__ = ["Cell", "Effect", "Indices", "Sweep", "Told", "sweep"]
