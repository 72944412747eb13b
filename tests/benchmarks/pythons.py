"""One wheel in several Pythons: whether each gives the same bytes, with neither numba nor llvmlite installed.

    python tests/benchmarks/pythons.py WHEEL PYTHON...

Installs the wheel into a new environment of each Python and runs four commands. Prints a line for each Python with the
versions of what computes, and digests of what the commands said; ends with an error where two differ.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

COMMANDS = (
    ["compare", "january-2025/baseline", "january-2025/as-written", "october-2025/baseline", "-n", "1000", "--json"],
    ["run", "january-2025/baseline", "--json"],
    ["run", "october-2025/baseline", "--replicate", "12", "--json"],
    ["check", "january-2025/as-written", "-n", "50", "--json"],
)
SPEED = ("seconds", "runs_per_second")
SHOWN = ("numpy", "scipy", "numba", "llvmlite")


def digest_of(python: Path, command: list[str]) -> str:
    """The digest of what a command says, but for how fast it was."""
    said = subprocess.run([python.with_name("ceasefire"), *command], capture_output=True, check=True).stdout
    data: Any = json.loads(said)
    if all(key in data for key in SPEED):
        said = json.dumps({key: value for key, value in data.items() if key not in SPEED}).encode()
    return hashlib.sha256(said).hexdigest()[:16]


def look_at(wheel: str, python: str) -> tuple[str, ...]:
    """Install the wheel and run the commands; the digests."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, "-m", "venv", folder], check=True)
        inside = Path(folder, "bin", "python")
        subprocess.run([inside, "-m", "pip", "install", "-q", wheel], check=True)
        listed = subprocess.run(
            [inside, "-m", "pip", "list", "--format", "json"], capture_output=True, check=True
        ).stdout
        versions = {package["name"]: package["version"] for package in json.loads(listed)}
        digests = tuple(digest_of(inside, command) for command in COMMANDS)
        told = ", ".join(f"{name} {versions.get(name, 'not installed')}" for name in SHOWN)
        version = subprocess.run([inside, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        print(f"{version} ({told}): {' '.join(digests)}", flush=True)
        return digests


def main() -> None:
    """Compare them."""
    if len({look_at(sys.argv[1], python) for python in sys.argv[2:]}) != 1:
        sys.exit("they differ")


if __name__ == "__main__":
    main()
