"""The build backend is hatchling; where it is missing, one sentence says so in place of a traceback."""

import sys

try:
    from hatchling.build import *  # noqa: F403
except ModuleNotFoundError as missing:
    if missing.name != "hatchling":
        raise
    sys.exit("ceasefire-sim is built by hatchling, which is not installed: let pip bring it (no --no-build-isolation)")
