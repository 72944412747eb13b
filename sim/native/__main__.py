"""`python -m sim.native`: compile the rules of this package, into its own folder."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

from sim.errors import INTERRUPTED, EngineError
from sim.native.library import LIBRARY, CannotBeUsedError, check


def main() -> None:
    """Compile the rules, or say in one line why not."""
    parser = argparse.ArgumentParser(prog="python -m sim.native", description="Compile the rules of this package.")
    parser.add_argument("folder", type=Path, nargs="?", default=LIBRARY.parent, help="default: the package's own")
    parser.add_argument("--if-stale", action="store_true", help="do nothing where the library fits")
    arguments = parser.parse_args()
    if arguments.if_stale and _fits():
        return
    if not find_spec("numba"):
        sys.exit("the rules are compiled by numba, which is not installed: pip install 'ceasefire-sim[dev]'")
    from sim.native.build import build_into

    try:
        sys.stderr.write(f"compiled: {build_into(arguments.folder)}\n")
    except EngineError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; a library that was there is as it was\n")
        sys.exit(INTERRUPTED)


def _fits() -> bool:
    try:
        check()
    except (CannotBeUsedError, EngineError):
        return False
    return True


if __name__ == "__main__":
    main()
