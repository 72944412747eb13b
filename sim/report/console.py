"""Where people read what the commands print."""

from __future__ import annotations

import os
from typing import IO

from rich.console import Console
from rich.table import Table


def console_for(file: IO[str] | None = None) -> Console:
    """A console on this file (by default standard output), without any styles where NO_COLOR is set.

    Where the file is no terminal, rich leaves out all styles of itself.
    """
    return Console(file=file, color_system=None if os.environ.get("NO_COLOR") else "auto", highlight=False)


def plain_table(title: str, *headings: str) -> Table:
    """A table without rules, whose first column is text and whose others are numbers; nothing in it is cut."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="left" if place == 0 else "right", overflow="fold")
    return table
