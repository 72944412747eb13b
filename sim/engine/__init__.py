"""Two clocks for one rule book: SimPy processes to explain, an array queue to repeat."""
