"""Imported once by the server that forks processes to be broken, so that each begins with everything loaded."""

import tempfile
from pathlib import Path

from tests.faults.breaking import run_sweep

with tempfile.TemporaryDirectory() as name:
    run_sweep(Path(name) / "results")
