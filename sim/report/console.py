"""Where people read what the commands print."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import IO, Literal

from rich.console import Console
from rich.table import Table

LEAST_COLUMNS = 20
"""A narrower COLUMNS cannot be meant: with 0 nothing at all would be shown."""


class PlainConsole(Console):
    """A console that leaves a closed pipe to the command, which ends with its own exit code."""

    def on_broken_pipe(self) -> None:
        """Hand on the error under way."""
        raise


def console_for(file: IO[str] | None = None) -> Console:
    """A console on this file (by default standard output), without any styles where NO_COLOR is set.

    Where the file is no terminal, rich leaves out all styles of itself.
    """
    colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    return PlainConsole(file=file, color_system=colours, highlight=False, _environ=_meant(os.environ))


def _meant(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without sizes of a terminal that none can have."""
    least = {"COLUMNS": LEAST_COLUMNS, "LINES": 1}
    return {
        name: value
        for name, value in environ.items()
        if name not in least or (value.isdecimal() and least[name] <= int(value) < 10_000)
    }


def plain_table(title: str, *headings: str) -> Table:
    """A table without rules, whose first column is text and whose others are numbers; nothing in it is cut."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="left" if place == 0 else "right", overflow="fold")
    return table


def broken_at(mark: str, text: str, width: int) -> str:
    """A path or a name on lines of at most this width, as far as breaking it after a mark allows.

    Parameters
    ----------
    mark : str
        A dot or a slash.
    text : str
    width : int
        Columns.
    """
    lines = [""]
    for place, part in enumerate(text.split(mark)):
        piece = part if place == 0 else f"{mark}{part}"
        if lines[-1] and len(lines[-1]) + len(piece) > width:
            lines[-1] += mark
            lines.append(part)
        else:
            lines[-1] += piece
    return "\n".join(lines)
