"""Cells side by side under one another, as all tables of an answer have them."""

from __future__ import annotations


def side_by_side(
    label: list[str], cells: list[list[str]], room: int, widths: list[int], *, at_last: bool = False
) -> list[str]:
    """A row of the table; cells stand on the last line of a label that takes several."""
    height = max(len(label), *map(len, cells))
    lines = []
    for place in range(height):
        text = f"{label[place] if place < len(label) else '':<{room}}"
        shift = height - 1 if at_last else 0
        for cell, width in zip(cells, widths, strict=True):
            at = place - shift
            text += f"{cell[at] if 0 <= at < len(cell) else '':<{width}}"
        lines.append(text.rstrip())
    return lines
