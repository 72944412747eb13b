"""Where people read what the commands print."""

from __future__ import annotations

import os
from typing import IO

from rich.console import Console


def console_for(file: IO[str] | None = None) -> Console:
    """A console on this file (by default standard output), without any styles where NO_COLOR is set.

    Where the file is no terminal, rich leaves out all styles of itself.
    """
    return Console(file=file, color_system=None if os.environ.get("NO_COLOR") else "auto", highlight=False)
