"""Whose process this is: that of the console command, or of a program of the user's own."""

from __future__ import annotations

_OURS: list[bool] = []


def is_command() -> bool:
    """Whether it is the console command's own."""
    return bool(_OURS)


def begin_command() -> None:
    """Say that it is."""
    _OURS.append(True)
