"""`python -m sim.cli`."""

from sim.start import main

main()
