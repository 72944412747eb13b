"""One scenario over many values: every cell with the same draws, its estimates, and which axis matters most."""

from sim.sweep.run import Cell, Effect, Indices, Sweep, sweep

__all__ = ["Cell", "Effect", "Indices", "Sweep", "sweep"]
