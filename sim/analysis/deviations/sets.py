"""Minimal sets: sets of deviations that reach a goal, none of which can be left out."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

Script = tuple[int, ...]


def minimal(reaching: Iterable[Script]) -> list[Script]:
    """Those sets that contain no other of them, smaller ones first, otherwise in the order given.

    Parameters
    ----------
    reaching : iterable of tuple of int
        Sets that reach the goal, each in the order in which its run comes to its deviations.

    Returns
    -------
    list of tuple of int
    """
    kept: dict[frozenset[int], Script] = {}
    for script in sorted(reaching, key=len):
        if not any(frozenset(part) in kept for size in range(len(script)) for part in combinations(script, size)):
            kept.setdefault(frozenset(script), script)
    return list(kept.values())
