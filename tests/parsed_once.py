"""Parse each document once in a process: most of the time of resolving a scenario, which hundreds of tests do, goes
into reading YAML."""

from __future__ import annotations

import pickle
from dataclasses import replace
from functools import lru_cache

from sim.reading import model

_parse_text = model.parse_text


def begin() -> None:
    """Let `sim.reading.model` remember what it has read."""
    model.parse_text = _parse_once


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
