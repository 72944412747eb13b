"""Parse each document once in a process: most of the time of resolving a scenario, which hundreds of tests do, goes
into reading YAML."""

from __future__ import annotations

import pickle
from dataclasses import replace
from functools import lru_cache

from sim.deal import load

_parse_text = load.parse_text


def begin() -> None:
    """Let `sim.deal.load` remember what it has read."""
    load.parse_text = _parse_once


def _parse_once(text: str, file: str) -> load.Parsed:
    """As `parse_text`. Everybody gets an own copy, which they may change."""
    kept = _kept(text)
    if kept is None:  # its problems name the file
        return _parse_text(text, file)
    parsed: load.Parsed = pickle.loads(kept)
    return replace(parsed, file=file)


@lru_cache(maxsize=1000)
def _kept(text: str) -> bytes | None:
    parsed = _parse_text(text, "")
    return None if parsed.problems else pickle.dumps(parsed)
