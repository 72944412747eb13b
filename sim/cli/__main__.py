"""`python -m sim.cli`."""

from sim.cli.start import main

main()
