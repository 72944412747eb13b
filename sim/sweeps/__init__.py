"""One scenario over many values: every cell with the same draws, its estimates, and which axis matters most."""

from sim.sweeps.run import Cell, Effect, Sweep, sweep
from sim.sweeps.sensitivity import Indices

__all__ = ["Cell", "Effect", "Indices", "Sweep", "sweep"]
