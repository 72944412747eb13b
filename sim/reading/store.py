"""A resolved scenario as plain data, as text, and its checksum."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sim.document.scenario import ResolvedScenario
from sim.reading.checks import check_deal
from sim.reading.checks_behaviour import check_behaviour
from sim.reading.model import parse_text, read_model
from sim.reading.parsed import Parsed
from sim.reading.problem import refuse
from sim.reading.resolve import _known_to
from sim.reading.upgrade import data_before, steps_of, upgraded
from sim.reading.write import write_yaml


def as_data(resolved: ResolvedScenario) -> dict[str, Any]:
    """The resolved scenario as plain data, in the order of the document, without empty parts."""
    data: dict[str, Any] = resolved.model_dump(mode="json", by_alias=True, exclude_none=True)
    return data


def as_yaml(resolved: ResolvedScenario) -> str:
    """The resolved scenario as YAML; `from_resolved` gives back an equal one."""
    return write_yaml(as_data(resolved))


def from_resolved(stored: Mapping[str, Any] | str) -> ResolvedScenario:
    """The resolved scenario from what `as_yaml` or `as_data` gave.

    Parameters
    ----------
    stored : mapping or str
        Plain data, or text in YAML or JSON.

    Raises
    ------
    DocumentError
        If it is no resolved scenario, or breaks a rule.
    """
    parsed = parse_text(stored, "resolved") if isinstance(stored, str) else upgraded(Parsed("resolved", dict(stored)))
    resolved, problems = read_model(parsed, ResolvedScenario)
    if resolved is not None:
        broken = [replace(fault, path=("deal", *fault.path)) for fault in check_deal(resolved.deal)]
        faults = [*broken, *check_behaviour(resolved, is_sound=not broken)]
        problems += [fault.at(parsed.locate(fault.path)) for fault in faults]
    refuse(problems)
    assert resolved is not None
    return resolved


def resolved_hash(resolved: ResolvedScenario) -> str:
    """SHA-256 of the resolved scenario as compact JSON in document order, which carries meaning (lines, ties)."""
    return _hash_of(as_data(resolved))


def hash_as_stored(resolved: ResolvedScenario, stored: Mapping[str, Any]) -> str:
    """`resolved_hash` as the version had it that wrote this plain data, which may not have known all fields of today.

    Parameters
    ----------
    resolved : ResolvedScenario
        From `stored`.
    stored : mapping
        Plain data, whole.
    """
    data = as_data(resolved)
    return _hash_of(_known_to(stored, data_before(data) if steps_of(stored) else data))


def _hash_of(data: Any) -> str:
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
