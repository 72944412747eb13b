"""Paths into a document: read one, change one, find the nearest that exists."""

from __future__ import annotations

import difflib
from functools import lru_cache
from typing import Any

from sim.reading.problem import LONGEST_VALUE, Path, dotted


class NoSuchPathError(LookupError):
    """A path leads nowhere; the text is a hint at the nearest one that exists."""


@lru_cache(10_000)
def split(text: str) -> Path:
    """('deal', 'stocks', 'soldiers') from 'deal.stocks.soldiers'; whole numbers are places in a list."""
    return tuple(int(part) if part.isascii() and part.isdigit() and len(part) < 6 else part for part in text.split("."))


def step(data: Any, part: str | int) -> Any:
    """The value one step down; raises `LookupError` where there is none."""
    if isinstance(data, dict):
        return data[str(part)]
    if isinstance(data, list) and isinstance(part, int):
        return data[part]
    raise LookupError(part)


def known(data: Any, path: Path) -> Path:
    """The path with keys that hold a dot ('prisoners.batch_1') put together, where the data have such keys."""
    parts: list[str | int] = []
    here, rest = data, list(path)
    while rest:
        part = rest.pop(0)
        if isinstance(here, dict) and str(part) not in here and rest and f"{part}.{rest[0]}" in here:
            part = f"{part}.{rest.pop(0)}"
        parts.append(part)
        try:
            here = step(here, part)
        except LookupError:
            here = None
    return tuple(parts)


def look_up(data: Any, path: Path) -> Any:
    """The value at a path.

    Raises
    ------
    NoSuchPathError
        If the path leads nowhere; the nearest path that exists is the text.
    """
    here = data
    for depth, part in enumerate(path):
        try:
            here = step(here, part)
        except LookupError:
            raise NoSuchPathError(_nearest(here, path, depth)) from None
    return here


def touches(one: Path, other: Path) -> bool:
    """Whether one of the paths leads through the other, or both are the same."""
    return all(str(a) == str(b) for a, b in zip(one, other, strict=False))


def exists(data: Any, path: Path) -> bool:
    """Whether the path leads somewhere."""
    try:
        look_up(data, path)
    except NoSuchPathError:
        return False
    return True


def _nearest(here: Any, path: Path, depth: int) -> str:
    before = path[:depth]
    if isinstance(here, dict) and here:
        close = difflib.get_close_matches(str(path[depth])[:LONGEST_VALUE], list(here), n=1, cutoff=0.4)
        if close:
            return f"the nearest path is {dotted((*before, close[0], *path[depth + 1 :]))}"
        return f"{dotted(before) or 'the document'} has {', '.join(sorted(here)[:12])}"
    if isinstance(here, list) and here:
        return f"{dotted(before)} is a list with the places 0 to {len(here) - 1}"
    return f"{dotted(before)} has nothing below it"


def put(data: Any, path: Path, value: Any, *, grow: bool) -> None:
    """Set the value at a path, in place; None removes what is there.

    Parameters
    ----------
    data : dict
        Changed in place.
    path : tuple
        At least one part.
    value : object
        None removes the item.
    grow : bool
        Whether mappings that are missing on the way are made.

    Raises
    ------
    NoSuchPathError
        If the way to the last part does not exist, or there is nothing to remove.
    """
    if value is None:
        look_up(data, path)
    here = data
    for depth, part in enumerate(path[:-1]):
        if grow and isinstance(here, dict) and here.get(str(part)) is None:
            here[str(part)] = {}
        try:
            here = step(here, part)
        except LookupError:
            raise NoSuchPathError(_nearest(here, path, depth)) from None
    last = path[-1]
    if value is None:
        del here[str(last) if isinstance(here, dict) else last]
    elif isinstance(here, dict):
        here[str(last)] = value
    elif isinstance(here, list) and isinstance(last, int) and last <= len(here):
        here[last : last + 1] = [value]
    else:
        raise NoSuchPathError(_nearest(here, path, len(path) - 1))


def merge(base: Any, over: Any) -> Any:
    """`base` with `over` laid on top: mappings are merged key by key, None removes, all else replaces."""
    if not isinstance(over, dict):
        return over
    merged = dict(base) if isinstance(base, dict) else {}
    for key, value in over.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged
