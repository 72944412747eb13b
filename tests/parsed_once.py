"""Parse each document of the catalogue once in a process: most of the time of resolving a scenario, which hundreds of
tests do, goes into reading YAML."""

from __future__ import annotations

import pickle
from dataclasses import replace
from functools import cache

from sim.deal import catalogue, load

_parse_text = load.parse_text


def begin() -> None:
    """Let `sim.deal.load` remember the catalogue."""
    load.parse_text = _parse_once


def _parse_once(text: str, file: str) -> load.Parsed:
    """As `parse_text`. Everybody gets an own copy, which they may change."""
    if text not in _catalogue():
        return _parse_text(text, file)
    parsed: load.Parsed = pickle.loads(_parsed(text))
    return replace(parsed, file=file)


@cache
def _catalogue() -> frozenset[str]:
    return frozenset(path.read_text(encoding="utf-8") for path in catalogue.folder().rglob("*.yaml"))


@cache
def _parsed(text: str) -> bytes:
    parsed = _parse_text(text, "")
    assert not parsed.problems, "a problem would name the file that was read first"
    return pickle.dumps(parsed)
