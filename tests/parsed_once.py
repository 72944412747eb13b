"""Read each document once in a process: most of the time of resolving a scenario, which hundreds of tests do, goes
into reading YAML, and of the catalogue's, which do not change, into what is read from it."""

from __future__ import annotations

import pickle
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path

from sim.reading import model, resolve
from sim.reading.catalogue import folder

CATALOGUE = folder()
_parse_text, _read = model.parse_text, resolve._read


def begin() -> None:
    """Let `sim.reading` remember what it has read."""
    model.parse_text = _parse_once
    resolve._read = _read_once


def _parse_once(text: str, file: str) -> model.Parsed:
    """As `parse_text`. Everybody gets an own copy, which they may change."""
    kept = _kept(text)
    if kept is None:  # its problems name the file
        return _parse_text(text, file)
    parsed: model.Parsed = pickle.loads(kept)
    return replace(parsed, file=file)


@lru_cache(maxsize=1000)
def _kept(text: str) -> bytes | None:
    parsed = _parse_text(text, "")
    return None if parsed.problems else pickle.dumps(parsed)


def _read_once(path: Path) -> resolve.Documents:
    """As `_read`; what it gives is resolved with one setting after another, and never changed."""
    return _of_catalogue(path) if CATALOGUE in path.parents else _read(path)


_of_catalogue = cache(_read)
